//! Image files on a disk, looked at without a session: what they hold, and how good their planes are.

use std::path::{Path, PathBuf};

use vision::{DecodeError, Grey, Head, ImageFile, Limits, PlaneDigests, Quality};

use crate::files::read_bounded;

/// What a file holds, every plane of it decoded once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    /// As `tiff`.
    pub format: &'static str,
    /// How many planes.
    pub planes: usize,
    /// Size and samples of the first plane.
    pub head: Head,
    /// SHA-256 of the samples.
    pub digests: PlaneDigests,
}

/// One channel of one plane, measured.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneQuality {
    /// Counted from 0.
    pub plane: usize,
    /// Counted from 0.
    pub channel: u16,
    /// Its measures.
    pub quality: Quality,
}

/// Why a file cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ImageProblem {
    /// It cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is larger than any image should be.
    #[error("{path} is longer than {} GiB", LONGEST_FILE_BYTES >> 30)]
    TooLong {
        /// Which file.
        path: PathBuf,
    },
    /// It holds no pixels that can be decoded.
    #[error("{path}: {source}")]
    Undecodable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// Its planes have fewer channels.
    #[error("{path} has no channel {channel}: its planes have {channels}")]
    NoChannel {
        /// Which file.
        path: PathBuf,
        /// Which was asked for, counted from 0.
        channel: u16,
        /// How many there are.
        channels: u16,
    },
}

impl ImageProblem {
    /// Whether the file itself is bad, and not the way to it.
    #[must_use]
    pub fn is_of_the_file(&self) -> bool {
        !matches!(self, ImageProblem::Unreadable { .. })
    }
}

/// A file is held in memory while it is looked at.
const LONGEST_FILE_BYTES: u64 = 2 << 30;

/// Decodes every plane of a file and says what it holds.
///
/// # Errors
/// [`ImageProblem`].
pub fn facts(path: &Path) -> Result<ImageFacts, ImageProblem> {
    let bytes = read(path)?;
    let undecodable = |source| ImageProblem::Undecodable { path: path.to_owned(), source };
    let file = ImageFile::open(&bytes, &Limits::default()).map_err(undecodable)?;
    let head = file.head(0).map_err(undecodable)?;
    let digests = vision::digests(&file, threads()).map_err(undecodable)?;
    Ok(ImageFacts { format: file.format().name(), planes: file.planes(), head, digests })
}

/// Measures every channel of every plane of a file.
///
/// # Errors
/// [`ImageProblem`].
pub fn quality(path: &Path) -> Result<Vec<PlaneQuality>, ImageProblem> {
    let bytes = read(path)?;
    let undecodable = |source| ImageProblem::Undecodable { path: path.to_owned(), source };
    let file = ImageFile::open(&bytes, &Limits::default()).map_err(undecodable)?;
    let mut measured = Vec::new();
    for number in 0..file.planes() {
        let plane = file.decode(number, threads()).map_err(undecodable)?;
        for channel in 0..plane.channels {
            if let Some(grey) = plane.grey(channel) {
                let quality = vision::quality(&grey, plane.bits);
                measured.push(PlaneQuality { plane: number, channel, quality });
            }
        }
    }
    Ok(measured)
}

/// The intensities of one channel of one plane of a file, both counted from 0.
///
/// # Errors
/// [`ImageProblem`].
pub fn grey(path: &Path, plane: usize, channel: u16) -> Result<Grey, ImageProblem> {
    let bytes = read(path)?;
    let undecodable = |source| ImageProblem::Undecodable { path: path.to_owned(), source };
    let file = ImageFile::open(&bytes, &Limits::default()).map_err(undecodable)?;
    let decoded = file.decode(plane, threads()).map_err(undecodable)?;
    let channels = decoded.channels;
    decoded.grey(channel).ok_or_else(|| ImageProblem::NoChannel { path: path.to_owned(), channel, channels })
}

fn read(path: &Path) -> Result<Vec<u8>, ImageProblem> {
    let unreadable = |source| ImageProblem::Unreadable { path: path.to_owned(), source };
    let bytes = read_bounded(path, LONGEST_FILE_BYTES).map_err(unreadable)?;
    bytes.ok_or_else(|| ImageProblem::TooLong { path: path.to_owned() })
}

/// A few threads: the window stays quick beside them.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get().min(4))
}
