//! No broker, a broker that goes and comes back, a worker that is killed: words for people, and nothing lost.

use std::time::{Duration, Instant};

use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::Plateside;
use plateside_tests::exactly_once::assert_exactly_once;
use plateside_tests::lab::{self, Lab};
use plateside_tests::processes::{children, signal};
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use rdkafka::mocking::MockCluster;
use rustix::process::Signal;
use wire::Kind;

use crate::record::await_messages;

#[test]
fn without_a_broker_the_address_and_the_way_out_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    // A port of our own that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let ended = Plateside::record_from(&free, &folder.path().join("session")).args(["--until-idle", "1s"]).run();
    assert_eq!(ended.code(), Some(3), "a broker that is not there is a broker error: {}", ended.stderr);
    let words = &ended.stderr;
    assert!(words.contains(&free), "it names the address: {words}");
    assert!(words.to_lowercase().contains("refused"), "and librdkafka's reason: {words}");
    assert!(words.contains("Check the address"), "and what to try: {words}");
    assert!(words.lines().count() < 8, "once, not for each attempt: {words}");
    assert!(ended.stdout.is_empty(), "there is no summary of nothing: {}", ended.stdout);
    assert!(began.elapsed() < Duration::from_secs(20), "it gives up after 15 s: {:?}", began.elapsed());
}

#[test]
fn a_broker_that_goes_and_comes_back_loses_nothing() {
    let cluster = MockCluster::new(1).unwrap();
    let broker = Broker::at(&cluster.bootstrap_servers());
    let topics = Topics::named(&broker, "outage", [Kind::Results]).left_behind();
    cluster.create_topic(topics.of(Kind::Results), 2, 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let (mut lab, mut seed) = (Lab::new(&topics, 2), Seed::new(31));
    let producer = Producer::new(&broker);
    producer.send_all(&lab.full_plate(&lab::plate(1), &mut seed));
    let mut ledger = producer.ledger();
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    await_messages(&mut recorder, &dir, ledger.len() as u64);

    cluster.broker_down(1).unwrap();
    recorder.await_words("no broker can be reached");
    assert!(!recorder.has_ended(), "it waits for the broker");
    cluster.broker_up(1).unwrap();
    recorder.await_words("answers again");
    // The producer of before would wait a minute for an answer that the mock dropped.
    let later = Producer::new(&broker);
    later.send_all(&lab.full_plate(&lab::plate(2), &mut seed));
    ledger.extend(later.ledger());
    await_messages(&mut recorder, &dir, ledger.len() as u64);
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_exactly_once(&dir, &ledger);
}

#[test]
fn a_killed_worker_is_started_again_where_it_was() {
    let Some(broker) = Broker::for_test("a killed worker") else { return };
    let topics = Topics::create(&broker, "worker", &[(Kind::Results, 2)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let (mut lab, mut seed) = (Lab::new(&topics, 2), Seed::new(32));
    let producer = Producer::new(&broker);
    producer.send_all(&lab.full_plate(&lab::plate(1), &mut seed));
    let sent = producer.ledger().len() as u64;
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    await_messages(&mut recorder, &dir, sent);
    let workers = children(recorder.id());
    assert_eq!(workers.len(), 1, "one worker, and no other child");
    signal(workers[0], Signal::KILL);
    recorder.await_words("the Kafka worker ended");
    producer.send_all(&lab.full_plate(&lab::plate(2), &mut seed));
    let ledger = producer.ledger();
    await_messages(&mut recorder, &dir, ledger.len() as u64);
    let after = children(recorder.id());
    assert!(after.len() == 1 && after != workers, "another worker does its work: {workers:?}, {after:?}");
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_exactly_once(&dir, &ledger);
    std::thread::sleep(Duration::from_millis(100));
    let left = after.iter().any(|id| std::path::Path::new(&format!("/proc/{id}/stat")).exists());
    assert!(!left, "no worker outlives its recorder");
}

#[test]
fn a_killed_recorder_leaves_no_worker_and_no_lock() {
    let Some(broker) = Broker::for_test("a killed recorder") else { return };
    let topics = Topics::create(&broker, "orphan", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut lab = Lab::new(&topics, 1);
    let producer = Producer::new(&broker);
    producer.send(&lab.result(&lab::plate(1), "A01".parse().unwrap(), [1.0, 2.0, 3.0]));
    let ledger = producer.ledger();
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    await_messages(&mut recorder, &dir, 1);
    let workers = children(recorder.id());
    let _killed = recorder.kill();
    let began = Instant::now();
    while workers.iter().any(|id| std::path::Path::new(&format!("/proc/{id}/stat")).exists()) {
        assert!(began.elapsed() < Duration::from_secs(5), "the worker ends with its recorder");
        std::thread::sleep(Duration::from_millis(20));
    }
    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    assert_eq!(summary["messages"], 1, "the folder is free again, and the message is not stored twice");
    assert_exactly_once(&dir, &ledger);
}
