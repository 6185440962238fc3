//! Where ONNX Runtime's library lies on this machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Says where the library lies; `none` is for tract.
const VARIABLE: &str = "PLATESIDE_ONNXRUNTIME";
/// How deep below a folder of the cache it is looked for: a wheel keeps it in `onnxruntime/capi`.
const DEPTH: usize = 3;

/// ONNX Runtime's library: where `PLATESIDE_ONNXRUNTIME` says, else in `lib/` beside the program, else in
/// `tools/onnxruntime-*/` of `cache_dir`, Plateside's own cache folder; the newest of several. `None` where there is none, or
/// where the variable says `none`.
#[must_use]
pub fn find_library(cache_dir: &Path) -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    find(std::env::var_os(VARIABLE), beside, cache_dir)
}

fn find(told: Option<OsString>, beside: Option<&Path>, cache_dir: &Path) -> Option<PathBuf> {
    if let Some(told) = told.filter(|told| !told.is_empty()) {
        return (told != "none").then(|| told.into());
    }
    let installed = beside.into_iter().flat_map(|beside| [beside.join("lib"), beside.join("../lib/plateside")]);
    if let Some(found) = installed.into_iter().find_map(|folder| newest(libraries(&folder, 1))) {
        return Some(found);
    }
    let tools = entries(&cache_dir.join("tools"));
    let ours = tools.into_iter().filter(|path| file_name(path).is_some_and(|name| name.starts_with("onnxruntime-")));
    newest(ours.flat_map(|folder| libraries(&folder, DEPTH)).collect())
}

/// Libraries in a folder and below it.
fn libraries(folder: &Path, depth: usize) -> Vec<PathBuf> {
    if depth == 0 {
        return Vec::new();
    }
    let (folders, files): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_dir());
    let here = files.into_iter().filter(|path| file_name(path).is_some_and(is_library));
    here.chain(folders.into_iter().flat_map(|below| libraries(&below, depth - 1))).collect()
}

/// Not `libonnxruntime_providers_shared.so`.
fn is_library(name: &str) -> bool {
    let unix = name.strip_prefix("libonnxruntime.");
    unix.is_some_and(|rest| rest.starts_with("so") || rest.ends_with("dylib")) || name == "onnxruntime.dll"
}

/// The one whose path holds the greatest numbers, read from the left.
fn newest(mut found: Vec<PathBuf>) -> Option<PathBuf> {
    found.sort_by_key(|path| numbers(&path.to_string_lossy()));
    found.pop()
}

fn numbers(text: &str) -> Vec<u64> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

fn file_name(path: &Path) -> Option<&str> {
    path.file_name().and_then(|name| name.to_str())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    read.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod library_tests {
    use super::*;

    fn put(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"").unwrap();
    }

    #[test]
    fn the_library_is_where_it_is_said_or_installed_or_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, beside) = (folder.path().join("cache"), folder.path().join("bin"));
        let find = |told: Option<&str>| super::find(told.map(OsString::from), Some(&beside), &cache);
        assert_eq!(find(None), None);
        put(&cache.join("tools/onnxruntime-1.9.0/libonnxruntime.so.1.9.0"));
        let newer = cache.join("tools/onnxruntime-1.31.1/onnxruntime/capi/libonnxruntime.so.1.31.1");
        put(&newer);
        put(&newer.with_file_name("libonnxruntime_providers_shared.so"));
        put(&cache.join("tools/tauri-driver-9.0.0/libonnxruntime.so"));
        assert_eq!(find(None), Some(newer));
        put(&beside.join("lib/libonnxruntime.so.1"));
        assert_eq!(find(None), Some(beside.join("lib/libonnxruntime.so.1")));
        assert_eq!(find(Some("/x/y.so")), Some("/x/y.so".into()));
        assert_eq!((find(Some("none")), find(Some("")).is_some()), (None, true));
    }
}
