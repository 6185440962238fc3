//! What a figure is of: one feature of one plate on one scale, and what must stand beneath it.

use plate::normalise::Scale;
use plate::{Counts, Format, Pair, PlateKey, Role, Statistic};

use crate::provenance::Provenance;
use crate::quantity::Quantity;

/// Which picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// Every well in its place, coloured by its value.
    #[default]
    Heatmap,
    /// How many wells have which value: samples and controls apart.
    Histogram,
    /// The heatmap with the histogram beside it.
    HeatmapAndHistogram,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Heatmap, Kind::Histogram, Kind::HeatmapAndHistogram];
}

/// One feature of one plate.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateFigure {
    /// Which plate.
    pub key: PlateKey,
    /// Its format.
    pub format: Format,
    /// The feature's name on the wire.
    pub feature: String,
    /// The unit of its raw values, where a card says it.
    pub unit: Option<String>,
    /// How the values are scaled.
    pub scale: Scale,
    /// Row-major, one a well of the format.
    pub wells: Vec<FigureWell>,
    /// Expected wells with a result: the first number of "380 of 384 wells read".
    pub read: u32,
    /// Wells from which a result is expected.
    pub expected: u32,
    /// How the controls stand apart.
    pub quality: Quality,
    /// The session's content digest (`DATA.md` 17).
    pub content: [u8; 32],
    /// Whether the session grew while it was read: the digest may then be of a little more than is drawn.
    pub is_growing: bool,
    /// Plateside's version.
    pub version: String,
}

/// One well.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FigureWell {
    /// The scaled value; `None` where there is none.
    pub value: Option<f64>,
    /// Whether any result of it came.
    pub is_read: bool,
    /// Whether a person excluded it.
    pub is_excluded: bool,
    /// Its role; `None` without a layout.
    pub role: Option<Role>,
}

/// Z′ of the feature, as `qc` gives it: of the raw values after the card's transform.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Z′, or why there is none.
    pub z_prime: Statistic,
    /// What it was computed from.
    pub counts: Counts,
    /// Which roles stood against each other.
    pub pair: Pair,
    /// Whether an assay card says so; without one, positive against negative wells is only a custom.
    pub has_card: bool,
    /// Whether the card asks for binary logarithms.
    pub is_log2: bool,
}

impl PlateFigure {
    /// Every value there is, in well order, of excluded wells too: what a range is made of, in the window too.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.wells.iter().filter_map(|well| well.finite())
    }

    /// Whether a layout named the wells' roles.
    pub(crate) fn has_layout(&self) -> bool {
        self.wells.iter().any(|well| well.role.is_some())
    }

    /// What its values are.
    pub(crate) fn quantity(&self) -> Quantity {
        Quantity { feature: self.feature.clone(), unit: self.unit.clone(), scale: self.scale }
    }

    /// Where they come from.
    pub(crate) fn provenance(&self) -> Provenance {
        Provenance { content: self.content, is_growing: self.is_growing, version: self.version.clone() }
    }
}

impl FigureWell {
    /// The value, if it is a number.
    pub(crate) fn finite(&self) -> Option<f64> {
        self.value.filter(|value| value.is_finite())
    }
}
