//! Writes a bundle: a consistent copy of the rows, verified with the files that it names, packed and sealed.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use session::{BodyFile, BundleMark, BundlePixels, Reader};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::manifest::{DATABASE, DigestsHex, FORMAT, LeftOut, MANIFEST, Manifest, ManifestFile, Previews, image_entry};
use super::{
    BundleError, BundleProgress, BundleStep, GoOn, Tell, folder_of, heed, previews, refuse_without_room, seal,
    sync_folder,
};
use crate::digests::Digests;
use crate::verify::verify_reader;

/// What goes into a bundle, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleSettings {
    /// What of the images.
    pub pixels: BundlePixels,
    /// Replace a file that is there.
    pub force: bool,
    /// Bundle links with query strings as they are.
    pub keep_link_queries: bool,
    /// Now, microseconds since 1970 UTC.
    pub now_us: i64,
    /// The version of Plateside that makes it.
    pub version: String,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// Its file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Files in it, without the manifest.
    pub files: u64,
    /// What it holds of pixels.
    pub pixels: BundlePixels,
    /// Image bodies that are not in it, and their bytes.
    pub left_out: (u64, u64),
    /// Small pictures of them.
    pub previews: Previews,
    /// The digests of the session as of the bundle's moment.
    pub digests: Digests,
}

/// Bundles the session in `dir` into the file `out`, as of one moment: it may be recorded meanwhile. `tell` hears how far it
/// is, and may break it off. Whatever happens, `out` is whole or as it was before.
///
/// # Errors
/// [`BundleError`]: the session is broken, has links that may be signed, the file is there, or the disk says no.
pub async fn bundle<G: GoOn>(
    dir: &Path,
    out: &Path,
    settings: &BundleSettings,
    mut tell: impl FnMut(BundleProgress) -> G + Send,
) -> Result<Bundled, BundleError> {
    let mut enough = false;
    let done = write(dir, out, settings, &mut |at| heed(tell(at), &mut enough)).await;
    if enough { Err(BundleError::broken_off(out)) } else { done }
}

async fn write(dir: &Path, out: &Path, settings: &BundleSettings, tell: &mut Tell<'_>) -> Result<Bundled, BundleError> {
    let found = std::fs::symlink_metadata(out).ok();
    if found.is_some_and(|found| !(found.is_file() && settings.force)) {
        return Err(BundleError::Exists { path: out.to_owned() });
    }
    let folder = folder_of(out);
    // Whatever is forced, nothing of the session is replaced.
    if let (Ok(place), Ok(own)) = (folder.canonicalize(), dir.canonicalize())
        && place.starts_with(&own)
    {
        return Err(BundleError::Inside { path: out.to_owned(), dir: dir.to_owned() });
    }
    let mut live = Reader::open(dir).await?;
    let rows = tempfile::Builder::new().prefix(".unfinished-bundle-").tempdir_in(folder);
    let rows = rows.map_err(BundleError::unwritable(out))?;
    refuse_without_room(out, std::fs::metadata(dir.join(DATABASE)).map_or(0, |m| m.len()))?;
    // Out of a session that came without pixels nobody gets any.
    let pixels = live.bundle_mark().await?.map_or(settings.pixels, |mark| settings.pixels.max(mark.pixels));
    let settings = &BundleSettings { pixels, ..settings.clone() };
    let mark = BundleMark { made_at_us: settings.now_us, made_by: settings.version.clone(), pixels };
    live.copy_marked(rows.path(), &mark).await?;
    drop(live);

    let mut reader = Reader::open_with_images_of(rows.path(), dir).await?;
    let links = reader.links_with_queries().await?;
    if links > 0 && !settings.keep_link_queries {
        return Err(BundleError::LinkQueries { dir: dir.to_owned(), links });
    }
    let verified = verify_reader(&mut reader, rows.path(), |at| {
        let [done, total] = [at.seq, at.last_seq].map(i64::cast_unsigned);
        tell(BundleProgress { step: BundleStep::Verifying, done, total })
    })
    .await?;
    let digests = match (verified.digests, verified.problems.first()) {
        (Some(digests), None) => digests,
        (_, first) => {
            let first = first.cloned().unwrap_or_default();
            return Err(BundleError::Broken { dir: dir.to_owned(), problems: verified.problems.len().max(1), first });
        }
    };
    if pixels == BundlePixels::Previews {
        previews::make(&mut reader, rows.path(), tell).await?;
    }
    let (manifest, sources) = describe(&mut reader, rows.path(), &digests, settings).await?;
    drop(reader);
    refuse_without_room(out, manifest.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes)))?;

    let mut builder = tempfile::Builder::new();
    // A bundle is made for others: the usual rights of a new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".unfinished-bundle-").tempfile_in(folder).map_err(BundleError::unwritable(out))?;
    pack(file.as_file_mut(), out, &manifest, &sources, tell)?;
    seal::seal(file.as_file_mut(), tell).map_err(BundleError::unwritable(out))?;
    file.as_file().sync_all().map_err(BundleError::unwritable(out))?;
    let bytes = file.as_file().metadata().map_err(BundleError::unwritable(out))?.len();
    put(file, out, settings.force)?;
    sync_folder(folder)?;
    let LeftOut { files: left_out_files, bytes: left_out_bytes } = manifest.left_out;
    Ok(Bundled {
        path: out.to_owned(),
        bytes,
        files: manifest.files.len() as u64,
        pixels,
        left_out: (left_out_files, left_out_bytes),
        previews: manifest.previews,
        digests,
    })
}

