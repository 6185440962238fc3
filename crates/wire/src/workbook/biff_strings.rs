//! Texts of an old workbook ([MS-XLS] 2.5.293, 2.5.294): one or two bytes a character, cut anywhere between records.

use super::WorkbookError;
use super::strings::Strings;

/// A record and those that go on with it, read as one; characters know where one ends.
pub(crate) struct Pieces<'a> {
    pieces: Vec<&'a [u8]>,
    piece: usize,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(pieces: Vec<&'a [u8]>) -> Pieces<'a> {
        Pieces { pieces, piece: 0, at: 0 }
    }

    /// Moves to the next piece where one is used up; `false` at the end of all.
    fn settle(&mut self) -> bool {
        while self.pieces.get(self.piece).is_some_and(|piece| self.at >= piece.len()) {
            self.piece += 1;
            self.at = 0;
        }
        self.piece < self.pieces.len()
    }

    fn byte(&mut self) -> Option<u8> {
        self.settle();
        let byte = *self.pieces.get(self.piece)?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if !self.settle() {
                return None;
            }
            let here = self.pieces.get(self.piece)?.len().saturating_sub(self.at).min(count);
            self.at += here;
            count -= here;
        }
        Some(())
    }

    /// So many characters; where a piece ends among them, the next says anew how wide they are.
    fn characters(&mut self, count: usize, mut wide: bool, units: &mut Vec<u16>) -> Option<()> {
        units.clear();
        while units.len() < count {
            if self.pieces.get(self.piece).is_some_and(|piece| self.at >= piece.len()) {
                if !self.settle() {
                    return None;
                }
                wide = self.byte()? & 1 != 0;
            }
            let low = self.byte()?;
            units.push(if wide { u16::from_le_bytes([low, self.byte()?]) } else { u16::from(low) });
        }
        Some(())
    }

    /// A text that is preceded by its length in 16 bits and its flags, with what belongs to it besides.
    pub(crate) fn text(&mut self, units: &mut Vec<u16>) -> Option<String> {
        let count = usize::from(self.u16()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let extra = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        self.characters(count, flags & 1 != 0, units)?;
        self.skip(4 * runs)?;
        self.skip(extra)?;
        Some(decoded(units))
    }
}

fn decoded(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// A sheet's name: its length in 8 bits, then flags ([MS-XLS] 2.5.240).
pub(crate) fn short_text(bytes: &[u8]) -> Option<String> {
    let (count, flags) = (usize::from(*bytes.first()?), *bytes.get(1)?);
    let mut units = Vec::new();
    Pieces::new(vec![bytes.get(2..)?]).characters(count, flags & 1 != 0, &mut units)?;
    Some(decoded(&units))
}

/// The shared texts ([MS-XLS] 2.4.265); how many there are is said twice in front, and counted here.
pub(crate) fn shared(pieces: Vec<&[u8]>) -> Result<Strings, WorkbookError> {
    let cut = || WorkbookError::Broken { part: "shared texts", reason: "they are cut".to_owned() };
    let mut pieces = Pieces::new(pieces);
    let mut strings = Strings::default();
    let mut units = Vec::new();
    let _all = pieces.u32().ok_or_else(cut)?;
    let different = pieces.u32().ok_or_else(cut)?;
    for _ in 0..different {
        if !pieces.settle() {
            return Err(cut());
        }
        strings.push(&pieces.text(&mut units).ok_or_else(cut)?)?;
    }
    Ok(strings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_in_the_next_record_with_another_width() {
        // "abc" cut after "a" and going on in two bytes a character; then "é" with one formatting run.
        let first: &[u8] = &[2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, b'a'];
        let second: &[u8] = &[1, b'b', 0, b'c', 0, 1, 0, 8, 1, 0, 0xe9, 9, 9, 9, 9];
        let strings = shared(vec![first, second]).unwrap();
        assert_eq!((strings.get(0), strings.get(1), strings.get(2)), (Some("abc"), Some("é"), None));
        for cut in 0..second.len() {
            assert!(shared(vec![first, &second[..cut]]).is_err(), "{cut}");
        }
    }
}
