//! One person's first hour: the demo lab, a plate, its keys, an exclusion and its undo, the message behind a well, a replay.

use std::time::Duration;

use plateside_tests::window::{Launch, is_ready, role, test_id};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn from_the_first_well_to_a_replay() {
    if !is_ready("from the first well to a replay") {
        return;
    }
    let window = Launch::new("story").args(["--demo", "--speed", "1000"]).start();
    window.await_sight(&test_id("tile"));

    // Every well has come; the wall shows colours.
    let wells = "return [...document.querySelectorAll('[data-testid=tile]')].filter(t => / 38[34] of 384 wells/.test(t.textContent)).length";
    window.wait_until("eight plates are read", PATIENCE, || window.js(wells, vec![]).as_u64() == Some(8));
    let tile = window.rect(&test_id("tile"));
    window.wait_until("the wall has colours", PATIENCE, || window.screenshot("wall").colours(tile) > 60);

    // A plate by keyboard: arrows on the wall, Enter opens it.
    window.js("document.querySelector('[data-testid=wall]').focus()", vec![]);
    window.keys("ArrowRight");
    window.keys("Enter");
    window.await_sight(&test_id("plate-canvas"));
    let z_before = window
        .await_text(&test_id("qc-z_prime"), "has a Z'", PATIENCE, |text| text.contains("0.") || text.contains('1'));
    let _kept = window.screenshot("plate");

    // The keyboard moves over wells; A01 and its neighbour are different colours on the canvas, or marked.
    window.js("document.querySelector('[data-testid=plate-canvas]').focus()", vec![]);
    window.keys("ArrowRight");
    window.await_text(&test_id("well-name"), "is A01", PATIENCE, |text| text == "A01");
    window.keys("ArrowRight");
    window.keys("ArrowDown");
    window.await_text(&test_id("well-name"), "is B02", PATIENCE, |text| text == "B02");

    // B02 is a negative control. It is excluded with a reason: Z' changes; undone: Z' is what it was.
    window.click(&test_id("ask-exclude"));
    window.click(&test_id("exclude"));
    let z_without =
        window.await_text(&test_id("qc-z_prime"), "another Z'", PATIENCE, |text| text != z_before && !text.is_empty());
    assert_ne!(z_before, z_without);
    let _kept = window.screenshot("excluded");
    window.click(&test_id("undo"));
    window.await_text(&test_id("qc-z_prime"), "the Z' of before", PATIENCE, |text| text == z_before);

    // The plate as a whole is sent to review, and found there.
    window.js("document.querySelector('[data-testid=plate-canvas]').focus()", vec![]);
    window.keys("x");
    window.await_sight(&test_id("raise-reason"));
    window.type_text("seal has come off");
    let _kept = window.screenshot("flagging");
    window.keys("Enter");
    window.await_sight(&test_id("toast-act"));
    window.click(&test_id("toast-act"));
    window.await_text(&test_id("review-where"), "the whole plate", PATIENCE, |text| text.contains("whole plate"));
    window.await_text(&test_id("plate-flag"), "its reason", PATIENCE, |text| text.contains("eal has come off"));
    window.click(&test_id("rail-plate"));
    window.await_sight(&test_id("message-row"));

    // The message behind the well.
    window.click(&test_id("message-row"));
    window.await_text(&test_id("message-body"), "the body names the plate", PATIENCE, |text| text.contains("SQ000"));

    // Rewound to its middle: fewer wells than all, and back.
    window.click(&test_id("rail-live"));
    let track = window.rect(&test_id("timeline-track"));
    let (x, y) = track.middle();
    window.wait_until("the timeline is drawn", PATIENCE, || window.screenshot("timeline").colours(track) > 2);
    window.click_at(x, y);
    window.await_sight(&test_id("replay-play"));
    window
        .wait_until("the board of that moment", PATIENCE, || window.js(wells, vec![]).as_u64().is_some_and(|n| n < 8));
    let _kept = window.screenshot("middle");
    window.click(&test_id("back-to-live"));
    window.wait_until("the live edge", PATIENCE, || window.js(wells, vec![]).as_u64() == Some(8));

    // The other screens stand, and nothing was refused or thrown.
    for (screen, seen) in [("sessions", "sessions-row"), ("connect", "connect-brokers"), ("images", "nearest")] {
        window.click(&test_id(&format!("rail-{screen}")));
        window.await_sight(&test_id(seen));
        let _kept = window.screenshot(screen);
    }
    window.keys("ctrl+k");
    window.await_sight(&test_id("command-menu"));
    window.await_sight(&role("combobox", "Screen, plate or command"));
    window.assert_quiet();
    window.close();
}
