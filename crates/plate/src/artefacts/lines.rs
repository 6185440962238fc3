//! Rows and columns that stand out: a dispenser's blocked tip, a washer's dry channel.

use crate::abreast::Pattern;
use crate::counted::CountedWells;
use crate::format::Format;
use crate::statistics::{Part, Undefined, finite};

/// A row or column and how far its mean is from the plate's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// 0-based row or column.
    pub line: u8,
    /// 100 x (mean of its samples - mean of the plate's samples) / abs(mean of the plate's samples).
    pub percent: f64,
    /// Samples with a value that it was computed from.
    pub n: u32,
}

/// Every row and column that has samples with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct LinePercents {
    /// Rows, in order.
    pub rows: Vec<Line>,
    /// Columns, in order.
    pub columns: Vec<Line>,
}

/// How far each row and column is from the plate. `values` are in row-major well order, infinite ones count as missing;
/// values that are absent at the end are missing.
///
/// # Errors
/// Fewer than 2 samples have a value, their mean is 0, or 64-bit arithmetic does not reach.
pub fn line_percents(values: &[Option<f64>], wells: &CountedWells) -> Result<LinePercents, Undefined> {
    let plain: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    let there = |well: &u16| plain.get(usize::from(*well)).is_some_and(|value| value.is_finite());
    let pattern = Pattern::new(wells.sample().iter().copied().filter(there).collect(), wells.format());
    let values: Vec<f64> = pattern.wells.iter().filter_map(|well| plain.get(usize::from(*well)).copied()).collect();
    let mut means = LineMeans::default();
    means.sum(&values, &pattern, wells.format());
    let mean = means.plate()?;
    Ok(LinePercents {
        rows: percents(&means.rows, mean).collect::<Result<_, _>>()?,
        columns: percents(&means.columns, mean).collect::<Result<_, _>>()?,
    })
}

/// Sums and numbers of rows and columns, and of the plate.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineMeans {
    rows: Vec<(f64, u32)>,
    columns: Vec<(f64, u32)>,
    plate: (f64, u32),
}

impl LineMeans {
    /// Of the values of a pattern's places, in well order.
    pub(crate) fn sum(&mut self, values: &[f64], pattern: &Pattern, format: Format) {
        self.rows.clear();
        self.rows.resize(usize::from(format.rows()), (0.0, 0));
        self.columns.clear();
        self.columns.resize(usize::from(format.columns()), (0.0, 0));
        self.plate = (0.0, 0);
        let width = u16::from(format.columns());
        for (well, value) in pattern.wells.iter().zip(values) {
            let (row, column) = (usize::from(well / width), usize::from(well % width));
            for sum in
                [self.rows.get_mut(row), self.columns.get_mut(column), Some(&mut self.plate)].into_iter().flatten()
            {
                sum.0 += value;
                sum.1 += 1;
            }
        }
    }

    /// The row and the column that are farthest from the plate; the first of equally far ones.
    pub(crate) fn worst(&self) -> (Result<Line, Undefined>, Result<Line, Undefined>) {
        match self.plate() {
            Ok(mean) => (farthest(percents(&self.rows, mean)), farthest(percents(&self.columns, mean))),
            Err(why) => (Err(why), Err(why)),
        }
    }

    fn plate(&self) -> Result<f64, Undefined> {
        let (sum, n) = self.plate;
        if n < 2 {
            return Err(Undefined::TooFewIn { part: Part::Whole, n, minimum: 2 });
        }
        match finite(sum / f64::from(n))? {
            0.0 => Err(Undefined::ZeroMean(crate::layout::Role::Sample)),
            mean => Ok(mean),
        }
    }
}

fn percents(sums: &[(f64, u32)], mean: f64) -> impl Iterator<Item = Result<Line, Undefined>> + '_ {
    let lines = (0_u8..).zip(sums).filter(|(_, (_, n))| *n > 0);
    lines.map(move |(line, (sum, n))| {
        let percent = finite(100.0 * (sum / f64::from(*n) - mean) / mean.abs())?;
        Ok(Line { line, percent, n: *n })
    })
}

fn farthest(lines: impl Iterator<Item = Result<Line, Undefined>>) -> Result<Line, Undefined> {
    let mut worst: Option<Line> = None;
    for line in lines {
        let line = line?;
        if worst.is_none_or(|worst| line.percent.abs() > worst.percent.abs()) {
            worst = Some(line);
        }
    }
    worst.ok_or(Undefined::TooFewIn { part: Part::Whole, n: 0, minimum: 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_column_stands_out() {
        // 2 x 3 wells; the mean of the five values is 10.
        let values = [12.0, 12.0, 4.0, 12.0, 10.0, f64::NAN].map(Some);
        let wells = CountedWells::of_samples(Format::F6, &[true; 6]);
        let found = line_percents(&values, &wells).unwrap();
        let percents = |lines: &[Line]| lines.iter().map(|line| (line.line, line.percent, line.n)).collect::<Vec<_>>();
        assert_eq!(percents(&found.columns), [(0, 20.0, 2), (1, 10.0, 2), (2, -60.0, 1)]);
        assert_eq!(found.rows[1], Line { line: 1, percent: 10.0, n: 2 });
        let mut means = LineMeans::default();
        means.sum(&[12.0, 12.0, 4.0, 12.0, 10.0], &Pattern::new(vec![0, 1, 2, 3, 4], Format::F6), Format::F6);
        let (row, column) = means.worst();
        assert_eq!(column, Ok(found.columns[2]));
        assert_eq!(row.unwrap().line, 1);
    }

    #[test]
    fn what_cannot_be_had_says_why() {
        let wells = CountedWells::of_samples(Format::F6, &[true; 6]);
        let one = line_percents(&[Some(1.0)], &wells);
        assert_eq!(one, Err(Undefined::TooFewIn { part: Part::Whole, n: 1, minimum: 2 }));
        let zero = line_percents(&[Some(1.0), Some(-1.0)], &wells);
        assert_eq!(zero, Err(Undefined::ZeroMean(crate::layout::Role::Sample)));
        assert_eq!(line_percents(&[Some(f64::MAX); 6], &wells), Err(Undefined::OutOfRange));
    }
}
