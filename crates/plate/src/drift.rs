//! Drift in run order: a plate's value against the run's other plates, its trend, and the artefacts' alarm (`QC.md`,
//! `DATA.md` 13: "beyond 3 MAD of at least 5 complete plates; before that they inform").

use crate::statistics::{median, median_and_mad_of};

/// Complete plates that a comparison needs.
pub const MINIMUM_PLATES: u32 = 5;
/// An artefact further than this from the other plates' median alarms, in MADs.
pub const ALARM_MADS: f64 = 3.0;
/// A trend looks at this many plates at most, the last ones: every pair of them is a slope in memory.
pub const MOST_PLATES: usize = 1_000;

/// What scatters by less than this part of its middle scatters by the rounding of sums.
const ROUNDING: f64 = 1e-12;

/// Why a plate cannot be compared with its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDrift {
    /// Too few complete plates have a value.
    #[error("{n} of at least {minimum} complete plates have a value")]
    TooFewPlates {
        /// How many have.
        n: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// More than half of the other plates have one and the same value.
    #[error("the other plates do not scatter")]
    NoScatter,
    /// The values are too large for 64-bit arithmetic.
    #[error("the values are too large for 64-bit arithmetic")]
    OutOfRange,
}

/// A plate's value among those of other plates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// The other plates.
    pub n: u32,
    /// Their median, in the value's unit.
    pub median: f64,
    /// Their MAD (scaled by 1.4826), in the value's unit.
    pub mad: f64,
    /// (value - median) / MAD; below 0 where the plate lies below them.
    pub mads: f64,
}

/// Other plates' values, ready to hold a value against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Others {
    /// How many have a value.
    pub n: u32,
    /// Their median, in the value's unit.
    pub median: f64,
    /// Their MAD (scaled by 1.4826), in the value's unit.
    pub mad: f64,
}

impl Others {
    /// Of the values of the run's other complete plates, or of a frozen baseline's. Numbers that are not finite count as
    /// absent.
    ///
    /// # Errors
    /// [`NoDrift::TooFewPlates`], [`NoDrift::OutOfRange`].
    pub fn of(others: impl Iterator<Item = f64>) -> Result<Others, NoDrift> {
        let others: Vec<f64> = others.filter(|other| other.is_finite()).collect();
        let n = enough(others.len())?;
        let (median, mad) = median_and_mad_of(&others).ok_or(NoDrift::OutOfRange)?;
        Ok(Others { n, median, mad })
    }

    /// How far `value` is from them, with a MAD that is no less than `least_mad`: others that happen to agree make nobody an
    /// outlier.
    ///
    /// # Errors
    /// [`NoDrift::NoScatter`], [`NoDrift::OutOfRange`].
    pub fn distance(&self, value: f64, least_mad: f64) -> Result<Distance, NoDrift> {
        let Others { n, median, mad } = *self;
        let mad = mad.max(least_mad);
        // Values that differ by the rounding of their last digits are the same: as percent of control are, of controls.
        if mad <= ROUNDING * median.abs() {
            return Err(NoDrift::NoScatter);
        }
        let mads = (value - median) / mad;
        if mads.is_finite() { Ok(Distance { n, median, mad, mads }) } else { Err(NoDrift::OutOfRange) }
    }
}

/// How a value moves over the plates of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Plates with a value.
    pub n: u32,
    /// Theil-Sen slope: the median of the slopes of all pairs (Sen 1968), in the value's unit per plate.
    pub slope_per_plate: f64,
    /// median(value) - slope * median(place): the line's height at place 0 (as `scipy.stats.theilslopes`).
    pub intercept: f64,
}

/// What an artefact's value means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// Beyond the limit of the assay card.
    BeyondLimit {
        /// The card's limit of magnitude, in the artefact's unit.
        limit: f64,
    },
    /// Within the limit of the assay card.
    WithinLimit {
        /// The card's limit of magnitude, in the artefact's unit.
        limit: f64,
    },
    /// More than [`ALARM_MADS`] away from the other plates.
    BeyondOthers(Distance),
    /// As the other plates are.
    AmongOthers(Distance),
    /// There is nothing to judge it by yet: it informs.
    Informs(NoDrift),
}

