//! Quality of plates on request: statistics and artefacts of `QC.md` for any feature of a table or of a session.
//!
//! What the board judges live is computed here from the stored values again, for any feature, not only tracked ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plate::quality::Terms;
use plate::{
    AssayCard, CountedWells, Format, Headline, Pair, PlateKey, PlateQuality, PlateStanding, Role, SiteAggregate,
    Transform, Well, quality_of_all,
};
use session::Reader;
use wire::layout_table::LayoutTable;
use wire::table::{TableError, WellTable};

use crate::plate_columns::PlateColumns;
use crate::rebuild;

/// Quality of one feature of one plate.
#[derive(Debug, Clone)]
pub struct FeatureQc {
    /// The run, `""` for none; `None` for a table, which knows no runs.
    pub run: Option<Box<str>>,
    /// The plate's barcode; `""` where a table names none.
    pub plate: Box<str>,
    /// The feature.
    pub feature: Box<str>,
    /// Which roles stood against each other.
    pub pair: Pair,
    /// The statistics and artefacts.
    pub quality: PlateQuality,
}

/// One feature of one plate with what its wells are for: what statistics and scales are made of.
#[derive(Debug, Clone)]
pub(crate) struct FeatureOfPlate {
    /// The run, `""` for none; `None` for a table.
    pub(crate) run: Option<Box<str>>,
    pub(crate) plate: Box<str>,
    pub(crate) feature: Box<str>,
    pub(crate) pair: Pair,
    pub(crate) wells: CountedWells,
    /// Row-major, after the card's transform.
    pub(crate) values: Vec<Option<f64>>,
    /// Row-major: wells of which there is a line, with a value or without; empty for those that have one.
    pub(crate) lines: Vec<bool>,
    pub(crate) terms: Terms,
}

impl FeatureOfPlate {
    /// Its quality, with p of Moran's I from so many permutations; without any Moran's I is left out.
    pub(crate) fn quality(&self, permutations: usize) -> PlateQuality {
        PlateQuality::of(&self.values, &self.wells, Terms { permutations, ..self.terms })
    }

    fn qc(self, quality: PlateQuality) -> FeatureQc {
        FeatureQc { run: self.run, plate: self.plate, feature: self.feature, pair: self.pair, quality }
    }

    /// Whether statistics of both can be worked out side by side.
    fn goes_with(&self, other: &FeatureOfPlate) -> bool {
        self.plate == other.plate && self.run == other.run && self.terms == other.terms && self.wells == other.wells
    }
}

/// Features that are worked out together.
const TOGETHER: usize = 256;

/// Quality of features as they come, many of one plate at a time: thousands of them share their wells.
#[derive(Debug, Default)]
struct Abreast {
    rows: Vec<FeatureQc>,
    waiting: Vec<FeatureOfPlate>,
}

impl Abreast {
    fn take(&mut self, feature: FeatureOfPlate) {
        let fits = self.waiting.first().is_none_or(|first| first.goes_with(&feature));
        if !fits || self.waiting.len() >= TOGETHER {
            self.work();
        }
        self.waiting.push(feature);
    }

