//! What is committed reads back the same.

use plate::{Format, LocalBody, Pixels, Record, StageEvent, Value, Well};
use session::{INLINE_BYTES, Reader, StoredBody, What};
use wire::{Decoded, Kind, Undecoded};

use crate::support::*;

#[tokio::test]
async fn every_kind_of_entry_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    assert_eq!(*reader.meta(), meta());

    let entries = reader.entries(0, 10_000).await.unwrap();
    let seqs: Vec<_> = entries.iter().map(|entry| (entry.seq, entry.index)).collect();
    let expected =
        [(1, 0), (2, 0), (3, 0), (3, 1), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0)];
    assert_eq!(seqs, expected);
    assert_eq!(entries[6].body, StoredBody::Undecoded, "message 6 has no record");
    let StoredBody::Local(local) = &entries[0].body else { panic!("{:?}", entries[0]) };
    assert_eq!(local.body, LocalBody::Note { text: "begin".into() });
    assert_eq!(entries[1].body, StoredBody::Stream { origin: origin("layouts", 0, 0), record: layout("P1") });
    assert_eq!(
        entries[3].body,
        StoredBody::Stream { origin: origin("results", 0, 10), record: count("P1", "A02", 2.5) }
    );
    let StoredBody::Alert(read) = &entries[4].body else { panic!("{:?}", entries[4]) };
    assert_eq!(*read, alert("P1", 3));
    assert!(read.value.unwrap().is_sign_negative(), "the sign of zero is kept");
    let values = [("Cells_Count", Value::Cleared), ("Area", Value::NotANumber)];
    let record = result("P1", "A01", Some(2), &values);
    assert_eq!(entries[5].body, StoredBody::Stream { origin: origin("results", 0, 12), record });
    let record = stage("P1", StageEvent::Entered);
    assert_eq!(entries[7].body, StoredBody::Stream { origin: origin("stages", 0, 0), record });
    let StoredBody::Stream { record: Record::Image(image), .. } = &entries[11].body else {
        panic!("{:?}", entries[11])
    };
    assert_eq!(image.chunk.as_ref().map(|chunk| (&*chunk.id, chunk.index, chunk.count)), Some(("file-1", 1, 4)));
    let StoredBody::Stream { record: Record::Image(image), .. } = &entries[10].body else {
        panic!("{:?}", entries[10])
    };
    assert_eq!(image.pixels, Pixels::Linked { link: "s3://lab/plate/D09.tiff".into() });

    let counts = reader.counts().await.unwrap();
    assert_eq!((counts.messages, counts.records, counts.results, counts.images), (9, 9, 3, 4));
    assert_eq!((counts.layouts, counts.stages, counts.undecoded, counts.locals, counts.alerts), (1, 1, 1, 2, 1));
    assert!(counts.bytes > 100_000);
    let verified = reader.verify().await.unwrap();
    assert!(verified.ok && verified.notes.is_empty(), "{verified:?}");
    let results = &verified.offsets.iter().find(|o| &*o.source.topic == "results" && o.partition == 0).unwrap();
    assert_eq!((results.first, results.next, results.gaps), (10, 13, 1));
}

#[tokio::test]
async fn pages_of_entries_add_up_and_kinds_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let whole = reader.entries(0, 10_000).await.unwrap();
    for limit in [0, 1, 2, 5] {
        let (mut pages, mut after) = (Vec::new(), 0);
        loop {
            let page = reader.entries(after, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.seq;
            pages.extend(page);
        }
        assert_eq!(pages, whole, "in pages of {limit}");
    }
    let only_alerts = What { alerts: true, ..What::NONE };
    let alerts = reader.entries_of(only_alerts, 0, 10).await.unwrap();
    assert_eq!(alerts.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [4]);
    assert_eq!(reader.alerts().await.unwrap(), [(4, alert("P1", 3))]);
}

