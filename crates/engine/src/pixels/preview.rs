//! Previews: made of an image's page for a bundle, and read back out of one that a stranger may have made.

use session::{PREVIEW_BYTES, PREVIEW_SIDE, Preview};
use sha2::{Digest as _, Sha256};
use vision::{Format, Grey, ImageFile, Limits, SampleType};

use super::decoded::Page;

/// Threads of one decoding.
const THREADS: usize = 2;

/// What a preview's file may ask for.
const LIMITS: Limits =
    Limits { side: PREVIEW_SIDE, plane_bytes: PREVIEW_SIDE as u64 * PREVIEW_SIDE as u64 * 2, planes: 1, channels: 1 };

/// Makes the preview of a page of an image file whose digest is `body`, and its file; `None` where the page cannot be decoded.
pub(crate) fn made(file: &[u8], body: [u8; 32], page: u16) -> Option<(Preview, Vec<u8>)> {
    let Page { format, sample, bits, grey } = Page::of(file, page, THREADS).ok()?;
    let (width, height, span) = (grey.width, grey.height, grey.span);
    let small = (0..Preview::level_of(width, height)).fold(grey, |grey, _| grey.smaller(2));
    let png = small.to_png().filter(|png| png.len() as u64 <= PREVIEW_BYTES)?;
    let (sha256, bytes) = (Sha256::digest(&png).into(), png.len() as u64);
    let (format, sample) = (format.into(), sample.into());
    Some((Preview { body, page, sha256, bytes, width, height, format, sample, bits, span }, png))
}

/// The names of the original's format and type of sample; why not, where a row says others than there are.
pub(crate) fn names(preview: &Preview) -> Result<(&'static str, &'static str), String> {
    let format = Format::ALL.into_iter().map(Format::name).find(|name| **name == *preview.format);
    let sample = SampleType::ALL.into_iter().map(SampleType::name).find(|name| **name == *preview.sample);
    format.zip(sample).ok_or_else(|| "is of an image that no decoder here knows".to_owned())
}

/// Refuses a file that is not a preview as its row says, by what stands before its pixels; why.
pub(crate) fn refuse_head<'a>(preview: &Preview, file: &'a [u8]) -> Result<ImageFile<'a>, String> {
    if file.len() as u64 > PREVIEW_BYTES || !matches!(Format::of(file), Ok(Format::Png)) {
        return Err("is no PNG of a preview's length".to_owned());
    }
    let opened = ImageFile::open(file, &LIMITS).map_err(|error| format!("cannot be read: {error}"))?;
    let head = opened.head(0).map_err(|error| format!("cannot be read: {error}"))?;
    let (width, height) = preview.size();
    if (head.width, head.height, head.channels, head.sample_type) != (width, height, 1, SampleType::U16) {
        return Err(format!("is no picture of {width} x {height} pixels of 16 bits grey"));
    }
    Ok(opened)
}

/// Its intensities; why not, where it has none.
pub(crate) fn decoded(preview: &Preview, file: &[u8]) -> Result<Grey, String> {
    let plane = refuse_head(preview, file)?.decode(0, 1).map_err(|error| format!("cannot be read: {error}"))?;
    let grey = plane.into_grey(0).ok_or_else(|| "has no pixels".to_owned())?;
    Ok(Grey { span: preview.span, ..grey })
}

/// What is said of a plane of which only a preview is there, as a sentence.
pub(crate) fn says((width, height): (u32, u32)) -> String {
    format!("A preview of {width} x {height} pixels: this bundle was made with previews.")
}
