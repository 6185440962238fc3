//! Models, run in a child of the same program: a stranger's model may crash, hang or eat memory, and the window stays.
//!
//! ```text
//! Infer::start ──► `worker infer` ──► limits itself ──► loads, tests itself ──► ready, or refused with the reason
//! Infer::look  ──► a plane         ──► what the model saw, or why not
//! ```
//! One look at a time; others wait in the order in which they came. A child that hangs is killed, one that died is started
//! again after a pause that grows. Nothing is stored here: whoever asks commits.

mod child;
mod error;
mod frames;
mod lane;
mod library;
mod looked;
mod messages;
mod models;
mod patience;
mod shipped;
#[cfg(test)]
mod tests;
mod worker;

pub use error::InferError;
pub use lane::{Infer, InferSettings, MEMORY_BYTES, TIME_LIMIT};
pub use library::find_library;
pub use looked::{Looked, LookedPatches};
pub use messages::Ready;
pub use models::{ModelCardRow, ModelOrigin, ModelPlaces, find_model, models};
pub use worker::serve;
