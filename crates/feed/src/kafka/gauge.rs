//! The meter as all parts of a source share it, and the way to publish it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use wire::envelope::Kind;

use super::meter::Meter;
use super::status::FeedStatus;

/// What the parts of a life share: the meter, and the way to publish it.
#[derive(Clone)]
pub(super) struct Gauge {
    meter: Arc<Mutex<Meter>>,
    /// Names and kinds of topics, by their numbers.
    pub(super) topics: Arc<[(Arc<str>, Kind)]>,
    publish: Arc<watch::Sender<FeedStatus>>,
}

impl Gauge {
    pub(super) fn new(topics: Arc<[(Arc<str>, Kind)]>, publish: Arc<watch::Sender<FeedStatus>>) -> Gauge {
        Gauge { meter: Arc::default(), topics, publish }
    }

    pub(super) fn meter(&self) -> MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it, and lets everybody see.
    pub(super) fn change(&self, change: impl FnOnce(&mut Meter)) {
        let mut meter = self.meter();
        change(&mut meter);
        let status = meter.snapshot(&self.topics);
        drop(meter);
        self.publish.send_replace(status);
    }
}
