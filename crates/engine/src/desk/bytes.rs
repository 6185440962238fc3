//! Values of wells as raw little-endian bytes; `ui/src/ipc/bytes.ts` reads them.
//!
//! Wall, a plate: u32 place in the request, u32 wells n, f64 revision, f32 x n values, u8 x n states, both blocks padded to
//! 8. Column: u32 wells n, u32 0, f64 revision, f64 seq, f64 0, f64 x n values, f64 x n robust z, u8 x n states, u8 x n
//! roles. Everything is row-major; a value that is not there is NaN.

use std::sync::Arc;

pub use plate::normalise::Scale;
use plate::{Board, Format, PlateKey, PlateStanding, Role, SiteAggregate, Well, normalise};

use super::Desk;
use super::failure::{Answer, Failure};
use super::showing::Showing;
use crate::columns;

const NOT_YET: u8 = 0;
const VALUE: u8 = 1;
const NO_VALUE: u8 = 2;
const EXCLUDED: u8 = 0x10;
const EMPTY: u8 = 0x20;

/// Plates in one request; the wall shows far fewer at a time.
const MOST_PLATES: usize = 512;

impl Desk {
    /// Bytes of many plates for the wall: `feature` `""` is each plate's first headline. Plates that are gone are left out.
    ///
    /// # Errors
    /// `nothing_open`, `too_many_plates`.
    pub async fn wall(&self, feature: &str, plates: &[&str]) -> Answer<Vec<u8>> {
        if plates.len() > MOST_PLATES {
            let message = format!("{} plates were asked for at once; at most {MOST_PLATES}.", plates.len());
            return Err(Failure::new("too_many_plates", message));
        }
        let showing = self.showing()?;
        let keys: Vec<(u32, Arc<PlateKey>)> =
            (0..).zip(plates).filter_map(|(place, handle)| Some((place, showing.plate(handle).ok()?))).collect();
        let feature = feature.to_owned();
        showing.look(move |board| wall_bytes(board, &keys, &feature)).await
    }

    /// Bytes of one feature of one plate, tracked or not.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `unscaled` with the reason, `session`.
    pub async fn column(&self, plate: &str, feature: &str, scale: Scale) -> Answer<Vec<u8>> {
        let showing = self.showing()?;
        let key = showing.plate(plate)?;
        let asked: Box<str> = feature.into();
        let tracked = {
            let (key, asked) = (Arc::clone(&key), asked.clone());
            showing.look(move |board| tracked_column(board, board.plate(&key)?, &asked)).await?
        };
        let column = match tracked {
            Some(column) => column,
            None => stored_column(&showing, &key, &asked).await?,
        };
        let seq = showing.upto();
        let question = move |board: &Board| match board.plate(&key) {
            Some(plate) => column_bytes(plate, &column, scale, seq),
            None => Err(Failure::no_such_plate()),
        };
        showing.look(question).await?
    }
}

/// The position of a tracked feature, and how its sites become a well.
fn find(board: &Board, plate: &PlateStanding, feature: &str) -> Option<(usize, SiteAggregate)> {
    let card = plate.card().and_then(|card| board.cards().get(card));
    let name = match feature {
        "" => card?.headline.first()?.feature.as_str(),
        name => name,
    };
    let column = board.tracked().iter().position(|tracked| **tracked == *name)?;
    let headline = card.and_then(|card| card.headline.iter().find(|headline| headline.feature == name));
    Some((column, headline.map_or(SiteAggregate::Mean, |headline| headline.aggregate)))
}

fn wells(format: Format) -> impl Iterator<Item = Well> {
    (0..usize::from(format.wells())).filter_map(move |index| Well::at_index(index, format))
}

fn wall_bytes(board: &Board, keys: &[(u32, Arc<PlateKey>)], feature: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (place, plate) in keys.iter().filter_map(|(place, key)| Some((*place, board.plate(key)?))) {
        let (format, found) = (plate.format(), find(board, plate, feature));
        let n = format.map_or(0, |format| u32::from(format.wells()));
        bytes.extend(place.to_le_bytes());
        bytes.extend(n.to_le_bytes());
        bytes.extend((plate.revision() as f64).to_le_bytes());
        let Some(format) = format else { continue };
        let mut states = Vec::with_capacity(n as usize);
        for well in wells(format) {
            let value = found.and_then(|(column, aggregate)| plate.value(column, well, aggregate));
            bytes.extend(value.map_or(f32::NAN, |value| value as f32).to_le_bytes());
            states.push(state(plate, well, value));
        }
        pad(&mut bytes);
        bytes.extend(states);
        pad(&mut bytes);
    }
    bytes
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
}

