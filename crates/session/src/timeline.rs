//! A session along time: how many messages when, where the alerts stand, which `seq` a moment is.
//!
//! Everything comes from the commits' own rows. Their times are taken to rise with `seq`; where a clock went back, a moment
//! is still one place of the session.

use plate::{AlertLevel, LocalRecord};

use crate::Error;
use crate::entries::read_window;
use crate::fault::Fault;
use crate::raw::{Bound, Raw};
use crate::reader::Reader;
use crate::stored::StoredEntry;
use crate::table::{self, batch};
use crate::window::{self, What};

/// Messages over time, in bins of equal length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// When the first commit was received, microseconds since 1970 UTC; 0 for an empty session.
    pub first_us: i64,
    /// When the last one was; never before the first.
    pub last_us: i64,
    /// The last `seq` that is counted; 0 for an empty session.
    pub last_seq: i64,
    /// Messages per bin, undecoded ones too. The bins part `first_us..=last_us`; all lie in the first where it is one moment.
    pub counts: Vec<u64>,
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertMark {
    /// Its place in the session.
    pub seq: i64,
    /// When it was committed, microseconds since 1970 UTC.
    pub at_us: i64,
    /// How bad it is.
    pub level: AlertLevel,
}

/// First and last commit of a session, and the last `seq`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// When the first commit was received, microseconds since 1970 UTC; 0 for an empty session.
    pub first_us: i64,
    /// When the last one was.
    pub last_us: i64,
    /// The last `seq`; 0 for an empty session.
    pub last_seq: i64,
}

impl Reader {
    /// From when to when the session is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn span(&mut self) -> Result<Span, Error> {
        self.look(|raw, _, _| span(raw))
    }

    /// How many messages came when, in `bins` bins (at least one). One pass over the commits: milliseconds a hundred
    /// thousand.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn timeline(&mut self, bins: usize) -> Result<Timeline, Error> {
        self.look(|raw, _, _| {
            let Span { first_us, last_us, last_seq } = span(raw)?;
            let mut counts = vec![0_u64; bins.max(1)];
            let bin_of = |at_us: i64, bins: usize| bin_of(at_us, first_us, last_us, bins);
            let mut statement = raw.prepare("SELECT last_seq - first_seq + 1, received_at_us FROM batch")?;
            let mut rows = statement.rows(&[])?;
            while let Some(row) = rows.next()? {
                let bin = bin_of(row.int(1), counts.len());
                counts[bin] += row.int(0).max(0).cast_unsigned();
            }
            drop(rows);
            // Entries that are no messages: there are few.
            for table in ["alert", "local"] {
                let mut statement = raw.prepare(&with_time(table, "e.seq"))?;
                let mut rows = statement.rows(&[])?;
                while let Some(row) = rows.next()? {
                    let bin = bin_of(row.int(1), counts.len());
                    counts[bin] = counts[bin].saturating_sub(1);
                }
            }
            Ok(Timeline { first_us, last_us, last_seq, counts })
        })
    }

    /// Where the alerts stand, in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn alert_marks(&mut self) -> Result<Vec<AlertMark>, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare(&with_time("alert", "e.seq, e.level"))?;
            let mut rows = statement.rows(&[])?;
            let mut marks = Vec::new();
            while let Some(row) = rows.next()? {
                let seq = row.int(0);
                let level = row.text(1).and_then(AlertLevel::from_name);
                let level = level.ok_or_else(|| Fault::field("alert", seq, "level"))?;
                marks.push(AlertMark { seq, at_us: row.int(2), level });
            }
            Ok(marks)
        })
    }

    /// The last `seq` that was committed at or before a moment (microseconds since 1970 UTC); 0 before the first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn seq_at_time(&mut self, at_us: i64) -> Result<i64, Error> {
        self.look(|raw, _, _| {
            // Commits before `low` are not later than the moment, those from `high` on are.
            let (mut low, mut high) = (1, batch::last_seq(raw)? + 1);
            while low < high {
                let middle = low + (high - low) / 2;
                match batch::at_or_after(raw, middle)? {
                    Some(commit) if commit.received_at_us <= at_us => low = commit.last_seq + 1,
                    Some(commit) => high = commit.first_seq.min(middle),
                    None => high = middle,
                }
            }
            Ok(low - 1)
        })
    }

    /// When an entry was committed, microseconds since 1970 UTC; `None` past the end.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn time_of_seq(&mut self, seq: i64) -> Result<Option<i64>, Error> {
        self.look(|raw, _, _| Ok(batch::at_or_after(raw, seq.max(1))?.map(|commit| commit.received_at_us)))
    }

    /// The entries `after < seq <= upto` of every kind, in the order of (`seq`, index): no more than are asked for, so
    /// that a board stands at exactly `upto`. Memory holds them all: ask for some thousand at most.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn entries_between(&mut self, after: i64, upto: i64) -> Result<Vec<StoredEntry>, Error> {
        self.look(|raw, names, _| {
            let sources = table::source::load(raw)?;
            let mut entries = Vec::new();
            read_window(raw, names, &sources, What::ALL, after.max(0), upto, &mut entries)?;
            Ok(entries)
        })
    }

    /// What people and Plateside did up to `upto`, in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn locals(&mut self, upto: i64) -> Result<Vec<(i64, LocalRecord)>, Error> {
        let rows = self.look(|raw, _, _| window::locals(raw, 0, upto))?;
        Ok(rows.into_iter().map(|row| (row.seq, row.record)).collect())
    }

    /// The alerts `after < seq <= upto`, in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn alerts_between(&mut self, after: i64, upto: i64) -> Result<Vec<(i64, plate::Alert)>, Error> {
        self.look(|raw, names, _| window::alerts(raw, names, after.max(0), upto))
    }
}

/// Rows of a table with a `seq`, and when they were committed (the last column).
fn with_time(table: &str, columns: &str) -> String {
    format!(
        "SELECT {columns}, (SELECT received_at_us FROM batch WHERE first_seq <= e.seq ORDER BY first_seq DESC LIMIT 1) \
         FROM {table} e ORDER BY e.seq"
    )
}

pub(crate) fn span(raw: &Raw) -> Result<Span, Fault> {
    let time = |order: &str| -> Result<Option<i64>, Fault> {
        let mut statement =
            raw.prepare(&format!("SELECT received_at_us FROM batch ORDER BY first_seq {order} LIMIT 1"))?;
        let mut rows = statement.rows(&[])?;
        Ok(rows.next()?.map(|row| row.int(0)))
    };
    let first_us = time("ASC")?.unwrap_or(0);
    let last_us = time("DESC")?.unwrap_or(0).max(first_us);
    Ok(Span { first_us, last_us, last_seq: batch::last_seq(raw)? })
}

fn bin_of(at_us: i64, first_us: i64, last_us: i64, bins: usize) -> usize {
    let length = i128::from(last_us) - i128::from(first_us) + 1;
    let at = (i128::from(at_us) - i128::from(first_us)).clamp(0, length - 1);
    usize::try_from(at * bins as i128 / length).unwrap_or(0).min(bins - 1)
}

/// What a commit is told by: two recordings never have the same.
pub(crate) fn fingerprint(raw: &Raw, seq: i64) -> Result<Option<(i64, i64)>, Fault> {
    let mut statement = raw
        .prepare("SELECT first_seq, received_at_us FROM batch WHERE first_seq <= ?1 ORDER BY first_seq DESC LIMIT 1")?;
    let mut rows = statement.rows(&[Bound::Int(seq)])?;
    Ok(rows.next()?.map(|row| (row.int(0), row.int(1))))
}