impl Standing {
    /// Whether people are called.
    #[must_use]
    pub fn alarms(&self) -> bool {
        matches!(self, Standing::BeyondLimit { .. } | Standing::BeyondOthers(_))
    }
}

/// How far `value` is from `others`: the values of the run's other complete plates, or of a frozen baseline's.
/// Numbers that are not finite count as absent.
///
/// # Errors
/// [`NoDrift`]: fewer than [`MINIMUM_PLATES`] others, others without scatter, or numbers out of range.
pub fn distance(value: f64, others: &[f64]) -> Result<Distance, NoDrift> {
    Others::of(others.iter().copied())?.distance(value, 0.0)
}

/// Judges an artefact's value. A limit of the assay card, a magnitude, decides alone where there is one: it says what
/// this lab wants, however the run looks. Without it the run's other complete plates decide, from [`MINIMUM_PLATES`]
/// of them on.
#[must_use]
pub fn judge_artefact(value: f64, card_limit: Option<f64>, others: &[f64]) -> Standing {
    match card_limit {
        Some(limit) if value.abs() > limit => Standing::BeyondLimit { limit },
        Some(limit) => Standing::WithinLimit { limit },
        None => match distance(value, others) {
            Ok(distance) if distance.mads.abs() > ALARM_MADS => Standing::BeyondOthers(distance),
            Ok(distance) => Standing::AmongOthers(distance),
            Err(reason) => Standing::Informs(reason),
        },
    }
}

/// The trend of a run's complete plates, in plate order; a plate without a value keeps its place. Only the last
/// [`MOST_PLATES`] places are looked at.
///
/// # Errors
/// [`NoDrift`]: fewer than [`MINIMUM_PLATES`] values, or numbers out of range.
pub fn trend(values: &[Option<f64>]) -> Result<Trend, NoDrift> {
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .skip(values.len().saturating_sub(MOST_PLATES))
        .filter_map(|(place, value)| Some((place as f64, value.filter(|value| value.is_finite())?)))
        .collect();
    let n = enough(points.len())?;
    let slope_per_plate = theil_sen(&points).ok_or(NoDrift::OutOfRange)?;
    let middle = |of: fn(&(f64, f64)) -> f64| median(points.iter().map(of).collect());
    let intercept = middle(|point| point.1) - slope_per_plate * middle(|point| point.0);
    if intercept.is_finite() { Ok(Trend { n, slope_per_plate, intercept }) } else { Err(NoDrift::OutOfRange) }
}

/// The median slope of all pairs of points (x, y) with different x; `None` without any, or out of range.
pub(crate) fn theil_sen(points: &[(f64, f64)]) -> Option<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (at, (x0, y0)) in points.iter().enumerate() {
        for (x1, y1) in points.iter().skip(at + 1) {
            if x1 != x0 {
                slopes.push((y1 - y0) / (x1 - x0));
            }
        }
    }
    if slopes.is_empty() { None } else { Some(median(slopes)).filter(|slope| slope.is_finite()) }
}

