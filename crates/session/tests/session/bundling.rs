//! Copies of a session for a bundle: as of one moment, marked, and with what was left out named.

use session::{BundleMark, BundlePixels, Error, Reader, Writer, WriterOptions};

use crate::support::*;

fn mark(pixels: BundlePixels) -> BundleMark {
    BundleMark { made_at_us: NOW_US, made_by: "1.2.3".to_owned(), pixels }
}

#[tokio::test]
async fn a_copy_for_a_bundle_is_the_session_and_is_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let [live, full, previews, none] = ["live", "full", "previews", "none"].map(|name| folder.path().join(name));
    record_everything(&live).await;
    let mut reader = Reader::open(&live).await.unwrap();
    let digests = (reader.content_digest().await.unwrap(), reader.history_digest().await.unwrap());
    assert_eq!((reader.bundle_mark().await.unwrap(), reader.links_with_queries().await.unwrap()), (None, 0));
    let large = sha256(&vec![2; 100_000]);
    let copies = [(&full, BundlePixels::Full), (&previews, BundlePixels::Previews), (&none, BundlePixels::None)];
    for (copy, pixels) in copies {
        std::fs::create_dir(copy).unwrap();
        reader.copy_marked(copy, &mark(pixels)).await.unwrap();
        assert_eq!(std::fs::read_dir(copy).unwrap().count(), 1, "one file, without a log");
        // With the images of the live one it is whole.
        let mut beside = Reader::open_with_images_of(copy, &live).await.unwrap();
        let verified = beside.verify().await.unwrap();
        assert!(verified.ok && verified.notes.is_empty(), "{verified:?}");
        assert_eq!((beside.content_digest().await.unwrap(), beside.history_digest().await.unwrap()), digests);
        assert_eq!(beside.audit_head().await.unwrap(), reader.audit_head().await.unwrap());
        assert_eq!(beside.bundle_mark().await.unwrap(), Some(mark(pixels)));
        let files = beside.body_files().await.unwrap();
        let left_out = (pixels != BundlePixels::Full).then_some(100_000);
        let pages = beside.pages_left_out().await.unwrap();
        assert_eq!(pages.keys().copied().collect::<Vec<_>>(), Vec::from_iter(left_out.map(|_| large)));
        let found: Vec<_> = files.iter().map(|file| (file.sha256, file.path.exists(), file.left_out)).collect();
        assert_eq!(found, [(large, true, left_out)]);

        let error = Writer::open(copy, &WriterOptions::default()).await.unwrap_err();
        assert!(matches!(error, Error::Bundle { .. }), "{error}");
        let error = reader.copy_marked(copy, &mark(pixels)).await.unwrap_err();
        assert!(matches!(error, Error::AlreadyASession { .. }), "{error}");
    }
    // Without the images: damage, or a reference.
    assert!(!Reader::open(&full).await.unwrap().verify().await.unwrap().ok);
    let mut alone = Reader::open(&none).await.unwrap();
    let verified = alone.verify().await.unwrap();
    assert!(verified.ok, "{:?}", verified.problems);
    assert!(verified.notes[0].contains("1 image bodies (100000 bytes) were left out"), "{:?}", verified.notes);
    let mut seqs = Vec::new();
    for seq in 1..=alone.last_seq().await.unwrap() {
        if alone.left_out_bytes(seq).await.unwrap() == Some(100_000) {
            assert_eq!(alone.message(seq).await.unwrap().unwrap().body, None);
            seqs.push(seq);
        }
    }
    assert_eq!(seqs, [9]);
}

#[tokio::test]
async fn what_runs_by_itself_is_no_part_of_a_session() {
    let folder = tempfile::tempdir().unwrap();
    for (number, sql) in [
        "PRAGMA user_version = 3; CREATE VIEW v AS SELECT 1",
        "PRAGMA user_version = 3; CREATE TRIGGER t AFTER INSERT ON message BEGIN SELECT 1; END",
        "PRAGMA user_version = 3; DROP TABLE undecoded; CREATE VIEW undecoded AS \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x AS id, 'r' AS reason FROM r",
    ]
    .into_iter()
    .enumerate()
    {
        let dir = folder.path().join(number.to_string());
        record_everything(&dir).await;
        Reader::refuse_what_runs(&dir).await.unwrap();
        tamper(&dir, sql).await;
        let error = Reader::refuse_what_runs(&dir).await.unwrap_err();
        assert!(
            matches!(&error, Error::NotASession { reason, .. } if reason.contains("which no session has")),
            "{error}"
        );
    }
}
