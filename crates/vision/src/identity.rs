//! Identity of pixels: digests over samples, whatever the file's compression.

use sha2::{Digest as _, Sha256};

use crate::{DecodeError, ImageFile};

/// Digests of a file's samples: SHA-256 over rows from top to bottom, channels interleaved, least significant byte first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaneDigests {
    /// Over all planes in the file's order.
    pub all: [u8; 32],
    /// Over each plane.
    pub planes: Vec<[u8; 32]>,
}

/// Decodes every plane of a file and digests its samples.
///
/// # Errors
/// [`DecodeError`] of the first plane that cannot be decoded.
pub fn digests(file: &ImageFile<'_>, threads: usize) -> Result<PlaneDigests, DecodeError> {
    let mut all = Sha256::new();
    let mut planes = Vec::with_capacity(file.planes());
    for number in 0..file.planes() {
        let plane = file.decode(number, threads)?;
        let mut one = Sha256::new();
        plane.samples.in_le_bytes(|bytes| {
            all.update(bytes);
            one.update(bytes);
        });
        planes.push(one.finalize().into());
    }
    Ok(PlaneDigests { all: all.finalize().into(), planes })
}
