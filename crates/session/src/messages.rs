//! Messages read back as they were received: the message behind anything, and those that could not be read.

use std::path::Path;
use std::sync::Arc;

use plate::{Origin, Source};
use wire::Envelope;

use crate::fault::Fault;
use crate::raw::{Bound, Raw, Row};
use crate::reader::Reader;
use crate::stored::UndecodedMessage;
use crate::table::message::{self, Place};
use crate::table::source::SourceRow;
use crate::table::{self, batch};
use crate::{Error, images, window};

impl Reader {
    /// Undecoded messages after `after_seq`, at most `limit`, with their bytes.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`] (a body's file may be gone).
    pub async fn undecoded(&mut self, after_seq: i64, limit: usize) -> Result<Vec<UndecodedMessage>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            let mut statement = raw.prepare(table::undecoded::PAGE)?;
            let after = table::record_id(after_seq.max(0), u16::MAX);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.rows(&[Bound::Int(after), Bound::Int(limit)])?;
            let mut messages = Vec::new();
            while let Some(row) = rows.next()? {
                let (seq, envelope) = envelope(&row, &sources, folder)?;
                let reason = row.text(10).unwrap_or_default().to_owned();
                messages.push(UndecodedMessage { seq, envelope, reason });
            }
            Ok(messages)
        })
    }

    /// The message at a place of a stream, with its `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn message_at(
        &mut self,
        source: &Source,
        partition: i32,
        offset: i64,
    ) -> Result<Option<(i64, Envelope)>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            let Some(row) = sources.iter().find(|row| *row.source == *source) else { return Ok(None) };
            let stream = (row.id, partition);
            let Some(commit) = batch::holding_offset(raw, stream, offset)? else { return Ok(None) };
            let found = {
                let mut statement = raw.prepare(message::PLACES)?;
                let mut rows = statement.rows(&window::seqs(commit.first_seq - 1, commit.last_seq))?;
                let mut found = None;
                while let Some(row) = rows.next()? {
                    let place = message::read_place(&row)?;
                    if (place.source, place.partition, place.offset) == (stream.0, partition, offset) {
                        found = Some(place.seq);
                        break;
                    }
                }
                found
            };
            found.map_or(Ok(None), |seq| one_message(raw, &sources, folder, seq))
        })
    }

    /// The message at a place in the session; `None` where another kind of entry stands, or nothing.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn message(&mut self, seq: i64) -> Result<Option<Envelope>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            Ok(one_message(raw, &sources, folder, seq)?.map(|(_, envelope)| envelope))
        })
    }
}

/// A whole message as an envelope; its body may come from a file.
pub(crate) fn envelope(row: &Row<'_>, sources: &[SourceRow], folder: &Path) -> Result<(i64, Envelope), Fault> {
    let Place { seq, source, partition, offset, timestamp_ms } = message::read_place(row)?;
    let stored = message::read_bytes(row)?;
    let source = sources
        .iter()
        .find(|row| row.id == source)
        .ok_or_else(|| Fault::Damaged(format!("source {source} is not in table source")))?;
    let body = match stored.body_sha {
        Some(sha256) => Some(images::load(folder, &sha256)?),
        None => stored.body,
    };
    let origin = Origin { source: Arc::clone(&source.source), partition, offset, timestamp_ms };
    Ok((seq, Envelope { origin, kind: source.kind, key: stored.key, headers: stored.headers, body }))
}

/// A message by its `seq`.
pub(crate) fn one_message(
    raw: &Raw,
    sources: &[SourceRow],
    folder: &Path,
    seq: i64,
) -> Result<Option<(i64, Envelope)>, Fault> {
    let mut statement = raw.prepare(message::WHOLE)?;
    let mut rows = statement.rows(&window::seqs(seq - 1, seq))?;
    rows.next()?.map(|row| envelope(&row, sources, folder)).transpose()
}
