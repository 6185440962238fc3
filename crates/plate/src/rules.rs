//! Rules: when to call a person, as CEL expressions over what is known of a run, a plate, a well or a site.
//!
//! A rules file ([`RuleFile`], TOML outside this crate) is checked whole by [`Rules::compile`]: bounds of `DATA.md` 15,
//! names, types. The `cel` crate reads the grammar of an expression that was found well-formed before; what it
//! evaluates to is worked out here, on a tree whose types were settled once, so that nothing can fail while a plate is
//! read. An undefined fact is unknown: a comparison with it is undecided, never an alert and never an error, and
//! `&&` and `||` go on where the other side decides alone, as CEL's own do with errors.
//!
//! The part of CEL that is read: whole and decimal numbers, texts, `true`, `false`; `+ - * /` on decimal numbers (`%`
//! too on whole ones); `< <= > >= == !=`; `&& || !`; `? :`; `x in [..]`; `has(fact)`; `startsWith`, `endsWith`,
//! `contains`; and three functions of ours: `abs(x)`, `min(x, ..)`, `max(x, ..)`. There are no lists to go through, no
//! maps, no regular expressions, and texts are compared but not put together: so an expression costs its nodes.

#[cfg(test)]
mod agreement_tests;
pub mod burst;
pub mod catalogue;
pub mod compile;
#[cfg(test)]
mod compile_tests;
pub mod condition;
mod deciding;
pub mod facts;
pub mod file;
pub mod latch;
#[cfg(test)]
mod latch_tests;
mod lower;
mod names;
pub mod problem;
mod scan;
#[cfg(test)]
mod scan_tests;
pub mod shipped;
#[cfg(test)]
mod shipped_tests;
mod token;

pub use burst::{Burst, collapse};
pub use catalogue::{FeatureFacts, LimitFacts, PlateFacts, RunFacts, SiteFacts, WellFacts};
pub use compile::{CompiledRule, Evidence, Outcome, Rules};
pub use condition::Undecided;
pub use facts::{FACTS, Fact, FactValue, Facts, Kind, Variable};
pub(crate) use file::MAX_COUNT;
pub use file::{MAX_EXPRESSION_BYTES, MAX_FILE_BYTES, MAX_RULES, RuleEntry, RuleFile, Scope, View, check_size};
pub use latch::{Latch, LatchEvent, LatchEventKind, LatchState, Timing};
pub use problem::{Place, RuleProblem};
pub use shipped::SHIPPED;
