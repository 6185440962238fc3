//! The parent's side of Kafka: a child process that reads, and the deliveries that come of it.

mod beside;
mod check;
mod child;
mod event;
mod gauge;
mod ledger;
mod meter;
mod room;
mod settings;
mod status;
mod supervise;

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use wire::envelope::Batch;

use crate::error::FeedError;
pub use check::{BrokerCheck, CheckNews, CheckSettings};
pub use event::{FeedEvent, Reading};
pub use room::Held;
pub use settings::{KafkaSettings, Start, StoredPosition, WorkerCommand};
pub use status::{FeedState, FeedStatus, PartitionLag, TopicFlow};

/// Deliveries that may wait to be taken. Messages are bounded by their bytes as well (see [`Held`]).
const WAITING: usize = 256;

/// What a source hands over, in order.
#[derive(Debug)]
pub enum Delivery {
    /// The broker answered: the first delivery that is not an event.
    Connected {
        /// Its cluster's id; empty where the broker has none.
        cluster: String,
    },
    /// Messages.
    Batch {
        /// They are slices of one frame, which lives as long as any of them: copy what outlives the commit.
        batch: Batch,
        /// Their bytes in the bounded queue: drop it when they are committed.
        held: Held,
    },
    /// Anything else that a person or a session may want to know.
    Event(FeedEvent),
}

/// Topics of one cluster, read by a worker that is started again whenever it dies.
#[derive(Debug)]
pub struct KafkaSource {
    deliveries: mpsc::Receiver<Delivery>,
    status: watch::Receiver<FeedStatus>,
    pause: watch::Sender<Option<String>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl KafkaSource {
    /// Starts the worker. It must be called within a tokio runtime; a broker that is not there is no error, but an event.
    ///
    /// # Errors
    /// [`FeedError`]: settings that cannot work, or a worker that does not start.
    pub fn start(settings: KafkaSettings) -> Result<KafkaSource, FeedError> {
        settings.check()?;
        let first = child::Child::spawn(&settings.worker)?;
        let (deliver, deliveries) = mpsc::channel(WAITING);
        let (publish, status) = watch::channel(FeedStatus::default());
        let (pause, paused) = watch::channel(None);
        let (stop, stopped) = watch::channel(false);
        let supervisor = supervise::Supervisor::new(settings, deliver, Arc::new(publish), paused);
        let task = tokio::spawn(supervisor.run(first, stopped));
        Ok(KafkaSource { deliveries, status, pause, stop, task })
    }

    /// The next delivery; `None` after the source ended. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.deliveries.recv().await
    }

    /// Measured values, a few times a second while something changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<FeedStatus> {
        self.status.clone()
    }

    /// Stops fetching; what is on its way still arrives.
    pub fn pause(&self, reason: &str) {
        self.pause.send_replace(Some(reason.to_owned()));
    }

    /// Goes on after [`KafkaSource::pause`].
    pub fn resume(&self) {
        self.pause.send_replace(None);
    }

    /// Ends the worker and waits for its end.
    pub async fn stop(self) {
        let KafkaSource { deliveries, stop, task, .. } = self;
        stop.send_replace(true);
        drop(deliveries);
        // A task that panicked has ended as well.
        let _ = task.await;
    }
}
