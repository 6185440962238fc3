//! What rules ask of a headline feature on a plate, and how far that lies from the run's other plates.

use crate::artefacts::Line;
use crate::card::{Direction, Headline, Limits, Pair};
use crate::counted::CountedWells;
use crate::drift::Others;
use crate::quality::{Bench, Terms};
use crate::rules::FeatureFacts;
use crate::standing::PlateStanding;
use crate::statistics::{FirstTable, Groups, Statistic, Undefined, larger_ratio, mean_of, median_of};

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
/// Artefacts are judged once so many of four expected samples have a value.
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

/// What the samples of one headline feature measured: it stays the same while only controls come in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SampleMeasures {
    /// [`PlateStanding::samples_revision`] of when it was measured.
    revision: u64,
    minimum_n: u32,
    n: u32,
    /// Edge effect, its strength, the gradients over rows and columns, the worst row and column.
    artefacts: [Option<f64>; 6],
    median: Option<f64>,
}

impl SampleMeasures {
    fn of(
        plate: &PlateStanding,
        (column, headline): (usize, &Headline),
        wells: &CountedWells,
        minimum_n: u32,
        bench: &mut Bench,
    ) -> SampleMeasures {
        let number = |at: &u16| plate.number_at(column, usize::from(*at), headline);
        let samples: Vec<f64> = wells.sample().iter().filter_map(number).collect();
        let n = u32::try_from(samples.len()).unwrap_or(u32::MAX);
        let (revision, named) = (plate.samples_revision(), wells.sample().len() as u64);
        // Half a plate's ring says little.
        if u64::from(n) * 4 < named * u64::from(SAMPLES_OF_FOUR) {
            return SampleMeasures { revision, minimum_n, n, artefacts: [None; 6], median: None };
        }
        let values: Vec<Option<f64>> = (0..wells.format().wells()).map(|at| number(&at)).collect();
        let terms = Terms { minimum_n, replicates: 1, permutations: 0 };
        let found = bench.quality(&values, wells, terms).artefacts;
        let line = |found: Result<Line, Undefined>| found.map(|line| line.percent);
        let artefacts = [
            found.edge_effect_percent,
            found.edge_strength,
            found.row_gradient_percent,
            found.column_gradient_percent,
            line(found.worst_row),
            line(found.worst_column),
        ];
        let median = median_of(&samples).filter(|_| n >= minimum_n);
        SampleMeasures { revision, minimum_n, n, artefacts: artefacts.map(Statistic::ok), median }
    }
}

/// Distances from other plates, in the order of [`Measures::values`].
pub(crate) type Distances = [Option<f64>; MEASURES];

/// What the run's other plates measured, ready to hold a plate against: how many they are, and each measure's middle and
/// scatter where it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OtherPlates {
    pub(crate) n: usize,
    of: [Option<Others>; MEASURES],
}

impl OtherPlates {
    /// Nobody to compare with.
    pub(crate) const NONE: OtherPlates = OtherPlates { n: 0, of: [None; MEASURES] };

    /// Of the others' measures; `asked` says of which anybody wants to know.
    pub(crate) fn of<'a>(others: impl Iterator<Item = &'a Measures> + Clone, asked: &[bool; MEASURES]) -> OtherPlates {
        let mut of = [None; MEASURES];
        for (at, slot) in of.iter_mut().enumerate().filter(|(at, _)| asked[*at]) {
            *slot = Others::of(others.clone().filter_map(|other| comparable(at, &other.values))).ok();
        }
        OtherPlates { n: others.count(), of }
    }
}

/// A measure as it is compared: a line by its size, since which one it is, and on which side it lies, differs from plate to
/// plate.
fn comparable(at: usize, values: &[Option<f64>; MEASURES]) -> Option<f64> {
    values[at].map(|value| if is_line(at) { value.abs() } else { value })
}

impl Measures {
    /// Of a plate as it stands; `known` is what its samples measured last, which is measured anew where they changed.
    pub(crate) fn of(
        plate: &PlateStanding,
        (column, headline): (usize, &Headline),
        wells: &CountedWells,
        limits: &Limits,
        known: &mut Option<SampleMeasures>,
        bench: &mut Bench,
    ) -> Measures {
        let is_current =
            |of: &SampleMeasures| of.revision == plate.samples_revision() && of.minimum_n == limits.minimum_n;
        let samples = match known.filter(is_current) {
            Some(samples) => samples,
            None => *known.insert(SampleMeasures::of(plate, (column, headline), wells, limits.minimum_n, bench)),
        };
        let of = |places: &[u16]| -> Vec<f64> {
            places.iter().filter_map(|at| plate.number_at(column, usize::from(*at), headline)).collect()
        };
        let groups = Groups { positive: of(wells.positive()), negative: of(wells.negative()), ..Groups::default() };
        let table = FirstTable::of(&groups, limits.minimum_n, limits.replicates);
        let counts = (table.counts.positive, table.counts.negative, samples.n);
        let mean = |values: &[f64]| {
            let enough = values.len() as u64 >= u64::from(limits.minimum_n) && !values.is_empty();
            enough.then(|| mean_of(values))
        };
        let [edge_effect, edge_strength, row_gradient, column_gradient, worst_row, worst_column] = samples.artefacts;
        let values = [
            table.z_prime.ok(),
            table.robust_z_prime.ok(),
            table.ssmd.ok(),
            table.robust_ssmd.ok(),
            table.signal_to_background.and_then(larger_ratio).ok(),
            table.signal_to_background.ok(),
            table.cv_negative.ok(),
            table.cv_positive.ok(),
            edge_effect,
            edge_strength,
            row_gradient,
            column_gradient,
            worst_row,
            worst_column,
            mean(&groups.negative),
            mean(&groups.positive),
            samples.median,
        ];
        let values = values.map(|value| value.filter(|value| value.is_finite()));
        Measures { values, counts, is_complete: plate.is_complete() }
    }

