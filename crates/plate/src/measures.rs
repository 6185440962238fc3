//! What rules ask of a headline feature on a plate, and how far that lies from the run's other plates.

use crate::artefacts::Line;
use crate::card::{Direction, Headline, Limits, Pair};
use crate::drift::distance_by;
use crate::quality::{PlateQuality, Terms};
use crate::rules::FeatureFacts;
use crate::standing::PlateStanding;
use crate::statistics::{Statistic, Undefined, larger_ratio, median_of};
use crate::well::Well;

/// Every measure, in the order of [`Measures::values`].
const NAMES: [&str; 17] = [
    "z_prime",
    "robust_z_prime",
    "ssmd",
    "robust_ssmd",
    "signal_ratio",
    "signal_to_background",
    "cv_negative",
    "cv_positive",
    "edge_effect",
    "edge_strength",
    "row_gradient",
    "column_gradient",
    "worst_row",
    "worst_column",
    "mean_negative",
    "mean_positive",
    "median_sample",
];
/// How many there are.
pub(crate) const MEASURES: usize = NAMES.len();
/// Artefacts are judged once so many of four expected samples have a value: half a plate's ring says little.
const SAMPLES_OF_FOUR: u32 = 3;

/// The measures of one headline feature and pair of roles on one plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measures {
    /// `None` where it is undefined, or where too few samples are in for an artefact.
    pub(crate) values: [Option<f64>; MEASURES],
    /// Positives, negatives and samples with a value.
    pub(crate) counts: (u32, u32, u32),
    /// Every expected well had a result.
    pub(crate) is_complete: bool,
}

/// Distances from other plates, in the order of [`Measures::values`].
pub(crate) type Distances = [Option<f64>; MEASURES];

impl Measures {
    /// Of a plate as it stands; `None` while its format is not known.
    pub(crate) fn of(
        plate: &PlateStanding,
        column: usize,
        headline: &Headline,
        pair: Pair,
        limits: &Limits,
    ) -> Option<Measures> {
        let wells = plate.counted_wells(pair)?;
        let value = |well: Well| headline.transform.apply(plate.value(column, well, headline.aggregate)?);
        let values: Vec<Option<f64>> =
            Well::all_of(wells.format()).map(|well| value(well).filter(|number| number.is_finite())).collect();
        let terms = Terms { minimum_n: limits.minimum_n, replicates: limits.replicates, permutations: 0 };
        let PlateQuality { table, artefacts } = PlateQuality::of(&values, &wells, terms);
        let of = |places: &[u16]| -> Vec<f64> {
            places.iter().filter_map(|at| values.get(usize::from(*at)).copied().flatten()).collect()
        };
        let mean = |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let counts = (table.counts.positive, table.counts.negative, table.counts.sample);
        let samples = u32::try_from(wells.sample().len()).unwrap_or(u32::MAX);
        let is_seen = u64::from(counts.2) * 4 >= u64::from(samples) * u64::from(SAMPLES_OF_FOUR);
        let artefact = |found: Statistic| found.ok().filter(|_| is_seen);
        let line = |found: Result<Line, Undefined>| artefact(found.map(|line| line.percent));
        let enough = |n: u32, middle: Option<f64>| middle.filter(|middle| n >= limits.minimum_n && middle.is_finite());
        let values = [
            table.z_prime.ok(),
            table.robust_z_prime.ok(),
            table.ssmd.ok(),
            table.robust_ssmd.ok(),
            table.signal_to_background.and_then(larger_ratio).ok(),
            table.signal_to_background.ok(),
            table.cv_negative.ok(),
            table.cv_positive.ok(),
            artefact(artefacts.edge_effect_percent),
            artefact(artefacts.edge_strength),
            artefact(artefacts.row_gradient_percent),
            artefact(artefacts.column_gradient_percent),
            line(artefacts.worst_row),
            line(artefacts.worst_column),
            enough(counts.1, mean(&of(wells.negative()))),
            enough(counts.0, mean(&of(wells.positive()))),
            enough(counts.2, median_of(&of(wells.sample()))).filter(|_| is_seen),
        ];
        let values = values.map(|value| value.filter(|value| value.is_finite()));
        Some(Measures { values, counts, is_complete: plate.is_complete() })
    }

