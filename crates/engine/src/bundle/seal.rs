//! The seal: a bundle's last bytes are the SHA-256 of all bytes before them, so that no byte can change unseen.
//!
//! It stands in the archive's comment, which has a fixed length: so the end record is at a fixed place, and how many entries
//! there are and how much room their directory takes is known before anything else reads the file.

use std::io::{self, Read, Seek, SeekFrom, Write};

use sha2::{Digest as _, Sha256};

use super::{BundleProgress, BundleStep, Tell};

/// The comment up to the digest.
const PREFIX: &[u8] = b"plateside bundle 1 sha256 ";
/// Digits of the digest.
const DIGITS: usize = 64;
/// Bytes of the whole comment.
const COMMENT: usize = PREFIX.len() + DIGITS;
/// Bytes of the end record before the comment.
const END: usize = 22;
/// Bytes of the Zip64 end record and of the locator after it.
const END_64: usize = 56;
const LOCATOR_64: usize = 20;

/// What the end of the archive says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// How many entries.
    pub(super) entries: u64,
    /// Where the directory begins.
    pub(super) directory_at: u64,
    /// Its bytes.
    pub(super) directory_bytes: u64,
}

/// The comment of an archive that is not sealed yet.
pub(super) fn unsealed() -> Box<[u8]> {
    [PREFIX, &[b'0'; DIGITS]].concat().into()
}

/// Seals a finished archive.
pub(super) fn seal(file: &mut (impl Read + Write + Seek), tell: &mut Tell<'_>) -> io::Result<()> {
    let digest = digest(file, tell)?;
    file.seek(SeekFrom::End(-(DIGITS as i64)))?;
    file.write_all(hex::encode(digest).as_bytes())?;
    file.flush()
}

/// Whether the seal is that of the bytes before it.
pub(super) fn is_whole(file: &mut (impl Read + Seek), tell: &mut Tell<'_>) -> io::Result<bool> {
    let digest = digest(file, tell)?;
    let mut said = [0; DIGITS];
    file.read_exact(&mut said)?;
    Ok(hex::encode(digest).as_bytes() == said)
}

/// The digest of all bytes before the seal; the file stands at the seal afterwards.
fn digest(file: &mut (impl Read + Seek), tell: &mut Tell<'_>) -> io::Result<[u8; 32]> {
    let total = file.seek(SeekFrom::End(0))?.saturating_sub(DIGITS as u64);
    file.seek(SeekFrom::Start(0))?;
    let (mut hasher, mut buffer, mut done) = (Sha256::new(), vec![0; 1 << 16], 0);
    while done < total {
        let most = usize::try_from(total - done).unwrap_or(buffer.len()).min(buffer.len());
        let read = file.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hasher.update(&buffer[..read]);
        done += read as u64;
        if tell(BundleProgress { step: BundleStep::Sealing, done, total }).is_break() {
            return Err(io::Error::other("broken off"));
        }
    }
    Ok(hasher.finalize().into())
}

/// Reads the end record of a sealed archive; why not, where the file does not end as a bundle does.
pub(super) fn read_end(file: &mut (impl Read + Seek)) -> io::Result<Result<End, &'static str>> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(end_at) = length.checked_sub((END + COMMENT) as u64) else { return Ok(Err("it is too short")) };
    let record = bytes_at::<{ END + COMMENT }>(file, end_at)?;
    if record[END..END + PREFIX.len()] != *PREFIX {
        return Ok(Err("it does not end with a bundle's seal"));
    }
    let disks = [number(&record, 4, 2), number(&record, 6, 2)];
    if record[..4] != *b"PK\x05\x06" || number(&record, 20, 2) != COMMENT as u64 || disks != [0, 0] {
        return Ok(Err("its end record is not a bundle's"));
    }
    let (here, entries) = (number(&record, 8, 2), number(&record, 10, 2));
    let (directory_bytes, directory_at) = (number(&record, 12, 4), number(&record, 16, 4));
    if here != entries {
        return Ok(Err("its end record counts entries in two ways"));
    }
    let is_64 = entries == 0xffff || directory_bytes == 0xffff_ffff || directory_at == 0xffff_ffff;
    let (end, directory_ends) = if is_64 {
        let Some(at) = end_at.checked_sub((END_64 + LOCATOR_64) as u64) else { return Ok(Err("it is too short")) };
        let record = bytes_at::<{ END_64 + LOCATOR_64 }>(file, at)?;
        let is_ours = record[..4] == *b"PK\x06\x06"
            && number(&record, 4, 8) == END_64 as u64 - 12
            && number(&record, 24, 8) == number(&record, 32, 8)
            && record[END_64..END_64 + 4] == *b"PK\x06\x07"
            && number(&record, END_64 + 8, 8) == at;
        if !is_ours {
            return Ok(Err("its Zip64 end record is not a bundle's"));
        }
        let end = End {
            entries: number(&record, 32, 8),
            directory_bytes: number(&record, 40, 8),
            directory_at: number(&record, 48, 8),
        };
        (end, at)
    } else {
        (End { entries, directory_at, directory_bytes }, end_at)
    };
    if end.directory_at.checked_add(end.directory_bytes) != Some(directory_ends) {
        return Ok(Err("its directory does not reach to its end record"));
    }
    Ok(Ok(end))
}

fn bytes_at<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A little-endian number of so many bytes.
fn number(record: &[u8], at: usize, bytes: usize) -> u64 {
    record[at..at + bytes].iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
