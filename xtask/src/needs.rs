//! What is missing on this machine, and how it is installed: system packages, parts of the Rust toolchain.
//!
//! Only package managers download. Where we may not install, the exact command is printed instead. Each look costs
//! milliseconds, so every command looks again.
use crate::kafka;
use crate::process::{self, Outcome};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Kafka 4 runs on nothing older.
const JAVA: u32 = 17;

/// What compiles and links librdkafka and SQLite: C and C++ compilers, make.
pub(crate) fn compilers() -> Outcome<()> {
    let there = ["cc", "c++", "make"].iter().all(|program| on_path(program).is_some());
    if there { Ok(()) } else { install(&["build-essential"]) }
}

/// A Java that Kafka runs on, installed when there is none.
pub(crate) fn java() -> Outcome<PathBuf> {
    if let Some(java) = find_java() {
        return Ok(java);
    }
    // Debian 12 and Ubuntu have 17; later Debians only newer ones, which the default names.
    install(&["openjdk-17-jre-headless|default-jre-headless"])?;
    find_java().ok_or_else(|| format!("no Java {JAVA} or newer found; set JAVA_HOME to one"))
}

/// Maven, which fetches the broker's jars.
pub(crate) fn maven() -> Outcome<()> {
    if on_path("mvn").is_some() { Ok(()) } else { install(&["maven"]) }
}

/// Everything that the broker needs, fetched ahead of its start.
pub(crate) fn broker() -> Outcome<()> {
    java()?;
    kafka::fetch()
}

/// A Python that can make virtual environments.
pub(crate) fn python() -> Outcome<()> {
    if process::works("python3", &["-c", "import venv, ensurepip"]) {
        return Ok(());
    }
    install(&["python3", "python3-venv"])
}

/// A part of the Rust toolchain, such as `clippy`.
pub(crate) fn component(name: &str, subcommand: &str) -> Outcome<()> {
    if process::works(&cargo(), &[subcommand, "--version"]) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        return Err(format!("`cargo {subcommand}` is missing; install {name} the way this Rust was installed"));
    }
    process::run(Command::new("rustup").args(["component", "add", name]))
}

/// Builds a program of the Rust registry into `root`, once.
pub(crate) fn cargo_install(name: &str, version: &str, root: &Path) -> Outcome<()> {
    eprintln!("xtask: building {name} {version} (minutes, once)");
    let scratch = root.with_extension("build");
    let mut install = Command::new(cargo());
    install.args(["install", "--quiet", "--locked", name, "--version", version]);
    install.arg("--root").arg(root).arg("--target-dir").arg(&scratch);
    // A tool for tests: a quick build is worth more than a quick program.
    let profile = [("OPT_LEVEL", "1"), ("LTO", "off"), ("CODEGEN_UNITS", "16"), ("DEBUG", "0"), ("STRIP", "symbols")];
    install.envs(profile.map(|(name, value)| (format!("CARGO_PROFILE_RELEASE_{name}"), value)));
    // From outside the clone, so that its cargo configuration has no say.
    install.current_dir(env::temp_dir());
    process::run(&mut install).map_err(|error| format!("{name} could not be built: {error}"))?;
    let _best_effort = fs::remove_dir_all(scratch);
    Ok(())
}

/// The cargo that called us.
pub(crate) fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn find_java() -> Option<PathBuf> {
    let mut candidates: Vec<PathBuf> =
        env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin/java")).into_iter().collect();
    candidates.extend(on_path("java"));
    // Where several are installed, the one on the path may be too old.
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/jvm")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin/java"))
        .collect();
    installed.sort();
    candidates.extend(installed);
    candidates.into_iter().find(|java| {
        let told = java.is_file().then(|| process::read(Command::new(java).arg("-version")).ok()).flatten();
        told.and_then(|text| java_version(&text)).is_some_and(|version| version >= JAVA)
    })
}

/// The major version out of `openjdk version "17.0.15" 2025-04-15`; what called itself 1.8 was 8.
fn java_version(text: &str) -> Option<u32> {
    let quoted = text.lines().find_map(|line| line.split_once(" version \"")).map(|(_, rest)| rest)?;
    let mut numbers = quoted.split(|c: char| !c.is_ascii_digit());
    let first = numbers.next()?.parse().ok()?;
    if first == 1 { numbers.next()?.parse().ok() } else { Some(first) }
}

/// Where a program lies that can be called by its name.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Installs Debian packages as root or through sudo without a password; else says what to type. `a|b` is b where there is no a.
pub(crate) fn install(packages: &[&str]) -> Outcome<()> {
    let likely: Vec<&str> = packages.iter().map(|package| either(package).0).collect();
    let list = likely.join(" ");
    if on_path("apt-get").is_none() {
        return Err(format!(
            "missing: {list} (Debian's names); install them with this system's package manager, then run this again"
        ));
    }
    let is_root = process::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root && !process::works("sudo", &["-n", "true"]) {
        return Err(format!(
            "missing: {list}; run this, then try again:\n\n    \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {list}\n"
        ));
    }
    eprintln!("xtask: installing {list}");
    process::read(&mut apt(is_root, &["update"]))?;
    // Only now: before the first update a fresh system knows no package at all.
    let known = |package: &str| process::read(Command::new("apt-cache").args(["show", package])).is_ok();
    let chosen = packages.iter().map(|package| match either(package) {
        (first, Some(second)) if !known(first) => second,
        (first, _) => first,
    });
    let mut install = apt(is_root, &["install", "-y", "--no-install-recommends"]);
    process::read(install.args(chosen)).map(|_| ())
}

fn either(package: &str) -> (&str, Option<&str>) {
    package.split_once('|').map_or((package, None), |(first, second)| (first, Some(second)))
}

fn apt(is_root: bool, args: &[&str]) -> Command {
    // `env` carries the variable through sudo. The wait is for another apt, such as a nightly upgrade.
    let words = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"];
    let mut command = Command::new(if is_root { "env" } else { "sudo" });
    if is_root {
        command.args(&words[1..]);
    } else {
        command.arg("-n").args(words);
    }
    command.args(args);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_versions_old_and_new_are_told_apart() {
        let told = |text: &str| java_version(text);
        assert_eq!(told("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime"), Some(17));
        assert_eq!(told("Picked up JAVA_TOOL_OPTIONS: -x\nopenjdk version \"21\" 2023-09-19"), Some(21));
        assert_eq!(told("java version \"1.8.0_402\""), Some(8), "before 9 the first number was 1");
        assert_eq!(told("openjdk version \"25-ea\""), Some(25));
        assert_eq!(told("sh: java: not found"), None);
    }
}
