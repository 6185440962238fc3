//! Previews of the images that a bundle leaves out: made while it is written, looked at before it is taken for a session.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use session::{BodyFile, Preview, Reader};

use super::manifest::{Manifest, ManifestFile, preview_entry, preview_page};
use super::{BundleError, BundleProgress, BundleStep, Tell};
use crate::pixels::{MOST_FILE_BYTES, preview};

/// Makes a preview of every page that a plane uses of the bodies that are left out and still here, below the folder `rows`, and
/// puts them into the copy of the rows there. What cannot be decoded has none.
pub(super) async fn make(reader: &mut Reader, rows: &Path, tell: &mut Tell<'_>) -> Result<(), BundleError> {
    let pages = reader.pages_left_out().await?;
    let here = reader.body_files().await?.into_iter().filter_map(|BodyFile { sha256, path, left_out }| {
        let bytes = left_out.filter(|bytes| *bytes <= MOST_FILE_BYTES as u64)?;
        path.exists().then_some((sha256, path, bytes))
    });
    let here: Vec<([u8; 32], PathBuf, u64)> = here.collect();
    let (total, mut done) = (here.iter().fold(0, |sum: u64, (_, _, bytes)| sum.saturating_add(*bytes)), 0);
    let mut found = Vec::new();
    for (sha256, path, bytes) in here {
        let of_body = pages.get(&sha256).filter(|pages| !pages.is_empty());
        if let Some(of_body) = of_body {
            let file = fs::read(&path).map_err(BundleError::unreadable(&path))?;
            for page in of_body {
                let Some((preview, png)) = preview::made(&file, sha256, *page) else { continue };
                let to = rows.join(preview_entry(&sha256, *page));
                let folder = to.parent().unwrap_or(rows);
                fs::create_dir_all(folder).map_err(BundleError::unwritable(folder))?;
                fs::write(&to, png).map_err(BundleError::unwritable(&to))?;
                found.push(preview);
            }
        }
        done += bytes;
        if tell(BundleProgress { step: BundleStep::Shrinking, done, total }).is_break() {
            return Err(BundleError::broken_off(rows));
        }
    }
    Ok(Reader::put_previews(rows, &found).await?)
}

/// The entries of the previews that the rows know of, in the order of their names, and where each lies: those that were just
/// made in `rows`, those that came along from another bundle in the session.
pub(super) async fn entries(reader: &mut Reader, rows: &Path) -> Result<Vec<(ManifestFile, PathBuf)>, session::Error> {
    let mut entries: BTreeMap<String, (ManifestFile, PathBuf)> = BTreeMap::new();
    for preview in reader.previews().await? {
        let file = described(&preview);
        let made = rows.join(&file.path);
        let source = if made.exists() { made } else { reader.preview_path(&preview) };
        entries.insert(file.path.clone(), (file, source));
    }
    Ok(entries.into_values().collect())
}

/// Bodies that are left out and of which some page that a plane uses has no preview.
pub(super) async fn without(reader: &mut Reader) -> Result<u64, session::Error> {
    let known = reader.previews().await?;
    let has =
        |body: &[u8; 32], page: u16| known.binary_search_by_key(&(body, page), |one| (&one.body, one.page)).is_ok();
    let pages = reader.pages_left_out().await?;
    let whole = pages.iter().filter(|(body, pages)| !pages.is_empty() && pages.iter().all(|page| has(body, *page)));
    Ok((pages.len() - whole.count()) as u64)
}

/// What was unpacked into `dir` as previews is what the manifest and the rows say, and each is the picture that its row
/// describes; why not, as a part of a sentence.
pub(super) async fn refuse_untrue(
    reader: &mut Reader,
    dir: &Path,
    manifest: &Manifest,
) -> Result<Result<(), String>, session::Error> {
    let known = entries(reader, dir).await?;
    let listed = manifest.files.iter().filter(|file| preview_page(&file.path).is_some());
    if !listed.eq(known.iter().map(|(file, _)| file)) {
        return Ok(Err("its previews are others than its session says".to_owned()));
    }
    for preview in reader.previews().await? {
        let entry = preview_entry(&preview.body, preview.page);
        // Never more than a preview may have: that was looked at with the manifest.
        let looked = match fs::read(dir.join(&entry)) {
            Ok(file) => preview::names(&preview).and_then(|_| preview::refuse_head(&preview, &file).map(drop)),
            Err(error) => Err(format!("cannot be read: {error}")),
        };
        if let Err(reason) = looked {
            return Ok(Err(format!("its entry {entry:?} {reason}")));
        }
    }
    Ok(Ok(()))
}

fn described(preview: &Preview) -> ManifestFile {
    ManifestFile {
        path: preview_entry(&preview.body, preview.page),
        bytes: preview.bytes,
        sha256: hex::encode(preview.sha256),
    }
}