#[tokio::test]
async fn an_alert_of_wells_or_sites_says_where_and_nobody_else_may() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    let cause = draft.records(0, 10, vec![count("P1", "A01", 1.5)]);
    let spots = [(Some(1), Some(7)), (Some(3), None), (None, None)].map(|(column, site)| plate::Spot {
        well: column.and_then(|column| plate::Well::new(2, column)),
        site,
        channel: None,
    });
    for spot in &spots {
        draft.alert(plate::Alert { spot: spot.clone(), ..alert("P1", cause) });
    }
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    writer.close(NOW_US + 1).await.unwrap();
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let read: Vec<_> = reader.alerts().await.unwrap().into_iter().map(|(_, alert)| alert.spot).collect();
    assert_eq!(read, spots);
    assert!(reader.verify().await.unwrap().ok);
    drop(reader);
    tamper(folder.path(), "UPDATE alert_spot SET site = 8 WHERE site = 7").await;
    let verified = Reader::open(folder.path()).await.unwrap().verify().await.unwrap();
    assert!(!verified.ok, "{verified:?}");
    tamper(folder.path(), "UPDATE alert_spot SET site = 7 WHERE site = 8").await;
    assert!(Reader::open(folder.path()).await.unwrap().verify().await.unwrap().ok);
    tamper(folder.path(), "INSERT INTO alert_spot (seq, well) VALUES (99, 1)").await;
    let verified = Reader::open(folder.path()).await.unwrap().verify().await.unwrap();
    assert!(verified.problems.iter().any(|problem| problem.contains("alert_spot")), "{verified:?}");
}

#[tokio::test]
async fn the_message_behind_anything_can_be_had() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let (seq, message) = reader.message_at(&source("results"), 0, 12).await.unwrap().unwrap();
    assert_eq!((seq, message.body.as_deref()), (5, Some(&b"results 0 12"[..])));
    assert_eq!(message.kind, Kind::Results);
    assert_eq!(message.origin, origin("results", 0, 12));
    for (topic, partition, offset) in [("results", 0, 11), ("results", 7, 12), ("elsewhere", 0, 12), ("results", 0, 9)]
    {
        let found = reader.message_at(&source(topic), partition, offset).await.unwrap();
        assert!(found.is_none(), "{topic}[{partition}] {offset} was never stored");
    }
    let large = reader.message(9).await.unwrap().unwrap();
    assert_eq!(large.body.as_deref(), Some(&[2; 100_000][..]), "out of its file");
    assert_eq!(large.headers.iter().collect::<Vec<_>>(), [("schema", Some(&b"plateside.image/1"[..])), ("null", None)]);
    assert!(reader.message(4).await.unwrap().is_none(), "an alert is no message");

    let undecoded = reader.undecoded(0, 10).await.unwrap();
    assert_eq!(undecoded.len(), 1);
    assert_eq!((undecoded[0].seq, undecoded[0].envelope.body.as_deref()), (6, Some(&b"results 1 4"[..])));
    assert!(undecoded[0].reason.contains("Z99"));
    assert!(reader.undecoded(6, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn undecoded_messages_of_a_kind_are_read_on_from_where_one_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    let failed = || Decoded::Undecoded(Undecoded { reason: "no".to_owned() });
    for offset in 0..3 {
        draft.message(envelope(Kind::Images, origin("images", 0, offset)), failed());
        draft.message(envelope(Kind::Results, origin("results", 0, offset)), failed());
    }
    let mut unnamed = envelope(Kind::Results, origin("results", 0, 3));
    unnamed.key = None;
    draft.message(unnamed, failed());
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let mut seen = Vec::new();
    let mut from = 0;
    for expected in [4, 7] {
        let range = (from, 7);
        let each = |key: &[u8], body: Option<&[u8]>| seen.push((key.to_vec(), body.map(<[u8]>::to_vec)));
        from = reader.undecoded_of(Kind::Results, range, 2, each).await.unwrap();
        assert_eq!(from, expected, "to the second message, then to the end");
    }
    let bodies = ["results 0 0", "results 0 1", "results 0 2"];
    assert_eq!(seen, bodies.map(|body| (b"r/p".to_vec(), Some(body.as_bytes().to_vec()))));
    let none = reader.undecoded_of(Kind::Stages, (0, 7), 10, |_, _| panic!("of another kind")).await.unwrap();
    assert_eq!(none, 7);
}

#[tokio::test]
async fn wells_say_which_sites_and_channels_they_have_images_of() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let mut seen = Vec::new();
    let each = |at: Well, site: u16, channel: &str| seen.push((at, site, channel.to_owned()));
    let planes = reader.imaged_sites(&plate("P1"), Format::F384, i64::MAX, each).await.unwrap();
    assert_eq!(planes, 4, "each plane is counted, in a file, linked or in pieces");
    assert_eq!(seen, ["AGP", "C0", "C1", "ER"].map(|channel| (well("D09"), 3, channel.to_owned())));
    let before = reader.imaged_sites(&plate("P1"), Format::F384, 7, |_, _, _| panic!("came later")).await.unwrap();
    assert_eq!(before, 0);
}

