//! Our own recording: begun from a connection or the demo lab, ended well.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use feed::demo::{DemoLab, DemoOptions, demo_run};
use wire::Kind;

use super::Desk;
use super::chosen::{ConnectionArgs, DemoArgs, NoArgs};
use super::failure::{Answer, Failure};
use super::sampler::Sampler;
use super::showing::{Showing, Stage};
use crate::calls::{Caller, Lab};
use crate::clock::{now_us, rfc3339};
use crate::disk::DiskLook;
use crate::outbox::OutboxSender;
use crate::profile::Profile;
use crate::record::{RecordSettings, record};
use crate::road::{Road, RoadError};

/// `connect` answers after this long at the latest; a broker that takes longer is waited for in the strip.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Sessions of one name and day.
const MOST_SESSIONS: u32 = 1000;

/// The demo lab's profile: how its plates are judged.
const DEMO_PROFILE: &str = include_str!("../../../../demo/profile.toml");

/// How many times faster than a lab the demo may read plates.
pub const DEMO_SPEEDS: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;

/// A recording under way.
pub(crate) struct Recording {
    pub(crate) road: Arc<Road>,
    pub(crate) dir: PathBuf,
    pub(crate) since_ms: i64,
    pub(crate) brokers: String,
    pub(crate) topics: Vec<(Kind, String)>,
    pub(crate) undecoded_before: u64,
    pub(crate) disk: DiskLook,
    /// Sends what people did here.
    pub(super) outbox: Option<OutboxSender>,
    /// Where its alerts go beyond the screen.
    pub(super) lab: Lab,
    _caller: Caller,
    /// Looks at a site now and then.
    _sampler: Option<Sampler>,
    /// The saved connection that it records.
    connection: Option<String>,
    is_demo: bool,
    /// The lab that it records, if it is ours: it ends after the recording.
    demo: Mutex<Option<DemoLab>>,
    offline_since_ms: Mutex<Option<i64>>,
}

impl Recording {
    pub(crate) fn is_demo(&self) -> bool {
        self.is_demo
    }

    /// Since when the source is offline, as far as this was asked.
    pub(crate) fn offline_since(&self, offline: bool, now_ms: i64) -> Option<i64> {
        let mut since = self.offline_since_ms.lock().unwrap_or_else(PoisonError::into_inner);
        *since = offline.then(|| since.unwrap_or(now_ms));
        *since
    }
}

/// A broker that has not answered yet, or will not.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) brokers: String,
    pub(crate) since_ms: i64,
    pub(crate) words: Option<String>,
    pub(crate) failed: bool,
    /// Which attempt: an older one must not overwrite a newer.
    number: u64,
}

/// What is needed to begin.
struct Plan {
    name: String,
    folder: PathBuf,
    settings: RecordSettings,
    connection: Option<String>,
    demo: Option<DemoLab>,
}

impl Desk {
    /// Opens the demo lab in this process and records it into a new session.
    ///
    /// # Errors
    /// `invalid`, `source`, `session`, `io`.
    pub async fn start_demo(self: &Arc<Self>, args: DemoArgs) -> Answer<()> {
        if !DEMO_SPEEDS.contains(&args.speed) {
            return Err(Failure::new("invalid", "The demo's speed is a number from 0.01 to 10,000."));
        }
        let started_at_ms = now_us() / 1000;
        let today = rfc3339(started_at_ms);
        let day = today.split('T').next().unwrap_or_default();
        let options = DemoOptions { speed: args.speed, started_at_ms, run: demo_run(day) };
        // The broker starts on a thread of its own and is waited for.
        let lab = tokio::task::spawn_blocking(|| DemoLab::start(options));
        let lab = lab.await.map_err(|_| Failure::new("stopped", "The demo lab could not be started."))??;
        let profile = Profile::parse(DEMO_PROFILE, Path::new("demo/profile.toml"))?;
        let settings = RecordSettings::new(lab.bootstrap(), Path::new(""), self.options.worker.clone());
        let settings = RecordSettings {
            topics: profile.topics(),
            profile,
            profile_text: DEMO_PROFILE.to_owned(),
            ..settings.with(self.options.settings)
        };
        // Each demo is a lab of its own: never resumed.
        let name = format!("Demo lab {}", clock_name(&today));
        self.begin(Plan {
            name,
            folder: self.options.folders.sessions.clone(),
            settings,
            connection: None,
            demo: Some(lab),
        })
        .await
    }

