//! Sizes: what is too large says so at once, and costs neither stack nor quadratic time.

use std::fmt::Write as _;

use wire::{Decoder, Kind, Limits};

use crate::{decode, envelope, message};

/// The decoder's reason for the valid message with one field changed.
fn reason(kind: Kind, field: &str, value: &str) -> String {
    decode(&envelope(kind, message(kind, field, value))).unwrap_err()
}

#[test]
fn long_texts_are_named_and_not_repeated() {
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    assert_eq!(reason(Kind::Results, "plate", &long), "\"plate\": 1048576 bytes long; at most 1024");
    assert_eq!(reason(Kind::Layouts, "run", &long), "\"run\": 1048576 bytes long; at most 1024");
    assert_eq!(reason(Kind::Stages, "note", &long), "\"note\": 1048576 bytes long; at most 4096");
    let escaped = format!("\"{}\"", "\\u0041".repeat(1 << 20));
    assert_eq!(reason(Kind::Results, "plate", &escaped), "\"plate\": 1048576 bytes long; at most 1024");
    assert!(reason(Kind::Results, "well", &long).len() < 100);
    assert!(reason(Kind::Results, "read_at", &long).len() < 200);
    assert!(reason(Kind::Layouts, "wells", &format!("[{{\"well\":{long},\"role\":{long}}}]")).len() < 200);

    let fits = format!("\"{}\"", "ä".repeat(512));
    assert!(decode(&envelope(Kind::Results, message(Kind::Results, "plate", &fits))).is_ok(), "1,024 bytes are fine");
    let over = format!("\"{}\"", "ä".repeat(513));
    assert_eq!(reason(Kind::Results, "plate", &over), "\"plate\": 1026 bytes long; at most 1024");

    let name = format!("{{\"{}\":1}}", "f".repeat(1025));
    let expected = format!("\"features\": \"{}…\" is 1025 bytes long; at most 1024", "f".repeat(39));
    assert_eq!(reason(Kind::Results, "features", &name), expected);
}

#[test]
fn long_lists_end_where_they_must() {
    let features = |count: usize| {
        let mut text = String::from("{");
        for i in 0..count {
            write!(text, "{}\"f{i}\":{i}", if i == 0 { "" } else { "," }).unwrap();
        }
        text + "}"
    };
    let wide = message(Kind::Results, "features", &features(65_536));
    assert!(decode(&envelope(Kind::Results, wide)).is_ok());
    assert_eq!(reason(Kind::Results, "features", &features(65_537)), "\"features\": more than 65536 features");

    let wells: Vec<String> =
        (0..3457).map(|i| format!("{{\"well\":\"A{}\",\"role\":\"empty\"}}", i % 24 + 1)).collect();
    let wells = format!("[{}]", wells.join(","));
    assert_eq!(reason(Kind::Layouts, "wells", &wells), "\"wells\": more than 3456 entries");

    let small = Limits { body_bytes: 10, ..Limits::default() };
    let found = Decoder::new(small).decode(&envelope(Kind::Results, message(Kind::Results, "", "")));
    let expected = wire::Undecoded { reason: "the value is 302 bytes long; at most 10".to_owned() };
    assert_eq!(found, wire::Decoded::Undecoded(expected));
}

/// Depths at which a recursive or a quadratic reader would not come back.
#[test]
fn deep_nesting_costs_nothing() {
    let open = "[".repeat(1 << 20);
    let closed = format!("{open}{}", "]".repeat(1 << 20));
    let objects = "{\"a\":".repeat(1 << 20);
    for deep in [&open, &closed, &objects] {
        assert!(decode(&envelope(Kind::Results, deep.as_str())).is_err());
        for kind in [Kind::Results, Kind::Layouts, Kind::Stages, Kind::Images] {
            for field in ["schema", "plate", "features", "wells", "unknown"] {
                let found = decode(&envelope(kind, message(kind, field, deep)));
                let known = field != "unknown" && !(field == "features" && kind != Kind::Results);
                let known = known && !(field == "wells" && kind != Kind::Layouts);
                assert_eq!(found.is_ok(), !known && *deep == closed, "{} {field}", kind.as_str());
            }
        }
        let inside = format!("{{\"a\":{deep}}}");
        assert!(decode(&envelope(Kind::Results, message(Kind::Results, "features", &inside))).is_err());
        let inside = format!("[{{\"well\":\"A01\",\"role\":\"empty\",\"concentration\":{deep}}}]");
        assert!(decode(&envelope(Kind::Layouts, message(Kind::Layouts, "wells", &inside))).is_err());
    }
}

#[test]
fn endless_digits_are_read_or_refused() {
    let digits = "1".repeat(1 << 20);
    assert!(reason(Kind::Results, "features", &format!("{{\"a\":{digits}}}")).contains("too large"));
    let fraction = message(Kind::Results, "features", &format!("{{\"a\":0.{digits},\"b\":1e-{digits}}}"));
    assert!(decode(&envelope(Kind::Results, fraction)).is_ok());
}
