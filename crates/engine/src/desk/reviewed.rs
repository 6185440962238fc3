//! What the Review screen and the outbox ask and are shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::pictured::ModelScore;

/// The flags of the session on the desk.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReviewQueue {
    /// Those that wait first, the most severe and the newest first; then those for a second reader, then decided and cleared
    /// ones, newest first. At most 2,000.
    pub items: Vec<FlagItem>,
    /// Flags that wait for somebody.
    pub waiting: u32,
    /// Flags for a second reader.
    pub second_reader: u32,
    /// Decided ones.
    pub decided: u32,
    /// Flags that are not in the list for their number.
    pub left_out: u32,
    /// Who decides here: the operating system's user name.
    pub user: String,
    /// The name in full that was signed with last, to begin with.
    pub full_name: String,
    /// Why nothing can be decided here; `null` where it can.
    pub read_only: Option<String>,
    /// What reasons can be given.
    pub codes: Vec<ReasonCode>,
}

/// A reason to look.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FlagItem {
    /// Handle: valid while the session is on the desk.
    pub flag: String,
    /// The plate's handle.
    pub plate: String,
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Row-major number; `null`: the whole plate.
    pub well: Option<u16>,
    /// As `D09`.
    pub well_name: Option<String>,
    /// From 1.
    pub site: Option<u16>,
    /// The channel.
    pub channel: Option<String>,
    /// Why, as its maker names it: `out_of_focus`.
    pub reason: String,
    /// `info`, `warning`, `error`.
    pub severity: String,
    /// Who made it: `rule`, `model`, `pipeline`, `person`, or a lab's own word.
    pub source: String,
    /// The number behind it, in its maker's unit.
    pub score: Option<f64>,
    /// What to do.
    pub guidance: Option<String>,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// How it stands.
    pub standing: FlagStanding,
    /// Something was begun here and not signed.
    pub has_draft: bool,
    /// The verdict that counts.
    pub verdict: Option<String>,
    /// Who gave it.
    pub decided_by: Option<String>,
    /// When.
    #[ts(type = "number | null")]
    pub decided_ms: Option<i64>,
}

/// How a flag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FlagStanding {
    /// Nobody has decided.
    Waiting,
    /// A second person is to look.
    SecondReader,
    /// It is decided.
    Decided,
    /// Whoever raised it has cleared it.
    Cleared,
}

/// A reason that a reviewer can give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReasonCode {
    /// As `F1`.
    pub code: String,
    /// In words.
    pub says: String,
}

/// Names a flag.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FlagArgs {
    /// Its handle.
    pub flag: String,
}

/// One flag with everything about its site.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReviewCase {
    /// The flag.
    pub item: FlagItem,
    /// What was begun here.
    pub draft: Option<ReviewDraft>,
    /// Decisions about the site, newest first.
    pub decisions: Vec<DecisionRow>,
    /// Annotations as they stand.
    pub annotations: Vec<AnnotationRow>,
    /// What local models said of the site, newest first.
    pub checks: Vec<ModelScore>,
    /// What happened to the site, newest first.
    pub trail: Vec<TrailRow>,
    /// Whether the session's chain of records holds.
    pub chain: ChainState,
}

/// A verdict and shapes that are not signed yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReviewDraft {
    /// `pass`, `reject`, `reimage`, `second_reader`.
    pub verdict: Option<String>,
    /// Codes of reasons.
    pub reasons: Vec<String>,
    /// Free text.
    pub comment: String,
    /// Shapes that were drawn here.
    pub shapes: Vec<DrawnShape>,
    /// When it was kept; 0 before.
    #[serde(default)]
    #[ts(type = "number")]
    pub saved_ms: i64,
}

/// A shape in pixels of the plane at full size, origin at the top left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DrawnShape {
    /// Its own id, made by whoever drew it: 1 to 64 letters, digits and `-`.
    pub id: String,
    /// `point` (x, y), `line` (x, y, x, y), `box` (left, top, width, height), `polygon` and `path` (x, y, …).
    pub kind: String,
    /// Its numbers.
    pub numbers: Vec<f64>,
    /// What it marks, at most 200 characters.
    pub label: String,
}

/// What is to be kept of a review that goes on.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DraftArgs {
    /// The flag's handle.
    pub flag: String,
    /// What was begun; `null` lets it go.
    pub draft: Option<ReviewDraft>,
}

/// A draft is on disk.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Kept {
    /// Since when.
    #[ts(type = "number")]
    pub at_ms: i64,
}

/// A verdict, signed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DecideArgs {
    /// The flag's handle.
    pub flag: String,
    /// What is signed; its verdict is not `null`.
    pub draft: ReviewDraft,
    /// The reviewer's name in full.
    pub name: String,
    /// From 0 to 1; `null` where nobody says.
    pub confidence: Option<f64>,
}

/// A plate, wells of it or a site are to be reviewed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RaiseArgs {
    /// The plate's handle.
    pub plate: String,
    /// Row-major numbers of the wells, a flag each; none: the plate as a whole.
    pub wells: Vec<u16>,
    /// A site of the one well, from 1; `null`: the whole well.
    pub site: Option<u16>,
    /// The channel of that site.
    pub channel: Option<String>,
    /// Why, 1 to 200 characters.
    pub reason: String,
}

/// A decision about a site.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DecisionRow {
    /// The event's id.
    pub event: String,
    /// `pass`, `reject`, `reimage`, `second_reader`.
    pub verdict: String,
    /// Codes of reasons.
    pub reasons: Vec<String>,
    /// Free text.
    pub comment: Option<String>,
    /// Who.
    pub by: Option<String>,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// It was made here.
    pub ours: bool,
    /// A later one stands instead of it.
    pub superseded: bool,
}

/// An annotation as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AnnotationRow {
    /// The shape.
    pub shape: DrawnShape,
    /// Who drew it.
    pub by: Option<String>,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// It was drawn here.
    pub ours: bool,
}

/// One thing that happened to a site.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TrailRow {
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Who or what.
    pub who: String,
    /// What, as `annotated`.
    pub did: String,
    /// More.
    pub says: String,
    /// Its place in the session.
    #[ts(type = "number")]
    pub seq: i64,
    /// The first digits of its link in the chain; `null` for what came from the broker.
    pub link: Option<String>,
}

/// Whether the chain of records holds.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChainState {
    /// Every record follows from the one before it.
    pub holds: bool,
    /// In words: how many records, or which one is wrong.
    pub says: String,
}

/// Events that wait for the broker.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct OutboxDetail {
    /// How many.
    pub waiting: u32,
    /// `empty`, `offline`, `reading`, `sending`, `failing`, `held`.
    pub state: String,
    /// More about it.
    pub says: Option<String>,
    /// The oldest of them, at most 200.
    pub rows: Vec<OutboxRow>,
    /// Other sessions of the library with events that the broker does not have: name, and how many. They go out when their
    /// topics are connected again.
    pub elsewhere: Vec<(String, u32)>,
}

/// One event that waits.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct OutboxRow {
    /// Its id.
    pub event: String,
    /// What it says, as `reimage SQ00015194 B10 site 3`.
    pub says: String,
    /// Who made it.
    pub by: String,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Why the broker refuses it.
    pub refused: Option<String>,
}
