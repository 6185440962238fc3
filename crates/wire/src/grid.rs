//! A table as rows of trimmed cells in little room: what a text file and a sheet of a workbook both become.

use crate::text::{decode_text, likely_separator, line_of};

/// The largest file of layouts that is read: 10,000 plates of 384 wells are about 150 MB and come in several files.
pub const LONGEST_LAYOUT_BYTES: usize = 32 << 20;
/// Cells of one table. At 4 bytes each they and the text stay well under what a hostile file may cost.
pub(crate) const MOST_CELLS: usize = 8 << 20;

/// A cell of a workbook that has no value which could be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Odd {
    /// A date or time: spreadsheets make them of names such as `SEPT2` and `1-2-3`.
    Date,
    /// `#REF!` and its kin.
    Error,
    /// A formula that was never computed.
    NotComputed,
}

/// Cells that were merged into one, 0-based and inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) rows: (u32, u32),
    pub(crate) columns: (u32, u32),
}

/// Why a file does not become a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GridError {
    /// It holds more than is read.
    #[error("the table has more than {0}")]
    TooLarge(&'static str),
    /// Bytes that no text has.
    #[error("it is neither text nor a workbook (.xlsx, .ods, .xls)")]
    NotText,
    /// The CSV reader's own words.
    #[error("line {line}: {reason}")]
    Broken { line: u64, reason: String },
}

#[derive(Debug, Clone, Copy)]
struct Line {
    /// Counted from 1, as a person counts in the file.
    number: u32,
    /// Its first cell within `ends`.
    first: u32,
}

/// Rows of cells; rows without any text are left out.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    text: String,
    ends: Vec<u32>,
    lines: Vec<Line>,
    odd: Vec<(u32, Odd)>,
    pub(crate) merged: Vec<Merged>,
    /// The separator of a text file; `None` for a workbook.
    pub(crate) separator: Option<u8>,
    most_text: usize,
}

impl Grid {
    /// An empty table for at most `most_text` bytes of text.
    pub(crate) fn new(most_text: usize) -> Grid {
        Grid { most_text, ..Grid::default() }
    }

    /// Reads a text file; its separator is found.
    pub(crate) fn from_text(bytes: &[u8]) -> Result<Grid, GridError> {
        let text = decode_text(bytes);
        if text.contains('\0') {
            return Err(GridError::NotText);
        }
        let separator = likely_separator(&text);
        // Latin-1 and UTF-16 grow by at most half and once again as UTF-8.
        let mut grid = Grid { separator: Some(separator), ..Grid::new(2 * LONGEST_LAYOUT_BYTES) };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        loop {
            let at = reader.position().line();
            match reader.read_record(&mut record) {
                Ok(false) => return Ok(grid),
                Ok(true) => {}
                Err(error) => return Err(GridError::Broken { line: at, reason: error.to_string() }),
            }
            if record.iter().all(str::is_empty) {
                continue;
            }
            let line = line_of(&text, &record);
            grid.begin(u32::try_from(line).unwrap_or(u32::MAX));
            for cell in &record {
                grid.push(cell, None)?;
            }
        }
    }

    /// Begins a row; `number` counts from 1 and rises.
    pub(crate) fn begin(&mut self, number: u32) {
        // Fits: `push` refuses beyond MOST_CELLS.
        self.lines.push(Line { number, first: self.ends.len() as u32 });
    }

    /// Puts a cell at the end of the last row.
    pub(crate) fn push(&mut self, cell: &str, odd: Option<Odd>) -> Result<(), GridError> {
        let cell = cell.trim();
        if self.ends.len() >= MOST_CELLS {
            return Err(GridError::TooLarge("8,388,608 cells"));
        }
        if self.text.len() + cell.len() > self.most_text {
            return Err(GridError::TooLarge("16 MiB of text: save it as CSV, or in parts"));
        }
        if let Some(odd) = odd {
            self.odd.push((self.ends.len() as u32, odd));
        }
        self.text.push_str(cell);
        // Fits: the text is at most 64 MiB.
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    /// How many rows have text.
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }

    /// A row's number in the file, from 1.
    pub(crate) fn number(&self, line: usize) -> u32 {
        self.lines.get(line).map_or(0, |line| line.number)
    }

    fn first(&self, line: usize) -> usize {
        self.lines.get(line).map_or(self.ends.len(), |line| line.first as usize)
    }

    /// How many cells a row has.
    pub(crate) fn width(&self, line: usize) -> usize {
        self.first(line + 1).saturating_sub(self.first(line))
    }

    /// A cell's text; `""` where the row ends before it.
    pub(crate) fn cell(&self, line: usize, column: usize) -> &str {
        if column >= self.width(line) {
            return "";
        }
        let at = self.first(line) + column;
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let begin = at.checked_sub(1).map_or(0, end);
        self.text.get(begin..end(at)).unwrap_or_default()
    }

    /// The cells of a row, in order.
    pub(crate) fn cells(&self, line: usize) -> impl Iterator<Item = &str> {
        (0..self.width(line)).map(move |column| self.cell(line, column))
    }

    /// What is odd about a cell.
    pub(crate) fn odd(&self, line: usize, column: usize) -> Option<Odd> {
        if column >= self.width(line) {
            return None;
        }
        let at = (self.first(line) + column) as u32;
        self.odd.binary_search_by_key(&at, |(at, _)| *at).ok().map(|found| self.odd[found].1)
    }

    /// Whether a cell belongs to merged ones.
    pub(crate) fn is_merged(&self, line: usize, column: usize) -> bool {
        let row = self.number(line).saturating_sub(1);
        let within = |(from, to): (u32, u32), at: usize| (from as usize..=to as usize).contains(&at);
        self.merged.iter().any(|merged| within(merged.rows, row as usize) && within(merged.columns, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_ending_and_encoding_gives_the_same_rows() {
        let text = "well;role\r\n\r\nA01; neg \r\n;\r\nB02;pös\r\n";
        let utf16 = |be: bool| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(|unit| if be { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            text.replace("\r\n", "\n").into_bytes(),
            text.replace("\r\n", "\r").into_bytes(),
            [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
            text.chars().map(|c| c as u8).collect(),
            utf16(true),
            utf16(false),
        ] {
            let grid = Grid::from_text(&bytes).unwrap();
            let rows: Vec<(u32, Vec<&str>)> =
                (0..grid.lines()).map(|line| (grid.number(line), grid.cells(line).collect())).collect();
            let expected = [(1, vec!["well", "role"]), (3, vec!["A01", "neg"]), (5, vec!["B02", "pös"])];
            assert_eq!(rows, expected, "{bytes:?}");
        }
        assert_eq!(Grid::from_text(b"a\0b").unwrap_err(), GridError::NotText);
    }

    #[test]
    fn what_is_not_there_is_empty() {
        let grid = Grid::from_text(b"a,b,c\nd\n").unwrap();
        assert_eq!((grid.cell(1, 0), grid.cell(1, 1), grid.cell(2, 0)), ("d", "", ""));
        assert_eq!((grid.width(0), grid.width(1), grid.width(2), grid.number(9)), (3, 1, 0, 0));
    }
}
