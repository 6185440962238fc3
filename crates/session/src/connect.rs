//! Opening the database: settings, and migrations that only ever add.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::Error;
use crate::folder::{APPLICATION_ID, UNFINISHED_DB, database};
use crate::images::sync_folder;
use crate::raw::Raw;
use crate::table::session::{self, SessionMeta};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Bytes of a page: 4,096 is 20 % slower to record, 16,384 no faster (400,000 results, 2 cores).
const PAGE_BYTES: u32 = 8192;

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
    let told = |e: sqlx::Error| Error::sqlx(&path, &e);
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.map_err(told)?;
    migrate(&mut connection, folder, &path).await?;
    {
        let raw = Raw::lock(&mut connection).await.map_err(told)?;
        session::insert(&raw, meta, keeps_bodies).map_err(|e| e.at(&path))?;
    }
    connection.close().await.map_err(told)?;
    let name = database(folder);
    std::fs::rename(&path, &name).map_err(|e| Error::io(&name, e))?;
    sync_folder(folder)
}

/// Opens for writing; brings an older database up to date.
///
/// # Errors
/// [`Error::Newer`], [`Error::Database`], [`Error::NotASession`].
pub(crate) async fn for_writing(
    folder: &Path,
    options: &WriterOptions,
    durability: Durability,
) -> Result<SqliteConnection, Error> {
    let path = database(folder);
    let told = |e: sqlx::Error| Error::sqlx(&path, &e);
    let connect = SqliteConnectOptions::new().filename(&path).busy_timeout(BUSY);
    let mut connection = connect.connect().await.map_err(told)?;
    identify(&mut connection, folder).await?;
    // Only now that it is ours: a switch to WAL changes the file.
    let synchronous = match durability {
        Durability::Stream => "NORMAL",
        Durability::Scratch => "OFF",
    };
    let mut settings = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA cache_size = -{}; \
         PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = {};",
        options.cache_kib,
        options.wal_pages,
        u64::from(options.wal_pages) * u64::from(PAGE_BYTES),
    );
    if let Some(max_bytes) = options.max_bytes {
        _ = write!(settings, "PRAGMA max_page_count = {};", (max_bytes / u64::from(PAGE_BYTES)).max(1));
    }
    sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut connection).await.map_err(told)?;
    migrate(&mut connection, folder, &path).await?;
    Ok(connection)
}

/// Opens for reading, while another process may be writing.
///
/// # Errors
/// [`Error::Newer`], [`Error::Older`], [`Error::Database`], [`Error::NotASession`].
pub(crate) async fn for_reading(folder: &Path) -> Result<SqliteConnection, Error> {
    let path = database(folder);
    let told = |e: sqlx::Error| Error::sqlx(&path, &e);
    let connect =
        SqliteConnectOptions::new().filename(&path).read_only(true).busy_timeout(BUSY).pragma("cache_size", "-16384");
    let mut connection = connect.clone().connect().await.map_err(told)?;
    let mut identity = identify(&mut connection, folder).await;
    if matches!(identity, Err(Error::Database { .. })) && !folder.join("session.db-wal").exists() {
        // A folder that may not be written to, as on read-only media: nobody can be recording into it.
        connection = connect.immutable(true).connect().await.map_err(told)?;
        identity = identify(&mut connection, folder).await;
    }
    identity?;
    let (found, known) = (format_version(&mut connection).await.map_err(told)?, newest());
    let folder = folder.to_owned();
    match found {
        _ if found > known => Err(Error::Newer { folder, found, known }),
        _ if found < known => Err(Error::Older { folder, found, known }),
        _ => Ok(connection),
    }
}

/// Refuses a database of another program; reads the file for the first time.
async fn identify(connection: &mut SqliteConnection, folder: &Path) -> Result<(), Error> {
    let id: Result<i64, sqlx::Error> = sqlx::query_scalar("PRAGMA application_id").fetch_one(connection).await;
    match id.map_err(|e| Error::sqlx(&database(folder), &e))? {
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

async fn format_version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(connection).await
}

async fn migrate(connection: &mut SqliteConnection, folder: &Path, path: &Path) -> Result<(), Error> {
    match MIGRATIONS.run_direct(None, connection, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) => {
            Err(Error::Newer { folder: folder.to_owned(), found, known: newest() })
        }
        Err(MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _)) => Err(Error::sqlx(path, &e)),
        Err(e) => Err(Error::Database { path: path.to_owned(), message: e.to_string() }),
    }
}
