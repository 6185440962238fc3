//! Reading a session, in any process, while another may be recording it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{Alert, Layout, LocalRecord, Origin, PlateKey, Record, Source};
use sqlx::sqlite::SqliteConnection;
use wire::Envelope;

use crate::fault::Fault;
use crate::names::Names;
use crate::raw::{Bound, Raw};
use crate::state::State;
use crate::sweep;
use crate::table::message::{self, Place};
use crate::table::session::{self, SessionMeta};
use crate::table::source::SourceRow;
use crate::table::{self, batch, split_id};
use crate::window::{self, What};
use crate::writer::{StoredPosition, positions};
use crate::{Error, connect, folder, images};

/// Entries that are looked at in one go.
const WINDOW: i64 = 1024;

/// A page of entries ends early once its results hold about this many bytes.
const PAGE_BYTES: usize = 16 << 20;

/// Reads one session. Every call sees what was committed by then.
#[derive(Debug)]
pub struct Reader {
    pub(crate) folder: PathBuf,
    pub(crate) database: PathBuf,
    pub(crate) connection: SqliteConnection,
    pub(crate) names: Names,
    meta: SessionMeta,
}

/// How much a session holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages, undecoded ones too.
    pub messages: u64,
    /// Records decoded from them.
    pub records: u64,
    /// Of these: results,
    pub results: u64,
    /// images (planes, or pieces of them),
    pub images: u64,
    /// layouts,
    pub layouts: u64,
    /// and stages.
    pub stages: u64,
    /// Messages from which nothing could be read.
    pub undecoded: u64,
    /// What people and Plateside did.
    pub locals: u64,
    /// Rules' changes of state.
    pub alerts: u64,
    /// Bytes on disk: the database, its log and `images/`.
    pub bytes: u64,
}

/// One entry, read back: a record of a message, an alert or a local record.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEntry {
    /// Its place in the session, or its message's.
    pub seq: i64,
    /// A record's place in its message; 0 otherwise.
    pub index: u16,
    /// What it says.
    pub body: StoredBody,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly every entry is a record; boxing it would cost an allocation each")]
pub enum StoredBody {
    /// A record of a message.
    Stream {
        /// The message's place in its stream.
        origin: Origin,
        /// The record.
        record: Record,
    },
    /// A rule's state changed.
    Alert(Alert),
    /// A person or Plateside did something.
    Local(LocalRecord),
}

/// A message from which nothing could be read.
#[derive(Debug, Clone)]
pub struct UndecodedMessage {
    /// Its place in the session.
    pub seq: i64,
    /// The message, with its bytes as received.
    pub envelope: Envelope,
    /// Why nothing could be read.
    pub reason: String,
}

impl Reader {
    /// Opens a session.
    ///
    /// # Errors
    /// [`Error::NotASession`], [`Error::Newer`], [`Error::Older`], [`Error::NetworkFileSystem`], [`Error::Io`],
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn open(folder: &Path) -> Result<Reader, Error> {
        folder::check(folder)?;
        let mut connection = connect::for_reading(folder).await?;
        let database = folder::database(folder);
        let meta = {
            let raw = Raw::lock(&mut connection).await.map_err(|e| Error::sqlx(&database, &e))?;
            session::load(&raw).map_err(|e| e.at(&database))?.0
        };
        Ok(Reader { folder: folder.to_owned(), database, connection, names: Names::default(), meta })
    }

    /// What the session is.
    #[must_use]
    pub fn meta(&self) -> &SessionMeta {
        &self.meta
    }

    /// Runs `read` in one read transaction: it sees one moment of the session.
    pub(crate) async fn look<T>(
        &mut self,
        read: impl FnOnce(&Raw<'_>, &mut Names, &Path) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let raw = Raw::lock(&mut self.connection).await.map_err(|e| Error::sqlx(&self.database, &e))?;
        at_one_moment(&raw, || read(&raw, &mut self.names, &self.folder)).map_err(|e| e.at(&self.database))
    }

    /// The last committed `seq`; 0 without any.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_seq(&mut self) -> Result<i64, Error> {
        self.look(|raw, _, _| batch::last_seq(raw)).await
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
        .await
    }

    /// How much there is.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`].
    pub async fn counts(&mut self) -> Result<Counts, Error> {
        let mut counts = self.look(|raw, _, _| counts(raw)).await?;
        for name in ["session.db", "session.db-wal"] {
            counts.bytes += std::fs::metadata(self.folder.join(name)).map_or(0, |m| m.len());
        }
        for (path, _) in images::list(&self.folder)? {
            counts.bytes += std::fs::metadata(&path).map_or(0, |m| m.len());
        }
        Ok(counts)
    }

