//! Records of an old workbook's sheet ([MS-XLS]): cells with their values, the last computed ones for formulas.

use super::biff_strings::Pieces;
use super::cfb::{u16_at, u32_at};
use super::strings::Strings;
use super::{SheetWriter, WorkbookError};
use crate::grid::{Grid, Merged, Odd};

/// Begins a stream of records: of the workbook, a sheet, a chart within one.
pub(crate) const BOF: u16 = 0x0809;
/// Ends it.
pub(crate) const EOF: u16 = 0x000a;
/// Goes on with the record before.
pub(crate) const CONTINUE: u16 = 0x003c;

/// The records from a place on; a cut one ends them.
pub(crate) struct Records<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let (kind, length) = (u16_at(self.0, 0)?, usize::from(u16_at(self.0, 2)?));
        let data = self.0.get(4..4 + length)?;
        self.0 = self.0.get(4 + length..)?;
        Some((kind, data))
    }
}

/// Reads the sheet that begins with `records`; `dates` says per cell format whether it shows dates.
pub(crate) fn sheet(records: Records<'_>, strings: &Strings, dates: &[bool]) -> Result<Grid, WorkbookError> {
    let mut cells = Cells { sheet: SheetWriter::default(), dates, strings, waiting: None };
    let mut depth = 0_usize;
    for (kind, data) in records {
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => return Ok(cells.sheet.grid()),
            EOF => depth -= 1,
            // Records of a chart look like cells and are none.
            _ if depth > 1 => {}
            _ => cells.record(kind, data)?,
        }
    }
    Err(cut())
}

fn cut() -> WorkbookError {
    WorkbookError::Broken { part: "sheet", reason: "it ends too early".to_owned() }
}

struct Cells<'a> {
    sheet: SheetWriter,
    dates: &'a [bool],
    strings: &'a Strings,
    /// Row and column of a formula whose text follows.
    waiting: Option<(u32, u32)>,
}

impl Cells<'_> {
    fn record(&mut self, kind: u16, data: &[u8]) -> Result<(), WorkbookError> {
        let half = |at: usize| u16_at(data, at).ok_or_else(cut);
        let byte = |at: usize| data.get(at).copied().ok_or_else(cut);
        match kind {
            // NUMBER
            0x0203 => self.number(half(0)?, half(2)?, half(4)?, double(data, 6)?),
            // RK
            0x027e => self.number(half(0)?, half(2)?, half(4)?, packed(u32_at(data, 6).ok_or_else(cut)?)),
            // MULRK: a row, its first column, formats and numbers, the last column
            0x00bd => {
                let many = data.get(4..data.len().saturating_sub(2)).ok_or_else(cut)?;
                let (row, first) = (half(0)?, half(2)?);
                for (column, six) in (first..=u16::MAX).zip(many.as_chunks::<6>().0) {
                    let format = u16_at(six, 0).ok_or_else(cut)?;
                    self.number(row, column, format, packed(u32_at(six, 2).ok_or_else(cut)?))?;
                }
                Ok(())
            }
            // LABELSST
            0x00fd => {
                let index = u32_at(data, 6).ok_or_else(cut)? as usize;
                let text = self.strings.get(index).ok_or_else(|| WorkbookError::Broken {
                    part: "sheet",
                    reason: "a cell names a shared text that is not there".to_owned(),
                })?;
                self.sheet.cell(u32::from(half(0)?) + 1, u32::from(half(2)?) + 1, text, None)
            }
            // LABEL, RSTRING: a text of its own
            0x0204 | 0x00d6 => {
                let text = data.get(6..).and_then(own_text).ok_or_else(cut)?;
                self.sheet.cell(u32::from(half(0)?) + 1, u32::from(half(2)?) + 1, &text, None)
            }
            // BOOLERR
            0x0205 => self.truth(half(0)?, half(2)?, byte(6)?, byte(7)? != 0),
            // FORMULA: its last value
            0x0006 => {
                let (row, column) = (half(0)?, half(2)?);
                self.waiting = None;
                if half(12)? != 0xffff {
                    return self.number(row, column, half(4)?, double(data, 6)?);
                }
                match byte(6)? {
                    0 => self.waiting = Some((u32::from(row) + 1, u32::from(column) + 1)),
                    1 => return self.truth(row, column, byte(8)?, false),
                    2 => return self.truth(row, column, byte(8)?, true),
                    _ => {}
                }
                Ok(())
            }
            // STRING: the text of the formula before
            0x0207 => match self.waiting.take() {
                Some((row, column)) => self.sheet.cell(row, column, &own_text(data).ok_or_else(cut)?, None),
                None => Ok(()),
            },
            // MERGEDCELLS
            0x00e5 => {
                for eight in data.get(2..).ok_or_else(cut)?.as_chunks::<8>().0 {
                    let number = |at: usize| u32::from(u16_at(eight, at).unwrap_or(0));
                    self.sheet.merge(Merged { rows: (number(0), number(2)), columns: (number(4), number(6)) })?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn number(&mut self, row: u16, column: u16, format: u16, number: f64) -> Result<(), WorkbookError> {
        let is_date = self.dates.get(usize::from(format)).copied().unwrap_or(false);
        let odd = if number.is_finite() { is_date.then_some(Odd::Date) } else { Some(Odd::Error) };
        self.sheet.cell(u32::from(row) + 1, u32::from(column) + 1, &number.to_string(), odd)
    }

    fn truth(&mut self, row: u16, column: u16, value: u8, is_error: bool) -> Result<(), WorkbookError> {
        let (text, odd) = match (is_error, value) {
            (true, _) => ("", Some(Odd::Error)),
            (false, 0) => ("FALSE", None),
            (false, _) => ("TRUE", None),
        };
        self.sheet.cell(u32::from(row) + 1, u32::from(column) + 1, text, odd)
    }
}

/// A text with its length in front, within one record. One that goes on in another is longer than any word of a layout.
fn own_text(data: &[u8]) -> Option<String> {
    Pieces::new(vec![data]).text(&mut Vec::new())
}

fn double(data: &[u8], at: usize) -> Result<f64, WorkbookError> {
    let eight = data.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()).ok_or_else(cut)?;
    Ok(f64::from_le_bytes(eight))
}

/// A number in 30 bits ([MS-XLS] 2.5.217): an integer or the upper half of a double, perhaps times 100.
fn packed(rk: u32) -> f64 {
    let number = if rk & 2 != 0 { f64::from((rk as i32) >> 2) } else { f64::from_bits(u64::from(rk & !3) << 32) };
    if rk & 1 != 0 { number / 100.0 } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_those_of_the_specification() {
        // [MS-XLS] 2.5.217: 1 as the upper half of a double, 3 as an integer, 0.03 as that times 100.
        assert_eq!(packed(0x3ff0_0000), 1.0);
        assert_eq!(packed(3 << 2 | 2), 3.0);
        assert_eq!(packed(3 << 2 | 3), 0.03);
        assert_eq!(packed((-5_i32 << 2) as u32 | 2), -5.0);
    }
}
