//! Results: features of one well, or of one site of it (`plateside.result/1`).

use std::borrow::Cow;
use std::sync::Arc;

use plate::{FeatureList, Features, Format, Record, ResultRecord, Value, Well};
use serde::de::MapAccess;

use crate::envelope::Kind;
use crate::fields::{Fields, Name, Place, Shape, required};
use crate::intern::{Lists, Plates};
use crate::limits::Limits;
use crate::reason::quoted;
use crate::scalar::{self, Scalar};
use crate::schema;

const NAMES: &[&str] =
    &["schema", "run", "plate", "format", "well", "site", "read_at", "instrument", "pipeline", "features"];

/// Reads a result; `bits` is room that is used again from message to message.
pub(crate) fn read(
    text: &str,
    limits: &Limits,
    plates: &mut Plates,
    lists: &mut Lists,
    bits: &mut Vec<u64>,
) -> Result<Record, String> {
    let found = schema::read_message(text, Kind::Results, ResultShape { limits, lists, bits: &mut *bits })?;
    let barcode = required(found.plate, "plate")?;
    let format = required(found.format, "format")?;
    let well = well(&required(found.well, "well")?, format).map_err(|finding| format!("\"well\": {finding}"))?;
    let list = required(found.features, "features")?;
    let features = Features::from_bits(list, bits.as_slice().into()).map_err(|mismatch| mismatch.to_string())?;
    Ok(Record::Result(ResultRecord {
        plate: plates.get(found.run.as_deref().unwrap_or_default(), &barcode),
        format,
        well,
        site: found.site,
        read_at_ms: found.read_at_ms,
        features,
    }))
}

#[derive(Default)]
struct Found<'de> {
    run: Option<Cow<'de, str>>,
    plate: Option<Cow<'de, str>>,
    format: Option<Format>,
    well: Option<Cow<'de, str>>,
    site: Option<u16>,
    read_at_ms: Option<i64>,
    features: Option<Arc<FeatureList>>,
}

struct ResultShape<'a> {
    limits: &'a Limits,
    lists: &'a mut Lists,
    bits: &'a mut Vec<u64>,
}

impl<'de> Shape<'de> for ResultShape<'_> {
    type Read = Found<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Found<'de>, A::Error> {
        let limits = self.limits;
        let mut found = Found::default();
        while let Some(name) = fields.next(NAMES)? {
            match name {
                "schema" => schema::field(&mut fields, Kind::Results)?,
                "run" => found.run = fields.value(name, |value| scalar::text(value, limits.name_bytes))?,
                "plate" => found.plate = fields.value(name, |value| barcode(value, limits))?,
                "format" => found.format = fields.value(name, |value| format(&value))?,
                "well" => found.well = fields.value(name, |value| scalar::text(value, limits.text_bytes))?,
                "site" => found.site = fields.value(name, |value| site(&value))?,
                "read_at" => found.read_at_ms = fields.value(name, |value| scalar::time_ms(&value))?,
                "features" => {
                    let shape = FeaturesShape { limits, lists: &mut *self.lists, bits: &mut *self.bits };
                    found.features = fields.shape(shape, Place::Field(name))?;
                }
                _ => drop(fields.value(name, |value| scalar::text(value, limits.text_bytes))?),
            }
        }
        Ok(found)
    }
}

/// The features of one message: the list is shared, the values' bits go to `bits`.
struct FeaturesShape<'a> {
    limits: &'a Limits,
    lists: &'a mut Lists,
    bits: &'a mut Vec<u64>,
}

impl<'de> Shape<'de> for FeaturesShape<'_> {
    type Read = Arc<FeatureList>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Arc<FeatureList>, A::Error> {
        self.bits.clear();
        let place = fields.place;
        let mut names = self.lists.begin();
        while let Some(name) = fields.map.next_key::<Name<'de>>()? {
            if names.count() == self.limits.features {
                return Err(fields.note.fail(format!("{place}: more than {} features", self.limits.features)));
            }
            if name.0.len() > self.limits.feature_name_bytes {
                let (bytes, most) = (name.0.len(), self.limits.feature_name_bytes);
                return Err(fields
                    .note
                    .fail(format!("{place}: {} is {bytes} bytes long; at most {most}", name.quoted())));
            }
            let scalar = fields.map.next_value().inspect_err(|_| {
                fields.note.feature = Some(format!("{place}.{}", name.quoted()));
            })?;
            let value = match scalar::number(&scalar) {
                Ok(number) => number.map_or(Value::Cleared, Value::Number),
                Err(finding) => return Err(fields.note.fail(format!("{place}.{}: {finding}", name.quoted()))),
            };
            names.push(&name.0);
            self.bits.push(value.to_bits());
        }
        names.finish().map_err(|twice| fields.note.fail(format!("{place}: {} stands twice", quoted(&twice))))
    }
}

/// A barcode: text that is not empty.
pub(crate) fn barcode<'de>(value: Scalar<'de>, limits: &Limits) -> Result<Option<Cow<'de, str>>, String> {
    match scalar::text(value, limits.name_bytes)? {
        Some(text) if text.is_empty() => Err("it is empty; a plate is named by its barcode".to_owned()),
        text => Ok(text),
    }
}

/// A number of wells that is a plate format.
pub(crate) fn format(value: &Scalar<'_>) -> Result<Option<Format>, String> {
    match scalar::whole(value, 0, u64::MAX) {
        Ok(None) => Ok(None),
        Ok(Some(wells)) => Format::from_wells(wells).map(Some).map_err(|unknown| unknown.to_string()),
        Err(_) if matches!(value, Scalar::Negative(_) | Scalar::Real(_)) => {
            Err(format!("{value}, but no count of wells (6, 12, 24, 48, 96, 384, 1536, 3456)"))
        }
        Err(finding) => Err(finding),
    }
}

/// A site, from 1.
pub(crate) fn site(value: &Scalar<'_>) -> Result<Option<u16>, String> {
    match scalar::whole(value, 0, u16::MAX.into())? {
        Some(0) => Err("0 is no site; sites are numbered from 1".to_owned()),
        // Fits: at most 65,535.
        site => Ok(site.map(|site| site as u16)),
    }
}

/// A well of a plate of `format`.
pub(crate) fn well(text: &str, format: Format) -> Result<Well, String> {
    use plate::well::WellError;
    Well::parse_in(text, format).map_err(|error| match error {
        WellError::NotAnAddress(_) => format!("{} is not a well address (as A01, P24, AF48)", quoted(text)),
        WellError::Outside { .. } => format!("{} is outside a {format}-well plate", quoted(text)),
    })
}
