//! The app opens on the demo lab: the rail is there, wells arrive, colours are drawn, nothing is refused.

use std::process::Command;
use std::time::Duration;

use plateside_tests::window::{Launch, app, css, is_ready, test_id};

#[test]
fn the_app_opens_on_the_demo_lab() {
    if !is_ready("the app opens on the demo lab") {
        return;
    }
    let window = Launch::new("opens").args(["--demo"]).start();
    window.await_sight(&test_id("rail-live"));
    let shown = window.age();
    let tile = css("[data-testid=tile] canvas");
    window.await_sight(&tile);
    let tile = window.rect(&tile);
    // Chrome is grey: what is saturated is data.
    window.wait_until("the first plate's heatmap has colours", Duration::from_secs(5), || {
        window.screenshot("wall").saturated(tile) > 100
    });
    let wells = window.age() - shown;
    assert!(wells < Duration::from_secs(5), "plates fill within 5 s of the window: {wells:?}");
    window.assert_quiet();

    // The probe itself works: an inline style is refused, and heard.
    let _nothing = window.js("document.body.insertAdjacentHTML('beforeend', '<i style=\"color:red\"></i>')", vec![]);
    window.wait_until("the refusal is heard", Duration::from_secs(5), || !window.heard().refused.is_empty());
    window.close();
}

#[test]
fn a_data_folder_that_cannot_be_made_is_said() {
    if !is_ready("a data folder that cannot be made is said") {
        return;
    }
    let mut command = Command::new(app().unwrap());
    let ended = command.env("DISPLAY", ":0").env("XDG_DATA_HOME", "/dev/null/x").output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("/dev/null/x/lab.plateside.app cannot be made") && said.contains("XDG_DATA_HOME"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}
