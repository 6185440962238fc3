//! Shapes as the page draws them, and as events carry them.

use plate::review::Shape;

use super::failure::{Answer, Failure};
use super::reviewed::DrawnShape;

/// Numbers of one shape.
const MOST_NUMBERS: usize = 20_000;
const LONGEST_LABEL: usize = 200;
const LONGEST_ID: usize = 64;

/// A shape as it is kept.
///
/// # Errors
/// `invalid`, naming what is wrong.
pub(super) fn shape(drawn: &DrawnShape) -> Answer<Shape> {
    let invalid = |what: &str| Failure::new("invalid", format!("A {} cannot be kept: {what}.", drawn.kind));
    let is_plain = drawn.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if drawn.id.is_empty() || drawn.id.len() > LONGEST_ID || !is_plain {
        return Err(invalid("its id is not 1 to 64 letters and digits"));
    }
    if drawn.label.chars().count() > LONGEST_LABEL {
        return Err(invalid("its label is longer than 200 characters"));
    }
    let numbers = &*drawn.numbers;
    if numbers.len() > MOST_NUMBERS || numbers.iter().any(|number| !number.is_finite() || number.abs() > 1e9) {
        return Err(invalid("its numbers are no places on an image"));
    }
    let places = || numbers.as_chunks::<2>().0.to_vec().into_boxed_slice();
    match (drawn.kind.as_str(), numbers) {
        ("point", &[x, y]) => Ok(Shape::Point([x, y])),
        ("line", &[a, b, c, d]) => Ok(Shape::Line([[a, b], [c, d]])),
        ("box", &[left, top, width, height]) if width > 0.0 && height > 0.0 => {
            Ok(Shape::Box([left, top, width, height]))
        }
        ("polygon", many) if many.len() >= 6 && many.len() % 2 == 0 => Ok(Shape::Polygon(places())),
        ("path", many) if many.len() >= 4 && many.len() % 2 == 0 => Ok(Shape::Path(places())),
        ("point" | "line" | "box" | "polygon" | "path", _) => Err(invalid("it has too few places, or no size")),
        _ => Err(invalid("shapes of this kind are not drawn here")),
    }
}

/// A shape as the page draws it.
pub(super) fn drawn(id: &str, shape: &Shape, label: &str) -> DrawnShape {
    DrawnShape { id: id.to_owned(), kind: shape.kind().to_owned(), numbers: shape.numbers(), label: label.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, numbers: &[f64]) -> Answer<Shape> {
        shape(&DrawnShape { id: "a-1".into(), kind: kind.into(), numbers: numbers.to_vec(), label: "x".into() })
    }

    #[test]
    fn shapes_go_to_events_and_back() {
        for (kind, numbers) in [
            ("point", &[1.0, 2.0][..]),
            ("line", &[1.0, 2.0, 3.0, 4.5]),
            ("box", &[1.0, 2.0, 3.0, 4.0]),
            ("polygon", &[0.0, 0.0, 5.0, 0.0, 5.0, 5.0]),
            ("path", &[0.0, 0.0, 5.0, 0.0]),
        ] {
            let again = drawn("a-1", &of(kind, numbers).unwrap(), "x");
            assert_eq!((again.kind.as_str(), &*again.numbers), (kind, numbers));
        }
        for (kind, numbers) in [
            ("point", &[1.0][..]),
            ("box", &[1.0, 2.0, 0.0, 4.0]),
            ("polygon", &[0.0, 0.0, 5.0, 0.0]),
            ("path", &[0.0, 0.0, 5.0]),
            ("point", &[f64::NAN, 0.0]),
            ("blob", &[1.0, 2.0]),
        ] {
            assert_eq!(of(kind, numbers).unwrap_err().code, "invalid", "{kind} {numbers:?}");
        }
        let strange =
            DrawnShape { id: "../x".into(), kind: "point".into(), numbers: vec![1.0, 2.0], label: String::new() };
        assert!(shape(&strange).is_err());
    }
}
