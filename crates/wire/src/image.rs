//! Images (`plateside.image/1`): the value is the file, or a piece of it, and the headers say what it is; or the
//! pixels lie elsewhere, and headers or a JSON value say where.
//!
//! Which of the two forms a message has: a JSON `content-type`, or a value that begins with `{` without another
//! `content-type`, is the JSON form; all else is the headers' form. There, `link` counts where the value is empty; a
//! value that is there is the file. One record is made for each of `channels`, in the order of the file's planes.

use std::borrow::Cow;

use plate::{Chunk, Format, ImageRecord, Pixels, Record};
use serde::de::MapAccess;

use crate::decode::{is_json_type, text};
use crate::envelope::{Envelope, Headers, Kind};
use crate::fields::{Fields, Shape};
use crate::file;
use crate::intern::Plates;
use crate::limits::Limits;
use crate::reason::quoted;
use crate::result::{barcode, format, site, well};
use crate::scalar::{self, Scalar};
use crate::schema;

const NAMES: &[&str] = &[
    "schema",
    "run",
    "plate",
    "format",
    "well",
    "site",
    "z",
    "t",
    "channels",
    "content-type",
    "pixel-um",
    "stage-x-um",
    "stage-y-um",
    "exposure-ms",
    "acquired-at",
    "instrument",
    "sha256",
    "link",
    "chunk-id",
    "chunk-index",
    "chunk-count",
];

/// Those of them that are decimal numbers in headers.
const NUMBERS: &[&str] =
    &["format", "site", "z", "t", "pixel-um", "stage-x-um", "stage-y-um", "exposure-ms", "chunk-index", "chunk-count"];

/// Where linked pixels may lie.
const SCHEMES: &[&str] = &["s3", "gs", "az", "https", "file"];

/// Reads an image, one record a channel.
pub(crate) fn read(envelope: &Envelope, limits: &Limits, plates: &mut Plates) -> Result<Vec<Record>, String> {
    let headers = &envelope.headers;
    let body = envelope.body.as_deref().unwrap_or_default();
    if is_json(headers, body) {
        let found = schema::read_message(text(envelope)?, Kind::Images, ImageShape(limits))?;
        let link = found.link.clone().ok_or("\"link\" is missing: the value is JSON, so the pixels lie elsewhere")?;
        return found.records("", Pixels::Linked { link }, None, plates);
    }
    let has_link = headers.iter().any(|(name, value)| name == "link" && value.is_some());
    if envelope.body.is_none() && !has_link {
        text(envelope)?;
    }
    let found = from_headers(headers, limits)?;
    match &found.link {
        Some(link) if body.is_empty() => {
            let link = link.clone();
            found.records("header ", Pixels::Linked { link }, None, plates)
        }
        None if body.is_empty() => {
            Err("the value is empty and no header \"link\" says where the pixels lie".to_owned())
        }
        _ => {
            let whole = found.chunk_id.is_none() && found.chunk_index.is_none() && found.chunk_count.is_none();
            let content_type = match file::content_type(body) {
                Some(seen) if whole => Some(seen.into()),
                _ => found.content_type.clone(),
            };
            let pixels = Pixels::Inline { content_type, bytes: body.len() as u64 };
            found.records("header ", pixels, whole.then_some(body), plates)
        }
    }
}

fn is_json(headers: &Headers, body: &[u8]) -> bool {
    match headers.last("content-type").map(|value| std::str::from_utf8(value).is_ok_and(is_json_type)) {
        Some(stated) => stated,
        None => body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).trim_ascii_start().starts_with(b"{"),
    }
}

#[derive(Debug, Default)]
struct Found<'de> {
    run: Option<Cow<'de, str>>,
    plate: Option<Cow<'de, str>>,
    format: Option<Format>,
    well: Option<Cow<'de, str>>,
    site: Option<u16>,
    z: Option<u16>,
    t: Option<u32>,
    channels: Option<Vec<Box<str>>>,
    content_type: Option<Box<str>>,
    pixel_um: Option<f64>,
    acquired_at_ms: Option<i64>,
    sha256: Option<[u8; 32]>,
    link: Option<Box<str>>,
    chunk_id: Option<Box<str>>,
    chunk_index: Option<u32>,
    chunk_count: Option<u32>,
}

