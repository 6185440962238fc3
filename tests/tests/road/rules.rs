//! The rules of the house hold, and what breaks them is found.

use std::path::{Path, PathBuf};
use std::process::Command;

use plateside_tests::clone_folder;
use plateside_tests::house::{lonely_traits, text_violations, violations};
use serde_json::Value;

fn metadata(folder: &Path) -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn rust_files() -> Vec<(String, String)> {
    let root = clone_folder();
    let mut waiting: Vec<PathBuf> = ["crates", "src-tauri", "tests", "xtask"].map(|name| root.join(name)).into();
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn the_house_has_only_its_own_arrows() {
    let found = violations(&metadata(&clone_folder()));
    assert!(found.is_empty(), "arrows that ARCHITECTURE.md does not have:\n{}", found.join("\n"));
}

#[test]
fn every_room_is_drawn() {
    let page = std::fs::read_to_string(clone_folder().join("ARCHITECTURE.md")).unwrap();
    let metadata = metadata(&clone_folder());
    for package in metadata["packages"].as_array().unwrap() {
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        let room = folder.strip_prefix(clone_folder()).unwrap().to_string_lossy().into_owned();
        assert!(page.contains(&format!("`{room}`")), "ARCHITECTURE.md does not draw the room {room}");
    }
}

#[test]
fn a_forbidden_arrow_is_found() {
    let found = violations(&metadata(&clone_folder().join("tests/fixtures/forbidden_arrow")));
    for expected in [
        "crates/plate may not know crates/wire",
        "crates/cli may not know crates/feed",
        "crates/cli depends on sqlx, which belongs to crates/session",
        "crates/wire depends on tauri-build, which belongs to src-tauri",
        "crates/plate depends on serde_json, which belongs to",
        "crates/stray is no room of the house",
        "xtask may depend on nothing, and depends on serde",
    ] {
        let hits = found.iter().filter(|line| line.contains(expected)).count();
        assert_eq!(hits, 1, "the fixture has one such arrow: {expected}\nfound:\n{}", found.join("\n"));
    }
    assert_eq!(found.len(), 7, "allowed arrows and a room's own tests are not reported:\n{}", found.join("\n"));
}

#[test]
fn every_file_keeps_the_rules() {
    let files = rust_files();
    assert!(files.len() > 80, "the walk finds the house: {} files", files.len());
    let found: Vec<String> = files.iter().flat_map(|(name, text)| text_violations(name, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_trait_stands_alone() {
    let files: Vec<(String, String)> =
        rust_files().into_iter().filter(|(name, _)| !name.contains("fixtures")).collect();
    let alone = lonely_traits(&files);
    assert!(alone.is_empty(), "traits with fewer than two implementers: {}", alone.join(", "));
    let lonely = [("a.rs".to_owned(), "pub trait Walks {}\nimpl Walks for Dog {}\n".to_owned())];
    assert_eq!(lonely_traits(&lonely), ["Walks"], "one implementer is none");
}

#[test]
fn a_broken_rule_is_found() {
    let long = "//! Long.\n".to_owned() + &"fn f() {}\n".repeat(500);
    let reasoned = long.replace("Long.", "One table of 3,456 lines, so over 500 lines.");
    for (name, text, expected) in [
        ("crates/plate/src/a.rs", "fn f() {}\n", "does not open with //!"),
        ("crates/plate/src/a.rs", long.as_str(), "over 500 lines"),
        ("crates/plate/src/utils.rs", "//! A.\n", "\"utils\""),
        ("crates/plate/src/common/a.rs", "//! A.\n", "\"common\""),
        ("crates/plate/src/a.rs", concat!("//! A.\nfn f() { to", "do!() }\n"), "a.rs:2 has"),
        ("crates/plate/src/a.rs", concat!("//! A.\n#[test]\n#[ign", "ore]\nfn f() {}\n"), "does not run"),
        ("crates/plate/src/a.rs", concat!("//! A.\n#[should_", "panic]\n"), "cannot say why"),
        ("crates/plate/src/a.rs", concat!("//! A.\npub mo", "d plate_manager;\n"), "plate_manager"),
        ("crates/plate/src/a.rs", concat!("//! A.\n#![allow(unsafe", "_code)]\n"), "without a reason"),
    ] {
        let found = text_violations(name, text);
        assert!(found.len() == 1 && found[0].contains(expected), "{name}: wanted {expected:?}, found {found:?}");
    }
    assert_eq!(text_violations("crates/plate/src/a.rs", &reasoned), Vec::<String>::new(), "a reason is enough");
}
