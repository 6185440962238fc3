//! Rules as people edit them: what is in force, a check of a text, a dry run over the session, other rules from now on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use plate::rules::{Kind as FactKind, RuleEntry, RuleFile, RuleProblem, Variable};
use plate::{Alert, AlertLevel, LocalBody};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Desk;
use super::alerts::level;
use super::chosen::NoArgs;
use super::failure::{Answer, Failure};
use super::plates::a_reason;
use super::showing::Showing;
use super::shown::Written;
use super::told::Level;
use crate::dry_run::dry_run;
use crate::profile::Profile;
use crate::rules;

/// Alerts of a dry run that are told of each kind.
const ALERTS: usize = 500;
/// Problems that are told.
const PROBLEMS: usize = 200;

/// The rules in force, for the editor.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RulesDetail {
    /// All of them as a rules file (TOML); empty where the session's plates are judged by their cards' plain limits.
    pub text: String,
    /// The same, one by one.
    pub rules: Vec<RuleRow>,
    /// The shipped rules as a rules file.
    pub shipped: String,
    /// What a rule may ask.
    pub facts: Vec<RuleFact>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RuleRow {
    /// Its stable name.
    pub id: String,
    /// What a person reads first.
    pub title: String,
    /// `run`, `plate`, `well` or `site`.
    pub scope: String,
    /// It is judged for each headline feature.
    pub per_feature: bool,
    /// The CEL expression.
    pub when: String,
    /// `info`, `warning` or `error`.
    pub severity: String,
    /// Seconds for which it must hold.
    pub for_s: u32,
    /// How often it must hold within `within_s`.
    pub count: u32,
    /// The seconds in which `count` is counted.
    pub within_s: Option<u32>,
    /// What to do.
    pub guidance: String,
    /// `plate`, `images`, `live`, `sessions` or `connect`.
    pub opens: String,
    /// It may call beyond the screen.
    pub notify: bool,
    /// It is judged at all.
    pub enabled: bool,
    /// `shipped`, `changed` (a shipped one with other words or limits) or `own`.
    pub origin: String,
}

/// Something that a rule may ask of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RuleFact {
    /// As `feature.z_prime`.
    pub path: String,
    /// `number`, `truth` or `text`.
    pub kind: String,
    /// What it is.
    pub meaning: String,
}

/// A rules file as it is being written.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RulesTextArgs {
    /// The text (TOML).
    pub text: String,
}

/// What is wrong with a rules file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RulesChecked {
    /// Everything that is wrong, the first 200.
    pub problems: Vec<RuleProblemRow>,
    /// The rules of the text, where it has no problem.
    pub rules: Vec<RuleRow>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RuleProblemRow {
    /// The rule's name; `null` where it is the whole file.
    pub rule: Option<String>,
    /// `when`, `id`, ...; empty where it is the whole file.
    pub field: String,
    /// The line of the file on which it is, from 1, where that is known.
    pub line: Option<u32>,
    /// The line of the field's own text.
    pub field_line: Option<u32>,
    /// The character of that line.
    pub field_column: Option<u32>,
    /// Why it is refused.
    pub reason: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

/// What a rules file would have said of the whole session; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RulesDryRun {
    /// Records that were judged.
    pub records: u64,
    /// How long it took.
    pub took_ms: u32,
    /// One line a rule that calls now or called before, by name.
    pub rules: Vec<DryRunRule>,
    /// Alerts by the rules of the text that the session does not hold, at most 500, in order.
    pub gained: Vec<DryRunAlert>,
    /// Alerts of the session that the rules of the text do not raise, at most 500, in order.
    pub lost: Vec<DryRunAlert>,
    /// How many are gained in all.
    pub gained_count: u32,
    /// How many are lost in all.
    pub lost_count: u32,
}

/// One rule of a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DryRunRule {
    /// Its stable name.
    pub rule: String,
    /// What a person reads first.
    pub title: String,
    /// Alerts that the text's rules raise.
    pub raised: u32,
    /// Alerts of the session.
    pub recorded: u32,
}

/// One alert of a dry run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DryRunAlert {
    /// Its rule.
    pub rule: String,
    /// What a person reads first.
    pub title: String,
    /// The plate's handle; of a run, its plate that was heard of last.
    pub plate: String,
    /// Its barcode.
    pub barcode: String,
    /// Which headline feature.
    pub feature: String,
    /// Of which wells or sites it speaks, in words.
    pub place: String,
    /// How much it matters.
    pub level: Level,
    /// The number that the rule asked for first.
    pub value: Option<f64>,
    /// When its cause was received.
    pub at_ms: i64,
}

/// Rules to judge by from now on.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetRulesArgs {
    /// The rules file (TOML): all rules, the shipped ones too.
    pub text: String,
    /// Why.
    pub reason: String,
}

