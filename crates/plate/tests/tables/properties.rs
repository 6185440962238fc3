//! What must hold of any plate: shift, scale, transposition, order, bad values, and batches.

use plate::normalise::{Fit, Method, Options, b_scores_of_all, normalised};
use plate::quality::{Terms, quality_of_all};
use plate::{CountedWells, Format, PlateQuality, Role, Statistic};
use proptest::prelude::*;

use crate::examples::PAIR;

/// Values and roles of a 48-well plate: mostly samples, some controls, some wells missing.
fn plate() -> impl Strategy<Value = (Vec<f64>, Vec<Role>)> {
    let value = prop_oneof![9 => 10.0..1000.0, 1 => Just(f64::NAN)];
    let role = prop_oneof![7 => Just(Role::Sample), 1 => Just(Role::Positive), 1 => Just(Role::Negative), 1 => Just(Role::Empty)];
    (prop::collection::vec(value, 48), prop::collection::vec(role, 48))
}

/// Anything a machine may send.
fn hostile() -> impl Strategy<Value = Vec<f64>> {
    let some = prop_oneof![prop::num::f64::ANY, Just(5.0), Just(0.0), Just(f64::MAX), Just(f64::NAN)];
    prop_oneof![prop::collection::vec(some, 48), Just(vec![0.1; 48]), Just(vec![f64::NAN; 48])]
}

fn counted(roles: &[Role]) -> CountedWells {
    CountedWells::new(Format::F48, roles, &[], PAIR)
}

const QUICK: Terms = Terms { minimum_n: 3, replicates: 1, permutations: 19 };

fn of(values: &[f64], wells: &CountedWells) -> PlateQuality {
    let values: Vec<Option<f64>> = values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect();
    PlateQuality::of(&values, wells, QUICK)
}

/// Equal but for rounding, or undefined both.
fn near(a: Statistic, b: Statistic) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-7 * (1.0 + a.abs()),
        (a, b) => a.is_err() && b.is_err(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_scale_changes_no_percentage_and_a_shift_no_autocorrelation((values, roles) in plate(), factor in 0.01..100.0, shift in -500.0..500.0) {
        let wells = counted(&roles);
        let plain = of(&values, &wells);
        let scaled = of(&values.iter().map(|value| value * factor).collect::<Vec<_>>(), &wells);
        for ((name, a), (_, b)) in plain.named().into_iter().zip(scaled.named()) {
            prop_assert!(near(a, b), "{name}: {a:?}, scaled {b:?}");
        }
        let shifted = of(&values.iter().map(|value| value + shift).collect::<Vec<_>>(), &wells).artefacts;
        prop_assert!(near(plain.artefacts.edge_strength, shifted.edge_strength));
        prop_assert_eq!(plain.artefacts.morans_i.map(|m| m.p), shifted.morans_i.map(|m| m.p));
        let i = |of: &plate::Artefacts| of.morans_i.map(|m| m.i);
        prop_assert!(near(i(&plain.artefacts), i(&shifted)));
    }

    /// B-scores know neither shift nor scale.
    #[test]
    fn b_scores_know_neither_shift_nor_scale((values, roles) in plate(), factor in 0.5..2.0) {
        let wells = counted(&roles);
        let options = Options { epsilon: 0.0, sweeps: 5, ..Options::default() };
        let moved: Vec<f64> = values.iter().map(|value| value * factor + 50.0).collect();
        let (a, b) = (b_scores_of_all(&values, &wells, &options, 1), b_scores_of_all(&moved, &wells, &options, 1));
        if let (Ok(_), Ok(unit)) = (a.polishes[0], b.polishes[0]) {
            for (a, b) in a.scores.iter().zip(&b.scores) {
                prop_assert!(a.is_nan() == b.is_nan());
                prop_assert!(a.is_nan() || (a - b).abs() <= 1e-6 * (1.0 + a.abs()) || unit.mad < 1e-6, "{a} {b}");
            }
        }
    }

    /// Wells of one group change places: the first table has the same groups, the edge the same rings.
    #[test]
    fn the_order_within_a_group_does_not_show((values, roles) in plate()) {
        let wells = counted(&roles);
        let mut moved = values.clone();
        for group in [wells.positive(), wells.negative(), wells.outer(), wells.inner()] {
            for (to, from) in group.iter().zip(group.iter().rev()) {
                moved[usize::from(*to)] = values[usize::from(*from)];
            }
        }
        let (plain, moved) = (of(&values, &wells), of(&moved, &wells));
        prop_assert_eq!(plain.artefacts.edge_effect_percent, moved.artefacts.edge_effect_percent);
        prop_assert_eq!(plain.artefacts.edge_strength, moved.artefacts.edge_strength);
        for ((name, a), (_, b)) in plain.table.named().into_iter().zip(moved.table.named()) {
            prop_assert!(near(a, b), "{name}: {a:?}, moved {b:?}");
        }
    }

    #[test]
    fn never_nan_never_infinite(values in hostile(), (_, roles) in plate()) {
        let wells = counted(&roles);
        let given: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        for (name, statistic) in PlateQuality::of(&given, &wells, QUICK).named() {
            prop_assert!(statistic.map_or(true, f64::is_finite), "{name} = {statistic:?}");
        }
        for method in Method::ALL {
            for fit in Fit::ALL {
                if let Ok(found) = normalised(method, &Options { fit, ..Options::default() }, &given, &wells) {
                    prop_assert_eq!(found.values.len(), 48);
                    prop_assert!(found.values.iter().flatten().all(|value| value.is_finite()), "{method:?}: {found:?}");
                }
            }
        }
    }

    /// Features of several patterns, twenty of the same among them, alone and together on one, two and three threads.
    #[test]
    fn a_batch_has_the_bits_of_each_alone((values, roles) in plate(), other in hostile()) {
        let wells = counted(&roles);
        let mut all: Vec<f64> = (0..20).flat_map(|k| values.iter().map(move |value| value * f64::from(k + 1) + value.sqrt())).collect();
        all.extend(&other);
        all.extend(values.iter().rev());
        let alone: Vec<PlateQuality> = all.chunks(48).map(|one| of(one, &wells)).collect();
        for threads in 1..=3 {
            prop_assert_eq!(&quality_of_all(&all, &wells, QUICK, threads), &alone);
        }
        let scores = |values: &[f64], threads| b_scores_of_all(values, &wells, &Options::default(), threads);
        let together = scores(&all, 2);
        for (at, one) in all.chunks(48).enumerate() {
            let alone = scores(one, 1);
            prop_assert_eq!(alone.polishes[0], together.polishes[at]);
            let bits = |scores: &[f64]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&alone.scores), bits(&together.scores[at * 48..(at + 1) * 48]));
        }
    }
}

