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
    /// Pages elsewhere about a plate or a well: in an ELN, a LIMS, OMERO.
    #[serde(default, rename = "link", skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkTemplate>,
}

/// A page elsewhere, by an address with places for what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkTemplate {
    /// What a person reads, as `ELN`.
    pub name: String,
    /// `https://` (or `http://`) with `{run}`, `{plate}`, `{well}` in it; they are filled in percent-encoded.
    pub url: String,
}

impl LinkTemplate {
    /// Links that one profile may have, and characters of one.
    const MOST: usize = 32;
    const LONGEST: usize = 2000;

    fn check(&self) -> Result<(), String> {
        let named = |reason: &str| Err(format!("[[link]] \"{}\": {reason}", self.name));
        if self.name.trim().is_empty() || self.name.chars().count() > 60 || self.name.chars().any(char::is_control) {
            return named("its name has 1 to 60 characters");
        }
        let host = self.url.strip_prefix("https://").or_else(|| self.url.strip_prefix("http://"));
        let Some(host) = host.and_then(|rest| rest.split(['/', '?', '#']).next()) else {
            return named("its url begins with https:// or http://");
        };
        if host.is_empty() || host.contains(['{', '}', '@']) {
            return named("its url needs a host, without places and without a user's name");
        }
        if self.url.len() > Self::LONGEST || self.url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return named("its url has at most 2000 bytes and no blanks");
        }
        let mut rest = self.url.as_str();
        while let Some((_, tail)) = rest.split_once('{') {
            match tail.split_once('}') {
                Some(("run" | "plate" | "well", tail)) => rest = tail,
                _ => return named("the places of its url are {run}, {plate} and {well}"),
            }
        }
        Ok(())
    }

    /// The address for a plate, or one of its wells; `None` for a plate where the address asks for a well.
    #[must_use]
    pub fn fill(&self, run: &str, plate: &str, well: Option<&str>) -> Option<String> {
        if well.is_none() && self.url.contains("{well}") {
            return None;
        }
        let (mut url, mut rest) = (String::new(), self.url.as_str());
        // Piece by piece: what is filled in is never filled in again.
        while let Some((before, tail)) = rest.split_once('{') {
            let (place, after) = tail.split_once('}')?;
            url.push_str(before);
            let text = match place {
                "run" => run,
                "plate" => plate,
                _ => well?,
            };
            url.push_str(&wire::percent_encoded(text));
            rest = after;
        }
        url.push_str(rest);
        Some(url)
    }
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
        if profile.links.len() > LinkTemplate::MOST {
            return Err(invalid(format!("it has more than {} links", LinkTemplate::MOST)));
        }
        profile.links.iter().try_for_each(LinkTemplate::check).map_err(invalid)?;
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

    /// A profile's text with other assay cards; everything else stays as a person wrote it.
    ///
    /// # Errors
    /// What keeps the text from being read.
    pub fn with_cards(text: &str, cards: &[AssayCard]) -> Result<String, String> {
        replaced(text, "assay", cards)
    }

    /// A profile's text with what makes the shipped rules into these; everything else stays as a person wrote it.
    ///
    /// # Errors
    /// What keeps the text from being read.
    pub fn with_rules(text: &str, file: &RuleFile) -> Result<String, String> {
        replaced(text, "rule", &Profile::own_rules(file))
    }

    /// What a profile says so that its rules are these: those that are not shipped as they are. A shipped rule that is not
    /// among them is switched off.
    #[must_use]
    pub fn own_rules(file: &RuleFile) -> Vec<RuleEntry> {
        let shipped = rules::shipped().rules;
        let of_name = |rules: &[RuleEntry], id: &str| rules.iter().find(|rule| rule.id == id).cloned();
        let off = shipped
            .iter()
            .filter(|rule| of_name(&file.rules, &rule.id).is_none())
            .map(|rule| RuleEntry { enabled: false, ..rule.clone() });
        let own = file.rules.iter().filter(|rule| of_name(&shipped, &rule.id).as_ref() != Some(*rule)).cloned();
        own.chain(off).collect()
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

/// A TOML text with another list of tables under a name; they come last, as TOML asks of tables.
fn replaced<T: Serialize>(text: &str, name: &str, with: &[T]) -> Result<String, String> {
    let mut document: toml_edit::DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    document.remove(name);
    let mut text = document.to_string();
    if !with.is_empty() {
        let tables = std::collections::BTreeMap::from([(name, with)]);
        let tables = toml::to_string(&tables).map_err(|error| error.to_string())?;
        text = format!("{}\n\n{tables}", text.trim_end());
    }
    Ok(text.trim_start().to_owned())
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
    fn cards_and_rules_are_replaced_and_the_rest_stays() {
        let text = include_str!("../../../demo/profile.toml").replace("name =", "# ours, do not touch\nname =");
        let mut profile = Profile::parse(&text, Path::new("demo")).unwrap();
        profile.assay[0].limits.z_prime_good = 0.6;
        profile.assay.push(AssayCard { name: "Other".to_owned(), ..profile.assay[0].clone() });
        let changed = Profile::with_cards(&text, &profile.assay).unwrap();
        assert!(changed.contains("# ours, do not touch"), "{changed}");
        assert_eq!(Profile::parse(&changed, Path::new("demo")).unwrap(), profile);
        let mut file = profile.rule_file();
        assert_eq!(Profile::with_rules(&text, &rules::shipped()).unwrap().matches("[[rule]]").count(), 0);
        file.rules.remove(1);
        file.rules[0].severity = plate::Severity::Info;
        file.rules.push(RuleEntry { id: "ours".to_owned(), ..file.rules[0].clone() });
        let changed = Profile::with_rules(&changed, &file).unwrap();
        let read = Profile::parse(&changed, Path::new("demo")).unwrap();
        assert_eq!((read.rules.len(), &read.assay), (3, &profile.assay), "{changed}");
        let in_force = read.rule_file().rules;
        let judged: Vec<_> = in_force.iter().filter(|rule| rule.enabled).map(|rule| &rule.id).collect();
        let asked: Vec<_> = file.rules.iter().filter(|rule| rule.enabled).map(|rule| &rule.id).collect();
        assert_eq!(judged, asked);
        assert_eq!(Profile::with_rules("", &file).unwrap().matches("[[rule]]").count(), 3, "a profile of nothing");
    }

    #[test]
    fn links_are_filled_in_once_and_percent_encoded() {
        let link = |url: &str| LinkTemplate { name: "ELN".to_owned(), url: url.to_owned() };
        let eln = link("https://eln.example/{run}?p={plate}&w={well}#x");
        assert_eq!(eln.check(), Ok(()));
        let filled = eln.fill("a/b c", "{well}é", Some("D09")).unwrap();
        assert_eq!(filled, "https://eln.example/a%2Fb%20c?p=%7Bwell%7D%C3%A9&w=D09#x");
        assert_eq!(eln.fill("r", "p", None), None, "of a well only");
        for (url, says) in [
            ("javascript:alert(1)", "begins with https"),
            ("file:///etc/passwd", "begins with https"),
            ("https://{plate}/x", "needs a host"),
            ("https://me:secret@host/", "needs a host"),
            ("https://host/{site}", "the places"),
            ("https://host/{plate", "the places"),
            ("https://host/a b", "no blanks"),
        ] {
            let error = link(url).check().unwrap_err();
            assert!(error.contains(says), "{url}: {error}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_device_is_no_profile() {
        let error = Profile::read(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(error.contains("/dev/zero") && error.contains("it is a device"), "{error}");
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