impl Desk {
    /// The rules in force.
    ///
    /// # Errors
    /// `nothing_open`.
    pub async fn rules(&self, _: NoArgs) -> Answer<RulesDetail> {
        let in_force = self.showing()?.look(|board| board.rules_in_force().cloned()).await?;
        let file = in_force.map(|rules| rules.file().clone()).unwrap_or_default();
        let facts = Variable::ALL.into_iter().flat_map(|variable| variable.facts()).map(|fact| RuleFact {
            path: fact.path.to_owned(),
            kind: match fact.kind() {
                FactKind::Number => "number",
                FactKind::Truth => "truth",
                FactKind::Text => "text",
            }
            .to_owned(),
            meaning: fact.meaning.to_owned(),
        });
        Ok(RulesDetail {
            text: if file.rules.is_empty() { String::new() } else { rules::write(&file) },
            rules: rows(&file),
            shipped: rules::write(&rules::shipped()),
            facts: facts.collect(),
        })
    }

    /// Checks a rules file: everything that is wrong with it, by its line.
    ///
    /// # Errors
    /// None of its own.
    pub async fn check_rules(&self, args: RulesTextArgs) -> Answer<RulesChecked> {
        let check = move || match rules::read(&args.text) {
            Ok((file, _)) => RulesChecked { problems: Vec::new(), rules: rows(&file) },
            Err(problems) => {
                let row = |problem: &RuleProblem| problem_row(&args.text, problem);
                RulesChecked { problems: problems.iter().take(PROBLEMS).map(row).collect(), rules: Vec::new() }
            }
        };
        let checked = tokio::task::spawn_blocking(check).await;
        checked.map_err(|_| Failure::new("stopped", "The rules could not be checked."))
    }

    /// What a rules file would have said of the session; nothing is written.
    ///
    /// # Errors
    /// `nothing_open`, `rules` with the first problem, `session`.
    pub async fn dry_run_rules(&self, args: RulesTextArgs) -> Answer<RulesDryRun> {
        let showing = self.showing()?;
        let (_, rules) = rules::read(&args.text).map_err(|problems| refused(&problems))?;
        let began = Instant::now();
        let rules = Arc::new(rules);
        let run = dry_run(&showing.dir, &rules).await?;
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let (gained, lost) = (missing(&run.alerts, &run.recorded), missing(&run.recorded, &run.alerts));
        let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        let raises = |alert: &&Alert| alert.level != AlertLevel::Cleared;
        for alert in run.alerts.iter().filter(raises) {
            counts.entry(&alert.rule).or_default().0 += 1;
        }
        for alert in run.recorded.iter().filter(raises) {
            counts.entry(&alert.rule).or_default().1 += 1;
        }
        let title = |rule: &str| rules::words(Some(&rules), rule).title;
        let count = |alerts: &[&Alert]| u32::try_from(alerts.len()).unwrap_or(u32::MAX);
        Ok(RulesDryRun {
            records: run.records,
            took_ms,
            rules: counts
                .into_iter()
                .map(|(rule, (raised, recorded))| DryRunRule {
                    rule: rule.to_owned(),
                    title: title(rule),
                    raised,
                    recorded,
                })
                .collect(),
            gained_count: count(&gained),
            lost_count: count(&lost),
            gained: told(&showing, &gained, &title).await?,
            lost: told(&showing, &lost, &title).await?,
        })
    }

    /// Judges by other rules from now on: a record of the session. The connection that is recorded keeps them for the next one.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_reason`, `rules` with the first problem.
    pub async fn set_rules(&self, args: SetRulesArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let reason = a_reason(&args.reason, "change of rules")?;
        let (file, _) = rules::read(&args.text).map_err(|problems| refused(&problems))?;
        // As a profile would have them: the next session judges by the same, in the same order.
        let file = Profile { rules: Profile::own_rules(&file), ..Profile::default() }.rule_file();
        let rules = plate::rules::Rules::compile(&file).map_err(|problems| refused(&problems))?;
        let cards = showing.look(|board| board.cards().to_vec()).await?;
        let name = showing.reader.lock().await.meta().profile_name.as_str().into();
        let note = LocalBody::Note { text: format!("Rules changed: {reason}").into() };
        let body = LocalBody::Profile { name, cards: cards.into(), rules: Some(Arc::new(rules)) };
        let seq = road.append_all(&self.options.user, vec![body, note]).await?;
        self.keep_profile(|text| Profile::with_rules(text, &file)).await;
        Ok(Written { seq })
    }
}

fn refused(problems: &[RuleProblem]) -> Failure {
    let says = problems.first().map_or_else(|| "no reason is known".to_owned(), ToString::to_string);
    Failure::new("rules", format!("These rules cannot be used: {says}"))
}

/// Raised alerts of the one side that the other does not have: of the same rule, place and cause.
fn missing<'a>(of: &'a [Alert], from: &[Alert]) -> Vec<&'a Alert> {
    let key = |alert: &Alert| {
        (
            alert.cause_seq,
            alert.rule.clone(),
            Arc::clone(&alert.plate),
            alert.feature.clone(),
            alert.positive,
            alert.level.as_str(),
        )
    };
    let known: std::collections::BTreeSet<_> = from.iter().map(key).collect();
    of.iter().filter(|alert| alert.level != AlertLevel::Cleared && !known.contains(&key(alert))).collect()
}

