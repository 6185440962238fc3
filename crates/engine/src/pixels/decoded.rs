//! One decoded plane: its intensities at full size and shrunk, and what is known of it. Of a preview the full size is known
//! and not there: the finest level is its own.

use std::sync::{Arc, OnceLock};

use session::PreviewFile;
use sha2::{Digest as _, Sha256};
use vision::{Grey, Histogram, ImageFile, Limits};

use super::{PlaneProblem, preview};

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
    /// Pixels across and down, also where only a preview is there.
    pub size: (u32, u32),
    /// Only a preview is there: good to look at, and nothing to measure.
    pub is_preview: bool,
    /// How often `finest` is shrunk by 2.
    finest_level: u8,
    finest: Arc<Grey>,
    smaller: [OnceLock<Arc<Grey>>; MOST_LEVELS as usize],
    histogram: OnceLock<Histogram>,
}

/// A page of a file as intensities, with what the file says of it.
pub(crate) struct Page {
    pub(crate) format: &'static str,
    pub(crate) sample: &'static str,
    pub(crate) bits: u8,
    pub(crate) grey: Grey,
}

impl Page {
    /// Decodes page `page` of a file, or its sample `page` where it has one page of several; why not, where it cannot be.
    pub(crate) fn of(file: &[u8], page: u16, threads: usize) -> Result<Page, String> {
        let opened = ImageFile::open(file, &Limits::default()).map_err(|error| error.to_string())?;
        let page = usize::from(page);
        let head = opened.head(0).map_err(|error| error.to_string())?;
        let is_interleaved = opened.planes() == 1 && page < usize::from(head.channels);
        let (plane, channel) = if is_interleaved { (0, page) } else { (page, 0) };
        let decoded = opened.decode(plane, threads).map_err(|error| error.to_string())?;
        let (sample, bits) = (decoded.samples.sample_type().name(), decoded.bits);
        let grey = decoded.into_grey(u16::try_from(channel).unwrap_or(0));
        let grey = grey.ok_or_else(|| format!("it has no channel {channel}"))?;
        Ok(Page { format: opened.format().name(), sample, bits, grey })
    }
}

impl DecodedPlane {
    /// Decodes a page of a file. `stated` is the digest that the message named.
    pub(crate) fn of(
        file: &[u8],
        page: u16,
        stated: Option<[u8; 32]>,
        seq: i64,
        threads: usize,
    ) -> Result<DecodedPlane, PlaneProblem> {
        let sha256: [u8; 32] = Sha256::digest(file).into();
        refuse_another(stated, &sha256)?;
        let undecodable = |reason| PlaneProblem::Undecodable { reason };
        let Page { format, sample, bits, grey } = Page::of(file, page, threads).map_err(undecodable)?;
        Ok(DecodedPlane {
            format,
            sample,
            bits,
            sha256,
            file_bytes: file.len() as u64,
            seq,
            size: (grey.width, grey.height),
            is_preview: false,
            finest_level: 0,
            finest: Arc::new(grey),
            smaller: Default::default(),
            histogram: OnceLock::new(),
        })
    }

    /// What is there of a page of a file that was left out of a bundle. `stated` is the digest that the message named.
    pub(crate) fn of_preview(
        found: &PreviewFile,
        stated: Option<[u8; 32]>,
        seq: i64,
    ) -> Result<DecodedPlane, PlaneProblem> {
        let PreviewFile { preview, body_bytes, file } = found;
        refuse_another(stated, &preview.body)?;
        let undecodable = |reason| PlaneProblem::Undecodable { reason: format!("its preview {reason}") };
        let (format, sample) = preview::names(preview).map_err(undecodable)?;
        let grey = preview::decoded(preview, file).map_err(undecodable)?;
        Ok(DecodedPlane {
            format,
            sample,
            bits: preview.bits,
            sha256: preview.body,
            file_bytes: *body_bytes,
            seq,
            size: (preview.width, preview.height),
            is_preview: true,
            finest_level: preview.level(),
            finest: Arc::new(grey),
            smaller: Default::default(),
            histogram: OnceLock::new(),
        })
    }

    /// The brighter of two planes, pixel by pixel, at the finest level that both have; this one where they differ in size.
    pub(super) fn brightest_with(&self, other: &DecodedPlane) -> DecodedPlane {
        let is_same = self.size == other.size;
        let finest_level = if is_same { self.finest_level.max(other.finest_level) } else { self.finest_level };
        let mut grey = (*self.level(finest_level)).clone();
        if is_same {
            for (value, other) in grey.values.iter_mut().zip(&other.level(finest_level).values) {
                *value = (*value).max(*other);
            }
        }
        let (smaller, histogram) = (Default::default(), OnceLock::new());
        let is_preview = self.is_preview || (is_same && other.is_preview);
        DecodedPlane { is_preview, finest_level, finest: Arc::new(grey), smaller, histogram, ..*self }
    }

    /// Intensities shrunk `level` times by 2, each the mean of four; at [`DecodedPlane::finest_level`] where that is more.
    #[must_use]
    pub fn level(&self, level: u8) -> Arc<Grey> {
        let Some(above) = level.checked_sub(1).filter(|_| level > self.finest_level) else {
            return Arc::clone(&self.finest);
        };
        let Some(cell) = self.smaller.get(usize::from(above)) else { return self.level(MOST_LEVELS) };
        Arc::clone(cell.get_or_init(|| Arc::new(self.level(above).smaller(2))))
    }

    /// The finest level that is there: 0, or a preview's.
    #[must_use]
    pub fn finest_level(&self) -> u8 {
        self.finest_level
    }

    /// How often each intensity occurs, at the finest level.
    #[must_use]
    pub fn histogram(&self) -> &Histogram {
        self.histogram.get_or_init(|| Histogram::of(&self.finest))
    }

    /// Memory that it takes with all that may be made of it.
    pub(super) fn bytes(&self) -> usize {
        self.finest.values.len() * 2 * 4 / 3 + 65_536 * 8
    }
}

fn refuse_another(stated: Option<[u8; 32]>, sha256: &[u8; 32]) -> Result<(), PlaneProblem> {
    if stated.is_none_or(|stated| stated == *sha256) {
        return Ok(());
    }
    let reason = "its bytes have another SHA-256 than the message states".to_owned();
    Err(PlaneProblem::Undecodable { reason })
}
