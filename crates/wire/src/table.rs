//! Tables that people export from plate readers and spreadsheets: wells with features (`CLI.md`, "CSV in"). Layouts beside
//! them are [`LayoutTable`](crate::layout_table::LayoutTable)s.
//!
//! Comma, semicolon or tab; a decimal comma where the separator allows; UTF-8 with or without BOM, UTF-16, Latin-1.

use std::collections::HashMap;

use plate::Well;

use crate::layout_file::ImportError;
use crate::text::{decode_text, header_separator, line_of, read_number};

/// Why a table cannot be read. `line` counts from 1, the header being line 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Nothing in it.
    #[error("the table is empty: it needs a header row with `well`")]
    Empty,
    /// The header lacks a column.
    #[error("the header has no column `{column}` (it has: {found})")]
    NoColumn {
        /// The missing column.
        column: String,
        /// The columns that are there.
        found: String,
    },
    /// A line cannot be read.
    #[error("line {line}: {reason}")]
    Line {
        /// Which line.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of layouts that is none.
    #[error(transparent)]
    Layout(#[from] ImportError),
    /// The file is larger than any table that this reads.
    #[error("the table has {bytes} bytes; at most {LONGEST_TABLE_BYTES} are read")]
    TooLong {
        /// Its size.
        bytes: usize,
    },
}

/// A 1,536-well plate with 3,000 features of 20 characters is 92 MB.
pub const LONGEST_TABLE_BYTES: usize = 1 << 30;
/// More columns than this are not read: a pipeline measures some thousand features.
pub const MOST_COLUMNS: usize = 100_000;

/// Wells with their features, as text: a column is read as numbers only when someone asks for it.
#[derive(Debug, Clone)]
pub struct WellTable {
    columns: Vec<String>,
    /// Per plate, in order of appearance.
    plates: Vec<(String, Vec<WellLine>)>,
    /// Where each plate is in them.
    places: HashMap<String, usize>,
    decimal_comma: bool,
}

#[derive(Debug, Clone)]
struct WellLine {
    line: u64,
    well: Well,
    cells: csv::StringRecord,
}

impl WellTable {
    /// Reads a table with a column `well`, optionally `plate`; all others are features.
    ///
    /// # Errors
    /// [`TableError`]: no header, a line with a wrong number of cells, no well address, a well twice on a plate.
    pub fn read(bytes: &[u8]) -> Result<WellTable, TableError> {
        let table = Table::read(bytes)?;
        let well_at = table.column("well")?;
        let plate_at = table.find("plate");
        let mut plates: Vec<(String, Vec<WellLine>)> = Vec::new();
        let mut places = HashMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for (line, cells) in table.lines {
            let well = read_well(line, &cells[well_at])?;
            let plate = plate_at.map_or("", |at| cells[at].trim()).to_owned();
            let index = *places.entry(plate.clone()).or_insert_with(|| {
                plates.push((plate.clone(), Vec::new()));
                plates.len() - 1
            });
            if !seen.insert((index, well)) {
                return Err(TableError::Line { line, reason: format!("well {well} of plate {plate:?} stands twice") });
            }
            plates[index].1.push(WellLine { line, well, cells });
        }
        for (_, lines) in &mut plates {
            lines.sort_by_key(|line| line.well);
        }
        Ok(WellTable { columns: table.columns, plates, places, decimal_comma: table.decimal_comma })
    }

    /// Whether there is a column `plate`.
    #[must_use]
    pub fn names_plates(&self) -> bool {
        self.columns.iter().any(|column| is_named(column, "plate"))
    }

    /// The plates' names in order of appearance; `""` where the table has no column `plate`.
    pub fn plates(&self) -> impl Iterator<Item = &str> {
        self.plates.iter().map(|(plate, _)| plate.as_str())
    }

    /// The wells of one plate that have a line, in row-major order.
    pub fn wells(&self, plate: &str) -> impl Iterator<Item = Well> {
        self.lines(plate).iter().map(|line| line.well)
    }

    fn lines(&self, plate: &str) -> &[WellLine] {
        self.places.get(plate).map_or(&[], |at| &self.plates[*at].1)
    }

    /// The feature columns' names, in order.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str).filter(|name| !is_named(name, "plate") && !is_named(name, "well"))
    }

    /// One feature of one plate in row-major well order; `None` for a missing value.
    ///
    /// # Errors
    /// [`TableError`]: no such column, a cell that is neither a number nor missing, or a point where the plate's other numbers
    /// have a decimal comma (`1.234` beside `0,5` may be a thousand).
    pub fn values(&self, plate: &str, feature: &str) -> Result<Vec<(Well, Option<f64>)>, TableError> {
        let at = self.columns.iter().position(|name| name == feature).ok_or_else(|| TableError::NoColumn {
            column: feature.to_owned(),
            found: self.features().collect::<Vec<_>>().join(", "),
        })?;
        let lines = self.lines(plate);
        let has_commas = self.decimal_comma && lines.iter().any(|line| line.cells[at].contains(','));
        let value = |line: &WellLine| {
            let cell = &line.cells[at];
            let failed = |reason: String| TableError::Line { line: line.line, reason };
            let value = read_number(cell, self.decimal_comma).map_err(|text| {
                failed(format!("column {feature:?}: {text:?} is not a number (empty, NA and NaN mean missing)"))
            })?;
            if has_commas && value.is_some() && cell.contains('.') {
                let says = "may be a thousand or a fraction: other numbers of the column have a decimal comma";
                return Err(failed(format!("column {feature:?}: {cell:?} {says}")));
            }
            Ok((line.well, value))
        };
        lines.iter().map(value).collect()
    }
}

