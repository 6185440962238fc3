//! Moran's I: whether neighbours resemble each other more (or less) than wells at random.
//!
//! Neighbours touch within a row or a column (rook) and weigh 1 each. Over the n samples with a value and the P pairs of
//! neighbours among them, with z = x - mean: I = (n / P) x (sum over pairs of z_a z_b) / (sum of z^2), which is the usual
//! (n / S0) (sum of w_ab z_a z_b) / (sum of z^2) with binary weights, where S0 = 2 P. A well without neighbours counts in n
//! and in the sum of z^2 (as in esda).
//!
//! p is two-sided: p = (b + 1) / (B + 1), where b counts those of B = 999 random permutations of the values over the same
//! wells whose I is at least as far from its expectation under permutation, -1 / (n - 1), as the observed I is:
//! abs(I_b + 1 / (n - 1)) >= abs(I + 1 / (n - 1)). Distances closer than 1e-6 n / P count as equal, so that rounding does
//! not decide between arrangements that are the same. I is computed in 64 bits; the I_b take z of 32 bits, whose rounding
//! stays well inside that margin, because the processor then fetches and adds half as many bytes.

use fearless_simd::{Simd, SimdBase, f32x8};

use crate::abreast::{Abreast, Pattern, Room, wide};
use crate::artefacts::Draws;
use crate::format::Format;
use crate::statistics::{Part, Undefined};

/// B: permutations that p is computed from.
pub const PERMUTATIONS: usize = 999;
/// Fewer values have no neighbourhood to speak of.
const MINIMUM_WELLS: u32 = 3;
/// Sums of products of unit-length z closer than this are equal.
const TIE: f64 = 1e-6;
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

    /// Slots of one grid.
    fn size(&self) -> usize {
        (self.rows + 1) * self.stride
    }

    /// The sum over pairs of one feature's z, in well order; the last z is the hole's.
    fn sum_as_it_is(&self, z: &[f64]) -> f64 {
        let grid = self.grids.get(..self.size()).unwrap_or_default();
        let of = |place: &u16| z.get(usize::from(*place)).copied().unwrap_or_default();
        let rows = grid.iter().zip(grid.iter().skip(1)).zip(grid.iter().skip(self.stride));
        rows.map(|((here, right), down)| of(here) * (of(right) + of(down))).sum()
    }

    pub(crate) fn pairs(&self) -> u32 {
        self.pairs
    }
}

/// Makes z of the values of a pattern's places: of unit length, so that sums do not depend on a feature's unit. `z` gets a
/// 0 more, for the hole.
///
/// # Errors
/// All values are equal.
pub(crate) fn standardise(values: &[f64], z: &mut Vec<f64>) -> Result<(), Undefined> {
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
    z.clear();
    z.extend(values.iter().map(|value| from_mean(value) / length).chain([0.0]));
    Ok(())
}

/// The z of L features abreast by place, and of each the sum over pairs as it is.
pub(crate) struct Correlation<'a, const L: usize> {
    z: &'a mut [[f32; L]],
    observed: Abreast<L>,
}

