//! Control charts: what the controls of plate after plate measure, against a baseline (Levey-Jennings), and where rules
//! (Westgard) are broken.

mod labels;
mod plot;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use plate::{PlateKey, Role};

use crate::error::FigureError;
use crate::measured::{self, Measured};
use crate::provenance::Provenance;
use crate::quantity::Quantity;

pub(crate) use plot::draw;

/// The most plates of one chart.
pub const MOST_CHARTED: usize = 1_000;
/// The most rules that one plate is said to break.
pub const MOST_BREACHES: usize = 32;

/// One measure of plates in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlChart {
    /// The feature that is measured.
    pub quantity: Quantity,
    /// What of it.
    pub charted: Charted,
    /// The plates in the order in which they were made: 1 to [`MOST_CHARTED`].
    pub plates: Vec<ChartPlate>,
    /// What they are held against, or why there is nothing.
    pub baseline: Result<Baseline, String>,
    /// Where the values come from.
    pub provenance: Provenance,
}

/// What is measured on each plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charted {
    /// The mean of the wells of a role.
    MeanOf(Role),
    /// Their median.
    MedianOf(Role),
    /// Z′.
    ZPrime,
    /// Another statistic, as people call it and how it is defined (`QC.md`).
    Statistic {
        /// "SSMD".
        label: &'static str,
        /// "(mean − mean) / √(SD² + SD²) of its controls", without a full stop.
        says: &'static str,
    },
}

/// One plate of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPlate {
    /// Which plate.
    pub key: PlateKey,
    /// What it measures, or why there is nothing: a gap.
    pub value: Measured,
    /// Wells that it was computed from.
    pub n: u32,
    /// Rules that are broken at it, at most [`MOST_BREACHES`].
    pub breaches: Vec<Breach>,
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Its name, as "1-3s".
    pub rule: String,
    /// Whether it only warns; other rules reject.
    pub is_warning: bool,
}

/// A frozen, named baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Its name.
    pub name: String,
    /// The mean over its plates.
    pub mean: f64,
    /// The standard deviation over its plates.
    pub deviation: f64,
    /// Its plates.
    pub plates: u32,
}

impl ControlChart {
    /// Whether there is something to draw, and not too much.
    ///
    /// # Errors
    /// [`FigureError::Count`].
    pub(crate) fn check(&self) -> Result<(), FigureError> {
        FigureError::count("plates", self.plates.len(), 1, MOST_CHARTED)?;
        let breaches = self.plates.iter().map(|plate| plate.breaches.len());
        breaches.max().map_or(Ok(()), |most| FigureError::count("broken rules of a plate", most, 0, MOST_BREACHES))
    }

    /// The mean and standard deviation, if they are numbers that lines can be drawn at.
    fn limits(&self) -> Option<(f64, f64)> {
        let baseline = self.baseline.as_ref().ok()?;
        let is_drawn = baseline.mean.is_finite() && baseline.deviation.is_finite() && baseline.deviation >= 0.0;
        is_drawn.then_some((baseline.mean, baseline.deviation))
    }
}

impl ChartPlate {
    fn finite(&self) -> Option<f64> {
        measured::finite(&self.value)
    }
}
