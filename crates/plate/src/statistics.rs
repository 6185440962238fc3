//! The first table of `QC.md`: how well positive and negative controls stand apart.
//!
//! Sample standard deviation (n - 1) everywhere; `MAD = 1.4826 * median(|x - median(x)|)`. A statistic that cannot
//! be had says why: it is never 0, infinite or NaN. Sums run in the order given (well order), in two passes.

use std::fmt;

use crate::layout::Role;

/// Makes the MAD of a normal sample estimate its standard deviation (`QC.md`, as R's `mad`).
pub(crate) const MAD_SCALE: f64 = 1.4826;

/// A number, or why there is none.
pub type Statistic = Result<f64, Undefined>;

/// Why a statistic is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// A group has too few wells with a value.
    TooFew {
        /// Which group.
        role: Role,
        /// How many wells it has.
        n: u32,
        /// How many it needs.
        minimum: u32,
    },
    /// The groups' centres are equal.
    NoDistance,
    /// A group does not scatter, and the statistic divides by its scatter.
    NoScatter(Role),
    /// Neither group scatters.
    NoScatterAtAll,
    /// A group's mean is 0, and the statistic divides by it.
    ZeroMean(Role),
    /// The numbers are too large or too small for 64-bit arithmetic.
    OutOfRange,
    /// A part of the plate has too few samples with a value.
    TooFewIn {
        /// Which part.
        part: Part,
        /// How many samples it has.
        n: u32,
        /// How many it needs.
        minimum: u32,
    },
    /// The median of a part's samples is 0, and the artefact divides by it.
    ZeroMedianOf(Part),
    /// A part's samples do not scatter, and the artefact divides by their scatter.
    NoScatterIn(Part),
    /// Too few rows or columns have samples with a value.
    TooFewLines {
        /// Rows or columns.
        lines: Lines,
        /// How many have.
        n: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// No two samples with a value are neighbours.
    NoNeighbours,
    /// Nobody asked for it.
    LeftOut,
}

/// A part of a plate: its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All samples.
    Whole,
    /// Those in the first or last row or column.
    Outer,
    /// The others.
    Inner,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Whole => "samples",
            Part::Outer => "samples of the outer ring",
            Part::Inner => "samples inside the outer ring",
        })
    }
}

/// Rows or columns of a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Rows, named by letters.
    Rows,
    /// Columns, named by numbers.
    Columns,
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lines::Rows => "rows",
            Lines::Columns => "columns",
        })
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undefined::TooFew { role, n, minimum } => write!(f, "{n} of at least {minimum} {role} wells have a value"),
            Undefined::NoDistance => write!(f, "the two groups have the same centre"),
            Undefined::NoScatter(role) => write!(f, "the {role} wells do not scatter"),
            Undefined::NoScatterAtAll => write!(f, "neither group scatters"),
            Undefined::ZeroMean(role) => write!(f, "the mean of the {role} wells is 0"),
            Undefined::OutOfRange => write!(f, "the values are too large or too small for 64-bit arithmetic"),
            Undefined::TooFewIn { part, n, minimum } => write!(f, "{n} of at least {minimum} {part} have a value"),
            Undefined::ZeroMedianOf(part) => write!(f, "the median of the {part} is 0"),
            Undefined::NoScatterIn(part) => write!(f, "the {part} do not scatter"),
            Undefined::TooFewLines { lines, n, minimum } => {
                write!(f, "{n} of at least {minimum} {lines} have samples with a value")
            }
            Undefined::NoNeighbours => write!(f, "no two samples with a value are neighbours"),
            Undefined::LeftOut => write!(f, "it was not asked for"),
        }
    }
}

/// Wells that each number was computed from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Positive controls with a value.
    pub positive: u32,
    /// Negative controls with a value.
    pub negative: u32,
    /// Samples with a value.
    pub sample: u32,
    /// Wells that a person excluded.
    pub excluded: u32,
}

