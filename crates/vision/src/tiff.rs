//! TIFF: the `tiff` crate reads its directories and JPEG, the rest of its pixels are unpacked here.
//!
//! Why here: samples are wanted as stored (packed bits, palettes, white as zero), strips and tiles are unpacked by several
//! threads straight to where they belong, and an inflater that never writes past the room it was given is quicker as well.

mod assemble;
mod inflate;
mod page;

pub(crate) use page::{Page, pages};

use crate::{DecodeError, Limits, Plane, SampleType, Samples};
use page::Compression;

/// Decodes a page.
pub(crate) fn decode(bytes: &[u8], page: &Page, limits: &Limits, threads: usize) -> Result<Plane, DecodeError> {
    let head = page.head();
    let plane_bytes = limits.plane(head.width, head.height, head.channels, head.sample_type.bytes())?;
    let samples = if page.compression == Compression::Jpeg {
        page::jpeg(bytes, page, limits)?
    } else {
        page.check_room(bytes.len() as u64, plane_bytes as u64)?;
        let threads = crate::threads::useful(threads, plane_bytes);
        match head.sample_type {
            SampleType::U8 => Samples::U8(assemble::samples(bytes, page, threads)?),
            SampleType::U16 => Samples::U16(assemble::samples(bytes, page, threads)?),
            SampleType::U32 => Samples::U32(assemble::samples(bytes, page, threads)?),
            SampleType::U64 => Samples::U64(assemble::samples(bytes, page, threads)?),
            SampleType::I8 => Samples::I8(assemble::samples(bytes, page, threads)?),
            SampleType::I16 => Samples::I16(assemble::samples(bytes, page, threads)?),
            SampleType::I32 => Samples::I32(assemble::samples(bytes, page, threads)?),
            SampleType::I64 => Samples::I64(assemble::samples(bytes, page, threads)?),
            SampleType::F16 => Samples::F16(assemble::samples(bytes, page, threads)?),
            SampleType::F32 => Samples::F32(assemble::samples(bytes, page, threads)?),
            SampleType::F64 => Samples::F64(assemble::samples(bytes, page, threads)?),
        }
    };
    Ok(Plane { width: head.width, height: head.height, channels: head.channels, bits: head.bits, samples })
}
