//! Scales of a plate's values as the window offers them.

use super::method::{Against, Group, Method, Options, Unscaled};
use super::reference::{Ruler, percent_of_control as control, robust_z as robust};
use super::{Scaled, b_scores_of_all, normalised, read_all};
use crate::counted::CountedWells;
use crate::format::Format;
use crate::middle::Middle;

/// How values are scaled for looking at them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    /// As received.
    #[default]
    Raw,
    /// 100 x / mean of the negatives.
    Percent,
    /// 0 at the negatives, 100 at the positives.
    PercentActivity,
    /// (x - mean) / sd of the samples.
    Z,
    /// (x - median) / MAD of the negatives.
    RobustZ,
    /// B-score fitted to the samples.
    BScore,
    /// The logarithm to base 2.
    Log2,
    /// x / median of the samples.
    PlateMedian,
}

impl Scale {
    /// Every scale, in the order of the window's menu.
    pub const ALL: [Scale; 8] = [
        Scale::Raw,
        Scale::Percent,
        Scale::PercentActivity,
        Scale::Z,
        Scale::RobustZ,
        Scale::BScore,
        Scale::Log2,
        Scale::PlateMedian,
    ];

    /// Its name in the window.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Scale::Raw => "raw",
            Scale::Percent => "percent",
            Scale::PercentActivity => "percent_activity",
            Scale::Z => "z",
            Scale::RobustZ => "robust_z",
            Scale::BScore => "b_score",
            Scale::Log2 => "log2",
            Scale::PlateMedian => "plate_median",
        }
    }

    /// By its name in the window.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Scale> {
        Scale::ALL.into_iter().find(|scale| scale.as_str() == name)
    }

    /// Whether 0 is its middle: what lies on either side is as far from "no effect".
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Scale::Z | Scale::RobustZ | Scale::BScore)
    }

    /// What it is in `QC.md`'s table, and what it is held against; `None` for values as received.
    #[must_use]
    pub fn method(self) -> Option<(Method, Options)> {
        let against = |against| Options { against, ..Options::default() };
        Some(match self {
            Scale::Raw => return None,
            Scale::Percent => (Method::PercentOfControl, Options::default()),
            Scale::PercentActivity => (Method::PercentActivity, Options::default()),
            Scale::Z => (Method::Z, against(Against::Samples)),
            Scale::RobustZ => (Method::RobustZ, against(Against::Negatives)),
            Scale::BScore => (Method::BScore, Options::default()),
            Scale::Log2 => (Method::Log2, Options::default()),
            Scale::PlateMedian => (Method::PlateMedian, Options::default()),
        })
    }
}

/// Values of one feature of one plate on a scale, row-major.
///
/// # Errors
/// [`Unscaled`].
pub fn on_scale(scale: Scale, values: &[Option<f64>], wells: &CountedWells) -> Scaled {
    match scale.method() {
        None => Ok(values.to_vec()),
        Some((method, options)) => Ok(normalised(method, &options, values, wells)?.values),
    }
}

/// 100 x / mean of the reference.
///
/// # Errors
/// [`Unscaled`].
pub fn percent_of_control(values: &[Option<f64>], reference: &[f64]) -> Scaled {
    control(reference, Group::Reference).map(|ruler: Ruler| read_all(values, ruler))
}

/// (x - median) / MAD of the reference.
///
/// # Errors
/// [`Unscaled`].
pub fn robust_z(values: &[Option<f64>], reference: &[f64]) -> Scaled {
    robust(reference, Group::Reference, &mut Middle::default()).map(|ruler| read_all(values, ruler))
}

