//! How much room a session takes and how much is left, and when to stop for want of it (`DATA.md` 22).

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes that an ordinary user may still write on the file system of `path`.
///
/// # Errors
/// What the system said.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Caches are not written below this: what is left is for the recording.
const CACHE_BYTES: u64 = 1 << 30;

/// Whether a cache in a session's folder may grow. A file system that does not say how much is left is no reason against.
pub(crate) fn cache_has_room(dir: &Path) -> bool {
    free_bytes(dir).map_or(true, |free| free >= CACHE_BYTES)
}

/// Limits on free space, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskLimits {
    /// Below: a warning.
    pub warn_bytes: u64,
    /// Below: the source pauses.
    pub pause_bytes: u64,
}

impl Default for DiskLimits {
    fn default() -> DiskLimits {
        DiskLimits { warn_bytes: 10 << 30, pause_bytes: 200 << 20 }
    }
}

/// What the free space means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough.
    Enough,
    /// Little, in bytes: say so.
    Little(u64),
    /// Too little to go on, in bytes.
    TooLittle(u64),
}

impl DiskLimits {
    /// Judges a number of free bytes.
    #[must_use]
    pub fn judge(self, free_bytes: u64) -> Room {
        match free_bytes {
            free if free < self.pause_bytes => Room::TooLittle(free),
            free if free < self.warn_bytes => Room::Little(free),
            _ => Room::Enough,
        }
    }
}

/// How often the bytes of a session and the free disk are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Bytes on disk, looked at seldom.
#[derive(Debug, Default)]
pub(crate) struct DiskLook {
    at: Mutex<Option<Instant>>,
    used: AtomicU64,
    free: AtomicU64,
}

impl DiskLook {
    /// (bytes of the session, bytes free); the first look is at once.
    pub(crate) fn look(&self, dir: &Path) -> (u64, u64) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if at.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            *at = Some(Instant::now());
            self.used.store(session_bytes(dir), Ordering::Relaxed);
            self.free.store(free_bytes(dir).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        (self.used.load(Ordering::Relaxed), self.free.load(Ordering::Relaxed))
    }
}

/// Bytes of a session's database and its images.
fn session_bytes(dir: &Path) -> u64 {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
    let below = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = ["images", "previews"].into_iter().flat_map(|name| below(&dir.join(name)));
    let images: u64 = folders.flat_map(|folder| below(&folder).collect::<Vec<_>>()).map(|file| size(&file)).sum();
    size(&dir.join("session.db")) + size(&dir.join("session.db-wal")) + images
}