impl<'de> Found<'de> {
    /// Takes one named value, of a header or a JSON field alike.
    fn set(&mut self, name: &str, value: Scalar<'de>, limits: &Limits) -> Result<(), String> {
        match name {
            "run" => self.run = scalar::text(value, limits.name_bytes)?,
            "plate" => self.plate = barcode(value, limits)?,
            "format" => self.format = format(&value)?,
            "well" => self.well = scalar::text(value, limits.text_bytes)?,
            "site" => self.site = site(&value)?,
            // The narrowings fit: the greatest value is asked for.
            "z" => self.z = scalar::whole(&value, 0, u16::MAX.into())?.map(|z| z as u16),
            "t" => self.t = scalar::whole(&value, 0, u32::MAX.into())?.map(|t| t as u32),
            "channels" => {
                self.channels = scalar::text(value, limits.text_bytes)?.map(|text| channels(&text)).transpose()?
            }
            "content-type" => self.content_type = scalar::boxed(value, limits.text_bytes)?,
            "pixel-um" => self.pixel_um = above_zero(&value)?,
            "stage-x-um" | "stage-y-um" | "exposure-ms" => drop(scalar::number(&value)?),
            "acquired-at" => self.acquired_at_ms = scalar::time_ms(&value)?,
            "sha256" => {
                self.sha256 = scalar::text(value, limits.text_bytes)?.map(|text| file::digest(&text)).transpose()?
            }
            "link" => self.link = scalar::text(value, limits.text_bytes)?.map(|text| link(&text)).transpose()?,
            "chunk-id" => self.chunk_id = scalar::boxed(value, limits.text_bytes)?,
            "chunk-index" => {
                self.chunk_index = scalar::whole(&value, 0, u64::from(limits.chunks) - 1)?.map(|index| index as u32);
            }
            "chunk-count" => {
                self.chunk_count = scalar::whole(&value, 1, limits.chunks.into())?.map(|count| count as u32);
            }
            _ => drop(scalar::text(value, limits.text_bytes)?),
        }
        Ok(())
    }

    /// The records, after the checks that look at several fields; `whole` is the file itself where it is all there.
    fn records(
        self,
        form: &str,
        pixels: Pixels,
        whole: Option<&[u8]>,
        plates: &mut Plates,
    ) -> Result<Vec<Record>, String> {
        let missing = |name: &str| format!("{form}\"{name}\" is missing");
        let chunk = match (self.chunk_id, self.chunk_index, self.chunk_count) {
            (None, None, None) => None,
            (Some(id), Some(index), Some(count)) if index < count => Some(Chunk { id, index, count }),
            (Some(_), Some(index), Some(count)) => {
                return Err(format!("{form}\"chunk-index\": {index} is no piece of {count}; they are numbered from 0"));
            }
            (None, ..) => return Err(missing("chunk-id")),
            (_, None, _) => return Err(missing("chunk-index")),
            (.., None) => return Err(missing("chunk-count")),
        };
        let barcode = self.plate.ok_or_else(|| missing("plate"))?;
        let format = self.format.ok_or_else(|| missing("format"))?;
        let text = self.well.ok_or_else(|| missing("well"))?;
        let well = well(&text, format).map_err(|finding| format!("{form}\"well\": {finding}"))?;
        let site = self.site.ok_or_else(|| missing("site"))?;
        let channels = self.channels.ok_or_else(|| missing("channels"))?;
        let sha256 = match whole {
            Some(bytes) => {
                Some(file::verified(bytes, self.sha256).map_err(|finding| format!("{form}\"sha256\": {finding}"))?)
            }
            None => self.sha256,
        };
        let plate = plates.get(self.run.as_deref().unwrap_or_default(), &barcode);
        let plane = |(page, channel)| {
            Record::Image(ImageRecord {
                plate: plate.clone(),
                format,
                well,
                site,
                z: self.z.unwrap_or(0),
                t: self.t.unwrap_or(0),
                channel,
                page,
                pixels: pixels.clone(),
                sha256,
                chunk: chunk.clone(),
                pixel_um: self.pixel_um,
                acquired_at_ms: self.acquired_at_ms,
            })
        };
        Ok((0..).zip(channels).map(plane).collect())
    }
}

