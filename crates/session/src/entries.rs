//! Entries read back in the order of `seq`: what a board is rebuilt from.

use std::sync::Arc;

use plate::{Alert, Origin, Record};

use crate::Error;
use crate::fault::Fault;
use crate::names::Names;
use crate::raw::Raw;
use crate::reader::Reader;
use crate::stored::{StoredBody, StoredEntry};
use crate::table::message::{self, Place};
use crate::table::source::SourceRow;
use crate::table::{self, batch, split_id};
use crate::window::{self, What};

/// Entries that are looked at in one go.
const WINDOW: i64 = 1024;

/// A page of entries ends early once its results hold about this many bytes.
const PAGE_BYTES: usize = 16 << 20;

impl Reader {
    /// Entries of every kind after `after_seq` in the order of (`seq`, index): none only at the end. About `limit` of
    /// them, fewer where they are large; a message's records always come together.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn entries(&mut self, after_seq: i64, limit: usize) -> Result<Vec<StoredEntry>, Error> {
        self.entries_of(What::ALL, after_seq, limit).await
    }

    /// As [`Reader::entries`], of some kinds.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn entries_of(&mut self, what: What, after_seq: i64, limit: usize) -> Result<Vec<StoredEntry>, Error> {
        self.look(|raw, names, _| {
            let last_seq = batch::last_seq(raw)?;
            let sources = table::source::load(raw)?;
            let (mut entries, mut bytes, mut after) = (Vec::new(), 0, after_seq.max(0));
            while after < last_seq && entries.len() < limit.max(1) && bytes < PAGE_BYTES {
                let missing = limit.max(1) - entries.len();
                let step = i64::try_from(missing).unwrap_or(WINDOW).min(WINDOW);
                let upto = (after + step).min(last_seq);
                bytes += read_window(raw, names, &sources, what, after, upto, &mut entries)?;
                after = upto;
            }
            Ok(entries)
        })
    }

    /// All alerts, in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn alerts(&mut self) -> Result<Vec<(i64, Alert)>, Error> {
        self.look(|raw, names, _| window::alerts(raw, names, 0, i64::MAX - 1))
    }
}

/// Appends the entries `after < seq <= upto`; returns about how many bytes their values have.
pub(crate) fn read_window(
    raw: &Raw,
    names: &mut Names,
    sources: &[SourceRow],
    what: What,
    after: i64,
    upto: i64,
    entries: &mut Vec<StoredEntry>,
) -> Result<usize, Fault> {
    let (start, mut bytes) = (entries.len(), 0);
    let records = window::records(raw, names, what, after, upto)?;
    let mut statement = raw.prepare(message::PLACES)?;
    let mut rows = statement.rows(&window::seqs(after, upto))?;
    let mut place: Option<Place> = None;
    for (id, record) in records {
        let (seq, index) = split_id(id);
        while place.is_none_or(|place| place.seq < seq) {
            let row = rows.next()?.ok_or_else(|| Fault::Damaged(format!("entry {seq} has records but no message")))?;
            place = Some(message::read_place(&row)?);
        }
        let Some(Place { source, partition, offset, timestamp_ms, .. }) = place.filter(|place| place.seq == seq) else {
            return Err(Fault::Damaged(format!("entry {seq} has records but no message")));
        };
        if let Record::Result(result) = &record {
            bytes += result.features.bits().len() * 8;
        }
        let origin = Origin { source: Arc::clone(window::source(sources, source)?), partition, offset, timestamp_ms };
        entries.push(StoredEntry { seq, index, body: StoredBody::Stream { origin, record } });
    }
    if what.undecoded {
        let body = |seq| StoredEntry { seq, index: 0, body: StoredBody::Undecoded };
        entries.extend(window::undecoded(raw, after, upto)?.into_iter().map(body));
    }
    if what.alerts {
        let alerts = window::alerts(raw, names, after, upto)?;
        let body = |(seq, alert)| StoredEntry { seq, index: 0, body: StoredBody::Alert(alert) };
        entries.extend(alerts.into_iter().map(body));
    }
    if what.locals {
        let locals = window::locals(raw, after, upto)?;
        let body = |local: table::local::LocalRow| StoredEntry {
            seq: local.seq,
            index: 0,
            body: StoredBody::Local(local.record),
        };
        entries.extend(locals.into_iter().map(body));
    }
    entries[start..].sort_by_key(|entry| entry.seq);
    Ok(bytes)
}
