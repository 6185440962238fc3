//! Pictures for people, PNG or SVG, with everything that makes them readable alone: a plate as heatmap and histogram, many
//! plates on a sheet, two plates against each other, doses and curves, control charts.
//!
//! A figure says what it shows: plate, run, feature, scale, range, exclusions, Z′ with its counts, the session's digest.
//! What goes in is data ([`Figure`]), computed by the caller; the same data gives the same bytes. No clock, no I/O, no system fonts: the font
//! is embedded, and an SVG's text is text that asks for it and falls back.

mod axis;
mod bars;
mod beside;
mod caption;
mod chart;
mod colour;
mod dose;
mod drawing;
mod error;
mod font;
mod heatmap;
mod histogram;
mod key;
mod legend;
mod measured;
mod multiples;
mod names;
mod number;
mod page;
mod paint;
mod picture;
mod point;
mod provenance;
mod quantity;
mod raster;
mod scatter;
#[cfg(test)]
mod strange_plot_tests;
#[cfg(test)]
mod strange_tests;
mod subject;
mod tables;
#[cfg(test)]
mod tests;
mod ticks;
mod wells;

pub use chart::{Baseline, Breach, ChartPlate, Charted, ControlChart, MOST_BREACHES, MOST_CHARTED};
pub use dose::{Compound, Curve, DoseCurves, DoseMean, Fit, Interval, Levels, MOST_COMPOUNDS, MOST_POINTS, Replicate};
pub use error::FigureError;
pub use measured::Measured;
pub use multiples::{MOST_PLATES, MOST_WELLS, Multiples, Span, Tile};
pub use picture::Figure;
pub use provenance::Provenance;
pub use quantity::Quantity;
pub use scatter::{Agreement, Matched, Scatter};
pub use subject::{FigureWell, Kind, PlateFigure, Quality};

use drawing::Drawing;
use font::Fonts;

/// Dots per inch of a PNG where nobody says otherwise.
pub const USUAL_DPI: u32 = 150;
/// The fewest dots per inch: below, labels cannot be read.
pub const LEAST_DPI: u32 = 48;
/// The most dots per inch; a figure's pixels may set a lower limit ([`FigureError::TooLarge`]).
pub const MOST_DPI: u32 = 1200;

/// CSS pixels an inch: what a figure is laid out in.
const LAYOUT_DPI: f64 = 96.0;

/// The figure as an SVG document (UTF-8, with `<title>` and `<desc>`), in CSS pixels.
///
/// # Errors
/// [`FigureError::Wells`] where the wells are not those of the format.
pub fn svg(figure: &PlateFigure, kind: Kind) -> Result<String, FigureError> {
    let fonts = Fonts::load()?;
    paint::svg(&lay_out(figure, kind, &fonts, 1.0)?)
}

/// The figure as a PNG file: 8-bit RGB, its dots per inch in `pHYs`, its caption in `iTXt`.
///
/// # Errors
/// [`FigureError::Dpi`] outside [`LEAST_DPI`] to [`MOST_DPI`]; [`FigureError::TooLarge`] before anything is allocated for
/// it; [`FigureError::Wells`].
pub fn png(figure: &PlateFigure, kind: Kind, dpi: u32) -> Result<Vec<u8>, FigureError> {
    if !(LEAST_DPI..=MOST_DPI).contains(&dpi) {
        return Err(FigureError::Dpi(dpi));
    }
    let fonts = Fonts::load()?;
    let drawn = lay_out(figure, kind, &fonts, f64::from(dpi) / LAYOUT_DPI)?;
    paint::png(&drawn, &fonts, dpi)
}

fn lay_out(figure: &PlateFigure, kind: Kind, fonts: &Fonts, unit: f64) -> Result<drawing::Finished, FigureError> {
    let (has, needs) = (figure.wells.len(), usize::from(figure.format.wells()));
    if has != needs {
        return Err(FigureError::Wells { has, needs });
    }
    let drawing = Drawing::new(fonts, unit);
    Ok(match kind {
        Kind::Heatmap => heatmap::draw(figure, drawing),
        Kind::Histogram => histogram::draw(figure, drawing),
        Kind::HeatmapAndHistogram => beside::draw(figure, drawing),
    })
}
