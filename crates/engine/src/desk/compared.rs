//! What the Plate screen asks about a plate beside others, or beside itself without some wells.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::shown::Qc;
use super::told::Level;

/// Wells in words.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WellsNamedArgs {
    /// The plate's handle.
    pub plate: String,
    /// As `A-H:5, col:1-2, row:C, A01-B09, edge`.
    pub text: String,
}

/// Wells to do without.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WhatIfArgs {
    /// The plate's handle.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// Row-major numbers of wells that would count nowhere.
    pub exclude: Vec<u16>,
    /// Robust z at or beyond which a sample is a hit, in the headline's direction.
    pub threshold: f64,
}

/// A plate as it is, and as it would be.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WhatIf {
    /// As it is.
    pub before: WhatIfSide,
    /// Without those wells.
    pub after: WhatIfSide,
}

/// Quality and hits of a plate.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WhatIfSide {
    /// Quality of the feature, by pair of roles.
    pub qc: Vec<Qc>,
    /// Samples at or beyond the threshold.
    pub hits: u32,
    /// Samples with a value.
    pub samples: u32,
    /// Wells that count nowhere.
    pub excluded: u32,
}

/// A feature of a plate on a scale.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CompareArgs {
    /// The plate's handle.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// The scale.
    pub scale: String,
}

/// A plate's replicates.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Replicates {
    /// Plates of the same run with the same compounds in the same wells, at most 24, in order of arrival.
    pub plates: Vec<Replicate>,
    /// Replicates that are not in the list.
    pub left_out: u32,
    /// Why there are none.
    pub why: Option<String>,
}

/// How well a replicate agrees.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Replicate {
    /// Its handle.
    pub plate: String,
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Wells with a value on both.
    pub n: u32,
    /// Pearson's r; `null` where undefined.
    pub pearson: Option<f64>,
    /// Spearman's rho; `null` where undefined.
    pub spearman: Option<f64>,
    /// Why either is undefined.
    pub undefined: Option<String>,
}

/// Which dose-response curves.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DoseArgs {
    /// The plate's handle.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// The scale.
    pub scale: String,
    /// Only this compound.
    pub compound: Option<String>,
}

/// Dose-response curves of a plate's compounds.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DoseCurves {
    /// At most 48, those that are best described by their curve first.
    pub curves: Vec<DoseCurve>,
    /// Compounds that are not in the list.
    pub left_out: u32,
    /// Why there are none.
    pub why: Option<String>,
}

/// One compound.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DoseCurve {
    /// The compound.
    pub compound: String,
    /// The doses' unit, as the layout writes it; of molar ones that which most of the compound's wells have.
    pub unit: String,
    /// Its wells, on this plate and its replicates.
    pub points: Vec<DosePoint>,
    /// The curve; `null` where none fits.
    pub fit: Option<DoseFit>,
    /// Why none fits.
    pub undefined: Option<String>,
}

/// One well of a compound.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DosePoint {
    /// Its dose.
    pub dose: f64,
    /// Its value on the scale.
    pub value: f64,
    /// Its plate's handle.
    pub plate: String,
    /// Its row-major number.
    pub well: u16,
}

/// `y = bottom + (top - bottom) / (1 + 10^((log10_ec50 - log10 dose) * hill))`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DoseFit {
    /// The lower plateau.
    pub bottom: f64,
    /// The upper plateau.
    pub top: f64,
    /// Decimal logarithm of the dose half-way.
    pub log10_ec50: f64,
    /// Steepness; negative where the value falls with the dose.
    pub hill: f64,
    /// Share of the scatter that the curve explains.
    pub r_squared: f64,
    /// 95 % interval of `log10_ec50`; `null` where it cannot be had.
    pub interval: Option<(f64, f64)>,
    /// The dose half-way lies outside the doses.
    pub extrapolated: bool,
    /// Different doses.
    pub doses: u32,
    /// Points.
    pub n: u32,
}

/// Which statistic of a run's plates.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RunOrderArgs {
    /// The handle of one of the run's plates.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// A line of the QC card by its name, `median_sample`, `mean_negative` or `mean_positive`.
    pub statistic: String,
}

/// A statistic over a run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RunOrder {
    /// Its plates, in the order in which they came.
    pub points: Vec<RunPoint>,
    /// Median of the complete plates, where there are at least 5.
    pub centre: Option<f64>,
    /// Their MAD.
    pub scatter: Option<f64>,
    /// Change per plate (Theil-Sen) over the complete plates.
    pub slope: Option<f64>,
    /// Why there is nothing to see.
    pub why: Option<String>,
}

/// One plate of a run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RunPoint {
    /// Its handle.
    pub plate: String,
    /// Its barcode.
    pub barcode: String,
    /// The statistic.
    pub value: Option<f64>,
    /// Why it is undefined.
    pub undefined: Option<String>,
    /// Distance from the run's other complete plates, in their MAD; `null` with fewer than 5.
    pub mads: Option<f64>,
    /// Every expected well has a result.
    pub complete: bool,
    /// By the card's limits.
    pub level: Level,
}

/// Which hits to write down.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PickListArgs {
    /// The plate's handle.
    pub plate: String,
    /// The feature.
    pub feature: String,
    /// The scale.
    pub scale: String,
    /// At or beyond this, on that scale.
    pub threshold: f64,
    /// `up`, `down` or `both`.
    pub direction: String,
}
