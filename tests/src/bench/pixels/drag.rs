//! The real window: pictures a second while a contrast handle is dragged, and how long a well takes from a click to its pixels.

use std::path::{Path, PathBuf};
use std::time::Duration;

use plate::Well;
use serde_json::{Value, json};

use super::super::figures::median;
use super::super::window::stage::opening;
use super::click::{nine_sites, record};
use crate::broker::Broker;
use crate::window::{Window, test_id};

/// Drags the upper handle of a channel to and fro for some seconds, a step with each frame. Returns how often a second the
/// pixels in the middle of the viewer changed, and frames a second.
const DRAG: &str = "
const [seconds] = arguments;
const pane = document.querySelector('[data-testid=pane]');
const handle = document.querySelector('[data-testid=channel-DNA] [data-testid=hi]');
const grab = handle.querySelector('.grab').getBoundingClientRect();
const axis = handle.ownerSVGElement.getBoundingClientRect();
handle.setPointerCapture = () => {}; // no hand holds this pointer
const y = grab.y + grab.height / 2;
const point = (type, x) => handle.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 7, clientX: x, clientY: y, button: 0, buttons: 1 }));
const context = pane.getContext('2d');
const middle = () => context.getImageData(pane.width / 2 - 32, pane.height / 2 - 32, 64, 64).data.reduce((mixed, value) => (Math.imul(mixed, 31) + value) | 0, 7);
point('pointerdown', grab.x + grab.width / 2);
const told = await new Promise(done => {
  let [x, by, frames, changes, before] = [axis.x + axis.width * 0.5, axis.width / 150, 0, 0, middle()];
  const began = performance.now();
  const frame = now => {
    frames += 1;
    const seen = middle();
    if (seen !== before) changes += 1;
    before = seen;
    if (x + by > axis.x + axis.width * 0.9 || x + by < axis.x + axis.width * 0.2) by = -by;
    x += by;
    point('pointermove', x);
    const took = (now - began) / 1000;
    if (took < seconds) requestAnimationFrame(frame); else done([changes / took, frames / took]);
  };
  requestAnimationFrame(frame);
});
point('pointerup', axis.x);
return told;";

/// Clicks, and waits until another place's pixels are in the viewer at the size that was there before. Milliseconds.
const CLICK: &str = "
const [button] = arguments;
const pane = document.querySelector('[data-testid=pane]');
const context = pane.getContext('2d');
const [level, said] = [pane.dataset.level, pane.getAttribute('aria-label')];
const began = performance.now();
document.querySelectorAll(button)[arguments[1]].click();
return await new Promise(done => {
  const frame = () => {
    const isThere = pane.getAttribute('aria-label') !== said && pane.dataset.level === level
      && context.getImageData(pane.width / 2 - 64, pane.height / 2 - 64, 128, 128).data.some((value, at) => at % 4 < 3 && value > 40);
    if (isThere || performance.now() - began > 20000) done(performance.now() - began); else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});";

/// Opens the Images screen of a recorded plate and waits for its cells.
fn cells(session: &Path) -> Window {
    let window = opening("bench-drag", session).start();
    window.click(&test_id("tile"));
    window.keys("ctrl+3");
    window.await_sight(&test_id("pane"));
    let is_whole = "return document.querySelector('[data-testid=pane]')?.dataset.level !== undefined && document.querySelector('[data-testid=channel-DNA] [data-testid=hi]') !== null";
    window.wait_until("cells are there", Duration::from_secs(60), || window.js(is_whole, vec![]) == true);
    std::thread::sleep(Duration::from_secs(3));
    window
}

fn dragged(window: &Window, what: &str) -> Value {
    let runs: Vec<Value> = (0..5).map(|_| window.js_async(DRAG, vec![json!(5)])).collect();
    let of = |at: usize| median(&runs.iter().filter_map(|run| run[at].as_f64()).collect::<Vec<_>>());
    println!("contrast dragged, {what}: {:.1} pictures/s in {:.1} frames/s (must 25)", of(0), of(1));
    json!({ "what": what, "pictures_per_s": of(0), "frames_per_s": of(1), "runs": runs })
}

pub(super) fn run(broker: &Broker, folder: &Path) -> Value {
    let wells: Vec<Well> = ["B03", "B04", "B05", "B06", "B07", "B08"].map(|well| well.parse().unwrap()).into();
    let planes: Vec<_> = wells.iter().flat_map(|well| nine_sites(folder, *well)).collect();
    let session = folder.join("drag-nine");
    record(broker, &session, &planes);
    let window = cells(&session);
    let nine = dragged(&window, "3 channels of 1024 x 1024");
    let click = |button: &str, at: usize| window.js_async(CLICK, vec![json!(button), json!(at)]).as_f64().unwrap();
    let mut wells_ms = Vec::new();
    for _ in 1..wells.len() {
        wells_ms.push(click("[data-testid=well-after]", 0));
        std::thread::sleep(Duration::from_secs(2));
    }
    let mut sites_ms = Vec::new();
    for site in 1..6 {
        sites_ms.push(click("[data-testid=site]", site));
        std::thread::sleep(Duration::from_secs(2));
    }
    println!(
        "click to pixels in the window, 9 sites x 3 channels of 1 Mpx: another well {:.0} ms (must 500, aim 300), the next site {:.0} ms (must 150, aim 100)",
        median(&wells_ms),
        median(&sites_ms)
    );
    let _kept = window.screenshot("nine");
    window.close();
    let names = ["DNA", "ER", "RNA", "AGP", "Mito"];
    let painting: Vec<(Well, u16, &str, PathBuf)> =
        (0..5).map(|at| (wells[0], 1, names[at], folder.join(format!("channel-{at}.tif")))).collect();
    let session = folder.join("drag-painting");
    record(broker, &session, &painting);
    let window = cells(&session);
    let painting = dragged(&window, "5 channels of 2160 x 2160, fitted into the window");
    let _kept = window.screenshot("painting");
    window.close();
    json!({ "nine": nine, "painting": painting, "wells_ms": wells_ms, "sites_ms": sites_ms })
}
