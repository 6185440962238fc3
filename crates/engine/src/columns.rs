//! Columns for the plate screen: one feature of one plate, a number a well, at any moment of a session.
//!
//! A tracked feature is on the board already ([`tracked`]). The thousands of others are read from the session, on a thread
//! of their own, and go on from where they were read before.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{Board, FeatureOffers, PlateKey, SiteAggregate, TrackedColumn, Well};
use session::{Cache, Reader};
use tokio::sync::{mpsc, oneshot};

use crate::disk::cache_has_room;

/// A well of which nothing came yet.
pub const NOT_YET: u8 = 0;
/// A well with a number.
pub const VALUE: u8 = 1;
/// A well of which results came, but no number of this feature.
pub const NO_VALUE: u8 = 2;

/// Questions that wait.
const WAITING: usize = 16;
/// Columns and lists of names that are kept in memory: some 50 KB each, 1 MB with nine sites a well.
const KEPT: usize = 24;
/// Results of a plate after which a column is worth keeping on disk.
const WORTH: u32 = 512;

/// One feature of one plate. All lists are row-major with one entry a well; they are empty while no result of the plate
/// came.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureColumn {
    /// The feature.
    pub feature: Box<str>,
    /// The numbers as received; NaN where there is none.
    pub values: Vec<f64>,
    /// [`NOT_YET`], [`VALUE`] or [`NO_VALUE`].
    pub states: Vec<u8>,
    /// Sites that have a number; empty for a plate without sites.
    pub sites_in: Vec<u16>,
    /// Most sites that any well speaks of: the second number of "7 of 9 sites".
    pub sites_of: u16,
    /// Everything up to this `seq` is in it.
    pub upto_seq: i64,
}

impl FeatureColumn {
    fn of(
        feature: &str,
        upto_seq: i64,
        wells: usize,
        column: &TrackedColumn,
        aggregate: SiteAggregate,
        has_result: impl Fn(usize) -> bool,
    ) -> FeatureColumn {
        let (mut values, mut states) = (Vec::with_capacity(wells), Vec::with_capacity(wells));
        for at in 0..wells {
            let value = column.value_at(at, aggregate);
            values.push(value.unwrap_or(f64::NAN));
            states.push(match value {
                Some(_) => VALUE,
                None if has_result(at) => NO_VALUE,
                None => NOT_YET,
            });
        }
        let sites_of = column.most_sites();
        let sites_in = if sites_of == 0 { Vec::new() } else { (0..wells).map(|at| column.sites_in(at)).collect() };
        FeatureColumn { feature: feature.into(), values, states, sites_in, sites_of, upto_seq }
    }

    /// Of a plate without results.
    fn nothing(feature: &str, upto_seq: i64) -> FeatureColumn {
        let feature = feature.into();
        FeatureColumn { feature, values: Vec::new(), states: Vec::new(), sites_in: Vec::new(), sites_of: 0, upto_seq }
    }
}

/// How the sites of a feature become a well: as the plate's card says for a headline feature, else the mean.
#[must_use]
pub fn aggregate(board: &Board, plate: &PlateKey, feature: &str) -> SiteAggregate {
    let card = board.plate(plate).and_then(|plate| plate.card()).and_then(|card| board.cards().get(card));
    let headline = card.and_then(|card| card.headline.iter().find(|headline| headline.feature == feature));
    headline.map_or(SiteAggregate::default(), |headline| headline.aggregate)
}

/// A tracked feature as it stands on the board, which holds everything up to `seq`; `None` for a plate that the board does
/// not have, or a feature that it does not track.
#[must_use]
pub fn tracked(board: &Board, plate: &PlateKey, feature: &str, seq: i64) -> Option<FeatureColumn> {
    let standing = board.plate(plate)?;
    let at = board.tracked().iter().position(|name| **name == *feature)?;
    let (Some(column), Some(format)) = (standing.column(at), standing.format()) else {
        return Some(FeatureColumn::nothing(feature, seq));
    };
    let has_result = |at| Well::at_index(at, format).is_some_and(|well| standing.has_result(well));
    let aggregate = aggregate(board, plate, feature);
    Some(FeatureColumn::of(feature, seq, usize::from(format.wells()), column, aggregate, has_result))
}

