//! Recording from a real broker: every message once, at its offset, whatever comes between two runs.

use std::time::Duration;

use plate::StageEvent;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::Plateside;
use plateside_tests::exactly_once::{assert_exactly_once, envelopes, recorded};
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::{Message, Producer};
use plateside_tests::seed::Seed;
use rdkafka::mocking::MockCluster;
use wire::Kind;

const KINDS: [(Kind, i32); 4] = [(Kind::Results, 4), (Kind::Layouts, 2), (Kind::Stages, 2), (Kind::Images, 2)];
/// Bodies up to this length lie in the database, longer ones in a file.
const INLINE: usize = session::INLINE_BYTES;

/// A run of `plates` plates with layouts, stages and images of every size, in the order a lab sends them.
fn run(lab: &mut Lab, plates: u32, seed: &mut Seed) -> Vec<Message> {
    let mut messages = Vec::new();
    for number in 0..plates {
        let plate = lab::plate(number);
        messages.push(lab.layout(&plate));
        messages.push(lab.stage(&plate, "imaged", StageEvent::Entered));
        messages.extend(lab.full_plate(&plate, seed));
        let well = "D09".parse().unwrap();
        for (site, bytes) in [(1, 900), (2, INLINE), (3, INLINE + 1), (4, 300_000)] {
            messages.push(lab.image(&plate, well, site, bytes, seed));
        }
        messages.push(lab.linked_image(&plate, well, 5));
        messages.push(lab.stage(&plate, "imaged", StageEvent::Left));
    }
    messages
}

#[test]
fn everything_is_recorded_once_and_a_second_run_goes_on() {
    let Some(broker) = Broker::for_test("recording") else { return };
    let topics = Topics::create(&broker, "record", &KINDS);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let (mut lab, mut seed) = (Lab::new(&topics, 2).spreading(Kind::Results, 4), Seed::new(1));
    let producer = Producer::new(&broker);
    // 53 plates: 20,352 results, 53 layouts, 106 stages, 265 images.
    let messages = run(&mut lab, 53, &mut seed);
    producer.send_all(&messages);
    let ledger = producer.ledger();

    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "1s"]).json();
    assert_eq!(summary["messages"], messages.len(), "every message is counted");
    assert_eq!(summary["results"], 53 * 384, "each well of each plate is one result");
    assert_eq!(summary["images"], 53 * 5, "one plane a message");
    assert_eq!(summary["undecoded"], 0, "the native contract is read whole");
    assert_exactly_once(&dir, &ledger);
    for (kind, topic) in topics.all() {
        let partitions = KINDS.iter().find(|(other, _)| other == kind).unwrap().1;
        for partition in 0..partitions {
            let next = ledger.iter().filter(|sent| *sent.topic == **topic && sent.partition == partition).count();
            let stored = &summary["offsets"][topic.as_str()][partition.to_string()];
            assert!(*stored == next || (next == 0 && stored.is_null()), "{topic} {partition}: {stored}, sent {next}");
        }
    }
    let files = files_below(&dir.join("images"));
    assert_eq!(files, 53 * 2, "bodies over 64 KiB are files, and only those");
    let verified = Plateside::new("verify").arg(&dir).json();
    assert_eq!(verified["ok"], true, "what was just recorded is whole: {verified}");
    assert_eq!(verified["digest"], summary["digest"], "verify and record see one session");

    // The same folder goes on: nothing again, only what is new.
    let more = run(&mut lab, 2, &mut seed);
    producer.send_all(&more);
    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "1s"]).json();
    assert_eq!(summary["messages"], messages.len() + more.len(), "a second run adds what came since");
    assert_exactly_once(&dir, &producer.ledger());
    let verified = Plateside::new("verify").arg(&dir).json();
    assert_eq!(verified["ok"], true, "two runs make one whole session: {verified}");
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

