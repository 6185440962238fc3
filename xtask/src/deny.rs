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
        build(&root)?;
    }
    Ok(ours)
}

fn build(root: &PathBuf) -> Outcome<()> {
    eprintln!("xtask: building cargo-deny {VERSION} (minutes, once)");
    let scratch = root.with_extension("build");
    let mut install = Command::new(needs::cargo());
    install.args(["install", "--quiet", "--locked", "cargo-deny", "--version", VERSION]);
    install.arg("--root").arg(root).arg("--target-dir").arg(&scratch);
    // It reads a few files a day: a quick build is worth more than a quick program.
    let profile = [("OPT_LEVEL", "1"), ("LTO", "off"), ("CODEGEN_UNITS", "16"), ("DEBUG", "0"), ("STRIP", "symbols")];
    install.envs(profile.map(|(name, value)| (format!("CARGO_PROFILE_RELEASE_{name}"), value)));
    // From outside the clone, so that its cargo configuration has no say.
    install.current_dir(std::env::temp_dir());
    process::run(&mut install).map_err(|error| format!("cargo-deny could not be built: {error}"))?;
    let _best_effort = std::fs::remove_dir_all(scratch);
    Ok(())
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
