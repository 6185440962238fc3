//! Dose curves against `scipy.optimize.curve_fit`, R's `drc` example, and curves whose parameters are known.

use proptest::prelude::*;

use super::*;

const TEN: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// `each` responses at every dose.
fn points(doses: &[f64], each: usize, responses: &[f64]) -> Vec<DosePoint> {
    let doses = doses.iter().flat_map(|dose| std::iter::repeat_n(*dose, each));
    assert_eq!(doses.clone().count(), responses.len());
    doses.zip(responses).map(|(dose, response)| DosePoint { dose, response: *response }).collect()
}

/// What scipy found: value and standard error of bottom, top, log10 EC50 and slope; EC50 with its interval; R^2; s.
struct Reference {
    bottom: (f64, f64),
    top: (f64, f64),
    log10_ec50: (f64, f64),
    hill: (f64, f64),
    ec50: (f64, f64, f64),
    r_squared: f64,
    residual_sd: f64,
}

fn assert_as(name: &str, points: &[DosePoint], reference: &Reference) -> DoseCurve {
    let curve = DoseCurve::fit(points).unwrap();
    let near = |what: &str, found: f64, expected: f64| {
        assert!(
            (found - expected).abs() <= 2e-6 * expected.abs().max(1e-3),
            "{name}, {what}: {found}, scipy {expected}"
        );
    };
    for (what, found, expected) in [
        ("bottom", curve.bottom, reference.bottom),
        ("top", curve.top, reference.top),
        ("log10 EC50", curve.log10_ec50, reference.log10_ec50),
        ("slope", curve.hill, reference.hill),
    ] {
        near(what, found.value, expected.0);
        near(what, found.standard_error, expected.1);
    }
    let (low, high) = curve.ec50_interval.unwrap();
    near("EC50", curve.ec50, reference.ec50.0);
    near("EC50 from", low, reference.ec50.1);
    near("EC50 to", high, reference.ec50.2);
    near("R^2", curve.r_squared, reference.r_squared);
    near("s", curve.residual_sd, reference.residual_sd);
    assert!(curve.iterations <= 200);
    curve
}

// The references below are by `scipy.optimize.curve_fit` (1.17.1, method lm, analytic Jacobian in the parameters of
// `dose_fit`, tolerances 1e-15), started at the truth, standard errors from its covariance, intervals by
// `scipy.stats.t`. The responses were made from known curves with an integer generator's noise, rounded to 4 places.

#[test]
fn a_rising_curve_is_that_of_scipy() {
    let responses = [
        1.4835, 2.1731, 3.5936, 1.4697, 6.2786, 3.9191, 9.9442, 6.0361, 32.4451, 27.3148, 64.3317, 62.6516, 89.7238,
        85.9907, 93.19, 97.2408, 96.8062, 97.987, 98.8389, 95.4837,
    ];
    let reference = Reference {
        bottom: (2.199_443_123_17, 0.802_078_073),
        top: (97.445_038_356_5, 0.833_281_797),
        log10_ec50: (-0.710_268_539_395, 0.017_103_594_81),
        hill: (1.362_485_023_63, 0.066_441_964_58),
        ec50: (0.194_863_931_565, 0.179_255_900_186, 0.211_830_973_405),
        r_squared: 0.998_347_835_423,
        residual_sd: 1.868_258_05,
    };
    let curve = assert_as("rising", &points(&TEN, 2, &responses), &reference);
    assert_eq!((curve.n, curve.doses, curve.extrapolated), (20, 10, false));
    let half = curve.at(curve.ec50).unwrap();
    assert!((half - (curve.bottom.value + curve.top.value) / 2.0).abs() < 1e-9, "EC50 is half-way");
    assert!((curve.at(0.0).unwrap() - curve.bottom.value).abs() < 1e-9);
    assert_eq!((curve.at(-1.0), curve.at(f64::NAN)), (None, None));
}

#[test]
fn a_falling_curve_is_that_of_scipy() {
    let responses = [
        104.7491, 106.9827, 98.1517, 93.2484, 78.5497, 82.0431, 57.2096, 68.4011, 35.6612, 46.9659, 28.0154, 25.7368,
        11.7911, 12.0621, 7.8269, 3.7472, 1.9884, -0.5056, -3.4071, 11.0476,
    ];
    let reference = Reference {
        bottom: (-1.005_660_093_12, 2.989_174_126),
        top: (116.489_323_268, 6.962_907_374),
        log10_ec50: (-1.407_919_637_52, 0.103_070_538_9),
        hill: (-0.611_752_508_317, 0.082_976_76),
        ec50: (0.039_091_322_425_4, 0.023_636_359_177_7, 0.064_651_729_036_3),
        r_squared: 0.989_595_691_764,
        residual_sd: 4.354_060_724,
    };
    let curve = assert_as("falling", &points(&TEN, 2, &responses), &reference);
    assert!((curve.at(0.0).unwrap() - curve.top.value).abs() < 1e-9);
}

