//! cargo-deny, which holds licences, bans and sources of dependencies to `deny.toml`.
use crate::process::{self, Outcome};
use crate::{needs, places};
use std::path::PathBuf;
use std::process::Command;

/// Tried with the toolchain that `rust-toolchain.toml` names.
const VERSION: &str = "0.20.2";
/// A person's own one is good enough from here on: older ones read `deny.toml` differently.
const OLDEST: &str = "0.18.0";

/// A cargo-deny: the person's own, ours from an earlier run, or built now.
pub(crate) fn program() -> Outcome<PathBuf> {
    let own = needs::on_path("cargo-deny").filter(|own| {
        let told = process::read(Command::new(own).arg("--version")).unwrap_or_default();
        told.split_whitespace().last().is_some_and(|version| at_least(version, OLDEST))
    });
    if let Some(own) = own {
        return Ok(own);
    }
    let root = places::cache().join("tools").join(format!("cargo-deny-{VERSION}"));
    let ours = root.join("bin/cargo-deny");
    if !ours.is_file() {
        needs::cargo_install("cargo-deny", VERSION, &root)?;
    }
    Ok(ours)
}

/// Compares dotted versions number by number; what is no number counts as 0.
fn at_least(version: &str, oldest: &str) -> bool {
    let numbers = |text: &str| text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
    numbers(version) >= numbers(oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers_and_not_as_text() {
        assert!(at_least("0.20.2", "0.18.0"));
        assert!(at_least("0.18.0", "0.18.0"));
        assert!(at_least("1.0", "0.18.0"));
        assert!(!at_least("0.9.4", "0.18.0"), "9 is less than 18");
        assert!(!at_least("unknown", "0.18.0"));
    }
}
