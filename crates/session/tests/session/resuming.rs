//! A session goes on where it was left, however it was left.

use session::{Reader, Writer, WriterOptions};

use crate::support::*;

/// Both digests and the positions of a session.
async fn standing(folder: &std::path::Path) -> ([u8; 32], [u8; 32], Vec<session::StoredPosition>) {
    let mut reader = Reader::open(folder).await.unwrap();
    (
        reader.history_digest().await.unwrap(),
        reader.content_digest().await.unwrap(),
        reader.stored_positions().await.unwrap(),
    )
}

#[tokio::test]
async fn a_session_left_without_closing_goes_on_as_if_nothing_had_been() {
    let (left, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // More than two segments of the history, more than one checkpoint.
    let commits = [(0, 1), (1, 4_094), (4_095, 2), (4_097, 7_000), (11_097, 1)];
    drop(new_session(left.path()).await);
    let mut undisturbed = new_session(whole.path()).await;
    for (offset, n) in commits {
        let mut writer = open_session(left.path()).await;
        assert_eq!(writer.next_seq(), offset + 1);
        commit_results(&mut writer, offset, n).await;
        let digest = writer.history_digest();
        drop(writer); // as a killed process leaves it
        commit_results(&mut undisturbed, offset, n).await;
        assert_eq!(digest, undisturbed.history_digest());
    }
    undisturbed.close(NOW_US + 99).await.unwrap();
    open_session(left.path()).await.close(NOW_US + 99).await.unwrap();
    assert_eq!(standing(left.path()).await, standing(whole.path()).await);
    for folder in [left.path(), whole.path()] {
        let verified = Reader::open(folder).await.unwrap().verify().await.unwrap();
        assert!(verified.ok, "{:?}", verified.problems);
    }
}

#[tokio::test]
async fn positions_say_how_far_each_partition_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    assert!(writer.stored_positions().is_empty());
    let mut draft = Draft::after(&writer);
    for (partition, offset) in [(1, 5), (0, 3), (1, 9)] {
        draft.records(partition, offset, vec![count("P1", "A01", 1.0)]);
    }
    draft.records(0, 2, vec![layout("P1")]);
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    let stored = |positions: Vec<session::StoredPosition>| -> Vec<_> {
        positions.iter().map(|p| (p.source.topic.to_string(), p.partition, p.next, p.last_offset)).collect()
    };
    let expected = [("layouts".to_owned(), 0, 3, 2), ("results".to_owned(), 0, 4, 3), ("results".to_owned(), 1, 10, 9)];
    assert_eq!(stored(writer.stored_positions()), expected);
    writer.close(NOW_US).await.unwrap();
    assert_eq!(stored(open_session(folder.path()).await.stored_positions()), expected);
}

#[tokio::test]
async fn a_quiet_partition_keeps_where_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    draft.records(0, 8, vec![count("P1", "A01", 1.0)]);
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    let source = std::sync::Arc::clone(&writer.stored_positions()[0].source);
    // Partition 0 is known already, 1 is quiet at its end, 2 is empty.
    writer.begin_at(&source, wire::Kind::Results, &[(0, 3), (1, 70), (2, 0)]).await.unwrap();
    writer.close(NOW_US).await.unwrap();
    let writer = open_session(folder.path()).await;
    let stored: Vec<_> = writer.stored_positions().iter().map(|p| (p.partition, p.next, p.last_offset)).collect();
    assert_eq!(stored, [(0, 9, 8), (1, 70, -1)]);
    drop(writer);
    let verified = Reader::open(folder.path()).await.unwrap().verify().await.unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
}

#[tokio::test]
async fn checkpoints_come_after_messages_or_a_minute_and_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    commit_results(&mut writer, 0, 9_999).await;
    commit_results(&mut writer, 9_999, 1).await; // the ten thousandth
    writer.checkpoint(NOW_US + 1_000_000).await.unwrap(); // not due
    commit_results(&mut writer, 10_000, 1).await;
    writer.checkpoint(NOW_US + 59_000_000).await.unwrap(); // not due
    writer.checkpoint(NOW_US + 61_000_000).await.unwrap();
    writer.checkpoint(NOW_US + 999_000_000).await.unwrap(); // nothing came
    commit_results(&mut writer, 10_001, 1).await;
    writer.close(NOW_US + 62_000_000).await.unwrap();
    let mut writer = open_session(folder.path()).await;
    writer.close(NOW_US + 999_000_000).await.unwrap(); // nothing came
    writer = open_session(folder.path()).await;
    drop(writer);
    assert_eq!(checkpoints(folder.path()).await, [10_000, 10_001, 10_002]);
    assert!(Reader::open(folder.path()).await.unwrap().verify().await.unwrap().ok);
}

