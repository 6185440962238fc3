//! Sheets of plates: the pixels of wells, names and sentences, one scale or each its own, and what is refused.

use plate::{Format, PlateKey, Role, Undefined};

use super::{MOST_PLATES, Multiples, Span, Tile};
use crate::colour::{Map, Range};
use crate::drawing::Finished;
use crate::font::Fonts;
use crate::strange_tests::assert_on_page;
use crate::tests::{pixels, plate, squares, texts};
use crate::{Figure, FigureError, FigureWell};

/// One plate, its values moved up by `more`.
pub(crate) fn tile(format: Format, barcode: &str, more: f64) -> Tile {
    let of = plate(format);
    let mut tile = Tile {
        key: PlateKey::new("RUN-7", barcode),
        format,
        wells: of.wells.clone(),
        read: of.read,
        expected: of.expected,
        quality: of.quality.clone(),
    };
    tile.wells.iter_mut().for_each(|well| well.value = well.value.map(|value| value + more));
    tile
}

/// So many plates of a format.
pub(crate) fn sheet(n: u32, format: Format, span: Span) -> Multiples {
    let of = plate(format);
    let tiles = (0..n).map(|at| tile(format, &format!("BR{at:08}"), f64::from(at) * 100.0));
    Multiples {
        quantity: of.quantity(),
        plates: tiles.collect(),
        span,
        left_out: Vec::new(),
        provenance: of.provenance(),
    }
}

fn drawn(figure: &Multiples, unit: f64) -> Finished {
    Figure::Multiples(figure.clone()).lay_out(&Fonts::load().unwrap(), unit).unwrap()
}

fn words(figure: &Multiples) -> Vec<String> {
    texts(&Figure::Multiples(figure.clone()).svg().unwrap())
}

#[test]
fn pixels_of_wells_are_the_colours_of_one_scale_or_of_each_plates_own() {
    for span in [Span::All, Span::Each] {
        let mut figure = sheet(6, Format::F96, span);
        figure.plates.iter_mut().flat_map(|tile| &mut tile.wells).for_each(|well| well.role = None);
        // 192 pixels for 12 columns: 16 a well, 1 of them a gap.
        let places = squares(&drawn(&figure, 1.0), 15);
        assert_eq!(places.len(), 6 * 96, "a square a well");
        let (width, _, rgb) = pixels(&Figure::Multiples(figure.clone()).png(96).unwrap());
        let all = Range::of(figure.values(), false);
        let wells = figure.plates.iter().flat_map(|tile| {
            let range = if span == Span::All { all } else { Range::of(tile.values(), false) };
            tile.wells.iter().map(move |well| Map::Viridis.at(range.place(well.value.unwrap())))
        });
        for ((left, top), colour) in places.into_iter().zip(wells) {
            for (dx, dy) in [(0, 0), (14, 14), (7, 7)] {
                let pixel = ((top + dy) as usize * width + (left + dx) as usize) * 3;
                assert_eq!(rgb[pixel..pixel + 3], colour, "{span:?} at {left}, {top}");
            }
        }
    }
}

#[test]
fn every_plate_has_its_name_and_its_z_prime() {
    let mut figure = sheet(3, Format::F384, Span::Each);
    figure.plates[1].quality.z_prime = Err(Undefined::TooFew { role: Role::Positive, n: 2, minimum: 3 });
    figure.plates[1].read = 217;
    figure.plates[2].quality.has_card = false;
    figure.plates[2].wells[25].is_excluded = true;
    let found = words(&figure);
    for said in ["3 plates, run RUN-7", "Cells_Count (cells)", "BR00000000", "BR00000001", "BR00000002", "low", "high"]
    {
        assert!(found.contains(&said.to_owned()), "{said} in {found:?}");
    }
    assert_eq!(found.iter().filter(|text| *text == "Z′ 0.62").count(), 2);
    assert!(found.contains(&"Z′ n/a, 217/384".to_owned()), "{found:?}");
    let caption = found.join(" ");
    for said in [
        "384 wells each: 985 of 1,152 read, 1,152 with a value.",
        "colours of different plates do not compare",
        "1 well is excluded and counts in no statistic: BR00000002 B02.",
        "Z′ of 16 positive, 16 negative wells a plate; no assay card applies to 1 plate.",
        "n/a: 2 of at least 3 positive wells have a value (BR00000001).",
        "Session content abababababab.",
    ] {
        assert!(caption.contains(said), "{said} in {caption}");
    }
    // Below each plate, its own range.
    let range = Range::of(figure.plates[2].values(), false);
    let own = format!("{} to {}", crate::number::value(range.low), crate::number::value(range.high));
    assert!(found.contains(&own), "{own} in {found:?}");
    figure.span = Span::All;
    let caption = words(&figure).join(" ");
    assert!(caption.contains("One colour scale for all plates. Colours (viridis) from"), "{caption}");
}

