//! One page of a TIFF: its geometry, where its strips or tiles lie, and whether all of that can be true.

use std::io::{Cursor, Read, Seek};

use ::tiff::decoder::{Decoder, DecodingResult};
use ::tiff::tags::{ByteOrder, Tag};
use ::tiff::{TiffError, TiffFormatError};

use crate::file::Head;
use crate::{DecodeError, Limits, SampleType, Samples, packed};

/// How a strip or tile is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
    Jpeg,
}

/// What was done to samples before they were compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predictor {
    None,
    Difference,
    FloatingPoint,
}

/// A page that can be decoded.
#[derive(Debug)]
pub(crate) struct Page {
    number: usize,
    head: Head,
    pub(super) compression: Compression,
    pub(super) predictor: Predictor,
    /// Channels lie in strips or tiles of their own.
    pub(super) planar: bool,
    pub(super) big_endian: bool,
    /// The first pixel of a byte lies in its lowest bit.
    pub(super) bits_reversed: bool,
    /// Width and height of a strip or tile, in pixels.
    pub(super) chunk: (usize, usize),
    /// Offset and length in the file of each strip or tile.
    pub(super) places: Vec<(u64, u64)>,
}

/// Photometric interpretation: luma and two chroma, which may have fewer pixels.
const YCBCR: u64 = 6;
/// Photometric interpretations from here on are logarithms or camera raw: not what the pixels show.
const LOG_L: u64 = 32_844;

/// Reads all pages of a file.
pub(crate) fn pages<R: Read + Seek>(file: R, file_bytes: u64, limits: &Limits) -> Result<Vec<Page>, DecodeError> {
    let mut decoder = Decoder::new(file).map_err(|error| from_tiff(&error))?;
    let mut pages = Vec::new();
    loop {
        pages.push(page(&mut decoder, pages.len(), file_bytes, limits)?);
        if !decoder.more_images() {
            return Ok(pages);
        }
        if pages.len() >= limits.planes {
            let (asked, allowed) = (pages.len() as u64 + 1, limits.planes as u64);
            return Err(DecodeError::TooLarge { what: "the number of its pages", asked, allowed });
        }
        decoder.next_image().map_err(|error| from_tiff(&error))?;
    }
}

fn page<R: Read + Seek>(
    decoder: &mut Decoder<R>,
    number: usize,
    file_bytes: u64,
    limits: &Limits,
) -> Result<Page, DecodeError> {
    let big_endian = decoder.byte_order() == ByteOrder::BigEndian;
    let one = |decoder: &mut Decoder<R>, tag: Tag, default: u64| {
        decoder.find_tag_unsigned::<u64>(tag).map(|value| value.unwrap_or(default)).map_err(|error| from_tiff(&error))
    };
    let many = |decoder: &mut Decoder<R>, tag: Tag| {
        decoder.find_tag_unsigned_vec::<u64>(tag).map_err(|error| from_tiff(&error))
    };
    let (width, height) = (one(decoder, Tag::ImageWidth, 0)?, one(decoder, Tag::ImageLength, 0)?);
    let side = |value: u64, what| {
        u32::try_from(value).map_err(|_| DecodeError::TooLarge { what, asked: value, allowed: u64::from(limits.side) })
    };
    let (width, height) = (side(width, "the width")?, side(height, "the height")?);
    let channels = one(decoder, Tag::SamplesPerPixel, 1)?;
    let channels = u16::try_from(channels).map_err(|_| DecodeError::TooLarge {
        what: "the number of samples a pixel",
        asked: channels,
        allowed: u64::from(limits.channels),
    })?;
    let bits = same(&many(decoder, Tag::BitsPerSample)?.unwrap_or_else(|| vec![1]), "bits a sample")?;
    let kind = same(&many(decoder, Tag::SampleFormat)?.unwrap_or_else(|| vec![1]), "kinds of samples")?;
    let (sample_type, bits) = sample_type(bits, kind)?;
    limits.plane(width, height, channels, sample_type.bytes())?;
    let head = Head { width, height, channels, sample_type, bits };
    let compression = compression(one(decoder, Tag::Compression, 1)?)?;
    refuse_colour_that_is_not_stored(one(decoder, Tag::PhotometricInterpretation, 1)?, compression, || {
        many(decoder, Tag::ChromaSubsampling)
    })?;
    let predictor = match one(decoder, Tag::Predictor, 1)? {
        1 => Predictor::None,
        2 => Predictor::Difference,
        3 if matches!(sample_type, SampleType::F16 | SampleType::F32 | SampleType::F64) => Predictor::FloatingPoint,
        other => return Err(DecodeError::unsupported(format!("TIFF predictor {other} of {}", sample_type.name()))),
    };
    let planar = match one(decoder, Tag::PlanarConfiguration, 1)? {
        1 => false,
        2 => channels > 1,
        other => return Err(DecodeError::damaged(format!("its planar configuration is {other}"))),
    };
    let tile_width = one(decoder, Tag::TileWidth, 0)?;
    let tiled = tile_width != 0;
    let (chunk_width, chunk_height, offsets, lengths) = if tiled {
        let tall = one(decoder, Tag::TileLength, 0)?;
        (tile_width, tall, many(decoder, Tag::TileOffsets)?, many(decoder, Tag::TileByteCounts)?)
    } else {
        let tall = one(decoder, Tag::RowsPerStrip, u64::from(u32::MAX))?.min(u64::from(height));
        (u64::from(width), tall, many(decoder, Tag::StripOffsets)?, many(decoder, Tag::StripByteCounts)?)
    };
    let allowed = u64::from(limits.side);
    if chunk_width == 0 || chunk_height == 0 {
        return Err(DecodeError::damaged("its strips or tiles have no pixels"));
    }
    for asked in [chunk_width, chunk_height] {
        if asked > allowed {
            return Err(DecodeError::TooLarge { what: "the side of a tile", asked, allowed });
        }
    }
    let (chunk_width, chunk_height) = (chunk_width as usize, chunk_height as usize);
    limits.plane(chunk_width as u32, chunk_height as u32, if planar { 1 } else { channels }, sample_type.bytes())?;
    let offsets = offsets.ok_or_else(|| DecodeError::damaged("it does not say where its pixels lie"))?;
    let across = (width as usize).div_ceil(chunk_width);
    let down = (height as usize).div_ceil(chunk_height);
    let wanted = across * down * if planar { usize::from(channels) } else { 1 };
    if offsets.len() < wanted {
        let found = offsets.len();
        return Err(DecodeError::damaged(format!("it names {found} strips or tiles, and its size wants {wanted}")));
    }
    let lengths = match lengths {
        Some(lengths) if lengths.len() >= wanted => lengths,
        Some(lengths) => {
            let found = lengths.len();
            return Err(DecodeError::damaged(format!("it names {found} lengths for {wanted} strips or tiles")));
        }
        // Old writers leave the length of the only strip away.
        None if wanted == 1 => offsets.iter().map(|offset| file_bytes.saturating_sub(*offset)).collect(),
        None => return Err(DecodeError::damaged("it does not say how long its strips or tiles are")),
    };
    Ok(Page {
        number,
        head,
        compression,
        predictor,
        planar,
        big_endian,
        bits_reversed: one(decoder, Tag::FillOrder, 1)? == 2,
        chunk: (chunk_width, chunk_height),
        places: offsets.into_iter().zip(lengths).take(wanted).collect(),
    })
}

