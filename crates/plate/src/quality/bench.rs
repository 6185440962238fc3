//! The bench that statistics are worked out on: scratch space that goes from feature to feature.

use fearless_simd::Simd;

use super::{PlateQuality, Terms};
use crate::abreast::{Abreast, Line, Networks, Pattern, Room, wide};
use crate::artefacts::{
    ArtefactCounts, Artefacts, Correlation, Draws, LineMeans, Moran, Shuffled, edge, present, spatial, standardise,
    theil_sen_percent,
};
use crate::counted::CountedWells;
use crate::format::Format;
use crate::middle::Middle;
use crate::statistics::{FirstTable, Groups, Lines, Part, Undefined};

/// Scratch space. What comes out does not depend on what it was used for before.
#[derive(Debug, Default)]
pub struct Bench {
    networks: Networks,
    draws: Draws,
    shuffled: Shuffled,
    /// What `shuffled` is laid out for.
    laid: Option<(Pattern, Format, usize)>,
    middle: Middle,
    means: LineMeans,
    groups: Groups,
    /// One feature's values by place.
    values: Vec<f64>,
    lines: Vec<(u8, f64)>,
    /// L features' values by place.
    places: Room,
    /// Their z.
    z: Room<f32>,
    /// One feature's z.
    one_z: Vec<f64>,
}

impl Bench {
    /// Of one feature, as [`PlateQuality::of`].
    #[must_use]
    pub fn quality(&mut self, values: &[Option<f64>], wells: &CountedWells, terms: Terms) -> PlateQuality {
        let mut plain: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        plain.resize(usize::from(wells.format().wells()), f64::NAN);
        let there = |well: &u16| plain.get(usize::from(*well)).is_some_and(|value| value.is_finite());
        let pattern = Pattern::new(wells.sample().iter().copied().filter(there).collect(), wells.format());
        self.lay_out(&pattern, wells.format(), terms);
        let mut found = Vec::with_capacity(1);
        self.unit::<1, 4>(&plain, wells, &pattern, &[0], terms, &mut found);
        match found.pop() {
            Some((_, quality)) => quality,
            None => PlateQuality { table: self.table(&[], wells, terms), artefacts: NONE },
        }
    }

    /// Makes ready for features of one pattern.
    pub(super) fn lay_out(&mut self, pattern: &Pattern, format: Format, terms: Terms) {
        let is_laid = |(laid, of, permutations): &(Pattern, Format, usize)| {
            laid == pattern && *of == format && *permutations == terms.permutations
        };
        if self.laid.as_ref().is_some_and(is_laid) {
            return;
        }
        self.draws.draw(pattern.n(), terms.permutations);
        self.shuffled.lay(pattern, format, &self.draws);
        for n in pattern.rows().map(|row| row.len()).chain(pattern.columns().map(<[u16]>::len)) {
            self.networks.prepare(n);
        }
        self.laid = Some((pattern.clone(), format, terms.permutations));
    }

