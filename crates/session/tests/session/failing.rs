//! Commits that fail leave nothing, and the next one goes on.

use plate::review::{Annotation, ReviewBody, Shape};
use plate::{LocalBody, LocalRecord, ReviewRecord, Spot};
use session::{Error, Reader, Writer, WriterOptions};
use wire::{Decoded, Kind, Undecoded};

use crate::support::*;

/// A commit of `n` messages of 60 KB from `offset` on, which do not compress into small rows.
fn large_commit(writer: &Writer, offset: i64, n: i64) -> session::Commit {
    let mut draft = Draft::after(writer);
    draft.alert(alert("of a commit that may fail", 1));
    for offset in offset..offset + n {
        let mut message = envelope(Kind::Results, origin("results", 0, offset));
        message.body = Some(vec![b'x'; 60_000].into());
        draft.message(message, Decoded::Undecoded(Undecoded { reason: "large".to_owned() }));
    }
    draft.at(NOW_US)
}

/// A shape without a word: nobody could read it back.
fn unreadable() -> LocalRecord {
    let shape = Shape::Point([1.0, 2.0]);
    let event = ReviewRecord {
        plate: plate("P1"),
        spot: Spot::default(),
        id: "018f0000-0000-7000-8000-000000000001".into(),
        source: "plateside/here/session".into(),
        at_ms: 1_795_000_000_789,
        sequence: Some(1),
        correlation: None,
        supersedes: None,
        by: None,
        body: ReviewBody::Annotation(Annotation {
            annotation: "a-1".into(),
            shape,
            label: "".into(),
            is_deleted: false,
        }),
    };
    LocalRecord { at_ms: 1_795_000_000_789, by: "mara".into(), body: LocalBody::Event(event.into()) }
}

#[tokio::test]
async fn a_record_that_could_not_be_read_back_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(folder.path(), &meta(), &WriterOptions::default()).await.unwrap();
    commit_results(&mut writer, 0, 3).await;
    let before = (writer.next_seq(), writer.history_digest());
    let mut draft = Draft::after(&writer);
    draft.local(unreadable());
    let error = writer.commit(&draft.at(NOW_US)).await.unwrap_err();
    assert!(matches!(error, Error::Unwritable { .. }) && error.to_string().contains("label"), "{error}");
    assert_eq!((writer.next_seq(), writer.history_digest()), before);
    let mut draft = Draft::after(&writer);
    draft.local(note("the session goes on"));
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    assert!(Reader::open(folder.path()).await.unwrap().verify().await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_the_recorder_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let ceiling = WriterOptions { max_bytes: Some(2 << 20), ..WriterOptions::default() };
    let mut writer = Writer::create(folder.path(), &meta(), &ceiling).await.unwrap();
    commit_results(&mut writer, 0, 10).await;
    let before = (writer.next_seq(), writer.history_digest(), writer.stored_positions());
    for _ in 0..3 {
        let commit = large_commit(&writer, 10, 100);
        let error = writer.commit(&commit).await.unwrap_err();
        assert!(error.is_disk_full(), "{error}");
        assert!(error.to_string().contains("session.db"), "{error}");
        assert_eq!((writer.next_seq(), writer.history_digest(), writer.stored_positions()), before);
    }
    let mut reader = Reader::open(folder.path()).await.unwrap();
    assert_eq!(reader.last_seq().await.unwrap(), 10, "a reader sees nothing of it");
    assert_eq!(reader.plates(None, 10).await.unwrap(), [plate("P1")]);
    // A smaller one fits, numbered from where the last good one ended; plates that it names are there.
    commit_results(&mut writer, 10, 10).await;
    let commit = large_commit(&writer, 20, 2);
    writer.commit(&commit).await.unwrap();
    drop(writer);
    // With more room the whole lot goes in.
    let mut writer = open_session(folder.path()).await;
    let commit = large_commit(&writer, 22, 100);
    writer.commit(&commit).await.unwrap();
    writer.close(NOW_US).await.unwrap();
    let verified = reader.verify().await.unwrap();
    assert!(verified.ok, "{:?}", verified.problems);
    assert_eq!(verified.counts.messages, 122);
}

#[tokio::test]
async fn a_commit_that_fails_half_way_leaves_only_a_harmless_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    let mut message = envelope(Kind::Results, origin("results", 0, 5));
    message.body = Some(vec![b'y'; 70_000].into());
    let outcome = Decoded::Undecoded(Undecoded { reason: "large".to_owned() });
    draft.message(message, outcome);
    draft.records(0, 5, vec![count("P9", "A01", 1.0)]); // its own predecessor's offset
    writer.commit(&draft.at(NOW_US)).await.unwrap_err();
    commit_results(&mut writer, 0, 5).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let verified = reader.verify().await.unwrap();
    assert!(verified.ok, "{:?}", verified.problems);
    assert_eq!(verified.notes.len(), 1, "{:?}", verified.notes);
    assert!(verified.notes[0].contains("belongs to no message"), "{:?}", verified.notes);
    assert_eq!(reader.plates(None, 10).await.unwrap(), [plate("P1")], "P9 was rolled back");
}

#[tokio::test]
async fn a_body_that_cannot_be_written_stops_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    // images/ab is a file: nothing can be put into it.
    let body = vec![b'z'; 70_000];
    let name = hex::encode(sha256(&body));
    let blocked = folder.path().join("images").join(&name[..2]);
    std::fs::write(&blocked, b"").unwrap();
    let draft = |writer: &Writer| {
        let mut draft = Draft::after(writer);
        let mut message = envelope(Kind::Results, origin("results", 0, 0));
        message.body = Some(body.clone().into());
        draft.message(message, Decoded::Undecoded(Undecoded { reason: "large".to_owned() }));
        draft.at(NOW_US)
    };
    let error = writer.commit(&draft(&writer)).await.unwrap_err();
    assert!(matches!(&error, Error::Io { .. }) && error.to_string().contains("images"), "{error}");
    assert_eq!(writer.next_seq(), 1);
    std::fs::remove_file(&blocked).unwrap();
    writer.commit(&draft(&writer)).await.unwrap();
    assert!(Reader::open(folder.path()).await.unwrap().verify().await.unwrap().ok);
}
