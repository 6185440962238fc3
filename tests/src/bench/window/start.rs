//! From the start of the program to the first heatmap, against a bare Tauri window in the same run.

use std::fs;
use std::path::Path;

use plate::Format;
use serde_json::{Value, json};

use super::stage::{bare_window, opening, wall};
use crate::bench::figures::{Ratio, median};
use crate::broker::Broker;
use crate::window::app;

/// Interleaved pairs: the app on a recorded session of 24 plates x 384 wells until its first tick is drawn; the bare
/// window until its empty page is loaded.
#[must_use]
pub(super) fn run(broker: &Broker, pairs: u32, folder: &Path) -> Value {
    let session = wall(broker, folder, 24, Format::F384);
    let measure = folder.join("start.ticks");
    let mut times = [Vec::new(), Vec::new()];
    // The first pair fills the page cache and is not counted.
    for pair in 0..=pairs as usize {
        for turn in 0..2 {
            let which = (pair + turn) % 2;
            let seconds = if which == 0 { ours(&session, &measure) } else { bare_seconds() };
            if pair > 0 {
                times[which].push(seconds);
            }
        }
    }
    let ratio = Ratio::of(&times[0].iter().zip(&times[1]).map(|(ours, bare)| ours / bare).collect::<Vec<_>>());
    println!(
        "start to first heatmap: {:.0} ms; bare window loaded: {:.0} ms; ratio {ratio} (must <= 1.5)",
        1000.0 * median(&times[0]),
        1000.0 * median(&times[1])
    );
    json!({ "pairs": pairs, "ours_s": times[0], "bare_s": times[1], "ratio": ratio.json() })
}

fn ours(session: &Path, measure: &Path) -> f64 {
    let _gone = fs::remove_file(measure);
    let launch = opening("bench-start", session).args(["--measure".to_owned(), measure.display().to_string()]);
    let window = launch.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").start_plain(&app().unwrap());
    // A line: tick, receipt, drawn, plates. A tick of no plates drew nothing.
    let drew = |text: String| text.lines().any(|line| line.split(' ').nth(3).is_some_and(|plates| plates != "0"));
    window.await_that("a heatmap is drawn", |_| fs::read_to_string(measure).is_ok_and(drew)).as_secs_f64()
}

fn bare_seconds() -> f64 {
    bare_window("bench-bare").age().as_secs_f64()
}
