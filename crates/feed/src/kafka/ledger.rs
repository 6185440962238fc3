//! What was delivered: where each partition goes on when the worker is started again.

use std::collections::BTreeMap;
use std::sync::Arc;

use plate::Source;
use wire::envelope::Kind;

use super::event::Reading;
use super::settings::{KafkaSettings, Start};
use crate::control::{Begin, Last, Position, TopicPlan};
use crate::messages::Tail;

struct Topic {
    kind: Kind,
    name: Arc<str>,
    begin: Begin,
    known: bool,
    incarnation: u32,
    source: Option<Arc<Source>>,
    positions: BTreeMap<i32, Position>,
}

/// Positions of all topics, by their numbers in frames.
pub(super) struct Ledger {
    cluster: Option<Box<str>>,
    topics: Vec<Topic>,
}

impl Ledger {
    pub(super) fn new(settings: &KafkaSettings) -> Ledger {
        let topics = settings.topics.iter().map(|(kind, name)| {
            let stored = settings.stored.iter().filter(|stored| *stored.source.topic == **name);
            // Positions of earlier lives are history.
            let incarnation = stored.clone().map(|stored| stored.source.incarnation).max();
            let positions: BTreeMap<i32, Position> = stored
                .filter(|stored| Some(stored.source.incarnation) == incarnation)
                .map(|stored| {
                    let (offset, timestamp_ms, digest) =
                        (stored.last_offset, stored.last_timestamp_ms, stored.last_digest);
                    let last = (offset >= 0).then_some(Last { offset, timestamp_ms, digest });
                    (stored.partition, Position { partition: stored.partition, next: stored.next, last })
                })
                .collect();
            let begin = match settings.start {
                _ if kind.always_from_earliest() => Begin::Earliest,
                Start::Earliest | Start::Stored => Begin::Earliest,
                Start::Latest => Begin::Latest,
                Start::TimeMs(ms) => Begin::TimeMs(ms),
            };
            Topic {
                kind: *kind,
                name: name.as_str().into(),
                begin,
                known: incarnation.is_some(),
                incarnation: incarnation.unwrap_or(0),
                source: None,
                positions,
            }
        });
        let cluster = settings.stored.first().map(|stored| stored.source.cluster.clone());
        Ledger { cluster, topics: topics.collect() }
    }

    /// The only cluster to read from, once known.
    pub(super) fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    pub(super) fn connected_to(&mut self, cluster: &str) {
        self.cluster = Some(cluster.into());
    }

    /// What the worker is to read.
    pub(super) fn plans(&self) -> Vec<TopicPlan> {
        let plan = |topic: &Topic| TopicPlan {
            name: topic.name.to_string(),
            begin: topic.begin,
            incarnation: topic.incarnation,
            known: topic.known,
            positions: topic.positions.values().copied().collect(),
        };
        self.topics.iter().map(plan).collect()
    }

    /// The name of a topic, if it was asked for.
    pub(super) fn name(&self, topic: u16) -> Option<&Arc<str>> {
        self.topics.get(usize::from(topic)).map(|topic| &topic.name)
    }

    /// What messages of a topic's current life are labelled with.
    pub(super) fn source(&mut self, topic: u16, incarnation: u32) -> Option<(Arc<Source>, Kind)> {
        let cluster = self.cluster.as_deref()?;
        let topic = self.topics.get_mut(usize::from(topic)).filter(|topic| topic.incarnation == incarnation)?;
        let source = topic.source.get_or_insert_with(|| {
            Arc::new(Source { cluster: cluster.into(), topic: (*topic.name).into(), incarnation })
        });
        Some((source.clone(), topic.kind))
    }

    /// Partitions begin to be read in this life of their topic.
    pub(super) fn started(&mut self, topic: u16, incarnation: u32, partitions: &[(i32, i64)]) -> Option<Arc<Source>> {
        if let Some(topic) = self.topics.get_mut(usize::from(topic)) {
            topic.known = true;
            let position = |&(partition, next): &(i32, i64)| (partition, Position { partition, next, last: None });
            topic.positions.extend(partitions.iter().map(position));
        }
        self.source(topic, incarnation).map(|(source, _)| source)
    }

    /// A topic's next life: nothing of it was read.
    pub(super) fn made_again(&mut self, topic: u16, incarnation: u32) -> Option<Arc<Source>> {
        let entry = self.topics.get_mut(usize::from(topic))?;
        entry.incarnation = incarnation;
        (entry.known, entry.begin) = (true, Begin::Earliest);
        entry.source = None;
        entry.positions.clear();
        self.source(topic, incarnation).map(|(source, _)| source)
    }

    /// A partition goes on elsewhere.
    pub(super) fn moved(&mut self, topic: u16, partition: i32, next: i64) {
        if let Some(topic) = self.topics.get_mut(usize::from(topic)) {
            topic.positions.insert(partition, Position { partition, next, last: None });
        }
    }

    /// A topic that appears after the start is read from its beginning.
    pub(super) fn missing(&mut self, topic: u16) {
        if let Some(topic) = self.topics.get_mut(usize::from(topic)).filter(|topic| !topic.known) {
            topic.begin = Begin::Earliest;
        }
    }

    /// A frame was delivered.
    pub(super) fn delivered(&mut self, tails: &[Tail]) {
        for tail in tails {
            if let Some(topic) = self.topics.get_mut(usize::from(tail.topic)) {
                let last = Last { offset: tail.offset, timestamp_ms: tail.timestamp_ms, digest: tail.digest };
                let position = Position { partition: tail.partition, next: tail.offset + 1, last: Some(last) };
                topic.positions.insert(tail.partition, position);
            }
        }
    }

    /// The next offset of a partition.
    pub(super) fn next(&self, topic: u16, partition: i32) -> Option<i64> {
        Some(self.topics.get(usize::from(topic))?.positions.get(&partition)?.next)
    }

    /// Everything that is being read.
    pub(super) fn reading(&self) -> Vec<Reading> {
        let of = |topic: &Topic| {
            let name = topic.name.to_string();
            topic
                .positions
                .values()
                .map(move |p| Reading { topic: name.clone(), partition: p.partition, next: p.next })
                .collect::<Vec<_>>()
        };
        self.topics.iter().flat_map(of).collect()
    }
}
