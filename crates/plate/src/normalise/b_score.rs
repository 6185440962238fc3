//! B-scores (Brideau 2003): what rows and columns do not explain, of one feature or of thousands.

use super::method::{Fit, Group, Options, Unscaled};
use super::polish::{Polished, Stop, polish};
use super::reference::enough;
use crate::abreast::{Networks, Pattern, by_pattern};
use crate::counted::CountedWells;
use crate::format::Format;
use crate::layout::Role;
use crate::middle::Middle;

/// How a polish ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Polish {
    /// Wells that it was fitted to.
    pub n: u32,
    /// Sweeps over rows and columns.
    pub sweeps: u32,
    /// Whether it stopped by itself; if not, the scores are those of the last sweep.
    pub converged: bool,
    /// MAD of the residuals of the fitted wells: the unit of the scores.
    pub mad: f64,
}

/// B-scores of many features of one plate.
#[derive(Debug, Clone, PartialEq)]
pub struct BScores {
    /// One feature after the other, each in row-major well order; NaN where a well has none.
    pub scores: Vec<f64>,
    /// By feature: how its polish ended, or why it has no scores.
    pub polishes: Vec<Result<Polish, Unscaled>>,
}

/// Features that are polished abreast where there are several.
const ABREAST: usize = 8;

/// Scores every well with a value, excluded ones too, though they are in no fit. `values` holds one feature after the other, each in row-major well
/// order; NaN and infinities are missing; a last feature that is not whole is left out. A feature's scores are the same
/// bits alone or beside others; `threads` only says how quickly.
#[must_use]
pub fn b_scores_of_all(values: &[f64], wells: &CountedWells, options: &Options, threads: usize) -> BScores {
    let n_wells = usize::from(wells.format().wells());
    let (values, _) = values.split_at(values.len() / n_wells * n_wells);
    let fitted: Vec<u16> = match options.fit {
        Fit::Samples => wells.sample().to_vec(),
        Fit::All => wells.whole().collect(),
    };
    let nothing = Unscaled::TooFew { group: Group::Fitted, n: 0, minimum: 2 };
    let features = values.len() / n_wells;
    let mut all = BScores { scores: vec![f64::NAN; values.len()], polishes: vec![Err(nothing); features] };
    let share = features.div_ceil(threads.max(1)).max(1);
    let scored = |(values, (scores, polishes)): Share<'_>| {
        let mut networks = Networks::default();
        let mut scorer = Scorer { values, wells, scores, polishes, middle: Middle::default() };
        for (pattern, features) in by_pattern(values, &fitted, wells.format()) {
            match features.len() {
                1 => scorer.score::<1>(&pattern, &features, &mut networks, options),
                _ => scorer.score::<ABREAST>(&pattern, &features, &mut networks, options),
            }
        }
    };
    let results = all.scores.chunks_mut(share * n_wells).zip(all.polishes.chunks_mut(share));
    let mut shares = values.chunks(share * n_wells).zip(results);
    let own = shares.next();
    std::thread::scope(|scope| {
        for other in shares {
            scope.spawn(move || scored(other));
        }
        own.map(scored)
    });
    all
}

/// Values of some features, their scores and how their polishes ended.
type Share<'a> = (&'a [f64], (&'a mut [f64], &'a mut [Result<Polish, Unscaled>]));

struct Scorer<'a> {
    values: &'a [f64],
    wells: &'a CountedWells,
    scores: &'a mut [f64],
    polishes: &'a mut [Result<Polish, Unscaled>],
    middle: Middle,
}

