//! What a message says, once decoded; and what people and Plateside itself add to a session.
//!
//! One message decodes to any number of these. Times are milliseconds since 1970 UTC.

use std::sync::Arc;

use crate::card::AssayCard;
use crate::feature::Features;
use crate::flag::{FlagRecord, TaskRecord};
use crate::format::Format;
use crate::key::PlateKey;
use crate::layout::Layout;
use crate::review::ReviewRecord;
use crate::rules::Rules;
use crate::spot_check::SpotCheckRecord;
use crate::well::Well;

/// One decoded record.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// Features of one well, or of one site of it.
    Result(ResultRecord),
    /// What the wells of a plate are for.
    Layout(LayoutRecord),
    /// One plane of pixels.
    Image(ImageRecord),
    /// A plate entered or left a stage of the workflow.
    Stage(StageRecord),
    /// A reason to look, raised or cleared.
    Flag(FlagRecord),
    /// The workflow asks a person.
    Task(TaskRecord),
    /// A person did something, here or elsewhere.
    Review(ReviewRecord),
}

impl Record {
    /// The plate that it is about.
    #[must_use]
    pub fn plate(&self) -> &Arc<PlateKey> {
        match self {
            Record::Result(record) => &record.plate,
            Record::Layout(record) => &record.plate,
            Record::Image(record) => &record.plate,
            Record::Stage(record) => &record.plate,
            Record::Flag(record) => &record.plate,
            Record::Task(record) => &record.plate,
            Record::Review(record) => &record.plate,
        }
    }

    /// The plate's format, where the message says it.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        match self {
            Record::Result(record) => Some(record.format),
            Record::Layout(record) => Some(record.layout.format),
            Record::Image(record) => Some(record.format),
            Record::Stage(_) | Record::Flag(_) | Record::Task(_) | Record::Review(_) => None,
        }
    }
}

/// Features of one well (`site` absent) or one site (numbered from 1).
#[derive(Debug, Clone, PartialEq)]
pub struct ResultRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Its format; `well` lies inside it.
    pub format: Format,
    /// Which well.
    pub well: Well,
    /// Which site, from 1; `None` for the whole well.
    pub site: Option<u16>,
    /// When the instrument read it.
    pub read_at_ms: Option<i64>,
    /// Names and values.
    pub features: Features,
}

/// A plate's layout.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Its wells.
    pub layout: Arc<Layout>,
}

/// One plane: (plate, well, site, channel, z, t).
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// Its format; `well` lies inside it.
    pub format: Format,
    /// Which well.
    pub well: Well,
    /// Which site, from 1.
    pub site: u16,
    /// Focus position, from 0.
    pub z: u16,
    /// Time point, from 0.
    pub t: u32,
    /// The channel's name.
    pub channel: Box<str>,
    /// Which plane of the file, from 0, in the order of the message's channels.
    pub page: u16,
    /// Where the pixels are.
    pub pixels: Pixels,
    /// SHA-256 of the whole file: as stated by the message, or of the inline bytes.
    pub sha256: Option<[u8; 32]>,
    /// A piece of a file: the plane is whole only with all of them.
    pub chunk: Option<Chunk>,
    /// Size of a pixel in micrometres.
    pub pixel_um: Option<f64>,
    /// When it was taken.
    pub acquired_at_ms: Option<i64>,
}

/// Where an image's bytes are.
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// The message's body is the file, or a piece of it.
    Inline {
        /// What the bytes are where they are a whole TIFF, PNG or JPEG; else the `content-type` that the message stated.
        content_type: Option<Box<str>>,
        /// Length of the body in bytes.
        bytes: u64,
    },
    /// The file lies elsewhere.
    Linked {
        /// `s3://`, `gs://`, `az://`, `https://` or `file://`, as received.
        link: Box<str>,
    },
}

/// Which piece of a file a message holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// The same on all pieces.
    pub id: Box<str>,
    /// From 0, below `count`.
    pub index: u32,
    /// How many pieces there are.
    pub count: u32,
}

