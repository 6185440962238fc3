//! A plate as a heatmap: every well in its place, rows and columns named, a colour scale, a key of marks.

use plate::Format;
use plate::well::row_letters;

use crate::caption;
use crate::colour::{LINE_2, Map, Range};
use crate::drawing::{Anchor, Drawing, Finished};
use crate::key;
use crate::legend::Legend;
use crate::number::{fixed, value};
use crate::page::{self, LABEL, MARGIN};
use crate::subject::PlateFigure;
use crate::wells::{self, Look, Square};

/// Room for the letters of rows and the numbers of columns, in CSS pixels.
const GUTTER: (f64, f64) = (24.0, 18.0);
/// From the outer wells to the plate's edge.
const RIM: f64 = 6.0;
/// The plate's cut corner, by A01.
const CUT: f64 = 9.0;
/// From the plate to its legend.
const TO_LEGEND: f64 = 22.0;
/// A caption needs lines of this length at least.
const LEAST_WIDTH: f64 = 600.0;

/// From well to well and the gap between two, in CSS pixels: plates of all formats come out about as large.
const fn pitch(format: Format) -> (f64, f64) {
    match format {
        Format::F6 => (110.0, 3.0),
        Format::F12 => (100.0, 3.0),
        Format::F24 => (84.0, 3.0),
        Format::F48 => (70.0, 2.0),
        Format::F96 => (54.0, 2.0),
        Format::F384 => (30.0, 1.0),
        Format::F1536 => (18.0, 1.0),
        Format::F3456 => (13.0, 1.0),
    }
}

/// Draws the page.
pub(crate) fn draw(figure: &PlateFigure, mut drawing: Drawing<'_>) -> Finished {
    let map = if figure.is_signed() { Map::TideLight } else { Map::Viridis };
    let range = Range::of(figure.values(), figure.is_signed());
    let legend = Legend::of(figure, map, range);
    let (rows, columns) = (i32::from(figure.format.rows()), i32::from(figure.format.columns()));
    let (pitch, gap) = pitch(figure.format);
    let (pitch, gap) = (drawing.px(pitch), drawing.line(gap));
    let (wide, high) = (columns * pitch - gap, rows * pitch - gap);
    let (margin, rim) = (drawing.px(MARGIN), drawing.px(RIM));
    let left = margin + drawing.px(GUTTER.0) + rim;
    let legend_left = left + wide + rim + drawing.px(TO_LEGEND);
    let width = (legend_left + legend.width(&drawing)).max(margin + drawing.px(LEAST_WIDTH)) + margin;

    let top = page::head(figure, &mut drawing, width) + drawing.px(GUTTER.1) + rim;
    outline(&mut drawing, left - rim, top - rim, wide + 2 * rim, high + 2 * rim);
    labels(figure.format, &mut drawing, (left, top), pitch, gap);
    for (at, well) in figure.wells.iter().enumerate() {
        let at = i32::try_from(at).unwrap_or_default();
        let square = Square { left: left + at % columns * pitch, top: top + at / columns * pitch, side: pitch - gap };
        let words = well.finite().filter(|_| figure.format <= Format::F96).map(|value| written(figure, value));
        let look = Look::of(well, map, range);
        wells::draw(&mut drawing, square, look, well.role, well.is_excluded, words.as_deref());
    }
    legend.draw(figure, &mut drawing, (legend_left, top - rim), high + 2 * rim);

    let below = top + high + rim + drawing.px(16.0);
    let key_ends = key::draw(figure, &mut drawing, (margin, below), width - 2 * margin, (map, range));
    let caption_top = if key_ends == below { below } else { key_ends + drawing.px(16.0) };
    page::finish(figure, drawing, caption_top, width, caption::colours(figure, map, range))
}

/// A value as a well has room for it.
fn written(figure: &PlateFigure, number: f64) -> String {
    if figure.is_signed() && number.abs() < 1000.0 { fixed(number, 2) } else { value(number) }
}

/// The plate's edge, with the cut corner that tells which way round it lies.
fn outline(drawing: &mut Drawing<'_>, left: i32, top: i32, width: i32, height: i32) {
    let (line, cut) = (drawing.line(1.0), drawing.px(CUT));
    let (right, bottom) = (left + width, top + height);
    drawing.fill(left + cut, top, width - cut, line, LINE_2);
    drawing.fill(right - line, top, line, height, LINE_2);
    drawing.fill(left, bottom - line, width, line, LINE_2);
    drawing.fill(left, top + cut, line, height - cut, LINE_2);
    drawing.stroke((left, top + cut), (left + cut, top), line, LINE_2);
}

/// Letters of rows and numbers of columns; where there is no room for all, every second, fifth or tenth.
fn labels(format: Format, drawing: &mut Drawing<'_>, (left, top): (i32, i32), pitch: i32, gap: i32) {
    let rim = drawing.px(RIM);
    let half = (pitch - gap) / 2;
    let widest = drawing.ruler(LABEL).width("00") + f64::from(drawing.px(2.0));
    let (across, down) = (every(widest, pitch), every(f64::from(drawing.px(LABEL.size + 1.0)), pitch));
    for column in (0..format.columns()).filter(|column| is_named(*column, across)) {
        let x = left + i32::from(column) * pitch + half;
        let at = (x, top - rim - drawing.px(6.0));
        drawing.words((u32::from(column) + 1).to_string(), at, Anchor::Middle, LABEL);
    }
    for row in (0..format.rows()).filter(|row| is_named(*row, down)) {
        let y = top + i32::from(row) * pitch + half + drawing.half_capital(LABEL);
        let at = (left - rim - drawing.px(7.0), y);
        drawing.words(row_letters(row), at, Anchor::End, LABEL);
    }
}

/// The smallest step at which labels of this size have room.
fn every(label: f64, pitch: i32) -> u8 {
    [1, 2, 5].into_iter().find(|step| f64::from(*step) * f64::from(pitch) >= label).map_or(10, |step| step as u8)
}

/// Whether the row or column (0-based) has a label: the first, and every so many by its number.
fn is_named(index: u8, every: u8) -> bool {
    if every <= 2 { index.is_multiple_of(every) } else { index == 0 || (index + 1).is_multiple_of(every) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_letters_of_the_field() {
        assert_eq!([0, 25, 26, 31, 47].map(row_letters), ["A", "Z", "AA", "AF", "AV"]);
    }

    #[test]
    fn labels_thin_out_where_there_is_no_room() {
        assert_eq!([every(14.0, 30), every(14.0, 13), every(14.0, 3), every(14.0, 1)], [1, 2, 5, 10]);
        let named = |step| (0..12).filter(|index| is_named(*index, step)).map(|index| index + 1).collect::<Vec<u8>>();
        assert_eq!(named(2), [1, 3, 5, 7, 9, 11]);
        assert_eq!(named(5), [1, 5, 10]);
    }
}
