//! What child and parent say to each other as JSON.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use vision::model::ModelError;

/// Which model to run, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Start {
    /// Its folder, or its file beside its card.
    pub(super) model: PathBuf,
    /// ONNX Runtime's library; tract without it.
    pub(super) library: Option<PathBuf>,
    /// Threads that work on one look.
    pub(super) threads: usize,
    /// What the child may allocate, in bytes.
    pub(super) memory_bytes: u64,
}

/// A model that is loaded and passed its test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// `onnxruntime` or `tract`.
    pub backend: String,
    /// The backend's own words about its version.
    pub build: String,
    /// Why a library that was given is not used.
    pub note: Option<String>,
    /// The model's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file, in lower-case hexadecimal digits.
    pub sha256: String,
    /// `segment` or `classify`.
    pub task: String,
    /// Whether its card has a test; a test that failed is a refusal.
    pub tested: bool,
}

/// What went wrong in the child, as far as the parent tells it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FailedKind {
    /// The model is not run: its card, its file, its test.
    Refused,
    /// It asked for more memory than it may have.
    Memory,
    /// It gave NaN or infinite numbers.
    NotANumber,
    /// Anything else that it did wrong.
    Failed,
}

/// What went wrong in the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failed {
    pub(super) kind: FailedKind,
    /// A sentence that names the model and the reason.
    pub(super) reason: String,
}

impl Failed {
    /// `starting`: whatever it is, the model is not run.
    pub(super) fn of(error: &ModelError, starting: bool) -> Failed {
        let kind = match error {
            ModelError::Memory { .. } => FailedKind::Memory,
            _ if starting => FailedKind::Refused,
            ModelError::NotANumber { .. } => FailedKind::NotANumber,
            _ => FailedKind::Failed,
        };
        Failed { kind, reason: error.to_string() }
    }
}