/// The values of one feature on one plate by group, in row-major well order, all finite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Groups {
    /// Positive controls.
    pub positive: Vec<f64>,
    /// Negative controls.
    pub negative: Vec<f64>,
    /// Samples.
    pub sample: Vec<f64>,
    /// Wells that a person excluded.
    pub excluded: u32,
}

/// The first table of `QC.md` for one feature of one plate.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstTable {
    /// What it was computed from.
    pub counts: Counts,
    /// 1 - 3 (sd_p + sd_n) / abs(mean_p - mean_n).
    pub z_prime: Statistic,
    /// The same with median and MAD.
    pub robust_z_prime: Statistic,
    /// 1 - 3 (sd_s + sd_n) / abs(mean_s - mean_n).
    pub z: Statistic,
    /// (mean_p - mean_n) / sqrt(sd_p^2 + sd_n^2).
    pub ssmd: Statistic,
    /// (median_p - median_n) / sqrt(MAD_p^2 + MAD_n^2).
    pub robust_ssmd: Statistic,
    /// mean_p / mean_n.
    pub signal_to_background: Statistic,
    /// (mean_p - mean_n) / sd_n.
    pub signal_to_noise: Statistic,
    /// (mean_hi - 3 sd_hi/sqrt(r) - mean_lo - 3 sd_lo/sqrt(r)) / (sd_hi/sqrt(r)).
    pub signal_window: Statistic,
    /// 100 sd / abs(mean) of the positives.
    pub cv_positive: Statistic,
    /// 100 sd / abs(mean) of the negatives.
    pub cv_negative: Statistic,
    /// 100 sd / abs(mean) of the samples.
    pub cv_sample: Statistic,
}

/// Mean and standard deviation, or median and MAD, of one group.
#[derive(Debug, Clone, Copy)]
struct Spread {
    role: Role,
    centre: f64,
    scatter: f64,
}

impl FirstTable {
    /// Computes the table. `minimum_n` wells are needed in each group (at least 2); `replicates` per compound in
    /// production shrink the signal window's deviations (at least 1).
    #[must_use]
    pub fn of(groups: &Groups, minimum_n: u32, replicates: u32) -> FirstTable {
        let controls = Controls::of(groups, minimum_n);
        let (p, n) = (controls.positive, controls.negative);
        let s = mean_and_deviation(&groups.sample, Role::Sample, minimum_n);
        let robust_p = median_and_mad(&groups.positive, Role::Positive, minimum_n);
        let robust_n = median_and_mad(&groups.negative, Role::Negative, minimum_n);
        FirstTable {
            counts: Counts {
                positive: count(&groups.positive),
                negative: count(&groups.negative),
                sample: count(&groups.sample),
                excluded: groups.excluded,
            },
            z_prime: controls.z_prime(),
            robust_z_prime: both(robust_p, robust_n).and_then(z_factor),
            z: both(s, n).and_then(z_factor),
            ssmd: controls.ssmd(),
            robust_ssmd: both(robust_p, robust_n).and_then(mean_difference),
            signal_to_background: controls.signal_to_background(),
            signal_to_noise: both(p, n).and_then(|(p, n)| match n.scatter {
                0.0 => Err(Undefined::NoScatter(Role::Negative)),
                _ => finite((p.centre - n.centre) / n.scatter),
            }),
            signal_window: both(p, n).and_then(|pair| signal_window(pair, replicates.max(1))),
            cv_positive: p.and_then(variation),
            cv_negative: controls.cv_negative(),
            cv_sample: s.and_then(variation),
        }
    }

