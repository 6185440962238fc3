//! A reviewer's day with the cable out: everything works on, nothing is lost by a kill, and what was decided arrives once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plate::PlateKey;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::cable::{self, Place};
use plateside_tests::cells;
use plateside_tests::lab::Lab;
use plateside_tests::processes::signal;
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use plateside_tests::window::{Launch, Window, is_ready, test_id};
use rustix::process::Signal;
use serde_json::json;
use wire::Kind;

use crate::pictures::{
    await_outbox, contrast_is_as_computed, find_blurred, judge, open_cells, sign, spot_check_counts_as_score,
};

const PATIENCE: Duration = Duration::from_secs(60);
const NAME: &str = "cable::decisions_survive_a_pulled_cable_and_a_killed_app";

fn started(home: &Path, broker: &Broker, topics: &Topics) -> Window {
    let window = Launch::new("cable").home(home).start();
    window.connect(broker.address(), topics);
    window.await_text(&test_id("tile-told"), "all wells are there", PATIENCE, |text| text.contains("384 of 384"));
    window
}

/// Ends the app as a power cut does.
fn kill(window: Window) {
    signal(window.app_id().unwrap(), Signal::KILL);
    drop(window);
}

#[test]
fn decisions_survive_a_pulled_cable_and_a_killed_app() {
    let Some(address) = Broker::for_test(NAME).map(|broker| broker.address().to_owned()) else { return };
    if !is_ready(NAME) {
        return;
    }
    let Place::Inside(cable) = cable::inside(NAME, &address) else { return };
    let broker = Broker::at(&address);
    let kinds = [Kind::Results, Kind::Layouts, Kind::Images, Kind::Flags, Kind::Reviews];
    let topics = Topics::create(&broker, "cable", &kinds.map(|kind| (kind, 1)));
    let (mut lab, producer) = (Lab::new(&topics, 1), Producer::new(&broker));
    let plate = Arc::new(PlateKey::new("RUN-1", cells::PLATE));
    producer.send(&lab.layout(&plate));
    producer.send_all(&cells::cells(&mut lab, &plate));
    producer.send_all(&lab.full_plate(&plate, &mut Seed::new(4)));
    let sent = producer.ledger().len();

    let (home, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let window = started(home.path(), &broker, &topics);
    let recorded = "return (await window.__TAURI_INTERNALS__.invoke('sessions', { args: {} })).rows[0]?.messages ?? 0";
    window.wait_until("all is recorded", PATIENCE, || window.js_async(recorded, vec![]).as_u64() == Some(sent as u64));

    // The cable is out: cells, a spot check, a draft.
    cable.pull();
    open_cells(&window);
    contrast_is_as_computed(&window);
    spot_check_counts_as_score(&window);
    find_blurred(&window);
    judge(&window);

    // The app is killed, comes back without a network, and has what was drawn; it is signed, and killed once more.
    kill(window);
    let window = started(home.path(), &broker, &topics);
    find_blurred(&window);
    window.await_sight(&test_id("shape"));
    let is_kept = "return document.querySelector('[data-testid=verdict-reimage]')?.getAttribute('aria-pressed')";
    window.wait_until("the verdict is kept", PATIENCE, || window.js(is_kept, vec![]) == json!("true"));
    sign(&window);
    await_outbox(&window, 2);
    kill(window);
    let window = started(home.path(), &broker, &topics);
    await_outbox(&window, 2);
    window.keys("ctrl+4");
    window.click(&test_id("tab-all"));
    window.await_text(&test_id("flag"), "it is decided", PATIENCE, |text| text.contains("Decided"));
    let _kept = window.screenshot("offline");

    // The cable is back.
    cable.plug();
    await_outbox(&window, 0);
    let events = broker.events(topics.of(Kind::Reviews));
    let mut found: Vec<(&str, usize)> = events.values().map(|(kind, times)| (kind.as_str(), *times)).collect();
    found.sort_unstable();
    assert_eq!(found, [("plateside.annotation.v1", 1), ("plateside.decision.v1", 1)], "each once by its id");

    // Somebody else sees who decided what.
    let other = Launch::new("cable-other").home(second.path()).start();
    other.connect(broker.address(), &topics);
    other.await_sight(&test_id("tile"));
    other.keys("ctrl+4");
    other.click(&test_id("tab-all"));
    other.await_text(&test_id("flag"), "it is decided there too", PATIENCE, |text| text.contains("Decided"));
    other.await_text(&test_id("decisions"), "who decided", PATIENCE, |text| text.contains("Ada Lovelace"));
    let _kept = other.screenshot("seen");
    assert_eq!(broker.events(topics.of(Kind::Reviews)), events, "nothing is sent twice");
    other.assert_quiet();
    other.close();
    window.close();
}
