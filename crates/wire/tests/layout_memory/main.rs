//! Workbooks that would unpack to gigabytes, or claim to: refused with a reason, at less than 64 MiB over the baseline.
//!
//! Each in a process of its own: the peak of a process is what is measured, and memory that was let go would hide it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what broke by stopping there, and what it measured"
)]

mod bombs;

use std::process::Command;

use wire::layout_file::LayoutImport;

/// Names the file that the process for one bomb reads.
const BOMB: &str = "PLATESIDE_TEST_BOMB";

/// A line of `/proc/self/status` in KiB; `None` where there is no such file.
fn status(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// What the process for one bomb does, and nothing where it is not one.
#[test]
fn one_bomb() {
    let Some(path) = std::env::var_os(BOMB) else { return };
    let bytes = std::fs::read(path).unwrap();
    let before = status("VmHWM").unwrap_or(0);
    let error = match LayoutImport::default().read(&bytes) {
        Ok(found) => panic!("read as {} plates", found.layouts.len()),
        Err(error) => error,
    };
    println!("OVER {} KiB: {error}", status("VmHWM").unwrap_or(0).saturating_sub(before));
}

#[test]
fn a_bomb_is_refused_within_64_mib() {
    let path = std::env::temp_dir().join(format!("plateside-bomb-{}", std::process::id()));
    for (name, bytes, expected) in bombs::all() {
        std::fs::write(&path, &bytes).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.args(["one_bomb", "--exact", "--nocapture"]).env(BOMB, &path).output().unwrap();
        std::fs::remove_file(&path).unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let said = text.split("OVER ").nth(1).and_then(|rest| rest.split_once(" KiB: "));
        let (over, error) = said.unwrap_or_else(|| panic!("{name}: {text}"));
        println!("{name}: {} bytes, {over} KiB over: {}", bytes.len(), error.lines().next().unwrap_or_default());
        assert!(error.contains(expected), "{name}: {error}");
        assert!(over.parse::<u64>().unwrap() < 64 << 10, "{name}: {over} KiB over the baseline");
    }
}
