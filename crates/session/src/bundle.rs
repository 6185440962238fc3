//! What a bundle needs of a session: a consistent copy of its rows, marked as a bundle's; which files belong to it; and
//! whether a stranger's database has only what a session has.
//!
//! A marked session is immutable: [`crate::Writer`] refuses it, and whoever sends an outbox must look at the mark first.

use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::folder::{self, database};
use crate::raw::{Access, Bound, Raw};
use crate::table::{bundle, local, preview};
use crate::{Error, Reader, connect, images};

/// What a bundle holds of bodies in files, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BundlePixels {
    /// All of them.
    Full,
    /// As [`BundlePixels::None`], with small pictures of what is left out.
    Previews,
    /// Those that are not pixels: bodies that were read as planes are left out, and stay as references.
    None,
}

impl BundlePixels {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            BundlePixels::Full => "full",
            BundlePixels::Previews => "previews",
            BundlePixels::None => "none",
        }
    }

    /// From [`BundlePixels::as_str`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<BundlePixels> {
        [BundlePixels::Full, BundlePixels::Previews, BundlePixels::None]
            .into_iter()
            .find(|pixels| pixels.as_str() == name)
    }
}

/// Says of a session that it came out of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleMark {
    /// When the bundle was made, microseconds since 1970 UTC.
    pub made_at_us: i64,
    /// The version of Plateside that made it.
    pub made_by: String,
    /// What it holds of pixels.
    pub pixels: BundlePixels,
}

/// A body in a file, as the rows name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyFile {
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Where it lies, or would lie.
    pub path: PathBuf,
    /// Its bytes, where it was left out of the bundle that the session came in.
    pub left_out: Option<u64>,
}

impl Reader {
    /// Opens the rows in one folder with the image files of another: a copy made by [`Reader::copy_marked`], looked at as if
    /// the files lay beside it.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub async fn open_with_images_of(rows: &Path, files: &Path) -> Result<Reader, Error> {
        let mut reader = Reader::open(rows).await?;
        files.clone_into(&mut reader.folder);
        Ok(reader)
    }

    /// Whether the session came out of a bundle, and out of which.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn bundle_mark(&mut self) -> Result<Option<BundleMark>, Error> {
        self.look(|raw, _, _| bundle::load(raw))
    }

    /// The head of the audit chain; zeros without any local record.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn audit_head(&mut self) -> Result<[u8; 32], Error> {
        self.look(|raw, _, _| local::last_link(raw))
    }

    /// Bodies in files that messages name, sorted by digest.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn body_files(&mut self) -> Result<Vec<BodyFile>, Error> {
        self.look(|raw, _, folder| {
            let files = bundle::body_files(raw)?.into_iter().map(|(sha256, _)| {
                let left_out = bundle::left_out(raw, &sha256)?;
                Ok(BodyFile { sha256, path: images::path_of(folder, &sha256), left_out })
            });
            files.collect()
        })
    }

    /// Planes whose link has a query string: it may be a signature, as good as a password while it lasts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn links_with_queries(&mut self) -> Result<u64, Error> {
        self.look(|raw, _, _| bundle::links_with_queries(raw))
    }

    /// Bytes of a message's body that was left out of the bundle that the session came in: its envelope has no body then.
    /// `None` for every other message.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn left_out_bytes(&mut self, seq: i64) -> Result<Option<u64>, Error> {
        self.look(|raw, _, folder| {
            let mut statement = raw.prepare("SELECT body_sha FROM message WHERE seq = ?")?;
            let mut rows = statement.rows(&[Bound::Int(seq)])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let Some(sha256) = row.optional_blob(0) else { return Ok(None) };
            let sha256 = crate::table::digest(sha256, "message", seq, "body_sha")?;
            if images::path_of(folder, &sha256).exists() { Ok(None) } else { bundle::left_out(raw, &sha256) }
        })
    }

    /// Copies the rows, as of one moment, into `session.db` of another folder (which must not hold one), marked as a bundle's
    /// and in one file without a log. Image files stay where they are; those that the mark's pixels leave out are noted.
    ///
    /// # Errors
    /// [`Error::AlreadyASession`], [`Error::Damaged`] where a file that is to be left out is not there to begin with,
    /// [`Error::DiskFull`], [`Error::Io`], [`Error::Database`].
    pub async fn copy_marked(&mut self, to: &Path, mark: &BundleMark) -> Result<(), Error> {
        let path = database(to);
        if path.exists() {
            return Err(Error::AlreadyASession { folder: to.to_owned() });
        }
        self.vacuum_into(&path)?;
        connect::bring_up_to_date(to).await?;
        let raw = Raw::open(&path, Access::Write).map_err(|e| Error::raw(&path, &e))?;
        raw.execute("PRAGMA journal_mode = DELETE").map_err(|e| Error::raw(&path, &e))?;
        raw.execute("BEGIN").map_err(|e| Error::raw(&path, &e))?;
        let marked = || -> Result<(), Fault> {
            if mark.pixels != BundlePixels::Full {
                bundle::leave_out(&raw, &pixels(&raw, &self.folder)?)?;
            }
            if mark.pixels == BundlePixels::None {
                preview::clear(&raw)?;
            }
            // What was left out of a bundle before stays left out, whatever is asked for now; its previews stay with it.
            bundle::put(&raw, mark)?;
            Ok(raw.execute("COMMIT")?)
        };
        marked().map_err(|fault| fault.at(&path))
    }

    /// Refuses a database with anything that runs by itself when a session is read: views, triggers, virtual tables. A
    /// stranger's session is looked at so before its first row is read.
    ///
    /// # Errors
    /// [`Error::NotASession`], [`Error::Database`], [`Error::Damaged`].
    pub async fn refuse_what_runs(folder: &Path) -> Result<(), Error> {
        folder::check(folder)?;
        let path = database(folder);
        let raw = Raw::open(&path, Access::Read).map_err(|e| Error::raw(&path, &e))?;
        let strange = || -> Result<Option<String>, Fault> {
            let mut statement = raw.prepare(
                "SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR (sql IS NOT NULL AND NOT \
                 (sql LIKE 'CREATE TABLE %' OR sql LIKE 'CREATE INDEX %' OR sql LIKE 'CREATE UNIQUE INDEX %')) LIMIT 1",
            )?;
            let mut rows = statement.rows(&[])?;
            let row = rows.next()?;
            Ok(row.map(|row| format!("{} {:?}", row.text(0).unwrap_or("thing"), row.text(1).unwrap_or_default())))
        };
        match strange().map_err(|fault| fault.at(&path))? {
            None => Ok(()),
            Some(what) => {
                let reason = format!("its session.db has a {what}, which no session has");
                Err(Error::NotASession { folder: folder.to_owned(), reason })
            }
        }
    }
}

/// Bodies in files that are nothing but pixels, with their bytes.
fn pixels(raw: &Raw, files: &Path) -> Result<Vec<([u8; 32], u64)>, Fault> {
    let mut found = Vec::new();
    for (sha256, is_pixels) in bundle::body_files(raw)? {
        if !is_pixels || bundle::left_out(raw, &sha256)?.is_some() {
            continue;
        }
        let path = images::path_of(files, &sha256);
        let bytes = std::fs::metadata(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => images::gone(path.clone()),
            _ => Error::io(&path, e),
        })?;
        found.push((sha256, bytes.len()));
    }
    Ok(found)
}