    fn work(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(first) = waiting.first() else { return };
        let wells = usize::from(first.wells.format().wells());
        let mut values = Vec::with_capacity(waiting.len() * wells);
        for feature in &waiting {
            let from = values.len();
            values.extend(feature.values.iter().take(wells).map(|value| value.unwrap_or(f64::NAN)));
            values.resize(from + wells, f64::NAN);
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let found = quality_of_all(&values, &first.wells, first.terms, threads);
        self.rows.extend(waiting.into_iter().zip(found).map(|(feature, quality)| feature.qc(quality)));
    }

    fn end(mut self) -> Vec<FeatureQc> {
        self.work();
        self.rows
    }
}

/// What is asked; `None` means all.
#[derive(Debug, Clone)]
pub struct QcQuestion {
    /// Only this run (sessions; `""` is no run).
    pub run: Option<String>,
    /// Only this plate. A table without a column `plate` is taken to be this one.
    pub plate: Option<String>,
    /// Only this feature.
    pub feature: Option<String>,
    /// Wells that each group needs; `None` leaves it to the assay card, else [`DEFAULT_MINIMUM_N`].
    pub minimum_n: Option<u32>,
    /// Replicates per compound in production, for the signal window; `None` leaves it to the card, else 1.
    pub replicates: Option<u32>,
}

/// Wells that each group of a statistic needs where nobody says otherwise (`DATA.md` 13).
pub const DEFAULT_MINIMUM_N: u32 = 3;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QcError {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The session cannot be read.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// No such plate.
    #[error("there is no plate \"{plate}\" here (there is: {found})")]
    NoPlate {
        /// As asked.
        plate: String,
        /// What there is.
        found: String,
    },
    /// No such run.
    #[error("there is no run \"{run}\" here (there is: {found})")]
    NoRun {
        /// As asked.
        run: String,
        /// What there is.
        found: String,
    },
    /// Nothing to compute from.
    #[error("the table has {what}")]
    Nothing {
        /// What it has not.
        what: &'static str,
    },
    /// No such feature.
    #[error("there is no feature \"{feature}\" here (there is: {found})")]
    NoFeature {
        /// As asked.
        feature: String,
        /// What there is.
        found: String,
    },
}

/// Names in an error are cut after this many.
const NAMED: usize = 12;

/// The pair of `QC.md`: positives against negatives.
pub(crate) const PLAIN_PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// What a table answers.
#[derive(Debug, Clone)]
pub struct TableQc {
    /// Every plate and feature, in the table's order.
    pub rows: Vec<FeatureQc>,
    /// Columns that are not numbers, and where: names, remarks, dates. None of them if one feature was asked for.
    pub left_out: Vec<TableError>,
    /// What about plates and their layouts a person should know.
    pub notes: Vec<String>,
}

/// What does not go together in a table and a layout that were read as one.
pub(crate) fn notes(table: &WellTable, layout: Option<&LayoutTable>, question: &QcQuestion) -> Vec<String> {
    let Some(layout) = layout else { return Vec::new() };
    let mut notes = Vec::new();
    for column in table.plates() {
        let name = name_in_table(table, column, Some(layout), question);
        if question.plate.as_deref().is_some_and(|asked| asked != name) {
            continue;
        }
        let who = if name.is_empty() { "the plate".to_owned() } else { format!("plate \"{name}\"") };
        let Some(named) = layout.wells(name) else {
            let known = some_of(layout.plates().map(str::to_owned));
            notes.push(format!("the layout says nothing of {who}, so that none of its wells counts (it has: {known})"));
            continue;
        };
        let read: BTreeSet<Well> = table.wells(column).collect();
        let formats = (smallest_format(read.iter().copied()), smallest_format(named.iter().map(|entry| entry.well)));
        if let (Some(of_table), Some(of_layout)) = formats
            && of_table != of_layout
        {
            let larger = if of_table.wells() > of_layout.wells() { of_table } else { of_layout };
            notes.push(format!(
                "{who}: its wells fit {of_table} wells, those of the layout {of_layout}; it is taken as a plate of {larger}"
            ));
        }
        let unnamed = read.iter().filter(|well| named.binary_search_by_key(*well, |entry| entry.well).is_err()).count();
        if unnamed > 0 {
            notes.push(format!("{who}: {unnamed} of its {} wells are not in the layout and do not count", read.len()));
        }
    }
    notes
}

/// Every plate and feature of a table, in its order. Without a layout every well is a sample.
///
/// # Errors
/// [`QcError`]: no such plate or feature; a cell that is neither a number nor missing, in the feature that was asked
/// for, or in every column there is.
pub fn of_table(wells: &WellTable, layout: Option<&LayoutTable>, question: &QcQuestion) -> Result<TableQc, QcError> {
    let mut abreast = Abreast::default();
    let left_out = walk_table(wells, layout, question, |feature| abreast.take(feature))?;
    let mut rows = abreast.end();
    // A column that is no number on one plate is no feature of the others either.
    rows.retain(|row: &FeatureQc| left_out.iter().all(|(name, _)| **name != *row.feature));
    let mut left_out: Vec<TableError> = left_out.into_iter().map(|(_, error)| error).collect();
    let notes = notes(wells, layout, question);
    match &question.plate {
        _ if rows.is_empty() && !left_out.is_empty() => Err(left_out.swap_remove(0).into()),
        Some(plate) if rows.is_empty() => Err(no_plate(plate, wells.plates().map(str::to_owned))),
        _ => Ok(TableQc { rows, left_out, notes }),
    }
}

/// Calls `each` with every plate and feature of a table; the columns that are not numbers, with where they are not.
pub(crate) fn walk_table(
    table: &WellTable,
    layout: Option<&LayoutTable>,
    question: &QcQuestion,
    mut each: impl FnMut(FeatureOfPlate),
) -> Result<Vec<(Box<str>, TableError)>, QcError> {
    if table.plates().next().is_none() {
        return Err(QcError::Nothing { what: "a header and no wells" });
    }
    let features: Vec<&str> = match &question.feature {
        None if table.features().next().is_none() => {
            return Err(QcError::Nothing { what: "wells and no column of values" });
        }
        None => table.features().collect(),
        Some(feature) => match table.features().find(|name| name == feature) {
            Some(name) => vec![name],
            None => return Err(no_feature(feature, table.features())),
        },
    };
    let mut left_out: Vec<(Box<str>, TableError)> = Vec::new();
    for column in table.plates() {
        let name = name_in_table(table, column, layout, question);
        if question.plate.as_deref().is_some_and(|asked| asked != name) {
            continue;
        }
        let roles: Option<BTreeMap<Well, Role>> = layout.map(|layout| {
            let named = layout.wells(name).unwrap_or_default();
            named.iter().map(|entry| (entry.well, entry.role)).collect()
        });
        for feature in &features {
            if left_out.iter().any(|(name, _)| **name == **feature) {
                continue;
            }
            let values = match table.values(column, feature) {
                Ok(values) => values,
                Err(error) => {
                    left_out.push(((*feature).into(), error));
                    continue;
                }
            };
            let places = values.iter().map(|(well, _)| *well).chain(roles.iter().flatten().map(|(well, _)| *well));
            let Some(format) = smallest_format(places) else { continue };
            let role_of = |well| match &roles {
                None => Role::Sample,
                Some(roles) => roles.get(&well).copied().unwrap_or(Role::Empty),
            };
            each(FeatureOfPlate {
                run: None,
                plate: name.into(),
                feature: (*feature).into(),
                pair: PLAIN_PAIR,
                wells: CountedWells::new(format, &laid_out(format, role_of), &[], PLAIN_PAIR),
                lines: laid_out(format, |well| values.binary_search_by_key(&well, |(well, _)| *well).is_ok()),
                values: placed(format, values.into_iter().filter_map(|(well, value)| Some((well, value?)))),
                terms: question.terms(None),
            });
        }
    }
    Ok(left_out)
}

/// A table without a column `plate` holds the plate that was asked for, or the layout's only one.
fn name_in_table<'a>(
    wells: &WellTable,
    column: &'a str,
    layout: Option<&'a LayoutTable>,
    question: &'a QcQuestion,
) -> &'a str {
    if wells.names_plates() {
        return column;
    }
    if let Some(asked) = &question.plate {
        return asked;
    }
    let mut named = layout.into_iter().flat_map(LayoutTable::plates);
    match (named.next(), named.next()) {
        (Some(only), None) => only,
        _ => column,
    }
}

