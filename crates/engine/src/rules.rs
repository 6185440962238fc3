//! Rules as people write them: TOML to what `plate` compiles, with every problem named by its line.

use std::sync::{Arc, LazyLock};

use plate::rules::{RuleEntry, RuleFile, RuleProblem, Rules, SHIPPED, View, check_size};
use plate::{Alert, PlateKey, Role, Rule};

use crate::toml_words;

/// The rules that Plateside starts with.
#[must_use]
pub fn shipped() -> RuleFile {
    // A test holds that they read and compile.
    toml::from_str(SHIPPED).unwrap_or_default()
}

/// Reads and checks a rules file.
///
/// # Errors
/// Everything that is wrong with it: one problem where the text is no rules file, else one a rule at most.
pub fn read(text: &str) -> Result<(RuleFile, Rules), Vec<RuleProblem>> {
    check_size(text).map_err(|problem| vec![problem])?;
    let no_file = |error: toml::de::Error| vec![RuleProblem::of_file(toml_words::of(text, &error))];
    let file: RuleFile = toml::from_str(text).map_err(no_file)?;
    let rules = Rules::compile(&file)?;
    Ok((file, rules))
}

/// A rule as people hear of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What it found, in a few words.
    pub title: String,
    /// What to do.
    pub guidance: String,
    /// The screen that shows it.
    pub opens: View,
}

/// The words of a rule, by its name: of the rules in force, else of those that Plateside had before them, else of the
/// shipped ones. A rule that nobody knows is called by its name.
#[must_use]
pub fn words(in_force: Option<&Rules>, rule: &str) -> Words {
    let of =
        |entry: &RuleEntry| Words { title: entry.title.clone(), guidance: entry.guidance.clone(), opens: entry.opens };
    if let Some(rule) = in_force.and_then(|rules| rules.rule(rule)) {
        return of(rule.entry());
    }
    if let Some(plain) = Rule::from_name(rule) {
        let (title, guidance) = (plain.finding().to_owned(), plain.guidance().to_owned());
        return Words { title, guidance, opens: View::Plate };
    }
    static SHIPPED_RULES: LazyLock<RuleFile> = LazyLock::new(shipped);
    match SHIPPED_RULES.rules.iter().find(|entry| entry.id == rule) {
        Some(entry) => of(entry),
        None => Words { title: rule.to_owned(), guidance: String::new(), opens: View::Plate },
    }
}

/// Of which wells or sites an alert speaks: "A06, site 2, and 4 more of 180"; empty for one about a whole plate or a run.
#[must_use]
pub fn place(alert: &Alert) -> String {
    let Some(well) = alert.spot.well else { return String::new() };
    let site = alert.spot.site.map_or_else(String::new, |site| format!(", site {site}"));
    let (held, judged) = alert.counts;
    let more = match held.saturating_sub(1) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let of = if judged > held { format!(" of {judged}") } else { String::new() };
    format!("{well}{site}{more}{of}")
}

/// What an alert says something new of: plate, feature, rule, and the roles that stood as positive and negative. One that is
/// raised takes the place of the one before it, one that is cleared ends it.
pub(crate) type State = (Arc<PlateKey>, Box<str>, Box<str>, Role, Role);

/// The state of which an alert speaks.
pub(crate) fn state_of(alert: &Alert) -> State {
    (Arc::clone(&alert.plate), alert.feature.clone(), alert.rule.clone(), alert.positive, alert.negative)
}

/// A rules file as text.
#[must_use]
pub fn write(file: &RuleFile) -> String {
    // Every rule file that compiles can be written.
    toml::to_string(file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_read_compile_and_are_written_again() {
        let (file, rules) = read(SHIPPED).unwrap();
        assert!(rules.rules().len() > 10 && file == shipped());
        assert_eq!(read(&write(&file)).unwrap().0, file);
    }

    #[test]
    fn every_rule_has_words() {
        assert_eq!(words(None, "cv_negative").title, "negatives scatter (CV)");
        assert_eq!(words(None, "edge_effect").title, "Edge effect");
        assert_eq!(words(None, "somebody_elses").title, "somebody_elses");
        let own = "[[rule]]\nid='edge_effect'\ntitle='Ours'\nscope='plate'\nwhen='plate.complete'\nseverity='info'\nguidance='g'\n";
        let (_, rules) = read(own).unwrap();
        assert_eq!(words(Some(&rules), "edge_effect").title, "Ours");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let problems = read("[[rule]]\nid = 'a'\nwhne = 'true'\n").unwrap_err();
        assert!(problems[0].to_string().contains("whne"), "{:?}", problems[0].to_string());
        let long = format!("# {}", "x".repeat(1 << 20));
        let problems = read(&long).unwrap_err();
        assert!(problems[0].to_string().contains("bytes"), "{:?}", problems[0].to_string());
    }
}