#[test]
fn a_steep_curve_is_that_of_scipy() {
    let responses = [
        -0.0387, -0.0175, 0.0234, -0.0154, 0.0119, -0.012, 0.0004, -0.0016, 0.0058, 0.0207, 0.1084, 0.0991, 0.9118,
        0.9621, 1.04, 1.035, 0.9747, 1.0267, 0.9942, 1.0289,
    ];
    let reference = Reference {
        bottom: (-0.002_704_374_903_09, 0.007_115_236_594),
        top: (1.016_878_222_69, 0.009_222_092_74),
        log10_ec50: (-0.279_746_398_875, 0.017_210_177_88),
        hill: (3.834_467_797_15, 0.249_395_549_8),
        ec50: (0.525_114_004_85, 0.482_802_659_616, 0.571_133_386_691),
        r_squared: 0.998_283_706_41,
        residual_sd: 0.022_353_960_72,
    };
    assert_as("steep", &points(&TEN, 2, &responses), &reference);
}

#[test]
fn five_single_wells_are_enough_and_say_how_little_they_know() {
    let responses = [80.6927, 188.9408, 535.3593, 798.6937, 941.2136];
    let reference = Reference {
        bottom: (29.486_404_003, 55.511_924_55),
        top: (969.009_007_695, 51.585_893_07),
        log10_ec50: (0.171_760_805_817, 0.073_937_384_61),
        hill: (1.122_517_452_05, 0.243_070_631_7),
        ec50: (1.485_117_466_33, 0.170_725_054_213, 12.918_864_773_4),
        r_squared: 0.998_243_969_595,
        residual_sd: 31.283_459_73,
    };
    assert_as("single", &points(&[0.1, 0.4, 1.6, 6.4, 25.6], 1, &responses), &reference);
}

#[test]
fn an_ec50_beyond_the_doses_is_given_and_flagged() {
    let responses = [
        9.9189, 10.4676, 10.5624, 9.6631, 9.0868, 9.6639, 11.0318, 9.4624, 11.0704, 10.1574, 9.9107, 9.8393, 13.4167,
        13.3916, 16.4472, 16.7899, 29.3169, 29.7289, 53.5608, 53.0203,
    ];
    let reference = Reference {
        bottom: (9.935_885_059_84, 0.223_763_051_6),
        top: (149.488_550_406, 53.090_376_87),
        log10_ec50: (1.849_906_537_84, 0.289_342_488_4),
        hill: (0.928_213_730_781, 0.086_513_114_14),
        ec50: (70.779_344_760_7, 17.239_626_935_9, 290.593_042_609),
        r_squared: 0.997_935_256_211,
        residual_sd: 0.677_075_696,
    };
    let curve = assert_as("beyond", &points(&TEN, 2, &responses), &reference);
    assert!(curve.extrapolated);
}

/// R's `drc`, data set `ryegrass` (Inderjit, Streibig & Olofsdotter 2002): root length of ryegrass under ferulic acid
/// in mM, six wells at dose 0. `summary(drm(rootl ~ conc, fct = LL.4()))` gives slope 2.982, lower limit 0.481, upper
/// limit 7.793, ED50 3.058 and a residual standard error of 0.520 on 20 degrees; further digits are scipy's, as
/// above.
#[test]
fn the_ryegrass_of_drc() {
    let untreated = [7.58, 8.0, 8.328_571_4, 7.25, 7.375, 7.9625];
    let treated = [
        8.355_555_6,
        6.914_285_7,
        7.75,
        6.871_428_6,
        6.45,
        5.922_222_2,
        1.925,
        2.885_714_3,
        4.233_333_3,
        1.1875,
        0.857_142_9,
        1.057_142_9,
        0.6875,
        0.525,
        0.825,
        0.25,
        0.22,
        0.44,
    ];
    let mut wells = points(&[0.0], 6, &untreated);
    wells.extend(points(&[0.94, 1.88, 3.75, 7.5, 15.0, 30.0], 3, &treated));
    let reference = Reference {
        bottom: (0.481_409_941_979, 0.209_506_045_5),
        top: (7.792_962_328_93, 0.189_733_260_7),
        log10_ec50: (0.485_431_115_13, 0.026_391_645_21),
        hill: (-2.982_228_641_27, 0.458_428_814),
        ec50: (3.057_955_175_76, 2.693_885_346_38, 3.471_227_856_64),
        r_squared: 0.978_252_139_027,
        residual_sd: 0.519_625_569_5,
    };
    let curve = assert_as("ryegrass", &wells, &reference);
    assert_eq!((curve.n, curve.doses), (24, 6), "dose 0 is a plateau, not a dose");
}