impl<'a, const L: usize> Correlation<'a, L> {
    /// All 0.
    pub(crate) fn new(room: &'a mut Room<f32>, pattern: &Pattern) -> Correlation<'a, L> {
        let z = room.wells::<L>(PLACES);
        z.iter_mut().take(pattern.n() + 1).for_each(|place| *place = [0.0; L]);
        Correlation { z, observed: [0.0; L] }
    }

    /// A feature into its lane.
    pub(crate) fn set(&mut self, lane: usize, z: &[f64], shuffled: &Shuffled) {
        for (place, value) in self.z.iter_mut().zip(z) {
            place[lane] = *value as f32;
        }
        self.observed[lane] = shuffled.sum_as_it_is(z);
    }
}

/// I and p of L features abreast, K permutations at a time.
pub(crate) fn spatial<const L: usize, const K: usize>(of: &Correlation<'_, L>, shuffled: &Shuffled) -> [Moran; L] {
    let (n, pairs) = (f64::from(shuffled.n), f64::from(shuffled.pairs));
    // Of the sum over pairs, where the sum of z^2 is 1.
    let expected = -pairs / (n * (n - 1.0));
    let far = of.observed.map(|sum| (sum - expected).abs() - TIE);
    let beyond = wide!(simd => count::<L, K>(simd, of.z, shuffled, expected, &far));
    let draws = (shuffled.grids.len() / shuffled.size().max(1)).saturating_sub(1);
    std::array::from_fn(|lane| Moran {
        i: n / pairs * of.observed[lane],
        p: f64::from(beyond[lane] + 1) / (draws as f64 + 1.0),
    })
}

/// How many permutations are at least as far from `expected` as `far`.
#[inline(always)]
fn count<const L: usize, const K: usize>(
    simd: impl Simd,
    z: &[[f32; L]],
    shuffled: &Shuffled,
    expected: f64,
    far: &Abreast<L>,
) -> [u32; L] {
    let mut beyond = [0; L];
    let Some(z) = z.first_chunk::<PLACES>() else { return beyond };
    let (size, stride) = (shuffled.size(), shuffled.stride);
    let mut judge = |sum: &Abreast<L>| {
        for ((beyond, sum), far) in beyond.iter_mut().zip(sum).zip(far) {
            *beyond += u32::from((sum - expected).abs() >= *far);
        }
    };
    let several = shuffled.grids.get(size..).unwrap_or_default().chunks_exact((K * size).max(1));
    let remainder = several.remainder().chunks_exact(size.max(1));
    for grids in several {
        let grids: [&[u16]; K] = std::array::from_fn(|k| &grids[k * size..(k + 1) * size]);
        sums_over_pairs(simd, z, grids, stride).iter().for_each(&mut judge);
    }
    for grid in remainder {
        sums_over_pairs(simd, z, [grid], stride).iter().for_each(&mut judge);
    }
    beyond
}

/// Each well times the sum of its neighbours to the right and below, in well order, row by row; of K grids of one size. A
/// single sum would wait for each addition; several abreast, of lanes or of grids, fill the wait.
#[inline(always)]
fn sums_over_pairs<const L: usize, const K: usize>(
    simd: impl Simd,
    z: &[[f32; L]; PLACES],
    grids: [&[u16]; K],
    stride: usize,
) -> [Abreast<L>; K] {
    let mut sums = [[0.0; L]; K];
    let of = |place: u16| z[usize::from(place) % PLACES];
    let size = grids.iter().map(|grid| grid.len()).min().unwrap_or(0);
    for start in (0..size.saturating_sub(stride)).step_by(stride.max(1)) {
        // Split, not sliced: so the compiler knows how long each is, and asks no more.
        let split: [(&[u16], &[u16]); K] = std::array::from_fn(|k| {
            let (row, rest) = grids[k][start..].split_at(stride);
            (row, rest.split_at(stride).0)
        });
        let mut here: [[f32; L]; K] = split.map(|(row, _)| of(row[0]));
        let mut of_row = [[0.0_f32; L]; K];
        for column in 1..stride {
            for ((sum, here), (row, below)) in of_row.iter_mut().zip(&mut here).zip(&split) {
                let (right, down) = (of(row[column]), of(below[column - 1]));
                add_products(simd, sum, here, &right, &down);
                *here = right;
            }
        }
        for (sum, of_row) in sums.iter_mut().zip(&of_row) {
            for (sum, of_row) in sum.iter_mut().zip(of_row) {
                *sum += f64::from(*of_row);
            }
        }
    }
    sums
}

/// here x (right + down), lane by lane. Eights are said in the processor's own words: left to itself the compiler takes halves
/// of its registers.
#[inline(always)]
fn add_products<const L: usize>(
    simd: impl Simd,
    sum: &mut [f32; L],
    here: &[f32; L],
    right: &[f32; L],
    down: &[f32; L],
) {
    let (sums, sum) = sum.as_chunks_mut::<8>();
    let ((heres, here), (rights, right), (downs, down)) =
        (here.as_chunks::<8>(), right.as_chunks::<8>(), down.as_chunks::<8>());
    for (((sum, here), right), down) in sums.iter_mut().zip(heres).zip(rights).zip(downs) {
        let of = |eight: &[f32; 8]| f32x8::load_array(simd, *eight);
        *sum = *(of(sum) + of(here) * (of(right) + of(down))).as_array();
    }
    for (((sum, here), right), down) in sum.iter_mut().zip(here).zip(right).zip(down) {
        *sum += here * (right + down);
    }
}
