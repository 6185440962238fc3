//! Layouts out of the files that people have: tables and drawn plates, as text or in a workbook, platemaps included.
//!
//! What was found and how it was taken is said ([`ReadAs`]) for a person to confirm; what cannot be taken as it is, is a
//! [`Problem`] with its place, and its plate gets no layout. Files are read whole, at most 32 MiB of them.

mod block;
mod columns;
mod control_rule;
mod doses;
mod long;
mod long_role;
mod matrix;
mod plates;
mod problem;
mod role_word;
mod side_tables;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use plate::{Format, Layout, Role};

use crate::grid::{Grid, GridError, LONGEST_LAYOUT_BYTES};
use crate::workbook::{Workbook, WorkbookError};

pub(crate) use columns::plain;
pub use columns::{Property, UsedColumn};
pub use control_rule::ControlRule;
pub use problem::{MOST_PROBLEMS, Problem, Reason, Source};
pub use role_word::{ROLE_WORDS, role_of_word};
pub use write::{WriteError, write_layouts};

/// Plates of one file, and plates that one table of barcodes may name.
pub const MOST_PLATES: usize = 10_000;

/// What is known beside the file. The default asks the file alone.
#[derive(Debug, Clone, Default)]
pub struct LayoutImport<'a> {
    /// The plates' format; without it the file's own, else the smallest that has all wells.
    pub format: Option<Format>,
    /// Formats of single plates, by barcode, where they are known. One is taken where the file says none and its wells are
    /// all in it; a layout for a larger plate stays what it is, and does not [fit](PlateLayout::fits).
    pub formats: BTreeMap<Box<str>, Format>,
    /// The sheet of a workbook; without it the first that reads as a layout.
    pub sheet: Option<&'a str>,
    /// The plate, or the platemap, that a file without names is for.
    pub plate: Option<&'a str>,
    /// The unit of doses, in place of what the file says.
    pub unit: Option<&'a str>,
    /// The unit of doses for which the file says none.
    pub unit_of_rest: Option<&'a str>,
    /// Columns that a person chose, in place of those that are found by name.
    pub columns: Vec<(Property, String)>,
    /// A table with a barcode and a platemap a line.
    pub barcodes: Option<&'a [u8]>,
    /// A table with a compound a line: its id, its name, and which control it is.
    pub compounds: Option<&'a [u8]>,
    /// Which compounds at which doses are controls; they win over what the file says.
    pub rules: Vec<ControlRule>,
    /// What a well without a compound is for, where the file has no roles.
    pub blank: Option<Role>,
}

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A well a line, its role in a column.
    Long,
    /// A platemap as of LINCS: a well a line with the platemap's name, `broad_sample` and doses.
    Lincs,
    /// A platemap as of JUMP: a well a line with `broad_sample`, its kind in a table of compounds.
    Jump,
    /// Plates drawn as grids, a block for each property.
    Matrix,
}

/// What was found in a file, for a person to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAs {
    /// How it is laid out.
    pub style: Style,
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    /// All sheets of a workbook, in order.
    pub sheets: Vec<String>,
    /// The separator of a text.
    pub separator: Option<char>,
    /// The columns that were used, or the titles of blocks.
    pub columns: Vec<UsedColumn>,
    /// Columns that were not used.
    pub unused: Vec<String>,
    /// What was taken how, a sentence each.
    pub notes: Vec<String>,
}

/// Where a plate's format comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatFrom {
    /// It was given with the file.
    Given,
    /// The file says it, in a column or by the size of a block.
    File,
    /// It is the smallest that has all wells that are named.
    Wells,
}

/// One plate's layout. Plates with the same platemap share it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateLayout {
    /// The barcode; `""` for a layout that names no plate.
    pub plate: Box<str>,
    /// The layout.
    pub layout: Arc<Layout>,
    /// Where its format comes from.
    pub format_from: FormatFrom,
    /// The line on which it begins.
    pub line: u32,
}

/// A layout for plates of another size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the layout is for {layout} wells, and plate \"{plate}\" has {format}")]
pub struct OtherFormat {
    /// The plate.
    pub plate: Box<str>,
    /// The layout's format.
    pub layout: Format,
    /// The plate's format.
    pub format: Format,
}

impl PlateLayout {
    /// Whether the layout is for plates of `format`. A layout that names few wells of a large plate is read anew with
    /// [`LayoutImport::format`] given.
    ///
    /// # Errors
    /// [`OtherFormat`] where it is not.
    pub fn fits(&self, format: Format) -> Result<(), OtherFormat> {
        if self.layout.format == format {
            return Ok(());
        }
        Err(OtherFormat { plate: self.plate.clone(), layout: self.layout.format, format })
    }
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// How it was taken.
    pub read_as: ReadAs,
    /// The layouts of plates without a problem, in the file's order.
    pub layouts: Vec<PlateLayout>,
    /// What cannot be taken, the first thousand.
    pub problems: Vec<Problem>,
    /// How many problems there are in all.
    pub problem_count: usize,
}

