//! How much later a message is committed while local models work beside the recorder.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::figures::{Ratio, median};
use super::super::latency;
use crate::broker::Broker;
use crate::clone_folder;
use crate::command::Plateside;

/// Seconds of one run.
const SECONDS: u32 = 8;
/// Each pair takes a quarter of a minute.
const MOST_PAIRS: u32 = 7;

pub(super) fn run(broker: &Broker, folder: &Path, pairs: u32) -> Value {
    let p99 = |name: &str| {
        let dir = folder.join(name);
        let told = latency::run(broker, &dir, SECONDS);
        let _room = std::fs::remove_dir_all(&dir);
        told["committed"]["p99_ms"].as_f64().unwrap()
    };
    let (mut quiet, mut busy) = (Vec::new(), Vec::new());
    for pair in 0..pairs.min(MOST_PAIRS) {
        for is_busy in [pair % 2 == 0, pair % 2 != 0] {
            if is_busy {
                busy.push(beside_models(folder, || p99("busy")));
            } else {
                quiet.push(p99("quiet"));
            }
        }
    }
    let ratio = Ratio::of(&busy.iter().zip(&quiet).map(|(busy, quiet)| busy / quiet).collect::<Vec<_>>());
    println!(
        "p99 from a message's making to its row at 5,000/s: {:.1} ms alone, {:.1} ms while spot checks run without a pause, ratio {ratio} (must 1.2)",
        median(&quiet),
        median(&busy)
    );
    json!({ "quiet_ms": quiet, "busy_ms": busy, "ratio": ratio.json() })
}

/// Planes that one process looks at: the app keeps its model's process too, and starts it once.
const PLANES: usize = 100;

/// Works while a model looks at one plane after the other.
fn beside_models<T>(folder: &Path, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let plane = folder.join("site-1-0.tif");
                let score = Plateside::new("score").arg(clone_folder().join("models/nuclei-seg"));
                let mut scoring = score.args([&plane; PLANES]).start();
                // Nobody waits for what is left of it.
                while !done.load(Ordering::Acquire) && !scoring.has_ended() {
                    std::thread::sleep(Duration::from_millis(50));
                }
                let _ended = scoring.kill();
            }
        });
        let result = work();
        done.store(true, Ordering::Release);
        result
    })
}
