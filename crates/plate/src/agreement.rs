//! Replicate agreement: Pearson and Spearman over the matched wells of two plates, and over all pairs of a group
//! (`QC.md`, "across plates").
//!
//! A well is matched where both plates have a value there. Spearman is Pearson over average ranks (Kendall & Gibbons,
//! *Rank Correlation Methods*, ties). Sums run in well order, over deviations scaled to at most 1, so nothing
//! overflows.

use crate::statistics::median;

/// Matched wells that an agreement needs: two points always lie on a line.
pub const MINIMUM_WELLS: u32 = 3;

/// Why two plates have no agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAgreement {
    /// The plates have different numbers of wells.
    #[error("the plates have {first} and {second} wells")]
    OtherFormat {
        /// Wells of the first plate.
        first: usize,
        /// Wells of the second plate.
        second: usize,
    },
    /// Too few wells have a value on both plates.
    #[error("{n} of at least {minimum} wells have a value on both plates")]
    TooFew {
        /// How many have.
        n: u32,
        /// How many are needed.
        minimum: u32,
    },
    /// All matched wells of the first plate have the same value.
    #[error("the matched wells of the first plate do not scatter")]
    FirstDoesNotScatter,
    /// All matched wells of the second plate have the same value.
    #[error("the matched wells of the second plate do not scatter")]
    SecondDoesNotScatter,
    /// The values are too large for 64-bit arithmetic.
    #[error("the values are too large for 64-bit arithmetic")]
    OutOfRange,
    /// No pair of the group has an agreement.
    #[error("no pair of these plates has an agreement")]
    NoPair,
}

/// How well two plates agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Matched wells.
    pub n: u32,
    /// Pearson's r, -1 to 1.
    pub pearson: Result<f64, NoAgreement>,
    /// Spearman's rho, -1 to 1.
    pub spearman: Result<f64, NoAgreement>,
}

/// The agreement of one pair of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairAgreement {
    /// Index of one plate in the group.
    pub first: usize,
    /// Index of the other; greater than `first`.
    pub second: usize,
    /// How well they agree.
    pub agreement: Agreement,
}

/// The middle and the ends of a measure over pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Pairs that have the measure.
    pub pairs: u32,
    /// The worst pair's.
    pub min: f64,
    /// The middle; the mean of the middle two where their number is even.
    pub median: f64,
    /// The best pair's.
    pub max: f64,
}

/// How well the plates of a group agree, all pairs of them.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupAgreement {
    /// Every pair, (0, 1), (0, 2), … (1, 2), …
    pub pairs: Vec<PairAgreement>,
    /// Pearson over the pairs that have one.
    pub pearson: Result<Spread, NoAgreement>,
    /// Spearman over the pairs that have one.
    pub spearman: Result<Spread, NoAgreement>,
}

/// Agreement of two plates. Values in row-major well order, `None` where a well has none or counts nowhere (excluded,
/// not of the roles that are compared).
#[must_use]
pub fn agreement(first: &[Option<f64>], second: &[Option<f64>]) -> Agreement {
    if first.len() != second.len() {
        let reason = NoAgreement::OtherFormat { first: first.len(), second: second.len() };
        return Agreement { n: 0, pearson: Err(reason), spearman: Err(reason) };
    }
    let known = |value: &Option<f64>| value.filter(|value| value.is_finite());
    let (a, b): (Vec<f64>, Vec<f64>) =
        first.iter().zip(second).filter_map(|(a, b)| Some((known(a)?, known(b)?))).unzip();
    let n = u32::try_from(a.len()).unwrap_or(u32::MAX);
    if n < MINIMUM_WELLS {
        let reason = NoAgreement::TooFew { n, minimum: MINIMUM_WELLS };
        return Agreement { n, pearson: Err(reason), spearman: Err(reason) };
    }
    Agreement { n, pearson: pearson(&a, &b), spearman: pearson(&average_ranks(&a), &average_ranks(&b)) }
}

/// Agreement of all pairs of a group of replicate plates.
#[must_use]
pub fn replicates(plates: &[&[Option<f64>]]) -> GroupAgreement {
    let mut pairs = Vec::with_capacity(plates.len() * plates.len().saturating_sub(1) / 2);
    for (first, a) in plates.iter().enumerate() {
        for (second, b) in plates.iter().enumerate().skip(first + 1) {
            pairs.push(PairAgreement { first, second, agreement: agreement(a, b) });
        }
    }
    let pearson = spread(pairs.iter().filter_map(|pair| pair.agreement.pearson.ok()));
    let spearman = spread(pairs.iter().filter_map(|pair| pair.agreement.spearman.ok()));
    GroupAgreement { pairs, pearson, spearman }
}

fn spread(measures: impl Iterator<Item = f64>) -> Result<Spread, NoAgreement> {
    let measures: Vec<f64> = measures.collect();
    let min = measures.iter().copied().min_by(f64::total_cmp).ok_or(NoAgreement::NoPair)?;
    let max = measures.iter().copied().max_by(f64::total_cmp).ok_or(NoAgreement::NoPair)?;
    let pairs = u32::try_from(measures.len()).unwrap_or(u32::MAX);
    Ok(Spread { pairs, min, median: median(measures), max })
}

fn pearson(a: &[f64], b: &[f64]) -> Result<f64, NoAgreement> {
    let a = deviations(a, NoAgreement::FirstDoesNotScatter)?;
    let b = deviations(b, NoAgreement::SecondDoesNotScatter)?;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    // Both sums are at least 1, by the scaling, and the root of a square is exact: perfect agreement is 1.
    let r = ab / (aa * bb).sqrt();
    Ok(r.clamp(-1.0, 1.0))
}

