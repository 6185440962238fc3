//! One decoded plane: its intensities at full size and shrunk, and what is known of it.

use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};
use vision::{Grey, Histogram, ImageFile, Limits};

use super::PlaneProblem;

/// The plane is shrunk at most so often by 2: 32,768 pixels become 256.
pub const MOST_LEVELS: u8 = 7;

/// A plane.
#[derive(Debug)]
pub struct DecodedPlane {
    /// `tiff`, `png`, `jpeg`.
    pub format: &'static str,
    /// What a sample is in the file, as `u16`.
    pub sample: &'static str,
    /// Bits of a sample that are used.
    pub bits: u8,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Its message.
    pub seq: i64,
    full: Arc<Grey>,
    smaller: [OnceLock<Arc<Grey>>; MOST_LEVELS as usize],
    histogram: OnceLock<Histogram>,
}

impl DecodedPlane {
    /// Decodes page `page` of a file, or its sample `page` where it has one page of several. `stated` is the digest that the
    /// message named.
    pub(super) fn of(
        file: &[u8],
        page: u16,
        stated: Option<[u8; 32]>,
        seq: i64,
        threads: usize,
    ) -> Result<DecodedPlane, PlaneProblem> {
        let undecodable = |reason: String| PlaneProblem::Undecodable { reason };
        let sha256: [u8; 32] = Sha256::digest(file).into();
        if stated.is_some_and(|stated| stated != sha256) {
            return Err(undecodable("its bytes have another SHA-256 than the message states".to_owned()));
        }
        let opened = ImageFile::open(file, &Limits::default()).map_err(|error| undecodable(error.to_string()))?;
        let page = usize::from(page);
        let head = opened.head(0).map_err(|error| undecodable(error.to_string()))?;
        let is_interleaved = opened.planes() == 1 && page < usize::from(head.channels);
        let (plane, channel) = if is_interleaved { (0, page) } else { (page, 0) };
        let decoded = opened.decode(plane, threads).map_err(|error| undecodable(error.to_string()))?;
        let (sample, bits) = (decoded.samples.sample_type().name(), decoded.bits);
        let grey = decoded.into_grey(u16::try_from(channel).unwrap_or(0));
        let full = grey.ok_or_else(|| undecodable(format!("it has no channel {channel}")))?;
        Ok(DecodedPlane {
            format: opened.format().name(),
            sample,
            bits,
            sha256,
            file_bytes: file.len() as u64,
            seq,
            full: Arc::new(full),
            smaller: Default::default(),
            histogram: OnceLock::new(),
        })
    }

    /// The brighter of two planes, pixel by pixel; this one where they differ in size.
    pub(super) fn brightest_with(&self, other: &DecodedPlane) -> DecodedPlane {
        let mut grey = (*self.full).clone();
        if (other.full.width, other.full.height) == (grey.width, grey.height) {
            for (value, other) in grey.values.iter_mut().zip(&other.full.values) {
                *value = (*value).max(*other);
            }
        }
        let (smaller, histogram) = (Default::default(), OnceLock::new());
        DecodedPlane { full: Arc::new(grey), smaller, histogram, ..*self }
    }

    /// Intensities shrunk `level` times by 2, each the mean of four.
    #[must_use]
    pub fn level(&self, level: u8) -> Arc<Grey> {
        let Some(above) = level.checked_sub(1) else { return Arc::clone(&self.full) };
        let Some(cell) = self.smaller.get(usize::from(above)) else { return self.level(MOST_LEVELS) };
        Arc::clone(cell.get_or_init(|| Arc::new(self.level(above).smaller(2))))
    }

    /// How often each intensity occurs.
    #[must_use]
    pub fn histogram(&self) -> &Histogram {
        self.histogram.get_or_init(|| Histogram::of(&self.full))
    }

    /// Memory that it takes with all that may be made of it.
    pub(super) fn bytes(&self) -> usize {
        self.full.values.len() * 2 * 4 / 3 + 65_536 * 8
    }
}
