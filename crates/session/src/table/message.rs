//! `message`: messages as received.

use bytes::Bytes;
use plate::digest::message_digest;
use wire::Headers;

use super::{digest, number};
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Row};

pub(crate) const INSERT: &str = "INSERT INTO message \
     (seq, source, partition, offset, timestamp_ms, key, headers, body, body_sha, digest) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// A message and where its body is.
pub(crate) struct MessageRow<'a> {
    pub(crate) seq: i64,
    pub(crate) source: i64,
    pub(crate) envelope: &'a wire::Envelope,
    /// The body lies in `images/` under this name.
    pub(crate) body_sha: Option<[u8; 32]>,
    /// The message's digest.
    pub(crate) digest: &'a [u8; 32],
    /// `false` in a scratch session: only the digest is kept.
    pub(crate) keeps_body: bool,
}

pub(crate) fn insert(inserts: &mut Inserts<'_>, row: &MessageRow<'_>) -> Result<(), Fault> {
    let MessageRow { seq, source, envelope, body_sha, digest, keeps_body } = row;
    let origin = &envelope.origin;
    let headers = envelope.headers.as_bytes();
    let in_row = *keeps_body && body_sha.is_none();
    inserts.run(
        Insert::Message,
        &[
            Bound::Int(*seq),
            Bound::Int(*source),
            Bound::Int(origin.partition.into()),
            Bound::Int(origin.offset),
            Bound::Int(origin.timestamp_ms),
            Bound::optional_blob(envelope.key.as_deref().filter(|_| *keeps_body)),
            Bound::optional_blob(Some(headers).filter(|h| *keeps_body && !h.is_empty())),
            Bound::optional_blob(envelope.body.as_deref().filter(|_| in_row)),
            Bound::optional_blob(body_sha.as_ref().filter(|_| *keeps_body).map(|sha| sha.as_slice())),
            Bound::optional_blob(Some(digest.as_slice()).filter(|_| !in_row)),
        ],
    )?;
    Ok(())
}

/// Columns of a message without its bytes, for [`read_place`].
pub(crate) const PLACES: &str = "SELECT seq, source, partition, offset, timestamp_ms FROM message \
     WHERE seq BETWEEN ? AND ? ORDER BY seq";

/// Columns of a whole message, for [`read_place`], [`read_digest`] and [`read_bytes`].
pub(crate) const WHOLE: &str = "SELECT seq, source, partition, offset, timestamp_ms, key, headers, body, body_sha, digest \
     FROM message WHERE seq BETWEEN ? AND ? ORDER BY seq";

/// A message's place, by row numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) source: i64,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: i64,
}

pub(crate) fn read_place(row: &Row<'_>) -> Result<Place, Fault> {
    let seq = row.int(0);
    Ok(Place {
        seq,
        source: row.int(1),
        partition: number(row.int(2), "message", seq, "partition")?,
        offset: row.int(3),
        timestamp_ms: row.int(4),
    })
}

/// The message's digest: as stored where the body is not in the row, from the bytes otherwise.
pub(crate) fn read_digest(row: &Row<'_>) -> Result<[u8; 32], Fault> {
    match row.optional_blob(9) {
        Some(stored) => digest(stored, "message", row.int(0), "digest"),
        None => Ok(message_digest(row.int(4), row.optional_blob(5), row.blob(6), row.optional_blob(7))),
    }
}

/// Key, headers and body as they are in the row.
pub(crate) struct StoredBytes {
    pub(crate) key: Option<Bytes>,
    pub(crate) headers: Headers,
    pub(crate) body: Option<Bytes>,
    /// The body is in `images/` under this name.
    pub(crate) body_sha: Option<[u8; 32]>,
}

pub(crate) fn read_bytes(row: &Row<'_>) -> Result<StoredBytes, Fault> {
    let seq = row.int(0);
    let copy = Bytes::copy_from_slice;
    Ok(StoredBytes {
        key: row.optional_blob(5).map(copy),
        headers: Headers::from_bytes(copy(row.blob(6))).map_err(|_| Fault::field("message", seq, "headers"))?,
        body: row.optional_blob(7).map(copy),
        body_sha: row.optional_blob(8).map(|sha| digest(sha, "message", seq, "body_sha")).transpose()?,
    })
}
