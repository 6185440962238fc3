//! Apache Kafka's jars: copied from Maven into the cache once for each text of `bed/pom.xml`.
use crate::process::{self, Outcome};
use crate::{needs, places};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const POM: &str = include_str!("../../bed/pom.xml");

/// The class path of broker and tools. Downloads when the cache has none for this pom.
pub(crate) fn class_path() -> Outcome<OsString> {
    let folder = places::cache_for("kafka", POM);
    if !folder.is_dir() {
        download(&folder)?;
    }
    Ok(folder.join("*").into_os_string())
}

fn download(folder: &PathBuf) -> Outcome<()> {
    needs::maven()?;
    eprintln!("xtask: fetching Apache Kafka with Maven (about 45 MB, once)");
    // Filled under another name and then renamed: half a download is never found warm.
    let filling = folder.with_extension(format!("part-{}", std::process::id()));
    let mut maven = Command::new("mvn");
    maven.args(["--quiet", "--batch-mode", "--file"]).arg(places::clone().join("xtask/bed/pom.xml"));
    maven.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
    maven.arg(format!("-DoutputDirectory={}", filling.display()));
    process::read(&mut maven).map_err(|error| format!("Apache Kafka could not be fetched: {error}"))?;
    if let Err(error) = fs::rename(&filling, folder) {
        let _best_effort = fs::remove_dir_all(&filling);
        // Another xtask was quicker; its jars are the same.
        if !folder.is_dir() {
            return Err(format!("cannot make {}: {error}", folder.display()));
        }
    }
    Ok(())
}
