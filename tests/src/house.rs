//! The rules of the house as functions over `cargo metadata` and over the text of a source file (`ARCHITECTURE.md`).
//!
//! Rooms are told by their folder, never by a package's name. Each rule returns sentences; none means all is well.

pub mod pages;

use std::path::Path;

use serde_json::Value;

/// Which rooms may know which, by folder: `None` is "any".
const ROOMS: [(&str, Option<&[&str]>); 12] = [
    ("crates/plate", Some(&[])),
    ("crates/wire", Some(&["crates/plate"])),
    ("crates/feed", Some(&["crates/plate", "crates/wire"])),
    ("crates/session", Some(&["crates/plate", "crates/wire"])),
    ("crates/vision", Some(&["crates/plate"])),
    ("crates/figure", Some(&["crates/plate"])),
    (
        "crates/engine",
        Some(&["crates/plate", "crates/wire", "crates/feed", "crates/session", "crates/vision", "crates/figure"]),
    ),
    ("crates/cli", Some(&["crates/engine"])),
    ("src-tauri", Some(&["crates/engine"])),
    ("ui", Some(&[])),
    ("tests", None),
    ("xtask", Some(&[])),
];

/// External crates and the only rooms that may depend on them; a name that ends with `*` stands for all that begin so.
const EXTERNAL: [(&str, &[&str]); 40] = [
    ("tauri*", &["src-tauri"]),
    ("rdkafka*", &["crates/feed"]),
    ("object_store", &["crates/feed"]),
    ("reqwest", &["crates/feed"]),
    ("ureq", &["crates/feed"]),
    ("hyper*", &["crates/feed"]),
    ("sqlx*", &["crates/session"]),
    ("libsqlite3-sys", &["crates/session"]),
    ("rusqlite", &[]),
    ("ort*", &["crates/vision"]),
    ("image", &["crates/vision"]),
    ("zarrs*", &["crates/vision"]),
    ("plotters*", &["crates/figure"]),
    ("png", &["crates/figure", "crates/vision"]),
    ("ab_glyph*", &["crates/figure"]),
    ("printpdf", &["crates/figure"]),
    ("directories", &["crates/engine"]),
    ("thread-priority", &["crates/engine"]),
    ("keyring", &["crates/engine"]),
    ("notify-rust", &["crates/engine"]),
    ("open", &["crates/engine"]),
    ("parquet", &["crates/engine"]),
    ("ts-rs", &["crates/engine"]),
    // Bundles; spreadsheets are zips too.
    ("zip", &["crates/engine", "crates/wire"]),
    ("apache-avro", &["crates/wire"]),
    ("prost*", &["crates/wire"]),
    ("calamine", &["crates/wire"]),
    ("quick-xml", &["crates/wire"]),
    ("encoding_rs", &["crates/wire"]),
    ("cel*", &["crates/plate"]),
    ("rmpfit", &["crates/plate"]),
    ("fearless_simd", &["crates/plate"]),
    ("clap*", &["crates/cli", "src-tauri"]),
    ("indicatif", &["crates/cli"]),
    ("tokio", &["crates/feed", "crates/session", "crates/engine", "crates/cli", "src-tauri"]),
    ("serde_json", &["crates/wire", "crates/feed", "crates/engine", "crates/cli", "src-tauri"]),
    ("form_urlencoded", &["src-tauri"]),
    ("glib", &["src-tauri"]),
    // Drives windows in tests; `tests` may use anything.
    ("fantoccini", &[]),
    ("anyhow", &[]),
];

/// Rooms whose own tests and build scripts are free; `tests` may use anything anyway.
fn counts(dependency: &Value) -> bool {
    dependency["kind"].as_str() != Some("dev")
}

