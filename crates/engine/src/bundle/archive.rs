//! A bundle's archive as it is read: every rule that a name, an entry and their places must keep, before anything is written.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use session::PREVIEW_BYTES;
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::manifest::{DATABASE, FORMAT, MANIFEST, MOST_BYTES, Manifest, ManifestFile, image_sha256, preview_page};
use super::{BundleError, OpenLimits, Tell, seal};

/// Bytes of a local header before its name.
const LOCAL_HEADER: u64 = 30;
/// Bytes of an entry in the directory: more than any of ours takes.
const MOST_DIRECTORY_BYTES: u64 = 256;

/// An archive that keeps the rules.
pub(super) struct Archive {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    pub(super) manifest: Manifest,
}

impl Archive {
    /// Opens a bundle and looks at all of it but the contents of its files.
    ///
    /// # Errors
    /// Every [`BundleError`] about a bundle.
    pub(super) fn open(path: &Path, limits: &OpenLimits, tell: &mut Tell<'_>) -> Result<Archive, BundleError> {
        let (mut file, end) = Archive::ended(path)?;
        if !seal::is_whole(&mut file, tell).map_err(BundleError::unreadable(path))? {
            return Err(changed(path, file, end, limits));
        }
        Archive::look(path, file, end, limits)
    }

    /// As [`Archive::open`], without the seal: what it says may have been changed on its way.
    ///
    /// # Errors
    /// Every [`BundleError`] about a bundle.
    pub(super) fn glance(path: &Path, limits: &OpenLimits) -> Result<Archive, BundleError> {
        let (file, end) = Archive::ended(path)?;
        Archive::look(path, file, end, limits)
    }

    /// A file that ends as a bundle does, with what its end says.
    fn ended(path: &Path) -> Result<(BufReader<File>, seal::End), BundleError> {
        crate::files::refuse_streams(path).map_err(BundleError::unreadable(path))?;
        let file = File::open(path).map_err(BundleError::unreadable(path))?;
        if !file.metadata().map_err(BundleError::unreadable(path))?.is_file() {
            return Err(not_a_bundle(path, "it is no file"));
        }
        let mut file = BufReader::with_capacity(1 << 16, file);
        let end = seal::read_end(&mut file).map_err(BundleError::unreadable(path))?;
        let end = end.map_err(|reason| not_a_bundle(path, reason))?;
        Ok((file, end))
    }

    /// Everything but the seal.
    fn look(path: &Path, file: BufReader<File>, end: seal::End, limits: &OpenLimits) -> Result<Archive, BundleError> {
        let too_large = |what, found, most| BundleError::TooLarge { path: path.to_owned(), what, found, most };
        if end.entries > limits.files.saturating_add(1) {
            return Err(too_large("files", end.entries - 1, limits.files));
        }
        if end.directory_bytes > end.entries.saturating_mul(MOST_DIRECTORY_BYTES) {
            return Err(not_a_bundle(path, "its directory is larger than its entries need"));
        }
        let mut zip = ZipArchive::new(file).map_err(|error| not_a_bundle(path, &error.to_string()))?;
        // The same end record, the same directory, and no name twice.
        if zip.len() as u64 != end.entries || zip.central_directory_start() != end.directory_at || zip.offset() != 0 {
            return Err(not_a_bundle(path, "its directory can be read in two ways, or names an entry twice"));
        }
        refuse_places(path, &mut zip, end)?;
        let manifest = read_manifest(path, &mut zip)?;
        let mut archive = Archive { path: path.to_owned(), zip, manifest };
        archive.refuse_files(limits)?;
        Ok(archive)
    }

