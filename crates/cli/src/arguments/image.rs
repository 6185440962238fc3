//! Arguments of `image`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{EXIT_CODES, FormatChoice};

/// Look at image files: what they hold, and how good their planes are
///
/// TIFF (strips, tiles, BigTIFF; uncompressed, LZW, Deflate, PackBits, JPEG), PNG and JPEG; 1 to 64 bits a sample. What a
/// file is is judged by its bytes, never by its name.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside image info plate/*.tif
  plateside image qc plate/*DNA*.tif --format csv

{EXIT_CODES}"))]
pub(crate) struct Image {
    #[command(subcommand)]
    pub(crate) command: ImageCommand,
}

/// What to do with image files.
#[derive(Debug, Subcommand)]
pub(crate) enum ImageCommand {
    Info(Info),
    Qc(Qc),
}

/// Size, kind of samples, and digests of the pixels
///
/// Every plane is decoded. Digests are over the samples as stored, whatever the compression: rows from top to bottom,
/// packed bits widened without scaling, no palette look-up, no inversion, predictors undone, planar colour interleaved,
/// least significant byte first.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Example:
  plateside image info plate/*.tif --format csv

It prints for each file: file, ok, format, width, height, planes, channels, sample_type (u8, u16, u32, i16, f32, …),
sha256_samples (over all planes), sha256_planes:[…], error.

{EXIT_CODES}"))]
pub(crate) struct Info {
    /// Image files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// Focus and saturation of each plane
///
/// focus_slope is the slope of the plane's power spectrum: blur makes it fall more steeply. laplacian_variance is over the
/// square of the mean, so that exposure does not show in it. Compare planes of one channel and magnification only.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Example:
  plateside image qc plate/*DNA*.tif --format csv

It prints for each channel of each plane: file, plane, channel, focus_slope, laplacian_variance, saturated_percent, mean;
what cannot be had is null, with its reason under \"undefined\".

{EXIT_CODES}"))]
pub(crate) struct Qc {
    /// Image files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}