/// Deviations from the mean, the greatest of them scaled to magnitude 1.
fn deviations(values: &[f64], flat: NoAgreement) -> Result<Vec<f64>, NoAgreement> {
    // Asked of the values themselves: the mean of equal values may differ from them by its rounding.
    if values.iter().all(|value| Some(value) == values.first()) {
        return Err(flat);
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let mut deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let greatest = deviations.iter().fold(0.0, |greatest: f64, deviation| greatest.max(deviation.abs()));
    if !mean.is_finite() || !greatest.is_finite() {
        return Err(NoAgreement::OutOfRange);
    }
    if greatest == 0.0 {
        return Err(flat);
    }
    for deviation in &mut deviations {
        *deviation /= greatest;
    }
    Ok(deviations)
}

/// Ranks from 1; equal values share the mean of their ranks.
fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let rank = below as f64 + (tied.len() as f64 + 1.0) / 2.0;
        for (_, at) in tied {
            if let Some(place) = ranks.get_mut(*at) {
                *place = rank;
            }
        }
        below += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    /// `scipy.stats.pearsonr` and `spearmanr` (1.17.1) of these lists, ties in both.
    #[test]
    fn both_are_those_of_scipy() {
        let first = [12.0, 15.5, 11.25, 19.75, 15.5, 8.0, 22.5, 17.0, 15.5, 10.5];
        let second = [30.5, 41.0, 30.5, 60.25, 44.0, 21.0, 58.0, 47.5, 36.0, 30.5];
        let (mut a, mut b) = (some(&first), some(&second));
        // Wells that only one plate has change nothing.
        a.extend([None, Some(1e9), Some(f64::NAN), None]);
        b.extend([Some(-1e9), None, Some(5.0), None]);
        let both = agreement(&a, &b);
        assert_eq!(both.n, 10);
        assert!((both.pearson.unwrap() - 0.963_185_200_748_391_8).abs() < 1e-14, "{both:?}");
        assert!((both.spearman.unwrap() - 0.962_732_919_254_658_4).abs() < 1e-14, "{both:?}");
    }

    #[test]
    fn what_has_no_agreement_says_why() {
        let of = |a: &[f64], b: &[f64]| agreement(&some(a), &some(b));
        assert_eq!(of(&[1.0, 2.0], &[1.0, 2.0]).pearson, Err(NoAgreement::TooFew { n: 2, minimum: 3 }));
        assert_eq!(of(&[1.0], &[]).spearman, Err(NoAgreement::OtherFormat { first: 1, second: 0 }));
        let varied = [1.0, 2.0, 4.0];
        assert_eq!(
            of(&[0.1; 3], &varied).pearson,
            Err(NoAgreement::FirstDoesNotScatter),
            "0.1 three times has another mean"
        );
        assert_eq!(of(&varied, &[0.1; 3]).spearman, Err(NoAgreement::SecondDoesNotScatter));
        assert_eq!(of(&[f64::MAX, f64::MAX, 0.0], &varied).pearson, Err(NoAgreement::OutOfRange));
        assert_eq!(of(&[f64::MAX, f64::MAX / 2.0, 0.0], &varied).spearman, Ok(-1.0), "ranks have no range to leave");
        assert_eq!(
            of(&[0.0, -0.0, 1.0], &varied).spearman,
            of(&[0.0, 0.0, 1.0], &varied).spearman,
            "two zeros are equal"
        );
    }

    #[test]
    fn a_group_is_all_its_pairs() {
        let up = some(&[1.0, 2.0, 3.0, 4.0]);
        let down = some(&[4.0, 3.0, 2.0, 1.0]);
        let flat = some(&[7.0; 4]);
        let group = replicates(&[&up, &down, &up, &flat]);
        let order: Vec<(usize, usize)> = group.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        assert_eq!(order, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
        assert_eq!(group.pearson, Ok(Spread { pairs: 3, min: -1.0, median: -1.0, max: 1.0 }));
        assert_eq!(group.spearman, group.pearson);
        assert_eq!(replicates(&[&up]).pearson, Err(NoAgreement::NoPair));
        assert!(replicates(&[]).pairs.is_empty());
    }

    /// Ranks by counting: how many are smaller, and half of the equal ones.
    fn counted_ranks(values: &[f64]) -> Vec<f64> {
        let rank = |value: &f64| {
            let smaller = values.iter().filter(|other| *other < value).count();
            let equal = values.iter().filter(|other| *other == value).count();
            smaller as f64 + (equal as f64 + 1.0) / 2.0
        };
        values.iter().map(rank).collect()
    }

    proptest! {
        #[test]
        fn bounded_symmetric_and_blind_to_shift_and_scale(
            pairs in prop::collection::vec((-50_i32..50, -50_i32..50), 3..60),
            scale in 0.1..10.0,
            shift in -100.0..100.0,
        ) {
            let a: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.0)).collect();
            let b: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.1)).collect();
            prop_assert_eq!(average_ranks(&a), counted_ranks(&a));
            let one = agreement(&some(&a), &some(&b));
            let other = agreement(&some(&b), &some(&a));
            let moved: Vec<f64> = a.iter().map(|value| value * scale + shift).collect();
            let moved = agreement(&some(&moved), &some(&b));
            if let Ok(r) = one.pearson {
                prop_assert!((-1.0..=1.0).contains(&r));
                prop_assert!((r - other.pearson.unwrap()).abs() < 1e-12);
                prop_assert!((r - moved.pearson.unwrap()).abs() < 1e-9);
                prop_assert!((one.spearman.unwrap() - moved.spearman.unwrap()).abs() < 1e-12);
            }
        }
    }
}