    /// Compares the entries with the manifest's list.
    fn refuse_files(&mut self, limits: &OpenLimits) -> Result<(), BundleError> {
        let Archive { path, zip, manifest } = self;
        let refused = |entry: &str, reason: &str| refused(path, entry, reason);
        let mut bytes: u64 = 0;
        for (index, file) in manifest.files.iter().enumerate() {
            let is_rows = index == 0 && file.path == DATABASE;
            let is_image = index > 0 && image_sha256(&file.path).is_some_and(|sha| hex::encode(sha) == file.sha256);
            let is_preview = index > 0 && preview_page(&file.path).is_some();
            if !is_rows && !is_image && !is_preview {
                return Err(refused(&file.path, "stands in the manifest and can be no file of a session"));
            }
            if index > 1 && manifest.files[index - 1].path >= file.path {
                return Err(refused(&file.path, "stands in the manifest twice, or out of order"));
            }
            if is_preview && file.bytes > PREVIEW_BYTES {
                return Err(refused(&file.path, "is longer than a preview may be"));
            }
            bytes = bytes.saturating_add(file.bytes);
        }
        if bytes > limits.bytes {
            return Err(BundleError::TooLarge { path: path.clone(), what: "bytes", found: bytes, most: limits.bytes });
        }
        for index in 1..zip.len() {
            let entry = zip.by_index_data(index).map_err(|error| not_a_bundle(path, &error.to_string()))?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            match manifest.files.get(index - 1) {
                Some(file) if file.path == name => {
                    if entry.size() != file.bytes {
                        return Err(refused(&name, "has another length than the manifest says"));
                    }
                }
                _ => return Err(refused(&name, "is not the one that the manifest names at its place")),
            }
        }
        match manifest.files.get(zip.len().saturating_sub(1)) {
            Some(file) => Err(refused(&file.path, "stands in the manifest and is not there")),
            None if manifest.files.is_empty() => Err(refused(DATABASE, "is not there")),
            None => Ok(()),
        }
    }

    /// Bytes of all files, unpacked.
    pub(super) fn bytes(&self) -> u64 {
        self.manifest.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// Reads one file, by its place in the manifest, in pieces; never more than its stated length. Then its digest is what
    /// the manifest says.
    ///
    /// # Errors
    /// [`BundleError::Refused`], and whatever `take` says.
    pub(super) fn unpack(
        &mut self,
        index: usize,
        take: &mut dyn FnMut(&[u8]) -> Result<(), BundleError>,
    ) -> Result<(), BundleError> {
        let Archive { path, zip, manifest } = self;
        let Some(file) = manifest.files.get(index) else { return Ok(()) };
        let digest = read_entry(path, zip, index + 1, &file.path, file.bytes, take)?;
        if hex::encode(digest) != file.sha256 {
            return Err(refused(path, &file.path, "is not what the manifest says: its SHA-256 differs"));
        }
        Ok(())
    }

    /// The files, as the manifest has them.
    pub(super) fn files(&self) -> Vec<ManifestFile> {
        self.manifest.files.clone()
    }
}

/// Every entry is a plain file that lies right after the one before it, stored or deflated and nothing else; its name, sizes
/// and sum are the same in its own header and in the directory.
fn refuse_places(path: &Path, zip: &mut ZipArchive<BufReader<File>>, end: seal::End) -> Result<(), BundleError> {
    let mut at = 0;
    for index in 0..zip.len() {
        let name = {
            let entry = zip.by_index_data(index).map_err(|error| not_a_bundle(path, &error.to_string()))?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let refused = |reason: &str| Err(refused(path, &name, reason));
            let is_ours = match index {
                0 => name == MANIFEST,
                1 => name == DATABASE,
                _ => image_sha256(&name).is_some() || preview_page(&name).is_some(),
            };
            if !is_ours {
                return refused("has a name that no entry of a bundle has at its place");
            }
            if entry.encrypted() {
                return refused("is encrypted");
            }
            if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return refused("is packed in a way that no bundle uses");
            }
            // The kind of file in the upper half of the mode: none said, or a plain one.
            let kind = (entry.external_attributes() >> 16) & 0o170_000;
            if entry.is_symlink() || entry.is_dir() || !matches!(kind, 0 | 0o100_000) {
                return refused("is no plain file");
            }
            if entry.flags().is_using_data_descriptor() || !entry.comment_raw().is_empty() {
                return refused("has parts that no bundle has");
            }
            name
        };
        let refused = |reason: &str| refused(path, &name, reason);
        let options = zip::ZipReadOptions::new().enforce_header_consistency(true);
        let entry =
            zip.by_index_with_options(index, options).map_err(|error| refused(&format!("is refused: {error}")))?;
        let data_at = entry.data_start().unwrap_or(0);
        let least = at + LOCAL_HEADER + name.len() as u64;
        // Up to 28 bytes more for sizes that need 64 bits.
        if entry.header_start() != at || data_at < least || data_at > least + 28 {
            return Err(refused("does not begin where the one before it ends"));
        }
        at = data_at.saturating_add(entry.compressed_size());
        if at > end.directory_at {
            return Err(refused("reaches beyond its end"));
        }
    }
    if at != end.directory_at {
        return Err(not_a_bundle(path, "there are bytes between its last entry and its directory"));
    }
    Ok(())
}

