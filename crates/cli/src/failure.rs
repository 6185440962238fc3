//! Exit codes, and the one sentence that a failure ends with.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::terminal::plain;

/// The thing looked at is bad: verification failed, undecodable, refused.
pub(crate) const BAD: u8 = 1;
/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// I/O or broker.
pub(crate) const IO: u8 = 3;

/// Why a command did not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An exit code and a sentence that names the thing and the way out.
    Told(u8, String),
    /// The result says it already: only the exit code is left.
    Shown(u8),
    /// Nobody reads stdout any more: no fault of ours.
    PipeClosed,
}

/// A message names so many things that are wrong.
const MOST_NAMED: usize = 8;

impl Failure {
    pub(crate) fn bad(message: impl Into<String>) -> Failure {
        Failure::Told(BAD, message.into())
    }

    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::Told(USAGE, message.into())
    }

    pub(crate) fn io(message: impl Into<String>) -> Failure {
        Failure::Told(IO, message.into())
    }

    /// The first of what is wrong, and how many more there are: a message of thousands says no more than one of a few.
    pub(crate) fn first_of(wrong: impl ExactSizeIterator<Item = String>, what: &str) -> String {
        let more = wrong.len().saturating_sub(MOST_NAMED);
        let more = (more > 0).then(|| format!("and {more} {what} more"));
        wrong.take(MOST_NAMED).chain(more).collect::<Vec<_>>().join("; ")
    }

    /// Says it on stderr and gives the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        match self {
            Failure::Told(code, message) => {
                // Line by line: a profile's error points at a line of it. What strangers wrote must not steer a terminal.
                let lines: Vec<String> = message.lines().map(|line| plain(line, 2000)).collect();
                let _ = writeln!(io::stderr(), "error: {}", lines.join("\n"));
                ExitCode::from(*code)
            }
            Failure::Shown(code) => ExitCode::from(*code),
            Failure::PipeClosed => ExitCode::SUCCESS,
        }
    }
}

/// Writing the result: a closed pipe ends quietly.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::PipeClosed,
            _ => Failure::io(format!("the output cannot be written: {error}")),
        }
    }
}

impl From<engine::session::Error> for Failure {
    fn from(error: engine::session::Error) -> Failure {
        use engine::session::Error as E;
        let code = match &error {
            E::DiskFull { .. } | E::Io { .. } | E::Database { .. } => IO,
            _ => BAD,
        };
        Failure::Told(code, error.to_string())
    }
}

impl From<engine::feed::FeedError> for Failure {
    fn from(error: engine::feed::FeedError) -> Failure {
        use engine::feed::FeedError as E;
        let code = match &error {
            E::Worker { .. } | E::Demo(_) => IO,
            _ => USAGE,
        };
        Failure::Told(code, error.to_string())
    }
}

impl From<engine::RoadError> for Failure {
    fn from(error: engine::RoadError) -> Failure {
        use engine::RoadError as E;
        match error {
            E::Session(error) => error.into(),
            E::Feed(error) => error.into(),
            E::OtherCluster { .. } => Failure::bad(error.to_string()),
            E::Unstored { .. } | E::Stopped(_) | E::Scratch(_) => Failure::io(error.to_string()),
        }
    }
}

impl From<engine::ProfileError> for Failure {
    fn from(error: engine::ProfileError) -> Failure {
        let code = match &error {
            engine::ProfileError::Unreadable { .. } => IO,
            engine::ProfileError::Invalid { .. } => BAD,
        };
        Failure::Told(code, error.to_string())
    }
}

impl From<engine::qc::QcError> for Failure {
    fn from(error: engine::qc::QcError) -> Failure {
        use engine::qc::QcError as E;
        match error {
            E::Session(error) => error.into(),
            E::Table(_) | E::Nothing { .. } => Failure::bad(error.to_string()),
            E::NoPlate { .. } | E::NoFeature { .. } | E::NoRun { .. } => Failure::usage(error.to_string()),
        }
    }
}

impl From<engine::infer::InferError> for Failure {
    fn from(error: engine::infer::InferError) -> Failure {
        let code = match &error {
            engine::infer::InferError::Unstartable { .. } => IO,
            _ => BAD,
        };
        Failure::Told(code, error.to_string())
    }
}

impl From<engine::figures::FiguresError> for Failure {
    fn from(error: engine::figures::FiguresError) -> Failure {
        use engine::figures::{FigureError as F, FiguresError as E};
        let code = match &error {
            E::Session(_) => IO,
            E::NoPlate { .. } | E::NoRun { .. } | E::SeveralRuns { .. } | E::NoFeature { .. } => USAGE,
            E::NotAlike { .. } | E::NoCompound { .. } | E::NoStatistic { .. } => USAGE,
            E::Figure(F::Dpi(_) | F::TooLarge { .. }) => USAGE,
            E::NoFormat(_) | E::Unscaled { .. } => BAD,
            E::NoReplicate { .. } | E::NoDoses { .. } | E::NoChart { .. } => BAD,
            E::Unwritable { .. } | E::Figure(_) | E::Stopped(_) => IO,
        };
        match error {
            E::Session(error) => error.into(),
            error => Failure::Told(code, error.to_string()),
        }
    }
}

impl From<engine::bundle::BundleError> for Failure {
    fn from(error: engine::bundle::BundleError) -> Failure {
        use engine::bundle::BundleError as E;
        let code = match &error {
            E::Session(_) | E::Unreadable { .. } | E::Unwritable { .. } | E::NoRoom { .. } => IO,
            E::Exists { .. } | E::Inside { .. } | E::Occupied { .. } => USAGE,
            E::Broken { .. } | E::LinkQueries { .. } | E::NotABundle { .. } | E::Newer { .. } => BAD,
            E::Changed { .. } | E::Refused { .. } | E::TooLarge { .. } | E::Untrue { .. } => BAD,
            // Nobody breaks off a command's bundle: its progress is only shown.
            E::BrokenOff { .. } => BAD,
        };
        match error {
            E::Session(error) => error.into(),
            error => Failure::Told(code, error.to_string()),
        }
    }
}
