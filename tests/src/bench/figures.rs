//! Numbers of interleaved pairs: medians, and how sure they are.

use serde_json::{Value, json};

use crate::seed::Seed;

/// Draws of a bootstrap.
const DRAWS: usize = 10_000;

/// The middle of the numbers; NaN of none.
#[must_use]
pub fn median(numbers: &[f64]) -> f64 {
    quantile(numbers, 0.5)
}

/// A quantile, linear between neighbours; NaN of none.
#[must_use]
pub fn quantile(numbers: &[f64], part: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = part * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * place.fract()
}

/// A ratio over pairs: its median and the 95 % interval of that median (bootstrap over pairs, fixed seed).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The median.
    pub median: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Ratio {
    /// Of the pairs' own ratios.
    #[must_use]
    pub fn of(ratios: &[f64]) -> Ratio {
        let mut seed = Seed::new(95);
        let draw = |_| {
            let drawn: Vec<f64> = ratios.iter().map(|_| ratios[seed.below(ratios.len() as u64) as usize]).collect();
            median(&drawn)
        };
        let medians: Vec<f64> = (0..DRAWS).map(draw).collect();
        Ratio { median: median(ratios), low: quantile(&medians, 0.025), high: quantile(&medians, 0.975) }
    }

    /// As JSON.
    #[must_use]
    pub fn json(self) -> Value {
        json!({ "median": self.median, "low": self.low, "high": self.high })
    }
}

impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} [{:.2}, {:.2}]", self.median, self.low, self.high)
    }
}