impl Scorer<'_> {
    fn score<const L: usize>(
        &mut self,
        pattern: &Pattern,
        features: &[usize],
        networks: &mut Networks,
        options: &Options,
    ) {
        let Scorer { values, wells, scores, polishes, middle } = self;
        let n_wells = usize::from(wells.format().wells());
        let of = |feature: usize| values.get(feature * n_wells..(feature + 1) * n_wells).unwrap_or_default();
        let fill = |feature: usize, into: &mut Vec<f64>| {
            let feature = of(feature);
            into.extend(pattern.wells.iter().map(|well| feature.get(usize::from(*well)).copied().unwrap_or(0.0)));
        };
        let stop = Stop { epsilon: options.epsilon, sweeps: options.sweeps };
        polish::<L>(features, pattern, networks, stop, fill, |feature, polished| {
            let Some(scores) = scores.get_mut(feature * n_wells..(feature + 1) * n_wells) else { return };
            let Some(slot) = polishes.get_mut(feature) else { return };
            *slot = unit(polished, middle).map(|mad| Polish {
                n: u32::try_from(pattern.n()).unwrap_or(u32::MAX),
                sweeps: polished.sweeps,
                converged: polished.converged,
                mad,
            });
            if let Ok(found) = slot {
                write(scores, of(feature), wells, pattern, polished, found.mad);
            }
        });
    }
}

/// MAD of the fitted residuals.
fn unit(polished: &Polished, middle: &mut Middle) -> Result<f64, Unscaled> {
    let residuals = &polished.residuals;
    enough(residuals, Group::Fitted, 2)?;
    if residuals.iter().any(|residual| !residual.is_finite()) {
        return Err(Unscaled::OutOfRange);
    }
    let centre = middle.median(residuals.iter().copied()).unwrap_or_default();
    match middle.mad(residuals.iter().copied(), centre).unwrap_or_default() {
        0.0 => Err(Unscaled::NoScatter(Group::Fitted)),
        mad if mad.is_finite() => Ok(mad),
        _ => Err(Unscaled::OutOfRange),
    }
}

/// Wells outside the fit get the residual of their row and column, where these have a fit.
fn write(scores: &mut [f64], values: &[f64], wells: &CountedWells, pattern: &Pattern, polished: &Polished, mad: f64) {
    let columns = usize::from(wells.format().columns());
    let mut fitted = pattern.wells.iter().zip(&polished.residuals).peekable();
    for ((index, slot), value) in scores.iter_mut().enumerate().zip(values) {
        let residual = match fitted.peek() {
            Some((well, residual)) if usize::from(**well) == index => {
                let residual = **residual;
                fitted.next();
                Some(residual)
            }
            _ => {
                let row = polished.rows.get(index / columns).copied().flatten();
                let column = polished.columns.get(index % columns).copied().flatten();
                row.zip(column).map(|(row, column)| value - polished.overall - row - column)
            }
        };
        let score = residual.map_or(f64::NAN, |residual| residual / mad);
        *slot = if score.is_finite() { score } else { f64::NAN };
    }
}

/// A row or column of which more than a quarter are no ordinary wells, so that its median is theirs as much as the plate's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowded {
    /// Rows, 0-based, as bits.
    pub rows: u64,
    /// Columns, 0-based, as bits.
    pub columns: u128,
}

/// Lines where a B-score misleads: more than a quarter of the wells with a role are controls, or hits (`is_hit`, row-major;
/// wells that it does not reach are none). `None` where there is no such line: this warns, it forbids nothing.
#[must_use]
pub fn crowded(wells: &CountedWells, is_hit: &[bool]) -> Option<Crowded> {
    let format: Format = wells.format();
    let (mut rows, mut columns) = ([(0_u32, 0_u32); 64], [(0_u32, 0_u32); 128]);
    let width = usize::from(format.columns());
    for (index, role) in wells.roles().iter().enumerate() {
        let counts = match role {
            None | Some(Role::Empty) => continue,
            Some(Role::Sample) => u32::from(is_hit.get(index).copied().unwrap_or(false)),
            Some(Role::Positive | Role::Negative | Role::Reference) => 1,
        };
        for line in [rows.get_mut(index / width), columns.get_mut(index % width)].into_iter().flatten() {
            *line = (line.0 + counts, line.1 + 1);
        }
    }
    let is_crowded = |(odd, all): &(u32, u32)| 4 * odd > *all;
    let mut found = Crowded { rows: 0, columns: 0 };
    for (bit, _) in rows.iter().enumerate().filter(|(_, line)| is_crowded(line)) {
        found.rows |= 1 << bit;
    }
    for (bit, _) in columns.iter().enumerate().filter(|(_, line)| is_crowded(line)) {
        found.columns |= 1 << bit;
    }
    (found != Crowded { rows: 0, columns: 0 }).then_some(found)
}
