//! Recorder and worker are killed while a lab's messages arrive: nothing is lost, nothing comes twice.

use std::time::Duration;

use plateside_tests::broker::Broker;
use plateside_tests::storm::Storm;

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let Some(broker) = Broker::for_test("twenty kills") else { return };
    let folder = tempfile::tempdir().unwrap();
    let arriving = Duration::from_secs(8);
    let storm = Storm { results: 200_000, images: 500, kills: 20, arriving, seed: 20 };
    let weathered = storm.blow(&broker, folder.path());
    println!("{weathered:?}");
    assert!(weathered.recorder_kills >= 5 && weathered.worker_kills >= 3, "both die: {weathered:?}");
    assert_eq!(weathered.while_arriving, 20, "every kill comes while messages arrive: {weathered:?}");
}
