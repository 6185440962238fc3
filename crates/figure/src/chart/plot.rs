//! The page of a control chart: zones and lines of the baseline, plates as points in order, gaps where there is no value.

use super::{ChartPlate, ControlChart, labels, words};
use crate::axis::{Frame, Scale, dashed};
use crate::colour::{EMPTY, INK_3, Ink, LINE_2, MARK, SERIES_2};
use crate::drawing::{Anchor, Drawing, Finished};
use crate::key::{self, Entry, Sign};
use crate::number::{count, value};
use crate::page::{self, AXIS, LABEL, MARGIN};
use crate::point::{self, Point};

/// From plate to plate, the plot's least and most width, its height, in CSS pixels.
const STEP: f64 = 20.0;
const WIDE: (f64, f64) = (560.0, 1200.0);
const HIGH: f64 = 320.0;
/// Room for barcodes that run upwards, and for one beside the next.
const BARCODE_ROOM: f64 = 118.0;
const BARCODE_STEP: f64 = 14.0;
/// A line's label needs this much above the next.
const LABEL_STEP: f64 = 13.0;
/// Nearer to each other, plates within their limits are a line without points.
const POINT_STEP: f64 = 5.0;
/// Within one standard deviation, and within two.
const ZONES: [Ink; 2] = [[0xe9, 0xe9, 0xe7], [0xf4, 0xf4, 0xf3]];
/// Most ticks of the axis of values.
const TICKS: u32 = 6;

/// Where the plates stand.
struct Places {
    frame: Frame,
    n: usize,
}

impl Places {
    fn x(&self, at: usize) -> i32 {
        let (left, right) = self.frame.across();
        left + (f64::from(right - left) * (at as f64 + 0.5) / self.n.max(1) as f64).round() as i32
    }

    /// From plate to plate, in CSS pixels.
    fn step(&self, drawing: &Drawing<'_>) -> f64 {
        drawing.css(self.frame.right - self.frame.left) / self.n.max(1) as f64
    }
}

/// Draws the page.
pub(crate) fn draw(figure: &ControlChart, mut drawing: Drawing<'_>) -> Finished {
    let n = figure.plates.len();
    let limits = figure.limits();
    let lines = limits.map(|(mean, sd)| lines(mean, sd)).unwrap_or_default();
    let values = figure.plates.iter().filter_map(ChartPlate::finite);
    let scale = Scale::over(values.chain(lines.iter().map(|line| line.at)), TICKS);
    let margin = drawing.px(MARGIN);
    let left = margin + drawing.px(AXIS.size + 22.0) + scale.widest(&drawing);
    let right = left + drawing.px((n as f64 * STEP).clamp(WIDE.0, WIDE.1));
    let beside = lines.iter().map(|line| drawing.ruler(LABEL).width(&line.label)).fold(0.0, f64::max).ceil() as i32;
    let width = right + drawing.px(8.0) + beside + margin;
    let (name, quantity) = (words::name(figure), words::measure(figure));
    let top = page::head(&mut drawing, width, &name, &quantity) + drawing.px(10.0);
    let places = Places { frame: Frame { left, right, top, bottom: top + drawing.px(HIGH) }, n };
    let frame = places.frame;

    if let Some((mean, sd)) = limits {
        draw_zones(&mut drawing, &scale, frame, (mean, sd));
    }
    draw_gaps(&mut drawing, figure, &places);
    draw_lines(&mut drawing, &lines, &scale, frame);
    draw_series(&mut drawing, figure, &scale, &places);
    labels::draw(&mut drawing, figure, |at, value| (places.x(at), scale.at(value, frame.up())), frame, limits);
    frame.draw(&mut drawing);
    frame.ticks_beside(&mut drawing, &scale, true);
    frame.name_beside(&mut drawing, &quantity);
    let longest = draw_barcodes(&mut drawing, figure, &places);
    let below = frame.bottom + drawing.px(12.0) + longest + drawing.px(18.0);
    frame.name_below(&mut drawing, below, "plates, in order");
    let caption = key::under(&mut drawing, (left, below), width - margin - left, entries(figure));
    page::finish(drawing, caption, width, format!("{name}, {quantity}"), &words::lines(figure))
}

/// A line of the baseline.
struct Line {
    at: f64,
    /// How many standard deviations from the mean, without its sign.
    away: u8,
    label: String,
}

/// The mean, and lines 1, 2 and 3 standard deviations from it; those that leave 64-bit arithmetic are left out.
fn lines(mean: f64, sd: f64) -> Vec<Line> {
    // In the order of their importance, which is that of their labels where there is no room for all.
    let away = [0_i8, 3, -3, 2, -2, 1, -1].into_iter().filter(|away| *away == 0 || sd > 0.0);
    let line = |away: i8| {
        let at = mean + f64::from(away) * sd;
        let name = match away {
            0 => "mean".to_owned(),
            n if n > 0 => format!("+{n} SD"),
            n => format!("\u{2212}{} SD", n.unsigned_abs()),
        };
        Line { at, away: away.unsigned_abs(), label: format!("{name}  {}", value(at)) }
    };
    away.map(line).filter(|line| line.at.is_finite()).collect()
}

fn draw_zones(drawing: &mut Drawing<'_>, scale: &Scale, frame: Frame, (mean, sd): (f64, f64)) {
    for (away, ink) in [(2.0, ZONES[1]), (1.0, ZONES[0])] {
        let at = |side: f64| scale.at((mean + side * away * sd).clamp(-f64::MAX, f64::MAX), frame.up());
        let (top, bottom) = (at(1.0), at(-1.0));
        drawing.fill(frame.left, top, frame.right - frame.left, bottom - top, ink);
    }
}

