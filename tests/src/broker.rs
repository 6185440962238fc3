//! A real broker: topics made and removed, partitions added, records deleted, and what a broker knows of its groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use engine::now_us;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};
use tokio::runtime::Runtime;
use wire::Kind;

use crate::left_out::skipped;

/// Longest wait for an answer of the broker.
const PATIENCE: Duration = Duration::from_secs(20);

/// The broker that `PLATESIDE_KAFKA` names.
#[derive(Clone)]
pub struct Broker(Arc<Inner>);

struct Inner {
    address: String,
    admin: AdminClient<DefaultClientContext>,
    runtime: Runtime,
}

impl Broker {
    /// The broker, or `None` after saying that `what` is skipped for want of one.
    #[must_use]
    pub fn for_test(what: &str) -> Option<Broker> {
        let Some(address) = std::env::var("PLATESIDE_KAFKA").ok().filter(|address| !address.is_empty()) else {
            skipped(what, "PLATESIDE_KAFKA names no broker: cargo xtask test road starts one");
            return None;
        };
        Some(Broker::at(&address))
    }

    /// A broker at an address.
    #[must_use]
    pub fn at(address: &str) -> Broker {
        let admin: AdminClient<DefaultClientContext> = config(address).create().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Broker(Arc::new(Inner { address: address.to_owned(), admin, runtime }))
    }

    /// What clients connect to.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// Makes topics with settings and waits until every partition has a leader.
    pub fn create(&self, topics: &[(&str, i32)], settings: &[(&str, &str)]) {
        let began = Instant::now();
        let mut left: Vec<(&str, i32)> = topics.to_vec();
        while !left.is_empty() {
            let new = left.iter().map(|(topic, partitions)| {
                let new = NewTopic::new(topic, *partitions, TopicReplication::Fixed(1));
                settings.iter().fold(new, |new, (name, value)| new.set(name, value))
            });
            let new: Vec<NewTopic<'_>> = new.collect();
            let results = self.wait(self.0.admin.create_topics(&new, &options())).unwrap();
            // A topic that is being deleted still has its name: ask again.
            let refused: BTreeMap<String, _> = results.into_iter().filter_map(Result::err).collect();
            left.retain(|(topic, _)| refused.contains_key(*topic));
            assert!(began.elapsed() < PATIENCE, "topics could not be made: {refused:?}");
            if !left.is_empty() {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        for (topic, partitions) in topics {
            self.await_leaders(topic, *partitions);
        }
    }

    fn await_leaders(&self, topic: &str, partitions: i32) {
        let began = Instant::now();
        loop {
            let metadata = self.0.admin.inner().fetch_metadata(Some(topic), PATIENCE).unwrap();
            let led = metadata.topics().iter().flat_map(|topic| topic.partitions()).filter(|p| p.leader() >= 0).count();
            if led == usize::try_from(partitions).unwrap() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{topic} has {led} of {partitions} leaders");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Deletes topics; ones that are not there are no fault.
    pub fn delete(&self, topics: &[&str]) {
        let _best_effort = self.wait(self.0.admin.delete_topics(topics, &options()));
    }

    /// Gives a topic more partitions, and waits for their leaders.
    pub fn add_partitions(&self, topic: &str, partitions: i32) {
        let more = NewPartitions::new(topic, usize::try_from(partitions).unwrap());
        let results = self.wait(self.0.admin.create_partitions([&more], &options())).unwrap();
        assert!(results.iter().all(Result::is_ok), "{topic}: {results:?}");
        self.await_leaders(topic, partitions);
    }

    /// Moves a partition's start forward, as retention does.
    pub fn delete_records(&self, topic: &str, partition: i32, before: i64) {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition, Offset::Offset(before)).unwrap();
        let result = self.wait(self.0.admin.delete_records(&list, &options())).unwrap();
        assert!(result.elements().iter().all(|element| element.error().is_ok()), "{result:?}");
    }

    /// Every topic of the broker and how many partitions it has.
    #[must_use]
    pub fn topics(&self) -> BTreeMap<String, usize> {
        let metadata = self.0.admin.inner().fetch_metadata(None, PATIENCE).unwrap();
        metadata.topics().iter().map(|topic| (topic.name().to_owned(), topic.partitions().len())).collect()
    }

    /// Every consumer group of the broker.
    #[must_use]
    pub fn groups(&self) -> BTreeSet<String> {
        let groups = self.0.admin.inner().fetch_group_list(None, PATIENCE).unwrap();
        groups.groups().iter().map(|group| group.name().to_owned()).collect()
    }

    /// What a group has committed of some partitions of a topic.
    #[must_use]
    pub fn committed(&self, group: &str, topic: &str, partitions: i32) -> Vec<Offset> {
        let consumer: BaseConsumer = config(&self.0.address).set("group.id", group).create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_range(topic, 0, partitions - 1);
        let committed = consumer.committed_offsets(list, PATIENCE).unwrap();
        committed.elements().iter().map(|element| element.offset()).collect()
    }

    /// Commits an offset as a lab's own consumer does, which makes the group.
    pub fn commit_as(&self, group: &str, topic: &str, partition: i32, offset: i64) {
        let consumer: BaseConsumer = config(&self.0.address).set("group.id", group).create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition, Offset::Offset(offset)).unwrap();
        consumer.commit(&list, rdkafka::consumer::CommitMode::Sync).unwrap();
    }

    /// First and next offset of a partition.
    #[must_use]
    pub fn watermarks(&self, topic: &str, partition: i32) -> (i64, i64) {
        self.0.admin.inner().fetch_watermarks(topic, partition, PATIENCE).unwrap()
    }

    /// Every event of a topic's one partition that is committed: its type by its id, and how often it is there.
    #[must_use]
    pub fn events(&self, topic: &str) -> BTreeMap<String, (String, usize)> {
        let mut config = config(&self.0.address);
        config.set("group.id", "never-joined").set("enable.partition.eof", "true");
        let consumer: BaseConsumer = config.create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
        consumer.assign(&list).unwrap();
        let mut events = BTreeMap::new();
        loop {
            match consumer.poll(PATIENCE) {
                Some(Ok(message)) => {
                    let header = |name: &str| {
                        let found = message.headers().unwrap().iter().find(|header| header.key == name);
                        String::from_utf8(found.unwrap().value.unwrap().to_vec()).unwrap()
                    };
                    events.entry(header("ce_id")).or_insert((header("ce_type"), 0)).1 += 1;
                }
                Some(Err(KafkaError::PartitionEOF(_))) => return events,
                other => panic!("{topic}: {other:?}"),
            }
        }
    }

    fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.0.runtime.block_on(answer)
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE))
}

