//! A connection: what the window's Connect screen fills in, what may stand in it, and what a recording takes from it.
//! No secret has a place here.

mod saved;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use feed::{Start, WorkerCommand};
use wire::Kind;

use crate::clock::{parse_time_ms, rfc3339};
use crate::profile::{Profile, ProfileError, check_topic};
use crate::record::RecordSettings;
use crate::settings::Settings;
pub use saved::{Connections, Saved};

/// One saved way to a lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its name, which is also its file's.
    pub name: String,
    /// Bootstrap servers: `HOST:PORT`, several with commas.
    pub brokers: String,
    /// Kinds and topics. Empty: the profile's, or the default names of the native contract.
    pub topics: BTreeMap<Kind, String>,
    /// Where topics begin that a session has not read yet.
    pub start: StartAt,
    /// Where sessions are kept; `None` is the usual place.
    pub session_folder: Option<PathBuf>,
    /// The lab's profile as text (TOML): how its plates are judged. May be empty: then no Z' is claimed.
    pub profile: String,
}

/// Where reading begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StartAt {
    /// At the oldest message there is.
    #[default]
    Earliest,
    /// Behind the newest message.
    Latest,
    /// At the first message of this time or later, milliseconds since 1970 UTC.
    TimeMs(i64),
}

/// Why a connection cannot be used or kept. `field` names the form's field at fault: `name`, `brokers`, `topics.KIND`,
/// `start`, `session_folder` or `profile`.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// What a person wrote cannot be.
    #[error("{reason}")]
    Invalid {
        /// Which field of the form.
        field: String,
        /// Why, and what would do.
        reason: String,
    },
    /// A file that is no connection.
    #[error("the connection {path} is not valid: {reason}; correct it or save it anew")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// No such connection.
    #[error("no connection is saved as \"{name}\"; saved are: {saved}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names there are.
        saved: String,
    },
    /// The file system refuses.
    #[error("{path}: {source}; check the rights on the folder and the room on its disk")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn invalid(field: impl Into<String>, reason: impl Into<String>) -> ConnectionError {
    ConnectionError::Invalid { field: field.into(), reason: reason.into() }
}

impl StartAt {
    /// Reads `earliest`, `latest` or an RFC 3339 time.
    ///
    /// # Errors
    /// A sentence that says what would do.
    pub fn parse(text: &str) -> Result<StartAt, String> {
        match text.trim() {
            "earliest" => Ok(StartAt::Earliest),
            "latest" => Ok(StartAt::Latest),
            time => {
                parse_time_ms(time).map(StartAt::TimeMs).map_err(|error| format!("earliest, latest or a time: {error}"))
            }
        }
    }
}

impl std::fmt::Display for StartAt {
    /// As [`StartAt::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StartAt::Earliest => f.write_str("earliest"),
            StartAt::Latest => f.write_str("latest"),
            StartAt::TimeMs(ms) => f.write_str(&rfc3339(*ms)),
        }
    }
}

impl From<StartAt> for Start {
    fn from(start: StartAt) -> Start {
        match start {
            StartAt::Earliest => Start::Earliest,
            StartAt::Latest => Start::Latest,
            StartAt::TimeMs(ms) => Start::TimeMs(ms),
        }
    }
}

impl Connection {
    /// A connection to `brokers` with the default topics, from the earliest offset.
    #[must_use]
    pub fn new(name: &str, brokers: &str) -> Connection {
        Connection {
            name: name.to_owned(),
            brokers: brokers.to_owned(),
            topics: BTreeMap::new(),
            start: StartAt::Earliest,
            session_folder: None,
            profile: String::new(),
        }
    }

    /// Every fault of the form, in the order of its fields; none means that it can be saved and used.
    #[must_use]
    pub fn faults(&self) -> Vec<ConnectionError> {
        let mut faults = Vec::new();
        faults.extend(check_name(&self.name).err().map(|reason| invalid("name", reason)));
        faults.extend(self.faults_but_name());
        faults
    }

    /// The same without its name: what is only tested needs none.
    pub(crate) fn faults_but_name(&self) -> Vec<ConnectionError> {
        let mut faults = Vec::new();
        faults.extend(check_brokers(&self.brokers).err().map(|reason| invalid("brokers", reason)));
        for (kind, topic) in &self.topics {
            let field = || format!("topics.{}", kind.as_str());
            faults.extend(check_topic(topic).err().map(|reason| invalid(field(), reason)));
            if let Some((other, _)) = self.topics.iter().find(|(other, name)| *other < kind && *name == topic) {
                let reason = format!("\"{topic}\" is named for {} already: a topic carries one kind", other.as_str());
                faults.push(invalid(field(), reason));
            }
        }
        if let Some(folder) = &self.session_folder
            && !folder.is_absolute()
        {
            let reason = format!("{} is not a whole path: begin it at the root", folder.display());
            faults.push(invalid("session_folder", reason));
        }
        faults.extend(self.profile().err().map(|error| {
            // The text stands in the form: no file is to be named.
            let reason = match error {
                ProfileError::Invalid { reason, .. } => reason,
                unreadable @ ProfileError::Unreadable { .. } => unreadable.to_string(),
            };
            invalid("profile", reason)
        }));
        faults
    }

    /// The lab's profile with this connection's topics in it.
    ///
    /// # Errors
    /// [`ProfileError::Invalid`], naming the line.
    pub fn profile(&self) -> Result<Profile, ProfileError> {
        let mut profile = Profile::parse(&self.profile, Path::new("the assay cards"))?;
        if !self.topics.is_empty() {
            profile.topics =
                self.topics.iter().map(|(kind, topic)| (kind.as_str().to_owned(), topic.clone())).collect();
        }
        Ok(profile)
    }

