//! `checkpoint` and `checkpoint_range`: what the stream held at times, by digest (`DATA.md` 18).

use super::{digest, number};
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, RawError};

pub(crate) const INSERT: &str = "INSERT INTO checkpoint (seq, at_us, history_head) VALUES (?, ?, ?)";
pub(crate) const INSERT_RANGE: &str = "INSERT INTO checkpoint_range \
     (checkpoint, source, partition, first_offset, next_offset, messages, digest) VALUES (?, ?, ?, ?, ?, ?, ?)";

/// A checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CheckpointRow {
    /// The last seq that it covers.
    pub(crate) seq: i64,
    pub(crate) at_us: i64,
    pub(crate) history_head: [u8; 32],
}

/// Messages of one partition since the checkpoint before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RangeRow {
    pub(crate) source: i64,
    pub(crate) partition: i32,
    pub(crate) first_offset: i64,
    pub(crate) next_offset: i64,
    pub(crate) messages: i64,
    pub(crate) digest: [u8; 32],
}

pub(crate) fn insert(inserts: &mut Inserts<'_>, row: &CheckpointRow) -> Result<(), RawError> {
    inserts.run(Insert::Checkpoint, &[Bound::Int(row.seq), Bound::Int(row.at_us), Bound::Blob(&row.history_head)])
}

pub(crate) fn insert_range(inserts: &mut Inserts<'_>, checkpoint: i64, row: &RangeRow) -> Result<(), RawError> {
    inserts.run(
        Insert::CheckpointRange,
        &[
            Bound::Int(checkpoint),
            Bound::Int(row.source),
            Bound::Int(row.partition.into()),
            Bound::Int(row.first_offset),
            Bound::Int(row.next_offset),
            Bound::Int(row.messages),
            Bound::Blob(&row.digest),
        ],
    )
}

/// The last checkpoint.
pub(crate) fn last(raw: &Raw) -> Result<Option<CheckpointRow>, Fault> {
    let mut statement = raw.prepare("SELECT seq, at_us, history_head FROM checkpoint ORDER BY seq DESC LIMIT 1")?;
    let mut rows = statement.rows(&[])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let seq = row.int(0);
    let history_head = digest(row.blob(2), "checkpoint", seq, "history_head")?;
    Ok(Some(CheckpointRow { seq, at_us: row.int(1), history_head }))
}

/// The first checkpoint at or after `seq`.
pub(crate) fn at_or_after(raw: &Raw, seq: i64) -> Result<Option<CheckpointRow>, Fault> {
    let mut statement =
        raw.prepare("SELECT seq, at_us, history_head FROM checkpoint WHERE seq >= ? ORDER BY seq LIMIT 1")?;
    let mut rows = statement.rows(&[Bound::Int(seq)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let seq = row.int(0);
    let history_head = digest(row.blob(2), "checkpoint", seq, "history_head")?;
    Ok(Some(CheckpointRow { seq, at_us: row.int(1), history_head }))
}

/// A checkpoint's ranges, by (source, partition).
pub(crate) fn ranges(raw: &Raw, checkpoint: i64) -> Result<Vec<RangeRow>, Fault> {
    let mut statement = raw.prepare(
        "SELECT source, partition, first_offset, next_offset, messages, digest FROM checkpoint_range \
         WHERE checkpoint = ? ORDER BY source, partition",
    )?;
    let mut rows = statement.rows(&[Bound::Int(checkpoint)])?;
    let mut ranges = Vec::new();
    while let Some(row) = rows.next()? {
        ranges.push(RangeRow {
            source: row.int(0),
            partition: number(row.int(1), "checkpoint_range", checkpoint, "partition")?,
            first_offset: row.int(2),
            next_offset: row.int(3),
            messages: row.int(4),
            digest: digest(row.blob(5), "checkpoint_range", checkpoint, "digest")?,
        });
    }
    Ok(ranges)
}
