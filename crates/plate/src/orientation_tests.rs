//! Orientation on plates made by hand; the 107 LINCS plates stand in `tests/lincs_orientation.rs`.

use proptest::prelude::*;

use super::*;

const PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// A 96-well plate: roles by column (1-based) and row, and values with a little scatter around each role's centre.
fn made(role: impl Fn(usize, usize) -> Role, centre: impl Fn(Role) -> f64) -> (Vec<Option<f64>>, Vec<Role>) {
    let roles: Vec<Role> = (0..96).map(|at| role(at / 12, at % 12 + 1)).collect();
    let values = roles.iter().enumerate().map(|(at, role)| Some(centre(*role) + (at * 37 % 11) as f64)).collect();
    (values, roles)
}

/// Positives in column 2, negatives in column 5: turning puts both on samples.
fn plain() -> (Vec<Option<f64>>, Vec<Role>) {
    let role = |_, column| match column {
        2 => Role::Positive,
        5 => Role::Negative,
        _ => Role::Sample,
    };
    made(role, |role| if role == Role::Positive { 20.0 } else { 200.0 })
}

fn laid_out<'a>(values: &'a [Option<f64>], roles: &'a [Role]) -> LaidOut<'a> {
    LaidOut { values, roles, format: Format::F96, pair: PAIR, direction: Some(Direction::Down) }
}

fn turned(values: &[Option<f64>]) -> Vec<Option<f64>> {
    values.iter().rev().copied().collect()
}

#[test]
fn a_plate_as_it_should_be_raises_nothing() {
    let (values, roles) = plain();
    let plate = laid_out(&values, &roles);
    assert_eq!((swapped(&plate), rotated(&plate)), (Ok(None), Ok(None)));
    let blind = LaidOut { direction: None, ..plate };
    assert_eq!((swapped(&blind), rotated(&blind)), (Err(CannotTell::NoDirection), Ok(None)));
}

#[test]
fn a_turned_plate_is_found_with_its_numbers() {
    let (values, roles) = plain();
    let values = turned(&values);
    for direction in [Some(Direction::Down), None] {
        let found = rotated(&LaidOut { direction, ..laid_out(&values, &roles) }).unwrap().unwrap();
        assert!(found.as_turned.ssmd.unwrap() < -20.0 && found.as_laid_out.ssmd.unwrap().abs() < 1.0, "{found:?}");
        assert!(found.as_turned.z_prime.unwrap() > 0.8 && found.as_laid_out.z_prime.unwrap() < 0.0, "{found:?}");
        assert_eq!((found.as_turned.positive, found.as_turned.negative, found.or_swapped), (8, 8, false));
        assert!(found.p <= CHANCE);
    }
    assert_eq!(swapped(&laid_out(&values, &roles)), Ok(None));
}

#[test]
fn exchanged_controls_are_found_with_their_numbers() {
    let (values, mut roles) = plain();
    for role in &mut roles {
        *role = match *role {
            Role::Positive => Role::Negative,
            Role::Negative => Role::Positive,
            other => other,
        };
    }
    let plate = laid_out(&values, &roles);
    let found = swapped(&plate).unwrap().unwrap();
    assert!(found.as_laid_out.ssmd.unwrap() > 20.0, "{found:?}");
    assert_eq!(found.as_swapped.ssmd, found.as_laid_out.ssmd.map(|ssmd| -ssmd));
    assert_eq!(rotated(&plate), Ok(None), "no control stands where a turned plate would have it");
}

#[test]
fn a_layout_whose_turning_exchanges_the_controls_says_both() {
    let role = |_, column| match column {
        1 => Role::Positive,
        12 => Role::Negative,
        _ => Role::Sample,
    };
    let (values, roles) = made(role, |role| if role == Role::Positive { 20.0 } else { 200.0 });
    let values = turned(&values);
    let plate = laid_out(&values, &roles);
    assert!(swapped(&plate).unwrap().is_some());
    assert!(rotated(&plate).unwrap().unwrap().or_swapped);
    assert_eq!(rotated(&LaidOut { direction: None, ..plate }), Ok(None), "nobody can know without a direction");
}

