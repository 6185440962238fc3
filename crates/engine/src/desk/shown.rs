//! What the Plate screen and the inspectors show. Values of wells travel as bytes ([`super::bytes`]), not here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::told::{AlertItem, Level};

/// Names a plate.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlateArgs {
    /// Its handle.
    pub plate: String,
}

/// One plate.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PlateDetail {
    /// Its handle.
    pub plate: String,
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Wells of its format; `null` while unknown.
    pub format: Option<u16>,
    /// Rows, 0 while unknown.
    pub rows: u16,
    /// Columns, 0 while unknown.
    pub columns: u16,
    /// Grows with every change.
    pub revision: u64,
    /// The layout's assay.
    pub assay: Option<String>,
    /// The layout's cells.
    pub cells: Option<String>,
    /// The named wells of the layout, row-major; empty without one.
    pub layout: Vec<LayoutEntry>,
    /// A layout has been received.
    pub has_layout: bool,
    /// The card's headline features, most important first; empty without a card.
    pub headlines: Vec<HeadlineInfo>,
    /// Quality by headline feature and pair of roles; empty without a card.
    pub qc: Vec<Qc>,
    /// Why there is no judgement, where there is none.
    pub unjudged: Option<String>,
    /// Excluded wells.
    pub excluded: Vec<ExcludedWell>,
    /// Its alerts, newest first, at most 100.
    pub alerts: Vec<AlertItem>,
    /// Its stages in order of arrival.
    pub stages: Vec<StageRow>,
    /// Wells with a result among the expected ones.
    pub wells_in: u32,
    /// Wells from which a result is expected.
    pub wells_expected: u32,
    /// Planes so far.
    pub images: u64,
    /// Remarks about its run.
    pub notes: Vec<String>,
}

/// A headline feature of the assay card.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct HeadlineInfo {
    /// Its name on the wire.
    pub feature: String,
    /// Its unit.
    pub unit: Option<String>,
    /// `up` or `down`: where positives lie.
    pub direction: Option<String>,
    /// `none` or `log2`, before statistics.
    pub transform: String,
}

/// One named well of a layout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LayoutEntry {
    /// Row-major number in the layout's format.
    pub well: u16,
    /// `negative`, `positive`, `reference`, `sample`, `empty`.
    pub role: String,
    /// The compound.
    pub compound: Option<String>,
    /// Its dose.
    pub concentration: Option<f64>,
    /// The dose's unit as received.
    pub unit: Option<String>,
    /// Which replicate of the compound.
    pub replicate: Option<u32>,
}

/// Quality of one feature for one pair of roles.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Qc {
    /// The feature.
    pub feature: String,
    /// The role that stands as positive.
    pub positive: String,
    /// The role that stands as negative.
    pub negative: String,
    /// Wells that counted: positive, negative, samples.
    pub counts: (u32, u32, u32),
    /// Control wells that the layout names: positive, negative.
    pub expected: (u32, u32),
    /// Z', robust Z', SSMD, signal to background, CV of negatives, then the artefacts, in this order.
    pub lines: Vec<QcLine>,
}

/// One line of the QC card.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct QcLine {
    /// The statistic's stable name (`CLI.md`), `signal_ratio` for the larger of S/B and its inverse.
    pub name: String,
    /// Its value, `null` where undefined.
    pub value: Option<f64>,
    /// Why it is undefined.
    pub undefined: Option<String>,
    /// The card's limit; `null` where the line only informs.
    pub limit: Option<f64>,
    /// At least the limit is good; otherwise at most.
    pub at_least: bool,
    /// By the limits.
    pub level: Level,
    /// What else there is to know: which row, the p of a test.
    pub says: Option<String>,
    /// 95 % bootstrap interval, of Z' only.
    pub interval: Option<(f64, f64)>,
}

/// A well that counts nowhere.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ExcludedWell {
    /// Row-major number.
    pub well: u16,
    /// Why, in a person's words; `null` where that record is not at hand.
    pub reason: Option<String>,
    /// Who.
    pub by: Option<String>,
    /// When.
    pub at_ms: Option<i64>,
}