    /// What [`crate::record`] needs to record this lab into `dir`.
    ///
    /// # Errors
    /// The first fault of the form.
    pub fn record_settings(
        &self,
        dir: &Path,
        worker: WorkerCommand,
        settings: Settings,
    ) -> Result<RecordSettings, ConnectionError> {
        if let Some(fault) = self.faults_but_name().into_iter().next() {
            return Err(fault);
        }
        let profile = self.profile().map_err(|error| invalid("profile", error.to_string()))?;
        let usual = RecordSettings::new(&self.addresses(), dir, worker).with(settings);
        let (topics, start) = (profile.topics(), self.start.into());
        Ok(RecordSettings { topics, profile, profile_text: self.profile.clone(), start, ..usual })
    }

    /// The bootstrap servers with commas, however they were written in lines.
    #[must_use]
    pub fn addresses(&self) -> String {
        addresses(&self.brokers).collect::<Vec<_>>().join(",")
    }
}

/// Addresses between commas, blanks and line ends.
pub(crate) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty())
}

/// Checks `HOST:PORT,…` and gives it back as librdkafka reads it: a port that does not fit would silently become another
/// one, and a password has no place here.
///
/// # Errors
/// A sentence that names the address and says what would do.
pub fn check_brokers(text: &str) -> Result<String, String> {
    if addresses(text).next().is_none() {
        return Err("no broker is named: give at least one as HOST:PORT".to_owned());
    }
    for address in addresses(text) {
        if let Some((_, host)) = address.rsplit_once('@') {
            return Err(format!(
                "a user or password has no place in an address, where it would be kept in plain text: write {host} alone"
            ));
        }
        if let Some((scheme, rest)) = address.split_once("://") {
            return Err(format!("{scheme}:// does not belong to a broker's address: write {rest} alone"));
        }
        let (host, port) = address.rsplit_once(':').unwrap_or((address, "9092"));
        if host.is_empty() || host.contains('/') || port.parse::<u16>().is_err() {
            return Err(format!("{address:?} is no address (HOST:PORT, the port from 0 to 65535)"));
        }
    }
    Ok(addresses(text).collect::<Vec<_>>().join(","))
}

/// Longest name of a connection, in bytes: a file's name may have 255.
const LONGEST_NAME: usize = 120;

/// Checks that a name can be a file's on any system.
///
/// # Errors
/// A sentence that says what would do.
pub fn check_name(name: &str) -> Result<(), String> {
    const NEVER: &str = "/\\:*?\"<>|";
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    if name.trim().is_empty() {
        return Err("give the connection a name".to_owned());
    }
    if name.len() > LONGEST_NAME {
        return Err(format!("the name is {} bytes long; at most {LONGEST_NAME} fit a file's name", name.len()));
    }
    if let Some(c) = name.chars().find(|c| c.is_control() || NEVER.contains(*c)) {
        return Err(format!("{c:?} cannot stand in a name, which is also a file's: leave it out"));
    }
    if name.starts_with('.') || name.ends_with('.') || name.trim() != name {
        return Err("a name begins and ends with neither a dot nor a blank".to_owned());
    }
    let lower = name.to_lowercase();
    let numbered = lower.strip_prefix("com").or(lower.strip_prefix("lpt"));
    if RESERVED.contains(&lower.as_str()) || numbered.is_some_and(|rest| rest.len() == 1 && rest != "0") {
        return Err(format!("\"{name}\" is a device's name on some systems: choose another"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn lab() -> Connection {
        Connection {
            topics: [(Kind::Results, "lab.results".to_owned()), (Kind::Layouts, "lab.maps".to_owned())].into(),
            start: StartAt::TimeMs(1_795_348_800_123),
            session_folder: Some("/data/sessions".into()),
            profile: "[[assay]]\nname = 'A'\n[[assay.headline]]\nfeature = 'f'\n".to_owned(),
            ..Connection::new("Imaging, production é", "kafka-1.lab:9092\nkafka-2.lab:9093")
        }
    }

    #[test]
    fn each_fault_names_its_field_and_the_way_out() {
        let fault = |connection: Connection| match connection.faults().into_iter().next() {
            Some(ConnectionError::Invalid { field, reason }) => format!("{field}: {reason}"),
            other => panic!("{other:?}"),
        };
        for (name, part) in [
            ("", "give the connection a name"),
            ("a/b", "'/' cannot stand"),
            ("..", "neither a dot"),
            ("a\u{0}b", "cannot stand"),
            ("nul", "device"),
            (&"x".repeat(200), "at most 120"),
        ] {
            assert!(fault(Connection { name: name.to_owned(), ..lab() }).contains(part), "{name}");
        }
        for (brokers, part) in [
            ("", "at least one as HOST:PORT"),
            ("me:secret@kafka:9092", "write kafka:9092 alone"),
            ("https://kafka:9092", "write kafka:9092 alone"),
            ("kafka:99999", "no address"),
        ] {
            let said = fault(Connection { brokers: brokers.to_owned(), ..lab() });
            assert!(said.starts_with("brokers: ") && said.contains(part) && !said.contains("secret"), "{said}");
        }
        let topics = [(Kind::Results, "same".to_owned()), (Kind::Layouts, "same".to_owned())].into();
        assert!(fault(Connection { topics, ..lab() }).starts_with("topics.layouts: \"same\" is named for results"));
        assert!(fault(Connection { session_folder: Some("here".into()), ..lab() }).starts_with("session_folder: "));
        assert!(fault(Connection { profile: "x".into(), ..lab() }).starts_with("profile: "));
    }
}