    /// Records a lab's topics and shows them live. A recording that is under way is ended well first. Answers at once when
    /// the broker does, and else after 1.5 s: the strip says how it goes on.
    ///
    /// # Errors
    /// `invalid` with the field in `detail`, `source`, `session`, `other_cluster`, `io`.
    pub async fn connect(self: &Arc<Self>, args: ConnectionArgs) -> Answer<()> {
        let connection = super::lab::to_engine(&args.connection)?;
        let settings = connection.record_settings(Path::new(""), self.options.worker.clone(), self.options.settings)?;
        let folder = connection.session_folder.clone().unwrap_or_else(|| self.options.folders.sessions.clone());
        let today = rfc3339(now_us() / 1000);
        let name = if connection.name.trim().is_empty() { "session" } else { connection.name.trim() };
        let name = format!("{name} {}", today.split('T').next().unwrap_or_default());
        // Forgetting which was used last must not keep anybody from recording.
        let _ = self.saved.set_last_used(&connection.name);
        let connection = Some(connection.name.trim().to_owned()).filter(|name| !name.is_empty());
        self.begin(Plan { name, folder, settings, connection, demo: None }).await
    }

    /// Ends the recording well; its session stays on the desk, read-only.
    ///
    /// # Errors
    /// `unstored` and others of the road: what was committed is safe.
    pub async fn disconnect(self: &Arc<Self>, _: NoArgs) -> Answer<()> {
        let shows_it = self.recording_dir().await.is_some_and(|dir| self.showing().is_ok_and(|shown| shown.dir == dir));
        let dir = self.end_recording().await?;
        match dir {
            Some(dir) if shows_it => self.open_folder(&dir).await,
            _ => Ok(()),
        }
    }

    async fn begin(self: &Arc<Self>, plan: Plan) -> Answer<()> {
        self.end_recording().await?;
        let number = self.attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let opening = Opening {
            brokers: plan.settings.brokers.clone(),
            since_ms: now_us() / 1000,
            words: None,
            failed: false,
            number,
        };
        *self.opening.lock().unwrap_or_else(PoisonError::into_inner) = Some(opening);
        let desk = Arc::clone(self);
        let mut attempt = tokio::spawn(async move { desk.open_road(plan, number).await });
        let answer = tokio::time::timeout(PATIENCE, &mut attempt).await;
        let mut abort = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Err(_) => {
                *abort = Some(attempt.abort_handle());
                Ok(())
            }
            Ok(Ok(answer)) => {
                if answer.is_err() {
                    *self.opening.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
                answer
            }
            Ok(Err(_)) => Err(Failure::new("stopped", "Connecting was broken off.")),
        }
    }

    /// Waits for the broker as long as it takes, then puts the road on the desk.
    async fn open_road(self: &Arc<Self>, plan: Plan, number: u64) -> Answer<()> {
        let opened = self.open_first_free(&plan, number).await;
        let road = match opened {
            Ok(road) => Arc::new(road),
            Err(failure) => {
                self.note_opening(number, |opening| {
                    opening.failed = true;
                    opening.words = Some(failure.message.clone());
                });
                return Err(failure);
            }
        };
        let mut reader = session::Reader::open(road.dir()).await?;
        let lab = self.lab_of(super::showing::name_of(road.dir()), &plan.settings);
        let recording = Recording {
            dir: road.dir().to_owned(),
            since_ms: now_us() / 1000,
            brokers: plan.settings.brokers.clone(),
            topics: plan.settings.topics.clone(),
            undecoded_before: reader.counts().await?.undecoded,
            disk: DiskLook::default(),
            outbox: self.outbox_sender(&road, &plan.settings),
            _caller: self.caller(&road, &lab),
            lab,
            _sampler: self.sampler(&road),
            connection: plan.connection,
            is_demo: plan.demo.is_some(),
            demo: Mutex::new(plan.demo),
            offline_since_ms: Mutex::default(),
            road: Arc::clone(&road),
        };
        let is_demo = recording.is_demo;
        let dir = recording.dir.clone();
        let showing = Showing::new(&dir, Stage::Live(road), false, is_demo).await?;
        *self.recording.lock().await = Some(Arc::new(recording));
        *self.opening.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.show(Some(showing));
        Ok(())
    }