async fn told(
    showing: &Showing,
    alerts: &[&Alert],
    title: &(dyn Fn(&str) -> String + Sync),
) -> Answer<Vec<DryRunAlert>> {
    let mut reader = showing.reader.lock().await;
    let mut told = Vec::with_capacity(alerts.len().min(ALERTS));
    for alert in alerts.iter().take(ALERTS) {
        let at_us = reader.time_of_seq(alert.cause_seq).await?.unwrap_or(0);
        told.push(DryRunAlert {
            rule: alert.rule.to_string(),
            title: title(&alert.rule),
            plate: showing.handle(&alert.plate),
            barcode: alert.plate.barcode.to_string(),
            feature: alert.feature.to_string(),
            place: rules::place(alert),
            level: level(alert.level),
            value: alert.value,
            at_ms: at_us / 1000,
        });
    }
    Ok(told)
}

fn rows(file: &RuleFile) -> Vec<RuleRow> {
    let shipped = rules::shipped();
    let origin = |entry: &RuleEntry| match shipped.rules.iter().find(|known| known.id == entry.id) {
        None => "own",
        Some(known) if known == entry => "shipped",
        Some(_) => "changed",
    };
    file.rules
        .iter()
        .map(|entry| RuleRow {
            id: entry.id.clone(),
            title: entry.title.clone(),
            scope: entry.scope.as_str().to_owned(),
            per_feature: entry.per_feature,
            when: entry.when.clone(),
            severity: entry.severity.as_str().to_owned(),
            for_s: entry.for_s,
            count: entry.count,
            within_s: entry.within_s,
            guidance: entry.guidance.clone(),
            opens: entry.opens.as_str().to_owned(),
            notify: entry.notify,
            enabled: entry.enabled,
            origin: origin(entry).to_owned(),
        })
        .collect()
}

fn problem_row(text: &str, problem: &RuleProblem) -> RuleProblemRow {
    RuleProblemRow {
        line: line_of(text, problem),
        rule: problem.rule.clone(),
        field: problem.field.to_owned(),
        field_line: problem.place.map(|place| place.line),
        field_column: problem.place.map(|place| place.column),
        reason: problem.reason.clone(),
        hint: problem.hint.clone(),
    }
}

/// The line of a rules file on which a problem is: its field's, else its rule's, else what the reader of TOML said.
fn line_of(text: &str, problem: &RuleProblem) -> Option<u32> {
    let Some(rule) = &problem.rule else {
        let said = problem.reason.split("line ").nth(1)?;
        return said.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    };
    let lines: Vec<&str> = text.lines().collect();
    let sets = |line: &str, field: &str| {
        let rest = line.trim_start().strip_prefix(field).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with('='))
    };
    // The same name may stand twice: what is wrong is then said of the last.
    let named = |at: &usize| sets(lines[*at], "id") && lines[*at].split(['"', '\'']).nth(1) == Some(rule.as_str());
    let id = (0..lines.len()).rev().find(named)?;
    let begins = |at: &usize| lines[*at].trim_start().starts_with("[[");
    let first = (0..id).rev().find(begins).unwrap_or(0);
    let end = (id..lines.len()).find(begins).unwrap_or(lines.len());
    let field = (first..end).find(|at| !problem.field.is_empty() && sets(lines[*at], problem.field));
    u32::try_from(field.unwrap_or(id) + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_the_line_of_its_field() {
        let rule = |id: &str, when: &str| {
            format!(
                "[[rule]]\nid = \"{id}\"\ntitle = \"t\"\nscope = \"plate\"\nwhen = '{when}'\nseverity = \"info\"\nguidance = \"g\"\n\n"
            )
        };
        let text = format!("# ours\n{}{}", rule("good", "plate.complete"), rule("bad", "plate.nobody > 1.0"));
        let problems = rules::read(&text).unwrap_err();
        let row = problem_row(&text, &problems[0]);
        assert_eq!((row.rule.as_deref(), row.field.as_str(), row.line), (Some("bad"), "when", Some(14)));
        assert_eq!(text.lines().nth(13), Some("when = 'plate.nobody > 1.0'"));
        let broken = "[[rule]]\nid = 'a'\nwhne = 'true'\n";
        let row = problem_row(broken, &rules::read(broken).unwrap_err()[0]);
        assert_eq!((row.rule, row.line), (None, Some(3)), "{}", row.reason);
    }

    #[test]
    fn rules_say_whether_they_are_shipped_changed_or_own() {
        let mut file = rules::shipped();
        file.rules[0].guidance = "Ask Mara.".to_owned();
        file.rules.push(RuleEntry { id: "ours".to_owned(), ..file.rules[1].clone() });
        let rows = rows(&file);
        let origins = [rows[0].origin.as_str(), rows[1].origin.as_str(), rows[rows.len() - 1].origin.as_str()];
        assert_eq!(origins, ["changed", "shipped", "own"]);
    }
}
