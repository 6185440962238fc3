//! What a source has to say beside messages.

use std::fmt;
use std::sync::Arc;

use plate::Source;

/// One partition that was being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The next offset.
    pub next: i64,
}

/// Something that happened. Each reads as a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedEvent {
    /// Partitions of a topic begin to be read: from here on, even if no message comes before the source is stopped.
    Started {
        /// The topic and its life.
        source: Arc<Source>,
        /// Partition and next offset.
        partitions: Vec<(i32, i64)>,
    },
    /// A topic is not there, or not to be seen. It is read when it appears.
    TopicMissing {
        /// Its name.
        topic: String,
        /// The broker's words.
        reason: String,
    },
    /// A topic that was missing is there.
    TopicAppeared {
        /// Its name.
        topic: String,
    },
    /// A topic has more partitions than before; they are read from the earliest offset.
    NewPartitions {
        /// Its name.
        topic: String,
        /// The new ones.
        partitions: Vec<i32>,
    },
    /// A topic was deleted and made again: what follows belongs to its next life.
    Incarnation {
        /// The topic and its new life.
        source: Arc<Source>,
        /// How it was noticed.
        reason: String,
    },
    /// Whether a topic is still the same one, or complete, cannot be known.
    Doubt {
        /// Its name.
        topic: String,
        /// The partition.
        partition: i32,
        /// The next offset that was wanted.
        from: i64,
        /// The offset it goes on at.
        to: i64,
        /// What happened.
        reason: String,
    },
    /// No broker can be reached; it is tried again for as long as it takes.
    BrokerDown {
        /// librdkafka's words, with the address.
        reason: String,
    },
    /// A broker answers again.
    BrokerUp,
    /// The worker died and is started again from what was delivered.
    WorkerRestarted {
        /// How it ended, with its last words.
        exit: String,
        /// The pause before it is started, in milliseconds.
        pause_ms: u64,
    },
    /// The worker died three times or more without delivering anything.
    WorkerStuck {
        /// What it was reading.
        reading: Vec<Reading>,
    },
    /// Nothing is fetched.
    Paused {
        /// Why.
        reason: String,
    },
    /// Fetching goes on.
    Resumed,
    /// Everything that was there at the last look has been delivered.
    CaughtUp,
    /// The brokers named belong to another cluster than before; nothing is read from it.
    OtherCluster {
        /// The cluster that is read.
        expected: String,
        /// The cluster that answered.
        found: String,
    },
    /// librdkafka does not take its properties. The source ends after it.
    Refused {
        /// Its words.
        reason: String,
    },
    /// librdkafka or the worker said something.
    Log {
        /// Syslog level: 3 is an error, 4 a warning, 6 information.
        level: u8,
        /// The line.
        text: String,
    },
}

impl fmt::Display for FeedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FeedEvent::Started { source, partitions } => {
                write!(f, "reading {} from", source.topic)?;
                partitions.iter().try_for_each(|(partition, next)| write!(f, " {partition}@{next}"))
            }
            FeedEvent::TopicMissing { topic, reason } => {
                write!(f, "topic \"{topic}\" is not to be seen ({reason}); it is read as soon as it appears")
            }
            FeedEvent::TopicAppeared { topic } => write!(f, "topic \"{topic}\" is there now"),
            FeedEvent::NewPartitions { topic, partitions } => {
                write!(f, "topic \"{topic}\" has new partitions: {partitions:?}")
            }
            FeedEvent::Incarnation { source, reason } => {
                write!(f, "topic \"{}\" was deleted and made again: {reason}", source.topic)
            }
            FeedEvent::Doubt { topic, partition, from, to, reason } => {
                write!(
                    f,
                    "topic \"{topic}\" partition {partition}: {reason}; going on at {to}, {from} was to come next"
                )
            }
            FeedEvent::BrokerDown { reason } => write!(f, "no broker can be reached: {reason}"),
            FeedEvent::BrokerUp => write!(f, "the broker answers again"),
            FeedEvent::WorkerRestarted { exit, pause_ms } => {
                write!(f, "the Kafka worker ended ({exit}); it is started again in {pause_ms} ms")
            }
            FeedEvent::WorkerStuck { reading } => {
                write!(f, "the Kafka worker keeps dying at the same place; it was reading")?;
                reading.iter().try_for_each(|r| write!(f, " {}/{}@{}", r.topic, r.partition, r.next))
            }
            FeedEvent::Paused { reason } => write!(f, "paused: {reason}"),
            FeedEvent::Resumed => write!(f, "going on"),
            FeedEvent::CaughtUp => write!(f, "everything that was there has arrived"),
            FeedEvent::OtherCluster { expected, found } => {
                write!(
                    f,
                    "the broker belongs to cluster {found:?}, and cluster {expected:?} is read: check the address"
                )
            }
            FeedEvent::Refused { reason } => {
                write!(f, "the Kafka client refuses its settings: {reason}; correct the profile's client properties")
            }
            FeedEvent::Log { text, .. } => f.write_str(text),
        }
    }
}
