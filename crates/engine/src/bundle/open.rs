//! Opens a bundle: looked at first, unpacked beside its place, verified, and only then given its name.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use session::{BundlePixels, Counts, Reader};

use super::archive::Archive;
use super::manifest::{
    DATABASE, DigestsHex, Manifest, ManifestFile, image_entry, image_sha256, preview_entry, preview_page,
};
use super::{
    BundleError, BundleProgress, BundleStep, GoOn, Tell, folder_of, heed, previews, refuse_without_room, sync_folder,
};
use crate::digests::Digests;
use crate::verify::{Judged, verify_reader};

/// How much a bundle may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLimits {
    /// Bytes of its files, unpacked.
    pub bytes: u64,
    /// Files, without the manifest.
    pub files: u64,
}

impl Default for OpenLimits {
    /// 1 TiB in a million files.
    fn default() -> OpenLimits {
        OpenLimits { bytes: 1 << 40, files: 1_000_000 }
    }
}

/// A session out of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its folder.
    pub dir: PathBuf,
    /// Its UUID.
    pub session: String,
    /// How much it holds.
    pub counts: Counts,
    /// What the bundle held of pixels.
    pub pixels: BundlePixels,
    /// Its digests: those of the session that was bundled.
    pub digests: Digests,
    /// What is worth knowing and harmless, a sentence each.
    pub notes: Vec<String>,
}

/// What a bundle says about itself, which nobody has compared with anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleGlance {
    /// The session's UUID.
    pub session: String,
    /// The cluster that it was recorded from.
    pub cluster: String,
    /// The session's last entry.
    pub last_seq: i64,
    /// What it holds of pixels; `None` for a name that is not known.
    pub pixels: Option<BundlePixels>,
}

/// What the bundle in `file` says about itself: milliseconds, since its seal and its files are not looked at.
///
/// # Errors
/// [`BundleError`] about a file that is no bundle, or one that keeps the rules of none.
pub fn glance_at_bundle(file: &Path, limits: &OpenLimits) -> Result<BundleGlance, BundleError> {
    let Manifest { session, cluster, last_seq, pixels, .. } = Archive::glance(file, limits)?.manifest;
    Ok(BundleGlance { session, cluster, last_seq, pixels: BundlePixels::from_name(&pixels) })
}

/// Makes a session of the bundle in `file`, in the new or empty folder `out`. The session is read-only: whoever wants to
/// record into it is refused. `tell` hears how far it is, and may break it off. Nothing is left where this fails.
///
/// # Errors
/// [`BundleError`].
pub async fn open_bundle<G: GoOn>(
    file: &Path,
    out: &Path,
    limits: &OpenLimits,
    mut tell: impl FnMut(BundleProgress) -> G + Send,
) -> Result<Opened, BundleError> {
    let mut enough = false;
    let done = open(file, out, limits, &mut |at| heed(tell(at), &mut enough)).await;
    if enough { Err(BundleError::broken_off(out)) } else { done }
}

async fn open(file: &Path, out: &Path, limits: &OpenLimits, tell: &mut Tell<'_>) -> Result<Opened, BundleError> {
    if is_occupied(out)? {
        return Err(BundleError::Occupied { path: out.to_owned() });
    }
    let mut archive = Archive::open(file, limits, tell)?;
    refuse_without_room(out, archive.bytes())?;
    let parent = folder_of(out);
    // Removed with all that is in it wherever this function ends early.
    let unfinished = tempfile::Builder::new().prefix(".unfinished-open-").tempdir_in(parent);
    let unfinished = unfinished.map_err(BundleError::unwritable(out))?;
    let dir = unfinished.path().join("session");
    unpack(&mut archive, &dir, tell)?;
    let (counts, pixels, digests, notes) = refuse_untrue(file, &dir, &archive.manifest, tell).await?;
    // An empty folder that is there gives way; a rename over anything else fails.
    fs::rename(&dir, out).map_err(BundleError::unwritable(out))?;
    sync_folder(parent)?;
    Ok(Opened { dir: out.to_owned(), session: archive.manifest.session, counts, pixels, digests, notes })
}

fn is_occupied(out: &Path) -> Result<bool, BundleError> {
    // A folder is renamed to this name: what a link points to would not become it.
    if fs::symlink_metadata(out).is_ok_and(|found| found.is_symlink()) {
        return Ok(true);
    }
    match fs::read_dir(out) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(fs::symlink_metadata(out).is_ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(true),
        Err(source) => Err(BundleError::Unwritable { path: out.to_owned(), source }),
    }
}

