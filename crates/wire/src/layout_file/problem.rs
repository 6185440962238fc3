//! What is wrong with a file of layouts: every place, with the value and the reason.

use plate::{Format, Role};

use super::role_word::known_words;
use crate::reason::quoted;

/// So many problems are kept; the others are only counted.
pub const MOST_PROBLEMS: usize = 1000;

/// One place in a file that cannot be taken as it is. Its plate gets no layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Which of the files that were given.
    pub file: Source,
    /// The line, or a sheet's row, counted from 1 as a person counts.
    pub line: u32,
    /// The column's name as the header gives it; `None` for a whole line.
    pub column: Option<String>,
    /// What stands there; at most 40 characters are shown.
    pub value: String,
    /// Why it cannot be taken.
    pub reason: Reason,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.file {
            Source::Layout => {}
            Source::Barcodes => write!(f, "table of barcodes, ")?,
            Source::Compounds => write!(f, "table of compounds, ")?,
        }
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {}", quoted(column))?;
        }
        if !self.value.is_empty() {
            write!(f, ", {}", quoted(&self.value))?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The files that make a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The layout or platemap itself.
    Layout,
    /// Which plate has which platemap.
    Barcodes,
    /// What is known of each compound.
    Compounds,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Source::Layout => "the layout",
            Source::Barcodes => "the table of barcodes",
            Source::Compounds => "the table of compounds",
        })
    }
}

/// Why a place cannot be taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// Not letters followed by a number, or of no format.
    #[error("this is no well address (as A01, P24, AF48)")]
    NotAWell,
    /// A well that the plate does not have.
    #[error("a {0}-well plate has no such well")]
    Outside(Format),
    /// The same well of the same plate twice.
    #[error("this well stands on line {0} already")]
    Twice(u32),
    /// No word of [`super::ROLE_WORDS`].
    #[error("this is no word for a role ({})", known_words())]
    NotARole,
    /// A well with a compound, dose or replicate but without a role.
    #[error("this well has no role")]
    NoRole,
    /// Not a number.
    #[error("this is not a number (empty, NA and NaN mean that there is none)")]
    NotANumber,
    /// A comma that may separate thousands or decimals, in a table that has no other number to tell by.
    #[error("the comma may separate thousands or decimals, and nothing else in the column tells which")]
    AmbiguousComma,
    /// Not a whole number of 32 bits.
    #[error("this is not a whole number")]
    NotWhole,
    /// A date in a workbook.
    #[error("the workbook has a date here: spreadsheets make dates of names and numbers; write it as text")]
    Date,
    /// An error value in a workbook.
    #[error("the workbook has an error here")]
    ErrorValue,
    /// A formula without a stored value.
    #[error("the formula here was never computed: open the workbook, and save it")]
    NotComputed,
    /// A merged cell among the values.
    #[error("this cell is merged with others: it is not clear for which wells it stands")]
    Merged,
    /// Another number of cells than the header.
    #[error("{found} cells where the header has {expected}")]
    CellCount {
        /// Cells of the line.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// Longer than any name.
    #[error("this is longer than {0} bytes")]
    TooLong(usize),
    /// A line without a plate in a file that names plates.
    #[error("this line names no plate, and others do")]
    NoPlate,
    /// A second value of something that a plate has once.
    #[error("this plate's {what} is {first} on line {line}")]
    Differs {
        /// Which property.
        what: &'static str,
        /// Its first value, in quotes.
        first: String,
        /// Where that stands.
        line: u32,
    },
    /// Not a plate format.
    #[error("this is no plate format (6, 12, 24, 48, 96, 384, 1536, 3456)")]
    NotAFormat,
    /// Two layouts, or two platemaps, for one plate.
    #[error("this plate has a {what} on line {line} already")]
    SecondLayout {
        /// What it has twice: `role block`, `platemap`.
        what: &'static str,
        /// Where the first begins.
        line: u32,
    },
    /// A platemap that the table of barcodes does not name.
    #[error("no plate of the table of barcodes has this platemap")]
    UnusedPlatemap,
    /// A compound that the table of compounds does not know.
    #[error("the table of compounds does not know it")]
    UnknownCompound,
    /// Two lines of the table of compounds that disagree about one.
    #[error("line {0} says something else of this compound")]
    CompoundDiffers(u32),
    /// A rule that asks for a dose, and a well that has none.
    #[error("a rule for this compound asks for a dose, and the well has none")]
    NoDose,
    /// Rules that make different roles of one well.
    #[error("one rule makes this well {0}, another {1}")]
    RulesDiffer(Role, Role),
    /// A block of a drawn plate that is no plate's size.
    #[error("the block has {rows} rows and {columns} columns, as no plate has")]
    NotAPlate {
        /// Lettered rows.
        rows: usize,
        /// Numbered columns.
        columns: usize,
    },
    /// A block without a title that says what it holds.
    #[error("nothing above this block says what it holds (role, compound, concentration, replicate)")]
    Untitled,
    /// Something left or right of a block.
    #[error("this stands beside the block, outside the plate")]
    BesideBlock,
    /// A plate without a block of roles.
    #[error("this plate has no block of roles")]
    NoRoles,
    /// A file whose plates have another format than the one that was given.
    #[error("the file says {0} wells, and {1} are asked for")]
    OtherFormat(Format, Format),
    /// Blocks of one plate with different sizes.
    #[error("this block is for {0} wells, the plate's first is for {1}")]
    OtherSize(Format, Format),
}

/// Problems in the order in which they were found, the first thousand kept.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) kept: Vec<Problem>,
    pub(crate) count: usize,
}

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.count += 1;
        if self.kept.len() < MOST_PROBLEMS {
            self.kept.push(problem);
        }
    }
}
