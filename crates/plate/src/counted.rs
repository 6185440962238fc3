//! Which wells of a plate count as what: worked out once a plate, for all of its features.

use crate::card::Pair;
use crate::format::Format;
use crate::layout::Role;

/// The wells of one plate that count, by group, as row-major indices in well order. Excluded wells are in no group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedWells {
    format: Format,
    roles: Vec<Option<Role>>,
    positive: Vec<u16>,
    negative: Vec<u16>,
    sample: Vec<u16>,
    outer: Vec<u16>,
    inner: Vec<u16>,
    excluded: u32,
}

impl CountedWells {
    /// From the roles of a plate's wells in row-major order and who is excluded; `pair` says which roles stand against
    /// each other. Wells that `roles` does not reach are empty, wells that `is_excluded` does not reach are not excluded.
    #[must_use]
    pub fn new(format: Format, roles: &[Role], is_excluded: &[bool], pair: Pair) -> CountedWells {
        let at = |index: usize| roles.get(index).copied().unwrap_or(Role::Empty);
        let out = |index: usize| is_excluded.get(index).copied().unwrap_or(false);
        let indices = 0..format.wells();
        let roles: Vec<Option<Role>> =
            indices.clone().map(usize::from).map(|index| (!out(index)).then(|| at(index))).collect();
        let of = |role: Role| -> Vec<u16> {
            indices.clone().zip(&roles).filter(|(_, is)| **is == Some(role)).map(|(index, _)| index).collect()
        };
        let sample = of(Role::Sample);
        let (outer, inner) = sample.iter().partition(|index| is_outer(**index, format));
        let excluded = indices.clone().filter(|index| out(usize::from(*index))).count();
        CountedWells {
            format,
            positive: of(pair.positive),
            negative: of(pair.negative),
            sample,
            outer,
            inner,
            excluded: u32::try_from(excluded).unwrap_or(u32::MAX),
            roles,
        }
    }

    /// Only samples, in row-major order; there are no controls.
    #[must_use]
    pub fn of_samples(format: Format, is_sample: &[bool]) -> CountedWells {
        let roles: Vec<Role> = is_sample.iter().map(|is| if *is { Role::Sample } else { Role::Empty }).collect();
        CountedWells::new(format, &roles, &[], Pair { positive: Role::Positive, negative: Role::Negative })
    }

    /// The plate's format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Positive controls.
    #[must_use]
    pub fn positive(&self) -> &[u16] {
        &self.positive
    }

    /// Negative controls.
    #[must_use]
    pub fn negative(&self) -> &[u16] {
        &self.negative
    }

    /// Samples.
    #[must_use]
    pub fn sample(&self) -> &[u16] {
        &self.sample
    }

    /// Samples in the first or last row or column.
    #[must_use]
    pub fn outer(&self) -> &[u16] {
        &self.outer
    }

    /// The other samples.
    #[must_use]
    pub fn inner(&self) -> &[u16] {
        &self.inner
    }

    /// How many wells are excluded.
    #[must_use]
    pub fn excluded(&self) -> u32 {
        self.excluded
    }

    /// Role of every well in row-major order, `None` for an excluded one.
    #[must_use]
    pub fn roles(&self) -> &[Option<Role>] {
        &self.roles
    }

    /// Every well that is not excluded.
    pub fn whole(&self) -> impl Iterator<Item = u16> + '_ {
        (0..self.format.wells()).zip(&self.roles).filter(|(_, role)| role.is_some()).map(|(index, _)| index)
    }
}

/// Whether a well lies in the first or last row or column.
fn is_outer(index: u16, format: Format) -> bool {
    let (rows, columns) = (u16::from(format.rows()), u16::from(format.columns()));
    let (row, column) = (index / columns, index % columns);
    row == 0 || column == 0 || row + 1 == rows || column + 1 == columns
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

    #[test]
    fn wells_are_counted_once_and_excluded_ones_nowhere() {
        let mut roles = vec![Role::Sample; 96];
        (roles[0], roles[1], roles[13]) = (Role::Positive, Role::Negative, Role::Empty);
        let mut excluded = vec![false; 96];
        (excluded[2], excluded[14]) = (true, true);
        let wells = CountedWells::new(Format::F96, &roles, &excluded, PAIR);
        assert_eq!((wells.positive(), wells.negative(), wells.excluded()), (&[0][..], &[1][..], 2));
        assert_eq!(wells.sample().len(), 91);
        assert_eq!(wells.outer().len(), 36 - 3, "the ring of 96 wells has 36");
        assert_eq!(wells.inner().len(), 60 - 2);
        assert_eq!(wells.whole().count(), 94);
        assert_eq!(wells.roles()[2], None);
    }

    #[test]
    fn roles_that_end_early_leave_empty_wells() {
        let wells = CountedWells::new(Format::F6, &[Role::Sample], &[], PAIR);
        assert_eq!((wells.sample(), wells.whole().count()), (&[0][..], 6));
    }

    #[test]
    fn small_plates_have_hardly_an_inner_part() {
        let inner = |format| CountedWells::of_samples(format, &[true; 24]).inner().len();
        assert_eq!([Format::F6, Format::F12, Format::F24].map(inner), [0, 2, 8]);
    }
}
