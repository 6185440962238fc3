//! From the parser's tree to a [`Condition`]: every name is looked up and every type settled, once.
//!
//! Types are CEL's: a whole number and a decimal number compare, but do not add up. Whole numbers are only ever
//! written, so their arithmetic is done here, checked.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use cel::parser::Parser;

use super::condition::{Arithmetic, Asked, Comparison, Condition, Likeness, Missing, Number, Text, Truth};
use super::facts::Read;
use super::file::{MAX_NESTING, MAX_NODES, RuleEntry, Scope};
use super::names::{Spelled, names_of};
use super::problem::Misplaced;
use super::scan::scan;

/// A part of an expression by its type.
pub(super) enum Typed {
    Whole(i64),
    Number(Number),
    Text(Text),
    Truth(Truth),
}

/// Whole numbers up to this size are decimal numbers exactly.
const EXACT: i64 = 1 << 53;

/// Brackets nest 16 deep at most, and the parser balances `&&` and `||` of at most 2 KiB.
const MAX_DEPTH: u32 = MAX_NESTING + 24;

pub(super) struct Lowering<'l> {
    pub(super) rule: &'l RuleEntry,
    pub(super) named_features: &'l mut Vec<Box<str>>,
    source: SourceInfo,
    asked: Vec<Asked>,
    nodes: u32,
}

/// Reads a rule's expression; features that it names are added to `named_features`.
///
/// # Errors
/// The first thing that is wrong with it, and where.
pub(super) fn condition(rule: &RuleEntry, named_features: &mut Vec<Box<str>>) -> Result<Condition, Misplaced> {
    let text = rule.when.as_str();
    scan(text)?;
    let parser = Parser::new().max_recursion_depth(64).error_recovery_limit(0);
    let (tree, source) = parser.parse_with_source_info(text).map_err(|refused| unparsed(text, &refused))?;
    let mut lowering = Lowering { rule, named_features, source, asked: Vec::new(), nodes: 0 };
    let truth = match lowering.typed(&tree, 0)? {
        Typed::Truth(truth) => truth,
        other => {
            let reason = format!("the expression gives {}, and a rule needs true or false", other.kind());
            return Err(Misplaced::new(0, reason).hint("compare it with something"));
        }
    };
    if lowering.asked.is_empty() {
        return Err(Misplaced::new(0, "it asks for no fact, so it would always say the same"));
    }
    Ok(Condition { truth, asked: lowering.asked, nodes: lowering.nodes })
}

/// What the parser does not like; its places are lines and columns, from 1.
fn unparsed(text: &str, refused: &cel::ParseErrors) -> Misplaced {
    let Some(first) = refused.errors.first() else { return Misplaced::new(0, "it cannot be read") };
    let (line, column) = (usize::try_from(first.pos.0).unwrap_or(1), usize::try_from(first.pos.1).unwrap_or(1));
    let line_start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let said: String = first.msg.trim_start_matches("Syntax error: ").chars().take(120).collect();
    Misplaced::new(line_start + column.saturating_sub(1), format!("it cannot be read: {said}"))
}

impl Typed {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Typed::Whole(_) => "a whole number",
            Typed::Number(_) => "a number",
            Typed::Text(_) => "a text",
            Typed::Truth(_) => "true or false",
        }
    }
}

