//! The assay card: which features matter, what the controls are, which limits hold (`DATA.md` 13).
//!
//! It is part of a profile. Limits are conventions of the field, not laws; without a card no Z' is claimed.

use serde::{Deserialize, Serialize};

use crate::layout::Role;

/// How one assay is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssayCard {
    /// The assay's name: the card applies to layouts whose `assay` equals it.
    pub name: String,
    /// The features that are judged, most important first.
    pub headline: Vec<Headline>,
    /// Which control roles stand against each other.
    #[serde(default = "default_pairs")]
    pub pair: Vec<Pair>,
    /// What is good, what wants attention, what fails.
    #[serde(default)]
    pub limits: Limits,
}

/// One judged feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headline {
    /// The feature's name on the wire.
    pub feature: String,
    /// Its unit, for people.
    #[serde(default)]
    pub unit: Option<String>,
    /// Where positives lie, seen from the negatives.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Applied to every value before statistics.
    #[serde(default)]
    pub transform: Transform,
    /// How sites become a well where there is no well-level value.
    #[serde(default)]
    pub aggregate: SiteAggregate,
}

/// Where positives lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Above the negatives.
    Up,
    /// Below them.
    Down,
}

impl Direction {
    /// The word in files and windows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }
}

/// A change of scale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transform {
    /// As received.
    #[default]
    None,
    /// Binary logarithm; a value that is not above 0 becomes missing.
    Log2,
}

/// How the values of a well's sites become the well's (`DATA.md` 12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteAggregate {
    /// Arithmetic mean over the sites, in site order.
    #[default]
    Mean,
    /// Sum, for counts.
    Sum,
}

/// A pair of control roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The role that counts as positive.
    pub positive: Role,
    /// The role that counts as negative.
    pub negative: Role,
}

/// Limits of one assay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Z' at or above is good.
    pub z_prime_good: f64,
    /// Z' at or above (and below good) wants attention; below fails.
    pub z_prime_attention: f64,
    /// abs(SSMD) below wants attention.
    pub ssmd_magnitude: f64,
    /// The larger of S/B and its inverse; below wants attention.
    pub signal_ratio: f64,
    /// CV of the negatives in percent; above wants attention.
    pub cv_negative_percent: f64,
    /// Wells that each group of a statistic needs.
    pub minimum_n: u32,
    /// Replicates per compound in production, for the signal window.
    pub replicates: u32,
    /// Edge effect in percent, without its sign; above wants attention. Without it, as without the following, a plate is
    /// held against the run's other plates (`DATA.md` 13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_effect_percent: Option<f64>,
    /// Edge strength, without its sign; above wants attention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_strength: Option<f64>,
    /// Gradient over rows or columns in percent, without its sign; above wants attention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_percent: Option<f64>,
    /// A row's or column's distance from the plate's mean in percent, without its sign; above wants attention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_percent: Option<f64>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            z_prime_good: 0.5,
            z_prime_attention: 0.4,
            ssmd_magnitude: 5.0,
            signal_ratio: 3.0,
            cv_negative_percent: 20.0,
            minimum_n: 3,
            replicates: 1,
            edge_effect_percent: None,
            edge_strength: None,
            gradient_percent: None,
            line_percent: None,
        }
    }
}

fn default_pairs() -> Vec<Pair> {
    vec![Pair { positive: Role::Positive, negative: Role::Negative }]
}

impl Transform {
    /// The value on the new scale; `None` where it has none there.
    #[must_use]
    pub fn apply(self, number: f64) -> Option<f64> {
        match self {
            Transform::None => Some(number),
            Transform::Log2 => (number > 0.0).then(|| libm::log2(number)),
        }
    }
}

impl SiteAggregate {
    /// One number from the sites' numbers, summed in the order given; `None` without any.
    #[must_use]
    pub fn apply(self, numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
        let (mut sum, mut n) = (0.0, 0_u32);
        for number in numbers {
            sum += number;
            n += 1;
        }
        match (n, self) {
            (0, _) => None,
            (_, SiteAggregate::Sum) => Some(sum),
            (n, SiteAggregate::Mean) => Some(sum / f64::from(n)),
        }
    }
}
