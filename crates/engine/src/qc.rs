//! Quality of plates on request: the first table of `QC.md` for any feature of a table or of a session.
//!
//! What the board judges live is computed here from the stored values again, for any feature, not only tracked ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plate::{
    AssayCard, FirstTable, Groups, Headline, Pair, PlateKey, PlateStanding, Role, SiteAggregate, Transform, Well,
};
use session::Reader;
use wire::table::{LayoutTable, TableError, WellTable};

use crate::plate_columns::PlateColumns;
use crate::rebuild;

/// The first table of one feature of one plate.
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
    /// The statistics.
    pub table: FirstTable,
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
}

/// Every plate and feature of a table, in its order. Without a layout every well is a sample.
///
/// # Errors
/// [`QcError`]: no such plate or feature; a cell that is neither a number nor missing, in the feature that was asked
/// for, or in every column there is.
pub fn of_table(wells: &WellTable, layout: Option<&LayoutTable>, question: &QcQuestion) -> Result<TableQc, QcError> {
    let features: Vec<&str> = match &question.feature {
        None => wells.features().collect(),
        Some(feature) => match wells.features().find(|name| name == feature) {
            Some(name) => vec![name],
            None => return Err(no_feature(feature, wells.features())),
        },
    };
    let mut left_out: Vec<(&str, TableError)> = Vec::new();
    let mut rows = Vec::new();
    for column in wells.plates() {
        let name = name_in_table(wells, column, layout, question);
        if question.plate.as_deref().is_some_and(|asked| asked != name) {
            continue;
        }
        let roles: Option<BTreeMap<Well, Role>> = layout.map(|layout| {
            let named = layout.wells(name).unwrap_or_default();
            named.iter().map(|entry| (entry.well, entry.role)).collect()
        });
        let role_of = |well| match &roles {
            None => Role::Sample,
            Some(roles) => roles.get(&well).copied().unwrap_or(Role::Empty),
        };
        for feature in &features {
            if left_out.iter().any(|(name, _)| name == feature) {
                continue;
            }
            let values = match wells.values(column, feature) {
                Ok(values) => values,
                Err(error) => {
                    left_out.push((feature, error));
                    continue;
                }
            };
            let values = values.into_iter().filter_map(|(well, value)| Some((role_of(well), value?)));
            let groups = group(values, PLAIN_PAIR, 0);
            let minimum_n = question.minimum_n.unwrap_or(DEFAULT_MINIMUM_N);
            rows.push(FeatureQc {
                run: None,
                plate: name.into(),
                feature: (*feature).into(),
                pair: PLAIN_PAIR,
                table: FirstTable::of(&groups, minimum_n, question.replicates.unwrap_or(1)),
            });
        }
    }
    // A column that is no number on one plate is no feature of the others either.
    rows.retain(|row| left_out.iter().all(|(name, _)| **name != *row.feature));
    let mut left_out: Vec<TableError> = left_out.into_iter().map(|(_, error)| error).collect();
    match &question.plate {
        _ if rows.is_empty() && !left_out.is_empty() => Err(left_out.swap_remove(0).into()),
        Some(plate) if rows.is_empty() => Err(no_plate(plate, wells.plates().map(str::to_owned))),
        _ => Ok(TableQc { rows, left_out }),
    }
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
    let board = rebuild::board(dir).await?;
    let mut reader = Reader::open(dir).await?;
    let mut plates: Vec<&PlateStanding> = board.plates().filter(|plate| question.is_about(plate.key())).collect();
    plates.sort_by(|a, b| a.key().cmp(b.key()));
    if let (Some(asked), true) = (&question.plate, plates.is_empty()) {
        return Err(no_plate(asked, board.plates().map(|plate| plate.key().to_string())));
    }
    let mut rows = Vec::new();
    for plate in &plates {
        let card = plate.card().and_then(|index| board.cards().get(index));
        let wanted: Option<Vec<Box<str>>> = match (&question.feature, card) {
            (Some(feature), _) => Some(vec![feature.as_str().into()]),
            (None, Some(card)) => Some(card.headline.iter().map(|headline| headline.feature.as_str().into()).collect()),
            (None, None) => None,
        };
        let columns = PlateColumns::read(&mut reader, plate.key(), wanted.as_deref()).await?;
        rows.extend(of_plate(plate, card, wanted, &columns, question));
    }
    match &question.feature {
        Some(feature) if rows.is_empty() => {
            let mut found = BTreeSet::new();
            for plate in &plates {
                let columns = PlateColumns::read(&mut reader, plate.key(), None).await?;
                found.extend(columns.features().map(str::to_owned));
            }
            Err(no_feature(feature, found.iter().map(String::as_str)))
        }
        _ => Ok(rows),
    }
}

