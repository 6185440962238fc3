//! One feature of one plate, tracked or not, on the scale that is looked at, with what counts as what.

use std::sync::Arc;

use plate::normalise::Scale;
use plate::{Board, CountedWells, Format, PlateKey, PlateStanding, Role, SiteAggregate, Well, normalise};

use super::failure::{Answer, Failure};
use super::showing::Showing;
use crate::columns;

/// A feature of a plate; every list is row-major with one entry a well of the format.
#[derive(Debug, Clone)]
pub(super) struct ScaledColumn {
    pub(super) format: Format,
    /// As received.
    pub(super) values: Vec<Option<f64>>,
    /// On the scale that was asked for.
    pub(super) shown: Vec<Option<f64>>,
    /// Robust z against the plate's negatives; all `None` where it cannot be had.
    pub(super) robust_z: Vec<Option<f64>>,
    /// `None` without a layout.
    pub(super) roles: Vec<Option<Role>>,
    pub(super) excluded: Vec<bool>,
}

impl ScaledColumn {
    /// Whether a well counts as a sample.
    pub(super) fn is_sample(&self, at: usize) -> bool {
        self.roles.get(at) == Some(&Some(Role::Sample)) && self.excluded.get(at) == Some(&false)
    }
}

impl Showing {
    /// Any feature's values as they are seen now.
    pub(super) async fn feature_values(&self, key: &Arc<PlateKey>, feature: &str) -> Answer<Vec<Option<f64>>> {
        let asked: Box<str> = feature.into();
        let plate = Arc::clone(key);
        let tracked = self.look(move |board| tracked_values(board, board.plate(&plate)?, &asked)).await?;
        match tracked {
            Some(values) => Ok(values),
            None => self.stored_values(key, feature).await,
        }
    }

    /// A feature on a scale.
    pub(super) async fn scaled_column(&self, key: &Arc<PlateKey>, feature: &str, scale: Scale) -> Answer<ScaledColumn> {
        let values = self.feature_values(key, feature).await?;
        let plate = Arc::clone(key);
        let question =
            move |board: &Board| scaled_column(board.plate(&plate).ok_or_else(Failure::no_such_plate)?, values, scale);
        self.look(question).await?
    }

    /// Any feature's values, out of the session.
    async fn stored_values(&self, key: &Arc<PlateKey>, feature: &str) -> Answer<Vec<Option<f64>>> {
        let at = if self.at_live_edge() { None } else { Some(self.upto()) };
        let (plate, name) = (Arc::clone(key), feature.to_owned());
        let aggregate = self.look(move |board| columns::aggregate(board, &plate, &name)).await?;
        let read = self.columns.read(key, &[feature.into()], aggregate, at).await?;
        let values = read.first().map_or(&[][..], |column| &column.values);
        Ok(values.iter().map(|value| Some(*value).filter(|value| !value.is_nan())).collect())
    }
}

/// The position of a tracked feature, and how its sites become a well.
pub(super) fn find(board: &Board, plate: &PlateStanding, feature: &str) -> Option<(usize, SiteAggregate)> {
    let card = plate.card().and_then(|card| board.cards().get(card));
    let name = match feature {
        "" => card?.headline.first()?.feature.as_str(),
        name => name,
    };
    let column = board.tracked().iter().position(|tracked| **tracked == *name)?;
    let headline = card.and_then(|card| card.headline.iter().find(|headline| headline.feature == name));
    Some((column, headline.map_or(SiteAggregate::Mean, |headline| headline.aggregate)))
}

/// A tracked feature's values, out of the board.
fn tracked_values(board: &Board, plate: &PlateStanding, feature: &str) -> Option<Vec<Option<f64>>> {
    let (column, aggregate) = find(board, plate, feature)?;
    Some(Well::all_of(plate.format()?).map(|well| plate.value(column, well, aggregate)).collect())
}

/// Values of a plate on a scale.
///
/// # Errors
/// `no_format`, `unscaled` with the reason.
pub(super) fn scaled_column(plate: &PlateStanding, mut values: Vec<Option<f64>>, scale: Scale) -> Answer<ScaledColumn> {
    let Some(format) = plate.format() else {
        return Err(Failure::new("no_format", "No message of this plate has said its format yet."));
    };
    values.resize(usize::from(format.wells()), None);
    let roles: Vec<Option<Role>> =
        Well::all_of(format).map(|well| plate.role(well).filter(|_| plate.layout().is_some())).collect();
    let excluded: Vec<bool> = Well::all_of(format).map(|well| plate.is_excluded(well)).collect();
    let is_negative = |at: usize| roles.get(at) == Some(&Some(Role::Negative)) && excluded.get(at) == Some(&false);
    let negatives: Vec<f64> =
        values.iter().enumerate().filter_map(|(at, value)| value.filter(|_| is_negative(at))).collect();
    let unscaled = |reason: normalise::Unscaled| {
        Failure::new("unscaled", format!("This scale cannot be had for this plate: {reason}."))
    };
    let known: Vec<Role> = roles.iter().map(|role| role.unwrap_or(Role::Empty)).collect();
    let wells = CountedWells::new(format, &known, &excluded, crate::qc::PLAIN_PAIR);
    let shown = normalise::on_scale(scale, &values, &wells).map_err(unscaled)?;
    let robust_z = normalise::robust_z(&values, &negatives).unwrap_or_else(|_| vec![None; values.len()]);
    Ok(ScaledColumn { format, values, shown, robust_z, roles, excluded })
}
