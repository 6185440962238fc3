//! Spot checks: what a local model said of an image, kept with the model's identity.

use std::sync::Arc;

use crate::key::PlateKey;
use crate::spot::Spot;

/// One model's look at one plane.
#[derive(Debug, Clone, PartialEq)]
pub struct SpotCheckRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Where on it: a well, a site and a channel.
    pub spot: Spot,
    /// Focus position; `None`: the brightest of all of them, pixel by pixel.
    pub z: Option<u16>,
    /// Time point.
    pub t: u32,
    /// The message that brought the plane.
    pub image_seq: i64,
    /// The model's name.
    pub model: Box<str>,
    /// Its version.
    pub version: Box<str>,
    /// SHA-256 of its file.
    pub sha256: [u8; 32],
    /// Objects found, of a model that segments.
    pub count: Option<u32>,
    /// The class, of a model that classifies.
    pub class: Option<Box<str>>,
    /// Its value, 0 to 1.
    pub value: Option<f64>,
    /// The pipeline's feature for the same thing, and its value.
    pub pipeline: Option<(Box<str>, f64)>,
    /// Whether both agree within the tolerance.
    pub agrees: Option<bool>,
    /// What ran it: `onnxruntime` or `tract`.
    pub backend: Box<str>,
    /// How long it took, in milliseconds.
    pub ms: f64,
}
