//! What the marks of a figure mean, and how many wells have each; only those that occur.

use plate::Role;

use crate::axis::dashed;
use crate::colour::{EMPTY, INK_3, Map, Range, SERIES};
use crate::drawing::{Anchor, At, Drawing};
use crate::number::count;
use crate::page::{LABEL, MARGIN};
use crate::point::{self, Point};
use crate::subject::{FigureWell, PlateFigure};
use crate::wells::{self, Look, Square};

/// The side of a sample well, in CSS pixels.
const SIDE: f64 = 17.0;
/// From a sample well to its words, and from entry to entry.
const GAPS: (f64, f64) = (6.0, 14.0);
/// From line to line.
const LEADING: f64 = 24.0;
/// From what a key is of to it, and from it to what follows.
const AIR: f64 = 16.0;

/// A mark and what it means.
pub(crate) struct Entry {
    pub(crate) sign: Sign,
    pub(crate) words: String,
}

impl Entry {
    /// Whether it is of a role, not of what a well has or has not.
    pub(crate) const fn is_of_role(&self) -> bool {
        matches!(self.sign, Sign::SmallWell(_) | Sign::Well { role: Some(_), .. })
    }
}

/// A mark as it is shown in a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sign {
    /// A well.
    Well { look: Look, role: Option<Role>, is_excluded: bool },
    /// A well that bears its role's sign without a frame, as on small plates.
    SmallWell(Role),
    /// A point.
    Point(Point),
    /// A curve.
    Curve,
    /// A dashed line upwards.
    Upright,
    /// A band behind points.
    Band,
    /// A dotted line across, in the ink of a control.
    Level(Point),
    /// A plate without a value.
    Gap,
}

/// The key under a plate whose edge ends at `bottom`, on a page so wide; returns where the caption begins.
pub(crate) fn below(figure: &PlateFigure, drawing: &mut Drawing<'_>, bottom: i32, width: i32) -> i32 {
    let margin = drawing.px(MARGIN);
    let entries = entries(&figure.wells, false);
    under(drawing, (margin, bottom), width - 2 * margin, entries)
}

/// A key under what ends at `bottom`; returns where the caption begins.
pub(crate) fn under(drawing: &mut Drawing<'_>, (left, bottom): At, room: i32, entries: Vec<Entry>) -> i32 {
    let below = bottom + drawing.px(AIR);
    if entries.is_empty() { below } else { draw(drawing, (left, below), room, entries) + drawing.px(AIR) }
}

/// Draws entries from `(left, top)` on in lines of `room` pixels; returns where they end.
fn draw(drawing: &mut Drawing<'_>, (left, top): At, room: i32, entries: Vec<Entry>) -> i32 {
    let ruler = drawing.ruler(LABEL);
    let side = drawing.px(SIDE);
    let (mut x, mut y) = (left, top);
    for entry in entries {
        let wide = side + drawing.px(GAPS.0) + ruler.width(&entry.words).ceil() as i32;
        if x > left && x + wide > left + room {
            (x, y) = (left, y + drawing.px(LEADING));
        }
        let at = Square { left: x, top: y, side };
        draw_sign(drawing, at, entry.sign);
        let baseline = y + side / 2 + drawing.half_capital(LABEL);
        drawing.words(entry.words, (x + side + drawing.px(GAPS.0), baseline), Anchor::Start, LABEL);
        x += wide + drawing.px(GAPS.1);
    }
    y + side
}

fn draw_sign(drawing: &mut Drawing<'_>, at: Square, sign: Sign) {
    let ((x, y), Square { left, top, side }) = (at.middle(), at);
    match sign {
        Sign::Well { look, role, is_excluded } => wells::draw(drawing, at, look, role, is_excluded, None),
        Sign::SmallWell(role) => wells::draw_small(drawing, at, Look::Colour(EMPTY), Some(role), false),
        Sign::Point(point) => point::draw(drawing, (x, y), point),
        Sign::Curve => {
            let width = drawing.line(1.5);
            drawing.fill(left, y - width / 2, side, width, SERIES);
        }
        Sign::Upright => dashed(drawing, (x, top), (x, top + side), (3.0, 2.0), INK_3),
        Sign::Band => drawing.fill(left, top, side, side, EMPTY),
        Sign::Level(point) => dashed(drawing, (left, y), (left + side, y), (2.0, 3.0), point.ink()),
        Sign::Gap => {
            let dot = drawing.line(2.0);
            drawing.fill(left, top, side, side, EMPTY);
            drawing.fill(x - dot / 2, top + side - 2 * dot, dot, dot, INK_3);
        }
    }
}

/// What occurs among wells.
pub(crate) fn entries<'w>(wells: impl IntoIterator<Item = &'w FigureWell>, are_small: bool) -> Vec<Entry> {
    let mut counts = Counts::default();
    for well in wells {
        counts.take(well);
    }
    let plain = Look::Colour(EMPTY);
    let entry = |look, role, is_excluded, word: &str, n: usize| {
        let sign = match role {
            Some(role) if are_small => Sign::SmallWell(role),
            _ => Sign::Well { look, role, is_excluded },
        };
        (n > 0).then(|| Entry { sign, words: format!("{word} ({})", count(n)) })
    };
    let control = |role, word, n| entry(plain, Some(role), false, word, n);
    let all = [
        control(Role::Negative, "negative control", counts.negative),
        control(Role::Positive, "positive control", counts.positive),
        control(Role::Reference, "reference", counts.reference),
        entry(plain, None, true, "excluded", counts.excluded),
        entry(Look::Empty, None, false, "empty by layout", counts.empty),
        entry(Look::NoValue, None, false, "read, no value", counts.no_value),
        entry(Look::NotRead, None, false, "not read", counts.not_read),
    ];
    all.into_iter().flatten().collect()
}

/// How many wells have each mark.
#[derive(Default)]
struct Counts {
    negative: usize,
    positive: usize,
    reference: usize,
    excluded: usize,
    empty: usize,
    no_value: usize,
    not_read: usize,
}

impl Counts {
    fn take(&mut self, well: &FigureWell) {
        let of = |role| usize::from(well.role == Some(role));
        self.negative += of(Role::Negative);
        self.positive += of(Role::Positive);
        self.reference += of(Role::Reference);
        self.excluded += usize::from(well.is_excluded);
        // Whatever the range: only what fills a well without a value matters here.
        match Look::of(well, Map::Viridis, Range::new(0.0, 1.0)) {
            Look::Colour(_) => {}
            Look::Empty => self.empty += 1,
            Look::NoValue => self.no_value += 1,
            Look::NotRead => self.not_read += 1,
        }
    }
}
