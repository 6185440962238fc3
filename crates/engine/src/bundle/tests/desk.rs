//! Bundles through the desk, as the window asks: out of one library, into another, and back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use session::BundlePixels;

use super::forged::Desk as Forger;
use super::lab::*;
use crate::desk::chosen::{NoArgs, SessionArgs, SessionRow, SessionState};
use crate::desk::packed::{BundleDoing, ExportBundleArgs, ImportBundleArgs};
use crate::desk::{Desk, DeskOptions, Failure};

fn desk(folder: &Path) -> Arc<Desk> {
    Desk::new(DeskOptions::under(folder))
}

async fn rows(desk: &Desk) -> Vec<SessionRow> {
    loop {
        let rows = desk.sessions(NoArgs {}).await.unwrap().rows;
        if rows.iter().all(|row| row.state != SessionState::Reading) {
            return rows;
        }
    }
}

fn export(session: &str, path: &Path, pixels: &str) -> ExportBundleArgs {
    let (session, path) = (session.to_owned(), path.display().to_string());
    ExportBundleArgs { session, path, pixels: pixels.to_owned(), keep_link_queries: false }
}

fn import(path: &Path) -> ImportBundleArgs {
    ImportBundleArgs { path: path.display().to_string() }
}

fn shown(names: Vec<PathBuf>) -> Vec<String> {
    names.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_from_one_library_to_another() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let dir = here.path().join("sessions/monday");
    everything(&dir).await;
    let live = digests_of(&dir).await;
    let (ours, theirs) = (desk(here.path()), desk(there.path()));
    let row = rows(&ours).await.remove(0);
    assert_eq!(row.bundle, None);

    // Where it would go; nothing is made by asking.
    let place = ours.bundle_place(SessionArgs { session: row.session.clone() }).await.unwrap();
    let out = here.path().join("documents/monday.plateside");
    assert_eq!(Path::new(&place.path), out);
    assert_eq!(place.database_bytes + place.images_bytes, row.bytes);
    assert!(place.free_bytes.is_some_and(|free| free > 0) && !out.parent().unwrap().exists());
    let made = ours.export_bundle(export(&row.session, &out, "full")).await.unwrap();
    assert_eq!((made.path.as_str(), made.bytes), (place.path.as_str(), std::fs::metadata(&out).unwrap().len()));
    assert_eq!(made.left_out_bytes, 0);
    let none = here.path().join("documents/none.plateside");
    let made = ours.export_bundle(export(&row.session, &none, "none")).await.unwrap();
    assert_eq!(made.left_out_bytes, 3 * LARGE as u64 + 3);
    let place = ours.bundle_place(SessionArgs { session: row.session.clone() }).await.unwrap();
    assert!(place.path.ends_with("monday (2).plateside"), "{}", place.path);

    // At the other desk: found, opened, verified, listed, marked.
    assert!(theirs.bundles(NoArgs {}).await.unwrap().files.is_empty());
    let downloads = there.path().join("downloads");
    std::fs::create_dir_all(&downloads).unwrap();
    for file in [&out, &none] {
        std::fs::copy(file, downloads.join(file.file_name().unwrap())).unwrap();
    }
    let found = theirs.bundles(NoArgs {}).await.unwrap();
    assert_eq!((found.files.len(), found.left_out, found.folders.len()), (2, 0, 1), "{found:?}");
    let less = theirs.import_bundle(import(&downloads.join("none.plateside"))).await.unwrap();
    assert_eq!((less.name.as_str(), less.already), ("none", false));
    let more = theirs.import_bundle(import(&downloads.join("monday.plateside"))).await.unwrap();
    assert_eq!((more.name.as_str(), more.already), ("monday", false), "it has pixels that the first has not");
    let listed = rows(&theirs).await;
    for (name, pixels) in [("monday", "full"), ("none", "none")] {
        let row = listed.iter().find(|row| row.name == name).unwrap();
        assert_eq!((row.bundle.as_deref(), row.state), (Some(pixels), SessionState::Verified), "{name}");
        assert_eq!(digests_of(Path::new(&row.folder)).await, live, "{name}");
    }
    // The library, opened anew as by another process, knows it too.
    let again = rows(&desk(there.path())).await;
    assert!(again.iter().all(|row| row.bundle.is_some() && row.state == SessionState::Verified), "{again:?}");

    // What is there already is named, at either desk.
    let known = theirs.import_bundle(import(&downloads.join("monday.plateside"))).await.unwrap();
    assert_eq!((known.already, &known.session), (true, &more.session));
    let known = ours.import_bundle(import(&out)).await.unwrap();
    assert_eq!((known.already, known.session.as_str(), known.name.as_str()), (true, row.session.as_str(), "monday"));
    assert_eq!(
        shown(names(&there.path().join("sessions"))).iter().filter(|name| !name.starts_with("library")).count(),
        2
    );
    assert!(ours.strip().await.bundling.is_none() && theirs.strip().await.bundling.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_recorded_goes_too() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("sessions/now");
    let mut lab = Lab::new(&dir).await;
    lab.small().await;
    let desk = desk(folder.path());
    let session = rows(&desk).await.remove(0).session;
    let out = folder.path().join("now.plateside");
    desk.export_bundle(export(&session, &out, "full")).await.unwrap();
    lab.images().await;
    lab.close().await;
    let opened = open(&out, &folder.path().join("opened")).await.unwrap();
    assert_eq!(opened.pixels, BundlePixels::Full);
    // Of before its end: the library's own has all of it and more.
    assert!(desk.import_bundle(import(&out)).await.unwrap().already);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_and_nothing_is_left() {
    let forger = Forger::new().await;
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let hostile = folder.path().join("hostile.plateside");
    std::fs::write(&hostile, forger.parts().with("../evil", b"", None).sealed()).unwrap();
    let mut changed = forger.bundle.clone();
    changed[1000] ^= 1;
    std::fs::write(folder.path().join("changed.plateside"), changed).unwrap();
    std::fs::write(folder.path().join("text.plateside"), "no bundle at all").unwrap();
    let says =
        async |name: &str| -> Failure { desk.import_bundle(import(&folder.path().join(name))).await.unwrap_err() };
    for (name, part) in [
        ("hostile.plateside", "its entry \"../evil\" has a name that no entry of a bundle has"),
        ("changed.plateside", "was changed or damaged on its way"),
        ("text.plateside", "is no bundle of Plateside"),
        ("nowhere.plateside", "cannot be read"),
        ("sessions", "it is no file"),
    ] {
        std::fs::create_dir_all(folder.path().join("sessions")).unwrap();
        let failure = says(name).await;
        assert!(failure.code == "bundle" && failure.message.contains(part), "{name}: {failure:?}");
    }
    let failure = desk.import_bundle(ImportBundleArgs { path: "a.plateside".to_owned() }).await.unwrap_err();
    assert_eq!(failure.code, "invalid");
    assert!(rows(&desk).await.is_empty());
    let left = shown(names(&folder.path().join("sessions")));
    assert!(left.iter().all(|name| name.starts_with("library.db")), "{left:?}");

    // Out: a name that is taken, pixels that are none, a link that may be signed, a session that is not there.
    let dir = folder.path().join("sessions/tuesday");
    let mut lab = Lab::new(&dir).await;
    lab.small().await;
    lab.send(vec![lab.linked("signed", "https://store.lab/a.tiff?X-Amz-Signature=abc")]).await;
    lab.close().await;
    let session = rows(&desk).await.remove(0).session;
    let code = async |args: ExportBundleArgs| desk.export_bundle(args).await.unwrap_err().code;
    let out = folder.path().join("out.plateside");
    assert_eq!(code(export(&session, &hostile, "full")).await, "exists");
    assert_eq!(code(export(&session, &out, "some")).await, "invalid");
    assert_eq!(code(export("nobody", &out, "full")).await, "no_such_session");
    assert_eq!(code(export(&session, &folder.path().join("nowhere/out.plateside"), "full")).await, "bundle");
    let refused = desk.export_bundle(export(&session, &out, "none")).await.unwrap_err();
    assert!(refused.code == "link_queries" && refused.message.starts_with("1 link to an image has"), "{refused:?}");
    assert!(!refused.message.contains("--"), "the window has no flags: {refused:?}");
    assert!(!out.exists());
    let keeping = ExportBundleArgs { keep_link_queries: true, ..export(&session, &out, "none") };
    desk.export_bundle(keeping).await.unwrap();
    assert!(out.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_at_a_time_and_cancelled_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("sessions/large");
    let mut lab = Lab::new(&dir).await;
    lab.small().await;
    // Large enough that somebody has time to see it and to have enough.
    lab.send((0..8).map(|n| lab.image(&format!("C{n}"), 16 << 20, None)).collect()).await;
    lab.close().await;
    let desk = desk(folder.path());
    let session = rows(&desk).await.remove(0).session;
    let out = folder.path().join("large.plateside");
    let writing = tokio::spawn({
        let (desk, args) = (Arc::clone(&desk), export(&session, &out, "full"));
        async move { desk.export_bundle(args).await }
    });
    let begun = Instant::now();
    let work = loop {
        assert!(begun.elapsed() < Duration::from_secs(60) && !writing.is_finished(), "it is seen");
        if let Some(work) = desk.strip().await.bundling {
            break work;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    assert_eq!((work.doing, work.name.as_str(), work.stopping), (BundleDoing::Export, "large", false));
    let second = desk.export_bundle(export(&session, &folder.path().join("b.plateside"), "full")).await.unwrap_err();
    assert_eq!(second.code, "busy");
    desk.stop_bundle(NoArgs {}).await.unwrap();
    assert_eq!(writing.await.unwrap().unwrap_err().code, "cancelled");
    assert!(desk.strip().await.bundling.is_none());
    let left = shown(names(folder.path()));
    assert!(left.iter().all(|name| !name.contains("unfinished") && !name.ends_with(".plateside")), "{left:?}");

    // Into the library, and the window closes meanwhile.
    desk.export_bundle(export(&session, &out, "full")).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    let theirs = self::desk(other.path());
    let opening = tokio::spawn({
        let (desk, args) = (Arc::clone(&theirs), import(&out));
        async move { desk.import_bundle(args).await }
    });
    while theirs.strip().await.bundling.is_none() {
        assert!(!opening.is_finished(), "it is seen");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    theirs.close().await.unwrap();
    assert_eq!(opening.await.unwrap().unwrap_err().code, "cancelled");
    let left = shown(names(&other.path().join("sessions")));
    assert!(left.iter().all(|name| name.starts_with("library.db")), "{left:?}");
}
