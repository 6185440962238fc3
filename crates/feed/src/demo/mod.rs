//! The demo lab: a broker in this process, and a feeder that plays real plates through a real producer.
//!
//! To the rest of Plateside it is a lab like any other, reached over TCP on 127.0.0.1; nothing knows that it is a demo
//! but the note on its messages. The broker is librdkafka's mock cluster, which keeps 5 MiB or 100,000 batches a
//! partition: the whole play is 3,500 messages, 2 MiB and at most 4.5 MiB of pictures a plate (each plate's have a
//! partition of their own), so that nothing is ever dropped, however late one looks.

mod data;
mod feeder;
mod pictures;
mod script;

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::error::FeedError;

/// How the demo is played.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoOptions {
    /// How many times faster than the lab; at 1 a plate of 384 wells takes 30 minutes, at 60 half a minute.
    pub speed: f64,
    /// The moment of the first message, milliseconds since 1970 UTC.
    pub started_at_ms: i64,
    /// The run's name, as [`demo_run`] makes it.
    pub run: String,
}

/// How far the play is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DemoProgress {
    /// Messages sent.
    pub sent: usize,
    /// Messages of the whole play.
    pub total: usize,
    /// Barcode, wells sent, wells to send; in order of play.
    pub plates: Vec<(String, usize, usize)>,
    /// Every plate was played and acknowledged. The lab stays up.
    pub finished: bool,
    /// Why the play broke off, if it did.
    pub failed: Option<String>,
}

/// A running demo lab. It is there until it is dropped.
#[derive(Debug)]
pub struct DemoLab {
    bootstrap: String,
    progress: Arc<Mutex<DemoProgress>>,
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The name of a demo run begun on a date written as `2026-11-22`.
#[must_use]
pub fn demo_run(date: &str) -> String {
    format!("{RUN}{date}")
}

/// Whether a run is one of a demo.
#[must_use]
pub fn is_demo_run(run: &str) -> bool {
    run.starts_with(RUN)
}

const RUN: &str = "DEMO-LINCS-";

impl DemoLab {
    /// Starts the broker, makes the topics of the native contract, and begins to play.
    ///
    /// # Errors
    /// [`FeedError::Demo`]: a speed that is not above 0, or no broker.
    pub fn start(options: DemoOptions) -> Result<DemoLab, FeedError> {
        if !(options.speed.is_finite() && options.speed > 0.0) {
            return Err(FeedError::Demo(format!("a speed of {} is not above 0", options.speed)));
        }
        let plates = data::plates().map_err(FeedError::Demo)?;
        let cues = script::script(&plates, &pictures::pictures().map_err(FeedError::Demo)?, &options)
            .map_err(FeedError::Demo)?;
        let plates = plates.iter().map(|plate| (plate.barcode.clone(), 0, plate.wells.len())).collect();
        let progress = Arc::new(Mutex::new(DemoProgress { total: cues.len(), plates, ..DemoProgress::default() }));
        let (stop, stopped) = sync_channel(0);
        let (answer, opened) = sync_channel(1);
        let shared = progress.clone();
        // The mock cluster stays in the thread that made it.
        let thread = std::thread::Builder::new()
            .name("demo-lab".to_owned())
            .spawn(move || feeder::play(&cues, &shared, &answer, &stopped))
            .map_err(|error| FeedError::Demo(error.to_string()))?;
        match opened.recv() {
            Ok(Ok(bootstrap)) => Ok(DemoLab { bootstrap, progress, stop: Some(stop), thread: Some(thread) }),
            Ok(Err(reason)) => Err(FeedError::Demo(reason)),
            Err(_) => Err(FeedError::Demo("its thread ended".to_owned())),
        }
    }

    /// `HOST:PORT` of the broker.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// How far the play is.
    #[must_use]
    pub fn progress(&self) -> DemoProgress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for DemoLab {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
    }
}
