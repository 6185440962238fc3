//! The library over sessions that are made, changed, locked, damaged and removed.

use std::time::Duration;

use session::{Commit, Entry, SessionMeta, Writer, WriterOptions};

use super::*;

fn meta(id: &str, created_at_us: i64) -> SessionMeta {
    SessionMeta {
        id: id.to_owned(),
        created_at_us,
        cluster: "c".to_owned(),
        profile_name: "Lab One".to_owned(),
        profile_toml: String::new(),
        overlay_of: None,
    }
}

/// A result of one well as a lab writes it, decoded.
fn result(seq: i64, well: &str, barcode: &str) -> Entry {
    result_saying(seq, well, barcode, None)
}

fn result_saying(seq: i64, well: &str, barcode: &str, note: Option<&str>) -> Entry {
    let body = format!(
        r#"{{"schema":"plateside.result/1","run":"RUN-1","plate":"{barcode}","format":96,"well":"{well}","features":{{"f":1.5}}}}"#
    );
    let source = Arc::new(plate::Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
    let origin = plate::Origin { source, partition: 0, offset: seq, timestamp_ms: 1000 + seq };
    let envelope = wire::Envelope {
        origin,
        kind: wire::Kind::Results,
        key: None,
        headers: wire::Headers::from_pairs(note.map(|note| ("plateside-note", Some(note.as_bytes())))),
        body: Some(body.into_bytes().into()),
    };
    let batch = wire::Batch { received_at_us: 0, envelopes: vec![envelope] };
    let prepared = crate::prepared::prepare(&mut wire::Decoder::default(), batch).remove(0);
    let crate::prepared::Prepared { envelope, outcome, digest, outcome_digest, .. } = prepared;
    assert!(matches!(outcome, wire::Decoded::Records(_)), "{outcome:?}");
    Entry::Message { seq, envelope, digest, outcome, outcome_digest, left_out: None }
}

async fn record(dir: &Path, id: &str, seqs: std::ops::Range<i64>) -> Writer {
    let options = WriterOptions::default();
    let mut writer = match session::exists(dir).unwrap() {
        true => Writer::open(dir, &options).await.unwrap(),
        false => Writer::create(dir, &meta(id, 1_000_000), &options).await.unwrap(),
    };
    for seq in seqs {
        let well = plate::Well::at_index(usize::try_from(seq).unwrap() % 96, plate::Format::F96).unwrap();
        let entries = vec![result(seq, &well.to_string(), if seq % 2 == 0 { "BR-EVEN" } else { "BR-ODD" })];
        writer.commit(&Commit { received_at_us: 2_000_000 + seq, entries }).await.unwrap();
    }
    writer
}

async fn closed(dir: &Path, id: &str, messages: i64) {
    record(dir, id, 1..messages + 1).await.close(9).await.unwrap();
}

/// Every session, once each was read: a list waits for new ones only so long.
async fn all(library: &Library) -> Vec<SessionRow> {
    loop {
        let rows = library.list(SessionFilter::default()).await.unwrap();
        if rows.iter().all(|row| row.state != SessionState::NotRead) {
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_searched_verified_and_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let sessions = folder.path().join("sessions");
    let library = Library::open(&sessions).await.unwrap();
    assert!(all(&library).await.is_empty());
    closed(&sessions.join("monday"), "a", 20).await;
    closed(&sessions.join("tuesday"), "b", 5).await;
    std::fs::create_dir(sessions.join("no session")).unwrap();
    std::fs::create_dir(sessions.join("broken")).unwrap();
    std::fs::write(sessions.join("broken/session.db"), "this is no database, whatever it is called").unwrap();

    let rows = all(&library).await;
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["broken", "monday", "tuesday"], "what cannot be read comes first, then the newest");
    let SessionState::Unreadable { reason } = &rows[0].state else { panic!("{:?}", rows[0]) };
    assert!(reason.contains("no SQLite database"), "{reason}");
    let monday = &rows[1];
    let summary = monday.summary.as_ref().unwrap();
    assert_eq!((summary.messages, summary.first_us, summary.last_us), (20, Some(2_000_001), Some(2_000_020)));
    assert_eq!((summary.activity.len(), summary.activity.iter().sum::<u32>()), (session::ACTIVITY_BINS, 20));
    assert_eq!((monday.runs.as_slice(), monday.sums.plates), (&["RUN-1".to_owned()][..], 2));
    assert_eq!(monday.state, SessionState::NotVerified);
    assert!(!monday.sums_are_current && summary.database_bytes > 0);

    library.catch_up().await.unwrap();
    let rows = all(&library).await;
    assert_eq!((rows[1].sums.wells, rows[1].sums_are_current), (20, true));
    let detail = library.detail(&sessions.join("monday")).await.unwrap();
    let plates: Vec<_> = detail.plates.iter().map(|line| (line.barcode.as_str(), line.wells_in, line.format)).collect();
    assert_eq!(plates, [("BR-EVEN", 10, Some(96)), ("BR-ODD", 10, Some(96))]);

    for (text, expected) in [("MOND", 1), ("br-od", 2), ("run-1", 2), ("lab one", 2), ("nowhere", 0)] {
        let filter = SessionFilter { text: text.to_owned(), run: None };
        assert_eq!(library.list(filter).await.unwrap().len(), expected, "{text}");
    }
    let no_run = SessionFilter { text: String::new(), run: Some(String::new()) };
    assert!(library.list(no_run).await.unwrap().is_empty());

    let (told, heard) = std::sync::mpsc::sync_channel(64);
    let tell = move |progress| _ = told.try_send(progress).ok();
    assert!(library.verify(&sessions.join("monday"), tell).await.unwrap().ok());
    let last: Vec<VerifyProgress> = heard.try_iter().collect();
    assert!(last.iter().any(|progress| progress.seq == 20 && progress.last_seq == 20), "{last:?}");
    // Another library, as of another process, knows it too.
    let again = Library::open(&sessions).await.unwrap();
    let rows = all(&again).await;
    assert!(matches!(rows[1].state, SessionState::Verified { .. }), "{:?}", rows[1].state);
    assert_eq!(rows[1].sums.wells, 20);

    std::fs::remove_dir_all(sessions.join("tuesday")).unwrap();
    assert_eq!(all(&library).await.len(), 2);
    let gone = library.detail(&sessions.join("tuesday")).await.unwrap_err().to_string();
    assert!(gone.contains("moved or deleted"), "{gone}");
    closed(&folder.path().join("elsewhere"), "e", 3).await;
    library.add(&folder.path().join("elsewhere")).await.unwrap();
    assert_eq!(all(&library).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_seen_without_disturbing_it_and_a_change_makes_it_unverified() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("live");
    let library = Library::open(folder.path()).await.unwrap();
    let writer = record(&dir, "a", 1..11).await;
    let row = all(&library).await.remove(0);
    if cfg!(target_os = "linux") {
        assert_eq!(row.state, SessionState::Recording { pid: std::process::id() });
    }
    assert_eq!(row.summary.unwrap().messages, 10);
    writer.close(9).await.unwrap();
    // A recorder that was killed leaves its name behind; it is not there any more.
    std::fs::write(dir.join("lock"), "process 999999999 on nowhere\n").unwrap();
    library.verify(&dir, |_| {}).await.unwrap();
    let before = all(&library).await.remove(0);
    assert!(matches!(before.state, SessionState::Verified { .. }), "{:?}", before.state);
    record(&dir, "a", 11..14).await.close(9).await.unwrap();
    let after = all(&library).await.remove(0);
    assert_eq!((after.state, after.summary.unwrap().messages), (SessionState::NotVerified, 13));
    // Changed behind everyone's back: found, and remembered.
    let database = dir.join("session.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let at = bytes.windows(7).position(|part| part == b"BR-ODD\"").unwrap();
    bytes[at..at + 6].copy_from_slice(b"BR-EVE");
    std::fs::write(&database, bytes).unwrap();
    let verified = library.verify(&dir, |_| {}).await.unwrap();
    let state = all(&library).await.remove(0).state;
    assert!(
        matches!(&state, SessionState::Broken { finding, first_bad: Some(11), .. } if *finding == verified.problems[0]),
        "{state:?} {:?}",
        verified.problems
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_session_is_shown_as_it_was_before_its_first_bad_entry() {
    use crate::desk::chosen::{NoArgs, SessionArgs, SessionState};
    use crate::desk::told::Told;
    use crate::desk::{Desk, DeskOptions};

    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("sessions/tuesday");
    let mut writer = Writer::create(&dir, &meta("a", 1_000_000), &WriterOptions::default()).await.unwrap();
    let entries = (1..=6000).map(|seq| result(seq, "A01", &format!("BR-{seq:04}"))).collect();
    writer.commit(&Commit { received_at_us: 2_000_000, entries }).await.unwrap();
    writer.close(9).await.unwrap();
    let database = dir.join("session.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let at = bytes.windows(8).position(|part| part == b"BR-5000\"").unwrap();
    bytes[at + 3] = b'6';
    std::fs::write(&database, bytes).unwrap();

    let desk = Desk::new(DeskOptions::under(folder.path()));
    let session = desk.sessions(NoArgs {}).await.unwrap().rows[0].session.clone();
    let is_shown_at = async |expected: (i64, bool)| {
        desk.open_session(SessionArgs { session: session.clone() }).await.unwrap();
        let (mut page, mut drawn) = (0, 0);
        loop {
            let heard = desk.told(page, drawn).await.unwrap();
            page = heard.page;
            for told in heard.told {
                match told {
                    Told::Tick(tick) => drawn = tick.number,
                    Told::Strip(strip) if strip.position.as_ref().is_some_and(|at| (at.seq, at.at_end) == expected) => {
                        return;
                    }
                    Told::Strip(_) => {}
                }
            }
        }
    };
    let in_time = async |expected| tokio::time::timeout(Duration::from_secs(10), is_shown_at(expected)).await;
    in_time((6000, true)).await.expect("nobody looked whether it is whole: all of it is shown");
    let row = desk.verify_session(SessionArgs { session: session.clone() }).await.unwrap().row;
    assert_eq!((row.state, row.broken_seq), (SessionState::Broken, Some(4097)));
    in_time((4096, false)).await.expect("what stands before the first bad entry is shown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_sessions_are_listed_at_once_and_nothing_is_written_into_them() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("s0000");
    closed(&first, "a", 3).await;
    for n in 1..1000 {
        let dir = folder.path().join(format!("s{n:04}"));
        std::fs::create_dir(&dir).unwrap();
        std::fs::copy(first.join("session.db"), dir.join("session.db")).unwrap();
    }
    let library = Library::open(folder.path()).await.unwrap();
    let begun = Instant::now();
    assert_eq!(all(&library).await.len(), 1000);
    let cold = begun.elapsed();
    let stamp = found::stamp(&first).unwrap();
    drop(library);
    let begun = Instant::now();
    let library = Library::open(folder.path()).await.unwrap();
    assert_eq!(all(&library).await.len(), 1000);
    let opened = begun.elapsed();
    let begun = Instant::now();
    assert_eq!(all(&library).await.len(), 1000);
    let warm = begun.elapsed();
    println!("1,000 sessions: first read {cold:?}, opened and listed {opened:?}, listed again {warm:?}");
    assert!(warm < Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 200 }), "{warm:?}");
    assert_eq!(found::stamp(&first).unwrap(), stamp, "looking changed nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_that_is_deleted_or_damaged_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    closed(&folder.path().join("one"), "a", 4).await;
    let path = folder.path().join("library.db");
    for damage in [None, Some("rubbish, but a good deal of it, so that it looks like something")] {
        match damage {
            None => drop(std::fs::remove_file(&path)),
            Some(text) => std::fs::write(&path, text).unwrap(),
        }
        let library = Library::open(folder.path()).await.unwrap();
        assert_eq!(all(&library).await[0].summary.as_ref().unwrap().messages, 4);
        assert!(path.is_file());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_on_runs_are_found_again_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("noted");
    let mut writer = record(&dir, "a", 1..4).await;
    let says = [(4, Some("a demo")), (5, Some("a demo")), (6, None), (7, Some("no robot"))];
    let entries = says.map(|(seq, note)| result_saying(seq, "A01", "BR", note)).to_vec();
    writer.commit(&Commit { received_at_us: 3_000_000, entries }).await.unwrap();
    writer.close(9).await.unwrap();
    let mut reader = Reader::open(&dir).await.unwrap();
    let mut notes = crate::notes::RunNotes::default();
    notes.catch_up(&mut reader, 7).await.unwrap();
    let said: Vec<(&str, i64)> = notes.at(i64::MAX).map(|note| (&*note.text, note.seq)).collect();
    assert_eq!(said, [("a demo", 4), ("no robot", 7)]);
    assert_eq!(notes.of_run("RUN-1", 6).map(|note| &*note.text), Some("a demo"));
    assert!(notes.of_run("RUN-1", 3).is_none() && notes.of_run("other", 9).is_none());
}
