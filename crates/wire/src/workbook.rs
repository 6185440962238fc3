//! Workbooks (.xlsx, .ods, .xls) as tables of text: one sheet at a time, within a fixed room, nothing computed.
//!
//! The readers are our own and small: what a layout needs is values, dates told from numbers, merged cells and formulas
//! that were never computed. Every size in a file is a claim; room is made for what is really there.

mod biff;
mod biff_strings;
mod cfb;
mod number_format;
mod ods;
mod package;
mod strings;
mod xls;
mod xlsx;
mod xlsx_parts;
mod xml;

use crate::grid::{Grid, GridError, Merged, Odd};

/// Sheets of one workbook.
pub(crate) const MOST_SHEETS: usize = 256;
/// Rows and columns of a sheet; Excel and LibreOffice stop here too.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;
/// Bytes of a sheet's text: a table of 32 MiB is better sent as CSV.
const SHEET_TEXT: usize = 16 << 20;
/// Cells of a sheet, blanks between them included.
const SHEET_CELLS: usize = 2 << 20;
/// Merged ranges of a sheet.
const MOST_MERGED: usize = 1024;

/// Why a workbook cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookError {
    /// A part of it does not hold what it should.
    #[error("the workbook's {part} cannot be read: {reason}")]
    Broken {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// It holds, or would unpack to, more than is read.
    #[error("the workbook is refused: {0}")]
    TooLarge(&'static str),
    /// It is encrypted.
    #[error("the workbook is protected by a password: save it without one")]
    Password,
    /// A kind of workbook that is not read.
    #[error("this is {0}")]
    Unsupported(&'static str),
    /// No sheet has cells.
    #[error("the workbook has no sheets")]
    NoSheets,
    /// The sheet that was asked for is not there.
    #[error("the workbook has no sheet \"{name}\" (it has: {found})")]
    NoSheet {
        /// The sheet that was asked for.
        name: String,
        /// The sheets that are there.
        found: String,
    },
}

impl From<GridError> for WorkbookError {
    fn from(error: GridError) -> WorkbookError {
        match error {
            GridError::TooLarge(what) => WorkbookError::TooLarge(what),
            other => WorkbookError::Broken { part: "sheet", reason: other.to_string() },
        }
    }
}

/// An opened workbook.
pub(crate) enum Workbook<'a> {
    Xlsx(xlsx::Xlsx<'a>),
    Ods(ods::Ods<'a>),
    Xls(xls::Xls),
}

impl<'a> Workbook<'a> {
    /// Opens what begins as a workbook does; `None` for anything else.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Result<Workbook<'a>, WorkbookError>> {
        if bytes.starts_with(b"PK\x03\x04") {
            Some(package::Package::open(bytes).and_then(|package| {
                if package.has("content.xml") {
                    ods::Ods::open(package).map(Workbook::Ods)
                } else {
                    xlsx::Xlsx::open(package).map(Workbook::Xlsx)
                }
            }))
        } else if bytes.starts_with(&cfb::SIGNATURE) {
            Some(xls::Xls::open(bytes).map(Workbook::Xls))
        } else {
            None
        }
    }

    /// The sheets' names, in order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        match self {
            Workbook::Xlsx(book) => book.sheets.iter().map(|(name, _)| name.clone()).collect(),
            Workbook::Ods(book) => book.sheets.clone(),
            Workbook::Xls(book) => book.sheets.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// Reads one sheet.
    pub(crate) fn sheet(&mut self, index: usize) -> Result<Grid, WorkbookError> {
        match self {
            Workbook::Xlsx(book) => book.sheet(index),
            Workbook::Ods(book) => book.sheet(index),
            Workbook::Xls(book) => book.sheet(index),
        }
    }
}

/// Cells in the order of a sheet, to a grid: blanks between them are filled in, empty rows left out.
pub(crate) struct SheetWriter {
    grid: Grid,
    /// The last row and the number of its cells.
    at: Option<(u32, u32)>,
    cells: usize,
}

impl Default for SheetWriter {
    fn default() -> SheetWriter {
        SheetWriter { grid: Grid::new(SHEET_TEXT), at: None, cells: 0 }
    }
}

impl SheetWriter {
    /// Puts a cell; `row` and `column` count from 1 and rise. Cells without anything are passed over.
    pub(crate) fn cell(&mut self, row: u32, column: u32, text: &str, odd: Option<Odd>) -> Result<(), WorkbookError> {
        if text.trim().is_empty() && odd.is_none() {
            return Ok(());
        }
        let broken = |reason: &str| WorkbookError::Broken { part: "sheet", reason: reason.to_owned() };
        if row == 0 || column == 0 || row > MOST_ROWS || column > MOST_COLUMNS {
            return Err(broken("a cell lies outside every sheet"));
        }
        let filled = match self.at {
            Some((last, filled)) if last == row => filled,
            Some((last, _)) if last > row => return Err(broken("its rows are not in order")),
            _ => {
                self.grid.begin(row);
                0
            }
        };
        if column <= filled {
            return Err(broken("its cells are not in order"));
        }
        self.cells += (column - filled) as usize;
        if self.cells > SHEET_CELLS {
            return Err(WorkbookError::TooLarge("a sheet has more than 2,097,152 cells: save it as CSV, or in parts"));
        }
        for _ in filled + 1..column {
            self.grid.push("", None)?;
        }
        self.grid.push(text, odd)?;
        self.at = Some((row, column));
        Ok(())
    }

    /// Notes merged cells.
    pub(crate) fn merge(&mut self, merged: Merged) -> Result<(), WorkbookError> {
        if self.grid.merged.len() >= MOST_MERGED {
            return Err(WorkbookError::TooLarge("a sheet has more than 1,024 merged ranges"));
        }
        self.grid.merged.push(merged);
        Ok(())
    }

    /// The sheet.
    pub(crate) fn grid(self) -> Grid {
        self.grid
    }
}