    /// Entries of every kind after `after_seq` in the order of (`seq`, index): none only at the end. About `limit` of
    /// them, fewer where they are large; a message's records always come together.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn entries(&mut self, after_seq: i64, limit: usize) -> Result<Vec<StoredEntry>, Error> {
        self.entries_of(What::ALL, after_seq, limit).await
    }

    /// As [`Reader::entries`], of some kinds.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn entries_of(&mut self, what: What, after_seq: i64, limit: usize) -> Result<Vec<StoredEntry>, Error> {
        self.look(|raw, names, _| {
            let last_seq = batch::last_seq(raw)?;
            let sources = table::source::load(raw)?;
            let (mut entries, mut bytes, mut after) = (Vec::new(), 0, after_seq.max(0));
            while after < last_seq && entries.len() < limit.max(1) && bytes < PAGE_BYTES {
                let missing = limit.max(1) - entries.len();
                let step = i64::try_from(missing).unwrap_or(WINDOW).min(WINDOW);
                let upto = (after + step).min(last_seq);
                bytes += read_window(raw, names, &sources, what, after, upto, &mut entries)?;
                after = upto;
            }
            Ok(entries)
        })
        .await
    }

    /// All alerts, in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn alerts(&mut self) -> Result<Vec<(i64, Alert)>, Error> {
        self.look(|raw, names, _| window::alerts(raw, names, 0, i64::MAX - 1)).await
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
        .await
    }

    /// Undecoded messages after `after_seq`, at most `limit`, with their bytes.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`] (a body's file may be gone).
    pub async fn undecoded(&mut self, after_seq: i64, limit: usize) -> Result<Vec<UndecodedMessage>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            let mut statement = raw.prepare(table::undecoded::PAGE)?;
            let after = table::record_id(after_seq.max(0), u16::MAX);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.rows(&[Bound::Int(after), Bound::Int(limit)])?;
            let mut messages = Vec::new();
            while let Some(row) = rows.next()? {
                let (seq, envelope) = envelope(&row, &sources, folder)?;
                let reason = row.text(10).unwrap_or_default().to_owned();
                messages.push(UndecodedMessage { seq, envelope, reason });
            }
            Ok(messages)
        })
        .await
    }

    /// The message at a place of a stream, with its `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn message_at(
        &mut self,
        source: &Source,
        partition: i32,
        offset: i64,
    ) -> Result<Option<(i64, Envelope)>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            let Some(row) = sources.iter().find(|row| *row.source == *source) else { return Ok(None) };
            let stream = (row.id, partition);
            let Some(commit) = batch::holding_offset(raw, stream, offset)? else { return Ok(None) };
            let found = {
                let mut statement = raw.prepare(message::PLACES)?;
                let mut rows = statement.rows(&window::seqs(commit.first_seq - 1, commit.last_seq))?;
                let mut found = None;
                while let Some(row) = rows.next()? {
                    let place = message::read_place(&row)?;
                    if (place.source, place.partition, place.offset) == (stream.0, partition, offset) {
                        found = Some(place.seq);
                        break;
                    }
                }
                found
            };
            found.map_or(Ok(None), |seq| one_message(raw, &sources, folder, seq))
        })
        .await
    }

    /// The message at a place in the session; `None` where another kind of entry stands, or nothing.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn message(&mut self, seq: i64) -> Result<Option<Envelope>, Error> {
        self.look(|raw, _, folder| {
            let sources = table::source::load(raw)?;
            Ok(one_message(raw, &sources, folder, seq)?.map(|(_, envelope)| envelope))
        })
        .await
    }

    /// Plates after `after` in the order of (run, barcode), at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn plates(&mut self, after: Option<&PlateKey>, limit: usize) -> Result<Vec<Arc<PlateKey>>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let page = self.look(|raw, _, _| table::plate::page(raw, after, limit)).await?;
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
        .await
    }

    /// The digest over all entries in the order of `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn history_digest(&mut self) -> Result<[u8; 32], Error> {
        self.look(|raw, _, _| Ok(State::load(raw)?.history.head())).await
    }

    /// The order-free digest of what the session says: winning values, layouts and images (`DATA.md` 17).
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn content_digest(&mut self) -> Result<[u8; 32], Error> {
        crate::content::digest(&mut self.connection, &self.database).await
    }
}

