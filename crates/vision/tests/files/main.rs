//! Image files of every kind: their samples to the bit, or a refusal with its reason; never a panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what broke by stopping there, and what it left out"
)]

mod cut;
mod known;
mod made;
mod shared;

use std::path::PathBuf;

/// The images that lie in the repository.
fn images() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/images")
}

/// One of them.
fn image(name: &str) -> Vec<u8> {
    std::fs::read(images().join(name)).unwrap()
}

/// Decodes every plane of a file and forgets it.
fn decode_all(bytes: &[u8], threads: usize) -> Result<(), vision::DecodeError> {
    let file = vision::ImageFile::open(bytes, &vision::Limits::default())?;
    (0..file.planes()).try_for_each(|plane| file.decode(plane, threads).map(drop))
}
