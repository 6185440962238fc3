//! Exports of a session, read as they are written: memory holds a page, never all of it.

mod records;

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use plate::{Origin, PlateKey, Record, Value, Well};
use session::{Reader, StoredBody, UndecodedMessage, WellRow, What};

pub use records::{AuditExport, RecordsExport, RecordsWanted};

/// Plates whose keys are read at a time.
const PLATES: usize = 256;
/// Undecoded messages that are read at a time: each may bring a body of megabytes.
const UNDECODED: usize = 16;

/// Which wells.
#[derive(Debug, Clone, Default)]
pub struct WellsWanted {
    /// Only this run; `""` is no run.
    pub run: Option<String>,
    /// Only this plate, by its barcode.
    pub plate: Option<String>,
}

/// One well, or one site of it, with the values that win (`DATA.md` 8).
#[derive(Debug, Clone)]
pub struct ExportedWell {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Which well.
    pub well: Well,
    /// Which site; `None` for the whole well.
    pub site: Option<u16>,
    /// When it was read, as the latest contributing message says.
    pub read_at_ms: Option<i64>,
    /// That message's place.
    pub origin: Origin,
    /// One a feature, in the order of [`WellsExport::features`]; `None` where no message names it.
    pub values: Vec<Option<Value>>,
}

/// The wells of a session, sorted by run, plate, row, column, site.
#[derive(Debug)]
pub struct WellsExport {
    reader: Reader,
    features: Vec<Box<str>>,
    plates: PlateWalk,
    /// The plate that is being read, and the well after which its next page begins.
    open: Option<(Arc<PlateKey>, Option<Well>)>,
    ready: VecDeque<(Arc<PlateKey>, WellRow)>,
}

/// Goes through the plates that are wanted, a page of keys at a time.
#[derive(Debug)]
struct PlateWalk {
    wanted: WellsWanted,
    after: Option<Arc<PlateKey>>,
    ready: VecDeque<Arc<PlateKey>>,
}

impl PlateWalk {
    fn new(wanted: WellsWanted) -> PlateWalk {
        PlateWalk { wanted, after: None, ready: VecDeque::new() }
    }

    async fn next(&mut self, reader: &mut Reader) -> Result<Option<Arc<PlateKey>>, session::Error> {
        loop {
            while let Some(plate) = self.ready.pop_front() {
                if self.wanted.is_about(&plate) {
                    return Ok(Some(plate));
                }
            }
            let page = reader.plates(self.after.as_deref(), PLATES).await?;
            let Some(last) = page.last() else { return Ok(None) };
            self.after = Some(Arc::clone(last));
            self.ready.extend(page);
        }
    }
}

impl WellsWanted {
    /// Whether a plate is among them.
    #[must_use]
    pub fn is_about(&self, key: &PlateKey) -> bool {
        self.run.as_deref().is_none_or(|run| run == &*key.run)
            && self.plate.as_deref().is_none_or(|plate| plate == &*key.barcode)
    }
}

impl WellsExport {
    /// Opens a session and goes through it once for the names of the features.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn open(dir: &Path, wanted: WellsWanted) -> Result<WellsExport, session::Error> {
        let mut reader = Reader::open(dir).await?;
        let mut names: BTreeSet<Box<str>> = BTreeSet::new();
        let mut plates = PlateWalk::new(wanted.clone());
        while let Some(plate) = plates.next(&mut reader).await? {
            let mut after = None;
            loop {
                let page = reader.wells(&plate, after).await?;
                for value in page.rows.iter().flat_map(|row| &row.values) {
                    if !names.contains(value.name()) {
                        names.insert(value.name().into());
                    }
                }
                after = page.next_after;
                if after.is_none() {
                    break;
                }
            }
        }
        let (features, plates) = (names.into_iter().collect(), PlateWalk::new(wanted));
        Ok(WellsExport { reader, features, plates, open: None, ready: VecDeque::new() })
    }

    /// The features' names, sorted: those of all wells that are wanted.
    #[must_use]
    pub fn features(&self) -> &[Box<str>] {
        &self.features
    }

    /// The next well; `None` at the end. A feature that a running recording brings meanwhile is left out.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn next(&mut self) -> Result<Option<ExportedWell>, session::Error> {
        loop {
            if let Some((plate, row)) = self.ready.pop_front() {
                return Ok(Some(self.exported(plate, &row).await?));
            }
            let (plate, after) = match self.open.take() {
                Some(open) => open,
                None => match self.plates.next(&mut self.reader).await? {
                    Some(plate) => (plate, None),
                    None => return Ok(None),
                },
            };
            let page = self.reader.wells(&plate, after).await?;
            self.ready.extend(page.rows.into_iter().map(|row| (Arc::clone(&plate), row)));
            self.open = page.next_after.map(|after| (plate, Some(after)));
        }
    }

    async fn exported(&mut self, plate: Arc<PlateKey>, row: &WellRow) -> Result<ExportedWell, session::Error> {
        let mut values = vec![None; self.features.len()];
        for value in &row.values {
            if let Ok(column) = self.features.binary_search_by(|name| (**name).cmp(value.name())) {
                values[column] = Some(value.value);
            }
        }
        let (origin, read_at_ms) = self.latest_contributor(&plate, row).await?;
        Ok(ExportedWell { plate, well: row.well, site: row.site, read_at_ms, origin, values })
    }

    /// The latest message that contributed a winning value. Nearly always the latest of all; but one with a later
    /// timestamp may stand before another of its own partition, and contribute nothing (`DATA.md` 8).
    async fn latest_contributor(
        &mut self,
        plate: &PlateKey,
        row: &WellRow,
    ) -> Result<(Origin, Option<i64>), session::Error> {
        let mut latest = (row.origin.clone(), row.read_at_ms);
        let seqs: BTreeSet<i64> = row.values.iter().map(|value| value.seq).collect();
        if seqs.is_empty() || seqs.contains(&row.seq) {
            return Ok(latest);
        }
        let mut found = None;
        for seq in seqs {
            let results = What { results: true, ..What::NONE };
            for entry in self.reader.entries_of(results, seq - 1, 1).await? {
                let StoredBody::Stream { origin, record: Record::Result(result) } = entry.body else { continue };
                let is_it =
                    entry.seq == seq && *result.plate == *plate && result.well == row.well && result.site == row.site;
                let rank = (origin.timestamp_ms, Arc::clone(&origin.source), origin.partition, origin.offset);
                if is_it && found.as_ref().is_none_or(|found| rank > *found) {
                    found = Some(rank);
                    latest = (origin, result.read_at_ms);
                }
            }
        }
        Ok(latest)
    }
}

/// Messages that could not be decoded, in the order of `seq`.
#[derive(Debug)]
pub struct UndecodedExport {
    reader: Reader,
    after_seq: i64,
    ready: VecDeque<UndecodedMessage>,
}

impl UndecodedExport {
    /// Opens a session.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn open(dir: &Path) -> Result<UndecodedExport, session::Error> {
        Ok(UndecodedExport { reader: Reader::open(dir).await?, after_seq: 0, ready: VecDeque::new() })
    }

    /// The next message; `None` at the end.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read, or a body's file is gone.
    pub async fn next(&mut self) -> Result<Option<UndecodedMessage>, session::Error> {
        if self.ready.is_empty() {
            self.ready.extend(self.reader.undecoded(self.after_seq, UNDECODED).await?);
        }
        let next = self.ready.pop_front();
        if let Some(message) = &next {
            self.after_seq = message.seq;
        }
        Ok(next)
    }
}
