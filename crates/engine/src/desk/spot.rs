//! Spot checks: local models look at a site, and what they say is kept and compared with the pipeline.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use feed::WorkerCommand;
use plate::{FlagEvent, FlagRecord, LocalBody, PlateKey, Severity, Spot, SpotCheckRecord, Well};

use super::Desk;
use super::chosen::NoArgs;
use super::failure::{Answer, Failure};
use super::handles::fresh;
use super::images::wanted;
use super::pictured::*;
use super::review_rows::score_row;
use super::showing::Showing;
use crate::clock::now_us;
use crate::digests::hex;
use crate::infer::{self, Infer, InferSettings, Looked, ModelCardRow, ModelPlaces};
use crate::pixels::{PlaneProblem, PlaneWanted};
use crate::review::Standing;

/// Features in which pipelines send how many objects a site has.
const COUNT_FEATURES: [&str; 4] = ["Nuclei_Count", "Count_Nuclei", "Nuclei_Number_Object_Number", "Cells_Count"];
/// Both agree where they differ by at most this share of the pipeline's count …
const SHARE: f64 = 0.15;
/// … or by at most so many objects.
const OBJECTS: f64 = 2.0;
/// The class that is a reason to look.
const OUT_OF_FOCUS: &str = "out_of_focus";
/// Outlines that may be asked for; the oldest are forgotten first.
const MOST_OUTLINES: usize = 32;

/// A model that nobody asked for so long gives its memory back.
const IDLE: Duration = Duration::from_secs(120);

/// Models that run, by their folder, and when each was last asked.
type Running = HashMap<PathBuf, (Arc<Infer>, Instant)>;

/// Models that run; started when they are first needed.
#[derive(Debug, Default)]
pub(super) struct Models {
    running: Arc<tokio::sync::Mutex<Running>>,
    outlines: Mutex<VecDeque<(String, Vec<u8>)>>,
}

impl Models {
    fn keep_outlines(&self, looked: &Looked) -> String {
        let mut bytes = Vec::new();
        bytes.extend((looked.outlines.len() as u32).to_le_bytes());
        for outline in &looked.outlines {
            bytes.extend((outline.len() as u32).to_le_bytes());
            for (x, y) in outline {
                bytes.extend(x.to_le_bytes());
                bytes.extend(y.to_le_bytes());
            }
        }
        let handle = fresh();
        let mut kept = self.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST_OUTLINES {
            kept.pop_front();
        }
        kept.push_back((handle.clone(), bytes));
        handle
    }
}

/// A site at one focus position and time.
pub(super) struct Asked {
    pub(super) plate: Arc<PlateKey>,
    pub(super) well: Well,
    pub(super) site: u16,
    pub(super) z: Option<u16>,
    pub(super) t: u32,
}

impl Desk {
    /// The models of this installation.
    ///
    /// # Errors
    /// None: what is wrong with a model stands in its row.
    pub async fn models(&self, _: NoArgs) -> Answer<Vec<ModelRow>> {
        let rows = self.model_cards().await;
        Ok(rows.into_iter().map(model_row).collect())
    }

    /// Lets every model that fits look at a site, keeps what they say, and compares it with the pipeline.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `no_model`, `missing_plane`, `reference_only`, `incomplete`,
    /// `undecodable`, `preview_only`, `model` with the model's reason.
    pub async fn spot_check(&self, args: SpotCheckArgs) -> Answer<SpotChecked> {
        let showing = self.showing()?;
        let SpotCheckArgs { plate, well, site, channel, z, t } = args;
        let place = PlaneArgs { plate, well, site, channel: String::new(), z, t };
        let at = wanted(&showing, &place).await?;
        let asked = Asked { plate: at.plate, well: at.well, site, z, t };
        self.check_site(&showing, &asked, channel.as_deref()).await
    }