/// Why a file is no layout at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Larger than any file of layouts that this reads.
    #[error("the file has {bytes} bytes; at most {LONGEST_LAYOUT_BYTES} are read")]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// A workbook that cannot be read.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// A text that cannot be read.
    #[error("{0}")]
    Broken(String),
    /// Neither a table with wells nor a drawn plate.
    #[error(
        "this reads neither as a table with a column `well` and a column `role` (or `compound`) nor as a drawn plate \
         (1, 2, 3… in a row, A, B, C… below); its first row is: {found}"
    )]
    NotALayout {
        /// The first row, shortened.
        found: String,
    },
    /// A table with wells, but nothing that says what they are for.
    #[error(
        "the table has wells but no column `role`; with a column `compound`, rules or a table of compounds can say it"
    )]
    NoRoles,
    /// A header and nothing below.
    #[error("there is a header and no line below it")]
    HeaderOnly,
    /// A column that was chosen and is not there.
    #[error("there is no column \"{name}\" (there are: {found})")]
    NoColumn {
        /// The column.
        name: String,
        /// The columns that are there, shortened.
        found: String,
    },
    /// A table beside the layout cannot be read, or lacks what it is for.
    #[error("{file}: {reason}")]
    SideTable {
        /// Which of them.
        file: Source,
        /// What is wrong with it.
        reason: String,
    },
    /// More plates than one file may have.
    #[error("the file is for more than {MOST_PLATES} plates")]
    TooManyPlates,
}

impl From<GridError> for ImportError {
    fn from(error: GridError) -> ImportError {
        ImportError::Broken(error.to_string())
    }
}

impl LayoutImport<'_> {
    /// Reads a file: `.csv`, `.tsv`, `.txt`, `.xlsx`, `.ods` or `.xls`, told by its first bytes.
    ///
    /// # Errors
    /// [`ImportError`] where nothing of it can be taken; single places are [`Imported::problems`].
    pub fn read(&self, bytes: &[u8]) -> Result<Imported, ImportError> {
        let (grid, sheets, at) = self.grid(bytes)?;
        let mut imported = match long::header(&grid, self) {
            Some(header) => long::read(&grid, &header, self)?,
            None => match matrix::blocks(&grid) {
                blocks if blocks.is_empty() => return Err(ImportError::NotALayout { found: first_row(&grid) }),
                blocks => matrix::read(&grid, &blocks, self)?,
            },
        };
        imported.read_as.separator = grid.separator.map(char::from);
        // Who chose a sheet knows that there are others.
        if self.sheet.is_none() && sheets.len() > 1 {
            let others = sheets.iter().enumerate().filter(|(other, _)| Some(*other) != at).map(|(_, name)| name);
            imported.read_as.notes.push(format!("other sheets were not read: {}", listed(others)));
        }
        imported.read_as.sheet = at.and_then(|at| sheets.get(at).cloned());
        imported.read_as.sheets = sheets;
        Ok(imported)
    }

    /// The table to read, the sheets of a workbook, and which of them it is.
    fn grid(&self, bytes: &[u8]) -> Result<(Grid, Vec<String>, Option<usize>), ImportError> {
        if bytes.len() > LONGEST_LAYOUT_BYTES {
            return Err(ImportError::TooLong { bytes: bytes.len() });
        }
        let Some(book) = Workbook::open(bytes) else { return Ok((Grid::from_text(bytes)?, Vec::new(), None)) };
        let mut book = book?;
        let sheets = book.sheets();
        let mut first = None;
        if let Some(name) = self.sheet {
            let index = sheets.iter().position(|sheet| sheet == name);
            let index =
                index.ok_or_else(|| WorkbookError::NoSheet { name: name.to_owned(), found: listed(&sheets) })?;
            return Ok((book.sheet(index)?, sheets, Some(index)));
        }
        for index in 0..sheets.len() {
            let grid = book.sheet(index)?;
            if long::header(&grid, self).is_some() || !matrix::blocks(&grid).is_empty() {
                return Ok((grid, sheets, Some(index)));
            }
            first.get_or_insert_with(|| first_row(&grid));
        }
        let found = first.ok_or(WorkbookError::NoSheets)?;
        Err(ImportError::NotALayout { found })
    }
}

/// The sheets of a workbook, in order; none of a text, and none of a workbook that cannot be opened.
#[must_use]
pub fn sheets_of(bytes: &[u8]) -> Vec<String> {
    if bytes.len() > LONGEST_LAYOUT_BYTES {
        return Vec::new();
    }
    match Workbook::open(bytes) {
        Some(Ok(book)) => book.sheets(),
        Some(Err(_)) | None => Vec::new(),
    }
}

/// Reads a table that stands beside the layout: any of the formats, the first sheet.
fn side_grid(bytes: &[u8], file: Source) -> Result<Grid, ImportError> {
    let refuse = |reason: String| ImportError::SideTable { file, reason };
    if bytes.len() > LONGEST_LAYOUT_BYTES {
        return Err(refuse(ImportError::TooLong { bytes: bytes.len() }.to_string()));
    }
    match Workbook::open(bytes) {
        None => Grid::from_text(bytes).map_err(|error| refuse(error.to_string())),
        Some(book) => book.and_then(|mut book| book.sheet(0)).map_err(|error| refuse(error.to_string())),
    }
}

fn first_row(grid: &Grid) -> String {
    if grid.lines() == 0 { "(nothing)".to_owned() } else { listed(grid.cells(0)) }
}

/// Names one after the other, shortened to what a sentence bears.
fn listed(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::new();
    for name in names {
        if text.chars().count() > 200 {
            text.push_str(", …");
            break;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&crate::reason::quoted(name.as_ref()));
    }
    text
}
