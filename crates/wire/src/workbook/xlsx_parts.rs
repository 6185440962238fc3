//! The parts that all sheets of an Excel workbook share: texts and formats.

use std::io::Read;

use super::WorkbookError;
use super::number_format::{builtin_is_date, code_is_date};
use super::strings::Strings;
use super::xml::{Next, Xml, attribute, is};

/// Bytes of one cell; Excel stops at 32,767 characters.
pub(crate) const LONGEST_CELL: usize = 1 << 20;
/// Formats of cells; Excel itself stops at 65,490.
const MOST_FORMATS: usize = 65_536;

pub(crate) fn read_strings(part: impl Read) -> Result<Strings, WorkbookError> {
    let mut xml = Xml::new(part, "shared texts");
    let mut strings = Strings::default();
    loop {
        match xml.next()? {
            Next::Start(start) if is(&start, "si") => {
                let text = rich_text(&mut xml)?;
                strings.push(&text)?;
            }
            Next::Over => return Ok(strings),
            _ => {}
        }
    }
}

/// The text of the element that has just begun: its runs joined, without the phonetic ones.
pub(crate) fn rich_text<R: Read>(xml: &mut Xml<R>) -> Result<String, WorkbookError> {
    let outside = xml.depth().saturating_sub(1);
    let mut text = String::new();
    let mut within = false;
    loop {
        match xml.next()? {
            Next::Start(start) if is(&start, "rPh") => xml.skip()?,
            Next::Start(start) => within = is(&start, "t"),
            Next::Text(part) if within => {
                if text.len() + part.len() > LONGEST_CELL {
                    return Err(WorkbookError::TooLarge("a cell has more than 1 MiB of text"));
                }
                text.push_str(&part);
            }
            Next::End(_) => within = false,
            Next::Over => return Ok(text),
            Next::Text(_) => {}
        }
        if xml.depth() <= outside {
            return Ok(text);
        }
    }
}

/// Per cell format whether it shows dates.
pub(crate) fn read_styles(part: impl Read) -> Result<Vec<bool>, WorkbookError> {
    let mut xml = Xml::new(part, "formats");
    let mut own = std::collections::BTreeMap::new();
    let mut dates = Vec::new();
    let mut in_cells = false;
    loop {
        match xml.next()? {
            Next::Start(start) if is(&start, "numFmt") => {
                let id = attribute(&start, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")) {
                    own.insert(id, code_is_date(&code));
                }
            }
            Next::Start(start) if is(&start, "cellXfs") => in_cells = true,
            Next::End(name) if name == "cellXfs" => in_cells = false,
            Next::Start(start) if in_cells && is(&start, "xf") => {
                let id = attribute(&start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                dates.push(own.get(&id).copied().unwrap_or_else(|| builtin_is_date(id)));
            }
            Next::Over => return Ok(dates),
            _ => {}
        }
        if own.len() > MOST_FORMATS || dates.len() > MOST_FORMATS {
            return Err(WorkbookError::TooLarge("it has more than 65,536 formats"));
        }
    }
}
