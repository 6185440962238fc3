//! A finished drawing onto plotters' backends: its own SVG, and the page of pixels that becomes a PNG.

use std::convert::Infallible;

use plotters::backend::SVGBackend;
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily,
    FontStyle, FontTransform,
};

use crate::colour::{GROUND, Ink};
use crate::drawing::{Anchor, Finished, Mark, Words};
use crate::error::{FigureError, MOST_PIXELS, MOST_SIDE};
use crate::font::{FAMILIES, Fonts, half_ex};
use crate::raster::Pixels;

/// What plotters calls a font's size, in ems: its SVG divides by it.
pub(crate) const SIZE_OF_EM: f64 = 1.24;

/// Inches a metre, for `pHYs`.
const INCHES_PER_METRE: f64 = 1.0 / 0.0254;

/// The drawing as an SVG document, with the figure's name and caption for those who do not see it.
pub(crate) fn svg(drawn: &Finished) -> Result<String, FigureError> {
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, (drawn.width, drawn.height));
    let unwritten = |error: DrawingErrorKind<std::io::Error>| FigureError::Svg(error.to_string());
    // What lies between pixels is nearer to the eye than it can tell: a document of curves is laid out in tenths.
    let near = |(x, y): &(f32, f32)| (x.round() as i32, y.round() as i32);
    let curve = |backend: &mut SVGBackend<'_>, points: &[(f32, f32)], pen: &Pen| {
        backend.draw_path(points.iter().map(near), pen)
    };
    paint(drawn, &mut backend, curve).map_err(unwritten)?;
    backend.present().map_err(unwritten)?;
    drop(backend);
    // plotters knows no titles: they stand right behind its first tag.
    let (head, body) = text.split_once(">\n").ok_or_else(|| FigureError::Svg("it has no beginning".to_owned()))?;
    let size = |device: u32| f64::from(device) / drawn.unit;
    let in_units = format!("width=\"{}\" height=\"{}\"", drawn.width, drawn.height);
    let in_css = format!("width=\"{}\" height=\"{}\"", size(drawn.width), size(drawn.height));
    let head = head.replacen(&in_units, &in_css, 1);
    let (title, told) = (escaped(&drawn.title), escaped(&drawn.told));
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{head} role=\"img\">\n<title>{title}</title>\n<desc>{told}</desc>\n{body}"
    ))
}

/// The drawing as a PNG file.
pub(crate) fn png(drawn: &Finished, fonts: &Fonts, dpi: u32) -> Result<Vec<u8>, FigureError> {
    png_within(drawn, fonts, dpi, MOST_PIXELS)
}

/// The same, of at most so many pixels, which are never more than [`MOST_PIXELS`].
pub(crate) fn png_within(drawn: &Finished, fonts: &Fonts, dpi: u32, most: u64) -> Result<Vec<u8>, FigureError> {
    let most = most.min(MOST_PIXELS);
    let (width, height) = (u64::from(drawn.width), u64::from(drawn.height));
    let side = drawn.width.max(drawn.height);
    if side > MOST_SIDE || width * height > most {
        let by_area = (most as f64 / (width * height) as f64).sqrt();
        let by_side = f64::from(MOST_SIDE) / f64::from(side);
        // A little less: edges are rounded.
        let fits = (f64::from(dpi) * by_area.min(by_side) * 0.995).floor() as u32;
        return Err(FigureError::TooLarge { dpi, width, height, fits, most });
    }
    let mut pixels = Pixels::new(drawn.width, drawn.height, fonts);
    let curve = |pixels: &mut Pixels<'_>, points: &[(f32, f32)], pen: &Pen| {
        pixels.stroke_curve(points, pen.width as f32, opaque(pen.ink));
        Ok(())
    };
    match paint(drawn, &mut pixels, curve) {
        Ok(()) => {}
        Err(DrawingErrorKind::FontError(_)) => return Err(FigureError::Font),
        Err(DrawingErrorKind::DrawingError(never)) => match never {},
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, drawn.width, drawn.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::RelativeColorimetric);
    let per_metre = (f64::from(dpi) * INCHES_PER_METRE).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    encoder.add_itxt_chunk("Title".to_owned(), drawn.title.clone())?;
    encoder.add_itxt_chunk("Description".to_owned(), drawn.told.clone())?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels.into_rgb())?;
    writer.finish()?;
    Ok(bytes)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

type Painted<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Lays every mark down. plotters knows whole pixels only: `curve` draws what lies between them.
fn paint<B: DrawingBackend>(
    drawn: &Finished,
    backend: &mut B,
    curve: impl Fn(&mut B, &[(f32, f32)], &Pen) -> Painted<B>,
) -> Painted<B> {
    let page = (drawn.width.cast_signed(), drawn.height.cast_signed());
    backend.draw_rect((0, 0), page, &Pen { ink: GROUND, width: 1 }, true)?;
    for mark in &drawn.marks {
        match mark {
            Mark::Box { left, top, width, height, ink } => {
                let corner = (left + width, top + height);
                backend.draw_rect((*left, *top), corner, &Pen { ink: *ink, width: 1 }, true)?;
            }
            Mark::Line { from, to, width, ink } => backend.draw_line(*from, *to, &Pen { ink: *ink, width: *width })?,
            Mark::Polygon { corners, ink } => {
                backend.fill_polygon(corners.iter().copied(), &Pen { ink: *ink, width: 1 })?;
            }
            Mark::Disc { middle, radius, ink } => {
                backend.draw_circle(*middle, radius.unsigned_abs(), &Pen { ink: *ink, width: 1 }, true)?;
            }
            Mark::Curve { points, width, ink } => curve(backend, points, &Pen { ink: *ink, width: *width })?,
            Mark::Words(words) => {
                let (x, y) = words.at;
                let rise = half_ex(words.size);
                let middle = if words.is_turned { (x - rise, y) } else { (x, y - rise) };
                backend.draw_text(&words.text, &Lettering(words), middle)?;
            }
        }
    }
    Ok(())
}

/// The look of a line or an area.
struct Pen {
    ink: Ink,
    width: u32,
}

impl BackendStyle for Pen {
    fn color(&self) -> BackendColor {
        opaque(self.ink)
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

fn opaque([red, green, blue]: Ink) -> BackendColor {
    BackendColor { alpha: 1.0, rgb: (red, green, blue) }
}

/// The look of a text. Both backends set it themselves: nothing here is measured or drawn.
struct Lettering<'a>(&'a Words);

impl BackendTextStyle for Lettering<'_> {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        opaque(self.0.ink)
    }

    fn size(&self) -> f64 {
        // What is this size again when plotters has divided it: 13, not 13.000000000000002.
        let near = self.0.size * SIZE_OF_EM;
        let exact = [near, near.next_down(), near.next_up()].into_iter().find(|size| size / SIZE_OF_EM == self.0.size);
        exact.unwrap_or(near)
    }

    fn transform(&self) -> FontTransform {
        if self.0.is_turned { FontTransform::Rotate270 } else { FontTransform::None }
    }

    fn style(&self) -> FontStyle {
        if self.0.is_bold { FontStyle::Bold } else { FontStyle::Normal }
    }

    fn anchor(&self) -> Pos {
        let h_pos = match self.0.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        Pos { h_pos, v_pos: VPos::Center }
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(FAMILIES)
    }

    fn layout_box(&self, _: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        Ok(((0, 0), (0, 0)))
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: DrawFunc,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}
