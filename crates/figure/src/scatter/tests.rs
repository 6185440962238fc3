//! Two plates against each other: where points lie, what marks them, and what is said of those that are not drawn.

use plate::normalise::Scale;
use plate::{Format, PlateKey, Role, Well};

use super::{Agreement, Matched, Scatter};
use crate::colour::{NEGATIVE, POSITIVE, SERIES_2};
use crate::drawing::{Finished, Mark, Words};
use crate::font::Fonts;
use crate::strange_tests::assert_on_page;
use crate::tests::{pixels, texts};
use crate::{Figure, FigureError, Provenance, Quantity};

/// Values that fall on round numbers, controls first.
pub(crate) fn scatter() -> Scatter {
    let role = |at: usize| match at {
        0..8 => Role::Negative,
        8..16 => Role::Positive,
        _ => Role::Sample,
    };
    let wells = (0..96).map(|at| Matched {
        well: Well::at_index(at, Format::F96).unwrap(),
        x: Some(at as f64 * 10.0),
        y: Some((95 - at) as f64 * 10.0),
        role: Some(role(at)),
        is_excluded: false,
    });
    Scatter {
        quantity: Quantity { feature: "Cells_Count".to_owned(), unit: Some("cells".to_owned()), scale: Scale::Raw },
        x: PlateKey::new("RUN-7", "BR1"),
        y: PlateKey::new("RUN-7", "BR2"),
        format: Format::F96,
        wells: wells.collect(),
        agreement: Agreement { pearson: Ok(0.912_34), spearman: Ok(-0.873_51), n: 95 },
        provenance: Provenance { content: [0xab; 32], is_growing: false, version: "0.1.0".to_owned() },
    }
}

fn drawn(figure: &Scatter, unit: f64) -> Finished {
    Figure::Scatter(figure.clone()).lay_out(&Fonts::load().unwrap(), unit).unwrap()
}

fn words(figure: &Scatter) -> String {
    texts(&Figure::Scatter(figure.clone()).svg().unwrap()).join(" ")
}

/// Where the labels of ticks stand: below, and beside.
fn label<'d>(drawn: &'d Finished, text: &str) -> Vec<&'d Words> {
    let of = |mark: &'d Mark| match mark {
        Mark::Words(words) if words.text == text => Some(words),
        _ => None,
    };
    drawn.marks.iter().filter_map(of).collect()
}

#[test]
fn points_lie_where_the_axes_say_and_have_the_marks_of_their_roles() {
    let mut figure = scatter();
    // Of each kind one whose values are ticks.
    figure.wells.truncate(3);
    for (at, (x, y, role)) in
        [(200.0, 800.0, Role::Negative), (800.0, 400.0, Role::Positive), (600.0, 600.0, Role::Sample)]
            .into_iter()
            .enumerate()
    {
        figure.wells[at] = Matched { x: Some(x), y: Some(y), role: Some(role), ..figure.wells[at] };
    }
    let page = drawn(&figure, 1.0);
    let (width, _, rgb) = pixels(&Figure::Scatter(figure.clone()).png(96).unwrap());
    for (x, y, ink) in [("200", "800", NEGATIVE), ("800", "400", POSITIVE), ("600", "600", SERIES_2)] {
        // The first label of a number stands beside the axis, the second below it.
        let (below, beside) = (label(&page, x)[1].at.0, label(&page, y)[0].at.1 - 4);
        let pixel = (beside as usize * width + below as usize) * 3;
        assert_eq!(rgb[pixel..pixel + 3], ink, "at {x}, {y}");
    }
    // Shapes too: a square, a triangle, a disc, each on a white one.
    let n = |is: fn(&Mark) -> bool| page.marks.iter().filter(|mark| is(mark)).count();
    assert_eq!(n(|mark| matches!(mark, Mark::Disc { ink, .. } if *ink == SERIES_2)), 2, "and one in the key");
    assert_eq!(n(|mark| matches!(mark, Mark::Polygon { ink, .. } if *ink == POSITIVE)), 2);
    assert_eq!(n(|mark| matches!(mark, Mark::Box { ink, .. } if *ink == NEGATIVE)), 2);
}

#[test]
fn it_says_how_well_the_plates_agree_and_what_is_left_out() {
    let mut figure = scatter();
    figure.wells[20].is_excluded = true;
    figure.wells[30].x = None;
    figure.wells[31].y = Some(f64::NAN);
    let said = words(&figure);
    for part in [
        "BR1 and BR2",
        "Pearson r 0.912, Spearman ρ −0.874",
        "n = 95",
        "BR1, Cells_Count (cells)",
        "BR2, Cells_Count (cells)",
        "of 95 wells that count, 93 have a value on both and are drawn",
        "over 95 matched wells",
        "Both axes have one range; on the dashed line the plates agree.",
        "1 well is excluded and counts in no statistic: B09.",
        "sample (77)",
        "negative control (8)",
        "positive control (8)",
        "Session content abababababab.",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let discs = drawn(&figure, 1.0)
        .marks
        .iter()
        .filter(|mark| matches!(mark, Mark::Disc { ink, .. } if *ink == SERIES_2))
        .count();
    assert_eq!(discs, 77 + 1, "a disc a sample that counts and has both values, and one in the key");
    figure.agreement.pearson = Err("the values of BR1 do not scatter".to_owned());
    figure.agreement.spearman = Ok(f64::NAN);
    let said = words(&figure);
    assert!(said.contains("Pearson r n/a, Spearman ρ n/a"), "{said}");
    assert!(
        said.contains("Pearson r n/a (the values of BR1 do not scatter), Spearman ρ n/a (it is no finite number)"),
        "{said}"
    );
    figure.x = PlateKey::new("RUN-6", "BR2");
    assert!(words(&figure).contains("RUN-6/BR2 and RUN-7/BR2"), "one barcode in two runs");
}

#[test]
fn no_well_one_well_and_too_many() {
    let mut figure = scatter();
    figure.wells.truncate(1);
    assert!(words(&figure).contains("of 1 well that counts, 1 has a value on both and is drawn"));
    assert_on_page(&drawn(&figure, 1.0), "one well");
    figure.wells.clear();
    assert!(words(&figure).contains("of 0 wells that count, 0 have a value on both"));
    assert_on_page(&drawn(&figure, 10.0), "no wells");
    let mut figure = scatter();
    figure.wells.push(figure.wells[0]);
    let refused = Figure::Scatter(figure).png(96);
    assert!(matches!(refused, Err(FigureError::Count { has: 97, most: 96, .. })), "{refused:?}");
}
