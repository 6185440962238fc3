//! Dose and response: replicates, their means and the curve that was fitted, a panel a compound, over one pair of axes.

mod panel;
mod plot;
mod range;
mod tested;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use plate::PlateKey;

use crate::error::FigureError;
use crate::measured::Measured;
use crate::provenance::Provenance;
use crate::quantity::Quantity;

pub(crate) use plot::draw;

/// The most compounds of one figure.
pub const MOST_COMPOUNDS: usize = 24;
/// The most points of one compound: replicates, means, places of a curve.
pub const MOST_POINTS: usize = 4_096;

/// One feature over the doses of some compounds.
#[derive(Debug, Clone, PartialEq)]
pub struct DoseCurves {
    /// What the values are.
    pub quantity: Quantity,
    /// The plates that the values are from.
    pub plates: Vec<PlateKey>,
    /// The unit of doses, as "µM".
    pub unit: String,
    /// The compounds, in the order in which they are drawn: 1 to [`MOST_COMPOUNDS`].
    pub compounds: Vec<Compound>,
    /// Compounds with doses for which there is no room.
    pub left_out: u32,
    /// The levels of the controls, as lines across every panel.
    pub levels: Levels,
    /// Where the values come from.
    pub provenance: Provenance,
}

/// Means of the controls, as the caller computed them; `None` draws no line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Levels {
    /// Of the negative controls.
    pub negative: Option<f64>,
    /// Of the positive controls.
    pub positive: Option<f64>,
}

/// One compound.
#[derive(Debug, Clone, PartialEq)]
pub struct Compound {
    /// Its name or id.
    pub name: String,
    /// A point a well, at most [`MOST_POINTS`].
    pub replicates: Vec<Replicate>,
    /// A mean a dose, as the caller computed it, at most [`MOST_POINTS`].
    pub means: Vec<DoseMean>,
    /// The fitted curve, or why there is none.
    pub fit: Result<Fit, String>,
}

/// One well of a compound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replicate {
    /// The dose in the figure's unit; one that is not positive has no place on a logarithmic axis, and the caption says so.
    pub dose: f64,
    /// The value; `None` where there is none.
    pub value: Option<f64>,
    /// Whether a person excluded it: it is drawn as a cross.
    pub is_excluded: bool,
}

/// The mean of the replicates of one dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoseMean {
    /// The dose in the figure's unit.
    pub dose: f64,
    /// The mean.
    pub value: f64,
}

/// A fitted curve and what is read from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The curve.
    pub curve: Curve,
    /// log10 of the dose of half the effect, in the figure's unit, or why it cannot be told.
    pub log10_ec50: Measured,
    /// Its 95 % interval, where the caller has one.
    pub interval: Option<Interval>,
}

/// A curve over doses.
#[derive(Debug, Clone, PartialEq)]
pub enum Curve {
    /// Four parameters: bottom + (top - bottom) / (1 + 10^((log10_ec50 - log10 dose) hill)).
    Hill {
        /// The value far below the EC50, where `hill` is positive.
        bottom: f64,
        /// The value far above it.
        top: f64,
        /// log10 of the dose half-way, in the figure's unit.
        log10_ec50: f64,
        /// The steepness.
        hill: f64,
    },
    /// As the caller sampled it: log10 of doses in the figure's unit, rising, with values; at most [`MOST_POINTS`].
    Sampled(Vec<(f64, f64)>),
}

/// A 95 % interval of log10 EC50 in the figure's unit; a side that the data do not bound is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
}

impl DoseCurves {
    /// Whether there is something to draw, and not too much.
    ///
    /// # Errors
    /// [`FigureError::Count`].
    pub(crate) fn check(&self) -> Result<(), FigureError> {
        FigureError::count("compounds", self.compounds.len(), 1, MOST_COMPOUNDS)?;
        for compound in &self.compounds {
            FigureError::count("replicates of a compound", compound.replicates.len(), 0, MOST_POINTS)?;
            FigureError::count("doses of a compound", compound.means.len(), 0, MOST_POINTS)?;
            if let Ok(Fit { curve: Curve::Sampled(points), .. }) = &compound.fit {
                FigureError::count("places of a curve", points.len(), 0, MOST_POINTS)?;
            }
        }
        Ok(())
    }
}

impl Replicate {
    /// log10 of its dose and its value, if it has both.
    fn place(&self) -> Option<(f64, f64)> {
        place(self.dose, self.value?)
    }
}

impl DoseMean {
    fn place(&self) -> Option<(f64, f64)> {
        place(self.dose, self.value)
    }
}

fn place(dose: f64, value: f64) -> Option<(f64, f64)> {
    (dose > 0.0 && dose.is_finite() && value.is_finite()).then(|| (libm::log10(dose), value))
}

impl Curve {
    /// The value at log10 of a dose; `None` where the curve is not sampled or no number.
    fn at(&self, log10_dose: f64) -> Option<f64> {
        let value = match self {
            Curve::Hill { bottom, top, log10_ec50, hill } => {
                let share = 1.0 / (1.0 + libm::exp10((log10_ec50 - log10_dose) * hill));
                bottom * (1.0 - share) + top * share
            }
            Curve::Sampled(points) => {
                let after = points.partition_point(|(dose, _)| *dose < log10_dose);
                let (x1, y1) = *points.get(after)?;
                let (x0, y0) = match after.checked_sub(1) {
                    Some(before) => *points.get(before)?,
                    None if x1 == log10_dose => return Some(y1).filter(|value| value.is_finite()),
                    None => return None,
                };
                let share = (log10_dose - x0) / (x1 - x0);
                y0 * (1.0 - share) + y1 * share
            }
        };
        Some(value).filter(|value| value.is_finite())
    }
}
