//! Numbers that a caller computed, or the reason why there is none.

use crate::names::clean;
use crate::number::fixed;

/// A number, or why there is none, as a sentence without its full stop.
pub type Measured = Result<f64, String>;

/// The number, if it is one that can be drawn.
pub(crate) fn finite(measured: &Measured) -> Option<f64> {
    measured.as_ref().ok().copied().filter(|number| number.is_finite())
}

/// With so many digits, or "n/a".
pub(crate) fn short(measured: &Measured, digits: usize) -> String {
    finite(measured).map_or_else(|| "n/a".to_owned(), |number| fixed(number, digits))
}

/// With so many digits, or "n/a" and the reason in brackets.
pub(crate) fn whole(measured: &Measured, digits: usize) -> String {
    match finite(measured) {
        Some(number) => fixed(number, digits),
        None => format!("n/a ({})", why(measured)),
    }
}

/// Why there is none.
pub(crate) fn why(measured: &Measured) -> String {
    match measured {
        Ok(_) => "it is no finite number".to_owned(),
        Err(why) => clean(why),
    }
}
