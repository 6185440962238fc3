//! Every figure there is, and the two forms in which one is written.

use crate::chart::{self, ControlChart};
use crate::dose::{self, DoseCurves};
use crate::drawing::{Drawing, Finished};
use crate::error::FigureError;
use crate::font::Fonts;
use crate::multiples::{self, Multiples};
use crate::paint;
use crate::scatter::{self, Scatter};
use crate::subject::{Kind, PlateFigure};
use crate::{LAYOUT_DPI, LEAST_DPI, MOST_DPI, lay_out};

/// Units of an SVG a CSS pixel, where points and curves lie between pixels.
const FINE: f64 = 10.0;

/// A figure of any kind: what goes in is data that a caller computed, and the same data give the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// One plate: its heatmap, its histogram, or both.
    Plate(PlateFigure, Kind),
    /// Many plates on one sheet.
    Multiples(Multiples),
    /// Two plates against each other.
    Scatter(Scatter),
    /// Values over doses.
    DoseCurves(DoseCurves),
    /// Plates in order against a baseline.
    ControlChart(ControlChart),
}

impl Figure {
    /// The figure as an SVG document (UTF-8, with `<title>` and `<desc>`), its size in CSS pixels.
    ///
    /// # Errors
    /// [`FigureError::Count`] and [`FigureError::Wells`], before anything is laid out.
    pub fn svg(&self) -> Result<String, FigureError> {
        let unit = match self {
            Figure::Plate(..) | Figure::Multiples(_) => 1.0,
            Figure::Scatter(_) | Figure::DoseCurves(_) | Figure::ControlChart(_) => FINE,
        };
        paint::svg(&self.lay_out(&Fonts::load()?, unit)?)
    }

    /// The figure as a PNG file: 8-bit RGB, its dots per inch in `pHYs`, its caption in `iTXt`.
    ///
    /// # Errors
    /// [`FigureError::Dpi`] outside [`LEAST_DPI`] to [`MOST_DPI`]; [`FigureError::Count`] and [`FigureError::Wells`], before
    /// anything is laid out; [`FigureError::TooLarge`] before a pixel is allocated.
    pub fn png(&self, dpi: u32) -> Result<Vec<u8>, FigureError> {
        if !(LEAST_DPI..=MOST_DPI).contains(&dpi) {
            return Err(FigureError::Dpi(dpi));
        }
        let fonts = Fonts::load()?;
        let drawn = self.lay_out(&fonts, f64::from(dpi) / LAYOUT_DPI)?;
        paint::png(&drawn, &fonts, dpi)
    }

    /// The same, with fewer dots per inch where it would have more pixels than `most`; its width and height too.
    ///
    /// # Errors
    /// As [`Figure::png`]; [`FigureError::TooLarge`] where even [`LEAST_DPI`] are too many.
    pub fn png_within(&self, dpi: u32, most: u64) -> Result<(Vec<u8>, u32, u32), FigureError> {
        if !(LEAST_DPI..=MOST_DPI).contains(&dpi) {
            return Err(FigureError::Dpi(dpi));
        }
        let fonts = Fonts::load()?;
        let mut dpi = dpi;
        loop {
            let drawn = self.lay_out(&fonts, f64::from(dpi) / LAYOUT_DPI)?;
            let pixels = u64::from(drawn.width) * u64::from(drawn.height);
            if pixels <= most || dpi == LEAST_DPI {
                let (width, height) = (drawn.width, drawn.height);
                return Ok((paint::png_within(&drawn, &fonts, dpi, most)?, width, height));
            }
            // A little less: edges are rounded.
            let fits = f64::from(dpi) * (most as f64 / pixels as f64).sqrt() * 0.995;
            dpi = (fits.floor() as u32).clamp(LEAST_DPI, dpi - 1);
        }
    }

    pub(crate) fn lay_out(&self, fonts: &Fonts, unit: f64) -> Result<Finished, FigureError> {
        let drawing = Drawing::new(fonts, unit);
        match self {
            Figure::Plate(figure, kind) => lay_out(figure, *kind, fonts, unit),
            Figure::Multiples(figure) => figure.check().map(|()| multiples::draw(figure, drawing)),
            Figure::Scatter(figure) => figure.check().map(|()| scatter::draw(figure, drawing)),
            Figure::DoseCurves(figure) => figure.check().map(|()| dose::draw(figure, drawing)),
            Figure::ControlChart(figure) => figure.check().map(|()| chart::draw(figure, drawing)),
        }
    }
}
