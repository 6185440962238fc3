//! What a fit may claim of a compound: an EC50 within the doses that were tested, or that it lies beyond them.

use super::{Compound, Interval};
use crate::measured;

/// An end of an interval that lies further beyond the doses than this, in powers of ten, is bounded by nothing measured.
const BEYOND: f64 = 0.5;

/// Where the EC50 lies; log10 of doses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ec50 {
    /// Below the least dose that counts, which is this.
    Below(f64),
    /// Within the doses, with the ends of its interval that something measured bounds.
    At(f64, Option<Interval>),
    /// Above the greatest dose that counts, which is this.
    Above(f64),
}

impl Compound {
    /// What may be said of its EC50; `None` without a fit, or where the fit has none.
    pub(super) fn ec50(&self) -> Option<Ec50> {
        let fit = self.fit.as_ref().ok()?;
        let at = measured::finite(&fit.log10_ec50)?;
        let counting = self.replicates.iter().filter(|replicate| !replicate.is_excluded);
        let doses: Vec<f64> = counting.filter_map(|replicate| Some(replicate.place()?.0)).collect();
        let ends = (doses.iter().copied().reduce(f64::min), doses.iter().copied().reduce(f64::max));
        let (Some(low), Some(high)) = ends else { return Some(Ec50::At(at, fit.interval)) };
        if at < low {
            return Some(Ec50::Below(low));
        }
        if at > high {
            return Some(Ec50::Above(high));
        }
        let bounded = |end: Option<f64>| end.filter(|end| (low - BEYOND..=high + BEYOND).contains(end));
        let within = |interval: Interval| Interval { low: bounded(interval.low), high: bounded(interval.high) };
        Some(Ec50::At(at, fit.interval.map(within)))
    }
}