    /// How far it lies from the same measures of other plates, in their MADs; `None` with fewer than five of them. A MAD is
    /// no less than a third of what `QC.md` alarms at by default: few plates that happen to agree make nobody an outlier.
    pub(crate) fn distances<'a>(&self, others: impl Iterator<Item = &'a Measures> + Clone) -> Distances {
        let mut distances = [None; MEASURES];
        for (at, slot) in distances.iter_mut().enumerate() {
            let of = |values: &[Option<f64>; MEASURES]| {
                values[at].map(|value| if is_line(at) { value.abs() } else { value })
            };
            // A line of a plate that is being read has too few wells to be held against whole ones.
            let Some(value) = of(&self.values).filter(|_| self.is_complete || !is_line(at)) else { continue };
            let theirs: Vec<f64> = others.clone().filter_map(|other| of(&other.values)).collect();
            *slot = distance_by(value, &theirs, FLOORS[at]).ok().map(|found| found.mads);
        }
        distances
    }

    /// As rules read it.
    pub(crate) fn facts<'a>(
        &self,
        headline: &'a Headline,
        pair: Pair,
        mads: &Distances,
        compared: usize,
    ) -> FeatureFacts<'a> {
        let [
            z_prime,
            robust_z_prime,
            ssmd,
            robust_ssmd,
            signal_ratio,
            signal_to_background,
            cv_negative,
            cv_positive,
            edge_effect_percent,
            edge_strength,
            row_gradient_percent,
            column_gradient_percent,
            worst_row_percent,
            worst_column_percent,
            mean_negative,
            mean_positive,
            median_sample,
        ] = self.values;
        FeatureFacts {
            name: Some(&headline.feature),
            unit: headline.unit.as_deref(),
            direction: headline.direction.map(Direction::as_str),
            positive_role: Some(pair.positive.as_str()),
            negative_role: Some(pair.negative.as_str()),
            n_positive: Some(self.counts.0.into()),
            n_negative: Some(self.counts.1.into()),
            n_sample: Some(self.counts.2.into()),
            z_prime,
            robust_z_prime,
            ssmd,
            robust_ssmd,
            signal_ratio,
            signal_to_background,
            cv_negative,
            cv_positive,
            edge_effect_percent,
            edge_strength,
            row_gradient_percent,
            column_gradient_percent,
            worst_row_percent,
            worst_column_percent,
            mean_negative,
            mean_positive,
            median_sample,
            plates_compared: Some(compared as f64),
            z_prime_mads: mads[0],
            robust_z_prime_mads: mads[1],
            ssmd_mads: mads[2],
            robust_ssmd_mads: mads[3],
            signal_ratio_mads: mads[4],
            signal_to_background_mads: mads[5],
            cv_negative_mads: mads[6],
            cv_positive_mads: mads[7],
            edge_effect_mads: mads[8],
            edge_strength_mads: mads[9],
            row_gradient_mads: mads[10],
            column_gradient_mads: mads[11],
            worst_row_mads: mads[12],
            worst_column_mads: mads[13],
            mean_negative_mads: mads[14],
            mean_positive_mads: mads[15],
            median_sample_mads: mads[16],
        }
    }
}

/// The least MAD of each measure: a third of the default alarm of `QC.md`, 0 where it has none.
const FLOORS: [f64; MEASURES] = [
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    20.0 / 3.0,
    1.0 / 3.0,
    20.0 / 3.0,
    20.0 / 3.0,
    10.0 / 3.0,
    10.0 / 3.0,
    0.0,
    0.0,
    0.0,
];

/// The worst row or column: which one it is, and on which side it lies, differs from plate to plate, so that its size is
/// what is compared.
fn is_line(at: usize) -> bool {
    matches!(NAMES.get(at), Some(&("worst_row" | "worst_column")))
}

/// Whether any of these rules compares a plate with others.
pub(crate) fn compares_plates(rules: &crate::rules::Rules) -> bool {
    let asks = |name: &str| rules.asks_for(&format!("feature.{name}_mads"));
    NAMES.into_iter().any(asks) || rules.asks_for("feature.plates_compared")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_plates_that_happen_to_agree_make_nobody_an_outlier() {
        let theirs = [26.6, 26.5, 26.2, 26.7, 29.4];
        let from_others = |value, theirs: &[f64], floor| distance_by(value, theirs, floor).ok().map(|found| found.mads);
        assert!(from_others(33.0, &theirs, 0.0).unwrap() > 3.0);
        assert!(from_others(33.0, &theirs, 10.0 / 3.0).unwrap() < 3.0);
        assert!(from_others(43.0, &theirs, 10.0 / 3.0).unwrap() > 3.0, "10 % beyond the run's usual is");
        assert_eq!(from_others(33.0, &theirs[..4], 1.0), None, "four plates are no run");
        assert_eq!(from_others(33.0, &[1.0; 5], 0.0), None, "nothing scatters");
        assert_eq!(NAMES.iter().zip(FLOORS).filter(|(_, floor)| *floor > 0.0).count(), 6);
    }

    #[test]
    fn a_line_is_compared_by_its_size() {
        let nothing = Measures { values: [None; MEASURES], counts: (0, 0, 0), is_complete: true };
        let with = |percent: f64| {
            let mut measures = nothing;
            measures.values[12] = Some(percent);
            measures.values[8] = Some(percent);
            measures
        };
        let others = [-20.0, 21.0, -22.0, 23.0, -24.0].map(with);
        let distances = with(-22.0).distances(others.iter());
        assert_eq!(distances[12], Some(0.0), "a row as bad as the others' worst");
        assert!(distances[8].unwrap() < 0.0, "an edge has a side");
        let partial = Measures { is_complete: false, ..with(-80.0) };
        assert_eq!(partial.distances(others.iter())[12], None, "a line is compared when it is whole");
        assert!(partial.distances(others.iter())[8].is_some());
    }
}