fn read_manifest(path: &Path, zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, BundleError> {
    let bytes = match zip.by_index_data(0) {
        Ok(entry) => entry.size(),
        Err(_) => return Err(refused(path, MANIFEST, "is not there")),
    };
    if bytes > MOST_BYTES {
        return Err(refused(path, MANIFEST, "is too long"));
    }
    let mut text = Vec::new();
    read_entry(path, zip, 0, MANIFEST, bytes, &mut |piece| {
        text.extend_from_slice(piece);
        Ok(())
    })?;
    #[derive(serde::Deserialize)]
    struct Which {
        format: u32,
        plateside: String,
    }
    let unread = |error: serde_json::Error| refused(path, MANIFEST, &format!("cannot be read: {error}"));
    let which: Which = serde_json::from_slice(&text).map_err(unread)?;
    if which.format != FORMAT {
        let (made_by, found) = (which.plateside, which.format);
        return Err(BundleError::Newer { path: path.to_owned(), made_by, found, known: FORMAT });
    }
    serde_json::from_slice(&text).map_err(unread)
}

/// Reads an entry of a stated length to its end; its digest. A longer or a shorter one is refused.
fn read_entry(
    path: &Path,
    zip: &mut ZipArchive<BufReader<File>>,
    index: usize,
    name: &str,
    bytes: u64,
    take: &mut dyn FnMut(&[u8]) -> Result<(), BundleError>,
) -> Result<[u8; 32], BundleError> {
    let refused = |reason: String| refused(path, name, &reason);
    let mut entry = zip.by_index(index).map_err(|error| refused(format!("cannot be read: {error}")))?;
    let (mut hasher, mut buffer, mut left) = (Sha256::new(), vec![0; 1 << 16], bytes);
    loop {
        let read = match entry.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(refused(format!("cannot be unpacked: {error}"))),
        };
        if read == 0 {
            break;
        }
        match left.checked_sub(read as u64) {
            Some(rest) => left = rest,
            None => return Err(refused("unpacks to more than it says".to_owned())),
        }
        hasher.update(&buffer[..read]);
        take(&buffer[..read])?;
    }
    if left > 0 {
        return Err(refused("ends before its stated length".to_owned()));
    }
    Ok(hasher.finalize().into())
}

/// The seal is broken: says where, as far as that can be said.
fn changed(path: &Path, file: BufReader<File>, end: seal::End, limits: &OpenLimits) -> BundleError {
    let wrong = Archive::look(path, file, end, limits).and_then(|mut archive| {
        (0..archive.manifest.files.len()).try_for_each(|index| archive.unpack(index, &mut |_| Ok(())))
    });
    let place = match wrong {
        Ok(()) => "its files are whole, and the digest at its end is not that of its bytes.".to_owned(),
        Err(BundleError::Refused { entry, reason, .. }) => format!("its entry {entry:?} {reason}."),
        Err(BundleError::NotABundle { reason, .. }) => format!("{reason}."),
        Err(_) => "what it says about itself makes no sense.".to_owned(),
    };
    BundleError::Changed { path: path.to_owned(), place }
}

fn refused(path: &Path, entry: &str, reason: &str) -> BundleError {
    // A name of a stranger's may be of any length.
    let entry: String = entry.chars().take(200).collect();
    BundleError::Refused { path: path.to_owned(), entry, reason: reason.to_owned() }
}

fn not_a_bundle(path: &Path, reason: &str) -> BundleError {
    BundleError::NotABundle { path: path.to_owned(), reason: reason.to_owned() }
}
