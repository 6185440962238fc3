//! Names in an expression: facts (`plate.barcode`), features by name (`site.features["Area"]`), and what was meant
//! where a name is unknown.

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::facts::{Fact, Variable};
use super::file::Scope;
use super::lower::{Lowering, Typed};
use super::problem::{Misplaced, nearest};

/// Features that one rule set may name; each is a column that every plate keeps.
pub(super) const MAX_NAMED_FEATURES: usize = 64;
/// What stands between a variable and the name of a feature.
const FEATURES: &str = "features";

/// A name as it is spelled.
pub(super) struct Spelled<'e> {
    variable: &'e str,
    name: &'e str,
    /// Whether it is one of `variable.features`.
    is_feature: bool,
    /// Whether `has()` stands around it.
    pub(super) is_presence: bool,
}

impl Spelled<'_> {
    /// As an expression may write it, the same for `well.features.Area` and `well.features["Area"]`.
    pub(super) fn path(&self) -> Box<str> {
        let Spelled { variable, name, is_feature, .. } = self;
        if *is_feature {
            format!("{variable}.{FEATURES}[{name:?}]").into()
        } else {
            format!("{variable}.{name}").into()
        }
    }
}

/// Which name the expression is, if it is one: `v.name`, `v.features.name`, `v.features["name"]`, `"name" in v.features`,
/// or `has()` of the first two.
pub(super) fn names_of(expr: &IdedExpr) -> Option<Spelled<'_>> {
    match &expr.expr {
        Expr::Select(select) => match &select.operand.expr {
            Expr::Ident(variable) => {
                Some(Spelled { variable, name: &select.field, is_feature: false, is_presence: select.test })
                    .filter(|spelled| spelled.name != FEATURES)
            }
            _ => {
                let variable = features_of(&select.operand)?;
                Some(Spelled { variable, name: &select.field, is_feature: true, is_presence: select.test })
            }
        },
        Expr::Call(call) if call.target.is_none() => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX, [of, name]) => {
                let variable = features_of(of)?;
                Some(Spelled { variable, name: written(name)?, is_feature: true, is_presence: false })
            }
            (operators::IN, [name, of]) => {
                let variable = features_of(of)?;
                Some(Spelled { variable, name: written(name)?, is_feature: true, is_presence: true })
            }
            _ => None,
        },
        _ => None,
    }
}

/// `v` of `v.features`.
fn features_of(expr: &IdedExpr) -> Option<&str> {
    let Expr::Select(select) = &expr.expr else { return None };
    match &select.operand.expr {
        Expr::Ident(variable) if select.field == FEATURES && !select.test => Some(variable),
        _ => None,
    }
}

fn written(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

impl Lowering<'_> {
    /// The place of a feature that is asked for by its name; `None` where it is a fact.
    pub(super) fn named(&mut self, spelled: &Spelled<'_>, at: usize) -> Result<Option<usize>, Misplaced> {
        if !spelled.is_feature {
            return Ok(None);
        }
        let fits = match self.rule.scope {
            Scope::Well => spelled.variable == "well",
            Scope::Site => spelled.variable == "site",
            Scope::Run | Scope::Plate => false,
        };
        if !fits {
            let reason =
                "features are asked for by name as well.features in the scope well, site.features in the scope site";
            return Err(Misplaced::new(at, reason));
        }
        if let Some(place) = self.named_features.iter().position(|known| **known == *spelled.name) {
            return Ok(Some(place));
        }
        if self.named_features.len() == MAX_NAMED_FEATURES {
            let reason =
                format!("the rules name more than {MAX_NAMED_FEATURES} features; each is kept for every plate");
            return Err(Misplaced::new(at, reason));
        }
        self.named_features.push(spelled.name.into());
        Ok(Some(self.named_features.len() - 1))
    }

    /// The fact of that name.
    pub(super) fn fact(&self, spelled: &Spelled<'_>, at: usize) -> Result<&'static Fact, Misplaced> {
        let variable = variable(spelled.variable, at)?;
        if let Some(why) = variable.refused_in(self.rule) {
            return Err(Misplaced::new(at, format!("{} is not known here", variable.as_str())).hint(why));
        }
        let found = variable.facts().iter().find(|fact| fact.name == spelled.name);
        found.ok_or_else(|| {
            let shown: String = spelled.name.chars().take(40).collect();
            let refused = Misplaced::new(at, format!("there is no fact {}.{shown}", variable.as_str()));
            let names = || variable.facts().iter().map(|fact| fact.name);
            // `edge_effect` for `edge_effect_percent` is a beginning, not a slip.
            let begun = names().find(|name| name.starts_with(&*shown) && shown.len() > 2);
            match nearest(&shown, names()).or(begun) {
                Some(near) => refused.hint(format!("did you mean {}.{near}?", variable.as_str())),
                None => refused,
            }
        })
    }

    /// A name that is no fact: which is missing, its variable or what belongs behind it?
    pub(super) fn unknown_name(&self, expr: &IdedExpr, at: usize) -> Result<Typed, Misplaced> {
        let mut root = expr;
        while let Expr::Select(select) = &root.expr {
            root = &select.operand;
        }
        let Expr::Ident(name) = &root.expr else {
            return Err(Misplaced::new(at, "only facts have names behind a point"));
        };
        let variable = variable(name, at)?;
        let example = variable.facts().first().map_or("", |fact| fact.path);
        let refused = if matches!(expr.expr, Expr::Ident(_)) {
            Misplaced::new(at, format!("{} is a group of facts", variable.as_str()))
        } else {
            Misplaced::new(at, "this is no fact")
        };
        Err(refused.hint(format!("write one fact, as {example}")))
    }
}

fn variable(name: &str, at: usize) -> Result<Variable, Misplaced> {
    Variable::from_name(name).ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        let refused = Misplaced::new(at, format!("nothing is called {shown}"));
        let known = Variable::ALL.map(Variable::as_str);
        // A fact without its group is the usual slip.
        let bare = Variable::ALL.into_iter().flat_map(Variable::facts).find(|fact| fact.name == shown);
        match (bare, nearest(&shown, known)) {
            (Some(fact), _) => refused.hint(format!("did you mean {}?", fact.path)),
            (None, Some(near)) => refused.hint(format!("did you mean {near}?")),
            (None, None) => refused.hint(format!("facts begin with one of {}", known.join(", "))),
        }
    })
}