/// B-score fitted to the wells of `fit`, with the usual options. `columns` is the plate's. Wells outside `fit` get the
/// residual of their row and column, where these have a fit.
///
/// # Errors
/// [`Unscaled`]; of a table that is no plate too.
pub fn b_score(values: &[Option<f64>], fit: &[bool], columns: usize) -> Scaled {
    let nothing = Unscaled::TooFew { group: Group::Reference, n: 0, minimum: 2 };
    let wells = u64::try_from(values.len()).unwrap_or(u64::MAX);
    let format = Format::from_wells(wells).ok().filter(|format| usize::from(format.columns()) == columns);
    let wells = CountedWells::of_samples(format.ok_or(nothing)?, fit);
    let plain: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    let all = b_scores_of_all(&plain, &wells, &Options::default(), 1);
    match all.polishes.first() {
        Some(Ok(_)) => Ok(all.scores.iter().map(|score| (!score.is_nan()).then_some(*score)).collect()),
        Some(Err(Unscaled::TooFew { n: 0, .. })) | None => Err(nothing),
        Some(Err(why)) => Err(*why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Pair;
    use crate::layout::Role;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    const NO_REFERENCE: Unscaled = Unscaled::TooFew { group: Group::Reference, n: 0, minimum: 1 };

    #[test]
    fn percent_and_robust_z_follow_their_definitions() {
        assert_eq!(percent_of_control(&[Some(5.0), None], &[1.0, 3.0]).unwrap(), [Some(250.0), None]);
        let z = robust_z(&some(&[4.0]), &[1.0, 2.0, 3.0]).unwrap();
        assert!((z[0].unwrap() - 2.0 / 1.4826).abs() < 1e-12);
        assert_eq!(robust_z(&some(&[4.0]), &[2.0, 2.0]), Err(Unscaled::NoScatter(Group::Reference)));
        assert_eq!(percent_of_control(&some(&[4.0]), &[]), Err(NO_REFERENCE));
        assert_eq!(NO_REFERENCE.to_string(), "no reference well has a value");
        assert_eq!(percent_of_control(&some(&[4.0]), &[1.0, -1.0]), Err(Unscaled::ZeroMean(Group::Reference)));
    }

    #[test]
    fn a_scale_takes_its_own_reference() {
        let values: Vec<Option<f64>> = (0..96).map(|i| Some(((i * i * 37 + i * 11) % 101) as f64 + 1.0)).collect();
        let role = |i: usize| match i % 12 {
            0 => Role::Negative,
            1 => Role::Positive,
            _ => Role::Sample,
        };
        let roles: Vec<Role> = (0..96).map(role).collect();
        let pair = Pair { positive: Role::Positive, negative: Role::Negative };
        let wells = CountedWells::new(Format::F96, &roles, &[], pair);
        let negatives: Vec<f64> = values.iter().step_by(12).copied().flatten().collect();
        let of = |scale| on_scale(scale, &values, &wells).unwrap();
        assert_eq!(of(Scale::Raw), values);
        assert_eq!(Ok(of(Scale::Percent)), percent_of_control(&values, &negatives));
        assert_eq!(Ok(of(Scale::RobustZ)), robust_z(&values, &negatives));
        let all = Scale::ALL.map(|scale| of(scale)[5]);
        assert!((1..8).all(|at| !all[..at].contains(&all[at])), "eight scales are eight numbers: {all:?}");
        assert!(Scale::ALL.into_iter().all(|scale| Scale::from_name(scale.as_str()) == Some(scale)));
        let nobody = CountedWells::new(Format::F96, &[Role::Sample; 96], &[], pair);
        assert!(on_scale(Scale::Percent, &values, &nobody).is_err());
    }

    #[test]
    fn wells_outside_the_fit_get_the_residual_of_their_row_and_column() {
        let noise = |i: usize| ((i * i * 37 + i * 11) % 101) as f64 / 101.0;
        let mut values: Vec<Option<f64>> = (0..96).map(|i| Some((i / 12 * 10 + i % 12) as f64 + noise(i))).collect();
        let mut fit = [true; 96];
        let plain = b_score(&values, &fit, 12).unwrap();
        assert!(plain.iter().flatten().all(|score| score.abs() < 6.0), "rows and columns are taken out: {plain:?}");
        fit[40] = false;
        values[40] = values[40].map(|value| value + 100.0);
        values[41] = None;
        let scores = b_score(&values, &fit, 12).unwrap();
        assert!(scores[40].unwrap() > 100.0, "a control far off stays far off");
        assert_eq!(scores[41], None);
        assert!((scores[50].unwrap() - plain[50].unwrap()).abs() < 1.0, "and moves nobody else");
        fit[..12].fill(false);
        assert_eq!(b_score(&values, &fit, 12).unwrap()[3], None, "a row without a fit has no score");
        let nothing = Err(Unscaled::TooFew { group: Group::Reference, n: 0, minimum: 2 });
        assert_eq!(b_score(&[None; 24], &[true; 24], 6), nothing);
        assert_eq!(b_score(&[], &[], 0), nothing);
    }
}
