//! Well addresses: row letters and a column number, kept as row and column, never only as an index.

use std::fmt;
use std::str::FromStr;

use crate::format::Format;

/// A position on a plate; `row` and `column` are 0-based, at most 47 and 71 (the largest format).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Well {
    row: u8,
    column: u8,
}

/// Why a text is not a well address, or not one of a given format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WellError {
    /// Not letters followed by a number.
    #[error("\"{0}\" is not a well address (as A01, P24, AF48)")]
    NotAnAddress(String),
    /// A well address, but no well of this format.
    #[error("\"{well}\" is outside a {format}-well plate")]
    Outside {
        /// The address as it was written.
        well: String,
        /// The plate's format.
        format: Format,
    },
}

impl Well {
    /// The well at 0-based `row` and `column`, if any format has it.
    #[must_use]
    pub const fn new(row: u8, column: u8) -> Option<Well> {
        if row < Format::F3456.rows() && column < Format::F3456.columns() { Some(Well { row, column }) } else { None }
    }

    /// 0-based row.
    #[must_use]
    pub const fn row(self) -> u8 {
        self.row
    }

    /// 0-based column.
    #[must_use]
    pub const fn column(self) -> u8 {
        self.column
    }

    /// Whether a plate of `format` has this well.
    #[must_use]
    pub const fn is_in(self, format: Format) -> bool {
        self.row < format.rows() && self.column < format.columns()
    }

    /// Row-major position in a plate of `format`: `row * columns + column`; `None` outside it.
    #[must_use]
    pub fn index_in(self, format: Format) -> Option<usize> {
        self.is_in(format).then(|| usize::from(self.row) * usize::from(format.columns()) + usize::from(self.column))
    }

    /// The well at a row-major position of `format`.
    #[must_use]
    pub fn at_index(index: usize, format: Format) -> Option<Well> {
        let columns = usize::from(format.columns());
        if index >= usize::from(format.wells()) {
            return None;
        }
        // Both fit: rows and columns of every format are below 256.
        Some(Well { row: (index / columns) as u8, column: (index % columns) as u8 })
    }

    /// Every well of `format`, row-major.
    pub fn all_of(format: Format) -> impl Iterator<Item = Well> {
        (0..usize::from(format.wells())).filter_map(move |index| Well::at_index(index, format))
    }

    /// Reads an address (`A1`, `a01`, `A01`, `AF48`) that must lie in `format`.
    ///
    /// # Errors
    /// [`WellError`], naming the text as it was written.
    pub fn parse_in(text: &str, format: Format) -> Result<Well, WellError> {
        let outside = || WellError::Outside { well: shortened(text), format };
        let (row, column) = split(text).ok_or_else(|| WellError::NotAnAddress(shortened(text)))?;
        if row >= u32::from(format.rows()) || column >= u32::from(format.columns()) {
            return Err(outside());
        }
        Ok(Well { row: row as u8, column: column as u8 })
    }

    /// Packs the address into 16 bits, `row * 256 + column`: how the session stores it.
    #[must_use]
    pub const fn packed(self) -> u16 {
        (self.row as u16) << 8 | self.column as u16
    }

    /// The reverse of [`Well::packed`].
    #[must_use]
    pub const fn from_packed(packed: u16) -> Option<Well> {
        Well::new((packed >> 8) as u8, (packed & 0xff) as u8)
    }
}

/// The letters of a 0-based row: `A` to `Z`, `AA` to `AV`.
#[must_use]
pub fn row_letters(row: u8) -> String {
    let letter = |n: u8| char::from(b'A' + n);
    let first = (row >= 26).then(|| letter((row / 26 - 1) % 26));
    first.into_iter().chain([letter(row % 26)]).collect()
}

/// Row and column, 0-based, of a text shaped like an address; rows up to `ZZ`, columns up to 999.
fn split(text: &str) -> Option<(u32, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = &text.as_bytes()[letters..];
    if letters == 0 || letters > 2 || digits.is_empty() || digits.len() > 3 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let row =
        text.as_bytes()[..letters].iter().fold(0, |row, b| row * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    let column = digits.iter().fold(0, |column, b| column * 10 + u32::from(b - b'0'));
    (column > 0).then(|| (row - 1, column - 1))
}

/// At most 40 characters of a text, for messages about it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

impl FromStr for Well {
    type Err = WellError;

    /// Reads an address of the largest format.
    fn from_str(text: &str) -> Result<Well, WellError> {
        Well::parse_in(text, Format::F3456)
    }
}

impl fmt::Display for Well {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02}", row_letters(self.row), self.column + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_well_of_every_format_reads_back() {
        for format in Format::ALL {
            for index in 0..usize::from(format.wells()) {
                let well = Well::at_index(index, format).unwrap();
                assert_eq!(well.index_in(format), Some(index));
                assert_eq!(Well::parse_in(&well.to_string(), format), Ok(well));
                assert_eq!(Well::parse_in(&well.to_string().to_lowercase(), format), Ok(well));
                assert_eq!(Well::from_packed(well.packed()), Some(well));
            }
            assert_eq!(Well::at_index(usize::from(format.wells()), format), None);
        }
    }

    #[test]
    fn corners_are_named_as_in_the_field() {
        let last = |format: Format| Well::at_index(usize::from(format.wells()) - 1, format).unwrap().to_string();
        assert_eq!(last(Format::F96), "H12");
        assert_eq!(last(Format::F384), "P24");
        assert_eq!(last(Format::F1536), "AF48");
        assert_eq!(last(Format::F3456), "AV72");
        assert_eq!("A1".parse::<Well>().unwrap(), "a01".parse().unwrap());
    }

    #[test]
    fn what_is_no_well_says_so() {
        let outside = Well::parse_in("Z99", Format::F384).unwrap_err().to_string();
        assert_eq!(outside, "\"Z99\" is outside a 384-well plate");
        for text in ["", "A", "1", "A0", "A00", "A-1", "AAA1", "A1000", "Å01", "A01 ", "A1.5", "01A", "A١"] {
            assert!(matches!(text.parse::<Well>(), Err(WellError::NotAnAddress(_))), "{text:?}");
        }
        let long = "x".repeat(1 << 20).parse::<Well>().unwrap_err().to_string();
        assert!(long.len() < 200, "a megabyte of text does not come back in its error: {} bytes", long.len());
    }
}
