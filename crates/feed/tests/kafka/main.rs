//! The source and its worker against librdkafka's mock cluster. What the mock cannot do (time look-ups, deleting topics,
//! compaction, rights) is tried against a real broker in the workspace's `tests`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod check;
mod lab;
mod outage;

use std::sync::Arc;
use std::time::Duration;

use feed::{Delivery, FeedError, FeedEvent, FeedState, KafkaSource, Start, StoredPosition, WorkerCommand};
use lab::{Lab, SOON, Seen, settings};
use plate::digest::message_digest;
use rdkafka::types::RDKafkaApiKey;
use rdkafka::types::RDKafkaRespErr;
use wire::envelope::Kind;

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

fn is_alive(pid: u32) -> bool {
    // A zombie waits for its parent, and is dead.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_arrive_whole_and_in_order() {
    let lab = Lab::new();
    lab.topic("results", 3);
    for n in 0..3000 {
        lab.send("results", n % 3, &n.to_string());
    }
    lab.flush();
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    let mut seen = Seen::default();
    seen.until_messages(&mut source, 3000).await;
    seen.until_event(&mut source, "caught up", |e| *e == FeedEvent::CaughtUp).await;
    assert!(seen.cluster.is_some(), "the cluster is known before the first message");
    seen.assert_no_gap_and_no_double(0);
    for envelope in &seen.envelopes {
        let text = lab::body(envelope);
        let n: i64 = text.parse().unwrap();
        assert_eq!((i64::from(envelope.origin.partition), envelope.origin.offset), (n % 3, n / 3));
        assert_eq!(envelope.key.as_deref(), Some("run/plate".as_bytes()));
        assert_eq!(envelope.headers.last("n"), Some(text.as_bytes()));
        assert!(envelope.origin.timestamp_ms > 1_600_000_000_000);
    }
    let status = source.status().borrow().clone();
    assert!(status.caught_up && status.lag_total == 0 && status.messages == 3000, "{status:?}");
    assert_eq!(status.lag.iter().map(|lag| lag.next).sum::<i64>(), 3000);
    let flow = &status.topics[0];
    assert_eq!(
        (&*flow.topic, flow.kind, flow.partitions, flow.messages, flow.lag),
        ("results", Kind::Results, 3, 3000, 0)
    );
    assert!(!flow.is_missing && status.offline_since_us.is_none());
    assert_eq!(status.brokers.len(), 1, "{:?}", status.brokers);

    // Live: what is sent now arrives now.
    lab.send("results", 0, "live");
    seen.until_messages(&mut source, 3001).await;
    assert_eq!(lab::body(&seen.envelopes[3000]), "live");
    let pid = source.status().borrow().worker_pid.unwrap();
    source.stop().await;
    assert!(!is_alive(pid), "the worker ends with its source");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_comes_once_through_kills_of_the_worker() {
    let lab = Lab::new();
    lab.topic("results", 4);
    lab.topic("stages", 1);
    let mut source = KafkaSource::start(lab.settings(&["results", "stages"])).unwrap();
    let mut seen = Seen::default();
    seen.until_event(&mut source, "caught up", |e| *e == FeedEvent::CaughtUp).await;
    let status = source.status();
    let mut seed = 12345u64;
    let mut kills = 0;
    for round in 0..200 {
        for n in 0..100 {
            let n = round * 100 + n;
            lab.send(
                if n % 10 == 0 { "stages" } else { "results" },
                if n % 10 == 0 { 0 } else { n % 4 },
                &n.to_string(),
            );
        }
        // xorshift: the moments differ from round to round and are the same in each run of the test.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seen.for_a_while(&mut source, Duration::from_millis(seed % 25)).await;
        let pid = status.borrow().worker_pid;
        if let (true, Some(pid)) = (round % 20 == 10, pid) {
            kill(pid);
            kills += 1;
        }
    }
    lab.flush();
    seen.until_messages(&mut source, 20_000).await;
    seen.for_a_while(&mut source, Duration::from_millis(700)).await;
    seen.assert_no_gap_and_no_double(0);
    let mut numbers: Vec<u32> = seen.bodies().iter().map(|body| body.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..20_000).collect::<Vec<_>>(), "nothing lost, nothing twice");
    assert!(kills >= 5, "{kills} kills");
    assert!(status.borrow().worker_restarts >= 1, "deaths are counted");
    assert!(
        seen.events.iter().any(|e| matches!(e, FeedEvent::WorkerRestarted { exit, .. } if exit.contains("signal")))
    );
    assert!(!seen.events.iter().any(|e| matches!(e, FeedEvent::Incarnation { .. } | FeedEvent::Doubt { .. })));
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latest_skips_what_was_there_and_a_kill_does_not_skip_more() {
    let lab = Lab::new();
    lab.topic("results", 2);
    (0..50).for_each(|n| lab.send("results", n % 2, "old"));
    lab.flush();
    let mut source =
        KafkaSource::start(feed::KafkaSettings { start: Start::Latest, ..lab.settings(&["results"]) }).unwrap();
    let mut seen = Seen::default();
    seen.until_event(&mut source, "caught up", |e| *e == FeedEvent::CaughtUp).await;
    // The worker dies before it saw a message, and messages come before it is back.
    kill(source.status().borrow().worker_pid.unwrap());
    (0..10).for_each(|n| lab.send("results", n % 2, &format!("new {n}")));
    lab.flush();
    seen.until_messages(&mut source, 10).await;
    assert!(seen.bodies().iter().all(|body| body.starts_with("new")), "{:?}", seen.bodies());
    seen.assert_no_gap_and_no_double(25);
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_not_there_is_named_watched_and_read_from_its_first_message() {
    let lab = Lab::new();
    lab.topic("results", 1);
    let mut source =
        KafkaSource::start(feed::KafkaSettings { start: Start::Latest, ..lab.settings(&["results", "stages"]) })
            .unwrap();
    let mut seen = Seen::default();
    let missing = |e: &FeedEvent| matches!(e, FeedEvent::TopicMissing { topic, .. } if topic == "stages");
    seen.until_event(&mut source, "missing", missing).await;
    assert_eq!(source.status().borrow().missing_topics, ["stages"]);
    seen.for_a_while(&mut source, Duration::from_millis(1500)).await;
    assert_eq!(seen.events.iter().filter(|e| missing(e)).count(), 1, "asking does not create it, and once is enough");
    lab.topic("stages", 1);
    (0..5).for_each(|n| lab.send("stages", 0, &n.to_string()));
    lab.flush();
    seen.until_messages(&mut source, 5).await;
    assert_eq!(seen.bodies(), ["0", "1", "2", "3", "4"], "all of it is later than `latest` was");
    assert!(seen.events.iter().any(|e| matches!(e, FeedEvent::TopicAppeared { topic } if topic == "stages")));
    assert!(source.status().borrow().missing_topics.is_empty());
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_of_the_broker_cost_nothing() {
    let lab = Lab::new();
    lab.topic("results", 2);
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    let mut seen = Seen::default();
    for round in 0..20 {
        for n in 0..50 {
            lab.send("results", n % 2, &(round * 50 + n).to_string());
        }
        use RDKafkaRespErr::*;
        lab.mock.request_errors(
            RDKafkaApiKey::Fetch,
            &[RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION],
        );
        lab.mock.request_errors(RDKafkaApiKey::ListOffsets, &[RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE]);
        lab.mock.request_errors(RDKafkaApiKey::FindCoordinator, &[RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED]);
        seen.for_a_while(&mut source, Duration::from_millis(50)).await;
    }
    lab.flush();
    seen.until_messages(&mut source, 1000).await;
    seen.for_a_while(&mut source, Duration::from_millis(500)).await;
    seen.assert_no_gap_and_no_double(0);
    assert_eq!(seen.envelopes.len(), 1000);
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_bounds_memory_and_loses_nothing() {
    let lab = Lab::new();
    lab.topic("results", 16);
    // Twice: in the body and in the header. The mock keeps 5 MiB a partition.
    let body = "x".repeat(1000);
    (0..30_000).for_each(|n| lab.send("results", n % 16, &body));
    lab.flush();
    let queue_bytes = 2 << 20;
    let mut source = KafkaSource::start(feed::KafkaSettings { queue_bytes, ..lab.settings(&["results"]) }).unwrap();
    let mut waiting = Vec::new();
    let mut paused = false;
    // The engine takes what is there and commits none of it.
    let until = tokio::time::Instant::now() + Duration::from_secs(5);
    while let Ok(Some(delivery)) = tokio::time::timeout_at(until, source.next()).await {
        match delivery {
            Delivery::Batch { batch, held } => waiting.push((batch, held)),
            Delivery::Event(FeedEvent::Paused { .. }) => paused = true,
            Delivery::Event(_) | Delivery::Connected { .. } => {}
        }
    }
    let held: usize = waiting.iter().map(|(batch, _)| batch.weight()).sum();
    assert!(held <= queue_bytes, "{held} bytes wait where {queue_bytes} may");
    assert!(held > queue_bytes / 4, "{held}");
    assert!(paused, "a source that waits says so");
    assert!(matches!(source.status().borrow().state, FeedState::Paused { .. }));
    let mut seen = Seen::default();
    seen.envelopes.extend(waiting.drain(..).flat_map(|(batch, _)| batch.envelopes));
    seen.until_messages(&mut source, 30_000).await;
    seen.assert_no_gap_and_no_double(0);
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_holds_and_loses_nothing() {
    let lab = Lab::new();
    lab.topic("results", 2);
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    let mut seen = Seen::default();
    seen.until_event(&mut source, "caught up", |e| *e == FeedEvent::CaughtUp).await;
    let mut sent = 0;
    let mut send = |count: usize| {
        (0..count).for_each(|n| lab.send("results", (n % 2) as i32, "m"));
        lab.flush();
        sent += count;
        sent
    };
    for _ in 0..5 {
        send(100);
        source.pause("the disk is full");
        seen.until(&mut source, "paused", |seen| matches!(seen.events.last(), Some(FeedEvent::Paused { .. }))).await;
        // What was on its way still comes.
        seen.for_a_while(&mut source, Duration::from_millis(300)).await;
        let before = seen.envelopes.len();
        let sent = send(100);
        seen.for_a_while(&mut source, Duration::from_millis(300)).await;
        assert_eq!(seen.envelopes.len(), before, "nothing new comes in a pause");
        assert_eq!(source.status().borrow().state, FeedState::Paused { reason: "the disk is full".to_owned() });
        source.resume();
        seen.until_messages(&mut source, sent).await;
        seen.events.clear();
    }
    seen.assert_no_gap_and_no_double(0);
    source.stop().await;
}

/// The positions that a session would have stored after `seen`.
fn stored(seen: &Seen) -> Vec<StoredPosition> {
    let mut positions: Vec<StoredPosition> = Vec::new();
    for envelope in &seen.envelopes {
        let origin = &envelope.origin;
        positions.retain(|p| (&p.source, p.partition) != (&origin.source, origin.partition));
        let (key, body) = (envelope.key.as_deref(), envelope.body.as_deref());
        positions.push(StoredPosition {
            source: origin.source.clone(),
            kind: envelope.kind,
            partition: origin.partition,
            next: origin.offset + 1,
            last_offset: origin.offset,
            last_timestamp_ms: origin.timestamp_ms,
            last_digest: message_digest(origin.timestamp_ms, key, envelope.headers.as_bytes(), body),
        });
    }
    positions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_on_where_it_stopped_and_a_changed_message_begins_another_life() {
    let lab = Lab::new();
    lab.topic("results", 2);
    (0..40).for_each(|n| lab.send("results", n % 2, &n.to_string()));
    lab.flush();
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    let mut first = Seen::default();
    first.until_messages(&mut source, 40).await;
    source.stop().await;
    let positions = stored(&first);

    (40..60).for_each(|n| lab.send("results", n % 2, &n.to_string()));
    lab.flush();
    let resume = |stored| feed::KafkaSettings { start: Start::Stored, stored, ..lab.settings(&["results"]) };
    let mut source = KafkaSource::start(resume(positions.clone())).unwrap();
    let mut second = Seen::default();
    second.until_messages(&mut source, 20).await;
    second.for_a_while(&mut source, Duration::from_millis(500)).await;
    second.assert_no_gap_and_no_double(20);
    assert_eq!(second.envelopes.len(), 20, "the rest, and no more");
    source.stop().await;

    // As if the topic had been deleted and filled again with others: one stored message is another one.
    let mut changed = positions.clone();
    changed[0].last_digest[0] ^= 1;
    let mut source = KafkaSource::start(resume(changed)).unwrap();
    let mut third = Seen::default();
    third.until_messages(&mut source, 60).await;
    third.for_a_while(&mut source, Duration::from_millis(300)).await;
    assert!(third.events.iter().any(|e| matches!(e, FeedEvent::Incarnation { source, .. } if source.incarnation == 1)));
    assert!(third.envelopes.iter().all(|e| e.origin.source.incarnation == 1), "its messages belong to the next life");
    third.assert_no_gap_and_no_double(0);
    source.stop().await;

    // As if it had been made again and were still shorter than what was read.
    let mut ahead = positions.clone();
    ahead[0].next += 1000;
    ahead[0].last_offset += 1000;
    let mut source = KafkaSource::start(resume(ahead)).unwrap();
    let mut fourth = Seen::default();
    fourth.until_messages(&mut source, 60).await;
    assert!(fourth.envelopes.iter().all(|e| e.origin.source.incarnation == 1));
    source.stop().await;

    // Another cluster's session.
    let mut foreign = positions;
    for position in &mut foreign {
        let cluster = "another".into();
        position.source = Arc::new(plate::Source { cluster, ..(*position.source).clone() });
    }
    let mut source = KafkaSource::start(resume(foreign)).unwrap();
    let mut fifth = Seen::default();
    fifth.until_event(&mut source, "another cluster", |e| matches!(e, FeedEvent::OtherCluster { .. })).await;
    assert_eq!(fifth.cluster, first.cluster, "who asks learns which cluster answered");
    assert!(tokio::time::timeout(SOON, source.next()).await.unwrap().is_none(), "and nothing is read from it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retention_leaves_a_doubt_and_no_gap_goes_unsaid() {
    // The mock keeps 5 MiB a partition and drops the oldest.
    let lab = Lab::new();
    lab.topic("results", 1);
    (0..10).for_each(|n| lab.send("results", 0, &n.to_string()));
    lab.flush();
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    let mut first = Seen::default();
    first.until_messages(&mut source, 10).await;
    source.stop().await;
    let body = "y".repeat(100_000);
    (0..100).for_each(|_| lab.send("results", 0, &body));
    lab.flush();
    let settings = feed::KafkaSettings { start: Start::Stored, stored: stored(&first), ..lab.settings(&["results"]) };
    let mut source = KafkaSource::start(settings).unwrap();
    let mut second = Seen::default();
    second.until_event(&mut source, "caught up", |e| *e == FeedEvent::CaughtUp).await;
    let doubt = second.events.iter().find_map(|e| match e {
        FeedEvent::Doubt { from, to, .. } => Some((*from, *to)),
        _ => None,
    });
    let (from, to) = doubt.expect("messages that are gone are spoken of");
    assert_eq!(from, 10);
    assert!(to > 10 && to < 110, "{to}");
    second.assert_no_gap_and_no_double(to);
    assert!(second.envelopes.iter().all(|e| e.origin.source.incarnation == 0), "retention is no new life");
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_keeps_dying_is_spoken_of() {
    let _company = lab::beside();
    let program = "/bin/false".into();
    let settings =
        feed::KafkaSettings { worker: WorkerCommand { program, args: Vec::new() }, ..settings("127.0.0.1:1", &["r"]) };
    let mut source = KafkaSource::start(settings).unwrap();
    let mut seen = Seen::default();
    seen.until_event(&mut source, "stuck", |e| matches!(e, FeedEvent::WorkerStuck { .. })).await;
    let pauses: Vec<u64> = seen
        .events
        .iter()
        .filter_map(|e| match e {
            FeedEvent::WorkerRestarted { pause_ms, .. } => Some(*pause_ms),
            _ => None,
        })
        .collect();
    assert_eq!(pauses, [100, 200, 400], "the pause grows");
    let status = source.status().borrow().clone();
    let (since, next) = (status.offline_since_us.unwrap(), status.next_try_at_us.unwrap());
    assert!(next > since + 300_000, "since the first death, until the next try: {since} {next}");
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_cannot_work_are_refused() {
    let _company = lab::beside();
    let refuse = |settings| KafkaSource::start(settings).map(|_| ()).unwrap_err();
    assert!(matches!(refuse(settings("", &["r"])), FeedError::NoBrokers));
    assert!(matches!(refuse(settings("b:1", &[])), FeedError::NoTopics));
    assert!(matches!(refuse(settings("b:1", &["r", "r"])), FeedError::TopicTwice(_)));
    let mut reserved = settings("b:1", &["r"]);
    reserved.client.insert("enable.auto.commit".to_owned(), "true".to_owned());
    assert!(matches!(refuse(reserved), FeedError::Reserved(_)));
    let mut nowhere = settings("b:1", &["r"]);
    nowhere.worker.program = "/nowhere/at/all".into();
    assert!(refuse(nowhere).to_string().contains("/nowhere/at/all"));

    let mut unknown = settings("b:1", &["r"]);
    unknown.client.insert("no.such.property".to_owned(), "1".to_owned());
    let mut source = KafkaSource::start(unknown).unwrap();
    let mut seen = Seen::default();
    let named = |e: &FeedEvent| matches!(e, FeedEvent::Refused { reason } if reason.contains("no.such.property"));
    seen.until_event(&mut source, "refused by librdkafka", named).await;
    assert!(tokio::time::timeout(SOON, source.next()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_dies_with_its_parent() {
    let lab = Lab::new();
    lab.topic("results", 1);
    let mut source = KafkaSource::start(lab.settings(&["results"])).unwrap();
    let mut seen = Seen::default();
    seen.until_event(&mut source, "caught up", |e| *e == FeedEvent::CaughtUp).await;
    let pid = source.status().borrow().worker_pid.unwrap();
    // Dropped, not stopped.
    drop(source);
    let deadline = std::time::Instant::now() + SOON;
    while is_alive(pid) {
        assert!(std::time::Instant::now() < deadline, "a worker without a parent lives on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_lab_is_a_lab_like_any_other() {
    let _company = lab::beside();
    let options = feed::demo::DemoOptions {
        speed: 6000.0,
        started_at_ms: 1_795_000_000_000,
        run: feed::demo::demo_run("2026-11-22"),
    };
    let lab = feed::demo::DemoLab::start(options).unwrap();
    let topics: Vec<(Kind, String)> = Kind::ALL.into_iter().map(|kind| (kind, kind.default_topic())).collect();
    let settings = feed::KafkaSettings { topics, ..settings(lab.bootstrap(), &[]) };
    let mut source = KafkaSource::start(settings).unwrap();
    let mut seen = Seen::default();
    let total = lab.progress().total;
    seen.until_messages(&mut source, total).await;
    seen.until(&mut source, "caught up", |seen| seen.events.last() == Some(&FeedEvent::CaughtUp)).await;
    while !lab.progress().finished {
        seen.for_a_while(&mut source, Duration::from_millis(50)).await;
    }
    let progress = lab.progress();
    assert_eq!(progress.sent, total, "{progress:?}");
    assert!(progress.plates.iter().all(|(_, sent, wells)| sent == wells));
    seen.assert_no_gap_and_no_double(0);
    let mut decoder = wire::Decoder::default();
    for envelope in &seen.envelopes {
        let note = envelope.headers.last("plateside-note").unwrap();
        assert!(note.starts_with(b"Demonstration"), "every message says what it is");
        let wire::Decoded::Records(records) = decoder.decode(envelope) else { panic!("{envelope:?}") };
        assert_eq!(&*records[0].plate().run, "DEMO-LINCS-2026-11-22");
    }
    assert!(seen.events.iter().all(|e| !matches!(e, FeedEvent::TopicMissing { .. })), "{:?}", seen.events);
    source.stop().await;
}
