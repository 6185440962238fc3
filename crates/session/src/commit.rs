//! What one commit holds, and how it becomes rows.

use std::collections::HashMap;

use bytes::Bytes;
use plate::{Alert, LocalRecord, Pixels, Record};
use wire::{Decoded, Envelope};

use crate::fault::Fault;
use crate::history::{EntryKind, alert_digest};
use crate::inserts::Inserts;
use crate::raw::Raw;
use crate::state::State;
use crate::table::batch::{self, BatchRow};
use crate::table::message::{self, MessageRow};
use crate::table::source::StreamKey;
use crate::table::{self, RECORDS_PER_MESSAGE, record_id, split_id};
use crate::{Error, images};

/// What is committed together: all of it, or nothing.
#[derive(Debug, Clone)]
pub struct Commit {
    /// When the messages were received, or the local records made; microseconds since 1970 UTC.
    pub received_at_us: i64,
    /// In the order of `seq`, which goes on from [`crate::Writer::next_seq`] without gaps.
    pub entries: Vec<Entry>,
}

/// One entry of a session.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every entry is a message; boxing it would cost an allocation each"
)]
pub enum Entry {
    /// A message and what was decoded from it.
    Message {
        /// Its place in the session.
        seq: i64,
        /// As received.
        envelope: Envelope,
        /// [`plate::digest::message_digest`].
        digest: [u8; 32],
        /// The records, or why there are none.
        outcome: Decoded,
        /// [`crate::outcome_digest`] of just this outcome.
        outcome_digest: [u8; 32],
        /// The SHA-256 of a body that was left out of the bundle that is replayed; the envelope has none then.
        left_out: Option<[u8; 32]>,
    },
    /// A rule's state changed; it stands right after its cause.
    Alert {
        /// Its place in the session.
        seq: i64,
        /// The alert.
        alert: Alert,
    },
    /// A person or Plateside did something.
    Local {
        /// Its place in the session.
        seq: i64,
        /// What.
        record: LocalRecord,
    },
}

impl Entry {
    /// Its place in the session.
    #[must_use]
    pub fn seq(&self) -> i64 {
        match self {
            Entry::Message { seq, .. } | Entry::Alert { seq, .. } | Entry::Local { seq, .. } => *seq,
        }
    }
}

impl Commit {
    /// Bodies that are files, with their digests, by the seq of their message.
    pub(crate) fn large_bodies(&self) -> Vec<(i64, Bytes)> {
        let large = |entry: &Entry| match entry {
            Entry::Message { seq, envelope, .. } => {
                envelope.body.clone().filter(|body| body.len() > images::INLINE_BYTES).map(|body| (*seq, body))
            }
            _ => None,
        };
        self.entries.iter().filter_map(large).collect()
    }

    /// Whether a person's or Plateside's own record is among the entries.
    pub(crate) fn has_local(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Local { .. }))
    }

    /// Refuses entries that do not go on from `state`, before anything is written.
    pub(crate) fn check(&self, state: &State) -> Result<(), Error> {
        for (expected, entry) in (state.next_seq..).zip(&self.entries) {
            if entry.seq() != expected {
                return Err(Error::OutOfSequence { expected, found: entry.seq() });
            }
            if let Entry::Message { envelope, outcome: Decoded::Records(records), .. } = entry
                && records.len() > RECORDS_PER_MESSAGE
            {
                let origin = &envelope.origin;
                return Err(Error::TooManyRecords {
                    topic: origin.source.topic.to_string(),
                    partition: origin.partition,
                    offset: origin.offset,
                    records: records.len(),
                });
            }
        }
        Ok(())
    }
}

