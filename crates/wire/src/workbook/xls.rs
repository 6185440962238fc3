//! Excel's format until 2003, BIFF8 ([MS-XLS]): its list of sheets, its shared texts and its formats.

use std::collections::BTreeMap;

use super::biff::{BOF, CONTINUE, EOF, Records};
use super::biff_strings::{Pieces, shared, short_text};
use super::cfb::{u16_at, u32_at};
use super::number_format::{builtin_is_date, code_is_date};
use super::strings::Strings;
use super::{MOST_SHEETS, WorkbookError, biff, cfb};
use crate::grid::Grid;

/// 65,536 rows of a layout are 5 MB; the file is held while it is read.
const LONGEST: usize = 16 << 20;
/// Records that go on with the shared texts: 8 MiB of them are 1,020.
const MOST_PIECES: usize = 4096;
/// Formats of cells; the format itself stops at 4,050.
const MOST_FORMATS: usize = 65_536;

/// An opened workbook.
pub(crate) struct Xls {
    stream: Vec<u8>,
    /// Names, and where each begins in the stream.
    pub(crate) sheets: Vec<(String, usize)>,
    strings: Strings,
    dates: Vec<bool>,
}

impl Xls {
    pub(crate) fn open(bytes: &[u8]) -> Result<Xls, WorkbookError> {
        if bytes.len() > LONGEST {
            return Err(WorkbookError::TooLarge("it is an .xls of more than 16 MiB: save it as .xlsx"));
        }
        if cfb::stream(bytes, &["EncryptedPackage"])?.is_some() {
            return Err(WorkbookError::Password);
        }
        let stream = cfb::stream(bytes, &["Workbook", "Book"])?
            .ok_or(WorkbookError::Unsupported("a compound file without a workbook in it"))?;
        let broken = |reason: &str| WorkbookError::Broken { part: "list of sheets", reason: reason.to_owned() };
        let mut book = Xls { stream: Vec::new(), sheets: Vec::new(), strings: Strings::default(), dates: Vec::new() };
        let (mut formats, mut own) = (Vec::new(), BTreeMap::new());
        let mut texts: Vec<&[u8]> = Vec::new();
        let mut before = 0;
        let mut is_over = false;
        for (kind, data) in Records(&stream) {
            match kind {
                BOF if u16_at(data, 0) != Some(0x0600) => {
                    return Err(WorkbookError::Unsupported("a workbook of Excel 95 or older: save it as .xlsx"));
                }
                // FILEPASS
                0x002f => return Err(WorkbookError::Password),
                // BOUNDSHEET; sheets of charts and macros are no worksheets
                0x0085 if data.get(5) == Some(&0) => {
                    let name = data.get(6..).and_then(short_text).ok_or_else(|| broken("a name is cut"))?;
                    let place = u32_at(data, 0).ok_or_else(|| broken("a place is cut"))?;
                    book.sheets.push((name, place as usize));
                }
                // FORMAT
                0x041e => {
                    let code = data.get(2..).and_then(|text| Pieces::new(vec![text]).text(&mut Vec::new()));
                    if let (Some(id), Some(code)) = (u16_at(data, 0), code) {
                        own.insert(u32::from(id), code_is_date(&code));
                    }
                }
                // XF
                0x00e0 => formats.push(u32::from(u16_at(data, 2).unwrap_or(0))),
                // SST
                0x00fc => texts.push(data),
                CONTINUE if before == 0x00fc => texts.push(data),
                EOF => {
                    is_over = true;
                    break;
                }
                _ => {}
            }
            if kind != CONTINUE {
                before = kind;
            }
            if book.sheets.len() > MOST_SHEETS || formats.len() > MOST_FORMATS || texts.len() > MOST_PIECES {
                return Err(WorkbookError::TooLarge("it has more than 256 sheets, 65,536 formats or 8 MiB of texts"));
            }
        }
        if !is_over {
            return Err(broken("it ends too early"));
        }
        if !texts.is_empty() {
            book.strings = shared(texts)?;
        }
        let is_date = |id: &u32| own.get(id).copied().unwrap_or_else(|| builtin_is_date(*id));
        book.dates = formats.iter().map(is_date).collect();
        book.stream = stream;
        Ok(book)
    }

    /// One sheet, by its place in `sheets`.
    pub(crate) fn sheet(&mut self, index: usize) -> Result<Grid, WorkbookError> {
        let (_, place) = self.sheets.get(index).ok_or(WorkbookError::NoSheets)?;
        let records = self.stream.get(*place..).unwrap_or_default();
        biff::sheet(Records(records), &self.strings, &self.dates)
    }
}
