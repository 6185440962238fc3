//! `position`: how far each partition is read.

use super::source::StreamKey;
use super::{digest, number};
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, RawError};

pub(crate) const UPSERT: &str = "INSERT OR REPLACE INTO position \
     (source, partition, next, last_offset, last_timestamp_ms, last_digest) VALUES (?, ?, ?, ?, ?, ?)";

/// A partition's end as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) next: i64,
    pub(crate) last_offset: i64,
    pub(crate) last_timestamp_ms: i64,
    pub(crate) last_digest: [u8; 32],
}

impl Position {
    /// Of a partition that is read from `next` on and of which no message came yet.
    pub(crate) fn untouched(next: i64) -> Position {
        Position { next, last_offset: -1, last_timestamp_ms: -1, last_digest: [0; 32] }
    }
}

pub(crate) fn upsert(
    inserts: &mut Inserts<'_>,
    (source, partition): StreamKey,
    position: &Position,
) -> Result<(), RawError> {
    inserts.run(
        Insert::Position,
        &[
            Bound::Int(source),
            Bound::Int(partition.into()),
            Bound::Int(position.next),
            Bound::Int(position.last_offset),
            Bound::Int(position.last_timestamp_ms),
            Bound::Blob(&position.last_digest),
        ],
    )
}

/// All of them, by (source, partition).
pub(crate) fn load(raw: &Raw) -> Result<Vec<(StreamKey, Position)>, Fault> {
    let mut statement = raw.prepare(
        "SELECT source, partition, next, last_offset, last_timestamp_ms, last_digest FROM position \
         ORDER BY source, partition",
    )?;
    let mut rows = statement.rows(&[])?;
    let mut positions = Vec::new();
    while let Some(row) = rows.next()? {
        let source = row.int(0);
        let position = Position {
            next: row.int(2),
            last_offset: row.int(3),
            last_timestamp_ms: row.int(4),
            last_digest: digest(row.blob(5), "position", source, "last_digest")?,
        };
        positions.push(((source, number(row.int(1), "position", source, "partition")?), position));
    }
    Ok(positions)
}
