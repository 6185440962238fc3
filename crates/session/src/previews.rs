//! `previews/`: small pictures of pages of images that were left out of a bundle, each `ab/cdef…-P.png`, named by the SHA-256
//! of the original body and the page. A row of table `preview` says what the original is (`docs/bundles.md`).
//!
//! Nothing here decodes: this room knows names, lengths and digests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::fault::Fault;
use crate::images::{self, read_folder};
use crate::planes::StoredPlane;
use crate::raw::{Access, Bound, Raw};
use crate::reader::Reader;
use crate::table::{self, bundle, preview};
use crate::{Error, folder};

/// Pixels of a preview's longer side, at most.
pub const PREVIEW_SIDE: u32 = 512;
/// Bytes of a preview's file, at most: its pixels take half of it, not packed at all.
pub const PREVIEW_BYTES: u64 = 1 << 20;
/// Pixels of an original's longer side, at most: no decoder here takes more.
pub(crate) const MOST_SIDE: u32 = 1 << 15;

/// The preview of a page of an image file that was left out of a bundle.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The SHA-256 of the original's file, a message's body.
    pub body: [u8; 32],
    /// Which page, as messages count them.
    pub page: u16,
    /// The SHA-256 of the preview's own file: a PNG of 16 bits grey.
    pub sha256: [u8; 32],
    /// Bytes of the preview's own file, at most [`PREVIEW_BYTES`].
    pub bytes: u64,
    /// Pixels across, of the original.
    pub width: u32,
    /// Pixels down, of the original.
    pub height: u32,
    /// What the original is: `tiff`, `png`, `jpeg`.
    pub format: Box<str>,
    /// What a sample of the original is, as `u16`.
    pub sample: Box<str>,
    /// Bits of such a sample that are used.
    pub bits: u8,
    /// What an intensity of 0 and of 65,535 stand for in the original's own unit.
    pub span: (f64, f64),
}

impl Preview {
    /// How often a plane is shrunk by 2 until it is a preview: until no side has more than [`PREVIEW_SIDE`] pixels.
    #[must_use]
    pub fn level_of(width: u32, height: u32) -> u8 {
        let (mut longer, mut level) = (width.max(height), 0);
        while longer > PREVIEW_SIDE {
            (longer, level) = (longer.div_ceil(2), level + 1);
        }
        level
    }

    /// How often it is shrunk by 2.
    #[must_use]
    pub fn level(&self) -> u8 {
        Preview::level_of(self.width, self.height)
    }

    /// Its own width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let shrunk = |side: u32| side.div_ceil(1 << self.level());
        (shrunk(self.width), shrunk(self.height))
    }
}

/// A preview with the bytes of its file, which are what its row says.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewFile {
    /// Which one.
    pub preview: Preview,
    /// Bytes of the original.
    pub body_bytes: u64,
    /// The PNG.
    pub file: Bytes,
}

impl Reader {
    /// All previews, by body and page.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn previews(&mut self) -> Result<Vec<Preview>, Error> {
        self.look(|raw, _, _| preview::load(raw))
    }

    /// The previews of planes, one a plane: `None` where its pixels are there, or where there is no preview either.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn previews_of(&mut self, planes: &[StoredPlane]) -> Result<Vec<Option<Preview>>, Error> {
        self.look(|raw, _, folder| {
            if !preview::has_any(raw)? {
                return Ok(vec![None; planes.len()]);
            }
            let mut statement = raw.prepare("SELECT body_sha FROM message WHERE seq = ?")?;
            let mut of_plane = |plane: &StoredPlane| -> Result<Option<Preview>, Fault> {
                let ([seq], true) = (plane.pieces.as_slice(), plane.is_whole()) else { return Ok(None) };
                let mut rows = statement.rows(&[Bound::Int(*seq)])?;
                let Some(row) = rows.next()? else { return Ok(None) };
                let Some(body) = row.optional_blob(0) else { return Ok(None) };
                let body = table::digest(body, "message", *seq, "body_sha")?;
                if images::path_of(folder, &body).exists() {
                    return Ok(None);
                }
                preview::find(raw, &body, plane.image.page)
            };
            planes.iter().map(&mut of_plane).collect()
        })
    }

    /// Bodies that were left out, by digest, each with the pages that planes of the session use of it: none where it is a
    /// piece of a file.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn pages_left_out(&mut self) -> Result<BTreeMap<[u8; 32], BTreeSet<u16>>, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare(
                "SELECT DISTINCT m.body_sha, i.page, ifnull(i.chunk_count, 1) = 1 FROM message m \
                 CROSS JOIN image i ON i.id BETWEEN m.seq << 16 AND (m.seq << 16) | 65535 \
                 WHERE m.body_sha IN (SELECT sha256 FROM left_out) AND i.link IS NULL",
            )?;
            let mut rows = statement.rows(&[])?;
            let mut pages: BTreeMap<[u8; 32], BTreeSet<u16>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let of_body = pages.entry(table::digest(row.blob(0), "message", 0, "body_sha")?).or_default();
                if row.int(2) != 0 {
                    of_body.insert(table::number(row.int(1), "image", 0, "page")?);
                }
            }
            Ok(pages)
        })
    }

    /// Where a preview's file lies, or would lie, in the session's folder.
    #[must_use]
    pub fn preview_path(&self, preview: &Preview) -> PathBuf {
        path_of(&self.folder, &preview.body, preview.page)
    }

    /// Puts previews into the rows of a copy that [`Reader::copy_marked`] made.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Io`], [`Error::Database`].
    pub async fn put_previews(copy: &Path, previews: &[Preview]) -> Result<(), Error> {
        let path = folder::database(copy);
        let raw = Raw::open(&path, Access::Write).map_err(|e| Error::raw(&path, &e))?;
        let put = || -> Result<(), Fault> {
            raw.execute("BEGIN")?;
            preview::put(&raw, previews)?;
            Ok(raw.execute("COMMIT")?)
        };
        put().map_err(|fault| fault.at(&path))
    }
}

