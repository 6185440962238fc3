//! Dose-response: a four-parameter logistic through the responses of one compound, with its uncertainty.
//!
//! response = bottom + (top - bottom) / (1 + (EC50 / dose)^hill), by least squares. The slope is above 0 where
//! responses rise with dose and below 0 where they fall; bottom is always the lower plateau. A dose of 0 is the
//! plateau that the curve comes from. Standard errors are asymptotic: s^2 (J'J)^-1 with J the Jacobian at the fit and
//! s^2 = RSS / (n - 4); the 95 % interval of EC50 is symmetric in log10 EC50, with Student's t for n - 4 degrees
//! (Seber & Wild 1989, ch. 5). It is what R's `drc` gives for `LL2.4`, not a profile likelihood. The optimiser stands
//! in `dose_fit`.

use crate::dose_fit::{self, Reading, Solution};
use crate::student::t_95;

/// Distinct doses above 0 that a fit needs: one more than it has parameters.
pub const MINIMUM_DOSES: u32 = 5;
/// The curve must explain this much more than a constant does: F = ((TSS - RSS) / 3) / (RSS / (n - 4)). The 95 %
/// point of F(3, 9) is 3.86 (any table of F).
pub const MINIMUM_F: f64 = 4.0;

/// One well's dose and response; the dose in any one unit for all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DosePoint {
    /// The dose, 0 or above.
    pub dose: f64,
    /// The response.
    pub response: f64,
}

/// Why there is no curve, or no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCurve {
    /// A dose is below 0 or not finite, or a response is not finite.
    #[error("a dose is below 0, or a number is not finite")]
    NotANumber,
    /// Too few distinct doses above 0.
    #[error("{n} of at least {minimum} different doses above 0")]
    TooFewDoses {
        /// How many there are.
        n: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// The response does not change with the dose more than by chance.
    #[error("the response does not change with the dose")]
    Flat,
    /// The optimiser did not come to rest.
    #[error("no fit after {iterations} iterations")]
    NotConverged {
        /// How many it made.
        iterations: u32,
    },
    /// The doses do not say where the curve bends or how steeply: many curves fit alike.
    #[error("these doses do not determine the curve")]
    NotDetermined,
    /// The numbers are too large or too small for 64-bit arithmetic.
    #[error("the numbers are too large or too small for 64-bit arithmetic")]
    OutOfRange,
}

/// A fitted number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its asymptotic standard error.
    pub standard_error: f64,
}

/// A fitted curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoseCurve {
    /// Wells.
    pub n: u32,
    /// Distinct doses above 0.
    pub doses: u32,
    /// The lower plateau, in the response's unit.
    pub bottom: Estimate,
    /// The upper plateau, in the response's unit.
    pub top: Estimate,
    /// log10 of EC50 in the dose's unit.
    pub log10_ec50: Estimate,
    /// The Hill slope; above 0 where responses rise with dose.
    pub hill: Estimate,
    /// The dose half-way between the plateaus, in the dose's unit.
    pub ec50: f64,
    /// Its 95 % interval, in the dose's unit.
    pub ec50_interval: Result<(f64, f64), NoCurve>,
    /// EC50 lies outside the doses above 0: it is a guess by the curve's shape.
    pub extrapolated: bool,
    /// 1 - RSS / TSS.
    pub r_squared: f64,
    /// s: sqrt(RSS / (n - 4)), in the response's unit.
    pub residual_sd: f64,
    /// Iterations of the optimiser; at most 200.
    pub iterations: u32,
}

