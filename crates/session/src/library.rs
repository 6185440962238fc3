//! `library.db`: summaries over all sessions of a folder, rebuildable at any time and never the truth (`DATA.md` 4).

use std::path::{Path, PathBuf};

use crate::Error;
use crate::fault::Fault;
use crate::library_rows::{COLUMNS, entry, put, text};
use crate::raw::{Access, Bound, Raw, RawError};
use crate::summary::SessionSummary;

/// The version of its tables: a file of another one is made anew.
const VERSION: i64 = 3;
const SCHEMA: &str = include_str!("../migrations_library/0003_library.sql");

/// What the files of a session looked like: a session whose stamp is the same has not changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes of `session.db`.
    pub db_bytes: i64,
    /// When it was last written, nanoseconds since 1970 UTC.
    pub db_mtime_ns: i64,
    /// Bytes of its log; 0 for none.
    pub wal_bytes: i64,
    /// When that was last written; 0 for none, as for an empty one, which readers leave.
    pub wal_mtime_ns: i64,
}

/// What the library keeps of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryEntry {
    /// The session's folder.
    pub path: PathBuf,
    /// What its files looked like when it was read.
    pub stamp: Stamp,
    /// Why it could not be read then; the summary is from before.
    pub unreadable: Option<String>,
    /// The session in short. Its plates are in the library's own table, and empty here.
    pub summary: SessionSummary,
    /// The `seq` that the plates' lines are of; 0 where only their names are known.
    pub plates_seq: i64,
    /// The last verification.
    pub verified: Option<LibraryVerification>,
}

/// How a verification ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryVerification {
    /// When, microseconds since 1970 UTC.
    pub at_us: i64,
    /// What the files looked like then.
    pub stamp: Stamp,
    /// How much was wrong.
    pub problems: u64,
    /// The first of it.
    pub finding: Option<String>,
    /// The first entry with which something is wrong, where it has a place among them.
    pub first_bad: Option<i64>,
}

/// One plate of one session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlateLine {
    /// Its run; empty for none.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Wells of its format, if known.
    pub format: Option<u16>,
    /// Wells with a result.
    pub wells_in: u32,
    /// Wells from which one is expected.
    pub wells_expected: u32,
    /// Whether all of them are there.
    pub complete: bool,
    /// Planes.
    pub images: u64,
    /// The first headline feature of its assay card.
    pub feature: Option<String>,
    /// Its Z'.
    pub z_prime: Option<f64>,
    /// Why there is none.
    pub undefined: Option<String>,
    /// The worst of its rules that have something to say: `attention` or `fail`.
    pub level: Option<String>,
}

/// Sums over the plates of a session, where their lines are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlateSums {
    /// Plates.
    pub plates: u64,
    /// Those of them that are complete.
    pub complete: u64,
    /// Wells with a result.
    pub wells: u64,
}

/// An open `library.db`. Its calls run on the calling thread and take milliseconds.
#[derive(Debug)]
pub struct LibraryStore {
    raw: Raw,
    path: PathBuf,
}

impl LibraryStore {
    /// Opens the library at `path`, or makes it; what is no library of this version is deleted and made anew.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Database`], [`Error::DiskFull`]: the place cannot be written.
    pub fn open(path: &Path) -> Result<LibraryStore, Error> {
        match open(path) {
            Ok(Some(raw)) => Ok(LibraryStore { raw, path: path.to_owned() }),
            Ok(None) => LibraryStore::anew(path),
            Err(error) if matches!(error.code & 0xff, NOT_A_DATABASE | CORRUPT) => LibraryStore::anew(path),
            Err(error) => Err(Error::raw(path, &error)),
        }
    }

