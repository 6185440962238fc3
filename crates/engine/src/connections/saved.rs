//! Connections on disk, one TOML file each under `connections/` of the config folder:
//!
//! ```toml
//! brokers = "kafka-1.lab:9092,kafka-2.lab:9092"
//! start = "earliest"                 # earliest, latest, or a time such as 2026-11-22T13:00:00+01:00
//! session_folder = "/data/sessions"  # may be absent
//! profile = """..."""                # the lab's profile: assay cards; may be absent
//! [topics]
//! results = "plateside.results"      # empty: the profile's topics, or the default names
//! ```
//! No secret has a place here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wire::Kind;

use super::{Connection, ConnectionError, StartAt, check_name, invalid};
use crate::settings::write_whole;
use crate::toml_words;

/// The file's shape.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    brokers: String,
    #[serde(default = "earliest")]
    start: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_folder: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    profile: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    topics: BTreeMap<String, String>,
}

fn earliest() -> String {
    "earliest".to_owned()
}

/// A saved connection, or why its file cannot be read.
#[derive(Debug)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// What it says.
    pub connection: Result<Connection, ConnectionError>,
}

/// The connections of one installation.
#[derive(Debug, Clone)]
pub struct Connections {
    folder: PathBuf,
}

/// A connection's file is text that people write; nobody writes more.
const LONGEST_FILE_BYTES: u64 = 2 << 20;
/// Holds the name of the connection used last.
const LAST_USED: &str = "last-used";

impl Connections {
    /// The connections in `connections/` of a config folder; nothing is created before something is saved.
    #[must_use]
    pub fn in_config(config: &Path) -> Connections {
        Connections { folder: config.join("connections") }
    }

    /// All of them by name; a file that cannot be read is listed with its reason.
    ///
    /// # Errors
    /// [`ConnectionError::Io`]: the folder is there and cannot be read.
    pub fn list(&self) -> Result<Vec<Saved>, ConnectionError> {
        let names = self.names()?;
        Ok(names.into_iter().map(|name| Saved { connection: self.load(&name), name }).collect())
    }

    fn names(&self) -> Result<Vec<String>, ConnectionError> {
        let failed = |source| ConnectionError::Io { path: self.folder.clone(), source };
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            // A name that is not text cannot have been saved here.
            let stem = name.to_str().and_then(|name| name.strip_suffix(".toml"));
            names.extend(stem.filter(|stem| check_name(stem).is_ok()).map(str::to_owned));
        }
        names.sort_by_key(|name| (name.to_lowercase(), name.clone()));
        Ok(names)
    }

    /// One by its name.
    ///
    /// # Errors
    /// [`ConnectionError::Unknown`], [`ConnectionError::Unreadable`], [`ConnectionError::Io`].
    pub fn read(&self, name: &str) -> Result<Connection, ConnectionError> {
        check_name(name).map_err(|reason| invalid("name", reason))?;
        if !self.path(name).exists() {
            let names = self.names()?;
            let saved = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(ConnectionError::Unknown { name: name.to_owned(), saved });
        }
        self.load(name)
    }

    fn load(&self, name: &str) -> Result<Connection, ConnectionError> {
        let path = self.path(name);
        let unreadable = |reason: String| ConnectionError::Unreadable { path: path.clone(), reason };
        let failed = |source| ConnectionError::Io { path: path.clone(), source };
        let length = std::fs::metadata(&path).map_err(failed)?.len();
        if length > LONGEST_FILE_BYTES {
            return Err(unreadable(format!("it is longer than {LONGEST_FILE_BYTES} bytes")));
        }
        let text = std::fs::read_to_string(&path).map_err(failed)?;
        let file: File = toml::from_str(&text).map_err(|error| unreadable(toml_words::of(&text, &error)))?;
        let mut topics = BTreeMap::new();
        for (kind, topic) in file.topics {
            let known = Kind::from_name(&kind).ok_or_else(|| {
                unreadable(format!(
                    "[topics] names \"{kind}\"; the kinds are {}",
                    Kind::ALL.map(Kind::as_str).join(", ")
                ))
            })?;
            topics.insert(known, topic);
        }
        let connection = Connection {
            name: name.to_owned(),
            brokers: file.brokers,
            topics,
            start: StartAt::parse(&file.start).map_err(|reason| unreadable(format!("start: {reason}")))?,
            session_folder: file.session_folder,
            profile: file.profile,
        };
        match connection.faults().into_iter().next() {
            None => Ok(connection),
            Some(fault) => Err(unreadable(fault.to_string())),
        }
    }

    /// Keeps a connection under its name, in place of one that has that name.
    ///
    /// # Errors
    /// The first fault of the form; [`ConnectionError::Io`].
    pub fn save(&self, connection: &Connection) -> Result<(), ConnectionError> {
        if let Some(fault) = connection.faults().into_iter().next() {
            return Err(fault);
        }
        let name = &connection.name;
        let lower = name.to_lowercase();
        if let Some(other) = self.names()?.into_iter().find(|other| other != name && other.to_lowercase() == lower) {
            let reason = format!("\"{other}\" differs only in capitals: choose another name, or save it as that");
            return Err(invalid("name", reason));
        }
        let file = File {
            brokers: connection.addresses(),
            start: connection.start.to_string(),
            session_folder: connection.session_folder.clone(),
            profile: connection.profile.clone(),
            topics: connection.topics.iter().map(|(kind, topic)| (kind.as_str().to_owned(), topic.clone())).collect(),
        };
        let text = toml::to_string_pretty(&file).map_err(|error| invalid("session_folder", error.to_string()))?;
        self.write(&self.path(name), &text)
    }

    /// Forgets a connection; one that is not there is forgotten already.
    ///
    /// # Errors
    /// [`ConnectionError::Invalid`] for what is no name; [`ConnectionError::Io`].
    pub fn remove(&self, name: &str) -> Result<(), ConnectionError> {
        check_name(name).map_err(|reason| invalid("name", reason))?;
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(ConnectionError::Io { path, source }),
        }
    }

    /// The name used last, if it is still saved.
    #[must_use]
    pub fn last_used(&self) -> Option<String> {
        let name = std::fs::read_to_string(self.folder.join(LAST_USED)).ok()?;
        let name = name.trim();
        (check_name(name).is_ok() && self.path(name).exists()).then(|| name.to_owned())
    }

    /// Remembers which one is used.
    ///
    /// # Errors
    /// [`ConnectionError::Invalid`] for what is no name; [`ConnectionError::Io`].
    pub fn set_last_used(&self, name: &str) -> Result<(), ConnectionError> {
        check_name(name).map_err(|reason| invalid("name", reason))?;
        self.write(&self.folder.join(LAST_USED), &format!("{name}\n"))
    }

    fn write(&self, path: &Path, text: &str) -> Result<(), ConnectionError> {
        write_whole(path, text.as_bytes()).map_err(|source| ConnectionError::Io { path: path.to_owned(), source })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.toml"))
    }
}