    /// The same of a site that is known.
    pub(super) async fn check_site(
        &self,
        showing: &Showing,
        asked: &Asked,
        channel: Option<&str>,
    ) -> Answer<SpotChecked> {
        let models: Vec<ModelCardRow> =
            self.model_cards().await.into_iter().filter(|row| row.problem.is_none() && row.card.is_some()).collect();
        if models.is_empty() {
            return Err(Failure::new("no_model", "There is no model here that can be used."));
        }
        let (mut scores, mut outlines, mut trouble) = (Vec::new(), None, None);
        for model in &models {
            match self.look_with(showing, model, asked, channel).await {
                Ok((check, looked)) => {
                    if looked.count.is_some() && outlines.is_none() {
                        outlines = Some(self.models.keep_outlines(&looked));
                    }
                    let (seq, at_ms) = self.keep_check(showing, &check).await?;
                    let score = score_row(&(seq.unwrap_or(0), at_ms, Arc::new(check)));
                    scores.push(ModelScore { seq, ..score });
                }
                Err(failure) => trouble = Some(failure),
            }
        }
        match (scores.is_empty(), trouble) {
            (true, Some(failure)) => Err(failure),
            _ => Ok(SpotChecked { scores, outlines }),
        }
    }

    /// Outlines of objects by their handle.
    ///
    /// # Errors
    /// `no_such_outlines`.
    pub async fn outlines(&self, handle: &str) -> Answer<Vec<u8>> {
        let kept = self.models.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == handle).map(|(_, bytes)| bytes.clone());
        found.ok_or_else(|| {
            Failure::new("no_such_outlines", "These outlines are no longer kept: run the spot check again.")
        })
    }

    async fn model_cards(&self) -> Vec<ModelCardRow> {
        let places = ModelPlaces {
            config: self.options.folders.config.clone(),
            ..ModelPlaces::of_this_machine().unwrap_or_else(|| ModelPlaces {
                config: PathBuf::new(),
                cache: std::env::temp_dir(),
                program: None,
            })
        };
        tokio::task::spawn_blocking(move || infer::models(&places)).await.unwrap_or_default()
    }

    /// The running model; started where it is not.
    async fn running(&self, model: &ModelCardRow) -> Answer<Arc<Infer>> {
        let mut running = self.models.running.lock().await;
        if let Some((known, asked)) = running.get_mut(&model.folder) {
            *asked = Instant::now();
            return Ok(Arc::clone(known));
        }
        let cache = ModelPlaces::of_this_machine().map(|places| places.cache).unwrap_or_default();
        let program = WorkerCommand {
            program: self.options.worker.program.clone(),
            args: ["worker", "infer"].map(Into::into).to_vec(),
        };
        let settings = InferSettings::new(program, model.folder.clone(), infer::find_library(&cache));
        let told = |error: infer::InferError| Failure::new("model", error.to_string());
        let started = Arc::new(Infer::start(settings).await.map_err(told)?);
        running.insert(model.folder.clone(), (Arc::clone(&started), Instant::now()));
        drop(tokio::spawn(rest(Arc::downgrade(&self.models.running), model.folder.clone())));
        Ok(started)
    }

    async fn look_with(
        &self,
        showing: &Showing,
        model: &ModelCardRow,
        asked: &Asked,
        channel: Option<&str>,
    ) -> Answer<(SpotCheckRecord, Looked)> {
        let card = model.card.as_ref().ok_or_else(|| Failure::new("no_model", "The model has no card."))?;
        let channel = channel.or(card.input.channel.as_deref()).unwrap_or_default();
        let plane = PlaneWanted {
            plate: Arc::clone(&asked.plate),
            well: asked.well,
            site: asked.site,
            channel: channel.into(),
            z: asked.z,
            t: asked.t,
            upto: showing.upto(),
        };
        let decoded = match showing.pixels.plane(&plane, || true).await {
            Err(PlaneProblem::Missing) => {
                let message = format!("{} looks at channel {channel}, and this site has none of it.", card.name);
                return Err(Failure::new("missing_plane", message));
            }
            other => other?,
        };
        if decoded.is_preview {
            let message = format!(
                "{} judges the pixels that were taken, and this bundle was made with previews of them. Run it on the session \
                 that the bundle was made of.",
                card.name
            );
            return Err(Failure::new("preview_only", message));
        }
        let running = self.running(model).await?;
        let looked = running.look(&decoded.level(0)).await.map_err(|error| Failure::new("model", error.to_string()))?;
        let pipeline = match looked.count {
            Some(_) => pipeline_count(showing, asked).await?,
            None => None,
        };
        let agrees = looked.count.zip(pipeline.as_ref()).map(|(count, (_, said))| {
            let apart = (f64::from(count) - said).abs();
            apart <= OBJECTS || apart <= SHARE * said
        });
        let check = SpotCheckRecord {
            plate: Arc::clone(&asked.plate),
            spot: Spot { well: Some(asked.well), site: Some(asked.site), channel: Some(channel.into()) },
            z: asked.z,
            t: asked.t,
            image_seq: decoded.seq,
            model: card.name.as_str().into(),
            version: card.version.as_str().into(),
            sha256: card.sha256,
            count: looked.count,
            class: looked.class.as_deref().map(Into::into),
            value: looked.value,
            pipeline,
            agrees,
            backend: running.ready().backend.as_str().into(),
            ms: looked.ms,
        };
        Ok((check, looked))
    }

    /// Writes a check into the session, and the flag that follows from it. Nothing where the session is read-only.
    async fn keep_check(&self, showing: &Showing, check: &SpotCheckRecord) -> Answer<(Option<i64>, i64)> {
        let at_ms = now_us() / 1000;
        let Ok(road) = showing.road() else { return Ok((None, at_ms)) };
        let mut bodies = vec![LocalBody::SpotCheck(Arc::new(check.clone()))];
        bodies.extend(flag_of(showing, check, at_ms).await?.map(|flag| LocalBody::Flag(Arc::new(flag))));
        Ok((Some(road.append_all("plateside", bodies).await?), at_ms))
    }
}

