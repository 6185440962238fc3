//! The rules file as a person writes it, and its bounds. It is read from TOML elsewhere; here is its shape.

use serde::{Deserialize, Serialize};

use super::latch::Timing;
use super::problem::{self, RuleProblem};
use crate::flag::Severity;

/// A rules file's largest size, in bytes of its text.
pub const MAX_FILE_BYTES: usize = 64 * 1024;
/// Rules in one file.
pub const MAX_RULES: usize = 256;
/// An expression's largest size, in bytes.
pub const MAX_EXPRESSION_BYTES: usize = 2 * 1024;
/// How deep an expression may nest: brackets, calls, `? :`, signs and chains of arithmetic.
pub const MAX_NESTING: u32 = 16;
/// Nodes that one judgement of one expression may visit.
pub const MAX_NODES: u32 = 256;
/// Nodes that one judgement of every rule of a file may visit.
pub const MAX_NODES_OF_A_FILE: u32 = 4096;
/// The longest delay, in seconds: a day.
pub const MAX_DELAY_S: u32 = 86_400;
/// The longest window for counting, in seconds: an hour.
pub const MAX_WINDOW_S: u32 = 3_600;
/// The largest count; each costs 8 bytes of a rule's state.
pub const MAX_COUNT: u32 = 64;
const MAX_ID_CHARS: usize = 64;
const MAX_TITLE_CHARS: usize = 120;
const MAX_GUIDANCE_CHARS: usize = 1000;

/// A rules file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The rules, in the order in which they are judged.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleEntry>,
}

/// One rule as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// Its stable name: small letters, digits and `_`, at most 64.
    pub id: String,
    /// What a person reads first.
    pub title: String,
    /// What is judged.
    pub scope: Scope,
    /// Whether it is judged once for each headline feature of the card; for plates and wells.
    #[serde(default)]
    pub per_feature: bool,
    /// The CEL expression; it gives `true` where a person should look.
    pub when: String,
    /// How much it matters.
    #[serde(with = "severity_word")]
    pub severity: Severity,
    /// Seconds for which it must hold without a break before it calls.
    #[serde(default)]
    pub for_s: u32,
    /// How often it must hold within `within_s` before it calls.
    #[serde(default = "once")]
    pub count: u32,
    /// The seconds in which `count` is counted; only with a count above 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u32>,
    /// What to do, in plain words.
    pub guidance: String,
    /// The screen that shows what is wrong.
    #[serde(default)]
    pub opens: View,
    /// Whether it may call beyond the screen (desktop, sound, webhook), where those are configured.
    #[serde(default = "yes")]
    pub notify: bool,
    /// Whether it is judged at all. One that is switched off is checked too, so that switching it on cannot fail.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// What a rule judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The whole run.
    Run,
    /// One plate.
    Plate,
    /// One well.
    Well,
    /// One imaged position in a well.
    Site,
}

/// The screen that a rule opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The plate.
    #[default]
    Plate,
    /// The images of a well or site.
    Images,
    /// The wall of plates.
    Live,
    /// The list of sessions.
    Sessions,
    /// The connection.
    Connect,
}

impl Scope {
    /// All, from the widest.
    pub const ALL: [Scope; 4] = [Scope::Run, Scope::Plate, Scope::Well, Scope::Site];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::Run => "run",
            Scope::Plate => "plate",
            Scope::Well => "well",
            Scope::Site => "site",
        }
    }
}

impl View {
    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            View::Plate => "plate",
            View::Images => "images",
            View::Live => "live",
            View::Sessions => "sessions",
            View::Connect => "connect",
        }
    }
}

/// Refuses the text of a rules file by its size, before anything reads it.
///
/// # Errors
/// A [`RuleProblem`] of the file where it has more than [`MAX_FILE_BYTES`].
pub fn check_size(text: &str) -> Result<(), RuleProblem> {
    if text.len() > MAX_FILE_BYTES {
        let reason = format!("the file has {} bytes; a rules file has at most {MAX_FILE_BYTES}", text.len());
        return Err(RuleProblem::of_file(reason));
    }
    Ok(())
}

impl RuleEntry {
    /// Its delay and count in milliseconds, as the latch wants them.
    #[must_use]
    pub fn timing(&self) -> Timing {
        Timing {
            delay_ms: i64::from(self.for_s) * 1000,
            count: self.count,
            within_ms: i64::from(self.within_s.unwrap_or(0)) * 1000,
        }
    }

    /// Everything wrong with it but its expression.
    pub(super) fn check(&self, problems: &mut Vec<RuleProblem>) {
        let mut refuse = |field, reason: String| problems.push(problem::of_field(&self.id, field, reason));
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !(1..=MAX_ID_CHARS).contains(&self.id.len()) || !self.id.chars().all(named) {
            refuse("id", format!("a name is small letters, digits and _, 1 to {MAX_ID_CHARS} of them"));
        }
        for (field, text, most) in
            [("title", &self.title, MAX_TITLE_CHARS), ("guidance", &self.guidance, MAX_GUIDANCE_CHARS)]
        {
            let characters = text.chars().count();
            if text.trim().is_empty() || characters > most {
                refuse(field, format!("it has {characters} characters; say something, in at most {most}"));
            }
        }
        if self.per_feature && !matches!(self.scope, Scope::Plate | Scope::Well) {
            let scope = self.scope.as_str();
            refuse("per_feature", format!("a {scope} has no headline features; plates and wells have"));
        }
        if self.for_s > MAX_DELAY_S {
            refuse("for_s", format!("{} s is longer than a day ({MAX_DELAY_S} s)", self.for_s));
        }
        if !(1..=MAX_COUNT).contains(&self.count) {
            refuse("count", format!("{} is not between 1 and {MAX_COUNT}", self.count));
        }
        match (self.count > 1, self.within_s) {
            (true, None) => refuse("within_s", format!("{} times within how many seconds?", self.count)),
            (false, Some(_)) => refuse("within_s", "it needs a count of 2 or more".to_owned()),
            (true, Some(0)) => refuse("within_s", "nothing happens twice within 0 s".to_owned()),
            (true, Some(seconds)) if seconds > MAX_WINDOW_S => {
                refuse("within_s", format!("{seconds} s is longer than an hour ({MAX_WINDOW_S} s)"));
            }
            (true, Some(_)) | (false, None) => {}
        }
        if self.count > 1 && self.for_s > 0 {
            let reason = "for_s waits for one unbroken state and count for several: choose one of them";
            refuse("for_s", reason.to_owned());
        }
    }
}

const fn once() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

/// [`Severity`] as its word; the type itself belongs to flags and knows no files.
mod severity_word {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::flag::Severity;

    pub(super) fn serialize<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(severity.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Severity, D::Error> {
        let word = String::deserialize(from)?;
        let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == word);
        found.ok_or_else(|| D::Error::custom(format!("{word:?} is none of info, warning, error")))
    }
}