/// A header row and lines of as many cells.
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    /// Their line, from 1, and their cells.
    pub(crate) lines: Vec<(u64, csv::StringRecord)>,
    pub(crate) decimal_comma: bool,
}

impl Table {
    pub(crate) fn read(bytes: &[u8]) -> Result<Table, TableError> {
        if bytes.len() > LONGEST_TABLE_BYTES {
            return Err(TableError::TooLong { bytes: bytes.len() });
        }
        let text = decode_text(bytes);
        let header = text.lines().next().unwrap_or_default();
        if header.trim().is_empty() {
            return Err(TableError::Empty);
        }
        let separator = header_separator(header);
        let columns = header.bytes().filter(|byte| *byte == separator).count() + 1;
        if columns > MOST_COLUMNS {
            let reason = format!("it has {columns} columns; at most {MOST_COLUMNS} are read");
            return Err(TableError::Line { line: 1, reason });
        }
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).trim(csv::Trim::All).from_reader(text.as_bytes());
        let failed = |error: &csv::Error| TableError::Line {
            line: error.position().map_or(1, csv::Position::line),
            reason: match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    let from = error.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
                    let quotes = text.as_bytes().get(from..).unwrap_or_default().iter().filter(|b| **b == b'"').count();
                    let open = if quotes % 2 == 1 { "; a quotation mark from here on is not closed" } else { "" };
                    format!("{len} cells where the header has {expected_len}{open}")
                }
                _ => error.to_string(),
            },
        };
        let columns: Vec<String> =
            reader.headers().map_err(|error| failed(&error))?.iter().map(str::to_owned).collect();
        let mut names = std::collections::HashSet::with_capacity(columns.len());
        // The columns that say what a line is about are known however they are written.
        let known = |name: &String| match is_named(name, "well") || is_named(name, "plate") {
            true => name.trim().to_ascii_lowercase(),
            false => name.clone(),
        };
        if let Some(name) = columns.iter().filter(|name| !name.is_empty()).find(|name| !names.insert(known(name))) {
            let name: String = name.chars().take(40).collect();
            return Err(TableError::Line { line: 1, reason: format!("two columns are named {name:?}") });
        }
        let mut lines = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| failed(&error))?;
            let line = line_of(&text, &record);
            if record.iter().any(|cell| !cell.is_empty()) {
                lines.push((line, record));
            }
        }
        Ok(Table { columns, lines, decimal_comma: separator != b',' })
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| is_named(column, name))
    }

    pub(crate) fn column(&self, name: &str) -> Result<usize, TableError> {
        self.find(name).ok_or_else(|| TableError::NoColumn { column: name.to_owned(), found: self.columns.join(", ") })
    }
}

pub(crate) fn is_named(column: &str, name: &str) -> bool {
    column.trim().eq_ignore_ascii_case(name)
}

pub(crate) fn read_well(line: u64, cell: &str) -> Result<Well, TableError> {
    cell.trim().parse().map_err(|error: plate::well::WellError| TableError::Line { line, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well(text: &str) -> Well {
        text.parse().unwrap()
    }

    #[test]
    fn separators_decimals_and_encodings() {
        let expected = vec![(well("A01"), Some(1.5)), (well("B02"), None)];
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("well;Größe\nA1;1,5\nB2;\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for (bytes, feature) in [
            (b"well,f\nB02,NA\na1,1.5\n".to_vec(), "f"),
            (b"\xef\xbb\xbfWell;f\r\nA01;1,5\r\nB02;\r\n".to_vec(), "f"),
            (b"well\tf\nA01\t1.5\n\nB02\tnan".to_vec(), "f"),
            (utf16, "Größe"),
            (b"well;Gr\xf6\xdfe\nA01;1,5\nB02;\n".to_vec(), "Größe"),
        ] {
            let table = WellTable::read(&bytes).unwrap();
            assert_eq!(table.values("", feature).unwrap(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn errors_name_the_line_and_the_reason() {
        let read = |text: &str| WellTable::read(text.as_bytes()).and_then(|table| table.values("", "f"));
        for (text, part) in [
            ("", "empty"),
            ("plate,f\nx,1\n", "no column `well`"),
            ("well,f\nA01,1\nA01,2\n", "line 3: well A01"),
            ("well,f\nA01,1\nQQQ,2\n", "line 3: \"QQQ\" is not a well"),
            ("well,f,f\nA01,1,2\n", "line 1: two columns are named \"f\""),
            ("well,Well,f\nA01,A02,2\n", "line 1: two columns are named \"Well\""),
            ("well,f\nA01,1,2\n", "line 2: 3 cells where the header has 2"),
            ("well,f\nA01,\"1\nA02,2\n", "line 2: column \"f\": \"1\\nA02"),
            (
                "well,f,g\nA01,\"1,2\nA02,2,3\n",
                "2 cells where the header has 3; a quotation mark from here on is not closed",
            ),
            ("well;f\nA01;0,5\nA02;1.234\n", "line 3: column \"f\": \"1.234\" may be a thousand or a fraction"),
            ("well,f\nA01,x\n", "line 2: column \"f\": \"x\" is not a number"),
            ("well,f\r\n\r\n\r\nA01,x\r\n", "line 4: column \"f\": \"x\" is not a number"),
            ("well,f\nA01,1e999\n", "is not a number"),
            ("well,g\nA01,1\n", "no column `f` (it has: g)"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