/// A plate entered or left a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRecord {
    /// Which plate.
    pub plate: Arc<PlateKey>,
    /// The stage's name, as the lab calls it.
    pub stage: Box<str>,
    /// Entered or left.
    pub event: StageEvent,
    /// When.
    pub at_ms: i64,
    /// On which instrument.
    pub instrument: Option<Box<str>>,
    /// Who or what says so.
    pub by: Option<Box<str>>,
    /// Free text.
    pub note: Option<Box<str>>,
    /// The workflow's id.
    pub correlation: Option<Box<str>>,
}

/// What happened at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageEvent {
    /// The plate arrived.
    Entered,
    /// The plate went on.
    Left,
}

impl StageEvent {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            StageEvent::Entered => "entered",
            StageEvent::Left => "left",
        }
    }
}

/// What people do, and what Plateside decides about a session: appended with a hash chain (`DATA.md` 18).
#[derive(Debug, Clone, PartialEq)]
pub struct LocalRecord {
    /// When it was made.
    pub at_ms: i64,
    /// Who made it: a user's name, or `plateside`.
    pub by: Box<str>,
    /// What it says.
    pub body: LocalBody,
}

/// The kinds of local records.
#[derive(Debug, Clone, PartialEq)]
pub enum LocalBody {
    /// The profile in force from here on: its name, its rules and its assay cards, which also fix the tracked features.
    Profile {
        /// The profile's name.
        name: Box<str>,
        /// How each assay is judged.
        cards: Arc<[AssayCard]>,
        /// The rules that call people; `None` leaves it to the cards' plain limits.
        rules: Option<Arc<Rules>>,
    },
    /// Wells that count nowhere, or count again.
    Exclusion {
        /// Which plate.
        plate: Arc<PlateKey>,
        /// Which wells of it.
        wells: Box<[Well]>,
        /// Excluded or restored.
        event: ExclusionEvent,
        /// Why.
        reason: Box<str>,
    },
    /// A layout that a person set for a plate; it stands before the topic's.
    Layout {
        /// Which plate.
        plate: Arc<PlateKey>,
        /// The layout; `None` takes back what was set.
        layout: Option<Arc<Layout>>,
        /// Why.
        reason: Box<str>,
    },
    /// A layout that a person set for a run: of its plates that have none of their own, by the topic or set for them.
    RunLayout {
        /// Which run.
        run: Box<str>,
        /// The layout; `None` takes back what was set.
        layout: Option<Arc<Layout>>,
        /// Why.
        reason: Box<str>,
    },
    /// Time has passed without a message, and a rule waits for that: silence, a delay (`DATA.md` 9).
    Clock {
        /// The time by the stream's own clock: the newest timestamp of a message, and what has passed since it came.
        stream_ms: i64,
    },
    /// Free text about the session.
    Note {
        /// The text.
        text: Box<str>,
    },
    /// A person has seen an alert: it is listed apart from the open ones.
    Acknowledgement {
        /// The alert's place in the session.
        alert_seq: i64,
    },
    /// Something that a person did here and signed, as it goes out to others (`DATA.md` 10, 19).
    Event(Arc<ReviewRecord>),
    /// A reason to look, raised or cleared here: by a model or by a person.
    Flag(Arc<FlagRecord>),
    /// What a local model said of an image.
    SpotCheck(Arc<SpotCheckRecord>),
    /// The broker has taken an event of ours.
    Delivered {
        /// The event's id.
        event: Box<str>,
        /// Its topic.
        topic: Box<str>,
        /// Its partition.
        partition: i32,
        /// Its offset.
        offset: i64,
    },
    /// The features that the board holds from here on, beside those of the cards (`DATA.md` 5).
    Track {
        /// Their names.
        features: Box<[Box<str>]>,
    },
}

/// What happened to wells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExclusionEvent {
    /// They count nowhere.
    Excluded,
    /// They count again.
    Restored,
}

impl ExclusionEvent {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ExclusionEvent::Excluded => "excluded",
            ExclusionEvent::Restored => "restored",
        }
    }
}