/// Writes a commit's rows inside the open transaction and takes them into `state`, which is void if this fails.
pub(crate) fn write(
    raw: &Raw,
    state: &mut State,
    commit: &Commit,
    body_shas: &HashMap<i64, [u8; 32]>,
) -> Result<(), Fault> {
    let mut inserts = Inserts::new(raw);
    let mut touched: Vec<(StreamKey, i64)> = Vec::new();
    let mut scratch = Vec::new();
    let first_seq = state.next_seq;
    for entry in &commit.entries {
        let (kind, digest) = match entry {
            Entry::Message { seq, envelope, digest, outcome, outcome_digest, left_out } => {
                let source = state.source(raw, &envelope.origin.source, envelope.kind)?;
                let stream = (source, envelope.origin.partition);
                if !touched.iter().any(|(known, _)| *known == stream) {
                    touched.push((stream, envelope.origin.offset));
                }
                state.advance(stream, &envelope.origin, digest)?;
                let body_sha = body_shas.get(seq).copied();
                let keeps_body = state.keeps_bodies;
                message::insert(
                    &mut inserts,
                    &MessageRow { seq: *seq, source, envelope, body_sha, digest, keeps_body },
                )?;
                match outcome {
                    Decoded::Records(records) => {
                        for (index, record) in (0..=u16::MAX).zip(records) {
                            let id = record_id(*seq, index);
                            insert_record(
                                raw,
                                &mut inserts,
                                state,
                                id,
                                record,
                                envelope,
                                body_sha.or(*left_out),
                                &mut scratch,
                            )?;
                        }
                    }
                    Decoded::Undecoded(undecoded) => {
                        table::undecoded::insert(&mut inserts, *seq, &undecoded.reason)?;
                    }
                }
                (EntryKind::Message, *outcome_digest)
            }
            Entry::Alert { seq, alert } => {
                let plate = state.numbers.plate(raw, &alert.plate)?;
                table::alert::insert(&mut inserts, *seq, plate, alert)?;
                (EntryKind::Alert, alert_digest(alert))
            }
            Entry::Local { seq, record } => {
                state.local_head = table::local::insert(&mut inserts, *seq, record, &state.local_head)?;
                (EntryKind::Local, state.local_head)
            }
        };
        state.next_seq += 1;
        if let Some((segment, head)) = state.history.push(kind, &digest) {
            table::history::insert(&mut inserts, segment, &head)?;
        }
    }
    let row = BatchRow { first_seq, last_seq: state.next_seq - 1, received_at_us: commit.received_at_us };
    batch::insert(&mut inserts, row)?;
    for (stream, first_offset) in touched {
        batch::insert_range(&mut inserts, stream, first_offset, first_seq)?;
        if let Some(position) = state.positions.get(&stream) {
            table::position::upsert(&mut inserts, stream, position)?;
        }
    }
    if state.checkpoint_is_due(commit.received_at_us) {
        state.checkpoint(&mut inserts, commit.received_at_us)?;
    }
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "one call, in the loop above")]
fn insert_record(
    raw: &Raw,
    inserts: &mut Inserts<'_>,
    state: &mut State,
    id: i64,
    record: &Record,
    envelope: &Envelope,
    body_sha: Option<[u8; 32]>,
    scratch: &mut Vec<u8>,
) -> Result<(), Fault> {
    let plate = state.numbers.plate(raw, record.plate())?;
    match record {
        Record::Result(result) => {
            let list = state.numbers.feature_list(raw, result.features.list())?;
            state.note_segment(inserts, plate, split_id(id).0)?;
            table::result::insert(inserts, (id, plate, list), result, scratch)
        }
        Record::Layout(layout) => table::layout::insert(inserts, id, plate, layout),
        Record::Image(image) => {
            let is_piece = image.chunk.is_some() && matches!(image.pixels, Pixels::Inline { .. });
            let piece = is_piece
                .then(|| body_sha.unwrap_or_else(|| images::sha256(envelope.body.as_deref().unwrap_or_default())));
            table::image::insert(inserts, (id, plate), image, piece.as_ref())
        }
        Record::Stage(stage) => table::stage::insert(inserts, id, plate, stage),
        Record::Flag(_) | Record::Task(_) | Record::Review(_) => table::said::insert(inserts, id, plate, record),
    }
}