#[test]
fn another_cluster_is_refused() {
    let Some(broker) = Broker::for_test("refusing another cluster") else { return };
    let topics = Topics::create(&broker, "cluster", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut lab = Lab::new(&topics, 1);
    let producer = Producer::new(&broker);
    producer.send(&lab.result(&lab::plate(1), "A01".parse().unwrap(), [1.0, 2.0, 3.0]));
    let ledger = producer.ledger();
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();

    let other = MockCluster::new(1).unwrap();
    other.create_topic(topics.of(Kind::Results), 1, 1).unwrap();
    let refused = Plateside::record_from(&other.bootstrap_servers(), &dir).args(topics.arguments()).run();
    assert_eq!(refused.code(), Some(1), "another lab's stream never mixes in: {}", refused.stderr);
    let words = refused.stderr;
    assert!(
        words.contains("cluster") && words.contains("another folder"),
        "it names the thing and the way out: {words}"
    );
    assert_exactly_once(&dir, &ledger);
}

#[test]
fn duplicates_disorder_and_a_late_layout_are_ordinary() {
    let Some(broker) = Broker::for_test("duplicates and disorder") else { return };
    let topics = Topics::create(&broker, "disorder", &[(Kind::Results, 3), (Kind::Layouts, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let (mut lab, mut seed) = (Lab::new(&topics, 1), Seed::new(2));
    let producer = Producer::new(&broker);
    let plate = lab::plate(7);
    let mut results = lab.full_plate(&plate, &mut seed);
    // Each result twice, in any order, over any partition; the layout long after them.
    results.extend(results.clone());
    seed.shuffle(&mut results);
    for result in &mut results {
        result.partition = seed.below(3) as i32;
    }
    producer.send_all(&results);
    let dir = folder.path().join("session");
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    producer.send(&lab.layout(&plate));
    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    assert_eq!(summary["messages"], 2 * 384 + 1, "a duplicate is a message like any other");
    assert_exactly_once(&dir, &producer.ledger());
    let qc = Plateside::new("qc").arg(&dir).args(["--feature", "Cells_Count"]).json();
    let counts = &qc[0]["n"];
    assert_eq!((&counts["negative"], &counts["positive"]), (&32.into(), &32.into()), "a late layout counts: {qc}");
    assert_eq!(counts["sample"], 320, "a duplicate does not count twice: {qc}");

    let other = folder.path().join("other");
    let again = Plateside::record(&broker, &topics, &other).args(["--until-idle", "500ms"]).json();
    assert_eq!(again["digest"]["content"], summary["digest"]["content"], "two recorders agree on the content");
}

#[test]
fn latest_and_a_time_govern_results_and_never_layouts() {
    let Some(broker) = Broker::for_test("--from") else { return };
    let topics = Topics::create(&broker, "from", &[(Kind::Results, 2), (Kind::Layouts, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let (mut lab, mut seed) = (Lab::new(&topics, 2).spreading(Kind::Layouts, 1), Seed::new(3));
    let producer = Producer::new(&broker);
    let plates: Vec<_> = (0..6).map(lab::plate).collect();
    for plate in &plates {
        producer.send(&lab.layout(plate));
        producer.send_all(&lab.full_plate(plate, &mut seed));
    }
    lab.clock_ms += 5_000;
    let between = lab.clock_ms - 2_500;
    for plate in &plates[..2] {
        producer.send_all(&lab.full_plate(plate, &mut seed));
    }
    let before = producer.ledger();

    let late = folder.path().join("latest");
    let mut recorder = Plateside::record(&broker, &topics, &late).args(["--from", "latest"]).start();
    await_messages(&mut recorder, &late, 6);
    producer.send_all(&lab.full_plate(&plates[2], &mut seed));
    let ledger = producer.ledger();
    await_messages(&mut recorder, &late, 6 + 384);
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "Ctrl-C ends a recording well: {}", ended.stderr);
    let new = ledger.iter().filter(|sent| before.binary_search(sent).is_err());
    let layouts = before.iter().filter(|sent| *sent.topic == *topics.of(Kind::Layouts));
    let expected: Vec<_> = new.chain(layouts).cloned().collect();
    assert_exactly_once(&late, &expected);

    let dir = folder.path().join("time");
    let time = engine::rfc3339(between);
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--from", &time, "--until-idle", "500ms"]).json();
    let stored = envelopes(&dir);
    let (results, layouts): (Vec<_>, Vec<_>) = stored.iter().partition(|envelope| envelope.kind == Kind::Results);
    assert_eq!(layouts.len(), 6, "layouts are read from the earliest offset whatever --from says");
    assert_eq!(results.len(), 3 * 384, "results from {time} on");
    assert!(results.iter().all(|envelope| envelope.origin.timestamp_ms >= between), "and none before it");
}

#[test]
fn new_partitions_and_topics_that_appear_are_read_from_their_beginning() {
    let Some(broker) = Broker::for_test("new partitions and topics") else { return };
    let topics = Topics::named(&broker, "appear", [Kind::Results, Kind::Layouts]);
    broker.create(&[(topics.of(Kind::Results), 1)], &[]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let (mut lab, mut seed) = (Lab::new(&topics, 1), Seed::new(4));
    let producer = Producer::new(&broker);
    let plate = lab::plate(3);
    let mut results = lab.full_plate(&plate, &mut seed);
    producer.send_all(&results);
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    recorder.await_words(topics.of(Kind::Layouts));
    await_messages(&mut recorder, &dir, 384);

    broker.create(&[(topics.of(Kind::Layouts), 1)], &[]);
    producer.send(&lab.layout(&plate));
    broker.add_partitions(topics.of(Kind::Results), 3);
    results.iter_mut().enumerate().for_each(|(index, result)| result.partition = 1 + (index % 2) as i32);
    // A producer that knew the old number of partitions would refuse the new ones.
    let later = Producer::new(&broker);
    later.send_all(&results);
    let (mut ledger, more) = (producer.ledger(), later.ledger());
    ledger.extend(more);
    await_messages(&mut recorder, &dir, 2 * 384 + 1);
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_exactly_once(&dir, &ledger);
}

/// Waits until a session holds so many messages.
pub(crate) fn await_messages(recorder: &mut plateside_tests::command::Running, dir: &std::path::Path, messages: u64) {
    let runtime = plateside_tests::runtime();
    let began = std::time::Instant::now();
    loop {
        let stored = runtime.block_on(async {
            let Ok(mut reader) = session::Reader::open(dir).await else { return 0 };
            reader.counts().await.map_or(0, |counts| counts.messages)
        });
        if stored >= messages {
            return;
        }
        assert!(!recorder.has_ended(), "the recorder ended; it said:\n{}", recorder.said());
        let waited = began.elapsed();
        assert!(waited < Duration::from_secs(30), "{stored} of {messages} messages after 30 s:\n{}", recorder.said());
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn a_topic_without_messages_is_recorded_as_nothing() {
    let Some(broker) = Broker::for_test("an empty topic") else { return };
    let topics = Topics::create(&broker, "empty", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    assert_eq!(summary["messages"], 0, "nothing came");
    assert_eq!(recorded(&dir), [], "and nothing is stored");
    let verified = Plateside::new("verify").arg(&dir).json();
    assert_eq!(verified["ok"], true, "a session of nothing is a session: {verified}");
}