    /// The session of this name and day is gone on with; one of another lab is left alone and the next name taken.
    async fn open_first_free(&self, plan: &Plan, number: u64) -> Answer<Road> {
        for attempt in 1..MOST_SESSIONS {
            let name = if attempt == 1 { plan.name.clone() } else { format!("{} ({attempt})", plan.name) };
            let dir = plan.folder.join(name);
            std::fs::create_dir_all(&plan.folder)?;
            let known = session::exists(&dir)?;
            if known && (plan.demo.is_some() || !same_profile(&dir, &plan.settings).await) {
                continue;
            }
            let settings = RecordSettings { dir, ..plan.settings.clone() };
            let tell = |crate::record::Opening::Feed(event): crate::record::Opening| {
                self.note_opening(number, |opening| opening.words = Some(event.to_string()));
            };
            match record(settings, tell).await {
                Err(RoadError::OtherCluster { .. }) => {}
                // Another window's demo took the name in the same second.
                Err(RoadError::Session(session::Error::Locked { .. } | session::Error::AlreadyASession { .. }))
                    if plan.demo.is_some() => {}
                other => return Ok(other?),
            }
        }
        Err(Failure::new("session", "There are too many sessions of this name and day: choose another folder."))
    }

    fn note_opening(&self, number: u64, change: impl FnOnce(&mut Opening)) {
        let mut opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opening) = opening.as_mut().filter(|opening| opening.number == number) {
            change(opening);
        }
    }

    /// Changes the profile of the saved connection that is recorded, for its next session. One that was deleted or cannot be
    /// read meanwhile is left alone: the record in this session is what counts.
    pub(super) async fn keep_profile(&self, change: impl FnOnce(&str) -> Result<String, String>) {
        let recording = self.recording.lock().await.clone();
        let Some(name) = recording.and_then(|recording| recording.connection.clone()) else { return };
        let Ok(connection) = self.saved.read(&name) else { return };
        if let Ok(profile) = change(&connection.profile) {
            let _ = self.saved.save(&crate::connections::Connection { profile, ..connection });
        }
    }

    pub(crate) async fn recording_dir(&self) -> Option<PathBuf> {
        self.recording.lock().await.as_ref().map(|recording| recording.dir.clone())
    }

    /// Ends what is being opened and what is recorded; returns the session's folder.
    pub(crate) async fn end_recording(&self) -> Answer<Option<PathBuf>> {
        if let Some(attempt) = self.attempt.lock().unwrap_or_else(PoisonError::into_inner).take() {
            attempt.abort();
        }
        *self.opening.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let Some(recording) = self.recording.lock().await.take() else { return Ok(None) };
        if self.showing().is_ok_and(|showing| showing.dir == recording.dir) {
            self.show(None);
        }
        let dir = recording.dir.clone();
        let road = Arc::clone(&recording.road);
        let lab = recording.demo.lock().unwrap_or_else(PoisonError::into_inner).take();
        let lines = road.look(crate::library::Library::lines_of).await;
        let seq = road.progress().borrow().seq;
        drop(recording);
        let ended = finish(road).await;
        drop(lab);
        if let (Ok(lines), Ok(library)) = (lines, self.library().await) {
            // The library is rebuildable: what it misses it reads again.
            let _ = library.note_plates(&dir, seq, lines).await;
        }
        ended.map(|()| Some(dir))
    }
}

/// Ends a road as soon as nobody asks it anything any more.
async fn finish(mut road: Arc<Road>) -> Answer<()> {
    loop {
        match Arc::try_unwrap(road) {
            Ok(road) => {
                road.finish().await?;
                return Ok(());
            }
            Err(shared) => road = shared,
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether a session goes on under this profile: it began with it, or a person made it what it is there.
async fn same_profile(dir: &Path, settings: &RecordSettings) -> bool {
    let Ok(mut reader) = session::Reader::open(dir).await else { return false };
    if reader.meta().profile_toml == settings.profile_text {
        return true;
    }
    let began = Profile::parse(&reader.meta().profile_toml, Path::new("the session's profile"));
    let same_topics = began.is_ok_and(|began| began.topics == settings.profile.topics);
    let rules = plate::rules::Rules::compile(&settings.profile.rule_file()).ok();
    let Ok(locals) = reader.locals(i64::MAX).await else { return false };
    let last = locals.iter().rev().find_map(|(_, record)| match &record.body {
        plate::LocalBody::Profile { cards, rules, .. } => Some((cards, rules)),
        _ => None,
    });
    same_topics
        && last.is_some_and(|(cards, in_force)| {
            **cards == *settings.profile.assay
                && in_force.as_ref().map(|rules| rules.digest()) == rules.as_ref().map(|rules| rules.digest())
        })
}

/// `2026-11-23 00.18.06` of an RFC 3339 time: fit for a folder's name everywhere.
fn clock_name(time: &str) -> String {
    let (day, clock) = time.split_once('T').unwrap_or((time, ""));
    format!("{day} {}", clock.chars().take(8).map(|c| if c == ':' { '.' } else { c }).collect::<String>())
}
