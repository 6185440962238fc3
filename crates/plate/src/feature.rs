//! Named numbers of a well: feature lists that are shared, and their values as received.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// The names of the features that one message carries, in the message's order; shared by all messages alike.
#[derive(Debug, Clone)]
pub struct FeatureList {
    names: Box<[Box<str>]>,
    digest: [u8; 32],
}

impl FeatureList {
    /// A list of names, in order.
    #[must_use]
    pub fn new(names: Vec<Box<str>>) -> FeatureList {
        let mut hasher = Sha256::new();
        for name in &names {
            hasher.update((name.len() as u64).to_le_bytes());
            hasher.update(name.as_bytes());
        }
        FeatureList { digest: hasher.finalize().into(), names: names.into() }
    }

    /// The names, in the order of the values.
    #[must_use]
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// SHA-256 over the length-prefixed names: the list's identity on every machine.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

impl PartialEq for FeatureList {
    fn eq(&self, other: &FeatureList) -> bool {
        self.digest == other.digest
    }
}

impl Eq for FeatureList {}

impl Hash for FeatureList {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

/// What a message says of one feature of one well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A finite number, as received.
    Number(f64),
    /// `null`: clears an earlier value, and is an offer like any other (`DATA.md` 8).
    Cleared,
    /// The format carried a NaN: missing.
    NotANumber,
    /// The format carried an infinity: missing.
    Infinite,
}

/// A quiet NaN that stands for [`Value::Cleared`] in a column of `f64`.
const CLEARED_BITS: u64 = 0x7ff8_0000_0000_0001;
/// A quiet NaN that stands for [`Value::NotANumber`].
const NOT_A_NUMBER_BITS: u64 = 0x7ff8_0000_0000_0002;
/// A quiet NaN that stands for [`Value::Infinite`].
const INFINITE_BITS: u64 = 0x7ff8_0000_0000_0003;

impl Value {
    /// From a foreign `f64` that may be NaN or infinite.
    #[must_use]
    pub fn from_received(number: f64) -> Value {
        if number.is_finite() {
            Value::Number(number)
        } else if number.is_nan() {
            Value::NotANumber
        } else {
            Value::Infinite
        }
    }

    /// The 8 bytes that a session stores: the number's own bits, or a NaN that says why there is none.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        match self {
            Value::Number(number) => number.to_bits(),
            Value::Cleared => CLEARED_BITS,
            Value::NotANumber => NOT_A_NUMBER_BITS,
            Value::Infinite => INFINITE_BITS,
        }
    }

    /// The reverse of [`Value::to_bits`]; any other NaN reads as [`Value::NotANumber`].
    #[must_use]
    pub fn from_bits(bits: u64) -> Value {
        match bits {
            CLEARED_BITS => Value::Cleared,
            INFINITE_BITS => Value::Infinite,
            _ => Value::from_received(f64::from_bits(bits)),
        }
    }

    /// The number, if there is one.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(number),
            Value::Cleared | Value::NotANumber | Value::Infinite => None,
        }
    }
}

/// The features of one message: `values[i]` belongs to `list.names()[i]`; both have the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    list: Arc<FeatureList>,
    bits: Box<[u64]>,
}

/// Names and values differ in number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{values} values for {names} feature names")]
pub struct LengthMismatch {
    /// How many names the list has.
    pub names: usize,
    /// How many values came.
    pub values: usize,
}

impl Features {
    /// Values in the order of `list`.
    ///
    /// # Errors
    /// [`LengthMismatch`] unless there is one value a name.
    pub fn new(list: Arc<FeatureList>, values: impl IntoIterator<Item = Value>) -> Result<Features, LengthMismatch> {
        Features::from_bits(list, values.into_iter().map(Value::to_bits).collect())
    }

    /// Values already as stored bits (see [`Value::to_bits`]).
    ///
    /// # Errors
    /// [`LengthMismatch`] unless there is one value a name.
    pub fn from_bits(list: Arc<FeatureList>, bits: Box<[u64]>) -> Result<Features, LengthMismatch> {
        if list.names().len() != bits.len() {
            return Err(LengthMismatch { names: list.names().len(), values: bits.len() });
        }
        Ok(Features { list, bits })
    }

    /// The names.
    #[must_use]
    pub fn list(&self) -> &Arc<FeatureList> {
        &self.list
    }

    /// The stored bits, one a name.
    #[must_use]
    pub fn bits(&self) -> &[u64] {
        &self.bits
    }

    /// The value at a position of the list.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<Value> {
        self.bits.get(index).copied().map(Value::from_bits)
    }

    /// Names with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value)> {
        self.list.names().iter().map(|name| &**name).zip(self.bits.iter().copied().map(Value::from_bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_from_their_bits() {
        for number in [0.0, -0.0, 1.5, f64::MIN_POSITIVE, 5e-324, f64::MAX, -f64::MAX] {
            let Value::Number(back) = Value::from_bits(Value::Number(number).to_bits()) else { panic!("{number}") };
            assert_eq!(back.to_bits(), number.to_bits(), "the sign of zero is kept too");
        }
        for value in [Value::Cleared, Value::NotANumber, Value::Infinite] {
            assert_eq!(Value::from_bits(value.to_bits()), value);
        }
        assert_eq!(Value::from_bits(f64::NAN.to_bits()), Value::NotANumber);
        assert_eq!(Value::from_received(f64::NEG_INFINITY), Value::Infinite);
    }

    #[test]
    fn lists_are_equal_by_their_names_in_order() {
        let list = |names: &[&str]| FeatureList::new(names.iter().map(|n| (*n).into()).collect());
        assert_eq!(list(&["a", "b"]), list(&["a", "b"]));
        assert_ne!(list(&["a", "b"]), list(&["b", "a"]));
        assert_ne!(list(&["ab", ""]), list(&["a", "b"]), "lengths are part of the digest");
        assert!(Features::from_bits(Arc::new(list(&["a"])), Box::new([])).is_err());
    }
}
