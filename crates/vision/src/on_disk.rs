//! One plane of a file on disk. Samples that lie in the file as the machine keeps them are read straight to where they
//! belong, by several threads: an uncompressed plane is then copied once, and its memory is touched once.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};

use crate::{DecodeError, Format, ImageFile, Limits, Plane, SampleType, Samples, threads, tiff};

/// Bytes that a thread reads at a time.
const BAND: usize = 1 << 20;

/// Decodes plane `plane` (from 0) of an open file, with at most so many threads. The file is read from its beginning,
/// wherever it stands.
///
/// # Errors
/// [`DecodeError`]; [`DecodeError::Unreadable`] where the file cannot be read, [`DecodeError::TooLarge`] where it has more
/// bytes than `most_bytes`.
pub fn decode_file(
    file: &mut File,
    most_bytes: u64,
    plane: usize,
    limits: &Limits,
    threads: usize,
) -> Result<Plane, DecodeError> {
    let length = file.metadata().map_err(|error| unreadable(&error))?.len();
    if length > most_bytes {
        return Err(DecodeError::TooLarge { what: "its size in bytes", asked: length, allowed: most_bytes });
    }
    if let Some(decoded) = plain(file, length, plane, limits, threads)? {
        return Ok(decoded);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.take(most_bytes).read_to_end(&mut bytes))
        .map_err(|e| unreadable(&e))?;
    ImageFile::open(&bytes, limits)?.decode(plane, threads)
}

/// A plane that needs no unpacking; `None` for all others, and for what is no TIFF.
fn plain(
    file: &mut File,
    length: u64,
    plane: usize,
    limits: &Limits,
    threads: usize,
) -> Result<Option<Plane>, DecodeError> {
    let mut first = [0_u8; 8];
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read(&mut first)).map_err(|error| unreadable(&error))?;
    if !matches!(Format::of(first.get(..read).unwrap_or_default()), Ok(Format::Tiff)) {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
    let pages = tiff::pages(BufReader::with_capacity(1 << 16, &mut *file), length, limits)?;
    let Some((page, at)) = pages.get(plane).and_then(|page| Some((page, page.plain()?))) else { return Ok(None) };
    let head = page.head();
    let bytes = limits.plane(head.width, head.height, head.channels, head.sample_type.bytes())?;
    page.check_room(length, bytes as u64)?;
    let mut samples = match head.sample_type {
        SampleType::U8 => Samples::U8(vec![0; bytes]),
        SampleType::U16 => Samples::U16(vec![0; bytes / 2]),
        _ => return Ok(None),
    };
    let room: &mut [u8] = match &mut samples {
        Samples::U8(all) => all,
        Samples::U16(all) => bytemuck::cast_slice_mut(all),
        _ => return Ok(None),
    };
    let source = &*file;
    threads::each(threads::useful(threads, bytes), room.chunks_mut(BAND), |number, band, (): &mut ()| {
        read_at(source, band, at + (number * BAND) as u64)
    })
    .map_err(|error| unreadable(&error))?;
    Ok(Some(Plane { width: head.width, height: head.height, channels: head.channels, bits: head.bits, samples }))
}

#[cfg(unix)]
fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, room, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut room: &mut [u8], mut at: u64) -> io::Result<()> {
    while !room.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, room, at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        at += read as u64;
        room = room.split_at_mut(read).1;
    }
    Ok(())
}

fn unreadable(error: &io::Error) -> DecodeError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => DecodeError::truncated("it became shorter while it was read"),
        _ => DecodeError::Unreadable { reason: error.to_string() },
    }
}