/// The preview of a page of a body that was left out; `None` where there is none.
pub(crate) fn of_page(raw: &Raw, folder: &Path, body: &[u8; 32], page: u16) -> Result<Option<PreviewFile>, Fault> {
    let (Some(preview), Some(body_bytes)) = (preview::find(raw, body, page)?, bundle::left_out(raw, body)?) else {
        return Ok(None);
    };
    let file = load(folder, &preview)?;
    Ok(Some(PreviewFile { preview, body_bytes, file }))
}

/// Where a preview lies.
pub(crate) fn path_of(folder: &Path, body: &[u8; 32], page: u16) -> PathBuf {
    let name = hex::encode(body);
    folder.join("previews").join(&name[..2]).join(format!("{}-{page}.png", &name[2..]))
}

/// Reads a preview's file: never more than it may have, and only what its row says.
///
/// # Errors
/// [`Error::Damaged`] where it is gone or another, [`Error::Io`].
pub(crate) fn load(folder: &Path, preview: &Preview) -> Result<Bytes, Error> {
    let path = path_of(folder, &preview.body, preview.page);
    let damaged = |reason: &str| Error::Damaged { path: path.clone(), reason: reason.to_owned() };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(damaged("the file is gone, and a preview with it"));
        }
        Err(e) => return Err(Error::io(&path, e)),
    };
    let mut bytes = Vec::new();
    file.take(PREVIEW_BYTES + 1).read_to_end(&mut bytes).map_err(|e| Error::io(&path, e))?;
    if bytes.len() as u64 != preview.bytes || images::sha256(&bytes) != preview.sha256 {
        return Err(damaged("the preview was changed: its bytes do not give the digest that was recorded"));
    }
    Ok(bytes.into())
}

/// Every file in `previews/`.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn list(folder: &Path) -> Result<BTreeSet<PathBuf>, Error> {
    let mut files = BTreeSet::new();
    for entry in read_folder(&folder.join("previews"))? {
        if entry.is_dir() {
            files.extend(read_folder(&entry)?);
        } else {
            files.insert(entry);
        }
    }
    Ok(files)
}

/// Bytes of all files in `previews/`.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn bytes(folder: &Path) -> Result<u64, Error> {
    Ok(list(folder)?.iter().map(|path| std::fs::metadata(path).map_or(0, |m| m.len())).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_halved_until_it_is_a_preview() {
        let sizes = [(1, 1), (512, 512), (513, 1), (520, 696), (1024, 1024), (1025, 3), (2160, 2160), (32_768, 32_768)];
        let levels = sizes.map(|(width, height)| Preview::level_of(width, height));
        assert_eq!(levels, [0, 0, 1, 1, 1, 2, 3, 6]);
        for (width, height) in sizes {
            let preview = Preview {
                body: [0xab; 32],
                page: 3,
                sha256: [0; 32],
                bytes: 1,
                width,
                height,
                format: "tiff".into(),
                sample: "u16".into(),
                bits: 16,
                span: (0.0, 65_535.0),
            };
            let (mut wide, mut high) = (width, height);
            (0..preview.level()).for_each(|_| (wide, high) = (wide.div_ceil(2), high.div_ceil(2)));
            assert_eq!(preview.size(), (wide, high), "{width} x {height}");
            assert!(wide.max(high) <= PREVIEW_SIDE);
        }
        assert!(path_of(Path::new("s"), &[0xab; 32], 3).ends_with(format!("previews/ab/{}-3.png", "ab".repeat(31))));
    }
}
