//! An axis: which value lies at which pixel, its ticks and its name.

use crate::colour::{INK_3, LINE_2, Range};
use crate::drawing::{Anchor, At, Drawing};
use crate::number::value;
use crate::page::{AXIS, LABEL, MARGIN};
use crate::ticks::{Tick, ticks};

/// How long a tick is; from the axis to a label beside and below it, in CSS pixels.
const TICK: f64 = 4.0;
const BESIDE: f64 = 8.0;
const BELOW: f64 = 18.0;
/// Free on both sides of the outer values, as a share of their span.
const AIR: f64 = 0.04;

/// The values that an axis spans and its ticks.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    pub(crate) range: Range,
    pub(crate) ticks: Vec<Tick>,
}

impl Scale {
    /// Over values, with a little air; 0 to 1 without any. At most so many ticks.
    pub(crate) fn over(values: impl Iterator<Item = f64>, most: u32) -> Scale {
        let there = values.filter(|value| value.is_finite());
        let (low, high) = there.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        Scale::of(if low > high { Range::new(0.0, 1.0) } else { aired(low, high) }, most)
    }

    fn of(range: Range, most: u32) -> Scale {
        let mut ticks = ticks(range, most);
        if ticks.is_empty() {
            ticks.push(Tick { at: range.low, label: value(range.low) });
        }
        Scale { range, ticks }
    }

    /// Wide enough for these values too.
    pub(crate) fn with(&self, values: impl Iterator<Item = f64>, most: u32) -> Scale {
        let Range { low, high, .. } = self.range;
        let (low, high) = values.fold((low, high), |(l, h), value| (l.min(value), h.max(value)));
        Scale::of(Range::new(low, high), most)
    }

    /// The pixel of a value between those of the ends.
    pub(crate) fn at(&self, value: f64, ends: (i32, i32)) -> i32 {
        self.exact(value, ends).round() as i32
    }

    /// The same between pixels.
    pub(crate) fn exact(&self, value: f64, (from, to): (i32, i32)) -> f64 {
        f64::from(from) + f64::from(to - from) * self.range.share(value).clamp(0.0, 1.0)
    }

    /// Whether a value lies on the axis.
    pub(crate) fn holds(&self, value: f64) -> bool {
        (self.range.low..=self.range.high).contains(&value)
    }

    /// The widest label, in device pixels.
    pub(crate) fn widest(&self, drawing: &Drawing<'_>) -> i32 {
        let ruler = drawing.ruler(LABEL);
        self.ticks.iter().map(|tick| ruler.width(&tick.label)).fold(0.0, f64::max).ceil() as i32
    }
}

/// The values with air around them; equal ones in the middle.
fn aired(low: f64, high: f64) -> Range {
    let half = high / 2.0 - low / 2.0;
    let air = if half > 0.0 {
        half * 2.0 * AIR
    } else if low == 0.0 {
        1.0
    } else {
        low.abs() / 2.0
    };
    let clamped = |end: f64| end.clamp(-f64::MAX, f64::MAX);
    let (low, high) = (clamped(low - air), clamped(high + air));
    // The least numbers there are have no halves.
    if low < high { Range::new(low, high) } else { Range::new(low - 1.0, high + 1.0) }
}

/// Where the axes of one panel lie, in device pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) left: i32,
    pub(crate) right: i32,
    pub(crate) top: i32,
    pub(crate) bottom: i32,
}

impl Frame {
    /// From its left to its right.
    pub(crate) const fn across(self) -> (i32, i32) {
        (self.left, self.right)
    }

    /// From its bottom to its top: values grow upwards.
    pub(crate) const fn up(self) -> (i32, i32) {
        (self.bottom, self.top)
    }

    /// Draws the two lines.
    pub(crate) fn draw(self, drawing: &mut Drawing<'_>) {
        let line = drawing.line(1.0);
        drawing.fill(self.left - line, self.top, line, self.bottom - self.top + line, LINE_2);
        drawing.fill(self.left, self.bottom, self.right - self.left, line, LINE_2);
    }

    /// Ticks beside the left line, with labels or without.
    pub(crate) fn ticks_beside(self, drawing: &mut Drawing<'_>, scale: &Scale, are_labelled: bool) {
        let (tick, line) = (drawing.px(TICK), drawing.line(1.0));
        for mark in &scale.ticks {
            let y = scale.at(mark.at, self.up());
            drawing.fill(self.left - line - tick, y - line / 2, tick, line, INK_3);
            if are_labelled {
                let at = (self.left - line - drawing.px(BESIDE), y + drawing.half_capital(LABEL));
                drawing.words(&*mark.label, at, Anchor::End, LABEL);
            }
        }
    }

