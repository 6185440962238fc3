//! Flags, tasks and reviews: each row of a table is the valid message with one field changed; what is written reads back.

use std::sync::Arc;

use jsonschema::Validator;
use plate::review::{Annotation, Decision, Person, ReviewBody, Shape, Verdict};
use plate::{ExclusionEvent, FlagEvent, FlagRecord, PlateKey, Record, ReviewRecord, Severity, Spot, TaskRecord};
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::{Headers, Kind};

use crate::{decode, envelope};

const SCHEMAS: [(&str, &str); 5] = [
    ("flag", include_str!("../../schemas/flag.schema.json")),
    ("task", include_str!("../../schemas/task.schema.json")),
    ("decision", include_str!("../../schemas/decision.schema.json")),
    ("annotation", include_str!("../../schemas/annotation.schema.json")),
    ("exclusion", include_str!("../../schemas/exclusion.schema.json")),
];

fn schema(name: &str) -> Validator {
    let (_, text) = SCHEMAS.into_iter().find(|(known, _)| *known == name).unwrap();
    let schema: Value = serde_json::from_str(text).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    jsonschema::validator_for(&schema).unwrap()
}

/// The valid message of each name.
fn valid(name: &str) -> Value {
    let place = json!({"run": "CP-A549-0412", "plate": "BR00117010", "well": "D09", "site": 3, "channel": "AGP"});
    let own = match name {
        "flag" => json!({"id": "0197", "event": "raised", "reason": "saturated", "severity": "warning", "score": 0.041,
            "source": "pipeline", "at": "2026-11-22T13:23:20+01:00", "guidance": "Check the exposure of AGP."}),
        "task" => {
            json!({"task": "wf-77812/review-1", "kind": "review", "asked_of": "qa", "due": "2026-11-23T12:00:00+01:00",
            "correlation": "wf-77812", "form": {"type": "object"}})
        }
        "decision" => {
            json!({"verdict": "reject", "reasons": ["out_of_focus", "debris"], "comment": "blurred", "confidence": 0.9,
            "seen_seq": 41, "task": "wf-77812/review-1", "by": {"user": "ada", "name": "Ada L."}, "at": "2026-11-22T14:00:00Z"})
        }
        "annotation" => {
            json!({"annotation": "a-1", "shape": {"type": "box", "x": 10, "y": 20.5, "width": 5, "height": 0},
            "label": "debris", "by": {"user": "ada"}, "at": "2026-11-22T14:00:00Z"})
        }
        _ => json!({"wells": ["A01", "P24"], "event": "excluded", "reason": "bubble", "at": "2026-11-22T14:00:00Z"}),
    };
    let mut message = json!({"schema": format!("plateside.{name}/1")});
    for part in [place, own] {
        message.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    }
    message
}

fn event_headers(name: &str) -> Headers {
    let kind = format!("plateside.{name}.v1");
    let pairs = [
        ("ce_specversion", "1.0"),
        ("ce_id", "0197c0de"),
        ("ce_source", "plateside/lab-7/monday"),
        ("ce_type", &*kind),
        ("ce_time", "2026-11-22T14:00:01Z"),
        ("ce_sequence", "12"),
        ("correlation", "wf-77812"),
    ];
    Headers::from_pairs(pairs.iter().map(|(name, value)| (*name, Some(value.as_bytes()))))
}

/// What is read of a message of this name.
fn read(name: &str, message: &Value) -> Result<Record, String> {
    let kind = match name {
        "flag" => Kind::Flags,
        "task" => Kind::Tasks,
        _ => Kind::Reviews,
    };
    let mut envelope = envelope(kind, message.to_string());
    if kind == Kind::Reviews {
        envelope.headers = event_headers(name);
    }
    let mut records = decode(&envelope)?;
    assert_eq!(records.len(), 1);
    Ok(records.remove(0))
}

