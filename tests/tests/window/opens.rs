//! The app opens on the demo lab: the rail is there, wells arrive, colours are drawn, nothing is refused.

use std::time::Duration;

use plateside_tests::window::{Launch, is_ready, test_id};

#[test]
fn the_app_opens_on_the_demo_lab() {
    if !is_ready("the app opens on the demo lab") {
        return;
    }
    let window = Launch::new("opens").args(["--demo"]).start();
    window.await_sight(&test_id("rail-live"));
    let shown = window.age();
    window.await_sight(&test_id("tile"));
    let wells = window.age();
    assert!(wells - shown < Duration::from_secs(5), "plates fill within 5 s of the window: {:?}", wells - shown);
    let tile = window.rect(&test_id("tile"));
    window.wait_until("the first plate's heatmap has colours", Duration::from_secs(10), || {
        window.screenshot("wall").colours(tile) > 30
    });
    window.assert_quiet();

    // The probe itself works: an inline style is refused, and heard.
    let _nothing = window.js("document.body.insertAdjacentHTML('beforeend', '<i style=\"color:red\"></i>')", vec![]);
    window.wait_until("the refusal is heard", Duration::from_secs(5), || !window.heard().refused.is_empty());
    window.close();
}
