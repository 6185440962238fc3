//! `cache.db`: what can be made again from `session.db`, so that a seek or a look at a feature is quick (`DATA.md` 4).
//!
//! It may be deleted at any time. One that is of another version, of another session or damaged is thrown away; where none
//! can be written it is kept in memory. Nothing here fails: what cannot be read is not there, what cannot be written is not
//! kept. It is made only when there is something to keep.

use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::raw::{Access, Bound, Raw, RawError};
use crate::reader::Reader;
use crate::timeline;

/// Its schema, and with `VERSION` what the bytes in it mean.
const SCHEMA: &str = include_str!("../migrations_cache/cache.sql");
/// Grows with every change of the schema, of snapshots or of columns.
const VERSION: i64 = 3;
/// Says that a database is a cache of ours: "PLSC".
const APPLICATION_ID: i64 = 0x504c_5343;
/// How long another process's write is waited for: never long, it is only a cache.
const BUSY_MS: u32 = 1000;
/// Most pages of a cache in a file and in memory, 8 KiB each.
const PAGES: (u32, u32) = (512 << 10, 8 << 10);

/// The cache of one session. One thread has it at a time; others, in this process or another, have their own.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    session: String,
    place: Place,
}

/// Where the cache is.
#[derive(Debug)]
enum Place {
    /// There is none yet; it is made with the first thing that is kept.
    NotYet,
    Open(Raw),
    /// It failed: nothing is read or kept any more.
    Given,
}

impl Cache {
    /// The cache beside a reader's session, if there is a good one; a bad one is deleted.
    #[must_use]
    pub fn open(reader: &mut Reader) -> Cache {
        let folder = reader.folder.clone();
        let mut cache = Cache { folder, session: reader.meta().id.clone(), place: Place::NotYet };
        if cache.path().exists() {
            match existing(&cache.path(), &cache.session, reader) {
                Ok(Some(raw)) => cache.place = Place::Open(raw),
                Ok(None) => cache.delete(),
                Err(error) if is_worthless(&error) => cache.delete(),
                // Busy, or not ours to open: without it.
                Err(_) => cache.place = in_memory(&cache.session).map_or(Place::Given, Place::Open),
            }
        }
        cache
    }

    /// Runs `read`; `None` where there is no cache or it fails.
    pub(crate) fn reading<T>(&mut self, read: impl FnOnce(&Raw) -> Result<T, Fault>) -> Option<T> {
        let Place::Open(raw) = &self.place else { return None };
        match crate::reader::at_one_moment(raw, || read(raw)) {
            Ok(found) => Some(found),
            Err(fault) => {
                self.failed(&fault);
                None
            }
        }
    }

    /// Runs `write` in a transaction that relies on the session up to `seq`; whether it was kept.
    pub(crate) fn writing(
        &mut self,
        reader: &mut Reader,
        seq: i64,
        write: impl FnOnce(&Raw) -> Result<(), Fault>,
    ) -> bool {
        if let Place::NotYet = self.place {
            let made = made(&self.path(), &self.session).or_else(|_| in_memory(&self.session));
            self.place = made.map_or(Place::Given, Place::Open);
        }
        let Place::Open(raw) = &self.place else { return false };
        let Ok(anchor) = reader.look(|raw, _, _| timeline::fingerprint(raw, seq)) else { return false };
        let Some((first_seq, received_at_us)) = anchor else { return false };
        let outcome = raw.execute("BEGIN IMMEDIATE").map_err(Fault::from).and_then(|()| {
            raw.prepare("UPDATE cache SET anchor_seq = ?1, anchor_first = ?2, anchor_us = ?3 WHERE anchor_seq < ?1")?
                .run(&[Bound::Int(seq), Bound::Int(first_seq), Bound::Int(received_at_us)])?;
            write(raw)?;
            Ok(raw.execute("COMMIT")?)
        });
        match outcome {
            Ok(()) => true,
            Err(fault) => {
                if raw.in_transaction() {
                    // If this fails too, the next BEGIN says so.
                    _ = raw.execute("ROLLBACK");
                }
                self.failed(&fault);
                false
            }
        }
    }

