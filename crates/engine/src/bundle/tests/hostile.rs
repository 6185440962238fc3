//! Archives that nobody of ours made: they are refused, by name and reason, and nothing of them is ever written.

use serde_json::json;

use super::super::archive::Archive;
use super::super::{BundleError, OpenLimits, open_bundle};
use super::forged::{Desk, Parts, header, replaced, resealed};
use super::lab::*;

const SHA: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[tokio::test]
async fn names_that_are_no_files_of_a_session_are_refused() {
    let desk = Desk::new().await;
    desk.put(&desk.parts().sealed());
    let same = open(&desk.folder.path().join("hostile.plateside"), &desk.folder.path().join("same")).await;
    same.expect("put together as it was it opens, or nothing below says anything");
    let image = format!("images/{}/{}", &SHA[..2], &SHA[2..]);
    for name in [
        "../evil",
        "images/../../evil",
        "/tmp/plateside-evil",
        "C:\\evil",
        "images\\e3\\b0",
        "./session.db",
        "session.db/",
        "SESSION.DB",
        "Manifest.json",
        "session.db-wal",
        "cache.db",
        "images/",
        "images/e3/",
        "lock",
        " ",
        "images/e3/é",
        &image.to_uppercase(),
        &image.replace('/', "\\"),
        &format!("{image}/"),
        &format!("/{image}"),
        &format!("images/E3/{}", &SHA[2..]),
    ] {
        desk.refuses(&desk.parts().with(name, b"", None).sealed(), "has a name that no entry of a bundle has").await;
        let listed = desk.parts().with(name, b"", None).listing(name, 0, SHA).sealed();
        desk.refuses(&listed, "has a name that no entry of a bundle has").await;
    }
    // A link to somewhere, under a name that is allowed.
    let linked = desk.parts().with(&image, b"", Some("/etc/passwd")).listing(&image, 11, SHA).sealed();
    desk.refuses(&linked, "is no plain file").await;
    // The directory says another name than the entry itself.
    let other = image.replace("/b0c4", "/b0c5");
    let archive = desk.parts().with(&image, b"", None).listing(&image, 0, SHA).sealed();
    let at = archive.windows(image.len()).position(|name| name == image.as_bytes()).unwrap();
    let mut differs = archive.clone();
    differs[at..at + image.len()].copy_from_slice(other.as_bytes());
    desk.refuses(&resealed(differs), "is refused").await;
    // The same name twice.
    let second = format!("images/{}/{}", "e4", &SHA[2..]);
    let twice = desk.parts().with(&image, b"", None).with(&second, b"", None).sealed();
    desk.refuses(&replaced(twice, second.as_bytes(), image.as_bytes()), "names an entry twice").await;
    let twice = desk.parts().listing(&image, 0, SHA).listing(&image, 0, SHA).with(&image, b"", None).sealed();
    desk.refuses(&twice, "stands in the manifest twice").await;
}

#[tokio::test]
async fn entries_and_manifest_must_be_one() {
    let desk = Desk::new().await;
    let image = format!("images/{}/{}", &SHA[..2], &SHA[2..]);
    desk.refuses(&desk.parts().with(&image, b"", None).sealed(), "is not the one that the manifest names").await;
    desk.refuses(&desk.parts().listing(&image, 0, SHA).sealed(), "stands in the manifest and is not there").await;
    desk.refuses(&desk.parts().listing("../evil", 0, SHA).sealed(), "can be no file of a session").await;
    desk.refuses(&desk.parts().saying("files", json!([])).sealed(), "is not the one that the manifest names").await;
    let lying = desk.parts().with(&image, b"xyz", None).listing(&image, 3, SHA).sealed();
    desk.refuses(&lying, "its SHA-256 differs").await;
    let mut short = desk.parts();
    short.manifest["files"][0]["bytes"] = json!(9);
    desk.refuses(&short.sealed(), "has another length than the manifest says").await;
    for wrong in [json!(null), json!("x"), json!([1]), json!(-1), json!({"a": {}})] {
        desk.refuses(&desk.parts().saying("files", wrong).sealed(), "cannot be read").await;
    }
    desk.refuses(&Parts { manifest: json!("["), ..desk.parts() }.sealed(), "cannot be read").await;
    desk.refuses(&desk.parts().saying("format", json!(2)).sealed(), "in a newer format (2, this one reads 1)").await;
    for key in ["session", "cluster", "audit_head"] {
        desk.refuses(&desk.parts().saying(key, json!("another")).sealed(), "than the manifest says").await;
    }
    for (key, value) in [("made_at_us", json!(1)), ("pixels", json!("none")), ("pixels", json!("some"))] {
        desk.refuses(&desk.parts().saying(key, value).sealed(), "is not marked as the manifest says").await;
    }
    for digest in ["content", "history", "judgement"] {
        let mut parts = desk.parts();
        parts.manifest["digest"][digest] = json!(SHA);
        desk.refuses(&parts.sealed(), &format!("the {digest} digest of its session")).await;
    }
}

