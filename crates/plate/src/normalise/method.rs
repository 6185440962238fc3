//! Methods of normalisation under their stable names, what they are held against, and why one cannot be had.

use std::fmt;

/// A normalisation of `QC.md`'s second table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// 100 x / mean of the negatives.
    PercentOfControl,
    /// 100 (x - mean of the negatives) / (mean of the positives - mean of the negatives).
    PercentActivity,
    /// (x - mean) / sd of a reference set.
    Z,
    /// (x - median) / MAD of a reference set.
    RobustZ,
    /// Residual of a two-way median polish / MAD of the residuals.
    BScore,
    /// The logarithm to base 2; values that are not above 0 have none.
    Log2,
    /// x / median of the samples.
    PlateMedian,
}

impl Method {
    /// Every method, in the order of the table.
    pub const ALL: [Method; 7] = [
        Method::PercentOfControl,
        Method::PercentActivity,
        Method::Z,
        Method::RobustZ,
        Method::BScore,
        Method::Log2,
        Method::PlateMedian,
    ];

    /// Its stable name (`CLI.md`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::PercentOfControl => "percent_of_control",
            Method::PercentActivity => "percent_activity",
            Method::Z => "z",
            Method::RobustZ => "robust_z",
            Method::BScore => "b_score",
            Method::Log2 => "log2",
            Method::PlateMedian => "plate_median",
        }
    }

    /// By its stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.as_str() == name)
    }
}

/// The reference set of z and robust z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Against {
    /// The samples.
    #[default]
    Samples,
    /// The negative controls.
    Negatives,
    /// Every well that is not excluded.
    Plate,
}

impl Against {
    /// Every reference set.
    pub const ALL: [Against; 3] = [Against::Samples, Against::Negatives, Against::Plate];

    /// Its stable name (`CLI.md`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Against::Samples => "samples",
            Against::Negatives => "negatives",
            Against::Plate => "plate",
        }
    }

    /// By its stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Against> {
        Against::ALL.into_iter().find(|against| against.as_str() == name)
    }
}

/// The wells that a B-score's polish is fitted to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fit {
    /// The samples.
    #[default]
    Samples,
    /// Every well that is not excluded.
    All,
}

impl Fit {
    /// Every fit.
    pub const ALL: [Fit; 2] = [Fit::Samples, Fit::All];

    /// Its stable name (`CLI.md`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Fit::Samples => "samples",
            Fit::All => "all",
        }
    }

    /// By its stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Fit> {
        Fit::ALL.into_iter().find(|fit| fit.as_str() == name)
    }
}

/// How a method is applied; each method reads what concerns it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The reference set of z and robust z.
    pub against: Against,
    /// What a B-score is fitted to.
    pub fit: Fit,
    /// The polish stops when the sum of absolute residuals changes by less than this times itself.
    pub epsilon: f64,
    /// Or after this many sweeps over rows and columns.
    pub sweeps: u32,
}

impl Default for Options {
    /// cellHTS2's settings of the polish.
    fn default() -> Options {
        Options { against: Against::Samples, fit: Fit::Samples, epsilon: 1e-5, sweeps: 200 }
    }
}

/// The wells that a method needs values of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Positive controls.
    Positives,
    /// Negative controls.
    Negatives,
    /// Samples.
    Samples,
    /// Every well that is not excluded.
    Plate,
    /// The reference wells that the caller gave.
    Reference,
    /// Wells that a polish was fitted to.
    Fitted,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Group::Positives => "positive",
            Group::Negatives => "negative",
            Group::Samples => "sample",
            Group::Plate => "counted",
            Group::Reference => "reference",
            Group::Fitted => "fitted",
        })
    }
}

/// Why a method cannot be had for a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unscaled {
    /// A group has too few wells with a value.
    TooFew {
        /// Which.
        group: Group,
        /// How many it has.
        n: u32,
        /// How many it needs.
        minimum: u32,
    },
    /// A group's mean is 0, and the method divides by it.
    ZeroMean(Group),
    /// A group's median is 0, and the method divides by it.
    ZeroMedian(Group),
    /// A group does not scatter, and the method divides by its scatter.
    NoScatter(Group),
    /// Positives and negatives have the same mean.
    SameMean,
    /// The numbers are too large or too small for 64-bit arithmetic.
    OutOfRange,
}

impl std::error::Error for Unscaled {}

impl fmt::Display for Unscaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unscaled::TooFew { group, n: 0, .. } => write!(f, "no {group} well has a value"),
            Unscaled::TooFew { group, n, minimum } => write!(f, "{n} of at least {minimum} {group} wells have a value"),
            Unscaled::ZeroMean(group) => write!(f, "the mean of the {group} wells is 0"),
            Unscaled::ZeroMedian(group) => write!(f, "the median of the {group} wells is 0"),
            Unscaled::NoScatter(Group::Fitted) => write!(f, "the residuals of the fitted wells do not scatter"),
            Unscaled::NoScatter(group) => write!(f, "the {group} wells do not scatter"),
            Unscaled::SameMean => write!(f, "positive and negative wells have the same mean"),
            Unscaled::OutOfRange => write!(f, "the values are too large or too small for 64-bit arithmetic"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        assert!(Method::ALL.into_iter().all(|method| Method::from_name(method.as_str()) == Some(method)));
        assert!(Against::ALL.into_iter().all(|against| Against::from_name(against.as_str()) == Some(against)));
        assert!(Fit::ALL.into_iter().all(|fit| Fit::from_name(fit.as_str()) == Some(fit)));
        assert_eq!(Method::from_name("B-score"), None);
    }
}
