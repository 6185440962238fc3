//! The shared texts of a workbook: kept once, named by number, within a fixed room.

use super::WorkbookError;

/// Bytes of all shared texts together.
const MOST_BYTES: usize = 8 << 20;
/// How many there may be; each costs 4 bytes beside its text.
const MOST_TEXTS: usize = 1 << 20;

/// Texts one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub(crate) fn push(&mut self, text: &str) -> Result<(), WorkbookError> {
        if self.ends.len() >= MOST_TEXTS || self.text.len() + text.len() > MOST_BYTES {
            return Err(WorkbookError::TooLarge("it has more than 1,048,576 shared texts or 8 MiB of them"));
        }
        self.text.push_str(text);
        // Fits: at most 8 MiB.
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let begin = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).map(|end| *end as usize))?;
        self.text.get(begin..end)
    }
}
