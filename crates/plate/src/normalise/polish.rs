//! Two-way median polish of several features abreast (Tukey 1977; rows first, as R's `medpolish`).
//!
//! Each feature stops by itself and its lane takes the next one: a sweep is the same for all, and no lane waits.

use fearless_simd::Simd;

use crate::abreast::{Abreast, Line, Networks, Pattern, Room, wide};

/// When a polish stops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// The sum of absolute residuals changes by less than this times itself.
    pub(super) epsilon: f64,
    /// Or this many sweeps were made.
    pub(super) sweeps: u32,
}

/// One feature taken apart: overall + row + column + residual.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Polished {
    pub(super) overall: f64,
    /// By row; `None` for one without a fitted well.
    pub(super) rows: Vec<Option<f64>>,
    /// By column.
    pub(super) columns: Vec<Option<f64>>,
    /// By place of the pattern.
    pub(super) residuals: Vec<f64>,
    /// Sweeps that were made.
    pub(super) sweeps: u32,
    /// Whether it stopped by itself.
    pub(super) converged: bool,
}

/// Effects of the rows or columns that have fitted wells.
struct Effects<const L: usize> {
    lines: Vec<usize>,
    effects: Vec<Abreast<L>>,
}

impl<const L: usize> Effects<L> {
    fn new(has: impl Iterator<Item = bool>) -> Effects<L> {
        let lines: Vec<usize> = has.enumerate().filter(|(_, has)| *has).map(|(line, _)| line).collect();
        Effects { effects: vec![[0.0; L]; lines.len()], lines }
    }

    /// Takes the effects' median out of them.
    #[inline(always)]
    fn centre(&mut self, simd: impl Simd, networks: &Networks, line: &mut Line<L>) -> Abreast<L> {
        let n = line.fill(self.effects.iter());
        let middle = networks.medians(simd, line, n);
        for effect in &mut self.effects {
            subtract(effect, &middle);
        }
        middle
    }

    /// A lane's effects by line of the plate, into a list of its own.
    fn of(&self, lane: usize, into: &mut [Option<f64>]) {
        into.fill(None);
        for (line, effect) in self.lines.iter().zip(&self.effects) {
            if let Some(slot) = into.get_mut(*line) {
                *slot = Some(effect[lane]);
            }
        }
    }
}

/// The polish of L features of one pattern.
struct Table<'a, const L: usize> {
    pattern: &'a Pattern,
    networks: &'a Networks,
    residuals: &'a mut [Abreast<L>],
    rows: Effects<L>,
    columns: Effects<L>,
    overall: Abreast<L>,
    line: Line<L>,
}

impl<const L: usize> Table<'_, L> {
    /// Rows, then columns; returns the sums of absolute residuals, in well order.
    #[inline(always)]
    fn sweep(&mut self, simd: impl Simd) -> Abreast<L> {
        let Table { pattern, networks, residuals, rows, columns, overall, line } = self;
        let mut effects = rows.effects.iter_mut();
        for row in pattern.rows() {
            let row = residuals.get_mut(row).unwrap_or_default();
            let n = line.fill(row.iter());
            if n == 0 {
                continue;
            }
            let middle = networks.medians(simd, line, n);
            effects.next().into_iter().for_each(|effect| add(effect, &middle));
            row.iter_mut().for_each(|residual| subtract(residual, &middle));
        }
        let middle = columns.centre(simd, networks, line);
        add(overall, &middle);
        let mut effects = columns.effects.iter_mut();
        for column in pattern.columns() {
            let n = line.fill(column.iter().filter_map(|place| residuals.get(usize::from(*place))));
            if n == 0 {
                continue;
            }
            let middle = networks.medians(simd, line, n);
            effects.next().into_iter().for_each(|effect| add(effect, &middle));
            for place in column {
                residuals.get_mut(usize::from(*place)).into_iter().for_each(|residual| subtract(residual, &middle));
            }
        }
        let middle = rows.centre(simd, networks, line);
        add(overall, &middle);
        let mut sums = [0.0; L];
        for residual in residuals.iter() {
            for (sum, residual) in sums.iter_mut().zip(residual) {
                *sum += residual.abs();
            }
        }
        sums
    }

    /// Puts a new feature into a lane.
    fn load(&mut self, lane: usize, values: &[f64]) {
        for (place, value) in self.residuals.iter_mut().zip(values) {
            place[lane] = *value;
        }
        self.overall[lane] = 0.0;
        for effect in self.rows.effects.iter_mut().chain(&mut self.columns.effects) {
            effect[lane] = 0.0;
        }
    }
}

#[inline(always)]
fn add<const L: usize>(to: &mut Abreast<L>, what: &Abreast<L>) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += what;
    }
}

