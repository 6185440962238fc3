//! A condition whose names and types were settled once: trees of numbers, texts and truths that evaluate without
//! looking anything up, without room of their own, and without a way to fail but "unknown".

use std::cmp::Ordering;

use super::facts::{Fact, Facts, Read};

/// Why a judgement cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided<'r> {
    /// This fact is unknown, and the outcome depends on it.
    Unknown(&'r str),
    /// The arithmetic gives no finite number: a division by zero, or numbers too large.
    NoNumber,
}

/// The same inside: a fact by its place in [`Condition::asked`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Asked(usize),
    NoNumber,
}

type Known<T> = Result<T, Missing>;
type Reader<T> = for<'a> fn(&Facts<'a>) -> Option<T>;
type TextReader = for<'a> fn(&Facts<'a>) -> Option<&'a str>;

/// A checked expression.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) truth: Truth,
    /// What it asks for, in order of appearance.
    pub(super) asked: Vec<Asked>,
    /// Nodes that one evaluation visits at most.
    pub(super) nodes: u32,
}

/// One thing that an expression asks for.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Fact(&'static Fact),
    /// A feature by name: its place in [`Facts::named`] and how the expression may write it.
    Named(usize, Box<str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    Starts,
    Ends,
    Contains,
}

#[derive(Debug, Clone)]
pub(super) enum Number {
    Constant(f64),
    Fact(Reader<f64>, usize),
    Named(usize, usize),
    Negate(Box<Number>),
    Abs(Box<Number>),
    Least(Vec<Number>),
    Greatest(Vec<Number>),
    Arithmetic(Arithmetic, Box<Number>, Box<Number>),
    If(Box<Truth>, Box<Number>, Box<Number>),
}

#[derive(Debug, Clone)]
pub(super) enum Text {
    Constant(Box<str>),
    Fact(TextReader, usize),
    If(Box<Truth>, Box<Text>, Box<Text>),
}

#[derive(Debug, Clone)]
pub(super) enum Truth {
    Constant(bool),
    Fact(Reader<bool>, usize),
    Has(Read),
    HasNamed(usize),
    Not(Box<Truth>),
    And(Box<Truth>, Box<Truth>),
    Or(Box<Truth>, Box<Truth>),
    If(Box<Truth>, Box<Truth>, Box<Truth>),
    Numbers(Comparison, Box<Number>, Box<Number>),
    Texts(Comparison, Box<Text>, Box<Text>),
    /// Equal as asked: `true` for `==`.
    Truths(bool, Box<Truth>, Box<Truth>),
    NumberIn(Box<Number>, Vec<f64>),
    TextIn(Box<Text>, Vec<Box<str>>),
    Like(Likeness, Box<Text>, Box<Text>),
}

impl Condition {
    /// Whether it holds.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> Result<bool, Undecided<'_>> {
        self.truth.value(facts).map_err(|missing| match missing {
            Missing::Asked(at) => Undecided::Unknown(self.asked.get(at).map_or("", Asked::path)),
            Missing::NoNumber => Undecided::NoNumber,
        })
    }
}

impl Asked {
    /// As an expression writes it.
    pub(super) fn path(&self) -> &str {
        match self {
            Asked::Fact(fact) => fact.path,
            Asked::Named(_, path) => path,
        }
    }
}

impl Comparison {
    pub(super) fn of(self, order: Ordering) -> bool {
        match self {
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
        }
    }
}

impl Arithmetic {
    /// The result where it is a finite number.
    pub(super) fn of(self, left: f64, right: f64) -> Known<f64> {
        let result = match self {
            Arithmetic::Add => left + right,
            Arithmetic::Subtract => left - right,
            Arithmetic::Multiply => left * right,
            Arithmetic::Divide => left / right,
        };
        result.is_finite().then_some(result).ok_or(Missing::NoNumber)
    }
}

fn finite(number: Option<f64>, asked: usize) -> Known<f64> {
    number.filter(|number| number.is_finite()).ok_or(Missing::Asked(asked))
}

pub(super) fn named(facts: &Facts<'_>, at: usize) -> Option<f64> {
    facts.named.get(at).copied().flatten()
}

