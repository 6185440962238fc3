//! Whatever is changed behind a session's back, `verify` finds.

use session::{Reader, Verification};

use crate::support::*;

async fn verify(folder: &std::path::Path) -> Verification {
    Reader::open(folder).await.unwrap().verify().await.unwrap()
}

/// A change, and words of a problem that must be among those found.
const CHANGES: &[(&str, &str)] = &[
    ("UPDATE message SET body = x'00' WHERE seq = 3", "results[0]"),
    ("UPDATE message SET key = x'00' WHERE seq = 5", "results[0]"),
    ("UPDATE message SET key = x'00' WHERE seq = 9", "message 9 was changed"),
    ("UPDATE message SET timestamp_ms = 7 WHERE seq = 2", "layouts[0]"),
    ("UPDATE message SET offset = 11 WHERE seq = 3", "results[0]"),
    ("UPDATE message SET offset = 12 WHERE seq = 3", "twice, or out of order"),
    ("UPDATE message SET partition = 5 WHERE seq = 3", "results[5]"),
    ("DELETE FROM message WHERE seq = 5", "entry 5 is missing"),
    ("DELETE FROM message WHERE seq = 3", "belong to no message (the first to entry 3)"),
    ("UPDATE result SET bits = x'0000000000000840' WHERE id = 3 * 65536", "history digest differs"),
    ("UPDATE result SET well = 257 WHERE id = 3 * 65536 + 1", "history digest differs"),
    ("UPDATE result SET bits = x'00' WHERE id = 3 * 65536", "impossible bits"),
    ("DELETE FROM result WHERE id = 3 * 65536 + 1", "history digest differs"),
    (
        "INSERT INTO result SELECT 5 * 65536 + 7, plate, format, well, site, read_at_ms, feature_list, bits FROM result \
      WHERE id = 3 * 65536",
        "history digest differs",
    ),
    ("UPDATE feature_list SET names = x'0100000061' WHERE id = 1", "names of feature list 1 were changed"),
    ("UPDATE plate SET barcode = 'P2'", "history digest differs"),
    ("DELETE FROM plate_segment", "1 rows of table plate_segment"),
    ("UPDATE layout SET body = replace(body, 'DMSO', 'water')", "history digest differs"),
    ("UPDATE stage SET event = 'left'", "history digest differs"),
    ("UPDATE image SET channel = 'Mito' WHERE link IS NOT NULL", "history digest differs"),
    ("UPDATE image SET piece_sha256 = zeroblob(32) WHERE chunk_id IS NOT NULL", "image piece of message 11"),
    ("DELETE FROM undecoded", "neither records nor a reason"),
    ("INSERT INTO undecoded VALUES (3 * 65536, 'so they say')", "records and a reason"),
    ("UPDATE alert SET level = 'attention'", "history digest differs"),
    ("DELETE FROM alert", "entry 4 is missing"),
    ("UPDATE local SET body = replace(body, 'begin', 'began')", "local record 1 was changed"),
    ("UPDATE local SET by = 'someone' WHERE seq = 12", "local record 12 was changed"),
    ("DELETE FROM local WHERE seq = 1", "local record 12 does not follow"),
    ("UPDATE position SET next = 99 WHERE partition = 1", "results[1]: its stored position"),
    ("UPDATE checkpoint_range SET digest = zeroblob(32)", "the digest of checkpoint 12 differs"),
    ("UPDATE checkpoint SET history_head = zeroblob(32)", "checkpoint 12: something before it was changed"),
    ("DELETE FROM batch WHERE first_seq = 2", "no commit begins at entry 2"),
    ("DELETE FROM batch WHERE first_seq = 8", "stand after 7"),
];

#[tokio::test]
async fn changed_rows_are_found_and_named() {
    let whole = tempfile::tempdir().unwrap();
    record_everything(&whole.path().join("session")).await;
    for (change, expected) in CHANGES {
        let copy = tempfile::tempdir().unwrap();
        let status = std::process::Command::new("cp")
            .arg("-r")
            .arg(whole.path().join("session"))
            .arg(copy.path().join("session"))
            .status();
        assert!(status.unwrap().success());
        let folder = copy.path().join("session");
        tamper(&folder, change).await;
        let found = verify(&folder).await;
        assert!(!found.ok, "{change} goes unseen");
        let is_named = found.problems.iter().any(|problem| problem.contains(expected));
        assert!(is_named, "{change}: {expected:?} is not among {:#?}", found.problems);
        let changed = change.rsplit_once("seq = ").and_then(|(_, seq)| seq.parse::<i64>().ok());
        if let Some(changed) = changed.filter(|_| change.contains("WHERE seq")) {
            assert!(
                found.first_bad.is_some_and(|first| (1..=changed).contains(&first)),
                "{change}: {:?}",
                found.first_bad
            );
        }
    }
}

#[tokio::test]
async fn a_change_in_a_long_session_is_found_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    for offset in [0, 6_000, 12_000] {
        commit_results(&mut writer, offset, 6_000).await;
    }
    writer.close(NOW_US).await.unwrap();
    assert!(verify(folder.path()).await.ok);
    tamper(folder.path(), "UPDATE message SET body = x'00' WHERE seq = 5000").await;
    let found = verify(folder.path()).await;
    let told = found.problems.join("\n");
    assert!(told.contains("entries 4097 to 8192"), "{told}");
    assert!(told.contains("results[0] offsets 0 to 12000"), "{told}");
    assert_eq!(found.first_bad, Some(4097), "all before it is as it was committed");
    assert_eq!(found.problems.len(), 2, "other segments and checkpoints are not accused: {told}");
}

#[tokio::test]
async fn missing_and_altered_image_files_are_found() {
    for (contents, expected) in [(Some(&b"something else"[..]), "was changed"), (None, "the file is gone")] {
        let folder = tempfile::tempdir().unwrap();
        record_everything(folder.path()).await;
        let name = hex::encode(sha256(&[2; 100_000]));
        let file = folder.path().join("images").join(&name[..2]).join(&name[2..]);
        match contents {
            Some(contents) => std::fs::write(&file, contents).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let found = verify(folder.path()).await;
        assert!(found.problems.iter().any(|p| p.contains(expected) && p.contains(&name[2..])), "{:?}", found.problems);
    }
}

#[tokio::test]
async fn a_database_of_broken_pages_is_a_finding() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    commit_results(&mut writer, 0, 3_000).await;
    writer.close(NOW_US).await.unwrap();
    let path = folder.path().join("session.db");
    // Behind the first pages of the tables, among the messages.
    let middle = std::fs::metadata(&path).unwrap().len() * 3 / 4;
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(middle / 8192 * 8192)).unwrap();
    file.write_all(&[0xff; 8192 * 4]).unwrap();
    drop(file);
    let found = verify(folder.path()).await;
    assert!(!found.ok && !found.problems.is_empty(), "{found:?}");
}