impl QcQuestion {
    fn is_about(&self, key: &PlateKey) -> bool {
        self.run.as_deref().is_none_or(|run| run == &*key.run)
            && self.plate.as_deref().is_none_or(|plate| plate == &*key.barcode)
    }
}

/// One row a feature and pair of the plate's card; all its features where `wanted` names none.
pub(crate) fn of_plate(
    plate: &PlateStanding,
    card: Option<&AssayCard>,
    wanted: Option<Vec<Box<str>>>,
    columns: &PlateColumns,
    question: &QcQuestion,
) -> Vec<FeatureQc> {
    let features = wanted.unwrap_or_else(|| columns.features().map(Into::into).collect());
    let mut rows = Vec::new();
    for feature in features {
        let headline = card.and_then(|card| card.headline.iter().find(|headline| headline.feature == *feature));
        let (aggregate, transform) = headline.map_or_else(Default::default, rule_of);
        match columns.column(&feature) {
            Some(column) => {
                let transformed = |(well, number)| Some((well, transform.apply(number)?));
                let values = column.numbers(aggregate).filter_map(transformed);
                rows.extend(table_of(plate, card, &feature, values, question));
            }
            // A headline feature that never came says why it has no statistics; a stranger's is not there.
            None if headline.is_some() => rows.extend(table_of(plate, card, &feature, std::iter::empty(), question)),
            None => {}
        }
    }
    rows
}

fn rule_of(headline: &Headline) -> (SiteAggregate, Transform) {
    (headline.aggregate, headline.transform)
}

/// One row a pair of the card.
fn table_of(
    plate: &PlateStanding,
    card: Option<&AssayCard>,
    feature: &str,
    values: impl Iterator<Item = (Well, f64)>,
    question: &QcQuestion,
) -> Vec<FeatureQc> {
    let role_of = |well| match plate.layout() {
        None => Role::Sample,
        Some(_) => plate.role(well).unwrap_or(Role::Empty),
    };
    let values: Vec<(Role, f64)> =
        values.filter(|(well, _)| !plate.is_excluded(*well)).map(|(well, value)| (role_of(well), value)).collect();
    let pairs = card.map_or(&[PLAIN_PAIR][..], |card| card.pair.as_slice());
    let minimum_n = question.minimum_n.or(card.map(|card| card.limits.minimum_n)).unwrap_or(DEFAULT_MINIMUM_N);
    let replicates = question.replicates.or(card.map(|card| card.limits.replicates)).unwrap_or(1);
    let row = |pair: &Pair| FeatureQc {
        run: Some(plate.key().run.clone()),
        plate: plate.key().barcode.clone(),
        feature: feature.into(),
        pair: *pair,
        table: FirstTable::of(&group(values.iter().copied(), *pair, plate.excluded_wells()), minimum_n, replicates),
    };
    pairs.iter().map(row).collect()
}

/// Values by group, in the order given.
fn group(values: impl IntoIterator<Item = (Role, f64)>, pair: Pair, excluded: u32) -> Groups {
    let mut groups = Groups { excluded, ..Groups::default() };
    for (role, value) in values {
        if !value.is_finite() {
            continue;
        }
        if role == pair.positive {
            groups.positive.push(value);
        }
        if role == pair.negative {
            groups.negative.push(value);
        }
        if role == Role::Sample {
            groups.sample.push(value);
        }
    }
    groups
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
