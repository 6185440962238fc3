//! Tests of normalisations as a whole: reference sets, values without a place on the scale, warnings.

use super::*;
use crate::card::Pair;
use crate::format::Format;
use crate::layout::Role;

const PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// 24 wells: row A negatives, row B positives, the rest samples; D06 is excluded.
fn wells() -> CountedWells {
    let role = |i: usize| [Role::Negative, Role::Positive, Role::Sample, Role::Sample][i / 6];
    let roles: Vec<Role> = (0..24).map(role).collect();
    let excluded: Vec<bool> = (0..24).map(|i| i == 23).collect();
    CountedWells::new(Format::F24, &roles, &excluded, PAIR)
}

fn values() -> Vec<Option<f64>> {
    let mut values: Vec<Option<f64>> = (0..24).map(|i| Some(f64::from((i * i * 37 + i * 11) % 101 + 1))).collect();
    values[23] = Some(1e6);
    values
}

fn of(method: Method, against: Against, values: &[Option<f64>]) -> Normalised {
    normalised(method, &Options { against, ..Options::default() }, values, &wells()).unwrap()
}

#[test]
fn each_reference_set_has_its_own_centre_and_scatter() {
    for (against, range) in [(Against::Negatives, 0..6), (Against::Samples, 12..23), (Against::Plate, 0..23)] {
        let found = of(Method::Z, against, &values());
        let scores: Vec<f64> = found.values[range.clone()].iter().copied().flatten().collect();
        let n = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / n;
        let variance = scores.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() / (n - 1.0);
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12, "{against:?}: {mean}, {variance}");
        assert_eq!(found.reference_n as usize, range.len(), "{against:?}");
        let robust = of(Method::RobustZ, against, &values());
        let scores = || robust.values[range.clone()].iter().copied().flatten();
        let mut middle = Middle::default();
        assert!(middle.median(scores()).unwrap().abs() < 1e-12);
        assert!((middle.mad(scores(), 0.0).unwrap() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn an_excluded_well_is_scaled_and_moves_nobody() {
    let (with, without) = (values(), [&values()[..23], &[None]].concat());
    for method in Method::ALL {
        let (with, without) = (of(method, Against::Plate, &with), of(method, Against::Plate, &without));
        assert_eq!(with.values[..23], without.values[..23], "{method:?}");
        assert!(with.values[23].is_some() && without.values[23].is_none(), "{method:?}");
    }
}

#[test]
fn what_has_no_logarithm_is_missing_and_counted() {
    let values = [8.0, 1.0, 0.0, -2.0, 0.5, f64::INFINITY].map(Some);
    let found = of(Method::Log2, Against::Samples, &values);
    assert_eq!(found.values[..6], [Some(3.0), Some(0.0), None, None, Some(-1.0), None]);
    assert_eq!((found.not_above_zero, found.values.len()), (2, 24));
}

#[test]
fn what_leaves_64_bits_is_missing_and_counted() {
    let mut values = values();
    values[12] = Some(f64::MAX);
    let found = of(Method::PercentOfControl, Against::Samples, &values);
    assert_eq!((found.values[12], found.out_of_range), (None, 1));
}

#[test]
fn a_crowded_line_is_warned_of() {
    // Every column has two controls of four wells, or of three where one is excluded.
    let found = of(Method::BScore, Against::Samples, &values());
    assert_eq!(found.warning, Some(Crowded { rows: 0b11, columns: 0b11_1111 }));
    assert_eq!((found.reference_n, found.polish.unwrap().n), (11, 11));
    let samples = CountedWells::of_samples(Format::F24, &[true; 24]);
    assert_eq!(crowded(&samples, &[]), None);
    let hits: Vec<bool> = (0..24).map(|i| i == 0 || i == 6).collect();
    assert_eq!(crowded(&samples, &hits), Some(Crowded { rows: 0, columns: 1 }), "two of four are more than a quarter");
    assert_eq!(crowded(&samples, &hits[..6]), None, "one of four is a quarter");
}

#[test]
fn a_row_of_hits_is_warned_of() {
    let wells = CountedWells::of_samples(Format::F384, &[true; 384]);
    let values = |hits: usize| -> Vec<Option<f64>> {
        (0..384)
            .map(|i| {
                Some((((i as u64).wrapping_mul(2_654_435_761) >> 7) % 11) as f64 + if i < hits { 500.0 } else { 0.0 })
            })
            .collect()
    };
    let of = |hits| normalised(Method::BScore, &Options::default(), &values(hits), &wells).unwrap();
    assert_eq!(of(0).warning, None);
    assert!(of(7).values[..7].iter().all(|score| score.is_some_and(|score| score > 3.0)));
    assert_eq!(of(6).warning, None, "6 of 24 are a quarter");
    assert_eq!(of(7).warning, Some(Crowded { rows: 1, columns: 0 }));
}

#[test]
fn a_polish_that_may_not_sweep_is_the_values_themselves() {
    let options = Options { sweeps: 0, ..Options::default() };
    let wells = CountedWells::of_samples(Format::F24, &[true; 24]);
    let found = normalised(Method::BScore, &options, &values(), &wells).unwrap();
    let polish = found.polish.unwrap();
    assert_eq!((polish.sweeps, polish.converged), (0, false));
    assert!((found.values[5].unwrap() * polish.mad - values()[5].unwrap()).abs() < 1e-9);
}
