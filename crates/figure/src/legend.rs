//! The colour scale beside a heatmap: the map, ticks, the feature and its unit.

use crate::colour::{EMPTY, INK_3, Map, Range};
use crate::drawing::{Anchor, Drawing};
use crate::number::value;
use crate::page::{AXIS, LABEL};
use crate::ticks::{Tick, ticks};

/// The bar's width in CSS pixels.
const BAR: f64 = 14.0;
/// From the bar to its labels: a tick and a little air.
const TO_LABEL: f64 = 8.0;
/// From the labels to the name that runs upwards beside them, and that name itself.
const NAME: f64 = 26.0;
/// The point that a bar ends in where values lie beyond.
const POINT: f64 = 8.0;
/// Most ticks.
const TICKS: u32 = 6;

/// The legend of one figure.
pub(crate) struct Legend {
    map: Map,
    range: Range,
    marks: Vec<Tick>,
    has_values: bool,
    /// Whether values lie below and above.
    beyond: (bool, bool),
    /// What the values are.
    name: String,
}

impl Legend {
    /// The scale of values on a map that spans `range`; `name` says what they are.
    pub(crate) fn of(values: impl Iterator<Item = f64>, map: Map, range: Range, name: String) -> Legend {
        let (mut beyond, mut has_values) = ((false, false), false);
        for value in values {
            has_values = true;
            beyond = (beyond.0 || value < range.low, beyond.1 || value > range.high);
        }
        let mut marks = ticks(range, TICKS);
        if marks.is_empty() {
            let ends = if range.low < range.high { vec![range.low, range.high] } else { vec![range.low] };
            marks = ends.into_iter().map(|at| Tick { at, label: value(at) }).collect();
        }
        if !has_values {
            marks.clear();
        }
        Legend { map, range, marks, has_values, beyond, name }
    }

    /// A scale that means something else on every plate: its ends have words for labels.
    pub(crate) fn of_each(map: Map, has_values: bool, ends: [&str; 2], name: String) -> Legend {
        let range = Range::new(0.0, 1.0);
        let mark = |(at, label): (f64, &str)| Tick { at, label: label.to_owned() };
        let marks = [0.0, 1.0].into_iter().zip(ends).map(mark).filter(|_| has_values).collect();
        Legend { map, range, marks, has_values, beyond: (false, false), name }
    }

    /// Device pixels across.
    pub(crate) fn width(&self, drawing: &Drawing<'_>) -> i32 {
        drawing.px(BAR) + drawing.px(TO_LABEL) + self.widest(drawing) + drawing.px(NAME)
    }

    fn widest(&self, drawing: &Drawing<'_>) -> i32 {
        let ruler = drawing.ruler(LABEL);
        let widest = self.marks.iter().map(|mark| ruler.width(&mark.label)).fold(0.0, f64::max);
        widest.ceil() as i32
    }

    /// Draws it, `height` device pixels high.
    pub(crate) fn draw(&self, drawing: &mut Drawing<'_>, (left, top): (i32, i32), height: i32) {
        let (bar, point) = (drawing.px(BAR), drawing.px(POINT));
        let (mut low, mut high) = (top + height, top);
        if !self.has_values {
            drawing.fill(left, top, bar, height, EMPTY);
        } else {
            if self.beyond.0 {
                low -= point;
                let end = vec![(left, low), (left + bar, low), (left + bar / 2, low + point)];
                drawing.polygon(end, self.map.at(0));
            }
            if self.beyond.1 {
                high += point;
                let end = vec![(left, high), (left + bar, high), (left + bar / 2, high - point)];
                drawing.polygon(end, self.map.at(255));
            }
            for place in 0..=255_u8 {
                let edge = |place: i32| low - (low - high) * place / 256;
                // Each reaches under the next, so that no reader's zoom shows the page between two.
                let (bottom, top) = (edge(place.into()), edge((i32::from(place) + 3).min(256)));
                drawing.fill(left, top, bar, bottom - top, self.map.at(place));
            }
        }
        let (tick, hairline) = (drawing.px(4.0), drawing.line(1.0));
        for mark in &self.marks {
            let share = if self.range.low < self.range.high { self.range.share(mark.at) } else { 0.5 };
            let y = low - (f64::from(low - high) * share.clamp(0.0, 1.0)).round() as i32;
            let on_bar = y.clamp(high, low - hairline);
            drawing.fill(left + bar, on_bar, tick, hairline, INK_3);
            let baseline = y + drawing.half_capital(LABEL);
            drawing.words(&*mark.label, (left + bar + drawing.px(TO_LABEL), baseline), Anchor::Start, LABEL);
        }
        let name = drawing.ruler(AXIS).fit(&self.name, f64::from(height));
        let baseline = left + self.width(drawing) - drawing.px(6.0);
        drawing.turned_words(name, (baseline, top + height / 2), Anchor::Middle, AXIS);
    }
}
