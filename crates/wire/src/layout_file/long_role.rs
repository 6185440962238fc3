//! What a well of a table is for: by a rule, by the file's own word, by its compound, or by what is missing.

use plate::{Concentration, Role};

use super::columns::{Property, UsedColumn};
use super::control_rule::Verdict;
use super::long::{Fault, Reader};
use super::problem::Reason;
use super::role_word::role_of_word;

impl<'a> Reader<'a> {
    /// What the well is for, and its compound's name.
    pub(super) fn role(
        &mut self,
        line: usize,
        id: Option<(&'a str, &'a UsedColumn)>,
        concentration: Option<&Concentration>,
        has_replicate: bool,
    ) -> Result<(Role, Option<&'a str>), Fault<'a>> {
        let compound = id.and_then(|(id, _)| self.compounds?.get(id));
        let name = compound.and_then(|compound| compound.name.as_deref());
        let by_rule = match id {
            Some((id, column)) => self.by_rule(id, column, name, concentration.map(|dose| dose.value))?,
            None => None,
        };
        let shown = name.or(id.map(|(id, _)| id));
        let own = match self.text(line, Property::Role)? {
            Some((word, column)) => {
                Some(role_of_word(word).ok_or((Some(column), word.to_owned(), Reason::NotARole))?)
            }
            None => None,
        };
        if let Some(role) = by_rule {
            if own.is_some_and(|own| own != role) {
                self.count("wells have another role by a rule than in the file");
            }
            return Ok((role, shown));
        }
        if let Some(role) = own.or(compound.and_then(|compound| compound.role)) {
            return Ok((role, shown));
        }
        match id {
            Some((id, column)) => {
                if self.header.columns.at(Property::Role).is_some() && self.compounds.is_none() {
                    return Err((self.header.columns.find(Property::Role), String::new(), Reason::NoRole));
                }
                if self.compounds.is_some() && compound.is_none() {
                    return Err((Some(column), id.to_owned(), Reason::UnknownCompound));
                }
                self.count("wells have a compound that nothing calls a control: read as sample");
                Ok((Role::Sample, shown))
            }
            None => self.blank(line, concentration.is_some() || has_replicate),
        }
    }

    /// A well without a role and without a compound.
    fn blank(&mut self, line: usize, has_more: bool) -> Result<(Role, Option<&'a str>), Fault<'a>> {
        let solvent = self.text(line, Property::Solvent)?.map(|(solvent, _)| solvent);
        if let Some(role) = self.import.blank {
            return Ok((role, solvent));
        }
        if self.header.columns.at(Property::Role).is_some() && has_more {
            return Err((self.header.columns.find(Property::Role), String::new(), Reason::NoRole));
        }
        let of_table = self.compounds.and_then(|compounds| compounds.blank.as_ref());
        if let Some((blank, role)) = of_table.and_then(|blank| Some((blank, blank.role?))) {
            self.count("wells have no compound: read as the table of compounds says of NA");
            return Ok((role, blank.name.as_deref().or(solvent)));
        }
        if solvent.is_some() {
            self.count("wells have a solvent and no compound: read as negative");
            return Ok((Role::Negative, solvent));
        }
        self.count("wells have nothing but their address: read as empty");
        Ok((Role::Empty, None))
    }

    fn by_rule(
        &mut self,
        id: &str,
        column: &'a UsedColumn,
        name: Option<&str>,
        dose: Option<f64>,
    ) -> Result<Option<Role>, Fault<'a>> {
        let mut decided: Option<Role> = None;
        for (at, rule) in self.import.rules.iter().enumerate() {
            match rule.judge(id, name, dose) {
                Verdict::Silent => {}
                Verdict::NoDose => return Err((Some(column), id.to_owned(), Reason::NoDose)),
                Verdict::Applies => {
                    self.used_rules.insert(at);
                    match decided {
                        Some(first) if first != rule.role => {
                            return Err((Some(column), id.to_owned(), Reason::RulesDiffer(first, rule.role)));
                        }
                        _ => decided = Some(rule.role),
                    }
                }
            }
        }
        Ok(decided)
    }
}
