//! Layouts out of people's files: the same plates from every format, platemaps, whatever is wrong, hostile bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what broke by stopping there, and what it left out"
)]

mod hostile;
mod known;
mod platemaps;
mod problems;
mod shared;
mod written;

use std::path::PathBuf;

use plate::{Layout, Role};
use wire::layout_file::{ImportError, Imported, LayoutImport};

/// A file of the repository.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/layouts").join(name)).unwrap()
}

/// What a file alone says.
fn read(bytes: impl AsRef<[u8]>) -> Result<Imported, ImportError> {
    LayoutImport::default().read(bytes.as_ref())
}

/// How many wells of a layout have a role.
fn count(layout: &Layout, role: Role) -> usize {
    layout.wells.iter().filter(|entry| entry.role == role).count()
}

/// The problems, a sentence each.
fn sentences(imported: &Imported) -> Vec<String> {
    imported.problems.iter().map(ToString::to_string).collect()
}
