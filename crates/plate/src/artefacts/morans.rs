//! Moran's I: whether neighbours resemble each other more (or less) than wells at random.
//!
//! Neighbours touch within a row or a column (rook) and weigh 1 each. Over the n samples with a value and the P pairs of
//! neighbours among them, with z = x - mean: I = (n / P) x (sum over pairs of z_a z_b) / (sum of z^2), which is the usual
//! (n / S0) (sum of w_ab z_a z_b) / (sum of z^2) with binary weights, where S0 = 2 P. A well without neighbours counts in n
//! and in the sum of z^2 (as in esda).
//!
//! p is two-sided: p = (b + 1) / (B + 1), where b counts those of B = 999 random permutations of the values over the same
//! wells whose I is at least as far from its expectation under permutation, -1 / (n - 1), as the observed I is:
//! abs(I_b + 1 / (n - 1)) >= abs(I + 1 / (n - 1)). Distances closer than 1e-9 P / n count as equal, so that rounding does
//! not decide between arrangements that are the same.

use crate::abreast::{Abreast, Pattern, wide};
use crate::artefacts::Draws;
use crate::format::Format;
use crate::statistics::{Part, Undefined};

/// B: permutations that p is computed from.
pub const PERMUTATIONS: usize = 999;
/// Fewer values have no neighbourhood to speak of.
const MINIMUM_WELLS: u32 = 3;
/// Sums of products of unit-length z closer than this are equal.
const TIE: f64 = 1e-9;
/// More places than the largest format has wells, and a power of two.
const PLACES: usize = 4096;

/// Spatial autocorrelation of one feature of one plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moran {
    /// I: near -1 / (n - 1) where wells lie at random, towards 1 where neighbours are alike.
    pub i: f64,
    /// Two-sided, between 0.001 and 1.
    pub p: f64,
}

/// Which place's value lies where in each permutation, for all features with the same pattern. The plate has a column and
/// a row more, all holes, so that every well has a neighbour to the right and below.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shuffled {
    /// The order as it is, then the permutations.
    grids: Vec<u16>,
    positions: Vec<usize>,
    rows: usize,
    stride: usize,
    n: u32,
    pairs: u32,
}

impl Shuffled {
    /// Lays a pattern out. `draws` must be of the pattern's number of places.
    pub(crate) fn lay(&mut self, pattern: &Pattern, format: Format, draws: &Draws) {
        let columns = usize::from(format.columns());
        (self.rows, self.stride) = (usize::from(format.rows()), columns + 1);
        self.n = u32::try_from(pattern.n()).unwrap_or(u32::MAX);
        self.pairs = pattern.neighbour_pairs(format);
        self.positions.clear();
        self.positions.extend(pattern.wells.iter().map(|well| usize::from(*well)).map(|well| well + well / columns));
        self.grids.clear();
        let hole = u16::try_from(pattern.n()).unwrap_or(u16::MAX);
        self.grid(0..hole, hole);
        for permutation in draws.permutations() {
            self.grid(permutation.iter().copied(), hole);
        }
    }

    fn grid(&mut self, places: impl Iterator<Item = u16>, hole: u16) {
        let start = self.grids.len();
        self.grids.resize(start + (self.rows + 1) * self.stride, hole);
        let Some(grid) = self.grids.get_mut(start..) else { return };
        for (position, place) in self.positions.iter().zip(places) {
            if let Some(slot) = grid.get_mut(*position) {
                *slot = place;
            }
        }
    }

    /// Whether I can be had for this pattern at all.
    pub(crate) fn can_be_had(&self) -> Result<(), Undefined> {
        match (self.n, self.pairs) {
            (n, _) if n < MINIMUM_WELLS => Err(Undefined::TooFewIn { part: Part::Whole, n, minimum: MINIMUM_WELLS }),
            (_, 0) => Err(Undefined::NoNeighbours),
            _ => Ok(()),
        }
    }

    pub(crate) fn pairs(&self) -> u32 {
        self.pairs
    }
}

/// The z of L features abreast, each of unit length, by place; every other place is 0.
#[derive(Debug, Clone)]
pub(crate) struct Correlation<const L: usize>(Vec<Abreast<L>>);