    /// Every statistic under its stable name (`CLI.md`), in the table's order.
    pub fn named(&self) -> [(&'static str, Statistic); 11] {
        [
            ("z_prime", self.z_prime),
            ("robust_z_prime", self.robust_z_prime),
            ("z", self.z),
            ("ssmd", self.ssmd),
            ("robust_ssmd", self.robust_ssmd),
            ("signal_to_background", self.signal_to_background),
            ("signal_to_noise", self.signal_to_noise),
            ("signal_window", self.signal_window),
            ("cv_positive", self.cv_positive),
            ("cv_negative", self.cv_negative),
            ("cv_sample", self.cv_sample),
        ]
    }
}

/// The statistics that limits of a card are about: cheap enough to judge at every control well.
#[derive(Debug, Clone, Copy)]
pub struct Controls {
    positive: Result<Spread, Undefined>,
    negative: Result<Spread, Undefined>,
}

impl Controls {
    /// From the positives and negatives of `groups`.
    #[must_use]
    pub fn of(groups: &Groups, minimum_n: u32) -> Controls {
        Controls {
            positive: mean_and_deviation(&groups.positive, Role::Positive, minimum_n),
            negative: mean_and_deviation(&groups.negative, Role::Negative, minimum_n),
        }
    }

    /// Z'.
    ///
    /// # Errors
    /// Why it is undefined.
    pub fn z_prime(&self) -> Statistic {
        both(self.positive, self.negative).and_then(z_factor)
    }

    /// SSMD.
    ///
    /// # Errors
    /// Why it is undefined.
    pub fn ssmd(&self) -> Statistic {
        both(self.positive, self.negative).and_then(mean_difference)
    }

    /// S/B.
    ///
    /// # Errors
    /// Why it is undefined.
    pub fn signal_to_background(&self) -> Statistic {
        both(self.positive, self.negative).and_then(|(p, n)| match n.centre {
            0.0 => Err(Undefined::ZeroMean(Role::Negative)),
            _ => finite(p.centre / n.centre),
        })
    }

    /// The larger of S/B and its inverse, by magnitude.
    ///
    /// # Errors
    /// Why it is undefined.
    pub fn signal_ratio(&self) -> Statistic {
        self.signal_to_background().and_then(larger_ratio)
    }

