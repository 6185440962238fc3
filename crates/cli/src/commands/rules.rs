//! `rules`: checked, tried on a session, or printed.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use engine::dry_run::dry_run;
use engine::files::read_bounded;
use engine::plate::rules::{MAX_FILE_BYTES, RuleFile, RuleProblem, Rules, SHIPPED};
use engine::plate::{Alert, AlertLevel};
use engine::rules::{place, read, shipped, words};

use crate::arguments::rules::{RulesArguments, RulesCommand};
use crate::failure::Failure;
use crate::output::{columns, print_one, print_several, rounded};
use crate::printed::Printed;
use crate::report::Node;
use crate::terminal::plain;

/// Columns of alerts.
const COLUMNS: [&str; 11] =
    ["cause_seq", "run", "plate", "feature", "well", "site", "rule", "level", "value", "limit", "title"];

pub(crate) async fn run(arguments: RulesArguments) -> Result<(), Failure> {
    match arguments.what {
        RulesCommand::Shipped => Ok(write!(Printed::stdout(), "{SHIPPED}")?),
        RulesCommand::Check { file, format } => {
            let found = read(&text(&file)?);
            print_one(format.get(), &checked(&found))?;
            match found {
                Ok(_) => Ok(()),
                // In words whatever the format: a pipe reads the fields, a person this.
                Err(problems) => Err(Failure::bad(format!("{}: {}", file.display(), said(&problems)))),
            }
        }
        RulesCommand::Run { dir, rules, format } => {
            let compiled = match rules {
                None => Rules::compile(&shipped()).map_err(|problems| Failure::bad(said(&problems)))?,
                Some(path) => match read(&text(&path)?) {
                    Ok((_, rules)) => rules,
                    Err(problems) => return Err(Failure::bad(format!("{}: {}", path.display(), said(&problems)))),
                },
            };
            let compiled = Arc::new(compiled);
            let run = dry_run(&dir, &compiled).await?;
            let objects: Vec<Node> = run.alerts.iter().map(|alert| object(alert, &compiled)).collect();
            print_several(format.get(), &COLUMNS, &objects, |_| table(&run.alerts, &compiled))
        }
    }
}

fn said(problems: &[RuleProblem]) -> String {
    Failure::first_of(problems.iter().map(|problem| plain(&problem.to_string(), 400)), "problems")
}

fn text(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::io(format!("{} cannot be read: {error}", path.display()));
    let longest = MAX_FILE_BYTES as u64;
    let bytes = read_bounded(path, longest).map_err(unreadable)?;
    let bytes = bytes.ok_or_else(|| {
        Failure::bad(format!("{} has more than {longest} bytes: a file of rules has not", path.display()))
    })?;
    String::from_utf8(bytes).map_err(|_| Failure::bad(format!("{} is not UTF-8 text", path.display())))
}

fn checked(found: &Result<(RuleFile, Rules), Vec<RuleProblem>>) -> Node {
    let count = |number: usize| Node::count(number as u64);
    let (rules, off, digest, problems) = match found {
        Ok((file, rules)) => {
            let on = rules.rules().len();
            (count(on), count(file.rules.len() - on), rules.digest().into(), Vec::new())
        }
        Err(problems) => {
            let named = |problem: &RuleProblem| {
                Node::object([
                    ("rule", problem.rule.as_deref().map_or(Node::Null, Node::from)),
                    ("field", problem.field.into()),
                    ("problem", problem.to_string().as_str().into()),
                ])
            };
            (Node::Null, Node::Null, Node::Null, problems.iter().map(named).collect())
        }
    };
    Node::object([
        ("ok", Node::Bool(found.is_ok())),
        ("rules", rules),
        ("switched_off", off),
        ("digest", digest),
        ("problems", Node::List(problems)),
    ])
}

fn object(alert: &Alert, rules: &Rules) -> Node {
    let number = |value: Option<f64>| value.map_or(Node::Null, Node::from);
    Node::object([
        ("cause_seq", Node::Integer(alert.cause_seq)),
        ("run", (&*alert.plate.run).into()),
        ("plate", (&*alert.plate.barcode).into()),
        ("feature", (&*alert.feature).into()),
        ("well", alert.spot.well.map_or(Node::Null, |well| well.to_string().as_str().into())),
        ("site", alert.spot.site.map_or(Node::Null, |site| Node::Integer(site.into()))),
        ("rule", (&*alert.rule).into()),
        ("level", alert.level.as_str().into()),
        ("value", number(alert.value)),
        ("limit", number(alert.limit)),
        ("title", words(Some(rules), &alert.rule).title.as_str().into()),
    ])
}

fn table(alerts: &[Alert], rules: &Rules) -> String {
    let line = |alert: &Alert| {
        let number = |value: Option<f64>| rounded(&value.map_or(Node::Null, Node::from));
        let title = match alert.level {
            AlertLevel::Cleared => format!("over: {}", words(Some(rules), &alert.rule).title),
            _ => words(Some(rules), &alert.rule).title,
        };
        let plate = plain(&alert.plate.to_string(), 40);
        let level = alert.level.as_str().to_owned();
        vec![plate, level, plain(&title, 60), number(alert.value), number(alert.limit), place(alert)]
    };
    let mut text =
        columns(&["plate", "level", "rule", "value", "limit", "where"], &alerts.iter().map(line).collect::<Vec<_>>());
    text.push_str(&format!("{} alerts\n", alerts.len()));
    text
}

#[cfg(test)]
mod tests {
    use engine::plate::{PlateKey, Role, Spot};

    use super::*;

    #[test]
    fn a_header_without_alerts_is_that_of_alerts() {
        let alert = Alert {
            plate: Arc::new(PlateKey::new("R", "P")),
            spot: Spot::default(),
            feature: "f".into(),
            rule: "z_prime".into(),
            positive: Role::Positive,
            negative: Role::Negative,
            level: AlertLevel::Fail,
            value: Some(0.3),
            limit: None,
            counts: (3, 3),
            cause_seq: 4,
            rules: "0".into(),
        };
        let rules = Rules::compile(&shipped()).unwrap();
        let names: Vec<String> = object(&alert, &rules).cells().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, COLUMNS);
    }
}
