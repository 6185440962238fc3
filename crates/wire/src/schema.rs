//! What a message says it is: the `schema` field or header, against what its topic carries.

use std::borrow::Cow;

use serde::de::MapAccess;

use crate::envelope::Kind;
use crate::fields::{Fields, Note, Shape, read};
use crate::limits::TEXT_BYTES;
use crate::reason::quoted;
use crate::scalar;

/// The kinds that messages name, each with the major version that is read here.
const KNOWN: [(&str, Kind); 6] = [
    ("plateside.result", Kind::Results),
    ("plateside.image", Kind::Images),
    ("plateside.layout", Kind::Layouts),
    ("plateside.stage", Kind::Stages),
    ("plateside.flag", Kind::Flags),
    ("plateside.task", Kind::Tasks),
];

/// The `schema` that a topic's messages carry.
pub(crate) const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Results => "plateside.result/1",
        Kind::Images => "plateside.image/1",
        Kind::Layouts => "plateside.layout/1",
        Kind::Stages => "plateside.stage/1",
        Kind::Flags => "plateside.flag/1",
        Kind::Tasks => "plateside.task/1",
        Kind::Reviews => "CloudEvents 1.0",
    }
}

/// Whether a stated `schema` fits the topic.
pub(crate) fn check(stated: &str, kind: Kind) -> Result<(), String> {
    let expected = expected(kind);
    if stated == expected {
        return Ok(());
    }
    let carries = format!("this topic carries {kind} ({expected})", kind = kind.as_str());
    let (name, major) = stated.rsplit_once('/').unwrap_or((stated, ""));
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    Err(match (known, major.parse::<u32>()) {
        (Some(_), Ok(major)) if major > 1 => {
            format!("{} is newer than this version of Plateside, which reads {name}/1", quoted(stated))
        }
        (Some((_, other)), Ok(1)) => format!("{} belongs to {}, but {carries}", quoted(stated), other.as_str()),
        _ => format!("{} is not known; {carries}", quoted(stated)),
    })
}

/// The reason for a message that does not say what it is.
pub(crate) fn missing(kind: Kind) -> String {
    format!("\"schema\" is missing; this topic carries {} ({})", kind.as_str(), expected(kind))
}

/// Reads the `schema` field that was just named.
pub(crate) fn field<'de, A: MapAccess<'de>>(fields: &mut Fields<'_, A>, kind: Kind) -> Result<(), A::Error> {
    let stated: Option<Cow<'de, str>> = fields.value("schema", |value| {
        let stated = scalar::text(value, TEXT_BYTES)?;
        stated.as_deref().map_or(Ok(()), |stated| check(stated, kind))?;
        Ok(stated)
    })?;
    fields.note.schema_read = stated.is_some();
    Ok(())
}

/// Reads a message that must name its schema. A wrong or missing `schema` comes before every other finding, wherever
/// it stands: it explains them.
pub(crate) fn read_message<'de, S: Shape<'de>>(text: &'de str, kind: Kind, shape: S) -> Result<S::Read, String> {
    let mut note = Note::default();
    match read(text, shape, &mut note) {
        Ok(_) if !note.schema_read => Err(missing(kind)),
        Ok(found) => Ok(found),
        Err(_) if note.reason.is_some() && !note.schema_read => {
            Err(probe(text, kind).err().or(note.reason).unwrap_or_default())
        }
        Err(error) => Err(note.into_reason(&error)),
    }
}

/// Only the `schema` of a message whose other fields could not be read.
fn probe(text: &str, kind: Kind) -> Result<(), String> {
    let mut note = Note::default();
    match read(text, Probe(kind), &mut note) {
        Ok(()) if !note.schema_read => Err(missing(kind)),
        Ok(()) => Ok(()),
        Err(_) => note.reason.map_or(Ok(()), Err),
    }
}

struct Probe(Kind);

impl<'de> Shape<'de> for Probe {
    type Read = ();
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<(), A::Error> {
        while fields.next(&["schema"])?.is_some() {
            field(&mut fields, self.0)?;
        }
        Ok(())
    }
}