    /// How far it lies from the same measures of other plates, in their MADs; `None` with fewer than five of them. A MAD is
    /// no less than a third of what `QC.md` alarms at by default: few plates that happen to agree make nobody an outlier.
    pub(crate) fn distances(&self, others: &OtherPlates) -> Distances {
        let mut distances = [None; MEASURES];
        for (at, slot) in distances.iter_mut().enumerate() {
            // A line of a plate that is being read has too few wells to be held against whole ones.
            let value = comparable(at, &self.values).filter(|_| self.is_complete || !is_line(at));
            let (Some(value), Some(others)) = (value, &others.of[at]) else { continue };
            *slot = others.distance(value, FLOORS[at]).ok().map(|found| found.mads);
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

/// Whether a measure is the worst row or column.
fn is_line(at: usize) -> bool {
    matches!(NAMES.get(at), Some(&("worst_row" | "worst_column")))
}

/// The place of a line of the QC card among the measures.
fn place_of(line: &str) -> Option<usize> {
    let name = match line {
        "row_line_percent" => "worst_row",
        "column_line_percent" => "worst_column",
        other => other.strip_suffix("_percent").unwrap_or(other),
    };
    NAMES.iter().position(|known| *known == name)
}

/// Whether a line of the QC card (`row_line_percent`) is held against other plates by its size alone: which row it is, and
/// on which side it lies, differs from plate to plate.
#[must_use]
pub fn is_compared_by_size(line: &str) -> bool {
    place_of(line).is_some_and(is_line)
}

/// The least MAD with which a line of the QC card is held against other plates, in the line's unit; 0 for one that has none.
#[must_use]
pub fn least_mad(line: &str) -> f64 {
    place_of(line).map_or(0.0, |at| FLOORS[at])
}

/// Which measures these rules hold against other plates, and whether they ask for any of it, if only for how many there are.
pub(crate) fn compared_by(rules: &crate::rules::Rules) -> ([bool; MEASURES], bool) {
    let asked = NAMES.map(|name| rules.asks_for(&format!("feature.{name}_mads")));
    (asked, asked.contains(&true) || rules.asks_for("feature.plates_compared"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_plates_that_happen_to_agree_make_nobody_an_outlier() {
        let theirs = [26.6, 26.5, 26.2, 26.7, 29.4];
        let from_others = |value, theirs: &[f64], floor| {
            let others = Others::of(theirs.iter().copied()).ok()?;
            others.distance(value, floor).ok().map(|found| found.mads)
        };
        assert!(from_others(33.0, &theirs, 0.0).unwrap() > 3.0);
        assert!(from_others(33.0, &theirs, 10.0 / 3.0).unwrap() < 3.0);
        assert!(from_others(43.0, &theirs, 10.0 / 3.0).unwrap() > 3.0, "10 % beyond the run's usual is");
        assert_eq!(from_others(33.0, &theirs[..4], 1.0), None, "four plates are no run");
        assert_eq!(from_others(33.0, &[1.0; 5], 0.0), None, "nothing scatters");
        assert_eq!(NAMES.iter().zip(FLOORS).filter(|(_, floor)| *floor > 0.0).count(), 6);
    }

    #[test]
    fn lines_of_the_card_are_known_by_their_measures() {
        let by_size = ["row_line_percent", "column_line_percent"];
        assert!(by_size.into_iter().all(is_compared_by_size));
        assert!(!["edge_effect_percent", "z_prime", "median_sample", "morans_i"].into_iter().any(is_compared_by_size));
        let floors = ["edge_effect_percent", "edge_strength", "row_gradient_percent", "row_line_percent", "z_prime"];
        assert_eq!(floors.map(least_mad), [20.0 / 3.0, 1.0 / 3.0, 20.0 / 3.0, 10.0 / 3.0, 0.0]);
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
        let others = OtherPlates::of(others.iter(), &[true; MEASURES]);
        let distances = with(-22.0).distances(&others);
        assert_eq!(distances[12], Some(0.0), "a row as bad as the others' worst");
        assert!(distances[8].unwrap() < 0.0, "an edge has a side");
        let partial = Measures { is_complete: false, ..with(-80.0) };
        assert_eq!(partial.distances(&others)[12], None, "a line is compared when it is whole");
        assert!(partial.distances(&others)[8].is_some());
    }
}
