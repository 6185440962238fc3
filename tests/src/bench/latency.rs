//! From a message's making to its committed row at 5,000 messages a second, and a bare consumer beside it in the same run.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use engine::{RecordSettings, now_us};
use feed::Start;
use plate::{Format, Well};
use rdkafka::Message as _;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use wire::Kind;

use super::drain::worker;
use super::figures::quantile;
use crate::broker::{Broker, Topics, config};
use crate::lab::{self, Lab, values};
use crate::producer::Producer;
use crate::runtime;
use crate::seed::Seed;

/// Messages a second.
const RATE: u32 = 5000;
/// The first second is for connections and caches.
const WARM_UP: usize = RATE as usize;

/// p50 and p99 in milliseconds, ours and the bare consumer's.
#[must_use]
pub fn run(broker: &Broker, folder: &Path, seconds: u32) -> Value {
    // One partition: the n-th committed message is the n-th that was sent.
    let topics = Topics::create(broker, "latency", &[(Kind::Results, 1)]);
    let total = RATE * seconds;
    let done = AtomicBool::new(false);
    let (sent, received, committed) = std::thread::scope(|scope| {
        let bare = scope.spawn(|| receive(broker, &topics, total as usize));
        let ours = scope.spawn(|| commit_times(broker, &topics, folder, total as usize, &done));
        // Both have found the empty topic before the first message comes.
        std::thread::sleep(Duration::from_secs(2));
        let sent = send(broker, &topics, total);
        let received = bare.join().unwrap();
        done.store(true, Ordering::Release);
        (sent, received, ours.join().unwrap())
    });
    let delays = |ends: &[i64]| -> Vec<f64> {
        let pairs = sent.iter().zip(ends).skip(WARM_UP);
        pairs.map(|(sent, end)| (end - sent) as f64 / 1000.0).collect()
    };
    let (ours, bare) = (delays(&committed), delays(&received));
    let of = |delays: &[f64]| json!({ "p50_ms": quantile(delays, 0.5), "p99_ms": quantile(delays, 0.99) });
    json!({ "messages": total, "per_s": RATE, "committed": of(&ours), "bare": of(&bare) })
}

/// Sends at an even pace; when each message was made, in microseconds.
fn send(broker: &Broker, topics: &Topics, total: u32) -> Vec<i64> {
    let producer = Producer::eager(broker);
    let (mut lab, mut seed) = (Lab::new(topics, 1), Seed::new(50));
    let (began, mut sent) = (Instant::now(), Vec::new());
    for number in 0..total {
        let due = Duration::from_secs(1) * number / RATE;
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        let well = Well::at_index(number as usize % 384, Format::F384).unwrap();
        let mut message = lab.result(&lab::plate(number / 384), well, values(&mut seed, well));
        let made_us = now_us();
        message.timestamp_ms = made_us / 1000;
        sent.push(made_us);
        producer.send(&message);
    }
    assert_eq!(producer.ledger().len(), total as usize, "all of them arrived");
    sent
}

/// When a bare loop received each message.
fn receive(broker: &Broker, topics: &Topics, total: usize) -> Vec<i64> {
    let mut config = config(broker.address());
    config.set("group.id", "bare").set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topics.of(Kind::Results), 0, Offset::Beginning).unwrap();
    consumer.assign(&list).unwrap();
    let mut times = Vec::new();
    while times.len() < total {
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            assert_eq!(message.unwrap().offset(), times.len() as i64, "in order");
            times.push(now_us());
        }
    }
    times
}

/// When the transaction of each message was committed.
fn commit_times(broker: &Broker, topics: &Topics, dir: &Path, total: usize, done: &AtomicBool) -> Vec<i64> {
    runtime().block_on(async {
        let settings = RecordSettings {
            topics: topics.all().to_vec(),
            start: Start::Earliest,
            ..RecordSettings::new(broker.address(), dir, worker())
        };
        let road = engine::record(settings, |_| ()).await.unwrap();
        let (mut progress, mut times) = (road.progress(), Vec::new());
        while times.len() < total {
            let changed = tokio::time::timeout(Duration::from_secs(30), progress.changed()).await;
            assert!(changed.is_ok() || !done.load(Ordering::Acquire), "{} of {total} were committed", times.len());
            let now = progress.borrow_and_update().clone();
            times.resize(usize::try_from(now.messages).unwrap(), now.last_commit_us);
        }
        road.finish().await.unwrap();
        times
    })
}