fn state(plate: &PlateStanding, well: Well, value: Option<f64>) -> u8 {
    let read = match (value, plate.has_result(well)) {
        (Some(_), _) => VALUE,
        (None, true) => NO_VALUE,
        (None, false) => NOT_YET,
    };
    let excluded = if plate.is_excluded(well) { EXCLUDED } else { 0 };
    let empty = if plate.layout().is_some() && plate.role(well) == Some(Role::Empty) { EMPTY } else { 0 };
    read | excluded | empty
}

/// A tracked feature's values, out of the board.
fn tracked_column(board: &Board, plate: &PlateStanding, feature: &str) -> Option<Vec<Option<f64>>> {
    let (column, aggregate) = find(board, plate, feature)?;
    Some(wells(plate.format()?).map(|well| plate.value(column, well, aggregate)).collect())
}

/// Any feature's values, out of the session.
async fn stored_column(showing: &Showing, key: &Arc<PlateKey>, feature: &str) -> Answer<Vec<Option<f64>>> {
    let at = if showing.at_live_edge() { None } else { Some(showing.upto()) };
    let (plate, name) = (Arc::clone(key), feature.to_owned());
    let aggregate = showing.look(move |board| columns::aggregate(board, &plate, &name)).await?;
    let read = showing.columns.read(key, &[feature.into()], aggregate, at).await?;
    let values = read.first().map_or(&[][..], |column| &column.values);
    Ok(values.iter().map(|value| Some(*value).filter(|value| !value.is_nan())).collect())
}

fn column_bytes(plate: &PlateStanding, values: &[Option<f64>], scale: Scale, seq: i64) -> Answer<Vec<u8>> {
    let Some(format) = plate.format() else {
        return Err(Failure::new("no_format", "No message of this plate has said its format yet."));
    };
    let mut values = values.to_vec();
    values.resize(usize::from(format.wells()), None);
    let places: Vec<Well> = wells(format).collect();
    let of_role = |role: Role| -> Vec<bool> {
        places.iter().map(|well| plate.role(*well) == Some(role) && !plate.is_excluded(*well)).collect()
    };
    let is_negative = of_role(Role::Negative);
    let negatives: Vec<f64> = is_negative.iter().zip(&values).filter_map(|(is, value)| value.filter(|_| *is)).collect();
    let robust_z = normalise::robust_z(&values, &negatives);
    let unscaled = |reason: normalise::Unscaled| {
        Failure::new("unscaled", format!("This scale cannot be had for this plate: {reason}."))
    };
    let columns = usize::from(format.columns());
    let shown = normalise::scaled(scale, &values, &is_negative, &of_role(Role::Sample), columns).map_err(unscaled)?;
    let robust_z = robust_z.unwrap_or_else(|_| vec![None; values.len()]);
    let mut bytes = Vec::with_capacity(32 + values.len() * 18);
    bytes.extend(u32::from(format.wells()).to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    for number in [plate.revision() as f64, seq as f64, 0.0] {
        bytes.extend(number.to_le_bytes());
    }
    for block in [&shown, &robust_z] {
        for value in block {
            bytes.extend(value.unwrap_or(f64::NAN).to_le_bytes());
        }
    }
    bytes.extend(places.iter().zip(&values).map(|(well, value)| state(plate, *well, *value)));
    bytes.extend(places.iter().map(|well| match (plate.layout(), plate.role(*well)) {
        (None, _) | (_, None) => 0,
        (_, Some(Role::Negative)) => 1,
        (_, Some(Role::Positive)) => 2,
        (_, Some(Role::Reference)) => 3,
        (_, Some(Role::Sample)) => 4,
        (_, Some(Role::Empty)) => 5_u8,
    }));
    Ok(bytes)
}