#[test]
fn what_cannot_be_told_says_why() {
    let role = |row, column| match (row, column) {
        (0..4, 1) | (4.., 12) => Role::Positive,
        (0..4, 12) | (4.., 1) => Role::Negative,
        _ => Role::Sample,
    };
    let (values, roles) = made(role, |_| 100.0);
    let symmetric = rotated(&laid_out(&values, &roles)).unwrap_err();
    assert_eq!(symmetric, CannotTell::Symmetric { moving: 0, minimum: 4 });
    assert_eq!(symmetric.to_string(), "the layout looks the same when it is turned: 0 of at least 4 controls move");
    let (mut values, roles) = plain();
    for row in 0..5 {
        values[row * 12 + 1] = None;
    }
    let few = CannotTell::TooFew { role: Role::Positive, n: 3, minimum: 4 };
    assert_eq!(swapped(&laid_out(&values, &roles)), Err(few));
    assert_eq!(rotated(&laid_out(&turned(&values), &roles)), Err(few), "as turned they are too few");
    let other = CannotTell::OtherFormat { given: 96, format: Format::F384 };
    assert_eq!(rotated(&LaidOut { format: Format::F384, ..laid_out(&values, &roles) }), Err(other));
    let huge: Vec<Option<f64>> = (0..96).map(|at| Some(if (at / 12) % 2 == 0 { f64::MAX } else { f64::MIN })).collect();
    assert!(matches!(swapped(&laid_out(&huge, &roles)), Err(CannotTell::Undefined(_))));
}

#[test]
fn controls_without_any_scatter_are_told_apart_too() {
    let (values, roles) = plain();
    let digital: Vec<Option<f64>> =
        values.iter().map(|value| value.map(|value| f64::from(u8::from(value > 100.0)))).collect();
    assert_eq!(swapped(&laid_out(&digital, &roles)), Ok(None));
    let found = rotated(&laid_out(&turned(&digital), &roles)).unwrap().unwrap();
    assert_eq!((found.as_turned.z_prime, found.as_turned.ssmd), (Ok(1.0), Err(Undefined::NoScatterAtAll)));
    let flat = vec![Some(5.0); 96];
    assert_eq!(rotated(&laid_out(&flat, &roles)), Ok(None));
}

/// Where every tenth well of the plate is as far off as a positive, four wells a side meet them by chance: no finding.
#[test]
fn what_chance_does_is_not_a_finding() {
    let role = |row, column| match (row, column) {
        (0..4, 2) => Role::Positive,
        (4.., 2) => Role::Negative,
        _ => Role::Sample,
    };
    let (_, roles) = made(role, |_| 0.0);
    let mut alarms = 0;
    for seed in 0..2_000 {
        let mut generator = SplitMix64::new(seed);
        let values: Vec<Option<f64>> = (0..96)
            .map(|_| Some(f64::from(generator.below(100)) / 10.0 + if generator.below(10) == 0 { 0.0 } else { 100.0 }))
            .collect();
        alarms += u32::from(rotated(&laid_out(&values, &roles)).unwrap().is_some());
    }
    assert!(alarms <= 10, "{alarms} of 2,000 plates whose controls are samples like any other");
}

proptest! {
    #[test]
    fn never_both_ways(values in prop::collection::vec(prop::option::of(-5.0..5.0), 96), effect in -200.0..200.0) {
        let (_, roles) = plain();
        let values: Vec<Option<f64>> = values.iter().zip(&roles)
            .map(|(value, role)| value.map(|value| if *role == Role::Positive { value + effect } else { value }))
            .collect();
        let back = turned(&values);
        let one = rotated(&laid_out(&values, &roles)).is_ok_and(|found| found.is_some());
        let other = rotated(&laid_out(&back, &roles)).is_ok_and(|found| found.is_some());
        prop_assert!(!(one && other), "a plate and the same plate turned are not both turned");
    }
}
