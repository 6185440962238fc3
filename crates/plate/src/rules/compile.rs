//! A rules file checked whole and made ready to judge with.

use std::fmt;

use super::condition::{Asked, Condition, Undecided, named};
use super::facts::{FactValue, Facts};
use super::file::{MAX_NODES_OF_A_FILE, MAX_RULES, RuleEntry, RuleFile, Scope};
use super::latch::Timing;
use super::lower::condition;
use super::problem::{self, RuleProblem};
use crate::digest::FieldHasher;

/// Names how rules are read and evaluated; it changes whenever that does, and with it every digest of rules.
pub const VERSION: &str = "plateside-rules/1";

/// Rules that were checked, ready to judge with.
#[derive(Debug, Clone)]
pub struct Rules {
    file: RuleFile,
    rules: Vec<CompiledRule>,
    named_features: Vec<Box<str>>,
    digest: Box<str>,
}

/// One rule that was checked.
#[derive(Debug, Clone)]
pub struct CompiledRule {
    entry: RuleEntry,
    condition: Condition,
}

/// What a rule says of its subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<'r> {
    /// It holds, because of these facts: those that the expression asks for and that are known, in its order.
    Holds(Vec<Evidence<'r>>),
    /// It does not hold.
    Not,
    /// It cannot be told.
    Undecided(Undecided<'r>),
}

/// A fact and its value when a rule held.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence<'r> {
    /// As an expression writes it: `feature.z_prime`.
    pub name: &'r str,
    /// Its value.
    pub value: FactValue,
}

impl Rules {
    /// Checks every rule, those that are switched off too, and keeps those that are switched on.
    ///
    /// # Errors
    /// Everything that was found wrong, in the order of the file: at most one problem an expression.
    pub fn compile(file: &RuleFile) -> Result<Rules, Vec<RuleProblem>> {
        if file.rules.len() > MAX_RULES {
            let reason = format!("the file has {} rules; at most {MAX_RULES}", file.rules.len());
            return Err(vec![RuleProblem::of_file(reason)]);
        }
        let (mut rules, mut named_features, mut problems, mut nodes) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for (at, entry) in file.rules.iter().enumerate() {
            entry.check(&mut problems);
            if file.rules.iter().take(at).any(|earlier| earlier.id == entry.id) {
                problems.push(problem::of_field(&entry.id, "id", "another rule has this name".to_owned()));
            }
            // What only a rule that is off would name is not kept for every plate.
            let mut of_this_rule = named_features.clone();
            match condition(entry, &mut of_this_rule) {
                Ok(condition) if entry.enabled => {
                    nodes += condition.nodes;
                    named_features = of_this_rule;
                    rules.push(CompiledRule { entry: entry.clone(), condition });
                }
                Ok(_) => {}
                Err(misplaced) => problems.push(misplaced.in_rule(&entry.id, &entry.when)),
            }
        }
        if nodes > MAX_NODES_OF_A_FILE {
            let reason = format!("its expressions have {nodes} parts together; at most {MAX_NODES_OF_A_FILE}");
            problems.push(RuleProblem::of_file(reason));
        }
        if problems.is_empty() {
            let digest = digest(&rules);
            Ok(Rules { file: file.clone(), rules, named_features, digest })
        } else {
            Err(problems)
        }
    }

    /// The file that they were read from.
    #[must_use]
    pub fn file(&self) -> &RuleFile {
        &self.file
    }

    /// The rules that are switched on, in the order of the file.
    #[must_use]
    pub fn rules(&self) -> &[CompiledRule] {
        &self.rules
    }

