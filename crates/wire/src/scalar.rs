//! One JSON value without its insides, and what a field may demand of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::limits::TEXT_BYTES;
use crate::reason::quoted;

/// A value as it stands in a message; texts are borrowed from it where they hold no escapes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'de> {
    Null,
    Bool(bool),
    Whole(u64),
    Negative(i64),
    Real(f64),
    Text(Cow<'de, str>),
    /// A text with escapes that is longer than any field may be; its length in bytes.
    Long(usize),
    List,
    Object,
}

impl fmt::Display for Scalar<'_> {
    /// What it is, as the beginning of a reason: `"662" is text`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Null => write!(f, "null"),
            Scalar::Bool(value) => write!(f, "{value} is true or false"),
            Scalar::Whole(value) => write!(f, "{value} is a number"),
            Scalar::Negative(value) => write!(f, "{value} is a number"),
            Scalar::Real(value) => write!(f, "{value:?} is a number"),
            Scalar::Text(value) => write!(f, "{} is text", quoted(value)),
            Scalar::Long(bytes) => write!(f, "a text of {bytes} bytes"),
            Scalar::List => write!(f, "a list"),
            Scalar::Object => write!(f, "an object"),
        }
    }
}

/// A text of at most `limit` bytes; `None` for null.
pub(crate) fn text(value: Scalar<'_>, limit: usize) -> Result<Option<Cow<'_, str>>, String> {
    match value {
        Scalar::Null => Ok(None),
        Scalar::Text(text) if text.len() <= limit => Ok(Some(text)),
        Scalar::Text(text) => Err(too_long(text.len(), limit)),
        Scalar::Long(bytes) => Err(too_long(bytes, limit)),
        other => Err(format!("{other}, not text")),
    }
}

/// A text as a record keeps it.
pub(crate) fn boxed(value: Scalar<'_>, limit: usize) -> Result<Option<Box<str>>, String> {
    Ok(text(value, limit)?.map(Into::into))
}

fn too_long(bytes: usize, limit: usize) -> String {
    format!("{bytes} bytes long; at most {limit}")
}

/// A whole number of `least` to `most` (384.0 is one too); `None` for null.
pub(crate) fn whole(value: &Scalar<'_>, least: u64, most: u64) -> Result<Option<u64>, String> {
    let number = match *value {
        Scalar::Null => return Ok(None),
        Scalar::Whole(number) => number,
        Scalar::Negative(number) => return Err(format!("{number} is below {least}")),
        // Below 2^53 every whole f64 is exact as u64.
        Scalar::Real(real) if real.fract() == 0.0 && (0.0..9e15).contains(&real) => real as u64,
        Scalar::Real(real) => return Err(format!("{real:?} is not a whole number of {least} to {most}")),
        ref other => return Err(format!("{other}, not a number")),
    };
    match number {
        _ if number < least => Err(format!("{number} is below {least}")),
        _ if number > most => Err(format!("{number} is above {most}")),
        _ => Ok(Some(number)),
    }
}

/// A finite number; `None` for null.
pub(crate) fn number(value: &Scalar<'_>) -> Result<Option<f64>, String> {
    match value {
        Scalar::Null => Ok(None),
        // Rounds to the nearest f64, as reading its digits would.
        Scalar::Whole(number) => Ok(Some(*number as f64)),
        Scalar::Negative(number) => Ok(Some(*number as f64)),
        Scalar::Real(number) if number.is_finite() => Ok(Some(*number)),
        other => Err(format!("{other}, not a number")),
    }
}

/// An RFC 3339 time with zone as milliseconds since 1970 UTC (finer digits are dropped); `None` for null.
pub(crate) fn time_ms(value: &Scalar<'_>) -> Result<Option<i64>, String> {
    match value {
        Scalar::Null => Ok(None),
        Scalar::Text(text) => match text.parse::<jiff::Timestamp>() {
            Ok(time) if is_rfc3339(text.as_bytes()) => Ok(Some(time.as_millisecond())),
            _ => Err(format!("{} is not an RFC 3339 time with a zone (as 2026-11-22T13:23:18+01:00)", quoted(text))),
        },
        other => Err(format!("{other}, not a time as text")),
    }
}

/// Whether it has the shape `2026-11-22T13:23:18[.123](Z|+01:00)`: jiff reads more than RFC 3339 allows.
fn is_rfc3339(text: &[u8]) -> bool {
    let shaped = |text: &[u8], shape: &[u8]| {
        text.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't' | b' '),
            _ => byte == shape,
        })
    };
    let Some((head, mut rest)) = text.split_at_checked(19) else { return false };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        rest = &fraction[digits..];
    }
    let zoned = match rest {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', offset @ ..] => offset.len() == 5 && shaped(offset, b"00:00"),
        _ => false,
    };
    zoned && shaped(head, b"0000-00-00T00:00:00")
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Whole(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(u64::try_from(value).map_or(Scalar::Negative(value), Scalar::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Real(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar<'de>, E> {
        Ok(match value.len() {
            bytes if bytes > TEXT_BYTES => Scalar::Long(bytes),
            _ => Scalar::Text(Cow::Owned(value.to_owned())),
        })
    }

    /// Goes through it without keeping anything; deep nesting costs no stack.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<Option<i64>, String> {
        time_ms(&Scalar::Text(text.into()))
    }

    #[test]
    fn times_have_a_zone() {
        assert_eq!(at("1970-01-01T00:00:01.5Z"), Ok(Some(1500)));
        assert_eq!(at("2026-11-22T13:23:18.120+01:00"), at("2026-11-22t12:23:18.12z"));
        for bad in [
            "",
            "yesterday",
            "2026-11-22",
            "2026-11-22T13:23:18",
            "20261122T132318Z",
            "2026-02-30T00:00:00Z",
            "2026-11-22T13:23:18+0100",
            "2026-11-22T13:23:18.Z",
            "2026-11-22T13:23:18+01:00[Europe/Berlin]",
            "2026-11-22T25:00:00Z",
            "+002026-11-22T13:23:18Z",
        ] {
            assert!(at(bad).is_err_and(|reason| reason.contains("RFC 3339")), "{bad}");
        }
    }

    #[test]
    fn whole_numbers_may_be_written_as_reals() {
        assert_eq!(whole(&Scalar::Real(384.0), 1, 3456), Ok(Some(384)));
        assert_eq!(whole(&Scalar::Real(-0.0), 0, 3), Ok(Some(0)));
        for bad in [Scalar::Real(0.5), Scalar::Real(1e300), Scalar::Negative(-1), Scalar::Whole(4), Scalar::Bool(true)]
        {
            assert!(whole(&bad, 0, 3).is_err(), "{bad:?}");
        }
    }
}