/// Client settings that tests share.
#[must_use]
pub fn config(address: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", address);
    // What a test provokes on purpose is not to be read among its results.
    config.set_log_level(rdkafka::config::RDKafkaLogLevel::Emerg);
    config
}

/// Topics that only one test uses; deleted when dropped.
pub struct Topics {
    broker: Broker,
    names: Vec<(Kind, String)>,
    deleted_at_end: bool,
}

impl Topics {
    /// Makes a topic of each kind with so many partitions, under names that no other test has.
    #[must_use]
    pub fn create(broker: &Broker, test: &str, kinds: &[(Kind, i32)]) -> Topics {
        let topics = Topics::named(broker, test, kinds.iter().map(|(kind, _)| *kind));
        let new: Vec<(&str, i32)> =
            topics.names.iter().zip(kinds).map(|((_, name), (_, partitions))| (name.as_str(), *partitions)).collect();
        broker.create(&new, &[]);
        topics
    }

    /// Only the names: the topics are not there yet.
    #[must_use]
    pub fn named(broker: &Broker, test: &str, kinds: impl IntoIterator<Item = Kind>) -> Topics {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let since = now_us() / 1000;
        let name = |kind: Kind| {
            format!("test-{test}-{:x}-{number}-{}.{}", since & 0xffff_ffff, std::process::id(), kind.as_str())
        };
        let names = kinds.into_iter().map(|kind| (kind, name(kind))).collect();
        Topics { broker: broker.clone(), names, deleted_at_end: true }
    }

    /// The same on a broker that cannot delete topics and ends with its test, such as a mock.
    #[must_use]
    pub fn left_behind(mut self) -> Topics {
        self.deleted_at_end = false;
        self
    }

    /// The topic of a kind.
    ///
    /// # Panics
    /// Without a topic of that kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &str {
        let named = self.names.iter().find(|(other, _)| *other == kind);
        &named.unwrap_or_else(|| panic!("this test has no topic of {}", kind.as_str())).1
    }

    /// Kinds and names.
    #[must_use]
    pub fn all(&self) -> &[(Kind, String)] {
        &self.names
    }

    /// `--topic KIND=NAME` for each.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        self.names.iter().flat_map(|(kind, name)| ["--topic".into(), format!("{}={name}", kind.as_str())]).collect()
    }
}

impl Drop for Topics {
    fn drop(&mut self) {
        if self.deleted_at_end {
            let names: Vec<&str> = self.names.iter().map(|(_, name)| name.as_str()).collect();
            self.broker.delete(&names);
        }
    }
}
