//! How much room is left, and when to stop for want of it (`DATA.md` 22).

use std::io;
use std::path::Path;

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