/// The one value of a list whose values are all the same.
fn same(values: &[u64], what: &str) -> Result<u64, DecodeError> {
    match values {
        [first, rest @ ..] if rest.iter().all(|value| value == first) => Ok(*first),
        [] => Err(DecodeError::damaged(format!("it names no {what}"))),
        _ => Err(DecodeError::unsupported(format!("TIFF with different {what} in one pixel"))),
    }
}

fn sample_type(bits: u64, kind: u64) -> Result<(SampleType, u8), DecodeError> {
    let found = match (kind, bits) {
        (1 | 4, 1..=8) => SampleType::U8,
        (1 | 4, 9..=16) => SampleType::U16,
        (1 | 4, 17..=32) => SampleType::U32,
        (1 | 4, 64) => SampleType::U64,
        (2, 8) => SampleType::I8,
        (2, 16) => SampleType::I16,
        (2, 32) => SampleType::I32,
        (2, 64) => SampleType::I64,
        (3, 16) => SampleType::F16,
        (3, 32) => SampleType::F32,
        (3, 64) => SampleType::F64,
        _ => return Err(DecodeError::unsupported(format!("TIFF with samples of {bits} bits of kind {kind}"))),
    };
    Ok((found, u8::try_from(bits).unwrap_or(u8::MAX)))
}

fn compression(code: u64) -> Result<Compression, DecodeError> {
    Ok(match code {
        1 => Compression::None,
        5 => Compression::Lzw,
        7 => Compression::Jpeg,
        8 | 32_946 => Compression::Deflate,
        32_773 => Compression::PackBits,
        other => {
            let name = match other {
                2..=4 => " (fax)",
                6 => " (JPEG of old)",
                34_676 | 34_677 => " (SGILog)",
                34_712 => " (JPEG 2000)",
                50_000 => " (Zstandard)",
                _ => "",
            };
            return Err(DecodeError::unsupported(format!("TIFF compression {other}{name}")));
        }
    })
}