fn draw_lines(drawing: &mut Drawing<'_>, lines: &[Line], scale: &Scale, frame: Frame) {
    let hairline = drawing.line(1.0);
    let mut labelled: Vec<i32> = Vec::new();
    for line in lines {
        let y = scale.at(line.at, frame.up());
        match line.away {
            0 => drawing.fill(frame.left, y - hairline / 2, frame.right - frame.left, hairline, MARK),
            2 => dashed(drawing, (frame.left, y), (frame.right, y), (4.0, 3.0), LINE_2),
            3 => drawing.fill(frame.left, y - hairline / 2, frame.right - frame.left, hairline, LINE_2),
            // The edge of the inner zone is line enough.
            _ => {}
        }
        if labelled.iter().all(|other| (y - other).abs() >= drawing.px(LABEL_STEP)) {
            let at = (frame.right + drawing.px(8.0), y + drawing.half_capital(LABEL));
            drawing.words(&*line.label, at, Anchor::Start, LABEL);
            labelled.push(y);
        }
    }
}

/// A plate without a value: a column of its own, so that nobody takes the gap for one of the drawing.
fn draw_gaps(drawing: &mut Drawing<'_>, figure: &ControlChart, places: &Places) {
    let frame = places.frame;
    let (wide, dot) = (drawing.px(places.step(drawing).min(14.0)).max(1), drawing.line(2.0));
    for (at, _) in figure.plates.iter().enumerate().filter(|(_, plate)| plate.finite().is_none()) {
        let x = places.x(at);
        drawing.fill(x - wide / 2, frame.top, wide, frame.bottom - frame.top, EMPTY);
        drawing.fill(x - dot / 2, frame.bottom - 2 * dot, dot, dot, INK_3);
    }
}

/// Plates joined by lines, but not across gaps; then the points.
fn draw_series(drawing: &mut Drawing<'_>, figure: &ControlChart, scale: &Scale, places: &Places) {
    let at = |index: usize| {
        let value = figure.plates.get(index)?.finite()?;
        Some((places.x(index), scale.at(value, places.frame.up())))
    };
    let line = drawing.line(1.0);
    for index in 1..figure.plates.len() {
        if let (Some(from), Some(to)) = (at(index - 1), at(index)) {
            drawing.stroke(from, to, line, SERIES_2);
        }
    }
    let is_dense = places.step(drawing) < POINT_STEP;
    // What breaks a rule lies above what does not.
    for is_broken in [false, true] {
        for (index, plate) in
            figure.plates.iter().enumerate().filter(|(_, plate)| plate.breaches.is_empty() != is_broken)
        {
            let stands_alone = index.checked_sub(1).and_then(at).is_none() && at(index + 1).is_none();
            if let Some(place) = at(index).filter(|_| is_broken || stands_alone || !is_dense) {
                point::draw(drawing, place, mark(plate));
            }
        }
    }
}

/// How a plate is marked.
pub(super) fn mark(plate: &ChartPlate) -> Point {
    match plate.breaches.as_slice() {
        [] => Point::Plate,
        all if all.iter().all(|breach| breach.is_warning) => Point::Warned,
        _ => Point::Rejected,
    }
}

/// Barcodes below the axis, upwards; where there is no room for all, every second, fifth, and so on. Returns the longest.
fn draw_barcodes(drawing: &mut Drawing<'_>, figure: &ControlChart, places: &Places) -> i32 {
    let step = places.step(drawing);
    let every =
        [1_usize, 2, 5, 10, 20, 50].into_iter().find(|every| *every as f64 * step >= BARCODE_STEP).unwrap_or(100);
    let ruler = drawing.ruler(LABEL);
    let (line, tick) = (drawing.line(1.0), drawing.px(4.0));
    let mut longest = 0;
    for (at, plate) in figure.plates.iter().enumerate().step_by(every) {
        let barcode = ruler.fit_middle(&words::barcode(plate), f64::from(drawing.px(BARCODE_ROOM)));
        longest = longest.max(ruler.width(&barcode).ceil() as i32);
        let x = places.x(at);
        drawing.fill(x - line / 2, places.frame.bottom + line, line, tick, INK_3);
        let baseline = (x + drawing.half_capital(LABEL), places.frame.bottom + drawing.px(8.0));
        drawing.turned_words(barcode, baseline, Anchor::End, LABEL);
    }
    longest
}

fn entries(figure: &ControlChart) -> Vec<Entry> {
    let n =
        |point: Point| figure.plates.iter().filter(|plate| plate.finite().is_some() && mark(plate) == point).count();
    let gaps = figure.plates.iter().filter(|plate| plate.finite().is_none()).count();
    let all = [
        (Sign::Point(Point::Plate), "plate", n(Point::Plate)),
        (Sign::Point(Point::Warned), "breaks a rule that warns", n(Point::Warned)),
        (Sign::Point(Point::Rejected), "breaks a rule that rejects", n(Point::Rejected)),
        (Sign::Gap, "no value", gaps),
    ];
    let there = all.into_iter().filter(|(_, _, n)| *n > 0);
    there.map(|(sign, word, n)| Entry { sign, words: format!("{word} ({})", count(n)) }).collect()
}
