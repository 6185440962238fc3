//! Layouts: what the wells of a plate are for (`plateside.layout/1`), as messages and as stored text.

use std::borrow::Cow;
use std::sync::Arc;

use plate::layout::LayoutError;
use plate::{Concentration, Format, Layout, LayoutRecord, LayoutWell, Record, Role, Well};
use serde::de::{MapAccess, SeqAccess};

use crate::envelope::Kind;
use crate::fields::{self, Fields, Items, Note, Place, Shape, required};
use crate::intern::Plates;
use crate::limits::{LAYOUT_WELLS, Limits};
use crate::reason::{capped, quoted};
use crate::result::{barcode, format, well};
use crate::scalar::{self, Scalar};
use crate::schema;

const NAMES: &[&str] = &["schema", "run", "plate", "format", "assay", "cells", "wells"];
const WELL_NAMES: &[&str] = &["well", "role", "compound", "concentration", "replicate"];
const DOSE_NAMES: &[&str] = &["value", "unit"];

/// The text is no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a stored layout: {reason}")]
pub struct LayoutJsonError {
    /// What is wrong with it, naming the field.
    pub reason: String,
}

/// Reads what [`crate::layout_to_json`] wrote (and the body of any layout message).
///
/// # Errors
/// [`LayoutJsonError`] naming the field and the value.
pub fn layout_from_json(text: &str) -> Result<Layout, LayoutJsonError> {
    let mut note = Note::default();
    let limits = Limits::default();
    fields::read(text, LayoutShape(&limits), &mut note)
        .map_err(|error| note.into_reason(&error))
        .and_then(Found::layout)
        .map_err(|reason| LayoutJsonError { reason: capped(reason) })
}

/// Reads a layout.
pub(crate) fn read(text: &str, limits: &Limits, plates: &mut Plates) -> Result<Record, String> {
    let mut found = schema::read_message(text, Kind::Layouts, LayoutShape(limits))?;
    let (run, barcode) = (found.run.take(), required(found.plate.take(), "plate")?);
    let layout = Arc::new(found.layout()?);
    Ok(Record::Layout(LayoutRecord { plate: plates.get(run.as_deref().unwrap_or_default(), &barcode), layout }))
}

#[derive(Default)]
struct Found<'de> {
    run: Option<Cow<'de, str>>,
    plate: Option<Cow<'de, str>>,
    format: Option<Format>,
    assay: Option<Box<str>>,
    cells: Option<Box<str>>,
    wells: Option<Wells>,
}

/// The wells as listed. `format` may follow them, so they are first read as wells of the largest format.
#[derive(Default)]
struct Wells {
    entries: Vec<LayoutWell>,
    /// The first entry that no format has: where it stands, and its text in quotes.
    outside: Option<(usize, String)>,
}

impl Found<'_> {
    fn layout(self) -> Result<Layout, String> {
        let format = required(self.format, "format")?;
        let Wells { entries, outside } = required(self.wells, "wells")?;
        let inside = entries.iter().position(|entry| !entry.well.is_in(format));
        let first = match (outside, inside) {
            // Entries before it count from 0 like it, for an outsider leaves no entry.
            (Some((index, text)), inside) if inside.is_none_or(|inside| index <= inside) => Some((index, text)),
            (_, Some(index)) => Some((index, format!("\"{}\"", entries[index].well))),
            (_, None) => None,
        };
        if let Some((index, text)) = first {
            return Err(format!("{}: {text} is outside a {format}-well plate", Place::Well(index).field("well")));
        }
        Layout::new(format, self.assay, self.cells, entries).map_err(|error| match error {
            LayoutError::Twice(well) => format!("\"wells\": \"{well}\" stands twice"),
            LayoutError::Outside(..) => error.to_string(),
        })
    }
}

struct LayoutShape<'a>(&'a Limits);

impl<'de> Shape<'de> for LayoutShape<'_> {
    type Read = Found<'de>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Found<'de>, A::Error> {
        let limits = self.0;
        let mut found = Found::default();
        while let Some(name) = fields.next(NAMES)? {
            match name {
                "schema" => schema::field(&mut fields, Kind::Layouts)?,
                "run" => found.run = fields.value(name, |value| scalar::text(value, limits.name_bytes))?,
                "plate" => found.plate = fields.value(name, |value| barcode(value, limits))?,
                "format" => found.format = fields.value(name, |value| format(&value))?,
                "assay" => found.assay = fields.value(name, |value| scalar::boxed(value, limits.text_bytes))?,
                "cells" => found.cells = fields.value(name, |value| scalar::boxed(value, limits.text_bytes))?,
                _ => found.wells = fields.shape(WellsShape(limits), Place::Field(name))?,
            }
        }
        Ok(found)
    }
}

