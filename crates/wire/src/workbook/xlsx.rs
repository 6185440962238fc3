//! Excel's own format since 2007 (ECMA-376): sheets as XML in a zip.

use std::io::Read;

use super::package::Package;
use super::strings::Strings;
use super::xlsx_parts::{LONGEST_CELL, read_strings, read_styles, rich_text};
use super::xml::{Next, Xml, attribute, is};
use super::{MOST_SHEETS, SheetWriter, WorkbookError};
use crate::grid::{Grid, Merged, Odd};

/// An opened workbook: sheets by name and part.
pub(crate) struct Xlsx<'a> {
    package: Package<'a>,
    pub(crate) sheets: Vec<(String, String)>,
    strings: Option<String>,
    styles: Option<String>,
}

impl<'a> Xlsx<'a> {
    pub(crate) fn open(mut package: Package<'a>) -> Result<Xlsx<'a>, WorkbookError> {
        let book = relations(&mut package, "_rels/.rels", "")?
            .into_iter()
            .find(|relation| relation.is("officeDocument"))
            .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        if book.ends_with(".bin") {
            return Err(WorkbookError::Unsupported("a binary workbook (.xlsb): save it as .xlsx"));
        }
        let (folder, file) = book.rsplit_once('/').unwrap_or(("", &book));
        let related = relations(&mut package, &format!("{folder}/_rels/{file}.rels"), folder)?;
        let target = |kind: &str| related.iter().find(|relation| relation.is(kind)).map(|found| found.target.clone());
        let (strings, styles) = (target("sharedStrings"), target("styles"));
        let mut sheets = Vec::new();
        let mut xml = Xml::new(package.part(&book, "list of sheets")?, "list of sheets");
        loop {
            match xml.next()? {
                Next::Start(start) if is(&start, "sheet") => {
                    let (Some(name), Some(id)) = (attribute(&start, "name"), attribute(&start, "id")) else { continue };
                    // Sheets of charts are no worksheets.
                    let part = related.iter().find(|relation| relation.id == id && relation.is("worksheet"));
                    if let Some(part) = part {
                        sheets.push((name, part.target.clone()));
                    }
                    if sheets.len() > MOST_SHEETS {
                        return Err(WorkbookError::TooLarge("it has more than 256 sheets"));
                    }
                }
                Next::Over => break,
                _ => {}
            }
        }
        drop(xml);
        Ok(Xlsx { package, sheets, strings, styles })
    }

    /// One sheet, by its place in `sheets`.
    pub(crate) fn sheet(&mut self, index: usize) -> Result<Grid, WorkbookError> {
        let strings = match self.strings.as_deref().filter(|part| self.package.has(part)) {
            Some(part) => read_strings(self.package.part(part, "shared texts")?)?,
            None => Strings::default(),
        };
        let dates = match self.styles.as_deref().filter(|part| self.package.has(part)) {
            Some(part) => read_styles(self.package.part(part, "formats")?)?,
            None => Vec::new(),
        };
        let (_, part) = self.sheets.get(index).ok_or(WorkbookError::NoSheets)?;
        read_sheet(self.package.part(part, "sheet")?, &strings, &dates)
    }
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Relation {
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }
}

/// What a part names besides itself; targets count from `folder` unless they begin with a slash.
fn relations(package: &mut Package<'_>, name: &str, folder: &str) -> Result<Vec<Relation>, WorkbookError> {
    let mut found = Vec::new();
    if !package.has(name) {
        return Ok(found);
    }
    let mut xml = Xml::new(package.part(name, "list of parts")?, "list of parts");
    loop {
        match xml.next()? {
            Next::Start(start) if is(&start, "Relationship") => {
                let value = |name: &str| attribute(&start, name).unwrap_or_default();
                let target = value("Target");
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None if folder.is_empty() => target,
                    None => format!("{folder}/{target}"),
                };
                found.push(Relation { id: value("Id"), kind: value("Type"), target });
                if found.len() > 4 * MOST_SHEETS {
                    return Err(WorkbookError::TooLarge("a part of it names more than 1,024 others"));
                }
            }
            Next::Over => return Ok(found),
            _ => {}
        }
    }
}

