//! Replicates of a plate: plates of the same run with the same compounds in the same wells.

use std::sync::Arc;

use plate::{Board, Layout, PlateKey, PlateStanding};

/// Replicates that are compared.
pub(crate) const MOST_REPLICATES: usize = 24;

/// A plate's replicates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replicates {
    /// In order of arrival, at most [`MOST_REPLICATES`].
    pub(crate) plates: Vec<Arc<PlateKey>>,
    /// How many more there are.
    pub(crate) left_out: u32,
    /// Why there are none.
    pub(crate) why: Option<&'static str>,
}

/// The replicates of a plate.
pub(crate) fn replicates(board: &Board, plate: &PlateStanding) -> Replicates {
    let nothing = |why| Replicates { plates: Vec::new(), left_out: 0, why: Some(why) };
    if plate.layout().is_none() {
        return nothing("No layout has been received for this plate.");
    }
    let (key, is_other) = (plate.key(), |other: &&PlateStanding| other.key() != plate.key());
    let of_run = board.plates().filter(|other| other.key().run == key.run).filter(is_other);
    let mut plates: Vec<Arc<PlateKey>> =
        of_run.filter(|other| are_treated_alike(plate, other)).map(|other| Arc::clone(other.key())).collect();
    if plates.is_empty() {
        return nothing("No other plate of this run has the same compounds in the same wells.");
    }
    let left_out = u32::try_from(plates.len().saturating_sub(MOST_REPLICATES)).unwrap_or(u32::MAX);
    plates.truncate(MOST_REPLICATES);
    Replicates { plates, left_out, why: None }
}

/// Whether two plates have the same roles, compounds and doses in the same wells; which replicate it is may differ.
pub(crate) fn are_treated_alike(one: &PlateStanding, other: &PlateStanding) -> bool {
    match (one.layout(), other.layout()) {
        (Some(one), Some(other)) => is_same_treatment(one, other),
        _ => false,
    }
}

fn is_same_treatment(one: &Arc<Layout>, other: &Arc<Layout>) -> bool {
    Arc::ptr_eq(one, other)
        || one.format == other.format
            && one.wells.len() == other.wells.len()
            && one.wells.iter().zip(&other.wells).all(|(a, b)| {
                (a.well, a.role, &a.compound, &a.concentration) == (b.well, b.role, &b.compound, &b.concentration)
            })
}

/// The values that count: those of excluded wells are not there.
pub(crate) fn counted(values: &[Option<f64>], is_excluded: impl Fn(usize) -> bool) -> Vec<Option<f64>> {
    values.iter().enumerate().map(|(at, value)| value.filter(|_| !is_excluded(at))).collect()
}
