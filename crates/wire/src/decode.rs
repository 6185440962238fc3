//! One envelope in, its records out, or the reason why there are none.

use plate::Record;

use crate::envelope::{Decoded, Envelope, Kind, Undecoded};
use crate::intern::{Lists, Plates};
use crate::limits::Limits;
use crate::reason::{capped, quoted};
use crate::{flag, image, layout, result, review, stage};

/// Decodes the messages of one stream or many; owned by one thread.
///
/// It shares the names of plates and features between records, so that the usual message allocates next to nothing.
/// What it has seen never changes what it says of a message.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    plates: Plates,
    lists: Lists,
    /// Values of the message being read; room that is used again.
    bits: Vec<u64>,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new(Limits::default())
    }
}

impl Decoder {
    /// A decoder with bounds of its own; [`Limits::default`] are the contract's.
    #[must_use]
    pub fn new(limits: Limits) -> Decoder {
        Decoder { limits, plates: Plates::new(), lists: Lists::default(), bits: Vec::new() }
    }

    /// The records of one message (an image of several channels has one a channel), or why there are none.
    pub fn decode(&mut self, envelope: &Envelope) -> Decoded {
        match self.records(envelope) {
            Ok(records) => Decoded::Records(records),
            Err(reason) => Decoded::Undecoded(Undecoded { reason: capped(reason) }),
        }
    }

    fn records(&mut self, envelope: &Envelope) -> Result<Vec<Record>, String> {
        let (limits, plates) = (&self.limits, &mut self.plates);
        if let Some(body) = envelope.body.as_ref().filter(|body| body.len() > limits.body_bytes) {
            return Err(format!("the value is {} bytes long; at most {}", body.len(), limits.body_bytes));
        }
        match envelope.kind {
            Kind::Images => return image::read(envelope, limits, plates),
            Kind::Reviews => return Ok(vec![review::read(envelope, limits, plates)?]),
            _ => {}
        }
        let text = text(envelope)?;
        let record = match envelope.kind {
            Kind::Results => result::read(text, limits, plates, &mut self.lists, &mut self.bits),
            Kind::Layouts => layout::read(text, limits, plates),
            Kind::Flags => flag::read(text, limits, plates),
            Kind::Tasks => flag::read_task(text, limits, plates),
            _ => stage::read(text, limits, plates),
        };
        match record {
            Ok(record) => Ok(vec![record]),
            Err(reason) => Err(foreign(envelope).unwrap_or(reason)),
        }
    }
}

/// The value as text, without a byte order mark.
pub(crate) fn text(envelope: &Envelope) -> Result<&str, String> {
    let Some(body) = &envelope.body else {
        return Err("the message has no value (a tombstone): there is nothing to read in it".to_owned());
    };
    match std::str::from_utf8(body) {
        Ok("") => Err("the message's value is empty".to_owned()),
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err(foreign(envelope)
            .unwrap_or_else(|| format!("not JSON: byte {} of the value is not UTF-8 text", error.valid_up_to()))),
    }
}

/// Why a value that could not be read as JSON was never meant to be.
fn foreign(envelope: &Envelope) -> Option<String> {
    let stated = envelope.headers.last("content-type").and_then(|value| std::str::from_utf8(value).ok());
    if let Some(stated) = stated.filter(|stated| !is_json_type(stated)) {
        return Some(format!("\"content-type\": {} is not read here; only JSON is", quoted(stated)));
    }
    match envelope.body.as_deref()? {
        [0, a, b, c, d, ..] => {
            let id = u32::from_be_bytes([*a, *b, *c, *d]);
            Some(format!("a registry frame (schema {id}): this version of Plateside reads JSON only"))
        }
        _ => None,
    }
}

/// Whether a `content-type` says JSON.
pub(crate) fn is_json_type(stated: &str) -> bool {
    let essence = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}
