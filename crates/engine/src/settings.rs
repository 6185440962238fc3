//! The app's own settings (`plateside.toml` in the platform's config folder) and where things lie on this machine.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk::DiskLimits;
use crate::profile::ProfileError;

/// Settings of this installation. A missing file means the defaults; an unknown key is an error that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Below this much free disk a warning is shown, in MiB.
    pub disk_warn_mib: u64,
    /// Below this much free disk the source pauses, in MiB.
    pub disk_pause_mib: u64,
    /// What the Kafka worker may use, in MiB.
    pub worker_memory_mib: u64,
    /// What may be in flight between worker and disk, in MiB.
    pub queue_mib: u64,
    /// How often new partitions and topics are looked for, in milliseconds.
    pub metadata_refresh_ms: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        let disk = DiskLimits::default();
        Settings {
            disk_warn_mib: disk.warn_bytes >> 20,
            disk_pause_mib: disk.pause_bytes >> 20,
            worker_memory_mib: 256,
            queue_mib: 8,
            metadata_refresh_ms: 3000,
        }
    }
}

impl Settings {
    /// Reads `plateside.toml` in `folder`; the defaults where there is none.
    ///
    /// # Errors
    /// [`ProfileError`] naming the file and the line.
    pub fn read(folder: &Path) -> Result<Settings, ProfileError> {
        let path = folder.join("plateside.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
            Err(source) => return Err(ProfileError::Unreadable { path, source }),
        };
        let settings: Settings = toml::from_str(&text)
            .map_err(|error| ProfileError::Invalid { path: path.clone(), reason: error.to_string() })?;
        let too_small = [
            ("worker_memory_mib", settings.worker_memory_mib, 64),
            ("queue_mib", settings.queue_mib, 1),
            ("metadata_refresh_ms", settings.metadata_refresh_ms, 100),
        ];
        match too_small.into_iter().find(|(_, value, least)| value < least) {
            None => Ok(settings),
            Some((name, value, least)) => {
                Err(ProfileError::Invalid { path, reason: format!("{name} = {value} is too small: at least {least}") })
            }
        }
    }

    /// The limits on free space.
    #[must_use]
    pub fn disk(&self) -> DiskLimits {
        DiskLimits {
            warn_bytes: self.disk_warn_mib.saturating_mul(1 << 20),
            pause_bytes: self.disk_pause_mib.saturating_mul(1 << 20),
        }
    }
}

/// Where this platform keeps things; `None` where it has no home folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// `plateside.toml` and profiles.
    pub config: PathBuf,
    /// Sessions, unless a person chooses another place.
    pub sessions: PathBuf,
}

impl Folders {
    /// The platform's folders; nothing is created.
    #[must_use]
    pub fn of_this_machine() -> Option<Folders> {
        let folders = directories::ProjectDirs::from("", "", "plateside")?;
        Some(Folders { config: folders.config_dir().to_owned(), sessions: folders.data_dir().join("sessions") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_optional_and_exact() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::read(folder.path()).unwrap(), Settings::default());
        let write = |text: &str| std::fs::write(folder.path().join("plateside.toml"), text).unwrap();
        write("queue_mib = 8");
        assert_eq!(Settings::read(folder.path()).unwrap().queue_mib, 8);
        for (text, part) in
            [("queue_mb = 8", "queue_mb"), ("worker_memory_mib = 1", "at least 64"), ("x", "plateside.toml")]
        {
            write(text);
            let error = Settings::read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