#[tokio::test]
async fn rows_that_are_no_whole_session_are_refused() {
    let desk = Desk::new().await;
    desk.refuses(&desk.parts().with_rows(b"no database".repeat(100)).sealed(), "no SQLite database").await;
    desk.refuses(&desk.parts().with_rows(Vec::new()).sealed(), "its session").await;
    let rows = desk.parts().rows;
    // Who did something, rewritten with everything else right.
    let at = rows.windows(4).position(|text| text == b"mara").unwrap();
    let mut changed = rows.clone();
    changed[at..at + 4].copy_from_slice(b"ivan");
    desk.refuses(&desk.parts().with_rows(changed).sealed(), "its session is broken").await;
    desk.refuses(&desk.parts().with_rows(rows[..rows.len() / 2].to_vec()).sealed(), "its session").await;
    // A session that is no bundle's could be recorded into.
    let live = std::fs::read(desk.folder.path().join("live/session.db")).unwrap();
    desk.refuses(&desk.parts().with_rows(live).sealed(), "its session").await;
    // Any page of it broken.
    for page in 0..rows.len() / 8192 {
        let mut changed = rows.clone();
        changed[page * 8192..page * 8192 + 64].fill(0xa5);
        let (file, out) = (desk.put(&desk.parts().with_rows(changed).sealed()), desk.folder.path().join("in/opened"));
        let error = open(&file, &out).await.expect_err("a broken page");
        assert!(matches!(error, BundleError::Untrue { .. }), "page {page}: {error}");
    }
    assert!(names(&desk.folder.path().join("in")).is_empty());
}

#[tokio::test]
async fn what_lies_about_its_size_is_stopped_there() {
    let desk = Desk::new().await;
    let bomb = vec![0; 10 << 20];
    let name = format!("images/{}/{}", &SHA[..2], &SHA[2..]);
    let archive = |stated: u64| desk.parts().with(&name, &bomb, None).listing(&name, stated, SHA).sealed();
    assert!(archive(1).len() < 100_000, "it is packed well");
    desk.refuses(&archive(1024), "has another length than the manifest says").await;
    // Its headers say the same.
    let kilobyte = header(archive(1024), 2, 22, 24, &1024_u32.to_le_bytes());
    let file = desk.put(&kilobyte);
    let mut opened =
        Archive::open(&file, &OpenLimits::default(), &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    let mut unpacked = 0;
    let error = opened.unpack(1, &mut |piece| {
        unpacked += piece.len();
        Ok(())
    });
    assert!(error.is_err() && unpacked <= 1024, "{error:?} after {unpacked} bytes");
    desk.refuses(&kilobyte, &name[7..]).await;
    // More than is there, and more than anyone has.
    let more = header(archive(20 << 20), 2, 22, 24, &(20_u32 << 20).to_le_bytes());
    desk.refuses(&more, &name[7..]).await;
    let file = desk.put(&archive(1 << 40));
    let error = open_bundle(&file, &desk.folder.path().join("in/x"), &OpenLimits::default(), |_| ()).await.unwrap_err();
    assert!(matches!(error, BundleError::TooLarge { what: "bytes", .. }), "{error}");
    let limits = OpenLimits { files: 1, ..OpenLimits::default() };
    let error = open_bundle(&file, &desk.folder.path().join("in/x"), &limits, |_| ()).await.unwrap_err();
    assert!(matches!(error, BundleError::TooLarge { what: "files", found: 2, most: 1, .. }), "{error}");
    // Encrypted, packed otherwise, with a descriptor, with bytes before, between and after.
    let plain = desk.parts().sealed();
    desk.refuses(&header(plain.clone(), 1, 6, 8, &[1, 0]), "is encrypted").await;
    desk.refuses(&header(plain.clone(), 1, 6, 8, &[8, 0]), "has parts that no bundle has").await;
    for method in [1_u16, 9, 12, 14, 93, 98, 0xffff] {
        desk.refuses(&header(plain.clone(), 1, 8, 10, &method.to_le_bytes()), "is packed in a way").await;
    }
    desk.refuses(&resealed([b"#!/bin/sh\n".as_slice(), &plain].concat()), "is no bundle of Plateside").await;
    // Counts in the end record that are not so.
    for (at, value) in [(8, 0xfffe_fffe_u32), (12, u32::MAX), (12, 0x7fff_ffff), (16, 0), (16, u32::MAX)] {
        let mut lying = plain.clone();
        let end = lying.len() - 90 - 22;
        lying[end + at..end + at + 4].copy_from_slice(&value.to_le_bytes());
        let error = open(&desk.put(&resealed(lying)), &desk.folder.path().join("in/x")).await.unwrap_err();
        assert!(matches!(error, BundleError::NotABundle { .. } | BundleError::TooLarge { .. }), "{error}");
    }
}

#[tokio::test]
async fn thousands_of_changed_archives_with_a_good_seal_never_get_anywhere() {
    let desk = Desk::new().await;
    let live = digests_of(&desk.folder.path().join("live")).await;
    let mut state = 0x5eed_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let out = desk.folder.path().join("in/opened");
    let (mut refused, mut opened) = (0, 0);
    for number in 0..4000 {
        let mut archive = desk.bundle.clone();
        // Half of them where the rules are: headers, directory, end.
        for _ in 0..=random(4) {
            let length = archive.len();
            let at = if number % 2 == 0 { random(length) } else { length - 1 - random(400.min(length)) };
            match random(5) {
                0 => archive[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)],
                1 => archive[at] ^= 1 << random(8),
                2 => drop(archive.drain(at..(at + 1 + random(20)).min(length))),
                3 => archive.splice(at..at, [0; 7].into_iter().take(1 + random(7))).for_each(drop),
                _ => {
                    let from = random(length - 8);
                    let piece: Vec<u8> = archive[from..from + 8].to_vec();
                    let at = at.min(length - 8);
                    archive[at..at + 8].copy_from_slice(&piece);
                }
            }
        }
        let file = desk.put(&resealed(archive));
        match open(&file, &out).await {
            Err(_) => refused += 1,
            Ok(same) => {
                // A byte that says nothing, as the time of an entry.
                assert_eq!(same.digests, live);
                std::fs::remove_dir_all(&out).unwrap();
                opened += 1;
            }
        }
        assert!(names(&desk.folder.path().join("in")).is_empty(), "number {number} left something");
    }
    assert!(refused > 3000, "{refused} refused, {opened} opened");
}
