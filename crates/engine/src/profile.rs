//! Profiles: how to reach one lab and how to judge its plates, as people write them (TOML).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plate::AssayCard;
use plate::rules::{RuleEntry, RuleFile, Rules};
use serde::{Deserialize, Serialize};
use wire::envelope::Kind;

use crate::files::read_bounded;
use crate::rules;
use crate::toml_words;

/// One lab's profile. Unknown keys are refused: a misspelt limit must not be silently ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The lab's name.
    #[serde(default)]
    pub name: String,
    /// A remark for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Which topic carries which kind; empty means the default names of the native contract.
    #[serde(default)]
    pub topics: BTreeMap<String, String>,
    /// Assay cards; a plate is judged by the card whose name equals its layout's `assay`.
    #[serde(default)]
    pub assay: Vec<AssayCard>,
    /// Rules that call people: one that has the name of a shipped rule stands in its place, others come after those.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleEntry>,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no profile.
    #[error("{path} is not valid: {reason}")]
    Invalid {
        /// Which file, or `(given text)`.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
}

/// A profile is text that people write; nobody writes a megabyte.
const LONGEST_PROFILE_BYTES: u64 = 1 << 20;

impl Profile {
    /// Reads a profile from a file.
    ///
    /// # Errors
    /// [`ProfileError`] naming the file, and the line where one is wrong.
    pub fn read(path: &Path) -> Result<(Profile, String), ProfileError> {
        let unreadable = |source| ProfileError::Unreadable { path: path.to_owned(), source };
        let invalid = |reason: String| ProfileError::Invalid { path: path.to_owned(), reason };
        let bytes = read_bounded(path, LONGEST_PROFILE_BYTES).map_err(unreadable)?;
        let bytes = bytes.ok_or_else(|| invalid(format!("it is longer than {LONGEST_PROFILE_BYTES} bytes")))?;
        let text = String::from_utf8(bytes).map_err(|_| invalid("it is not UTF-8 text".to_owned()))?;
        Ok((Profile::parse(&text, path)?, text))
    }

    /// Reads a profile from its text; `path` is only named in errors.
    ///
    /// # Errors
    /// [`ProfileError::Invalid`].
    pub fn parse(text: &str, path: &Path) -> Result<Profile, ProfileError> {
        let invalid = |reason: String| ProfileError::Invalid { path: path.to_owned(), reason };
        let profile: Profile = toml::from_str(text).map_err(|error| invalid(toml_words::of(text, &error)))?;
        for (kind, topic) in &profile.topics {
            if Kind::from_name(kind).is_none() {
                let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
                return Err(invalid(format!("[topics] names \"{kind}\"; the kinds are {}", kinds.join(", "))));
            }
            check_topic(topic).map_err(invalid)?;
        }
        for card in &profile.assay {
            if card.headline.is_empty() {
                return Err(invalid(format!("the assay card \"{}\" names no headline feature", card.name)));
            }
            if profile.assay.iter().filter(|other| other.name == card.name).count() > 1 {
                return Err(invalid(format!("two assay cards are named \"{}\"", card.name)));
            }
        }
        if let Err(problems) = Rules::compile(&profile.rule_file()) {
            return Err(invalid(problems.first().map_or_else(String::new, ToString::to_string)));
        }
        Ok(profile)
    }

    /// The rules in force: the shipped ones, with the profile's own in place of those of the same name and behind them.
    #[must_use]
    pub fn rule_file(&self) -> RuleFile {
        let mut rules = rules::shipped().rules;
        for own in &self.rules {
            match rules.iter_mut().find(|known| known.id == own.id) {
                Some(known) => *known = own.clone(),
                None => rules.push(own.clone()),
            }
        }
        RuleFile { rules }
    }

    /// Kinds and their topics: the profile's, or all default names where it has none.
    #[must_use]
    pub fn topics(&self) -> Vec<(Kind, String)> {
        if self.topics.is_empty() {
            return Kind::ALL.into_iter().map(|kind| (kind, kind.default_topic())).collect();
        }
        self.topics.iter().filter_map(|(kind, topic)| Some((Kind::from_name(kind)?, topic.clone()))).collect()
    }
}

/// Checks a topic's name as Kafka does.
///
/// # Errors
/// A sentence that names the topic and the reason.
pub fn check_topic(topic: &str) -> Result<(), String> {
    let legal = topic.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if topic.is_empty() || topic.len() > 249 || !legal || topic == "." || topic == ".." {
        return Err(format!("{topic:?} is no topic name (letters, digits, '.', '_' and '-', at most 249)"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Profile, String> {
        Profile::parse(text, Path::new("lab.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn the_demo_profile_reads() {
        let profile = parse(include_str!("../../../demo/profile.toml")).unwrap();
        assert_eq!(profile.assay[0].headline[0].feature, "Cells_Count");
        assert!(profile.topics().iter().any(|(kind, topic)| *kind == Kind::Results && topic == "plateside.results"));
    }

    #[test]
    #[cfg(unix)]
    fn a_device_is_no_profile() {
        let error = Profile::read(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(error.contains("/dev/zero") && error.contains("longer than"), "{error}");
    }

    #[test]
    fn wrong_profiles_say_where() {
        for (text, part) in [
            ("nmae = 'x'", "nmae"),
            ("[topics]\nresult = 'x'", "\"result\"; the kinds are results"),
            ("[topics]\nresults = 'a b'", "no topic name"),
            ("[[assay]]\nname='A'\nheadline=[]", "names no headline"),
            ("[[assay]]\nname='A'\n[[assay.headline]]\nfeature='f'\n[assay.limits]\nz_prime_godo=1", "z_prime_godo"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part) && error.contains("lab.toml"), "{text}: {error}");
        }
    }
}
