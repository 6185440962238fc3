//! Why a model is not run, or what it did wrong: each names the model and the reason.

use std::path::PathBuf;

use super::{CardError, OnnxError};

/// Why a model is not run, or what it did wrong.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file of its folder cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of its folder is too long.
    #[error("{path} is longer than {most_bytes} bytes")]
    TooLong {
        /// Which.
        path: PathBuf,
        /// The limit in bytes.
        most_bytes: u64,
    },
    /// Its card cannot be used.
    #[error("{path}: {source}")]
    Card {
        /// Where the card lies.
        path: PathBuf,
        /// Why.
        source: CardError,
    },
    /// The card is about another file.
    #[error("{path} has no card: the model.toml beside it is about {file:?}")]
    AnotherFile {
        /// The file that was asked for.
        path: PathBuf,
        /// The file that the card names.
        file: String,
    },
    /// The file is not the one that the card was written for.
    #[error("model {name} is not the one of its card: its SHA-256 is {found}, and model.toml says {stated}")]
    Changed {
        /// The model.
        name: String,
        /// What the card says.
        stated: String,
        /// What the file has.
        found: String,
    },
    /// The file is refused before anything loads it.
    #[error("model {name} is not loaded: {source}")]
    Refused {
        /// The model.
        name: String,
        /// Why.
        source: OnnxError,
    },
    /// It asks for other inputs than the card says.
    #[error("model {name} asks for the inputs {asked:?}, and its card knows {stated:?} only")]
    Inputs {
        /// The model.
        name: String,
        /// What the graph asks for.
        asked: String,
        /// What the card says.
        stated: String,
    },
    /// Nothing runs models here.
    #[error("models cannot be run here: {reason}")]
    Backend {
        /// Why.
        reason: String,
    },
    /// The backend does not take it.
    #[error("model {name} cannot be loaded by {backend}: {reason}")]
    Load {
        /// The model.
        name: String,
        /// As `tract`.
        backend: &'static str,
        /// What it said.
        reason: String,
    },
    /// It failed while it ran.
    #[error("model {name} failed: {reason}")]
    Run {
        /// The model.
        name: String,
        /// What the backend said.
        reason: String,
    },
    /// It asked for more memory than it may have.
    #[error("model {name} ran out of memory: {reason}")]
    Memory {
        /// The model.
        name: String,
        /// What the backend said.
        reason: String,
    },
    /// Its output is not what the card says.
    #[error("model {name} gave an output of {found:?}, and its card says {stated:?}")]
    Shape {
        /// The model.
        name: String,
        /// What came.
        found: Vec<i64>,
        /// What the card says.
        stated: Vec<usize>,
    },
    /// Its output is no number.
    #[error("Model gave NaN: {bad} of the {all} numbers of {name}'s output are not finite")]
    NotANumber {
        /// The model.
        name: String,
        /// NaN and infinite numbers.
        bad: usize,
        /// All numbers.
        all: usize,
    },
    /// It does not give here what it gave where it was made.
    #[error("model {name} failed its self-test and is not run: {reason}")]
    SelfTest {
        /// The model.
        name: String,
        /// What differs.
        reason: String,
    },
    /// The plane is not one to look at.
    #[error("model {name} is not shown a plane of {width} x {height} pixels: {reason}")]
    Plane {
        /// The model.
        name: String,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Why.
        reason: &'static str,
    },
}
