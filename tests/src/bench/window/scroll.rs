//! The wall of 200 plates, scrolled from top to bottom and back: frames a second.

use std::path::Path;

use plate::Format;
use serde_json::{Value, json};

use super::stage::{opening, wall};
use crate::bench::figures::median;
use crate::broker::Broker;
use crate::window::test_id;

/// Scrolls by a step a frame for so many seconds; frames, and the longest time without one in milliseconds.
const SCROLL: &str = "
const wall = document.querySelector('[data-testid=wall]');
const [seconds, step] = arguments;
return await new Promise(done => {
  let [frames, longest, last, by] = [0, 0, performance.now(), step];
  const began = last;
  wall.scrollTop = 0;
  const frame = now => {
    frames += 1; longest = Math.max(longest, now - last); last = now;
    const before = wall.scrollTop;
    wall.scrollTop += by;
    if (wall.scrollTop === before) by = -by;
    if (now - began < 1000 * seconds) requestAnimationFrame(frame);
    else done([frames / ((now - began) / 1000), longest, wall.scrollHeight, document.querySelectorAll('[data-testid=tile]').length]);
  };
  requestAnimationFrame(frame);
});";

/// Pixels a frame: a reader's wheel, and a flick.
const STEPS: [u32; 2] = [20, 120];

/// Frames a second of both, medians of five.
#[must_use]
pub(super) fn run(broker: &Broker, folder: &Path) -> Value {
    let mut figures = Vec::new();
    for format in [Format::F384, Format::F1536] {
        let session = wall(broker, folder, 200, format);
        let window = opening("bench-scroll", &session).start();
        window.await_sight(&test_id("tile"));
        std::thread::sleep(std::time::Duration::from_secs(3));
        for step in STEPS {
            let runs: Vec<Value> = (0..5).map(|_| window.js_async(SCROLL, vec![json!(5), json!(step)])).collect();
            let of = |at: usize| median(&runs.iter().filter_map(|run| run[at].as_f64()).collect::<Vec<_>>());
            println!(
                "scrolling 200 plates x {} wells by {step} px a frame: {:.1} frames/s, longest gap {:.0} ms, {} tiles in the page (must >= 30, aim 57)",
                format.wells(),
                of(0),
                of(1),
                of(3)
            );
            assert!(of(2) > 2000.0, "there is something to scroll");
            figures.push(json!({ "wells": format.wells(), "step_px": step, "frames_per_s": of(0), "longest_gap_ms": of(1), "runs": runs }));
        }
        window.close();
    }
    json!(figures)
}
