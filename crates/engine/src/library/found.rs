//! What lies in a folder of sessions, from outside: which folders are sessions, whether they changed, who records.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use session::Stamp;

/// A session as its files look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) stamp: Stamp,
    /// The live process of this machine that records into it.
    pub(super) pid: Option<u32>,
}

/// The sessions of a folder, and those of `elsewhere` that are still there.
pub(super) fn sessions(folder: &Path, elsewhere: &[PathBuf]) -> std::io::Result<BTreeMap<PathBuf, Found>> {
    let locks = Locks::of_this_machine();
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(session) = look(&path, &locks) {
            found.insert(path, session);
        }
    }
    found.extend(elsewhere.iter().filter_map(|path| Some((path.clone(), look(path, &locks)?))));
    Ok(found)
}

/// One session; `None` where there is none.
pub(super) fn session(path: &Path) -> Option<Found> {
    look(path, &Locks::of_this_machine())
}

fn look(path: &Path, locks: &Locks) -> Option<Found> {
    Some(Found { stamp: stamp(path)?, pid: locks.holder(path) })
}

/// What a session's files look like; `None` where there is no session.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let of = |name: &str| {
        let metadata = fs::metadata(path.join(name)).ok().filter(fs::Metadata::is_file)?;
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let bytes = i64::try_from(metadata.len()).unwrap_or(i64::MAX);
        Some((bytes, i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)))
    };
    let (db_bytes, db_mtime_ns) = of("session.db")?;
    let (wal_bytes, wal_mtime_ns) = of("session.db-wal").filter(|(bytes, _)| *bytes > 0).unwrap_or_default();
    Some(Stamp { db_bytes, db_mtime_ns, wal_bytes, wal_mtime_ns })
}

/// Who holds locks, without taking one: the file of a lock names its holder, and the system knows whether that is so.
struct Locks {
    host: String,
    /// Numbers of the files that are locked; `None` where the system does not say.
    files: Option<HashSet<u64>>,
}

impl Locks {
    fn of_this_machine() -> Locks {
        Locks { host: host(), files: locked_files() }
    }

    fn holder(&self, session: &Path) -> Option<u32> {
        let path = session.join("lock");
        // It is a line of words; what is longer was not written by a recorder.
        let size = fs::metadata(&path).ok()?;
        if size.len() == 0 || size.len() > 1024 {
            return None;
        }
        let text = fs::read_to_string(&path).ok()?;
        let (pid, host) = text.trim().strip_prefix("process ")?.split_once(" on ")?;
        let pid: u32 = pid.parse().ok()?;
        let held = self.files.as_ref().is_none_or(|files| files.contains(&number_of(&size)));
        (host == self.host && held && is_alive(pid)).then_some(pid)
    }
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    String::new()
}

#[cfg(unix)]
fn number_of(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number_of(_: &fs::Metadata) -> u64 {
    0
}

/// `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 4711 08:01:131074 0 EOF`.
fn locked_files() -> Option<HashSet<u64>> {
    let text = fs::read_to_string("/proc/locks").ok()?;
    let number = |line: &str| {
        let place = line.split_whitespace().find(|word| word.split(':').count() == 3)?;
        place.rsplit(':').next()?.parse().ok()
    };
    Some(text.lines().filter(|line| line.contains("FLOCK")).filter_map(number).collect())
}

/// Whether a process is there and no zombie; where that cannot be told, it is taken to be.
fn is_alive(pid: u32) -> bool {
    if !Path::new("/proc/self/stat").exists() {
        return true;
    }
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
