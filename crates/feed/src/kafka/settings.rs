//! What to read, from where, and with which limits.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use plate::Source;
use wire::envelope::Kind;

use crate::error::FeedError;
use crate::worker::client::RESERVED;

/// Everything that a [`crate::KafkaSource`] needs.
#[derive(Clone)]
pub struct KafkaSettings {
    /// `HOST:PORT`, comma-separated.
    pub brokers: String,
    /// What to read; each topic once.
    pub topics: Vec<(Kind, String)>,
    /// Where topics begin that `stored` says nothing about. Layouts, tasks and reviews begin at the earliest offset.
    pub start: Start,
    /// Where the others go on.
    pub stored: Vec<StoredPosition>,
    /// The program that becomes the worker.
    pub worker: WorkerCommand,
    /// The worker's limit for its data, in bytes.
    pub memory_limit_bytes: u64,
    /// Messages that were delivered and are not released yet may have this many bytes.
    pub queue_bytes: usize,
    /// How often to look for new topics and partitions.
    pub metadata_refresh_ms: u64,
    /// Further properties of librdkafka. Secrets travel to the worker in its first frame only. `group.id` names a group
    /// where rights ask for a certain name; without it the name is random. Nothing joins it either way.
    pub client: BTreeMap<String, String>,
}

impl std::fmt::Debug for KafkaSettings {
    /// Values of `client` may be secrets and are left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaSettings")
            .field("brokers", &self.brokers)
            .field("topics", &self.topics)
            .field("start", &self.start)
            .field("worker", &self.worker)
            .field("client", &self.client.keys())
            .finish_non_exhaustive()
    }
}

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the oldest message there is.
    Earliest,
    /// Behind the newest message.
    Latest,
    /// At the first message of this time or later, milliseconds since 1970 UTC.
    TimeMs(i64),
    /// At the stored positions; a topic without any begins at the earliest offset.
    Stored,
}

/// Where one partition goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPosition {
    /// The topic and its life.
    pub source: Arc<Source>,
    /// What it carries.
    pub kind: Kind,
    /// The partition.
    pub partition: i32,
    /// The next offset to read.
    pub next: i64,
    /// The last message that was read, -1 where there is none: it is read again to see whether the topic is the same.
    pub last_offset: i64,
    /// Its Kafka timestamp in milliseconds, -1 for none.
    pub last_timestamp_ms: i64,
    /// Its `plate::digest::message_digest`.
    pub last_digest: [u8; 32],
}

/// How to start the worker: this program with `worker consume`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// Topics that one source reads at most.
const TOPICS: usize = 1000;

impl KafkaSettings {
    pub(super) fn check(&self) -> Result<(), FeedError> {
        if self.brokers.trim().is_empty() {
            return Err(FeedError::NoBrokers);
        }
        if self.topics.is_empty() {
            return Err(FeedError::NoTopics);
        }
        if self.topics.len() > TOPICS {
            return Err(FeedError::TooManyTopics(self.topics.len()));
        }
        let mut seen = BTreeSet::new();
        if let Some((_, topic)) = self.topics.iter().find(|(_, topic)| !seen.insert(topic)) {
            return Err(FeedError::TopicTwice(topic.clone()));
        }
        match self.client.keys().find(|name| RESERVED.contains(&name.as_str())) {
            Some(name) => Err(FeedError::Reserved(name.clone())),
            None => Ok(()),
        }
    }
}
