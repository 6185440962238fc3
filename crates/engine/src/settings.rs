//! The app's own settings (`plateside.toml` in the platform's config folder) and where things lie on this machine.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk::DiskLimits;
use crate::files::put_whole;
use crate::profile::ProfileError;
use crate::toml_words;

/// Settings of this installation. A missing file means the defaults; an unknown key is an error that names it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
    /// Sites of the stream that local models look at, a minute; 0 for none.
    pub spot_checks_per_minute: f64,
    /// How the window looks and behaves.
    pub window: WindowSettings,
}

/// How the window looks and behaves: the table `[window]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WindowSettings {
    /// Dark, light, or as the system says.
    pub theme: Theme,
    /// Whether keys without Ctrl or Alt do anything (WCAG 2.1.4 asks for the choice).
    pub single_key_shortcuts: bool,
    /// The map of magnitudes.
    pub colour_map: ColourMap,
    /// In which zone times are written.
    pub times: Times,
}

impl Default for WindowSettings {
    fn default() -> WindowSettings {
        WindowSettings {
            theme: Theme::default(),
            single_key_shortcuts: true,
            colour_map: ColourMap::default(),
            times: Times::default(),
        }
    }
}

/// The window's theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    System,
    /// Dark: for rooms with microscopes.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// The map of magnitudes on heatmaps; signed values have their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourMap {
    /// The usual one.
    #[default]
    Viridis,
    /// For colour-blind eyes.
    Cividis,
    /// Dark to bright.
    Magma,
}

/// In which zone times are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// The machine's.
    #[default]
    Local,
    /// UTC.
    Utc,
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
            spot_checks_per_minute: 2.0,
            window: WindowSettings::default(),
        }
    }
}

/// The name of the settings' file in the config folder.
const FILE: &str = "plateside.toml";

impl Settings {
    /// Reads `plateside.toml` in `folder`; the defaults where there is none.
    ///
    /// # Errors
    /// [`ProfileError`] naming the file and the line.
    pub fn read(folder: &Path) -> Result<Settings, ProfileError> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
            Err(source) => return Err(ProfileError::Unreadable { path, source }),
        };
        let settings: Settings = toml::from_str(&text)
            .map_err(|error| ProfileError::Invalid { path: path.clone(), reason: toml_words::of(&text, &error) })?;
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

    /// Writes what differs from the file in `folder`; comments and order of a person's own file stay. The file is
    /// replaced whole or not at all.
    ///
    /// # Errors
    /// [`SettingsError`]: the file there is no TOML, or it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), SettingsError> {
        let path = folder.join(FILE);
        let old = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(SettingsError::Unwritable { path, source }),
        };
        let invalid = |reason: String| SettingsError::Invalid { path: path.clone(), reason };
        let mut document: toml_edit::DocumentMut =
            old.parse().map_err(|error: toml_edit::TomlError| invalid(error.to_string()))?;
        let now = toml::Table::try_from(*self).map_err(|error| invalid(error.to_string()))?;
        let usual = toml::Table::try_from(Settings::default()).map_err(|error| invalid(error.to_string()))?;
        merge(document.as_table_mut(), &now, &usual);
        write_whole(&path, document.to_string().as_bytes())
            .map_err(|source| SettingsError::Unwritable { path: path.clone(), source })
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

/// Why settings cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file there cannot be changed without losing what a person wrote.
    #[error("{path} is no valid TOML ({reason}): correct it, or remove it to begin anew")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// The file cannot be written.
    #[error("{path} cannot be written: {source}; check the rights on its folder and the room on its disk")]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Sets what differs from the usual or stands there already; everything else is left as a person wrote it.
