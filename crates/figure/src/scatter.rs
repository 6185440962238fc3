//! Two plates against each other: every well that both have, controls in marks of their own, and how well they agree.

mod plot;
#[cfg(test)]
pub(crate) mod tests;

use plate::{Format, PlateKey, Role, Well};

use crate::error::FigureError;
use crate::measured::Measured;
use crate::provenance::Provenance;
use crate::quantity::Quantity;

pub(crate) use plot::draw;

/// One feature on two plates of one format.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    /// What the values are; each plate's are scaled by its own wells.
    pub quantity: Quantity,
    /// The plate whose values grow to the right.
    pub x: PlateKey,
    /// The plate whose values grow upwards.
    pub y: PlateKey,
    /// Their format.
    pub format: Format,
    /// Wells that both layouts have, in well order: at most those of the format, none twice.
    pub wells: Vec<Matched>,
    /// How well the plates agree, as the caller computed it.
    pub agreement: Agreement,
    /// Where the values come from.
    pub provenance: Provenance,
}

/// A well that is on both plates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matched {
    /// Where.
    pub well: Well,
    /// Its value on the first plate; `None` where there is none.
    pub x: Option<f64>,
    /// Its value on the second plate.
    pub y: Option<f64>,
    /// Its role; `None` without a layout.
    pub role: Option<Role>,
    /// Whether a person excluded it on either plate: it is left out.
    pub is_excluded: bool,
}

/// How well two plates agree (`QC.md`, "replicate agreement").
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Pearson's correlation.
    pub pearson: Measured,
    /// Spearman's rank correlation.
    pub spearman: Measured,
    /// The matched wells that both were computed from.
    pub n: u32,
}

impl Scatter {
    /// Whether there is not too much to draw.
    ///
    /// # Errors
    /// [`FigureError::Count`] with more wells than the format has.
    pub(crate) fn check(&self) -> Result<(), FigureError> {
        FigureError::count("matched wells", self.wells.len(), 0, usize::from(self.format.wells()))
    }
}

impl Matched {
    /// Both values, if both are numbers and the well counts.
    fn values(&self) -> Option<(f64, f64)> {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        if self.is_excluded { None } else { Some((finite(self.x)?, finite(self.y)?)) }
    }
}