#[tokio::test]
async fn wells_say_what_wins_and_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    let number = |n| Value::Number(n);
    draft.records(0, 0, vec![result("P1", "B02", None, &[("b", number(1.0)), ("a", number(2.0))])]);
    // A later message of the partition changes one feature, clears none, adds one.
    draft.records(0, 1, vec![result("P1", "B02", None, &[("a", number(3.0)), ("c", Value::Cleared)])]);
    draft.records(0, 2, vec![result("P1", "B02", Some(1), &[("a", number(9.0))])]);
    draft.records(0, 3, vec![result("P1", "A01", None, &[])]);
    writer.commit(&draft.at(NOW_US)).await.unwrap();

    let mut reader = Reader::open(folder.path()).await.unwrap();
    let page = reader.wells(&plate("P1"), None).await.unwrap();
    assert_eq!(page.next_after, None);
    let rows: Vec<_> = page.rows.iter().map(|row| (row.well.to_string(), row.site, row.origin.offset)).collect();
    assert_eq!(rows, [("A01".into(), None, 3), ("B02".into(), None, 1), ("B02".into(), Some(1), 2)]);
    let values: Vec<_> = page.rows[1].values.iter().map(|v| (v.name(), v.value, v.seq)).collect();
    assert_eq!(values, [("a", number(3.0), 2), ("b", number(1.0), 1), ("c", Value::Cleared, 2)]);
    assert_eq!(page.rows[1].format, Format::F384);
    assert_eq!(reader.wells(&plate("P1"), Some(well("A01"))).await.unwrap().rows.len(), 2);
    assert!(reader.wells(&plate("P2"), None).await.unwrap().rows.is_empty());
    let names: Vec<String> =
        reader.features(Some(&plate("P1"))).await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(reader.features(None).await.unwrap().len(), 3);
    assert_eq!(reader.plates(None, 10).await.unwrap(), [plate("P1")]);
}

#[tokio::test]
async fn bodies_above_64_kib_are_files_and_those_at_it_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    for (offset, bytes) in [(0, INLINE_BYTES), (1, INLINE_BYTES + 1)] {
        let mut draft = Draft::after(&writer);
        let mut message = envelope(Kind::Results, origin("results", 0, offset));
        message.body = Some(vec![b'x'; bytes].into());
        let name = hex::encode(sha256(message.body.as_deref().unwrap()));
        draft.message(message, Decoded::Undecoded(wire::Undecoded { reason: "not JSON".to_owned() }));
        writer.commit(&draft.at(NOW_US)).await.unwrap();
        let file = folder.path().join("images").join(&name[..2]).join(&name[2..]);
        assert_eq!(file.exists(), bytes > INLINE_BYTES, "{bytes} bytes");
    }
    let mut reader = Reader::open(folder.path()).await.unwrap();
    for (seq, bytes) in [(1, INLINE_BYTES), (2, INLINE_BYTES + 1)] {
        let message = reader.message(seq).await.unwrap().unwrap();
        assert!(message.body.unwrap() == vec![b'x'; bytes]);
    }
    assert!(reader.verify().await.unwrap().ok);
}

#[tokio::test]
async fn empty_differs_from_absent() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    for (offset, bytes) in [(0, None), (1, Some(bytes::Bytes::new()))] {
        let mut message = envelope(Kind::Results, origin("results", 0, offset));
        (message.key, message.body) = (bytes.clone(), bytes);
        draft.message(message, Decoded::Undecoded(wire::Undecoded { reason: "empty".to_owned() }));
    }
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let tombstone = reader.message(1).await.unwrap().unwrap();
    assert_eq!((tombstone.key, tombstone.body), (None, None));
    let empty = reader.message(2).await.unwrap().unwrap();
    assert_eq!((empty.key.as_deref(), empty.body.as_deref()), (Some(&[][..]), Some(&[][..])));
    assert!(reader.verify().await.unwrap().ok, "their digests differ, and read back");
}

#[tokio::test]
async fn a_reader_sees_what_is_committed_while_the_writer_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    for round in 0..5 {
        assert_eq!(reader.last_seq().await.unwrap(), round * 10);
        assert_eq!(reader.stored_positions().await.unwrap(), writer.stored_positions());
        commit_results(&mut writer, round * 10, 10).await;
        assert_eq!(reader.entries(round * 10, 100).await.unwrap().len(), 10);
    }
    assert_eq!(reader.history_digest().await.unwrap(), writer.history_digest());
    assert_eq!(reader.content_digest().await.unwrap(), writer.content_digest().await.unwrap());
    assert!(reader.verify().await.unwrap().ok, "an open session can be verified");
}
