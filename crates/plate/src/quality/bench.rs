//! The bench that statistics are worked out on: scratch space that goes from feature to feature.

use super::{PlateQuality, Terms};
use crate::abreast::{Abreast, Line, Networks, Pattern, wide};
use crate::artefacts::{
    ArtefactCounts, Artefacts, Correlation, Draws, LineMeans, Shuffled, edge, spatial, theil_sen_percent,
};
use crate::counted::CountedWells;
use crate::format::Format;
use crate::middle::Middle;
use crate::statistics::{FirstTable, Groups, Lines, Part, Undefined};

/// Scratch space. What comes out does not depend on what it was used for before.
#[derive(Debug, Clone, Default)]
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
        self.unit::<1>(&plain, wells, &pattern, &[0], terms, &mut found);
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

    /// At most L features of one pattern, which is laid out.
    pub(super) fn unit<const L: usize>(
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
        let mut places: Vec<Abreast<L>> = vec![[0.0; L]; pattern.n()];
        let mut z = Correlation::<L>::new();
        let spatial_can = if terms.permutations == 0 { Err(Undefined::LeftOut) } else { self.shuffled.can_be_had() };
        let mut scatters = [Ok(()); L];
        for (lane, feature) in features.iter().enumerate().take(L) {
            let feature = of(*feature);
            let value = |well: &u16| feature.get(usize::from(*well)).copied().unwrap_or(f64::NAN);
            self.values.clear();
            self.values.extend(pattern.wells.iter().map(value));
            for (place, value) in places.iter_mut().zip(&self.values) {
                place[lane] = *value;
            }
            scatters[lane] = spatial_can.and_then(|()| z.set(lane, &self.values));
        }
        let (rows, columns) = medians(&self.networks, &places, pattern);
        let spatial = scatters.iter().any(Result::is_ok).then(|| spatial(&z, &self.shuffled));
        for (lane, feature) in features.iter().enumerate().take(L) {
            let mut quality = PlateQuality { table: self.table(of(*feature), wells, terms), artefacts: NONE };
            let lane_of = |medians: &[(u8, Abreast<L>)], lines: &mut Vec<(u8, f64)>| {
                lines.clear();
                lines.extend(medians.iter().map(|(line, median)| (*line, median[lane])));
            };
            self.values.clear();
            self.values.extend(places.iter().map(|place| place[lane]));
            let centre = self.middle.median(self.values.iter().copied());
            let edge = edge(of(*feature), wells, terms.minimum_n, &mut self.middle);
            let format = wells.format();
            lane_of(&rows, &mut self.lines);
            let row_gradient_percent =
                theil_sen_percent(Lines::Rows, &self.lines, format.rows(), centre, &mut self.middle);
            lane_of(&columns, &mut self.lines);
            let column_gradient_percent =
                theil_sen_percent(Lines::Columns, &self.lines, format.columns(), centre, &mut self.middle);
            self.means.sum(&self.values, pattern, format);
            let (worst_row, worst_column) = self.means.worst();
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            quality.artefacts = Artefacts {
                counts: ArtefactCounts {
                    sample: count(pattern.n()),
                    outer: edge.outer,
                    inner: edge.inner,
                    rows: count(rows.len()),
                    columns: count(columns.len()),
                    neighbour_pairs: self.shuffled.pairs(),
                },
                edge_effect_percent: edge.effect_percent,
                edge_strength: edge.strength,
                row_gradient_percent,
                column_gradient_percent,
                worst_row,
                worst_column,
                morans_i: scatters[lane].and_then(|()| {
                    spatial.and_then(|all| all.get(lane).copied()).ok_or(Undefined::NoScatterIn(Part::Whole))
                }),
            };
            found.push((*feature, quality));
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
            group.extend(crate::artefacts::present(values, wells));
        }
        FirstTable::of(groups, terms.minimum_n, terms.replicates)
    }
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

/// Medians of the rows and of the columns that have samples.
type Medians<const L: usize> = (Vec<(u8, Abreast<L>)>, Vec<(u8, Abreast<L>)>);

fn medians<const L: usize>(networks: &Networks, places: &[Abreast<L>], pattern: &Pattern) -> Medians<L> {
    let (mut rows, mut columns) = (Vec::with_capacity(48), Vec::with_capacity(72));
    let mut line = Line::new();
    wide(
        #[inline(always)]
        || {
            for (number, row) in (0_u8..).zip(pattern.rows()) {
                let n = line.fill(places.get(row).unwrap_or_default().iter());
                if n > 0 {
                    rows.push((number, networks.medians(&mut line, n)));
                }
            }
            for (number, column) in (0_u8..).zip(pattern.columns()) {
                let n = line.fill(column.iter().filter_map(|place| places.get(usize::from(*place))));
                if n > 0 {
                    columns.push((number, networks.medians(&mut line, n)));
                }
            }
        },
    );
    (rows, columns)
}