    /// Deletes what is there and makes an empty library.
    ///
    /// # Errors
    /// As [`LibraryStore::open`].
    pub fn anew(path: &Path) -> Result<LibraryStore, Error> {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            let file = PathBuf::from(name);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&file, error)),
                _ => {}
            }
        }
        std::fs::File::create_new(path).map_err(|error| Error::io(path, error))?;
        let raw = Raw::open(path, Access::Write).and_then(|raw| make(&raw, "WAL").map(|()| raw));
        Ok(LibraryStore { raw: raw.map_err(|error| Error::raw(path, &error))?, path: path.to_owned() })
    }

    /// A library that is forgotten with this value: for a folder that may not be written.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn in_memory() -> Result<LibraryStore, Error> {
        let path = PathBuf::from(":memory:");
        let raw = Raw::open(&path, Access::Write).and_then(|raw| make(&raw, "MEMORY").map(|()| raw));
        Ok(LibraryStore { raw: raw.map_err(|error| Error::raw(&path, &error))?, path })
    }

    /// Every session, without its plates.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub fn load(&mut self) -> Result<Vec<LibraryEntry>, Error> {
        let read = || -> Result<Vec<LibraryEntry>, Fault> {
            let mut statement = self.raw.prepare(&format!("SELECT {COLUMNS} FROM session"))?;
            let mut rows = statement.rows(&[])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(entry(&row).ok_or_else(|| Fault::Damaged("a row of table session".to_owned()))?);
            }
            Ok(entries)
        };
        read().map_err(|fault| fault.at(&self.path))
    }

    /// Keeps what is known of a session, and the names in `entry.summary.plates`; lines of plates that are gone go.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::DiskFull`].
    pub fn put(&mut self, entry: &LibraryEntry) -> Result<(), Error> {
        self.in_transaction(|raw| put(raw, entry))
    }

    /// Keeps the plates' lines of a session as they were at `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::DiskFull`].
    pub fn put_plates(&mut self, session: &Path, seq: i64, lines: &[PlateLine]) -> Result<(), Error> {
        self.in_transaction(|raw| {
            let path = text(session);
            raw.prepare("DELETE FROM plate WHERE path = ?")?.run(&[Bound::Text(&path)])?;
            let mut statement = raw.prepare(
                "INSERT OR REPLACE INTO plate (path, run, barcode, format, wells_in, wells_expected, complete, images, \
                 feature, z_prime, undefined, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?;
            for line in lines {
                statement.run(&[
                    Bound::Text(&path),
                    Bound::Text(&line.run),
                    Bound::Text(&line.barcode),
                    Bound::optional_int(line.format.map(i64::from)),
                    Bound::Int(line.wells_in.into()),
                    Bound::Int(line.wells_expected.into()),
                    Bound::Int(line.complete.into()),
                    Bound::Int(line.images.cast_signed()),
                    Bound::optional_text(line.feature.as_deref()),
                    line.z_prime.map_or(Bound::Null, Bound::Real),
                    Bound::optional_text(line.undefined.as_deref()),
                    Bound::optional_text(line.level.as_deref()),
                ])?;
            }
            raw.prepare("UPDATE session SET plates_seq = ? WHERE path = ?")?.run(&[Bound::Int(seq), Bound::Text(&path)])
        })
    }

    /// Forgets a session that is gone.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::DiskFull`].
    pub fn forget(&mut self, session: &Path) -> Result<(), Error> {
        self.in_transaction(|raw| {
            let path = text(session);
            raw.prepare("DELETE FROM plate WHERE path = ?")?.run(&[Bound::Text(&path)])?;
            raw.prepare("DELETE FROM session WHERE path = ?")?.run(&[Bound::Text(&path)])
        })
    }

    /// The plates of a session, by run and barcode.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn plates(&mut self, session: &Path) -> Result<Vec<PlateLine>, Error> {
        let read = || -> Result<Vec<PlateLine>, RawError> {
            let mut statement = self.raw.prepare(
                "SELECT run, barcode, format, wells_in, wells_expected, complete, images, feature, z_prime, undefined, \
                 level FROM plate WHERE path = ? ORDER BY run, barcode",
            )?;
            let mut rows = statement.rows(&[Bound::Text(&text(session))])?;
            let mut lines = Vec::new();
            while let Some(row) = rows.next()? {
                let owned = |column| row.optional_text(column).map(str::to_owned);
                lines.push(PlateLine {
                    run: owned(0).unwrap_or_default(),
                    barcode: owned(1).unwrap_or_default(),
                    format: row.optional_int(2).and_then(|wells| u16::try_from(wells).ok()),
                    wells_in: u32::try_from(row.int(3)).unwrap_or(0),
                    wells_expected: u32::try_from(row.int(4)).unwrap_or(0),
                    complete: row.int(5) != 0,
                    images: row.int(6).cast_unsigned(),
                    feature: owned(7),
                    z_prime: row.optional_real(8),
                    undefined: owned(9),
                    level: owned(10),
                });
            }
            Ok(lines)
        };
        read().map_err(|error| Error::raw(&self.path, &error))
    }

    /// Sums over the plates of every session, with its runs in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn sums(&mut self) -> Result<Vec<(PathBuf, PlateSums, Vec<String>)>, Error> {
        let read = || -> Result<Vec<(PathBuf, PlateSums, Vec<String>)>, RawError> {
            let mut statement = self.raw.prepare(
                "SELECT path, run, count(*), sum(complete), sum(wells_in) FROM plate GROUP BY path, run ORDER BY path, run",
            )?;
            let mut rows = statement.rows(&[])?;
            let mut all: Vec<(PathBuf, PlateSums, Vec<String>)> = Vec::new();
            while let Some(row) = rows.next()? {
                let path = PathBuf::from(row.text(0).unwrap_or_default());
                if all.last().is_none_or(|(last, ..)| *last != path) {
                    all.push((path, PlateSums::default(), Vec::new()));
                }
                if let Some((_, sums, runs)) = all.last_mut() {
                    runs.push(row.text(1).unwrap_or_default().to_owned());
                    sums.plates += row.int(2).cast_unsigned();
                    sums.complete += row.int(3).cast_unsigned();
                    sums.wells += row.int(4).cast_unsigned();
                }
            }
            Ok(all)
        };
        read().map_err(|error| Error::raw(&self.path, &error))
    }

    /// Sessions with a plate whose barcode holds `part`, whatever its capitals.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn with_barcode(&mut self, part: &str) -> Result<Vec<PathBuf>, Error> {
        let read = || -> Result<Vec<PathBuf>, RawError> {
            let sql = "SELECT DISTINCT path FROM plate WHERE instr(lower(barcode), lower(?)) > 0";
            let mut statement = self.raw.prepare(sql)?;
            let mut rows = statement.rows(&[Bound::Text(part)])?;
            let mut paths = Vec::new();
            while let Some(row) = rows.next()? {
                paths.push(PathBuf::from(row.text(0).unwrap_or_default()));
            }
            Ok(paths)
        };
        read().map_err(|error| Error::raw(&self.path, &error))
    }

    fn in_transaction(&mut self, write: impl FnOnce(&Raw) -> Result<(), RawError>) -> Result<(), Error> {
        let raw = &self.raw;
        let done = raw.execute("BEGIN IMMEDIATE").and_then(|()| write(raw)).and_then(|()| raw.execute("COMMIT"));
        if done.is_err() && raw.in_transaction() {
            // The first error is the one to tell.
            let _ = raw.execute("ROLLBACK");
        }
        done.map_err(|error| Error::raw(&self.path, &error))
    }
}

