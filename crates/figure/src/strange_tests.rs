//! Figures of what is strange: enormous and hostile names, values that are missing, equal or immense.

use plate::normalise::Scale;
use plate::{Counts, Format, PlateKey, Role, Undefined};

use crate::drawing::{Anchor, Finished, Mark};
use crate::font::Fonts;
use crate::tests::{drawn, plate, texts};
use crate::{FigureWell, Kind, png, svg};

/// Everything lies on the page.
pub(crate) fn assert_on_page(drawn: &Finished, what: &str) {
    let fonts = Fonts::load().unwrap();
    let (page_width, page_height) = (f64::from(drawn.width), f64::from(drawn.height));
    for mark in &drawn.marks {
        let (left, top, right, bottom) = match mark {
            Mark::Box { left, top, width, height, .. } => (*left, *top, left + width, top + height),
            Mark::Line { from, to, .. } => (from.0.min(to.0), from.1.min(to.1), from.0.max(to.0), from.1.max(to.1)),
            Mark::Polygon { corners, .. } => {
                let (x, y) = (corners.iter().map(|at| at.0), corners.iter().map(|at| at.1));
                (x.clone().min().unwrap(), y.clone().min().unwrap(), x.max().unwrap(), y.max().unwrap())
            }
            Mark::Disc { middle: (x, y), radius, .. } => (x - radius, y - radius, x + radius, y + radius),
            Mark::Curve { points, .. } => {
                let (x, y) = (points.iter().map(|at| at.0 as i32), points.iter().map(|at| at.1 as i32));
                (x.clone().min().unwrap(), y.clone().min().unwrap(), x.max().unwrap(), y.max().unwrap())
            }
            Mark::Words(words) => {
                // A tenth for fonts that are wider than ours; those of type this small.
                let wide = (fonts.width(&words.text, words.size, words.is_bold) * 1.1).floor() as i32;
                let (x, y) = words.at;
                let high = words.size.ceil() as i32;
                match (words.is_turned, words.anchor) {
                    (true, Anchor::Middle) => (x - high, y - wide / 2, x, y + wide / 2),
                    (true, Anchor::Start) => (x - high, y - wide, x, y),
                    (true, Anchor::End) => (x - high, y, x, y + wide),
                    (_, Anchor::Start) => (x, y - high, x + wide, y),
                    (_, Anchor::Middle) => (x - wide / 2, y - high, x + wide / 2, y),
                    (_, Anchor::End) => (x - wide, y - high, x, y),
                }
            }
        };
        let is_on = left >= 0 && top >= 0 && f64::from(right) <= page_width && f64::from(bottom) <= page_height;
        assert!(is_on, "{what}: {mark:?} leaves the page of {page_width} x {page_height}");
    }
}

/// Names that strangers may give.
pub(crate) fn hostile() -> Vec<String> {
    vec![
        "x".repeat(300),
        "W".repeat(300),
        "שלום ".repeat(60),
        "😀".repeat(300),
        "<script>alert(1)</script>]]>&amp;\"'".to_owned(),
        "a\u{0}\u{1b}[31m\u{202e}\u{ffff}\r\n\tb".to_owned(),
        String::new(),
    ]
}

#[test]
fn everything_stays_on_the_page_whatever_the_names() {
    for format in [Format::F6, Format::F96, Format::F384, Format::F3456] {
        for name in &hostile() {
            let mut figure = plate(format);
            figure.key = PlateKey::new(name, name);
            figure.feature = name.clone();
            figure.unit = Some(name.clone());
            figure.wells[0].is_excluded = true;
            for kind in Kind::ALL {
                for unit in [1.0, 1.5625, 0.5] {
                    assert_on_page(&drawn(&figure, kind, unit), &format!("{format} {kind:?} {unit} {name:.20?}"));
                }
                let document = svg(&figure, kind).unwrap();
                let parsed = roxmltree::Document::parse(&document).unwrap_or_else(|error| panic!("{name:?}: {error}"));
                assert!(!parsed.descendants().any(|node| node.has_tag_name("script")), "{name}");
                assert!(!document.contains('\u{202e}'), "nobody turns our text");
                assert!(png(&figure, kind, 48).unwrap().len() > 1000);
            }
        }
    }
}

