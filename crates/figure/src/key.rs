//! What the marks on a heatmap mean, and how many wells have each; only those that occur.

use plate::Role;

use crate::colour::{EMPTY, Map, Range};
use crate::drawing::{Anchor, Drawing};
use crate::number::count;
use crate::page::LABEL;
use crate::subject::PlateFigure;
use crate::wells::{self, Look, Square};

/// The side of a sample well, in CSS pixels.
const SIDE: f64 = 17.0;
/// From a sample well to its words, and from entry to entry.
const GAPS: (f64, f64) = (6.0, 14.0);
/// From line to line.
const LEADING: f64 = 24.0;

/// A sample well and what it means.
struct Entry {
    look: Look,
    role: Option<Role>,
    is_excluded: bool,
    words: String,
}

/// Draws the key from `(left, top)` on in lines of `room` pixels; returns where it ends.
pub(crate) fn draw(
    figure: &PlateFigure,
    drawing: &mut Drawing<'_>,
    (left, top): (i32, i32),
    room: i32,
    (map, range): (Map, Range),
) -> i32 {
    let ruler = drawing.ruler(LABEL);
    let side = drawing.px(SIDE);
    let (mut x, mut y) = (left, top);
    for entry in entries(figure, map, range) {
        let wide = side + drawing.px(GAPS.0) + ruler.width(&entry.words).ceil() as i32;
        if x > left && x + wide > left + room {
            (x, y) = (left, y + drawing.px(LEADING));
        }
        let at = Square { left: x, top: y, side };
        wells::draw(drawing, at, entry.look, entry.role, entry.is_excluded, None);
        let baseline = y + side / 2 + drawing.half_capital(LABEL);
        drawing.words(entry.words, (x + side + drawing.px(GAPS.0), baseline), Anchor::Start, LABEL);
        x += wide + drawing.px(GAPS.1);
    }
    if x == left && y == top { top } else { y + side }
}

fn entries(figure: &PlateFigure, map: Map, range: Range) -> Vec<Entry> {
    let plain = Look::Colour(EMPTY);
    let of_look = |look: Look| figure.wells.iter().filter(|well| Look::of(well, map, range) == look).count();
    let excluded = figure.wells.iter().filter(|well| well.is_excluded).count();
    let entry = |look, role, is_excluded, word: &str, n: usize| {
        (n > 0).then(|| Entry { look, role, is_excluded, words: format!("{word} ({})", count(n)) })
    };
    let control = |role, word| entry(plain, Some(role), false, word, figure.wells_of(role));
    let all = [
        control(Role::Negative, "negative control"),
        control(Role::Positive, "positive control"),
        control(Role::Reference, "reference"),
        entry(plain, None, true, "excluded", excluded),
        entry(Look::Empty, None, false, "empty by layout", of_look(Look::Empty)),
        entry(Look::NoValue, None, false, "read, no value", of_look(Look::NoValue)),
        entry(Look::NotRead, None, false, "not read", of_look(Look::NotRead)),
    ];
    all.into_iter().flatten().collect()
}