/// One row: a field changed (null in place of `Value::Null` is there; `"-"` leaves it out), and part of the reason.
const ROWS: &[(&str, &str, &str, Option<&str>)] = &[
    ("flag", "x", "1", None),
    ("flag", "well", "null", Some("stands without a \"well\"")),
    ("flag", "site", "null", None),
    ("flag", "channel", "null", None),
    ("flag", "score", "null", None),
    ("flag", "score", "\"0.1\"", Some("\"score\"")),
    ("flag", "id", "-", Some("\"id\" is missing")),
    ("flag", "id", "\"\"", Some("\"id\": it is empty")),
    ("flag", "event", "\"lifted\"", Some("\"lifted\" is none of raised, cleared")),
    ("flag", "severity", "\"fatal\"", Some("none of info, warning, error")),
    ("flag", "severity", "-", Some("\"severity\" is missing")),
    ("flag", "plate", "\"\"", Some("\"plate\": it is empty")),
    ("flag", "well", "\"9D\"", Some("\"9D\" is not a well address")),
    ("flag", "site", "0", Some("0 is no site")),
    ("flag", "at", "\"today\"", Some("RFC 3339")),
    ("flag", "schema", "\"plateside.task/1\"", Some("belongs to tasks")),
    ("flag", "schema", "-", Some("\"schema\" is missing")),
    ("task", "x", "[1]", None),
    ("task", "form", "{\"deep\":[[[1]]]}", None),
    ("task", "due", "null", None),
    ("task", "due", "7", Some("\"due\"")),
    ("task", "kind", "-", Some("\"kind\" is missing")),
    ("task", "task", "null", Some("\"task\" is missing")),
    ("decision", "x", "{}", None),
    ("decision", "reasons", "null", None),
    ("decision", "by", "null", None),
    ("decision", "verdict", "\"maybe\"", Some("none of pass, reject, reimage, second_reader")),
    ("decision", "verdict", "-", Some("\"verdict\" is missing")),
    ("decision", "confidence", "1.5", Some("1.5 is not between 0 and 1")),
    ("decision", "reasons", "[\"a\",7]", Some("\"reasons\"[1]: 7 is a number, not text")),
    ("decision", "reasons", "\"a\"", Some("\"reasons\": \"a\" is text, not a list")),
    ("decision", "by", "{}", Some("\"by\".\"user\" is missing")),
    ("decision", "seen_seq", "-1", Some("\"seen_seq\": -1 is below 0")),
    ("decision", "plate", "-", Some("\"plate\" is missing")),
    ("decision", "schema", "\"plateside.annotation/1\"", Some("stands in an event that is plateside.decision/1")),
    ("annotation", "deleted", "true", None),
    ("annotation", "shape", "{\"type\":\"point\",\"x\":1,\"y\":2}", None),
    ("annotation", "shape", "{\"type\":\"line\",\"points\":[[1,2],[3,4]]}", None),
    ("annotation", "shape", "{\"type\":\"ellipse\",\"x\":1,\"y\":2,\"rx\":3,\"ry\":4}", None),
    ("annotation", "shape", "{\"points\":[[1,2],[3,4],[5,6]],\"type\":\"polygon\"}", None),
    ("annotation", "shape", "{\"type\":\"path\",\"points\":[[1,2],[3,4]]}", None),
    ("annotation", "shape", "{\"type\":\"polygon\",\"points\":[[1,2],[3,4]]}", Some("at least 3 \"points\"")),
    ("annotation", "shape", "{\"type\":\"line\",\"points\":[[1,2],[3,4],[5,6]]}", Some("2 \"points\"")),
    ("annotation", "shape", "{\"type\":\"path\",\"points\":[[1,2],[3]]}", Some("a point is [x, y]")),
    ("annotation", "shape", "{\"type\":\"path\",\"points\":[[1,2],null]}", Some("null is no point")),
    ("annotation", "shape", "{\"type\":\"box\",\"x\":1,\"y\":2,\"width\":-1,\"height\":2}", Some("of at least 0")),
    ("annotation", "shape", "{\"type\":\"star\"}", Some("\"star\" is none of point")),
    ("annotation", "shape", "{\"x\":1}", Some("\"type\" is missing")),
    ("annotation", "label", "-", Some("\"label\" is missing")),
    ("annotation", "deleted", "1", Some("not true or false")),
    ("exclusion", "reason", "null", None),
    ("exclusion", "wells", "[]", None),
    ("exclusion", "wells", "[\"A01\",\"?\"]", Some("\"?\" is not a well address")),
    ("exclusion", "event", "\"dropped\"", Some("none of excluded, restored")),
];

#[test]
fn schema_and_decoder_judge_alike_and_the_decoder_says_why() {
    for (name, _) in SCHEMAS {
        assert!(schema(name).is_valid(&valid(name)), "{name}");
        read(name, &valid(name)).unwrap();
    }
    for &(name, field, value, reason) in ROWS {
        let mut message = valid(name);
        let fields = message.as_object_mut().unwrap();
        match value {
            "-" => drop(fields.remove(field)),
            value => drop(fields.insert(field.to_owned(), serde_json::from_str(value).unwrap())),
        }
        assert_eq!(schema(name).is_valid(&message), reason.is_none(), "schema {name} {field} {value}");
        match (read(name, &message), reason) {
            (Ok(_), None) => {}
            (Err(found), Some(part)) => assert!(found.contains(part), "{name} {field} {value}: {found}"),
            (found, _) => panic!("{name} {field} {value}: {found:?}"),
        }
    }
}

