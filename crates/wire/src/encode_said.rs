//! Flags, tasks and reviews to messages, and to the text that a session keeps of them.

use plate::review::{Annotation, Decision, Person, ReviewBody, Shape};
use plate::{FlagRecord, PlateKey, ReviewRecord, Spot, TaskRecord, Well};
use serde::Serialize;

use crate::encode::{EncodeError, Shown, percent_encoded, run, time};
use crate::envelope::{Headers, Kind};
use crate::schema::expected;

/// The value of a flag message.
///
/// # Errors
/// [`EncodeError::NotFinite`], [`EncodeError::Time`].
pub fn encode_flag(record: &FlagRecord) -> Result<Vec<u8>, EncodeError> {
    Ok(serde_json::to_vec(&FlagJson {
        schema: expected(Kind::Flags),
        id: &record.id,
        event: record.event.as_str(),
        spot: SpotJson::of(&record.plate, &record.spot),
        reason: &record.reason,
        severity: record.severity.as_str(),
        score: finite(record.score, "the score")?,
        source: &record.source,
        at: time(record.at_ms)?,
        guidance: record.guidance.as_deref(),
    })?)
}

/// The value of a task message, without a form.
///
/// # Errors
/// [`EncodeError::Time`].
pub fn encode_task(record: &TaskRecord) -> Result<Vec<u8>, EncodeError> {
    Ok(serde_json::to_vec(&TaskJson {
        schema: expected(Kind::Tasks),
        task: &record.task,
        kind: &record.kind,
        spot: SpotJson::of(&record.plate, &record.spot),
        asked_of: record.asked_of.as_deref(),
        due: record.due_ms.map(time).transpose()?,
        correlation: record.correlation.as_deref(),
    })?)
}

/// Headers and value of an event in Kafka's binary mode.
///
/// # Errors
/// [`EncodeError::NotFinite`], [`EncodeError::Time`].
pub fn encode_review(record: &ReviewRecord) -> Result<(Headers, Vec<u8>), EncodeError> {
    let event = EventJson::of(record)?;
    let sequence = record.sequence.map(|number| number.to_string());
    let mut pairs = vec![
        ("ce_specversion", event.specversion),
        ("ce_id", event.id),
        ("ce_source", event.source),
        ("ce_type", &event.kind),
        ("ce_time", &event.time),
        ("ce_subject", &event.subject),
        ("content-type", event.datacontenttype),
    ];
    pairs.extend(sequence.as_deref().map(|text| ("ce_sequence", text)));
    pairs.extend(event.correlation.map(|text| ("ce_correlation", text)));
    pairs.extend(event.supersedes.map(|text| ("ce_supersedes", text)));
    let headers = Headers::from_pairs(pairs.iter().map(|(name, value)| (*name, Some(value.as_bytes()))));
    Ok((headers, serde_json::to_vec(&event.data)?))
}

/// An event as one JSON object: what a session keeps of it.
///
/// # Errors
/// [`EncodeError::NotFinite`], [`EncodeError::Time`].
pub fn review_to_json(record: &ReviewRecord) -> Result<String, EncodeError> {
    Ok(serde_json::to_string(&EventJson::of(record)?)?)
}

/// `run/plate/well/site` as far as it goes, each percent-encoded.
fn subject(plate: &PlateKey, spot: &Spot) -> String {
    let mut subject = format!("{}/{}", percent_encoded(&plate.run), percent_encoded(&plate.barcode));
    if let Some(well) = spot.well {
        subject.push_str(&format!("/{well}"));
        if let Some(site) = spot.site {
            subject.push_str(&format!("/{site}"));
        }
    }
    subject
}

fn finite(number: Option<f64>, what: &str) -> Result<Option<f64>, EncodeError> {
    match number {
        Some(number) if !number.is_finite() => Err(EncodeError::NotFinite(what.to_owned())),
        number => Ok(number),
    }
}

#[derive(Serialize)]
struct SpotJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    plate: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    well: Option<Shown<Well>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
}

impl<'a> SpotJson<'a> {
    fn of(plate: &'a PlateKey, spot: &'a Spot) -> SpotJson<'a> {
        SpotJson {
            run: run(plate),
            plate: &plate.barcode,
            well: spot.well.map(Shown),
            site: spot.site,
            channel: spot.channel.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct FlagJson<'a> {
    schema: &'static str,
    id: &'a str,
    event: &'static str,
    #[serde(flatten)]
    spot: SpotJson<'a>,
    reason: &'a str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    source: &'a str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance: Option<&'a str>,
}

#[derive(Serialize)]
struct TaskJson<'a> {
    schema: &'static str,
    task: &'a str,
    kind: &'a str,
    #[serde(flatten)]
    spot: SpotJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_of: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<&'a str>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    kind: String,
    time: String,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supersedes: Option<&'a str>,
    datacontenttype: &'static str,
    data: DataJson<'a>,
}

