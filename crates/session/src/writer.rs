//! The one writer of a session.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use plate::Source;
use wire::Kind;

use crate::commit::{self, Commit};
use crate::connect::{self, Durability, WriterOptions};
use crate::fault::Fault;
use crate::folder::{self, FolderLock, database};
use crate::inserts::Inserts;
use crate::raw::Raw;
use crate::state::State;
use crate::table::position::Position;
use crate::table::session::{self, SessionMeta};
use crate::table::source::{SourceRow, StreamKey};
use crate::{Error, images, table};

/// How far one partition is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPosition {
    /// The topic and its incarnation.
    pub source: Arc<Source>,
    /// What it carries.
    pub kind: Kind,
    /// The partition.
    pub partition: i32,
    /// The first offset that is not stored.
    pub next: i64,
    /// The last message's timestamp.
    pub last_timestamp_ms: i64,
    /// The last message's digest ([`plate::digest::message_digest`]): read again on resume, it tells a topic that was made
    /// anew.
    pub last_digest: [u8; 32],
    /// The last stored message's offset.
    pub last_offset: i64,
}

/// Records into one session: holds the folder's lock and the one connection that writes.
///
/// SQLite runs on the calling thread inside [`Writer::commit`] (milliseconds a batch): give it a thread of its own, or one
/// of a runtime with several. Image files are written on the runtime's blocking threads.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    meta: SessionMeta,
    durability: Durability,
    raw: Raw,
    state: State,
    /// The state does not match the rows: it is read again before anything else.
    is_stale: bool,
    _lock: FolderLock,
}

impl Writer {
    /// Makes a session in a new or empty folder.
    ///
    /// # Errors
    /// [`Error::AlreadyASession`], [`Error::NotASession`], [`Error::Locked`], [`Error::NetworkFileSystem`],
    /// [`Error::DiskFull`], [`Error::Io`], [`Error::Database`].
    pub async fn create(folder: &Path, meta: &SessionMeta, options: &WriterOptions) -> Result<Writer, Error> {
        let lock = folder::prepare_new(folder)?;
        connect::create(folder, meta, true).await?;
        Writer::start(folder, options, Durability::Stream, lock).await
    }

    /// Goes on with a session.
    ///
    /// # Errors
    /// [`Error::NotASession`], [`Error::Bundle`], [`Error::Locked`], [`Error::Newer`], [`Error::NetworkFileSystem`],
    /// [`Error::Damaged`], [`Error::Io`], [`Error::Database`].
    pub async fn open(folder: &Path, options: &WriterOptions) -> Result<Writer, Error> {
        let lock = folder::prepare_existing(folder)?;
        Writer::start(folder, options, Durability::Stream, lock).await
    }

    /// Makes a replay's copy in a new or empty folder: the same rows, but messages by digest only, and nothing is synced.
    ///
    /// # Errors
    /// As [`Writer::create`].
    pub async fn scratch(folder: &Path, meta: &SessionMeta) -> Result<Writer, Error> {
        let lock = folder::prepare_new(folder)?;
        connect::create(folder, meta, false).await?;
        Writer::start(folder, &WriterOptions::default(), Durability::Scratch, lock).await
    }

    async fn start(
        folder: &Path,
        options: &WriterOptions,
        durability: Durability,
        lock: FolderLock,
    ) -> Result<Writer, Error> {
        let path = database(folder);
        let raw = connect::for_writing(folder, options, durability).await?;
        let meta = session::load(&raw).map_err(|e| e.at(&path))?.0;
        let state = State::load(&raw).map_err(|e| e.at(&path))?;
        Ok(Writer { folder: folder.to_owned(), meta, durability, raw, state, is_stale: false, _lock: lock })
    }