/// Runs `read` on one snapshot.
pub(crate) fn at_one_moment<T>(raw: &Raw<'_>, read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    raw.execute("BEGIN")?;
    let outcome = read();
    raw.execute("COMMIT")?; // nothing was written: it only lets go of the snapshot
    outcome
}

/// A whole message as an envelope; its body may come from a file.
pub(crate) fn envelope(
    row: &crate::raw::Row<'_>,
    sources: &[SourceRow],
    folder: &Path,
) -> Result<(i64, Envelope), Fault> {
    let Place { seq, source, partition, offset, timestamp_ms } = message::read_place(row)?;
    let stored = message::read_bytes(row)?;
    let source = sources
        .iter()
        .find(|row| row.id == source)
        .ok_or_else(|| Fault::Damaged(format!("source {source} is not in table source")))?;
    let body = match stored.body_sha {
        Some(sha256) => Some(images::load(folder, &sha256)?),
        None => stored.body,
    };
    let origin = Origin { source: Arc::clone(&source.source), partition, offset, timestamp_ms };
    Ok((seq, Envelope { origin, kind: source.kind, key: stored.key, headers: stored.headers, body }))
}

/// A message by its `seq`.
pub(crate) fn one_message(
    raw: &Raw<'_>,
    sources: &[SourceRow],
    folder: &Path,
    seq: i64,
) -> Result<Option<(i64, Envelope)>, Fault> {
    let mut statement = raw.prepare(message::WHOLE)?;
    let mut rows = statement.rows(&window::seqs(seq - 1, seq))?;
    rows.next()?.map(|row| envelope(&row, sources, folder)).transpose()
}

/// Appends the entries `after < seq <= upto`; returns about how many bytes their values have.
fn read_window(
    raw: &Raw<'_>,
    names: &mut Names,
    sources: &[SourceRow],
    what: What,
    after: i64,
    upto: i64,
    entries: &mut Vec<StoredEntry>,
) -> Result<usize, Fault> {
    let (start, mut bytes) = (entries.len(), 0);
    let records = window::records(raw, names, what, after, upto)?;
    let mut statement = raw.prepare(message::PLACES)?;
    let mut rows = statement.rows(&window::seqs(after, upto))?;
    let mut place: Option<Place> = None;
    for (id, record) in records {
        let (seq, index) = split_id(id);
        while place.is_none_or(|place| place.seq < seq) {
            let row = rows.next()?.ok_or_else(|| Fault::Damaged(format!("entry {seq} has records but no message")))?;
            place = Some(message::read_place(&row)?);
        }
        let Some(Place { source, partition, offset, timestamp_ms, .. }) = place.filter(|place| place.seq == seq) else {
            return Err(Fault::Damaged(format!("entry {seq} has records but no message")));
        };
        if let Record::Result(result) = &record {
            bytes += result.features.bits().len() * 8;
        }
        let origin = Origin { source: Arc::clone(window::source(sources, source)?), partition, offset, timestamp_ms };
        entries.push(StoredEntry { seq, index, body: StoredBody::Stream { origin, record } });
    }
    if what.alerts {
        let alerts = window::alerts(raw, names, after, upto)?;
        let body = |(seq, alert)| StoredEntry { seq, index: 0, body: StoredBody::Alert(alert) };
        entries.extend(alerts.into_iter().map(body));
    }
    if what.locals {
        let locals = window::locals(raw, after, upto)?;
        let body = |local: table::local::LocalRow| StoredEntry {
            seq: local.seq,
            index: 0,
            body: StoredBody::Local(local.record),
        };
        entries.extend(locals.into_iter().map(body));
    }
    entries[start..].sort_by_key(|entry| entry.seq);
    Ok(bytes)
}

/// Rows of each table.
pub(crate) fn counts(raw: &Raw<'_>) -> Result<Counts, Fault> {
    let mut statement = raw.prepare(
        "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM result), (SELECT count(*) FROM image), \
         (SELECT count(*) FROM layout), (SELECT count(*) FROM stage), (SELECT count(*) FROM undecoded), \
         (SELECT count(*) FROM local), (SELECT count(*) FROM alert)",
    )?;
    let mut rows = statement.rows(&[])?;
    let Some(row) = rows.next()? else { return Ok(Counts::default()) };
    let count = |column| row.int(column).cast_unsigned();
    let (results, images, layouts, stages) = (count(1), count(2), count(3), count(4));
    Ok(Counts {
        messages: count(0),
        records: results + images + layouts + stages,
        results,
        images,
        layouts,
        stages,
        undecoded: count(5),
        locals: count(6),
        alerts: count(7),
        bytes: 0,
    })
}
