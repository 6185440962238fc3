//! What stands on a control chart: names, and the sentences beneath.

use plate::Role;
use plate::normalise::Scale;

use super::{ChartPlate, Charted, ControlChart};
use crate::caption;
use crate::measured;
use crate::names::clean;
use crate::number::{count, counted, fixed, value};

/// Rules that are told one by one.
const RULES: usize = 12;

/// "30 plates, run RUN-7".
pub(super) fn name(figure: &ControlChart) -> String {
    let plates = counted(figure.plates.len(), "plate", "plates");
    let mut runs: Vec<&str> = figure.plates.iter().map(|plate| &*plate.key.run).collect();
    runs.sort_unstable();
    runs.dedup();
    match (runs.as_slice(), figure.plates.first()) {
        ([_], Some(plate)) => format!("{plates}, {}", caption::run(&plate.key)),
        _ => format!("{plates} of {}", counted(runs.len(), "run", "runs")),
    }
}

/// A plate's name.
pub(super) fn barcode(plate: &ChartPlate) -> String {
    clean(&plate.key.barcode)
}

/// What is charted, as an axis says it.
pub(super) fn measure(figure: &ControlChart) -> String {
    let quantity = figure.quantity.axis();
    match figure.charted {
        Charted::MeanOf(role) => format!("{quantity}: mean of {}", wells(role)),
        Charted::MedianOf(role) => format!("{quantity}: median of {}", wells(role)),
        Charted::ZPrime => format!("Z\u{2032} of {}", clean(&figure.quantity.feature)),
        Charted::Statistic { label, .. } => format!("{label} of {}", clean(&figure.quantity.feature)),
    }
}

const fn wells(role: Role) -> &'static str {
    match role {
        Role::Negative => "negative controls",
        Role::Positive => "positive controls",
        Role::Reference => "references",
        Role::Sample => "samples",
        Role::Empty => "empty wells",
    }
}

/// All sentences.
pub(super) fn lines(figure: &ControlChart) -> Vec<String> {
    let mut lines = vec![plates(figure), format!("{} {}", scaling(figure), baseline(figure)), rules(figure)];
    lines.extend(gaps(figure));
    lines.push(figure.provenance.told());
    lines
}

fn plates(figure: &ControlChart) -> String {
    let with_value = figure.plates.iter().filter(|plate| plate.finite().is_some());
    let ns = with_value.clone().map(|plate| plate.n);
    let (least, most) = ns.fold((u32::MAX, 0), |(l, m), n| (l.min(n), m.max(n)));
    let of = match (least, most) {
        _ if least > most => String::new(),
        _ if least == most => format!(" (from {} each)", counted(most as usize, "well", "wells")),
        _ => format!(" (from {} to {} wells)", count(least as usize), count(most as usize)),
    };
    let ends = match figure.plates.as_slice() {
        [first, .., last] => format!(" from {} to {}", barcode(first), barcode(last)),
        [only] => format!(" {}", barcode(only)),
        [] => String::new(),
    };
    format!("{} in order,{ends}: {} with a value{of}.", name(figure), count(with_value.count()))
}

fn scaling(figure: &ControlChart) -> String {
    match figure.charted {
        Charted::MeanOf(_) | Charted::MedianOf(_) => {
            format!("{}.", measure(figure)).replace("..", ".") + " " + &figure.quantity.scaling_of_each()
        }
        Charted::Statistic { says, .. } => format!("{}: {says}{}.", measure(figure), of_values(figure)),
        Charted::ZPrime => {
            let says = "1 \u{2212} 3 (SD + SD) / |mean \u{2212} mean| of its controls";
            format!("{}: {says}{}.", measure(figure), of_values(figure))
        }
    }
}

/// Of which values a statistic is, where these are not the ones that came.
const fn of_values(figure: &ControlChart) -> &'static str {
    match figure.quantity.scale {
        Scale::Log2 => ", of binary logarithms of the raw values",
        _ => "",
    }
}

fn baseline(figure: &ControlChart) -> String {
    let number = |number: f64| match figure.charted {
        Charted::MeanOf(_) | Charted::MedianOf(_) => figure.quantity.with_unit(&value(number)),
        Charted::ZPrime => fixed(number, 3),
        Charted::Statistic { .. } => value(number),
    };
    match (&figure.baseline, figure.limits()) {
        (Err(why), _) => format!("No baseline: {}.", clean(why)),
        (Ok(_), None) => "No baseline: its mean or its standard deviation is no number.".to_owned(),
        (Ok(baseline), Some((mean, sd))) => format!(
            "Baseline {} ({}): mean {}, SD {}; lines at the mean and 1, 2 and 3 SD from it.",
            clean(&baseline.name),
            counted(baseline.plates as usize, "plate", "plates"),
            number(mean),
            number(sd)
        ),
    }
}

/// Every broken rule with its plates, in the order in which they are broken first.
fn rules(figure: &ControlChart) -> String {
    let mut broken: Vec<(String, bool, Vec<String>)> = Vec::new();
    for plate in &figure.plates {
        for breach in &plate.breaches {
            let rule = clean(&breach.rule);
            let is_known =
                |(name, is_warning, _): &(String, bool, Vec<String>)| *name == rule && *is_warning == breach.is_warning;
            let known = broken.iter().position(is_known);
            match known.and_then(|at| broken.get_mut(at)) {
                Some((_, _, plates)) => plates.push(barcode(plate)),
                None => broken.push((rule, breach.is_warning, vec![barcode(plate)])),
            }
        }
    }
    if broken.is_empty() {
        return "No rule is broken.".to_owned();
    }
    let left_out = broken.len().saturating_sub(RULES);
    let told = broken.iter().take(RULES).map(|(rule, is_warning, plates)| {
        let what = if *is_warning { "warns" } else { "rejects" };
        format!("{rule} {what}: {}.", caption::few(plates))
    });
    let mut told: Vec<String> = told.collect();
    if left_out > 0 {
        told.push(format!("{} more broken.", counted(left_out, "rule", "rules")));
    }
    told.join(" ")
}

/// The plates without a value and why.
fn gaps(figure: &ControlChart) -> Option<String> {
    let without = figure.plates.iter().filter(|plate| plate.finite().is_none());
    let reasons = caption::by_reason(without.map(|plate| (measured::why(&plate.value), barcode(plate))));
    reasons.map(|reasons| format!("No value: {reasons}."))
}
