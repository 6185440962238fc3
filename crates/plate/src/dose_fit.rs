//! The least-squares problem under a dose curve: starting values, Jacobian, and MINPACK's Levenberg-Marquardt
//! (`rmpfit`).
//!
//! Parameters: the response at dose 0, the response at endless dose, log10 EC50, and the natural logarithm of the
//! slope's magnitude, so that the slope cannot change its sign on the way. Powers go through `libm` and the optimiser
//! only adds, multiplies, divides and takes square roots, in the order of the wells: the fit is the same on every
//! machine.

use rmpfit::{MPConfig, MPError, MPFitter, MPMaxFev, MPPar, MPResult, MPSide, MPStatus, MPSuccess};

use crate::dose::NoCurve;

/// Iterations at most.
pub(crate) const MOST_ITERATIONS: u32 = 200;
/// Steps that are tried at most, over all iterations.
const MOST_EVALUATIONS: usize = 1_000;
/// EC50 may lie this many powers of ten outside the doses.
const BEYOND_DOSES: f64 = 3.0;
/// ln of the least and the greatest slope: 0.05 and 50. Beyond, a curve is a line or a step, and its slope no number.
const LN_HILL: (f64, f64) = (-3.0, 3.912_023_005_428_146);

/// One well: log10 of its dose, minus infinity for dose 0, and its response on the optimiser's scale.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) log10_dose: f64,
    pub(crate) response: f64,
}

/// Where the optimiser came to rest.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    /// Response at dose 0, response at endless dose, log10 EC50, ln of the slope's magnitude.
    pub(crate) parameters: [f64; 4],
    /// Square roots of the diagonal of (J'J)^-1 there.
    pub(crate) deviations: [f64; 4],
    pub(crate) residual_squares: f64,
    pub(crate) iterations: u32,
}

/// How far the curve has gone from its response at dose 0 (0) to that at endless dose (1).
pub(crate) fn share(log10_dose: f64, log10_ec50: f64, hill: f64) -> f64 {
    if log10_dose == f64::NEG_INFINITY {
        return 0.0;
    }
    1.0 / (1.0 + libm::exp(hill * std::f64::consts::LN_10 * (log10_ec50 - log10_dose)))
}

/// Fits the readings: the best of a fixed grid of starts, then Levenberg-Marquardt.
///
/// # Errors
/// [`NoCurve`]: not converged, or at the end of what a slope or an EC50 may be, or with a singular Jacobian.
pub(crate) fn solve(readings: &[Reading]) -> Result<Solution, NoCurve> {
    let doses = || readings.iter().map(|reading| reading.log10_dose).filter(|dose| dose.is_finite());
    let low = doses().fold(f64::INFINITY, f64::min);
    let high = doses().fold(f64::NEG_INFINITY, f64::max);
    let mut parameters = start(readings, low, high).ok_or(NoCurve::NotDetermined)?;
    let mut problem = Problem { readings, limits: limits(low, high), config: config(MOST_ITERATIONS as usize) };
    let fitted = problem.mpfit(&mut parameters).map_err(|error| refused(&error))?;
    let iterations = u32::try_from(fitted.n_iter).unwrap_or(u32::MAX);
    if matches!(fitted.success, MPSuccess::NotDone | MPSuccess::MaxIter) {
        return Err(NoCurve::NotConverged { iterations });
    }
    // Without an iteration the optimiser gives the Jacobian's covariance exactly where it stands.
    problem.config = config(0);
    let there = problem.mpfit(&mut parameters).map_err(|error| refused(&error))?;
    if there.n_pegged > 0 {
        return Err(NoCurve::NotDetermined);
    }
    let deviations = deviations(&there).ok_or(NoCurve::NotDetermined)?;
    let residual_squares = problem.residual_squares(&parameters);
    if !residual_squares.is_finite() || parameters.iter().any(|parameter| !parameter.is_finite()) {
        return Err(NoCurve::OutOfRange);
    }
    Ok(Solution { parameters, deviations, residual_squares, iterations })
}

fn refused(error: &MPError) -> NoCurve {
    match error {
        MPError::Nan => NoCurve::OutOfRange,
        _ => NoCurve::NotDetermined,
    }
}

/// The optimiser leaves a 0 where a direction does not change the residuals.
fn deviations(status: &MPStatus) -> Option<[f64; 4]> {
    let deviations: [f64; 4] = status.xerror.as_slice().try_into().ok()?;
    deviations.iter().all(|deviation| deviation.is_finite() && *deviation > 0.0).then_some(deviations)
}

