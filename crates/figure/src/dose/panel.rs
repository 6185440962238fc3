//! One compound: its name, its EC50, its points and its curve.

use super::tested::Ec50;
use super::{Compound, DoseCurves, DoseMean, Interval, Replicate, words};
use crate::axis::{Frame, Scale, dashed};
use crate::colour::{EMPTY, INK, INK_3, NEGATIVE, POSITIVE, SERIES};
use crate::drawing::{Anchor, Drawing, Style};
use crate::names::clean;
use crate::page::LABEL;
use crate::point::{self, Point};

/// A compound's name.
pub(super) const NAME: Style = Style { size: 12.0, is_bold: true, ink: INK };
/// The curve's width, in CSS pixels.
const CURVE: f64 = 1.5;
/// From place to place of a curve, in device pixels.
const STEP: i32 = 2;

/// The axes that all panels share.
pub(super) struct Axes {
    pub(super) doses: Scale,
    pub(super) values: Scale,
}

/// The two lines above a panel.
pub(super) fn draw_head(drawing: &mut Drawing<'_>, figure: &DoseCurves, compound: &Compound, frame: Frame) {
    let room = f64::from(frame.right - frame.left);
    // A compound that is alone gives the page its name.
    if figure.compounds.len() > 1 {
        let name = drawing.ruler(NAME).fit_middle(&clean(&compound.name), room);
        drawing.words(name, (frame.left, frame.top - drawing.px(22.0)), Anchor::Start, NAME);
    }
    let ec50 = drawing.ruler(LABEL).fit(&words::ec50(figure, compound), room);
    drawing.words(ec50, (frame.left, frame.top - drawing.px(7.0)), Anchor::Start, LABEL);
}

/// Everything within the axes.
pub(super) fn draw(drawing: &mut Drawing<'_>, figure: &DoseCurves, compound: &Compound, axes: &Axes, frame: Frame) {
    let (doses, values) = (&axes.doses, &axes.values);
    let fit = compound.fit.as_ref().ok();
    let ec50 = compound.ec50();
    if let Some(Ec50::At(_, Some(interval))) = ec50 {
        draw_interval(drawing, interval, doses, frame);
    }
    for (level, ink) in [(figure.levels.negative, NEGATIVE), (figure.levels.positive, POSITIVE)] {
        if let Some(level) = level.filter(|level| level.is_finite()) {
            let y = values.at(level, frame.up());
            dashed(drawing, (frame.left, y), (frame.right, y), (2.0, 3.0), ink);
        }
    }
    if let Some(fit) = fit {
        if let Some(Ec50::At(at, _)) = ec50 {
            let x = doses.at(at, frame.across());
            let from = fit.curve.at(at).map_or(frame.top, |value| values.at(value, frame.up()));
            dashed(drawing, (x, from), (x, frame.bottom), (3.0, 2.0), INK_3);
        }
        let steps = ((frame.right - frame.left) / STEP).max(1).unsigned_abs();
        let width = drawing.line(CURVE);
        for run in fit.curve.runs(doses, values, steps) {
            let exact = |(dose, value)| (doses.exact(dose, frame.across()), values.exact(value, frame.up()));
            drawing.curve(run.into_iter().map(exact).collect(), width, SERIES);
        }
    }
    let place = |(dose, value): (f64, f64)| (doses.at(dose, frame.across()), values.at(value, frame.up()));
    let of = |is_excluded| compound.replicates.iter().filter(move |replicate| replicate.is_excluded == is_excluded);
    for at in of(false).filter_map(Replicate::place).map(place) {
        point::draw(drawing, at, Point::Replicate);
    }
    for at in compound.means.iter().filter_map(DoseMean::place).map(place) {
        point::draw(drawing, at, Point::Mean);
    }
    // What does not count has no say in the range: it lies at the edge where it lies beyond.
    for at in of(true).filter_map(Replicate::place).map(place) {
        point::draw(drawing, at, Point::Excluded);
    }
}

/// A band over the doses that the interval spans; a side that is open reaches the edge.
fn draw_interval(drawing: &mut Drawing<'_>, interval: Interval, doses: &Scale, frame: Frame) {
    let end = |end: Option<f64>, open: i32| {
        end.filter(|end| end.is_finite()).map_or(open, |end| doses.at(end, frame.across()))
    };
    // What is bounded by nothing says nothing: no band over everything.
    if end(interval.low, i32::MIN) == i32::MIN && end(interval.high, i32::MIN) == i32::MIN {
        return;
    }
    let (from, to) = (end(interval.low, frame.left), end(interval.high, frame.right));
    // An interval that is narrower than a pixel is still seen; one that lies outside is not.
    let outside = [interval.low, interval.high];
    let is_beyond =
        outside[0].is_some_and(|low| low > doses.range.high) || outside[1].is_some_and(|high| high < doses.range.low);
    if !is_beyond && from <= to {
        let wide = (to - from).max(drawing.line(1.0));
        drawing.fill(from, frame.top, wide, frame.bottom - frame.top, EMPTY);
    }
}