fn read_sheet(part: impl Read, strings: &Strings, dates: &[bool]) -> Result<Grid, WorkbookError> {
    let mut xml = Xml::new(part, "sheet");
    let mut sheet = SheetWriter::default();
    let (mut row, mut column) = (0_u32, 0_u32);
    loop {
        match xml.next()? {
            Next::Start(start) if is(&start, "row") => {
                row = match attribute(&start, "r") {
                    Some(r) => r.parse().map_err(|_| broken("a row has no number"))?,
                    None => row.saturating_add(1),
                };
                column = 0;
            }
            Next::Start(start) if is(&start, "c") => {
                if let Some(reference) = attribute(&start, "r") {
                    (column, row) = place(&reference).ok_or_else(|| broken("a cell has no place"))?;
                } else {
                    column = column.saturating_add(1);
                }
                let style = attribute(&start, "s").and_then(|style| style.parse::<usize>().ok());
                let is_date = style.and_then(|style| dates.get(style)).copied().unwrap_or(false);
                let kind = attribute(&start, "t");
                let (text, odd) = value(&mut xml, kind.as_deref().unwrap_or("n"), is_date, strings)?;
                sheet.cell(row, column, &text, odd)?;
            }
            Next::Start(start) if is(&start, "mergeCell") => {
                let reference = attribute(&start, "ref").unwrap_or_default();
                let (from, to) = reference.split_once(':').unwrap_or((&reference, &reference));
                let (Some(from), Some(to)) = (place(from), place(to)) else { continue };
                sheet.merge(Merged {
                    rows: (from.1.saturating_sub(1), to.1.saturating_sub(1)),
                    columns: (from.0.saturating_sub(1), to.0.saturating_sub(1)),
                })?;
            }
            Next::Over => return Ok(sheet.grid()),
            _ => {}
        }
    }
}

fn broken(reason: &str) -> WorkbookError {
    WorkbookError::Broken { part: "sheet", reason: reason.to_owned() }
}

/// Column and row, from 1, of a reference such as `C7`.
fn place(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = reference.split_at_checked(letters)?;
    if letters == 0 || letters > 3 {
        return None;
    }
    let column = column.bytes().fold(0, |sum, b| sum * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    row.parse().ok().filter(|row| *row > 0).map(|row| (column, row))
}

/// The value of the cell that has just begun.
fn value<R: Read>(
    xml: &mut Xml<R>,
    kind: &str,
    is_date: bool,
    strings: &Strings,
) -> Result<(String, Option<Odd>), WorkbookError> {
    let outside = xml.depth().saturating_sub(1);
    let (mut text, mut has_value, mut has_formula) = (String::new(), false, false);
    while xml.depth() > outside {
        match xml.next()? {
            Next::Start(start) if is(&start, "v") || is(&start, "is") => {
                text = if is(&start, "is") { rich_text(xml)? } else { plain_text(xml)? };
                has_value = true;
            }
            Next::Start(start) => {
                has_formula |= is(&start, "f");
                xml.skip()?;
            }
            Next::Over => break,
            _ => {}
        }
    }
    let text = match kind {
        "s" => {
            let index = text.trim().parse().ok().filter(|_| has_value);
            match index.map(|index| strings.get(index)) {
                Some(Some(text)) => text.to_owned(),
                Some(None) => return Err(broken("a cell names a shared text that is not there")),
                None => String::new(),
            }
        }
        "b" if has_value => (if text.trim() == "1" { "TRUE" } else { "FALSE" }).to_owned(),
        "e" => return Ok((text, Some(Odd::Error))),
        "d" => return Ok((text, Some(Odd::Date))),
        "n" if has_value && !text.trim().is_empty() => {
            let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            let number = number.ok_or_else(|| broken("a number cannot be read"))?;
            // 0.1 + 0.2 stands in the file with 17 digits; the shortest text of the same number reads back to it.
            return Ok((number.to_string(), is_date.then_some(Odd::Date)));
        }
        _ => text,
    };
    // A formula of texts may well come to none; one of numbers has a number once it was computed.
    let is_computed = has_value && (kind == "str" || !text.is_empty());
    let odd = (has_formula && !is_computed).then_some(Odd::NotComputed);
    Ok((text, odd))
}

fn plain_text<R: Read>(xml: &mut Xml<R>) -> Result<String, WorkbookError> {
    let outside = xml.depth().saturating_sub(1);
    let mut text = String::new();
    while xml.depth() > outside {
        match xml.next()? {
            Next::Text(part) if text.len() + part.len() <= LONGEST_CELL => text.push_str(&part),
            Next::Text(_) => return Err(WorkbookError::TooLarge("a cell has more than 1 MiB of text")),
            Next::Over => break,
            _ => {}
        }
    }
    Ok(text)
}
