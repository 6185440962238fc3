//! What people did about a plate: decisions, annotations, exclusions and more, as they travel between Plateside's copies.

use std::sync::Arc;

use crate::key::PlateKey;
use crate::record::ExclusionEvent;
use crate::spot::Spot;
use crate::well::Well;

/// One thing that a person did.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Where on it.
    pub spot: Spot,
    /// The event's id (`ce_id`): the same event read twice is one.
    pub id: Box<str>,
    /// Which installation and session made it (`ce_source`).
    pub source: Box<str>,
    /// When.
    pub at_ms: i64,
    /// Its number among the events of its installation.
    pub sequence: Option<u64>,
    /// The workflow's id.
    pub correlation: Option<Box<str>>,
    /// The id of the event that this one stands instead of.
    pub supersedes: Option<Box<str>>,
    /// Who.
    pub by: Option<Person>,
    /// What.
    pub body: ReviewBody,
}

/// A person, as the operating system and they themselves say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user's name.
    pub user: Box<str>,
    /// The name in full.
    pub name: Option<Box<str>>,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewBody {
    /// A verdict.
    Decision(Decision),
    /// A shape with a label on an image.
    Annotation(Annotation),
    /// Wells that count nowhere, or count again.
    Exclusion {
        /// Which.
        wells: Box<[Well]>,
        /// Excluded or restored.
        event: ExclusionEvent,
        /// Why.
        reason: Box<str>,
    },
    /// Another kind of event; its content stays in the message.
    Other {
        /// Its type (`ce_type`).
        kind: Box<str>,
    },
}

/// A reviewer's verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// Codes of reasons.
    pub reasons: Box<[Box<str>]>,
    /// Free text.
    pub comment: Option<Box<str>>,
    /// From 0 to 1.
    pub confidence: Option<f64>,
    /// The last entry of the session that the person had seen.
    pub seen_seq: Option<i64>,
    /// The task that it answers.
    pub task: Option<Box<str>>,
}

/// What a reviewer says of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Good.
    Pass,
    /// Not to be used.
    Reject,
    /// To be taken again.
    Reimage,
    /// Somebody else is to look.
    SecondReader,
}

impl Verdict {
    /// All, in the order of their keys.
    pub const ALL: [Verdict; 4] = [Verdict::Pass, Verdict::Reject, Verdict::Reimage, Verdict::SecondReader];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Reject => "reject",
            Verdict::Reimage => "reimage",
            Verdict::SecondReader => "second_reader",
        }
    }
}

/// A shape with a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// The annotation's own id: a later event about it names it again.
    pub annotation: Box<str>,
    /// The shape, in pixels of the plane at full resolution, origin at the top left.
    pub shape: Shape,
    /// What it marks.
    pub label: Box<str>,
    /// It was taken away.
    pub is_deleted: bool,
}

/// Shapes. Coordinates are x to the right, then y down.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// One place.
    Point([f64; 2]),
    /// From one place to another.
    Line([[f64; 2]; 2]),
    /// Left, top, width and height.
    Box([f64; 4]),
    /// Centre x and y, half axes, and the turn of the first in degrees clockwise.
    Ellipse([f64; 5]),
    /// At least three corners; the last joins the first.
    Polygon(Box<[[f64; 2]]>),
    /// At least two places, joined in order.
    Path(Box<[[f64; 2]]>),
}

impl Shape {
    /// The word on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Shape::Point(_) => "point",
            Shape::Line(_) => "line",
            Shape::Box(_) => "box",
            Shape::Ellipse(_) => "ellipse",
            Shape::Polygon(_) => "polygon",
            Shape::Path(_) => "path",
        }
    }

    /// All its numbers, in order.
    #[must_use]
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Shape::Point(place) => place.to_vec(),
            Shape::Line(places) => places.concat(),
            Shape::Box(numbers) => numbers.to_vec(),
            Shape::Ellipse(numbers) => numbers.to_vec(),
            Shape::Polygon(places) | Shape::Path(places) => places.concat(),
        }
    }
}
