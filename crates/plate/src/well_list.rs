//! Wells as a person types them: `A-H:5, col:1-2, A01-A09, row:C, P24, edge`, for one plate format.
//!
//! Parts stand between commas, semicolons or white space; upper and lower case are the same. A part is a well
//! (`P24`), the rectangle between two wells (`A01-B09`), rows and columns (`A-H:5`, `A-H:5-7`), whole columns
//! (`col:1-2`), whole rows (`row:C`, `row:A-C`), or the outer ring or rings (`edge`, `edge:2`). A range may be
//! written from either end.

use crate::format::Format;
use crate::well::{Well, WellError};
pub use crate::well_list_text::write;

/// Longer texts are refused unread.
pub const MOST_BYTES: usize = 64 * 1024;

/// Why a text is no list of wells.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WellListError {
    /// Nothing was written.
    #[error("no wells are named (as A01, A01-B09, A-H:5, col:1-2, row:C, edge)")]
    Empty,
    /// More than [`MOST_BYTES`].
    #[error("{0} bytes are no list of wells; at most {MOST_BYTES} are read")]
    TooLong(usize),
    /// One part cannot be read.
    #[error("\"{part}\": {reason}")]
    Part {
        /// The part as it was written, at most 40 characters of it.
        part: String,
        /// What is wrong with it.
        reason: PartError,
    },
}

/// What is wrong with a part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// Not shaped like anything in the list.
    #[error("not a well, a range or a ring (as A01, A01-B09, A-H:5, col:1-2, row:C, edge)")]
    Unknown,
    /// One side of a range, or what follows a colon, is empty.
    #[error("something is missing beside \"-\" or \":\"")]
    Incomplete,
    /// Rows are letters.
    #[error("\"{0}\" is not a row (as A, P, AF)")]
    NotARow(String),
    /// Columns are numbers from 1.
    #[error("\"{0}\" is not a column (as 1, 12, 48)")]
    NotAColumn(String),
    /// Not a well address.
    #[error("\"{0}\" is not a well address (as A01, P24, AF48)")]
    NotAWell(String),
    /// The format has no such row.
    #[error("row {0} is outside a {1}-well plate")]
    RowOutside(String, Format),
    /// The format has no such column.
    #[error("column {0} is outside a {1}-well plate")]
    ColumnOutside(String, Format),
    /// The format has no such well.
    #[error("well {0} is outside a {1}-well plate")]
    WellOutside(String, Format),
    /// Rings are counted from 1.
    #[error("a {format}-well plate has rings 1 to {most}")]
    Ring {
        /// The plate's format.
        format: Format,
        /// How many rings it has.
        most: u8,
    },
}

/// A rectangle of wells, both ends included, 0-based.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) rows: (u8, u8),
    pub(crate) columns: (u8, u8),
}

/// Reads a list: its wells in row-major order, each once.
///
/// # Errors
/// [`WellListError`], naming the first part that cannot be read and why.
pub fn parse(text: &str, format: Format) -> Result<Vec<Well>, WellListError> {
    if text.len() > MOST_BYTES {
        return Err(WellListError::TooLong(text.len()));
    }
    let mut chosen = vec![false; usize::from(format.wells())];
    let mut any = false;
    for part in text.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|part| !part.is_empty()) {
        any = true;
        let upper = part.to_ascii_uppercase();
        choose(&upper, format, &mut chosen).map_err(|reason| WellListError::Part { part: shortened(part), reason })?;
    }
    if any { Ok(wells_of(&chosen, format)) } else { Err(WellListError::Empty) }
}

fn wells_of(chosen: &[bool], format: Format) -> Vec<Well> {
    let at = |(index, is): (usize, &bool)| is.then(|| Well::at_index(index, format)).flatten();
    chosen.iter().enumerate().filter_map(at).collect()
}