impl Lowering<'_> {
    pub(super) fn at(&self, expr: &IdedExpr) -> usize {
        let start = |expr: &IdedExpr| self.source.offset_for(expr.id).map_or(0, |(start, _)| start as usize);
        // A selection is placed at its point and an index at its bracket; people look for where the name begins.
        let mut first = expr;
        loop {
            first = match &first.expr {
                Expr::Select(select) => &select.operand,
                Expr::Call(CallExpr { func_name, args, .. }) if func_name == operators::INDEX => match args.first() {
                    Some(of) => of,
                    None => break,
                },
                _ => break,
            };
        }
        start(first)
    }

    fn typed(&mut self, expr: &IdedExpr, depth: u32) -> Result<Typed, Misplaced> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Misplaced::new(self.at(expr), format!("it has more than {MAX_NODES} parts here")));
        }
        if depth > MAX_DEPTH {
            return Err(Misplaced::new(self.at(expr), format!("it nests deeper than {MAX_NESTING} here")));
        }
        let at = self.at(expr);
        if let Some(spelled) = names_of(expr) {
            return self.asked_for(&spelled, at);
        }
        match &expr.expr {
            Expr::Literal(literal) => literal_of(literal, at),
            Expr::Call(call) => self.call(call, at, depth + 1),
            Expr::Ident(_) | Expr::Select(_) => self.unknown_name(expr, at),
            Expr::List(_) => Err(Misplaced::new(at, "a list stands only behind \"in\"")),
            _ => Err(Misplaced::new(at, "this part of CEL is not part of rules")),
        }
    }

    fn asked_for(&mut self, spelled: &Spelled<'_>, at: usize) -> Result<Typed, Misplaced> {
        if let Some(place) = self.named(spelled, at)? {
            let path = spelled.path();
            let asked = self.ask(|asked| *asked.path() == *path, Asked::Named(place, path.clone()));
            return Ok(if spelled.is_presence {
                Typed::Truth(Truth::HasNamed(place))
            } else {
                Typed::Number(Number::Named(place, asked))
            });
        }
        let fact = self.fact(spelled, at)?;
        // Time passes without a message for plates and runs as a whole: that is what clock records are made for.
        if fact.path.ends_with(".silent_s") && (self.rule.per_feature || self.rule.scope > Scope::Plate) {
            let reason = format!("{} is asked by rules about a run, or about a plate without its features", fact.path);
            return Err(Misplaced::new(at, reason).hint("per_feature = false, and scope = \"plate\" or \"run\""));
        }
        let asked = self.ask(|asked| asked.path() == fact.path, Asked::Fact(fact));
        Ok(match fact.read {
            read if spelled.is_presence => Typed::Truth(Truth::Has(read)),
            Read::Number(read) => Typed::Number(Number::Fact(read, asked)),
            Read::Text(read) => Typed::Text(Text::Fact(read, asked)),
            Read::Truth(read) => Typed::Truth(Truth::Fact(read, asked)),
        })
    }

    /// The place of what is asked for, once for each.
    fn ask(&mut self, is_it: impl Fn(&Asked) -> bool, asked: Asked) -> usize {
        if let Some(at) = self.asked.iter().position(is_it) {
            return at;
        }
        self.asked.push(asked);
        self.asked.len() - 1
    }

    fn call(&mut self, call: &CallExpr, at: usize, depth: u32) -> Result<Typed, Misplaced> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            return self.likeness(name, target, &call.args, at, depth);
        }
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_NOT, [of]) => Ok(Typed::Truth(Truth::Not(self.truth(of, depth)?))),
            (operators::LOGICAL_AND, [left, right]) => {
                Ok(Typed::Truth(Truth::And(self.truth(left, depth)?, self.truth(right, depth)?)))
            }
            (operators::LOGICAL_OR, [left, right]) => {
                Ok(Typed::Truth(Truth::Or(self.truth(left, depth)?, self.truth(right, depth)?)))
            }
            (operators::CONDITIONAL, [condition, yes, no]) => self.choice(condition, yes, no, at, depth),
            (operators::NEGATE, [of]) => match self.typed(of, depth)? {
                Typed::Whole(whole) => whole.checked_neg().map(Typed::Whole).ok_or_else(|| too_large(at)),
                other => Ok(Typed::Number(Number::Negate(Box::new(decimal(other, self.at(of))?)))),
            },
            (operators::IN, [of, list]) => self.membership(of, list, depth),
            ("abs", [of]) => Ok(Typed::Number(Number::Abs(Box::new(self.number(of, depth)?)))),
            ("min", of) => Ok(Typed::Number(Number::Least(self.numbers(of, depth)?))),
            ("max", of) => Ok(Typed::Number(Number::Greatest(self.numbers(of, depth)?))),
            ("has", _) => Err(Misplaced::new(at, "has() asks for one fact").hint("as in has(limits.edge_strength)")),
            ("abs", _) => Err(Misplaced::new(at, "abs() takes one number")),
            (_, [left, right]) => self.operation(name, left, right, at, depth),
            _ => Err(Misplaced::new(at, "this part of CEL is not part of rules")),
        }
    }

    fn operation(
        &mut self,
        name: &str,
        left: &IdedExpr,
        right: &IdedExpr,
        at: usize,
        depth: u32,
    ) -> Result<Typed, Misplaced> {
        let (left, right) = (self.typed(left, depth)?, self.typed(right, depth)?);
        let comparison = match name {
            operators::LESS => Comparison::Less,
            operators::LESS_EQUALS => Comparison::LessOrEqual,
            operators::GREATER => Comparison::Greater,
            operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
            operators::EQUALS => Comparison::Equal,
            operators::NOT_EQUALS => Comparison::NotEqual,
            _ => return calculate(name, left, right, at),
        };
        match (left, right) {
            (Typed::Whole(left), Typed::Whole(right)) => {
                Ok(Typed::Truth(Truth::Constant(comparison.of(left.cmp(&right)))))
            }
            (Typed::Text(left), Typed::Text(right)) => {
                Ok(Typed::Truth(Truth::Texts(comparison, Box::new(left), Box::new(right))))
            }
            (Typed::Truth(left), Typed::Truth(right))
                if matches!(comparison, Comparison::Equal | Comparison::NotEqual) =>
            {
                let equal = comparison == Comparison::Equal;
                Ok(Typed::Truth(Truth::Truths(equal, Box::new(left), Box::new(right))))
            }
            (left @ (Typed::Whole(_) | Typed::Number(_)), right @ (Typed::Whole(_) | Typed::Number(_))) => {
                let (left, right) = (Box::new(decimal(left, at)?), Box::new(decimal(right, at)?));
                Ok(Typed::Truth(Truth::Numbers(comparison, left, right)))
            }
            (left, right) => {
                Err(Misplaced::new(at, format!("{} and {} cannot be compared", left.kind(), right.kind())))
            }
        }
    }

    fn choice(
        &mut self,
        condition: &IdedExpr,
        yes: &IdedExpr,
        no: &IdedExpr,
        at: usize,
        depth: u32,
    ) -> Result<Typed, Misplaced> {
        let condition = self.truth(condition, depth)?;
        match (self.typed(yes, depth)?, self.typed(no, depth)?) {
            (Typed::Truth(yes), Typed::Truth(no)) => {
                Ok(Typed::Truth(Truth::If(condition, Box::new(yes), Box::new(no))))
            }
            (Typed::Text(yes), Typed::Text(no)) => Ok(Typed::Text(Text::If(condition, Box::new(yes), Box::new(no)))),
            (Typed::Number(yes), Typed::Number(no)) => {
                Ok(Typed::Number(Number::If(condition, Box::new(yes), Box::new(no))))
            }
            (Typed::Whole(_), _) | (_, Typed::Whole(_)) => {
                Err(Misplaced::new(at, "what ? : chooses between must be decimal numbers").hint("write 2.0 for 2"))
            }
            (yes, no) => {
                let reason = format!("? : chooses between {} and {}; both must be of one kind", yes.kind(), no.kind());
                Err(Misplaced::new(at, reason))
            }
        }
    }

    fn membership(&mut self, of: &IdedExpr, list: &IdedExpr, depth: u32) -> Result<Typed, Misplaced> {
        let at = self.at(list);
        let Expr::List(list) = &list.expr else {
            return Err(Misplaced::new(at, "behind \"in\" stands a list").hint("as in [\"positive\", \"reference\"]"));
        };
        let of_typed = self.typed(of, depth)?;
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for entry in &list.elements {
            let entry_at = self.at(entry);
            match self.typed(entry, depth)? {
                Typed::Text(Text::Constant(text)) => texts.push(text),
                Typed::Number(Number::Constant(number)) => numbers.push(number),
                whole @ Typed::Whole(_) => match decimal(whole, entry_at)? {
                    Number::Constant(number) => numbers.push(number),
                    _ => return Err(Misplaced::new(entry_at, "a list has only written values")),
                },
                _ => return Err(Misplaced::new(entry_at, "a list has only written numbers or texts")),
            }
        }
        match of_typed {
            Typed::Text(text) if numbers.is_empty() => Ok(Typed::Truth(Truth::TextIn(Box::new(text), texts))),
            Typed::Number(number) if texts.is_empty() => Ok(Typed::Truth(Truth::NumberIn(Box::new(number), numbers))),
            other => Err(Misplaced::new(at, format!("{} cannot be in this list", other.kind()))),
        }
    }

    fn likeness(
        &mut self,
        name: &str,
        target: &IdedExpr,
        of: &[IdedExpr],
        at: usize,
        depth: u32,
    ) -> Result<Typed, Misplaced> {
        let likeness = match name {
            "startsWith" => Likeness::Starts,
            "endsWith" => Likeness::Ends,
            "contains" => Likeness::Contains,
            _ => return Err(Misplaced::new(at, "this part of CEL is not part of rules")),
        };
        let [part] = of else { return Err(Misplaced::new(at, format!("{name}() takes one text"))) };
        let (target_at, part_at) = (self.at(target), self.at(part));
        match (self.typed(target, depth)?, self.typed(part, depth)?) {
            (Typed::Text(text), Typed::Text(part)) => {
                Ok(Typed::Truth(Truth::Like(likeness, Box::new(text), Box::new(part))))
            }
            (target, part) => {
                let (at, other) = if matches!(target, Typed::Text(_)) { (part_at, part) } else { (target_at, target) };
                Err(Misplaced::new(at, format!("{name}() compares texts, and this is {}", other.kind())))
            }
        }
    }

    fn truth(&mut self, expr: &IdedExpr, depth: u32) -> Result<Box<Truth>, Misplaced> {
        match self.typed(expr, depth)? {
            Typed::Truth(truth) => Ok(Box::new(truth)),
            other => Err(Misplaced::new(self.at(expr), format!("true or false belongs here, not {}", other.kind()))),
        }
    }

    fn number(&mut self, expr: &IdedExpr, depth: u32) -> Result<Number, Misplaced> {
        let typed = self.typed(expr, depth)?;
        decimal(typed, self.at(expr))
    }

    fn numbers(&mut self, of: &[IdedExpr], depth: u32) -> Result<Vec<Number>, Misplaced> {
        of.iter().map(|expr| self.number(expr, depth)).collect()
    }
}

