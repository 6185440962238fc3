//! What stands beneath a figure of plates: sentences that let it be read and traced without anything else.

use std::collections::BTreeMap;

use plate::normalise::Scale;
use plate::{Format, PlateKey, Role, Well};

use crate::colour::{Map, Range};
use crate::names::clean;
use crate::number::{count, counted, fixed, value};
use crate::quantity::Quantity;
use crate::subject::{PlateFigure, Quality};

/// Wells, plates or points that are named; more are only counted.
const NAMED: usize = 12;
/// Reasons that are told one by one.
const REASONS: usize = 4;

/// "Plate BR00117010, Cells_Count, robust z".
pub(crate) fn title(figure: &PlateFigure) -> String {
    format!("Plate {}, {}", clean(&figure.key.barcode), figure.quantity().axis())
}

/// All sentences; `shown` are those about colours or bars.
pub(crate) fn lines(figure: &PlateFigure, shown: &str) -> Vec<String> {
    let excluded = figure.wells.iter().filter(|well| well.is_excluded).count();
    let named = || names(figure.format, |at| figure.wells.get(at).is_some_and(|well| well.is_excluded));
    vec![
        plate(figure),
        format!("{} {shown}", scale(figure)),
        exclusions(excluded, named),
        z_prime(figure),
        figure.provenance().told(),
    ]
}

/// "run RUN-7", "no run".
pub(crate) fn run(key: &PlateKey) -> String {
    match &*key.run {
        "" => "no run".to_owned(),
        run => format!("run {}", clean(run)),
    }
}

fn plate(figure: &PlateFigure) -> String {
    let with_value = figure.values().count();
    format!(
        "Plate {}, {}, {} wells: {} of {} read, {} with a value.",
        clean(&figure.key.barcode),
        run(&figure.key),
        count(usize::from(figure.format.wells())),
        count(figure.read as usize),
        count(figure.expected as usize),
        count(with_value)
    )
}

/// What was done to the values.
fn scale(figure: &PlateFigure) -> String {
    let of = |role| figure.wells.iter().filter(move |well| well.role == Some(role) && !well.is_excluded);
    figure.quantity().scaling(|role| {
        let n = of(role).filter(|well| well.finite().is_some()).count();
        match role {
            Role::Negative => counted(n, "negative control", "negative controls"),
            Role::Positive => counted(n, "positive control", "positive controls"),
            _ => counted(n, "sample", "samples"),
        }
    })
}

/// The range of the colours of values, and what lies outside.
pub(crate) fn colours(values: impl Iterator<Item = f64>, of: &Quantity, map: Map, range: Range) -> String {
    let (mut least, mut most, mut below, mut above) = (f64::INFINITY, f64::NEG_INFINITY, 0_usize, 0_usize);
    for value in values {
        (least, most) = (least.min(value), most.max(value));
        below += usize::from(value < range.low);
        above += usize::from(value > range.high);
    }
    if least > most {
        return "No well has a value.".to_owned();
    }
    if least == most {
        return format!("Every value is {}.", of.with_unit(&value(least)));
    }
    let ends = of.with_unit(&format!("{} to {}", value(range.low), value(range.high)));
    let how = match range.around {
        Some(both) => {
            format!("to both sides of {}, which the 1st and the 98.5th percentile both are", of.with_unit(&value(both)))
        }
        None if of.is_signed() => "symmetric about 0, from the 1st to 98.5th percentile".to_owned(),
        None => "the 1st to 98.5th percentile".to_owned(),
    };
    let reach = format!("Values reach from {} to {}", value(least), value(most));
    let clipped = match (below, above) {
        (0, 0) => format!("{reach}; none is clipped."),
        _ => {
            let wells = counted(below + above, "well has", "wells have");
            format!("{reach}: {wells} the end colours ({} below, {} above).", count(below), count(above))
        }
    };
    format!("Colours ({}) from {ends}, {how}. {clipped}", map.name())
}

