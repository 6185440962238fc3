//! Reading the named fields of a JSON object: once each, with reasons that name the field.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::reason::{not_json, quoted};
use crate::scalar::Scalar;

/// What one reading has come upon; serde's errors have no room for it.
#[derive(Debug, Default)]
pub(crate) struct Note {
    /// Why it cannot go on, in our own words; `None` while only the JSON itself was broken.
    pub(crate) reason: Option<String>,
    /// The field being read.
    within: Option<&'static str>,
    /// The feature whose value broke.
    pub(crate) feature: Option<String>,
    /// `schema` was there and right.
    pub(crate) schema_read: bool,
}

impl Note {
    /// Keeps the reason and gives serde an error to carry.
    pub(crate) fn fail<E: Error>(&mut self, reason: String) -> E {
        self.reason.get_or_insert(reason);
        E::custom("")
    }

    /// The words for a failed reading.
    pub(crate) fn into_reason(self, error: &serde_json::Error) -> String {
        let within = self.feature.or_else(|| self.within.map(|name| Place::Message.field(name)));
        self.reason.unwrap_or_else(|| not_json(error, within.as_deref()))
    }
}

/// Where in the message an object stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// The message itself.
    Message,
    /// A field of the message.
    Field(&'static str),
    /// An entry of `wells`, from 0.
    Well(usize),
    /// The `concentration` of an entry of `wells`.
    Dose(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Message => write!(f, "the message"),
            Place::Field(name) => write!(f, "\"{name}\""),
            Place::Well(index) => write!(f, "\"wells\"[{index}]"),
            Place::Dose(index) => write!(f, "\"wells\"[{index}].\"concentration\""),
        }
    }
}

impl Place {
    /// How a field of the object is named.
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Place::Message => format!("\"{name}\""),
            _ => format!("{self}.\"{name}\""),
        }
    }
}

/// What an object or a list of a message is read into.
pub(crate) trait Shape<'de>: Sized {
    /// What comes out.
    type Read;
    /// `an object` or `a list`, for reasons.
    const WHAT: &'static str;

    /// Reads an object; unless it says otherwise, there should be none.
    fn object<A: MapAccess<'de>>(self, fields: Fields<'_, A>) -> Result<Self::Read, A::Error> {
        Err(wrong::<Self, _>(fields.note, fields.place, &Scalar::Object))
    }

    /// Reads a list; unless it says otherwise, there should be none.
    fn list<A: SeqAccess<'de>>(self, items: Items<'_, A>) -> Result<Self::Read, A::Error> {
        Err(wrong::<Self, _>(items.note, items.place, &Scalar::List))
    }
}

fn wrong<'de, S: Shape<'de>, E: Error>(note: &mut Note, place: Place, found: &Scalar<'_>) -> E {
    note.fail(format!("{place}: {found}, not {}", S::WHAT))
}

/// The entries of a list.
pub(crate) struct Items<'a, A> {
    pub(crate) seq: A,
    pub(crate) note: &'a mut Note,
    place: Place,
}

impl<'de, A: SeqAccess<'de>> Items<'_, A> {
    /// Where the list stands.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The next entry, read into `shape`; the inner `None` is null.
    pub(crate) fn next<S: Shape<'de>>(&mut self, shape: S, place: Place) -> Result<Option<Option<S::Read>>, A::Error> {
        self.seq.next_element_seed(ShapeSeed { shape, note: self.note, place })
    }
}

/// The fields of one object.
pub(crate) struct Fields<'a, A> {
    pub(crate) map: A,
    pub(crate) note: &'a mut Note,
    pub(crate) place: Place,
    /// Where the last field found stands among the names: the next one usually follows it.
    at: usize,
    /// Bit i: names[i] has been read.
    seen: u32,
}

impl<'de, A: MapAccess<'de>> Fields<'_, A> {
    /// The next field with one of these names (at most 32); others are passed over.
    pub(crate) fn next(&mut self, names: &'static [&'static str]) -> Result<Option<&'static str>, A::Error> {
        self.note.within = None;
        while let Some(Name(key)) = self.map.next_key()? {
            let rest = names.get(self.at..).unwrap_or_default();
            let found = match rest.iter().position(|name| *name == key) {
                Some(ahead) => Some(self.at + ahead),
                None => names.iter().take(self.at).position(|name| *name == key),
            };
            let Some(index) = found else {
                self.map.next_value::<IgnoredAny>()?;
                continue;
            };
            let name = names[index];
            if self.seen & (1 << index) != 0 {
                return Err(self.note.fail(format!("{} stands twice", self.place.field(name))));
            }
            self.seen |= 1 << index;
            self.at = index + 1;
            self.note.within = Some(name);
            return Ok(Some(name));
        }
        Ok(None)
    }

    /// The value of the field just named, if `check` takes it.
    pub(crate) fn value<T>(
        &mut self,
        name: &'static str,
        check: impl FnOnce(Scalar<'de>) -> Result<T, String>,
    ) -> Result<T, A::Error> {
        let scalar = self.map.next_value()?;
        check(scalar).map_err(|finding| self.note.fail(format!("{}: {finding}", self.place.field(name))))
    }

    /// The object or list of the field just named; `None` is null.
    pub(crate) fn shape<S: Shape<'de>>(&mut self, shape: S, place: Place) -> Result<Option<S::Read>, A::Error> {
        self.map.next_value_seed(ShapeSeed { shape, note: self.note, place })
    }
}

/// A field that must be there.
pub(crate) fn required<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("{} is missing", Place::Message.field(name)))
}

/// Reads one JSON text into a shape. What failed is in the note.
pub(crate) fn read<'de, S: Shape<'de>>(
    text: &'de str,
    shape: S,
    note: &mut Note,
) -> Result<S::Read, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = ShapeSeed { shape, note: &mut *note, place: Place::Message }.deserialize(&mut json)?;
    json.end()?;
    read.ok_or_else(|| wrong::<S, _>(note, Place::Message, &Scalar::Null))
}

struct ShapeSeed<'a, S> {
    shape: S,
    note: &'a mut Note,
    place: Place,
}

impl<'de, S: Shape<'de>> ShapeSeed<'_, S> {
    fn wrong<E: Error>(self, found: &Scalar<'_>) -> Result<Option<S::Read>, E> {
        Err(wrong::<S, E>(self.note, self.place, found))
    }
}

impl<'de, S: Shape<'de>> DeserializeSeed<'de> for ShapeSeed<'_, S> {
    type Value = Option<S::Read>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Shape<'de>> Visitor<'de> for ShapeSeed<'_, S> {
    type Value = Option<S::Read>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(S::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.shape.object(Fields { map, note: self.note, place: self.place, at: 0, seen: 0 }).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        self.shape.list(Items { seq, note: self.note, place: self.place }).map(Some)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.wrong(&Scalar::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.wrong(&Scalar::Whole(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.wrong(&Scalar::Negative(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.wrong(&Scalar::Real(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        self.wrong(&Scalar::Text(Cow::Borrowed(value)))
    }
}

/// A field's name.
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

impl Name<'_> {
    /// The name in quotes, short.
    pub(crate) fn quoted(&self) -> String {
        quoted(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'de>, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}
