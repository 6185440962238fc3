//! Why there is no picture.

use crate::{LEAST_DPI, MOST_DPI};

/// The widest and highest PNG.
pub(crate) const MOST_SIDE: u32 = 16_384;
/// The most pixels of a PNG, three bytes each while it is drawn.
pub(crate) const MOST_PIXELS: u64 = 40_000_000;

/// Why a figure cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// Dots per inch that make no picture.
    #[error("{0} dots per inch: {LEAST_DPI} to {MOST_DPI} make a picture that can be read and opened")]
    Dpi(u32),
    /// The PNG would be enormous; nothing was allocated.
    #[error(
        "at {dpi} dots per inch this figure would have {width} x {height} pixels (at most {} million in all, \
         {MOST_SIDE} a side): {fits} fits, and an SVG has no such limit",
        most / 1_000_000
    )]
    TooLarge {
        /// As asked.
        dpi: u32,
        /// Its pixels across.
        width: u64,
        /// Its pixels down.
        height: u64,
        /// About the most dots per inch that fit.
        fits: u32,
        /// The most pixels.
        most: u64,
    },
    /// The wells are not those of the format.
    #[error("{has} wells were given for a plate of {needs}")]
    Wells {
        /// Given.
        has: usize,
        /// Of the format.
        needs: usize,
    },
    /// So many make no picture.
    #[error("{has} {what} were given: {least} to {most} make a picture")]
    Count {
        /// Of what, in the plural.
        what: &'static str,
        /// Given.
        has: usize,
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// The embedded font cannot be read: the program is damaged.
    #[error("the font inside the program cannot be read: install Plateside again")]
    Font,
    /// The SVG could not be put together.
    #[error("the SVG could not be written: {0}")]
    Svg(String),
    /// The PNG could not be put together.
    #[error("the PNG could not be written: {0}")]
    Png(#[from] png::EncodingError),
}

impl FigureError {
    /// Looks at a number before anything is made for it.
    pub(crate) fn count(what: &'static str, has: usize, least: usize, most: usize) -> Result<(), FigureError> {
        if (least..=most).contains(&has) { Ok(()) } else { Err(FigureError::Count { what, has, least, most }) }
    }
}
