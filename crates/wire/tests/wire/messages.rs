//! Messages of JSON: the table's rows, the order of fields, and what is no message at all.

use wire::Kind::{self, Images, Layouts, Results, Stages};

use crate::rows::ROWS;
use crate::{decode, envelope, fields, message, object};

#[test]
fn every_row_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let text = message(row.kind, row.field, row.value);
        let found = decode(&envelope(row.kind, text.as_str())).map(drop);
        if found.as_ref().map_err(String::as_str) != row.reason.map_or(Ok(&()), Err) {
            wrong.push(format!("{text}\n  {found:?}\n  {:?}", row.reason));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_order_of_fields_says_nothing() {
    for kind in [Results, Layouts, Stages, Images] {
        let mut fields = fields(kind);
        let expected = decode(&envelope(kind, object(&fields)));
        assert!(expected.is_ok(), "{expected:?}");
        for _ in 0..fields.len() {
            fields.rotate_left(1);
            assert_eq!(decode(&envelope(kind, object(&fields))), expected);
            fields.swap(0, 1);
            assert_eq!(decode(&envelope(kind, object(&fields))), expected);
        }
    }
}

#[test]
fn a_wrong_schema_explains_every_other_finding() {
    let text = r#"{"plate":1,"run":[],"schema":"plateside.layout/1"}"#;
    assert!(decode(&envelope(Results, text)).unwrap_err().contains("belongs to layouts"));
    assert!(decode(&envelope(Results, r#"{"plate":1}"#)).unwrap_err().starts_with("\"schema\" is missing"));
    let twice = r#"{"plate":"A","plate":"A","schema":"plateside.result/1"}"#;
    assert_eq!(decode(&envelope(Results, twice)).unwrap_err(), "\"plate\" stands twice");
    let broken = r#"{"plate":1,"schema":"plateside.result/1" "#;
    assert_eq!(decode(&envelope(Results, broken)).unwrap_err(), "\"plate\": 1 is a number, not text");
}

#[test]
fn what_is_no_message_says_so() {
    let json = |text: &str| decode(&envelope(Results, text)).unwrap_err();
    assert_eq!(json(""), "the message's value is empty");
    assert_eq!(json("null"), "the message: null, not an object");
    assert_eq!(json("[1]"), "the message: a list, not an object");
    assert_eq!(json("\"x\""), "the message: \"x\" is text, not an object");
    assert_eq!(
        json("well,value"),
        "not JSON: a value must stand here (a bare NaN or Infinity is none) (line 1, column 1)"
    );
    assert_eq!(json("{\"plate\":\"A"), "not JSON: the message ends too early (line 1, column 11, in \"plate\")");
    assert_eq!(
        json(&(message(Results, "", "") + "{}")),
        "not JSON: more follows after the message's end (line 1, column 303)"
    );
    let latin = decode(&envelope(Results, b"{\"plate\":\"\xe4\"}".as_slice())).unwrap_err();
    assert_eq!(latin, "not JSON: byte 10 of the value is not UTF-8 text");
    let framed = decode(&envelope(Results, b"\0\0\0\0\x07\x02".as_slice())).unwrap_err();
    assert_eq!(framed, "a registry frame (schema 7): this version of Plateside reads JSON only");
    let marked = format!("\u{feff}{}", message(Results, "", ""));
    assert!(decode(&envelope(Results, marked)).is_ok(), "a byte order mark is no error");

    let mut tombstone = envelope(Layouts, "");
    tombstone.body = None;
    assert!(decode(&tombstone).unwrap_err().contains("tombstone"));

    let mut avro = envelope(Results, "Obj\u{1}");
    avro.headers = wire::Headers::from_pairs([("content-type", Some(b"application/avro".as_slice()))]);
    assert_eq!(decode(&avro).unwrap_err(), "\"content-type\": \"application/avro\" is not read here; only JSON is");

    for (kind, part) in [
        (Kind::Flags, "\"schema\" is missing"),
        (Kind::Tasks, "\"schema\" is missing"),
        (Kind::Reviews, "\"ce_type\" is missing"),
    ] {
        assert!(decode(&envelope(kind, "{}")).unwrap_err().contains(part));
    }
}
