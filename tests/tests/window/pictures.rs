//! Cells on the screen: contrast as computed, outlines as `score` counts, and a decision by keyboard alone.

use std::time::Duration;

use plateside_tests::clone_folder;
use plateside_tests::command::Plateside;
use plateside_tests::window::{Launch, Window, is_ready, test_id};
use serde_json::Value;
use vision::{Channel, Grey, compose};

const PATIENCE: Duration = Duration::from_secs(60);
/// Site 1 of well B03 of the demo's first plate (demo/images.csv).
const FILE: &str = "models/data/images/2a2032c4ed78f3fc.png";
/// The nuclei's colour to begin with.
const BLUE: [u8; 3] = [91, 143, 249];

/// Number of the one DNA channel: low, high, gamma; the pixel below the middle of the viewer on the screen, and its value.
fn middle(window: &Window) -> Option<([u8; 3], u16, Channel)> {
    let seen = window.js(
        "const pane = document.querySelector('[data-testid=pane]');
         const at = (name) => Number(document.querySelector(`[data-testid=channel-DNA] [data-testid=${name}]`)?.getAttribute('aria-valuenow'));
         const text = document.querySelector('[data-testid=readout]')?.textContent ?? '';
         const value = /DNA\\s+(\\d+)/.exec(text);
         const box = pane.getBoundingClientRect();
         const point = [Math.floor(box.width / 2) * devicePixelRatio, Math.floor(box.height / 2) * devicePixelRatio];
         const pixel = [...pane.getContext('2d').getImageData(point[0], point[1], 1, 1).data];
         return value ? [pixel.slice(0, 3), Number(value[1]), at('lo'), at('hi'), at('gamma')] : null;",
        vec![],
    );
    let number = |at: usize| seen[at].as_f64();
    let pixel: Vec<u8> = seen[0].as_array()?.iter().filter_map(Value::as_u64).map(|level| level as u8).collect();
    let channel = Channel {
        rgb: BLUE,
        low: number(2)?.round() as u16,
        high: number(3)?.round() as u16,
        gamma: number(4)? as f32,
    };
    Some((pixel.try_into().ok()?, number(1)? as u16, channel))
}

fn is_as_computed(window: &Window) -> bool {
    let Some((pixel, value, channel)) = middle(window) else { return false };
    let grey = Grey { width: 1, height: 1, values: vec![value], span: (0.0, 65_535.0) };
    compose(&[(&grey, channel)], 1)[..3].iter().zip(pixel).all(|(computed, seen)| computed.abs_diff(seen) <= 1)
}

/// Opens well B03 of the plate that has pictures.
pub(crate) fn open_cells(window: &Window) {
    window.click(&test_id("rail-images"));
    window.await_sight(&test_id("pick-images"));
    let pick = "const plate = [...document.querySelectorAll('[data-testid=pick-images] button')].find(b => b.textContent.includes('SQ00015194'));
        plate?.click(); return plate !== undefined";
    assert_eq!(window.js(pick, vec![]), true, "the first plate can be picked");
    window.await_text(&test_id("images-title"), "a well with images", PATIENCE, |text| text.contains("A05"));
    for _ in 0..2 {
        window.click(&test_id("well-after"));
    }
    window.await_text(&test_id("images-title"), "B03", PATIENCE, |text| text.contains("B03"));
}

/// The pixel in the middle has the colour that its value gives, before and after a handle is moved by keys.
pub(crate) fn contrast_is_as_computed(window: &Window) {
    let viewer = window.rect(&test_id("pane"));
    let (x, y) = viewer.middle();
    window.wait_until("cells are on the screen", PATIENCE, || window.screenshot("cells").colours(viewer) > 60);
    window.hover(x.floor(), y.floor());
    window.wait_until("the pixel is as computed", PATIENCE, || is_as_computed(window));
    let before = middle(window).unwrap();
    window.js("document.querySelector('[data-testid=channel-DNA] [data-testid=hi]').focus()", vec![]);
    for _ in 0..4 {
        window.keys("PageDown");
    }
    window.wait_until("another range", PATIENCE, || middle(window).is_some_and(|now| now.2.high != before.2.high));
    window.wait_until("the pixel is as computed again", PATIENCE, || is_as_computed(window));
}