#[inline(always)]
fn subtract<const L: usize>(from: &mut Abreast<L>, what: &Abreast<L>) {
    for (from, what) in from.iter_mut().zip(what) {
        *from -= what;
    }
}

/// Where a lane is.
#[derive(Clone, Copy)]
struct Lane {
    feature: usize,
    before: f64,
    sweeps: u32,
}

/// Polishes every feature, L abreast. `fill` puts the values of a feature's places into the list it is given; `take` gets
/// each feature when it is done, in no particular order.
pub(super) fn polish<const L: usize>(
    features: &[usize],
    pattern: &Pattern,
    networks: &mut Networks,
    stop: Stop,
    mut fill: impl FnMut(usize, &mut Vec<f64>),
    mut take: impl FnMut(usize, &Polished),
) {
    let rows = Effects::<L>::new(pattern.rows().map(|row| !row.is_empty()));
    let columns = Effects::<L>::new(pattern.columns().map(|column| !column.is_empty()));
    let lengths = pattern.rows().map(|row| row.len()).chain(pattern.columns().map(<[u16]>::len));
    for n in lengths.chain([rows.lines.len(), columns.lines.len()]) {
        networks.prepare(n);
    }
    let mut done = Polished {
        rows: vec![None; pattern.rows().count()],
        columns: vec![None; pattern.columns().count()],
        residuals: vec![0.0; pattern.n()],
        ..Polished::default()
    };
    let mut room = Room::default();
    let residuals = room.wells::<L>(pattern.n());
    let mut table =
        Table { pattern, networks: &*networks, residuals, rows, columns, overall: [0.0; L], line: Line::new() };
    let (mut waiting, mut values) = (features.iter(), Vec::with_capacity(pattern.n()));
    let mut next = |table: &mut Table<'_, L>, lane: usize| {
        let feature = *waiting.next()?;
        values.clear();
        fill(feature, &mut values);
        table.load(lane, &values);
        Some(Lane { feature, before: 0.0, sweeps: 0 })
    };
    let mut lanes: [Option<Lane>; L] = std::array::from_fn(|lane| next(&mut table, lane));
    while lanes.iter().any(Option::is_some) {
        let sums = if stop.sweeps == 0 { [0.0; L] } else { wide!(simd => table.sweep(simd)) };
        for (number, slot) in lanes.iter_mut().enumerate() {
            let (Some(lane), now) = (slot.as_mut(), sums[number]) else { continue };
            lane.sweeps += 1;
            let converged = stop.sweeps > 0 && (now == 0.0 || (now - lane.before).abs() < stop.epsilon * now);
            lane.before = now;
            if !converged && lane.sweeps < stop.sweeps {
                continue;
            }
            done.overall = table.overall[number];
            table.rows.of(number, &mut done.rows);
            table.columns.of(number, &mut done.columns);
            for (residual, place) in done.residuals.iter_mut().zip(table.residuals.iter()) {
                *residual = place[number];
            }
            (done.sweeps, done.converged) = (lane.sweeps.min(stop.sweeps), converged);
            take(lane.feature, &done);
            *slot = next(&mut table, number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    /// Tukey's table of infants' deaths, the example of R's `medpolish`: overall 8, sum of residuals 19. It stands on the
    /// first five rows and three columns of a 48-well plate; beside it goes the same table less 1, and its negative.
    #[test]
    fn the_polish_is_that_of_r() {
        let deaths = [14., 15., 14., 7., 4., 7., 8., 2., 10., 15., 9., 10., 0., 2., 0.];
        let wells = (0..5).flat_map(|row| (0..3).map(move |column| row * 8 + column)).collect();
        let pattern = Pattern::new(wells, Format::F48);
        let mut found = Vec::new();
        let fill = |feature: usize, into: &mut Vec<f64>| match feature {
            0 => into.extend(deaths),
            1 => into.extend(deaths.map(|n| n - 1.0)),
            _ => into.extend(deaths.map(|n| -n)),
        };
        let stop = Stop { epsilon: 0.01, sweeps: 10 };
        polish::<2>(&[0, 1, 2], &pattern, &mut Networks::default(), stop, fill, |feature, polished| {
            found.push((feature, polished.clone()));
        });
        found.sort_by_key(|(feature, _)| *feature);
        let [(_, first), (_, less), (_, negative)] = &found[..] else { panic!("three features: {found:?}") };
        assert_eq!(first.overall, 8.0);
        assert_eq!(first.rows, [Some(6.0), Some(-1.0), Some(0.0), Some(2.0), Some(-8.0), None]);
        assert_eq!(first.residuals.iter().map(|residual| residual.abs()).sum::<f64>(), 19.0);
        assert!(first.converged && first.sweeps < 10, "{first:?}");
        assert_eq!((less.overall, &less.residuals), (7.0, &first.residuals));
        assert_eq!(negative.overall, -8.0);
    }
}
