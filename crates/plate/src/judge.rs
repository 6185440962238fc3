//! Judging without rules: the plain limits of the assay card against the first table of `QC.md`, at deterministic points.
//! Sessions whose profile brings rules are judged by those (`by_rules`).
//!
//! A rule speaks when its state changes. Before the first bad state it is silent; an undefined statistic never
//! raises an alert, and clears one that stands (the wells that proved it are gone).

use std::sync::Arc;

use crate::alert::{Alert, AlertLevel, Rule};
use crate::card::{AssayCard, Limits};
use crate::spot::Spot;
use crate::standing::PlateStanding;
use crate::statistics::{Controls, Statistic};

/// Names these rules and formulas; it changes whenever either does, and with it the `judgement` digest.
pub const VERSION: &str = "plateside-judge/3";
/// What it was before.
pub(crate) const EARLIER: &[&str] = &["plateside-judge/1", "plateside-judge/2"];

/// What a rule found: its level, the statistic and the limit that decided.
struct Finding {
    level: AlertLevel,
    value: Statistic,
    limit: f64,
}

/// Judges one plate by its card; the alerts of rules whose state changed, in a fixed order.
pub(crate) fn judge(
    plate: &mut PlateStanding,
    cards: &[AssayCard],
    tracked: &[Box<str>],
    rules: &str,
    cause_seq: i64,
) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = over(plate, rules, cause_seq).collect();
    let Some(card) = plate.card().and_then(|index| cards.get(index)) else { return alerts };
    for (headline_index, headline) in card.headline.iter().enumerate() {
        let Some(column) = tracked.iter().position(|name| **name == *headline.feature) else { continue };
        for (pair_index, pair) in card.pair.iter().enumerate() {
            let groups = plate.control_groups(column, headline, *pair);
            let controls = Controls::of(&groups, card.limits.minimum_n);
            for rule in Rule::ALL {
                let finding = find(rule, &controls, &card.limits);
                let state = plate.states.entry((headline_index, pair_index, rule)).or_insert(AlertLevel::Cleared);
                if *state == finding.level {
                    continue;
                }
                *state = finding.level;
                alerts.push(Alert {
                    plate: Arc::clone(plate.key()),
                    spot: Spot::default(),
                    feature: headline.feature.as_str().into(),
                    rule: rule.as_str().into(),
                    positive: pair.positive,
                    negative: pair.negative,
                    level: finding.level,
                    value: finding.value.ok(),
                    limit: Some(finding.limit),
                    counts: (groups.positive.len() as u32, groups.negative.len() as u32),
                    cause_seq,
                    rules: rules.into(),
                });
            }
        }
    }
    alerts
}

/// What had called and is judged no more: another card is in force, or rules are.
pub(crate) fn over<'p>(
    plate: &'p mut PlateStanding,
    rules: &'p str,
    cause_seq: i64,
) -> impl Iterator<Item = Alert> + use<'p> {
    let key = Arc::clone(plate.key());
    std::mem::take(&mut plate.over).into_iter().map(move |(feature, pair, rule)| Alert {
        plate: Arc::clone(&key),
        spot: Spot::default(),
        feature,
        rule: rule.as_str().into(),
        positive: pair.positive,
        negative: pair.negative,
        level: AlertLevel::Cleared,
        value: None,
        limit: None,
        counts: (0, 0),
        cause_seq,
        rules: rules.into(),
    })
}

fn find(rule: Rule, controls: &Controls, limits: &Limits) -> Finding {
    match rule {
        Rule::ZPrime => {
            let value = controls.z_prime();
            let (level, limit) = match value {
                Ok(z) if z < limits.z_prime_attention => (AlertLevel::Fail, limits.z_prime_attention),
                Ok(z) if z < limits.z_prime_good => (AlertLevel::Attention, limits.z_prime_good),
                Ok(_) | Err(_) => (AlertLevel::Cleared, limits.z_prime_good),
            };
            Finding { level, value, limit }
        }
        Rule::Ssmd => attention(controls.ssmd(), limits.ssmd_magnitude, |ssmd, limit| ssmd.abs() < limit),
        Rule::SignalRatio => attention(controls.signal_ratio(), limits.signal_ratio, |ratio, limit| ratio < limit),
        Rule::CvNegative => attention(controls.cv_negative(), limits.cv_negative_percent, |cv, limit| cv > limit),
    }
}

fn attention(value: Statistic, limit: f64, is_bad: impl Fn(f64, f64) -> bool) -> Finding {
    let bad = value.is_ok_and(|value| is_bad(value, limit));
    Finding { level: if bad { AlertLevel::Attention } else { AlertLevel::Cleared }, value, limit }
}
