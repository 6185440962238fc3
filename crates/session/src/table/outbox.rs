//! `outbox`: events that people made here, until the broker has them; `draft`: what they have begun.

use bytes::Bytes;
use plate::{LocalBody, ReviewRecord};
use wire::Headers;

use crate::Error;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str = "INSERT INTO outbox (seq, event, source, key, headers, body) VALUES (?, ?, ?, ?, ?, ?)";

pub(crate) const DELIVERED: &str = "UPDATE outbox SET delivered_seq = ? WHERE event = ? AND delivered_seq IS NULL";

/// Columns for [`read`]: what the broker does not have, oldest first, at most so many.
pub(crate) const WAITING: &str = "SELECT seq, event, source, key, headers, body FROM outbox \
     WHERE delivered_seq IS NULL AND seq > ? ORDER BY seq LIMIT ?";

/// An event that the broker does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Where the session has it.
    pub seq: i64,
    /// `ce_id`.
    pub event: Box<str>,
    /// `ce_source`: which installation and session made it.
    pub source: Box<str>,
    /// The message's key.
    pub key: Bytes,
    /// Its headers.
    pub headers: Headers,
    /// Its body.
    pub body: Bytes,
}

/// What a local record means for the outbox.
pub(crate) fn note(inserts: &mut Inserts<'_>, seq: i64, body: &LocalBody) -> Result<(), Fault> {
    match body {
        LocalBody::Event(event) => insert(inserts, seq, event),
        LocalBody::Delivered { event, .. } => delivered(inserts, seq, event),
        _ => Ok(()),
    }
}

fn insert(inserts: &mut Inserts<'_>, seq: i64, event: &ReviewRecord) -> Result<(), Fault> {
    let unwritable =
        |error: wire::EncodeError| Error::Unwritable { what: format!("event {}", event.id), reason: error.to_string() };
    let (headers, body) = wire::encode_review(event).map_err(unwritable)?;
    let key = wire::message_key(&event.plate);
    Ok(inserts.run(
        Insert::Outbox,
        &[
            Bound::Int(seq),
            Bound::Text(&event.id),
            Bound::Text(&event.source),
            Bound::Blob(key.as_bytes()),
            Bound::Blob(headers.as_bytes()),
            Bound::Blob(&body),
        ],
    )?)
}

/// The broker has an event: by its own word, or because it was read back.
pub(crate) fn delivered(inserts: &mut Inserts<'_>, seq: i64, event: &str) -> Result<(), Fault> {
    Ok(inserts.run(Insert::Delivered, &[Bound::Int(seq), Bound::Text(event)])?)
}

pub(crate) fn read(row: &Row<'_>) -> Result<OutboxRow, Fault> {
    let seq = row.int(0);
    let (Some(event), Some(source)) = (row.text(1), row.text(2)) else {
        return Err(Fault::field("outbox", seq, "event"));
    };
    let headers = Headers::from_bytes(Bytes::copy_from_slice(row.blob(4)));
    Ok(OutboxRow {
        seq,
        event: event.into(),
        source: source.into(),
        key: Bytes::copy_from_slice(row.blob(3)),
        headers: headers.map_err(|_| Fault::field("outbox", seq, "headers"))?,
        body: Bytes::copy_from_slice(row.blob(5)),
    })
}

/// Keeps a draft, or lets it go.
pub(crate) fn keep_draft(raw: &Raw, name: &str, at_ms: i64, body: Option<&str>) -> Result<(), Fault> {
    match body {
        Some(body) => {
            let mut statement = raw.prepare("INSERT OR REPLACE INTO draft (name, at_ms, body) VALUES (?, ?, ?)")?;
            statement.run(&[Bound::Text(name), Bound::Int(at_ms), Bound::Text(body)])?;
        }
        None => raw.prepare("DELETE FROM draft WHERE name = ?")?.run(&[Bound::Text(name)])?,
    }
    Ok(())
}
