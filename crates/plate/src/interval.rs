//! A 95 % bootstrap interval beside Z' (`QC.md`: stratified by role, n >= 4 each, 1,000 draws, fixed generator and
//! seed, undefined draws counted; Efron & Tibshirani 1993, percentile interval). For display, never for judging
//! (`DATA.md` 14).
//!
//! The ends are the 2.5 % and 97.5 % quantiles of the defined draws by linear interpolation between order statistics
//! at (n - 1) q (Hyndman & Fan 1996, type 7: the default of R and numpy).

use crate::generator::SplitMix64;
use crate::layout::Role;
use crate::statistics::mean_of;

/// Wells that each role needs.
pub const MINIMUM_WELLS: u32 = 4;
/// How often the wells are drawn.
pub const DRAWS: u32 = 1_000;
/// Defined draws below which their quantiles say nothing.
pub const MINIMUM_DEFINED: u32 = 500;
const SEED: u64 = 0x5a70_7269_6d65;

/// A 95 % interval of Z'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZPrimeInterval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Draws without a Z' (the drawn groups have the same mean); they are in neither end.
    pub undefined: u32,
    /// Positive controls.
    pub positive: u32,
    /// Negative controls.
    pub negative: u32,
}

/// Why there is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoInterval {
    /// A role has too few wells.
    #[error("{n} of at least {minimum} {role} wells have a value")]
    TooFew {
        /// Which role.
        role: Role,
        /// How many wells it has.
        n: u32,
        /// How many it needs.
        minimum: u32,
    },
    /// Too many draws have no Z'.
    #[error("{undefined} of {DRAWS} draws have no Z'")]
    Undefined {
        /// How many have none.
        undefined: u32,
    },
    /// The values are too large for 64-bit arithmetic.
    #[error("the values are too large for 64-bit arithmetic")]
    OutOfRange,
}

/// The interval of Z' for these controls, in well order, all finite and none excluded.
///
/// # Errors
/// [`NoInterval`].
pub fn z_prime_interval(positive: &[f64], negative: &[f64]) -> Result<ZPrimeInterval, NoInterval> {
    let positive = Wells::of(positive, Role::Positive)?;
    let negative = Wells::of(negative, Role::Negative)?;
    let mut generator = SplitMix64::new(SEED);
    let mut draws = Vec::with_capacity(DRAWS as usize);
    for _ in 0..DRAWS {
        let (mean_p, sd_p) = positive.draw(&mut generator);
        let (mean_n, sd_n) = negative.draw(&mut generator);
        let distance = (mean_p - mean_n).abs();
        let z_prime = 1.0 - 3.0 * (sd_p + sd_n) / distance;
        if distance > 0.0 && z_prime.is_finite() {
            draws.push(z_prime);
        }
    }
    let defined = u32::try_from(draws.len()).unwrap_or(DRAWS);
    let undefined = DRAWS - defined;
    if defined < MINIMUM_DEFINED {
        return Err(NoInterval::Undefined { undefined });
    }
    draws.sort_unstable_by(f64::total_cmp);
    match (quantile(&draws, 0.025), quantile(&draws, 0.975)) {
        (Some(low), Some(high)) => {
            Ok(ZPrimeInterval { low, high, undefined, positive: positive.n, negative: negative.n })
        }
        _ => Err(NoInterval::Undefined { undefined }),
    }
}

/// The wells of one role, as deviations from their mean: so sums and squares of a draw can be had in one pass without
/// losing digits.
struct Wells {
    centre: f64,
    deviations: Vec<f64>,
    n: u32,
}

impl Wells {
    fn of(values: &[f64], role: Role) -> Result<Wells, NoInterval> {
        let n = u32::try_from(values.len()).unwrap_or(u32::MAX);
        if n < MINIMUM_WELLS {
            return Err(NoInterval::TooFew { role, n, minimum: MINIMUM_WELLS });
        }
        let centre = mean_of(values);
        let deviations: Vec<f64> = values.iter().map(|value| value - centre).collect();
        let squares: f64 = deviations.iter().map(|deviation| deviation * deviation).sum();
        if centre.is_finite() && (squares * f64::from(n)).is_finite() {
            Ok(Wells { centre, deviations, n })
        } else {
            Err(NoInterval::OutOfRange)
        }
    }

    /// Mean and sample standard deviation (n - 1) of n wells drawn with replacement.
    #[inline]
    fn draw(&self, generator: &mut SplitMix64) -> (f64, f64) {
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..self.n {
            let deviation = self.deviations.get(generator.below(self.n) as usize).copied().unwrap_or_default();
            sum += deviation;
            squares += deviation * deviation;
        }
        let n = f64::from(self.n);
        let variance = (squares - sum * sum / n) / (n - 1.0);
        (self.centre + sum / n, variance.max(0.0).sqrt())
    }
}

/// The quantile of a sorted list, type 7; `None` for an empty one.
fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let place = (sorted.len().checked_sub(1)?) as f64 * q;
    let below = place.floor();
    let low = sorted.get(below as usize)?;
    let high = sorted.get(below as usize + 1).unwrap_or(low);
    Some(low + (place - below) * (high - low))
}

#[cfg(test)]
#[path = "interval_tests.rs"]
mod tests;