impl DoseCurve {
    /// Fits a curve to wells in well order.
    ///
    /// # Errors
    /// [`NoCurve`].
    pub fn fit(points: &[DosePoint]) -> Result<DoseCurve, NoCurve> {
        let bad = |point: &DosePoint| !point.dose.is_finite() || point.dose < 0.0 || !point.response.is_finite();
        if points.iter().any(bad) {
            return Err(NoCurve::NotANumber);
        }
        let mut doses: Vec<f64> = points.iter().map(|point| point.dose).filter(|dose| *dose > 0.0).collect();
        doses.sort_unstable_by(f64::total_cmp);
        doses.dedup();
        let (n, distinct) = (count(points.len()), count(doses.len()));
        if distinct < MINIMUM_DOSES {
            return Err(NoCurve::TooFewDoses { n: distinct, minimum: MINIMUM_DOSES });
        }
        let (Some(lowest), Some(highest)) = (doses.first(), doses.last()) else { return Err(NoCurve::NotDetermined) };
        let scale = Scale::of(points)?;
        let readings: Vec<Reading> = points.iter().map(|point| scale.reading(point)).collect();
        let solution = dose_fit::solve(&readings)?;
        let total = total_squares(&readings);
        let degrees = n - 4;
        let variance = solution.residual_squares / f64::from(degrees);
        if (total - solution.residual_squares) / 3.0 < MINIMUM_F * variance {
            return Err(NoCurve::Flat);
        }
        let curve = Parts { solution: &solution, residual_sd: variance.sqrt() };
        let log10_ec50 = curve.estimate(2, 1.0, 0.0)?;
        let ec50 = in_range(libm::exp10(log10_ec50.value))?;
        let half = t_95(degrees).map(|t| t * log10_ec50.standard_error).ok_or(NoCurve::OutOfRange)?;
        let end = |log10: f64| in_range(libm::exp10(log10));
        let interval = end(log10_ec50.value - half).and_then(|low| Ok((low, end(log10_ec50.value + half)?)));
        let (from, to) = (curve.estimate(0, scale.span, scale.middle)?, curve.estimate(1, scale.span, scale.middle)?);
        let rises = from.value <= to.value;
        let (bottom, top) = if rises { (from, to) } else { (to, from) };
        Ok(DoseCurve {
            n,
            doses: distinct,
            bottom,
            top,
            log10_ec50,
            hill: curve.hill(rises)?,
            ec50,
            ec50_interval: interval,
            extrapolated: ec50 < *lowest || ec50 > *highest,
            r_squared: 1.0 - solution.residual_squares / total,
            residual_sd: finite(variance.sqrt() * scale.span)?,
            iterations: solution.iterations,
        })
    }

    /// The curve's response at a dose; `None` for a dose below 0 or not finite.
    #[must_use]
    pub fn at(&self, dose: f64) -> Option<f64> {
        if !dose.is_finite() || dose < 0.0 {
            return None;
        }
        let rises = self.hill.value > 0.0;
        let (from, to) = if rises { (self.bottom, self.top) } else { (self.top, self.bottom) };
        let share = dose_fit::share(libm::log10(dose), self.log10_ec50.value, self.hill.value.abs());
        Some(from.value + (to.value - from.value) * share)
    }
}

/// Responses are fitted as (response - middle) / span, so that their unit does not matter to the optimiser.
#[derive(Debug, Clone, Copy)]
struct Scale {
    middle: f64,
    span: f64,
}

impl Scale {
    fn of(points: &[DosePoint]) -> Result<Scale, NoCurve> {
        let responses = || points.iter().map(|point| point.response);
        let low = responses().fold(f64::INFINITY, f64::min);
        let high = responses().fold(f64::NEG_INFINITY, f64::max);
        if low == high {
            return Err(NoCurve::Flat);
        }
        let span = finite(high - low)?;
        // Subnormal spans would lose their digits in the division.
        if span < f64::MIN_POSITIVE { Err(NoCurve::OutOfRange) } else { Ok(Scale { middle: low + span / 2.0, span }) }
    }

    fn reading(self, point: &DosePoint) -> Reading {
        Reading { log10_dose: libm::log10(point.dose), response: (point.response - self.middle) / self.span }
    }
}

/// A solution on its way to the lab's units.
struct Parts<'a> {
    solution: &'a Solution,
    residual_sd: f64,
}

impl Parts<'_> {
    /// A parameter, times `by` plus `offset`.
    fn estimate(&self, at: usize, by: f64, offset: f64) -> Result<Estimate, NoCurve> {
        let value = self.solution.parameters.get(at).ok_or(NoCurve::NotDetermined)?;
        let deviation = self.solution.deviations.get(at).ok_or(NoCurve::NotDetermined)?;
        let value = finite(value * by + offset)?;
        Ok(Estimate { value, standard_error: finite(deviation * self.residual_sd * by)? })
    }

    /// The slope from its logarithm: d hill = hill * d ln(hill).
    fn hill(&self, rises: bool) -> Result<Estimate, NoCurve> {
        let logarithm = self.estimate(3, 1.0, 0.0)?;
        let magnitude = in_range(libm::exp(logarithm.value))?;
        let standard_error = finite(magnitude * logarithm.standard_error)?;
        Ok(Estimate { value: if rises { magnitude } else { -magnitude }, standard_error })
    }
}

fn total_squares(readings: &[Reading]) -> f64 {
    let mean = readings.iter().map(|reading| reading.response).sum::<f64>() / readings.len() as f64;
    readings.iter().map(|reading| (reading.response - mean) * (reading.response - mean)).sum()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn finite(value: f64) -> Result<f64, NoCurve> {
    if value.is_finite() { Ok(value) } else { Err(NoCurve::OutOfRange) }
}

/// A power that neither overflowed nor vanished.
fn in_range(value: f64) -> Result<f64, NoCurve> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(NoCurve::OutOfRange) }
}

#[cfg(test)]
#[path = "dose_tests.rs"]
mod tests;
