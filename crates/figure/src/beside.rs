//! A plate as a heatmap with the histograms of its values beside it: where a value lies, and how many are like it.

use crate::bars::{BETWEEN, Panels};
use crate::drawing::{Anchor, Drawing, Finished};
use crate::heatmap::Heatmap;
use crate::key;
use crate::page::{self, AXIS, MARGIN};
use crate::subject::PlateFigure;

/// From the colour scale's name to the counts; room for these; the bars' width; in CSS pixels.
const BETWEEN_BOTH: f64 = 28.0;
const GUTTER: f64 = 40.0;
const BARS_WIDE: f64 = 300.0;
/// The axis of values under the bars and its name.
const AXIS_HIGH: f64 = 34.0;
/// Bars of controls are at least so high.
const LEAST_HIGH: f64 = 42.0;
/// How much higher those of samples are.
const SAMPLES_SHARE: f64 = 1.9;

/// Draws the page.
pub(crate) fn draw(figure: &PlateFigure, mut drawing: Drawing<'_>) -> Finished {
    let (heatmap, panels) = (Heatmap::of(figure, &drawing), Panels::of(figure));
    let margin = drawing.px(MARGIN);
    let left = margin + heatmap.width(&drawing) + drawing.px(BETWEEN_BOTH + GUTTER);
    let right = left + drawing.px(BARS_WIDE);
    let width = right + margin;
    let head = page::head_of(figure, &mut drawing, width);
    let (top, bottom) = heatmap.draw(&mut drawing, (margin, head));
    // The panels end where the plate does, if that leaves them high enough.
    let room = drawing.css(bottom - top) - AXIS_HIGH;
    let kinds = panels.all.len() as f64;
    let control = (room - kinds * (BETWEEN + 4.0)) / (kinds - 1.0 + SAMPLES_SHARE);
    let control = control.max(LEAST_HIGH);
    let high = |is_of_samples| if is_of_samples { control * SAMPLES_SHARE } else { control };
    let first = top - drawing.px(4.0);
    let y = panels.draw(&mut drawing, (left, right), first, |panel| high(panel.is_of_samples));
    let quantity = drawing.ruler(AXIS).fit(&figure.quantity().axis(), f64::from(right - left));
    drawing.words(quantity, (left.midpoint(right), y + drawing.px(19.0)), Anchor::Middle, AXIS);
    let bottom = bottom.max(y + drawing.px(19.0));
    let below = key::below(figure, &mut drawing, bottom, width);
    page::finish_of(figure, drawing, below, width, &format!("{} {}", heatmap.told(), panels.told(figure)))
}
