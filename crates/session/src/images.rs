//! `images/`: bodies over 64 KiB, each in a file named by the SHA-256 of its bytes, `ab/cdef…` (`DATA.md` 4).
//!
//! A file is there, whole and synced, before the row that names it is committed. A file that no row names (its commit
//! failed) is harmless.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Error;

/// Bodies of more bytes than this are files.
pub const INLINE_BYTES: usize = 64 * 1024;

/// Temporary names inside `images/` begin so.
const UNFINISHED: &str = "unfinished-";

/// Where a body lies.
pub(crate) fn path_of(folder: &Path, sha256: &[u8; 32]) -> PathBuf {
    let name = hex::encode(sha256);
    folder.join("images").join(&name[..2]).join(&name[2..])
}

/// The SHA-256 of a body.
pub(crate) fn sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// Writes bodies, syncs them, and syncs the folders that name them. A body that is there already is not written again.
///
/// # Errors
/// [`Error::DiskFull`] or [`Error::Io`]; what was written by then stays as harmless files.
pub(crate) fn store(folder: &Path, bodies: &[([u8; 32], bytes::Bytes)]) -> Result<(), Error> {
    let images = folder.join("images");
    let mut to_sync = BTreeSet::new();
    for (sha256, body) in bodies {
        let path = path_of(folder, sha256);
        let parent = path.parent().unwrap_or(&images);
        // Synced even where the file is there: a crash may have come between its rename and this sync.
        to_sync.extend([images.clone(), parent.to_owned()]);
        // Another length means that something broke it since: it is replaced.
        if fs::metadata(&path).is_ok_and(|m| m.len() == body.len() as u64) {
            continue;
        }
        match fs::create_dir(parent) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(Error::io(parent, e)),
            _ => {}
        }
        // One writer holds the folder's lock, so that one temporary name is enough.
        let unfinished = images.join(format!("{UNFINISHED}{}", hex::encode(&sha256[..8])));
        write_synced(&unfinished, body).map_err(|e| {
            _ = fs::remove_file(&unfinished); // give the room back; if that fails too, the name says what it is
            Error::io(&path, e)
        })?;
        fs::rename(&unfinished, &path).map_err(|e| Error::io(&path, e))?;
    }
    for folder in to_sync {
        sync_folder(&folder)?;
    }
    Ok(())
}

fn write_synced(path: &Path, body: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(body)?;
    file.sync_data()
}

/// Makes the names in a folder durable (a no-op where folders cannot be opened).
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::io(folder, e))?;
    }
    Ok(())
}

/// Reads a body back.
///
/// # Errors
/// [`Error::Damaged`] if its file is gone, [`Error::Io`].
pub(crate) fn load(folder: &Path, sha256: &[u8; 32]) -> Result<bytes::Bytes, Error> {
    let path = path_of(folder, sha256);
    match fs::read(&path) {
        Ok(body) => Ok(body.into()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(gone(path)),
        Err(e) => Err(Error::io(&path, e)),
    }
}

/// A body's file that should be there is not.
pub(crate) fn gone(path: PathBuf) -> Error {
    Error::Damaged { path, reason: "the file is gone, and a message's body with it".to_owned() }
}

/// A file in `images/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ImageFile {
    pub(crate) path: PathBuf,
    /// The digest that its name says; `None` where the name says none.
    pub(crate) name: Option<[u8; 32]>,
}

/// Every file in `images/`, sorted.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn list(folder: &Path) -> Result<Vec<ImageFile>, Error> {
    let mut files = Vec::new();
    let images = folder.join("images");
    for entry in read_folder(&images)? {
        if !entry.is_dir() {
            files.push(ImageFile { path: entry, name: None });
            continue;
        }
        let prefix = entry.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        for file in read_folder(&entry)? {
            let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let mut digest = [0; 32];
            let named = hex::decode_to_slice(format!("{prefix}{name}"), &mut digest).is_ok();
            files.push(ImageFile { path: file, name: named.then_some(digest) });
        }
    }
    files.sort();
    Ok(files)
}

pub(crate) fn read_folder(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            entries.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>().map_err(|e| Error::io(folder, e))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::io(folder, e)),
    }
}

/// Removes what a crash left half-written.
pub(crate) fn remove_unfinished(folder: &Path) -> Result<(), Error> {
    for path in read_folder(&folder.join("images"))? {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(UNFINISHED) {
            fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_stored_once_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("images")).unwrap();
        let body = bytes::Bytes::from(vec![7; 100_000]);
        let digest = sha256(&body);
        for _ in 0..2 {
            store(folder.path(), &[(digest, body.clone()), (digest, body.clone())]).unwrap();
        }
        assert_eq!(load(folder.path(), &digest).unwrap(), body);
        let file = ImageFile { path: path_of(folder.path(), &digest), name: Some(digest) };
        assert_eq!(list(folder.path()).unwrap(), [file]);
        // A file that was cut short is written again.
        fs::write(path_of(folder.path(), &digest), b"cut").unwrap();
        store(folder.path(), &[(digest, body.clone())]).unwrap();
        assert_eq!(load(folder.path(), &digest).unwrap(), body);
    }

    #[test]
    fn a_lost_body_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = load(folder.path(), &[0xab; 32]).unwrap_err();
        assert!(matches!(&error, Error::Damaged { path, .. } if path.ends_with("ab".repeat(31))), "{error}");
    }
}
