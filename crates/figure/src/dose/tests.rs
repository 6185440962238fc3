//! Doses and curves: where points, curve, EC50 and its interval lie, and what is said where one of them is not there.

use plate::PlateKey;
use plate::normalise::Scale;

use super::{Compound, Curve, DoseCurves, DoseMean, Fit, Interval, Levels, MOST_POINTS, Replicate};
use crate::colour::{EMPTY, INK_3, SERIES};
use crate::drawing::{Finished, Mark};
use crate::font::Fonts;
use crate::strange_tests::assert_on_page;
use crate::tests::texts;
use crate::{Figure, FigureError, Provenance, Quantity};

/// Half-way at 1, with an interval of a power of ten to either side.
pub(crate) fn compound(name: &str) -> Compound {
    let curve = Curve::Hill { bottom: 10.0, top: 90.0, log10_ec50: 0.0, hill: 1.0 };
    let doses = [0.01, 0.1, 1.0, 10.0, 100.0];
    let at = |dose: f64| 10.0 + 80.0 / (1.0 + 1.0 / dose);
    let replicate = |(dose, off): (f64, f64)| Replicate { dose, value: Some(at(dose) + off), is_excluded: false };
    Compound {
        name: name.to_owned(),
        replicates: doses.iter().flat_map(|dose| [(*dose, -3.0), (*dose, 3.0)]).map(replicate).collect(),
        means: doses.iter().map(|dose| DoseMean { dose: *dose, value: at(*dose) }).collect(),
        fit: Ok(Fit { curve, log10_ec50: Ok(0.0), interval: Some(Interval { low: Some(-1.0), high: Some(1.0) }) }),
    }
}

/// So many compounds.
pub(crate) fn curves(n: usize) -> DoseCurves {
    DoseCurves {
        quantity: Quantity { feature: "Cells_Count".to_owned(), unit: None, scale: Scale::Percent },
        plates: vec![PlateKey::new("RUN-7", "BR1"), PlateKey::new("RUN-7", "BR2")],
        unit: "µM".to_owned(),
        compounds: (0..n).map(|at| compound(&format!("CMP-{at:04}"))).collect(),
        left_out: 0,
        levels: Levels { negative: Some(100.0), positive: Some(5.0) },
        provenance: Provenance { content: [0xab; 32], is_growing: false, version: "0.1.0".to_owned() },
    }
}

fn drawn(figure: &DoseCurves, unit: f64) -> Finished {
    Figure::DoseCurves(figure.clone()).lay_out(&Fonts::load().unwrap(), unit).unwrap()
}

fn words(figure: &DoseCurves) -> String {
    texts(&Figure::DoseCurves(figure.clone()).svg().unwrap()).join(" ")
}

