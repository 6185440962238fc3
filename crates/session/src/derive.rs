//! Entries' digests from their rows: what the writer takes up again, and what `verify` compares.

use std::sync::Arc;

use plate::{Origin, Record};

use crate::fault::Fault;
use crate::history::{EntryKind, alert_digest, outcome_of};
use crate::names::Names;
use crate::raw::Raw;
use crate::table::local::LocalRow;
use crate::table::message::{self, Place};
use crate::table::source::SourceRow;
use crate::table::{self, id_range, split_id};
use crate::window;

/// Entries that are held at a time.
pub(crate) const WINDOW: i64 = 1024;

/// One entry as its rows say it.
pub(crate) struct Derived {
    pub(crate) seq: i64,
    pub(crate) kind: EntryKind,
    /// Its part in the history digest.
    pub(crate) digest: [u8; 32],
    /// For a message.
    pub(crate) message: Option<DerivedMessage>,
    /// For a local record.
    pub(crate) local: Option<LocalRow>,
}

/// The message of an entry.
pub(crate) struct DerivedMessage {
    pub(crate) source: i64,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: i64,
    /// [`plate::digest::message_digest`], as stored where the body is a file.
    pub(crate) digest: [u8; 32],
    /// The body is a file; its key and headers' digest needs it.
    pub(crate) body_sha: Option<[u8; 32]>,
    pub(crate) records: usize,
    pub(crate) is_undecoded: bool,
}

/// The entries `after < seq <= upto`, in order; gaps are the caller's to see.
pub(crate) fn entries(
    raw: &Raw,
    names: &mut Names,
    sources: &[SourceRow],
    after: i64,
    upto: i64,
) -> Result<Vec<Derived>, Fault> {
    let mut entries = messages(raw, names, sources, after, upto)?;
    for (seq, alert) in window::alerts(raw, names, after, upto)? {
        let digest = alert_digest(&alert);
        entries.push(Derived { seq, kind: EntryKind::Alert, digest, message: None, local: None });
    }
    for local in window::locals(raw, after, upto)? {
        let (seq, digest) = (local.seq, local.derived);
        entries.push(Derived { seq, kind: EntryKind::Local, digest, message: None, local: Some(local) });
    }
    entries.sort_by_key(|entry| entry.seq);
    Ok(entries)
}

fn messages(raw: &Raw, names: &mut Names, sources: &[SourceRow], after: i64, upto: i64) -> Result<Vec<Derived>, Fault> {
    let records = window::records(raw, names, window::What::ALL, after, upto)?;
    let undecoded = undecoded(raw, after, upto)?;
    let mut records = records.as_slice();
    let mut statement = raw.prepare(message::WHOLE)?;
    let mut rows = statement.rows(&window::seqs(after, upto))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let Place { seq, source, partition, offset, timestamp_ms } = message::read_place(&row)?;
        let digest = message::read_digest(&row)?;
        let own = records.partition_point(|(id, _)| split_id(*id).0 <= seq);
        let (mine, rest) = records.split_at(own);
        records = rest;
        let mine: Vec<&Record> =
            mine.iter().filter(|(id, _)| split_id(*id).0 == seq).map(|(_, record)| record).collect();
        let is_undecoded = undecoded.binary_search(&seq).is_ok();
        let origin = Origin { source: Arc::clone(window::source(sources, source)?), partition, offset, timestamp_ms };
        let outcome = (!is_undecoded).then(|| mine.iter().copied());
        entries.push(Derived {
            seq,
            kind: EntryKind::Message,
            digest: outcome_of(&origin, &digest, outcome),
            message: Some(DerivedMessage {
                source,
                partition,
                offset,
                timestamp_ms,
                digest,
                body_sha: row.optional_blob(8).map(|sha| table::digest(sha, "message", seq, "body_sha")).transpose()?,
                records: mine.len(),
                is_undecoded,
            }),
            local: None,
        });
    }
    Ok(entries)
}

fn undecoded(raw: &Raw, after: i64, upto: i64) -> Result<Vec<i64>, Fault> {
    let mut statement = raw.prepare(table::undecoded::IN_RANGE)?;
    let mut rows = statement.rows(&id_range(after, upto))?;
    let mut seqs = Vec::new();
    while let Some(row) = rows.next()? {
        seqs.push(split_id(row.int(0)).0);
    }
    Ok(seqs)
}