/// Writes every file, synced. Names come from the rules of [`Archive`], never from the archive itself.
fn unpack(archive: &mut Archive, dir: &Path, tell: &mut Tell<'_>) -> Result<(), BundleError> {
    let images = dir.join("images");
    fs::create_dir_all(&images).map_err(BundleError::unwritable(dir))?;
    let (total, mut done) = (archive.bytes(), 0);
    let mut folders = BTreeSet::from([dir.to_owned(), images]);
    for (index, ManifestFile { path: entry, .. }) in archive.files().iter().enumerate() {
        let name = match (image_sha256(entry), preview_page(entry)) {
            (Some(sha256), _) => image_entry(&sha256),
            (_, Some((body, page))) => preview_entry(&body, page),
            _ => DATABASE.to_owned(),
        };
        let path = dir.join(name);
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != dir) {
            if folders.insert(folder.to_owned()) {
                fs::create_dir_all(folder).map_err(BundleError::unwritable(folder))?;
            }
        }
        let mut file = File::create_new(&path).map_err(BundleError::unwritable(&path))?;
        archive.unpack(index, &mut |piece| {
            file.write_all(piece).map_err(BundleError::unwritable(&path))?;
            done += piece.len() as u64;
            let go_on = tell(BundleProgress { step: BundleStep::Unpacking, done, total });
            if go_on.is_break() { Err(BundleError::broken_off(dir)) } else { Ok(()) }
        })?;
        file.sync_all().map_err(BundleError::unwritable(&path))?;
    }
    folders.iter().try_for_each(|folder| sync_folder(folder))
}

/// What was unpacked is a session marked as this bundle's, whole, and with the digests that the manifest says.
async fn refuse_untrue(
    file: &Path,
    dir: &Path,
    manifest: &Manifest,
    tell: &mut Tell<'_>,
) -> Result<(Counts, BundlePixels, Digests, Vec<String>), BundleError> {
    // The folder that things were found in is about to be removed.
    let here = dir.display().to_string();
    let untrue =
        |reason: String| BundleError::Untrue { path: file.to_owned(), reason: reason.replace(&here, "the session") };
    // A database that makes no sense is the bundle's fault.
    let looked = |error: session::Error| match error {
        error @ (session::Error::Io { .. } | session::Error::DiskFull { .. }) => BundleError::Session(error),
        error => untrue(format!("its session cannot be read: {error}")),
    };
    Reader::refuse_what_runs(dir).await.map_err(looked)?;
    let mut reader = Reader::open(dir).await.map_err(looked)?;
    let mark = reader.bundle_mark().await.map_err(looked)?;
    let Some(mark) = mark.filter(|mark| manifest.mark().as_ref() == Some(mark)) else {
        return Err(untrue("its session is not marked as the manifest says".to_owned()));
    };
    if (&reader.meta().id, &reader.meta().cluster) != (&manifest.session, &manifest.cluster) {
        return Err(untrue("its session is another than the manifest says".to_owned()));
    }
    let head = hex::encode(reader.audit_head().await.map_err(looked)?);
    if head != manifest.audit_head {
        return Err(untrue("its audit chain ends otherwise than the manifest says".to_owned()));
    }
    let verified = verify_reader(&mut reader, dir, |at| {
        let [done, total] = [at.seq, at.last_seq].map(i64::cast_unsigned);
        tell(BundleProgress { step: BundleStep::Verifying, done, total })
    });
    let verified = verified.await.map_err(looked)?;
    let digests = match (verified.digests, verified.problems.first()) {
        (Some(digests), None) => digests,
        (_, first) => {
            let (first, problems) = (first.cloned().unwrap_or_default(), verified.problems.len());
            return Err(untrue(format!("its session is broken ({problems} things): {first}")));
        }
    };
    let mut notes = verified.notes;
    match manifest.digest.differs(&DigestsHex::of(&digests)) {
        None => {}
        // What was judged otherwise has another digest; nothing else tells who judged a session without alerts.
        Some("judgement") if verified.judged != Judged::Here => {
            notes.push("the judgement digest is that of another version of Plateside, and was not compared".to_owned());
        }
        Some(digest) => {
            return Err(untrue(format!("the {digest} digest of its session is not the one that the manifest says")));
        }
    }
    let mut reader = Reader::open(dir).await.map_err(looked)?;
    previews::refuse_untrue(&mut reader, dir, manifest).await.map_err(looked)?.map_err(untrue)?;
    Ok((verified.counts, mark.pixels, digests, notes))
}
