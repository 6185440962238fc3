//! One recording, timed from before its worker is started to the commit of the last message, and what used the time.

use std::path::Path;
use std::time::Duration;

use engine::{RecordSettings, now_us};
use feed::Start;

use super::drain::worker;
use super::load::Load;
use crate::broker::Broker;
use crate::processes::{cpu_seconds, thread_cpu_seconds};
use crate::runtime;

/// What one recording took.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// From before the folder was made to the last commit.
    pub seconds: f64,
    /// Processor time of the worker.
    pub worker_cpu_s: f64,
    /// Processor time of this process's threads, the busiest first.
    pub threads: Vec<(String, f64)>,
}

/// Records all of a load into a new session in `dir`.
#[must_use]
pub fn record(broker: &Broker, load: &Load, dir: &Path) -> Recorded {
    runtime().block_on(async {
        let settings = RecordSettings {
            topics: load.topics.all().to_vec(),
            start: Start::Earliest,
            ..RecordSettings::new(broker.address(), dir, worker())
        };
        let before = thread_cpu_seconds();
        let began_us = now_us();
        let road = engine::record(settings, |_| ()).await.unwrap();
        let mut progress = road.progress();
        let all = progress.wait_for(|progress| progress.messages == load.messages);
        let last = tokio::time::timeout(Duration::from_secs(600), all).await.unwrap().unwrap().clone();
        let pid = road.feed_status().and_then(|status| status.borrow().worker_pid);
        let (worker_cpu_s, threads) = (pid.map_or(0.0, cpu_seconds), used_since(&before));
        road.finish().await.unwrap();
        Recorded { seconds: (last.last_commit_us - began_us) as f64 / 1e6, worker_cpu_s, threads }
    })
}

/// What each thread has used since, the busiest first.
fn used_since(before: &[(String, String, f64)]) -> Vec<(String, f64)> {
    let earlier = |id: &str| before.iter().find(|(other, ..)| other == id).map_or(0.0, |(_, _, used)| *used);
    let now = thread_cpu_seconds().into_iter();
    let mut used: Vec<_> = now.map(|(id, name, used)| (name, used - earlier(&id))).collect();
    used.sort_by(|a, b| b.1.total_cmp(&a.1));
    used
}
