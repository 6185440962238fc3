//! Bundles with previews: what is left out has small pictures, and nothing else is changed by them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use session::{BundlePixels, PREVIEW_SIDE, Preview, Reader};
use sha2::{Digest as _, Sha256};
use vision::{Grey, ImageFile, Limits};

use super::super::Previews;
use super::lab::*;
use crate::pixels::{DecodedPlane, PlaneProblem, PlaneStore, PlaneWanted};
use crate::verify::verify;

fn known(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../vision/tests/images").join(name)).unwrap()
}

/// Everything, and: a large plane of 16 bits, one of single precision, one with three samples a pixel, each of which is a plane,
/// and three pages, of which a fourth is a plane as well.
async fn pictured(dir: &Path) {
    let mut lab = Lab::new(dir).await;
    lab.small().await;
    lab.images().await;
    let messages = vec![
        lab.file(&[("DNA", 0)], noise(1300, 700).to_png().unwrap()),
        lab.file(&[("float", 0)], known("knowndev_f32_raw.tif")),
        lab.file(&[("red", 0), ("green", 1), ("blue", 2)], known("imagetiff_rgb-3c-16b.tiff")),
        lab.file(&[("first", 0), ("second", 1), ("third", 2), ("none", 3)], known("knowndev_ome_czyx_u16.tif")),
    ];
    lab.send(messages).await;
    lab.close().await;
}

/// A plane of the well A01.
async fn plane(dir: &Path, channel: &str) -> Result<Arc<DecodedPlane>, PlaneProblem> {
    let wanted = PlaneWanted {
        plate: Arc::new(plate::PlateKey::new("run", "P1")),
        well: "A01".parse().unwrap(),
        site: 1,
        channel: channel.into(),
        z: None,
        t: 0,
        upto: i64::MAX,
    };
    PlaneStore::open(dir).await.unwrap().plane(&wanted, || true).await
}

