//! What a figure's values are: one feature on one scale, as axes and captions say it.

use plate::Role;
use plate::normalise::Scale;

use crate::names::clean;

/// A feature on a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The feature's name on the wire.
    pub feature: String,
    /// The unit of its raw values, where a card says it.
    pub unit: Option<String>,
    /// How the values are scaled.
    pub scale: Scale,
}

impl Quantity {
    /// As an axis says it: "Cells_Count (cells)", "Cells_Count, robust z".
    pub(crate) fn axis(&self) -> String {
        let feature = clean(&self.feature);
        match (self.scale, &self.unit) {
            (Scale::Raw, Some(unit)) => format!("{feature} ({})", clean(unit)),
            (Scale::Raw, None) => feature,
            (Scale::Percent, _) => format!("{feature}, % of negative controls"),
            (Scale::RobustZ, _) => format!("{feature}, robust z"),
            (Scale::BScore, _) => format!("{feature}, B-score"),
        }
    }

    /// A number with its unit behind a space that does not break.
    pub(crate) fn with_unit(&self, number: &str) -> String {
        match (self.scale, &self.unit) {
            (Scale::Raw, Some(unit)) => format!("{number}\u{a0}{}", clean(unit)),
            (Scale::Percent, _) => format!("{number}\u{a0}%"),
            _ => number.to_owned(),
        }
    }

    /// What was done to the values; `wells` names those of a role that they were scaled by.
    pub(crate) fn scaling(&self, wells: impl Fn(Role) -> String) -> String {
        let feature = clean(&self.feature);
        match self.scale {
            Scale::Raw => format!("{feature}, raw: values as received."),
            Scale::Percent => {
                format!("{feature}, percent of control: 100 × value / mean of {}.", wells(Role::Negative))
            }
            Scale::RobustZ => {
                format!("{feature}, robust z: (value \u{2212} median) / MAD of {}.", wells(Role::Negative))
            }
            Scale::BScore => {
                let samples = wells(Role::Sample);
                format!("{feature}, B-score: residuals of a median polish of {samples}, over their MAD.")
            }
        }
    }

    /// The same of several plates, each scaled by its own wells.
    pub(crate) fn scaling_of_each(&self) -> String {
        self.scaling(|role| match role {
            Role::Negative => "each plate's negative controls".to_owned(),
            _ => "each plate's samples".to_owned(),
        })
    }

    /// Whether values lie on both sides of a meaningful 0.
    pub(crate) fn is_signed(&self) -> bool {
        matches!(self.scale, Scale::RobustZ | Scale::BScore)
    }
}
