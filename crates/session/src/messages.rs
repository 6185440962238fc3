//! Messages read back as they were received: the message behind anything, and those that could not be read.

use std::path::Path;
use std::sync::Arc;

use plate::{Origin, Source};
use wire::{Envelope, Kind};

use crate::fault::Fault;
use crate::raw::{Bound, Raw, Row};
use crate::reader::Reader;
use crate::stored::UndecodedMessage;
use crate::table::message::{self, Place};
use crate::table::source::SourceRow;
use crate::table::{self, batch};
use crate::{Error, images, window};

impl Reader {
    /// Calls `each` with the key and the body of messages of a kind that could not be decoded, among the entries after `from`
    /// up to `upto`, in their order, at most `limit` of them; returns how far that was: `upto`, or the `seq` of the last.
    /// Messages without a key are not among them; a body of more than 64 KiB lies in a file and is not read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn undecoded_of(
        &mut self,
        kind: Kind,
        (from, upto): (i64, i64),
        limit: usize,
        mut each: impl FnMut(&[u8], Option<&[u8]>),
    ) -> Result<i64, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare(table::undecoded::OF_KIND)?;
            let most = i64::try_from(limit).unwrap_or(i64::MAX);
            let (after, last) = (table::last_id(from), table::last_id(upto));
            let range = [Bound::Int(after), Bound::Int(last), Bound::Text(kind.as_str()), Bound::Int(most)];
            let mut rows = statement.rows(&range)?;
            let (mut read, mut seq) = (0, from);
            while let Some(row) = rows.next()? {
                each(row.blob(1), row.optional_blob(2));
                (read, seq) = (read + 1, table::split_id(row.int(0)).0);
            }
            Ok(if read < limit { upto } else { seq })
        })
    }

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
                let Message { seq, envelope, .. } = whole(raw, &row, &sources, folder)?;
                let reason = row.text(10).unwrap_or_default().to_owned();
                messages.push(UndecodedMessage { seq, envelope, reason });
            }
            Ok(messages)
        })
    }

    /// The message at a place of a stream, with its `seq`; as [`Reader::message`].
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
            let Some(seq) = found else { return Ok(None) };
            Ok(one_message(raw, &sources, folder, seq)?.map(|message| (seq, message.envelope)))
        })
    }

    /// The message at a place in the session; `None` where another kind of entry stands, or nothing. It has no body where
    /// that was left out of a bundle ([`Reader::left_out_bytes`]).
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn message(&mut self, seq: i64) -> Result<Option<Envelope>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            Ok(one_message(raw, &sources, folder, seq)?.map(|message| message.envelope))
        })
    }
}

/// A message read back.
pub(crate) struct Message {
    pub(crate) seq: i64,
    /// As received; without its body where that was left out.
    pub(crate) envelope: Envelope,
    /// Its digest where the body is a file, and the body's.
    pub(crate) in_file: Option<([u8; 32], [u8; 32])>,
    /// The bytes of a body that was left out of the bundle that the session came in.
    pub(crate) left_out: Option<u64>,
}

/// A whole message; its body may come from a file.
pub(crate) fn whole(raw: &Raw, row: &Row<'_>, sources: &[SourceRow], folder: &Path) -> Result<Message, Fault> {
    let Place { seq, source, partition, offset, timestamp_ms } = message::read_place(row)?;
    let stored = message::read_bytes(row)?;
    let source = sources
        .iter()
        .find(|row| row.id == source)
        .ok_or_else(|| Fault::Damaged(format!("source {source} is not in table source")))?;
    let (mut body, mut in_file, mut left_out) = (stored.body, None, None);
    if let Some(sha256) = stored.body_sha {
        in_file = Some((message::read_digest(row)?, sha256));
        match images::load(folder, &sha256) {
            Ok(bytes) => body = Some(bytes),
            Err(gone @ Error::Damaged { .. }) => {
                left_out = Some(table::bundle::left_out(raw, &sha256)?.ok_or(gone)?);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let origin = Origin { source: Arc::clone(&source.source), partition, offset, timestamp_ms };
    let envelope = Envelope { origin, kind: source.kind, key: stored.key, headers: stored.headers, body };
    Ok(Message { seq, envelope, in_file, left_out })
}

/// A message by its `seq`.
pub(crate) fn one_message(raw: &Raw, sources: &[SourceRow], folder: &Path, seq: i64) -> Result<Option<Message>, Fault> {
    let mut statement = raw.prepare(message::WHOLE)?;
    let mut rows = statement.rows(&window::seqs(seq - 1, seq))?;
    rows.next()?.map(|row| whole(raw, &row, sources, folder)).transpose()
}
