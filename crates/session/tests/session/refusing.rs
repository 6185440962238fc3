//! What is refused, and in which words.

use session::{Error, Reader, Writer, WriterOptions};

use crate::support::*;

async fn open_error(folder: &std::path::Path) -> Error {
    Writer::open(folder, &WriterOptions::default()).await.unwrap_err()
}

#[tokio::test]
async fn a_session_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let writer = new_session(folder.path()).await;
    let error = open_error(folder.path()).await;
    assert!(matches!(error, Error::Locked { .. }));
    let told = error.to_string();
    assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
    assert!(told.contains(&folder.path().display().to_string()), "{told}");
    drop(writer);
    drop(open_session(folder.path()).await);
}

#[tokio::test]
async fn a_session_is_not_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    drop(new_session(folder.path()).await);
    let error = Writer::create(folder.path(), &meta(), &WriterOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyASession { .. }), "{error}");
}

#[tokio::test]
async fn other_folders_are_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let strange = home.path().join("thesis");
    std::fs::create_dir(&strange).unwrap();
    std::fs::write(strange.join("chapter-1.txt"), b"It was a dark and stormy night").unwrap();
    let error = Writer::create(&strange, &meta(), &WriterOptions::default()).await.unwrap_err();
    assert!(matches!(&error, Error::NotASession { reason, .. } if reason.contains("chapter-1.txt")), "{error}");
    assert_eq!(std::fs::read_dir(&strange).unwrap().count(), 1, "nothing was put there");
    session::exists(&strange).unwrap_err();
    for folder in [strange.clone(), home.path().join("nowhere"), strange.join("chapter-1.txt")] {
        assert!(matches!(open_error(&folder).await, Error::NotASession { .. }), "{}", folder.display());
        assert!(matches!(Reader::open(&folder).await, Err(Error::NotASession { .. })), "{}", folder.display());
    }
    assert!(!session::exists(&home.path().join("nowhere")).unwrap());
}

#[tokio::test]
async fn a_database_that_is_not_ours_is_not_touched() {
    use sqlx::ConnectOptions as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.db");
    let other = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = other.connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE bookmarks (url TEXT)").execute(&mut connection).await.unwrap();
    drop(connection);
    for (contents, reason) in [
        (std::fs::read(&path).unwrap(), "another program"),
        (b"SQLite format 3, or so it says, but it is only a text".repeat(20).clone(), "no SQLite database"),
        (b"x".to_vec(), "another program"),
        (Vec::new(), "another program"),
    ] {
        std::fs::write(&path, &contents).unwrap();
        for error in [open_error(folder.path()).await, Reader::open(folder.path()).await.unwrap_err()] {
            let is_refused = matches!(&error, Error::NotASession { .. });
            assert!(is_refused && error.to_string().contains(reason), "{error}");
        }
        assert!(std::fs::read(&path).unwrap() == contents, "it is as it was");
    }
}

#[tokio::test]
async fn a_session_of_a_newer_version_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    drop(new_session(folder.path()).await);
    tamper(
        folder.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .await;
    for error in [open_error(folder.path()).await, Reader::open(folder.path()).await.unwrap_err()] {
        assert!(matches!(error, Error::Newer { found: 9999, .. }), "{error}");
        assert!(error.to_string().contains("Update Plateside"), "{error}");
    }
}

#[tokio::test]
async fn a_message_is_never_stored_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    commit_results(&mut writer, 0, 10).await;
    let mut draft = Draft::after(&writer);
    draft.records(0, 10, vec![count("P1", "A01", 1.0)]);
    draft.records(0, 9, vec![count("P1", "A01", 1.0)]);
    let error = writer.commit(&draft.at(NOW_US)).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyStored { offset: 9, next: 11, .. }), "{error}");
    assert_eq!(writer.next_seq(), 11, "nothing of it is there");
    commit_results(&mut writer, 10, 1).await;
    // The same offset in another partition, or in the topic's next life, is another message.
    let mut draft = Draft::after(&writer);
    draft.records(1, 9, vec![count("P1", "A01", 1.0)]);
    let mut again = origin("results", 0, 0);
    again.source = std::sync::Arc::new(plate::Source { incarnation: 1, ..(*again.source).clone() });
    draft.message(envelope(wire::Kind::Results, again), wire::Decoded::Records(vec![count("P1", "A01", 2.0)]));
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    assert!(Reader::open(folder.path()).await.unwrap().verify().await.unwrap().ok);
}

#[tokio::test]
async fn entries_out_of_sequence_and_topics_that_change_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    commit_results(&mut writer, 0, 2).await;
    let mut draft = Draft::after(&writer);
    draft.local(note("one"));
    let commit = draft.at(NOW_US);
    writer.commit(&commit).await.unwrap();
    let error = writer.commit(&commit).await.unwrap_err();
    assert!(matches!(error, Error::OutOfSequence { expected: 4, found: 3 }), "{error}");
    let mut draft = Draft::after(&writer);
    draft.message(
        envelope(wire::Kind::Images, origin("results", 0, 50)),
        wire::Decoded::Undecoded(wire::Undecoded { reason: "no image".to_owned() }),
    );
    let error = writer.commit(&draft.at(NOW_US)).await.unwrap_err();
    assert!(matches!(error, Error::KindChanged { stored: "results", now: "images", .. }), "{error}");
    assert_eq!(writer.next_seq(), 4);
}
