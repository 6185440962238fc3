//! Every byte counts: whatever is changed, cut or added on the way is found, and nothing stays on the disk.

use std::ops::ControlFlow;
use std::path::Path;

use session::BundlePixels;

use super::super::archive::Archive;
use super::super::{BundleError, OpenLimits};
use super::lab::*;

/// Whether a file is refused, as a bundle that was changed or none at all.
fn refusal(path: &Path) -> String {
    match Archive::open(path, &OpenLimits::default(), &mut |_| ControlFlow::Continue(())) {
        Ok(_) => panic!("{} is taken for a bundle", path.display()),
        Err(error @ (BundleError::Changed { .. } | BundleError::NotABundle { .. })) => error.to_string(),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn every_changed_byte_is_found_and_its_entry_named() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, flipped] = ["live", "a.plateside", "b.plateside"].map(|name| folder.path().join(name));
    small(&dir).await;
    bundled(&dir, &file, BundlePixels::Full).await;
    let mut bytes = std::fs::read(&file).unwrap();
    assert!(bytes.len() < 40_000, "small enough to try every byte: {}", bytes.len());
    let mut named = 0;
    for at in 0..bytes.len() {
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&flipped, &bytes).unwrap();
        named += usize::from(refusal(&flipped).contains("its entry"));
        bytes[at] ^= 1 << (at % 8);
    }
    assert!(named > bytes.len() * 9 / 10, "nearly all bytes are of an entry: {named} of {}", bytes.len());
    // As a person asks for it: once is enough.
    bytes[1000] ^= 1;
    std::fs::write(&flipped, &bytes).unwrap();
    let before = names(folder.path());
    let error = open(&flipped, &folder.path().join("opened")).await.unwrap_err();
    assert!(matches!(error, BundleError::Changed { .. }), "{error}");
    assert_eq!(names(folder.path()), before, "nothing was written");
}

#[tokio::test]
async fn every_changed_byte_of_a_preview_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, flipped] = ["live", "a.plateside", "b.plateside"].map(|name| folder.path().join(name));
    narrow(&dir).await;
    let made = bundled(&dir, &file, BundlePixels::Previews).await;
    assert_eq!((made.previews.files, made.left_out.0), (1, 1));
    let mut bytes = std::fs::read(&file).unwrap();
    // From its own header to the directory.
    let at = bytes.windows(9).rposition(|part| part == b"previews/").unwrap();
    let directory = bytes.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    let first = bytes[..directory].windows(9).rposition(|part| part == b"previews/").unwrap() - 30;
    assert!(at > directory && directory - first > made.previews.bytes as usize);
    let mut named = 0;
    for at in first..directory {
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&flipped, &bytes).unwrap();
        named += usize::from(refusal(&flipped).contains("its entry \"previews/"));
        bytes[at] ^= 1 << (at % 8);
    }
    assert!(named > (directory - first) * 9 / 10, "nearly all say which: {named} of {}", directory - first);
}

#[tokio::test]
async fn what_is_cut_or_added_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, file, other] = ["live", "a.plateside", "b.plateside"].map(|name| folder.path().join(name));
    small(&dir).await;
    bundled(&dir, &file, BundlePixels::Full).await;
    let bytes = std::fs::read(&file).unwrap();
    for length in (0..bytes.len()).step_by(97).chain(bytes.len() - 200..bytes.len()) {
        std::fs::write(&other, &bytes[..length]).unwrap();
        refusal(&other);
    }
    for at in [0, 1, 40, bytes.len() / 2, bytes.len() - 1, bytes.len()] {
        for added in [&b"\0"[..], b"PK\x03\x04", bytes.as_slice()] {
            std::fs::write(&other, [&bytes[..at], added, &bytes[at..]].concat()).unwrap();
            refusal(&other);
        }
    }
    for garbage in [&b""[..], b"PK\x05\x06", &[0; 4096], b"plateside bundle 1 sha256 ", &[0xff; 200]] {
        std::fs::write(&other, garbage).unwrap();
        refusal(&other);
    }
    refusal(folder.path());
}
