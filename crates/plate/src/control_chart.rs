//! Levey-Jennings charts: plates' control means against a frozen, named baseline (`QC.md`, "across plates"; Levey &
//! Jennings 1950). The rules that judge such a chart stand in [`crate::westgard`].

use crate::key::PlateKey;

/// Plates that a baseline needs: as many as the comparison of artefacts does.
pub const MINIMUM_PLATES: u32 = 5;

/// What later plates are held against: made once, of named plates, and never changed afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    name: Box<str>,
    frozen_at_ms: i64,
    plates: Box<[PlateKey]>,
    mean: f64,
    sd: f64,
}

/// Why plates make no baseline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBaseline {
    /// It would have no name.
    #[error("a baseline needs a name")]
    NoName,
    /// Too few plates have a control mean.
    #[error("{n} of at least {minimum} plates have a control mean")]
    TooFewPlates {
        /// How many have.
        n: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// One plate stands twice.
    #[error("plate {0} stands twice")]
    Twice(PlateKey),
    /// All plates have the same control mean.
    #[error("the control means do not scatter")]
    NoScatter,
    /// The means are not finite, or too large for 64-bit arithmetic.
    #[error("the control means are too large for 64-bit arithmetic")]
    OutOfRange,
}

/// One plate's place on the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPoint {
    /// Which plate.
    pub plate: PlateKey,
    /// Its control mean, in the feature's unit; `None` where it has none.
    pub value: Option<f64>,
    /// (value - mean) / sd of the baseline; `None` where there is no value, or the number leaves 64-bit range.
    pub position_sd: Option<f64>,
}

