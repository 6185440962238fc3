//! A first look at an expression, before the parser sees it: its size, its words, their order, its nesting.
//!
//! The parser recurses and its error paths are not made for hostile texts, so it is given only what is well-formed
//! and shallow. The look is one pass with a stack of at most 16 open brackets. It reads less than CEL has (no maps, no
//! raw or triple-quoted texts, no comments), and what it reads, CEL's own lexer cuts at the same places.

use super::file::{MAX_EXPRESSION_BYTES, MAX_NESTING};
use super::problem::{Misplaced, nearest};
use super::token::{Token, next};

/// Functions that stand before their bracket.
pub(super) const FUNCTIONS: [&str; 4] = ["has", "abs", "min", "max"];
/// Functions that stand behind a text and a point.
pub(super) const TEXT_FUNCTIONS: [&str; 3] = ["startsWith", "endsWith", "contains"];
/// What CEL has and rules do not, with the reason.
const ABSENT: [(&str, &str); 8] = [
    ("all", "a rule goes through no lists"),
    ("exists", "a rule goes through no lists"),
    ("exists_one", "a rule goes through no lists"),
    ("map", "a rule goes through no lists"),
    ("filter", "a rule goes through no lists"),
    ("matches", "regular expressions are not bounded; startsWith, endsWith and contains are there"),
    ("size", "no fact is a list"),
    ("double", "facts are decimal numbers already; write 2.0 for 2"),
];

#[derive(Clone, Copy, PartialEq)]
enum Bracket {
    Whole,
    Group,
    Call,
    List,
    Index,
}

/// What stands between two brackets; depths of the part since the last `&&`, `||`, `,`, `?` or `:`.
struct Frame {
    bracket: Bracket,
    /// A `?` waits for its `:`.
    is_asking: bool,
    ternaries: u32,
    chain: u32,
    postfix: u32,
    most_postfix: u32,
    inner: u32,
    deepest: u32,
}

impl Frame {
    fn new(bracket: Bracket) -> Frame {
        Frame { bracket, is_asking: false, ternaries: 0, chain: 0, postfix: 0, most_postfix: 0, inner: 0, deepest: 0 }
    }

    /// An upper bound of the depth of the tree that this frame makes, logic aside.
    fn depth(&self) -> u32 {
        self.deepest.max(self.chain + self.most_postfix + self.inner) + self.ternaries
    }

    fn end_part(&mut self) {
        self.deepest = self.deepest.max(self.chain + self.most_postfix + self.inner);
        (self.chain, self.postfix, self.most_postfix, self.inner) = (0, 0, 0, 0);
    }

    fn operator(&mut self) {
        self.chain += 1;
        self.postfix = 0;
    }

    fn part_of(&mut self) {
        self.postfix += 1;
        self.most_postfix = self.most_postfix.max(self.postfix);
    }
}

