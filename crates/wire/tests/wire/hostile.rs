//! Bytes that nobody meant: any of them ends in records or in a reason, and in the same one whatever came before.

use proptest::collection::vec;
use proptest::prelude::*;
use wire::{Decoded, Decoder, Envelope, Headers, Kind};

use crate::{envelope, message};

const READ: [Kind; 4] = [Kind::Results, Kind::Layouts, Kind::Stages, Kind::Images];

/// Decodes with a decoder that is new and with one that has seen other messages.
fn check(message: &Envelope) {
    let fresh = Decoder::default().decode(message);
    match &fresh {
        Decoded::Records(records) => assert!(!records.is_empty()),
        Decoded::Undecoded(undecoded) => {
            let reason = &undecoded.reason;
            assert!(!reason.is_empty() && reason.len() <= 400, "{} bytes: {reason}", reason.len());
            assert!(!reason.chars().any(char::is_control), "{reason:?}");
        }
    }
    let mut used = Decoder::default();
    for kind in READ {
        used.decode(&envelope(kind, crate::message(kind, "", "")));
    }
    assert_eq!(used.decode(message), fresh, "what a decoder has seen changes nothing");
    assert_eq!(used.decode(message), fresh);
}

/// One change of a message's bytes.
#[derive(Debug, Clone)]
enum Change {
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Delete(prop::sample::Index, usize),
    Truncate(prop::sample::Index),
    /// Copies a stretch to another place: fields twice, lists in lists.
    Copy(prop::sample::Index, prop::sample::Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    let piece = prop_oneof![
        vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            "\"", "{", "}", "[", "]", ",", ":", "null", "1e999", "NaN", "\\u", "-", "\u{202e}", "\\ud800"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        (at(), piece).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), 1..40_usize).prop_map(|(at, count)| Change::Delete(at, count)),
        at().prop_map(Change::Truncate),
        (at(), at(), 1..80_usize).prop_map(|(from, to, count)| Change::Copy(from, to, count)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        match change {
            Change::Flip(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] ^= byte;
            }
            Change::Insert(at, piece) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
            Change::Delete(at, count) => {
                let at = at.index(bytes.len());
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Change::Truncate(at) => bytes.truncate(at.index(bytes.len())),
            Change::Copy(from, to, count) => {
                let from = from.index(bytes.len());
                let piece = bytes[from..(from + count).min(bytes.len())].to_vec();
                let to = to.index(bytes.len());
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(kind in 0..Kind::ALL.len(), body in vec(any::<u8>(), 0..200),
                 headers in vec((prop::sample::select(vec!["schema", "plate", "format", "well", "channels", "content-type", "x"]), vec(any::<u8>(), 0..20)), 0..6)) {
        let mut message = envelope(Kind::ALL[kind], body);
        message.headers = Headers::from_pairs(headers.iter().map(|(name, value)| (*name, Some(value.as_slice()))));
        check(&message);
    }

    #[test]
    fn messages_with_changes(kind in 0..READ.len(), changes in vec(change(), 1..6)) {
        let kind = READ[kind];
        check(&envelope(kind, changed(message(kind, "", "").into_bytes(), &changes)));
    }

    #[test]
    fn headers_with_changes(changes in vec(change(), 1..6), body in vec(any::<u8>(), 0..20)) {
        let pairs = [("schema", "plateside.image/1"), ("plate", "BR1"), ("format", "96"), ("well", "A01"), ("site", "1"),
                     ("channels", "DNA,ER"), ("sha256", "00"), ("link", "s3://a/b"), ("chunk-id", "x"), ("chunk-index", "0"), ("chunk-count", "1")];
        let headers = Headers::from_pairs(pairs.iter().map(|(name, value)| (*name, Some(value.as_bytes()))));
        if let Ok(headers) = Headers::from_bytes(changed(headers.as_bytes().to_vec(), &changes).into()) {
            let mut message = envelope(Kind::Images, body);
            message.headers = headers;
            check(&message);
        }
    }
}
