//! The content of an event: who, where on the plate, and what the event's type says.

use plate::review::{Annotation, Decision, Person, ReviewBody, Verdict};
use plate::{ExclusionEvent, Well};
use serde::de::{MapAccess, SeqAccess};

use super::shape::ShapeShape;
use crate::fields::{Fields, Items, Place, Shape};
use crate::limits::{LAYOUT_WELLS, Limits};
use crate::reason::quoted;
use crate::scalar::{self, Scalar};
use crate::spot::{FoundSpot, named, well, word};

const NAMES: &[&str] = &[
    "schema",
    "run",
    "plate",
    "well",
    "site",
    "channel",
    "verdict",
    "reasons",
    "comment",
    "confidence",
    "annotation",
    "shape",
    "label",
    "deleted",
    "wells",
    "event",
    "reason",
    "by",
    "at",
    "seen_seq",
    "task",
    "supersedes",
];
const PERSON: &[&str] = &["user", "name"];
/// Codes of reasons in one decision.
const REASONS: usize = 64;

/// What has been read.
pub(super) struct Content<'de> {
    pub(super) spot: FoundSpot<'de>,
    pub(super) at_ms: Option<i64>,
    pub(super) by: Option<Person>,
    pub(super) supersedes: Option<Box<str>>,
    pub(super) body: ReviewBody,
}

pub(super) struct ContentShape<'a> {
    pub(super) limits: &'a Limits,
    /// As `decision`.
    pub(super) kind: &'static str,
}

#[derive(Default)]
struct Found<'de> {
    spot: FoundSpot<'de>,
    schema: bool,
    at_ms: Option<i64>,
    by: Option<Person>,
    supersedes: Option<Box<str>>,
    verdict: Option<Verdict>,
    reasons: Vec<Box<str>>,
    comment: Option<Box<str>>,
    confidence: Option<f64>,
    seen_seq: Option<i64>,
    task: Option<Box<str>>,
    annotation: Option<Box<str>>,
    shape: Option<plate::review::Shape>,
    label: Option<Box<str>>,
    is_deleted: bool,
    wells: Vec<Well>,
    event: Option<ExclusionEvent>,
    reason: Option<Box<str>>,
}

impl<'de> Shape<'de> for ContentShape<'_> {
    type Read = Content<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Content<'de>, A::Error> {
        let limits = self.limits;
        let mut found = Found::default();
        while let Some(name) = fields.next(NAMES)? {
            let boxed = |value: Scalar<'de>| scalar::boxed(value, limits.text_bytes);
            match name {
                "schema" => found.schema = fields.value(name, |value| schema(value, self.kind, limits))?,
                "verdict" => found.verdict = fields.value(name, |value| word(value, &Verdict::ALL, Verdict::as_str))?,
                "reasons" => {
                    let shape = Texts { limits, most: REASONS };
                    found.reasons = fields.shape(shape, Place::Field(name))?.unwrap_or_default();
                }
                "comment" => found.comment = fields.value(name, boxed)?,
                "confidence" => found.confidence = fields.value(name, confidence)?,
                "annotation" => found.annotation = fields.value(name, |value| named(value, limits))?,
                "shape" => found.shape = fields.shape(ShapeShape, Place::Field(name))?,
                "label" => found.label = fields.value(name, |value| named(value, limits))?,
                "deleted" => found.is_deleted = fields.value(name, truth)?,
                "wells" => {
                    let texts = fields.shape(Texts { limits, most: LAYOUT_WELLS }, Place::Field(name))?;
                    let wells = texts.unwrap_or_default().iter().map(|text| well(text)).collect::<Result<_, _>>();
                    found.wells = wells.map_err(|why| fields.note.fail(format!("\"wells\": {why}")))?;
                }
                "event" => {
                    let both = [ExclusionEvent::Excluded, ExclusionEvent::Restored];
                    found.event = fields.value(name, |value| word(value, &both, ExclusionEvent::as_str))?;
                }
                "reason" => found.reason = fields.value(name, boxed)?,
                "by" => found.by = fields.shape(PersonShape(limits), Place::Field(name))?.flatten(),
                "at" => found.at_ms = fields.value(name, |value| scalar::time_ms(&value))?,
                "seen_seq" => {
                    let most = i64::MAX.cast_unsigned();
                    let seq = fields.value(name, |value| scalar::whole(&value, 0, most))?;
                    found.seen_seq = seq.and_then(|seq| i64::try_from(seq).ok());
                }
                "task" => found.task = fields.value(name, boxed)?,
                "supersedes" => found.supersedes = fields.value(name, boxed)?,
                name => fields.value(name, |value| found.spot.set(name, value, limits))?,
            }
        }
        found.content(self.kind).map_err(|why| fields.note.fail(why))
    }
}

