//! `batch` and `batch_range`: commits, and where each one's messages of a partition begin.

use super::source::StreamKey;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, RawError};

pub(crate) const INSERT: &str = "INSERT INTO batch (first_seq, last_seq, received_at_us) VALUES (?, ?, ?)";
pub(crate) const INSERT_RANGE: &str =
    "INSERT INTO batch_range (source, partition, first_offset, first_seq) VALUES (?, ?, ?, ?)";

/// One commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchRow {
    pub(crate) first_seq: i64,
    pub(crate) last_seq: i64,
    pub(crate) received_at_us: i64,
}

pub(crate) fn insert(inserts: &mut Inserts<'_>, row: BatchRow) -> Result<(), RawError> {
    inserts.run(Insert::Batch, &[Bound::Int(row.first_seq), Bound::Int(row.last_seq), Bound::Int(row.received_at_us)])
}

pub(crate) fn insert_range(
    inserts: &mut Inserts<'_>,
    (source, partition): StreamKey,
    first_offset: i64,
    first_seq: i64,
) -> Result<(), RawError> {
    inserts.run(
        Insert::BatchRange,
        &[Bound::Int(source), Bound::Int(partition.into()), Bound::Int(first_offset), Bound::Int(first_seq)],
    )
}

/// The commit that holds `seq`, or the first one after it.
pub(crate) fn at_or_after(raw: &Raw, seq: i64) -> Result<Option<BatchRow>, Fault> {
    const SELECT: &str = "SELECT first_seq, last_seq, received_at_us FROM batch WHERE first_seq >= \
         coalesce((SELECT max(first_seq) FROM batch WHERE first_seq <= ?1), ?1) AND last_seq >= ?1 \
         ORDER BY first_seq LIMIT 1";
    let mut statement = raw.prepare(SELECT)?;
    let mut rows = statement.rows(&[Bound::Int(seq)])?;
    Ok(rows.next()?.map(|row| BatchRow { first_seq: row.int(0), last_seq: row.int(1), received_at_us: row.int(2) }))
}

/// The last seq of all; 0 for none.
pub(crate) fn last_seq(raw: &Raw) -> Result<i64, Fault> {
    let mut statement = raw.prepare("SELECT last_seq FROM batch ORDER BY first_seq DESC LIMIT 1")?;
    let mut rows = statement.rows(&[])?;
    Ok(rows.next()?.map_or(0, |row| row.int(0)))
}

/// The commit in whose range an offset would be.
pub(crate) fn holding_offset(
    raw: &Raw,
    (source, partition): StreamKey,
    offset: i64,
) -> Result<Option<BatchRow>, Fault> {
    let mut statement = raw.prepare(
        "SELECT first_seq FROM batch_range WHERE source = ? AND partition = ? AND first_offset <= ? \
         ORDER BY first_offset DESC LIMIT 1",
    )?;
    let mut rows = statement.rows(&[Bound::Int(source), Bound::Int(partition.into()), Bound::Int(offset)])?;
    match rows.next()?.map(|row| row.int(0)) {
        Some(first_seq) => at_or_after(raw, first_seq),
        None => Ok(None),
    }
}
