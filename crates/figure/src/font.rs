//! The figures' own font: what a text measures, and the outlines of its letters.
//!
//! Two weights of Inter are embedded (`fonts/SOURCE.md`). A character that they do not have is a box one em wide, which
//! is also the room that a reader's own font gets in an SVG.

use ab_glyph::{Font as _, FontRef, OutlineCurve, Point};

use crate::error::FigureError;

/// What an SVG asks for, first to last; the metrics of what follows Inter are near to it.
pub(crate) const FAMILIES: &str = "Inter, Helvetica Neue, Arial, Liberation Sans, DejaVu Sans, sans-serif";

const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.otf");
const SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.otf");

/// Half the height of an x, in ems: by how much plotters' SVG puts a baseline below the middle.
const HALF_EX: f64 = 0.2727;

/// Both weights.
pub(crate) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// Reads what is embedded.
    ///
    /// # Errors
    /// [`FigureError::Font`]: the program is damaged.
    pub(crate) fn load() -> Result<Fonts, FigureError> {
        let read = |bytes| FontRef::try_from_slice(bytes).map_err(|_| FigureError::Font);
        Ok(Fonts { regular: read(REGULAR)?, bold: read(SEMI_BOLD)? })
    }

    fn of(&self, is_bold: bool) -> &FontRef<'static> {
        if is_bold { &self.bold } else { &self.regular }
    }

    /// The width of a text in pixels; `size` is pixels an em.
    pub(crate) fn width(&self, text: &str, size: f64, is_bold: bool) -> f64 {
        text.chars().map(|letter| self.advance(letter, is_bold)).sum::<f64>() * size
    }

    /// How far a letter moves the next one, in ems.
    pub(crate) fn advance(&self, letter: char, is_bold: bool) -> f64 {
        if is_unseen(letter) {
            return 0.0;
        }
        let font = self.of(is_bold);
        match font.glyph_id(letter) {
            id if id.0 == 0 => 1.0,
            id => f64::from(font.h_advance_unscaled(id)) / em(font),
        }
    }

    /// The outline of a letter in ems, y downwards from the baseline; none for spaces and what is never seen.
    pub(crate) fn outline(&self, letter: char, is_bold: bool) -> Vec<OutlineCurve> {
        if is_unseen(letter) || letter.is_whitespace() {
            return Vec::new();
        }
        let font = self.of(is_bold);
        let id = font.glyph_id(letter);
        if id.0 == 0 {
            return a_box();
        }
        let em = em(font) as f32;
        let point = |at: Point| ab_glyph::point(at.x / em, -at.y / em);
        let curves = font.outline(id).map(|outline| outline.curves).unwrap_or_default();
        let scaled = curves.into_iter().map(|curve| match curve {
            OutlineCurve::Line(a, b) => OutlineCurve::Line(point(a), point(b)),
            OutlineCurve::Quad(a, b, c) => OutlineCurve::Quad(point(a), point(b), point(c)),
            OutlineCurve::Cubic(a, b, c, d) => OutlineCurve::Cubic(point(a), point(b), point(c), point(d)),
        });
        scaled.collect()
    }
}

fn em(font: &FontRef<'static>) -> f64 {
    f64::from(font.units_per_em().unwrap_or(1000.0))
}

/// A frame one em wide: the outer edge one way round, the inner the other.
fn a_box() -> Vec<OutlineCurve> {
    let ring = |left: f32, top: f32, right: f32, bottom: f32, is_inner: bool| {
        let mut corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if is_inner {
            corners.reverse();
        }
        (0..4).map(move |at| {
            let (from, to) = (corners[at], corners[(at + 1) % 4]);
            OutlineCurve::Line(ab_glyph::point(from.0, from.1), ab_glyph::point(to.0, to.1))
        })
    };
    ring(0.12, -0.73, 0.88, 0.0, false).chain(ring(0.2, -0.65, 0.8, -0.08, true)).collect()
}

/// How far below a text's middle, as plotters takes it, its baseline lies; whole pixels, the same for every backend.
pub(crate) fn half_ex(size: f64) -> i32 {
    (HALF_EX * size).round() as i32
}

/// Characters that join, turn or vary others and have no shape of their own.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_widths_and_outlines_and_strangers_are_boxes() {
        let fonts = Fonts::load().unwrap();
        assert!(fonts.width("WW", 10.0, false) > fonts.width("ii", 10.0, false));
        assert!(fonts.width("A", 10.0, true) > 0.0);
        for known in "AZaz09Z′−×µΔ²⁻⁷…·éжλ".chars() {
            assert!(!fonts.outline(known, false).is_empty(), "{known}");
            assert!(fonts.advance(known, false) != 1.0, "{known} is no box");
        }
        for stranger in ['😀', '細', 'ש', '\u{fffd}'] {
            assert_eq!((fonts.advance(stranger, false), fonts.outline(stranger, false).len()), (1.0, 8), "{stranger}");
        }
        assert_eq!(fonts.width("\u{2068}\u{200d}\u{fe0f}", 10.0, false), 0.0);
    }
}
