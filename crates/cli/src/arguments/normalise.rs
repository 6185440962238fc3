//! Arguments of `normalise`.

use std::path::PathBuf;

use clap::Args;
use engine::plate::normalise::{Against, Fit, Method};

use super::{EXIT_CODES, FormatChoice};

/// Put a feature of each plate on a scale that plates can be compared by
///
/// Of a table of wells with its layout, or of a session. Wells that a person excluded are in no reference set.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside normalise wells.csv --layout layout.csv --feature Cells_Count --method percent_activity
  plateside normalise monday --feature Cells_Count --method robust_z --against negatives
  plateside normalise wells.csv --layout layout.csv --feature Cells_Count --method b_score --fit all --eps 1e-10

It prints plate, well, value (and run of a session): csv in a pipe unless told otherwise. A well without a place on the scale
has an empty value. percent_activity is 0 at the negatives and 100 at the positives; b_score is the residual of a two-way
median polish over the MAD of the residuals.

{EXIT_CODES}"))]
pub(crate) struct Normalise {
    /// A table of wells, or a session's folder
    #[arg(value_name = "FILE.csv|DIR")]
    pub(crate) source: PathBuf,
    /// The roles of a table's wells: any file that `plateside qc --layout` reads
    #[arg(long, value_name = "L.csv")]
    pub(crate) layout: Option<PathBuf>,
    /// Which feature
    #[arg(long, value_name = "F")]
    pub(crate) feature: String,
    /// percent_of_control, percent_activity, z, robust_z, b_score, log2 or plate_median
    #[arg(long, value_name = "METHOD", value_parser = method)]
    pub(crate) method: Method,
    /// What z and robust_z are held against: samples, negatives or plate [default: samples]
    #[arg(long, value_name = "SET", value_parser = against)]
    pub(crate) against: Option<Against>,
    /// What b_score is fitted to: samples or all [default: samples]
    #[arg(long, value_name = "WELLS", value_parser = fit)]
    pub(crate) fit: Option<Fit>,
    /// b_score stops when the sum of absolute residuals changes by less than this times itself [default: 0.00001]
    #[arg(long, value_name = "EPS", value_parser = epsilon)]
    pub(crate) eps: Option<f64>,
    /// b_score makes at most so many sweeps over rows and columns [default: 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) sweeps: Option<u32>,
    /// Only this plate, by its barcode
    #[arg(long, value_name = "P")]
    pub(crate) plate: Option<String>,
    /// Only this run of a session; "" is the plates without one
    #[arg(long, value_name = "R")]
    pub(crate) run: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

fn method(text: &str) -> Result<Method, String> {
    Method::from_name(text).ok_or_else(|| one_of(Method::ALL.map(Method::as_str)))
}

fn against(text: &str) -> Result<Against, String> {
    Against::from_name(text).ok_or_else(|| one_of(Against::ALL.map(Against::as_str)))
}

fn fit(text: &str) -> Result<Fit, String> {
    Fit::from_name(text).ok_or_else(|| one_of(Fit::ALL.map(Fit::as_str)))
}

fn epsilon(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if number.is_finite() && number >= 0.0 { Ok(number) } else { Err("it must be 0 or more".to_owned()) }
}

fn one_of<const N: usize>(names: [&str; N]) -> String {
    format!("there is: {}", names.join(", "))
}
