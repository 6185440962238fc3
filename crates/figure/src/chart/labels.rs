//! Names of broken rules beside their points, where there is room: none lies on another, on a point, or off the plot.

use super::plot::mark;
use super::{ChartPlate, ControlChart};
use crate::axis::Frame;
use crate::colour::{BAD, WARN};
use crate::drawing::{Anchor, At, Drawing, Style};
use crate::names::clean;
use crate::page::LABEL;
use crate::point::Point;

/// The widest label, and from a point to it, in CSS pixels.
const ROOM: f64 = 110.0;
const AWAY: f64 = 7.0;

/// At most so many areas along a line from plate to plate.
const MOST_AREAS: i32 = 64;

/// A rectangle: left, top, right, bottom.
type Area = (i32, i32, i32, i32);

/// Draws the names of the rules that each plate breaks; `place` says where a plate's value lies.
pub(super) fn draw(
    drawing: &mut Drawing<'_>,
    figure: &ControlChart,
    place: impl Fn(usize, f64) -> At,
    frame: Frame,
    limits: Option<(f64, f64)>,
) {
    let there = figure.plates.iter().enumerate().filter_map(|(at, plate)| Some((plate, place(at, plate.finite()?))));
    let there: Vec<(&ChartPlate, At)> = there.collect();
    let reach = drawing.px(4.0);
    let mut taken: Vec<Area> = there.iter().map(|(_, (x, y))| (x - reach, y - reach, x + reach, y + reach)).collect();
    taken.extend(along_lines(figure, &place, reach / 2));
    let ruler = drawing.ruler(LABEL);
    let (high, away) = (drawing.px(LABEL.size), drawing.px(AWAY));
    for (plate, (x, y)) in there.iter().filter(|(plate, _)| !plate.breaches.is_empty()) {
        let words = ruler.fit(&rules(plate), f64::from(drawing.px(ROOM)));
        let wide = ruler.width(&words).ceil() as i32;
        let is_high = limits.is_none_or(|(mean, _)| plate.finite().is_some_and(|value| value >= mean));
        let above = (x - wide / 2, y - away - high);
        let below = (x - wide / 2, y + away);
        let (right, left) = ((x + away, y - high / 2), (x - away - wide, y - high / 2));
        let places = if is_high { [right, above, left, below] } else { [right, below, left, above] };
        let area = |(left, top): At| (left, top, left + wide, top + high);
        let is_free = |(left, top, right, bottom): Area, taken: &[Area]| {
            let is_within = left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
            is_within
                && taken.iter().all(|other| right <= other.0 || left >= other.2 || bottom <= other.1 || top >= other.3)
        };
        // Where there is none, the caption still names it.
        let Some(free) = places.into_iter().map(area).find(|area| is_free(*area, &taken)) else { continue };
        let ink = if mark(plate) == Point::Warned { WARN } else { BAD };
        let baseline = (free.0, free.1.midpoint(free.3) + drawing.half_capital(LABEL));
        drawing.words(words, baseline, Anchor::Start, Style { ink, ..LABEL });
        taken.push(free);
    }
}

/// Small areas along the lines that join plates: a name is read where none runs through it.
fn along_lines(figure: &ControlChart, place: impl Fn(usize, f64) -> At, reach: i32) -> Vec<Area> {
    let at = |index: usize| Some(place(index, figure.plates.get(index)?.finite()?));
    let mut areas = Vec::new();
    for index in 1..figure.plates.len() {
        let (Some((x0, y0)), Some((x1, y1))) = (at(index - 1), at(index)) else { continue };
        let along = (x1 - x0).abs().max((y1 - y0).abs());
        let n = (along / (2 * reach.max(1))).clamp(1, MOST_AREAS);
        for i in 1..n {
            let (x, y) = (x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n);
            areas.push((x - reach, y - reach, x + reach, y + reach));
        }
    }
    areas
}

/// "1-3s, 2-2s"; each once.
fn rules(plate: &ChartPlate) -> String {
    let mut rules: Vec<String> = Vec::new();
    for breach in &plate.breaches {
        let rule = clean(&breach.rule);
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules.join(", ")
}
