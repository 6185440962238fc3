//! What happens around a model, step by step: from intensities to tiles and patches, from a model's output to objects and to
//! a value. The same as `models/pipeline.py`, which trained them, to the bit where integers and comparisons decide.
//!
//! Running the model itself is not here: whoever calls gives a function that does.

mod card;
mod objects;
mod onnx_file;
mod patches;
mod tiles;

pub use card::{About, Card, CardError, Input, Task};
pub use objects::{ObjectRules, Objects, SeenObject};
pub use onnx_file::{MOST_BYTES, OnnxError, OnnxFacts, inspect};
pub use patches::{PatchRules, focus_value, patches, run_patches};
pub use tiles::{Normalised, Tiling, normalise};