impl Baseline {
    /// Freezes the control means of `plates`, in plate order. `frozen_at_ms` is when, in milliseconds since 1970
    /// (UTC).
    ///
    /// # Errors
    /// [`NoBaseline`]: no name, fewer than [`MINIMUM_PLATES`] plates, one of them twice, or no usable mean and deviation.
    pub fn freeze(name: &str, frozen_at_ms: i64, plates: &[(PlateKey, f64)]) -> Result<Baseline, NoBaseline> {
        if name.trim().is_empty() {
            return Err(NoBaseline::NoName);
        }
        let n = u32::try_from(plates.len()).unwrap_or(u32::MAX);
        if n < MINIMUM_PLATES {
            return Err(NoBaseline::TooFewPlates { n, minimum: MINIMUM_PLATES });
        }
        let mut keys: Vec<&PlateKey> = plates.iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        if let Some(key) =
            keys.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first()).flatten())
        {
            return Err(NoBaseline::Twice((*key).clone()));
        }
        // Equal means are asked of the values: their rounded mean may differ from them.
        if plates.iter().all(|(_, value)| plates.first().is_some_and(|(_, first)| first == value)) {
            return Err(NoBaseline::NoScatter);
        }
        let mean = plates.iter().map(|(_, value)| value).sum::<f64>() / f64::from(n);
        let squares: f64 = plates.iter().map(|(_, value)| (value - mean) * (value - mean)).sum();
        let sd = (squares / (f64::from(n) - 1.0)).sqrt();
        if !mean.is_finite() || !sd.is_finite() {
            return Err(NoBaseline::OutOfRange);
        }
        if sd == 0.0 {
            return Err(NoBaseline::NoScatter);
        }
        let plates = plates.iter().map(|(key, _)| key.clone()).collect();
        Ok(Baseline { name: name.into(), frozen_at_ms, plates, mean, sd })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was frozen, in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn frozen_at_ms(&self) -> i64 {
        self.frozen_at_ms
    }

    /// The plates that it was made from, in plate order.
    #[must_use]
    pub fn plates(&self) -> &[PlateKey] {
        &self.plates
    }

    /// Mean of the control means, in the feature's unit.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their sample standard deviation (n - 1), above 0, in the feature's unit.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// How many plates it was made from.
    #[must_use]
    pub fn n(&self) -> u32 {
        u32::try_from(self.plates.len()).unwrap_or(u32::MAX)
    }

    /// The chart's seven lines in the feature's unit, lowest first: -3, -2, -1, 0, 1, 2, 3 sd.
    #[must_use]
    pub fn lines(&self) -> [f64; 7] {
        [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0].map(|distance| self.mean + distance * self.sd)
    }

    /// Where a control mean lies, in sd; `None` for a number that is not finite, or a place that is not.
    #[must_use]
    pub fn position_sd(&self, value: f64) -> Option<f64> {
        Some((value - self.mean) / self.sd).filter(|position| position.is_finite())
    }

    /// Plates with their control means, in plate order, as points of this baseline's chart.
    #[must_use]
    pub fn chart(&self, plates: &[(PlateKey, Option<f64>)]) -> Vec<ChartPoint> {
        let point = |(plate, value): &(PlateKey, Option<f64>)| ChartPoint {
            plate: plate.clone(),
            value: *value,
            position_sd: value.and_then(|value| self.position_sd(value)),
        };
        plates.iter().map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plates(values: &[f64]) -> Vec<(PlateKey, f64)> {
        values.iter().enumerate().map(|(at, value)| (PlateKey::new("run", &format!("P{at}")), *value)).collect()
    }

    #[test]
    fn a_baseline_worked_by_hand() {
        // Mean 10; squares 4 + 1 + 0 + 1 + 4 = 10 over 4.
        let made = plates(&[8.0, 9.0, 10.0, 11.0, 12.0]);
        let baseline = Baseline::freeze("spring", 1_750_000_000_000, &made).unwrap();
        let sd = 2.5_f64.sqrt();
        assert_eq!((baseline.name(), baseline.frozen_at_ms(), baseline.n()), ("spring", 1_750_000_000_000, 5));
        assert_eq!((baseline.mean(), baseline.sd()), (10.0, sd));
        assert_eq!(baseline.lines()[3], 10.0);
        assert_eq!(baseline.lines()[6], 10.0 + 3.0 * sd);
        assert_eq!(baseline.plates()[4], PlateKey::new("run", "P4"));
        let later = [(PlateKey::new("run", "P9"), Some(10.0 - 2.0 * sd)), (PlateKey::new("run", "PA"), None)];
        let chart = baseline.chart(&later);
        assert!((chart[0].position_sd.unwrap() + 2.0).abs() < 1e-12);
        assert_eq!((chart[1].value, chart[1].position_sd), (None, None));
        assert_eq!(baseline.position_sd(f64::NAN), None);
    }

    /// The first ten of Michelson's 100 speeds of light (NIST StRD "Michelso"); mean and sd by numpy 2
    /// (`np.std(ddof=1)`).
    #[test]
    fn mean_and_deviation_are_those_of_numpy() {
        let light = [299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88];
        let baseline = Baseline::freeze("light", 0, &plates(&light)).unwrap();
        assert!((baseline.mean() - 299.913).abs() < 1e-12);
        assert!((baseline.sd() - 0.090_927_321_404_389_37).abs() < 1e-12, "{}", baseline.sd());
    }

    #[test]
    fn what_makes_no_baseline_says_why() {
        let freeze = |values: &[f64]| Baseline::freeze("b", 0, &plates(values));
        assert_eq!(freeze(&[1.0, 2.0, 3.0, 4.0]), Err(NoBaseline::TooFewPlates { n: 4, minimum: 5 }));
        assert_eq!(freeze(&[0.1; 7]), Err(NoBaseline::NoScatter));
        assert_eq!(freeze(&[1.0, 2.0, 3.0, 4.0, f64::NAN]), Err(NoBaseline::OutOfRange));
        assert_eq!(freeze(&[f64::MAX, f64::MAX, 0.0, 0.0, 0.0]), Err(NoBaseline::OutOfRange));
        assert_eq!(Baseline::freeze(" ", 0, &plates(&[1.0, 2.0, 3.0, 4.0, 5.0])), Err(NoBaseline::NoName));
        let mut twice = plates(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        twice[4].0 = twice[1].0.clone();
        assert_eq!(Baseline::freeze("b", 0, &twice), Err(NoBaseline::Twice(PlateKey::new("run", "P1"))));
    }
}
