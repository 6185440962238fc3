//! Where on a plate a message is about: fields that flags, tasks and reviews share.

use std::borrow::Cow;

use plate::{Spot, Well};

use crate::limits::Limits;
use crate::reason::quoted;
use crate::result::{barcode, site};
use crate::scalar::{self, Scalar};

/// What has been read of them.
#[derive(Debug, Default)]
pub(crate) struct FoundSpot<'de> {
    pub(crate) run: Option<Cow<'de, str>>,
    pub(crate) plate: Option<Cow<'de, str>>,
    spot: Spot,
}

impl<'de> FoundSpot<'de> {
    /// Takes `run`, `plate`, `well`, `site` or `channel`.
    pub(crate) fn set(&mut self, name: &str, value: Scalar<'de>, limits: &Limits) -> Result<(), String> {
        match name {
            "run" => self.run = scalar::text(value, limits.name_bytes)?,
            "plate" => self.plate = barcode(value, limits)?,
            "well" => self.spot.well = scalar::text(value, limits.text_bytes)?.map(|text| well(&text)).transpose()?,
            "site" => self.spot.site = site(&value)?,
            _ => self.spot.channel = scalar::boxed(value, limits.text_bytes)?.filter(|channel| !channel.is_empty()),
        }
        Ok(())
    }

    /// The spot, if its parts fit together.
    pub(crate) fn spot(self) -> Result<Spot, String> {
        match (self.spot.well, self.spot.site) {
            (None, Some(site)) => Err(format!("\"site\" {site} stands without a \"well\"")),
            _ => Ok(self.spot),
        }
    }
}

/// A well of a plate whose format the message does not say.
pub(crate) fn well(text: &str) -> Result<Well, String> {
    text.parse().map_err(|_| format!("{} is not a well address (as A01, P24, AF48)", quoted(text)))
}

/// One word out of several.
pub(crate) fn word<T: Copy>(
    value: Scalar<'_>,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<Option<T>, String> {
    let Some(found) = scalar::text(value, usize::MAX)? else { return Ok(None) };
    all.iter().copied().find(|known| as_str(*known) == found).map(Some).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|known| as_str(*known)).collect();
        format!("{} is none of {}", quoted(&found), known.join(", "))
    })
}

/// A text that is not empty.
pub(crate) fn named(value: Scalar<'_>, limits: &Limits) -> Result<Option<Box<str>>, String> {
    match scalar::boxed(value, limits.text_bytes)? {
        Some(text) if text.is_empty() => Err("it is empty".to_owned()),
        text => Ok(text),
    }
}
