//! Why a model gave no answer.

use std::path::PathBuf;
use std::time::Duration;

use super::messages::{Failed, FailedKind};

/// Why a model gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    /// The program that runs models cannot be started.
    #[error("{program} cannot be started to run a model: {source}")]
    Unstartable {
        /// Which.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The model is not run: its card, its file, or its test.
    #[error("{reason}")]
    Refused {
        /// A sentence that names the model and the reason.
        reason: String,
    },
    /// It did not answer in time and was ended.
    #[error("the model did not {doing} within {} s and was ended", .limit.as_secs_f64())]
    TimedOut {
        /// `start` or `answer`.
        doing: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// It asked for more memory than it may have.
    #[error("the model ran out of memory: it may use {} MiB ({said})", .limit_bytes >> 20)]
    OutOfMemory {
        /// The limit in bytes.
        limit_bytes: u64,
        /// The last words.
        said: String,
    },
    /// It crashed.
    #[error("the model's process died: {exit}{}", if said.is_empty() { String::new() } else { format!(" ({said})") })]
    Died {
        /// How.
        exit: String,
        /// Its last words.
        said: String,
    },
    /// It gave NaN or infinite numbers.
    #[error("{reason}")]
    NotANumber {
        /// A sentence that names the model.
        reason: String,
    },
    /// Anything else that it did wrong with this plane; others may do.
    #[error("{reason}")]
    Failed {
        /// A sentence that names the model and the reason.
        reason: String,
    },
    /// The plane is larger than is sent.
    #[error("a plane of {width} x {height} pixels is not sent to a model: {reason}")]
    Plane {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Why.
        reason: &'static str,
    },
    /// The child says what makes no sense; it was ended.
    #[error("the model's process answered what is no answer: {reason}")]
    Garbled {
        /// What.
        reason: String,
    },
}

impl InferError {
    /// Whether the model's process is to blame and not this plane: the next look starts it anew.
    #[must_use]
    pub fn ended_the_process(&self) -> bool {
        match self {
            InferError::Unstartable { .. }
            | InferError::TimedOut { .. }
            | InferError::OutOfMemory { .. }
            | InferError::Died { .. }
            | InferError::Garbled { .. } => true,
            InferError::Refused { .. }
            | InferError::NotANumber { .. }
            | InferError::Failed { .. }
            | InferError::Plane { .. } => false,
        }
    }

    /// What the child said was wrong.
    pub(super) fn told(failed: Failed, limit_bytes: u64) -> InferError {
        let reason = failed.reason;
        match failed.kind {
            FailedKind::Refused => InferError::Refused { reason },
            FailedKind::Memory => InferError::OutOfMemory { limit_bytes, said: reason },
            FailedKind::NotANumber => InferError::NotANumber { reason },
            FailedKind::Failed => InferError::Failed { reason },
        }
    }

    /// How the child died.
    pub(super) fn died(exit: String, said: String, limit_bytes: u64) -> InferError {
        // The first are Rust's own words, the second those of C++.
        let marks = ["memory allocation of", "failed to allocate", "bad_alloc"];
        if marks.iter().any(|mark| said.contains(mark)) {
            return InferError::OutOfMemory { limit_bytes, said };
        }
        InferError::Died { exit, said }
    }
}