#[test]
fn what_has_no_curve_says_why() {
    let fit = |doses: &[f64], responses: &[f64]| DoseCurve::fit(&points(doses, 1, responses)).map(|curve| curve.ec50);
    let few = NoCurve::TooFewDoses { n: 4, minimum: 5 };
    assert_eq!(fit(&[0.0, 1.0, 2.0, 4.0, 8.0, 8.0], &[1.0, 2.0, 4.0, 6.0, 7.0, 8.0]), Err(few));
    assert_eq!(few.to_string(), "4 of at least 5 different doses above 0");
    assert_eq!(DoseCurve::fit(&[]), Err(NoCurve::TooFewDoses { n: 0, minimum: 5 }));
    let doses = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
    assert_eq!(fit(&doses, &[7.0; 6]), Err(NoCurve::Flat));
    assert_eq!(fit(&[1.0, 2.0, 4.0, 8.0, 16.0, -1.0], &[1.0; 6]), Err(NoCurve::NotANumber));
    assert_eq!(fit(&doses, &[1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN]), Err(NoCurve::NotANumber));
    assert_eq!(fit(&doses, &[f64::MAX, f64::MIN, 0.0, 1.0, 2.0, 3.0]), Err(NoCurve::OutOfRange));
    let step = fit(&doses, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(step, Err(NoCurve::NotDetermined), "any EC50 between 4 and 8 and any steep slope fit alike");
    let noise = [5.1, 4.9, 5.3, 4.7, 5.2, 4.8, 5.0, 5.1, 4.9, 5.3, 5.2, 4.7, 4.8, 5.0, 5.2, 4.9, 5.1, 4.8, 5.0, 5.1];
    let noise = DoseCurve::fit(&points(&TEN, 2, &noise));
    assert!(matches!(noise, Err(NoCurve::Flat | NoCurve::NotDetermined)), "{noise:?}");
}

#[test]
fn a_wild_well_and_any_order_of_doses_lead_to_the_same_place() {
    let mut wells: Vec<DosePoint> =
        TEN.iter().map(|dose| DosePoint { dose: *dose, response: 100.0 / (1.0 + 0.2 / dose) }).collect();
    let plain = DoseCurve::fit(&wells).unwrap();
    assert!(
        (plain.ec50 - 0.2).abs() < 1e-9 && (plain.hill.value - 1.0).abs() < 1e-9 && plain.r_squared > 1.0 - 1e-12,
        "{plain:?}"
    );
    wells.push(DosePoint { dose: 0.001, response: 60.0 });
    let with_a_wild_one = DoseCurve::fit(&wells).unwrap();
    wells.reverse();
    let backwards = DoseCurve::fit(&wells).unwrap();
    assert!((with_a_wild_one.ec50 / backwards.ec50 - 1.0).abs() < 1e-6);
    assert!((0.05..0.8).contains(&with_a_wild_one.ec50), "{with_a_wild_one:?}");
}

proptest! {
    #[test]
    fn a_curve_without_noise_is_found_again(
        bottom in -50.0..50.0_f64,
        height in 1.0..200.0_f64,
        log10_ec50 in -1.5..1.5_f64,
        hill in 0.5..4.0_f64,
        falls in any::<bool>(),
        unit in -9_i32..9,
    ) {
        let unit = libm::exp10(f64::from(unit));
        let ec50 = libm::exp10(log10_ec50) * unit;
        let slope = if falls { -hill } else { hill };
        let wells: Vec<DosePoint> = (-6..=6).map(|step| {
            let dose = libm::exp10(f64::from(step) / 2.0) * unit;
            DosePoint { dose, response: bottom + height / (1.0 + libm::pow(ec50 / dose, slope)) }
        }).collect();
        let curve = DoseCurve::fit(&wells).unwrap();
        prop_assert!((curve.ec50 / ec50 - 1.0).abs() < 1e-5, "{:?}", curve);
        prop_assert!((curve.hill.value - slope).abs() < 1e-4 && (curve.bottom.value - bottom).abs() < 1e-3 * height);
    }

    #[test]
    fn any_wells_end_in_a_curve_or_a_reason(
        wells in prop::collection::vec(
            (prop::sample::select(vec![0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 1e-300, 1e300]), -1e3..1e3),
            0..40,
        ),
        wild in prop::num::f64::ANY,
    ) {
        let mut points: Vec<DosePoint> =
            wells.into_iter().map(|(dose, response)| DosePoint { dose, response }).collect();
        let again = DoseCurve::fit(&points);
        prop_assert_eq!(&again, &DoseCurve::fit(&points), "the same wells have the same fit");
        if let Ok(curve) = again {
            let numbers =
                [curve.bottom, curve.top, curve.log10_ec50, curve.hill].map(|e| [e.value, e.standard_error]);
            prop_assert!(numbers.as_flattened().iter().all(|number| number.is_finite()), "{:?}", curve);
            prop_assert!(curve.ec50.is_finite() && curve.bottom.value <= curve.top.value && curve.r_squared.is_finite());
        }
        points.push(DosePoint { dose: 1.0, response: wild });
        let _ = DoseCurve::fit(&points);
    }
}
