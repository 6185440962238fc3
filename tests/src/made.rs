//! Sessions of whole runs, made straight into `session.db` without a broker, and found again on a rerun.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{
    AssayCard, FeatureList, Features, Format, Headline, Layout, LayoutRecord, LayoutWell, Limits, Pair, PlateKey,
    Record, ResultRecord, Role, SiteAggregate, Transform, Value, Well,
};
use session::Reader;
use wire::Kind;

use crate::runtime;
use crate::seed::Seed;
use crate::written::Written;

/// A raised number makes other sessions.
const GENERATION: u32 = 3;
/// The assay of their layouts and of their card.
const ASSAY: &str = "Cell Painting";
/// Features of the card: the first ones.
const HEADLINES: usize = 3;
/// Messages of a transaction, or about so many numbers.
const BATCH: usize = 4096;
const NUMBERS: usize = 4 << 20;

/// Plates, each whole, 200 a run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// How many plates.
    pub plates: u32,
    /// Their size.
    pub format: Format,
    /// Features of every well.
    pub features: usize,
    /// Whether the messages are there byte by byte; without them a session is a fraction of its size, and all that is shown
    /// of plates is the same.
    pub bodies: bool,
}

impl Run {
    /// Results of all plates.
    #[must_use]
    pub fn results(&self) -> u64 {
        u64::from(self.plates) * u64::from(self.format.wells())
    }

    /// Its session in the cache (`PLATESIDE_CACHE`); without one, or with one that cannot be read any more, it is made.
    #[must_use]
    pub fn session(&self) -> PathBuf {
        let cache = std::env::var_os("PLATESIDE_CACHE").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = cache.join("bench-sessions");
        let Run { plates, format, features, bodies } = *self;
        let kind = if bodies { "whole" } else { "values" };
        let dir = folder.join(format!("{plates}x{}x{features}-{kind}-{GENERATION}", format.wells()));
        let is_whole = |dir: &Path| {
            runtime().block_on(async { Reader::open(dir).await.ok()?.counts().await.ok().map(|counts| counts.results) })
        };
        if is_whole(&dir) == Some(self.results()) {
            return dir;
        }
        println!("making a session of {plates} plates x {} wells x {features} features (once)", format.wells());
        let _was_there = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&folder).unwrap();
        let making = tempfile::Builder::new().prefix("making-").tempdir_in(&folder).unwrap();
        let made = making.path().join("session");
        runtime().block_on(self.make(&made));
        std::fs::rename(&made, &dir).unwrap();
        dir
    }

    async fn make(&self, dir: &Path) {
        let names = Arc::new(FeatureList::new((0..self.features).map(name).collect()));
        let mut written = if self.bodies { Written::create(dir).await } else { Written::without_bodies(dir).await };
        written.judge_by(vec![card(ASSAY, (0..HEADLINES).map(name))]).await;
        let (mut seed, layout) = (Seed::new(u64::from(self.format.wells())), self.layout());
        let (mut batch, most) = (Vec::new(), (NUMBERS / self.features.max(1)).clamp(1, BATCH));
        for number in 0..self.plates {
            let plate = Arc::new(PlateKey::new(&format!("RUN-{}", number / 200 + 1), &format!("PL{number:05}")));
            let layout = LayoutRecord { plate: Arc::clone(&plate), layout: Arc::clone(&layout) };
            batch.push((Kind::Layouts, Record::Layout(layout)));
            for well in Well::all_of(self.format) {
                batch.push((Kind::Results, self.result(&plate, well, &names, &mut seed)));
                if batch.len() >= most {
                    written.records(std::mem::take(&mut batch)).await;
                }
            }
        }
        written.records(batch).await;
        written.close().await;
    }

    /// Samples between the controls, with the scatter of a good assay; one well in 64 is a hit.
    fn result(&self, plate: &Arc<PlateKey>, well: Well, names: &Arc<FeatureList>, seed: &mut Seed) -> Record {
        let middle = match role(well, self.format) {
            Role::Negative => 600.0,
            Role::Positive => 40.0,
            _ if seed.unit() < 1.0 / 64.0 => 120.0,
            _ => 560.0,
        };
        let values: Vec<Value> =
            (0..self.features).map(|_| Value::Number(middle * (0.92 + 0.16 * seed.unit()))).collect();
        Record::Result(ResultRecord {
            plate: Arc::clone(plate),
            format: self.format,
            well,
            site: None,
            read_at_ms: None,
            features: Features::new(Arc::clone(names), values).unwrap(),
        })
    }

    fn layout(&self) -> Arc<Layout> {
        let entry = |well: Well| LayoutWell {
            well,
            role: role(well, self.format),
            compound: None,
            concentration: None,
            replicate: None,
        };
        let wells = Well::all_of(self.format).map(entry).collect();
        Arc::new(Layout::new(self.format, Some(ASSAY.into()), None, wells).unwrap())
    }
}

/// Controls are in the first and the last columns.
fn role(well: Well, format: Format) -> Role {
    match well.column() {
        0 | 1 => Role::Negative,
        column if column + 2 >= format.columns() => Role::Positive,
        _ => Role::Sample,
    }
}

/// The name of a feature.
#[must_use]
pub fn name(at: usize) -> Box<str> {
    format!("Cells_Feature_{at:04}").into()
}

/// A card that judges these features by the usual limits.
pub fn card(assay: &str, features: impl Iterator<Item = Box<str>>) -> AssayCard {
    let headline = |feature: Box<str>| Headline {
        feature: feature.into(),
        unit: None,
        direction: None,
        transform: Transform::default(),
        aggregate: SiteAggregate::default(),
    };
    AssayCard {
        name: assay.to_owned(),
        headline: features.map(headline).collect(),
        pair: vec![Pair { positive: Role::Positive, negative: Role::Negative }],
        limits: Limits::default(),
    }
}