/// Gives the file its name.
fn put(file: NamedTempFile, out: &Path, force: bool) -> Result<(), BundleError> {
    let named = if force { file.persist(out) } else { file.persist_noclobber(out) };
    match named {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(BundleError::Exists { path: out.to_owned() })
        }
        Err(error) => Err(BundleError::unwritable(out)(error.error)),
    }
}

/// The manifest, and where each of its files lies.
async fn describe(
    reader: &mut Reader,
    rows: &Path,
    digests: &Digests,
    settings: &BundleSettings,
) -> Result<(Manifest, Vec<PathBuf>), BundleError> {
    let database = rows.join(DATABASE);
    let (bytes, sha256) = measured(&database)?;
    let mut files = vec![ManifestFile { path: DATABASE.to_owned(), bytes, sha256: hex::encode(sha256) }];
    let (mut sources, mut left_out) = (vec![database], LeftOut::default());
    for BodyFile { sha256, path, left_out: was } in reader.body_files().await? {
        if let Some(bytes) = was {
            left_out = LeftOut { files: left_out.files + 1, bytes: left_out.bytes.saturating_add(bytes) };
            continue;
        }
        let bytes = std::fs::metadata(&path).map_err(BundleError::unreadable(&path))?.len();
        files.push(ManifestFile { path: image_entry(&sha256), bytes, sha256: hex::encode(sha256) });
        sources.push(path);
    }
    let mut seen = Previews { without: previews::without(reader).await?, ..Previews::default() };
    for (file, source) in previews::entries(reader, rows).await? {
        (seen.files, seen.bytes) = (seen.files + 1, seen.bytes.saturating_add(file.bytes));
        files.push(file);
        sources.push(source);
    }
    let meta = reader.meta().clone();
    let manifest = Manifest {
        format: FORMAT,
        plateside: settings.version.clone(),
        session: meta.id,
        cluster: meta.cluster,
        created_at_us: meta.created_at_us,
        made_at_us: settings.now_us,
        pixels: settings.pixels.as_str().to_owned(),
        last_seq: reader.last_seq().await?,
        audit_head: hex::encode(reader.audit_head().await?),
        digest: DigestsHex::of(digests),
        left_out,
        previews: seen,
        files,
    };
    Ok((manifest, sources))
}

fn measured(path: &Path) -> Result<(u64, [u8; 32]), BundleError> {
    let mut file = File::open(path).map_err(BundleError::unreadable(path))?;
    let (mut hasher, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        let read = file.read(&mut buffer).map_err(BundleError::unreadable(path))?;
        if read == 0 {
            return Ok((bytes, hasher.finalize().into()));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Writes the archive, not sealed yet. Its bytes depend on the files and on nothing else.
fn pack(
    file: &mut File,
    out: &Path,
    manifest: &Manifest,
    sources: &[PathBuf],
    tell: &mut Tell<'_>,
) -> Result<(), BundleError> {
    let unwritable = |error: zip::result::ZipError| BundleError::unwritable(out)(error.into());
    let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 18, file));
    zip.set_raw_comment(seal::unsealed()).map_err(unwritable)?;
    let options = |method, bytes: u64| {
        SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(bytes >= u64::from(u32::MAX))
    };
    let text = serde_json::to_vec_pretty(manifest).map_err(|error| BundleError::unwritable(out)(error.into()))?;
    zip.start_file(MANIFEST, options(CompressionMethod::Deflated, text.len() as u64)).map_err(unwritable)?;
    zip.write_all(&text).map_err(BundleError::unwritable(out))?;
    let total = manifest.files.iter().fold(0, |sum: u64, file| sum.saturating_add(file.bytes));
    let mut done = 0;
    for (described, source) in manifest.files.iter().zip(sources) {
        // Image files are packed already, mostly; rows are not.
        let is_rows = described.path == DATABASE;
        let method = if is_rows { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        zip.start_file(described.path.as_str(), options(method, described.bytes)).map_err(unwritable)?;
        let mut from = File::open(source).map_err(BundleError::unreadable(source))?;
        let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            let read = from.read(&mut buffer).map_err(BundleError::unreadable(source))?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            zip.write_all(&buffer[..read]).map_err(BundleError::unwritable(out))?;
            done += read as u64;
            if tell(BundleProgress { step: BundleStep::Packing, done, total }).is_break() {
                return Err(BundleError::broken_off(out));
            }
        }
        if hex::encode(hasher.finalize()) != described.sha256 {
            let source_error = std::io::Error::other("it changed while it was bundled");
            return Err(BundleError::unreadable(source)(source_error));
        }
    }
    zip.finish().map_err(unwritable)?.flush().map_err(BundleError::unwritable(out))
}
