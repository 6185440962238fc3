//! What decided: of an expression's facts, those without which it would not have come out so. Of "this or that" it is the side
//! that holds, of "this and that" the side that does not.

use super::condition::{Condition, Number, Text, Truth};
use super::facts::Facts;

impl Condition {
    /// For each of [`Condition::asked`], whether it decided.
    pub(super) fn deciding(&self, facts: &Facts<'_>) -> Vec<bool> {
        let mut marks = Marks(vec![false; self.asked.len()]);
        marks.truth(&self.truth, facts);
        marks.0
    }
}

struct Marks(Vec<bool>);

impl Marks {
    fn mark(&mut self, asked: usize) {
        if let Some(mark) = self.0.get_mut(asked) {
            *mark = true;
        }
    }

    fn truth(&mut self, truth: &Truth, facts: &Facts<'_>) {
        match truth {
            Truth::Constant(_) | Truth::Has(_) | Truth::HasNamed(_) => {}
            Truth::Fact(_, asked) => self.mark(*asked),
            Truth::Not(of) => self.truth(of, facts),
            Truth::And(left, right) => self.sides(left, right, facts, false),
            Truth::Or(left, right) => self.sides(left, right, facts, true),
            Truth::If(condition, yes, no) => {
                self.truth(condition, facts);
                match condition.value(facts) {
                    Ok(true) => self.truth(yes, facts),
                    Ok(false) => self.truth(no, facts),
                    Err(_) => {}
                }
            }
            Truth::Numbers(_, left, right) => [left, right].into_iter().for_each(|side| self.number(side, facts)),
            Truth::Texts(_, left, right) | Truth::Like(_, left, right) => {
                [left, right].into_iter().for_each(|side| self.text(side, facts));
            }
            Truth::Truths(_, left, right) => [left, right].into_iter().for_each(|side| self.truth(side, facts)),
            Truth::NumberIn(number, _) => self.number(number, facts),
            Truth::TextIn(text, _) => self.text(text, facts),
        }
    }

    /// The sides that alone are enough; where none is, both.
    fn sides(&mut self, left: &Truth, right: &Truth, facts: &Facts<'_>, enough: bool) {
        let is_enough = |side: &&Truth| side.value(facts) == Ok(enough);
        let decided = [left, right].into_iter().any(|side| is_enough(&side));
        [left, right].into_iter().filter(|side| !decided || is_enough(side)).for_each(|side| self.truth(side, facts));
    }

    fn number(&mut self, number: &Number, facts: &Facts<'_>) {
        match number {
            Number::Constant(_) => {}
            Number::Fact(_, asked) | Number::Named(_, asked) => self.mark(*asked),
            Number::Negate(of) | Number::Abs(of) => self.number(of, facts),
            Number::Least(of) | Number::Greatest(of) => of.iter().for_each(|number| self.number(number, facts)),
            Number::Arithmetic(_, left, right) => [left, right].into_iter().for_each(|side| self.number(side, facts)),
            Number::If(condition, yes, no) => {
                self.truth(condition, facts);
                match condition.value(facts) {
                    Ok(true) => self.number(yes, facts),
                    Ok(false) => self.number(no, facts),
                    Err(_) => {}
                }
            }
        }
    }

    fn text(&mut self, text: &Text, facts: &Facts<'_>) {
        match text {
            Text::Constant(_) => {}
            Text::Fact(_, asked) => self.mark(*asked),
            Text::If(condition, yes, no) => {
                self.truth(condition, facts);
                match condition.value(facts) {
                    Ok(true) => self.text(yes, facts),
                    Ok(false) => self.text(no, facts),
                    Err(_) => {}
                }
            }
        }
    }
}