/// Every arrow in the output of `cargo metadata --no-deps` that the house does not have.
///
/// Looks at direct dependencies, also optional and build ones; what a room uses in its own tests is free.
#[must_use]
pub fn violations(metadata: &Value) -> Vec<String> {
    let root = Path::new(metadata["workspace_root"].as_str().unwrap_or_default());
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let Some(room) = room_of(root, manifest.parent()) else {
            found.push(format!("{} lies outside the workspace", manifest.display()));
            continue;
        };
        let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            found.push(format!("{room} is no room of the house: draw it in ARCHITECTURE.md first"));
            continue;
        };
        let Some(may) = may else { continue };
        for dependency in package["dependencies"].as_array().into_iter().flatten().filter(|d| counts(d)) {
            let name = dependency["name"].as_str().unwrap_or_default();
            match dependency["path"].as_str() {
                Some(path) => {
                    let other = room_of(root, Some(Path::new(path))).unwrap_or_else(|| path.to_owned());
                    if !may.contains(&other.as_str()) {
                        found.push(format!("{room} may not know {other}"));
                    }
                }
                None => found.extend(forbidden_external(&room, name)),
            }
        }
    }
    found
}

fn room_of(root: &Path, folder: Option<&Path>) -> Option<String> {
    Some(folder?.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
}

fn forbidden_external(room: &str, name: &str) -> Option<String> {
    if room == "xtask" {
        return Some(format!("xtask may depend on nothing, and depends on {name}"));
    }
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    };
    let (_, rooms) = EXTERNAL.iter().find(|(pattern, _)| matches(pattern))?;
    (!rooms.contains(&room)).then(|| match rooms {
        [] => format!("{room} depends on {name}, which no room of the house uses"),
        rooms => format!("{room} depends on {name}, which belongs to {}", rooms.join(", ")),
    })
}

/// Names that say nothing about the lab.
const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services"];

/// Every rule of the house that one Rust file breaks; `name` is its path in the repository.
#[must_use]
pub fn text_violations(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let first_comment: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
    if first_comment.is_empty() {
        found.push(format!("{name} does not open with //! saying what lives there"));
    }
    let lines = text.lines().count();
    if lines > 500 && !first_comment.contains("500 lines") {
        found.push(format!("{name} has {lines} lines and its first comment does not say why it is over 500 lines"));
    }
    for part in name.trim_end_matches(".rs").split(['/', '_']) {
        if EMPTY_NAMES.contains(&part) {
            found.push(format!("{name} is called \"{part}\", which says nothing about the lab"));
        }
    }
    // Split so that this file does not break the rule that it states.
    let banned = [
        (concat!("to", "do!"), "unfinished work"),
        (concat!("unimpl", "emented!"), "unfinished work"),
        (concat!("#[ign", "ore"), "a test that does not run"),
        (concat!("should_", "panic"), "a test that cannot say why"),
    ];
    for (number, line) in text.lines().enumerate() {
        for (word, why) in banned {
            if line.contains(word) && !line.trim_start().starts_with("//") {
                found.push(format!("{name}:{} has {word}: {why}", number + 1));
            }
        }
        let opens_module = line.trim_start().trim_start_matches("pub ").strip_prefix("mod ");
        let module = opens_module.and_then(|rest| rest.split([' ', ';', '{']).next()).unwrap_or_default();
        if module.split('_').any(|part| EMPTY_NAMES.contains(&part)) {
            found.push(format!("{name}:{} opens a module called \"{module}\"", number + 1));
        }
    }
    if text.contains(concat!("allow(unsafe", "_code")) && !text.contains("reason =") {
        found.push(format!("{name} allows unsafe code without a reason"));
    }
    found
}

/// Traits with fewer than two implementers in `files` (path and text): their names.
#[must_use]
pub fn lonely_traits(files: &[(String, String)]) -> Vec<String> {
    let declared = files.iter().flat_map(|(_, text)| text.lines()).filter_map(|line| {
        let line = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        let name = line.strip_prefix("trait ")?;
        Some(name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned())
    });
    let implements = |line: &str, name: &str| {
        line.trim_start().starts_with("impl") && line.split([' ', '<', '>', ':']).any(|word| word == name) && {
            line.contains(" for ")
        }
    };
    let alone = declared.filter(|name| {
        let implementers =
            files.iter().flat_map(|(_, text)| text.lines()).filter(|line| implements(line, name)).count();
        implementers < 2
    });
    alone.collect()
}
