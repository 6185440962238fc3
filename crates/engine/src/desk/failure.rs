//! Errors as the window hears them: a stable code to act on, a sentence for a person.

use serde::Serialize;
use ts_rs::TS;

use crate::connections::ConnectionError;
use crate::player::PlayerError;
use crate::profile::ProfileError;
use crate::road::RoadError;

/// What went wrong. The window acts on `code`, never on the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// Stable, as `no_such_plate`.
    pub code: String,
    /// One sentence for a person: what, why, what to do.
    pub message: String,
    /// More, for the curious.
    pub detail: Option<String>,
}

/// What a command answers.
pub type Answer<T> = Result<T, Failure>;

impl Failure {
    /// A failure with its code and sentence.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Failure {
        Failure { code: code.to_owned(), message: message.into(), detail: None }
    }

    /// Nothing is on the desk.
    pub(crate) fn nothing_open() -> Failure {
        Failure::new("nothing_open", "No session is open. Open the demo lab, connect to a broker, or open a recording.")
    }

    /// The handle is of another session, or of none.
    pub(crate) fn no_such_plate() -> Failure {
        Failure::new("no_such_plate", "This plate is not in the session that is open now. Pick one from the wall.")
    }
}

impl From<session::Error> for Failure {
    fn from(error: session::Error) -> Failure {
        Failure::new("session", error.to_string())
    }
}

impl From<RoadError> for Failure {
    fn from(error: RoadError) -> Failure {
        let code = match &error {
            RoadError::Session(_) => "session",
            RoadError::Feed(_) => "source",
            RoadError::Unstored { .. } => "unstored",
            RoadError::Stopped(_) => "stopped",
            RoadError::OtherCluster { .. } => "other_cluster",
            RoadError::Scratch(_) => "scratch",
        };
        Failure::new(code, error.to_string())
    }
}

impl From<PlayerError> for Failure {
    fn from(error: PlayerError) -> Failure {
        Failure::new("replay", error.to_string())
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Failure {
        Failure::new("profile", error.to_string())
    }
}

impl From<feed::FeedError> for Failure {
    fn from(error: feed::FeedError) -> Failure {
        Failure::new("source", error.to_string())
    }
}

impl From<crate::columns::ColumnsError> for Failure {
    fn from(error: crate::columns::ColumnsError) -> Failure {
        Failure::new("session", error.to_string())
    }
}

impl From<crate::library::LibraryError> for Failure {
    fn from(error: crate::library::LibraryError) -> Failure {
        Failure::new("library", error.to_string())
    }
}

impl From<ConnectionError> for Failure {
    /// `detail` names the form's field, where one is at fault.
    fn from(error: ConnectionError) -> Failure {
        let message = error.to_string();
        let (code, detail) = match error {
            ConnectionError::Invalid { field, .. } => ("invalid", Some(field)),
            ConnectionError::Unreadable { path, .. } => ("unreadable", Some(path.display().to_string())),
            ConnectionError::Unknown { .. } => ("unknown_connection", None),
            ConnectionError::Io { .. } => ("io", None),
        };
        Failure { code: code.to_owned(), message, detail }
    }
}

impl From<crate::settings::SettingsError> for Failure {
    fn from(error: crate::settings::SettingsError) -> Failure {
        Failure::new("settings", error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::new("io", error.to_string())
    }
}
