//! Where an axis has its ticks, and what stands beside them.

use crate::colour::Range;
use crate::number::{fixed, scientific};

/// A place on an axis and its label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// At most `most` round numbers within a range. A range too narrow for its numbers' digits has none.
pub(crate) fn ticks(range: Range, most: u32) -> Vec<Tick> {
    let Some(step) = step(range, most) else { return Vec::new() };
    let (first, last) = ends(range, step);
    // Beyond 2^52 whole numbers of steps cannot be told apart.
    if !(first.abs() < 4e15 && last.abs() < 4e15) || last < first {
        return Vec::new();
    }
    let size = range.low.abs().max(range.high.abs());
    let digits = digits(step);
    let label = |at: f64| {
        if at == 0.0 {
            "0".to_owned()
        } else if size >= 1e7 || step < 1e-4 {
            scientific(at, significant(at, step))
        } else {
            fixed(at, digits)
        }
    };
    let n = ((last - first) as u32).min(most);
    (0..=n).map(|i| (first + f64::from(i)) * step).map(|at| Tick { at, label: label(at) }).collect()
}

/// At most `most` + 1 round counts from 0 up to the largest; never a fraction of one.
pub(crate) fn counts(largest: usize, most: usize) -> impl Iterator<Item = usize> {
    let mut steps = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
    let step = steps.find(|step| largest / step <= most).unwrap_or(largest.max(1));
    (0..=largest / step).map(move |n| n * step)
}

/// A round number (1, 2, 2.5 or 5 times a power of ten) that parts a range into fewer than `most` steps.
pub(crate) fn step(range: Range, most: u32) -> Option<f64> {
    // Quarters: the span of the largest numbers would overflow.
    let quarter = (range.high / 4.0 - range.low / 4.0) / f64::from(most.max(2));
    if !(quarter.is_normal() && quarter > 0.0) {
        return None;
    }
    let power = exponent(quarter);
    let candidates = (power..=power + 1).flat_map(|power| [1.0, 2.0, 2.5, 5.0].map(|digit| times_ten(digit, power)));
    let fits = |step: &f64| {
        let (first, last) = ends(range, *step);
        last - first < f64::from(most)
    };
    candidates.filter(|step| *step > 0.0 && step.is_finite()).find(fits)
}

/// The first and last whole number of steps within a range; one that lies on its end is in, however it was rounded.
fn ends(range: Range, step: f64) -> (f64, f64) {
    ((range.low / step - 1e-9).ceil(), (range.high / step + 1e-9).floor())
}

/// Exact: read from its decimal text, never a product of rounded powers.
fn times_ten(digit: f64, power: i32) -> f64 {
    format!("{digit}e{power}").parse().unwrap_or(f64::NAN)
}

/// The power of ten of a number's first digit.
fn exponent(number: f64) -> i32 {
    format!("{number:e}").split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0)
}

/// Digits after the point of a round number.
fn digits(step: f64) -> usize {
    step.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// Digits after a mantissa's point that tell steps of this size apart.
fn significant(at: f64, step: f64) -> usize {
    let round = if format!("{step:e}").contains('.') { 1 } else { 0 };
    usize::try_from(exponent(at * (1.0 + 1e-12)) - exponent(step) + round).unwrap_or(0).min(15)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        ticks(Range::new(low, high), 6).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(labels(12.0, 634.0), ["100", "200", "300", "400", "500", "600"]);
        assert_eq!(labels(-9.8, 9.8), ["−5", "0", "5"]);
        assert_eq!(labels(0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(0.0, 3e8), ["0", "1×10⁸", "2×10⁸", "3×10⁸"]);
        assert_eq!(labels(1e-9, 2e-9), ["1.0×10⁻⁹", "1.2×10⁻⁹", "1.4×10⁻⁹", "1.6×10⁻⁹", "1.8×10⁻⁹", "2.0×10⁻⁹"]);
        assert!(labels(1e300, 1e300).is_empty());
    }

    #[test]
    fn counts_are_whole() {
        let of = |largest| counts(largest, 4).collect::<Vec<_>>();
        assert_eq!((of(1), of(8), of(74)), (vec![0, 1], vec![0, 2, 4, 6, 8], vec![0, 20, 40, 60]));
        assert_eq!(of(0), [0]);
    }

    proptest! {
        #[test]
        fn never_more_than_asked_never_outside(a in prop::num::f64::NORMAL, b in prop::num::f64::NORMAL, most in 2_u32..50) {
            let range = Range::new(a.min(b), a.max(b));
            let found = ticks(range, most);
            prop_assert!(found.len() <= most as usize, "{found:?}");
            for tick in found {
                prop_assert!(tick.at.is_finite() && (-0.01..=1.01).contains(&range.share(tick.at)), "{tick:?} of {range:?}");
            }
        }
    }
}
