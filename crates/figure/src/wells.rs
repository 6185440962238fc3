//! One well: its colour, or why it has none; what it is for; whether it counts. As the window draws it.

use plate::Role;

use crate::colour::{BLACK, EMPTY, GROUND, INK_3, Ink, MARK, Map, Range, mark_on};
use crate::drawing::{Anchor, Drawing, Style};
use crate::subject::FigureWell;

/// What fills a well. Unknown is not zero: no value is never a colour of the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// It has a value.
    Colour(Ink),
    /// The layout says that nothing is in it: hatched one way.
    Empty,
    /// It was read and has no value: hatched both ways.
    NoValue,
    /// Nothing came yet: a dot.
    NotRead,
}

impl Look {
    /// Of one well on a plate whose colours span `range`.
    pub(crate) fn of(well: &FigureWell, map: Map, range: Range) -> Look {
        match well.finite() {
            Some(value) => Look::Colour(map.at(range.place(value))),
            None if well.role == Some(Role::Empty) => Look::Empty,
            None if well.is_read => Look::NoValue,
            None => Look::NotRead,
        }
    }
}

/// Where a well lies, in device pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Square {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) side: i32,
}

impl Square {
    fn inner(self, inset: i32) -> Square {
        Square { left: self.left + inset, top: self.top + inset, side: self.side - 2 * inset }
    }

    pub(crate) fn middle(self) -> (i32, i32) {
        (self.left + self.side / 2, self.top + self.side / 2)
    }
}

/// Draws a well. `words` stands in its middle where it has the room.
pub(crate) fn draw(
    drawing: &mut Drawing<'_>,
    at: Square,
    look: Look,
    role: Option<Role>,
    is_excluded: bool,
    words: Option<&str>,
) {
    let ink = match look {
        Look::Colour(colour) => mark_on(colour),
        Look::Empty | Look::NoValue | Look::NotRead => INK_3,
    };
    let is_control = matches!(role, Some(Role::Negative | Role::Positive | Role::Reference));
    let line = (at.side / 18).clamp(drawing.line(1.0), drawing.line(2.0));
    let mut inside = at;
    if is_control {
        fill(drawing, at, BLACK);
        inside = at.inner(line);
        // On a dark well the black frame is a casing for the white one.
        if ink == GROUND {
            fill(drawing, inside, GROUND);
            inside = inside.inner(line);
        }
    }
    match look {
        Look::Colour(colour) => fill(drawing, inside, colour),
        Look::Empty => hatch(drawing, inside, false),
        Look::NoValue => hatch(drawing, inside, true),
        Look::NotRead => {
            fill(drawing, inside, GROUND);
            let dot = (at.side / 8).max(drawing.line(2.0));
            fill(drawing, centred(at, dot), MARK);
        }
    }
    // A cross and a number in one place would hide each other.
    let spoken = words.filter(|words| !is_excluded && room_for(drawing, at, words));
    if let Some(words) = spoken {
        let style = Style { size: VALUE_SIZE, is_bold: false, ink };
        let (x, y) = at.middle();
        drawing.words(words, (x, y + drawing.half_capital(style)), Anchor::Middle, style);
    }
    if is_control {
        // A value in the middle sends the sign to the corner, a cross to the field above its middle.
        let place = match (spoken, is_excluded) {
            (Some(_), _) => Square { left: inside.left, top: inside.top, side: drawing.px(17.0).min(at.side / 3) },
            (None, true) => {
                let side = at.side * 2 / 5;
                Square { left: at.left + (at.side - side) / 2, top: inside.top, side }
            }
            (None, false) => at,
        };
        sign(drawing, place, role, ink);
    }
    if is_excluded {
        cross(drawing, at, ink);
    }
}