    /// Those of one scope, with their places in [`Rules::rules`].
    pub fn of_scope(&self, scope: Scope) -> impl Iterator<Item = (usize, &CompiledRule)> {
        self.rules.iter().enumerate().filter(move |(_, rule)| rule.entry.scope == scope)
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&CompiledRule> {
        self.rules.iter().find(|rule| rule.entry.id == id)
    }

    /// Features that expressions name (`well.features["Area"]`): they are tracked (`DATA.md` 5), and their values come in
    /// as [`Facts::named`] in this order.
    #[must_use]
    pub fn named_features(&self) -> &[Box<str>] {
        &self.named_features
    }

    /// Whether any rule asks for this fact (`feature.edge_effect_mads`): what none asks for need not be worked out.
    #[must_use]
    pub fn asks_for(&self, path: &str) -> bool {
        self.rules.iter().any(|rule| rule.asks_for().any(|asked| asked == path))
    }

    /// The first 8 bytes of the SHA-256 over [`VERSION`] and every field of the rules that are switched on, as hex.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// What was read of a file follows from the file.
impl PartialEq for Rules {
    fn eq(&self, other: &Rules) -> bool {
        self.file == other.file
    }
}

impl CompiledRule {
    /// The rule as it was written.
    #[must_use]
    pub fn entry(&self) -> &RuleEntry {
        &self.entry
    }

    /// Its delay and count.
    #[must_use]
    pub fn timing(&self) -> Timing {
        self.entry.timing()
    }

    /// Nodes that one judgement visits at most.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.condition.nodes
    }

    /// What its expression asks for, in order of appearance, each once.
    pub fn asks_for(&self) -> impl Iterator<Item = &str> {
        self.condition.asked.iter().map(Asked::path)
    }

    /// Judges one subject.
    #[must_use]
    pub fn judge(&self, facts: &Facts<'_>) -> Outcome<'_> {
        match self.condition.holds(facts) {
            Ok(true) => Outcome::Holds(self.evidence(facts)),
            Ok(false) => Outcome::Not,
            Err(undecided) => Outcome::Undecided(undecided),
        }
    }

    /// Whether it holds, without the evidence; `None` where it cannot be told.
    #[must_use]
    pub fn holds(&self, facts: &Facts<'_>) -> Option<bool> {
        self.condition.holds(facts).ok()
    }

    /// The known facts that its expression asks for: those that decided, then the others.
    #[must_use]
    pub fn evidence(&self, facts: &Facts<'_>) -> Vec<Evidence<'_>> {
        let decided = self.condition.deciding(facts);
        let of = |wanted: bool| {
            let both = self.condition.asked.iter().zip(&decided);
            both.filter(move |(_, decided)| **decided == wanted).map(|(asked, _)| asked)
        };
        let known = of(true).chain(of(false)).filter_map(|asked| {
            let value = match asked {
                Asked::Fact(fact) => fact.value(facts)?,
                Asked::Named(at, _) => FactValue::Number(named(facts, *at).filter(|number| number.is_finite())?),
            };
            Some(Evidence { name: asked.path(), value })
        });
        known.collect()
    }
}

impl fmt::Display for Undecided<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undecided::Unknown(name) => write!(f, "{name} is not known"),
            Undecided::NoNumber => write!(f, "the arithmetic gives no finite number"),
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactValue::Number(number) => write!(f, "{number}"),
            FactValue::Truth(truth) => write!(f, "{truth}"),
            FactValue::Text(text) => write!(f, "{text}"),
        }
    }
}

fn digest(rules: &[CompiledRule]) -> Box<str> {
    let mut hasher = FieldHasher::new(VERSION);
    for CompiledRule { entry, .. } in rules {
        for text in [&*entry.id, &*entry.title, entry.scope.as_str(), &*entry.when, entry.severity.as_str()] {
            hasher.text(text);
        }
        hasher.text(&entry.guidance);
        hasher.text(entry.opens.as_str());
        for number in [entry.for_s, entry.count, entry.within_s.unwrap_or(0)] {
            hasher.number(number.into());
        }
        hasher.number(entry.per_feature.into());
        hasher.number(entry.notify.into());
    }
    hasher.finish()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
