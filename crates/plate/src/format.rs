//! Plate formats: how many rows and columns a microplate has (`QC.md`, "Plate geometry").

use std::fmt;

/// A microplate format, named by its number of wells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Format {
    /// 2 rows x 3 columns.
    F6 = 6,
    /// 3 x 4.
    F12 = 12,
    /// 4 x 6.
    F24 = 24,
    /// 6 x 8.
    F48 = 48,
    /// 8 x 12.
    F96 = 96,
    /// 16 x 24.
    F384 = 384,
    /// 32 x 48.
    F1536 = 1536,
    /// 48 x 72.
    F3456 = 3456,
}

/// The number is no microplate format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a plate format (6, 12, 24, 48, 96, 384, 1536, 3456)")]
pub struct UnknownFormat(pub u64);

impl Format {
    /// Every format, smallest first.
    pub const ALL: [Format; 8] =
        [Format::F6, Format::F12, Format::F24, Format::F48, Format::F96, Format::F384, Format::F1536, Format::F3456];

    /// The format with exactly `wells` wells.
    ///
    /// # Errors
    /// [`UnknownFormat`] for any other number.
    pub fn from_wells(wells: u64) -> Result<Format, UnknownFormat> {
        Format::ALL.into_iter().find(|format| u64::from(format.wells()) == wells).ok_or(UnknownFormat(wells))
    }

    /// Number of wells.
    #[must_use]
    pub const fn wells(self) -> u16 {
        self as u16
    }

    /// Number of rows (letters).
    #[must_use]
    pub const fn rows(self) -> u8 {
        match self {
            Format::F6 => 2,
            Format::F12 => 3,
            Format::F24 => 4,
            Format::F48 => 6,
            Format::F96 => 8,
            Format::F384 => 16,
            Format::F1536 => 32,
            Format::F3456 => 48,
        }
    }

    /// Number of columns (numbers).
    #[must_use]
    pub const fn columns(self) -> u8 {
        match self {
            Format::F6 => 3,
            Format::F12 => 4,
            Format::F24 => 6,
            Format::F48 => 8,
            Format::F96 => 12,
            Format::F384 => 24,
            Format::F1536 => 48,
            Format::F3456 => 72,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.wells())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_times_columns_is_the_name() {
        for format in Format::ALL {
            assert_eq!(u16::from(format.rows()) * u16::from(format.columns()), format.wells(), "{format}");
            assert_eq!(Format::from_wells(u64::from(format.wells())), Ok(format));
        }
        assert_eq!(Format::from_wells(385), Err(UnknownFormat(385)));
        assert_eq!(Format::from_wells(65_536 + 96), Err(UnknownFormat(65_632)), "no wrap-around to 96");
    }
}
