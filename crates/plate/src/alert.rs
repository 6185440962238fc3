//! Alerts: a rule's state changed on a plate. They are records of the session like any other (`DATA.md` 15).

use std::sync::Arc;

use crate::key::PlateKey;
use crate::layout::Role;
use crate::spot::Spot;

/// Which plain limit of the assay card spoke: in sessions whose profile brings no rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Z' below its limits.
    ZPrime,
    /// abs(SSMD) below its limit.
    Ssmd,
    /// The larger of S/B and its inverse below its limit.
    SignalRatio,
    /// CV of the negatives above its limit.
    CvNegative,
}

impl Rule {
    /// Every rule, in the order they are judged.
    pub const ALL: [Rule; 4] = [Rule::ZPrime, Rule::Ssmd, Rule::SignalRatio, Rule::CvNegative];

    /// The stable name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Rule::ZPrime => "z_prime",
            Rule::Ssmd => "ssmd",
            Rule::SignalRatio => "signal_ratio",
            Rule::CvNegative => "cv_negative",
        }
    }

    /// The reverse of [`Rule::as_str`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.as_str() == name)
    }

    /// What it found, in a few words.
    #[must_use]
    pub const fn finding(self) -> &'static str {
        match self {
            Rule::ZPrime => "Z' is low",
            Rule::Ssmd => "controls are close (SSMD)",
            Rule::SignalRatio => "signal is small (S/B)",
            Rule::CvNegative => "negatives scatter (CV)",
        }
    }

    /// What a person may do about it while the robot still runs.
    #[must_use]
    pub const fn guidance(self) -> &'static str {
        match self {
            Rule::ZPrime => {
                "Look at the control wells first: one outlier there decides Z'. If both controls are wide, \
                             hold the next plates and check dispensing and incubation."
            }
            Rule::Ssmd => {
                "The controls are not well apart. Check that the positive control was dispensed and its dose."
            }
            Rule::SignalRatio => "The signal window is small. Check exposure or gain, and the age of the reagent.",
            Rule::CvNegative => {
                "Negative controls scatter. Look for a dispensing pattern: one column, one tip, an edge."
            }
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertLevel {
    /// The rule is satisfied again: the earlier alert is over.
    Cleared,
    /// To know.
    Info,
    /// Below good.
    Attention,
    /// Below the last limit.
    Fail,
}

impl AlertLevel {
    /// The stable name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            AlertLevel::Cleared => "cleared",
            AlertLevel::Info => "info",
            AlertLevel::Attention => "attention",
            AlertLevel::Fail => "fail",
        }
    }

    /// The reverse of [`AlertLevel::as_str`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<AlertLevel> {
        [AlertLevel::Cleared, AlertLevel::Info, AlertLevel::Attention, AlertLevel::Fail]
            .into_iter()
            .find(|l| l.as_str() == name)
    }
}

/// One change of a rule's state on one plate and feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Which plate; of a rule about a run, the one that was heard of last.
    pub plate: Arc<PlateKey>,
    /// The first well or site of which a rule about wells or sites holds; otherwise the whole plate.
    pub spot: Spot,
    /// Which headline feature; empty for a rule that is about none.
    pub feature: Box<str>,
    /// Which rule, by its stable name: one of [`Rule`], or of the session's rules.
    pub rule: Box<str>,
    /// The role that stood as positive.
    pub positive: Role,
    /// The role that stood as negative.
    pub negative: Role,
    /// The new state.
    pub level: AlertLevel,
    /// The statistic that was compared, in its own unit; `None` where it became undefined.
    pub value: Option<f64>,
    /// The card's limit that it was compared with; `None` for a rule that asks for none.
    pub limit: Option<f64>,
    /// Positive and negative wells that counted. Of a rule about wells or sites: of how many it holds, and of how many it was
    /// asked, 0 where one alone was.
    pub counts: (u32, u32),
    /// `seq` of the record that caused it.
    pub cause_seq: i64,
    /// First 8 bytes of the SHA-256 of the rules in force, as hex.
    pub rules: Box<str>,
}
