//! Control frames: what the parent tells the worker and what the worker reports, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The first frame: everything the worker needs. Secrets are in `client` and travel nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Configuration {
    /// `HOST:PORT`, comma-separated.
    pub brokers: String,
    /// Further properties of librdkafka.
    pub client: BTreeMap<String, String>,
    /// Named to librdkafka because it asks for one; never subscribed, never committed.
    pub group_id: String,
    /// The worker's limit for its data, in bytes.
    pub memory_limit_bytes: u64,
    /// How often topics are looked at again.
    pub metadata_refresh_ms: u64,
    /// The only cluster to read from, where one is known.
    pub cluster: Option<String>,
    /// What to read. A topic's place in this list is its number in frames.
    pub topics: Vec<TopicPlan>,
    /// Only look whether all of this would work, report it, and end.
    #[serde(default)]
    pub check: bool,
}

impl std::fmt::Debug for Configuration {
    /// Values of `client` may be secrets and are left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configuration")
            .field("brokers", &self.brokers)
            .field("client", &self.client.keys())
            .field("topics", &self.topics)
            .finish_non_exhaustive()
    }
}

/// One topic to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TopicPlan {
    /// Its name.
    pub name: String,
    /// Where to begin when it has never been read.
    pub begin: Begin,
    /// Its life that `positions` are about.
    pub incarnation: u32,
    /// It has been read before: partitions without a position are new, and read from the earliest offset.
    pub known: bool,
    /// Where to go on.
    pub positions: Vec<Position>,
}

/// Where a topic that was never read begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begin {
    /// At the oldest message there is.
    Earliest,
    /// Behind the newest.
    Latest,
    /// At the first message of this time or later, milliseconds since 1970 UTC.
    TimeMs(i64),
}

/// Where one partition goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The partition.
    pub partition: i32,
    /// The next offset to read.
    pub next: i64,
    /// The last message that was read, if any: it is read again to see that the topic is still the same.
    pub last: Option<Last>,
}

/// A message that was read, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its offset.
    pub offset: i64,
    /// Its Kafka timestamp in milliseconds, -1 for none.
    pub timestamp_ms: i64,
    /// `plate::digest::message_digest`.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
}

/// From the parent while the worker runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Stop fetching.
    Pause,
    /// Go on.
    Resume,
}

/// From the worker. `topic` is the topic's place in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The broker answered.
    Connected {
        /// Its cluster's id; empty where the broker has none.
        cluster: String,
    },
    /// The broker belongs to another cluster than the configuration's. The worker ends after it.
    OtherCluster {
        /// The id found.
        found: String,
    },
    /// Partitions begin to be read.
    Started {
        /// Which topic.
        topic: u16,
        /// In which life.
        incarnation: u32,
        /// Partition and next offset.
        partitions: Vec<(i32, i64)>,
    },
    /// A topic is not there, or not to be seen.
    Missing {
        /// Which topic.
        topic: u16,
        /// The broker's words.
        reason: String,
    },
    /// A topic that was missing is there.
    Appeared {
        /// Which topic.
        topic: u16,
    },
    /// Partitions were added to a topic; they are read from the earliest offset.
    NewPartitions {
        /// Which topic.
        topic: u16,
        /// Which.
        partitions: Vec<i32>,
    },
    /// A topic was deleted and made again: it begins anew.
    Incarnation {
        /// Which topic.
        topic: u16,
        /// Its new life.
        incarnation: u32,
        /// How it was noticed.
        reason: String,
    },
    /// Whether a topic is still the same, or complete, cannot be known.
    Doubt {
        /// Which topic.
        topic: u16,
        /// Which partition.
        partition: i32,
        /// The next offset that was wanted.
        from: i64,
        /// The offset it goes on at.
        to: i64,
        /// What happened.
        reason: String,
    },
    /// No broker can be reached.
    BrokerDown {
        /// librdkafka's words, with the address.
        reason: String,
    },
    /// A broker answers again.
    BrokerUp,
    /// The brokers of the cluster as they name themselves, when that has changed.
    Brokers {
        /// `HOST:PORT`, sorted.
        addresses: Vec<String>,
    },
    /// What a check found.
    Checked(CheckFinding),
    /// Where the partitions end.
    Ends {
        /// One row a partition.
        partitions: Vec<EndRow>,
    },
    /// Everything that was there at the last look has been handed over.
    CaughtUp,
    /// librdkafka said something.
    Log {
        /// Syslog level: 3 is an error, 4 a warning, 6 information.
        level: u8,
        /// The line.
        text: String,
    },
    /// The worker cannot work with this configuration. It ends after it.
    Refused {
        /// Why.
        reason: String,
    },
}

/// The state of one partition at the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndRow {
    /// Which topic.
    pub topic: u16,
    /// Which partition.
    pub partition: i32,
    /// The oldest offset there is.
    pub low: i64,
    /// The offset behind the newest readable message.
    pub end: i64,
    /// There is no readable message between the position and the end (Kafka's own markers fill offsets too).
    pub at_end: bool,
    /// It is read, and the last look found its end: otherwise `end` is of before, or 0.
    pub is_known: bool,
}

/// What a check found, in this order: an answer of the cluster or none, each topic's standing, the message in a frame of
/// messages, the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckFinding {
    /// A broker answered.
    Answered {
        /// Its cluster's id; empty where it has none.
        cluster: String,
        /// The cluster's brokers as they name themselves to their clients.
        brokers: Vec<BrokerAddress>,
        /// Every topic that is to be seen, with the number of its partitions, sorted; Kafka's own are left out.
        topics: Vec<(String, u32)>,
    },
    /// None did.
    NoAnswer {
        /// librdkafka's words.
        reason: String,
    },
    /// How a topic stands.
    Topic {
        /// Which, by its place in the configuration.
        topic: u16,
        /// How.
        standing: TopicStanding,
    },
    /// A message that was to be read again could not be.
    NoMessage {
        /// Why.
        reason: String,
    },
    /// All was looked at.
    Done,
}

/// Where a broker says that it is to be reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BrokerAddress {
    /// Its number in the cluster.
    pub id: i32,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// How a topic stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicStanding {
    /// It is not there, or not to be seen.
    Missing {
        /// The broker's words.
        reason: String,
    },
    /// It may not be looked at or read.
    Denied {
        /// The broker's words.
        reason: String,
    },
    /// The broker would not say now.
    Unavailable {
        /// The broker's words.
        reason: String,
    },
    /// It is there and can be read.
    There {
        /// Its partitions.
        partitions: Vec<PartitionRange>,
    },
}

/// What a partition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionRange {
    /// Its number.
    pub partition: i32,
    /// The oldest offset.
    pub low: i64,
    /// Where reading would begin.
    pub begin: i64,
    /// The offset behind the newest readable message.
    pub end: i64,
}
