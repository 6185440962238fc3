//! What a file may ask for, checked before anything is allocated for it.

use crate::DecodeError;

/// Limits of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels across, and pixels down.
    pub side: u32,
    /// Bytes of the samples of one plane.
    pub plane_bytes: u64,
    /// Planes (pages) in one file.
    pub planes: usize,
    /// Samples a pixel.
    pub channels: u16,
}

impl Default for Limits {
    /// A stitched well of 16,384 x 16,384 pixels of 8 bits still passes; a file that claims 50,000 x 50,000 does not.
    fn default() -> Limits {
        Limits { side: 32_768, plane_bytes: 256 << 20, planes: 8192, channels: 64 }
    }
}

impl Limits {
    /// Bytes of a plane's samples.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] where a side is 0; [`DecodeError::TooLarge`].
    pub(crate) fn plane(
        &self,
        width: u32,
        height: u32,
        channels: u16,
        sample_bytes: usize,
    ) -> Result<usize, DecodeError> {
        if width == 0 || height == 0 || channels == 0 {
            return Err(DecodeError::damaged(format!("it says {width} x {height} pixels of {channels} samples")));
        }
        for (what, asked, allowed) in [
            ("the width", u64::from(width), u64::from(self.side)),
            ("the height", u64::from(height), u64::from(self.side)),
            ("the number of samples a pixel", u64::from(channels), u64::from(self.channels)),
        ] {
            if asked > allowed {
                return Err(DecodeError::TooLarge { what, asked, allowed });
            }
        }
        // At most 2^15 * 2^15 * 64 * 8.
        let asked = u64::from(width) * u64::from(height) * u64::from(channels) * sample_bytes as u64;
        let too_large =
            DecodeError::TooLarge { what: "the size of a plane in bytes", asked, allowed: self.plane_bytes };
        if asked > self.plane_bytes { Err(too_large) } else { usize::try_from(asked).map_err(|_| too_large) }
    }
}
