//! Strips and tiles put where they belong, a band of rows a thread.

use crate::DecodeError;
use crate::samples::Sample;
use crate::{packed, threads};

use super::inflate::{self, Scratch};
use super::page::{Compression, Page, Predictor};

/// Rows of a shared strip that a thread takes at a time.
const SHARED_ROWS: usize = 128;

/// What a thread keeps from band to band.
struct Desk<S> {
    scratch: Scratch,
    /// One row of a chunk.
    row: Vec<S>,
    /// One row of bytes, for the floating point predictor.
    bytes: Vec<u8>,
}

impl<S> Default for Desk<S> {
    fn default() -> Desk<S> {
        Desk { scratch: Scratch::default(), row: Vec::new(), bytes: Vec::new() }
    }
}

/// The samples of a page, channels interleaved.
pub(super) fn samples<S: Sample>(file: &[u8], page: &Page, threads: usize) -> Result<Vec<S>, DecodeError> {
    let head = page.head();
    let row = head.width as usize * usize::from(head.channels);
    let mut out = vec![S::default(); page.samples()];
    // One strip for the whole page that only has to be copied is shared between threads; what must be unpacked first cannot be.
    let is_shared = page.compression == Compression::None && page.places.len() == 1 && !page.bits_reversed;
    let rows_a_band = if is_shared { SHARED_ROWS.min(page.chunk.1) } else { page.chunk.1 };
    threads::each(threads, out.chunks_mut(row * rows_a_band), |number, rows, desk: &mut Desk<S>| {
        let first = number * rows_a_band;
        fill(file, page, Band { chunk: first / page.chunk.1, skip: first % page.chunk.1 }, rows, desk)
    })?;
    Ok(out)
}

/// Which rows of the page.
#[derive(Clone, Copy)]
struct Band {
    /// The row of strips or tiles.
    chunk: usize,
    /// Rows of it that stand before the band.
    skip: usize,
}

/// Fills a band of rows from the chunks that lie side by side in it.
fn fill<S: Sample>(file: &[u8], page: &Page, band: Band, out: &mut [S], desk: &mut Desk<S>) -> Result<(), DecodeError> {
    let head = page.head();
    let (width, channels) = (head.width as usize, usize::from(head.channels));
    let (chunk_width, chunk_height) = page.chunk;
    let (across, down) = (width.div_ceil(chunk_width), (head.height as usize).div_ceil(chunk_height));
    let rows = out.len() / (width * channels);
    let (row_bytes, inside) = (page.chunk_row_bytes(), page.chunk_channels());
    let separate = if page.planar { channels } else { 1 };
    for channel in 0..separate {
        for column in 0..across {
            let at = channel * across * down + band.chunk * across + column;
            let Desk { scratch, row, bytes } = desk;
            let unpacked =
                inflate::chunk(file, page, at, row_bytes * (band.skip + rows), row_bytes * chunk_height, scratch)?;
            let left = column * chunk_width;
            let wide = chunk_width.min(width - left);
            for (stored, line) in
                unpacked.chunks_exact(row_bytes).skip(band.skip).zip(out.chunks_exact_mut(width * channels))
            {
                if page.planar {
                    row.resize(wide, S::default());
                    unpack(page, stored, row, bytes, 1);
                    let pixels = line.iter_mut().skip(left * channels + channel).step_by(channels);
                    pixels.zip(&*row).for_each(|(pixel, sample)| *pixel = *sample);
                } else if let Some(place) = line.get_mut(left * inside..(left + wide) * inside) {
                    unpack(page, stored, place, bytes, inside);
                }
            }
        }
    }
    Ok(())
}

/// The samples at the beginning of one stored row.
fn unpack<S: Sample>(page: &Page, stored: &[u8], out: &mut [S], bytes: &mut Vec<u8>, channels: usize) {
    let bits = page.head().bits;
    if page.predictor == Predictor::FloatingPoint {
        floats(stored, out, bytes, channels);
        return;
    }
    if usize::from(bits) == S::BYTES * 8 {
        if page.big_endian {
            S::fill_be(out, stored);
        } else {
            S::fill_le(out, stored);
        }
    } else {
        packed::widen(stored, bits, out);
    }
    if page.predictor == Predictor::Difference {
        add_up(out, channels, packed::mask(bits));
    }
}

/// Undoes differences of neighbours of one channel. One channel has a loop of its own: its last sum stays at hand.
fn add_up<S: Sample>(row: &mut [S], channels: usize, mask: u64) {
    if channels == 1 {
        let mut sum = S::default();
        for sample in row {
            sum = sum.plus(*sample, mask);
            *sample = sum;
        }
        return;
    }
    for at in channels..row.len() {
        if let Some(before) = row.get(at - channels).copied()
            && let Some(sample) = row.get_mut(at)
        {
            *sample = sample.plus(before, mask);
        }
    }
}

/// Adobe's technical note 3: bytes of equal weight lie together, most significant first, as differences.
fn floats<S: Sample>(stored: &[u8], out: &mut [S], bytes: &mut Vec<u8>, channels: usize) {
    bytes.clear();
    bytes.extend_from_slice(stored);
    add_up(bytes, channels, 0xff);
    let wide = bytes.len() / S::BYTES;
    let mut one = [0_u8; 8];
    for (at, sample) in out.iter_mut().enumerate() {
        for (weight, byte) in one.iter_mut().take(S::BYTES).enumerate() {
            *byte = bytes.get(weight * wide + at).copied().unwrap_or(0);
        }
        *sample = S::from_be(one.get(..S::BYTES).unwrap_or_default());
    }
}
