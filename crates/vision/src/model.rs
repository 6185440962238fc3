//! Models: their folders and cards, the graph looked at before it is loaded, and what happens around it, step by step: from
//! intensities to tiles and patches, from a model's output to objects and to a value. The same as `models/pipeline.py`, which
//! trained them, to the bit where integers and comparisons decide.

mod backend;
mod card;
mod card_text;
mod folder;
mod model_error;
mod objects;
mod onnx_file;
mod outlines;
mod patches;
mod runner;
mod self_test;
mod tiles;

pub use backend::Backend;
pub use card::{About, Card, CardError, Input, Output, Task};
pub use folder::ModelFolder;
pub use model_error::ModelError;
pub use objects::{ObjectRules, Objects, SeenObject};
pub use onnx_file::{MOST_BYTES, OnnxError, OnnxFacts, inspect};
pub use outlines::{Outline, outlines};
pub use patches::{PatchRules, focus_value, patches, run_patches};
pub use runner::{Judged, MOST_PIXELS, Runner, Seen};
pub use self_test::SelfTest;
pub use tiles::{Normalised, Tiling, normalise};
