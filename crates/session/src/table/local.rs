//! `local`: what people did and Plateside decided, as a hash chain (`DATA.md` 18).

use plate::LocalRecord;
use plate::digest::FieldHasher;

use super::digest;
use crate::Error;
use crate::audit::AuditLine;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str =
    "INSERT INTO local (seq, at_ms, by, kind, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)";

/// Columns for [`read`], by `seq`.
pub(crate) const IN_RANGE: &str =
    "SELECT seq, at_ms, by, kind, body, prev_hash, hash FROM local WHERE seq BETWEEN ? AND ? ORDER BY seq";

/// Columns for [`line`], after a `seq`, at most so many.
pub(crate) const AFTER: &str =
    "SELECT seq, at_ms, by, kind, body, prev_hash, hash FROM local WHERE seq > ? ORDER BY seq LIMIT ?";

/// A link of the chain: over the link before it and everything that the row says.
pub(crate) fn link(previous: &[u8; 32], seq: i64, at_ms: i64, by: &str, kind: &str, body: &str) -> [u8; 32] {
    let mut hasher = FieldHasher::new("plateside local 1");
    hasher.fixed(previous);
    hasher.number(seq);
    hasher.number(at_ms);
    for text in [by, kind, body] {
        hasher.text(text);
    }
    hasher.finish()
}

/// Inserts one; returns its link.
pub(crate) fn insert(
    inserts: &mut Inserts<'_>,
    seq: i64,
    record: &LocalRecord,
    previous: &[u8; 32],
) -> Result<[u8; 32], Fault> {
    let kind = wire::local_kind(&record.body);
    let unwritable = |reason: String| Error::Unwritable { what: format!("the {kind} record"), reason };
    let body = wire::local_to_json(&record.body).map_err(|error| unwritable(error.to_string()))?;
    // One that could not be read back would make all of the session unreadable.
    wire::local_from_json(&body).map_err(|error| unwritable(error.to_string()))?;
    let hash = link(previous, seq, record.at_ms, &record.by, kind, &body);
    inserts.run(
        Insert::Local,
        &[
            Bound::Int(seq),
            Bound::Int(record.at_ms),
            Bound::Text(&record.by),
            Bound::Text(kind),
            Bound::Text(&body),
            Bound::Blob(previous),
            Bound::Blob(&hash),
        ],
    )?;
    Ok(hash)
}

/// A row with both of its hashes and the link that its contents give.
pub(crate) struct LocalRow {
    pub(crate) seq: i64,
    pub(crate) record: LocalRecord,
    pub(crate) prev_hash: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) derived: [u8; 32],
}

pub(crate) fn read(row: &Row<'_>) -> Result<LocalRow, Fault> {
    let seq = row.int(0);
    let (Some(by), Some(kind), Some(body)) = (row.text(2), row.text(3), row.text(4)) else {
        return Err(Fault::field("local", seq, "text"));
    };
    let prev_hash = digest(row.blob(5), "local", seq, "prev_hash")?;
    let record = wire::local_from_json(body)
        .map_err(|e| Fault::Damaged(format!("row {seq} of table local cannot be read: {e}")))?;
    Ok(LocalRow {
        seq,
        prev_hash,
        hash: digest(row.blob(6), "local", seq, "hash")?,
        derived: link(&prev_hash, seq, row.int(1), by, kind, body),
        record: LocalRecord { at_ms: row.int(1), by: by.into(), body: record },
    })
}

/// A row as it stands, whether or not its body can be read.
pub(crate) fn line(row: &Row<'_>) -> Result<AuditLine, Fault> {
    let (seq, at_ms) = (row.int(0), row.int(1));
    let (Some(by), Some(kind), Some(body)) = (row.text(2), row.text(3), row.text(4)) else {
        return Err(Fault::field("local", seq, "text"));
    };
    let prev_hash = digest(row.blob(5), "local", seq, "prev_hash")?;
    let hash = digest(row.blob(6), "local", seq, "hash")?;
    let holds = link(&prev_hash, seq, at_ms, by, kind, body) == hash;
    let (by, kind, body) = (by.to_owned(), kind.to_owned(), body.to_owned());
    Ok(AuditLine { seq, at_ms, by, kind, body, prev_hash, hash, holds })
}

/// The last link; zeros without any.
pub(crate) fn last_link(raw: &Raw) -> Result<[u8; 32], Fault> {
    let mut statement = raw.prepare("SELECT seq, hash FROM local ORDER BY seq DESC LIMIT 1")?;
    let mut rows = statement.rows(&[])?;
    rows.next()?.map_or(Ok([0; 32]), |row| digest(row.blob(1), "local", row.int(0), "hash"))
}
