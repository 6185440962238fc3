//! The second table of `QC.md`: a plate's values on scales that plates can be compared by.

mod b_score;
mod method;
mod polish;
mod reference;
mod scale;
#[cfg(test)]
mod tests;

pub use b_score::{BScores, Crowded, Polish, b_scores_of_all, crowded};
pub use method::{Against, Fit, Group, Method, Options, Unscaled};
pub use scale::{Scale, b_score, on_scale, percent_of_control, robust_z};

use crate::artefacts::present;
use crate::counted::CountedWells;
use crate::middle::Middle;
use reference::Ruler;

/// So many MADs from the middle a sample is usually called a hit: for the warning of crowded lines only.
const USUAL_HIT: f64 = 3.0;

/// Scaled values, `None` where a well has none.
pub type Scaled = Result<Vec<Option<f64>>, Unscaled>;

/// A plate's values on a scale, and what there is to say about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalised {
    /// In row-major well order, one for each well of the format; `None` where a well has none.
    pub values: Vec<Option<f64>>,
    /// Wells with a value that has no logarithm, because it is not above 0.
    pub not_above_zero: u32,
    /// Wells with a value whose place on the scale 64-bit arithmetic does not reach.
    pub out_of_range: u32,
    /// Values of the reference set: of the negatives, of both controls together, of the fit; 0 for a logarithm.
    pub reference_n: u32,
    /// How the polish of a B-score ended.
    pub polish: Option<Polish>,
    /// Where a B-score misleads by the layout: more than a quarter of a row or column are controls.
    pub warning: Option<Crowded>,
}

/// One feature of one plate by any method. `values` are in row-major well order; infinite ones count as missing, as do those
/// that are absent at the end. Excluded wells are in no reference set and no fit; they have a value on the scale nevertheless.
///
/// # Errors
/// [`Unscaled`]: which group is too small, does not scatter or has its centre at 0.
pub fn normalised(
    method: Method,
    options: &Options,
    values: &[Option<f64>],
    wells: &CountedWells,
) -> Result<Normalised, Unscaled> {
    let mut plain: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    plain.resize(usize::from(wells.format().wells()), f64::NAN);
    let of = |wells: &[u16]| -> Vec<f64> { present(&plain, wells).collect() };
    let whole = || -> Vec<u16> { wells.whole().collect() };
    let against = || match options.against {
        Against::Samples => (of(wells.sample()), Group::Samples),
        Against::Negatives => (of(wells.negative()), Group::Negatives),
        Against::Plate => (of(&whole()), Group::Plate),
    };
    match method {
        Method::PercentOfControl => {
            let negatives = of(wells.negative());
            let ruler = reference::percent_of_control(&negatives, Group::Negatives)?;
            Ok(by_ruler(&plain, ruler, negatives.len()))
        }
        Method::PercentActivity => {
            let (positives, negatives) = (of(wells.positive()), of(wells.negative()));
            let ruler = reference::percent_activity(&positives, &negatives)?;
            Ok(by_ruler(&plain, ruler, positives.len() + negatives.len()))
        }
        Method::Z => {
            let (reference, group) = against();
            Ok(by_ruler(&plain, reference::z(&reference, group)?, reference.len()))
        }
        Method::RobustZ => {
            let (reference, group) = against();
            let ruler = reference::robust_z(&reference, group, &mut Middle::default())?;
            Ok(by_ruler(&plain, ruler, reference.len()))
        }
        Method::PlateMedian => {
            let samples = of(wells.sample());
            Ok(by_ruler(&plain, reference::plate_median(&samples, &mut Middle::default())?, samples.len()))
        }
        Method::Log2 => Ok(logarithms(&plain)),
        Method::BScore => {
            let all = b_scores_of_all(&plain, wells, options, 1);
            let nothing = Unscaled::TooFew { group: Group::Fitted, n: 0, minimum: 2 };
            let polish = all.polishes.first().copied().unwrap_or(Err(nothing))?;
            let values = all.scores.iter().map(|score| (!score.is_nan()).then_some(*score)).collect();
            let is_hit: Vec<bool> = all.scores.iter().map(|score| score.abs() >= USUAL_HIT).collect();
            Ok(Normalised { polish: Some(polish), warning: crowded(wells, &is_hit), ..described(values, polish.n) })
        }
    }
}

fn by_ruler(values: &[f64], ruler: Ruler, reference_n: usize) -> Normalised {
    let there = || values.iter().filter(|value| value.is_finite());
    let read = |value: &f64| if value.is_finite() { ruler.read(*value) } else { None };
    let out_of_range = count(there().filter(|value| ruler.read(**value).is_none()).count());
    Normalised { out_of_range, ..described(values.iter().map(read).collect(), count(reference_n)) }
}

fn logarithms(values: &[f64]) -> Normalised {
    let read = |value: &f64| (value.is_finite() && *value > 0.0).then(|| libm::log2(*value));
    let not_above_zero = count(values.iter().filter(|value| value.is_finite() && **value <= 0.0).count());
    Normalised { not_above_zero, ..described(values.iter().map(read).collect(), 0) }
}

fn described(values: Vec<Option<f64>>, reference_n: u32) -> Normalised {
    Normalised { values, not_above_zero: 0, out_of_range: 0, reference_n, polish: None, warning: None }
}

fn read_all(values: &[Option<f64>], ruler: Ruler) -> Vec<Option<f64>> {
    values.iter().map(|value| ruler.read((*value)?)).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
