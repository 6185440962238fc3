//! Records to messages of the native contract: what [`crate::Decoder`] reads back to the same records.
//!
//! Fields stand in the order of `WIRE.md`; absent ones are left out. Numbers are written so that they read back to the
//! same bits. A record's [`message_key`] goes beside.

use std::fmt;

use plate::{Concentration, Features, Layout, LayoutRecord, PlateKey, ResultRecord, Role, StageRecord, Value, Well};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};

use crate::envelope::Kind;
use crate::schema::expected;

/// Why a record cannot be written as a message.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// A time outside the years that RFC 3339 has.
    #[error("{0} ms since 1970 is no time of the years 0 to 9999, so no message can say it")]
    Time(i64),
    /// JSON has no NaN and no infinity.
    #[error("{0} is not finite; JSON has no way to say so: leave it out, or clear it with null")]
    NotFinite(String),
    /// A channel's name cannot stand in a comma-separated list.
    #[error("\"{0}\" cannot be a channel's name in a message: it is empty, or has a comma or outer spaces")]
    Channel(Box<str>),
    /// No planes, or of more than one file.
    #[error("an image message needs the planes of one file, in the order of its pages")]
    Planes,
    /// The pixels are elsewhere, or here, and the message is for the other.
    #[error("the pixels of plate {plate} are {are}; {way_out}")]
    Form {
        /// Which plate.
        plate: PlateKey,
        /// Where the pixels are.
        are: &'static str,
        /// The function that writes such a message.
        way_out: &'static str,
    },
    /// The JSON writer refused.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The key of every message about a plate, `run/barcode`, both percent-encoded; `/barcode` without a run.
#[must_use]
pub fn message_key(plate: &PlateKey) -> String {
    format!("{}/{}", percent_encoded(&plate.run), percent_encoded(&plate.barcode))
}

/// A text in which only letters, digits and `-._~` stand for themselves.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The value of a result message.
///
/// # Errors
/// [`EncodeError::NotFinite`], [`EncodeError::Time`].
pub fn encode_result(record: &ResultRecord) -> Result<Vec<u8>, EncodeError> {
    if let Some((name, _)) = record.features.iter().find(|(_, value)| is_unwritable(*value)) {
        return Err(EncodeError::NotFinite(format!("feature \"{name}\"")));
    }
    Ok(serde_json::to_vec(&ResultJson {
        schema: expected(Kind::Results),
        run: run(&record.plate),
        plate: &record.plate.barcode,
        format: record.format.wells(),
        well: Shown(record.well),
        site: record.site,
        read_at: record.read_at_ms.map(time).transpose()?,
        features: FeaturesJson(&record.features),
    })?)
}

/// The value of a layout message.
///
/// # Errors
/// [`EncodeError::NotFinite`].
pub fn encode_layout(record: &LayoutRecord) -> Result<Vec<u8>, EncodeError> {
    Ok(serde_json::to_vec(&LayoutMessage {
        schema: expected(Kind::Layouts),
        run: run(&record.plate),
        plate: &record.plate.barcode,
        layout: layout_json(&record.layout)?,
    })?)
}

/// A layout as text, without the plate that it belongs to; [`crate::layout_from_json`] reads it back.
///
/// # Errors
/// [`EncodeError::NotFinite`] for a dose that no message could have brought.
pub fn layout_to_json(layout: &Layout) -> Result<String, EncodeError> {
    Ok(serde_json::to_string(&layout_json(layout)?)?)
}

/// The value of a stage message.
///
/// # Errors
/// [`EncodeError::Time`].
pub fn encode_stage(record: &StageRecord) -> Result<Vec<u8>, EncodeError> {
    Ok(serde_json::to_vec(&StageJson {
        schema: expected(Kind::Stages),
        run: run(&record.plate),
        plate: &record.plate.barcode,
        stage: &record.stage,
        event: record.event.as_str(),
        at: time(record.at_ms)?,
        instrument: record.instrument.as_deref(),
        by: record.by.as_deref(),
        note: record.note.as_deref(),
        correlation: record.correlation.as_deref(),
    })?)
}

fn layout_json(layout: &Layout) -> Result<LayoutJson<'_>, EncodeError> {
    let doses = layout.wells.iter().filter_map(|entry| Some((entry.well, entry.concentration.as_ref()?.value)));
    if let Some((well, _)) = doses.into_iter().find(|(_, value)| !value.is_finite()) {
        return Err(EncodeError::NotFinite(format!("the concentration of well {well}")));
    }
    let wells = layout.wells.iter().map(|entry| WellJson {
        well: Shown(entry.well),
        role: entry.role,
        compound: entry.compound.as_deref(),
        concentration: entry
            .concentration
            .as_ref()
            .map(|Concentration { value, unit }| DoseJson { value: *value, unit }),
        replicate: entry.replicate,
    });
    Ok(LayoutJson {
        format: layout.format.wells(),
        assay: layout.assay.as_deref(),
        cells: layout.cells.as_deref(),
        wells: wells.collect(),
    })
}

fn is_unwritable(value: Value) -> bool {
    match value {
        Value::Number(number) => !number.is_finite(),
        Value::Cleared => false,
        Value::NotANumber | Value::Infinite => true,
    }
}

pub(crate) fn run(plate: &PlateKey) -> Option<&str> {
    Some(&*plate.run).filter(|run| !run.is_empty())
}

pub(crate) fn time(at_ms: i64) -> Result<String, EncodeError> {
    let time = jiff::Timestamp::from_millisecond(at_ms).map_err(|_| EncodeError::Time(at_ms))?.to_string();
    if time.starts_with(['-', '+']) { Err(EncodeError::Time(at_ms)) } else { Ok(time) }
}

/// Written as its own text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct FeaturesJson<'a>(&'a Features);

impl Serialize for FeaturesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.bits().len()))?;
        for (name, value) in self.0.iter() {
            match value {
                Value::Number(number) => map.serialize_entry(name, &number)?,
                Value::Cleared => map.serialize_entry(name, &())?,
                Value::NotANumber | Value::Infinite => return Err(S::Error::custom("not finite")),
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
struct ResultJson<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    plate: &'a str,
    format: u16,
    well: Shown<Well>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<String>,
    features: FeaturesJson<'a>,
}

#[derive(Serialize)]
struct LayoutMessage<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    plate: &'a str,
    #[serde(flatten)]
    layout: LayoutJson<'a>,
}

#[derive(Serialize)]
struct LayoutJson<'a> {
    format: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    assay: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<&'a str>,
    wells: Vec<WellJson<'a>>,
}

#[derive(Serialize)]
struct WellJson<'a> {
    well: Shown<Well>,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    compound: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    concentration: Option<DoseJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replicate: Option<u32>,
}

#[derive(Serialize)]
struct DoseJson<'a> {
    value: f64,
    unit: &'a str,
}

#[derive(Serialize)]
struct StageJson<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    plate: &'a str,
    stage: &'a str,
    event: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    instrument: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<&'a str>,
}
