//! Reviews: CloudEvents 1.0 of what people did, in Kafka's binary mode (attributes in headers `ce_…`, the content as JSON) or
//! as one JSON object (`content-type: application/cloudevents+json`).

mod content;
mod shape;

use std::borrow::Cow;

use plate::{Record, ReviewRecord};
use serde::de::MapAccess;

use crate::decode::text;
use crate::envelope::{Envelope, Headers};
use crate::fields::{Fields, Note, Place, Shape, read as read_json, required};
use crate::intern::Plates;
use crate::limits::Limits;
use crate::reason::quoted;
use crate::scalar::{self, Scalar};
use content::{Content, ContentShape};

/// The types of events that are known; each is `plateside.NAME.v1`.
pub(crate) const TYPES: [&str; 10] = [
    "decision",
    "annotation",
    "exclusion",
    "acknowledgement",
    "note",
    "request",
    "seal",
    "signature",
    "answer",
    "score",
];

const ATTRIBUTES: &[&str] = &[
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "subject",
    "sequence",
    "correlation",
    "supersedes",
    "datacontenttype",
    "data",
];

/// Reads an event.
pub(crate) fn read(envelope: &Envelope, limits: &Limits, plates: &mut Plates) -> Result<Record, String> {
    if is_structured(&envelope.headers) {
        return read_structured(text(envelope)?, limits, plates);
    }
    let mut found = Attributes::default();
    for (header, value) in envelope.headers.iter() {
        // Extensions may stand bare: the contract names them so.
        let name = header.strip_prefix("ce_").unwrap_or(header);
        let is_attribute = header.starts_with("ce_") || matches!(name, "sequence" | "correlation" | "supersedes");
        let known = ATTRIBUTES.iter().find(|known| is_attribute && **known == name && **known != "data");
        if let (Some(name), Some(value)) = (known, value) {
            let value = std::str::from_utf8(value).map_err(|_| format!("header \"{header}\" is not UTF-8 text"))?;
            found.set(name, Scalar::Text(value.into()), limits).map_err(|why| format!("header \"{header}\": {why}"))?;
        }
    }
    let kind = found.kind("header \"ce_type\"")?;
    let text = text(envelope)?;
    let mut note = Note::default();
    found.content = match read_json(text, ContentShape { limits, kind }, &mut note) {
        Ok(content) => Some(content),
        Err(error) => return Err(note.into_reason(&error)),
    };
    found.record(plates, "header \"ce_")
}

/// Reads an event that is one JSON object.
pub(crate) fn read_structured(text: &str, limits: &Limits, plates: &mut Plates) -> Result<Record, String> {
    // The type may stand behind the content that it explains: it is looked for first.
    let mut note = Note::default();
    let kind = match read_json(text, TypeShape(limits), &mut note) {
        Ok(found) => found.kind("\"type\"")?,
        Err(error) => return Err(note.into_reason(&error)),
    };
    let mut note = Note::default();
    match read_json(text, EventShape { limits, kind }, &mut note) {
        Ok(found) => found.record(plates, "\""),
        Err(error) => Err(note.into_reason(&error)),
    }
}

fn is_structured(headers: &Headers) -> bool {
    headers.last("content-type").is_some_and(|value| {
        value.len() >= 28
            && value.get(..28).is_some_and(|start| start.eq_ignore_ascii_case(b"application/cloudevents+json"))
    })
}

#[derive(Default)]
struct Attributes<'de> {
    id: Option<Box<str>>,
    source: Option<Box<str>>,
    kind: Option<Cow<'de, str>>,
    time_ms: Option<i64>,
    sequence: Option<u64>,
    correlation: Option<Box<str>>,
    supersedes: Option<Box<str>>,
    content: Option<Content<'de>>,
}

impl<'de> Attributes<'de> {
    fn set(&mut self, name: &str, value: Scalar<'de>, limits: &Limits) -> Result<(), String> {
        match name {
            "specversion" => match scalar::text(value, limits.text_bytes)?.as_deref() {
                None | Some("1.0") => {}
                Some(other) => return Err(format!("{} is no version of CloudEvents that is read here", quoted(other))),
            },
            "id" => self.id = crate::spot::named(value, limits)?,
            "source" => self.source = crate::spot::named(value, limits)?,
            "type" => self.kind = scalar::text(value, limits.text_bytes)?,
            "time" => self.time_ms = scalar::time_ms(&value)?,
            "sequence" => self.sequence = sequence(&value)?,
            "correlation" => self.correlation = scalar::boxed(value, limits.text_bytes)?,
            "supersedes" => self.supersedes = scalar::boxed(value, limits.text_bytes)?,
            _ => drop(scalar::text(value, limits.text_bytes)?),
        }
        Ok(())
    }

    /// The name within its type.
    fn kind(&self, at: &str) -> Result<&'static str, String> {
        let stated = self.kind.as_deref().ok_or_else(|| format!("{at} is missing"))?;
        let name = stated.strip_prefix("plateside.").and_then(|rest| rest.strip_suffix(".v1"));
        name.and_then(|name| TYPES.into_iter().find(|known| *known == name))
            .ok_or_else(|| format!("{at}: {} is no event that this version of Plateside reads", quoted(stated)))
    }

    fn record(self, plates: &mut Plates, at: &str) -> Result<Record, String> {
        let missing = |name: &str| format!("{at}{name}\" is missing");
        let content = self.content.ok_or_else(|| missing("data"))?;
        let barcode = required(content.spot.plate.clone(), "plate")?;
        let plate = plates.get(content.spot.run.as_deref().unwrap_or_default(), &barcode);
        Ok(Record::Review(ReviewRecord {
            plate,
            id: self.id.ok_or_else(|| missing("id"))?,
            source: self.source.ok_or_else(|| missing("source"))?,
            at_ms: content.at_ms.or(self.time_ms).ok_or_else(|| missing("time"))?,
            sequence: self.sequence,
            correlation: self.correlation,
            supersedes: self.supersedes.or(content.supersedes),
            by: content.by,
            body: content.body,
            spot: content.spot.spot()?,
        }))
    }
}

/// A number, or its digits as text: CloudEvents' own extension is text.
fn sequence(value: &Scalar<'_>) -> Result<Option<u64>, String> {
    if let Scalar::Text(digits) = value {
        let bare = digits.bytes().all(|byte| byte.is_ascii_digit());
        return match digits.parse() {
            Ok(number) if bare => Ok(Some(number)),
            _ => Err(format!("{} is no number of an event", quoted(digits))),
        };
    }
    scalar::whole(value, 0, u64::MAX)
}

/// Only the type.
struct TypeShape<'a>(&'a Limits);

impl<'de> Shape<'de> for TypeShape<'_> {
    type Read = Attributes<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Attributes<'de>, A::Error> {
        let mut found = Attributes::default();
        while let Some(name) = fields.next(&["type"])? {
            fields.value(name, |value| found.set(name, value, self.0))?;
        }
        Ok(found)
    }
}

struct EventShape<'a> {
    limits: &'a Limits,
    kind: &'static str,
}

impl<'de> Shape<'de> for EventShape<'_> {
    type Read = Attributes<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Attributes<'de>, A::Error> {
        let mut found = Attributes::default();
        while let Some(name) = fields.next(ATTRIBUTES)? {
            if name == "data" {
                let shape = ContentShape { limits: self.limits, kind: self.kind };
                found.content = fields.shape(shape, Place::Field(name))?;
            } else {
                fields.value(name, |value| found.set(name, value, self.limits))?;
            }
        }
        Ok(found)
    }
}