impl<'de> Found<'de> {
    fn content(self, kind: &'static str) -> Result<Content<'de>, String> {
        fn required<T>(value: Option<T>, name: &str) -> Result<T, String> {
            value.ok_or_else(|| format!("\"{name}\" is missing"))
        }
        if !self.schema {
            return Err(format!("\"schema\" is missing; this event is plateside.{kind}/1"));
        }
        let body = match kind {
            "decision" => ReviewBody::Decision(Decision {
                verdict: required(self.verdict, "verdict")?,
                reasons: self.reasons.into(),
                comment: self.comment,
                confidence: self.confidence,
                seen_seq: self.seen_seq,
                task: self.task,
            }),
            "annotation" => ReviewBody::Annotation(Annotation {
                annotation: required(self.annotation, "annotation")?,
                shape: required(self.shape, "shape")?,
                label: required(self.label, "label")?,
                is_deleted: self.is_deleted,
            }),
            "exclusion" => ReviewBody::Exclusion {
                wells: self.wells.into(),
                event: required(self.event, "event")?,
                reason: self.reason.unwrap_or_default(),
            },
            other => ReviewBody::Other { kind: other.into() },
        };
        let Found { spot, at_ms, by, supersedes, .. } = self;
        Ok(Content { spot, at_ms, by, supersedes, body })
    }
}

fn schema(value: Scalar<'_>, kind: &str, limits: &Limits) -> Result<bool, String> {
    let Some(stated) = scalar::text(value, limits.text_bytes)? else { return Ok(false) };
    let expected = format!("plateside.{kind}/1");
    if *stated == *expected {
        Ok(true)
    } else {
        Err(format!("{} stands in an event that is {expected}", quoted(&stated)))
    }
}

fn confidence(value: Scalar<'_>) -> Result<Option<f64>, String> {
    match scalar::number(&value)? {
        Some(share) if !(0.0..=1.0).contains(&share) => Err(format!("{share} is not between 0 and 1")),
        share => Ok(share),
    }
}

fn truth(value: Scalar<'_>) -> Result<bool, String> {
    match value {
        Scalar::Null => Ok(false),
        Scalar::Bool(truth) => Ok(truth),
        other => Err(format!("{other}, not true or false")),
    }
}

/// A list of texts.
struct Texts<'a> {
    limits: &'a Limits,
    most: usize,
}

impl<'de> Shape<'de> for Texts<'_> {
    type Read = Vec<Box<str>>;
    const WHAT: &'static str = "a list";

    fn list<A: SeqAccess<'de>>(self, mut items: Items<'_, A>) -> Result<Vec<Box<str>>, A::Error> {
        let mut texts = Vec::new();
        while let Some(value) = items.seq.next_element::<Scalar<'de>>()? {
            if texts.len() == self.most {
                return Err(items.note.fail(format!("{}: more than {} entries", items.place(), self.most)));
            }
            match named(value, self.limits) {
                Ok(Some(text)) => texts.push(text),
                Ok(None) => return Err(items.note.fail(format!("{}[{}]: null, not text", items.place(), texts.len()))),
                Err(why) => return Err(items.note.fail(format!("{}[{}]: {why}", items.place(), texts.len()))),
            }
        }
        Ok(texts)
    }
}

struct PersonShape<'a>(&'a Limits);

impl<'de> Shape<'de> for PersonShape<'_> {
    type Read = Option<Person>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Option<Person>, A::Error> {
        let (mut user, mut name) = (None, None);
        while let Some(field) = fields.next(PERSON)? {
            match field {
                "user" => user = fields.value(field, |value| named(value, self.0))?,
                _ => name = fields.value(field, |value| scalar::boxed(value, self.0.text_bytes))?,
            }
        }
        match user {
            Some(user) => Ok(Some(Person { user, name })),
            None => Err(fields.note.fail("\"by\".\"user\" is missing".to_owned())),
        }
    }
}
