//! Arguments of `score`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{EXIT_CODES, FormatChoice};
use crate::values;

/// Run a model on image files: count objects, or judge focus
///
/// A model is a folder that holds model.toml and the ONNX file that it names, or that file. It runs in a process of its own,
/// with a limit on memory and on time, on ONNX Runtime where its library is found (PLATESIDE_ONNXRUNTIME, lib/ beside the
/// program, Plateside's cache) and else in pure Rust. A model that is not the one of its card, keeps numbers outside its own
/// file, needs operators that are not ONNX's own, or fails its self-test is not run.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside score models/nuclei-seg plate/*DNA*.tif --format csv
  plateside score focus plate/*.tif          a model that Plateside ships, by its name
  plateside score mine/model.onnx a.tif --objects --format jsonl

It prints for each image: image, model, version, sha256, task, count, class, probabilities:{{class:value}}, value,
objects:[{{area_px,centre:[x,y],bounds:[left,top,right,lower]}}] with --objects, ms, backend, error. What a task does not give
is null. An image that cannot be read or scored has its reason in error, and the exit code is not 0.

{EXIT_CODES}"))]
pub(crate) struct Score {
    /// A model's folder, its .onnx beside its model.toml, or the name of one that Plateside knows
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Image files; the first channel of a plane is looked at
    #[arg(required = true, value_name = "IMAGE")]
    pub(crate) images: Vec<PathBuf>,
    /// List each object: its area, centre and bounds, in pixels
    #[arg(long)]
    pub(crate) objects: bool,
    /// Which plane of each file, counted from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) plane: usize,
    /// How long the model may take to start, and for each image (500ms, 5s, 2m)
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = values::duration)]
    pub(crate) time_limit: Duration,
    /// What the model's process may allocate, in MiB
    #[arg(long, value_name = "N", default_value_t = 2048, value_parser = clap::value_parser!(u64).range(256..=1_048_576))]
    pub(crate) memory_mib: u64,
    /// Threads that work on one image [default: 2, or fewer where there are fewer]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}
