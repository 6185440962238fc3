//! Where envelopes come from: Kafka, read in a child process, and the embedded demo lab.
//!
//! ```text
//!  broker ──► worker (child): librdkafka ──► frames on stdout ──► KafkaSource (parent) ──► Delivery ──► engine
//!                     ▲                                                   │
//!                     └──────────── configuration, pause, resume ─────────┘
//! ```
//! The worker may die at any moment (a hostile batch that inflates to gigabytes, a bug of librdkafka); the parent
//! starts it again from what was delivered, so that nothing is lost and nothing comes twice.

pub mod control;
pub mod demo;
mod error;
pub mod frame;
mod kafka;
pub mod messages;
pub mod outbox;
pub mod reach;
pub mod webhook;
pub mod worker;

pub use control::{BrokerAddress, CheckFinding, PartitionRange, TopicStanding};
pub use error::FeedError;
pub use kafka::{
    BrokerCheck, CheckNews, CheckSettings, Delivery, FeedEvent, FeedState, FeedStatus, Held, KafkaSettings,
    KafkaSource, PartitionLag, Reading, Start, StoredPosition, TopicFlow, WorkerCommand,
};
