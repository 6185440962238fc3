//! A topic's lives: deleted and made again, or shortened by retention. Both lives are there, nothing is doubled or lost.

use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::Plateside;
use plateside_tests::exactly_once::{assert_exactly_once, recorded};
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::{Producer, Sent};
use plateside_tests::seed::Seed;
use wire::Kind;

/// Sends so many results of one plate and says where they lie.
fn send(broker: &Broker, topics: &Topics, plate: u32, results: usize, incarnation: u32) -> Vec<Sent> {
    let producer = Producer::new(broker);
    let (mut lab, mut seed) = (Lab::new(topics, 2), Seed::new(u64::from(plate)));
    let mut messages = lab.full_plate(&lab::plate(plate), &mut seed);
    messages.truncate(results);
    messages.iter_mut().enumerate().for_each(|(index, message)| message.partition = (index % 2) as i32);
    producer.send_all(&messages);
    let ledger = producer.ledger();
    ledger.into_iter().map(|sent| Sent { incarnation, ..sent }).collect()
}

fn make_again(broker: &Broker, topics: &Topics) {
    broker.delete(&[topics.of(Kind::Results)]);
    broker.create(&[(topics.of(Kind::Results), 2)], &[]);
}

/// Between two recordings; the second life may be shorter than the first, or longer, so that old offsets still exist.
fn made_again_between_recordings(name: &str, first: usize, second: usize) {
    let Some(broker) = Broker::for_test("a topic made again while nobody records") else { return };
    let topics = Topics::create(&broker, name, &[(Kind::Results, 2)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut ledger = send(&broker, &topics, 1, first, 0);
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    make_again(&broker, &topics);
    ledger.extend(send(&broker, &topics, 2, second, 1));

    let ended = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).run();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains(topics.of(Kind::Results)),
        "it names the topic that was made again: {}",
        ended.stderr
    );
    assert!(ended.stderr.contains("made again"), "and says what happened: {}", ended.stderr);
    assert_exactly_once(&dir, &ledger);
    let verified = Plateside::new("verify").arg(&dir).json();
    assert_eq!(verified["ok"], true, "two lives make one whole session: {verified}");
    let third = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    assert_eq!(third["messages"], ledger.len(), "a third run finds the second life as it left it");
}

#[test]
fn a_shorter_second_life_between_recordings() {
    made_again_between_recordings("shorter", 300, 100);
}

#[test]
fn a_longer_second_life_between_recordings() {
    made_again_between_recordings("longer", 100, 300);
}

#[test]
fn a_second_life_while_recording() {
    let Some(broker) = Broker::for_test("a topic made again while recording") else { return };
    let topics = Topics::create(&broker, "alive", &[(Kind::Results, 2)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut ledger = send(&broker, &topics, 1, 200, 0);
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    crate::record::await_messages(&mut recorder, &dir, 200);
    make_again(&broker, &topics);
    // More than before, so that only the bytes tell the lives apart.
    ledger.extend(send(&broker, &topics, 2, 384, 1));
    crate::record::await_messages(&mut recorder, &dir, 584);
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_exactly_once(&dir, &ledger);
}

#[test]
fn retention_beyond_the_stored_offset_is_told_and_recording_goes_on() {
    let Some(broker) = Broker::for_test("retention") else { return };
    let topics = Topics::create(&broker, "retention", &[(Kind::Results, 2)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let before = send(&broker, &topics, 1, 100, 0);
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    // 50 in each partition are stored; 70 more come, and retention takes 80 of the 120.
    let after = send(&broker, &topics, 2, 140, 0);
    let topic = topics.of(Kind::Results);
    broker.delete_records(topic, 0, 80);
    let ended = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).run();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let doubt = ended.stderr.lines().find(|line| line.contains(topic) && line.contains("80"));
    assert!(doubt.is_some_and(|line| line.contains("50")), "it says from where to where: {}", ended.stderr);
    let kept = after.into_iter().filter(|sent| sent.partition == 1 || sent.offset >= 80);
    let expected: Vec<Sent> = before.into_iter().chain(kept).collect();
    assert_exactly_once(&dir, &expected);
    let verified = Plateside::new("verify").arg(&dir).json();
    let offsets = &verified["offsets"][topic]["0"];
    assert_eq!((&offsets["first"], &offsets["next"]), (&0.into(), &120.into()), "{verified}");
    let gaps = offsets["gaps"].as_array().map_or(offsets["gaps"].as_u64(), |gaps| Some(gaps.len() as u64));
    assert!(gaps > Some(0), "the gap is shown: {verified}");
    assert!(recorded(&dir).iter().all(|sent| sent.incarnation == 0), "retention begins no new life");
}
