//! Control charts: lines of the baseline, points that break rules and their names, gaps, and what is refused.

use plate::normalise::Scale;
use plate::{PlateKey, Role};

use super::{Baseline, Breach, ChartPlate, Charted, ControlChart, MOST_CHARTED};
use crate::colour::{BAD, EMPTY, SERIES, SERIES_2, WARN};
use crate::drawing::{Finished, Mark};
use crate::font::Fonts;
use crate::strange_tests::assert_on_page;
use crate::tests::{pixels, texts};
use crate::{Figure, FigureError, Provenance, Quantity};

/// So many plates that swing within a standard deviation of 100.
pub(crate) fn chart(n: usize) -> ControlChart {
    let value = |at: usize| [100.0, 104.0, 98.0, 103.0, 97.0][at % 5];
    let plates = (0..n).map(|at| ChartPlate {
        key: PlateKey::new("RUN-7", &format!("BR{at:08}")),
        value: Ok(value(at)),
        n: 24,
        breaches: Vec::new(),
    });
    ControlChart {
        quantity: Quantity { feature: "Cells_Count".to_owned(), unit: Some("cells".to_owned()), scale: Scale::Raw },
        charted: Charted::MeanOf(Role::Negative),
        plates: plates.collect(),
        baseline: Ok(Baseline { name: "spring".to_owned(), mean: 100.0, deviation: 5.0, plates: 20 }),
        provenance: Provenance { content: [0xab; 32], is_growing: false, version: "0.1.0".to_owned() },
    }
}

pub(crate) fn breach(rule: &str, is_warning: bool) -> Breach {
    Breach { rule: rule.to_owned(), is_warning }
}

fn drawn(figure: &ControlChart, unit: f64) -> Finished {
    Figure::ControlChart(figure.clone()).lay_out(&Fonts::load().unwrap(), unit).unwrap()
}

fn words(figure: &ControlChart) -> String {
    texts(&Figure::ControlChart(figure.clone()).svg().unwrap()).join(" ")
}

fn joints(drawn: &Finished) -> usize {
    drawn.marks.iter().filter(|mark| matches!(mark, Mark::Line { ink, .. } if *ink == SERIES_2)).count()
}

#[test]
fn points_that_break_rules_are_marked_and_named() {
    let mut figure = chart(30);
    (figure.plates[11].value, figure.plates[11].breaches) = (Ok(111.0), vec![breach("1-2s", true)]);
    (figure.plates[22].value, figure.plates[22].breaches) =
        (Ok(116.0), vec![breach("1-3s", false), breach("1-2s", true)]);
    (figure.plates[27].value, figure.plates[27].breaches) = (Ok(88.0), vec![breach("2-2s", false)]);
    let page = drawn(&figure, 1.0);
    // The key comes after the points: of each kind the last is the key's.
    let squares: Vec<(i32, i32)> = page
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Box { left, top, width, height, ink } if *ink == BAD => Some((left + width / 2, top + height / 2)),
            _ => None,
        })
        .collect();
    assert_eq!(squares.len(), 3, "two plates are rejected");
    assert!(squares[0].1 < squares[1].1, "116 lies above 88");
    let triangles = page.marks.iter().filter(|mark| matches!(mark, Mark::Polygon { ink, .. } if *ink == WARN)).count();
    assert_eq!(triangles, 2, "one is warned of");
    let (width, _, rgb) = pixels(&Figure::ControlChart(figure.clone()).png(96).unwrap());
    for (x, y) in squares {
        let pixel = (y as usize * width + x as usize) * 3;
        assert_eq!(rgb[pixel..pixel + 3], BAD, "at {x}, {y}");
    }
    let found = texts(&Figure::ControlChart(figure.clone()).svg().unwrap());
    for said in ["1-2s", "1-3s, 1-2s", "2-2s", "+3 SD  115", "mean  100", "−3 SD  85.0", "BR00000011"] {
        assert!(found.contains(&said.to_owned()), "{said} in {found:?}");
    }
    let caption = found.join(" ");
    for said in [
        "30 plates, run RUN-7",
        "Cells_Count (cells): mean of negative controls",
        "30 plates, run RUN-7 in order, from BR00000000 to BR00000029: 30 with a value (from 24 wells each).",
        "Baseline spring (20 plates): mean 100\u{a0}cells, SD 5.00\u{a0}cells; lines at the mean and 1, 2 and 3 SD from it.",
        "1-2s warns: BR00000011, BR00000022.",
        "1-3s rejects: BR00000022.",
        "2-2s rejects: BR00000027.",
        "plate (27)",
        "Session content abababababab.",
    ] {
        assert!(caption.contains(said), "{said} in {caption}");
    }
}

