//! The page of compounds: panels side by side, their two axes named once.

use super::panel::{self, Axes};
use super::tested::Ec50;
use super::{Compound, DoseCurves, Interval, range, words};
use crate::axis::Frame;
use crate::drawing::{Anchor, Drawing, Finished};
use crate::key::{self, Entry, Sign};
use crate::names::clean;
use crate::number::{count, counted};
use crate::page::{self, AXIS, LABEL, MARGIN};
use crate::point::Point;

/// From panel to panel, across and down: what stands below and above one.
const BETWEEN: (f64, f64) = (26.0, 18.0);
/// The two lines above a panel; the labels below the last.
const HEAD: f64 = 38.0;
const FOOT: f64 = 22.0;
/// A caption needs lines of this length at least.
const LEAST_WIDTH: f64 = 600.0;
/// Most ticks of the value axis, on a high panel and on others.
const TICKS: [u32; 2] = [6, 5];

/// Panels side by side, and each one's size in CSS pixels.
const fn shape(compounds: usize) -> (i32, f64, f64) {
    match compounds {
        1 => (1, 540.0, 340.0),
        2..=4 => (2, 330.0, 210.0),
        5..=9 => (3, 260.0, 165.0),
        10..=16 => (4, 225.0, 140.0),
        _ => (5, 225.0, 130.0),
    }
}

/// Draws the page.
pub(crate) fn draw(figure: &DoseCurves, mut drawing: Drawing<'_>) -> Finished {
    let n = i32::try_from(figure.compounds.len()).unwrap_or(1);
    let (columns, wide, high) = shape(figure.compounds.len());
    let doses = range::doses(figure);
    let values = range::values(figure, &doses, TICKS[usize::from(high < 200.0)]);
    let axes = Axes { doses, values };
    let margin = drawing.px(MARGIN);
    let left = margin + drawing.px(AXIS.size + 22.0) + axes.values.widest(&drawing);
    let (wide, high) = (drawing.px(wide), drawing.px(high));
    let (step_x, step_y) = (wide + drawing.px(BETWEEN.0), high + drawing.px(HEAD + BETWEEN.1));
    let right = left + columns * step_x - drawing.px(BETWEEN.0);
    // The signs of the controls' levels stand beside the last panel.
    let width = (right + margin).max(drawing.px(LEAST_WIDTH) + 2 * margin);
    let (name, quantity) = (words::name(figure), figure.quantity.axis());
    let top = page::head(&mut drawing, width, &name, &quantity) + drawing.px(HEAD);
    let rows = (n - 1) / columns + 1;
    for (at, compound) in (0..n).zip(&figure.compounds) {
        let (row, column) = (at / columns, at % columns);
        let (left, top) = (left + column * step_x, top + row * step_y);
        let frame = Frame { left, right: left + wide, top, bottom: top + high };
        panel::draw_head(&mut drawing, figure, compound, frame);
        panel::draw(&mut drawing, figure, compound, &axes, frame);
        frame.draw(&mut drawing);
        frame.ticks_beside(&mut drawing, &axes.values, column == 0);
        frame.ticks_below(&mut drawing, &axes.doses, at + columns >= n);
        let has_values = compound.places().next().is_some();
        if !has_values {
            let middle = (left + wide / 2, top + high / 2);
            drawing.words("no values", middle, Anchor::Middle, LABEL);
        }
    }
    let bottom = top + (rows - 1) * step_y + high;
    let all = Frame { left, right, top, bottom };
    let below = bottom + drawing.px(FOOT + 18.0);
    all.name_below(&mut drawing, below, &format!("dose ({})", clean(&figure.unit)));
    all.name_beside(&mut drawing, &quantity);
    let caption = key::under(&mut drawing, (left, below), width - margin - left, entries(figure));
    page::finish(drawing, caption, width, format!("{name}, {quantity}"), &words::lines(figure))
}

fn entries(figure: &DoseCurves) -> Vec<Entry> {
    let replicates = |is_excluded: bool| {
        let all = figure.compounds.iter().flat_map(|compound| &compound.replicates);
        all.filter(|replicate| replicate.is_excluded == is_excluded && replicate.place().is_some()).count()
    };
    let means = figure.compounds.iter().flat_map(|compound| &compound.means).filter(|mean| mean.place().is_some());
    let fits = || figure.compounds.iter().filter_map(|compound| compound.fit.as_ref().ok());
    let ec50s = || figure.compounds.iter().filter_map(Compound::ec50);
    let has_ec50 = ec50s().any(|ec50| matches!(ec50, Ec50::At(..)));
    let is_bounded = |interval: Interval| interval.low.is_some() || interval.high.is_some();
    let has_band = ec50s().any(|ec50| matches!(ec50, Ec50::At(_, Some(interval)) if is_bounded(interval)));
    let points = [
        (Point::Replicate, "well", replicates(false)),
        (Point::Mean, "mean of a dose", means.count()),
        (Point::Excluded, "excluded well", replicates(true)),
    ];
    let lines = [
        (Sign::Curve, "fitted curve", fits().next().is_some()),
        (Sign::Upright, "EC50", has_ec50),
        (Sign::Band, "its 95 % interval", has_band),
        (Sign::Level(Point::Negative), "mean of negative controls", figure.levels.negative.is_some()),
        (Sign::Level(Point::Positive), "mean of positive controls", figure.levels.positive.is_some()),
    ];
    let points = points.into_iter().filter(|(_, _, n)| *n > 0);
    let points = points.map(|(point, word, n)| (Sign::Point(point), format!("{word} ({})", count(n))));
    let lines = lines.into_iter().filter(|(_, _, is_there)| *is_there).map(|(sign, word, _)| (sign, word.to_owned()));
    points.chain(lines).map(|(sign, words)| Entry { sign, words }).collect()
}

/// "3 compounds".
pub(super) fn compounds(n: usize) -> String {
    counted(n, "compound", "compounds")
}
