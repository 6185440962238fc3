//! What a machine lacks is said aloud; `cargo xtask test` counts these lines, and in CI a skip is a failure.

use std::path::PathBuf;

use crate::clone_folder;

/// Says that something was skipped and why.
///
/// # Panics
/// Under `CI=true`: there nothing may be skipped.
pub fn skipped(what: &str, why: &str) {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    assert!(!in_ci, "{what} would be skipped, and in CI nothing may be: {why}");
    println!("SKIPPED: {what} ({why})");
}

/// A file or folder of `../shared`; where the clone stands alone that is said, and `None` returned.
#[must_use]
pub fn shared(what: &str, path: &str) -> Option<PathBuf> {
    let shared = clone_folder().parent().unwrap().join("shared");
    if !shared.is_dir() {
        println!("LEFT OUT: {what}: no ../shared beside this clone");
        return None;
    }
    Some(shared.join(path))
}