#[test]
fn plates_whose_percentiles_are_one_value_are_named() {
    let mut figure = sheet(3, Format::F384, Span::Each);
    let caption = words(&figure).join(" ");
    assert!(!caption.contains("one value"), "{caption}");
    figure.plates[1].wells.iter_mut().for_each(|well| well.value = Some(7.0));
    let found = words(&figure);
    assert!(found.contains(&"6.50 to 7.50".to_owned()), "{found:?}");
    let said = "Where both percentiles are one value the colours run to both sides of it: BR00000001.";
    assert!(found.join(" ").contains(said), "{found:?}");
}

#[test]
fn plates_of_several_formats_are_drawn_each_in_its_own_grid() {
    let mut figure = sheet(2, Format::F96, Span::All);
    figure.plates.push(tile(Format::F384, "BR384", 0.0));
    figure.plates.push(tile(Format::F1536, "BR1536", 0.0));
    figure.plates.iter_mut().flat_map(|tile| &mut tile.wells).for_each(|well| well.role = None);
    // Four plates are 288 pixels wide.
    let page = drawn(&figure, 1.0);
    assert_eq!([23, 11, 5].map(|side| squares(&page, side).len()), [2 * 96, 384, 1536]);
    let caption = words(&figure).join(" ");
    assert!(caption.contains("2 of 96 wells, 1 of 384 wells, 1 of 1,536 wells, each in its own grid"), "{caption}");
    for format in Format::ALL {
        figure.plates.push(tile(format, "BR", 0.0));
    }
    for unit in [0.5, 1.0, 1.5625] {
        assert_on_page(&drawn(&figure, unit), "all formats");
    }
}

#[test]
fn one_barcode_in_two_runs_is_two_plates_with_two_names() {
    let mut figure = sheet(2, Format::F96, Span::All);
    figure.plates[1].key = PlateKey::new("RUN-8", "BR00000000");
    let found = words(&figure);
    for said in ["2 plates of 2 runs", "RUN-7/BR00000000", "RUN-8/BR00000000"] {
        assert!(found.contains(&said.to_owned()), "{said} in {found:?}");
    }
}

#[test]
fn two_hundred_plates_fit_one_page_and_more_do_not() {
    let figure = sheet(200, Format::F384, Span::All);
    let page = drawn(&figure, 1.0);
    assert_on_page(&page, "200 plates");
    let aspect = f64::from(page.width) / f64::from(page.height);
    assert!((1.0..1.8).contains(&aspect), "{} x {}", page.width, page.height);
    let found = words(&figure);
    assert!(found.contains(&"BR00000199".to_owned()));
    assert!(found.join(" ").contains("and 188 more"), "names beyond the first few are counted");
    assert!(found.join(" ").contains("Controls are not marked"), "wells of three pixels");
    let count = |figure: Multiples| match Figure::Multiples(figure).svg() {
        Err(FigureError::Count { what, has, .. }) => (what, has),
        other => panic!("{other:?}"),
    };
    assert_eq!(count(sheet(0, Format::F96, Span::All)), ("plates", 0));
    assert_eq!(count(sheet(MOST_PLATES as u32 + 1, Format::F6, Span::All)), ("plates", 201));
    assert_eq!(count(sheet(100, Format::F3456, Span::All)), ("wells", 345_600));
    let mut wrong = sheet(2, Format::F96, Span::All);
    wrong.plates[1].wells.pop();
    assert!(matches!(Figure::Multiples(wrong).svg(), Err(FigureError::Wells { has: 95, needs: 96 })));
}

#[test]
fn a_sheet_without_values_says_so() {
    for span in [Span::All, Span::Each] {
        let mut figure = sheet(3, Format::F96, span);
        figure.plates.iter_mut().flat_map(|tile| &mut tile.wells).for_each(|well| *well = FigureWell::default());
        figure.plates[0].wells[0].value = Some(f64::NAN);
        let caption = words(&figure).join(" ");
        assert!(caption.contains("0 with a value") && caption.contains("No well has a value."), "{caption}");
        assert!(!words(&figure).contains(&"low".to_owned()), "no scale has ends");
        assert_on_page(&drawn(&figure, 1.0), "no values");
    }
}

#[test]
fn plates_that_are_not_drawn_are_named_with_the_reason() {
    let mut figure = sheet(2, Format::F96, Span::All);
    assert!(!words(&figure).join(" ").contains("Not drawn"));
    let of = |barcode: &str, why: &str| (PlateKey::new("RUN-7", barcode), why.to_owned());
    figure.left_out = vec![of("BR8", "it has no such feature"), of("BR9", "it has no such feature")];
    let said = words(&figure).join(" ");
    assert!(said.contains("Not drawn: it has no such feature (BR8, BR9)."), "{said}");
}