/// Primary result codes of a file that is none of ours.
const CORRUPT: i32 = 11;
const NOT_A_DATABASE: i32 = 26;

/// The library, or `None` where there is none of this version.
fn open(path: &Path) -> Result<Option<Raw>, RawError> {
    if !path.exists() {
        return Ok(None);
    }
    let raw = Raw::open(path, Access::Write)?;
    raw.execute("PRAGMA busy_timeout = 5000")?;
    let is_ours = {
        let mut statement = raw.prepare("PRAGMA user_version")?;
        let mut rows = statement.rows(&[])?;
        rows.next()?.is_some_and(|row| row.int(0) == VERSION)
    };
    if !is_ours {
        return Ok(None);
    }
    raw.execute("PRAGMA synchronous = NORMAL")?;
    let whole = {
        let mut statement = raw.prepare("PRAGMA quick_check(1)")?;
        let mut rows = statement.rows(&[])?;
        rows.next()?.is_some_and(|row| row.text(0) == Some("ok"))
    };
    Ok(whole.then_some(raw))
}

fn make(raw: &Raw, journal: &str) -> Result<(), RawError> {
    raw.execute("PRAGMA busy_timeout = 5000")?;
    raw.execute(&format!("PRAGMA journal_mode = {journal}"))?;
    raw.execute("PRAGMA synchronous = NORMAL")?;
    raw.execute("BEGIN IMMEDIATE")?;
    let bare: String =
        SCHEMA.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    for statement in bare.split(';').filter(|statement| !statement.trim().is_empty()) {
        raw.execute(statement)?;
    }
    raw.execute(&format!("PRAGMA user_version = {VERSION}"))?;
    raw.execute("COMMIT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BundlePixels;

    fn one() -> LibraryEntry {
        LibraryEntry {
            path: "/s/a".into(),
            stamp: Stamp { db_bytes: 1, db_mtime_ns: 2, wal_bytes: 3, wal_mtime_ns: 4 },
            unreadable: None,
            summary: SessionSummary {
                id: "id".into(),
                first_us: Some(5),
                last_us: Some(9),
                messages: 7,
                decisions: 4,
                unsent: 2,
                activity: vec![1, 2, 300],
                bundle: Some(BundlePixels::None),
                ..SessionSummary::default()
            },
            plates_seq: 0,
            verified: Some(LibraryVerification {
                at_us: 11,
                stamp: Stamp::default(),
                problems: 1,
                finding: Some("entry 3 is missing".into()),
                first_bad: Some(3),
            }),
        }
    }

    #[test]
    fn what_is_put_is_there_after_opening_again_and_what_is_broken_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let mut store = LibraryStore::open(&path).unwrap();
        let mut entry = one();
        entry.summary.plates =
            vec![("R".into(), "BR1".into()), ("R".into(), "BR2".into()), (String::new(), "X".into())];
        store.put(&entry).unwrap();
        let line = PlateLine {
            run: "R".into(),
            barcode: "BR1".into(),
            format: Some(384),
            wells_in: 384,
            wells_expected: 384,
            complete: true,
            z_prime: Some(0.5),
            ..PlateLine::default()
        };
        let empty = PlateLine { barcode: "X".into(), ..PlateLine::default() };
        store.put_plates(&entry.path, 9, &[line.clone(), empty.clone()]).unwrap();
        drop(store);
        let mut store = LibraryStore::open(&path).unwrap();
        let mut kept = one();
        kept.plates_seq = 9;
        assert_eq!(store.load().unwrap(), [kept]);
        assert_eq!(store.plates(Path::new("/s/a")).unwrap(), [empty, line]);
        let sums = store.sums().unwrap();
        assert_eq!(sums[0].1, PlateSums { plates: 2, complete: 1, wells: 384 });
        assert_eq!(sums[0].2, ["", "R"]);
        assert_eq!(store.with_barcode("br").unwrap(), [PathBuf::from("/s/a")]);
        assert!(store.with_barcode("%").unwrap().is_empty(), "a search holds no patterns");
        store.forget(Path::new("/s/a")).unwrap();
        assert!(store.load().unwrap().is_empty() && store.plates(Path::new("/s/a")).unwrap().is_empty());
        store.put(&one()).unwrap();
        drop(store);
        for broken in ["not a database at all, but long enough to look like one", ""] {
            std::fs::write(&path, broken).unwrap();
            assert!(LibraryStore::open(&path).unwrap().load().unwrap().is_empty(), "{broken:?} is made anew");
        }
        let mut memory = LibraryStore::in_memory().unwrap();
        memory.put(&one()).unwrap();
        assert_eq!(memory.load().unwrap(), [one()]);
    }
}