/// Draws a well of a small plate: without a frame, its role's sign where there is room for one.
pub(crate) fn draw_small(drawing: &mut Drawing<'_>, at: Square, look: Look, role: Option<Role>, is_excluded: bool) {
    draw(drawing, at, look, None, is_excluded, None);
    let ink = match look {
        Look::Colour(colour) => mark_on(colour),
        Look::Empty | Look::NoValue | Look::NotRead => INK_3,
    };
    if is_excluded || at.side < drawing.px(SIGN_ROOM) {
        return;
    }
    // Both as odd or as even as the side: the same room on both sides.
    let like = |length: i32| length + (at.side - length).rem_euclid(2);
    let within = at.side.min(drawing.px(SIGN_MOST));
    let (long, thick) = (like(within * 3 / 5), like((within / 6).max(1)));
    let bar = |wide: i32, high: i32| (at.left + (at.side - wide) / 2, at.top + (at.side - high) / 2, wide, high);
    let bars = match role {
        Some(Role::Negative) => vec![bar(long, thick)],
        Some(Role::Positive) => vec![bar(long, thick), bar(thick, long)],
        Some(Role::Reference) => vec![bar(like(within / 3), like(within / 3))],
        Some(Role::Sample | Role::Empty) | None => Vec::new(),
    };
    for (left, top, wide, high) in bars {
        drawing.fill(left, top, wide, high, ink);
    }
}

/// A well needs this side for the sign of its role, in CSS pixels.
pub(crate) const SIGN_ROOM: f64 = 7.0;
/// Signs grow with their wells up to this side.
const SIGN_MOST: f64 = 20.0;

/// The size of values that are written into wells, in CSS pixels.
const VALUE_SIZE: f64 = 11.0;

fn room_for(drawing: &Drawing<'_>, at: Square, words: &str) -> bool {
    let style = Style { size: VALUE_SIZE, is_bold: false, ink: BLACK };
    drawing.ruler(style).width(words) + f64::from(drawing.px(10.0)) <= f64::from(at.side)
}

fn fill(drawing: &mut Drawing<'_>, at: Square, ink: Ink) {
    drawing.fill(at.left, at.top, at.side, at.side, ink);
}

/// A smaller square in the middle of one.
fn centred(at: Square, side: i32) -> Square {
    Square { left: at.left + (at.side - side) / 2, top: at.top + (at.side - side) / 2, side }
}

fn hatch(drawing: &mut Drawing<'_>, at: Square, is_both: bool) {
    fill(drawing, at, EMPTY);
    let apart = (at.side / 4).max(drawing.px(5.0));
    let Square { left, top, side } = at;
    let mut along = apart;
    while along < 2 * side {
        let (near, far) = (along.min(side), (along - side).max(0));
        drawing.stroke((left + near, top + far), (left + far, top + near), drawing.line(1.0), MARK);
        if is_both {
            let mirrored = |x: i32| left + side - x;
            drawing.stroke((mirrored(near), top + far), (mirrored(far), top + near), drawing.line(1.0), MARK);
        }
        along += apart;
    }
}

/// + for positive controls, − for negative ones, r for references.
fn sign(drawing: &mut Drawing<'_>, at: Square, role: Option<Role>, ink: Ink) {
    // As long as leaves the same room on both sides, as thick as leaves the same on both sides of the other bar.
    let like = |length: i32, other: i32| length - (other - length).rem_euclid(2);
    let long = (at.side * 3 / 10).max(drawing.line(9.0)).min(drawing.px(16.0)).min(at.side / 2);
    let long = like(long, at.side).max(1);
    let thin = drawing.line(1.2);
    let thick = (at.side / 11).max(thin).min(drawing.line(3.0));
    let thick = if like(thick, long) < thin { like(thick + 1, long) } else { like(thick, long) };
    let (x, y) = (at.left + (at.side - long) / 2, at.top + (at.side - long) / 2);
    let middle = (long - thick) / 2;
    match role {
        Some(Role::Reference) => {
            let style = Style { size: (drawing.css(at.side) * 0.62).min(15.0), is_bold: true, ink };
            let (x, y) = at.middle();
            drawing.words("r", (x, y + drawing.half_capital(style) * 3 / 4), Anchor::Middle, style);
        }
        _ => {
            drawing.fill(x, y + middle, long, thick, ink);
            if role == Some(Role::Positive) {
                drawing.fill(x + middle, y, thick, long, ink);
            }
        }
    }
}

fn cross(drawing: &mut Drawing<'_>, at: Square, ink: Ink) {
    let width = (at.side / 14).clamp(drawing.line(1.0), drawing.line(3.0));
    let Square { left, top, side } = at.inner(width);
    drawing.stroke((left, top), (left + side, top + side), width, ink);
    drawing.stroke((left + side, top), (left, top + side), width, ink);
}
