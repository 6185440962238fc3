//! A plate as histograms of its values: controls and samples each in a panel of their own, over one axis.

use crate::bars::Panels;
use crate::drawing::{Anchor, Drawing, Finished};
use crate::page::{self, AXIS, MARGIN};
use crate::subject::PlateFigure;

/// The page's width, the room for counts at its left, in CSS pixels.
const WIDTH: f64 = 800.0;
const GUTTER: f64 = 40.0;
/// Heights of the panels' bars: samples, and each kind of control.
const SAMPLES_HIGH: f64 = 170.0;
const CONTROLS_HIGH: f64 = 90.0;

/// Draws the page.
pub(crate) fn draw(figure: &PlateFigure, mut drawing: Drawing<'_>) -> Finished {
    let width = drawing.px(WIDTH);
    let margin = drawing.px(MARGIN);
    let (left, right) = (margin + drawing.px(GUTTER), width - margin);
    let panels = Panels::of(figure);
    let top = page::head_of(figure, &mut drawing, width);
    let high = |samples| if samples { SAMPLES_HIGH } else { CONTROLS_HIGH };
    let y = panels.draw(&mut drawing, (left, right), top, |panel| high(panel.is_of_samples));
    let quantity = drawing.ruler(AXIS).fit(&figure.quantity().axis(), f64::from(right - left));
    drawing.words(quantity, (left.midpoint(right), y + drawing.px(20.0)), Anchor::Middle, AXIS);
    let below = y + drawing.px(38.0);
    page::finish_of(figure, drawing, below, width, &panels.told(figure))
}