#[test]
fn a_flag_and_a_decision_say_what_they_said() {
    let Record::Flag(flag) = read("flag", &valid("flag")).unwrap() else { panic!() };
    assert_eq!((&*flag.plate.barcode, flag.spot.site, flag.score), ("BR00117010", Some(3), Some(0.041)));
    assert_eq!((flag.event, flag.severity, flag.at_ms), (FlagEvent::Raised, Severity::Warning, 1_795_350_200_000));
    let Record::Review(review) = read("decision", &valid("decision")).unwrap() else { panic!() };
    assert_eq!((&*review.id, review.sequence, review.correlation.as_deref()), ("0197c0de", Some(12), Some("wf-77812")));
    assert_eq!(review.by.unwrap().name.as_deref(), Some("Ada L."));
    let ReviewBody::Decision(decision) = review.body else { panic!() };
    assert_eq!((decision.verdict, decision.reasons.len(), decision.seen_seq), (Verdict::Reject, 2, Some(41)));
}

#[test]
fn events_without_their_attributes_say_which() {
    let body = valid("decision").to_string();
    let of = |pairs: &[(&str, &str)]| {
        let mut envelope = envelope(Kind::Reviews, body.clone());
        envelope.headers = Headers::from_pairs(pairs.iter().map(|(name, value)| (*name, Some(value.as_bytes()))));
        decode(&envelope).map(drop).unwrap_err()
    };
    let kind = ("ce_type", "plateside.decision.v1");
    assert_eq!(of(&[]), "header \"ce_type\" is missing");
    assert!(of(&[("ce_type", "com.example.other")]).contains("no event that this version of Plateside reads"));
    assert_eq!(of(&[kind]), "header \"ce_id\" is missing");
    assert_eq!(of(&[kind, ("ce_id", "1")]), "header \"ce_source\" is missing");
    assert!(of(&[kind, ("ce_specversion", "0.3")]).contains("no version of CloudEvents"));
    assert!(of(&[kind, ("ce_sequence", "first")]).contains("header \"ce_sequence\": \"first\" is no number"));
    assert!(of(&[kind, ("ce_time", "noon")]).contains("header \"ce_time\""));
    let mut tombstone = envelope(Kind::Reviews, "");
    tombstone.headers = event_headers("decision");
    tombstone.body = None;
    assert!(decode(&tombstone).unwrap_err().contains("no value"));
}

#[test]
fn an_event_may_be_one_json_object() {
    let mut message = envelope(Kind::Reviews, "");
    message.headers =
        Headers::from_pairs([("content-type", Some(&b"application/cloudevents+json; charset=utf-8"[..]))]);
    // The content stands before the type that explains it.
    let event = format!(
        "{{\"data\":{},\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"plateside.decision.v1\",\"sequence\":3}}",
        valid("decision")
    );
    message.body = Some(event.into_bytes().into());
    let Record::Review(review) = decode(&message).unwrap().remove(0) else { panic!() };
    assert_eq!((&*review.id, review.sequence), ("7", Some(3)));
}

fn text() -> impl Strategy<Value = Box<str>> {
    "[ -~äß孔]{1,20}".prop_map(Into::into)
}

fn place() -> impl Strategy<Value = (Arc<PlateKey>, Spot)> {
    let well =
        (0..32_u16, 0..48_u16).prop_map(|(row, column)| format!("{}{}", plate_row(row), column + 1).parse().unwrap());
    ("[A-Z0-9]{0,6}", text(), prop::option::of((well, prop::option::of(1..=u16::MAX))), prop::option::of(text()))
        .prop_map(|(run, barcode, at, channel)| {
            let (well, site) = at.map_or((None, None), |(well, site)| (Some(well), site));
            (Arc::new(PlateKey::new(&run, &barcode)), Spot { well, site, channel })
        })
}

fn plate_row(row: u16) -> String {
    let letter = |n: u16| char::from(b'A' + u8::try_from(n).unwrap());
    if row < 26 { letter(row).to_string() } else { format!("A{}", letter(row - 26)) }
}

fn at_ms() -> impl Strategy<Value = i64> {
    0..4_000_000_000_000_i64
}

fn shape() -> impl Strategy<Value = Shape> {
    let number = -1e6..1e6_f64;
    let point = (number.clone(), number.clone()).prop_map(|(x, y)| [x, y]);
    prop_oneof![
        point.clone().prop_map(Shape::Point),
        (point.clone(), point.clone()).prop_map(|(from, to)| Shape::Line([from, to])),
        (point.clone(), 0.0..1e4_f64, 0.0..1e4_f64)
            .prop_map(|([x, y], width, height)| Shape::Box([x, y, width, height])),
        (point.clone(), 0.0..1e4_f64, 0.0..1e4_f64, number)
            .prop_map(|([x, y], rx, ry, angle)| Shape::Ellipse([x, y, rx, ry, angle])),
        prop::collection::vec(point.clone(), 3..9).prop_map(|points| Shape::Polygon(points.into())),
        prop::collection::vec(point, 2..9).prop_map(|points| Shape::Path(points.into())),
    ]
}