/// A plate entered or left a stage.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct StageRow {
    /// Which.
    pub stage: String,
    /// What happened, in the wire's word.
    pub event: String,
    /// When, by the sender.
    pub at_ms: i64,
    /// Where.
    pub instrument: Option<String>,
}

/// Names a well.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WellArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number.
    pub well: u16,
}

/// One well.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WellDetail {
    /// Row-major number.
    pub well: u16,
    /// As `D09`.
    pub name: String,
    /// 1-based.
    pub row: u16,
    /// 1-based.
    pub column: u16,
    /// Its role; `null` without a layout.
    pub role: Option<String>,
    /// What the layout says of it.
    pub layout: Option<LayoutEntry>,
    /// It counts nowhere, and why.
    pub excluded: Option<ExcludedWell>,
    /// Every feature's winning value, headlines first, then by name.
    pub values: Vec<NamedValue>,
    /// When the instrument read it, by the sender.
    pub read_at_ms: Option<i64>,
    /// The messages behind it, newest first, at most 200.
    pub messages: Vec<MessageRow>,
    /// Messages behind it that are not in the list.
    pub messages_left_out: u32,
}

/// One feature of one well.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct NamedValue {
    /// Its name on the wire.
    pub feature: String,
    /// Its value; `null` where there is none.
    pub value: Option<f64>,
    /// Why there is none.
    pub missing: Option<String>,
    /// Robust z against the plate's negatives, for tracked features.
    pub robust_z: Option<f64>,
    /// Sites that gave the value and sites there are, where it came from sites.
    pub sites: Option<(u32, u32)>,
}

/// A message in short.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct MessageRow {
    /// Its `seq`.
    pub seq: i64,
    /// `results`, `images`, ...
    pub kind: String,
    /// Its topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its Kafka timestamp.
    pub timestamp_ms: Option<i64>,
    /// When it was received.
    pub received_ms: i64,
    /// It holds at least one value that is shown; `false` for one that was replaced whole.
    pub wins: bool,
}

/// Names a message.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MessageArgs {
    /// Its `seq`.
    pub seq: i64,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct MessageDetail {
    /// In short.
    pub row: MessageRow,
    /// Which life of the topic.
    pub incarnation: u32,
    /// Its key as text, bytes that are no UTF-8 as U+FFFD.
    pub key: Option<String>,
    /// Its headers: name and value as text.
    pub headers: Vec<(String, Option<String>)>,
    /// Bytes of its body, also of one that was left out of a bundle.
    pub bytes: u64,
    /// Handle of the body's bytes (`Host.body`), of which at most 1 MiB is given; `null` where it has none.
    pub body: Option<String>,
    /// Why it could not be decoded; `null` where it could.
    pub undecoded: Option<String>,
}

/// Which undecoded messages.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AfterArgs {
    /// Only those after this `seq`; 0 for all.
    pub after_seq: i64,
}

/// A message that could not be decoded.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct UndecodedRow {
    /// In short.
    pub row: MessageRow,
    /// Why.
    pub reason: String,
}

/// Wells to exclude or to restore.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExcludeArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major numbers, at least one.
    pub wells: Vec<u16>,
    /// `true` to exclude, `false` to restore.
    pub excluded: bool,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A figure was written.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SavedFigure {
    /// Where it lies.
    pub path: String,
}

/// Names an alert.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AlertArgs {
    /// Its `seq`.
    pub seq: i64,
}

/// A record of a person was written.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Written {
    /// Its `seq`; it is on disk.
    pub seq: i64,
}

/// A page elsewhere about a plate or a well: the profile names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OutsideLink {
    /// As `ELN`.
    pub name: String,
    /// The address with everything filled in.
    pub url: String,
}

/// Names a plate or a well.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OutsideLinkArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number; `null` for the plate.
    pub well: Option<u16>,
}

/// A page to open.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenLinkArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number; `null` for the plate.
    pub well: Option<u16>,
    /// Which.
    pub name: String,
}
