//! What stands behind one well: its winning values, and every message that spoke of it, replaced ones too.

use std::collections::BTreeSet;

use plate::{Origin, PlateKey, Well};
use wire::Kind;

use crate::Error;
use crate::fault::Fault;
use crate::raw::{Bound, Raw};
use crate::reader::Reader;
use crate::table::message::{self, Place};
use crate::table::source::SourceRow;
use crate::table::{self, batch, id_range, last_id, plate_segment, split_id};
use crate::wells::{WellRow, well_row};
use crate::winners::{PlateSites, Winners, gather};
use crate::{history, window};

/// One message in short.
#[derive(Debug, Clone)]
pub struct MessageLine {
    /// Its place in the session.
    pub seq: i64,
    /// What its topic carries.
    pub kind: Kind,
    /// Its place in its stream.
    pub origin: Origin,
    /// When it was received, microseconds since 1970 UTC.
    pub received_at_us: i64,
}

/// One well with everything behind it.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    /// The well and its sites, as [`Reader::wells`] gives them.
    pub rows: Vec<WellRow>,
    /// The messages that spoke of it (results, planes, the plate's layouts), newest first.
    pub messages: Vec<MessageLine>,
    /// Messages that are not in the list because it would be too long.
    pub left_out: usize,
}

impl Reader {
    /// What stands behind a well after the entry `upto` (`i64::MAX` for now); at most `limit` messages.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn behind(&mut self, plate: &PlateKey, well: Well, upto: i64, limit: usize) -> Result<Behind, Error> {
        self.look(|raw, names, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(Behind::default()) };
            let sources = table::source::load(raw)?;
            let last = last_id(upto);
            let mut seqs = BTreeSet::new();
            let sites = sites_of(raw, id, well, last, &mut seqs)?;
            for query in [
                "SELECT id FROM image WHERE plate = ?1 AND well = ?2 AND id <= ?3",
                "SELECT id FROM layout WHERE plate = ?1 AND ?2 = ?2 AND id <= ?3",
            ] {
                let mut statement = raw.prepare(query)?;
                let mut rows = statement.rows(&[Bound::Int(id), Bound::Int(well.packed().into()), Bound::Int(last)])?;
                while let Some(row) = rows.next()? {
                    seqs.insert(split_id(row.int(0)).0);
                }
            }
            let mut winners = Winners::new(raw)?;
            let mut rows = Vec::new();
            for (key, candidates) in &sites {
                rows.push(well_row(well, *key, candidates, &mut winners, names, &sources)?);
            }
            let left_out = seqs.len().saturating_sub(limit);
            let newest = seqs.into_iter().rev().take(limit);
            let messages = newest.filter_map(|seq| line(raw, &sources, seq).transpose()).collect::<Result<_, _>>()?;
            Ok(Behind { rows, messages, left_out })
        })
    }

    /// A message in short; `None` where another kind of entry stands, or nothing.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn message_line(&mut self, seq: i64) -> Result<Option<MessageLine>, Error> {
        self.look(|raw, _, _| line(raw, &table::source::load(raw)?, seq))
    }

    /// How old messages were when they came, in milliseconds by their own timestamps, in the order of `seqs`; `None` where
    /// another kind of entry stands, or a message without a timestamp.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ages_ms(&mut self, seqs: &[i64]) -> Result<Vec<Option<i64>>, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare(message::PLACES)?;
            let mut ages = Vec::with_capacity(seqs.len());
            for seq in seqs {
                let mut rows = statement.rows(&window::seqs(*seq - 1, *seq))?;
                let made_ms = match rows.next()? {
                    Some(row) => Some(message::read_place(&row)?.timestamp_ms).filter(|made_ms| *made_ms >= 0),
                    None => None,
                };
                ages.push(match made_ms {
                    Some(made_ms) => batch::at_or_after(raw, *seq)?.map(|came| came.received_at_us / 1000 - made_ms),
                    None => None,
                });
            }
            Ok(ages)
        })
    }
}

fn sites_of(raw: &Raw, plate: i64, well: Well, last: i64, seqs: &mut BTreeSet<i64>) -> Result<PlateSites, Fault> {
    let mut sites = PlateSites::new();
    let mut statement = raw.prepare(table::result::PLACES_OF_WELL)?;
    for segment in plate_segment::of_plate(raw, plate)? {
        let [from, upto] = id_range(segment * history::SEGMENT, (segment + 1) * history::SEGMENT);
        let mut rows =
            statement.rows(&[from, upto, Bound::Int(plate), Bound::Int(well.packed().into()), Bound::Int(last)])?;
        while let Some(row) = rows.next()? {
            seqs.insert(split_id(row.int(0)).0);
            gather(&mut sites, &row)?;
        }
    }
    Ok(sites)
}

fn line(raw: &Raw, sources: &[SourceRow], seq: i64) -> Result<Option<MessageLine>, Fault> {
    let mut statement = raw.prepare(message::PLACES)?;
    let mut rows = statement.rows(&window::seqs(seq - 1, seq))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let Place { source, partition, offset, timestamp_ms, .. } = message::read_place(&row)?;
    let kind = sources.iter().find(|row| row.id == source).map(|row| row.kind);
    let source = window::source(sources, source)?;
    let kind = kind.ok_or_else(|| Fault::Damaged(format!("the source of message {seq} is not in table source")))?;
    let origin = Origin { source: std::sync::Arc::clone(source), partition, offset, timestamp_ms };
    let received_at_us = batch::at_or_after(raw, seq)?.map_or(0, |commit| commit.received_at_us);
    Ok(Some(MessageLine { seq, kind, origin, received_at_us }))
}
