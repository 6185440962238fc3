//! Any arrival order across partitions gives the same content; and a replay gives what was live.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use engine::Pace;
use plate::digest::message_digest;
use plate::{Origin, Source, StageEvent};
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::Message;
use plateside_tests::runtime;
use plateside_tests::seed::Seed;
use proptest::prelude::*;
use session::{Commit, Entry, Reader, SessionMeta, Writer, WriterOptions};
use wire::{Decoder, Envelope, Headers, Kind};

/// Partitions of each topic.
const PARTITIONS: i32 = 3;

/// So many messages that speak of few wells; no broker: they go to the session by hand.
fn messages(seed: u64, results: usize) -> Vec<(Kind, Message)> {
    let kinds = [Kind::Results, Kind::Layouts, Kind::Stages, Kind::Images];
    let (mut lab, mut seed) = (Lab::on(&kinds.map(|kind| (kind, kind.default_topic())), 1), Seed::new(seed));
    // A time of its own, not of the day that the test runs on.
    lab.clock_ms = 1_760_000_000_000;
    let mut all = Vec::new();
    for number in 0..results {
        let plate = lab::plate(seed.below(2) as u32);
        // Few wells, so that many messages speak of the same one; few times, so that timestamps tie.
        let well = plate::Well::new(0, seed.below(4) as u8).unwrap();
        let mut next = match seed.below(12) {
            0 => (Kind::Layouts, lab.layout(&plate)),
            1 => (Kind::Stages, lab.stage(&plate, "imaged", StageEvent::Entered)),
            2 => (Kind::Images, lab.image(&plate, well, 1, 40, &mut seed)),
            3 => (Kind::Results, lab.message(Kind::Results, &plate, Some(b"{".to_vec()))),
            _ => (Kind::Results, lab.result(&plate, well, [number as f64, seed.unit(), -0.0])),
        };
        next.1.timestamp_ms = 1_760_000_000_000 + seed.below(4) as i64;
        next.1.partition = seed.below(PARTITIONS as u64) as i32;
        all.push(next);
    }
    all
}

/// Gives every message its offset: in its partition they stay in order.
fn envelopes(messages: &[(Kind, Message)]) -> Vec<Envelope> {
    let mut next = std::collections::HashMap::new();
    let envelope = |(kind, message): &(Kind, Message)| {
        let offset: &mut i64 = next.entry((*kind, message.partition)).or_default();
        *offset += 1;
        let topic = kind.default_topic().into();
        let source = Arc::new(Source { cluster: "order".into(), topic, incarnation: 0 });
        let pairs = message.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
        Envelope {
            origin: Origin {
                source,
                partition: message.partition,
                offset: *offset - 1,
                timestamp_ms: message.timestamp_ms,
            },
            kind: *kind,
            key: message.key.clone().map(Bytes::from),
            headers: Headers::from_pairs(pairs),
            body: message.body.clone().map(Bytes::from),
        }
    };
    messages.iter().map(envelope).collect()
}

/// Another order of arrival that a broker could deliver: partitions interleave as they like.
fn interleaved(envelopes: &[Envelope], seed: &mut Seed) -> Vec<Envelope> {
    let mut partitions: Vec<std::collections::VecDeque<Envelope>> = Vec::new();
    for envelope in envelopes {
        let same = |queue: &&mut std::collections::VecDeque<Envelope>| {
            queue
                .front()
                .is_some_and(|first| (first.kind, first.origin.partition) == (envelope.kind, envelope.origin.partition))
        };
        match partitions.iter_mut().find(same) {
            Some(queue) => queue.push_back(envelope.clone()),
            None => partitions.push([envelope.clone()].into()),
        }
    }
    let mut arrived = Vec::new();
    while !partitions.is_empty() {
        let which = seed.below(partitions.len() as u64) as usize;
        arrived.extend(partitions[which].pop_front());
        partitions.retain(|queue| !queue.is_empty());
    }
    arrived
}

/// Stores envelopes in this order, in batches of any size, and gives the digests of the session.
async fn record(dir: &Path, arrived: &[Envelope], seed: &mut Seed) -> ([u8; 32], [u8; 32]) {
    let meta = SessionMeta {
        id: "order".into(),
        created_at_us: 0,
        cluster: "order".into(),
        profile_name: String::new(),
        profile_toml: String::new(),
        overlay_of: None,
    };
    let mut writer = Writer::create(dir, &meta, &WriterOptions::default()).await.unwrap();
    let (mut decoder, mut left) = (Decoder::default(), arrived);
    while !left.is_empty() {
        let (batch, rest) = left.split_at(1 + seed.below(left.len().min(40) as u64) as usize);
        left = rest;
        let seqs = writer.next_seq()..;
        let entry = |(seq, envelope): (i64, &Envelope)| {
            let body = envelope.body.as_deref();
            let headers = envelope.headers.as_bytes();
            let digest = message_digest(envelope.origin.timestamp_ms, envelope.key.as_deref(), headers, body);
            let outcome = decoder.decode(envelope);
            let outcome_digest = session::outcome_digest(&envelope.origin, &digest, &outcome);
            Entry::Message { seq, envelope: envelope.clone(), digest, outcome, outcome_digest, left_out: None }
        };
        let entries = seqs.zip(batch).map(entry).collect();
        writer.commit(&Commit { received_at_us: 1, entries }).await.unwrap();
    }
    writer.close(2).await.unwrap();
    let mut reader = Reader::open(dir).await.unwrap();
    (reader.content_digest().await.unwrap(), reader.history_digest().await.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_arrival_order_gives_the_same_content(seed in any::<u64>(), results in 20_usize..200) {
        let sent = envelopes(&messages(seed, results));
        let mut orders = Seed::new(!seed);
        runtime().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let dir = |name: &str| folder.path().join(name);
            let (content, history) = record(&dir("as-sent"), &sent, &mut orders).await;
            let mut histories = vec![history];
            for name in ["second", "third"] {
                let arrived = interleaved(&sent, &mut orders);
                let (other, history) = record(&dir(name), &arrived, &mut orders).await;
                assert_eq!(other, content, "the order of arrival does not show in the content");
                histories.push(history);
                let pace = Pace { speed: None, until_us: None };
                let first = engine::replay(&dir(name), pace).await.unwrap().finish().await.unwrap();
                let again = engine::replay(&dir(name), pace).await.unwrap().finish().await.unwrap();
                assert_eq!(first.digests.content, content, "a replay has the content of what it plays");
                assert_eq!(first.digests, again.digests, "and is the same each time");
            }
            histories.dedup();
            assert!(results < 40 || histories.len() > 1, "the orders differ, or the test says nothing");
        });
    }
}
