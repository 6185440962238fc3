//! Which of the wells that count have a value: features with the same pattern can go abreast.

use std::collections::BTreeMap;

use crate::format::Format;

/// Wells with a value, in well order, and how they lie in rows and columns. A *place* is a position in this list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// Row-major index of each place's well.
    pub(crate) wells: Vec<u16>,
    /// Row `r` is the places `row_starts[r]..row_starts[r + 1]`.
    row_starts: Vec<u16>,
    /// Places by column.
    by_column: Vec<u16>,
    column_starts: Vec<u16>,
}

impl Pattern {
    /// From wells in well order, each at most once.
    pub(crate) fn new(wells: Vec<u16>, format: Format) -> Pattern {
        let (rows, columns) = (u16::from(format.rows()), u16::from(format.columns()));
        let place = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let before = |row: u16| place(wells.partition_point(|well| *well < row * columns));
        let row_starts = (0..=rows).map(before).collect();
        let (mut by_column, mut column_starts) = (Vec::with_capacity(wells.len()), vec![0]);
        for column in 0..columns {
            let here = wells.iter().enumerate().filter(|(_, well)| **well % columns == column);
            by_column.extend(here.map(|(at, _)| place(at)));
            column_starts.push(place(by_column.len()));
        }
        Pattern { wells, row_starts, by_column, column_starts }
    }

    /// Number of places.
    pub(crate) fn n(&self) -> usize {
        self.wells.len()
    }

    /// The places of each row, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        ranges(&self.row_starts)
    }

    /// The places of each column, in order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &[u16]> + '_ {
        ranges(&self.column_starts).map(|range| self.by_column.get(range).unwrap_or_default())
    }

    /// The number of neighbours' pairs: wells that touch within a row or a column, both with a value.
    pub(crate) fn neighbour_pairs(&self, format: Format) -> u32 {
        let columns = u16::from(format.columns());
        let has = |well: u16| self.wells.binary_search(&well).is_ok();
        let pairs = |well: &u16| {
            u32::from(!(well + 1).is_multiple_of(columns) && has(well + 1)) + u32::from(has(well + columns))
        };
        self.wells.iter().map(pairs).sum()
    }
}

fn ranges(starts: &[u16]) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    starts.windows(2).map(|ends| match ends {
        [start, end] => usize::from(*start)..usize::from(*end),
        _ => 0..0,
    })
}

/// Features by pattern: which of `counted` have a finite value. `values` holds one feature after the other, each in
/// row-major well order. Patterns with equally many wells stand together; features are in order.
pub(crate) fn by_pattern(values: &[f64], counted: &[u16], format: Format) -> Vec<(Pattern, Vec<usize>)> {
    let mut groups: BTreeMap<(u32, Vec<u64>), Vec<usize>> = BTreeMap::new();
    let mut key = (0, Vec::new());
    for (feature, values) in values.chunks_exact(usize::from(format.wells())).enumerate() {
        key.0 = 0;
        key.1.clear();
        for some in counted.chunks(64) {
            let mut word = 0;
            for (bit, well) in some.iter().enumerate() {
                word |= u64::from(values.get(usize::from(*well)).is_some_and(|value| value.is_finite())) << bit;
            }
            key.0 += word.count_ones();
            key.1.push(word);
        }
        match groups.get_mut(&key) {
            Some(features) => features.push(feature),
            None => {
                groups.insert(key.clone(), vec![feature]);
            }
        }
    }
    let pattern = |words: &[u64]| {
        let has = |(at, _): &(usize, &u16)| words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
        Pattern::new(counted.iter().enumerate().filter(has).map(|(_, well)| *well).collect(), format)
    };
    groups.into_iter().map(|((_, words), features)| (pattern(&words), features)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_columns_and_neighbours_of_a_small_plate() {
        // 2 rows x 3 columns without A02: places 0 = A01, 1 = A03, 2..=4 = row B.
        let pattern = Pattern::new(vec![0, 2, 3, 4, 5], Format::F6);
        assert_eq!(pattern.rows().collect::<Vec<_>>(), [0..2, 2..5]);
        assert_eq!(pattern.columns().collect::<Vec<_>>(), [&[0, 2][..], &[3], &[1, 4]]);
        assert_eq!(pattern.neighbour_pairs(Format::F6), 4, "A01-B01, A03-B03, B01-B02, B02-B03");
        assert_eq!(Pattern::new(vec![], Format::F6).neighbour_pairs(Format::F6), 0);
    }

    #[test]
    fn features_with_the_same_wells_stand_together() {
        let nan = f64::NAN;
        let values = [[1.0; 6], [1.0, nan, 1.0, 1.0, 1.0, 1.0], [2.0; 6], [nan; 6]].concat();
        let groups = by_pattern(&values, &[0, 1, 2, 5], Format::F6);
        let found: Vec<_> =
            groups.iter().map(|(pattern, features)| (pattern.wells.clone(), features.clone())).collect();
        assert_eq!(found, [(vec![], vec![3]), (vec![0, 2, 5], vec![1]), (vec![0, 1, 2, 5], vec![0, 2])]);
    }
}