/// Why there is no column.
#[derive(Debug, thiserror::Error)]
pub enum ColumnsError {
    /// The session.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// The thread that reads ended.
    #[error("the reader of the session stopped unexpectedly; open the session again")]
    Stopped,
}

/// What is asked.
enum Question {
    Columns {
        plate: Arc<PlateKey>,
        features: Vec<Box<str>>,
        aggregate: SiteAggregate,
        at: Option<i64>,
        answer: oneshot::Sender<Result<Vec<FeatureColumn>, session::Error>>,
    },
    Features {
        plate: Arc<PlateKey>,
        at: Option<i64>,
        answer: oneshot::Sender<Result<Vec<Box<str>>, session::Error>>,
    },
}

/// Reads columns of one session, live or not. Clones ask the same thread; it ends with the last of them.
#[derive(Debug, Clone)]
pub struct Columns {
    questions: mpsc::Sender<Question>,
}

impl Columns {
    /// Opens the session in `dir`, which may be recorded meanwhile.
    ///
    /// # Errors
    /// [`ColumnsError::Session`].
    pub async fn open(dir: &Path) -> Result<Columns, ColumnsError> {
        let mut reader = Reader::open(dir).await?;
        let cache = Cache::open(&mut reader);
        let reading = Reading { dir: dir.to_owned(), reader, cache, columns: VecDeque::new(), names: HashMap::new() };
        let (questions, waiting) = mpsc::channel(WAITING);
        let runtime = tokio::runtime::Handle::current();
        // SQLite runs on the calling thread: one of its own. It ends when the last handle is dropped.
        drop(tokio::task::spawn_blocking(move || runtime.block_on(reading.run(waiting))));
        Ok(Columns { questions })
    }

    /// Some features of a plate (any, not only tracked ones) at the `seq` given, or now; one column a feature, in order.
    /// Give up by dropping the future: a question that nobody waits for any more is not answered.
    ///
    /// # Errors
    /// [`ColumnsError`].
    pub async fn read(
        &self,
        plate: &Arc<PlateKey>,
        features: &[Box<str>],
        aggregate: SiteAggregate,
        at: Option<i64>,
    ) -> Result<Vec<FeatureColumn>, ColumnsError> {
        let (answer, answered) = oneshot::channel();
        let question =
            Question::Columns { plate: Arc::clone(plate), features: features.to_vec(), aggregate, at, answer };
        self.questions.send(question).await.map_err(|_| ColumnsError::Stopped)?;
        Ok(answered.await.map_err(|_| ColumnsError::Stopped)??)
    }

    /// Names of all features of a plate at the `seq` given, or now; sorted.
    ///
    /// # Errors
    /// [`ColumnsError`].
    pub async fn features(&self, plate: &Arc<PlateKey>, at: Option<i64>) -> Result<Vec<Box<str>>, ColumnsError> {
        let (answer, answered) = oneshot::channel();
        let question = Question::Features { plate: Arc::clone(plate), at, answer };
        self.questions.send(question).await.map_err(|_| ColumnsError::Stopped)?;
        Ok(answered.await.map_err(|_| ColumnsError::Stopped)??)
    }
}

/// A column that was read before.
struct Kept {
    plate: Arc<PlateKey>,
    feature: Box<str>,
    upto: i64,
    /// `None` while no result of the plate came.
    offers: Option<FeatureOffers>,
    /// Results since it was kept on disk.
    taken: u32,
}

/// The thread's own.
struct Reading {
    dir: PathBuf,
    reader: Reader,
    cache: Cache,
    /// The last used at the back.
    columns: VecDeque<Kept>,
    names: HashMap<Arc<PlateKey>, (BTreeSet<Box<str>>, i64)>,
}

impl Reading {
    async fn run(mut self, mut questions: mpsc::Receiver<Question>) {
        while let Some(question) = questions.recv().await {
            match question {
                Question::Columns { plate, features, aggregate, at, answer } => {
                    if !answer.is_closed() {
                        drop(answer.send(self.columns(&plate, &features, aggregate, at).await));
                        // Nobody waits for this.
                        self.keep();
                    }
                }
                Question::Features { plate, at, answer } => {
                    if !answer.is_closed() {
                        drop(answer.send(self.features(&plate, at).await));
                    }
                }
            }
        }
    }

