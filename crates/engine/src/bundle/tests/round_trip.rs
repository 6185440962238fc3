//! What goes in comes out: digests, replays, bodies, and what is left out.

use plate::LocalBody;
use session::{BundlePixels, Reader, Writer, WriterOptions};

use super::super::{BundleError, BundleStep, bundle, open_bundle};
use super::lab::*;
use crate::verify::verify;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_opens_to_the_same_session() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    everything(&dir).await;
    let live = digests_of(&dir).await;
    assert_eq!(replayed(&dir).await, live, "or nothing below says anything");
    let counts = Reader::open(&dir).await.unwrap().counts().await.unwrap();
    assert_eq!((counts.images, counts.undecoded), (5, 2), "planes and pieces were read");
    assert!(counts.alerts > 0, "judgement has something to say");

    let mut steps = Vec::new();
    let made = bundle(&dir, &file, &settings(BundlePixels::Full), |at| steps.push(at)).await.unwrap();
    assert_eq!((made.digests, made.files, made.left_out), (live, 1 + 4, (0, 0)));
    assert_eq!(made.bytes, std::fs::metadata(&file).unwrap().len());
    let packed: Vec<_> = steps.iter().filter(|at| at.step == BundleStep::Packing).collect();
    assert!(packed.last().is_some_and(|at| at.done == at.total && at.total > 4 * LARGE as u64), "{packed:?}");
    assert!(packed.is_sorted_by_key(|at| at.done));

    let out = open(&file, &opened).await.unwrap();
    assert_eq!((out.digests, out.pixels), (live, BundlePixels::Full));
    assert_eq!(names(folder.path()).len(), 3, "nothing else is left: {:?}", names(folder.path()));
    assert_eq!(names(&opened).iter().filter(|path| path.ends_with("session.db-wal")).count(), 0, "one file, no log");
    assert_eq!(digests_of(&opened).await, live);
    assert_eq!(replayed(&opened).await, live, "a replay of the opened one is what was live");
    let verified = verify(&opened).await.unwrap();
    assert!(verified.ok() && verified.notes.is_empty(), "{verified:?}");
    let (mut one, mut other) = (Reader::open(&dir).await.unwrap(), Reader::open(&opened).await.unwrap());
    for seq in 1..=one.last_seq().await.unwrap() {
        let [a, b] = [one.message(seq).await.unwrap(), other.message(seq).await.unwrap()];
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "message {seq}, byte for byte");
    }

    // The same session gives the same bundle, and a bundle of the bundle the same session once more.
    let again = folder.path().join("b.plateside");
    bundled(&dir, &again, BundlePixels::Full).await;
    assert_eq!(std::fs::read(&file).unwrap(), std::fs::read(&again).unwrap());
    let [third, fourth] = ["c.plateside", "third"].map(|name| folder.path().join(name));
    bundled(&opened, &third, BundlePixels::Full).await;
    assert_eq!(open(&third, &fourth).await.unwrap().digests, live);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_pixels_images_are_references_and_the_digests_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    everything(&dir).await;
    let live = digests_of(&dir).await;
    let made = bundled(&dir, &file, BundlePixels::None).await;
    let bytes = 3 * LARGE as u64 + 3;
    assert_eq!((made.files, made.left_out), (2, (3, bytes)), "rows, and the body that is no image");
    assert!(made.bytes < 2 * LARGE as u64);
    let out = open(&file, &opened).await.unwrap();
    assert_eq!((out.digests, out.pixels), (live, BundlePixels::None));
    assert_eq!(replayed(&opened).await, live, "what was read in the images that are not there is played");
    let verified = verify(&opened).await.unwrap();
    assert!(verified.ok(), "left out is no damage: {:?}", verified.problems);
    assert_eq!(
        verified.notes,
        [format!("3 image bodies ({bytes} bytes) were left out of the bundle that this came in")]
    );

    let mut reader = Reader::open(&opened).await.unwrap();
    assert_eq!(reader.bundle_mark().await.unwrap().unwrap().pixels, BundlePixels::None);
    let mut left_out = 0;
    for seq in 1..=reader.last_seq().await.unwrap() {
        let Some(envelope) = reader.message(seq).await.unwrap() else { continue };
        let bytes = reader.left_out_bytes(seq).await.unwrap();
        assert_eq!(envelope.body.is_none(), bytes.is_some(), "message {seq}");
        left_out += bytes.unwrap_or(0);
    }
    assert_eq!(left_out, bytes);

    // Pixels that are not here cannot come back, and are not asked for.
    let [again, third] = ["b.plateside", "third"].map(|name| folder.path().join(name));
    assert_eq!(bundled(&opened, &again, BundlePixels::Full).await.left_out, (3, bytes));
    assert_eq!(open(&again, &third).await.unwrap().digests, live);
    // A body that was not left out and is gone is damage all the same.
    let kept = names(&opened.join("images")).into_iter().find(|path| !names(path).is_empty()).unwrap();
    std::fs::remove_file(&names(&kept)[0]).unwrap();
    assert!(!verify(&opened).await.unwrap().ok());
    let error = bundle(&opened, &folder.path().join("c"), &settings(BundlePixels::Full), |_| ()).await.unwrap_err();
    assert!(matches!(&error, BundleError::Broken { first, .. } if first.contains("the file is gone")), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_recorded_is_bundled_as_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    let mut lab = Lab::new(&dir).await;
    lab.small().await;
    lab.images().await;
    let then = digests_of(&dir).await;
    let recording = dir.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let made = bundled(&recording, &file, BundlePixels::Full).await;
    assert_eq!(made.digests, then);
    // Now with commits all the while.
    let writing = tokio::spawn(async move {
        let mut stopped = stopped;
        let mut commits = 0;
        while stopped.try_recv().is_err() {
            lab.send(vec![lab.image(&format!("C{commits}"), LARGE + commits, None)]).await;
            commits += 1;
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        lab.close().await;
        commits
    });
    for number in 0..5 {
        let [file, opened] = ["f", "o"].map(|name| folder.path().join(format!("{name}{number}")));
        let made = bundled(&dir, &file, BundlePixels::Full).await;
        assert_eq!(open(&file, &opened).await.unwrap().digests, made.digests);
        assert_eq!(replayed(&opened).await, made.digests, "bundle {number} is one moment");
    }
    stop.send(()).unwrap();
    assert!(writing.await.unwrap() > 0);
    assert_ne!(digests_of(&dir).await, then, "it went on");
    assert_eq!(open(&file, &opened).await.unwrap().digests, then);
}

#[tokio::test]
async fn an_opened_bundle_is_not_recorded_into() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    small(&dir).await;
    bundled(&dir, &file, BundlePixels::Full).await;
    open(&file, &opened).await.unwrap();
    let before = std::fs::read(opened.join("session.db")).unwrap();
    let error = Writer::open(&opened, &WriterOptions::default()).await.unwrap_err();
    assert!(
        error.to_string().contains("A bundle is read-only: decisions about it go to an overlay session"),
        "{error}"
    );
    assert_eq!(std::fs::read(opened.join("session.db")).unwrap(), before);
    Writer::open(&dir, &WriterOptions::default()).await.unwrap();
}

