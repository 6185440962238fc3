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
