//! A page of pixels: the backend of plotters that a PNG is made with.
//!
//! plotters' own bitmap places letters on whole pixels and loses their bearings; here every letter lies where the font puts
//! it, edges are soft, and rectangles are sharp.

use std::convert::Infallible;

use ab_glyph::{OutlineCurve, Point, point};
use ab_glyph_rasterizer::{Rasterizer, point as corner};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    FontTransform,
};

use crate::colour::GROUND;
use crate::font::{Fonts, half_ex};

/// How far a cubic's handles reach to run along a quarter of a circle: 4 (√2 − 1) / 3.
const CUBIC_ARC: f32 = 0.552_284_8;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Pixels, row-major, three bytes each.
pub(crate) struct Pixels<'f> {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
    fonts: &'f Fonts,
}

impl<'f> Pixels<'f> {
    /// A white page; the caller has looked at its size.
    pub(crate) fn new(width: u32, height: u32, fonts: &'f Fonts) -> Pixels<'f> {
        Pixels { width, height, rgb: GROUND.repeat(width as usize * height as usize), fonts }
    }

    /// The page's bytes.
    pub(crate) fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// Lays ink over a pixel; outside the page nothing happens.
    fn blend(&mut self, x: i64, y: i64, color: BackendColor) {
        if x < 0 || y < 0 || x >= i64::from(self.width) || y >= i64::from(self.height) {
            return;
        }
        let at = (y as usize * self.width as usize + x as usize) * 3;
        let Some(pixel) = self.rgb.get_mut(at..at + 3) else { return };
        let (red, green, blue) = color.rgb;
        let share = color.alpha.clamp(0.0, 1.0);
        for (old, new) in pixel.iter_mut().zip([red, green, blue]) {
            *old = (f64::from(*old) + (f64::from(new) - f64::from(*old)) * share).round() as u8;
        }
    }

    /// Fills a shape whose curves are closed.
    fn fill_curves(&mut self, curves: &[OutlineCurve], color: BackendColor) {
        let points = curves.iter().flat_map(|curve| match *curve {
            OutlineCurve::Line(a, b) => [a, b, b, b],
            OutlineCurve::Quad(a, b, c) => [a, b, c, c],
            OutlineCurve::Cubic(a, b, c, d) => [a, b, c, d],
        });
        let (mut low, mut high) = (point(f32::MAX, f32::MAX), point(f32::MIN, f32::MIN));
        for at in points {
            (low.x, low.y) = (low.x.min(at.x), low.y.min(at.y));
            (high.x, high.y) = (high.x.max(at.x), high.y.max(at.y));
        }
        // What lies wholly outside the page has no pixels there.
        if low.x > self.width as f32 || low.y > self.height as f32 || high.x < 0.0 || high.y < 0.0 {
            return;
        }
        let (left, top) = (low.x.floor() - 1.0, low.y.floor() - 1.0);
        let (width, height) = ((high.x - left).ceil() + 2.0, (high.y - top).ceil() + 2.0);
        let mut rasterizer = Rasterizer::new(width as usize, height as usize);
        let moved = |at: Point| corner(at.x - left, at.y - top);
        for curve in curves {
            match *curve {
                OutlineCurve::Line(a, b) => rasterizer.draw_line(moved(a), moved(b)),
                OutlineCurve::Quad(a, b, c) => rasterizer.draw_quad(moved(a), moved(b), moved(c)),
                OutlineCurve::Cubic(a, b, c, d) => rasterizer.draw_cubic(moved(a), moved(b), moved(c), moved(d)),
            }
        }
        let (left, top) = (left as i64, top as i64);
        rasterizer.for_each_pixel_2d(|x, y, share| {
            if share > 0.0 {
                self.blend(left + i64::from(x), top + i64::from(y), color.mix(f64::from(share)));
            }
        });
    }

    /// Draws a smooth line: as wide at every point, across the middle of its two directions there.
    pub(crate) fn stroke_curve(&mut self, points: &[(f32, f32)], width: f32, color: BackendColor) {
        let direction = |from: (f32, f32), to: (f32, f32)| {
            let (across, down) = (to.0 - from.0, to.1 - from.1);
            let length = (across * across + down * down).sqrt();
            if length > 0.0 { (across / length, down / length) } else { (0.0, 0.0) }
        };
        let at = |index: usize| points.get(index).copied();
        let (mut there, mut back) = (Vec::new(), Vec::new());
        for (index, &(x, y)) in points.iter().enumerate() {
            let before = index.checked_sub(1).and_then(at).map_or((0.0, 0.0), |from| direction(from, (x, y)));
            let after = at(index + 1).map_or((0.0, 0.0), |to| direction((x, y), to));
            let (dx, dy) = direction((0.0, 0.0), (before.0 + after.0, before.1 + after.1));
            let (aside, below) = (-dy * width / 2.0, dx * width / 2.0);
            there.push(point(x + aside, y + below));
            back.push(point(x - aside, y - below));
        }
        there.extend(back.into_iter().rev());
        self.fill_corners(&there, color);
    }

    fn fill_corners(&mut self, corners: &[Point], color: BackendColor) {
        let next = corners.iter().cycle().skip(1);
        let edges: Vec<OutlineCurve> = corners.iter().zip(next).map(|(a, b)| OutlineCurve::Line(*a, *b)).collect();
        self.fill_curves(&edges, color);
    }
}

impl DrawingBackend for Pixels<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.blend(x.into(), y.into(), color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let (across, down) = (f64::from(to.0) - f64::from(from.0), f64::from(to.1) - f64::from(from.1));
        let length = across.hypot(down);
        if length == 0.0 {
            return Ok(());
        }
        let half = f64::from(style.stroke_width()) / 2.0 / length;
        let (dx, dy) = (-down * half, across * half);
        let at = |(x, y): BackendCoord, side: f64| {
            point((f64::from(x) + dx * side) as f32, (f64::from(y) + dy * side) as f32)
        };
        self.fill_corners(&[at(from, 1.0), at(to, 1.0), at(to, -1.0), at(from, -1.0)], style.color());
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let edge = i64::from(style.stroke_width());
        let (left, top, right, bottom) = (i64::from(left), i64::from(top), i64::from(right), i64::from(bottom));
        for y in top.max(0)..bottom.min(self.height.into()) {
            for x in left.max(0)..right.min(self.width.into()) {
                let is_edge = x < left + edge || y < top + edge || x >= right - edge || y >= bottom - edge;
                if fill || is_edge {
                    self.blend(x, y, style.color());
                }
            }
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let corners: Vec<Point> = path.into_iter().map(|(x, y)| point(x as f32, y as f32)).collect();
        self.fill_corners(&corners, style.color());
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, _fill: bool) -> Drawn {
        let (x, y, r) = (x as f32, y as f32, radius as f32);
        let at = |across: f32, down: f32| point(x + across * r, y + down * r);
        let quarter = |(a, b): (f32, f32), (c, d): (f32, f32)| {
            let (k, l) = (at(a + c * CUBIC_ARC, b + d * CUBIC_ARC), at(c + a * CUBIC_ARC, d + b * CUBIC_ARC));
            OutlineCurve::Cubic(at(a, b), k, l, at(c, d))
        };
        let (east, south, west, north) = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0));
        let quarters = [quarter(east, south), quarter(south, west), quarter(west, north), quarter(north, east)];
        self.fill_curves(&quarters, style.color());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        // As plotters' SVG takes it: `size` is 1.24 ems, and the middle of a small letter lies at `y`.
        let size = style.size() / crate::paint::SIZE_OF_EM;
        let is_bold = matches!(style.style(), FontStyle::Bold);
        let width = self.fonts.width(text, size, is_bold);
        let mut pen = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let baseline = f64::from(half_ex(size));
        let is_turned = matches!(style.transform(), FontTransform::Rotate270);
        for letter in text.chars() {
            let place = |at: Point| {
                let (along, below) = (pen + f64::from(at.x) * size, baseline + f64::from(at.y) * size);
                let (across, down) = if is_turned { (below, -along) } else { (along, below) };
                point((f64::from(x) + across) as f32, (f64::from(y) + down) as f32)
            };
            let outline = self.fonts.outline(letter, is_bold).into_iter().map(|curve| match curve {
                OutlineCurve::Line(a, b) => OutlineCurve::Line(place(a), place(b)),
                OutlineCurve::Quad(a, b, c) => OutlineCurve::Quad(place(a), place(b), place(c)),
                OutlineCurve::Cubic(a, b, c, d) => OutlineCurve::Cubic(place(a), place(b), place(c), place(d)),
            });
            let outline: Vec<OutlineCurve> = outline.collect();
            if !outline.is_empty() {
                self.fill_curves(&outline, style.color());
            }
            pen += self.fonts.advance(letter, is_bold) * size;
        }
        Ok(())
    }
}
