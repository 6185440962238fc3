//! What a model saw, as it crosses from the child to its parent.
//!
//! ```text
//! u32  length of the header
//! …    header, JSON: count, value, class, classes, patches, ms
//! u32  n, objects; 0 of a model that classifies
//!      n times: u32 pixels; f64 x, f64 y of the centre; u32 left, top, right, lower edge of its box
//!      n times: u32 k, corners of its outline; k times f32 x, f32 y
//! ```
//! All with the least significant byte first. A child is not believed: every length is checked against what is there.

use serde::{Deserialize, Serialize};
use vision::model::{Judged, Outline, Seen, SeenObject};

/// Bytes of an object's measures.
const MEASURES: usize = 4 + 2 * 8 + 4 * 4;

/// What a model saw in a plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// How many objects; of a model that segments.
    pub count: Option<u32>,
    /// The plane's value, as the model's card explains it; of a model that classifies, where the plane shows enough.
    pub value: Option<f64>,
    /// The plane's class, or `undecided`.
    pub class: Option<String>,
    /// The probability of each class, where there is a value.
    pub probabilities: Vec<(String, f64)>,
    /// Each patch that was judged.
    pub patches: Option<LookedPatches>,
    /// Objects in reading order of their first pixels.
    pub objects: Vec<SeenObject>,
    /// The outline of each object: corners of pixels `(x, y)`, closed, clockwise as one sees it.
    pub outlines: Vec<Vec<(f32, f32)>>,
    /// How long the model worked, in milliseconds.
    pub ms: f64,
}

/// A plane judged by its patches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookedPatches {
    /// Side of a patch, in pixels.
    pub size_px: usize,
    /// Patches across.
    pub across: usize,
    /// Patches down.
    pub down: usize,
    /// The probability of the model's class, rows first from the top left; `None` where a patch shows too little.
    pub values: Vec<Option<f32>>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    count: Option<u32>,
    value: Option<f64>,
    class: Option<String>,
    classes: Option<[String; 2]>,
    patches: Option<LookedPatches>,
    ms: f64,
}

/// As a payload.
pub(super) fn write(seen: Seen, ms: f64) -> serde_json::Result<Vec<u8>> {
    let none = (Vec::new(), Vec::new());
    let (header, (objects, outlines)) = match seen {
        Seen::Objects { objects, outlines } => {
            let count = Some(u32::try_from(objects.seen.len()).unwrap_or(u32::MAX));
            let header = Header { count, value: None, class: None, classes: None, patches: None, ms };
            (header, (objects.seen, outlines))
        }
        Seen::Classes(judged) => {
            let Judged { size_px, across, down, patches, value, classes, class } = judged;
            let patches = Some(LookedPatches { size_px, across, down, values: patches });
            (Header { count: None, value, class: Some(class), classes: Some(classes), patches, ms }, none)
        }
    };
    let header = serde_json::to_vec(&header)?;
    let mut bytes = Vec::new();
    put_length(&mut bytes, header.len());
    bytes.extend(header);
    put_length(&mut bytes, objects.len());
    objects.iter().for_each(|object| put_measures(&mut bytes, object));
    outlines.iter().for_each(|outline| put_outline(&mut bytes, outline));
    Ok(bytes)
}

