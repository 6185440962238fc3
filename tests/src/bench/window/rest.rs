//! An idle app: processor time of all its processes over a minute, while nothing happens.

use std::path::Path;
use std::time::{Duration, Instant};

use plate::Format;
use serde_json::{Value, json};

use super::stage::{Stage, opening, wall};
use crate::broker::Broker;
use crate::processes::family_cpu_seconds;
use crate::window::{Launch, app, test_id};

/// How long is looked.
const LOOK: Duration = Duration::from_secs(60);
/// Before that everything settles.
const SETTLE: Duration = Duration::from_secs(10);

/// Percent of a core: with a recorded session on the desk, and connected to a broker on which nothing is sent.
#[must_use]
pub(super) fn run(broker: &Broker, folder: &Path) -> Value {
    let session = wall(broker, folder, 24, Format::F1536);
    let plain = opening("bench-rest", &session).start_plain(&app().unwrap());
    plain.await_that("the app runs", |window| window.id().is_some());
    let recorded = percent(plain.id().unwrap());
    drop(plain);

    let stage = Stage::new(broker, "rest", 24, Format::F1536, 3);
    stage.fill(stage.screening.results());
    let window = Launch::new("bench-rest-live").start();
    stage.connect(&window);
    window.await_sight(&test_id("tile"));
    let connected = percent(window.app_id().unwrap());
    window.close();
    println!(
        "idle for {} s: {recorded:.2} % of a core with a recorded session, {connected:.2} % connected to a silent broker (must <= 1)",
        LOOK.as_secs()
    );
    json!({ "seconds": LOOK.as_secs(), "recorded_percent": recorded, "connected_percent": connected })
}

fn percent(id: u32) -> f64 {
    std::thread::sleep(SETTLE);
    let (before, began) = (family_cpu_seconds(id), Instant::now());
    std::thread::sleep(LOOK);
    100.0 * (family_cpu_seconds(id) - before) / began.elapsed().as_secs_f64()
}
