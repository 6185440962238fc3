//! Where a record comes from: the message's place in its stream (`DATA.md` 2).

use std::sync::Arc;

/// One topic of one cluster, in one of its lives: a topic deleted and made again is another source.
///
/// The order (cluster, topic, incarnation) breaks ties between equal timestamps (`DATA.md` 8).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The broker's cluster id.
    pub cluster: Box<str>,
    /// The topic's name.
    pub topic: Box<str>,
    /// 0 for the first life seen, one more for each time it was made again.
    pub incarnation: u32,
}

/// The place of one message: unique in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The topic and its incarnation.
    pub source: Arc<Source>,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The message's Kafka timestamp, milliseconds since 1970 UTC; -1 where it has none.
    pub timestamp_ms: i64,
}
