//! The contract of `WIRE.md` from outside: tables of messages, the schemas beside the code, hostile bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what broke by stopping there")]

mod bounds;
mod hostile;
mod images;
mod messages;
mod records;
mod round_trip;
mod rows;
mod said;
mod schemas;

use std::sync::Arc;

use plate::{Origin, Record, Source};
use wire::{Decoded, Decoder, Envelope, Headers, Kind};

/// A message as it came, without key and headers.
fn envelope(kind: Kind, body: impl Into<Vec<u8>>) -> Envelope {
    let source = Source { cluster: "test".into(), topic: kind.default_topic().into(), incarnation: 0 };
    Envelope {
        origin: Origin { source: Arc::new(source), partition: 0, offset: 0, timestamp_ms: 0 },
        kind,
        key: None,
        headers: Headers::default(),
        body: Some(body.into().into()),
    }
}

/// What a fresh decoder makes of a message.
fn decode(envelope: &Envelope) -> Result<Vec<Record>, String> {
    match Decoder::default().decode(envelope) {
        Decoded::Records(records) => Ok(records),
        Decoded::Undecoded(undecoded) => Err(undecoded.reason),
    }
}

/// The valid message that a table's rows change field by field.
fn fields(kind: Kind) -> Vec<(&'static str, &'static str)> {
    match kind {
        Kind::Results => vec![
            ("schema", r#""plateside.result/1""#),
            ("run", r#""CP-A549-0412""#),
            ("plate", r#""BR00117010""#),
            ("format", "384"),
            ("well", r#""D09""#),
            ("site", "null"),
            ("read_at", r#""2026-11-22T13:23:18.120+01:00""#),
            ("instrument", r#""imager-2""#),
            ("pipeline", r#""cellprofiler 4.2.6""#),
            ("features", r#"{"Cells_Count":662,"Nuclei_AreaShape_Area_mean":246.1,"Morphology_Distance":19.8}"#),
        ],
        Kind::Layouts => vec![
            ("schema", r#""plateside.layout/1""#),
            ("run", r#""CP-A549-0412""#),
            ("plate", r#""BR00117010""#),
            ("format", "384"),
            ("assay", r#""Cell Painting""#),
            ("cells", r#""A549""#),
            (
                "wells",
                r#"[{"well":"A01","role":"negative","compound":"DMSO"},{"well":"D09","role":"sample","compound":"CMP-0048390","concentration":{"value":5,"unit":"uM"},"replicate":1}]"#,
            ),
        ],
        Kind::Stages => vec![
            ("schema", r#""plateside.stage/1""#),
            ("run", r#""CP-A549-0412""#),
            ("plate", r#""BR00117010""#),
            ("stage", r#""imaged""#),
            ("event", r#""entered""#),
            ("at", r#""2026-11-22T13:02:00+01:00""#),
            ("instrument", r#""imager-2""#),
            ("by", r#""scheduler""#),
            ("note", "null"),
            ("correlation", r#""wf-77812""#),
        ],
        _ => vec![
            ("schema", r#""plateside.image/1""#),
            ("run", r#""CP-A549-0412""#),
            ("plate", r#""BR00117010""#),
            ("format", "384"),
            ("well", r#""D09""#),
            ("site", "3"),
            ("z", "0"),
            ("t", "0"),
            ("channels", r#""DNA,ER""#),
            ("content-type", r#""image/tiff""#),
            ("pixel-um", "0.65"),
            ("stage-x-um", "-1200.5"),
            ("exposure-ms", "50"),
            ("acquired-at", r#""2026-11-22T13:02:00+01:00""#),
            ("instrument", r#""imager-2""#),
            ("sha256", r#""aa000000000000000000000000000000000000000000000000000000000000ff""#),
            ("link", r#""s3://lab/plates/BR00117010/D09-3.tif""#),
        ],
    }
}

/// The valid message with one field changed, added, or (an empty text) left out.
fn message(kind: Kind, field: &str, value: &str) -> String {
    let mut fields: Vec<(&str, &str)> = fields(kind);
    match fields.iter_mut().find(|(name, _)| *name == field) {
        Some(found) => found.1 = value,
        None if field.is_empty() => {}
        None => fields.push((field, value)),
    }
    object(&fields)
}

/// A JSON object of fields that are there.
fn object(fields: &[(&str, &str)]) -> String {
    let texts: Vec<String> =
        fields.iter().filter(|(_, v)| !v.is_empty()).map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", texts.join(","))
}
