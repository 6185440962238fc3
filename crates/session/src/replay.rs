//! A session given back as it came: the same batches with the same bytes and times, local records between them.

use std::collections::VecDeque;
use std::path::Path;

use plate::{LocalRecord, Record};
use wire::{Batch, Envelope};

use crate::messages::whole;
use crate::reader::Reader;
use crate::table::session::SessionMeta;
use crate::table::{self, batch, message};
use crate::{Error, window};

/// What a replay gives.
#[derive(Debug, Clone)]
pub enum ReplayItem {
    /// Messages of one commit, in order. A local record in the middle of a commit parts it in two.
    Batch(Batch),
    /// A message whose body was left out of the bundle that the session came in: what was read in it is played.
    LeftOut(Box<LeftOutMessage>),
    /// What a person or Plateside did.
    Local {
        /// When it was committed, microseconds since 1970 UTC.
        received_at_us: i64,
        /// What.
        record: LocalRecord,
    },
}

/// A message without its body, and what was read in it.
#[derive(Debug, Clone)]
pub struct LeftOutMessage {
    /// When it was received, microseconds since 1970 UTC.
    pub received_at_us: i64,
    /// The message, without a body.
    pub envelope: Envelope,
    /// Its digest ([`plate::digest::message_digest`]), as it was with the body.
    pub digest: [u8; 32],
    /// The SHA-256 of its body.
    pub body_sha256: [u8; 32],
    /// Its records; there is at least one plane among them.
    pub records: Vec<Record>,
}

/// What stands between two local records of a commit.
enum Played {
    Message(Envelope),
    LeftOut(Box<LeftOutMessage>),
}

/// Reads a session from its start, commit by commit. Alerts are left out: whoever replays judges again.
#[derive(Debug)]
pub struct ReplaySource {
    reader: Reader,
    after_seq: i64,
    upto_seq: i64,
    ready: VecDeque<ReplayItem>,
}

impl ReplaySource {
    /// Opens a session for replay, up to what is committed now.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub async fn open(folder: &Path) -> Result<ReplaySource, Error> {
        let mut reader = Reader::open(folder).await?;
        let upto_seq = reader.last_seq().await?;
        Ok(ReplaySource { reader, after_seq: 0, upto_seq, ready: VecDeque::new() })
    }

    /// What the session is.
    #[must_use]
    pub fn meta(&self) -> &SessionMeta {
        self.reader.meta()
    }

    /// The last `seq` that was given, and the last of all: how far the replay is.
    #[must_use]
    pub fn progress(&self) -> (i64, i64) {
        (self.after_seq, self.upto_seq)
    }

    /// The next item; `None` at the end. Memory holds one commit, as when it was recorded.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`] (a body's file may be gone), [`Error::Io`].
    pub async fn next(&mut self) -> Result<Option<ReplayItem>, Error> {
        while self.ready.is_empty() && self.after_seq < self.upto_seq {
            let after = self.after_seq;
            let (items, last_seq) = self.reader.look(|raw, names, folder| {
                let Some(commit) = batch::at_or_after(raw, after + 1)? else { return Ok((Vec::new(), None)) };
                let first = commit.first_seq - 1;
                let sources = table::source::load(raw)?;
                let mut messages: Vec<(i64, Played)> = Vec::new();
                let mut statement = raw.prepare(message::WHOLE)?;
                let mut rows = statement.rows(&window::seqs(first, commit.last_seq))?;
                while let Some(row) = rows.next()? {
                    let message = whole(raw, &row, &sources, folder)?;
                    let (seq, envelope) = (message.seq, message.envelope);
                    let played = match (message.left_out, message.in_file) {
                        (Some(_), Some((digest, body_sha256))) => {
                            let records = window::records(raw, names, window::What::ALL, seq - 1, seq)?;
                            let records = records.into_iter().map(|(_, record)| record).collect();
                            let received_at_us = commit.received_at_us;
                            let left_out = LeftOutMessage { received_at_us, envelope, digest, body_sha256, records };
                            Played::LeftOut(Box::new(left_out))
                        }
                        _ => Played::Message(envelope),
                    };
                    messages.push((seq, played));
                }
                let mut locals = Vec::new();
                for local in window::locals(raw, first, commit.last_seq)? {
                    locals.push((local.seq, local.record));
                }
                Ok((interleave(commit.received_at_us, messages, locals), Some(commit.last_seq)))
            })?;
            self.ready.extend(items);
            self.after_seq = last_seq.unwrap_or(self.upto_seq);
        }
        Ok(self.ready.pop_front())
    }
}

fn interleave(received_at_us: i64, messages: Vec<(i64, Played)>, locals: Vec<(i64, LocalRecord)>) -> Vec<ReplayItem> {
    let mut items = Vec::new();
    let mut messages = messages.into_iter().peekable();
    let mut batch = |upto: i64, items: &mut Vec<ReplayItem>| {
        let mut envelopes = Vec::new();
        let flush = |envelopes: &mut Vec<Envelope>, items: &mut Vec<ReplayItem>| {
            if !envelopes.is_empty() {
                items.push(ReplayItem::Batch(Batch { received_at_us, envelopes: std::mem::take(envelopes) }));
            }
        };
        while let Some((_, played)) = messages.next_if(|(seq, _)| *seq < upto) {
            match played {
                Played::Message(envelope) => envelopes.push(envelope),
                Played::LeftOut(left_out) => {
                    flush(&mut envelopes, items);
                    items.push(ReplayItem::LeftOut(left_out));
                }
            }
        }
        flush(&mut envelopes, items);
    };
    for (seq, record) in locals {
        batch(seq, &mut items);
        items.push(ReplayItem::Local { received_at_us, record });
    }
    batch(i64::MAX, &mut items);
    items
}
