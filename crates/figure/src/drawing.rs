//! A drawing under way: marks in whole pixels, in the order in which they are laid down.
//!
//! Lengths are given in CSS pixels and become device pixels at once, so that edges are sharp at any resolution.

use crate::colour::Ink;
use crate::font::Fonts;
use crate::names::Ruler;

/// A place in device pixels: the corner between four of them.
pub(crate) type At = (i32, i32);

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A filled rectangle, edges on pixels.
    Box { left: i32, top: i32, width: i32, height: i32, ink: Ink },
    /// A line with soft edges.
    Line { from: At, to: At, width: u32, ink: Ink },
    /// A filled polygon with soft edges.
    Polygon { corners: Vec<At>, ink: Ink },
    /// A filled disc with a soft edge.
    Disc { middle: At, radius: i32, ink: Ink },
    /// A smooth line through points between pixels.
    Curve { points: Vec<(f32, f32)>, width: u32, ink: Ink },
    /// A text.
    Words(Words),
}

/// A text on its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    pub(crate) text: String,
    /// Where its anchor lies on the baseline.
    pub(crate) at: At,
    /// Pixels an em.
    pub(crate) size: f64,
    pub(crate) is_bold: bool,
    pub(crate) anchor: Anchor,
    /// Whether it runs upwards.
    pub(crate) is_turned: bool,
    pub(crate) ink: Ink,
}

/// Which part of a text lies where it was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks: size in CSS pixels, weight, ink.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f64,
    pub(crate) is_bold: bool,
    pub(crate) ink: Ink,
}

/// All marks, and the page that they lie on, in device pixels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finished {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Device pixels a CSS pixel.
    pub(crate) unit: f64,
    pub(crate) marks: Vec<Mark>,
    /// What it is, for those who do not see it.
    pub(crate) title: String,
    /// The whole caption, a sentence group a line.
    pub(crate) told: String,
}

/// A drawing under way.
pub(crate) struct Drawing<'f> {
    fonts: &'f Fonts,
    /// Device pixels a CSS pixel.
    unit: f64,
    marks: Vec<Mark>,
}

impl<'f> Drawing<'f> {
    /// An empty page of any size.
    pub(crate) fn new(fonts: &'f Fonts, unit: f64) -> Drawing<'f> {
        Drawing { fonts, unit, marks: Vec::new() }
    }

    /// A length in device pixels.
    pub(crate) fn px(&self, css: f64) -> i32 {
        (css * self.unit).round() as i32
    }

    /// A length in CSS pixels again: sizes of type that follow a well's.
    pub(crate) fn css(&self, device: i32) -> f64 {
        f64::from(device) / self.unit
    }

    /// The width of a line in device pixels: at least one.
    pub(crate) fn line(&self, css: f64) -> i32 {
        self.px(css).max(1)
    }

    /// What measures texts of a style, in device pixels.
    pub(crate) fn ruler(&self, style: Style) -> Ruler<'f> {
        Ruler { fonts: self.fonts, size: style.size * self.unit, is_bold: style.is_bold }
    }

    /// A filled rectangle; nothing where it has no area.
    pub(crate) fn fill(&mut self, left: i32, top: i32, width: i32, height: i32, ink: Ink) {
        if width > 0 && height > 0 {
            self.marks.push(Mark::Box { left, top, width, height, ink });
        }
    }

    /// A line, `width` in device pixels.
    pub(crate) fn stroke(&mut self, from: At, to: At, width: i32, ink: Ink) {
        self.marks.push(Mark::Line { from, to, width: width.max(1).unsigned_abs(), ink });
    }

    /// A filled polygon.
    pub(crate) fn polygon(&mut self, corners: Vec<At>, ink: Ink) {
        self.marks.push(Mark::Polygon { corners, ink });
    }

    /// A filled disc; `radius` in device pixels.
    pub(crate) fn disc(&mut self, middle: At, radius: i32, ink: Ink) {
        self.marks.push(Mark::Disc { middle, radius: radius.max(1), ink });
    }

    /// A smooth line through points, `width` in device pixels; one point makes no line.
    pub(crate) fn curve(&mut self, points: Vec<(f64, f64)>, width: i32, ink: Ink) {
        if points.len() > 1 {
            let points = points.into_iter().map(|(x, y)| (x as f32, y as f32)).collect();
            self.marks.push(Mark::Curve { points, width: width.max(1).unsigned_abs(), ink });
        }
    }

    /// A text on its baseline.
    pub(crate) fn words(&mut self, text: impl Into<String>, at: At, anchor: Anchor, style: Style) {
        self.put(text.into(), at, anchor, style, false);
    }

    /// A text that runs upwards; its baseline is at its right.
    pub(crate) fn turned_words(&mut self, text: impl Into<String>, at: At, anchor: Anchor, style: Style) {
        self.put(text.into(), at, anchor, style, true);
    }

    /// By how much a baseline lies below the middle of capitals and figures.
    pub(crate) fn half_capital(&self, style: Style) -> i32 {
        (style.size * self.unit * 0.364).round() as i32
    }

    fn put(&mut self, text: String, at: At, anchor: Anchor, style: Style, is_turned: bool) {
        let Style { size, is_bold, ink } = style;
        if !text.is_empty() {
            self.marks.push(Mark::Words(Words { text, at, size: size * self.unit, is_bold, anchor, is_turned, ink }));
        }
    }

    /// The page, so many device pixels wide and high.
    pub(crate) fn finish(self, (width, height): (i32, i32), title: String, told: String) -> Finished {
        let [width, height] = [width, height].map(|side| side.max(1).unsigned_abs());
        Finished { width, height, unit: self.unit, marks: self.marks, title, told }
    }
}
