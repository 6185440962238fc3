//! Names and places of bundles on this machine: where they lie, how they are called, which path is free.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::failure::{Answer, Failure};
use super::packed::{BundleFile, BundlesFound};
use super::showing::name_of;

/// How a bundle's name ends.
pub(super) const ENDING: &str = ".plateside";
/// Files that are listed.
const MOST_FILES: usize = 200;
/// Entries of one folder that are looked at: a folder of downloads may hold anything.
const MOST_ENTRIES: usize = 20_000;
/// Files or folders of one name.
const MOST_OF_A_NAME: u32 = 1000;
/// Bytes of a name: every file system takes 255, and a number and an ending come behind it.
const LONGEST_NAME: usize = 180;

/// Bundles in some folders, each looked through once and nothing below it.
pub(super) fn bundles(places: &[PathBuf]) -> BundlesFound {
    let (mut seen, mut folders, mut files) = (BTreeSet::new(), Vec::new(), Vec::new());
    for place in places {
        // One that is not there, or may not be read, has nothing to offer.
        let (Ok(real), Ok(entries)) = (place.canonicalize(), std::fs::read_dir(place)) else { continue };
        if !seen.insert(real) {
            continue;
        }
        folders.push(place.display().to_string());
        files.extend(entries.take(MOST_ENTRIES).flatten().filter_map(|entry| file(&entry.path())));
    }
    files.sort_by(|a: &BundleFile, b| b.changed_ms.cmp(&a.changed_ms).then_with(|| a.path.cmp(&b.path)));
    let left_out = u32::try_from(files.len().saturating_sub(MOST_FILES)).unwrap_or(u32::MAX);
    files.truncate(MOST_FILES);
    BundlesFound { files, left_out, folders }
}

fn file(path: &Path) -> Option<BundleFile> {
    let name = name_of(path);
    // What is being written has a name that begins with a dot.
    if name.starts_with('.') || !name.to_lowercase().ends_with(ENDING) {
        return None;
    }
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let changed = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Some(BundleFile {
        path: path.display().to_string(),
        name,
        folder: path.parent().unwrap_or(Path::new("")).display().to_string(),
        bytes: metadata.len(),
        changed_ms: changed.and_then(|since| i64::try_from(since.as_millis()).ok()),
    })
}

/// A path that a person typed or chose.
///
/// # Errors
/// `invalid`: it is none, or not a whole one.
pub(super) fn whole(typed: &str) -> Answer<PathBuf> {
    let path = PathBuf::from(typed.trim());
    if path.as_os_str().is_empty() {
        return Err(Failure::new("invalid", "Say which file."));
    }
    // Where the window was started from means nothing to whoever types.
    if !path.is_absolute() || path.file_name().is_none() {
        let message = format!("{} is no whole path of a file: begin with its disk's first folder.", path.display());
        return Err(Failure::new("invalid", message));
    }
    Ok(path)
}

/// Refuses what is no file: reading a pipe or a device would wait for ever.
///
/// # Errors
/// `bundle`, in the words of a bundle that cannot be read.
pub(super) fn refuse_no_file(path: &Path) -> Answer<()> {
    let says = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => return Ok(()),
        Ok(_) => format!("{} is no bundle of Plateside: it is no file", path.display()),
        Err(error) => format!("{} cannot be read: {error}", path.display()),
    };
    Err(Failure::new("bundle", says))
}

/// A name as that of a file or folder on every system.
pub(super) fn plain(name: &str) -> String {
    let kept = name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c });
    let mut plain = String::new();
    for c in kept.skip_while(|c| *c == '.' || c.is_whitespace()) {
        if plain.len() + c.len_utf8() > LONGEST_NAME {
            break;
        }
        plain.push(c);
    }
    // A blank or a point at the end is no name on some systems.
    let plain = plain.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    if plain.is_empty() { "session".to_owned() } else { plain.to_owned() }
}

/// The first path of a name at which nothing is: `name`, `name (2)`…, each with its ending.
///
/// # Errors
/// `too_many`.
pub(super) fn free(folder: &Path, name: &str, ending: &str) -> Answer<PathBuf> {
    for number in 1..MOST_OF_A_NAME {
        let path = match number {
            1 => folder.join(format!("{name}{ending}")),
            _ => folder.join(format!("{name} ({number}){ending}")),
        };
        // A link to nowhere is something too.
        if path.symlink_metadata().is_err() {
            return Ok(path);
        }
    }
    Err(Failure::new("too_many", format!("{} holds too many of the name {name}: choose another.", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_names_of_files_everywhere() {
        for (name, file) in [
            ("Demo lab 2026-11-27 03.35.07", "Demo lab 2026-11-27 03.35.07"),
            ("../../etc/passwd", "_.._etc_passwd"),
            (" .hidden. ", "hidden"),
            ("a:b\n?", "a_b__"),
            ("...", "session"),
            ("", "session"),
            ("לוח", "לוח"),
        ] {
            assert_eq!(plain(name), file, "{name:?}");
        }
        assert!(plain(&"🧫".repeat(500)).len() <= LONGEST_NAME);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.plateside"), "").unwrap();
        assert!(free(folder.path(), "a", ENDING).unwrap().ends_with("a (2).plateside"));
        assert!(free(folder.path(), "a", "").unwrap().ends_with("a"));
    }

    #[test]
    fn a_path_is_a_whole_one() {
        assert_eq!(whole(" /a/b.plateside ").unwrap(), Path::new("/a/b.plateside"));
        for wrong in ["", "  ", "b.plateside", "./b", "/", "/a/.."] {
            assert_eq!(whole(wrong).unwrap_err().code, "invalid", "{wrong:?}");
        }
    }

    #[test]
    fn files_are_listed_newest_first_once_and_no_more_than_so_many() {
        let folder = tempfile::tempdir().unwrap();
        let [downloads, home] = ["downloads", "home"].map(|name| folder.path().join(name));
        std::fs::create_dir_all(downloads.join("folder.plateside")).unwrap();
        std::fs::create_dir_all(home.join("below")).unwrap();
        for name in [
            "downloads/b.PlateSide",
            "downloads/.unfinished-a.plateside",
            "downloads/note.txt",
            "home/below/c.plateside",
        ] {
            std::fs::write(folder.path().join(name), "four").unwrap();
        }
        let places = [downloads.clone(), home.clone(), downloads.join("."), folder.path().join("nowhere")];
        let found = bundles(&places);
        assert_eq!(found.folders, [downloads.display().to_string(), home.display().to_string()]);
        let [only] = &found.files[..] else { panic!("{found:?}") };
        assert_eq!((only.name.as_str(), only.bytes, only.changed_ms.is_some()), ("b.PlateSide", 4, true));
        for number in 0..MOST_FILES + 5 {
            std::fs::write(home.join(format!("{number}.plateside")), "").unwrap();
        }
        let old = std::fs::File::options().write(true).open(downloads.join("b.PlateSide")).unwrap();
        old.set_modified(UNIX_EPOCH + std::time::Duration::from_secs(1)).unwrap();
        let found = bundles(&places);
        assert_eq!((found.files.len(), found.left_out), (MOST_FILES, 6));
        assert!(found.files.iter().all(|file| file.name != "b.PlateSide"), "the oldest is left out");
    }
}
