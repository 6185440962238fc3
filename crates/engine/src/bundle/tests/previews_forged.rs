//! Previews that nobody of ours made: other names, other sizes, other pictures, with everything else right.

use serde_json::json;
use session::{PREVIEW_BYTES, Preview, Reader};
use sha2::{Digest as _, Sha256};
use vision::Grey;

use super::forged::{Desk, Parts, replaced};
use super::lab::*;

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// With another file as the preview, of which the manifest knows.
fn with_file(mut parts: Parts, file: &[u8]) -> Parts {
    parts.manifest["files"][1]["bytes"] = json!(file.len());
    parts.manifest["files"][1]["sha256"] = json!(sha256(file));
    parts.more[0].1 = file.to_vec();
    parts
}

/// With another file as the preview, of which rows and manifest know; the row is changed as `change` says.
async fn with_row(desk: &Desk, file: &[u8], change: impl FnOnce(&mut Preview)) -> Vec<u8> {
    let parts = desk.parts();
    let copy = tempfile::tempdir().unwrap();
    std::fs::write(copy.path().join("session.db"), &parts.rows).unwrap();
    let mut preview = Reader::open(copy.path()).await.unwrap().previews().await.unwrap().remove(0);
    (preview.sha256, preview.bytes) = (Sha256::digest(file).into(), file.len() as u64);
    change(&mut preview);
    Reader::put_previews(copy.path(), &[preview]).await.unwrap();
    let rows = std::fs::read(copy.path().join("session.db")).unwrap();
    with_file(parts.with_rows(rows), file).sealed()
}

#[tokio::test]
async fn names_and_places_of_previews_are_kept() {
    let desk = Desk::with_preview().await;
    let parts = desk.parts();
    let (name, png) = (parts.more[0].0.clone(), parts.more[0].1.clone());
    let same = open(&desk.put(&parts.sealed()), &desk.folder.path().join("same")).await;
    same.expect("put together as it was it opens, or nothing below says anything");
    let stem = name.strip_suffix("-0.png").unwrap();
    for wrong in [
        format!("{stem}.png"),
        format!("{stem}-00.png"),
        format!("{stem}-+0.png"),
        format!("{stem}-65536.png"),
        format!("{stem}-0.PNG"),
        format!("{stem}-0.png/"),
        format!("{stem}-0.png.exe"),
        name.to_uppercase(),
        name.replace('/', "\\"),
        name.replace("previews/", "previews/../previews/"),
        name.replace("previews/", "../previews/"),
        format!("/{name}"),
        "previews/".to_owned(),
        "previews/evil.png".to_owned(),
    ] {
        let mut renamed = desk.parts();
        renamed.more[0].0.clone_from(&wrong);
        renamed.manifest["files"][1]["path"] = json!(wrong);
        desk.refuses(&renamed.sealed(), "has a name that no entry of a bundle has").await;
    }
    // A link under a name that is allowed.
    let mut linked = desk.parts();
    linked.more[0].2 = Some("/etc/passwd");
    desk.refuses(&linked.sealed(), "is no plain file").await;
    // Not in the list, not in the archive, twice in either.
    let mut unlisted = desk.parts();
    unlisted.manifest["files"].as_array_mut().unwrap().pop();
    desk.refuses(&unlisted.sealed(), "is not the one that the manifest names").await;
    let mut absent = desk.parts();
    absent.more.clear();
    desk.refuses(&absent.sealed(), "stands in the manifest and is not there").await;
    let listed_twice =
        desk.parts().listing(&name, png.len() as u64, &sha256(&png)).with(&name.replace("-0.", "-1."), &png, None);
    desk.refuses(&listed_twice.sealed(), "stands in the manifest twice").await;
    let second = name.replace("-0.", "-1.");
    let twice = desk.parts().with(&second, &png, None).sealed();
    desk.refuses(&replaced(twice, second.as_bytes(), name.as_bytes()), "names an entry twice").await;
    // In both, and the session knows nothing of it.
    let one_more = desk.parts().with(&second, &png, None).listing(&second, png.len() as u64, &sha256(&png)).sealed();
    desk.refuses(&one_more, "its previews are others than its session says").await;
    // In neither, and the session knows of it.
    let mut gone = desk.parts();
    gone.more.clear();
    gone.manifest["files"].as_array_mut().unwrap().pop();
    desk.refuses(&gone.sealed(), "the file is gone, and a preview with it").await;
    // Longer than any may be, whatever it packs to.
    let long = vec![0; PREVIEW_BYTES as usize + 1];
    desk.refuses(&with_file(desk.parts(), &long).sealed(), "is longer than a preview may be").await;
}

#[tokio::test]
async fn a_preview_is_the_picture_that_its_row_describes() {
    let desk = Desk::with_preview().await;
    let png = desk.parts().more[0].1.clone();
    let same = open(&desk.put(&with_row(&desk, &png, |_| ()).await), &desk.folder.path().join("same")).await;
    same.expect("with rows put again it opens, or nothing below says anything");
    // Rows and file differ.
    let other = noise(500, 2).to_png().unwrap();
    desk.refuses(&with_file(desk.parts(), &other).sealed(), "the preview was changed").await;
    // Rows and file agree on another picture than an original of 4,000 x 12 pixels gives: 500 x 2.
    let grey = |width: u32, height: u32| {
        Grey { width, height, values: vec![7; width as usize * height as usize], span: (0.0, 65_535.0) }
            .to_png()
            .unwrap()
    };
    desk.refuses(&with_row(&desk, &grey(500, 3), |_| ()).await, "is no picture of 500 x 2 pixels").await;
    desk.refuses(&with_row(&desk, &grey(513, 2), |_| ()).await, "the width").await;
    desk.refuses(&with_row(&desk, &grey(30_000, 30), |_| ()).await, "the width").await;
    desk.refuses(&with_row(&desk, b"GIF89a", |_| ()).await, "is no PNG").await;
    desk.refuses(&with_row(&desk, &png[..20], |_| ()).await, "cannot be read").await;
    // A header that claims more than anyone has.
    let mut claims = png.clone();
    claims[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    desk.refuses(&with_row(&desk, &claims, |_| ()).await, "the width").await;
    // Rows that make no sense.
    desk.refuses(&with_row(&desk, &png, |row| row.width = 40_000).await, "an impossible width").await;
    desk.refuses(&with_row(&desk, &png, |row| row.height = 0).await, "an impossible height").await;
    desk.refuses(&with_row(&desk, &png, |row| row.bits = 0).await, "an impossible bits").await;
    desk.refuses(&with_row(&desk, &png, |row| row.span.1 = f64::INFINITY).await, "an impossible high").await;
    desk.refuses(&with_row(&desk, &png, |row| row.bytes = 0).await, "an impossible file_bytes").await;
    desk.refuses(&with_row(&desk, &png, |row| row.format = "x".repeat(99).into()).await, "an impossible format").await;
    desk.refuses(&with_row(&desk, &png, |row| row.sample = "u12".into()).await, "no decoder here knows").await;
    // Of an image that was not left out, or of none.
    desk.refuses(&with_row(&desk, &png, |row| row.body = [0xab; 32]).await, "no image that was left out").await;
}
