//! Planes to image messages: the headers beside a file, or the JSON that says where it lies.

use plate::{ImageRecord, Pixels, Well};
use serde::Serialize;

use crate::encode::{EncodeError, Shown, run, time};
use crate::envelope::{Headers, Kind};
use crate::schema::expected;

/// The headers of an image message whose value is the file, or a piece of it. `planes` are the file's, in order.
///
/// # Errors
/// [`EncodeError::Planes`], [`EncodeError::Channel`], [`EncodeError::Time`], [`EncodeError::NotFinite`], and
/// [`EncodeError::Form`] for linked pixels.
pub fn encode_image_headers(planes: &[ImageRecord]) -> Result<Headers, EncodeError> {
    let image = image_json(planes)?;
    if image.link.is_some() {
        let way_out = "encode_image writes the message that says so";
        return Err(EncodeError::Form { plate: (*planes[0].plate).clone(), are: "elsewhere", way_out });
    }
    let object = serde_json::to_value(&image)?;
    let fields = object.as_object().into_iter().flatten();
    let texts: Vec<(&str, String)> = fields
        .map(|(name, value)| (name.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    Ok(Headers::from_pairs(texts.iter().map(|(name, text)| (*name, Some(text.as_bytes())))))
}

/// The value of an image message whose pixels lie elsewhere. `planes` are the file's, in order.
///
/// # Errors
/// As [`encode_image_headers`], with [`EncodeError::Form`] for pixels in the message.
pub fn encode_image(planes: &[ImageRecord]) -> Result<Vec<u8>, EncodeError> {
    let image = image_json(planes)?;
    if image.link.is_none() {
        let way_out = "encode_image_headers writes what goes beside them";
        return Err(EncodeError::Form { plate: (*planes[0].plate).clone(), are: "in the value", way_out });
    }
    Ok(serde_json::to_vec(&image)?)
}

fn image_json(planes: &[ImageRecord]) -> Result<ImageJson<'_>, EncodeError> {
    let first = planes.first().ok_or(EncodeError::Planes)?;
    for (page, plane) in planes.iter().enumerate() {
        let same = ImageRecord { channel: first.channel.clone(), page: first.page, ..plane.clone() } == *first;
        if usize::from(plane.page) != page || !same {
            return Err(EncodeError::Planes);
        }
        if plane.channel.is_empty() || plane.channel.contains(',') || plane.channel.trim() != &*plane.channel {
            return Err(EncodeError::Channel(plane.channel.clone()));
        }
    }
    if let Some(size) = first.pixel_um.filter(|size| !size.is_finite()) {
        return Err(EncodeError::NotFinite(format!("a pixel of {size} micrometres")));
    }
    let (content_type, link) = match &first.pixels {
        Pixels::Inline { content_type, .. } => (content_type.as_deref(), None),
        Pixels::Linked { link } => (None, Some(&**link)),
    };
    Ok(ImageJson {
        schema: expected(Kind::Images),
        run: run(&first.plate),
        plate: &first.plate.barcode,
        format: first.format.wells(),
        well: Shown(first.well),
        site: first.site,
        z: first.z,
        t: first.t,
        channels: planes.iter().map(|plane| &*plane.channel).collect::<Vec<_>>().join(","),
        content_type,
        pixel_um: first.pixel_um,
        acquired_at: first.acquired_at_ms.map(time).transpose()?,
        sha256: first.sha256.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect()),
        link,
        chunk_id: first.chunk.as_ref().map(|chunk| &*chunk.id),
        chunk_index: first.chunk.as_ref().map(|chunk| chunk.index),
        chunk_count: first.chunk.as_ref().map(|chunk| chunk.count),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ImageJson<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    plate: &'a str,
    format: u16,
    well: Shown<Well>,
    site: u16,
    z: u16,
    t: u32,
    channels: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pixel_um: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquired_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunk_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunk_index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunk_count: Option<u32>,
}
