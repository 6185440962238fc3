//! What is wrong with a rules file: which rule, where, why, and what was perhaps meant.

use std::fmt;

/// One thing wrong with a rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleProblem {
    /// The rule's name, cut to 64 characters; `None` where it is the whole file.
    pub rule: Option<String>,
    /// The field: `when`, `id`, ...; empty where it is the whole file.
    pub field: &'static str,
    /// Where in the field's text, if somewhere.
    pub place: Option<Place>,
    /// Why it is refused.
    pub reason: String,
    /// What may have been meant or what to write instead.
    pub hint: Option<String>,
}

/// A place in a text, both counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The character of the line.
    pub column: u32,
}

/// Something wrong in an expression, by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misplaced {
    pub(super) at: usize,
    pub(super) reason: String,
    pub(super) hint: Option<String>,
}

impl Misplaced {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Misplaced {
        Misplaced { at, reason: reason.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Misplaced {
        Misplaced { hint: Some(hint.into()), ..self }
    }

    /// As a problem of that rule, whose expression is `text`.
    pub(super) fn in_rule(self, rule: &str, text: &str) -> RuleProblem {
        RuleProblem {
            rule: Some(cut(rule)),
            field: "when",
            place: Some(Place::of_byte(text, self.at)),
            reason: self.reason,
            hint: self.hint,
        }
    }
}

impl Place {
    /// The place of a byte; of the end where `at` lies beyond it.
    #[must_use]
    pub fn of_byte(text: &str, at: usize) -> Place {
        let before = text.char_indices().take_while(|(start, _)| *start < at);
        before.fold(Place { line: 1, column: 1 }, |place, (_, c)| match c {
            '\n' => Place { line: place.line.saturating_add(1), column: 1 },
            _ => Place { line: place.line, column: place.column.saturating_add(1) },
        })
    }
}

impl RuleProblem {
    /// A problem of the whole file.
    #[must_use]
    pub fn of_file(reason: String) -> RuleProblem {
        RuleProblem { rule: None, field: "", place: None, reason, hint: None }
    }
}

/// A problem of one field of a rule.
pub(super) fn of_field(rule: &str, field: &'static str, reason: String) -> RuleProblem {
    RuleProblem { rule: Some(cut(rule)), field, place: None, reason, hint: None }
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "rule {rule}, {}", self.field)?,
            None => write!(f, "the rules file")?,
        }
        match self.place {
            Some(Place { line: 1, column }) => write!(f, ", column {column}")?,
            Some(Place { line, column }) => write!(f, ", line {line}, column {column}")?,
            None => {}
        }
        write!(f, ": {}", self.reason)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

fn cut(name: &str) -> String {
    name.chars().take(64).collect()
}

/// The known name that is most like `name`, if one is like it at all: at most a third of its letters differ.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > 64 {
        return None;
    }
    let allowed = (name.len() / 3).max(1);
    let near = known.into_iter().map(|candidate| (distance(name.as_bytes(), candidate.as_bytes()), candidate));
    near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or changed (Levenshtein), by rows of the table.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for ((to, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            left = (diagonal + usize::from(from != to)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_with_the_fewest_changes() {
        assert_eq!(distance(b"kitten", b"sitting"), 3, "the textbook's example");
        assert_eq!(distance(b"", b"abc"), 3);
        let known = ["z_prime", "robust_z_prime", "edge_effect_percent", "edge_strength"];
        assert_eq!(nearest("zprime", known), Some("z_prime"));
        assert_eq!(nearest("edge_efect_percent", known), Some("edge_effect_percent"));
        assert_eq!(nearest("humidity", known), None, "a guess that is none helps nobody");
        assert_eq!(nearest(&"z".repeat(1000), known), None);
    }

    #[test]
    fn places_count_characters() {
        assert_eq!(Place::of_byte("'Жук' <", 9), Place { line: 1, column: 7 });
        assert_eq!(Place::of_byte("a\nbc", 3), Place { line: 2, column: 2 });
        assert_eq!(Place::of_byte("a", 99), Place { line: 1, column: 2 });
    }
}
