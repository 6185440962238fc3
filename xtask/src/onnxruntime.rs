//! ONNX Runtime's library, out of the wheel that the Python registry has. Without it models run on tract, slower.
use crate::process::{self, Outcome};
use crate::{needs, places};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version of the wheel; the app asks for the interface of 1.24 or a later one.
const VERSION: &str = "1.31.1";
/// Every version of Python has its own wheel, with the same library in it.
const PYTHON: &str = "3.12";
/// Says where the library lies: what the app reads, and what overrules us.
pub(crate) const VARIABLE: &str = "PLATESIDE_ONNXRUNTIME";

/// The library, fetched once.
pub(crate) fn library() -> Outcome<PathBuf> {
    if let Some(library) = found() {
        return Ok(library);
    }
    fetch().map_err(|error| format!("ONNX Runtime {VERSION} cannot be had: {error}"))?;
    found().ok_or_else(|| format!("the wheel of ONNX Runtime {VERSION} holds no library for this machine"))
}

/// The variable for programs that run models: the library, fetched once; nothing where it cannot be had, and that is said.
pub(crate) fn variable() -> Option<(&'static str, PathBuf)> {
    match library() {
        Ok(library) => Some((VARIABLE, library)),
        Err(error) => {
            eprintln!("xtask: {error}\nxtask: models run on tract, about a third as fast");
            None
        }
    }
}

/// The variable where the library is here already: suites fetch it before they begin.
pub(crate) fn known() -> Option<(&'static str, PathBuf)> {
    found().map(|library| (VARIABLE, library))
}

fn found() -> Option<PathBuf> {
    let told = env::var_os(VARIABLE).filter(|told| !told.is_empty()).map(PathBuf::from);
    told.or_else(|| library_in(&folder()))
}

fn folder() -> PathBuf {
    places::cache().join("tools").join(format!("onnxruntime-{VERSION}"))
}

fn library_in(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    files.filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_library)).max()
}

/// Not `libonnxruntime_providers_shared.so`.
fn is_library(name: &str) -> bool {
    let unix = name.strip_prefix("libonnxruntime.");
    unix.is_some_and(|rest| rest.starts_with("so") || rest.ends_with("dylib")) || name == "onnxruntime.dll"
}

/// Downloads the wheel, and keeps the library and the licences.
fn fetch() -> Outcome<()> {
    needs::python()?;
    eprintln!("xtask: fetching ONNX Runtime {VERSION} (once)");
    let folder = folder();
    let scratch = folder.with_extension("fetching");
    let _left_by_an_earlier_try = fs::remove_dir_all(&scratch);
    let kept = scratch.join("kept");
    let told = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    fs::create_dir_all(&kept).map_err(told(&kept))?;
    process::read(Command::new("python3").args(["-m", "venv"]).arg(scratch.join("venv")))?;
    let python = || Command::new(scratch.join("venv/bin/python"));
    let mut pip = python();
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary",
        ":all:",
    ]);
    pip.args(["--python-version", PYTHON, &format!("onnxruntime=={VERSION}"), "--dest"]);
    process::read(pip.arg(&scratch))?;
    let files = fs::read_dir(&scratch).map_err(told(&scratch))?.flatten().map(|entry| entry.path());
    let wheel = files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "whl"));
    let wheel = wheel.ok_or("pip brought no wheel")?;
    process::read(python().args(["-m", "zipfile", "-e"]).arg(&wheel).arg(scratch.join("wheel")))?;
    let inside = scratch.join("wheel/onnxruntime");
    let library = library_in(&inside.join("capi")).ok_or("its wheel holds no library")?;
    for file in [library, inside.join("LICENSE"), inside.join("ThirdPartyNotices.txt")] {
        let name = file.file_name().ok_or("a file without a name")?;
        fs::copy(&file, kept.join(name)).map_err(told(&file))?;
    }
    let _of_another_try = fs::remove_dir_all(&folder);
    fs::rename(&kept, &folder).map_err(told(&folder))?;
    let _best_effort = fs::remove_dir_all(&scratch);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_told_from_what_lies_beside_it() {
        for name in ["libonnxruntime.so.1.31.1", "libonnxruntime.so", "libonnxruntime.1.31.1.dylib", "onnxruntime.dll"]
        {
            assert!(is_library(name), "{name}");
        }
        for name in ["libonnxruntime_providers_shared.so", "LICENSE", "onnxruntime_validation.py"] {
            assert!(!is_library(name), "{name}");
        }
    }
}