async fn checkpoints(folder: &std::path::Path) -> Vec<i64> {
    use sqlx::ConnectOptions as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("session.db"));
    let mut connection = options.connect().await.unwrap();
    sqlx::query_scalar("SELECT seq FROM checkpoint ORDER BY seq").fetch_all(&mut connection).await.unwrap()
}

#[tokio::test]
async fn a_crash_while_a_session_is_made_leaves_a_folder_to_begin_anew() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("session.db.unfinished"), b"half").unwrap();
    std::fs::write(folder.path().join("session.db.unfinished-journal"), b"half").unwrap();
    std::fs::write(folder.path().join("lock"), b"").unwrap();
    assert!(!session::exists(folder.path()).unwrap());
    commit_results(&mut new_session(folder.path()).await, 0, 3).await;
    assert!(session::exists(folder.path()).unwrap());
}

#[tokio::test]
async fn half_written_bodies_are_cleared_away() {
    let folder = tempfile::tempdir().unwrap();
    drop(new_session(folder.path()).await);
    let unfinished = folder.path().join("images/unfinished-0011223344556677");
    std::fs::write(&unfinished, b"half").unwrap();
    drop(open_session(folder.path()).await);
    assert!(!unfinished.exists());
}

/// Closing any other handle of session.db would let go of this process's locks on it (a trap of POSIX locks), and the
/// next process to close the session would take the log away under its writer.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn readers_in_the_same_process_leave_the_writer_its_locks() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    commit_results(&mut writer, 0, 3).await;
    let inode = std::fs::metadata(folder.path().join("session.db")).unwrap().ino();
    let held = || {
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(|line| line.contains("POSIX") && line.contains(&format!(":{inode} ")))
    };
    assert!(held(), "a connection in WAL mode always holds a shared lock");
    let mut reader = Reader::open(folder.path()).await.unwrap();
    reader.verify().await.unwrap();
    drop(reader);
    session::exists(folder.path()).unwrap();
    Writer::open(folder.path(), &WriterOptions::default()).await.unwrap_err();
    assert!(held(), "still");
}

#[tokio::test]
async fn what_waits_can_move_between_threads() {
    fn sendable<T: Send>(_: &T) {}
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let commit = Draft::after(&writer).at(NOW_US);
    sendable(&writer.commit(&commit));
    let mut reader = Reader::open(folder.path()).await.unwrap();
    sendable(&reader.verify());
    sendable(&reader.entries(0, 1));
    sendable(&session::ReplaySource::open(folder.path()));
}

#[tokio::test]
async fn a_session_of_before_flags_is_read_as_it_is_and_brought_up_to_date_by_a_recorder() {
    let folder = tempfile::tempdir().unwrap();
    record_everything(folder.path()).await;
    let before = Reader::open(folder.path()).await.unwrap().verify().await.unwrap();
    assert!(before.ok);
    tamper(
        folder.path(),
        "PRAGMA user_version = 1; DROP TABLE said; DROP TABLE outbox; DROP TABLE draft; DROP TABLE bundle; \
         DROP TABLE left_out; DROP TABLE preview; DROP TABLE alert_spot; \
         DELETE FROM _sqlx_migrations WHERE version >= 2",
    )
    .await;
    let bytes = std::fs::read(folder.path().join("session.db")).unwrap();
    let mut old = Reader::open(folder.path()).await.unwrap();
    assert_eq!(old.verify().await.unwrap().history, before.history);
    assert_eq!(old.counts().await.unwrap().said, 0);
    drop(old);
    assert!(std::fs::read(folder.path().join("session.db")).unwrap() == bytes, "a reader leaves it alone");
    drop(open_session(folder.path()).await);
    assert_eq!(Reader::open(folder.path()).await.unwrap().verify().await.unwrap().history, before.history);
}
