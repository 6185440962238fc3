//! The interval of Z' against the same bootstrap in numpy, another generator's, and its own edges.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// Cell counts of SQ00014816 (LINCS, CC0; `tests/fixtures/lincs`): MG-132 and DMSO, in well order.
const POSITIVE: [f64; 12] = [56., 66., 54., 85., 49., 46., 69., 50., 62., 52., 80., 92.];
const NEGATIVE: [f64; 24] = [
    2277., 2501., 2695., 2667., 2966., 2725., 2412., 2525., 2925., 2771., 2943., 3007., 2893., 3152., 2867., 3155.,
    2826., 2734., 3045., 3134., 2509., 3017., 2974., 2969.,
];

/// Ends and undefined draws by a script apart: SplitMix64 in Python's integers, mean and `std(ddof=1)` of each draw
/// in two passes, `numpy.quantile`. Two hundred thousand draws of numpy's own generator give 0.6607 and 0.7999.
#[test]
fn the_ends_are_those_of_numpy() {
    let found = z_prime_interval(&POSITIVE, &NEGATIVE).unwrap();
    assert!((found.low - 0.662_095_460_014_214_3).abs() < 1e-9, "{found:?}");
    assert!((found.high - 0.799_446_664_937_006_8).abs() < 1e-9, "{found:?}");
    assert_eq!((found.undefined, found.positive, found.negative), (0, 12, 24));
    let other_draws = (0.6607, 0.7999);
    assert!((found.low - other_draws.0).abs() < 0.01 && (found.high - other_draws.1).abs() < 0.01);
}

#[test]
fn undefined_draws_are_counted_and_left_out() {
    let found = z_prime_interval(&[1., 1., 1., 2.], &[1., 1., 1., 1.]).unwrap();
    assert_eq!((found.low, found.high, found.undefined), (-5.0, -1.0, 317));
    let found = z_prime_interval(&[1., 1., 1., 3., 4.], &[1., 1., 1., 2.]).unwrap();
    assert_eq!(found.undefined, 28);
    assert!((found.low + 43.153_323_805_686_22).abs() < 1e-9 && (found.high + 0.825_741_858_350_553_8).abs() < 1e-9);
    assert_eq!(z_prime_interval(&[0.1; 7], &[0.1; 5]), Err(NoInterval::Undefined { undefined: 1_000 }));
}

#[test]
fn what_has_no_interval_says_why() {
    let few = z_prime_interval(&POSITIVE[..3], &NEGATIVE);
    assert_eq!(few, Err(NoInterval::TooFew { role: Role::Positive, n: 3, minimum: 4 }));
    assert_eq!(few.unwrap_err().to_string(), "3 of at least 4 positive wells have a value");
    let few = z_prime_interval(&POSITIVE, &[]);
    assert_eq!(few, Err(NoInterval::TooFew { role: Role::Negative, n: 0, minimum: 4 }));
    assert_eq!(z_prime_interval(&[f64::MAX, 0.0, 1.0, f64::MIN], &NEGATIVE), Err(NoInterval::OutOfRange));
    assert_eq!(z_prime_interval(&[f64::NAN; 4], &NEGATIVE), Err(NoInterval::OutOfRange));
    let perfect = z_prime_interval(&[0.1; 4], &[0.7; 4]).unwrap();
    assert_eq!((perfect.low, perfect.high), (1.0, 1.0), "groups without scatter have a Z' of 1 in every draw");
}

/// 64 controls a side. The limit leaves room for a build without optimisation on a busy machine; the figure is
/// printed.
#[test]
fn quick_enough_to_be_shown_live() {
    let wells = |centre: f64| -> Vec<f64> { (0..64).map(|at| centre + f64::from(at * 37 % 64)).collect() };
    let (positive, negative) = (wells(100.0), wells(1_000.0));
    let best = (0..20).map(|_| {
        let start = Instant::now();
        assert!(z_prime_interval(&positive, &negative).is_ok());
        start.elapsed()
    });
    let best = best.min().unwrap();
    println!("an interval of 64 + 64 controls: {best:?}");
    assert!(best.as_millis() < 20, "{best:?}");
}

proptest! {
    #[test]
    fn blind_to_shift_and_scale_and_in_order(
        p in prop::collection::vec(-1e3..1e3, 4..20),
        n in prop::collection::vec(-1e3..1e3, 4..20),
        scale in 0.1..10.0,
        shift in -1e3..1e3,
    ) {
        let moved = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value * scale + shift).collect() };
        let one = z_prime_interval(&p, &n).unwrap();
        let other = z_prime_interval(&moved(&p), &moved(&n)).unwrap();
        prop_assert!(one.low <= one.high && one.high <= 1.0);
        prop_assert!((one.high - other.high).abs() < 1e-6 * one.high.abs().max(1.0));
        prop_assert_eq!(z_prime_interval(&p, &n), Ok(one), "the same wells have the same interval");
    }
}
