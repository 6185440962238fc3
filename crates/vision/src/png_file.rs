//! PNG: samples as stored, 1 to 16 bits; of an animation the first frame.

use std::io::Cursor;

use crate::file::Head;
use crate::samples::Sample;
use crate::{DecodeError, Grey, Limits, Plane, SampleType, Samples, packed};

/// Deflate makes at most so many bytes of one.
const INFLATES_TO: u64 = 1032;

/// Reads what stands before the pixels.
pub(crate) fn head(bytes: &[u8], limits: &Limits) -> Result<Head, DecodeError> {
    // The size stands at a fixed place: it is judged before the decoder makes room for a row.
    let number = |at: usize| bytes.get(at..at + 4).map(<u32 as Sample>::from_be);
    let (Some(width), Some(height)) = (number(16), number(20)) else {
        return Err(DecodeError::truncated("its header is not whole"));
    };
    limits.plane(width, height, 1, 1)?;
    let reader = reader(bytes, limits)?;
    let info = reader.info();
    let bits = info.bit_depth as u8;
    let sample_type = if bits == 16 { SampleType::U16 } else { SampleType::U8 };
    let channels = u16::try_from(info.color_type.samples()).unwrap_or(u16::MAX);
    let head = Head { width: info.width, height: info.height, channels, sample_type, bits };
    limits.plane(head.width, head.height, channels, sample_type.bytes())?;
    let stored = reader.output_buffer_size().unwrap_or(usize::MAX) as u64;
    if stored > (bytes.len() as u64).saturating_mul(INFLATES_TO) {
        return Err(DecodeError::truncated(format!("{} bytes cannot hold {width} x {height} pixels", bytes.len())));
    }
    Ok(head)
}

pub(crate) fn decode(bytes: &[u8], head: &Head, limits: &Limits) -> Result<Plane, DecodeError> {
    let mut reader = reader(bytes, limits)?;
    let stored = reader.output_buffer_size().ok_or_else(|| DecodeError::damaged("its size overflows"))?;
    let mut buffer = vec![0; stored];
    reader.next_frame(&mut buffer).map_err(|error| from_png(&error))?;
    let row = head.width as usize * usize::from(head.channels);
    let samples = match head.bits {
        8 => Samples::U8(buffer),
        16 => Samples::U16(buffer.chunks_exact(2).map(<u16 as Sample>::from_be).collect()),
        bits => {
            let mut wide = vec![0_u8; row * head.height as usize];
            for (out, packed) in wide.chunks_mut(row).zip(buffer.chunks(packed::row_bytes(row, bits))) {
                packed::widen(packed, bits, out);
            }
            Samples::U8(wide)
        }
    };
    Ok(Plane { width: head.width, height: head.height, channels: head.channels, bits: head.bits, samples })
}

/// Intensities as 16 bits grey; `None` where there are none, or not as many as pixels.
pub(crate) fn encode(grey: &Grey) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, grey.width, grey.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let samples: Vec<u8> = grey.values.iter().flat_map(|value| value.to_be_bytes()).collect();
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&samples).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

fn reader<'a>(bytes: &'a [u8], limits: &Limits) -> Result<png::Reader<Cursor<&'a [u8]>>, DecodeError> {
    let bytes_limit = usize::try_from(limits.plane_bytes).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: bytes_limit });
    decoder.set_transformations(png::Transformations::IDENTITY);
    // Texts, profiles and dates are not looked at; they would be unpacked for nothing.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.read_info().map_err(|error| from_png(&error))
}

fn from_png(error: &png::DecodingError) -> DecodeError {
    match error {
        png::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::truncated("its data end within the pixels")
        }
        other => DecodeError::damaged(other.to_string()),
    }
}