#[test]
fn a_plate_without_a_value_is_a_gap() {
    let mut figure = chart(10);
    assert_eq!(joints(&drawn(&figure, 1.0)), 9);
    figure.plates[4].value = Err("0 of at least 3 negative wells have a value".to_owned());
    figure.plates[5].value = Ok(f64::NAN);
    let page = drawn(&figure, 1.0);
    assert_eq!(joints(&page), 6, "neither to a gap nor across one");
    let columns = page
        .marks
        .iter()
        .filter(|mark| matches!(mark, Mark::Box { ink, height, .. } if *ink == EMPTY && *height > 100));
    assert_eq!(columns.count(), 2);
    let said = words(&figure);
    for part in [
        "8 with a value",
        "no value (2)",
        "No value: 0 of at least 3 negative wells have a value (BR00000004); it is no finite number (BR00000005).",
        "No rule is broken.",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    figure.plates.iter_mut().for_each(|plate| plate.value = Err("no wells".to_owned()));
    assert_on_page(&drawn(&figure, 1.0), "nothing but gaps");
}

#[test]
fn without_a_baseline_there_are_no_lines_and_it_says_why() {
    let mut figure = chart(3);
    figure.charted = Charted::ZPrime;
    figure.baseline = Err("nobody froze one".to_owned());
    let said = words(&figure);
    assert!(said.contains("Z′ of Cells_Count") && said.contains("No baseline: nobody froze one."), "{said}");
    assert!(!said.contains("SD  "), "{said}");
    for (mean, deviation) in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (1.0, -1.0)] {
        figure.baseline = Ok(Baseline { name: "b".to_owned(), mean, deviation, plates: 2 });
        assert!(words(&figure).contains("No baseline: its mean or its standard deviation is no number."));
    }
    figure.baseline = Ok(Baseline { name: "b".to_owned(), mean: 100.0, deviation: 0.0, plates: 2 });
    assert_on_page(&drawn(&figure, 1.0), "a baseline that does not scatter");
    for (mean, deviation) in [(f64::MAX, f64::MAX), (1e-320, 5e-324), (-1e300, 1e300)] {
        figure.baseline = Ok(Baseline { name: "b".to_owned(), mean, deviation, plates: 2 });
        assert_on_page(&drawn(&figure, 1.0), "an immense baseline");
        assert!(!Figure::ControlChart(figure.clone()).svg().unwrap().contains("NaN"));
    }
}

#[test]
fn one_plate_and_a_thousand_and_no_more() {
    for n in [1, 2, 40, 200, MOST_CHARTED] {
        let mut figure = chart(n);
        figure.plates.iter_mut().step_by(7).for_each(|plate| plate.breaches = vec![breach("10x", false)]);
        for unit in [0.5, 1.0, 1.5625, 10.0] {
            assert_on_page(&drawn(&figure, unit), &format!("{n} plates"));
        }
    }
    let lone = drawn(&chart(1), 1.0);
    assert!(lone.marks.iter().any(|mark| matches!(mark, Mark::Disc { ink, .. } if *ink == SERIES)), "one point");
    let refused = |figure: ControlChart| match Figure::ControlChart(figure).svg() {
        Err(FigureError::Count { what, has, .. }) => (what, has),
        other => panic!("{other:?}"),
    };
    assert_eq!((refused(chart(0)), refused(chart(1001))), (("plates", 0), ("plates", 1001)));
    let mut many = chart(2);
    many.plates[1].breaches = vec![breach("1-2s", true); 33];
    assert_eq!(refused(many), ("broken rules of a plate", 33));
}

#[test]
fn any_statistic_is_charted_with_its_definition() {
    let mut figure = chart(6);
    figure.charted = Charted::Statistic { label: "SSMD", says: "the distance of its controls in their scatter" };
    let said = words(&figure);
    assert!(said.contains("SSMD of Cells_Count: the distance of its controls in their scatter."), "{said}");
    assert!(said.contains("mean 100, SD 5.00;"), "a statistic has no unit: {said}");
    (figure.quantity.scale, figure.quantity.unit) = (Scale::Log2, None);
    assert!(words(&figure).contains("in their scatter, of binary logarithms of the raw values."));
    figure.charted = Charted::MedianOf(Role::Sample);
    let said = words(&figure);
    assert!(said.contains("log2 Cells_Count: median of samples.") && said.contains("binary logarithm;"), "{said}");
}

#[test]
fn a_picture_for_a_clipboard_has_fewer_dots_where_it_would_be_too_large() {
    let figure = Figure::ControlChart(chart(10));
    let (bytes, width, height) = figure.png_within(1200, 1_000_000).unwrap();
    assert!(u64::from(width) * u64::from(height) <= 1_000_000 && width > 900, "{width} x {height}");
    assert_eq!(pixels(&bytes).0, width as usize);
    let (same, ..) = figure.png_within(150, 16_000_000).unwrap();
    assert_eq!(same, figure.png(150).unwrap(), "what is small enough is as asked");
    assert!(matches!(figure.png_within(150, 1000), Err(FigureError::TooLarge { most: 1000, .. })));
    assert!(matches!(figure.png_within(7, 1000), Err(FigureError::Dpi(7))));
}
