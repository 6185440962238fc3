//! Medians and MADs of one feature's values, over scratch space that is used again.

use crate::statistics::MAD_SCALE;

/// Scratch space for medians: values as integers of the same order, which are quicker to select from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Middle(Vec<i64>);

impl Middle {
    /// The median of finite values, the mean of the middle two where their number is even; `None` without any.
    pub(crate) fn median(&mut self, values: impl IntoIterator<Item = f64>) -> Option<f64> {
        self.0.clear();
        self.0.extend(values.into_iter().map(key));
        self.select()
    }

    /// 1.4826 times the median distance from `centre`.
    pub(crate) fn mad(&mut self, values: impl IntoIterator<Item = f64>, centre: f64) -> Option<f64> {
        let distance = self.median(values.into_iter().map(|value| (value - centre).abs()))?;
        Some(MAD_SCALE * distance)
    }

    fn select(&mut self) -> Option<f64> {
        if self.0.is_empty() {
            return None;
        }
        let (middle, even) = (self.0.len() / 2, self.0.len().is_multiple_of(2));
        let (below, upper, _) = self.0.select_nth_unstable(middle);
        let upper = value(*upper);
        let lower = if even { below.iter().copied().max().map_or(upper, value) } else { upper };
        Some(mean_of(lower, upper))
    }
}

/// The mean of the middle two. Adding 0 makes a negative zero positive, so that no order of equal values shows.
#[inline(always)]
pub(crate) fn mean_of(lower: f64, upper: f64) -> f64 {
    let sum = lower + upper;
    // Halved before the sum where that could overflow; exact otherwise, as R does it.
    if sum.is_finite() { sum / 2.0 + 0.0 } else { lower / 2.0 + upper / 2.0 }
}

/// An integer in the order of the numbers (that of `f64::total_cmp`).
fn key(value: f64) -> i64 {
    turn(value.to_bits().cast_signed())
}

fn value(key: i64) -> f64 {
    f64::from_bits(turn(key).cast_unsigned())
}

/// Turns the order of negative numbers round; its own inverse.
fn turn(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn medians_worked_by_hand() {
        let mut middle = Middle::default();
        assert_eq!(middle.median([3.0, -1.0, 2.0]), Some(2.0));
        assert_eq!(middle.median([3.0, -1.0, 2.0, 8.0]), Some(2.5));
        assert_eq!(middle.median([]), None);
        assert_eq!(middle.median([f64::MAX, f64::MAX]), Some(f64::MAX));
        assert_eq!(middle.median([-0.0]).map(f64::to_bits), Some(0), "a negative zero is a zero");
        assert_eq!(middle.mad([1.0, 2.0, 3.0], 2.0), Some(1.4826));
    }

    proptest! {
        #[test]
        fn the_median_is_that_of_a_sorted_list(values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..90)) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let n = sorted.len();
            let expected = mean_of(sorted[(n - 1) / 2], sorted[n / 2]);
            prop_assert_eq!(Middle::default().median(values).unwrap().to_bits(), expected.to_bits());
        }
    }
}
