//! What stands on a page of compounds: names, EC50s, and the sentences beneath.

use super::tested::Ec50;
use super::{Compound, DoseCurves, Fit, Interval, plot};
use crate::caption;
use crate::measured;
use crate::names::clean;
use crate::number::{count, counted, value};

/// A compound's name, or how many there are.
pub(super) fn name(figure: &DoseCurves) -> String {
    match figure.compounds.as_slice() {
        [only] => clean(&only.name),
        several => plot::compounds(several.len()),
    }
}

/// "EC50 0.25 µM (0.12 to 0.55)"; "EC50 > 10 µM" where it lies beyond what was tested; or why there is none.
pub(super) fn ec50(figure: &DoseCurves, compound: &Compound) -> String {
    let fit = match &compound.fit {
        Err(why) => return format!("no fit: {}", clean(why)),
        Ok(fit) => fit,
    };
    let of = |sign: &str, at: f64, within: String| match dose(at) {
        Some(dose) => format!("EC50 {sign}{dose}\u{a0}{}{within}", clean(&figure.unit)),
        None => format!("EC50 n/a: {}", measured::why(&fit.log10_ec50)),
    };
    match compound.ec50() {
        None => format!("EC50 n/a: {}", measured::why(&fit.log10_ec50)),
        Some(Ec50::Below(low)) => of("< ", low, String::new()),
        Some(Ec50::Above(high)) => of("> ", high, String::new()),
        Some(Ec50::At(at, interval)) => {
            of("", at, interval.map(|interval| format!(" ({})", within(interval))).unwrap_or_default())
        }
    }
}

/// An interval as doses; a side that the data do not bound has no number.
fn within(interval: Interval) -> String {
    let end = |end: Option<f64>| end.filter(|end| end.is_finite()).and_then(dose);
    match (end(interval.low), end(interval.high)) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("{low} and more"),
        (None, Some(high)) => format!("up to {high}"),
        (None, None) => "not bounded".to_owned(),
    }
}

/// A dose from its log10; none where it leaves 64-bit arithmetic.
fn dose(log10: f64) -> Option<String> {
    Some(libm::exp10(log10)).filter(|dose| dose.is_finite() && *dose > 0.0).map(value)
}

/// All sentences.
pub(super) fn lines(figure: &DoseCurves) -> Vec<String> {
    let names: Vec<String> = figure.compounds.iter().map(|compound| clean(&compound.name)).collect();
    let excluded = wells(figure, |replicate| replicate.is_excluded);
    let exclusions = match excluded {
        0 => "No well is excluded.".to_owned(),
        1 => "1 well is excluded and counts in no mean and no curve.".to_owned(),
        n => format!("{} wells are excluded and count in no mean and no curve.", count(n)),
    };
    let shared = if figure.compounds.len() > 1 { " All panels have the same two axes." } else { "" };
    vec![
        format!(
            "{} ({}). {}{}",
            plot::compounds(figure.compounds.len()),
            caption::few(&names),
            wells_of(figure),
            left_out(figure)
        ),
        format!("{}{shared} Doses on a logarithmic axis.{}", figure.quantity.scaling_of_each(), levels(figure)),
        format!("{}{}", fits(figure), missing(figure)),
        exclusions,
        figure.provenance.told(),
    ]
}

fn wells(figure: &DoseCurves, is_one: impl Fn(&super::Replicate) -> bool) -> usize {
    figure.compounds.iter().flat_map(|compound| &compound.replicates).filter(|replicate| is_one(replicate)).count()
}

/// How many wells, of which plates, and which of them have no place.
fn wells_of(figure: &DoseCurves) -> String {
    let mut plates: Vec<String> = figure.plates.iter().map(|key| clean(&key.to_string())).collect();
    plates.dedup();
    let of = match plates.len() {
        0 => String::new(),
        1 => format!(" of plate {}", plates.join("")),
        n => format!(" of {} plates ({})", count(n), caption::few(&plates)),
    };
    let all = wells(figure, |_| true);
    let drawn = wells(figure, |replicate| replicate.place().is_some());
    let mut told = format!("{}{of}, {} with a value and drawn.", counted(all, "well", "wells"), count(drawn));
    let without_dose = wells(figure, |replicate| !(replicate.dose > 0.0 && replicate.dose.is_finite()));
    if without_dose > 0 {
        let have = if without_dose == 1 { "has" } else { "have" };
        told +=
            &format!(" {} {have} no positive dose and no place on the axis.", counted(without_dose, "well", "wells"));
    }
    told
}

fn left_out(figure: &DoseCurves) -> String {
    match figure.left_out {
        0 => String::new(),
        1 => " 1 more compound with doses is not drawn.".to_owned(),
        n => format!(" {} more compounds with doses are not drawn.", count(n as usize)),
    }
}

fn levels(figure: &DoseCurves) -> String {
    let of = |word: &str, level: Option<f64>| {
        level
            .filter(|level| level.is_finite())
            .map(|level| format!("{word} {}", figure.quantity.with_unit(&value(level))))
    };
    let both = [of("negative", figure.levels.negative), of("positive", figure.levels.positive)];
    let both: Vec<String> = both.into_iter().flatten().collect();
    if both.is_empty() { String::new() } else { format!(" Means of controls, dotted: {}.", both.join(", ")) }
}

fn fits(figure: &DoseCurves) -> String {
    let fits: Vec<&Fit> = figure.compounds.iter().filter_map(|compound| compound.fit.as_ref().ok()).collect();
    if fits.is_empty() {
        return "No curve was fitted.".to_owned();
    }
    let mut told = "Curves as fitted; dashed: the dose of half the effect (EC50)".to_owned();
    if fits.iter().any(|fit| fit.interval.is_some()) {
        told += ", on its 95 % interval";
    }
    told.push('.');
    let is_outside = |compound: &&Compound| matches!(compound.ec50(), Some(Ec50::Below(_) | Ec50::Above(_)));
    match figure.compounds.iter().filter(is_outside).count() {
        0 => {}
        1 => told += " One EC50 lies outside the doses, and is given as below or above them.",
        n => told += &format!(" {} EC50 lie outside the doses, and are given as below or above them.", count(n)),
    }
    told
}

/// The compounds without a curve and why, where there is more than one panel to say it.
fn missing(figure: &DoseCurves) -> String {
    let without = figure.compounds.iter().filter_map(|compound| {
        let why = compound.fit.as_ref().err()?;
        Some(format!("{}: {}", clean(&compound.name), clean(why)))
    });
    let without: Vec<String> = without.collect();
    if without.is_empty() { String::new() } else { format!(" No fit of {}.", caption::few(&without)) }
}