fn literal_of(literal: &LiteralValue, at: usize) -> Result<Typed, Misplaced> {
    match literal {
        LiteralValue::Boolean(truth) => Ok(Typed::Truth(Truth::Constant(*truth.inner()))),
        LiteralValue::Int(whole) => Ok(Typed::Whole(*whole.inner())),
        LiteralValue::Double(number) => Ok(Typed::Number(Number::Constant(*number.inner()))),
        LiteralValue::String(text) => Ok(Typed::Text(Text::Constant(text.inner().into()))),
        _ => Err(Misplaced::new(at, "this part of CEL is not part of rules")),
    }
}

/// A number where a decimal one is wanted and a whole one is as good: in comparisons and functions.
fn decimal(typed: Typed, at: usize) -> Result<Number, Misplaced> {
    match typed {
        Typed::Number(number) => Ok(number),
        // Exact: at most 2 to the 53.
        Typed::Whole(whole) if whole.unsigned_abs() <= EXACT.unsigned_abs() => Ok(Number::Constant(whole as f64)),
        Typed::Whole(_) => Err(too_large(at)),
        other => Err(Misplaced::new(at, format!("a number belongs here, not {}", other.kind()))),
    }
}

fn too_large(at: usize) -> Misplaced {
    Misplaced::new(at, "this whole number is too large")
}

