//! The JSON Schemas beside the code say what the decoder does.
//!
//! What a schema cannot say, and only the decoder checks: a well outside the format, names and wells that stand twice,
//! bytes (not characters) of a text, days that no month has, `chunk-index` below `chunk-count`, a digest against bytes.

use jsonschema::Validator;
use serde_json::Value;
use wire::Kind;

use crate::message;
use crate::rows::ROWS;

/// The validator of one kind's messages.
pub(crate) fn schema(kind: Kind) -> Validator {
    let text = match kind {
        Kind::Results => include_str!("../../schemas/result.schema.json"),
        Kind::Layouts => include_str!("../../schemas/layout.schema.json"),
        Kind::Stages => include_str!("../../schemas/stage.schema.json"),
        _ => include_str!("../../schemas/image.schema.json"),
    };
    let schema: Value = serde_json::from_str(text).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{}: {error}", kind.as_str()));
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn schema_and_decoder_judge_alike() {
    let kinds = [Kind::Results, Kind::Layouts, Kind::Stages, Kind::Images];
    let schemas = kinds.map(schema);
    for row in ROWS {
        let text = message(row.kind, row.field, row.value);
        let at = kinds.iter().position(|kind| *kind == row.kind).unwrap();
        // What is no JSON is no instance of any schema.
        let valid = serde_json::from_str(&text).is_ok_and(|value: Value| schemas[at].is_valid(&value));
        assert_eq!(valid, row.reason.is_none() || row.beyond_schema, "{text}");
    }
}
