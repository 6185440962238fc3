//! What the window asks of figures of any kind, and what it hears.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A figure of several plates or compounds.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DrawFigureArgs {
    /// The plate's handle.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// `raw`, `percent`, `percent_activity`, `z`, `robust_z`, `b_score`, `log2` or `plate_median`.
    pub scale: String,
    /// `heatmap`, `histogram`, `heatmap_and_histogram`, `multiples`, `replicates`, `doses` or `control_chart`.
    pub kind: String,
    /// The other plate, for `replicates`; `null` for the best replicate.
    pub other: Option<String>,
    /// The statistic of a control chart, as in `run_order`; empty for Z'.
    pub statistic: String,
    /// Compounds of a dose figure; empty for all of them, at most those that fit.
    pub compounds: Vec<String>,
    /// Whether multiples share one colour scale.
    pub one_scale: bool,
    /// `svg` or `png`.
    pub format: String,
    /// Dots an inch, of a PNG.
    pub dpi: u32,
}

/// A figure as a picture for the clipboard.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DrawnFigure {
    /// A PNG, base64.
    pub base64: String,
    /// Its pixels across.
    pub width: u32,
    /// Its pixels down.
    pub height: u32,
}

/// Every figure of the plate at once, into a folder of its own.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SaveFiguresArgs {
    /// The plate's handle.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// `raw`, `percent`, `percent_activity`, `z`, `robust_z`, `b_score`, `log2` or `plate_median`.
    pub scale: String,
    /// `svg` or `png`.
    pub format: String,
    /// Dots an inch, of a PNG.
    pub dpi: u32,
}

/// Figures were written.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SavedFigures {
    /// Where they lie.
    pub folder: String,
    /// The files' names.
    pub files: Vec<String>,
    /// Kinds that could not be drawn, with the reason.
    pub left_out: Vec<String>,
}