/// Wells that a person excluded: so many, and their names, which are asked for only where they are few.
pub(crate) fn exclusions(excluded: usize, names: impl FnOnce() -> Vec<String>) -> String {
    match excluded {
        0 => "No well is excluded.".to_owned(),
        n if n > NAMED => format!("{} wells are excluded and count in no statistic.", count(n)),
        n => format!(
            "{} excluded and {} in no statistic: {}.",
            if n == 1 { "1 well is".to_owned() } else { format!("{n} wells are") },
            if n == 1 { "counts" } else { "count" },
            names().join(", ")
        ),
    }
}

/// The first few of some names, and how many more there are.
pub(crate) fn few(names: &[String]) -> String {
    match names.get(..NAMED) {
        Some(first) if names.len() > NAMED => {
            format!("{} and {} more", first.join(", "), count(names.len() - NAMED))
        }
        _ => names.join(", "),
    }
}

/// What has no value, by the reason, the most frequent first: "the two groups have the same centre (BR1, BR2)"
pub(crate) fn by_reason(missing: impl Iterator<Item = (String, String)>) -> Option<String> {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (why, name) in missing {
        reasons.entry(why).or_default().push(name);
    }
    let mut reasons: Vec<(String, Vec<String>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    let left_out: usize = reasons.iter().skip(REASONS).map(|(_, names)| names.len()).sum();
    let mut told: Vec<String> =
        reasons.iter().take(REASONS).map(|(why, names)| format!("{why} ({})", few(names))).collect();
    if left_out > 0 {
        told.push(format!("other reasons ({})", count(left_out)));
    }
    (!told.is_empty()).then(|| told.join("; "))
}

/// The wells of a format that are such, by name.
pub(crate) fn names(format: Format, is_one: impl Fn(usize) -> bool) -> Vec<String> {
    let places = (0..usize::from(format.wells())).filter(|at| is_one(*at));
    places.filter_map(|at| Well::at_index(at, format)).map(|well| well.to_string()).collect()
}

fn z_prime(figure: &PlateFigure) -> String {
    let quality = &figure.quality;
    let (counts, pair) = (quality.counts, quality.pair);
    let mut of = format!("{} {}, {} {}", counts.positive, pair.positive, counts.negative, pair.negative);
    of += if counts.positive == 1 && counts.negative == 1 { " well" } else { " wells" };
    of += values_of(quality, figure.scale);
    if !quality.has_card {
        of += "; no assay card applies";
    }
    match quality.z_prime {
        Ok(z) => format!("Z\u{2032} {} ({of}).", fixed(z, 2)),
        Err(why) => format!("Z\u{2032} n/a: {why} ({of})."),
    }
}

/// Of which values Z′ is, where these are not the ones that are drawn.
pub(crate) const fn values_of(quality: &Quality, scale: Scale) -> &'static str {
    match (quality.is_log2, scale) {
        (true, _) => ", binary logarithms of the raw values",
        (false, Scale::Raw) => "",
        (false, _) => ", raw values",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_was_widened_claims_no_percentiles() {
        let told = |values: &[f64], scale: Scale| {
            let of = Quantity { feature: "f".into(), unit: None, scale };
            let range = Range::of(values.iter().copied(), of.is_signed());
            colours(values.iter().copied(), &of, Map::for_values(of.is_signed()), range)
        };
        let mut values = vec![5.0; 300];
        values.extend([9.0, 5.25]);
        assert_eq!(
            told(&values, Scale::Raw),
            "Colours (viridis) from 4.50 to 5.50, to both sides of 5.00, which the 1st and the 98.5th percentile both \
             are. Values reach from 5.00 to 9.00: 1 well has the end colours (0 below, 1 above)."
        );
        let mut scores = vec![0.0; 300];
        scores.push(7.0);
        let signed = told(&scores, Scale::RobustZ);
        assert!(signed.contains("from \u{2212}1.00 to 1.00, to both sides of 0, which"), "{signed}");
        assert!(!signed.contains("symmetric"), "{signed}");
        let spread: Vec<f64> = (0..300).map(f64::from).collect();
        assert!(told(&spread, Scale::Raw).contains(", the 1st to 98.5th percentile. "));
        assert!(told(&spread, Scale::RobustZ).contains(", symmetric about 0, from the 1st to 98.5th percentile. "));
    }
}