#[cfg(test)]
mod tests {
    use feed::{Start, WorkerCommand};

    use super::super::tests::lab;
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn what_is_saved_reads_back_and_is_used_as_written() {
        let config = tempfile::tempdir().unwrap();
        let connections = Connections::in_config(config.path());
        assert!(connections.list().unwrap().is_empty() && connections.last_used().is_none());
        connections.save(&lab()).unwrap();
        let read = connections.read("Imaging, production é").unwrap();
        assert_eq!(read, Connection { brokers: "kafka-1.lab:9092,kafka-2.lab:9093".into(), ..lab() });
        connections.save(&Connection::new("bench", "127.0.0.1:9092")).unwrap();
        std::fs::write(config.path().join("connections/broken.toml"), "brokers = 'a:1'\npassword = 'x'").unwrap();
        let listed = connections.list().unwrap();
        let names: Vec<&str> = listed.iter().map(|saved| saved.name.as_str()).collect();
        assert_eq!(names, ["bench", "broken", "Imaging, production é"]);
        let broken = listed[1].connection.as_ref().unwrap_err().to_string();
        assert!(broken.contains("password") && broken.contains("broken.toml"), "{broken}");
        assert!(connections.read("none").unwrap_err().to_string().contains("saved are: bench, broken"));
        connections.set_last_used("bench").unwrap();
        assert_eq!(connections.last_used().as_deref(), Some("bench"));
        connections.remove("bench").unwrap();
        assert_eq!(connections.last_used(), None, "what is gone is not offered");
        let worker = WorkerCommand { program: "x".into(), args: Vec::new() };
        let settings = lab().record_settings(Path::new("/tmp/s"), worker, Settings::default()).unwrap();
        assert_eq!(settings.brokers, "kafka-1.lab:9092,kafka-2.lab:9093");
        assert_eq!((settings.start, settings.topics.len()), (Start::TimeMs(1_795_348_800_123), 2));
        assert_eq!(settings.profile.assay.len(), 1);
    }

    #[test]
    fn names_that_differ_only_in_capitals_are_one_file_on_some_systems() {
        let config = tempfile::tempdir().unwrap();
        let connections = Connections::in_config(config.path());
        connections.save(&Connection::new("Bench", "a:1")).unwrap();
        let twin = connections.save(&Connection::new("bench", "a:1")).unwrap_err().to_string();
        assert!(twin.contains("differs only in capitals"), "{twin}");
    }
}
