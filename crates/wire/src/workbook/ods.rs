//! OpenDocument spreadsheets (OASIS ODF 1.2): one XML for all sheets, equal cells and rows written once with a count.

use std::io::Read;

use super::package::Package;
use super::xlsx_parts::LONGEST_CELL;
use super::xml::{Next, Xml, attribute, is};
use super::{MOST_SHEETS, SheetWriter, WorkbookError};
use crate::grid::{Grid, Merged, Odd};

const CONTENT: &str = "content.xml";

/// An opened workbook: the sheets' names in order.
pub(crate) struct Ods<'a> {
    package: Package<'a>,
    pub(crate) sheets: Vec<String>,
}

impl<'a> Ods<'a> {
    pub(crate) fn open(mut package: Package<'a>) -> Result<Ods<'a>, WorkbookError> {
        const MANIFEST: &str = "META-INF/manifest.xml";
        if package.has(MANIFEST) {
            let mut xml = Xml::new(package.part(MANIFEST, "list of parts")?, "list of parts");
            loop {
                match xml.next()? {
                    Next::Start(start) if is(&start, "encryption-data") => return Err(WorkbookError::Password),
                    Next::Over => break,
                    _ => {}
                }
            }
        }
        let mut sheets = Vec::new();
        let mut xml = Xml::new(package.part(CONTENT, "content")?, "content");
        loop {
            match xml.next()? {
                Next::Start(start) if is(&start, "table") => {
                    sheets.push(attribute(&start, "name").unwrap_or_default());
                    if sheets.len() > MOST_SHEETS {
                        return Err(WorkbookError::TooLarge("it has more than 256 sheets"));
                    }
                    xml.skip()?;
                }
                Next::Over => break,
                _ => {}
            }
        }
        drop(xml);
        Ok(Ods { package, sheets })
    }

    /// One sheet, by its place in `sheets`.
    pub(crate) fn sheet(&mut self, index: usize) -> Result<Grid, WorkbookError> {
        let mut xml = Xml::new(self.package.part(CONTENT, "content")?, "content");
        let mut before = index;
        loop {
            match xml.next()? {
                Next::Start(start) if is(&start, "table") => {
                    if before == 0 {
                        return read_table(&mut xml);
                    }
                    before -= 1;
                    xml.skip()?;
                }
                Next::Over => return Err(WorkbookError::NoSheets),
                _ => {}
            }
        }
    }
}

#[derive(Clone)]
struct Cell {
    text: String,
    odd: Option<Odd>,
    /// How many columns and rows it covers, and how often it stands.
    spanned: (u32, u32),
    repeated: u32,
}

fn read_table<R: Read>(xml: &mut Xml<R>) -> Result<Grid, WorkbookError> {
    let outside = xml.depth().saturating_sub(1);
    let mut sheet = SheetWriter::default();
    let mut row = 1_u32;
    while xml.depth() > outside {
        match xml.next()? {
            Next::Start(start) if is(&start, "table-row") => {
                let repeated = count(attribute(&start, "number-rows-repeated"));
                let cells = read_row(xml)?;
                if cells.iter().any(|cell| !cell.text.trim().is_empty() || cell.odd.is_some()) {
                    // Each repeat costs room in the sheet, which has its bound.
                    for again in 0..repeated {
                        write_row(&mut sheet, row.saturating_add(again), &cells)?;
                    }
                }
                row = row.saturating_add(repeated);
            }
            // A chart or an outline drawn over the sheet may hold a table of its own.
            Next::Start(start) if is(&start, "shapes") => xml.skip()?,
            Next::Over => break,
            _ => {}
        }
    }
    Ok(sheet.grid())
}

fn write_row(sheet: &mut SheetWriter, row: u32, cells: &[Cell]) -> Result<(), WorkbookError> {
    let mut column = 1_u32;
    for cell in cells {
        if cell.spanned != (1, 1) {
            let to = |from: u32, count: u32| from.saturating_add(count).saturating_sub(1);
            let (first_row, first_column) = (row.saturating_sub(1), column.saturating_sub(1));
            sheet.merge(Merged {
                rows: (first_row, to(first_row, cell.spanned.1)),
                columns: (first_column, to(first_column, cell.spanned.0)),
            })?;
        }
        if !cell.text.trim().is_empty() || cell.odd.is_some() {
            for again in 0..cell.repeated {
                sheet.cell(row, column.saturating_add(again), &cell.text, cell.odd)?;
            }
        }
        column = column.saturating_add(cell.repeated);
    }
    Ok(())
}

/// A number of repeats: at least one.
fn count(text: Option<String>) -> u32 {
    text.and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

fn read_row<R: Read>(xml: &mut Xml<R>) -> Result<Vec<Cell>, WorkbookError> {
    let outside = xml.depth().saturating_sub(1);
    let mut cells: Vec<Cell> = Vec::new();
    let mut bytes = 0;
    while xml.depth() > outside {
        match xml.next()? {
            Next::Start(start) if is(&start, "table-cell") => {
                let kind = attribute(&start, "value-type");
                let is_error = start.attributes_raw().contains("calcext:value-type=\"error\"");
                let value = match kind.as_deref() {
                    Some("float" | "percentage" | "currency") => attribute(&start, "value"),
                    Some("boolean") => attribute(&start, "boolean-value").map(|value| value.to_ascii_uppercase()),
                    Some("string") => attribute(&start, "string-value").filter(|_| !is_error),
                    _ => None,
                };
                let mut cell = Cell {
                    text: String::new(),
                    odd: match kind.as_deref() {
                        _ if is_error => Some(Odd::Error),
                        Some("date" | "time") => Some(Odd::Date),
                        None if attribute(&start, "formula").is_some() => Some(Odd::NotComputed),
                        _ => None,
                    },
                    spanned: (
                        count(attribute(&start, "number-columns-spanned")),
                        count(attribute(&start, "number-rows-spanned")),
                    ),
                    repeated: count(attribute(&start, "number-columns-repeated")),
                };
                let shown = read_paragraphs(xml)?;
                cell.text = match (kind.as_deref(), value) {
                    (Some("float" | "percentage" | "currency"), Some(value)) => shortest(&value),
                    (_, Some(value)) => value,
                    (_, None) => shown,
                };
                bytes += cell.text.len();
                if bytes > LONGEST_CELL || cells.len() >= super::MOST_COLUMNS as usize {
                    return Err(WorkbookError::TooLarge("a row of it has more than 16,384 cells or 1 MiB of text"));
                }
                cells.push(cell);
            }
            // What a merged cell covers has no value of its own that is seen.
            Next::Start(start) if is(&start, "covered-table-cell") => {
                let repeated = count(attribute(&start, "number-columns-repeated"));
                xml.skip()?;
                cells.push(Cell { text: String::new(), odd: None, spanned: (1, 1), repeated });
                if cells.len() > super::MOST_COLUMNS as usize {
                    return Err(WorkbookError::TooLarge("a row of it has more than 16,384 cells"));
                }
            }
            Next::Over => break,
            _ => {}
        }
    }
    Ok(cells)
}

/// The shortest text of the same number, as it is for the other formats.
fn shortest(value: &str) -> String {
    match value.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => number.to_string(),
        _ => value.to_owned(),
    }
}

/// The paragraphs of the cell that has just begun, without its comments.
fn read_paragraphs<R: Read>(xml: &mut Xml<R>) -> Result<String, WorkbookError> {
    let outside = xml.depth().saturating_sub(1);
    let mut text = String::new();
    let (mut paragraphs, mut within) = (0, 0_usize);
    while xml.depth() > outside {
        match xml.next()? {
            Next::Start(start) if is(&start, "annotation") => xml.skip()?,
            Next::Start(start) if is(&start, "p") => {
                if paragraphs > 0 {
                    text.push('\n');
                }
                paragraphs += 1;
                within += 1;
            }
            Next::Start(start) if is(&start, "s") => {
                text.extend(std::iter::repeat_n(' ', count(attribute(&start, "c")).min(1024) as usize));
            }
            Next::Start(start) if is(&start, "tab") => text.push('\t'),
            Next::End(name) if name == "p" => within = within.saturating_sub(1),
            Next::Text(part) if within > 0 => text.push_str(&part),
            Next::Over => break,
            _ => {}
        }
        if text.len() > LONGEST_CELL {
            return Err(WorkbookError::TooLarge("a cell has more than 1 MiB of text"));
        }
    }
    Ok(text)
}
