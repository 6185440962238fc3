//! Layouts: what each well of a plate is for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::format::Format;
use crate::well::Well;

/// What a well is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Role {
    /// Negative control.
    Negative = 0,
    /// Positive control.
    Positive = 1,
    /// A second control, in neither group unless a card pairs it.
    Reference = 2,
    /// Under test.
    Sample = 3,
    /// Nothing in it: wells that a layout does not name.
    Empty = 4,
}

/// The text is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role (negative, positive, reference, sample, empty)")]
pub struct UnknownRole;

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [Role::Negative, Role::Positive, Role::Reference, Role::Sample, Role::Empty];

    /// The role's word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Negative => "negative",
            Role::Positive => "positive",
            Role::Reference => "reference",
            Role::Sample => "sample",
            Role::Empty => "empty",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Role, UnknownRole> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// A dose: a finite number and its unit as received.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// The number.
    pub value: f64,
    /// The unit, as `uM`.
    pub unit: Box<str>,
}

/// One named well of a layout.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutWell {
    /// Where.
    pub well: Well,
    /// What for.
    pub role: Role,
    /// The compound's name or id.
    pub compound: Option<Box<str>>,
    /// Its dose.
    pub concentration: Option<Concentration>,
    /// Which replicate of the compound.
    pub replicate: Option<u32>,
}

/// The roles, compounds and doses of a plate. `wells` is sorted row-major, each well at most once.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The plate's format.
    pub format: Format,
    /// The assay's name: it chooses the assay card.
    pub assay: Option<Box<str>>,
    /// The cells' name.
    pub cells: Option<Box<str>>,
    /// The named wells; all others are [`Role::Empty`].
    pub wells: Box<[LayoutWell]>,
}

/// Why wells do not make a layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// Two entries for one well.
    #[error("well {0} stands twice")]
    Twice(Well),
    /// A well that the format does not have.
    #[error("\"{0}\" is outside a {1}-well plate")]
    Outside(Well, Format),
}

impl Layout {
    /// A layout from wells in any order.
    ///
    /// # Errors
    /// [`LayoutError`] for a well outside the format or named twice.
    pub fn new(
        format: Format,
        assay: Option<Box<str>>,
        cells: Option<Box<str>>,
        mut wells: Vec<LayoutWell>,
    ) -> Result<Layout, LayoutError> {
        wells.sort_by_key(|entry| entry.well);
        if let Some(entry) = wells.iter().find(|entry| !entry.well.is_in(format)) {
            return Err(LayoutError::Outside(entry.well, format));
        }
        if let Some(pair) = wells.windows(2).find(|pair| pair[0].well == pair[1].well) {
            return Err(LayoutError::Twice(pair[0].well));
        }
        Ok(Layout { format, assay, cells, wells: wells.into() })
    }

    /// Roles of all wells in row-major order; length is the format's number of wells.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        let mut roles = vec![Role::Empty; usize::from(self.format.wells())];
        for entry in &self.wells {
            if let Some(index) = entry.well.index_in(self.format) {
                roles[index] = entry.role;
            }
        }
        roles
    }
}
