//! The page around every figure: its head, its caption, its margins.

use crate::caption;
use crate::colour::{INK, INK_2, INK_3, LINE};
use crate::drawing::{Anchor, Drawing, Finished, Style};
use crate::names::clean;
use crate::subject::PlateFigure;

/// White all around, in CSS pixels.
pub(crate) const MARGIN: f64 = 28.0;

/// The plate's name.
const NAME: Style = Style { size: 20.0, is_bold: true, ink: INK };
/// What is shown of it.
const QUANTITY: Style = Style { size: 13.0, is_bold: false, ink: INK_2 };
/// Labels of axes, wells and keys.
pub(crate) const LABEL: Style = Style { size: 11.0, is_bold: false, ink: INK_3 };
/// Names of axes.
pub(crate) const AXIS: Style = Style { size: 12.0, is_bold: false, ink: INK_2 };

/// From line to line of the caption.
const LEADING: f64 = 16.0;

/// Draws the head on a page so many pixels wide: what it is of, and what is shown of that; returns where it ends.
pub(crate) fn head(drawing: &mut Drawing<'_>, width: i32, name: &str, quantity: &str) -> i32 {
    let (left, room) = (drawing.px(MARGIN), f64::from(width - 2 * drawing.px(MARGIN)));
    let name = drawing.ruler(NAME).fit(name, room);
    let first = drawing.px(MARGIN + 16.0);
    drawing.words(name, (left, first), Anchor::Start, NAME);
    let quantity = drawing.ruler(QUANTITY).fit(quantity, room);
    let second = first + drawing.px(21.0);
    drawing.words(quantity, (left, second), Anchor::Start, QUANTITY);
    second + drawing.px(14.0)
}

/// The head of a figure of one plate.
pub(crate) fn head_of(figure: &PlateFigure, drawing: &mut Drawing<'_>, width: i32) -> i32 {
    head(drawing, width, &clean(&figure.key.barcode), &figure.quantity().axis())
}

/// Draws the caption, a sentence group a line, from `top` on and ends the page.
pub(crate) fn finish(mut drawing: Drawing<'_>, top: i32, width: i32, title: String, lines: &[String]) -> Finished {
    let margin = drawing.px(MARGIN);
    let room = width - 2 * margin;
    let hairline = drawing.line(1.0);
    drawing.fill(margin, top, room, hairline, LINE);
    let ruler = drawing.ruler(LABEL);
    let mut baseline = top + drawing.px(20.0);
    for line in lines.iter().flat_map(|line| ruler.wrap(line, f64::from(room))) {
        drawing.words(line, (margin, baseline), Anchor::Start, LABEL);
        baseline += drawing.px(LEADING);
    }
    let height = baseline - drawing.px(LEADING) + margin;
    drawing.finish((width, height), title, lines.join("\n"))
}

/// Ends the page of a figure of one plate; `shown` says what colours or bars mean.
pub(crate) fn finish_of(figure: &PlateFigure, drawing: Drawing<'_>, top: i32, width: i32, shown: &str) -> Finished {
    finish(drawing, top, width, caption::title(figure), &caption::lines(figure, shown))
}