fn enough(n: usize) -> Result<u32, NoDrift> {
    let n = u32::try_from(n).unwrap_or(u32::MAX);
    if n < MINIMUM_PLATES { Err(NoDrift::TooFewPlates { n, minimum: MINIMUM_PLATES }) } else { Ok(n) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_distance_worked_by_hand() {
        // Median 12, deviations 2, 1, 0, 1, 4: their median is 1.
        let found = distance(20.0, &[10.0, 11.0, 12.0, 13.0, 16.0]).unwrap();
        assert_eq!((found.n, found.median, found.mad), (5, 12.0, 1.4826));
        assert!((found.mads - 8.0 / 1.4826).abs() < 1e-15);
        assert!(distance(4.0, &[10.0, 11.0, 12.0, 13.0, 16.0]).unwrap().mads < -5.0, "below is below 0");
    }

    #[test]
    fn fewer_than_five_plates_inform() {
        let four = [10.0, 11.0, 12.0, 13.0];
        let reason = NoDrift::TooFewPlates { n: 4, minimum: 5 };
        assert_eq!(reason.to_string(), "4 of at least 5 complete plates have a value");
        assert_eq!(distance(99.0, &four), Err(reason));
        assert_eq!(judge_artefact(99.0, None, &four), Standing::Informs(reason));
        assert!(!judge_artefact(99.0, None, &four).alarms());
        assert_eq!(distance(99.0, &[10.0, 11.0, 12.0, 13.0, f64::NAN]), Err(reason), "an absent value is no plate");
        assert_eq!(judge_artefact(1.0, None, &[2.0; 6]), Standing::Informs(NoDrift::NoScatter));
        assert_eq!(distance(f64::MAX, &[-1e-300, 0.0, 1e-300, 2e-300, 3e-300]), Err(NoDrift::OutOfRange));
    }

    #[test]
    fn beyond_three_mads_alarms_and_a_cards_limit_decides_alone() {
        let others = [-10.0, -5.0, 0.0, 5.0, 10.0];
        let three = 3.0 * 5.0 * 1.4826;
        assert!(!judge_artefact(three, None, &others).alarms(), "at 3 MAD is not beyond");
        assert!(judge_artefact(three + 1e-9, None, &others).alarms());
        assert!(judge_artefact(-three - 1e-9, None, &others).alarms(), "either side");
        assert_eq!(judge_artefact(-21.0, Some(20.0), &[]), Standing::BeyondLimit { limit: 20.0 });
        assert!(judge_artefact(-21.0, Some(20.0), &[]).alarms(), "before there are other plates");
        assert!(!judge_artefact(three + 1.0, Some(50.0), &others).alarms(), "what the card allows is allowed");
    }

    /// `scipy.stats.theilslopes` (1.17.1) of this list over its indices.
    #[test]
    fn the_trend_is_that_of_scipy() {
        let run = [101.2, 99.8, 103.5, 104.1, 102.9, 107.7, 106.0, 109.4].map(Some);
        let trend = trend(&run).unwrap();
        assert_eq!(trend.n, 8);
        assert!((trend.slope_per_plate - 1.175_714_285_714_286_6).abs() < 1e-12, "{trend:?}");
        assert!((trend.intercept - 99.684_999_999_999_99).abs() < 1e-11, "{trend:?}");
    }

    #[test]
    fn a_gap_keeps_its_place_and_one_wild_plate_moves_little() {
        let steady: Vec<Option<f64>> = (0..9).map(|place| Some(f64::from(place) * 2.0 + 1.0)).collect();
        let mut gapped = steady.clone();
        gapped[3] = None;
        gapped[6] = Some(f64::INFINITY);
        assert_eq!(trend(&gapped), Ok(Trend { n: 7, slope_per_plate: 2.0, intercept: 1.0 }));
        gapped[4] = Some(1e6);
        assert!((trend(&gapped).unwrap().slope_per_plate - 2.0).abs() < 1e-9);
        assert_eq!(trend(&steady[..4]), Err(NoDrift::TooFewPlates { n: 4, minimum: 5 }));
        let long: Vec<Option<f64>> =
            (0..3_000).map(|place| Some(if place < 2_000 { 0.0 } else { f64::from(place) })).collect();
        assert_eq!(trend(&long).unwrap().slope_per_plate, 1.0, "only the last plates count");
    }

    proptest! {
        #[test]
        fn a_trend_moves_with_shift_and_scale(
            values in prop::collection::vec(-100_i32..100, 5..30),
            scale in 1_i32..8,
            shift in -50_i32..50,
        ) {
            let run = |scale: i32, shift: i32| -> Vec<Option<f64>> {
                values.iter().map(|v| Some(f64::from(v * scale + shift))).collect()
            };
            let (one, moved) = (trend(&run(1, 0)).unwrap(), trend(&run(scale, shift)).unwrap());
            prop_assert!((moved.slope_per_plate - one.slope_per_plate * f64::from(scale)).abs() < 1e-9);
            let backwards: Vec<Option<f64>> = run(1, 0).into_iter().rev().collect();
            prop_assert!((trend(&backwards).unwrap().slope_per_plate + one.slope_per_plate).abs() < 1e-9);
        }
    }
}