/// Chroma of half the size, and logarithms, would not be what the pixels show.
fn refuse_colour_that_is_not_stored(
    photometric: u64,
    compression: Compression,
    subsampling: impl FnOnce() -> Result<Option<Vec<u64>>, DecodeError>,
) -> Result<(), DecodeError> {
    if photometric >= LOG_L {
        return Err(DecodeError::unsupported(format!("TIFF colour {photometric} (logarithms or camera raw)")));
    }
    if photometric == YCBCR && compression != Compression::Jpeg && subsampling()? != Some(vec![1, 1]) {
        return Err(DecodeError::unsupported("TIFF with chroma of fewer pixels than luma"));
    }
    Ok(())
}

impl Page {
    /// What its plane will be.
    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Where all its samples lie one after the other as the machine itself keeps them: offset in the file.
    pub(crate) fn plain(&self) -> Option<u64> {
        let whole_rows = self.chunk.0 == self.head.width as usize;
        let full = usize::from(self.head.bits) == self.head.sample_type.bytes() * 8;
        let own_order = self.head.sample_type.bytes() == 1 || self.big_endian == cfg!(target_endian = "big");
        let untouched = self.compression == Compression::None && self.predictor == Predictor::None;
        let is_plain = whole_rows && full && own_order && untouched && !self.planar && !self.bits_reversed;
        let follows =
            |pair: &[(u64, u64)]| matches!(pair, [(at, long), (next, _)] if at.checked_add(*long) == Some(*next));
        let strip = self.chunk_row_bytes() as u64 * self.chunk.1 as u64;
        let mut all_but_last = self.places.iter().rev().skip(1);
        let joined = self.places.windows(2).all(follows) && all_but_last.all(|(_, long)| *long == strip);
        self.places.first().filter(|_| is_plain && joined).map(|(at, _)| *at)
    }

    /// Bytes of one unpacked row of a strip or tile.
    pub(super) fn chunk_row_bytes(&self) -> usize {
        packed::row_bytes(self.chunk.0 * self.chunk_channels(), self.head.bits)
    }

    /// Samples a pixel within a strip or tile.
    pub(super) fn chunk_channels(&self) -> usize {
        if self.planar { 1 } else { usize::from(self.head.channels) }
    }

    /// Refuses, before any room is made, data that lie outside the file or that cannot hold so many pixels.
    pub(crate) fn check_room(&self, file_bytes: u64, plane_bytes: u64) -> Result<(), DecodeError> {
        let mut stored = 0_u64;
        for (at, &(offset, length)) in self.places.iter().enumerate() {
            if offset.checked_add(length).is_none_or(|end| end > file_bytes) {
                return Err(DecodeError::truncated(format!(
                    "strip or tile {at} of page {} lies at bytes {offset} to {}, and the file has {file_bytes}",
                    self.number,
                    offset.saturating_add(length)
                )));
            }
            stored = stored.saturating_add(length);
        }
        // The most bytes that one can become.
        let most = match self.compression {
            Compression::None | Compression::Jpeg => 1,
            Compression::PackBits => 64,
            Compression::Deflate => 1032,
            Compression::Lzw => 2800,
        };
        // Samples of few bits are widened.
        let widened = (self.head.sample_type.bytes() as u64 * 8).div_ceil(u64::from(self.head.bits.max(1)));
        if stored.saturating_mul(most).saturating_mul(widened) < plane_bytes {
            return Err(DecodeError::truncated(format!(
                "{stored} bytes of page {} cannot hold {} x {} pixels",
                self.number, self.head.width, self.head.height
            )));
        }
        Ok(())
    }
}

/// Decodes a page that holds JPEG.
pub(super) fn jpeg(bytes: &[u8], page: &Page, limits: &Limits) -> Result<Samples, DecodeError> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(|error| from_tiff(&error))?;
    let mut own = ::tiff::decoder::Limits::default();
    own.decoding_buffer_size = usize::try_from(limits.plane_bytes).unwrap_or(usize::MAX);
    decoder = decoder.with_limits(own);
    decoder.seek_to_image(page.number).map_err(|error| from_tiff(&error))?;
    match decoder.read_image().map_err(|error| from_tiff(&error))? {
        DecodingResult::U8(samples) if samples.len() == page.samples() => Ok(Samples::U8(samples)),
        _ => Err(DecodeError::unsupported("TIFF with JPEG of other than 8 bits")),
    }
}

impl Page {
    /// How many samples its plane has.
    pub(super) fn samples(&self) -> usize {
        self.head.width as usize * self.head.height as usize * usize::from(self.head.channels)
    }
}

fn from_tiff(error: &TiffError) -> DecodeError {
    match error {
        TiffError::UnsupportedError(error) => DecodeError::unsupported(format!("TIFF: {error}")),
        TiffError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::truncated("its directory is not whole")
        }
        // The crate's own limit: more than 100,000 strips.
        TiffError::LimitsExceeded => DecodeError::damaged("its directory holds a list longer than 1 MiB"),
        TiffError::FormatError(TiffFormatError::CycleInOffsets) => {
            DecodeError::damaged("its directories point at each other in a ring")
        }
        other => DecodeError::damaged(other.to_string()),
    }
}
