//! The zip that a workbook is: its parts by name, unpacked as they are read and never beyond a bound.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::WorkbookError;

/// Parts of one workbook: a few for each sheet, and pictures.
const MOST_PARTS: usize = 4096;
/// Bytes that one part may unpack to. It is read in passing, so this bounds time; the table that comes of it has its own.
const PART_BYTES: u64 = 256 << 20;

/// An opened zip.
pub(crate) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    /// Opens a zip; only its directory is read.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Package<'a>, WorkbookError> {
        // The archive's reader makes room for as many parts as a directory of 64-bit numbers says, before it looks for
        // them. No workbook of this size needs such a directory; that of 32-bit numbers says 65,535 at most.
        let has = |signature: &[u8; 4]| bytes.windows(4).any(|found| found == signature);
        if has(b"PK\x06\x07") && has(b"PK\x06\x06") {
            return Err(WorkbookError::TooLarge("its zip has a directory for sizes beyond 4 GiB"));
        }
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| WorkbookError::Broken { part: "zip", reason: error.to_string() })?;
        if zip.len() > MOST_PARTS {
            return Err(WorkbookError::TooLarge("its zip has more than 4,096 parts"));
        }
        Ok(Package { zip })
    }

    /// Whether there is such a part.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The part's number; some writers differ in case and in the direction of slashes.
    fn find(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('/');
        self.zip.index_for_name(name).or_else(|| {
            (0..self.zip.len()).find(|index| {
                self.zip
                    .name_for_index(*index)
                    .and_then(Result::ok)
                    .is_some_and(|found| found.replace('\\', "/").eq_ignore_ascii_case(name))
            })
        })
    }

    /// Reads a part from its beginning; `what` is what a person calls it.
    pub(crate) fn part(&mut self, name: &str, what: &'static str) -> Result<impl Read, WorkbookError> {
        let broken = |reason: String| WorkbookError::Broken { part: what, reason };
        let index = self.find(name).ok_or_else(|| broken("it is not there".to_owned()))?;
        let part = self.zip.by_index(index).map_err(|error| broken(error.to_string()))?;
        if part.size() > PART_BYTES {
            return Err(WorkbookError::TooLarge("a part of it unpacks to more than 256 MiB"));
        }
        // What the directory says need not be so.
        Ok(part.take(PART_BYTES))
    }
}
