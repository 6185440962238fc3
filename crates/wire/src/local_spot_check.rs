//! The text that a session keeps of a spot check.

use std::sync::Arc;

use plate::{PlateKey, Spot, SpotCheckRecord};
use serde::{Deserialize, Serialize};

use crate::encode::EncodeError;
use crate::local::LocalJsonError;
use crate::reason::quoted;

/// Fields in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpotCheckJson {
    run: Box<str>,
    plate: Box<str>,
    well: Option<String>,
    site: Option<u16>,
    channel: Option<Box<str>>,
    z: Option<u16>,
    t: u32,
    image_seq: i64,
    model: Box<str>,
    version: Box<str>,
    sha256: String,
    count: Option<u32>,
    class: Option<Box<str>>,
    value: Option<f64>,
    pipeline_feature: Option<Box<str>>,
    pipeline: Option<f64>,
    agrees: Option<bool>,
    backend: Box<str>,
    ms: f64,
}

impl SpotCheckJson {
    /// # Errors
    /// [`EncodeError::NotFinite`].
    pub(crate) fn of(check: &SpotCheckRecord) -> Result<SpotCheckJson, EncodeError> {
        let pipeline = check.pipeline.as_ref().map(|(_, value)| *value);
        for value in [Some(check.ms), check.value, pipeline].into_iter().flatten() {
            if !value.is_finite() {
                return Err(EncodeError::NotFinite(format!("a number of the spot check by {}", quoted(&check.model))));
            }
        }
        Ok(SpotCheckJson {
            run: check.plate.run.clone(),
            plate: check.plate.barcode.clone(),
            well: check.spot.well.map(|well| well.to_string()),
            site: check.spot.site,
            channel: check.spot.channel.clone(),
            z: check.z,
            t: check.t,
            image_seq: check.image_seq,
            model: check.model.clone(),
            version: check.version.clone(),
            sha256: hex::encode(check.sha256),
            count: check.count,
            class: check.class.clone(),
            value: check.value,
            pipeline_feature: check.pipeline.as_ref().map(|(name, _)| name.clone()),
            pipeline,
            agrees: check.agrees,
            backend: check.backend.clone(),
            ms: check.ms,
        })
    }

    pub(crate) fn record(self) -> Result<SpotCheckRecord, LocalJsonError> {
        let wrong = |reason: String| LocalJsonError { reason };
        let well = self.well.map(|text| text.parse().map_err(|_| wrong(format!("{} is no well", quoted(&text)))));
        let mut sha256 = [0; 32];
        let digits = &self.sha256;
        hex::decode_to_slice(digits, &mut sha256).map_err(|_| wrong(format!("{} is no SHA-256", quoted(digits))))?;
        Ok(SpotCheckRecord {
            plate: Arc::new(PlateKey { run: self.run, barcode: self.plate }),
            spot: Spot { well: well.transpose()?, site: self.site, channel: self.channel },
            z: self.z,
            t: self.t,
            image_seq: self.image_seq,
            model: self.model,
            version: self.version,
            sha256,
            count: self.count,
            class: self.class,
            value: self.value,
            pipeline: self.pipeline_feature.zip(self.pipeline),
            agrees: self.agrees,
            backend: self.backend,
            ms: self.ms,
        })
    }
}