fn calculate(name: &str, left: Typed, right: Typed, at: usize) -> Result<Typed, Misplaced> {
    let by_zero = || Misplaced::new(at, "this divides by zero");
    match (left, right) {
        (Typed::Whole(left), Typed::Whole(right)) => {
            let result = match name {
                operators::ADD => left.checked_add(right),
                operators::SUBSTRACT => left.checked_sub(right),
                operators::MULTIPLY => left.checked_mul(right),
                operators::DIVIDE | operators::MODULO if right == 0 => return Err(by_zero()),
                operators::DIVIDE => left.checked_div(right),
                operators::MODULO => left.checked_rem(right),
                _ => return Err(Misplaced::new(at, "this part of CEL is not part of rules")),
            };
            result.map(Typed::Whole).ok_or_else(|| too_large(at))
        }
        (Typed::Number(left), Typed::Number(right)) => {
            let operation = match name {
                operators::ADD => Arithmetic::Add,
                operators::SUBSTRACT => Arithmetic::Subtract,
                operators::MULTIPLY => Arithmetic::Multiply,
                operators::DIVIDE if matches!(right, Number::Constant(0.0)) => return Err(by_zero()),
                operators::DIVIDE => Arithmetic::Divide,
                operators::MODULO => return Err(Misplaced::new(at, "only whole numbers have a remainder")),
                _ => return Err(Misplaced::new(at, "this part of CEL is not part of rules")),
            };
            if let (Number::Constant(left), Number::Constant(right)) = (&left, &right) {
                return match operation.of(*left, *right) {
                    Ok(number) => Ok(Typed::Number(Number::Constant(number))),
                    Err(Missing::NoNumber | Missing::Asked(_)) => {
                        Err(Misplaced::new(at, "this gives no finite number"))
                    }
                };
            }
            Ok(Typed::Number(Number::Arithmetic(operation, Box::new(left), Box::new(right))))
        }
        (Typed::Whole(_), Typed::Number(_)) | (Typed::Number(_), Typed::Whole(_)) => {
            Err(Misplaced::new(at, "CEL does not calculate with a whole and a decimal number").hint("write 2.0 for 2"))
        }
        (Typed::Text(_), Typed::Text(_)) => Err(Misplaced::new(at, "texts are compared, not put together")),
        (left, right) => {
            Err(Misplaced::new(at, format!("{} and {} cannot be calculated with", left.kind(), right.kind())))
        }
    }
}
