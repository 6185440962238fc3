//! The bytes of one strip or tile, unpacked into room that was made before: never more is written.

use std::borrow::Cow;

use crate::DecodeError;

use super::page::{Compression, Page};

/// What a thread keeps from chunk to chunk.
#[derive(Default)]
pub(super) struct Scratch {
    bytes: Vec<u8>,
    inflater: Option<libdeflater::Decompressor>,
}

/// The unpacked bytes of chunk `at`: at least `wanted`, which are the rows that are looked at. A chunk may hold up to
/// `whole` bytes, as the last strip of some writers does.
pub(super) fn chunk<'a>(
    file: &'a [u8],
    page: &Page,
    at: usize,
    wanted: usize,
    whole: usize,
    scratch: &'a mut Scratch,
) -> Result<&'a [u8], DecodeError> {
    let damaged = |what: String| DecodeError::damaged(format!("strip or tile {at}: {what}"));
    let stored = page
        .places
        .get(at)
        .and_then(|&(offset, length)| {
            let (start, length) = (usize::try_from(offset).ok()?, usize::try_from(length).ok()?);
            file.get(start..start.checked_add(length)?)
        })
        .ok_or_else(|| DecodeError::truncated(format!("strip or tile {at} lies outside the file")))?;
    let stored: Cow<'a, [u8]> = if page.bits_reversed {
        Cow::Owned(stored.iter().map(|byte| byte.reverse_bits()).collect())
    } else {
        Cow::Borrowed(stored)
    };
    let Scratch { bytes, inflater } = scratch;
    let unpacked: &[u8] = match page.compression {
        Compression::None => match stored {
            Cow::Borrowed(stored) => stored,
            Cow::Owned(reversed) => {
                *bytes = reversed;
                bytes
            }
        },
        Compression::Jpeg => return Err(DecodeError::unsupported("a strip of JPEG by itself")),
        Compression::PackBits => {
            bytes.clear();
            unpack_bits(&stored, bytes, wanted);
            bytes
        }
        Compression::Lzw => {
            bytes.resize(wanted, 0);
            if stored.first_chunk() == Some(&[0, 1]) {
                return Err(DecodeError::unsupported("TIFF with LZW of before 1988"));
            }
            let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
            let written = lzw(&mut decoder, &stored, bytes).map_err(damaged)?;
            bytes.get(..written).unwrap_or_default()
        }
        Compression::Deflate => {
            bytes.resize(wanted, 0);
            let inflater = inflater.get_or_insert_with(libdeflater::Decompressor::new);
            let written = match inflater.zlib_decompress(&stored, bytes) {
                Err(libdeflater::DecompressionError::InsufficientSpace) if whole > wanted => {
                    bytes.resize(whole, 0);
                    inflater.zlib_decompress(&stored, bytes)
                }
                other => other,
            };
            let written = written.map_err(|error| match error {
                libdeflater::DecompressionError::BadData => damaged("its Deflate stream is damaged".to_owned()),
                libdeflater::DecompressionError::InsufficientSpace => {
                    damaged("it inflates to more than its pixels".to_owned())
                }
            })?;
            bytes.get(..written).unwrap_or_default()
        }
    };
    if unpacked.len() < wanted {
        let found = unpacked.len();
        return Err(DecodeError::truncated(format!("strip or tile {at} holds {found} bytes of {wanted}")));
    }
    Ok(unpacked)
}

/// Decodes until the room is full or the stream ends.
fn lzw(decoder: &mut weezl::decode::Decoder, stored: &[u8], room: &mut [u8]) -> Result<usize, String> {
    let (mut read, mut written) = (0, 0);
    while written < room.len() {
        let (from, to) = (stored.get(read..).unwrap_or_default(), room.get_mut(written..).unwrap_or_default());
        let step = decoder.decode_bytes(from, to);
        read += step.consumed_in;
        written += step.consumed_out;
        match step.status {
            Ok(weezl::LzwStatus::Ok) => {}
            Ok(weezl::LzwStatus::Done | weezl::LzwStatus::NoProgress) => break,
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(written)
}

/// PackBits as Apple's note says: a count and bytes, or a count and one byte to repeat. Stops at `most` bytes.
fn unpack_bits(stored: &[u8], out: &mut Vec<u8>, most: usize) {
    let mut rest = stored;
    while out.len() < most {
        let Some((&count, after)) = rest.split_first() else { return };
        match count.cast_signed() {
            count @ 0.. => {
                let some = after.get(..usize::from(count.cast_unsigned()) + 1).unwrap_or(after);
                out.extend_from_slice(some);
                rest = after.get(some.len()..).unwrap_or_default();
            }
            // A byte that does nothing.
            -128 => rest = after,
            count => {
                let Some((&byte, after)) = after.split_first() else { return };
                out.resize(out.len() + usize::from(count.unsigned_abs()) + 1, byte);
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packbits_reads_apples_own_example() {
        let stored = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let mut out = Vec::new();
        unpack_bits(&stored, &mut out, 24);
        let mut wanted = vec![0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22];
        wanted.extend([0xaa; 10]);
        assert_eq!(out, wanted);
        for cut in 0..stored.len() {
            out.clear();
            unpack_bits(&stored[..cut], &mut out, 24);
            assert!(wanted.starts_with(&out), "cut at {cut}");
        }
    }
}
