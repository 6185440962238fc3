//! The ceiling of memory: the sum of PSS over the recorder and its worker, looked at five times a second.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use super::load::Load;
use crate::broker::Broker;
use crate::command::Plateside;
use crate::processes::{children, family_pss_bytes, pss_bytes, signal};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// Under overload the recorder runs so long …
const RUNS: Duration = Duration::from_millis(10);
/// … and is held so long: ten times more comes than it can take.
const HELD: Duration = Duration::from_millis(90);

/// Records the load with the command line; the peak, and how it was made up.
#[must_use]
pub fn run(broker: &Broker, load: &Load, dir: &Path, overload: bool) -> Value {
    let began = Instant::now();
    let mut recorder = Plateside::record(broker, &load.topics, dir).args(["--until-idle", "2s"]).start();
    let (mut peak, mut parts, mut looked) = (0, (0, 0), Instant::now() - LOOK);
    while !recorder.has_ended() {
        if overload {
            signal(recorder.id(), Signal::STOP);
            std::thread::sleep(HELD);
        }
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            let now = family_pss_bytes(recorder.id());
            if now > peak {
                peak = now;
                parts = (pss_bytes(recorder.id()), children(recorder.id()).into_iter().map(pss_bytes).sum());
            }
        }
        signal(recorder.id(), Signal::CONT);
        std::thread::sleep(if overload { RUNS } else { LOOK });
        assert!(began.elapsed() < Duration::from_secs(3000), "it does not end; it said:\n{}", recorder.said());
    }
    let ended = recorder.wait();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let summary = ended.json();
    assert_eq!(summary["messages"], load.messages, "all of it was recorded");
    let mb = |bytes: u64| bytes as f64 / 1e6;
    json!({
        "overload": overload,
        "messages": load.messages,
        "seconds": began.elapsed().as_secs_f64(),
        "peak_mb": mb(peak),
        "recorder_mb": mb(parts.0),
        "worker_mb": mb(parts.1),
    })
}
