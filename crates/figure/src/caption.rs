//! What stands beneath a figure: sentences that let it be read and traced without anything else.

use plate::normalise::Scale;
use plate::{Format, Role, Well};

use crate::colour::{Map, Range};
use crate::names::clean;
use crate::number::{count, counted, fixed, value};
use crate::subject::PlateFigure;

/// Excluded wells that are named; more are only counted.
const NAMED_WELLS: usize = 12;
/// Hex digits of the digest, as the window shows them.
const DIGEST_DIGITS: usize = 12;

/// "Plate BR00117010, Cells_Count, robust z".
pub(crate) fn title(figure: &PlateFigure) -> String {
    format!("Plate {}, {}", clean(&figure.key.barcode), quantity(figure))
}

/// The feature on its scale, as an axis says it.
pub(crate) fn quantity(figure: &PlateFigure) -> String {
    let feature = clean(&figure.feature);
    match (figure.scale, &figure.unit) {
        (Scale::Raw, Some(unit)) => format!("{feature} ({})", clean(unit)),
        (Scale::Raw, None) => feature,
        (Scale::Percent, _) => format!("{feature}, % of negative controls"),
        (Scale::PercentActivity, _) => format!("{feature}, % activity"),
        (Scale::Z, _) => format!("{feature}, z"),
        (Scale::RobustZ, _) => format!("{feature}, robust z"),
        (Scale::BScore, _) => format!("{feature}, B-score"),
        (Scale::Log2, _) => format!("log2 {feature}"),
        (Scale::PlateMedian, _) => format!("{feature}, of the plate's median"),
    }
}

/// All sentences; `shown` are those about colours or bars.
pub(crate) fn lines(figure: &PlateFigure, shown: String) -> Vec<String> {
    let growing = if figure.is_growing { " (recording went on meanwhile)" } else { "" };
    let made = format!("Session content {}{growing}. Plateside {}.", short_digest(figure), clean(&figure.version));
    vec![plate(figure), format!("{} {shown}", scale(figure)), exclusions(figure), z_prime(figure), made]
}

fn short_digest(figure: &PlateFigure) -> String {
    let hex: String = figure.content.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.chars().take(DIGEST_DIGITS).collect()
}

fn plate(figure: &PlateFigure) -> String {
    let run = match &*figure.key.run {
        "" => "no run".to_owned(),
        run => format!("run {}", clean(run)),
    };
    let with_value = figure.values().count();
    format!(
        "Plate {}, {run}, {} wells: {} of {} read, {} with a value.",
        clean(&figure.key.barcode),
        count(usize::from(figure.format.wells())),
        count(figure.read as usize),
        count(figure.expected as usize),
        count(with_value)
    )
}

/// What was done to the values.
fn scale(figure: &PlateFigure) -> String {
    let counts = |role| {
        let counted = figure.wells.iter().filter(|well| well.role == Some(role) && !well.is_excluded);
        counted.filter(|well| well.finite().is_some()).count()
    };
    match figure.scale {
        Scale::Raw => format!("{}, raw: values as received.", clean(&figure.feature)),
        Scale::Percent => {
            let n = counted(counts(Role::Negative), "negative control", "negative controls");
            format!("{}, percent of control: 100 × value / mean of {n}.", clean(&figure.feature))
        }
        Scale::PercentActivity => {
            let n = counted(counts(Role::Negative), "negative control", "negative controls");
            let p = counted(counts(Role::Positive), "positive control", "positive controls");
            format!("{}, percent activity: 0 at the mean of {n}, 100 at that of {p}.", clean(&figure.feature))
        }
        Scale::Z => {
            let n = counted(counts(Role::Sample), "sample", "samples");
            format!("{}, z: (value \u{2212} mean) / standard deviation of {n}.", clean(&figure.feature))
        }
        Scale::Log2 => format!("{}, binary logarithm; values not above 0 have none.", clean(&figure.feature)),
        Scale::PlateMedian => {
            let n = counted(counts(Role::Sample), "sample", "samples");
            format!("{}, value / median of {n}.", clean(&figure.feature))
        }
        Scale::RobustZ => {
            let n = counted(counts(Role::Negative), "negative control", "negative controls");
            format!("{}, robust z: (value \u{2212} median) / MAD of {n}.", clean(&figure.feature))
        }
        Scale::BScore => {
            let n = counted(counts(Role::Sample), "sample", "samples");
            format!("{}, B-score: residuals of a median polish of {n}, over their MAD.", clean(&figure.feature))
        }
    }
}