struct WellsShape<'a>(&'a Limits);

impl<'de> Shape<'de> for WellsShape<'_> {
    type Read = Wells;
    const WHAT: &'static str = "a list";

    fn list<A: SeqAccess<'de>>(self, mut items: Items<'_, A>) -> Result<Wells, A::Error> {
        let mut wells = Wells::default();
        for index in 0.. {
            let place = Place::Well(index);
            let Some(entry) = items.next(WellShape { limits: self.0 }, place)? else { break };
            if index == LAYOUT_WELLS {
                return Err(items.note.fail(format!("\"wells\": more than {LAYOUT_WELLS} entries")));
            }
            match entry {
                None => return Err(items.note.fail(format!("{place}: null, not an object"))),
                Some(Ok(entry)) => wells.entries.push(entry),
                Some(Err(text)) if wells.outside.is_none() => wells.outside = Some((index, text)),
                Some(Err(_)) => {}
            }
        }
        Ok(wells)
    }
}

struct WellShape<'a> {
    limits: &'a Limits,
}

impl<'de> Shape<'de> for WellShape<'_> {
    /// The entry, or the text of a well that no format has.
    type Read = Result<LayoutWell, String>;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Self::Read, A::Error> {
        let (limits, place) = (self.limits, fields.place);
        let (mut address, mut purpose, mut compound, mut concentration, mut replicate) = (None, None, None, None, None);
        while let Some(name) = fields.next(WELL_NAMES)? {
            match name {
                "well" => address = fields.value(name, widest_well)?,
                "role" => purpose = fields.value(name, role)?,
                "compound" => compound = fields.value(name, |value| scalar::boxed(value, limits.text_bytes))?,
                "concentration" => concentration = fields.shape(DoseShape(limits), dose_place(place))?,
                _ => replicate = fields.value(name, |value| scalar::whole(&value, 0, u32::MAX.into()))?,
            }
        }
        let mut missing = |name| fields.note.fail(format!("{} is missing", place.field(name)));
        let address = address.ok_or_else(|| missing("well"))?;
        let role = purpose.ok_or_else(|| missing("role"))?;
        // Fits: at most u32::MAX.
        let replicate = replicate.map(|replicate| replicate as u32);
        Ok(address.map(|well| LayoutWell { well, role, compound, concentration, replicate }))
    }
}

fn dose_place(place: Place) -> Place {
    match place {
        Place::Well(index) => Place::Dose(index),
        other => other,
    }
}

/// A well of any format, or the text of one beyond all, in quotes.
fn widest_well(value: Scalar<'_>) -> Result<Option<Result<Well, String>>, String> {
    let Some(text) = scalar::text(value, usize::MAX)? else { return Ok(None) };
    match text.parse::<Well>() {
        Ok(found) => Ok(Some(Ok(found))),
        Err(plate::well::WellError::Outside { .. }) => Ok(Some(Err(quoted(&text)))),
        Err(_) => well(&text, Format::F3456).map(|found| Some(Ok(found))),
    }
}

fn role(value: Scalar<'_>) -> Result<Option<Role>, String> {
    let Some(text) = scalar::text(value, usize::MAX)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error| format!("{} is {error}", quoted(&text)))
}

struct DoseShape<'a>(&'a Limits);

impl<'de> Shape<'de> for DoseShape<'_> {
    type Read = Concentration;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Concentration, A::Error> {
        let place = fields.place;
        let (mut value, mut unit) = (None, None);
        while let Some(name) = fields.next(DOSE_NAMES)? {
            match name {
                "value" => value = fields.value(name, |value| scalar::number(&value))?,
                _ => unit = fields.value(name, |value| scalar::boxed(value, self.0.text_bytes))?,
            }
        }
        let mut missing = |name| fields.note.fail(format!("{} is missing", place.field(name)));
        Ok(Concentration { value: value.ok_or_else(|| missing("value"))?, unit: unit.ok_or_else(|| missing("unit"))? })
    }
}
