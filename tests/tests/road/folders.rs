//! Folders that cannot be recorded into: each refusal names the folder and the way out, and touches nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::{Ended, Plateside};
use plateside_tests::lab::{self, Lab};
use plateside_tests::left_out::skipped;
use plateside_tests::producer::Producer;
use plateside_tests::runtime;
use sqlx::Connection as _;
use wire::Kind;

use crate::record::await_messages;

/// No broker is asked before the folder is looked at.
const NOBODY: &str = "127.0.0.1:1";

fn assert_refused(ended: &Ended, dir: &Path, words: &str) {
    let said = &ended.stderr;
    assert_eq!(ended.code(), Some(1), "a folder that cannot be taken is refused: {said}");
    assert!(said.contains(&*dir.to_string_lossy()), "it names {}: {said}", dir.display());
    assert!(said.contains(words), "it says {words:?}: {said}");
    assert!(!said.contains("panicked") && said.lines().count() <= 3, "a sentence, no trace: {said}");
}

#[test]
fn what_is_no_session_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let photos = folder.path().join("photos");
    fs::create_dir(&photos).unwrap();
    fs::write(photos.join("cat.jpg"), b"cat").unwrap();
    let impostor = folder.path().join("impostor");
    fs::create_dir(&impostor).unwrap();
    fs::write(impostor.join("session.db"), "Dear diary, today nothing was recorded.\n".repeat(300)).unwrap();
    for (dir, way_out) in [(&photos, "Choose an empty or a new folder"), (&impostor, "choose another folder")] {
        let before: Vec<_> = listing(dir);
        let recorded = Plateside::record_from(NOBODY, dir).run();
        assert_refused(&recorded, dir, "is not a Plateside session");
        assert!(recorded.stderr.contains(way_out), "the way out: {}", recorded.stderr);
        for command in ["replay", "verify", "qc"] {
            assert_refused(&Plateside::new(command).arg(dir).run(), dir, "is not a Plateside session");
        }
        let exported = Plateside::new("export").arg(dir).args(["--what", "wells"]).run();
        assert_refused(&exported, dir, "is not a Plateside session");
        assert!(listing(dir).starts_with(&before) || listing(dir).ends_with(&before), "{} is as it was", dir.display());
    }
    let file = folder.path().join("notes.txt");
    fs::write(&file, "notes").unwrap();
    let ended = Plateside::record_from(NOBODY, &file).run();
    assert!(matches!(ended.code(), Some(1 | 3)), "a file is no folder: {}", ended.stderr);
    assert!(ended.stderr.contains("notes.txt"), "it names the file: {}", ended.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), "notes", "and leaves it alone");
}

fn listing(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let mut all: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap_or_default()))
        .collect();
    all.sort();
    all
}

#[test]
fn one_recorder_at_a_time_and_others_may_look() {
    let Some(broker) = Broker::for_test("a locked folder") else { return };
    let topics = Topics::create(&broker, "locked", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut lab = Lab::new(&topics, 1);
    let producer = Producer::new(&broker);
    producer.send(&lab.result(&lab::plate(1), "A01".parse().unwrap(), [1.0, 2.0, 3.0]));
    let _ledger = producer.ledger();
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    await_messages(&mut recorder, &dir, 1);
    let second = Plateside::record(&broker, &topics, &dir).run();
    assert_refused(&second, &dir, &recorder.id().to_string());
    assert!(second.stderr.contains("is being recorded"), "it says by whom: {}", second.stderr);
    let wells = Plateside::new("export").arg(&dir).args(["--what", "wells", "--format", "csv"]).run();
    assert_eq!(wells.code(), Some(0), "readers look meanwhile: {}", wells.stderr);
    assert!(wells.stdout.contains("PL00001,A01"), "and see what is stored: {}", wells.stdout);
    assert_eq!(recorder.interrupt().code(), Some(0), "the first one never noticed");
}

#[test]
fn a_session_of_a_newer_version_is_not_touched() {
    let Some(broker) = Broker::for_test("a newer session") else { return };
    let topics = Topics::create(&broker, "newer", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    runtime().block_on(async {
        let database = format!("sqlite:{}", dir.join("session.db").display());
        let mut session = sqlx::SqliteConnection::connect(&database).await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations SELECT 9999, 'from tomorrow', installed_on, 1, checksum, 0 \
                     FROM _sqlx_migrations LIMIT 1";
        sqlx::query(newer).execute(&mut session).await.unwrap();
        session.close().await.unwrap();
    });
    let recorded = Plateside::record(&broker, &topics, &dir).run();
    assert_refused(&recorded, &dir, "newer Plateside");
    assert!(recorded.stderr.contains("Update Plateside"), "the way out: {}", recorded.stderr);
    for command in ["replay", "verify"] {
        assert_refused(&Plateside::new(command).arg(&dir).run(), &dir, "newer Plateside");
    }
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    let what = "an unwritable folder";
    let Some(broker) = Broker::for_test(what) else { return };
    let topics = Topics::create(&broker, "unwritable", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let parent = folder.path().join("read-only");
    fs::create_dir(&parent).unwrap();
    // Who may write anywhere needs a file system that refuses.
    let mounted = rustix::process::geteuid().is_root();
    if mounted {
        if !Command::new("mount").args(["-t", "tmpfs", "-o", "ro", "none"]).arg(&parent).status().unwrap().success() {
            return skipped(what, "this root may not mount a read-only file system");
        }
    } else {
        fs::set_permissions(&parent, std::os::unix::fs::PermissionsExt::from_mode(0o555)).unwrap();
    }
    let ended = Plateside::record(&broker, &topics, &parent.join("session")).args(["--until-idle", "500ms"]).run();
    if mounted {
        assert!(Command::new("umount").arg(&parent).status().unwrap().success(), "umount {}", parent.display());
    }
    assert!(matches!(ended.code(), Some(1 | 3)), "it cannot be written: {}", ended.stderr);
    assert!(ended.stderr.contains("read-only"), "it names the folder: {}", ended.stderr);
}

#[test]
fn who_looks_while_a_session_is_made_does_not_stop_it() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..30 {
        let dir = folder.path().join(round.to_string());
        let made = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = runtime();
                while !made.load(Ordering::Acquire) {
                    // Not there yet, or not whole yet, is an ordinary answer.
                    let _early = runtime.block_on(async {
                        let mut reader = session::Reader::open(&dir).await?;
                        reader.last_seq().await
                    });
                }
            });
            let meta = session::SessionMeta {
                id: "watched".into(),
                created_at_us: 0,
                cluster: "none".into(),
                profile_name: String::new(),
                profile_toml: String::new(),
                overlay_of: None,
            };
            let created = runtime().block_on(async {
                let writer = session::Writer::create(&dir, &meta, &session::WriterOptions::default()).await?;
                writer.close(1).await
            });
            made.store(true, Ordering::Release);
            assert!(created.is_ok(), "round {round}: a reader does not stop a recorder: {:?}", created.err());
        });
    }
}