fn label(drawn: &Finished, text: &str) -> (i32, i32) {
    let of = |mark: &Mark| match mark {
        Mark::Words(words) if words.text == text => Some(words.at),
        _ => None,
    };
    // The last: values may have the labels of doses, and come before them.
    drawn.marks.iter().rev().find_map(of).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn means_lie_on_their_curve_and_the_ec50_in_its_interval() {
    for unit in [1.0, 2.0] {
        let page = drawn(&curves(1), unit);
        let curve = page.marks.iter().find_map(|mark| match mark {
            Mark::Curve { points, .. } => Some(points.clone()),
            _ => None,
        });
        let curve = curve.expect("a curve");
        let of_mean = |mark: &Mark| match mark {
            Mark::Disc { middle, ink, .. } if *ink == SERIES => Some(*middle),
            _ => None,
        };
        let mut means: Vec<(i32, i32)> = page.marks.iter().filter_map(of_mean).collect();
        assert_eq!(means.len(), 6, "five doses and the key");
        means.pop();
        for ((x, y), dose) in means.into_iter().zip(["0.01", "0.1", "1", "10", "100"]) {
            let near = curve.iter().min_by(|a, b| (a.0 - x as f32).abs().total_cmp(&(b.0 - x as f32).abs())).unwrap();
            assert!((near.1 - y as f32).abs() <= 2.5 * unit as f32, "mean at {x}, {y}, curve at {near:?}");
            assert_eq!(x, label(&page, dose).0, "the mean of {dose} stands above its dose");
        }
        // The band of the interval, from the dose 0.1 to the dose 10; then the dashes of the EC50 at 1.
        let band = page.marks.iter().find_map(|mark| match mark {
            Mark::Box { left, width, ink, .. } if *ink == EMPTY => Some((*left, left + width)),
            _ => None,
        });
        assert_eq!(band, Some((label(&page, "0.1").0, label(&page, "10").0)));
        let line = (unit as i32).max(1);
        let dash = |mark: &Mark| {
            matches!(mark, Mark::Box { left, width, height, ink, .. }
            if *ink == INK_3 && *width == line && *height > 2 * line && *left == label(&page, "1").0 - line / 2)
        };
        assert!(page.marks.iter().filter(|mark| dash(mark)).count() > 10, "a dashed line at the EC50");
    }
}

#[test]
fn every_panel_says_its_name_and_its_ec50() {
    let mut figure = curves(5);
    let fit =
        |log10_ec50, interval| Fit { curve: Curve::Sampled(vec![(-2.0, 10.0), (2.0, 90.0)]), log10_ec50, interval };
    figure.compounds[1].fit = Err("values do not change with the dose".to_owned());
    figure.compounds[2].fit = Ok(fit(Ok(-2.5), Some(Interval { low: None, high: Some(-2.0) })));
    figure.compounds[3].fit = Ok(fit(Err("the curve has no end".to_owned()), None));
    figure.compounds[4].fit = Ok(fit(Ok(3.0), Some(Interval { low: Some(2.5), high: None })));
    figure.compounds[4].replicates[0].dose = 0.0;
    figure.compounds[4].replicates[1].is_excluded = true;
    let said = words(&figure);
    for part in [
        "5 compounds",
        "CMP-0000",
        "EC50 1.00\u{a0}µM (0.100 to 10.0)",
        "no fit: values do not change with the dose",
        "EC50 < 0.010\u{a0}µM",
        "EC50 n/a: the curve has no end",
        "EC50 > 100\u{a0}µM",
        "dose (µM)",
        "Cells_Count, % of negative controls",
        "All panels have the same two axes.",
        "50 wells of 2 plates (RUN-7/BR1, RUN-7/BR2), 49 with a value and drawn.",
        "1 well has no positive dose and no place on the axis.",
        "1 well is excluded and counts in no mean and no curve.",
        "No fit of CMP-0001: values do not change with the dose.",
        "2 EC50 lie outside the doses, and are given as below or above them.",
        "Means of controls, dotted: negative 100\u{a0}%, positive 5.00\u{a0}%.",
        "Session content abababababab.",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn an_interval_ends_where_nothing_was_tested() {
    let mut figure = curves(1);
    let mut says = |low, high| {
        let interval = Some(Interval { low: Some(low), high: Some(high) });
        figure.compounds[0].fit = Ok(Fit { curve: Curve::Sampled(Vec::new()), log10_ec50: Ok(1.0), interval });
        super::words::ec50(&figure, &figure.compounds[0])
    };
    // Doses from 0.01 to 100: an end half a step beyond is one of the curve's, one a thousandfold beyond is none.
    assert_eq!(says(-2.3, 2.3), "EC50 10.0\u{a0}µM (0.005 to 200)");
    assert_eq!(says(-9.0, 1.5), "EC50 10.0\u{a0}µM (up to 31.6)");
    assert_eq!(says(0.5, 40.0), "EC50 10.0\u{a0}µM (3.16 and more)");
    assert_eq!(says(-40.0, 40.0), "EC50 10.0\u{a0}µM (not bounded)");
}

#[test]
fn one_to_twenty_four_compounds_and_no_more() {
    for n in 1..=24 {
        let figure = curves(n);
        for unit in [0.5, 1.0, 1.5625, 10.0] {
            assert_on_page(&drawn(&figure, unit), &format!("{n} compounds"));
        }
        let found = texts(&Figure::DoseCurves(figure).svg().unwrap());
        assert_eq!(found.iter().filter(|text| text.starts_with("EC50 1.00")).count(), n);
    }
    let refused = |figure: DoseCurves| match Figure::DoseCurves(figure).svg() {
        Err(FigureError::Count { what, has, .. }) => (what, has),
        other => panic!("{other:?}"),
    };
    assert_eq!((refused(curves(0)), refused(curves(25))), (("compounds", 0), ("compounds", 25)));
    let mut many = curves(1);
    many.compounds[0].replicates = vec![many.compounds[0].replicates[0]; MOST_POINTS + 1];
    assert_eq!(refused(many), ("replicates of a compound", MOST_POINTS + 1));
}

#[test]
fn no_points_one_point_and_curves_that_run_away() {
    let mut figure = curves(2);
    figure.compounds[0].replicates.clear();
    figure.compounds[0].means.clear();
    assert!(words(&figure).contains("no values"));
    figure.compounds[1].replicates.truncate(1);
    figure.compounds[1].means.clear();
    assert_on_page(&drawn(&figure, 1.0), "one point");
    for number in [f64::NAN, f64::INFINITY, f64::MAX, -f64::MAX, 1e300, 5e-324] {
        for at in 0..4 {
            let mut parts = [10.0, 90.0, 0.0, 1.0];
            parts[at] = number;
            let [bottom, top, log10_ec50, hill] = parts;
            let fit = |curve| Fit {
                curve,
                log10_ec50: Ok(log10_ec50),
                interval: Some(Interval { low: Some(number), high: None }),
            };
            for curve in
                [Curve::Hill { bottom, top, log10_ec50, hill }, Curve::Sampled(vec![(bottom, top), (hill, 3.0)])]
            {
                figure.compounds[0] = compound("CMP");
                figure.compounds[0].fit = Ok(fit(curve));
                figure.levels.negative = Some(number);
                assert_on_page(&drawn(&figure, 1.0), &format!("{parts:?}"));
                assert!(!Figure::DoseCurves(figure.clone()).svg().unwrap().contains("NaN"), "{parts:?}");
            }
        }
        figure.compounds[1].replicates[0] = Replicate { dose: number, value: Some(number), is_excluded: false };
        assert_on_page(&drawn(&figure, 1.0), &format!("a dose and a value of {number}"));
    }
}

#[test]
fn compounds_without_room_are_counted() {
    let mut figure = curves(3);
    for (left_out, said) in
        [(1, "1 more compound with doses is not drawn."), (30, "30 more compounds with doses are not")]
    {
        figure.left_out = left_out;
        assert!(words(&figure).contains(said), "{}", words(&figure));
    }
}