    /// At most L features of one pattern, which is laid out; their permutations K at a time.
    pub(super) fn unit<const L: usize, const K: usize>(
        &mut self,
        values: &[f64],
        wells: &CountedWells,
        pattern: &Pattern,
        features: &[usize],
        terms: Terms,
        found: &mut Vec<(usize, PlateQuality)>,
    ) {
        let n_wells = usize::from(wells.format().wells());
        let of = |feature: usize| values.get(feature * n_wells..(feature + 1) * n_wells).unwrap_or_default();
        let places = self.places.wells::<L>(pattern.n());
        let mut correlation = Correlation::<L>::new(&mut self.z, pattern);
        let can_be_had = if terms.permutations == 0 { Err(Undefined::LeftOut) } else { self.shuffled.can_be_had() };
        let mut scatters = [Ok(()); L];
        places.fill([0.0; L]);
        for (lane, feature) in features.iter().enumerate().take(L) {
            take(&mut self.values, of(*feature), pattern);
            for (place, value) in places.iter_mut().zip(&self.values) {
                place[lane] = *value;
            }
            scatters[lane] = can_be_had.and_then(|()| standardise(&self.values, &mut self.one_z));
            if scatters[lane].is_ok() {
                correlation.set(lane, &self.one_z, &self.shuffled);
            }
        }
        let medians = Medians::of(&self.networks, places, pattern);
        let morans = scatters.iter().any(Result::is_ok).then(|| spatial::<L, K>(&correlation, &self.shuffled));
        for (lane, feature) in features.iter().enumerate().take(L) {
            let flat = Undefined::NoScatterIn(Part::Whole);
            let moran = scatters[lane].and_then(|()| morans.and_then(|all| all.get(lane).copied()).ok_or(flat));
            let artefacts = self.artefacts(of(*feature), wells, pattern, &medians, lane, moran, terms);
            found.push((*feature, PlateQuality { table: self.table(of(*feature), wells, terms), artefacts }));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what is known of a lane by now")]
    fn artefacts<const L: usize>(
        &mut self,
        values: &[f64],
        wells: &CountedWells,
        pattern: &Pattern,
        medians: &Medians<L>,
        lane: usize,
        morans_i: Result<Moran, Undefined>,
        terms: Terms,
    ) -> Artefacts {
        let (format, middle) = (wells.format(), &mut self.middle);
        take(&mut self.values, values, pattern);
        let centre = middle.median(self.values.iter().copied());
        let edge = edge(values, wells, terms.minimum_n, middle);
        let mut gradient = |lines: Lines, medians: &[(u8, Abreast<L>)], of_plate: u8| {
            self.lines.clear();
            self.lines.extend(medians.iter().map(|(line, median)| (*line, median[lane])));
            theil_sen_percent(lines, &self.lines, of_plate, centre, middle)
        };
        let row_gradient_percent = gradient(Lines::Rows, &medians.rows, format.rows());
        let column_gradient_percent = gradient(Lines::Columns, &medians.columns, format.columns());
        self.means.sum(&self.values, pattern, format);
        let (worst_row, worst_column) = self.means.worst();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let counts = ArtefactCounts {
            sample: count(pattern.n()),
            outer: edge.outer,
            inner: edge.inner,
            rows: count(medians.rows.len()),
            columns: count(medians.columns.len()),
            neighbour_pairs: self.shuffled.pairs(),
        };
        Artefacts {
            counts,
            edge_effect_percent: edge.effect_percent,
            edge_strength: edge.strength,
            row_gradient_percent,
            column_gradient_percent,
            worst_row,
            worst_column,
            morans_i,
        }
    }

    fn table(&mut self, values: &[f64], wells: &CountedWells, terms: Terms) -> FirstTable {
        let groups = &mut self.groups;
        groups.excluded = wells.excluded();
        for (group, wells) in [
            (&mut groups.positive, wells.positive()),
            (&mut groups.negative, wells.negative()),
            (&mut groups.sample, wells.sample()),
        ] {
            group.clear();
            group.extend(present(values, wells));
        }
        FirstTable::of(groups, terms.minimum_n, terms.replicates)
    }
}

/// One feature's values by place.
fn take(into: &mut Vec<f64>, values: &[f64], pattern: &Pattern) {
    into.clear();
    into.extend(pattern.wells.iter().map(|well| values.get(usize::from(*well)).copied().unwrap_or_default()));
}

/// Of no value at all.
const NONE: Artefacts = {
    let nothing = Undefined::TooFewIn { part: Part::Whole, n: 0, minimum: 2 };
    Artefacts {
        counts: ArtefactCounts { sample: 0, outer: 0, inner: 0, rows: 0, columns: 0, neighbour_pairs: 0 },
        edge_effect_percent: Err(nothing),
        edge_strength: Err(nothing),
        row_gradient_percent: Err(nothing),
        column_gradient_percent: Err(nothing),
        worst_row: Err(nothing),
        worst_column: Err(nothing),
        morans_i: Err(nothing),
    }
};

/// Medians of the rows and of the columns that have samples, by line.
struct Medians<const L: usize> {
    rows: Vec<(u8, Abreast<L>)>,
    columns: Vec<(u8, Abreast<L>)>,
}

impl<const L: usize> Medians<L> {
    fn of(networks: &Networks, places: &[Abreast<L>], pattern: &Pattern) -> Medians<L> {
        let mut medians = Medians { rows: Vec::with_capacity(48), columns: Vec::with_capacity(72) };
        wide!(simd => medians.fill(simd, networks, places, pattern));
        medians
    }

    #[inline(always)]
    fn fill(&mut self, simd: impl Simd, networks: &Networks, places: &[Abreast<L>], pattern: &Pattern) {
        let mut line = Line::new();
        for (number, row) in (0_u8..).zip(pattern.rows()) {
            let n = line.fill(places.get(row).unwrap_or_default().iter());
            if n > 0 {
                self.rows.push((number, networks.medians(simd, &mut line, n)));
            }
        }
        for (number, column) in (0_u8..).zip(pattern.columns()) {
            let n = line.fill(column.iter().filter_map(|place| places.get(usize::from(*place))));
            if n > 0 {
                self.columns.push((number, networks.medians(simd, &mut line, n)));
            }
        }
    }
}
