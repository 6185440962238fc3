//! Statistics against figures worked by hand, and what may not change them.

use proptest::prelude::*;

use crate::layout::Role;
use crate::statistics::*;

fn table(positive: &[f64], negative: &[f64], sample: &[f64]) -> FirstTable {
    let groups =
        Groups { positive: positive.to_vec(), negative: negative.to_vec(), sample: sample.to_vec(), excluded: 0 };
    FirstTable::of(&groups, 3, 1)
}

#[test]
fn a_table_worked_by_hand() {
    // Positives 1, 2, 3 (mean 2, sd 1, median 2, MAD 1.4826); negatives 10, 12, 14 (mean 12, sd 2, MAD 2.9652).
    let t = table(&[1.0, 2.0, 3.0], &[10.0, 12.0, 14.0], &[4.0, 6.0, 8.0]);
    assert_eq!(t.z_prime, Ok(1.0 - 3.0 * 3.0 / 10.0));
    assert_eq!(t.robust_z_prime, Ok(1.0 - 3.0 * (1.4826 + 2.9652) / 10.0));
    assert_eq!(t.z, Ok(1.0 - 3.0 * 4.0 / 6.0));
    assert_eq!(t.ssmd, Ok(-10.0 / 5.0_f64.sqrt()));
    assert_eq!(t.signal_to_background, Ok(2.0 / 12.0));
    assert_eq!(t.signal_to_noise, Ok(-5.0));
    assert_eq!(t.signal_window, Ok((12.0 - 6.0 - 2.0 - 3.0) / 2.0));
    assert_eq!(t.cv_positive, Ok(50.0));
    assert_eq!(t.counts, Counts { positive: 3, negative: 3, sample: 3, excluded: 0 });
}

#[test]
fn values_that_are_the_same_do_not_scatter_whatever_their_sum_is_rounded_to() {
    for same in [0.1, 1.1, 3.3, 1234.567, 5.0] {
        let t = table(&[same; 7], &[same * 3.0; 8], &[same * 2.0; 80]);
        assert_eq!(t.ssmd, Err(Undefined::NoScatterAtAll), "{same}");
        assert_eq!((t.cv_positive, t.cv_negative, t.cv_sample), (Ok(0.0), Ok(0.0), Ok(0.0)), "{same}");
        assert_eq!(t.z_prime, Ok(1.0), "{same}");
    }
}

#[test]
fn small_numbers_keep_their_scatter() {
    let (p, n) = ([1.0, 2.0, 4.0], [10.0, 12.5, 14.0]);
    let of = |scale: f64| table(&p.map(|v| v * scale), &n.map(|v| v * scale), &p.map(|v| (v + 3.0) * scale));
    let (whole, powers) = (of(1.0), [-540, -600, -900]);
    for power in powers {
        let tiny = of(2.0_f64.powi(power));
        for ((name, of_whole), (_, of_tiny)) in whole.named().into_iter().zip(tiny.named()) {
            let (of_whole, of_tiny) = (of_whole.unwrap(), of_tiny.unwrap());
            assert!((of_whole - of_tiny).abs() <= 1e-12 * of_whole.abs(), "2^{power} {name}: {of_tiny}");
        }
    }
}

#[test]
fn what_cannot_be_had_says_why() {
    let few = table(&[1.0, 2.0], &[10.0, 12.0, 14.0], &[]);
    let too_few = Undefined::TooFew { role: Role::Positive, n: 2, minimum: 3 };
    assert_eq!(few.z_prime, Err(too_few));
    assert_eq!(too_few.to_string(), "2 of at least 3 positive wells have a value");
    assert_eq!(few.cv_negative, Ok(100.0 * 2.0 / 12.0), "the negatives alone are enough for their CV");
    let flat = table(&[5.0; 3], &[5.0; 3], &[5.0; 3]);
    assert_eq!(flat.z_prime, Err(Undefined::NoDistance));
    assert_eq!(flat.ssmd, Err(Undefined::NoScatterAtAll));
    assert_eq!(flat.signal_to_noise, Err(Undefined::NoScatter(Role::Negative)));
    let zero = table(&[1.0, 2.0, 3.0], &[-1.0, 0.0, 1.0], &[]);
    assert_eq!(zero.signal_to_background, Err(Undefined::ZeroMean(Role::Negative)));
    assert_eq!(zero.cv_negative, Err(Undefined::ZeroMean(Role::Negative)));
    let huge = table(&[f64::MAX; 3], &[-f64::MAX; 3], &[]);
    assert!(huge.named().iter().all(|(_, s)| s.map_or(true, f64::is_finite)), "{huge:?}");
}

proptest! {
    #[test]
    fn never_nan_never_infinite(
        p in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL, 0..40),
        n in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 0..40),
        s in prop::collection::vec(-1e3..1e3, 0..40),
    ) {
        for (name, statistic) in table(&p, &n, &s).named() {
            if let Ok(value) = statistic {
                prop_assert!(value.is_finite(), "{name} = {value}");
            }
        }
    }

    #[test]
    fn median_lies_in_the_middle(values in prop::collection::vec(-1e6..1e6, 1..100)) {
        let middle = median(values.clone());
        let below = values.iter().filter(|v| **v < middle).count();
        let above = values.iter().filter(|v| **v > middle).count();
        prop_assert!(below <= values.len() / 2 && above <= values.len() / 2);
    }
}
