//! What can go wrong with a session on disk: each says which folder or file, why, and the way out.

use std::path::{Path, PathBuf};

use crate::raw::RawError;

/// An error of the session room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder holds something else.
    #[error("{} is not a Plateside session: {reason}", folder.display())]
    NotASession {
        /// The folder.
        folder: PathBuf,
        /// What it holds instead, and the way out.
        reason: String,
    },
    /// A session was to be made where one is.
    #[error("{} already holds a session. Open it to go on with it, or choose a new folder", folder.display())]
    AlreadyASession {
        /// The folder.
        folder: PathBuf,
    },
    /// Another process (or another part of this one) records into it.
    #[error("{} is being recorded by {holder}. Stop that one, follow it read-only, or choose another folder", folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// `process N on HOST`, as the lock file says.
        holder: String,
    },
    /// It came out of a bundle, and was to be recorded into.
    #[error("{} came out of a bundle. A bundle is read-only: decisions about it go to an overlay session; record into another folder", folder.display())]
    Bundle {
        /// The folder.
        folder: PathBuf,
    },
    /// A newer Plateside wrote it.
    #[error("{} was written by a newer Plateside (its format is {found}, this one knows {known}). Update Plateside to open it", folder.display())]
    Newer {
        /// The folder.
        folder: PathBuf,
        /// The newest migration in it.
        found: i64,
        /// The newest migration that is known.
        known: i64,
    },
    /// An older Plateside wrote it, and a reader may not change it.
    #[error("{} was written by an older Plateside (its format is {found}, this one reads {known}). Record into it once with this version to bring it up to date", folder.display())]
    Older {
        /// The folder.
        folder: PathBuf,
        /// The newest migration in it.
        found: i64,
        /// The newest migration that is known.
        known: i64,
    },
    /// SQLite's write-ahead log needs memory that only processes of one machine share.
    #[error("{} lies on a network file system ({kind}), where a session could be damaged. Record to a local disk and copy it over afterwards", folder.display())]
    NetworkFileSystem {
        /// The folder.
        folder: PathBuf,
        /// As `NFS`.
        kind: String,
    },
    /// No room left, on the disk or under the ceiling that was asked for.
    #[error("no room to write {} ({reason}). Free some space or raise the ceiling; what was committed before is safe", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("{}: SQLite says: {message}. If its disk is failing, work on a copy", path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
    /// Rights are missing, as SQLite found.
    #[error("{} may not be opened ({message}). Check who may read and write the folder and the files in it", path.display())]
    NotAllowed {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
    /// What is stored makes no sense.
    #[error("{} is damaged: {reason}. Restore the folder from a copy; without one leave it as it is and ask for help", path.display())]
    Damaged {
        /// The database file, or a body's file.
        path: PathBuf,
        /// What and where.
        reason: String,
    },
    /// A message at or below an offset that is stored: it would stand twice.
    #[error(
        "{topic}[{partition}] offset {offset} is already stored (the next is {next}). Start again from the stored offsets"
    )]
    AlreadyStored {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The message's offset.
        offset: i64,
        /// The first offset that may come.
        next: i64,
    },
    /// An entry that does not follow the one before it.
    #[error("entry {found} came where {expected} was due: ask the writer for its next number after a failed commit")]
    OutOfSequence {
        /// The `seq` that was due.
        expected: i64,
        /// The one that came.
        found: i64,
    },
    /// A topic carries something else than when the session began.
    #[error(
        "{topic} was recorded as {stored} in this session and now comes as {now}. Start a new session for the changed profile"
    )]
    KindChanged {
        /// The topic.
        topic: String,
        /// The stored kind.
        stored: &'static str,
        /// The new one.
        now: &'static str,
    },
    /// A record that its stored form cannot say.
    #[error("{what} cannot be stored: {reason}")]
    Unwritable {
        /// Which record.
        what: String,
        /// Why not.
        reason: String,
    },
    /// Whoever was told how far it is had enough.
    #[error("looking through it was broken off")]
    Stopped,
    /// More records in one message than the numbering holds.
    #[error("{topic}[{partition}] offset {offset} has {records} records; at most 65,536 fit. Split the message")]
    TooManyRecords {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset.
        offset: i64,
        /// How many.
        records: usize,
    },
}

/// Primary result codes of SQLite that have a meaning of their own here.
const SQLITE_PERM: i32 = 3;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

impl Error {
    /// A failed file operation; a full disk or an exhausted quota has its own variant.
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match source.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => {
                Error::DiskFull { path: path.to_owned(), reason: source.to_string() }
            }
            _ => Error::Io { path: path.to_owned(), source },
        }
    }

    /// A failed statement on the raw handle.
    pub(crate) fn raw(path: &Path, error: &RawError) -> Error {
        Error::from_code(path, error.code, error.message.clone())
    }

    /// A failed sqlx call.
    pub(crate) fn sqlx(path: &Path, error: &sqlx::Error) -> Error {
        let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse().ok()).unwrap_or(0);
        Error::from_code(path, code, error.to_string())
    }

    fn from_code(path: &Path, code: i32, message: String) -> Error {
        let path = path.to_owned();
        match code & 0xff {
            SQLITE_FULL => Error::DiskFull { path, reason: message },
            // Shared memory and logs that cannot grow come as plain I/O errors.
            SQLITE_IOERR if crate::filesystem::is_full(&path) => Error::DiskFull { path, reason: message },
            SQLITE_NOTADB => {
                let folder = path.parent().unwrap_or(&path).to_owned();
                Error::NotASession {
                    folder,
                    reason: "its session.db is no SQLite database; choose another folder".to_owned(),
                }
            }
            SQLITE_PERM | SQLITE_READONLY | SQLITE_CANTOPEN => Error::NotAllowed { path, message },
            SQLITE_CORRUPT => Error::Damaged { path, reason: message },
            _ => Error::Database { path, message },
        }
    }

    /// Whether it is a lack of room, after which the same commit may be tried again.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Error::DiskFull { .. })
    }
}