/// Every plate of a session in the order of (run, barcode): the headline features of its card, or all its features
/// where no card applies, or the one that was asked for. Winning values (`DATA.md` 8), roles of the winning layout
/// (every well a sample without one), exclusions respected.
///
/// # Errors
/// [`QcError`]: no such plate or feature, or the session cannot be read.
pub async fn of_session(dir: &Path, question: &QcQuestion) -> Result<Vec<FeatureQc>, QcError> {
    let mut abreast = Abreast::default();
    walk_session(dir, question, |feature| abreast.take(feature)).await?;
    Ok(abreast.end())
}

/// Calls `each` with what [`of_session`] is about.
pub(crate) async fn walk_session(
    dir: &Path,
    question: &QcQuestion,
    mut each: impl FnMut(FeatureOfPlate),
) -> Result<(), QcError> {
    let board = rebuild::board(dir).await?;
    let mut reader = Reader::open(dir).await?;
    let mut plates: Vec<&PlateStanding> = board.plates().filter(|plate| question.is_about(plate.key())).collect();
    plates.sort_by(|a, b| a.key().cmp(b.key()));
    if let Some(asked) = &question.run
        && !board.plates().any(|plate| *plate.key().run == **asked)
    {
        let known: BTreeSet<String> = board.plates().map(|plate| plate.key().run.to_string()).collect();
        return Err(QcError::NoRun { run: asked.clone(), found: some_of(known.into_iter()) });
    }
    if let (Some(asked), true) = (&question.plate, plates.is_empty()) {
        return Err(no_plate(asked, board.plates().map(|plate| plate.key().to_string())));
    }
    let mut any = false;
    for plate in &plates {
        let card = plate.card().and_then(|index| board.cards().get(index));
        let wanted: Option<Vec<Box<str>>> = match (&question.feature, card) {
            (Some(feature), _) => Some(vec![feature.as_str().into()]),
            (None, Some(card)) => Some(card.headline.iter().map(|headline| headline.feature.as_str().into()).collect()),
            (None, None) => None,
        };
        let columns = PlateColumns::read(&mut reader, plate.key(), wanted.as_deref()).await?;
        for feature in features_of(plate, card, wanted, &columns, question) {
            any = true;
            each(feature);
        }
    }
    match &question.feature {
        Some(feature) if !any => {
            let mut found = BTreeSet::new();
            for plate in &plates {
                let columns = PlateColumns::read(&mut reader, plate.key(), None).await?;
                found.extend(columns.features().map(str::to_owned));
            }
            Err(no_feature(feature, found.iter().map(String::as_str)))
        }
        _ => Ok(()),
    }
}

