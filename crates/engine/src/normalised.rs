//! A feature of each plate on a scale, on request: of a table or of a session.

use std::path::Path;

use plate::Well;
use plate::normalise::{Method, Options, Unscaled, normalised};
use wire::layout_table::LayoutTable;
use wire::table::WellTable;

use crate::qc::{FeatureOfPlate, QcError, QcQuestion, notes, walk_session, walk_table};

/// What is asked.
#[derive(Debug, Clone)]
pub struct NormaliseQuestion {
    /// Only this run (sessions; `""` is no run); `None` is all.
    pub run: Option<String>,
    /// Only this plate; `None` is all.
    pub plate: Option<String>,
    /// The feature.
    pub feature: String,
    /// The scale.
    pub method: Method,
    /// What the scale is held against, and how it is fitted.
    pub options: Options,
}

/// The plates of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalisedTable {
    /// Each plate, in the table's order.
    pub plates: Vec<NormalisedPlate>,
    /// What does not go together in table and layout, for people.
    pub notes: Vec<String>,
}

/// One plate on the scale.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalisedPlate {
    /// The run; `None` for a table.
    pub run: Option<Box<str>>,
    /// The barcode; `""` where a table names none.
    pub plate: Box<str>,
    /// Wells that have a value as received, or a line in a table, in row-major order, with the value on the scale; `None`
    /// where it has no place there.
    pub wells: Vec<(Well, Option<f64>)>,
    /// What there is to say about it: values without a place, a polish that did not come to rest, a crowded layout.
    pub remarks: Vec<String>,
    /// Why the plate has no values on the scale at all.
    pub undefined: Option<Unscaled>,
}

impl NormaliseQuestion {
    fn as_qc(&self) -> QcQuestion {
        QcQuestion {
            run: self.run.clone(),
            plate: self.plate.clone(),
            feature: Some(self.feature.clone()),
            minimum_n: None,
            replicates: None,
        }
    }

    fn of(&self, feature: &FeatureOfPlate) -> NormalisedPlate {
        let format = feature.wells.format();
        let has_line = |at: usize| feature.lines.get(at) == Some(&true);
        let there = |at: usize| has_line(at) || feature.values.get(at).copied().flatten().is_some();
        let (run, plate) = (feature.run.clone(), feature.plate.clone());
        let (values, remarks, undefined) = match normalised(self.method, &self.options, &feature.values, &feature.wells)
        {
            Ok(found) => {
                let mut remarks = Vec::new();
                if found.not_above_zero > 0 {
                    remarks.push(format!("{} wells are not above 0 and have no logarithm", found.not_above_zero));
                }
                if found.out_of_range > 0 {
                    remarks.push(format!("{} wells leave 64-bit arithmetic on this scale", found.out_of_range));
                }
                if found.polish.is_some_and(|polish| !polish.converged) {
                    remarks.push("the polish did not come to rest: the scores are those of its last sweep".to_owned());
                }
                if found.warning.is_some() {
                    let says = "more than a quarter of a row or column are controls, or lie 3 or more from 0 by their score: its \
                                scores lean on them";
                    remarks.push(says.to_owned());
                }
                (found.values, remarks, None)
            }
            Err(reason) => (Vec::new(), Vec::new(), Some(reason)),
        };
        let well = |at: usize| Some((Well::at_index(at, format)?, values.get(at).copied().flatten()));
        let wells = (0..feature.values.len()).filter(|at| there(*at)).filter_map(well).collect();
        NormalisedPlate { run, plate, wells, remarks, undefined }
    }
}

/// Every plate of a table.
///
/// # Errors
/// [`QcError`].
pub fn of_table(
    wells: &WellTable,
    layout: Option<&LayoutTable>,
    question: &NormaliseQuestion,
) -> Result<NormalisedTable, QcError> {
    let mut plates = Vec::new();
    let left_out = walk_table(wells, layout, &question.as_qc(), |feature| plates.push(question.of(&feature)))?;
    match left_out.into_iter().next() {
        Some((_, error)) => Err(error.into()),
        None => Ok(NormalisedTable { plates, notes: notes(wells, layout, &question.as_qc()) }),
    }
}

/// Every plate of a session, in the order of (run, barcode), by the first pair of its card.
///
/// # Errors
/// [`QcError`].
pub async fn of_session(dir: &Path, question: &NormaliseQuestion) -> Result<Vec<NormalisedPlate>, QcError> {
    let mut plates: Vec<NormalisedPlate> = Vec::new();
    let each = |feature: FeatureOfPlate| {
        let is_next_pair = plates.last().is_some_and(|last| last.run == feature.run && last.plate == feature.plate);
        if !is_next_pair {
            plates.push(question.of(&feature));
        }
    };
    walk_session(dir, &question.as_qc(), each).await?;
    Ok(plates)
}
