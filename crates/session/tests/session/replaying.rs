//! A replay gives what was committed, and a scratch session from it the same digests.

use session::{Reader, ReplayItem, ReplaySource, StoredBody, Writer};
use wire::{Decoded, Undecoded};

use crate::support::*;

async fn items(folder: &std::path::Path) -> Vec<ReplayItem> {
    let mut source = ReplaySource::open(folder).await.unwrap();
    let mut items = Vec::new();
    while let Some(item) = source.next().await.unwrap() {
        items.push(item);
    }
    let (at, upto) = source.progress();
    assert_eq!(at, upto);
    items
}

#[tokio::test]
async fn batches_come_as_they_were_with_local_records_between() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let told: Vec<String> = items(folder.path())
        .await
        .iter()
        .map(|item| match item {
            ReplayItem::Batch(batch) => {
                let places = batch.envelopes.iter().map(|e| format!("{}@{}", e.origin.source.topic, e.origin.offset));
                format!("{} {}", batch.received_at_us - NOW_US, places.collect::<Vec<_>>().join(" "))
            }
            ReplayItem::LeftOut(message) => panic!("{message:?} has its body here"),
            ReplayItem::Local { received_at_us, record } => format!("{} {:?}", received_at_us - NOW_US, record.body),
        })
        .collect();
    let expected = [
        "0 Note { text: \"begin\" }",
        "1000 layouts@0 results@10 results@12 results@4 stages@0",
        "2000 images@0 images@1 images@2 images@3",
        "2000 Note { text: \"end\" }",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_local_record_in_the_middle_parts_its_batch() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    draft.records(0, 0, vec![count("P1", "A01", 1.0)]);
    draft.local(note("between"));
    draft.records(0, 1, vec![count("P1", "A01", 2.0)]);
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    let is_local: Vec<bool> =
        items(folder.path()).await.iter().map(|item| matches!(item, ReplayItem::Local { .. })).collect();
    assert_eq!(is_local, [false, true, false]);
}

#[tokio::test]
async fn a_scratch_session_has_the_same_digests_and_no_bodies() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let mut reader = Reader::open(folder.path()).await.unwrap();
    let recorded = reader.entries(0, 1000).await.unwrap();

    let scratch = tempfile::tempdir().unwrap();
    let mut writer = Writer::scratch(scratch.path(), reader.meta()).await.unwrap();
    for item in items(folder.path()).await {
        match item {
            ReplayItem::LeftOut(message) => panic!("{message:?} has its body here"),
            ReplayItem::Local { received_at_us, record } => {
                let mut draft = Draft::after(&writer);
                draft.local(record);
                writer.commit(&draft.at(received_at_us)).await.unwrap();
            }
            // One commit a message: the digests do not depend on batches.
            ReplayItem::Batch(batch) => {
                for envelope in batch.envelopes {
                    let mut draft = Draft::after(&writer);
                    let seq = writer.next_seq();
                    let records: Vec<_> = recorded
                        .iter()
                        .filter(|entry| entry.seq == seq)
                        .filter_map(|entry| match &entry.body {
                            StoredBody::Stream { record, .. } => Some(record.clone()),
                            _ => None,
                        })
                        .collect();
                    let outcome = match records.len() {
                        0 => Decoded::Undecoded(Undecoded { reason: "worded otherwise".to_owned() }),
                        _ => Decoded::Records(records),
                    };
                    draft.message(envelope, outcome);
                    if let Some(StoredBody::Alert(alert)) =
                        recorded.iter().find(|entry| entry.seq == seq + 1).map(|entry| &entry.body)
                    {
                        draft.alert(alert.clone());
                    }
                    writer.commit(&draft.at(batch.received_at_us)).await.unwrap();
                }
            }
        }
    }
    assert_eq!(writer.history_digest(), reader.history_digest().await.unwrap());
    assert_eq!(writer.content_digest().await.unwrap(), reader.content_digest().await.unwrap());
    writer.close(NOW_US).await.unwrap();
    let mut copy = Reader::open(scratch.path()).await.unwrap();
    assert_eq!(copy.history_digest().await.unwrap(), reader.history_digest().await.unwrap(), "from its rows too");
    assert!(copy.verify().await.unwrap().ok);
    assert_eq!(copy.message(9).await.unwrap().unwrap().body, None);
    assert_eq!(std::fs::read_dir(scratch.path().join("images")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_copy_of_the_folder_is_the_same_session() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    record_everything(folder.path()).await;
    let status = std::process::Command::new("cp").arg("-r").arg(folder.path()).arg(copy.path().join("copy")).status();
    assert!(status.unwrap().success());
    let (mut one, mut other) =
        (Reader::open(folder.path()).await.unwrap(), Reader::open(&copy.path().join("copy")).await.unwrap());
    assert_eq!(one.history_digest().await.unwrap(), other.history_digest().await.unwrap());
    assert_eq!(one.content_digest().await.unwrap(), other.content_digest().await.unwrap());
    assert_eq!(items(folder.path()).await.len(), items(&copy.path().join("copy")).await.len());
}

/// sqlx 0.9.0 hangs when its handle is taken thousands of times in a row; a replay of small commits did just that.
#[tokio::test]
async fn thousands_of_small_commits_play_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::scratch(folder.path(), &meta()).await.unwrap();
    for offset in 0..3_000 {
        commit_results(&mut writer, offset, 1).await;
    }
    let play = tokio::time::timeout(std::time::Duration::from_secs(60), items(folder.path()));
    assert_eq!(play.await.expect("it ends").len(), 3_000);
}
