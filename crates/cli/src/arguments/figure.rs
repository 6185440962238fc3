//! Arguments of `figure`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use engine::figures::{LEAST_DPI, MOST_DPI, USUAL_DPI};

use super::{EXIT_CODES, FormatChoice};
use crate::values::{self, Picture};

/// Draw a plate as a picture for a slide or a paper
///
/// A heatmap or a histogram of one feature of one plate, with labels, controls, a legend, and a caption that says what was
/// done to the values, which wells are excluded, Z' with its counts, and the session's digest. The ending of --out says
/// which kind of file: .svg (its text is text) or .png. A file that is there is replaced, whole or not at all; the same
/// session gives the same bytes.
///
/// The colours span the 1st to 98.5th percentile, as in the window; robust z and B-score are symmetric about 0. Unknown is
/// never a colour: a well that was read and has no value is hatched both ways, one that is empty by its layout one way,
/// one that was not read has a dot, an excluded one a cross.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside figure monday --plate BR00117010 --feature Cells_Count --out cells.svg
  plateside figure monday --plate BR00117010 --feature Cells_Count --method robust_z --out cells.png --dpi 300
  plateside figure monday --plate BR00117010 --feature Cells_Count --kind histogram --out controls.png

It prints the path of the picture; in JSON: {{\"path\": …}}.

{EXIT_CODES}"))]
pub(crate) struct Figure {
    /// The session's folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The plate, by its barcode
    #[arg(long, value_name = "P")]
    pub(crate) plate: String,
    /// The feature, as messages name it
    #[arg(long, value_name = "F")]
    pub(crate) feature: String,
    /// The run, where the barcode is in several; "" is the plates without one
    #[arg(long, value_name = "R")]
    pub(crate) run: Option<String>,
    /// How values are scaled
    #[arg(long, value_name = "M", default_value = "raw")]
    pub(crate) method: FigureMethod,
    /// What is drawn
    #[arg(long, value_name = "K", default_value = "heatmap")]
    pub(crate) kind: FigureKind,
    /// The picture's file: .svg or .png
    #[arg(long, value_name = "X.svg|X.png", value_parser = values::picture)]
    pub(crate) out: Picture,
    /// Dots per inch of a PNG; an SVG has none
    #[arg(long, value_name = "N", default_value_t = USUAL_DPI,
          value_parser = clap::value_parser!(u32).range(i64::from(LEAST_DPI)..=i64::from(MOST_DPI)))]
    pub(crate) dpi: u32,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// Scales that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum FigureMethod {
    /// As received
    Raw,
    /// 100 x / mean of the negative controls
    PercentOfControl,
    /// (x - median) / MAD of the negative controls
    RobustZ,
    /// Residual of a median polish of the samples, over their MAD
    BScore,
}

/// Pictures of a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FigureKind {
    /// Every well in its place
    Heatmap,
    /// How many wells have which value: samples and controls apart
    Histogram,
}
