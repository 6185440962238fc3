//! Medians of several features at once: comparisons in a fixed order, whatever the values.
//!
//! The order is Batcher's merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M), less the
//! comparisons that the middle does not depend on.

use fearless_simd::{Simd, SimdBase, f64x4};

use super::Abreast;
use crate::middle::mean_of;

/// More wells than a line of any format has, and a power of two.
const LONGEST: usize = 128;

/// Comparisons that bring the middle of a list to its place.
#[derive(Debug, Clone, Default)]
struct Network {
    pairs: Vec<(u8, u8)>,
    n: usize,
}

impl Network {
    fn of(n: usize) -> Network {
        let mut pairs = Vec::new();
        let top = n.next_power_of_two() / 2;
        let mut p = top;
        while p > 0 {
            let (mut q, mut r, mut d) = (top, 0, p);
            loop {
                for i in 0..n.saturating_sub(d) {
                    if i & p == r {
                        pairs.push((i, i + d));
                    }
                }
                if q == p {
                    break;
                }
                d = q - p;
                q /= 2;
                r = p;
            }
            p /= 2;
        }
        let mut needed = vec![false; n.max(1)];
        needed[n.saturating_sub(1) / 2] = true;
        needed[(n / 2).min(n.saturating_sub(1))] = true;
        pairs.reverse();
        pairs.retain(|(a, b)| {
            let keep = needed[*a] || needed[*b];
            (needed[*a], needed[*b]) = (needed[*a] || keep, needed[*b] || keep);
            keep
        });
        pairs.reverse();
        let small = |place: usize| u8::try_from(place).unwrap_or(0);
        Network { pairs: pairs.into_iter().map(|(a, b)| (small(a), small(b))).collect(), n }
    }
}

/// The networks of the lengths that came up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Networks(Vec<Option<Network>>);

impl Networks {
    /// Makes sure that medians of `n` values can be had; to be called before [`Networks::medians`].
    pub(crate) fn prepare(&mut self, n: usize) {
        if self.0.len() <= n {
            self.0.resize(n + 1, None);
        }
        if let Some(network) = self.0.get_mut(n) {
            network.get_or_insert_with(|| Network::of(n));
        }
    }

    /// The median of `n` finite values in each lane, 0 of none; the values are put in another order.
    #[inline(always)]
    pub(crate) fn medians<const L: usize>(&self, simd: impl Simd, values: &mut Line<L>, n: usize) -> Abreast<L> {
        let Some(Some(network)) = self.0.get(n).filter(|_| (1..LONGEST).contains(&n)) else { return [0.0; L] };
        let values = &mut values.0;
        for (a, b) in &network.pairs {
            let (a, b) = (usize::from(*a) % LONGEST, usize::from(*b) % LONGEST);
            let (x, y) = (values[a], values[b]);
            (values[a], values[b]) = ordered(simd, x, y);
        }
        let (lower, upper) = (values[(network.n - 1) / 2 % LONGEST], values[network.n / 2 % LONGEST]);
        std::array::from_fn(|lane| mean_of(lower[lane], upper[lane]))
    }
}

/// The lesser and the greater of each lane. Said in the processor's own words: of a choice between two loaded numbers the
/// compiler makes a store under a mask, which some processors take many times longer for.
#[inline(always)]
fn ordered<const L: usize>(simd: impl Simd, x: Abreast<L>, y: Abreast<L>) -> (Abreast<L>, Abreast<L>) {
    let (mut lower, mut upper) = (x, y);
    let (fours, more) = (lower.as_chunks_mut::<4>(), upper.as_chunks_mut::<4>());
    for (lower, upper) in fours.0.iter_mut().zip(more.0) {
        let (x, y) = (f64x4::load_array(simd, *lower), f64x4::load_array(simd, *upper));
        (*lower, *upper) = (*x.min(y).as_array(), *x.max(y).as_array());
    }
    for (lower, upper) in fours.1.iter_mut().zip(more.1) {
        if *upper < *lower {
            std::mem::swap(lower, upper);
        }
    }
    (lower, upper)
}

/// The wells of a row or column, L features abreast; where a line of the cache begins, as [`super::Room`].
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Line<const L: usize>([Abreast<L>; LONGEST]);

impl<const L: usize> Line<L> {
    pub(crate) const fn new() -> Line<L> {
        Line([[0.0; L]; LONGEST])
    }

    /// Sets the values; returns how many there were.
    #[inline(always)]
    pub(crate) fn fill<'a>(&mut self, values: impl Iterator<Item = &'a Abreast<L>>) -> usize {
        let mut n = 0;
        for (slot, value) in self.0.iter_mut().zip(values) {
            *slot = *value;
            n += 1;
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::abreast::wide;
    use crate::middle::Middle;

    /// A network that puts every list of zeros and ones right puts every list right (Knuth, 5.3.4, theorem Z).
    #[test]
    fn every_list_of_zeros_and_ones_has_its_middle() {
        for n in 1..=14_usize {
            let mut networks = Networks::default();
            networks.prepare(n);
            for bits in 0..1_u32 << n {
                let list: Vec<[f64; 1]> = (0..n).map(|i| [f64::from(bits >> i & 1)]).collect();
                let mut line = Line::new();
                line.fill(list.iter());
                let expected = Middle::default().median(list.iter().map(|v| v[0])).unwrap();
                assert_eq!(wide!(simd => networks.medians(simd, &mut line, n)), [expected], "{n} values, {bits:b}");
            }
        }
    }

    proptest! {
        #[test]
        fn lanes_have_the_medians_of_their_own_values(
            n in 1..=72_usize,
            seed in prop::collection::vec(-1e3..1e3, 72 * 4),
        ) {
            let list: Vec<[f64; 4]> = seed.as_chunks::<4>().0[..n].to_vec();
            let mut networks = Networks::default();
            networks.prepare(n);
            let mut line = Line::new();
            line.fill(list.iter());
            let medians = wide!(simd => networks.medians(simd, &mut line, n));
            for lane in 0..4 {
                let alone = Middle::default().median(list.iter().map(|value| value[lane])).unwrap();
                prop_assert_eq!(medians[lane].to_bits(), alone.to_bits());
            }
        }
    }
}