impl<'a> EventJson<'a> {
    fn of(record: &'a ReviewRecord) -> Result<EventJson<'a>, EncodeError> {
        let kind = match &record.body {
            ReviewBody::Decision(_) => "decision",
            ReviewBody::Annotation(_) => "annotation",
            ReviewBody::Exclusion { .. } => "exclusion",
            ReviewBody::Other { kind } => kind,
        };
        let at = time(record.at_ms)?;
        Ok(EventJson {
            specversion: "1.0",
            id: &record.id,
            source: &record.source,
            kind: format!("plateside.{kind}.v1"),
            time: at.clone(),
            subject: subject(&record.plate, &record.spot),
            sequence: record.sequence,
            correlation: record.correlation.as_deref(),
            supersedes: record.supersedes.as_deref(),
            datacontenttype: "application/json",
            data: DataJson {
                schema: format!("plateside.{kind}/1"),
                spot: SpotJson::of(&record.plate, &record.spot),
                body: BodyJson::of(&record.body)?,
                by: record.by.as_ref().map(|Person { user, name }| PersonJson { user, name: name.as_deref() }),
                at,
            },
        })
    }
}

#[derive(Serialize)]
struct DataJson<'a> {
    schema: String,
    #[serde(flatten)]
    spot: SpotJson<'a>,
    #[serde(flatten)]
    body: BodyJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<PersonJson<'a>>,
    at: String,
}

#[derive(Serialize)]
struct PersonJson<'a> {
    user: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BodyJson<'a> {
    Decision {
        verdict: &'static str,
        #[serde(skip_serializing_if = "<[Box<str>]>::is_empty")]
        reasons: &'a [Box<str>],
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        confidence: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        seen_seq: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        task: Option<&'a str>,
    },
    Annotation {
        annotation: &'a str,
        shape: ShapeJson<'a>,
        label: &'a str,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        deleted: bool,
    },
    Exclusion {
        wells: Vec<Shown<Well>>,
        event: &'static str,
        reason: &'a str,
    },
    Other {},
}

impl<'a> BodyJson<'a> {
    fn of(body: &'a ReviewBody) -> Result<BodyJson<'a>, EncodeError> {
        Ok(match body {
            ReviewBody::Decision(Decision { verdict, reasons, comment, confidence, seen_seq, task }) => {
                BodyJson::Decision {
                    verdict: verdict.as_str(),
                    reasons,
                    comment: comment.as_deref(),
                    confidence: finite(*confidence, "the confidence")?,
                    seen_seq: *seen_seq,
                    task: task.as_deref(),
                }
            }
            ReviewBody::Annotation(Annotation { annotation, shape, label, is_deleted }) => {
                if shape.numbers().iter().any(|number| !number.is_finite()) {
                    return Err(EncodeError::NotFinite("a coordinate".to_owned()));
                }
                BodyJson::Annotation { annotation, shape: ShapeJson::of(shape), label, deleted: *is_deleted }
            }
            ReviewBody::Exclusion { wells, event, reason } => {
                BodyJson::Exclusion { wells: wells.iter().copied().map(Shown).collect(), event: event.as_str(), reason }
            }
            ReviewBody::Other { .. } => BodyJson::Other {},
        })
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum ShapeJson<'a> {
    Point { x: f64, y: f64 },
    Line { points: &'a [[f64; 2]] },
    Box { x: f64, y: f64, width: f64, height: f64 },
    Ellipse { x: f64, y: f64, rx: f64, ry: f64, angle: f64 },
    Polygon { points: &'a [[f64; 2]] },
    Path { points: &'a [[f64; 2]] },
}

impl<'a> ShapeJson<'a> {
    fn of(shape: &'a Shape) -> ShapeJson<'a> {
        match *shape {
            Shape::Point([x, y]) => ShapeJson::Point { x, y },
            Shape::Line(ref points) => ShapeJson::Line { points },
            Shape::Box([x, y, width, height]) => ShapeJson::Box { x, y, width, height },
            Shape::Ellipse([x, y, rx, ry, angle]) => ShapeJson::Ellipse { x, y, rx, ry, angle },
            Shape::Polygon(ref points) => ShapeJson::Polygon { points },
            Shape::Path(ref points) => ShapeJson::Path { points },
        }
    }
}