struct ImageShape<'a>(&'a Limits);

impl<'de> Shape<'de> for ImageShape<'_> {
    type Read = Found<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Found<'de>, A::Error> {
        let mut found = Found::default();
        while let Some(name) = fields.next(NAMES)? {
            match name {
                "schema" => schema::field(&mut fields, Kind::Images)?,
                _ => fields.value(name, |value| found.set(name, value, self.0))?,
            }
        }
        Ok(found)
    }
}

/// Reads the headers; of several with one name the last counts, as everywhere in Kafka.
fn from_headers<'de>(headers: &'de Headers, limits: &Limits) -> Result<Found<'de>, String> {
    let Some(stated) = headers.last("schema") else { return Err(schema::missing(Kind::Images)) };
    let stated = std::str::from_utf8(stated).map_err(|_| "header \"schema\": not UTF-8 text")?;
    schema::check(stated, Kind::Images).map_err(|finding| format!("header \"schema\": {finding}"))?;
    let mut last = [None; NAMES.len()];
    for (name, value) in headers.iter() {
        if let (Some(at), Some(_)) = (NAMES.iter().position(|known| *known == name), value) {
            last[at] = value;
        }
    }
    let mut found = Found::default();
    for (name, value) in NAMES.iter().zip(last) {
        let Some(value) = value else { continue };
        let scalar = std::str::from_utf8(value).map_err(|_| "not UTF-8 text".to_owned()).and_then(|text| {
            if NUMBERS.contains(name) { decimal(text) } else { Ok(Scalar::Text(Cow::Borrowed(text))) }
        });
        scalar
            .and_then(|scalar| found.set(name, scalar, limits))
            .map_err(|finding| format!("header \"{name}\": {finding}"))?;
    }
    Ok(found)
}

/// A number in a header: decimal text.
fn decimal(text: &str) -> Result<Scalar<'static>, String> {
    let written = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = match (text.parse::<u64>(), text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(number), ..) => Some(Scalar::Whole(number)),
        (_, Ok(number), _) => Some(Scalar::Negative(number)),
        (.., Ok(number)) if number.is_finite() => Some(Scalar::Real(number)),
        _ => None,
    };
    number.filter(|_| written).ok_or_else(|| format!("{} is not a decimal number", quoted(text)))
}

fn above_zero(value: &Scalar<'_>) -> Result<Option<f64>, String> {
    match scalar::number(value)? {
        Some(number) if number <= 0.0 => Err(format!("{number:?} is not above 0")),
        number => Ok(number),
    }
}

fn channels(text: &str) -> Result<Vec<Box<str>>, String> {
    let names: Vec<Box<str>> = text.split(',').map(|name| name.trim().into()).collect();
    let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
    sorted.sort_unstable();
    if sorted.first().is_some_and(|name| name.is_empty()) {
        return Err(format!("{} names a channel without a name", quoted(text)));
    }
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(format!("{} stands twice", quoted(twice[0]))),
        None => Ok(names),
    }
}

fn link(text: &str) -> Result<Box<str>, String> {
    let fits = text.split_once("://").is_some_and(|(scheme, rest)| {
        SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) && !rest.is_empty()
    });
    if fits && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Ok(text.into())
    } else {
        Err(format!(
            "{} is none of s3://, gs://, az://, https:// and file://",
            quoted(text.split(['?', '#']).next().unwrap_or_default())
        ))
    }
}
