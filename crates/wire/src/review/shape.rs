//! The shape of an annotation: its type, and coordinates in pixels.

use plate::review::Shape as Drawn;
use serde::de::{MapAccess, SeqAccess};

use crate::fields::{Fields, Items, Place, Shape};
use crate::reason::quoted;
use crate::scalar::{self, Scalar};

const NAMES: &[&str] = &["type", "x", "y", "width", "height", "rx", "ry", "angle", "points"];
/// Corners of one shape.
const POINTS: usize = 16_384;

pub(super) struct ShapeShape;

impl<'de> Shape<'de> for ShapeShape {
    type Read = Drawn;
    const WHAT: &'static str = "an object";

    fn object<A: MapAccess<'de>>(self, mut fields: Fields<'_, A>) -> Result<Drawn, A::Error> {
        let mut kind = None;
        let mut numbers = [None; 7];
        let mut points = None;
        while let Some(name) = fields.next(NAMES)? {
            match name {
                "type" => kind = fields.value(name, |value| scalar::text(value, usize::MAX))?,
                "points" => points = fields.shape(Points, Place::Field("shape"))?,
                name => {
                    let value = fields.value(name, |value| scalar::number(&value))?;
                    let at = NAMES.iter().position(|known| *known == name).unwrap_or(0);
                    if let Some(number) = numbers.get_mut(at.saturating_sub(1)) {
                        *number = value;
                    }
                }
            }
        }
        drawn(kind.as_deref(), numbers, points).map_err(|why| fields.note.fail(format!("\"shape\": {why}")))
    }
}

fn drawn(kind: Option<&str>, numbers: [Option<f64>; 7], points: Option<Vec<[f64; 2]>>) -> Result<Drawn, String> {
    let kind = kind.ok_or("\"type\" is missing")?;
    let [x, y, width, height, rx, ry, angle] = numbers;
    let missing = |names: &str| format!("a {kind} has {names}");
    let several = |least: usize| match &points {
        Some(points) if points.len() >= least => Ok(points.clone()),
        _ => Err(missing(&format!("at least {least} \"points\""))),
    };
    Ok(match kind {
        "point" => Drawn::Point(x.zip(y).map(|(x, y)| [x, y]).ok_or_else(|| missing("\"x\" and \"y\""))?),
        "line" => match several(2)?.as_slice() {
            [from, to] => Drawn::Line([*from, *to]),
            _ => return Err(missing("2 \"points\"")),
        },
        "box" => match (x, y, width, height) {
            (Some(x), Some(y), Some(width), Some(height)) if width >= 0.0 && height >= 0.0 => {
                Drawn::Box([x, y, width, height])
            }
            _ => return Err(missing("\"x\", \"y\", and \"width\" and \"height\" of at least 0")),
        },
        "ellipse" => match (x, y, rx, ry) {
            (Some(x), Some(y), Some(rx), Some(ry)) if rx >= 0.0 && ry >= 0.0 => {
                Drawn::Ellipse([x, y, rx, ry, angle.unwrap_or(0.0)])
            }
            _ => return Err(missing("\"x\", \"y\", and \"rx\" and \"ry\" of at least 0")),
        },
        "polygon" => Drawn::Polygon(several(3)?.into()),
        "path" => Drawn::Path(several(2)?.into()),
        other => return Err(format!("{} is none of point, line, box, ellipse, polygon, path", quoted(other))),
    })
}

/// A list of places.
struct Points;

impl<'de> Shape<'de> for Points {
    type Read = Vec<[f64; 2]>;
    const WHAT: &'static str = "a list";

    fn list<A: SeqAccess<'de>>(self, mut items: Items<'_, A>) -> Result<Vec<[f64; 2]>, A::Error> {
        let mut points = Vec::new();
        while let Some(point) = items.next(Point, Place::Field("shape"))? {
            match point {
                Some(point) if points.len() < POINTS => points.push(point),
                Some(_) => return Err(items.note.fail(format!("\"shape\": more than {POINTS} points"))),
                None => return Err(items.note.fail("\"shape\": null is no point".to_owned())),
            }
        }
        Ok(points)
    }
}

/// x and y.
struct Point;

impl<'de> Shape<'de> for Point {
    type Read = [f64; 2];
    const WHAT: &'static str = "a list of x and y";

    fn list<A: SeqAccess<'de>>(self, mut items: Items<'_, A>) -> Result<[f64; 2], A::Error> {
        let mut found = Vec::with_capacity(2);
        while let Some(value) = items.seq.next_element::<Scalar<'de>>()? {
            match scalar::number(&value) {
                Ok(Some(number)) if found.len() < 2 => found.push(number),
                _ => return Err(items.note.fail("\"shape\": a point is [x, y]".to_owned())),
            }
        }
        match found.as_slice() {
            [x, y] => Ok([*x, *y]),
            _ => Err(items.note.fail("\"shape\": a point is [x, y]".to_owned())),
        }
    }
}
