//! Bad messages: kept, counted, listed with their place and the reason; the good ones beside them are stored.

use std::collections::HashMap;

use plate::{Format, Well};
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::Plateside;
use plateside_tests::exactly_once::assert_exactly_once;
use plateside_tests::lab::{self, Lab, values};
use plateside_tests::malformed::{SHAPES, deep_but_ignored, malformed};
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use serde_json::Value;
use wire::Kind;

const EACH: u32 = 100_000;
/// Good ones with something deep in them.
const DEEP: u32 = 10;

#[test]
fn a_hundred_thousand_bad_messages_among_as_many_good_ones() {
    let Some(broker) = Broker::for_test("100,000 malformed messages") else { return };
    let topics = Topics::create(&broker, "bad", &[(Kind::Results, 3)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let (mut lab, mut seed) = (Lab::new(&topics, 3), Seed::new(5));
    let producer = Producer::new(&broker);
    let mut shapes = HashMap::new();
    for number in 0..EACH {
        let (plate, well) = (lab::plate(number / 384), Well::at_index(number as usize % 384, Format::F384).unwrap());
        producer.send(&lab.result(&plate, well, values(&mut seed, well)));
        let shape = number as usize % SHAPES.len();
        let huge = (number / SHAPES.len() as u32).is_multiple_of(100);
        let message = malformed(&mut lab, &plate, number, huge, &mut seed);
        shapes.insert(message.digest(), shape);
        producer.send(&message);
    }
    for _ in 0..DEEP {
        producer.send(&deep_but_ignored(&mut lab, &lab::plate(0)));
    }
    let ledger = producer.ledger();
    assert_eq!(shapes.len(), EACH as usize, "every bad message is one of its own");

    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "1s"]).json();
    assert_eq!(summary["messages"], 2 * EACH + DEEP, "every message is stored");
    assert_eq!(summary["results"], EACH + DEEP, "every good one is decoded, whatever it carries beside");
    assert_eq!(summary["undecoded"], EACH, "every bad one is counted");
    assert_exactly_once(&dir, &ledger);

    let listed = Plateside::new("export").arg(&dir).args(["--what", "undecoded", "--format", "jsonl"]).run();
    assert_eq!(listed.code(), Some(0), "{}", listed.stderr);
    let mut reasons = HashMap::new();
    for line in listed.stdout.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let place = (line["partition"].as_i64().unwrap(), line["offset"].as_i64().unwrap());
        assert_eq!(line["topic"], topics.of(Kind::Results), "a bad message says where it lies");
        let reason = line["reason"].as_str().unwrap().to_owned();
        assert!(reason.len() <= 500, "a reason is a sentence, not the message: {} bytes", reason.len());
        assert!(reasons.insert(place, reason).is_none(), "{place:?} is listed once");
    }
    assert_eq!(reasons.len(), EACH as usize, "each bad message is listed");
    for sent in &ledger {
        let Some(shape) = shapes.get(&sent.digest) else { continue };
        let reason = reasons.get(&(sent.partition.into(), sent.offset));
        let reason = reason.unwrap_or_else(|| panic!("{sent:?} is not listed"));
        let (what, words) = SHAPES[*shape];
        assert!(reason.contains(words), "{what}: the reason says {words:?}, not only {reason:?}");
    }
}