    /// Ticks below the lower line, with labels or without; labels that would touch are left out.
    pub(crate) fn ticks_below(self, drawing: &mut Drawing<'_>, scale: &Scale, are_labelled: bool) {
        let (tick, line) = (drawing.px(TICK), drawing.line(1.0));
        let mut free = f64::NEG_INFINITY;
        for mark in &scale.ticks {
            let x = scale.at(mark.at, self.across());
            drawing.fill(x - line / 2, self.bottom + line, line, tick, INK_3);
            let half = drawing.ruler(LABEL).width(&mark.label) / 2.0;
            if are_labelled && f64::from(x) - half >= free {
                drawing.words(&*mark.label, (x, self.bottom + drawing.px(BELOW)), Anchor::Middle, LABEL);
                free = f64::from(x) + half + f64::from(drawing.px(4.0));
            }
        }
    }

    /// The name of what grows upwards, at the page's left margin.
    pub(crate) fn name_beside(self, drawing: &mut Drawing<'_>, name: &str) {
        let x = drawing.px(MARGIN) + drawing.px(AXIS.size);
        let name = drawing.ruler(AXIS).fit(name, f64::from(self.bottom - self.top));
        drawing.turned_words(name, (x, self.top.midpoint(self.bottom)), Anchor::Middle, AXIS);
    }

    /// The name of what grows to the right; its baseline at `y`.
    pub(crate) fn name_below(self, drawing: &mut Drawing<'_>, y: i32, name: &str) {
        let name = drawing.ruler(AXIS).fit(name, f64::from(self.right - self.left));
        drawing.words(name, (self.left.midpoint(self.right), y), Anchor::Middle, AXIS);
    }
}

/// A dashed line along a row or a column of pixels, or aslant.
pub(crate) fn dashed(drawing: &mut Drawing<'_>, from: At, to: At, (dash, gap): (f64, f64), ink: crate::colour::Ink) {
    let (across, down) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let length = (across * across + down * down).sqrt();
    let (dash, period) = (f64::from(drawing.line(dash)), f64::from(drawing.line(dash) + drawing.line(gap)));
    let line = drawing.line(1.0);
    let at = |along: f64| {
        let share = (along / length).min(1.0);
        (from.0 + (across * share).round() as i32, from.1 + (down * share).round() as i32)
    };
    let n = if length > 0.0 { (length / period).ceil() as u32 } else { 0 };
    for i in 0..n {
        let (a, b) = (at(f64::from(i) * period), at(f64::from(i) * period + dash));
        if across == 0.0 {
            drawing.fill(a.0 - line / 2, a.1.min(b.1), line, (b.1 - a.1).abs(), ink);
        } else if down == 0.0 {
            drawing.fill(a.0.min(b.0), a.1 - line / 2, (b.0 - a.0).abs(), line, ink);
        } else {
            drawing.stroke(a, b, line, ink);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_value_lies_on_its_axis(a in prop::num::f64::ANY, b in prop::num::f64::ANY) {
            let scale = Scale::over([a, b].into_iter(), 6);
            prop_assert!(scale.range.low < scale.range.high && scale.range.low.is_finite() && scale.range.high.is_finite());
            for value in [a, b].into_iter().filter(|value| value.is_finite()) {
                prop_assert!(scale.holds(value), "{value} on {:?}", scale.range);
                prop_assert!((100..=900).contains(&scale.at(value, (100, 900))));
            }
            prop_assert!(!scale.ticks.is_empty() && scale.ticks.len() <= 6);
        }
    }

    #[test]
    fn values_grow_from_the_first_end_to_the_second() {
        let scale = Scale::over([0.0, 100.0].into_iter(), 6);
        assert_eq!((scale.at(-4.0, (0, 108)), scale.at(0.0, (0, 108)), scale.at(104.0, (0, 108))), (0, 4, 108));
        assert_eq!(scale.at(0.0, (108, 0)), 104, "and downwards where the ends are so");
        assert_eq!(Scale::over(std::iter::empty(), 6).range, Range::new(0.0, 1.0));
        assert_eq!(Scale::over([7.0, 7.0].into_iter(), 6).range, Range::new(3.5, 10.5));
    }
}
