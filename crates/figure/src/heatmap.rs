//! A plate as a heatmap: every well in its place, rows and columns named, a colour scale, a key of marks.

use plate::{Format, Well};

use crate::caption;
use crate::colour::{LINE_2, Map, Range};
use crate::drawing::{Anchor, At, Drawing, Finished};
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

/// A plate with its labels and its colour scale, as large as it will be.
pub(crate) struct Heatmap<'a> {
    figure: &'a PlateFigure,
    map: Map,
    range: Range,
    legend: Legend,
    pitch: i32,
    gap: i32,
}

impl<'a> Heatmap<'a> {
    pub(crate) fn of(figure: &'a PlateFigure, drawing: &Drawing<'_>) -> Heatmap<'a> {
        let quantity = figure.quantity();
        let map = Map::for_values(quantity.is_signed());
        let range = Range::of(figure.values(), quantity.is_signed());
        let legend = Legend::of(figure.values(), map, range, quantity.axis());
        let (pitch, gap) = pitch(figure.format);
        Heatmap { figure, map, range, legend, pitch: drawing.px(pitch), gap: drawing.line(gap) }
    }

    /// The wells alone, in device pixels: across and down.
    fn wells(&self) -> (i32, i32) {
        let format = self.figure.format;
        let along = |n: u8| i32::from(n) * self.pitch - self.gap;
        (along(format.columns()), along(format.rows()))
    }

    /// Device pixels across, from the letters of rows to the scale's name.
    pub(crate) fn width(&self, drawing: &Drawing<'_>) -> i32 {
        let rims = 2 * drawing.px(RIM);
        drawing.px(GUTTER.0) + self.wells().0 + rims + drawing.px(TO_LEGEND) + self.legend.width(drawing)
    }

    /// Draws it from its upper left corner on; returns where its edge begins and ends, down the page.
    pub(crate) fn draw(&self, drawing: &mut Drawing<'_>, (left, top): (i32, i32)) -> (i32, i32) {
        let (rim, (wide, high)) = (drawing.px(RIM), self.wells());
        let (left, top) = (left + drawing.px(GUTTER.0) + rim, top + drawing.px(GUTTER.1) + rim);
        let (figure, pitch, gap) = (self.figure, self.pitch, self.gap);
        outline(drawing, (left - rim, top - rim), (wide + 2 * rim, high + 2 * rim), drawing.px(CUT));
        labels(figure.format, drawing, (left, top), pitch, gap);
        let columns = i32::from(figure.format.columns());
        let is_signed = figure.quantity().is_signed();
        for (at, well) in figure.wells.iter().enumerate() {
            let at = i32::try_from(at).unwrap_or_default();
            let square =
                Square { left: left + at % columns * pitch, top: top + at / columns * pitch, side: pitch - gap };
            let words = well.finite().filter(|_| figure.format <= Format::F96).map(|value| written(is_signed, value));
            let look = Look::of(well, self.map, self.range);
            wells::draw(drawing, square, look, well.role, well.is_excluded, words.as_deref());
        }
        let legend_left = left + wide + rim + drawing.px(TO_LEGEND);
        self.legend.draw(drawing, (legend_left, top - rim), high + 2 * rim);
        (top - rim, top + high + rim)
    }

    /// What its colours mean, for the caption.
    pub(crate) fn told(&self) -> String {
        caption::colours(self.figure.values(), &self.figure.quantity(), self.map, self.range)
    }
}

/// Draws the page.
pub(crate) fn draw(figure: &PlateFigure, mut drawing: Drawing<'_>) -> Finished {
    let heatmap = Heatmap::of(figure, &drawing);
    let margin = drawing.px(MARGIN);
    let width = heatmap.width(&drawing).max(drawing.px(LEAST_WIDTH)) + 2 * margin;
    let top = page::head_of(figure, &mut drawing, width);
    let (_, bottom) = heatmap.draw(&mut drawing, (margin, top));
    let below = key::below(figure, &mut drawing, bottom, width);
    page::finish_of(figure, drawing, below, width, &heatmap.told())
}

/// A value as a well has room for it.
fn written(is_signed: bool, number: f64) -> String {
    if is_signed && number.abs() < 1000.0 { fixed(number, 2) } else { value(number) }
}

/// The plate's edge, with the cut corner that tells which way round it lies.
pub(crate) fn outline(drawing: &mut Drawing<'_>, (left, top): At, (width, height): (i32, i32), cut: i32) {
    let line = drawing.line(1.0);
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
        drawing.words(letters(row), at, Anchor::End, LABEL);
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

/// A row's letters.
fn letters(row: u8) -> String {
    let name = Well::new(row, 0).map(|well| well.to_string()).unwrap_or_default();
    name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_letters_of_the_field() {
        assert_eq!([0, 25, 26, 31, 47].map(letters), ["A", "Z", "AA", "AF", "AV"]);
    }

    #[test]
    fn labels_thin_out_where_there_is_no_room() {
        assert_eq!([every(14.0, 30), every(14.0, 13), every(14.0, 3), every(14.0, 1)], [1, 2, 5, 10]);
        let named = |step| (0..12).filter(|index| is_named(*index, step)).map(|index| index + 1).collect::<Vec<u8>>();
        assert_eq!(named(2), [1, 3, 5, 7, 9, 11]);
        assert_eq!(named(5), [1, 5, 10]);
    }
}
