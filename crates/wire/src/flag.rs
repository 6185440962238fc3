//! Flags (`plateside.flag/1`): reasons to look; and tasks (`plateside.task/1`): what the workflow asks a person.

use plate::{FlagEvent, FlagRecord, Record, Severity, TaskRecord};
use serde::de::MapAccess;

use crate::envelope::Kind;
use crate::fields::{Fields, Shape, required};
use crate::intern::Plates;
use crate::limits::Limits;
use crate::scalar::{self, Scalar};
use crate::schema;
use crate::spot::{FoundSpot, named, word};

const FLAG_NAMES: &[&str] = &[
    "schema", "id", "event", "run", "plate", "well", "site", "channel", "reason", "severity", "score", "source", "at",
    "guidance",
];
const TASK_NAMES: &[&str] =
    &["schema", "task", "kind", "run", "plate", "well", "site", "channel", "asked_of", "due", "correlation"];

/// Reads a flag.
pub(crate) fn read(text: &str, limits: &Limits, plates: &mut Plates) -> Result<Record, String> {
    let found = schema::read_message(text, Kind::Flags, FlagShape(limits))?;
    let barcode = required(found.spot.plate.clone(), "plate")?;
    Ok(Record::Flag(FlagRecord {
        plate: plates.get(found.spot.run.as_deref().unwrap_or_default(), &barcode),
        spot: found.spot.spot()?,
        id: required(found.id, "id")?,
        event: required(found.event, "event")?,
        reason: required(found.reason, "reason")?,
        severity: required(found.severity, "severity")?,
        score: found.score,
        source: required(found.source, "source")?,
        at_ms: required(found.at_ms, "at")?,
        guidance: found.guidance,
    }))
}

/// Reads a task; its form stays in the message.
pub(crate) fn read_task(text: &str, limits: &Limits, plates: &mut Plates) -> Result<Record, String> {
    let found = schema::read_message(text, Kind::Tasks, TaskShape(limits))?;
    let barcode = required(found.spot.plate.clone(), "plate")?;
    Ok(Record::Task(TaskRecord {
        plate: plates.get(found.spot.run.as_deref().unwrap_or_default(), &barcode),
        spot: found.spot.spot()?,
        task: required(found.task, "task")?,
        kind: required(found.kind, "kind")?,
        asked_of: found.asked_of,
        due_ms: found.due_ms,
        correlation: found.correlation,
    }))
}

#[derive(Default)]
struct FoundFlag<'de> {
    spot: FoundSpot<'de>,
    id: Option<Box<str>>,
    event: Option<FlagEvent>,
    reason: Option<Box<str>>,
    severity: Option<Severity>,
    score: Option<f64>,
    source: Option<Box<str>>,
    at_ms: Option<i64>,
    guidance: Option<Box<str>>,
}

struct FlagShape<'a>(&'a Limits);

impl<'de> Shape<'de> for FlagShape<'_> {
    type Read = FoundFlag<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<FoundFlag<'de>, A::Error> {
        let limits = self.0;
        let mut found = FoundFlag::default();
        while let Some(name) = fields.next(FLAG_NAMES)? {
            let text = |value: Scalar<'de>| named(value, limits);
            match name {
                "schema" => schema::field(&mut fields, Kind::Flags)?,
                "id" => found.id = fields.value(name, text)?,
                "event" => {
                    found.event = fields.value(name, |value| word(value, &FlagEvent::ALL, FlagEvent::as_str))?;
                }
                "reason" => found.reason = fields.value(name, text)?,
                "severity" => {
                    found.severity = fields.value(name, |value| word(value, &Severity::ALL, Severity::as_str))?;
                }
                "score" => found.score = fields.value(name, |value| scalar::number(&value))?,
                "source" => found.source = fields.value(name, text)?,
                "at" => found.at_ms = fields.value(name, |value| scalar::time_ms(&value))?,
                "guidance" => found.guidance = fields.value(name, |value| scalar::boxed(value, limits.text_bytes))?,
                name => fields.value(name, |value| found.spot.set(name, value, limits))?,
            }
        }
        Ok(found)
    }
}

#[derive(Default)]
struct FoundTask<'de> {
    spot: FoundSpot<'de>,
    task: Option<Box<str>>,
    kind: Option<Box<str>>,
    asked_of: Option<Box<str>>,
    due_ms: Option<i64>,
    correlation: Option<Box<str>>,
}

struct TaskShape<'a>(&'a Limits);

impl<'de> Shape<'de> for TaskShape<'_> {
    type Read = FoundTask<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<FoundTask<'de>, A::Error> {
        let limits = self.0;
        let mut found = FoundTask::default();
        while let Some(name) = fields.next(TASK_NAMES)? {
            match name {
                "schema" => schema::field(&mut fields, Kind::Tasks)?,
                "task" => found.task = fields.value(name, |value| named(value, limits))?,
                "kind" => found.kind = fields.value(name, |value| named(value, limits))?,
                "asked_of" => found.asked_of = fields.value(name, |value| scalar::boxed(value, limits.text_bytes))?,
                "due" => found.due_ms = fields.value(name, |value| scalar::time_ms(&value))?,
                "correlation" => {
                    found.correlation = fields.value(name, |value| scalar::boxed(value, limits.text_bytes))?;
                }
                name => fields.value(name, |value| found.spot.set(name, value, limits))?,
            }
        }
        Ok(found)
    }
}