impl<const L: usize> Correlation<L> {
    pub(crate) fn new() -> Correlation<L> {
        Correlation(vec![[0.0; L]; PLACES])
    }

    /// Sets a lane from the values of a pattern's places; the lane is 0 where there is an error.
    ///
    /// # Errors
    /// All values are equal.
    pub(crate) fn set(&mut self, lane: usize, values: &[f64]) -> Result<(), Undefined> {
        for place in &mut self.0 {
            if let Some(slot) = place.get_mut(lane) {
                *slot = 0.0;
            }
        }
        let flat = Undefined::NoScatterIn(Part::Whole);
        let first = values.first().copied().ok_or(flat)?;
        if values.iter().all(|value| *value == first) {
            return Err(flat);
        }
        // Scaled to 1 first, so that no square leaves 64-bit arithmetic.
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let mean = values.iter().map(|value| value / largest).sum::<f64>() / values.len() as f64;
        let from_mean = |value: &f64| value / largest - mean;
        let squares: f64 = values.iter().map(|value| from_mean(value) * from_mean(value)).sum();
        if squares == 0.0 {
            return Err(flat);
        }
        let length = squares.sqrt();
        for (place, value) in self.0.iter_mut().zip(values) {
            if let Some(slot) = place.get_mut(lane) {
                *slot = from_mean(value) / length;
            }
        }
        Ok(())
    }
}

/// I and p of L features abreast.
pub(crate) fn spatial<const L: usize>(z: &Correlation<L>, shuffled: &Shuffled) -> [Moran; L] {
    let (n, pairs) = (f64::from(shuffled.n), f64::from(shuffled.pairs));
    // Of the sum over pairs, where the sum of z^2 is 1.
    let expected = -pairs / (n * (n - 1.0));
    let (observed, beyond) = wide(
        #[inline(always)]
        || count(&z.0, shuffled, expected),
    );
    let draws = (shuffled.grids.len() / ((shuffled.rows + 1) * shuffled.stride).max(1)).saturating_sub(1);
    std::array::from_fn(|lane| Moran {
        i: n / pairs * observed[lane],
        p: f64::from(beyond[lane] + 1) / (draws as f64 + 1.0),
    })
}

/// The sum over pairs as it is, and how many permutations are as far from `expected`.
#[inline(always)]
fn count<const L: usize>(z: &[Abreast<L>], shuffled: &Shuffled, expected: f64) -> (Abreast<L>, [u32; L]) {
    let (mut observed, mut beyond) = ([0.0; L], [0; L]);
    let Some(z) = z.first_chunk::<PLACES>() else { return (observed, beyond) };
    let mut grids = shuffled.grids.chunks_exact((shuffled.rows + 1) * shuffled.stride);
    if let Some(grid) = grids.next() {
        observed = sum_over_pairs(z, grid, shuffled.stride);
    }
    let far: Abreast<L> = std::array::from_fn(|lane| (observed[lane] - expected).abs() - TIE);
    for grid in grids {
        let sum = sum_over_pairs(z, grid, shuffled.stride);
        for lane in 0..L {
            beyond[lane] += u32::from((sum[lane] - expected).abs() >= far[lane]);
        }
    }
    (observed, beyond)
}

/// Each well times the sum of its neighbours to the right and below, in well order.
#[inline(always)]
fn sum_over_pairs<const L: usize>(z: &[Abreast<L>; PLACES], grid: &[u16], stride: usize) -> Abreast<L> {
    let mut sum = [0.0; L];
    let mut rows = grid.chunks_exact(stride);
    let Some(mut row) = rows.next() else { return sum };
    for below in rows {
        let mut here = z[usize::from(row[0]) % PLACES];
        for (right, down) in row[1..].iter().zip(below) {
            let (right, down) = (z[usize::from(*right) % PLACES], z[usize::from(*down) % PLACES]);
            for lane in 0..L {
                sum[lane] += here[lane] * (right[lane] + down[lane]);
            }
            here = right;
        }
        row = below;
    }
    sum
}
