//! Opening the database: settings, and migrations that only ever add.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::Error;
use crate::folder::{APPLICATION_ID, UNFINISHED_DB, database};
use crate::images::sync_folder;
use crate::raw::{Access, Raw, RawError};
use crate::table;
use crate::table::session::{self, SessionMeta};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Bytes of a page: 4,096 is 20 % slower to record, 16,384 no faster (400,000 results, 2 cores).
const PAGE_BYTES: u32 = 8192;

/// The oldest format that a reader may look at.
const OLDEST: i64 = 1;
/// Tables that a session of an older format lacks, and since which format they are there. A reader may not change the file: it
/// sees them empty, in memory of its own.
const ADDED: [(i64, &str); 7] = [
    (2, "said (id INTEGER PRIMARY KEY, plate INTEGER, kind TEXT, well INTEGER, site INTEGER, body TEXT)"),
    (
        3,
        "outbox (seq INTEGER PRIMARY KEY, event TEXT, source TEXT, key BLOB, headers BLOB, body BLOB, delivered_seq INTEGER)",
    ),
    (3, "draft (name TEXT PRIMARY KEY, at_ms INTEGER, body TEXT)"),
    (4, "bundle (one INTEGER PRIMARY KEY, made_at_us INTEGER, made_by TEXT, pixels TEXT)"),
    (4, "left_out (sha256 BLOB PRIMARY KEY, bytes INTEGER)"),
    (
        5,
        "preview (sha256 BLOB, page INTEGER, file_sha256 BLOB, file_bytes INTEGER, level INTEGER, width INTEGER, \
         height INTEGER, format TEXT, sample TEXT, bits INTEGER, low REAL, high REAL)",
    ),
    (6, "alert_spot (seq INTEGER PRIMARY KEY, well INTEGER, site INTEGER)"),
];

/// How long a reader waits for a lock, which in WAL is only ever held for moments.
const BUSY: Duration = Duration::from_secs(10);

/// How a writer treats its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterOptions {
    /// A ceiling for `session.db` in bytes; a commit that would pass it fails with [`Error::DiskFull`].
    pub max_bytes: Option<u64>,
    /// SQLite's page cache in KiB.
    pub cache_kib: u32,
    /// Pages in the write-ahead log before a commit takes them to the database. At 5,000 messages/s the 99th percentile
    /// from arrival to commit was 8 ms with 500, 17 ms with 1,000, 40 ms with 4,000; fewer cost throughput.
    pub wal_pages: u32,
}

impl Default for WriterOptions {
    /// No ceiling, 16 MiB of cache, a log of 8 MiB.
    fn default() -> WriterOptions {
        WriterOptions { max_bytes: None, cache_kib: 16 << 10, wal_pages: 1000 }
    }
}

/// What is written how durably.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A stream that can be read again: the log is synced when it goes to the database.
    Stream,
    /// A replay's copy: never synced.
    Scratch,
}

/// Makes the database under a temporary name, whole, and then gives it its own.
///
/// # Errors
/// [`Error::Database`], [`Error::DiskFull`], [`Error::Io`].
pub(crate) async fn create(folder: &Path, meta: &SessionMeta, keeps_bodies: bool) -> Result<(), Error> {
    let path = folder.join(UNFINISHED_DB);
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    migrate(options, folder, &path).await?;
    {
        let raw = Raw::open(&path, Access::Write).map_err(|e| Error::raw(&path, &e))?;
        session::insert(&raw, meta, keeps_bodies).map_err(|e| e.at(&path))?;
    }
    let name = database(folder);
    std::fs::rename(&path, &name).map_err(|e| Error::io(&name, e))?;
    sync_folder(folder)
}