    /// Throws it away: something in it makes no sense. Nothing more is kept by this one.
    pub fn discard(&mut self) {
        self.place = Place::Given;
        self.delete();
    }

    /// A damaged cache is thrown away; one that is busy or full is left as it is.
    fn failed(&mut self, fault: &Fault) {
        match fault {
            Fault::Sql(error) if !is_worthless(error) => {}
            Fault::Sql(_) | Fault::Damaged(_) | Fault::Told(_) => self.discard(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("cache.db")
    }

    fn delete(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // One that cannot be deleted is found bad again, and left alone.
            _ = std::fs::remove_file(self.folder.join(format!("cache.db{suffix}")));
        }
    }
}

/// Whether it can only be thrown away: damaged, no database, or not the tables that are expected.
fn is_worthless(error: &RawError) -> bool {
    matches!(error.code & 0xff, 1 | 11 | 26)
}

/// The cache at `path` if it is this session's and of this version.
fn existing(path: &Path, session: &str, reader: &mut Reader) -> Result<Option<Raw>, RawError> {
    let raw = set_up(Raw::open(path, Access::Write)?, PAGES.0)?;
    if number(&raw, "PRAGMA application_id")? != APPLICATION_ID || number(&raw, "PRAGMA user_version")? != VERSION {
        return Ok(None);
    }
    let anchor = {
        let mut statement = raw.prepare("SELECT session, anchor_seq, anchor_first, anchor_us FROM cache")?;
        let mut rows = statement.rows(&[])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        if row.text(0) != Some(session) {
            return Ok(None);
        }
        (row.int(1), row.int(2), row.int(3))
    };
    let (seq, first_seq, received_at_us) = anchor;
    let found = reader.look(|raw, _, _| Ok((crate::table::batch::last_seq(raw)?, timeline::fingerprint(raw, seq)?)));
    let is_of_it = match found {
        _ if seq == 0 => true,
        Ok((last_seq, found)) => seq <= last_seq && found == Some((first_seq, received_at_us)),
        Err(_) => false,
    };
    Ok(is_of_it.then_some(raw))
}

/// A new one; another process may have made it in the meantime.
fn made(path: &Path, session: &str) -> Result<Raw, RawError> {
    let raw = set_up(Raw::open(path, Access::Create)?, PAGES.0)?;
    raw.execute("PRAGMA journal_mode = WAL")?;
    fill(&raw, session)?;
    Ok(raw)
}

fn in_memory(session: &str) -> Result<Raw, RawError> {
    let raw = set_up(Raw::open(Path::new(":memory:"), Access::Create)?, PAGES.1)?;
    fill(&raw, session)?;
    Ok(raw)
}

fn set_up(raw: Raw, pages: u32) -> Result<Raw, RawError> {
    raw.execute(&format!("PRAGMA busy_timeout = {BUSY_MS}"))?;
    raw.execute("PRAGMA page_size = 8192")?;
    raw.execute("PRAGMA synchronous = NORMAL")?;
    raw.execute("PRAGMA cache_size = -4096")?;
    raw.execute("PRAGMA journal_size_limit = 8388608")?;
    raw.execute(&format!("PRAGMA max_page_count = {pages}"))?;
    Ok(raw)
}

fn fill(raw: &Raw, session: &str) -> Result<(), RawError> {
    raw.execute("BEGIN IMMEDIATE")?;
    if number(raw, "PRAGMA user_version")? == 0 {
        for statement in SCHEMA.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            raw.execute(statement)?;
        }
        raw.prepare("INSERT INTO cache (one, session, anchor_seq, anchor_first, anchor_us) VALUES (1, ?, 0, 0, 0)")?
            .run(&[Bound::Text(session)])?;
        raw.execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        raw.execute(&format!("PRAGMA user_version = {VERSION}"))?;
    }
    raw.execute("COMMIT")
}

fn number(raw: &Raw, sql: &str) -> Result<i64, RawError> {
    let mut statement = raw.prepare(sql)?;
    let mut rows = statement.rows(&[])?;
    Ok(rows.next()?.map_or(0, |row| row.int(0)))
}
