//! Stages: a plate entered or left a step of the workflow (`plateside.stage/1`).

use std::borrow::Cow;

use plate::{Record, StageEvent, StageRecord};
use serde::de::MapAccess;

use crate::envelope::Kind;
use crate::fields::{Fields, Shape, required};
use crate::intern::Plates;
use crate::limits::Limits;
use crate::reason::quoted;
use crate::result::barcode;
use crate::scalar::{self, Scalar};
use crate::schema;

const NAMES: &[&str] = &["schema", "run", "plate", "stage", "event", "at", "instrument", "by", "note", "correlation"];

/// Reads a stage.
pub(crate) fn read(text: &str, limits: &Limits, plates: &mut Plates) -> Result<Record, String> {
    let found = schema::read_message(text, Kind::Stages, StageShape(limits))?;
    let barcode = required(found.plate, "plate")?;
    Ok(Record::Stage(StageRecord {
        plate: plates.get(found.run.as_deref().unwrap_or_default(), &barcode),
        stage: required(found.stage, "stage")?,
        event: required(found.event, "event")?,
        at_ms: required(found.at_ms, "at")?,
        instrument: found.instrument,
        by: found.by,
        note: found.note,
        correlation: found.correlation,
    }))
}

#[derive(Default)]
struct Found<'de> {
    run: Option<Cow<'de, str>>,
    plate: Option<Cow<'de, str>>,
    stage: Option<Box<str>>,
    event: Option<StageEvent>,
    at_ms: Option<i64>,
    instrument: Option<Box<str>>,
    by: Option<Box<str>>,
    note: Option<Box<str>>,
    correlation: Option<Box<str>>,
}

struct StageShape<'a>(&'a Limits);

impl<'de> Shape<'de> for StageShape<'_> {
    type Read = Found<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Found<'de>, A::Error> {
        let limits = self.0;
        let mut found = Found::default();
        while let Some(name) = fields.next(NAMES)? {
            let boxed = |value| scalar::boxed(value, limits.text_bytes);
            match name {
                "schema" => schema::field(&mut fields, Kind::Stages)?,
                "run" => found.run = fields.value(name, |value| scalar::text(value, limits.name_bytes))?,
                "plate" => found.plate = fields.value(name, |value| barcode(value, limits))?,
                "stage" => found.stage = fields.value(name, |value| stage(value, limits))?,
                "event" => found.event = fields.value(name, event)?,
                "at" => found.at_ms = fields.value(name, |value| scalar::time_ms(&value))?,
                "instrument" => found.instrument = fields.value(name, boxed)?,
                "by" => found.by = fields.value(name, boxed)?,
                "note" => found.note = fields.value(name, boxed)?,
                _ => found.correlation = fields.value(name, boxed)?,
            }
        }
        Ok(found)
    }
}

fn stage(value: Scalar<'_>, limits: &Limits) -> Result<Option<Box<str>>, String> {
    match scalar::boxed(value, limits.text_bytes)? {
        Some(stage) if stage.is_empty() => Err("it is empty".to_owned()),
        stage => Ok(stage),
    }
}

fn event(value: Scalar<'_>) -> Result<Option<StageEvent>, String> {
    let Some(word) = scalar::text(value, usize::MAX)? else { return Ok(None) };
    [StageEvent::Entered, StageEvent::Left]
        .into_iter()
        .find(|event| event.as_str() == word)
        .map(Some)
        .ok_or_else(|| format!("{} is neither \"entered\" nor \"left\"", quoted(&word)))
}