/// No format is another's transpose; a square of samples on a plate is its own: rows and columns change places.
#[test]
fn a_square_on_its_side_swaps_rows_and_columns() {
    let value =
        |row: usize, column: usize| 50.0 + (row * 3) as f64 + ((row * 7 + column * 13) % 5) as f64 - column as f64;
    let square = |of: fn(usize, usize) -> (usize, usize)| -> Vec<f64> {
        let at = |i: usize| of(i / 24, i % 24);
        (0..384).map(|i| if i % 24 < 16 { value(at(i).0, at(i).1) } else { f64::NAN }).collect()
    };
    let wells = CountedWells::of_samples(Format::F384, &[true; 384]);
    let (upright, aside) = (square(|r, c| (r, c)), square(|r, c| (c, r)));
    let (a, b) = (of(&upright, &wells).artefacts, of(&aside, &wells).artefacts);
    // A plate of 384 has 15 steps of rows and 23 of columns.
    let per_step = |percent: Statistic, steps: f64| percent.unwrap() / steps;
    assert!((per_step(a.row_gradient_percent, 15.0) - per_step(b.column_gradient_percent, 23.0)).abs() < 1e-12);
    assert!((per_step(a.column_gradient_percent, 23.0) - per_step(b.row_gradient_percent, 15.0)).abs() < 1e-12);
    assert!(a.row_gradient_percent.unwrap() > 0.0 && a.column_gradient_percent.unwrap() < 0.0);
    assert!((a.morans_i.unwrap().i - b.morans_i.unwrap().i).abs() < 1e-12);
    let (row, column) = (a.worst_row.unwrap(), b.worst_column.unwrap());
    assert_eq!((row.line, row.n), (column.line, column.n));
    assert!((row.percent - column.percent).abs() < 1e-12);
}