impl Number {
    pub(super) fn value(&self, facts: &Facts<'_>) -> Known<f64> {
        match self {
            Number::Constant(number) => Ok(*number),
            Number::Fact(read, asked) => finite(read(facts), *asked),
            Number::Named(at, asked) => finite(named(facts, *at), *asked),
            Number::Negate(of) => of.value(facts).map(|number| -number),
            Number::Abs(of) => of.value(facts).map(f64::abs),
            Number::Least(of) => reduce(of, facts, f64::min),
            Number::Greatest(of) => reduce(of, facts, f64::max),
            Number::Arithmetic(operation, left, right) => operation.of(left.value(facts)?, right.value(facts)?),
            Number::If(condition, yes, no) => if condition.value(facts)? { yes } else { no }.value(facts),
        }
    }
}

fn reduce(of: &[Number], facts: &Facts<'_>, choose: fn(f64, f64) -> f64) -> Known<f64> {
    let mut chosen = None;
    for number in of {
        let number = number.value(facts)?;
        chosen = Some(chosen.map_or(number, |so_far| choose(so_far, number)));
    }
    chosen.ok_or(Missing::NoNumber)
}

impl Text {
    fn value<'a>(&'a self, facts: &Facts<'a>) -> Known<&'a str> {
        match self {
            Text::Constant(text) => Ok(text),
            Text::Fact(read, asked) => read(facts).ok_or(Missing::Asked(*asked)),
            Text::If(condition, yes, no) => if condition.value(facts)? { yes } else { no }.value(facts),
        }
    }
}

impl Truth {
    pub(super) fn value(&self, facts: &Facts<'_>) -> Known<bool> {
        match self {
            Truth::Constant(truth) => Ok(*truth),
            Truth::Fact(read, asked) => read(facts).ok_or(Missing::Asked(*asked)),
            Truth::Has(Read::Number(read)) => Ok(read(facts).is_some_and(f64::is_finite)),
            Truth::Has(Read::Truth(read)) => Ok(read(facts).is_some()),
            Truth::Has(Read::Text(read)) => Ok(read(facts).is_some()),
            Truth::HasNamed(at) => Ok(named(facts, *at).is_some_and(f64::is_finite)),
            Truth::Not(of) => of.value(facts).map(|truth| !truth),
            Truth::And(left, right) => either(left, right, facts, false),
            Truth::Or(left, right) => either(left, right, facts, true),
            Truth::If(condition, yes, no) => if condition.value(facts)? { yes } else { no }.value(facts),
            Truth::Numbers(comparison, left, right) => {
                let order = left.value(facts)?.partial_cmp(&right.value(facts)?);
                order.map(|order| comparison.of(order)).ok_or(Missing::NoNumber)
            }
            Truth::Texts(comparison, left, right) => Ok(comparison.of(left.value(facts)?.cmp(right.value(facts)?))),
            Truth::Truths(equal, left, right) => Ok((left.value(facts)? == right.value(facts)?) == *equal),
            Truth::NumberIn(number, list) => Ok(list.contains(&number.value(facts)?)),
            Truth::TextIn(text, list) => {
                let text = text.value(facts)?;
                Ok(list.iter().any(|entry| **entry == *text))
            }
            Truth::Like(likeness, text, part) => {
                let (text, part) = (text.value(facts)?, part.value(facts)?);
                Ok(match likeness {
                    Likeness::Starts => text.starts_with(part),
                    Likeness::Ends => text.ends_with(part),
                    Likeness::Contains => text.contains(part),
                })
            }
        }
    }
}

/// `&&` and `||`: the `deciding` truth on either side decides, whether or not the other side is known.
fn either(left: &Truth, right: &Truth, facts: &Facts<'_>, deciding: bool) -> Known<bool> {
    let left = left.value(facts);
    if left == Ok(deciding) {
        return left;
    }
    match (left, right.value(facts)) {
        (_, Ok(right)) if right == deciding => Ok(deciding),
        (Err(missing), _) | (Ok(_), Err(missing)) => Err(missing),
        (Ok(_), Ok(right)) => Ok(right),
    }
}
