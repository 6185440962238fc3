//! A session's folder: what lies in it, whether it is one, and the lock of its one writer.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::{Error, filesystem, images};

/// Marks the database as ours ("PLSD"); the first migration writes it.
pub(crate) const APPLICATION_ID: i64 = 0x504c_5344;

/// The name that a database has while it is being made.
pub(crate) const UNFINISHED_DB: &str = "session.db.unfinished";

/// The database of a session.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("session.db")
}

/// The one writer's lock; let go when dropped.
#[derive(Debug)]
pub(crate) struct FolderLock(File);

impl FolderLock {
    /// Takes the lock, or says who has it.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Io`].
    pub(crate) fn take(folder: &Path) -> Result<FolderLock, Error> {
        let path = folder.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::io(&path, e))?;
        match lock_patiently(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // A holder that cannot be read is still a holder.
                _ = file.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
                return Err(Error::Locked { folder: folder.to_owned(), holder: holder.to_owned() });
            }
            Err(TryLockError::Error(e)) => return Err(Error::io(&path, e)),
        }
        let holder = format!("process {}{}\n", std::process::id(), on_host());
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(holder.as_bytes()))
            .map_err(|e| Error::io(&path, e))?;
        Ok(FolderLock(file))
    }
}

/// How long a lock may stay with what a killed recorder leaves behind.
const PATIENCE: Duration = Duration::from_millis(500);

/// Tries for a moment: a recorder that was killed while it started its worker leaves a copy of the lock with the half-born
/// child, until that becomes the worker (one start in some hundred under load).
fn lock_patiently(file: &File) -> Result<(), TryLockError> {
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => std::thread::sleep(PATIENCE / 25),
            outcome => return outcome,
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing lets go as well; a name that stays behind would only confuse.
        _ = self.0.set_len(0);
    }
}

#[cfg(unix)]
fn on_host() -> String {
    format!(" on {}", rustix::system::uname().nodename().to_string_lossy())
}

#[cfg(not(unix))]
fn on_host() -> String {
    String::new()
}

/// Makes the folder for a new session and takes its lock.
///
/// # Errors
/// [`Error::AlreadyASession`], [`Error::NotASession`] for a folder with other things in it, [`Error::Locked`],
/// [`Error::NetworkFileSystem`], [`Error::Io`], [`Error::DiskFull`].
pub(crate) fn prepare_new(folder: &Path) -> Result<FolderLock, Error> {
    fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    filesystem::refuse_network(folder)?;
    if database(folder).exists() {
        return Err(Error::AlreadyASession { folder: folder.to_owned() });
    }
    refuse_strange(folder)?;
    let lock = FolderLock::take(folder)?;
    for suffix in ["", "-journal", "-wal", "-shm"] {
        // Usually there is none; one that cannot be removed shows when the database is made.
        _ = fs::remove_file(folder.join(format!("{UNFINISHED_DB}{suffix}")));
    }
    let images = folder.join("images");
    fs::create_dir_all(&images).map_err(|e| Error::io(&images, e))?;
    Ok(lock)
}

/// Refuses a folder in which anything lies that no session in the making leaves.
fn refuse_strange(folder: &Path) -> Result<(), Error> {
    // A crash while a session was being made leaves only these.
    let ours = |name: &str| name == "lock" || name == "images" || name.starts_with(UNFINISHED_DB);
    for entry in fs::read_dir(folder).map_err(|e| Error::io(folder, e))? {
        let name = entry.map_err(|e| Error::io(folder, e))?.file_name().to_string_lossy().into_owned();
        if !ours(&name) {
            let reason = format!("it holds other things ({name}) and no session.db. Choose an empty or a new folder");
            return Err(Error::NotASession { folder: folder.to_owned(), reason });
        }
    }
    Ok(())
}

/// Takes the lock of an existing session.
///
/// # Errors
/// As [`check`], and [`Error::Locked`].
pub(crate) fn prepare_existing(folder: &Path) -> Result<FolderLock, Error> {
    check(folder)?;
    let lock = FolderLock::take(folder)?;
    let images = folder.join("images");
    fs::create_dir_all(&images).map_err(|e| Error::io(&images, e))?;
    images::remove_unfinished(folder)?;
    Ok(lock)
}

/// Whether a folder holds a session: `false` where there is nothing yet, or an empty folder.
///
/// # Errors
/// [`Error::NotASession`] for a folder with something else in it, [`Error::NetworkFileSystem`], [`Error::Io`].
pub fn exists(folder: &Path) -> Result<bool, Error> {
    if !folder.exists() {
        return Ok(false);
    }
    if folder.is_dir() && !database(folder).exists() {
        filesystem::refuse_network(folder)?;
        refuse_strange(folder)?;
        return Ok(false);
    }
    check(folder)?;
    Ok(true)
}

/// Refuses what cannot be a session's folder.
///
/// # Errors
/// [`Error::NotASession`], [`Error::NetworkFileSystem`], [`Error::Io`].
pub(crate) fn check(folder: &Path) -> Result<(), Error> {
    let refuse = |reason: &str| Err(Error::NotASession { folder: folder.to_owned(), reason: reason.to_owned() });
    if !folder.is_dir() {
        return refuse(if folder.exists() {
            "it is not a folder; name the one that holds session.db"
        } else {
            "there is no such folder; check its name"
        });
    }
    filesystem::refuse_network(folder)?;
    // The database itself is looked at by SQLite alone (`connect`): closing any other handle of the file would let go of
    // the locks that this process's connections hold on it, and another process could then take the log away.
    if database(folder).exists() { Ok(()) } else { refuse("it has no session.db; name the folder that holds one") }
}
