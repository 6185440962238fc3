//! What the Images screen asks and is shown. Pixels come as bytes of the scheme: see `composite.rs` and `outlines.rs`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::shown::LayoutEntry;

/// Everything imaged of one well.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WellImages {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number.
    pub well: u16,
    /// As `D09`.
    pub name: String,
    /// What the layout says of it.
    pub layout: Option<LayoutEntry>,
    /// Its sites, by number; empty where nothing was imaged.
    pub sites: Vec<SiteImages>,
    /// Channels of the well, and those that most wells of its plate have, in the order in which they are shown.
    pub channels: Vec<ChannelInfo>,
    /// Focus positions of the well, ascending.
    pub z: Vec<u16>,
    /// Time points of the well, ascending.
    #[ts(type = "Array<number>")]
    pub t: Vec<u32>,
    /// Wells of the plate that have images, row-major numbers, ascending.
    pub imaged: Vec<u16>,
    /// Size of a pixel in micrometres, where all planes that say one say the same.
    pub pixel_um: Option<f64>,
    /// Remarks that came with the messages of its images, as that the pictures are a demonstration.
    pub notes: Vec<String>,
}

/// One imaged position.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SiteImages {
    /// From 1.
    pub site: u16,
    /// Its planes.
    pub planes: Vec<PlaneInfo>,
    /// Reasons of the flags raised on it and not cleared.
    pub flags: Vec<String>,
}

/// One plane, before anybody looked into it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PlaneInfo {
    /// Its channel, by its place in the list of channels.
    pub channel: u16,
    /// Focus position.
    pub z: u16,
    /// Time point.
    pub t: u32,
    /// Where its pixels are.
    pub state: PlaneState,
    /// More about the state; `null` where it is stored.
    pub says: Option<String>,
    /// Its message.
    #[ts(type = "number")]
    pub seq: i64,
    /// When it was taken.
    #[ts(type = "number | null")]
    pub acquired_ms: Option<i64>,
}

/// Where a plane's pixels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PlaneState {
    /// In the session.
    Stored,
    /// The session came in a bundle without them; a preview of them came along.
    Preview,
    /// Elsewhere: the message only says where.
    Reference,
    /// Pieces of its file have not come.
    Incomplete,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChannelInfo {
    /// Its name on the wire.
    pub name: String,
    /// Red, green, blue to begin with.
    pub rgb: (u8, u8, u8),
}

/// Names one plane of one site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlaneArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number.
    pub well: u16,
    /// From 1.
    pub site: u16,
    /// The channel's name.
    pub channel: String,
    /// Focus position; `null` for the brightest of all of them, pixel by pixel.
    pub z: Option<u16>,
    /// Time point.
    pub t: u32,
}

/// One plane, decoded.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PlaneDetail {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What a sample is in the file, as `u16`.
    pub sample: String,
    /// Bits of a sample that are used.
    pub bits: u8,
    /// Where intensities of 0 and 65,535 lie in the file's own unit; `[0, 65535]` for counts.
    pub span: (f64, f64),
    /// Least and greatest intensity.
    pub range: (u16, u16),
    /// The range that *Auto* gives: without the darkest 0.5 % and the brightest 0.1 % of the pixels.
    pub auto: (u16, u16),
    /// The greatest intensity that the file can hold: 255, 4,095, 65,535.
    pub top: u16,
    /// Pixels in 256 equal stretches of `0..=top`.
    pub counts: Vec<u32>,
    /// Pixels at `top`, in percent; `null` of a preview, whose pixels are means of several.
    pub saturated_percent: Option<f64>,
    /// Slope of the logarithm of power over frequency: less is blurred. `null` for planes too small to say, and of a preview.
    pub focus_slope: Option<f64>,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Bytes of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// `tiff`, `png`, `jpeg`.
    pub format: String,
    /// That only a preview is there, as a sentence: `range`, `auto`, `top` and `counts` are the preview's, all else the
    /// image's. `null` where the image is there.
    pub preview: Option<String>,
    /// Its message.
    #[ts(type = "number")]
    pub seq: i64,
}

/// A pixel of a site.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReadoutArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number.
    pub well: u16,
    /// From 1.
    pub site: u16,
    /// Focus position; `null` for the brightest of all of them.
    pub z: Option<u16>,
    /// Time point.
    pub t: u32,
    /// Column, from 0.
    pub x: u32,
    /// Row from the top, from 0.
    pub y: u32,
}

/// Values under a pixel, in the file's own unit.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Readout {
    /// Channel and value; `null` where the plane is not there, cannot be read, or is only there as a preview.
    pub values: Vec<(String, Option<f64>)>,
    /// Why there are no values, where that is because of previews.
    pub says: Option<String>,
}

/// Names a site, and the model that is to look at it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SpotCheckArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major number.
    pub well: u16,
    /// From 1.
    pub site: u16,
    /// The channel; `null` for the one that the model was made for.
    pub channel: Option<String>,
    /// Focus position; `null` for the brightest of all of them.
    pub z: Option<u16>,
    /// Time point.
    pub t: u32,
}

/// What local models say of a site.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SpotChecked {
    /// One entry a model, in the order in which they ran.
    pub scores: Vec<ModelScore>,
    /// Handle of the outlines (`Host.outlines`); `null` where no model found objects.
    pub outlines: Option<String>,
}

/// What one model says of a site.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ModelScore {
    /// The model's name, as `nuclei-seg`.
    pub model: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// The channel that it looked at.
    pub channel: String,
    /// `segment` or `classify`.
    pub task: String,
    /// Objects found.
    pub count: Option<u32>,
    /// The class, as `in_focus`.
    pub class: Option<String>,
    /// The value of a classification, 0 to 1.
    pub value: Option<f64>,
    /// The pipeline's value of the same thing, where it sent one for this site or well.
    pub pipeline: Option<f64>,
    /// The feature that it stands in.
    pub pipeline_feature: Option<String>,
    /// Whether both agree within the tolerance; `null` where there is nothing to compare.
    pub agrees: Option<bool>,
    /// Difference to the pipeline's value in percent of it.
    pub difference_percent: Option<f64>,
    /// How long it took, without the wait for its turn.
    pub ms: f64,
    /// `onnxruntime` or `tract`.
    pub backend: String,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// The record's `seq`; `null` where the session is read-only and nothing is kept.
    #[ts(type = "number | null")]
    pub seq: Option<i64>,
}

/// A model of this installation.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ModelRow {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// A title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// When not to trust it.
    pub limits: Vec<String>,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// `segment` or `classify`.
    pub task: String,
    /// The channel that it was made for.
    pub channel: Option<String>,
    /// Why it cannot be used; `null` where it can.
    pub problem: Option<String>,
}
