//! Flags: reasons to look at a plate, a well or a site. Tasks: what the workflow asks a person.

use std::sync::Arc;

use crate::key::PlateKey;
use crate::spot::Spot;

/// A reason to look, raised or cleared.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Where on it.
    pub spot: Spot,
    /// The flag's own id: raising and clearing share it.
    pub id: Box<str>,
    /// Raised or cleared.
    pub event: FlagEvent,
    /// Why, as a short code: `saturated`.
    pub reason: Box<str>,
    /// How much it matters.
    pub severity: Severity,
    /// The number behind it, in the maker's own unit.
    pub score: Option<f64>,
    /// Who made it: `pipeline`, `rule`, `model`, `person`, or a lab's own word.
    pub source: Box<str>,
    /// When.
    pub at_ms: i64,
    /// What to do, as a sentence.
    pub guidance: Option<Box<str>>,
}

/// What the id of a flag begins with that says an alert of Plateside's rules.
const OF_ALERT: &str = "plateside-alert/";
/// What made it.
const BY_RULE: &str = "rule";

impl FlagRecord {
    /// The id of the flag that says an alert: `plateside-alert/INSTALLATION/SESSION/SEQ`. A `seq` names one alert of a session.
    #[must_use]
    pub fn id_of_alert(installation: &str, session: &str, seq: i64) -> Box<str> {
        format!("{OF_ALERT}{installation}/{session}/{seq}").into()
    }

    /// The `seq` of the alert that it says, in the session that raised it; `None` where it says something else.
    #[must_use]
    pub fn alert_seq(&self) -> Option<i64> {
        let named = self.id.strip_prefix(OF_ALERT).filter(|_| &*self.source == BY_RULE)?;
        named.rsplit('/').next()?.parse().ok()
    }
}

/// What happened to a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagEvent {
    /// There is a reason to look.
    Raised,
    /// There is none any more.
    Cleared,
}

impl FlagEvent {
    /// Both.
    pub const ALL: [FlagEvent; 2] = [FlagEvent::Raised, FlagEvent::Cleared];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            FlagEvent::Raised => "raised",
            FlagEvent::Cleared => "cleared",
        }
    }
}

/// How much a flag matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To know.
    Info,
    /// To look at.
    Warning,
    /// To act on.
    Error,
}

impl Severity {
    /// All, the least first.
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// The workflow asks a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Where on it.
    pub spot: Spot,
    /// The task's id: an answer names it.
    pub task: Box<str>,
    /// What is asked: `review`, or a lab's own word.
    pub kind: Box<str>,
    /// Who is asked: a role or a user.
    pub asked_of: Option<Box<str>>,
    /// Until when.
    pub due_ms: Option<i64>,
    /// The workflow's id.
    pub correlation: Option<Box<str>>,
}
