//! Envelopes: messages as received, before anyone has looked inside.

use bytes::Bytes;
use plate::Origin;

/// What a topic carries, said by the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `plateside.result/1`.
    Results,
    /// `plateside.image/1`.
    Images,
    /// `plateside.layout/1`; always read from the earliest offset.
    Layouts,
    /// `plateside.stage/1`.
    Stages,
    /// `plateside.flag/1`.
    Flags,
    /// `plateside.task/1`; always read from the earliest offset.
    Tasks,
    /// CloudEvents of what people did; always read from the earliest offset.
    Reviews,
}

impl Kind {
    /// Every kind, in the order of `WIRE.md`.
    pub const ALL: [Kind; 7] =
        [Kind::Results, Kind::Images, Kind::Layouts, Kind::Stages, Kind::Flags, Kind::Tasks, Kind::Reviews];

    /// The word on the command line and in profiles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Results => "results",
            Kind::Images => "images",
            Kind::Layouts => "layouts",
            Kind::Stages => "stages",
            Kind::Flags => "flags",
            Kind::Tasks => "tasks",
            Kind::Reviews => "reviews",
        }
    }

    /// The reverse of [`Kind::as_str`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The topic's name in a lab that adopted the native contract.
    #[must_use]
    pub fn default_topic(self) -> String {
        format!("plateside.{}", self.as_str())
    }

    /// Whether `--from` does not apply: these are always read from the earliest offset (`DATA.md` 11).
    #[must_use]
    pub const fn always_from_earliest(self) -> bool {
        matches!(self, Kind::Layouts | Kind::Tasks | Kind::Reviews)
    }
}

/// One message as received. The parts are slices of one received frame and cost nothing to clone.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Where it stands in its stream.
    pub origin: Origin,
    /// What its topic carries.
    pub kind: Kind,
    /// The key, if it has one.
    pub key: Option<Bytes>,
    /// The headers.
    pub headers: Headers,
    /// The value; `None` is Kafka's null.
    pub body: Option<Bytes>,
}

/// Messages that arrived together, and the moment they did.
#[derive(Debug, Clone)]
pub struct Batch {
    /// When the source handed them over, microseconds since 1970 UTC.
    pub received_at_us: i64,
    /// In order of arrival; within one partition in order of offset.
    pub envelopes: Vec<Envelope>,
}

impl Batch {
    /// Bytes of all keys, headers and bodies: what a bounded queue counts.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.envelopes
            .iter()
            .map(|e| {
                e.key.as_ref().map_or(0, Bytes::len)
                    + e.headers.as_bytes().len()
                    + e.body.as_ref().map_or(0, Bytes::len)
            })
            .sum()
    }
}

/// A message's headers in their stored form, in order, names may repeat. Per header: name length `u16`, name,
/// value length `i32` (-1 is null), value; all little-endian.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Bytes);

/// The bytes are no headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the headers end in the middle, or a name is not UTF-8")]
pub struct MalformedHeaders;

impl Headers {
    /// Takes the stored form after checking that every length lies inside it and names are UTF-8.
    ///
    /// # Errors
    /// [`MalformedHeaders`].
    pub fn from_bytes(bytes: Bytes) -> Result<Headers, MalformedHeaders> {
        let headers = Headers(bytes);
        let mut rest = headers.0.as_ref();
        while !rest.is_empty() {
            (_, _, rest) = split_header(rest).ok_or(MalformedHeaders)?;
        }
        Ok(headers)
    }

    /// From names and values. Names over 65,535 bytes are cut there.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>) -> Headers {
        let mut bytes = Vec::new();
        for (name, value) in pairs {
            push_header(&mut bytes, name, value);
        }
        Headers(bytes.into())
    }

    /// The stored form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        let mut rest = self.0.as_ref();
        std::iter::from_fn(move || {
            let (name, value, tail) = split_header(rest)?;
            rest = tail;
            Some((name, value))
        })
    }

    /// The value of the last header of this name that has one.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&[u8]> {
        self.iter().filter(|(n, _)| *n == name).filter_map(|(_, value)| value).last()
    }
}

/// Appends one header in the stored form.
pub fn push_header(bytes: &mut Vec<u8>, name: &str, value: Option<&[u8]>) {
    let mut end = name.len().min(usize::from(u16::MAX));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    bytes.extend_from_slice(&(end as u16).to_le_bytes());
    bytes.extend_from_slice(&name.as_bytes()[..end]);
    bytes.extend_from_slice(&value.map_or(-1, |value| value.len() as i32).to_le_bytes());
    bytes.extend_from_slice(value.unwrap_or_default());
}

/// One header's name and value, and the bytes that follow it.
type FirstHeader<'a> = (&'a str, Option<&'a [u8]>, &'a [u8]);

/// The first header and what follows it.
fn split_header(bytes: &[u8]) -> Option<FirstHeader<'_>> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let name = std::str::from_utf8(name).ok()?;
    match i32::from_le_bytes(*length) {
        -1 => Some((name, None, rest)),
        length => {
            let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            Some((name, Some(value), rest))
        }
    }
}

/// A record that could not be made, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Undecoded {
    /// A sentence that names the thing and the reason.
    pub reason: String,
}

/// What became of one envelope.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// The records in it, at least one.
    Records(Vec<plate::Record>),
    /// Nothing could be read from it: kept, counted, shown.
    Undecoded(Undecoded),
}
