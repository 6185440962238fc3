//! One statistic of a plate by its name: a line of the QC card, another of `QC.md`, or the middle of a group of wells.

use plate::statistics::{mean_of, median_of};
use plate::{CountedWells, Pair, PlateQuality, Role, Statistic, Undefined, larger_ratio};

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    /// As people call it.
    pub(crate) label: &'static str,
    /// How it is defined, without a full stop.
    pub(crate) says: &'static str,
    /// Whether it is of controls; else of samples.
    pub(crate) is_of_controls: bool,
}

const fn of_controls(name: &'static str, label: &'static str, says: &'static str) -> Named {
    Named { name, label, says, is_of_controls: true }
}

const fn of_samples(name: &'static str, label: &'static str, says: &'static str) -> Named {
    Named { name, label, says, is_of_controls: false }
}

/// Statistics of a plate beside the middles of its groups.
pub(crate) const STATISTICS: [Named; 19] = [
    of_controls("z_prime", "Z\u{2032}", "1 \u{2212} 3 (SD + SD) / |mean \u{2212} mean| of its controls"),
    of_controls("robust_z_prime", "Robust Z\u{2032}", "Z\u{2032} of its controls with medians and MADs"),
    of_controls("z", "Z", "1 \u{2212} 3 (SD + SD) / |mean \u{2212} mean| of samples and negative controls"),
    of_controls("ssmd", "SSMD", "(mean \u{2212} mean) / \u{221a}(SD\u{b2} + SD\u{b2}) of its controls"),
    of_controls("robust_ssmd", "Robust SSMD", "SSMD of its controls with medians and MADs"),
    of_controls("signal_to_background", "S/B", "mean of the positive over mean of the negative controls"),
    of_controls("signal_ratio", "S/B", "the larger over the smaller of the means of its controls"),
    of_controls("signal_to_noise", "S/N", "(mean \u{2212} mean) of its controls / SD of the negative ones"),
    of_controls("signal_window", "Signal window", "what lies between its controls beyond 3 SD of each, over SD"),
    of_controls("cv_positive", "CV %", "100 SD / |mean| of its positive controls"),
    of_controls("cv_negative", "CV %", "100 SD / |mean| of its negative controls"),
    of_samples("cv_sample", "CV %", "100 SD / |mean| of its samples"),
    of_samples(
        "edge_effect_percent",
        "Edge effect %",
        "100 (median outer ring \u{2212} median inner) / |median inner| of its samples",
    ),
    of_samples(
        "edge_strength",
        "Edge strength",
        "(median outer ring \u{2212} median inner) / MAD inner of its samples",
    ),
    of_samples("row_gradient_percent", "Row gradient %", "the Theil-Sen slope of its row medians over its median"),
    of_samples(
        "column_gradient_percent",
        "Column gradient %",
        "the Theil-Sen slope of its column medians over its median",
    ),
    of_samples("morans_i", "Moran's I", "spatial autocorrelation of its samples over neighbours in rows and columns"),
    of_samples(
        "row_line_percent",
        "Worst row %",
        "the row mean of samples farthest from the plate's, in percent of it",
    ),
    of_samples(
        "column_line_percent",
        "Worst column %",
        "the column mean of samples farthest from the plate's, likewise",
    ),
];

/// The middles of groups of wells.
pub(crate) const MIDDLES: [&str; 3] = ["median_sample", "mean_negative", "mean_positive"];

/// A statistic by its name; `None` for one that nobody knows, or a middle.
pub(crate) fn named(name: &str) -> Option<Named> {
    STATISTICS.into_iter().find(|named| named.name == name)
}

/// Its value on a plate.
pub(crate) fn value(named: &Named, quality: &PlateQuality) -> Statistic {
    let artefacts = &quality.artefacts;
    match named.name {
        "signal_ratio" => quality.table.signal_to_background.and_then(larger_ratio),
        "row_line_percent" => artefacts.worst_row.map(|line| line.percent),
        "column_line_percent" => artefacts.worst_column.map(|line| line.percent),
        name => {
            // Every name of the list is one of these: a test holds it.
            let found = quality.named().into_iter().find(|(known, _)| *known == name);
            found.map_or(Err(Undefined::LeftOut), |(_, value)| value)
        }
    }
}

/// The middle of a group of wells by its name, and of how many wells; `None` for a name that is none of [`MIDDLES`].
pub(crate) fn middle(
    name: &str,
    values: &[Option<f64>],
    wells: &CountedWells,
    pair: Pair,
    minimum: u32,
) -> Option<(Statistic, u32)> {
    let (role, group, is_median) = match name {
        "median_sample" => (Role::Sample, wells.sample(), true),
        "mean_negative" => (pair.negative, wells.negative(), false),
        "mean_positive" => (pair.positive, wells.positive(), false),
        _ => return None,
    };
    let of_group: Vec<f64> = group.iter().filter_map(|at| values.get(usize::from(*at)).copied().flatten()).collect();
    let n = u32::try_from(of_group.len()).unwrap_or(u32::MAX);
    if n < minimum.max(1) {
        return Some((Err(Undefined::TooFew { role, n, minimum }), n));
    }
    let middle = if is_median { median_of(&of_group) } else { Some(mean_of(&of_group)) };
    Some((middle.filter(|middle| middle.is_finite()).ok_or(Undefined::OutOfRange), n))
}

#[cfg(test)]
mod tests {
    use plate::quality::Terms;
    use plate::{Format, Well};

    use super::*;

    #[test]
    fn every_statistic_of_the_list_has_a_value_on_a_plate_that_has_all() {
        let role = |well: Well| match well.column() {
            0 => Role::Negative,
            11 => Role::Positive,
            _ => Role::Sample,
        };
        let roles: Vec<Role> = Well::all_of(Format::F96).map(role).collect();
        let pair = Pair { positive: Role::Positive, negative: Role::Negative };
        let wells = CountedWells::new(Format::F96, &roles, &[], pair);
        let values: Vec<Option<f64>> = (0..96).map(|at| Some(f64::from((at * at * 7 + at) % 53 + 10))).collect();
        let quality = PlateQuality::of(&values, &wells, Terms { permutations: 9, ..Terms::default() });
        for named in STATISTICS {
            assert!(value(&named, &quality).is_ok_and(f64::is_finite), "{}", named.name);
        }
        let (mean, n) = middle("mean_negative", &values, &wells, pair, 3).unwrap();
        let by_hand = (0..8).map(|row| values[row * 12].unwrap()).sum::<f64>() / 8.0;
        assert_eq!((mean, n), (Ok(by_hand), 8));
        let too_few = middle("mean_positive", &values, &wells, pair, 9).unwrap();
        assert_eq!(too_few.0, Err(Undefined::TooFew { role: Role::Positive, n: 8, minimum: 9 }));
        assert!(middle("z_prime", &values, &wells, pair, 3).is_none() && named("median_sample").is_none());
        assert!(MIDDLES.iter().all(|name| middle(name, &values, &wells, pair, 3).is_some()));
    }
}
