//! The enormous, the small and the sharp: ten thousand plates, the largest plate, the smallest window, display scale 2.

use std::time::Duration;

use plate::Format;
use plateside_tests::bench::window::stage::Stage;
use plateside_tests::broker::Broker;
use plateside_tests::window::{Launch, Picture, is_ready, test_id};

const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn ten_thousand_plates_stay_fluid() {
    let Some(broker) = Broker::for_test("ten thousand plates stay fluid") else { return };
    if !is_ready("ten thousand plates stay fluid") {
        return;
    }
    let stage = Stage::new(&broker, "thousands", 10_000, Format::F96, 1);
    stage.fill(20_000);
    let window = Launch::new("thousands").start();
    stage.connect(&window);
    window.await_sight(&test_id("tile"));
    window.await_text(&test_id("strip-lag"), "all of it is read", PATIENCE, |text| text.contains("Lag 0"));
    let head = "return document.querySelector('main').innerText";
    window.wait_until("the wall counts its plates", PATIENCE, || {
        window.js(head, vec![]).as_str().is_some_and(|text| text.contains("10,000"))
    });
    let tiles = window.count(&test_id("tile"));
    assert!(tiles > 10 && tiles < 200, "only what is near the eye is in the page: {tiles}");
    // To the end and back: the last plate is drawn.
    window.js("const wall = document.querySelector('[data-testid=wall]'); wall.scrollTop = wall.scrollHeight", vec![]);
    let last = "return !!document.querySelector('[data-barcode=PL09999] canvas')";
    window.wait_until("the last plate is drawn", PATIENCE, || window.js(last, vec![]) == true);
    let began = std::time::Instant::now();
    window.keys("ctrl+k");
    window.await_sight(&test_id("command-menu"));
    window.type_text("pl09998");
    window.keys("Enter");
    window.await_text(&test_id("plate-barcode"), "is the plate that was named", PATIENCE, |text| text == "PL09998");
    assert!(began.elapsed() < Duration::from_secs(10), "a plate among ten thousand is found quickly");
    window.assert_quiet();
    window.close();
}

#[test]
fn the_largest_plate_with_two_thousand_features() {
    let Some(broker) = Broker::for_test("the largest plate with two thousand features") else { return };
    if !is_ready("the largest plate with two thousand features") {
        return;
    }
    let stage = Stage::new(&broker, "largest", 1, Format::F3456, 2000);
    stage.fill(stage.screening.results());
    let window = Launch::new("largest").start();
    stage.connect(&window);
    window.await_text(&test_id("tile-told"), "all wells are there", PATIENCE, |text| text.contains("3456 of 3456"));
    window.click(&test_id("tile"));
    let plate = window.rect(&test_id("plate-canvas"));
    let draws = |as_name: &str| window.screenshot(as_name).colours(plate) > 40;
    window.wait_until("the plate is drawn", PATIENCE, || draws("cells"));
    let inside = window.js("return [innerWidth, innerHeight]", vec![]);
    assert!(
        plate.x + plate.width <= inside[0].as_f64().unwrap() && plate.y + plate.height <= inside[1].as_f64().unwrap(),
        "it fits"
    );

    // Another of the two thousand, by a part of its name.
    window.fill(&test_id("feature-search"), "Feature_1234");
    window.keys("Enter");
    let title = "return document.querySelector('[data-testid=feature-search]').placeholder";
    window.wait_until("it is the one that is shown", PATIENCE, || window.js(title, vec![]) == "Feature_1234");
    window.wait_until("it is drawn", PATIENCE, || draws("another"));
    // Its last well by keyboard.
    window.js("document.querySelector('[data-testid=plate-canvas]').focus()", vec![]);
    for key in ["ArrowRight", "End", "PageDown"] {
        window.keys(key);
    }
    window.await_text(&test_id("well-name"), "is the last one", PATIENCE, |text| text == "AV72");
    window.assert_quiet();
    window.close();
}

#[test]
fn the_smallest_window_and_a_smaller_screen() {
    if !is_ready("the smallest window and a smaller screen") {
        return;
    }
    for (width, height) in [(1180, 720), (1024, 600)] {
        let name = format!("small-{width}");
        let window = Launch::new(&name).size(width, height).args(["--demo", "--speed", "1000"]).start();
        window.await_sight(&test_id("tile"));
        for screen in ["live", "plate", "sessions", "connect"] {
            window.click(&test_id(&format!("rail-{screen}")));
            std::thread::sleep(Duration::from_millis(400));
            let _kept = window.screenshot(screen);
        }
        // What stands outside of a smaller screen can be scrolled to.
        let reach = "const last = document.querySelector('.tl'); last.scrollIntoView(); const box = last.getBoundingClientRect(); return box.bottom <= innerHeight + 1";
        assert_eq!(window.js(reach, vec![]), true, "the timeline can be reached at {width} x {height}");
        window.assert_quiet();
        window.close();
    }
}

#[test]
fn wells_are_sharp_at_display_scale_2() {
    if !is_ready("wells are sharp at display scale 2") {
        return;
    }
    let window = Launch::new("scale2").scale(2).args(["--demo", "--speed", "1000"]).start();
    window.await_text(&test_id("tile-told"), "its wells are there", PATIENCE, |text| text.contains("384 of 384"));
    assert_eq!(window.js("return devicePixelRatio", vec![]), 2, "the display is a sharp one");
    window.click(&test_id("tile"));
    let plate = window.rect(&test_id("plate-canvas"));
    window.wait_until("the plate is drawn", PATIENCE, || window.screenshot("plate").saturated(plate) > 1000);
    let size = window.js("const c = document.querySelector('[data-testid=plate-canvas]'); return [c.width, c.getBoundingClientRect().width]", vec![]);
    assert_eq!(size[0].as_f64().unwrap(), 2.0 * size[1].as_f64().unwrap(), "a device pixel is a canvas pixel");
    // The gap between wells is one device pixel of pure ground: a blurred canvas has none.
    let picture: Picture = window.screenshot("sharp");
    let pitch: f64 = window.attribute(&test_id("plate-canvas"), "data-pitch").unwrap().parse().unwrap();
    let (x, y) = (plate.x + 9.0 * pitch - 0.25, plate.y + 5.5 * pitch);
    let (gap, well) = (picture.at(x, y), picture.at(x - 3.0, y));
    assert!(!Picture::near(gap, well, 12), "the gap between wells is seen: {gap:?} beside {well:?}");
    window.close();
}
