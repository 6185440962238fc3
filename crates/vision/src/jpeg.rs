//! JPEG: grey or colour, 8 bits; lossy, so that two decoders differ by a level or two.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::{ColorType, ImageDecoder as _};

use crate::file::Head;
use crate::{DecodeError, Limits, Plane, SampleType, Samples};

/// Reads what stands before the pixels.
pub(crate) fn head(bytes: &[u8], limits: &Limits) -> Result<Head, DecodeError> {
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| from_image(&error))?;
    let (width, height) = decoder.dimensions();
    let channels = match decoder.color_type() {
        ColorType::L8 => 1,
        ColorType::Rgb8 => 3,
        other => return Err(DecodeError::unsupported(format!("JPEG with samples {other:?}"))),
    };
    limits.plane(width, height, channels, 1)?;
    Ok(Head { width, height, channels, sample_type: SampleType::U8, bits: 8 })
}

pub(crate) fn decode(bytes: &[u8], head: &Head, limits: &Limits) -> Result<Plane, DecodeError> {
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| from_image(&error))?;
    let mut samples = vec![0; limits.plane(head.width, head.height, head.channels, 1)?];
    if decoder.total_bytes() != samples.len() as u64 {
        return Err(DecodeError::damaged("its size changed between two readings"));
    }
    decoder.read_image(&mut samples).map_err(|error| from_image(&error))?;
    let Head { width, height, channels, .. } = *head;
    Ok(Plane { width, height, channels, bits: 8, samples: Samples::U8(samples) })
}

fn from_image(error: &image::ImageError) -> DecodeError {
    match error {
        image::ImageError::Unsupported(error) => DecodeError::unsupported(error.to_string()),
        other => DecodeError::damaged(other.to_string()),
    }
}