#[test]
fn unknown_is_not_zero_and_each_kind_of_it_is_told_apart() {
    let mut figure = plate(Format::F384);
    figure.wells[30] = FigureWell { value: None, is_read: true, is_excluded: false, role: Some(Role::Sample) };
    figure.wells[31] = FigureWell { value: None, is_read: false, is_excluded: false, role: Some(Role::Sample) };
    figure.wells[32] = FigureWell { value: None, is_read: false, is_excluded: false, role: Some(Role::Empty) };
    figure.wells[33].is_excluded = true;
    figure.wells[34].role = Some(Role::Reference);
    figure.wells[35].value = Some(f64::NAN);
    figure.read = 381;
    figure.expected = 383;
    let found = texts(&svg(&figure, Kind::Heatmap).unwrap());
    for key in [
        "negative control (16)",
        "positive control (16)",
        "reference (1)",
        "excluded (1)",
        "empty by layout (1)",
        "read, no value (2)",
        "not read (1)",
    ] {
        assert!(found.contains(&key.to_owned()), "{key} in {found:?}");
    }
    let caption = found.join(" ");
    assert!(caption.contains("381 of 383 read, 380 with a value"), "{caption}");
    assert!(caption.contains("1 well is excluded and counts in no statistic: B10."), "{caption}");
}

#[test]
fn a_plate_without_values_or_controls_says_so() {
    let mut figure = plate(Format::F96);
    figure.wells.iter_mut().for_each(|well| *well = FigureWell::default());
    (figure.read, figure.expected) = (0, 96);
    let too_few = Undefined::TooFew { role: Role::Positive, n: 0, minimum: 3 };
    figure.quality.z_prime = Err(too_few);
    figure.quality.has_card = false;
    figure.quality.counts = Counts::default();
    for kind in Kind::ALL {
        let caption = texts(&svg(&figure, kind).unwrap()).join(" ");
        for said in
            ["0 of 96 read", "a value.", "Z′ n/a: 0 of at least 3 positive wells have a value", "no assay card applies"]
        {
            assert!(caption.contains(said), "{kind:?}: {said} in {caption}");
        }
        assert_on_page(&drawn(&figure, kind, 1.0), "a plate without values");
    }
    let mut excluded = plate(Format::F96);
    excluded.wells.iter_mut().for_each(|well| well.is_excluded = true);
    for kind in Kind::ALL {
        let caption = texts(&svg(&excluded, kind).unwrap()).join(" ");
        assert!(caption.contains("96 wells are excluded and count in no statistic."), "{caption}");
    }
    let mut one = plate(Format::F6);
    one.wells.iter_mut().skip(1).for_each(|well| well.role = Some(Role::Sample));
    let caption = texts(&svg(&one, Kind::Histogram).unwrap()).join(" ");
    assert!(caption.contains("Negative controls (−) n = 1 ") && caption.contains("Positive controls (+) n = 0 "));
}

#[test]
fn enormous_and_equal_values_are_drawn() {
    for values in [[f64::MAX, -f64::MAX], [1e300, 1e300], [5e-324, 0.0], [7.0, 7.0], [1e15, 1e15 + 1.0]] {
        for scale in [Scale::Raw, Scale::RobustZ] {
            let mut figure = plate(Format::F96);
            figure.scale = scale;
            figure.wells.iter_mut().zip(values.iter().cycle()).for_each(|(well, value)| well.value = Some(*value));
            for kind in Kind::ALL {
                assert_on_page(&drawn(&figure, kind, 1.0), &format!("{values:?} {scale:?} {kind:?}"));
                assert!(!svg(&figure, kind).unwrap().contains("NaN"), "{values:?}");
            }
        }
    }
}
