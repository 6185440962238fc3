//! `undecoded`: messages from which nothing could be read, and why.

use super::record_id;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::Bound;

pub(crate) const INSERT: &str = "INSERT INTO undecoded (id, reason) VALUES (?, ?)";

/// Numbers of undecoded messages.
pub(crate) const IN_RANGE: &str = "SELECT id, reason FROM undecoded WHERE id BETWEEN ? AND ? ORDER BY id";

/// The next undecoded messages, whole: columns of `message::WHOLE` and the reason.
pub(crate) const PAGE: &str = "SELECT m.seq, m.source, m.partition, m.offset, m.timestamp_ms, m.key, m.headers, m.body, \
     m.body_sha, m.digest, u.reason FROM undecoded u CROSS JOIN message m ON m.seq = u.id >> 16 \
     WHERE u.id > ? ORDER BY u.id LIMIT ?";

/// The next undecoded messages with a key, of the sources of one kind: number, key, and a body that is in its row.
pub(crate) const OF_KIND: &str = "SELECT u.id, m.key, m.body FROM undecoded u CROSS JOIN message m ON m.seq = u.id >> 16 \
     WHERE u.id > ? AND u.id <= ? AND m.key <> x'' AND m.source IN (SELECT id FROM source WHERE kind = ?) \
     ORDER BY u.id LIMIT ?";

pub(crate) fn insert(inserts: &mut Inserts<'_>, seq: i64, reason: &str) -> Result<(), Fault> {
    inserts.run(Insert::Undecoded, &[Bound::Int(record_id(seq, 0)), Bound::Text(reason)])?;
    Ok(())
}
