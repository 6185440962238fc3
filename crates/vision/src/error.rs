//! Why a file has no pixels: each says what, and where in the file it can.

/// Why an image cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The first bytes are of no format that is read.
    #[error("its first bytes ({first}) are of no image format that is read here: TIFF, PNG or JPEG")]
    UnknownFormat {
        /// Up to 8 bytes as hex; `none` of an empty file.
        first: String,
    },
    /// A feature of the format that is not read.
    #[error("{what} is not read here")]
    Unsupported {
        /// Which, as `TIFF compression 34676 (SGILog)`.
        what: String,
    },
    /// It asks for more than is allowed; nothing was allocated for it.
    #[error("{what} is {asked}, and at most {allowed} is allowed")]
    TooLarge {
        /// What of it, as `the width`.
        what: &'static str,
        /// How much the file says.
        asked: u64,
        /// The limit.
        allowed: u64,
    },
    /// The file ends before its pixels do.
    #[error("the file is cut short: {what}")]
    Truncated {
        /// What is missing.
        what: String,
    },
    /// It contradicts itself or its format.
    #[error("the file is damaged: {what}")]
    Damaged {
        /// What and where.
        what: String,
    },
    /// The file cannot be read from its disk.
    #[error("it cannot be read: {reason}")]
    Unreadable {
        /// The system's words.
        reason: String,
    },
    /// There are fewer planes in the file.
    #[error("plane {asked} was asked for, and the file has {planes} (counted from 0)")]
    NoSuchPlane {
        /// Which, from 0.
        asked: usize,
        /// How many there are.
        planes: usize,
    },
}

impl DecodeError {
    pub(crate) fn unsupported(what: impl Into<String>) -> DecodeError {
        DecodeError::Unsupported { what: what.into() }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> DecodeError {
        DecodeError::Damaged { what: what.into() }
    }

    pub(crate) fn truncated(what: impl Into<String>) -> DecodeError {
        DecodeError::Truncated { what: what.into() }
    }
}