    async fn columns(
        &mut self,
        plate: &Arc<PlateKey>,
        features: &[Box<str>],
        aggregate: SiteAggregate,
        at: Option<i64>,
    ) -> Result<Vec<FeatureColumn>, session::Error> {
        let at = at.unwrap_or(i64::MAX);
        let mut kept: Vec<Kept> = features.iter().map(|feature| self.take(plate, feature, at)).collect();
        // Columns that were read equally far go on together.
        let froms: BTreeSet<i64> = kept.iter().map(|kept| kept.upto).collect();
        for from in froms.into_iter().filter(|from| *from < at) {
            let mut group: Vec<&mut Kept> = kept.iter_mut().filter(|kept| kept.upto == from).collect();
            let names: Vec<Box<str>> = group.iter().map(|kept| kept.feature.clone()).collect();
            let names: Vec<&str> = names.iter().map(|name| &**name).collect();
            let each = |result: session::ColumnResult<'_>| {
                for (kept, value) in group.iter_mut().zip(result.values) {
                    let offers = kept.offers.get_or_insert_with(|| FeatureOffers::new(result.format));
                    offers.take(&result.origin, result.well, result.site, *value);
                    kept.taken += 1;
                }
            };
            let upto = self.reader.results_of(plate, &names, from, at, each).await?;
            group.iter_mut().for_each(|kept| kept.upto = upto);
        }
        let columns = kept.iter().map(|Kept { feature, upto, offers, .. }| match offers {
            None => FeatureColumn::nothing(feature, *upto),
            Some(offers) => {
                let (format, column) = (offers.format(), offers.column());
                let has_result = |at| Well::at_index(at, format).is_some_and(|well| offers.has_result(well));
                FeatureColumn::of(feature, *upto, usize::from(format.wells()), column, aggregate, has_result)
            }
        });
        let columns = columns.collect();
        self.columns.extend(kept);
        self.columns.drain(..self.columns.len().saturating_sub(KEPT.max(features.len())));
        Ok(columns)
    }

    /// The column as far as it was read before and no further than `at`, out of those that are kept.
    fn take(&mut self, plate: &Arc<PlateKey>, feature: &str, at: i64) -> Kept {
        let known = self.columns.iter().position(|kept| kept.plate == *plate && *kept.feature == *feature);
        match known.and_then(|known| self.columns.remove(known)) {
            Some(kept) if kept.upto <= at => kept,
            _ => {
                let (upto, offers) = self.cached(plate, feature, at).unwrap_or((0, None));
                Kept { plate: Arc::clone(plate), feature: feature.into(), upto, offers, taken: 0 }
            }
        }
    }

    /// The column as it lies on disk.
    fn cached(&mut self, plate: &PlateKey, feature: &str, at: i64) -> Option<(i64, Option<FeatureOffers>)> {
        let (upto, bytes) = self.cache.column(plate, feature, at)?;
        match FeatureOffers::from_bytes(&bytes) {
            Ok(offers) => Some((upto, Some(offers))),
            Err(_) => {
                self.cache.discard();
                None
            }
        }
    }

    /// Keeps the columns that cost a good deal of reading.
    fn keep(&mut self) {
        let worth = |kept: &&mut Kept| kept.taken >= WORTH;
        if !self.columns.iter().any(|kept| kept.taken >= WORTH) || !cache_has_room(&self.dir) {
            return;
        }
        for kept in self.columns.iter_mut().filter(worth) {
            // What cannot be kept is not tried again: it is read again.
            kept.taken = 0;
            if let Some(offers) = &kept.offers {
                let column = [(&*kept.feature, offers.to_bytes())];
                self.cache.keep_columns(&mut self.reader, &kept.plate, kept.upto, &column);
            }
        }
    }

    async fn features(&mut self, plate: &Arc<PlateKey>, at: Option<i64>) -> Result<Vec<Box<str>>, session::Error> {
        let at = at.unwrap_or(i64::MAX);
        if self.names.len() >= KEPT {
            self.names.clear();
        }
        let (mut known, mut upto) = self.names.remove(plate).filter(|(_, upto)| *upto <= at).unwrap_or_default();
        if upto < at {
            let (found, read_upto) = self.reader.feature_names(plate, upto, at).await?;
            known.extend(found);
            upto = read_upto;
        }
        let names = known.iter().cloned().collect();
        self.names.insert(Arc::clone(plate), (known, upto));
        Ok(names)
    }
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
