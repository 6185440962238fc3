//! Scales by the centre and the scatter of a group: percent of control, percent activity, z, robust z, plate median.

use super::method::{Group, Unscaled};
use crate::middle::Middle;
use crate::statistics::{are_the_same, mean_of};

/// What is taken from a value, and what it is divided by then; times `factor`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ruler {
    from: f64,
    unit: f64,
    factor: f64,
}

impl Ruler {
    /// The value on the scale; `None` where 64-bit arithmetic does not reach.
    pub(super) fn read(self, value: f64) -> Option<f64> {
        let read = self.factor * (value - self.from) / self.unit;
        read.is_finite().then_some(read)
    }
}

/// 100 x / mean of the negatives.
pub(super) fn percent_of_control(negatives: &[f64], group: Group) -> Result<Ruler, Unscaled> {
    match mean(negatives, group, 1)? {
        0.0 => Err(Unscaled::ZeroMean(group)),
        unit => Ok(Ruler { from: 0.0, unit, factor: 100.0 }),
    }
}

/// 100 (x - mean_n) / (mean_p - mean_n).
pub(super) fn percent_activity(positives: &[f64], negatives: &[f64]) -> Result<Ruler, Unscaled> {
    let (positive, from) = (mean(positives, Group::Positives, 1)?, mean(negatives, Group::Negatives, 1)?);
    match finite(positive - from)? {
        0.0 => Err(Unscaled::SameMean),
        unit => Ok(Ruler { from, unit, factor: 100.0 }),
    }
}

/// (x - mean) / sd.
pub(super) fn z(reference: &[f64], group: Group) -> Result<Ruler, Unscaled> {
    let from = mean(reference, group, 2)?;
    if are_the_same(reference) {
        return Err(Unscaled::NoScatter(group));
    }
    let squares: f64 = reference.iter().map(|value| (value - from) * (value - from)).sum();
    scatter(from, (squares / (reference.len() as f64 - 1.0)).sqrt(), group)
}

/// (x - median) / MAD.
pub(super) fn robust_z(reference: &[f64], group: Group, middle: &mut Middle) -> Result<Ruler, Unscaled> {
    enough(reference, group, 2)?;
    let from = finite(middle.median(reference.iter().copied()).unwrap_or_default())?;
    let mad = middle.mad(reference.iter().copied(), from).unwrap_or_default();
    scatter(from, mad, group)
}

/// x / median.
pub(super) fn plate_median(samples: &[f64], middle: &mut Middle) -> Result<Ruler, Unscaled> {
    enough(samples, Group::Samples, 1)?;
    match finite(middle.median(samples.iter().copied()).unwrap_or_default())? {
        0.0 => Err(Unscaled::ZeroMedian(Group::Samples)),
        unit => Ok(Ruler { from: 0.0, unit, factor: 1.0 }),
    }
}

fn scatter(from: f64, unit: f64, group: Group) -> Result<Ruler, Unscaled> {
    match finite(unit)? {
        0.0 => Err(Unscaled::NoScatter(group)),
        unit => Ok(Ruler { from, unit, factor: 1.0 }),
    }
}

fn mean(values: &[f64], group: Group, minimum: u32) -> Result<f64, Unscaled> {
    enough(values, group, minimum)?;
    finite(mean_of(values))
}

pub(super) fn enough(values: &[f64], group: Group, minimum: u32) -> Result<(), Unscaled> {
    let n = u32::try_from(values.len()).unwrap_or(u32::MAX);
    if n < minimum { Err(Unscaled::TooFew { group, n, minimum }) } else { Ok(()) }
}

fn finite(value: f64) -> Result<f64, Unscaled> {
    if value.is_finite() { Ok(value) } else { Err(Unscaled::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulers_worked_by_hand() {
        let control = percent_of_control(&[1.0, 3.0], Group::Negatives).unwrap();
        assert_eq!(control.read(5.0), Some(250.0));
        let activity = percent_activity(&[10.0, 12.0], &[1.0, 3.0]).unwrap();
        assert_eq!([2.0, 11.0, 6.5].map(|x| activity.read(x).unwrap()), [0.0, 100.0, 50.0]);
        let z = z(&[1.0, 2.0, 3.0], Group::Samples).unwrap();
        assert_eq!(z.read(4.0), Some(2.0));
        let robust = robust_z(&[1.0, 2.0, 3.0], Group::Samples, &mut Middle::default()).unwrap();
        assert_eq!(robust.read(4.0), Some(2.0 / 1.4826));
        assert_eq!(plate_median(&[4.0, 1.0, 2.0], &mut Middle::default()).unwrap().read(5.0), Some(2.5));
    }

    #[test]
    fn what_cannot_be_had_says_why() {
        let middle = &mut Middle::default();
        let none = Unscaled::TooFew { group: Group::Negatives, n: 0, minimum: 1 };
        assert_eq!(percent_activity(&[1.0], &[]), Err(none));
        assert_eq!(none.to_string(), "no negative well has a value");
        assert_eq!(percent_activity(&[1.0], &[1.0]), Err(Unscaled::SameMean));
        assert_eq!(percent_of_control(&[1.0, -1.0], Group::Negatives), Err(Unscaled::ZeroMean(Group::Negatives)));
        assert_eq!(z(&[0.1; 7], Group::Plate), Err(Unscaled::NoScatter(Group::Plate)));
        let one = Unscaled::TooFew { group: Group::Samples, n: 1, minimum: 2 };
        assert_eq!(z(&[1.0], Group::Samples), Err(one));
        assert_eq!(one.to_string(), "1 of at least 2 sample wells have a value");
        assert_eq!(robust_z(&[2.0, 2.0, 3.0], Group::Samples, middle), Err(Unscaled::NoScatter(Group::Samples)));
        assert_eq!(plate_median(&[0.0], middle), Err(Unscaled::ZeroMedian(Group::Samples)));
        assert_eq!(z(&[f64::MAX, -f64::MAX], Group::Samples), Err(Unscaled::OutOfRange));
    }
}
