//! Rules that make controls of compounds: which compound, above which dose, is what.

use plate::Role;

/// One rule. The compound is told by its id or name; an id with its batch (`BRD-K60230970-001-10-0`) is also told by the
/// id alone (`BRD-K60230970`).
#[derive(Debug, Clone, PartialEq)]
pub struct ControlRule {
    /// The compound's id or name, in any case.
    pub compound: String,
    /// Only where the dose is greater than this, in the file's unit.
    pub above: Option<f64>,
    /// Only where the dose is at most this, in the file's unit.
    pub at_most: Option<f64>,
    /// What such a well is for.
    pub role: Role,
}

/// What a rule says of a well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another compound, or another dose.
    Silent,
    /// This rule decides.
    Applies,
    /// The rule asks for a dose that is not there.
    NoDose,
}

impl ControlRule {
    pub(crate) fn judge(&self, id: &str, name: Option<&str>, dose: Option<f64>) -> Verdict {
        let same = |text: &str| text.eq_ignore_ascii_case(self.compound.trim());
        let batch = |text: &str| {
            let wanted = self.compound.trim();
            text.get(..wanted.len()).is_some_and(same) && text.get(wanted.len()..).is_some_and(|r| r.starts_with('-'))
        };
        if self.compound.trim().is_empty() || !(same(id) || batch(id) || name.is_some_and(same)) {
            return Verdict::Silent;
        }
        match (self.above, self.at_most, dose) {
            (None, None, _) => Verdict::Applies,
            (_, _, None) => Verdict::NoDose,
            (above, at_most, Some(dose)) => {
                let within = above.is_none_or(|above| dose > above) && at_most.is_none_or(|at_most| dose <= at_most);
                if within { Verdict::Applies } else { Verdict::Silent }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_knows_its_compound_and_its_dose() {
        let rule = ControlRule {
            compound: "BRD-K60230970".to_owned(),
            above: Some(15.0),
            at_most: None,
            role: Role::Positive,
        };
        for (id, name, dose, expected) in [
            ("BRD-K60230970-001-10-0", None, Some(20.0), Verdict::Applies),
            ("brd-k60230970", None, Some(20.0), Verdict::Applies),
            ("BRD-K60230970-001-10-0", None, Some(15.0), Verdict::Silent),
            ("BRD-K60230970-001-10-0", None, None, Verdict::NoDose),
            ("BRD-K602309701", None, Some(20.0), Verdict::Silent),
            ("x", Some("BRD-K60230970"), Some(20.0), Verdict::Applies),
            ("", None, Some(20.0), Verdict::Silent),
        ] {
            assert_eq!(rule.judge(id, name, dose), expected, "{id} {name:?} {dose:?}");
        }
        let nobody = ControlRule { compound: " ".to_owned(), above: None, at_most: None, role: Role::Positive };
        assert_eq!(nobody.judge("", None, None), Verdict::Silent, "no rule is about blank wells");
        let greek = ControlRule { compound: "μ".to_owned(), above: None, at_most: None, role: Role::Positive };
        assert_eq!(greek.judge("aμ-1", None, None), Verdict::Silent, "cut within a character");
    }
}