/// A spot check outlines as many nuclei as the command line counts.
pub(crate) fn spot_check_counts_as_score(window: &Window) {
    window.js("document.querySelector('[data-testid=pane]').focus()", vec![]);
    window.keys("k");
    window.await_sight(&test_id("score"));
    let told =
        window.await_text(&test_id("outlines-caption"), "a count", PATIENCE, |text| text.contains("found in DNA"));
    let scored =
        Plateside::new("score").arg(clone_folder().join("models/nuclei-seg")).arg(clone_folder().join(FILE)).json();
    let count = scored["count"].as_u64().or(scored[0]["count"].as_u64()).unwrap();
    assert!(told.contains(&format!(" {count} found")), "{told}: `score` counts {count}");
    let _kept = window.screenshot("outlined");
}

/// Goes to the blurred site in the queue.
pub(crate) fn find_blurred(window: &Window) {
    window.keys("ctrl+4");
    window.await_sight(&test_id("flag"));
    window.js("document.activeElement?.blur()", vec![]);
    let chosen = "return document.querySelector('[data-testid=review-where]')?.textContent ?? ''";
    window.wait_until("a blurred site is chosen", PATIENCE, || {
        let is_site = window.js(chosen, vec![]).as_str().is_some_and(|text| text.contains("B10, site 3"));
        if !is_site {
            window.keys("j");
        }
        is_site
    });
    let pane = window.rect(&test_id("pane"));
    window.wait_until("its cells are on the screen", PATIENCE, || window.screenshot("flagged").colours(pane) > 60);
    let detail = "return document.querySelector('[data-testid=pane]').getAttribute('data-level')";
    window.wait_until("at their full size", PATIENCE, || window.js(detail, vec![]).as_str() == Some("0"));
}

/// A box and a verdict on what is chosen, by keys; saved, not signed.
pub(crate) fn judge(window: &Window) {
    window.js("document.querySelector('[data-testid=review-viewer] canvas').focus()", vec![]);
    window.keys("b");
    window.keys("Space");
    for key in ["shift+ArrowRight", "shift+ArrowRight", "shift+ArrowDown", "shift+ArrowDown"] {
        window.keys(key);
    }
    window.keys("Space");
    window.await_sight(&test_id("shape"));
    window.js("document.querySelector('[data-testid=review-viewer] canvas').focus()", vec![]);
    window.keys("3");
    window.await_text(&test_id("draft-state"), "kept", PATIENCE, |text| text.starts_with("saved"));
}

/// Signs what is judged, by keys.
pub(crate) fn sign(window: &Window) {
    window.keys("Enter");
    window.fill(&test_id("full-name"), "Ada Lovelace");
    window.keys("Enter");
    let decided = "return [...document.querySelectorAll('.toasts')].some(t => t.textContent.includes('Decided'))";
    window.wait_until("it is decided", PATIENCE, || window.js(decided, vec![]) == true);
    let _kept = window.screenshot("decided");
}

/// Waits until the strip shows so many events in the outbox.
pub(crate) fn await_outbox(window: &Window, waiting: u64) {
    let top = "return document.querySelector('.top')?.textContent ?? ''";
    let says = format!("Outbox {waiting}");
    window.wait_until(&format!("the strip says \"{says}\""), PATIENCE, || {
        window.js(top, vec![]).as_str().is_some_and(|text| text.contains(&says))
    });
}

#[test]
fn cells_are_seen_counted_and_decided() {
    if !is_ready("cells are seen, counted and decided") {
        return;
    }
    let window = Launch::new("pictures").args(["--demo", "--speed", "1000"]).start();
    window.await_sight(&test_id("tile"));
    let wells = "return [...document.querySelectorAll('[data-testid=tile]')].filter(t => / 38[34] of 384 wells/.test(t.textContent)).length";
    window.wait_until("eight plates are read", PATIENCE, || window.js(wells, vec![]).as_u64() == Some(8));
    open_cells(&window);
    contrast_is_as_computed(&window);
    spot_check_counts_as_score(&window);
    find_blurred(&window);
    judge(&window);
    sign(&window);
    // The demo lab's broker has the events, and they are read back.
    await_outbox(&window, 0);
    window.assert_quiet();
    window.close();
}