/// Looks at an expression.
///
/// # Errors
/// The first thing that the parser should not see.
pub(super) fn scan(text: &str) -> Result<(), Misplaced> {
    if text.len() > MAX_EXPRESSION_BYTES {
        let reason = format!("the expression has {} bytes; at most {MAX_EXPRESSION_BYTES}", text.len());
        return Err(Misplaced::new(0, reason));
    }
    let mut below: Vec<Frame> = Vec::new();
    let mut frame = Frame::new(Bracket::Whole);
    let (mut at, mut wants_operand, mut after_sign) = (0, true, false);
    while let Some((token, start, end)) = next(text, at)? {
        at = end;
        let unexpected = || Misplaced::new(start, format!("{} does not belong here", quoted(text, start, end)));
        let sign = matches!(token, Token::Not | Token::Minus) && wants_operand;
        match token {
            Token::Not | Token::Minus if wants_operand => {
                if after_sign {
                    return Err(unexpected().hint("one sign is enough; or put brackets between"));
                }
                frame.operator();
            }
            Token::Name(name) if wants_operand => {
                wants_operand = false;
                frame.postfix = 0;
                check_operand(name, start)?;
                if let Some((Token::Open(b'('), _, end)) = next(text, at)? {
                    check_function(name, &FUNCTIONS, start)?;
                    at = end;
                    wants_operand = true;
                    below.push(std::mem::replace(&mut frame, Frame::new(Bracket::Call)));
                }
            }
            Token::Number | Token::Text if wants_operand => (wants_operand, frame.postfix) = (false, 0),
            Token::Open(open) if wants_operand || open == b'[' => {
                let bracket = match (open, wants_operand) {
                    (b'(', _) => Bracket::Group,
                    (_, true) => Bracket::List,
                    (_, false) => Bracket::Index,
                };
                if bracket == Bracket::Index {
                    frame.part_of();
                } else {
                    frame.postfix = 0;
                }
                wants_operand = true;
                below.push(std::mem::replace(&mut frame, Frame::new(bracket)));
            }
            _ if wants_operand => return Err(unexpected().hint("a fact, a number or a text is missing before it")),
            Token::Close(close) => {
                let fits = match frame.bracket {
                    Bracket::Whole => false,
                    Bracket::Group | Bracket::Call => close == b')',
                    Bracket::List | Bracket::Index => close == b']',
                };
                if !fits || frame.is_asking {
                    return Err(unexpected());
                }
                let depth = frame.depth();
                let Some(outer) = below.pop() else { return Err(unexpected()) };
                frame = outer;
                frame.inner = frame.inner.max(depth + 1);
            }
            Token::Comma if matches!(frame.bracket, Bracket::Call | Bracket::List) && !frame.is_asking => {
                wants_operand = true;
                frame.end_part();
            }
            Token::Point => {
                let Some((Token::Name(name), name_at, end)) = next(text, at)? else {
                    return Err(unexpected().hint("a name belongs behind the point"));
                };
                check_operand(name, name_at)?;
                if matches!(name, "true" | "false") {
                    return Err(Misplaced::new(name_at, format!("no fact is called {name}")));
                }
                at = end;
                frame.part_of();
                if let Some((Token::Open(b'('), _, end)) = next(text, at)? {
                    check_function(name, &TEXT_FUNCTIONS, name_at)?;
                    at = end;
                    wants_operand = true;
                    below.push(std::mem::replace(&mut frame, Frame::new(Bracket::Call)));
                }
            }
            Token::Question if frame.is_asking => {
                return Err(unexpected().hint("put the inner question into brackets"));
            }
            Token::Question | Token::Colon if frame.is_asking == (token == Token::Colon) => {
                frame.is_asking = token == Token::Question;
                frame.ternaries += u32::from(frame.is_asking);
                wants_operand = true;
                frame.end_part();
            }
            Token::Logic => {
                wants_operand = true;
                frame.end_part();
            }
            Token::Minus | Token::Binary | Token::Name("in") => {
                wants_operand = true;
                frame.operator();
            }
            _ => return Err(unexpected().hint("an operator is missing before it")),
        }
        after_sign = sign;
        let open = u32::try_from(below.len()).unwrap_or(u32::MAX);
        if open.saturating_add(frame.depth()) > MAX_NESTING {
            return Err(Misplaced::new(start, format!("it nests deeper than {MAX_NESTING} here")));
        }
    }
    if wants_operand || frame.is_asking || !below.is_empty() {
        let reason = match (text.trim().is_empty(), below.is_empty(), frame.is_asking) {
            (true, ..) => "there is no expression",
            (_, false, _) => "it ends before a bracket is closed",
            (_, _, true) => "it ends before the : of a question",
            _ => "it ends where a fact, a number or a text is missing",
        };
        return Err(Misplaced::new(text.len(), reason));
    }
    Ok(())
}

fn check_operand(name: &str, at: usize) -> Result<(), Misplaced> {
    match name {
        "null" => Err(Misplaced::new(at, "null has no place in a rule").hint("has(fact) says whether it is known")),
        "in" => Err(Misplaced::new(at, "a fact is missing before or behind \"in\"")),
        _ => Ok(()),
    }
}

fn check_function(name: &str, known: &[&'static str], at: usize) -> Result<(), Misplaced> {
    if known.contains(&name) {
        return Ok(());
    }
    let shown: String = name.chars().take(40).collect();
    let refused = Misplaced::new(at, format!("there is no function {shown} here"));
    Err(match (ABSENT.iter().find(|(absent, _)| *absent == name), nearest(name, known.iter().copied())) {
        (Some((_, why)), _) => refused.hint(*why),
        (None, Some(near)) => refused.hint(format!("did you mean {near}?")),
        (None, None) => refused.hint(format!("there are {}", known.join(", "))),
    })
}

fn quoted(text: &str, start: usize, end: usize) -> String {
    let shown: String = text.get(start..end).unwrap_or_default().chars().take(24).collect();
    format!("{shown:?}")
}
