//! The page of two plates: a square over one range, the line on which they would agree, points by role.

use super::{Matched, Scatter};
use crate::axis::{self, Frame, Scale};
use crate::caption;
use crate::colour::{INK, LINE_2};
use crate::drawing::{Anchor, Drawing, Finished, Style};
use crate::key::{self, Entry, Sign};
use crate::measured;
use crate::names::clean;
use crate::number::{count, counted};
use crate::page::{self, AXIS, LABEL, MARGIN};
use crate::point::{self, Point};

/// The square's side, in CSS pixels.
const SIDE: f64 = 480.0;
/// From the labels of the axis to its name.
const TO_NAME: f64 = 14.0;
/// Most ticks an axis.
const TICKS: u32 = 7;
/// A caption needs lines of this length at least.
const LEAST_WIDTH: f64 = 600.0;
/// How well the plates agree.
const AGREEMENT: Style = Style { size: 12.0, is_bold: true, ink: INK };

/// What is drawn below what.
const ORDER: [(Point, &str); 4] = [
    (Point::Sample, "sample"),
    (Point::Reference, "reference"),
    (Point::Negative, "negative control"),
    (Point::Positive, "positive control"),
];

/// Draws the page.
pub(crate) fn draw(figure: &Scatter, mut drawing: Drawing<'_>) -> Finished {
    let both = || figure.wells.iter().filter_map(Matched::values);
    let scale = Scale::over(both().flat_map(|(x, y)| [x, y]), TICKS);
    let margin = drawing.px(MARGIN);
    let gutter = drawing.px(AXIS.size + TO_NAME + 8.0) + scale.widest(&drawing);
    let left = margin + gutter;
    let right = left + drawing.px(SIDE);
    let width = (right + margin).max(drawing.px(LEAST_WIDTH) + 2 * margin);
    let (x, y) = names(figure);
    let quantity = figure.quantity.axis();
    let head = page::head(&mut drawing, width, &format!("{x} and {y}"), &quantity);
    let baseline = head + drawing.px(14.0);
    let agreement = &figure.agreement;
    let told = format!(
        "Pearson r {}, Spearman ρ {}",
        measured::short(&agreement.pearson, 3),
        measured::short(&agreement.spearman, 3)
    );
    let n = format!("n = {}", count(agreement.n as usize));
    let after = left + drawing.ruler(AGREEMENT).width(&told).ceil() as i32;
    drawing.words(told, (left, baseline), Anchor::Start, AGREEMENT);
    drawing.words(n, (after, baseline), Anchor::Start, LABEL);

    let top = baseline + drawing.px(14.0);
    let frame = Frame { left, right, top, bottom: top + right - left };
    axis::dashed(&mut drawing, (left, frame.bottom), (right, top), (5.0, 4.0), LINE_2);
    frame.draw(&mut drawing);
    frame.ticks_beside(&mut drawing, &scale, true);
    frame.ticks_below(&mut drawing, &scale, true);
    let mut entries = Vec::new();
    for (point, word) in ORDER {
        let of_kind = figure.wells.iter().filter(|well| Point::of(well.role) == point);
        let places: Vec<(f64, f64)> = of_kind.filter_map(Matched::values).collect();
        for (x, y) in &places {
            point::draw(&mut drawing, (scale.at(*x, frame.across()), scale.at(*y, frame.up())), point);
        }
        if !places.is_empty() {
            entries.push(Entry { sign: Sign::Point(point), words: format!("{word} ({})", count(places.len())) });
        }
    }
    let below = frame.bottom + drawing.px(38.0);
    frame.name_below(&mut drawing, below, &format!("{x}, {quantity}"));
    frame.name_beside(&mut drawing, &format!("{y}, {quantity}"));
    let key_left = left;
    let caption = key::under(&mut drawing, (key_left, below), width - margin - key_left, entries);
    page::finish(drawing, caption, width, format!("Plates {x} and {y}, {quantity}"), &lines(figure, both().count()))
}

/// The plates' names: barcodes, with their runs where these are what tells them apart.
fn names(figure: &Scatter) -> (String, String) {
    if figure.x.barcode == figure.y.barcode {
        return (clean(&figure.x.to_string()), clean(&figure.y.to_string()));
    }
    (clean(&figure.x.barcode), clean(&figure.y.barcode))
}

fn lines(figure: &Scatter, drawn: usize) -> Vec<String> {
    let (x, y) = (clean(&figure.x.barcode), clean(&figure.y.barcode));
    let (run_x, run_y) = (caption::run(&figure.x), caption::run(&figure.y));
    let excluded: Vec<&Matched> = figure.wells.iter().filter(|well| well.is_excluded).collect();
    let counted_wells = counted(figure.wells.len() - excluded.len(), "well that counts", "wells that count");
    let plates = format!(
        "Plates {x} ({run_x}, to the right) and {y} ({run_y}, upwards), {} wells each: of {counted_wells}, {} {} a \
         value on both and {} drawn.",
        count(usize::from(figure.format.wells())),
        count(drawn),
        if drawn == 1 { "has" } else { "have" },
        if drawn == 1 { "is" } else { "are" }
    );
    let agreement = format!(
        "Pearson r {}, Spearman ρ {} over {}.",
        measured::whole(&figure.agreement.pearson, 3),
        measured::whole(&figure.agreement.spearman, 3),
        counted(figure.agreement.n as usize, "matched well", "matched wells")
    );
    let names = || excluded.iter().map(|matched| matched.well.to_string()).collect();
    vec![
        plates,
        format!("{} Both axes have one range; on the dashed line the plates agree.", figure.quantity.scaling_of_each()),
        agreement,
        caption::exclusions(excluded.len(), names),
        figure.provenance.told(),
    ]
}
