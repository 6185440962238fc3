//! Images whose value is the file, and those whose headers say where it lies.

use plate::{Chunk, ImageRecord, Pixels, Record};
use sha2::{Digest, Sha256};
use wire::{Envelope, Headers, Kind};

use crate::{decode, envelope};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

const HEADERS: &[(&str, &str)] = &[
    ("schema", "plateside.image/1"),
    ("run", "CP-A549-0412"),
    ("plate", "BR00117010"),
    ("format", "384"),
    ("well", "D09"),
    ("site", "3"),
    ("channels", "DNA,ER"),
    ("content-type", "image/tiff"),
    ("pixel-um", "0.65"),
    ("acquired-at", "2026-11-22T13:02:00+01:00"),
];

/// The valid message with headers set, or (an empty text) left out.
fn image(changes: &[(&str, &str)], body: &[u8]) -> Envelope {
    let kept = HEADERS.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let all: Vec<(&str, &str)> = kept.chain(changes).copied().filter(|(_, value)| !value.is_empty()).collect();
    let mut message = envelope(Kind::Images, body);
    message.headers = Headers::from_pairs(all.iter().map(|(name, value)| (*name, Some(value.as_bytes()))));
    message
}

fn planes(message: &Envelope) -> Vec<ImageRecord> {
    let plane = |record| match record {
        Record::Image(plane) => plane,
        other => panic!("{other:?}"),
    };
    decode(message).unwrap().into_iter().map(plane).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn one_message_has_a_record_a_channel() {
    let planes = planes(&image(&[], PNG));
    let names: Vec<(&str, u16)> = planes.iter().map(|plane| (&*plane.channel, plane.page)).collect();
    assert_eq!(names, [("DNA", 0), ("ER", 1)]);
    for plane in &planes {
        assert_eq!((plane.site, plane.z, plane.t, plane.pixel_um), (3, 0, 0, Some(0.65)));
        assert_eq!(plane.acquired_at_ms, Some(1_795_348_920_000));
        let inline = Pixels::Inline { content_type: Some("image/png".into()), bytes: PNG.len() as u64 };
        assert_eq!(plane.pixels, inline, "the bytes are a PNG, whatever the header says");
        assert_eq!(plane.sha256, Some(Sha256::digest(PNG).into()), "computed where it was not stated");
    }
}

#[test]
fn a_stated_digest_is_held_against_the_bytes() {
    let digest = hex(&Sha256::digest(PNG)).to_uppercase();
    assert!(decode(&image(&[("sha256", &digest)], PNG)).is_ok());
    let reason = decode(&image(&[("sha256", &"ab".repeat(32))], PNG)).unwrap_err();
    assert_eq!(
        reason,
        format!("header \"sha256\": the message states abababab…, its bytes have {}…", &digest[..8].to_lowercase())
    );
}

#[test]
fn pieces_are_kept_as_pieces() {
    let piece = |index: &'static str, count: &'static str| {
        let digest = "ab".repeat(32);
        let chunk = [("chunk-id", "f1"), ("chunk-index", index), ("chunk-count", count), ("sha256", &digest)];
        image(&chunk, b"piece")
    };
    let found = planes(&piece("2", "3"));
    assert_eq!(found[0].chunk, Some(Chunk { id: "f1".into(), index: 2, count: 3 }));
    assert_eq!(found[0].sha256, Some([0xab; 32]), "of the whole file, so a piece cannot disprove it");
    let type_as_stated = Pixels::Inline { content_type: Some("image/tiff".into()), bytes: 5 };
    assert_eq!(found[0].pixels, type_as_stated);
    for (index, count, reason) in [
        ("3", "3", "header \"chunk-index\": 3 is no piece of 3; they are numbered from 0"),
        ("", "3", "header \"chunk-index\" is missing"),
        ("0", "", "header \"chunk-count\" is missing"),
        ("0", "65537", "header \"chunk-count\": 65537 is above 65536"),
        ("0", "0", "header \"chunk-count\": 0 is below 1"),
        ("-1", "3", "header \"chunk-index\": -1 is below 0"),
    ] {
        assert_eq!(decode(&piece(index, count)).unwrap_err(), reason);
    }
}

#[test]
fn headers_alone_may_say_where_the_file_lies() {
    let link = ("link", "gs://lab/a.tif");
    let mut message = image(&[link], b"");
    assert_eq!(planes(&message)[1].pixels, Pixels::Linked { link: "gs://lab/a.tif".into() });
    message.body = None;
    assert_eq!(planes(&message).len(), 2, "a null value is as empty as one of no bytes");
    assert!(matches!(planes(&image(&[link], PNG))[0].pixels, Pixels::Inline { .. }), "what is here is not fetched");
}

#[test]
fn headers_are_read_as_strictly_as_fields() {
    for (change, reason) in [
        (("schema", ""), "\"schema\" is missing; this topic carries images (plateside.image/1)"),
        (
            ("schema", "plateside.result/1"),
            "header \"schema\": \"plateside.result/1\" belongs to results, but this topic carries images (plateside.image/1)",
        ),
        (("plate", ""), "header \"plate\" is missing"),
        (("site", ""), "header \"site\" is missing"),
        (("channels", ""), "header \"channels\" is missing"),
        (("format", "385"), "header \"format\": 385 is not a plate format (6, 12, 24, 48, 96, 384, 1536, 3456)"),
        (("format", "384 wells"), "header \"format\": \"384 wells\" is not a decimal number"),
        (("well", "Z99"), "header \"well\": \"Z99\" is outside a 384-well plate"),
        (("pixel-um", "NaN"), "header \"pixel-um\": \"NaN\" is not a decimal number"),
        (("pixel-um", "1e999"), "header \"pixel-um\": \"1e999\" is not a decimal number"),
        (("link", "ftp://a/b"), "header \"link\": \"ftp://a/b\" is none of s3://, gs://, az://, https:// and file://"),
    ] {
        assert_eq!(decode(&image(&[change], PNG)).unwrap_err(), reason);
    }
    assert!(decode(&image(&[], b"")).unwrap_err().contains("no header \"link\""));
    let mut tombstone = image(&[], b"");
    tombstone.body = None;
    assert!(decode(&tombstone).unwrap_err().contains("tombstone"));
    let mut message = image(&[], PNG);
    message.headers =
        Headers::from_pairs([("schema", Some(b"plateside.image/1".as_slice())), ("plate", Some(b"\xff".as_slice()))]);
    assert_eq!(decode(&message).unwrap_err(), "header \"plate\": not UTF-8 text");
}

#[test]
fn the_last_of_several_headers_counts() {
    let mut pairs: Vec<(&str, Option<&[u8]>)> = vec![("well", Some(b"A01"))];
    pairs.extend(HEADERS.iter().map(|(name, value)| (*name, Some(value.as_bytes()))));
    pairs.push(("well", None));
    let mut message = envelope(Kind::Images, PNG);
    message.headers = Headers::from_pairs(pairs);
    assert_eq!(planes(&message)[0].well.to_string(), "D09");
}
