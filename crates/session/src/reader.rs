//! Reading a session, in any process, while another may be recording it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{Layout, Origin, PlateKey};

use crate::fault::Fault;
use crate::names::Names;
use crate::raw::Raw;
use crate::state::State;
use crate::stored::{Counts, counts};
use crate::sweep;
use crate::table::session::{self, SessionMeta};
use crate::table::{self, batch};
use crate::writer::{StoredPosition, positions};
use crate::{Error, connect, folder, images, previews};

/// Reads one session. Every call sees what was committed by then. SQLite runs on the calling thread: most calls take
/// milliseconds, digests and verification seconds a million messages.
#[derive(Debug)]
pub struct Reader {
    pub(crate) folder: PathBuf,
    database: PathBuf,
    raw: Raw,
    names: Names,
    meta: SessionMeta,
}

impl Reader {
    /// Opens a session.
    ///
    /// # Errors
    /// [`Error::NotASession`], [`Error::Newer`], [`Error::Older`], [`Error::NetworkFileSystem`], [`Error::Io`],
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn open(folder: &Path) -> Result<Reader, Error> {
        folder::check(folder)?;
        let raw = connect::for_reading(folder)?;
        let database = folder::database(folder);
        let meta = session::load(&raw).map_err(|e| e.at(&database))?.0;
        Ok(Reader { folder: folder.to_owned(), database, raw, names: Names::default(), meta })
    }

    /// What the session is.
    #[must_use]
    pub fn meta(&self) -> &SessionMeta {
        &self.meta
    }

    /// Copies the database as of one moment into a file that is not there.
    pub(crate) fn vacuum_into(&self, path: &Path) -> Result<(), Error> {
        self.raw.vacuum_into(path).map_err(|e| Error::raw(path, &e))
    }

    /// Runs `read` in one read transaction: it sees one moment of the session.
    pub(crate) fn look<T>(
        &mut self,
        read: impl FnOnce(&Raw, &mut Names, &Path) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let Reader { raw, names, folder, database, .. } = self;
        at_one_moment(raw, || read(raw, names, folder)).map_err(|e| e.at(database))
    }

    /// The last committed `seq`; 0 without any.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_seq(&mut self) -> Result<i64, Error> {
        self.look(|raw, _, _| batch::last_seq(raw))
    }

    /// How far each partition is stored, sorted by source and partition.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn stored_positions(&mut self) -> Result<Vec<StoredPosition>, Error> {
        self.look(|raw, _, _| {
            let sources = table::source::load(raw)?;
            Ok(positions(&sources, table::position::load(raw)?.into_iter()))
        })
    }

    /// How much there is.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`].
    pub async fn counts(&mut self) -> Result<Counts, Error> {
        let mut counts = self.look(|raw, _, _| counts(raw))?;
        for name in ["session.db", "session.db-wal"] {
            counts.bytes += std::fs::metadata(self.folder.join(name)).map_or(0, |m| m.len());
        }
        for file in images::list(&self.folder)? {
            counts.bytes += std::fs::metadata(&file.path).map_or(0, |m| m.len());
        }
        counts.bytes += previews::bytes(&self.folder)?;
        Ok(counts)
    }

    /// Names of the features of a plate, or of all, sorted.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn features(&mut self, plate: Option<&PlateKey>) -> Result<Vec<Box<str>>, Error> {
        self.look(|raw, names, _| {
            let lists = match plate {
                None => table::feature_list::numbers(raw)?.into_iter().collect(),
                Some(plate) => match table::plate::find(raw, plate)? {
                    Some(id) => sweep::plate_lists(raw, id)?,
                    None => BTreeSet::new(),
                },
            };
            let mut found = BTreeSet::new();
            for list in lists {
                found.extend(names.feature_list(raw, list)?.names().iter().cloned());
            }
            Ok(found.into_iter().collect())
        })
    }

    /// Plates after `after` in the order of (run, barcode), at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn plates(&mut self, after: Option<&PlateKey>, limit: usize) -> Result<Vec<Arc<PlateKey>>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let page = self.look(|raw, _, _| table::plate::page(raw, after, limit))?;
        Ok(page.into_iter().map(|(_, plate)| plate).collect())
    }

    /// The layout that wins for a plate (`DATA.md` 8), with its message's place.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn layout(&mut self, plate: &PlateKey) -> Result<Option<(Origin, Arc<Layout>)>, Error> {
        self.look(|raw, names, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(None) };
            crate::content::layout_of(raw, names, &table::source::load(raw)?, id)
        })
    }

    /// The digest over all entries in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn history_digest(&mut self) -> Result<[u8; 32], Error> {
        self.look(|raw, _, _| Ok(State::load(raw)?.history.head()))
    }

    /// The order-free digest of what the session says: winning values, layouts and images (`DATA.md` 17).
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn content_digest(&mut self) -> Result<[u8; 32], Error> {
        crate::content::digest(&self.raw).map_err(|e| e.at(&self.database))
    }
}

/// Runs `read` on one snapshot.
pub(crate) fn at_one_moment<T>(raw: &Raw, read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    raw.execute("BEGIN")?;
    let outcome = read();
    raw.execute("COMMIT")?; // nothing was written: it only lets go of the snapshot
    outcome
}