    /// What the session is.
    #[must_use]
    pub fn meta(&self) -> &SessionMeta {
        &self.meta
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The `seq` that the next entry must have; the first is 1.
    #[must_use]
    pub fn next_seq(&self) -> i64 {
        self.state.next_seq
    }

    /// How far each partition is stored, sorted by source and partition.
    #[must_use]
    pub fn stored_positions(&self) -> Vec<StoredPosition> {
        positions(&self.state.sources, self.state.positions.iter().map(|(stream, position)| (*stream, *position)))
    }

    /// The digest over all committed entries in order ([`crate::Reader::history_digest`] gives the same from the rows).
    #[must_use]
    pub fn history_digest(&self) -> [u8; 32] {
        self.state.history.head()
    }

    /// The order-free digest of what the session says ([`crate::Reader::content_digest`]).
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn content_digest(&mut self) -> Result<[u8; 32], Error> {
        crate::content::digest(&self.raw).map_err(|e| e.at(&database(&self.folder)))
    }

    /// Commits messages, records, alerts, local records and offsets in one transaction. An empty commit does nothing.
    ///
    /// With a local record among the entries it is on the disk when this returns; without, after a power cut the stream
    /// is read again from what is. A checkpoint goes along when one is due.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::OutOfSequence`], [`Error::AlreadyStored`], [`Error::KindChanged`],
    /// [`Error::TooManyRecords`], [`Error::Unwritable`], [`Error::Io`], [`Error::Database`]. Then nothing of it is
    /// visible, and the writer goes on from [`Writer::next_seq`].
    pub async fn commit(&mut self, commit: &Commit) -> Result<(), Error> {
        self.refresh()?;
        if commit.entries.is_empty() {
            return Ok(());
        }
        commit.check(&self.state)?;
        let large = if self.state.keeps_bodies { commit.large_bodies() } else { Vec::new() };
        let body_shas = store_bodies(self.folder.clone(), large).await?;
        let is_full = commit.has_local() && self.durability == Durability::Stream;
        self.transact(is_full, |raw, state| commit::write(raw, state, commit, &body_shas))
    }

    /// Keeps what a person has begun under a name, or lets it go; on the disk when this returns. It is no entry of the
    /// session: it has no `seq`, and no digest knows of it.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Database`].
    pub async fn keep_draft(&mut self, name: &str, at_ms: i64, body: Option<&str>) -> Result<(), Error> {
        self.refresh()?;
        self.transact(true, |raw, _| table::outbox::keep_draft(raw, name, at_ms, body))
    }

    /// Notes where partitions begin to be read that nothing is stored of: a quiet partition of a recording from the latest
    /// offset goes on there next time, and not at its beginning. Known partitions stay as they are.
    ///
    /// # Errors
    /// [`Error::KindChanged`], [`Error::DiskFull`], [`Error::Database`].
    pub async fn begin_at(&mut self, source: &Arc<Source>, kind: Kind, partitions: &[(i32, i64)]) -> Result<(), Error> {
        self.refresh()?;
        self.transact(false, |raw, state| {
            let id = state.source(raw, source, kind)?;
            let mut inserts = Inserts::new(raw);
            for &(partition, next) in partitions.iter().filter(|(_, next)| *next > 0) {
                if let Entry::Vacant(vacant) = state.positions.entry((id, partition)) {
                    let position = vacant.insert(Position::untouched(next));
                    table::position::upsert(&mut inserts, (id, partition), position)?;
                }
            }
            Ok(())
        })
    }

    /// Makes a checkpoint if one is due by the time given: 60 s after the last one, if anything came since. (Every 10,000
    /// messages one goes along with a commit.)
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Io`], [`Error::Database`].
    pub async fn checkpoint(&mut self, at_us: i64) -> Result<(), Error> {
        self.refresh()?;
        if self.state.checkpoint_is_due(at_us) { self.checkpoint_now(at_us) } else { Ok(()) }
    }

    fn checkpoint_now(&mut self, at_us: i64) -> Result<(), Error> {
        self.transact(false, |raw, state| state.checkpoint(&mut Inserts::new(raw), at_us))
    }

    /// Makes a last checkpoint, puts everything into the one database file and lets go of the folder.
    ///
    /// # Errors
    /// As [`Writer::checkpoint`]; what was committed is safe all the same.
    pub async fn close(mut self, at_us: i64) -> Result<(), Error> {
        let path = database(&self.folder);
        let checkpoint = match self.refresh() {
            Ok(()) => self.checkpoint_now(at_us),
            Err(error) => Err(error),
        };
        // A reader may hold the log open: then it stays, and the next one to close clears it.
        let truncate = self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        checkpoint?;
        truncate.map_err(|e| Error::raw(&path, &e))
    }

    /// Runs `write` in a transaction: committed whole, or the rows and `state` are as before.
    fn transact(
        &mut self,
        is_full: bool,
        write: impl FnOnce(&Raw, &mut State) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        let path = database(&self.folder);
        let before = (self.state.next_seq, self.state.positions.clone());
        let raw = &self.raw;
        let outcome = in_transaction(raw, is_full, || write(raw, &mut self.state));
        if let Err(fault) = outcome {
            (self.state.next_seq, self.state.positions) = before;
            match State::load(raw) {
                Ok(state) => self.state = state,
                Err(_) => self.is_stale = true, // the fault below is the one to tell
            }
            return Err(fault.at(&path));
        }
        Ok(())
    }

    /// Reads the state again if a failed commit could not.
    fn refresh(&mut self) -> Result<(), Error> {
        if self.is_stale {
            let path = database(&self.folder);
            self.state = State::load(&self.raw).map_err(|e| e.at(&path))?;
            self.is_stale = false;
        }
        Ok(())
    }
}

/// Puts large bodies into `images/`, synced; their digests by `seq`.
async fn store_bodies(folder: PathBuf, large: Vec<(i64, Bytes)>) -> Result<HashMap<i64, [u8; 32]>, Error> {
    if large.is_empty() {
        return Ok(HashMap::new());
    }
    let images = folder.join("images");
    let written = tokio::task::spawn_blocking(move || {
        let named: Vec<_> = large.iter().map(|(_, body)| (images::sha256(body), body.clone())).collect();
        images::store(&folder, &named)?;
        Ok(large.iter().zip(named).map(|((seq, _), (sha256, _))| (*seq, sha256)).collect())
    });
    written.await.map_err(|e| Error::io(&images, std::io::Error::other(e)))?
}

fn in_transaction(raw: &Raw, is_full: bool, write: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
    if is_full {
        raw.execute("PRAGMA synchronous = FULL")?;
    }
    let outcome = raw.execute("BEGIN IMMEDIATE").map_err(Fault::from).and_then(|()| {
        write()?;
        Ok(raw.execute("COMMIT")?)
    });
    if outcome.is_err() && raw.in_transaction() {
        // Some errors roll back by themselves. If this one fails the next BEGIN says so.
        _ = raw.execute("ROLLBACK");
    }
    if is_full {
        // Left at FULL, commits would only be slower.
        _ = raw.execute("PRAGMA synchronous = NORMAL");
    }
    outcome
}

/// Positions with their sources, sorted.
pub(crate) fn positions(
    sources: &[SourceRow],
    positions: impl Iterator<Item = (StreamKey, Position)>,
) -> Vec<StoredPosition> {
    let mut stored: Vec<_> = positions
        .filter_map(|((id, partition), position)| {
            let row = sources.iter().find(|row| row.id == id)?;
            Some(StoredPosition {
                source: Arc::clone(&row.source),
                kind: row.kind,
                partition,
                next: position.next,
                last_timestamp_ms: position.last_timestamp_ms,
                last_digest: position.last_digest,
                last_offset: position.last_offset,
            })
        })
        .collect();
    stored.sort_by(|a, b| (&a.source, a.partition).cmp(&(&b.source, b.partition)));
    stored
}
