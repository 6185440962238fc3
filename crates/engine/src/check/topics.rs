//! Topics of a connection as a test finds them, and names that a missing one may have been meant to be.

use feed::TopicStanding;
use wire::Kind;

/// A topic while it is looked at.
#[derive(Debug, Clone)]
pub struct TopicCheck {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// A person named it; else it is a default that may well not be there.
    pub(super) is_named: bool,
    pub(super) standing: Option<TopicStanding>,
}

/// A topic as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTopic {
    /// What it carries.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its partitions; 0 where it cannot be read.
    pub partitions: u32,
    /// Offsets from the start position to the end: at most so many messages.
    pub available: u64,
    /// Why it cannot be read.
    pub problem: Option<String>,
    /// Topics that are there and may have been meant.
    pub suggestions: Vec<String>,
}

impl TopicCheck {
    /// Offsets from the start position to the end.
    pub(super) fn available(&self) -> u64 {
        match &self.standing {
            Some(TopicStanding::There { partitions }) => {
                partitions.iter().map(|p| u64::try_from(p.end - p.begin).unwrap_or(0)).sum()
            }
            _ => 0,
        }
    }

    /// Why it cannot be read, in the broker's words.
    pub(super) fn problem(&self) -> Option<&str> {
        match &self.standing {
            Some(TopicStanding::There { .. }) => None,
            Some(
                TopicStanding::Missing { reason }
                | TopicStanding::Denied { reason }
                | TopicStanding::Unavailable { reason },
            ) => Some(reason),
            None => Some("the broker did not say in time"),
        }
    }

    pub(super) fn checked(&self, visible: &[(String, u32)]) -> CheckedTopic {
        let missing = matches!(self.standing, Some(TopicStanding::Missing { .. }));
        CheckedTopic {
            kind: self.kind,
            name: self.name.clone(),
            partitions: match &self.standing {
                Some(TopicStanding::There { partitions }) => partitions.len() as u32,
                _ => 0,
            },
            available: self.available(),
            problem: self.problem().map(str::to_owned),
            suggestions: if missing { suggestions(self.kind, &self.name, visible) } else { Vec::new() },
        }
    }
}

/// At most three names are suggested.
const SUGGESTED: usize = 3;

/// Visible topics that a missing one may have been meant to be, the likeliest first: nearly the same letters, or the word
/// of its kind in them.
pub(super) fn suggestions(kind: Kind, name: &str, visible: &[(String, u32)]) -> Vec<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let stem = kind.as_str().trim_end_matches('s');
    let score = |other: &String| {
        let lower = other.to_lowercase();
        let letters: Vec<char> = lower.chars().collect();
        let longest = wanted.len().max(letters.len()).max(1);
        let alike = 1.0 - distance(&wanted, &letters) as f64 / longest as f64;
        alike + if lower.contains(stem) { 0.3 } else { 0.0 }
    };
    let mut scored: Vec<(f64, &String)> = visible.iter().map(|(other, _)| (score(other), other)).collect();
    scored.retain(|(score, _)| *score >= 0.6);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(SUGGESTED).map(|(_, other)| other.clone()).collect()
}

/// Letters to insert, remove or exchange between two names; Kafka's are at most 249 long.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let exchanged = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = exchanged.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_names_are_suggested_and_others_not() {
        let visible = ["plateside.result", "hcs.well-results.v2", "orders", "plateside.layouts"];
        let visible: Vec<(String, u32)> = visible.map(|name| (name.to_owned(), 1)).to_vec();
        let named = suggestions(Kind::Results, "plateside.results", &visible);
        assert_eq!(named[0], "plateside.result");
        assert!(!named.contains(&"orders".to_owned()), "{named:?}");
        assert!(suggestions(Kind::Stages, "x", &visible).is_empty());
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
    }
}
