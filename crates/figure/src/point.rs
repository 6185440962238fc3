//! Points of a plot: what a well is for shows in shape and colour, so that neither speaks alone.

use plate::Role;

use crate::colour::{BAD, GROUND, INK, INK_3, Ink, NEGATIVE, POSITIVE, SERIES, SERIES_2, WARN};
use crate::drawing::{At, Drawing};

/// What a point stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// A sample: a grey disc.
    Sample,
    /// A negative control: a blue square.
    Negative,
    /// A positive control: a vermilion triangle.
    Positive,
    /// A reference: a dark rhombus.
    Reference,
    /// What a person excluded: a cross.
    Excluded,
    /// One replicate of a dose: a small disc.
    Replicate,
    /// The mean of a dose: a larger, dark disc.
    Mean,
    /// A plate within its limits: a dark disc.
    Plate,
    /// A plate that breaks a rule which warns: a triangle.
    Warned,
    /// A plate that breaks a rule which rejects: a square.
    Rejected,
}

impl Point {
    /// Of a well by its role; without one it is a sample.
    pub(crate) const fn of(role: Option<Role>) -> Point {
        match role {
            Some(Role::Negative) => Point::Negative,
            Some(Role::Positive) => Point::Positive,
            Some(Role::Reference) => Point::Reference,
            Some(Role::Sample | Role::Empty) | None => Point::Sample,
        }
    }

    /// Half its height in CSS pixels.
    pub(crate) const fn reach(self) -> f64 {
        match self {
            Point::Sample | Point::Replicate => 2.6,
            Point::Plate => 3.2,
            Point::Negative | Point::Excluded => 3.2,
            Point::Mean => 3.8,
            Point::Positive | Point::Reference | Point::Warned | Point::Rejected => 4.4,
        }
    }

    /// Its colour.
    pub(crate) const fn ink(self) -> Ink {
        match self {
            Point::Sample | Point::Replicate => SERIES_2,
            Point::Negative => NEGATIVE,
            Point::Positive => POSITIVE,
            Point::Reference => INK,
            Point::Excluded => INK_3,
            Point::Mean | Point::Plate => SERIES,
            Point::Warned => WARN,
            Point::Rejected => BAD,
        }
    }
}

/// Draws a point; a white casing parts it from what it lies on.
pub(crate) fn draw(drawing: &mut Drawing<'_>, at: At, point: Point) {
    let (reach, casing) = (drawing.line(point.reach()), drawing.line(0.8));
    if point == Point::Excluded {
        let (x, y) = at;
        let width = drawing.line(1.2);
        drawing.stroke((x - reach, y - reach), (x + reach, y + reach), width, point.ink());
        drawing.stroke((x + reach, y - reach), (x - reach, y + reach), width, point.ink());
        return;
    }
    shape(drawing, at, point, reach + casing, GROUND);
    shape(drawing, at, point, reach, point.ink());
}

fn shape(drawing: &mut Drawing<'_>, (x, y): At, point: Point, reach: i32, ink: Ink) {
    match point {
        Point::Negative | Point::Rejected => drawing.fill(x - reach, y - reach, 2 * reach, 2 * reach, ink),
        Point::Positive | Point::Warned => {
            // A little up: its weight lies below its middle.
            let top = y - reach - reach / 6;
            drawing.polygon(vec![(x, top), (x + reach, top + 2 * reach), (x - reach, top + 2 * reach)], ink);
        }
        Point::Reference => {
            drawing.polygon(vec![(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], ink);
        }
        _ => drawing.disc((x, y), reach, ink),
    }
}
