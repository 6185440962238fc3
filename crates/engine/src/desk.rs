//! The desk: what the window shows and asks, without a window. One desk shows one session at a time, live or recorded,
//! while at most one recording of its own goes on.

mod alerts;
mod bundling;
pub mod bytes;
pub mod calls;
pub mod cards;
pub mod chosen;
mod column;
mod commands;
pub mod compared;
pub mod composite;
mod doses;
pub mod drawn;
mod ear;
mod failure;
mod figure;
pub mod gaps;
mod handles;
mod images;
mod lab;
pub mod layouts;
mod links;
mod measure;
mod messages;
mod outbox;
pub mod packed;
mod picks;
pub mod pictured;
mod plates;
mod quality;
mod recording;
mod replicates;
mod review;
mod review_rows;
pub mod reviewed;
pub mod rule_book;
mod run_order;
mod sampler;
mod shapes;
mod shelf;
mod showing;
pub mod shown;
mod spot;
mod strip;
mod tiles;
mod time;
pub mod told;
pub mod trace;
#[cfg(test)]
mod typescript;
mod usual;
mod watch;
mod what_if;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use feed::WorkerCommand;
use tokio::sync::{OnceCell, watch as channel};

use crate::calls::Calls;
use crate::connections::Connections;
use crate::installation::Installation;
use crate::library::Library;
use crate::settings::{Folders, Settings, Theme};
use bundling::Bundling;
use chosen::{Boot, NoArgs};
use ear::Ear;
pub use failure::{Answer, Failure};
use measure::Measure;
pub use recording::DEMO_SPEEDS;
use recording::{Opening, Recording};
use showing::Showing;
use spot::Models;

/// What a desk is given.
#[derive(Debug, Clone)]
pub struct DeskOptions {
    /// Where settings, connections and sessions lie.
    pub folders: Folders,
    /// This installation's settings.
    pub settings: Settings,
    /// The program that becomes the worker.
    pub worker: WorkerCommand,
    /// Who makes records here: the operating system's user name.
    pub user: String,
    /// Plateside's version.
    pub version: String,
    /// The screen that the command line named.
    pub screen: Option<String>,
    /// A problem met before the desk was there.
    pub problem: Option<Failure>,
    /// For benches: a file that gets a line for every tick that the window has drawn.
    pub measure: Option<PathBuf>,
}

#[cfg(test)]
impl DeskOptions {
    /// A desk of a test, with folders of its own under `folder` and no broker.
    pub(crate) fn under(folder: &std::path::Path) -> DeskOptions {
        let [config, sessions, pictures, documents, downloads] =
            ["config", "sessions", "pictures", "documents", "downloads"].map(|name| folder.join(name));
        let bundles = vec![documents.clone(), downloads];
        DeskOptions {
            folders: Folders { config, sessions, pictures, documents, bundles },
            settings: Settings::default(),
            worker: WorkerCommand { program: "none".into(), args: Vec::new() },
            user: "tester".to_owned(),
            version: "0.0.7".to_owned(),
            screen: None,
            problem: None,
            measure: None,
        }
    }
}

/// The desk. All its commands may be called at the same time.
pub struct Desk {
    options: DeskOptions,
    saved: Connections,
    library: OnceCell<Library>,
    /// Sessions of the library by folder, with their handles.
    sessions: Mutex<BTreeMap<PathBuf, String>>,
    /// Sessions of the library with events that the broker does not have: folder, name, how many.
    unsent: Mutex<Vec<(PathBuf, String, u32)>>,
    shown: channel::Sender<Option<Arc<Showing>>>,
    recording: tokio::sync::Mutex<Option<Arc<Recording>>>,
    opening: Mutex<Option<Opening>>,
    attempt: Mutex<Option<tokio::task::AbortHandle>>,
    attempts: AtomicU64,
    drawn: channel::Sender<u32>,
    /// The page that listens; another one takes its place.
    ear: Mutex<Arc<Ear>>,
    ticks_told: AtomicU32,
    theme: channel::Sender<Theme>,
    /// While the library counts sessions that have changed.
    counts_sessions: Arc<AtomicBool>,
    bundling: Bundling,
    problem: Mutex<Option<Failure>>,
    installation: Installation,
    models: Models,
    calls: Arc<Calls>,
    measure: Option<Measure>,
}

