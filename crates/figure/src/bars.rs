//! How many values lie where: bars of one width for samples and controls, each in a panel of its own, over one axis.

use plate::Role;

use crate::colour::{INK, INK_2, INK_3, Ink, LINE_2, NEGATIVE, POSITIVE, Range, SERIES_2};
use crate::drawing::{Anchor, Drawing, Style};
use crate::number::{count, counted, value};
use crate::page::{LABEL, MARGIN};
use crate::subject::{FigureWell, PlateFigure};
use crate::ticks::{self, Tick, step, ticks};

/// From panel to panel: the name of the next.
pub(crate) const BETWEEN: f64 = 34.0;
/// Most bars.
const BARS: u32 = 48;
/// A value on the axis needs about this much.
const TICK_ROOM: f64 = 60.0;
/// A count on its axis needs this much.
const COUNT_ROOM: f64 = 22.0;

/// The name of a panel.
const NAME: Style = Style { size: 12.0, is_bold: true, ink: INK };

/// Bars of one width, side by side, with counts a panel.
struct Bars {
    /// Where the first begins and the last ends.
    range: Range,
    n: usize,
    /// The width in values; `None` for one bar over values too near to part.
    step: Option<f64>,
}

impl Bars {
    /// Round bars over values; `None` without any.
    fn over(values: &[f64]) -> Option<Bars> {
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        if low > high {
            return None;
        }
        let spread = if low < high { Range::new(low, high) } else { Range::new(low - 0.5, low + 0.5) };
        let Some(step) = step(spread, BARS) else { return Some(Bars { range: spread, n: 1, step: None }) };
        let (first, last) = ((spread.low / step).floor(), (spread.high / step).floor());
        let n = (last - first) as usize + 1;
        let range = Range::new((first * step).max(-f64::MAX), ((last + 1.0) * step).min(f64::MAX));
        Some(Bars { range, n, step: Some(step) })
    }

    fn counts(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.n];
        for value in values {
            let first = |step: f64| (self.range.low / step).round();
            let at = self.step.map_or(0.0, |step| (value / step).floor() - first(step));
            counts[(at.max(0.0) as usize).min(self.n - 1)] += 1;
        }
        counts
    }
}

/// Samples or one kind of control.
pub(crate) struct Panel {
    name: &'static str,
    ink: Ink,
    pub(crate) is_of_samples: bool,
    values: Vec<f64>,
    /// Wells of this kind, with a value or not, excluded ones left out.
    wells: usize,
}

/// The panels of a plate and the bars that they share.
pub(crate) struct Panels {
    pub(crate) all: Vec<Panel>,
    bars: Option<Bars>,
    has_exclusions: bool,
}

impl Panels {
    /// Controls above and below the samples; a kind that the plate does not have is left out, but not these three.
    pub(crate) fn of(figure: &PlateFigure) -> Panels {
        let has_layout = figure.has_layout();
        let panel = |name, role: Role, ink| {
            // Without a layout every well is a sample, as `qc` takes it.
            let is_of = |well: &&FigureWell| {
                !well.is_excluded && (if has_layout { well.role == Some(role) } else { role == Role::Sample })
            };
            let wells = figure.wells.iter().filter(is_of);
            let values = wells.clone().filter_map(FigureWell::finite).collect();
            Panel { name, ink, is_of_samples: role == Role::Sample, values, wells: wells.count() }
        };
        let mut all = vec![
            panel("Negative controls (\u{2212})", Role::Negative, NEGATIVE),
            panel("Samples", Role::Sample, SERIES_2),
            panel("Positive controls (+)", Role::Positive, POSITIVE),
        ];
        let references = panel("References (r)", Role::Reference, INK_2);
        if references.wells > 0 {
            all.push(references);
        }
        let values: Vec<f64> = all.iter().flat_map(|panel| panel.values.iter().copied()).collect();
        let has_exclusions = figure.wells.iter().any(|well| well.is_excluded);
        Panels { bars: Bars::over(&values), all, has_exclusions }
    }

    /// Draws the panels from `top` on, so high in CSS pixels each, and the axis of values; returns where it ends.
    pub(crate) fn draw(
        &self,
        drawing: &mut Drawing<'_>,
        (left, right): (i32, i32),
        top: i32,
        high: impl Fn(&Panel) -> f64,
    ) -> i32 {
        let mut y = top;
        for panel in &self.all {
            let baseline = y + drawing.px(16.0);
            let n = format!("n = {}", count(panel.values.len()));
            let of = if panel.wells == panel.values.len() { n } else { format!("{n} of {} wells", count(panel.wells)) };
            drawing.words(panel.name, (left, baseline), Anchor::Start, NAME);
            let after = left + (drawing.ruler(NAME).width(panel.name)).ceil() as i32 + drawing.px(2.0);
            drawing.words(of, (after, baseline), Anchor::Start, LABEL);
            let bottom = y + drawing.px(BETWEEN + high(panel));
            if let Some(bars) = &self.bars {
                draw_panel(drawing, panel, bars, (left, right), (bottom, high(panel)));
            }
            let line = drawing.line(1.0);
            drawing.fill(left, bottom, right - left, line, LINE_2);
            y = bottom + drawing.px(4.0);
        }
        match &self.bars {
            Some(bars) => draw_axis(drawing, bars, (left, right), y - drawing.px(4.0)),
            None => y,
        }
    }

