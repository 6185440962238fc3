//! An image file: what it is by its first bytes, what planes it holds, and each of them decoded.

use std::io::Cursor;

use crate::{DecodeError, Limits, Plane, SampleType, jpeg, png_file, tiff};

/// Formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TIFF and BigTIFF.
    Tiff,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 3] = [Format::Tiff, Format::Png, Format::Jpeg];

    /// As `tiff`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Tiff => "tiff",
            Format::Png => "png",
            Format::Jpeg => "jpeg",
        }
    }

    /// By the first bytes; names and content types are not believed.
    ///
    /// # Errors
    /// [`DecodeError::UnknownFormat`].
    pub fn of(bytes: &[u8]) -> Result<Format, DecodeError> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Format::Png),
            [0xff, 0xd8, 0xff, ..] => Ok(Format::Jpeg),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Format::Tiff),
            _ => {
                let first: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                let first = if first.is_empty() { "none".to_owned() } else { first.join(" ") };
                Err(DecodeError::UnknownFormat { first })
            }
        }
    }
}

/// What a plane will be, known before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Samples a pixel.
    pub channels: u16,
    /// What a sample is.
    pub sample_type: SampleType,
    /// Bits of a sample that are used.
    pub bits: u8,
}

/// An opened file: its structure is read and checked against the limits, its pixels are not decoded yet.
#[derive(Debug)]
pub struct ImageFile<'a> {
    bytes: &'a [u8],
    limits: Limits,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    Tiff(Vec<tiff::Page>),
    Png(Head),
    Jpeg(Head),
}

impl ImageFile<'_> {
    /// Opens a file that lies in memory.
    ///
    /// # Errors
    /// [`DecodeError`]: it is no image, it is not read here, it is damaged, or it asks for more than `limits` allow.
    pub fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<ImageFile<'a>, DecodeError> {
        let inner = match Format::of(bytes)? {
            Format::Tiff => Inner::Tiff(tiff::pages(Cursor::new(bytes), bytes.len() as u64, limits)?),
            Format::Png => Inner::Png(png_file::head(bytes, limits)?),
            Format::Jpeg => Inner::Jpeg(jpeg::head(bytes, limits)?),
        };
        Ok(ImageFile { bytes, limits: *limits, inner })
    }

    /// What it is.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.inner {
            Inner::Tiff(_) => Format::Tiff,
            Inner::Png(_) => Format::Png,
            Inner::Jpeg(_) => Format::Jpeg,
        }
    }

    /// How many planes it holds: pages of a TIFF, else 1.
    #[must_use]
    pub fn planes(&self) -> usize {
        match &self.inner {
            Inner::Tiff(pages) => pages.len(),
            Inner::Png(_) | Inner::Jpeg(_) => 1,
        }
    }

    /// What a plane will be, counted from 0.
    ///
    /// # Errors
    /// [`DecodeError::NoSuchPlane`].
    pub fn head(&self, plane: usize) -> Result<Head, DecodeError> {
        let known = match &self.inner {
            Inner::Tiff(pages) => pages.get(plane).map(tiff::Page::head),
            Inner::Png(head) | Inner::Jpeg(head) => (plane == 0).then_some(*head),
        };
        known.ok_or(DecodeError::NoSuchPlane { asked: plane, planes: self.planes() })
    }

    /// Decodes one plane, counted from 0, with at most so many threads.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(&self, plane: usize, threads: usize) -> Result<Plane, DecodeError> {
        let head = self.head(plane)?;
        match &self.inner {
            Inner::Tiff(pages) => {
                let page = pages.get(plane).ok_or(DecodeError::NoSuchPlane { asked: plane, planes: pages.len() })?;
                tiff::decode(self.bytes, page, &self.limits, threads)
            }
            Inner::Png(_) => png_file::decode(self.bytes, &head, &self.limits),
            Inner::Jpeg(_) => jpeg::decode(self.bytes, &head, &self.limits),
        }
    }
}