async fn previews(dir: &Path) -> Vec<(Preview, PathBuf)> {
    let mut reader = Reader::open(dir).await.unwrap();
    let previews = reader.previews().await.unwrap();
    previews.into_iter().map(|preview| (preview.clone(), reader.preview_path(&preview))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_out_has_previews_and_the_digests_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    pictured(&dir).await;
    let live = digests_of(&dir).await;
    let made = bundled(&dir, &file, BundlePixels::Previews).await;
    assert_eq!((made.digests, made.left_out.0), (live, 7));
    // Two pieces, an image that is none, and one that lacks a page.
    let Previews { files, bytes, without } = made.previews;
    assert_eq!((files, without, made.files), (8, 4, 2 + 8));
    assert_eq!(bundled(&dir, &folder.path().join("none"), BundlePixels::None).await.previews.files, 0);

    let out = open(&file, &opened).await.unwrap();
    assert_eq!((out.digests, out.pixels), (live, BundlePixels::Previews));
    assert_eq!(replayed(&opened).await, live, "what was read in the images is played");
    let verified = verify(&opened).await.unwrap();
    assert!(verified.ok() && verified.notes.len() == 1, "{verified:?}");
    assert!(verified.notes[0].ends_with("came in; 8 previews came along"), "{:?}", verified.notes);
    let kept = previews(&opened).await;
    assert_eq!(kept.iter().map(|(preview, _)| preview.bytes).sum::<u64>(), bytes);
    for (preview, path) in &kept {
        let png = std::fs::read(path).unwrap();
        assert_eq!((png.len() as u64, Sha256::digest(&png).into()), (preview.bytes, preview.sha256));
        let head = ImageFile::open(&png, &Limits::default()).unwrap().head(0).unwrap();
        assert_eq!(((head.width, head.height), head.bits, head.channels), (preview.size(), 16, 1));
        assert!(head.width.max(head.height) <= PREVIEW_SIDE);
    }

    // What is shown is the image, as far as it goes.
    for channel in ["DNA", "float", "red", "green", "blue", "first", "third"] {
        let (image, preview) = (plane(&dir, channel).await.unwrap(), plane(&opened, channel).await.unwrap());
        assert!(preview.is_preview && !image.is_preview, "{channel}");
        let said = |plane: &DecodedPlane| {
            (plane.size, plane.format, plane.sample, plane.bits, plane.sha256, plane.file_bytes, plane.seq)
        };
        assert_eq!(said(&preview), said(&image), "{channel}");
        let level = preview.finest_level();
        assert_eq!(level, Preview::level_of(image.size.0, image.size.1));
        for level in level..=level + 2 {
            let [seen, expected]: [Arc<Grey>; 2] = [preview.level(level), image.level(level)];
            assert!(seen == expected, "{channel}, level {level}");
        }
    }
    assert_eq!(plane(&opened, "DNA").await.unwrap().finest_level(), 2, "1,300 pixels are 650 are 325");
    assert_eq!(plane(&opened, "large").await.unwrap_err(), PlaneProblem::LeftOut);
    assert_eq!(plane(&opened, "pieces").await.unwrap_err(), PlaneProblem::LeftOut);
    assert_eq!(plane(&opened, "none").await.unwrap_err(), PlaneProblem::LeftOut);
    let mut reader = Reader::open(&opened).await.unwrap();
    let planes = reader.planes(&plate::PlateKey::new("run", "P1"), "A01".parse().unwrap(), i64::MAX).await.unwrap();
    let of_planes = reader.previews_of(&planes).await.unwrap();
    let with: Vec<&str> =
        planes.iter().zip(&of_planes).filter(|(_, of)| of.is_some()).map(|(p, _)| &*p.image.channel).collect();
    assert_eq!(with, ["DNA", "blue", "first", "float", "green", "red", "second", "third"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn previews_go_on_with_the_next_bundle_and_end_without_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    pictured(&dir).await;
    let first = bundled(&dir, &file, BundlePixels::Previews).await;
    let again = folder.path().join("b.plateside");
    bundled(&dir, &again, BundlePixels::Previews).await;
    assert!(std::fs::read(&file).unwrap() == std::fs::read(&again).unwrap(), "the same session gives the same bundle");
    open(&file, &opened).await.unwrap();
    for (number, pixels) in [BundlePixels::Previews, BundlePixels::Full, BundlePixels::None].into_iter().enumerate() {
        let [file, third] = ["f", "o"].map(|name| folder.path().join(format!("{name}{number}")));
        let made = bundled(&opened, &file, pixels).await;
        let expected = match pixels {
            BundlePixels::None => Previews { without: 7, ..Previews::default() },
            _ => first.previews,
        };
        assert_eq!(
            (made.previews, made.left_out, made.digests),
            (expected, first.left_out, first.digests),
            "{pixels:?}"
        );
        assert_eq!(open(&file, &third).await.unwrap().digests, first.digests);
        assert_eq!(previews(&third).await.len() as u64, expected.files);
        assert_eq!(third.join("previews").exists(), expected.files > 0);
    }
}

#[tokio::test]
async fn a_preview_that_was_changed_or_lost_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, opened] = ["live", "a.plateside", "opened"].map(|name| folder.path().join(name));
    narrow(&dir).await;
    bundled(&dir, &file, BundlePixels::Previews).await;
    open(&file, &opened).await.unwrap();
    let path = previews(&opened).await[0].1.clone();
    let whole = std::fs::read(&path).unwrap();
    let wrong = async || verify(&opened).await.unwrap().problems;
    assert!(wrong().await.is_empty());
    for at in [0, 20, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&path, changed).unwrap();
        assert!(wrong().await[0].contains("the preview was changed"), "byte {at}");
        let error = plane(&opened, "DNA").await.unwrap_err();
        assert!(error.to_string().contains("the preview was changed"), "nothing of it is shown: {error}");
    }
    // Longer than any may be: no more of it is read.
    std::fs::write(&path, vec![0; 3 << 20]).unwrap();
    assert!(wrong().await[0].contains("the preview was changed"));
    std::fs::remove_file(&path).unwrap();
    assert!(wrong().await[0].contains("the file is gone, and a preview with it"));
    std::fs::write(&path, &whole).unwrap();
    std::fs::write(path.with_file_name("more"), "x").unwrap();
    let verified = verify(&opened).await.unwrap();
    assert!(verified.ok() && verified.notes.iter().any(|note| note.contains("is no preview")), "{verified:?}");
}