fn put_length(bytes: &mut Vec<u8>, length: usize) {
    // A frame is far shorter than that.
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_measures(bytes: &mut Vec<u8>, object: &SeenObject) {
    bytes.extend(object.area_px.to_le_bytes());
    bytes.extend(object.centre.0.to_le_bytes());
    bytes.extend(object.centre.1.to_le_bytes());
    let (left, top, right, below) = object.bounds;
    [left, top, right, below].iter().for_each(|edge| bytes.extend(edge.to_le_bytes()));
}

fn put_outline(bytes: &mut Vec<u8>, outline: &Outline) {
    put_length(bytes, outline.len());
    for (x, y) in outline {
        // Exact: a plane's side is far below 2^24.
        bytes.extend((*x as f32).to_le_bytes());
        bytes.extend((*y as f32).to_le_bytes());
    }
}

/// Out of a payload; `None` where it is none.
pub(super) fn parse(payload: &[u8]) -> Option<Looked> {
    let mut rest = Rest(payload);
    let length = rest.length()?;
    let header: Header = serde_json::from_slice(rest.take(length)?).ok()?;
    let count = rest.length()?;
    let whole = header.patches.as_ref().is_none_or(|of| of.across.checked_mul(of.down) == Some(of.values.len()));
    if !whole || header.count.unwrap_or(0) as usize != count || count.checked_mul(MEASURES + 4)? > rest.0.len() {
        return None;
    }
    let objects = (0..count).map(|_| rest.measures()).collect::<Option<Vec<SeenObject>>>()?;
    let outlines = (0..count).map(|_| rest.outline()).collect::<Option<Vec<_>>>()?;
    if !rest.0.is_empty() {
        return None;
    }
    let probabilities = match (header.value, header.classes) {
        (Some(value), Some([class, opposite])) => vec![(class, value), (opposite, 1.0 - value)],
        _ => Vec::new(),
    };
    let Header { count, value, class, patches, ms, .. } = header;
    Some(Looked { count, value, class, probabilities, patches, objects, outlines, ms })
}

/// What is left of a payload.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn length(&mut self) -> Option<usize> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    fn measures(&mut self) -> Option<SeenObject> {
        let area_px = u32::from_le_bytes(self.array()?);
        let centre = (f64::from_le_bytes(self.array()?), f64::from_le_bytes(self.array()?));
        let mut edge = || self.array().map(u32::from_le_bytes);
        let bounds = (edge()?, edge()?, edge()?, edge()?);
        (centre.0.is_finite() && centre.1.is_finite()).then_some(SeenObject { area_px, centre, bounds })
    }

    fn outline(&mut self) -> Option<Vec<(f32, f32)>> {
        let corners = self.length()?;
        let bytes = self.take(corners.checked_mul(8)?)?;
        let (corners, _) = bytes.as_chunks::<8>();
        let read = |[a, b, c, d, e, f, g, h]: &[u8; 8]| {
            let (x, y) = (f32::from_le_bytes([*a, *b, *c, *d]), f32::from_le_bytes([*e, *f, *g, *h]));
            (x.is_finite() && y.is_finite()).then_some((x, y))
        };
        corners.iter().map(read).collect()
    }
}

#[cfg(test)]
mod looked_tests {
    use super::*;
    use vision::model::Objects;

    fn two_objects() -> Seen {
        let object = |left: u32| SeenObject { area_px: 4, centre: (0.5, 0.5), bounds: (left, 0, left + 2, 2) };
        let objects =
            Objects { width: 4, height: 2, labels: vec![1, 1, 2, 2, 1, 1, 2, 2], seen: vec![object(0), object(2)] };
        let outlines = vision::model::outlines(&objects);
        Seen::Objects { objects, outlines }
    }

    #[test]
    fn objects_cross_over() {
        let looked = parse(&write(two_objects(), 1.5).unwrap()).unwrap();
        assert_eq!((looked.count, looked.ms, looked.objects.len()), (Some(2), 1.5, 2));
        assert_eq!(looked.outlines[1], [(2.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0)]);
        assert_eq!(looked.objects[1].bounds, (2, 0, 4, 2));
        assert!(looked.class.is_none() && looked.probabilities.is_empty());
    }

    #[test]
    fn classes_cross_over() {
        let judged = Judged {
            size_px: 96,
            across: 2,
            down: 1,
            patches: vec![Some(0.25), None],
            value: Some(0.25),
            classes: ["out_of_focus".to_owned(), "in_focus".to_owned()],
            class: "in_focus".to_owned(),
        };
        let looked = parse(&write(Seen::Classes(judged.clone()), 2.0).unwrap()).unwrap();
        assert_eq!((looked.value, looked.class.as_deref(), looked.count), (Some(0.25), Some("in_focus"), None));
        assert_eq!(looked.probabilities, [("out_of_focus".to_owned(), 0.25), ("in_focus".to_owned(), 0.75)]);
        assert_eq!(looked.patches.unwrap().values, [Some(0.25), None]);
        let undecided = Judged { value: None, class: "undecided".to_owned(), ..judged };
        assert!(parse(&write(Seen::Classes(undecided), 2.0).unwrap()).unwrap().probabilities.is_empty());
    }

    #[test]
    fn what_was_cut_or_changed_is_no_answer_and_no_panic() {
        let bytes = write(two_objects(), 1.5).unwrap();
        for cut in 0..bytes.len() {
            assert_eq!(parse(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(parse(&[bytes.clone(), vec![0]].concat()), None, "more than it says");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] = 0xff;
            let _answer_or_none = parse(&changed);
        }
    }
}