/// The range of the colours, and what lies outside.
pub(crate) fn colours(figure: &PlateFigure, map: Map, range: Range) -> String {
    let (mut least, mut most, mut below, mut above) = (f64::INFINITY, f64::NEG_INFINITY, 0_usize, 0_usize);
    for value in figure.values() {
        (least, most) = (least.min(value), most.max(value));
        below += usize::from(value < range.low);
        above += usize::from(value > range.high);
    }
    if least > most {
        return "No well has a value.".to_owned();
    }
    if least == most {
        return format!("Every value is {}.", with_unit(figure, &value(least)));
    }
    let ends = with_unit(figure, &format!("{} to {}", value(range.low), value(range.high)));
    let how = if figure.is_signed() { "symmetric about 0, from the" } else { "the" };
    let reach = format!("Values reach from {} to {}", value(least), value(most));
    let clipped = match (below, above) {
        (0, 0) => format!("{reach}; none is clipped."),
        _ => {
            let wells = counted(below + above, "well has", "wells have");
            format!("{reach}: {wells} the end colours ({} below, {} above).", count(below), count(above))
        }
    };
    format!("Colours ({}) from {ends}, {how} 1st to 98.5th percentile. {clipped}", map.name())
}

/// A raw value with its unit behind a space that does not break.
pub(crate) fn with_unit(figure: &PlateFigure, number: &str) -> String {
    match (figure.scale, &figure.unit) {
        (Scale::Raw, Some(unit)) => format!("{number}\u{a0}{}", clean(unit)),
        (Scale::Percent | Scale::PercentActivity, _) => format!("{number}\u{a0}%"),
        _ => number.to_owned(),
    }
}

fn exclusions(figure: &PlateFigure) -> String {
    let excluded = names(figure.format, |at| figure.wells[at].is_excluded);
    match excluded.len() {
        0 => "No well is excluded.".to_owned(),
        n if n > NAMED_WELLS => format!("{} wells are excluded and count in no statistic.", count(n)),
        n => format!(
            "{} excluded and {} in no statistic: {}.",
            if n == 1 { "1 well is".to_owned() } else { format!("{n} wells are") },
            if n == 1 { "counts" } else { "count" },
            excluded.join(", ")
        ),
    }
}

fn names(format: Format, is_one: impl Fn(usize) -> bool) -> Vec<String> {
    let places = (0..usize::from(format.wells())).filter(|at| is_one(*at));
    places.filter_map(|at| Well::at_index(at, format)).map(|well| well.to_string()).collect()
}

fn z_prime(figure: &PlateFigure) -> String {
    let quality = &figure.quality;
    let (counts, pair) = (quality.counts, quality.pair);
    let mut of = format!("{} {}, {} {}", counts.positive, pair.positive, counts.negative, pair.negative);
    of += if counts.positive == 1 && counts.negative == 1 { " well" } else { " wells" };
    match (quality.is_log2, figure.scale) {
        (true, _) => of += ", binary logarithms of the raw values",
        (false, Scale::Raw) => {}
        (false, _) => of += ", raw values",
    }
    if !quality.has_card {
        of += "; no assay card applies";
    }
    match quality.z_prime {
        Ok(z) => format!("Z\u{2032} {} ({of}).", fixed(z, 2)),
        Err(why) => format!("Z\u{2032} n/a: {why} ({of})."),
    }
}
