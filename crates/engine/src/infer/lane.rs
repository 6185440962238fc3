//! The parent's side: one model, one child, one look at a time.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use feed::WorkerCommand;
use tokio::sync::Mutex;
use tokio::time::Instant;
use vision::Grey;
use vision::model::MOST_PIXELS;

use super::child::Child;
use super::error::InferError;
use super::looked::Looked;
use super::messages::Ready;
use super::patience::within;

/// What a child may allocate unless told otherwise, in bytes. The shipped segmentation on ONNX Runtime with two threads
/// counts 392 MiB; a plane of 64 Mi pixels adds 1.3 GiB.
pub const MEMORY_BYTES: u64 = 2 << 30;
/// How long a start or a look may take unless told otherwise; time without a processor is given on top (`patience.rs`).
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Which model to run, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferSettings {
    /// The program that becomes the child: this one, with `worker infer`.
    pub program: WorkerCommand,
    /// The model's folder, or its file beside its card.
    pub model_dir: PathBuf,
    /// ONNX Runtime's library (see [`super::find_library`]); tract without it.
    pub library: Option<PathBuf>,
    /// Threads that work on one look.
    pub threads: usize,
    /// What the child may allocate, in bytes.
    pub memory_bytes: u64,
    /// How long a start and a look may take each.
    pub time_limit: Duration,
}

impl InferSettings {
    /// The usual limits, and two threads.
    #[must_use]
    pub fn new(program: WorkerCommand, model_dir: PathBuf, library: Option<PathBuf>) -> InferSettings {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(2));
        InferSettings { program, model_dir, library, threads, memory_bytes: MEMORY_BYTES, time_limit: TIME_LIMIT }
    }
}

/// A model that runs in a child. Dropping it kills the child.
pub struct Infer {
    settings: InferSettings,
    ready: Ready,
    lane: Mutex<Lane>,
    restarts: AtomicU32,
}

/// The child, and when there may be a new one.
struct Lane {
    child: Option<Child>,
    /// How long the next child has to wait after a crash.
    pause: Duration,
    not_before: Instant,
}

impl std::fmt::Debug for Infer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Infer").field("settings", &self.settings).field("ready", &self.ready).finish_non_exhaustive()
    }
}

impl Infer {
    /// Starts a child, and waits until its model is loaded and passed its test.
    ///
    /// # Errors
    /// [`InferError`]: refused with the reason, or it hung, crashed or ran out of memory while it was loaded.
    pub async fn start(settings: InferSettings) -> Result<Infer, InferError> {
        let (child, ready) = Child::start(&settings).await?;
        let lane = Lane { child: Some(child), pause: FIRST_PAUSE, not_before: Instant::now() };
        Ok(Infer { settings, ready, lane: Mutex::new(lane), restarts: AtomicU32::new(0) })
    }

    /// Shows the model a plane. One at a time: others wait in the order in which they came. After a crash the child is
    /// started again, after a pause that grows. Where the caller stops waiting, the child is killed.
    ///
    /// # Errors
    /// [`InferError`].
    pub async fn look(&self, grey: &Grey) -> Result<Looked, InferError> {
        self.check(grey)?;
        let mut lane = self.lane.lock().await;
        // It is out of the lane while it works: were this future dropped, so would be the child, in the middle of a frame.
        let mut child = match lane.child.take() {
            Some(mut resting) => {
                if resting.has_ended() {
                    lane.fell();
                    self.start_again(&mut lane).await?
                } else {
                    resting
                }
            }
            None => self.start_again(&mut lane).await?,
        };
        let memory_bytes = self.settings.memory_bytes;
        let looked = within(self.settings.time_limit, child.pid(), child.look(grey, memory_bytes)).await;
        let error = match looked {
            Some(Ok(Some(answer))) => {
                lane.child = Some(child);
                lane.pause = FIRST_PAUSE;
                return answer;
            }
            Some(Ok(None)) => child.post_mortem(memory_bytes).await,
            Some(Err(garbled)) => {
                child.kill().await;
                garbled
            }
            None => {
                child.kill().await;
                InferError::TimedOut { doing: "answer", limit: self.settings.time_limit }
            }
        };
        lane.fell();
        Err(error)
    }

    /// A plane that a child would not take costs nobody a copy.
    fn check(&self, grey: &Grey) -> Result<(), InferError> {
        let Grey { width, height, .. } = *grey;
        let pixels = width as usize * height as usize;
        let reason = if pixels == 0 {
            "it has no pixels"
        } else if pixels > MOST_PIXELS {
            "it is too large; make it smaller first"
        } else if pixels != grey.values.len() {
            "its values are not as many as its pixels"
        } else {
            return Ok(());
        };
        Err(InferError::Plane { width, height, reason })
    }

    async fn start_again(&self, lane: &mut Lane) -> Result<Child, InferError> {
        tokio::time::sleep_until(lane.not_before).await;
        self.restarts.fetch_add(1, Ordering::Relaxed);
        match Child::start(&self.settings).await {
            // It is the same file: its card says its digest.
            Ok((child, _ready)) => Ok(child),
            Err(error) => {
                lane.fell();
                Err(error)
            }
        }
    }

    /// What the model's first child said of itself.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// How often a child was started after the first.
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// The child's process id; waits for a look to end.
    pub async fn pid(&self) -> Option<u32> {
        self.lane.lock().await.child.as_ref().and_then(Child::pid)
    }
}

impl Lane {
    /// A child is gone: the next one has to wait, and the one after it longer.
    fn fell(&mut self) {
        self.not_before = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