/// The best of a grid of EC50 and slope; the plateaus that go with each are a straight line's ends. A grid cannot be
/// led astray by one wild well, as a guess from the extremes would be.
fn start(readings: &[Reading], low: f64, high: f64) -> Option<[f64; 4]> {
    const STEPS: u32 = 24;
    let mut best: Option<(f64, [f64; 4])> = None;
    for step in 0..=STEPS {
        // From half a power of ten below the doses to half a power above.
        let log10_ec50 = low - 0.5 + (high - low + 1.0) * f64::from(step) / f64::from(STEPS);
        for hill in [0.4, 0.7, 1.0, 1.5, 2.5, 5.0, 10.0] {
            let Some((squares, from, to)) = plateaus(readings, log10_ec50, hill) else { continue };
            if best.is_none_or(|(least, _)| squares < least) {
                best = Some((squares, [from, to, log10_ec50, libm::log(hill)]));
            }
        }
    }
    best.map(|(_, parameters)| parameters)
}

/// Residual sum of squares and both plateaus, by linear regression of the responses on the curve's share.
fn plateaus(readings: &[Reading], log10_ec50: f64, hill: f64) -> Option<(f64, f64, f64)> {
    let shares = || readings.iter().map(|reading| share(reading.log10_dose, log10_ec50, hill));
    let n = readings.len() as f64;
    let mean_share = shares().sum::<f64>() / n;
    let mean = readings.iter().map(|reading| reading.response).sum::<f64>() / n;
    let (mut both, mut squared) = (0.0, 0.0);
    for (reading, share) in readings.iter().zip(shares()) {
        both += (share - mean_share) * (reading.response - mean);
        squared += (share - mean_share) * (share - mean_share);
    }
    let slope = both / squared;
    let from = mean - slope * mean_share;
    let residual = |(reading, share): (&Reading, f64)| reading.response - from - slope * share;
    let squares: f64 = readings.iter().zip(shares()).map(residual).map(|residual| residual * residual).sum();
    squares.is_finite().then_some((squares, from, from + slope))
}

struct Problem<'a> {
    readings: &'a [Reading],
    limits: [MPPar; 4],
    config: MPConfig,
}

fn config(most_iterations: usize) -> MPConfig {
    MPConfig {
        ftol: 1e-14,
        xtol: 1e-12,
        gtol: 1e-12,
        max_iter: most_iterations,
        max_fev: MPMaxFev::Limited(MOST_EVALUATIONS),
        ..MPConfig::default()
    }
}

fn limits(low: f64, high: f64) -> [MPPar; 4] {
    let free = || MPPar { side: MPSide::User, ..MPPar::default() };
    let between = |limit_low, limit_up| MPPar { limited_low: true, limited_up: true, limit_low, limit_up, ..free() };
    [free(), free(), between(low - BEYOND_DOSES, high + BEYOND_DOSES), between(LN_HILL.0, LN_HILL.1)]
}

impl Problem<'_> {
    fn residual_squares(&self, parameters: &[f64; 4]) -> f64 {
        let mut deviates = vec![0.0; self.readings.len()];
        residuals(self.readings, parameters, &mut deviates);
        deviates.iter().map(|deviate| deviate * deviate).sum()
    }
}

fn residuals(readings: &[Reading], [from, to, log10_ec50, ln_hill]: &[f64; 4], deviates: &mut [f64]) {
    let hill = libm::exp(*ln_hill);
    for (deviate, reading) in deviates.iter_mut().zip(readings) {
        *deviate = reading.response - from - (to - from) * share(reading.log10_dose, *log10_ec50, hill);
    }
}

impl MPFitter for Problem<'_> {
    fn eval(&mut self, params: &[f64], deviates: &mut [f64]) -> MPResult<()> {
        let parameters: &[f64; 4] = params.try_into().map_err(|_| MPError::Eval)?;
        residuals(self.readings, parameters, deviates);
        Ok(())
    }

    fn number_of_points(&self) -> usize {
        self.readings.len()
    }

    fn config(&self) -> &MPConfig {
        &self.config
    }

    fn parameters(&self) -> &[MPPar] {
        &self.limits
    }

    /// Derivatives of the residuals. With w the share and z its exponent, dw/dz = -w (1 - w).
    fn jacobian(&mut self, params: &[f64], deviates: &mut [f64], derivs: &mut [Option<Vec<f64>>]) -> MPResult<()> {
        self.eval(params, deviates)?;
        let [from, to, log10_ec50, ln_hill]: &[f64; 4] = params.try_into().map_err(|_| MPError::Eval)?;
        let hill = libm::exp(*ln_hill);
        for (parameter, column) in derivs.iter_mut().enumerate() {
            for (derivative, reading) in column.iter_mut().flatten().zip(self.readings) {
                let share = share(reading.log10_dose, *log10_ec50, hill);
                let by_exponent = (to - from) * share * (1.0 - share);
                *derivative = match parameter {
                    0 => share - 1.0,
                    1 => -share,
                    2 => by_exponent * hill * std::f64::consts::LN_10,
                    // At dose 0 the share is 0 and stays so.
                    _ if share == 0.0 => 0.0,
                    _ => by_exponent * hill * std::f64::consts::LN_10 * (log10_ec50 - reading.log10_dose),
                };
            }
        }
        Ok(())
    }
}