    /// What the bars are, for the caption.
    pub(crate) fn told(&self, figure: &PlateFigure) -> String {
        let left_out = if self.has_exclusions { "; excluded wells are left out" } else { "" };
        let n = self.all.iter().map(|panel| panel.values.len()).sum();
        match &self.bars {
            None => "No well that counts has a value.".to_owned(),
            Some(Bars { step: None, .. }) => format!("One bar over {}{left_out}.", counted(n, "value", "values")),
            Some(Bars { step: Some(step), .. }) => {
                let wide = figure.quantity().with_unit(&value(*step));
                format!("Bars {wide} wide over {}{left_out}.", counted(n, "value", "values"))
            }
        }
    }
}

/// Bars and the axis of counts of one panel; its bars stand on `bottom`.
fn draw_panel(
    drawing: &mut Drawing<'_>,
    panel: &Panel,
    bars: &Bars,
    (left, right): (i32, i32),
    (bottom, css): (i32, f64),
) {
    let counts = bars.counts(&panel.values);
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let high = f64::from(drawing.px(css)) / most as f64;
    let up = |n: f64| (n * high).round() as i32;
    for n in ticks::counts(most, ((css / COUNT_ROOM) as usize).clamp(1, 4)) {
        let y = bottom - up(n as f64);
        drawing.fill(left - drawing.px(4.0), y, drawing.px(4.0), drawing.line(1.0), LINE_2);
        let at = (left - drawing.px(8.0), y + drawing.half_capital(LABEL));
        drawing.words(count(n), at, Anchor::End, LABEL);
    }
    let edge = |bar: usize| left + (f64::from(right - left) * bar as f64 / bars.n as f64).round() as i32;
    for (bar, n) in counts.iter().enumerate() {
        let (from, to) = (edge(bar), edge(bar + 1));
        let gap = if to - from >= drawing.px(5.0) { drawing.line(1.0) } else { 0 };
        // One well in hundreds is still seen.
        let tall = if *n > 0 { up(*n as f64).max(drawing.line(1.0)) } else { 0 };
        drawing.fill(from, bottom - tall, to - from - gap, tall, panel.ink);
    }
}

/// Ticks under the last panel; returns where they end.
fn draw_axis(drawing: &mut Drawing<'_>, bars: &Bars, (left, right): (i32, i32), top: i32) -> i32 {
    let room = drawing.css(right - left) / TICK_ROOM;
    let mut marks = ticks(bars.range, (room as u32).clamp(2, 8));
    if marks.is_empty() {
        let at = bars.range.low;
        marks.push(Tick { at, label: value(at) });
    }
    let baseline = top + drawing.px(18.0);
    for mark in marks {
        let share = bars.range.share(mark.at);
        let x = left + (f64::from(right - left) * share).round() as i32;
        drawing.fill(x, top, drawing.line(1.0), drawing.px(4.0), INK_3);
        // Labels at the ends do not leave the page.
        let half = (drawing.ruler(LABEL).width(&mark.label) / 2.0).ceil() as i32;
        let x = x.clamp(half, (right + drawing.px(MARGIN) - half).max(half));
        drawing.words(mark.label, (x, baseline), Anchor::Middle, LABEL);
    }
    baseline
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bars_are_round_and_hold_every_value() {
        let values: Vec<f64> = (0..384).map(|i| f64::from(i) * 1.7).collect();
        let bars = Bars::over(&values).unwrap();
        assert_eq!((bars.step, bars.range.low), (Some(20.0), 0.0));
        let counts = bars.counts(&values);
        assert_eq!(counts.iter().sum::<usize>(), 384);
        assert_eq!(counts[0], values.iter().filter(|value| **value < 20.0).count());
        assert!(Bars::over(&[]).is_none());
        assert_eq!(Bars::over(&[7.0; 3]).unwrap().counts(&[7.0; 3]).iter().max(), Some(&3));
    }

    proptest! {
        #[test]
        fn no_value_is_lost(values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..60)) {
            let bars = Bars::over(&values).unwrap();
            prop_assert!(bars.n <= BARS as usize + 2, "{}", bars.n);
            prop_assert_eq!(bars.counts(&values).iter().sum::<usize>(), values.len());
        }
    }
}
