//! Small multiples: up to 200 plates on one sheet, each in the grid of its own format, one colour scale or each its own.

mod sheet;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use plate::{Format, PlateKey};

use crate::error::FigureError;
use crate::provenance::Provenance;
use crate::quantity::Quantity;
use crate::subject::{FigureWell, Quality};

pub(crate) use sheet::draw;

/// The most plates of one sheet.
pub const MOST_PLATES: usize = 200;
/// The most wells of one sheet: 200 plates of 1,536. An SVG has a shape for each.
pub const MOST_WELLS: usize = MOST_PLATES * 1536;

/// One feature of several plates. Formats may differ: every plate is drawn in its own grid, about as wide as the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiples {
    /// What the values are.
    pub quantity: Quantity,
    /// The plates, in the order in which they are drawn: 1 to [`MOST_PLATES`].
    pub plates: Vec<Tile>,
    /// Whether colours of different plates compare.
    pub span: Span,
    /// Plates that belong here and are not drawn, with the reason, as a sentence without its full stop.
    pub left_out: Vec<(PlateKey, String)>,
    /// Where the values come from.
    pub provenance: Provenance,
}

/// The values that the ends of the colour scale stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Span {
    /// The same on every plate: colours compare.
    #[default]
    All,
    /// Each plate's own: patterns show on every plate, colours of different plates do not compare.
    Each,
}

/// One plate of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Which plate.
    pub key: PlateKey,
    /// Its format.
    pub format: Format,
    /// Row-major, one a well of the format.
    pub wells: Vec<FigureWell>,
    /// Expected wells with a result.
    pub read: u32,
    /// Wells from which a result is expected.
    pub expected: u32,
    /// How its controls stand apart.
    pub quality: Quality,
}

impl Multiples {
    /// Whether there is something to draw, and not too much; nothing is laid out before.
    ///
    /// # Errors
    /// [`FigureError::Count`] without plates, with more than [`MOST_PLATES`] or [`MOST_WELLS`]; [`FigureError::Wells`].
    pub(crate) fn check(&self) -> Result<(), FigureError> {
        FigureError::count("plates", self.plates.len(), 1, MOST_PLATES)?;
        for tile in &self.plates {
            let (has, needs) = (tile.wells.len(), usize::from(tile.format.wells()));
            if has != needs {
                return Err(FigureError::Wells { has, needs });
            }
        }
        FigureError::count("wells", self.wells().count(), 1, MOST_WELLS)
    }

    fn wells(&self) -> impl Iterator<Item = &FigureWell> {
        self.plates.iter().flat_map(|tile| &tile.wells)
    }

    /// Every value there is, of excluded wells too.
    fn values(&self) -> impl Iterator<Item = f64> {
        self.wells().filter_map(FigureWell::finite)
    }
}

impl Tile {
    fn values(&self) -> impl Iterator<Item = f64> {
        self.wells.iter().filter_map(FigureWell::finite)
    }
}