impl QcQuestion {
    /// How statistics are computed under a card.
    fn terms(&self, card: Option<&AssayCard>) -> Terms {
        let limits = card.map(|card| &card.limits);
        let minimum_n = self.minimum_n.or(limits.map(|limits| limits.minimum_n)).unwrap_or(DEFAULT_MINIMUM_N);
        let replicates = self.replicates.or(limits.map(|limits| limits.replicates)).unwrap_or(1);
        Terms { minimum_n, replicates, ..Terms::default() }
    }

    fn is_about(&self, key: &PlateKey) -> bool {
        self.run.as_deref().is_none_or(|run| run == &*key.run)
            && self.plate.as_deref().is_none_or(|plate| plate == &*key.barcode)
    }
}

fn features_of<'a>(
    plate: &'a PlateStanding,
    card: Option<&'a AssayCard>,
    wanted: Option<Vec<Box<str>>>,
    columns: &'a PlateColumns,
    question: &'a QcQuestion,
) -> impl Iterator<Item = FeatureOfPlate> + 'a {
    let features = wanted.unwrap_or_else(|| columns.features().map(Into::into).collect());
    features.into_iter().flat_map(move |feature| {
        let headline = card.and_then(|card| card.headline.iter().find(|headline| headline.feature == *feature));
        let (aggregate, transform) = headline.map_or_else(Default::default, rule_of);
        let transformed = |(well, number)| Some((well, transform.apply(number)?));
        match columns.column(&feature) {
            Some(column) => {
                let values = column.numbers(aggregate).filter_map(transformed).collect();
                pairs_of(plate, card, &feature, values, question)
            }
            // A headline feature that never came says why it has no statistics; a stranger's is not there.
            None if headline.is_some() => pairs_of(plate, card, &feature, Vec::new(), question),
            None => Vec::new(),
        }
    })
}

fn rule_of(headline: &Headline) -> (SiteAggregate, Transform) {
    (headline.aggregate, headline.transform)
}

/// One a pair of the card; `values` are after its transform.
pub(crate) fn pairs_of(
    plate: &PlateStanding,
    card: Option<&AssayCard>,
    feature: &str,
    values: Vec<(Well, f64)>,
    question: &QcQuestion,
) -> Vec<FeatureOfPlate> {
    let Some(format) = plate.format() else { return Vec::new() };
    let role_of = |well| match plate.layout() {
        None => Role::Sample,
        Some(_) => plate.role(well).unwrap_or(Role::Empty),
    };
    let (roles, excluded) = (laid_out(format, role_of), laid_out(format, |well| plate.is_excluded(well)));
    let values = placed(format, values.into_iter());
    let pairs = card.map_or(&[PLAIN_PAIR][..], |card| card.pair.as_slice());
    let of_pair = |pair: &Pair| FeatureOfPlate {
        run: Some(plate.key().run.clone()),
        plate: plate.key().barcode.clone(),
        feature: feature.into(),
        pair: *pair,
        wells: CountedWells::new(format, &roles, &excluded, *pair),
        values: values.clone(),
        lines: Vec::new(),
        terms: question.terms(card),
    };
    pairs.iter().map(of_pair).collect()
}

/// Values in row-major order; what is not finite is missing.
fn placed(format: Format, values: impl Iterator<Item = (Well, f64)>) -> Vec<Option<f64>> {
    let mut all = vec![None; usize::from(format.wells())];
    for (well, value) in values.filter(|(_, value)| value.is_finite()) {
        if let Some(slot) = well.index_in(format).and_then(|at| all.get_mut(at)) {
            *slot = Some(value);
        }
    }
    all
}

/// Something of every well of a format, row-major.
fn laid_out<T>(format: Format, of: impl Fn(Well) -> T) -> Vec<T> {
    Well::all_of(format).map(of).collect()
}

/// The smallest format that has all of these wells; `None` without any.
fn smallest_format(wells: impl Iterator<Item = Well>) -> Option<Format> {
    let wells: Vec<Well> = wells.collect();
    let has_all = |format: &Format| wells.iter().all(|well| well.is_in(*format));
    (!wells.is_empty()).then(|| Format::ALL.into_iter().find(has_all)).flatten()
}

fn no_plate(plate: &str, found: impl Iterator<Item = String>) -> QcError {
    QcError::NoPlate { plate: plate.to_owned(), found: some_of(found) }
}

fn no_feature<'a>(feature: &str, found: impl Iterator<Item = &'a str>) -> QcError {
    QcError::NoFeature { feature: feature.to_owned(), found: some_of(found.map(str::to_owned)) }
}

/// The first names of a list, and how many more there are.
fn some_of(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.len() {
        0 => "none".to_owned(),
        n if n > NAMED => format!("{} and {} more", names[..NAMED].join(", "), n - NAMED),
        _ => names.join(", "),
    }
}
