//! Arguments of `figure`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use engine::figures::{LEAST_DPI, MOST_DPI, USUAL_DPI};

use super::{EXIT_CODES, FormatChoice};
use crate::values::{self, Picture};

/// Draw a plate, its run, its replicates or its doses as a picture for a slide or a paper
///
/// One feature, with labels, controls, a legend, and a caption that says what was done to the values, which wells are
/// excluded, Z' with its counts, and the session's digest. The ending of --out says which kind of file: .svg (its text is
/// text) or .png. A file that is there is replaced, whole or not at all; the same session gives the same bytes.
///
/// Of the plate: heatmap, histogram, or both. Of its run: multiples, every plate on one sheet; control-chart, a statistic of
/// every plate in order against the run's complete plates (Levey-Jennings), where Westgard's rules are broken. With its
/// replicates, plates of the run with the same compounds in the same wells: replicates, the plate against the one that
/// agrees best or the one that --other names; doses, its compounds over their doses with the fitted curves.
///
/// The colours span the 1st to 98.5th percentile, as in the window; z, robust z and B-score are symmetric about 0. Unknown
/// is never a colour: a well that was read and has no value is hatched both ways, one that is empty by its layout one way,
/// one that was not read has a dot, an excluded one a cross.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside figure monday --plate SQ00015054 --feature Cells_Count --out cells.svg
  plateside figure monday --plate SQ00015054 --feature Cells_Count --method robust_z --out cells.png --dpi 300
  plateside figure monday --plate SQ00015054 --feature Cells_Count --kind histogram --out controls.png
  plateside figure monday --plate SQ00015054 --feature Cells_Count --kind multiples --each-own-scale --out run.svg
  plateside figure monday --plate SQ00015054 --feature Cells_Count --kind replicates --other SQ00015211 --out pair.svg
  plateside figure monday --plate SQ00015054 --feature Cells_Count --kind doses --compound BRD-K99604664-001-01-1 --out dose.svg
  plateside figure monday --plate SQ00015054 --feature Cells_Count --kind control-chart --statistic ssmd --out chart.svg

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
    /// Of replicates: the other plate, by its barcode [default: the replicate that agrees best]
    #[arg(long, value_name = "P2")]
    pub(crate) other: Option<String>,
    /// Of a control chart: z_prime (default), robust_z_prime, ssmd, cv_negative, mean_negative, mean_positive, median_sample
    /// or another that `qc` prints
    #[arg(long, value_name = "S")]
    pub(crate) statistic: Option<String>,
    /// Of doses: only this compound; may be given several times [default: those that a curve describes best]
    #[arg(long, value_name = "C")]
    pub(crate) compound: Vec<String>,
    /// Of multiples: a colour scale for each plate; patterns show, colours of different plates do not compare
    #[arg(long)]
    pub(crate) each_own_scale: bool,
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
    /// 0 at the negative controls' mean, 100 at the positive ones'
    PercentActivity,
    /// (x - mean) / sd of the samples
    Z,
    /// (x - median) / MAD of the negative controls
    RobustZ,
    /// Residual of a median polish of the samples, over their MAD
    BScore,
    /// The logarithm to base 2
    Log2,
    /// x / median of the samples
    PlateMedian,
}

/// Pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FigureKind {
    /// Every well in its place
    Heatmap,
    /// How many wells have which value: samples and controls apart
    Histogram,
    /// Both, side by side
    HeatmapAndHistogram,
    /// Every plate of the run on one sheet
    Multiples,
    /// The plate against a replicate
    Replicates,
    /// Its compounds over their doses, with curves
    Doses,
    /// A statistic of every plate of the run, in order
    ControlChart,
}

impl FigureKind {
    /// Its name on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            FigureKind::Heatmap => "heatmap",
            FigureKind::Histogram => "histogram",
            FigureKind::HeatmapAndHistogram => "heatmap-and-histogram",
            FigureKind::Multiples => "multiples",
            FigureKind::Replicates => "replicates",
            FigureKind::Doses => "doses",
            FigureKind::ControlChart => "control-chart",
        }
    }
}