fn merge(into: &mut toml_edit::Table, now: &toml::Table, usual: &toml::Table) {
    for (name, value) in now {
        match value {
            toml::Value::Table(inner) => {
                let usual_inner = usual.get(name).and_then(toml::Value::as_table);
                let table = into.entry(name).or_insert_with(toml_edit::table);
                if let (Some(table), Some(usual_inner)) = (table.as_table_mut(), usual_inner) {
                    merge(table, inner, usual_inner);
                    if table.is_empty() {
                        into.remove(name);
                    }
                }
            }
            value if usual.get(name) != Some(value) || into.contains_key(name) => {
                let value = match value {
                    toml::Value::Integer(number) => toml_edit::Value::from(*number),
                    toml::Value::Boolean(on) => toml_edit::Value::from(*on),
                    toml::Value::String(text) => toml_edit::Value::from(text.as_str()),
                    // Settings hold nothing else.
                    _ => continue,
                };
                match into.get_mut(name).and_then(toml_edit::Item::as_value_mut) {
                    Some(old) => {
                        let decor = old.decor().clone();
                        *old = value;
                        *old.decor_mut() = decor;
                    }
                    None => drop(into.insert(name, toml_edit::Item::Value(value))),
                }
            }
            _ => {}
        }
    }
}

/// Writes a small file so that after any crash the old one or the new one is there, and nothing between.
///
/// # Errors
/// What the system said.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    put_whole(&tempfile::Builder::new(), folder, path, bytes)
}

/// Where this platform keeps things; `None` where it has no home folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// `plateside.toml` and profiles.
    pub config: PathBuf,
    /// Sessions, unless a person chooses another place.
    pub sessions: PathBuf,
    /// Figures that the window saves.
    pub pictures: PathBuf,
    /// Bundles that the window writes.
    pub documents: PathBuf,
    /// Where bundles of others are looked for, the likeliest place first.
    pub bundles: Vec<PathBuf>,
}

impl Folders {
    /// The platform's folders; nothing is created.
    #[must_use]
    pub fn of_this_machine() -> Option<Folders> {
        let folders = directories::ProjectDirs::from("", "", "plateside")?;
        let person = directories::UserDirs::new();
        let of_person = |user: &directories::UserDirs| user.picture_dir().unwrap_or(user.home_dir()).join("Plateside");
        let documents = person.as_ref().map_or_else(
            || folders.data_dir().join("bundles"),
            |user| user.document_dir().unwrap_or(user.home_dir()).join("Plateside"),
        );
        let of_others = person.as_ref().map_or_else(Vec::new, |user| {
            let usual = [user.download_dir(), user.desktop_dir(), user.document_dir(), Some(user.home_dir())];
            usual.into_iter().flatten().map(Path::to_owned).collect()
        });
        Some(Folders {
            config: folders.config_dir().to_owned(),
            sessions: folders.data_dir().join("sessions"),
            pictures: person.as_ref().map_or_else(|| folders.data_dir().join("figures"), of_person),
            bundles: std::iter::once(documents.clone()).chain(of_others).collect(),
            documents,
        })
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
        write("[window]\ntheme = 'light'\nsingle_key_shortcuts = false");
        let window = Settings::read(folder.path()).unwrap().window;
        assert_eq!((window.theme, window.single_key_shortcuts), (Theme::Light, false));
        for (text, part) in
            [("queue_mb = 8", "queue_mb"), ("worker_memory_mib = 1", "at least 64"), ("x", "plateside.toml")]
        {
            write(text);
            let error = Settings::read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn what_a_person_wrote_stays_and_what_changed_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("new");
        let path = config.join("plateside.toml");
        let dark = Settings {
            window: WindowSettings { theme: Theme::Dark, ..WindowSettings::default() },
            ..Settings::default()
        };
        dark.write(&config).unwrap();
        assert_eq!(Settings::read(&config).unwrap(), dark);
        assert!(!std::fs::read_to_string(&path).unwrap().contains("queue_mib"), "the usual is not written down");
        std::fs::write(&path, "# ours\nqueue_mib = 9 # more\n\n[window]\n# at night\ntheme = \"dark\"\n").unwrap();
        let light = Settings {
            queue_mib: 8,
            window: WindowSettings { theme: Theme::Light, times: Times::Utc, ..WindowSettings::default() },
            ..Settings::default()
        };
        light.write(&config).unwrap();
        assert_eq!(Settings::read(&config).unwrap(), light);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("# ours\nqueue_mib = 8 # more") && text.contains("# at night"), "{text}");
        assert_eq!(std::fs::read_dir(&config).unwrap().count(), 1, "no temporary file stays");
        std::fs::write(&path, "x").unwrap();
        assert!(dark.write(&config).unwrap_err().to_string().contains("correct it"));
    }
}