#[tokio::test]
async fn what_is_there_stays_and_links_are_not_given_away() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    let mut lab = Lab::new(&dir).await;
    lab.small().await;
    lab.send(vec![lab.linked("signed", "https://store.lab/a.tiff?X-Amz-Signature=abc")]).await;
    lab.local(LocalBody::Note { text: "end".into() }).await;
    lab.close().await;

    let error = bundle(&dir, &file, &settings(BundlePixels::None), |_| ()).await.unwrap_err();
    assert!(matches!(error, BundleError::LinkQueries { links: 1, .. }), "{error}");
    assert_eq!(names(folder.path()).len(), 1, "nothing is written: {:?}", names(folder.path()));
    let keeping = super::super::BundleSettings { keep_link_queries: true, ..settings(BundlePixels::None) };
    bundle(&dir, &file, &keeping, |_| ()).await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let error = bundle(&dir, &file, &keeping, |_| ()).await.unwrap_err();
    assert!(matches!(error, BundleError::Exists { .. }), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "a bundle that is there is not touched");
    let forcing = super::super::BundleSettings { force: true, now_us: 8, ..keeping };
    bundle(&dir, &file, &forcing, |_| ()).await.unwrap();
    assert_ne!(std::fs::read(&file).unwrap(), before);

    std::fs::create_dir(&opened).unwrap();
    std::fs::write(opened.join("mine"), "x").unwrap();
    let error = open(&file, &opened).await.unwrap_err();
    assert!(matches!(error, BundleError::Occupied { .. }), "{error}");
    let error = open(&file, &opened.join("mine")).await.unwrap_err();
    assert!(matches!(error, BundleError::Occupied { .. }), "{error}");
    assert_eq!(std::fs::read(opened.join("mine")).unwrap(), b"x");
    std::fs::remove_file(opened.join("mine")).unwrap();
    open(&file, &opened).await.unwrap();

    let limits = super::super::OpenLimits { bytes: 1000, files: 1 };
    let error = open_bundle(&file, &folder.path().join("x"), &limits, |_| ()).await.unwrap_err();
    assert!(matches!(error, BundleError::TooLarge { what: "bytes", most: 1000, .. }), "{error}");
}