impl Desk {
    /// An empty desk.
    #[must_use]
    pub fn new(options: DeskOptions) -> Arc<Desk> {
        Arc::new(Desk {
            saved: Connections::in_config(&options.folders.config),
            library: OnceCell::new(),
            sessions: Mutex::default(),
            unsent: Mutex::default(),
            shown: channel::Sender::new(None),
            recording: tokio::sync::Mutex::default(),
            opening: Mutex::default(),
            attempt: Mutex::default(),
            attempts: AtomicU64::new(0),
            drawn: channel::Sender::new(0),
            ear: Mutex::default(),
            ticks_told: AtomicU32::new(0),
            theme: channel::Sender::new(options.settings.window.theme),
            counts_sessions: Arc::default(),
            bundling: Bundling::default(),
            problem: Mutex::default(),
            installation: Installation::in_config(&options.folders.config),
            models: Models::default(),
            calls: Arc::new(Calls::in_config(&options.folders.config)),
            measure: options.measure.as_deref().and_then(Measure::new),
            options,
        })
    }

    /// What the window needs to begin.
    ///
    /// # Errors
    /// None: problems are part of the answer.
    pub async fn boot(self: &Arc<Desk>, _: NoArgs) -> Answer<Boot> {
        drop(tokio::spawn(look_into_the_library(Arc::downgrade(self))));
        let read = Settings::read(&self.options.folders.config);
        let problem = self
            .options
            .problem
            .clone()
            .or_else(|| read.as_ref().err().map(|e| Failure::new("settings", e.to_string())));
        Ok(Boot {
            version: self.options.version.clone(),
            settings: self.window_settings(&read.unwrap_or(self.options.settings)),
            sessions_folder: self.options.folders.sessions.display().to_string(),
            screen: self.options.screen.clone(),
            problem,
        })
    }

    /// Ends the recording well, if there is one, and breaks off a bundle: the window closes.
    ///
    /// # Errors
    /// What the road could not store; what was committed is safe.
    pub async fn close(&self) -> Answer<()> {
        let ended = self.end_recording().await.map(drop);
        self.bundling.end().await;
        ended
    }

    /// The theme that is chosen, now and whenever it changes: menus that the system draws follow it.
    #[must_use]
    pub fn theme(&self) -> channel::Receiver<Theme> {
        self.theme.subscribe()
    }

    /// A problem that the window did not ask about: it is told with the strip until something else is opened.
    pub fn tell_problem(&self, failure: Failure) {
        *self.problem.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(failure);
    }

    /// What is on the desk.
    fn showing(&self) -> Answer<Arc<Showing>> {
        self.shown.borrow().clone().ok_or_else(Failure::nothing_open)
    }

    /// Puts something on the desk.
    fn show(&self, showing: Option<Showing>) {
        if showing.is_some() {
            *self.problem.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
        }
        self.shown.send_replace(showing.map(Arc::new));
    }

    /// Remarks about a run.
    async fn notes_of(&self, showing: &Showing, run: &str) -> Vec<String> {
        showing.notes().await.into_iter().filter(|note| note.run == run).map(|note| note.text).collect()
    }
}

/// Once the window stands the library is read, so that the strip counts what other sessions have not sent.
async fn look_into_the_library(desk: Weak<Desk>) {
    for _ in 0..LOOKS {
        tokio::time::sleep(AFTER_START).await;
        let Some(desk) = desk.upgrade() else { return };
        // A folder that cannot be read says so on the Sessions screen.
        if !desk.sessions(NoArgs {}).await.is_ok_and(|found| found.is_counting) {
            return;
        }
    }
}

/// The first plates are drawn by then.
const AFTER_START: Duration = Duration::from_secs(4);
/// A library that is counted longer is looked at when somebody goes to it.
const LOOKS: u32 = 8;
