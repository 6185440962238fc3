//! Measured values about a source, as a snapshot.

use std::sync::Arc;

use wire::envelope::Kind;

use super::event::Reading;

/// What the source is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FeedState {
    /// Waiting for the broker's first answer.
    #[default]
    Connecting,
    /// Reading.
    Reading,
    /// No broker can be reached.
    BrokerDown {
        /// librdkafka's words, with the address.
        reason: String,
    },
    /// Nothing is fetched.
    Paused {
        /// Why.
        reason: String,
    },
    /// The worker died and will be started again.
    Restarting {
        /// How it ended.
        exit: String,
    },
    /// Another cluster answered, or the worker refuses its configuration.
    Refused {
        /// Why.
        reason: String,
    },
    /// The source was stopped.
    Stopped,
}

/// How far one partition is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionLag {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The next offset to be delivered.
    pub next: i64,
    /// The offset behind the newest readable message, at the last look.
    pub end: i64,
    /// Messages between them; 0 where only Kafka's own markers lie between.
    pub lag: u64,
    /// The worker has looked where it ends since it could last be read; else `end` and `lag` are of before, or 0.
    pub is_known: bool,
}

/// One topic as it flows.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicFlow {
    /// Its name.
    pub topic: Arc<str>,
    /// What it carries.
    pub kind: Kind,
    /// Partitions that are read.
    pub partitions: u32,
    /// Messages delivered since the start.
    pub messages: u64,
    /// Messages delivered a second.
    pub messages_per_s: f64,
    /// Messages between what was delivered and the newest.
    pub lag: u64,
    /// It is not there, or not to be seen.
    pub is_missing: bool,
}

/// Measured values. Rates are over about the last two seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedStatus {
    /// What the source is doing.
    pub state: FeedState,
    /// The cluster's id, once known.
    pub cluster: Option<String>,
    /// How far each partition is, in the order of topics and partitions.
    pub lag: Vec<PartitionLag>,
    /// The sum of them.
    pub lag_total: u64,
    /// The topics that were asked for, in their order.
    pub topics: Vec<TopicFlow>,
    /// The brokers of the cluster as they name themselves, `HOST:PORT`, once known.
    pub brokers: Vec<String>,
    /// Since when nothing can be read for want of a broker or a worker, microseconds since 1970 UTC.
    pub offline_since_us: Option<i64>,
    /// When the worker is started again, microseconds since 1970 UTC. `None` while it runs: it then tries a broker that is
    /// away about once a second.
    pub next_try_at_us: Option<i64>,
    /// Messages delivered since the start.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages delivered a second.
    pub messages_per_s: f64,
    /// Bytes delivered a second.
    pub bytes_per_s: f64,
    /// When the last message was delivered, microseconds since 1970 UTC.
    pub last_message_at_us: Option<i64>,
    /// Its Kafka timestamp, milliseconds since 1970 UTC.
    pub last_message_timestamp_ms: Option<i64>,
    /// How often the worker was started again.
    pub worker_restarts: u64,
    /// The worker's process id while it runs.
    pub worker_pid: Option<u32>,
    /// Topics that are not to be seen.
    pub missing_topics: Vec<String>,
    /// Everything that was there at the last look has been delivered.
    pub caught_up: bool,
    /// What the worker was reading, when it died three times without delivering anything.
    pub stuck_at: Vec<Reading>,
}

impl FeedStatus {
    /// Messages of a topic between what was delivered and the newest. `None` where that is not known, which is not 0: while
    /// nothing is read, where the topic is not to be seen, and until each of its partitions was looked at.
    #[must_use]
    pub fn known_lag(&self, topic: &str) -> Option<u64> {
        if self.state != FeedState::Reading || self.missing_topics.iter().any(|missing| missing == topic) {
            return None;
        }
        let mut partitions = self.lag.iter().filter(|partition| *partition.topic == *topic).peekable();
        partitions.peek()?;
        partitions.map(|partition| partition.is_known.then_some(partition.lag)).sum()
    }
}
