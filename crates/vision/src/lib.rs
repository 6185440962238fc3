//! Pixels: files decoded to their samples, composites, histograms, focus, and what happens around a model. Pure functions of
//! bytes; nothing is fetched here, and only a model's own folder is read.
//!
//! Samples are as stored: packed bits are widened without scaling, a palette is not looked up (its index is taken as the
//! intensity), nothing is inverted, predictors are undone, planar colour is interleaved.

mod compose;
mod error;
mod file;
mod focus;
mod histogram;
mod identity;
mod jpeg;
mod limits;
pub mod model;
mod on_disk;
mod packed;
mod plane;
mod png_file;
mod samples;
mod threads;
mod tiff;

pub use compose::{Channel, MOST_CHANNELS, compose, compose_scalar};
pub use error::DecodeError;
pub use file::{Format, Head, ImageFile};
pub use focus::{Quality, quality};
pub use histogram::Histogram;
pub use identity::{PlaneDigests, digests};
pub use limits::Limits;
pub use on_disk::decode_file;
pub use plane::{Grey, Plane};
pub use samples::{SampleType, Samples};
