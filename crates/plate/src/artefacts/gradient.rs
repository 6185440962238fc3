//! Gradients: a plate that rises or falls from its first row or column to its last.

use crate::middle::Middle;
use crate::statistics::{Lines, Part, Statistic, Undefined, finite};

/// Fewer lines have no slope worth the name.
const MINIMUM_LINES: u32 = 3;

/// 100 x Theil-Sen slope of the lines' medians x (lines - 1) / abs(median of the plate's samples): the change over the
/// whole plate in percent. The slope is the median of the slopes between all pairs of lines (Sen 1968). `medians` holds
/// (0-based line, median) of the lines that have samples, in order; `of_plate` is the number of lines of the format.
pub(crate) fn theil_sen_percent(
    lines: Lines,
    medians: &[(u8, f64)],
    of_plate: u8,
    plate_median: Option<f64>,
    middle: &mut Middle,
) -> Statistic {
    let n = u32::try_from(medians.len()).unwrap_or(u32::MAX);
    if n < MINIMUM_LINES {
        return Err(Undefined::TooFewLines { lines, n, minimum: MINIMUM_LINES });
    }
    let centre = plate_median.ok_or(Undefined::TooFewIn { part: Part::Whole, n: 0, minimum: 1 })?;
    if centre == 0.0 {
        return Err(Undefined::ZeroMedianOf(Part::Whole));
    }
    let from = |at: usize| medians.get(at + 1..).unwrap_or_default();
    let slopes = medians.iter().enumerate().flat_map(|(at, (line, median))| {
        from(at).iter().map(move |(later, other)| (other - median) / f64::from(later - line))
    });
    let slope = middle.median(slopes).unwrap_or_default();
    finite(100.0 * slope * f64::from(of_plate.saturating_sub(1)) / centre.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `100 * scipy.stats.theilslopes(medians, lines).slope * 7 / 20` of scipy 1.17.1.
    #[test]
    fn a_gradient_is_that_of_scipy() {
        let medians = [(0, 10.0), (1, 12.5), (2, 11.0), (4, 17.0), (5, 16.0), (7, 30.0)];
        let percent = theil_sen_percent(Lines::Rows, &medians, 8, Some(-20.0), &mut Middle::default()).unwrap();
        assert!((percent - SCIPY).abs() < 1e-12, "{percent}");
    }

    const SCIPY: f64 = 61.25;

    #[test]
    fn what_cannot_be_had_says_why() {
        let of =
            |medians: &[(u8, f64)], centre| theil_sen_percent(Lines::Rows, medians, 8, centre, &mut Middle::default());
        let line = [(0, 1.0), (1, 2.0), (2, 3.0)];
        let few = Undefined::TooFewLines { lines: Lines::Rows, n: 2, minimum: 3 };
        assert_eq!(of(&line[..2], Some(1.0)), Err(few));
        assert_eq!(few.to_string(), "2 of at least 3 rows have samples with a value");
        assert_eq!(of(&line, Some(0.0)), Err(Undefined::ZeroMedianOf(Part::Whole)));
        assert_eq!(of(&line, Some(50.0)), Ok(14.0), "1 a row over 7 steps, of 50");
        assert_eq!(of(&[(0, f64::MAX), (1, -f64::MAX), (2, f64::MIN)], Some(1.0)), Err(Undefined::OutOfRange));
    }
}