/// Marks the wells of one part, which is in upper case.
fn choose(part: &str, format: Format, chosen: &mut [bool]) -> Result<(), PartError> {
    let (all_rows, all_columns) = ((0, format.rows() - 1), (0, format.columns() - 1));
    let row = |text: &str| row(text, format);
    let column = |text: &str| column(text, format);
    let block = match part.split_once(':') {
        Some(("COL", columns)) => Block { rows: all_rows, columns: range(columns, column)? },
        Some(("ROW", rows)) => Block { rows: range(rows, row)?, columns: all_columns },
        Some(("EDGE", count)) => {
            choose_rings(ring_count(count, format)?, format, chosen);
            return Ok(());
        }
        Some((rows, columns)) => Block { rows: range(rows, row)?, columns: range(columns, column)? },
        None if part == "EDGE" => {
            choose_rings(1, format, chosen);
            return Ok(());
        }
        None if part.bytes().any(|byte| byte.is_ascii_digit()) => {
            let (from, to) = range(part, |text| well(text, format))?;
            Block {
                rows: (from.row().min(to.row()), from.row().max(to.row())),
                columns: (from.column().min(to.column()), from.column().max(to.column())),
            }
        }
        None => return Err(PartError::Unknown),
    };
    mark(block, format, chosen, true);
    Ok(())
}

/// Sets or clears the wells of a block; what lies outside the format is passed over.
pub(crate) fn mark(block: Block, format: Format, chosen: &mut [bool], is: bool) {
    for row in block.rows.0..=block.rows.1 {
        for column in block.columns.0..=block.columns.1 {
            let index = Well::new(row, column).and_then(|well| well.index_in(format));
            if let Some(place) = index.and_then(|index| chosen.get_mut(index)) {
                *place = is;
            }
        }
    }
}

/// One item or two joined by a dash, the smaller first.
fn range<T: Ord + Copy>(text: &str, item: impl Fn(&str) -> Result<T, PartError>) -> Result<(T, T), PartError> {
    let (from, to) = text.split_once(['-', '–']).unwrap_or((text, text));
    if from.is_empty() || to.is_empty() {
        return Err(PartError::Incomplete);
    }
    let (from, to) = (item(from)?, item(to)?);
    Ok((from.min(to), from.max(to)))
}

fn row(text: &str, format: Format) -> Result<u8, PartError> {
    if text.len() > 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(PartError::NotARow(shortened(text)));
    }
    let number = text.bytes().fold(0, |number, byte| number * 26 + u32::from(byte - b'A') + 1);
    let inside = number <= u32::from(format.rows());
    if inside { Ok((number - 1) as u8) } else { Err(PartError::RowOutside(text.to_owned(), format)) }
}

fn column(text: &str, format: Format) -> Result<u8, PartError> {
    let number = number(text).ok_or_else(|| PartError::NotAColumn(shortened(text)))?;
    let inside = number <= u32::from(format.columns());
    if inside { Ok((number - 1) as u8) } else { Err(PartError::ColumnOutside(text.to_owned(), format)) }
}

fn well(text: &str, format: Format) -> Result<Well, PartError> {
    Well::parse_in(text, format).map_err(|error| match error {
        WellError::NotAnAddress(text) => PartError::NotAWell(text),
        WellError::Outside { well, format } => PartError::WellOutside(well, format),
    })
}

/// A number from 1 of at most three digits.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number > 0)
}

/// Rings of a format, counted from the outside.
pub(crate) fn rings(format: Format) -> u8 {
    format.rows().min(format.columns()).div_ceil(2)
}

fn ring_count(text: &str, format: Format) -> Result<u8, PartError> {
    if text.is_empty() {
        return Err(PartError::Incomplete);
    }
    let most = rings(format);
    let count = number(text).and_then(|number| u8::try_from(number).ok()).filter(|count| *count <= most);
    count.ok_or(PartError::Ring { format, most })
}

/// Marks the wells of the outer `count` rings.
pub(crate) fn choose_rings(count: u8, format: Format, chosen: &mut [bool]) {
    for (index, is) in chosen.iter_mut().enumerate() {
        if let Some(well) = Well::at_index(index, format) {
            let from_edge = |at: u8, size: u8| at.min(size - 1 - at);
            *is |= from_edge(well.row(), format.rows()).min(from_edge(well.column(), format.columns())) < count;
        }
    }
}

/// At most 40 characters of a text, for messages about it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
#[path = "well_list_tests.rs"]
mod tests;