    /// CV of the negatives in percent.
    ///
    /// # Errors
    /// Why it is undefined.
    pub fn cv_negative(&self) -> Statistic {
        self.negative.and_then(variation)
    }
}

/// The larger of a ratio of means and its inverse, by magnitude (`DATA.md` 13: how far apart the means lie).
///
/// # Errors
/// [`Undefined::ZeroMean`] of a ratio of 0, whose inverse is none.
pub fn larger_ratio(signal_to_background: f64) -> Statistic {
    match signal_to_background.abs() {
        0.0 => Err(Undefined::ZeroMean(Role::Positive)),
        ratio => finite(ratio.max(1.0 / ratio)),
    }
}

fn count(values: &[f64]) -> u32 {
    u32::try_from(values.len()).unwrap_or(u32::MAX)
}

pub(crate) fn finite(value: f64) -> Statistic {
    if value.is_finite() { Ok(value) } else { Err(Undefined::OutOfRange) }
}

fn both(a: Result<Spread, Undefined>, b: Result<Spread, Undefined>) -> Result<(Spread, Spread), Undefined> {
    Ok((a?, b?))
}

fn enough(values: &[f64], role: Role, minimum_n: u32) -> Result<f64, Undefined> {
    let (n, minimum) = (count(values), minimum_n.max(2));
    if n < minimum { Err(Undefined::TooFew { role, n, minimum }) } else { Ok(f64::from(n)) }
}

fn mean_and_deviation(values: &[f64], role: Role, minimum_n: u32) -> Result<Spread, Undefined> {
    let n = enough(values, role, minimum_n)?;
    if are_the_same(values) {
        return Ok(Spread { role, centre: finite(mean_of(values))?, scatter: 0.0 });
    }
    let centre = finite(mean_of(values))?;
    let squares: f64 = values.iter().map(|value| (value - centre) * (value - centre)).sum();
    if squares >= SMALLEST_SQUARES {
        return Ok(Spread { role, centre, scatter: finite((squares / (n - 1.0)).sqrt())? });
    }
    // Squares of very small distances vanish: they are taken as parts of the largest.
    let largest = values.iter().map(|value| (value - centre).abs()).fold(0.0, f64::max);
    if largest == 0.0 {
        return Ok(Spread { role, centre, scatter: 0.0 });
    }
    let part = |value: &f64| (value - centre) / largest;
    let squares: f64 = values.iter().map(|value| part(value) * part(value)).sum();
    Ok(Spread { role, centre, scatter: finite(largest * (squares / (n - 1.0)).sqrt())? })
}

/// The mean. Values that are all the same have themselves as theirs; their sum, rounded, may give its neighbour. Not a number
/// for an empty list.
#[must_use]
pub fn mean_of(values: &[f64]) -> f64 {
    match values.first() {
        Some(same) if are_the_same(values) => *same,
        _ => values.iter().sum::<f64>() / values.len() as f64,
    }
}

pub(crate) fn are_the_same(values: &[f64]) -> bool {
    values.first().is_none_or(|first| values.iter().all(|value| value == first))
}

/// Below this a sum of squares has lost digits to the smallest numbers that there are.
const SMALLEST_SQUARES: f64 = 1e-280;

fn median_and_mad(values: &[f64], role: Role, minimum_n: u32) -> Result<Spread, Undefined> {
    enough(values, role, minimum_n)?;
    let centre = finite(median(values.to_vec()))?;
    let scatter = finite(MAD_SCALE * median(values.iter().map(|value| (value - centre).abs()).collect()))?;
    Ok(Spread { role, centre, scatter })
}

/// Median and scaled MAD of a list; `None` where it is empty or leaves 64-bit range.
pub(crate) fn median_and_mad_of(values: &[f64]) -> Option<(f64, f64)> {
    let spread = median_and_mad(values, Role::Sample, 1).ok()?;
    Some((spread.centre, spread.scatter))
}

/// The middle of a list, the mean of the middle two where their number is even; `None` of an empty one.
#[must_use]
pub fn median_of(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| median(values.to_vec()))
}

/// The middle of a non-empty list; the mean of the middle two where their number is even.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if !even {
        return upper;
    }
    let lower = below.iter().copied().max_by(f64::total_cmp).unwrap_or(upper);
    // Halved before the sum where that could overflow; exact otherwise, as R does it.
    let sum = lower + upper;
    if sum.is_finite() { sum / 2.0 } else { lower / 2.0 + upper / 2.0 }
}

fn z_factor((a, b): (Spread, Spread)) -> Statistic {
    let distance = (a.centre - b.centre).abs();
    if distance == 0.0 {
        return Err(Undefined::NoDistance);
    }
    finite(1.0 - 3.0 * (a.scatter + b.scatter) / distance)
}

fn mean_difference((p, n): (Spread, Spread)) -> Statistic {
    let scatter = libm::hypot(p.scatter, n.scatter);
    if scatter == 0.0 {
        return Err(Undefined::NoScatterAtAll);
    }
    finite((p.centre - n.centre) / scatter)
}

fn signal_window((p, n): (Spread, Spread), replicates: u32) -> Statistic {
    let (high, low) = if p.centre >= n.centre { (p, n) } else { (n, p) };
    if high.scatter == 0.0 {
        return Err(Undefined::NoScatter(high.role));
    }
    let shrink = f64::from(replicates).sqrt();
    let (high_sd, low_sd) = (high.scatter / shrink, low.scatter / shrink);
    finite((high.centre - 3.0 * high_sd - low.centre - 3.0 * low_sd) / high_sd)
}

fn variation(spread: Spread) -> Statistic {
    if spread.centre == 0.0 {
        return Err(Undefined::ZeroMean(spread.role));
    }
    finite(100.0 * spread.scatter / spread.centre.abs())
}