/// Ends a model that is not asked for any more.
async fn rest(running: Weak<tokio::sync::Mutex<Running>>, folder: PathBuf) {
    let mut wait = IDLE;
    loop {
        tokio::time::sleep(wait).await;
        let Some(running) = running.upgrade() else { return };
        let mut running = running.lock().await;
        let Some((_, asked)) = running.get(&folder) else { return };
        if asked.elapsed() >= IDLE {
            running.remove(&folder);
            return;
        }
        wait = IDLE.saturating_sub(asked.elapsed()).max(Duration::from_secs(1));
    }
}

/// The flag that a check raises or clears; `None` where it stands as it should.
async fn flag_of(showing: &Showing, check: &SpotCheckRecord, at_ms: i64) -> Answer<Option<FlagRecord>> {
    let is_soft = check.class.as_deref() == Some(OUT_OF_FOCUS);
    let differs = check.agrees == Some(false);
    let site = check.spot.site.unwrap_or_default();
    let well = check.spot.well.map(|well| well.to_string()).unwrap_or_default();
    let id: Box<str> = format!("spot {} {well} {site}", check.model).into();
    let is_raised = {
        let book = showing.flags().await?;
        let known = book.flag_of(&(Arc::clone(&check.plate), id.clone()));
        known.is_some_and(|known| book.standing(known).0 == Standing::Waiting)
    };
    let event = match (is_soft || differs, is_raised) {
        (true, false) => FlagEvent::Raised,
        (false, true) => FlagEvent::Cleared,
        _ => return Ok(None),
    };
    let (reason, guidance) = if is_soft {
        ("out_of_focus", "The local model finds the site out of focus: take it again if its neighbours are sharp.")
    } else {
        ("count_differs", "The local model counts otherwise than the pipeline: look whose outlines are right.")
    };
    Ok(Some(FlagRecord {
        plate: Arc::clone(&check.plate),
        spot: check.spot.clone(),
        id,
        event,
        reason: reason.into(),
        severity: Severity::Warning,
        score: check.value.or_else(|| super::review_rows::difference_percent(check)),
        source: "model".into(),
        at_ms,
        guidance: Some(guidance.into()),
    }))
}

/// What the pipeline counted at a site: its own value, or the well's where it has one site only.
async fn pipeline_count(showing: &Showing, asked: &Asked) -> Answer<Option<(Box<str>, f64)>> {
    let behind = showing.reader.lock().await.behind(&asked.plate, asked.well, showing.upto(), 1).await?;
    let of_site = behind.rows.iter().filter(|row| row.site == Some(asked.site));
    for name in COUNT_FEATURES {
        for row in of_site.clone() {
            let value = row.values.iter().find(|value| value.name() == name);
            if let Some(number) = value.and_then(|value| value.value.number()) {
                return Ok(Some((name.into(), number)));
            }
        }
    }
    Ok(None)
}

fn model_row(row: ModelCardRow) -> ModelRow {
    let task = row.task().unwrap_or_default().to_owned();
    let (version, sha256, channel, about) = match row.card {
        Some(card) => (card.version, hex(&card.sha256), card.input.channel, card.about),
        None => Default::default(),
    };
    ModelRow {
        name: row.name,
        version,
        title: about.title,
        purpose: about.purpose,
        limits: about.limits,
        sha256,
        task,
        channel,
        problem: row.problem,
    }
}
