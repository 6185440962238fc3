//! Values of wells as raw little-endian bytes; `ui/src/ipc/bytes.ts` reads them.
//!
//! Wall, a plate: u32 place in the request, u32 wells n, f64 revision, f32 x n values, u8 x n states, both blocks padded to
//! 8. Column: u32 wells n, u32 0, f64 revision, f64 seq, f64 0, f64 x n values, f64 x n robust z, u8 x n states, u8 x n
//! roles. Everything is row-major; a value that is not there is NaN.

use std::sync::Arc;

pub use plate::normalise::Scale;
use plate::{Board, PlateKey, PlateStanding, Role, Well};

use super::Desk;
use super::column::{ScaledColumn, find, scaled_column};
use super::failure::{Answer, Failure};

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
        let values = showing.feature_values(&key, feature).await?;
        let seq = showing.upto();
        let question = move |board: &Board| {
            let plate = board.plate(&key).ok_or_else(Failure::no_such_plate)?;
            Ok(column_bytes(plate, &scaled_column(plate, values, scale)?, seq))
        };
        showing.look(question).await?
    }
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
        for well in Well::all_of(format) {
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

fn column_bytes(plate: &PlateStanding, column: &ScaledColumn, seq: i64) -> Vec<u8> {
    let n = column.values.len();
    let mut bytes = Vec::with_capacity(32 + n * 18);
    bytes.extend(u32::from(column.format.wells()).to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    for number in [plate.revision() as f64, seq as f64, 0.0] {
        bytes.extend(number.to_le_bytes());
    }
    for block in [&column.shown, &column.robust_z] {
        for value in block {
            bytes.extend(value.unwrap_or(f64::NAN).to_le_bytes());
        }
    }
    bytes.extend(Well::all_of(column.format).zip(&column.values).map(|(well, value)| state(plate, well, *value)));
    bytes.extend(column.roles.iter().map(|role| match role {
        None => 0,
        Some(Role::Negative) => 1,
        Some(Role::Positive) => 2,
        Some(Role::Reference) => 3,
        Some(Role::Sample) => 4,
        Some(Role::Empty) => 5_u8,
    }));
    bytes
}