fn body() -> impl Strategy<Value = ReviewBody> {
    let verdict = (0..4_usize).prop_map(|at| Verdict::ALL[at]);
    let decision = (
        verdict,
        prop::collection::vec(text(), 0..4),
        prop::option::of(text()),
        prop::option::of(0.0..=1.0_f64),
        prop::option::of(0..i64::MAX),
        prop::option::of(text()),
    )
        .prop_map(|(verdict, reasons, comment, confidence, seen_seq, task)| {
            ReviewBody::Decision(Decision { verdict, reasons: reasons.into(), comment, confidence, seen_seq, task })
        });
    let annotation = (text(), shape(), text(), any::<bool>()).prop_map(|(annotation, shape, label, is_deleted)| {
        ReviewBody::Annotation(Annotation { annotation, shape, label, is_deleted })
    });
    let exclusion = (text(), any::<bool>()).prop_map(|(reason, back)| ReviewBody::Exclusion {
        wells: ["A01", "D09"].map(|well| well.parse().unwrap()).into(),
        event: if back { ExclusionEvent::Restored } else { ExclusionEvent::Excluded },
        reason,
    });
    prop_oneof![decision, annotation, exclusion, Just(ReviewBody::Other { kind: "note".into() })]
}

/// What a session keeps of a record reads back to it.
fn kept(kind: Kind, record: &Record) {
    let text = wire::said_to_json(record).unwrap().unwrap();
    assert_eq!(wire::said_from_json(kind, &text).as_ref(), Ok(record), "{text}");
}

proptest! {
    #[test]
    fn flags_and_tasks_read_back((plate, spot) in place(), id in text(), cleared in any::<bool>(), severity in 0..3_usize,
        score in prop::option::of(-1e300..1e300_f64), at_ms in at_ms(), guidance in prop::option::of(text())) {
        let event = if cleared { FlagEvent::Cleared } else { FlagEvent::Raised };
        let flag = Record::Flag(FlagRecord { plate: plate.clone(), spot: spot.clone(), id: id.clone(), event, reason: id.clone(),
            severity: Severity::ALL[severity], score, source: id.clone(), at_ms, guidance: guidance.clone() });
        let Record::Flag(record) = &flag else { unreachable!() };
        let body = wire::encode_flag(record).unwrap();
        prop_assert!(schema("flag").is_valid(&serde_json::from_slice(&body).unwrap()));
        prop_assert_eq!(decode(&envelope(Kind::Flags, body)).unwrap(), vec![flag.clone()]);
        kept(Kind::Flags, &flag);
        let task = TaskRecord { plate, spot, task: id.clone(), kind: id, asked_of: guidance.clone(), due_ms: Some(at_ms), correlation: guidance };
        let body = wire::encode_task(&task).unwrap();
        prop_assert!(schema("task").is_valid(&serde_json::from_slice(&body).unwrap()));
        prop_assert_eq!(decode(&envelope(Kind::Tasks, body)).unwrap(), vec![Record::Task(task.clone())]);
        kept(Kind::Tasks, &Record::Task(task));
    }

    #[test]
    fn reviews_read_back((plate, spot) in place(), id in text(), sequence in prop::option::of(any::<u64>()), at_ms in at_ms(),
        more in prop::option::of("[!-~]{1,9}"), user in prop::option::of(text()), body in body()) {
        let by = user.map(|user| Person { name: Some(user.clone()), user });
        let more: Option<Box<str>> = more.map(Into::into);
        let record = ReviewRecord { plate, spot, id: id.clone(), source: id, at_ms, sequence, correlation: more.clone(),
            supersedes: more, by, body };
        let (headers, value) = wire::encode_review(&record).unwrap();
        let kind = match &record.body {
            ReviewBody::Decision(_) => Some("decision"),
            ReviewBody::Annotation(_) => Some("annotation"),
            ReviewBody::Exclusion { .. } => Some("exclusion"),
            ReviewBody::Other { .. } => None,
        };
        if let Some(kind) = kind {
            prop_assert!(schema(kind).is_valid(&serde_json::from_slice(&value).unwrap()));
        }
        let mut message = envelope(Kind::Reviews, value);
        message.headers = headers;
        prop_assert_eq!(decode(&message).unwrap(), vec![Record::Review(record.clone())]);
        kept(Kind::Reviews, &Record::Review(record));
    }
}
