//! Facts: what a rule may ask, by name, with what each means; and what is known of them at one judgement.

use super::catalogue::{FeatureFacts, LimitFacts, PlateFacts, RunFacts, SiteFacts, WellFacts};
use super::file::{RuleEntry, Scope};

/// What is known at one judgement. What a scope does not have is left out; everything left out is unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// Of the run.
    pub run: Option<&'a RunFacts<'a>>,
    /// Of the plate.
    pub plate: Option<&'a PlateFacts<'a>>,
    /// Of one headline feature on the plate, for rules that are judged per feature.
    pub feature: Option<&'a FeatureFacts<'a>>,
    /// Of the well.
    pub well: Option<&'a WellFacts<'a>>,
    /// Of the site.
    pub site: Option<&'a SiteFacts<'a>>,
    /// The assay card's limits.
    pub limits: Option<&'a LimitFacts<'a>>,
    /// `well.features` in the scope of a well, `site.features` in that of a site: values of
    /// [`super::Rules::named_features`], in its order. What is beyond its end is unknown.
    pub named: &'a [Option<f64>],
}

/// A group of facts, as an expression writes it before the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// `run`
    Run,
    /// `plate`
    Plate,
    /// `feature`
    Feature,
    /// `well`
    Well,
    /// `site`
    Site,
    /// `limits`
    Limits,
}

/// What kind of value a fact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A decimal number; counts too, so that `plate.wells_in / plate.wells_expected` is a share.
    Number,
    /// `true` or `false`.
    Truth,
    /// A text.
    Text,
}

/// One fact that a rule may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// Which group.
    pub variable: Variable,
    /// Its name behind the point.
    pub name: &'static str,
    /// As an expression writes it: `plate.barcode`.
    pub path: &'static str,
    /// What it means, in words.
    pub meaning: &'static str,
    pub(super) read: Read,
}

/// How a fact is read; `None` where it is unknown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read {
    Number(for<'a> fn(&Facts<'a>) -> Option<f64>),
    Truth(for<'a> fn(&Facts<'a>) -> Option<bool>),
    Text(for<'a> fn(&Facts<'a>) -> Option<&'a str>),
}

/// The value of a fact that was known.
#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    /// In the fact's own unit; finite.
    Number(f64),
    /// `true` or `false`.
    Truth(bool),
    /// As it was.
    Text(Box<str>),
}

/// Every fact there is, group by group.
pub const FACTS: [&[Fact]; 6] = [
    RunFacts::CATALOGUE,
    PlateFacts::CATALOGUE,
    FeatureFacts::CATALOGUE,
    WellFacts::CATALOGUE,
    SiteFacts::CATALOGUE,
    LimitFacts::CATALOGUE,
];

impl Fact {
    /// What kind of value it has.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.read {
            Read::Number(_) => Kind::Number,
            Read::Truth(_) => Kind::Truth,
            Read::Text(_) => Kind::Text,
        }
    }

    /// Its value now; a number that is not finite counts as unknown.
    #[must_use]
    pub fn value(&self, facts: &Facts<'_>) -> Option<FactValue> {
        match self.read {
            Read::Number(read) => read(facts).filter(|number| number.is_finite()).map(FactValue::Number),
            Read::Truth(read) => read(facts).map(FactValue::Truth),
            Read::Text(read) => read(facts).map(|text| FactValue::Text(text.into())),
        }
    }
}

impl Variable {
    /// All, from the widest.
    pub const ALL: [Variable; 6] =
        [Variable::Run, Variable::Plate, Variable::Feature, Variable::Well, Variable::Site, Variable::Limits];

    /// As an expression writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Variable::Run => "run",
            Variable::Plate => "plate",
            Variable::Feature => "feature",
            Variable::Well => "well",
            Variable::Site => "site",
            Variable::Limits => "limits",
        }
    }

    /// The reverse of [`Variable::as_str`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Variable> {
        Variable::ALL.into_iter().find(|variable| variable.as_str() == name)
    }

    /// Its facts.
    #[must_use]
    pub fn facts(self) -> &'static [Fact] {
        match self {
            Variable::Run => RunFacts::CATALOGUE,
            Variable::Plate => PlateFacts::CATALOGUE,
            Variable::Feature => FeatureFacts::CATALOGUE,
            Variable::Well => WellFacts::CATALOGUE,
            Variable::Site => SiteFacts::CATALOGUE,
            Variable::Limits => LimitFacts::CATALOGUE,
        }
    }

    /// Why a rule may not ask for it; `None` where it may.
    pub(super) fn refused_in(self, rule: &RuleEntry) -> Option<&'static str> {
        let narrow = rule.scope;
        match self {
            Variable::Run => None,
            Variable::Plate | Variable::Limits if narrow == Scope::Run => {
                Some("a run has many plates and cards; the rule's scope must be plate, well or site")
            }
            Variable::Feature if !rule.per_feature => Some("the rule needs per_feature = true"),
            Variable::Well if !matches!(narrow, Scope::Well | Scope::Site) => {
                Some("the rule's scope must be well or site")
            }
            Variable::Site if narrow != Scope::Site => Some("the rule's scope must be site"),
            _ => None,
        }
    }
}
