//! A real broker: the form filled in, tested, connected; values drawn in the colours that they have, and changing live.

use std::time::Duration;

use plate::{Format, Well};
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::lab::{Lab, plate};
use plateside_tests::producer::Producer;
use plateside_tests::window::{Launch, Picture, Window, css, is_ready, test_id};
use serde_json::json;
use wire::Kind;

const PATIENCE: Duration = Duration::from_secs(60);
/// Viridis as its authors publish it (matplotlib, CC0): its first, its last and its entry 85 of 0 to 255.
const LOWEST: [u8; 3] = [0x44, 0x01, 0x54];
const HIGHEST: [u8; 3] = [0xfd, 0xe7, 0x25];
const ENTRY_85: [u8; 3] = [0x31, 0x68, 0x8e];

/// The colour in which a well is drawn, off its middle, where its marks are.
fn drawn(window: &Window, picture: &Picture, well: &str) -> [u8; 3] {
    let canvas = window.rect(&test_id("plate-canvas"));
    let pitch: f64 = window.attribute(&test_id("plate-canvas"), "data-pitch").unwrap().parse().unwrap();
    let well: Well = well.parse().unwrap();
    picture.at(canvas.x + (f64::from(well.column()) + 0.24) * pitch, canvas.y + (f64::from(well.row()) + 0.24) * pitch)
}

#[test]
fn a_lab_on_a_real_broker_is_tested_connected_and_drawn() {
    let Some(broker) = Broker::for_test("a lab on a real broker is tested, connected and drawn") else { return };
    if !is_ready("a lab on a real broker is tested, connected and drawn") {
        return;
    }
    let kinds = [Kind::Results, Kind::Layouts];
    let topics = Topics::create(&broker, "window", &kinds.map(|kind| (kind, 1)));
    let (mut lab, producer) = (Lab::new(&topics, 1), Producer::new(&broker));
    let plate = plate(1);
    producer.send(&lab.layout(&plate));
    let value = |well: Well| match (well.to_string().as_str(), well.column()) {
        ("D09", _) => 40.0,
        (_, 0 | 1) => 640.0,
        (_, 22 | 23) => 40.0,
        _ => 240.0,
    };
    for index in 0..384 {
        let well = Well::at_index(index, Format::F384).unwrap();
        producer.send(&lab.result(&plate, well, [value(well), 1.0, 2.0]));
    }
    let _all = producer.ledger();
    let (groups, before) = (broker.groups(), broker.topics());

    // The form: a wrong address is refused in the broker's words, then all is right.
    let window = Launch::new("lab").start();
    window.click(&test_id("rail-connect"));
    window.fill(&test_id("connect-name"), "Imaging, test");
    window.fill(&test_id("connect-brokers"), "127.0.0.1:1");
    window.click(&test_id("connect-test"));
    window.await_text(&test_id("connect-outcome"), "says that nobody answers", PATIENCE, |text| !text.is_empty());
    let _kept = window.screenshot("nobody");
    window.fill(&test_id("connect-brokers"), broker.address());
    for kind in ["results", "layouts", "stages", "images"] {
        let topic = topics.all().iter().find(|(known, _)| known.as_str() == kind).map_or("", |(_, topic)| topic);
        let field = css(&format!("input[aria-label='Topic of {kind}']"));
        window.await_sight(&field);
        let _cleared = window.js(
            "const field = document.querySelector(arguments[0]); field.value = arguments[1]; field.dispatchEvent(new Event('input', { bubbles: true }))",
            vec![json!(format!("input[aria-label='Topic of {kind}']")), json!(topic)],
        );
    }
    let profile = std::fs::read_to_string(plateside_tests::clone_folder().join("demo/profile.toml")).unwrap();
    let _filled = window.js(
        "const field = document.querySelector('textarea.cards'); field.value = arguments[0]; field.dispatchEvent(new Event('input', { bubbles: true }))",
        vec![json!(profile)],
    );
    window.click(&test_id("connect-test"));
    window.await_text(&css("[data-testid=step-first_message]"), "found a message", PATIENCE, |text| !text.is_empty());
    let _kept = window.screenshot("tested");
    assert_eq!((broker.groups(), broker.topics()), (groups.clone(), before.clone()), "a test leaves no trace");
    window.click(&test_id("connect-save"));
    window.click(&test_id("connect-go"));
    window.await_text(&test_id("tile-told"), "all wells are there", PATIENCE, |text| text.contains("384 of 384"));

    // Known wells in the colours of their values: 40 to 640 is the whole map, 240 lies at a third of it.
    window.click(&test_id("tile"));
    window.await_sight(&test_id("plate-canvas"));
    window.wait_until("values are drawn in their colours", PATIENCE, || {
        let picture = window.screenshot("plate");
        [("C01", HIGHEST), ("C24", LOWEST), ("D10", ENTRY_85), ("D09", LOWEST), ("N14", ENTRY_85)]
            .iter()
            .all(|(well, colour)| Picture::near(drawn(&window, &picture, well), *colour, 2))
    });

    // A corrected value comes: its well changes, its neighbour does not.
    producer.send(&lab.result(&plate, "D09".parse().unwrap(), [640.0, 1.0, 2.0]));
    let _all = producer.ledger();
    window.wait_until("the corrected value is drawn", PATIENCE, || {
        let picture = window.screenshot("corrected");
        Picture::near(drawn(&window, &picture, "D09"), HIGHEST, 2)
            && Picture::near(drawn(&window, &picture, "D10"), ENTRY_85, 2)
    });

    // The message behind it, with its place on the broker; the one that it replaced beside it.
    let canvas = window.rect(&test_id("plate-canvas"));
    let pitch: f64 = window.attribute(&test_id("plate-canvas"), "data-pitch").unwrap().parse().unwrap();
    window.click_at(canvas.x + 8.5 * pitch, canvas.y + 3.5 * pitch);
    window.await_text(&test_id("well-name"), "is D09", PATIENCE, |text| text == "D09");
    let results = "return [...document.querySelectorAll('[data-testid=message-row]')].map(row => row.textContent).filter(text => text.includes('results'))";
    window.wait_until("both messages are listed", PATIENCE, || {
        window.js(results, vec![]).as_array().is_some_and(|rows| rows.len() == 2)
    });
    let rows = window.js(results, vec![]).to_string();
    assert!(rows.contains("0:384") && rows.contains("0:80") && rows.contains("replaced"), "offsets are shown: {rows}");

    assert_eq!((broker.groups(), broker.topics()), (groups, before), "watching leaves no trace");
    window.assert_quiet();
    window.close();
}
