//! Stretches of a session by `seq`: records, alerts and local records of a few hundred entries at a time.

use std::sync::Arc;

use plate::{Alert, Record, Source};

use crate::fault::Fault;
use crate::names::Names;
use crate::raw::{Bound, Raw};
use crate::table::local::LocalRow;
use crate::table::source::SourceRow;
use crate::table::{self, id_range};

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct What {
    /// Features of wells and sites.
    pub results: bool,
    /// Layouts.
    pub layouts: bool,
    /// Planes.
    pub images: bool,
    /// Stages.
    pub stages: bool,
    /// Flags, tasks and reviews.
    pub said: bool,
    /// That messages could not be read.
    pub undecoded: bool,
    /// Rules' changes of state.
    pub alerts: bool,
    /// What people and Plateside did.
    pub locals: bool,
}

impl What {
    /// Everything.
    pub const ALL: What = What {
        results: true,
        layouts: true,
        images: true,
        stages: true,
        said: true,
        undecoded: true,
        alerts: true,
        locals: true,
    };
    /// Nothing: a base to switch things on.
    pub const NONE: What = What {
        results: false,
        layouts: false,
        images: false,
        stages: false,
        said: false,
        undecoded: false,
        alerts: false,
        locals: false,
    };
}

/// Parameters for `seq BETWEEN ? AND ?`.
pub(crate) const fn seqs(after: i64, upto: i64) -> [Bound<'static>; 2] {
    [Bound::Int(after + 1), Bound::Int(upto)]
}

/// A source by its number.
pub(crate) fn source(sources: &[SourceRow], id: i64) -> Result<&Arc<Source>, Fault> {
    sources
        .iter()
        .find(|row| row.id == id)
        .map(|row| &row.source)
        .ok_or_else(|| Fault::Damaged(format!("source {id} is not in table source")))
}

/// Records of the messages `after < seq <= upto`, by number.
pub(crate) fn records(
    raw: &Raw,
    names: &mut Names,
    what: What,
    after: i64,
    upto: i64,
) -> Result<Vec<(i64, Record)>, Fault> {
    let range = id_range(after, upto);
    let mut records = Vec::new();
    if what.results {
        let mut statement = raw.prepare(table::result::IN_RANGE)?;
        let mut rows = statement.rows(&range)?;
        while let Some(row) = rows.next()? {
            let (id, record) = table::result::read(raw, names, &row)?;
            records.push((id, Record::Result(record)));
        }
    }
    let results = records.len();
    if what.layouts {
        let mut statement = raw.prepare(table::layout::IN_RANGE)?;
        let mut rows = statement.rows(&range)?;
        while let Some(row) = rows.next()? {
            let (id, record) = table::layout::read(raw, names, &row)?;
            records.push((id, Record::Layout(record)));
        }
    }
    if what.images {
        let mut statement = raw.prepare(table::image::IN_RANGE)?;
        let mut rows = statement.rows(&range)?;
        while let Some(row) = rows.next()? {
            let (id, record) = table::image::read(raw, names, &row)?;
            records.push((id, Record::Image(record)));
        }
    }
    if what.stages {
        let mut statement = raw.prepare(table::stage::IN_RANGE)?;
        let mut rows = statement.rows(&range)?;
        while let Some(row) = rows.next()? {
            let (id, record) = table::stage::read(raw, names, &row)?;
            records.push((id, Record::Stage(record)));
        }
    }
    if what.said {
        let mut statement = raw.prepare(table::said::IN_RANGE)?;
        let mut rows = statement.rows(&range)?;
        while let Some(row) = rows.next()? {
            records.push(table::said::read(&row)?);
        }
    }
    if records.len() > results {
        records.sort_by_key(|(id, _)| *id);
    }
    Ok(records)
}

/// Messages `after < seq <= upto` from which nothing could be read.
pub(crate) fn undecoded(raw: &Raw, after: i64, upto: i64) -> Result<Vec<i64>, Fault> {
    let mut statement = raw.prepare(table::undecoded::IN_RANGE)?;
    let mut rows = statement.rows(&id_range(after, upto))?;
    let mut seqs = Vec::new();
    while let Some(row) = rows.next()? {
        seqs.push(table::split_id(row.int(0)).0);
    }
    Ok(seqs)
}

/// Alerts with `after < seq <= upto`.
pub(crate) fn alerts(raw: &Raw, names: &mut Names, after: i64, upto: i64) -> Result<Vec<(i64, Alert)>, Fault> {
    let mut statement = raw.prepare(table::alert::IN_RANGE)?;
    let mut rows = statement.rows(&seqs(after, upto))?;
    let mut alerts = Vec::new();
    while let Some(row) = rows.next()? {
        alerts.push(table::alert::read(raw, names, &row)?);
    }
    Ok(alerts)
}

/// Local records with `after < seq <= upto`.
pub(crate) fn locals(raw: &Raw, after: i64, upto: i64) -> Result<Vec<LocalRow>, Fault> {
    let mut statement = raw.prepare(table::local::IN_RANGE)?;
    let mut rows = statement.rows(&seqs(after, upto))?;
    let mut locals = Vec::new();
    while let Some(row) = rows.next()? {
        locals.push(table::local::read(&row)?);
    }
    Ok(locals)
}