/// Opens for writing; brings an older database up to date.
///
/// # Errors
/// [`Error::Bundle`], [`Error::Newer`], [`Error::Database`], [`Error::NotASession`].
pub(crate) async fn for_writing(folder: &Path, options: &WriterOptions, durability: Durability) -> Result<Raw, Error> {
    let path = database(folder);
    let told = |e: RawError| Error::raw(&path, &e);
    {
        let raw = open(&path, Access::Write).map_err(told)?;
        identify(&raw, folder)?;
        if table::bundle::is_marked(&raw).map_err(|e| e.at(&path))? {
            return Err(Error::Bundle { folder: folder.to_owned() });
        }
    }
    // Only now that it is ours: migrations and a switch to WAL change the file.
    migrate(SqliteConnectOptions::new().filename(&path).busy_timeout(BUSY), folder, &path).await?;
    let raw = open(&path, Access::Write).map_err(told)?;
    let synchronous = match durability {
        Durability::Stream => "NORMAL",
        Durability::Scratch => "OFF",
    };
    for setting in [
        "journal_mode = WAL".to_owned(),
        format!("synchronous = {synchronous}"),
        format!("cache_size = -{}", options.cache_kib),
        format!("wal_autocheckpoint = {}", options.wal_pages),
        format!("journal_size_limit = {}", u64::from(options.wal_pages) * u64::from(PAGE_BYTES)),
    ] {
        raw.execute(&format!("PRAGMA {setting}")).map_err(told)?;
    }
    if let Some(max_bytes) = options.max_bytes {
        let pages = (max_bytes / u64::from(PAGE_BYTES)).max(1);
        raw.execute(&format!("PRAGMA max_page_count = {pages}")).map_err(told)?;
    }
    Ok(raw)
}

/// Brings a copy that nobody else knows of up to date.
///
/// # Errors
/// [`Error::Newer`], [`Error::Database`].
pub(crate) async fn bring_up_to_date(folder: &Path) -> Result<(), Error> {
    let path = database(folder);
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    migrate(options, folder, &path).await
}

/// Opens for reading, while another process may be writing.
///
/// # Errors
/// [`Error::Newer`], [`Error::Older`], [`Error::Database`], [`Error::NotASession`].
pub(crate) fn for_reading(folder: &Path) -> Result<Raw, Error> {
    let path = database(folder);
    let told = |e: RawError| Error::raw(&path, &e);
    let open = |access| {
        let raw = open(&path, access).map_err(told)?;
        raw.execute("PRAGMA cache_size = -16384").map_err(told)?;
        identify(&raw, folder)?;
        Ok(raw)
    };
    let raw = match open(Access::Read) {
        // A folder that may not be written to, as on read-only media: nobody can be recording into it.
        Err(Error::Database { .. } | Error::NotAllowed { .. }) if !folder.join("session.db-wal").exists() => {
            open(Access::Immutable)?
        }
        raw => raw?,
    };
    let (found, known) = (format_version(&raw).map_err(told)?, newest());
    let folder = folder.to_owned();
    match found {
        _ if found > known => Err(Error::Newer { folder, found, known }),
        _ if found < OLDEST => Err(Error::Older { folder, found, known }),
        _ => {
            for (_, table) in ADDED.iter().filter(|(since, _)| *since > found) {
                raw.execute(&format!("CREATE TEMP TABLE {table}")).map_err(told)?;
            }
            Ok(raw)
        }
    }
}

/// Opens, and waits for locks from the first look on: after a crash whoever looks first mends the log, and all others wait.
fn open(path: &Path, access: Access) -> Result<Raw, RawError> {
    let raw = Raw::open(path, access)?;
    raw.execute(&format!("PRAGMA busy_timeout = {}", BUSY.as_millis()))?;
    Ok(raw)
}

/// Refuses a database of another program; reads the file for the first time.
fn identify(raw: &Raw, folder: &Path) -> Result<(), Error> {
    match number(raw, "PRAGMA application_id").map_err(|e| Error::raw(&database(folder), &e))? {
        APPLICATION_ID => Ok(()),
        _ => {
            let reason = "its session.db is empty or belongs to another program".to_owned();
            Err(Error::NotASession { folder: folder.to_owned(), reason })
        }
    }
}

/// The number of the newest migration.
fn newest() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}

fn format_version(raw: &Raw) -> Result<i64, RawError> {
    number(raw, "SELECT max(version) FROM _sqlx_migrations")
}

fn number(raw: &Raw, sql: &str) -> Result<i64, RawError> {
    let mut statement = raw.prepare(sql)?;
    let mut rows = statement.rows(&[])?;
    Ok(rows.next()?.map_or(0, |row| row.int(0)))
}

async fn migrate(options: SqliteConnectOptions, folder: &Path, path: &Path) -> Result<(), Error> {
    let told = |e: sqlx::Error| Error::sqlx(path, &e);
    let mut connection = options.connect().await.map_err(told)?;
    match MIGRATIONS.run_direct(None, &mut connection, false).await {
        Ok(()) => connection.close().await.map_err(told),
        Err(MigrateError::VersionMissing(found)) => {
            Err(Error::Newer { folder: folder.to_owned(), found, known: newest() })
        }
        Err(MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _)) => Err(told(e)),
        Err(e) => Err(Error::Database { path: path.to_owned(), message: e.to_string() }),
    }
}
