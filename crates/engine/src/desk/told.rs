//! What the window is told by itself, in one row: ticks with what changed, and the strip's values.
//!
//! Times are milliseconds since 1970 UTC, `seq` are the session's; both stay below 2^53. Plates go by handle.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::failure::Failure;
use super::packed::BundleWork;

/// The answer to a page that listens.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Heard {
    /// The page's number, by which it asks on.
    pub page: u32,
    /// What is new, in its order: at most one strip and one tick; nothing where nothing happened for a while.
    pub told: Vec<Told>,
}

/// One thing that is told.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Told {
    /// Plates and alerts changed. The next tick is made only after the page said that this one is drawn.
    Tick(WindowTick),
    /// The strip's values, at most twice a second and only when they changed.
    Strip(Box<Strip>),
}

/// Everything that changed since the last tick.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WindowTick {
    /// Counts up from 1; with it the page says that the tick is drawn.
    pub number: u32,
    /// Everything known before is void: `plates` holds all there are (first tick, seek, another session).
    pub reset: bool,
    /// The last committed `seq`.
    pub seq: i64,
    /// The plates that changed, all of them after a reset.
    pub plates: Vec<PlateTile>,
    /// Alerts that were opened, changed or cleared since, newest last; all open ones after a reset.
    pub alerts: Vec<AlertItem>,
    /// Alerts that are not in `alerts` for their number: `alerts` of [`super::Desk`] lists them.
    pub alerts_left_out: u32,
    /// The oldest receipt of what this tick shows, microseconds since 1970 UTC: for measuring how old pixels are.
    pub received_us: i64,
}

/// How good something is. Never shown by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Within its limits.
    Ok,
    /// Said for information.
    Info,
    /// Wants attention.
    Attention,
    /// Fails.
    Fail,
    /// Cannot be said (too few controls, no card).
    Unknown,
}

/// A plate on the wall.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PlateTile {
    /// Its handle: unguessable, valid while this session is on the desk.
    pub plate: String,
    /// Its run, empty for none.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Grows with every change.
    pub revision: u64,
    /// Wells of its format; `null` until a message says it.
    pub format: Option<u16>,
    /// Rows and columns of its format, 0 while unknown.
    pub rows: u16,
    /// Columns.
    pub columns: u16,
    /// Wells with a result among the expected ones.
    pub wells_in: u32,
    /// Wells from which a result is expected.
    pub wells_expected: u32,
    /// Every expected well has one.
    pub complete: bool,
    /// The first headline feature; `null` without an assay card.
    pub headline: Option<HeadlineTile>,
    /// Open alerts.
    pub flags: u32,
    /// The worst of them, `ok` for none.
    pub level: Level,
    /// Flags of people, and of anybody about the plate as a whole, that nobody has settled. Neither alerts nor what pipelines and
    /// models find in single images are among them.
    pub review_flags: u32,
    /// Planes so far.
    pub images: u64,
    /// The stage that it last entered or left, as the message names it.
    pub stage: Option<String>,
    /// The instrument of that stage.
    pub instrument: Option<String>,
    /// Its assay by the layout.
    pub assay: Option<String>,
    /// Its cells by the layout.
    pub cells: Option<String>,
    /// The newest Kafka timestamp of its messages.
    pub last_ms: Option<i64>,
    /// Row-major numbers of wells that changed since the last tick, at most 64, newest last.
    pub fresh: Vec<u16>,
}

/// The first headline feature of a plate.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct HeadlineTile {
    /// The feature.
    pub feature: String,
    /// Z', `null` where it is undefined.
    pub z_prime: Option<f64>,
    /// Why it is undefined.
    pub undefined: Option<String>,
    /// By the card's limits.
    pub level: Level,
    /// Control wells with a value.
    pub controls_in: u32,
    /// Control wells that the layout names.
    pub controls_expected: u32,
}

/// One alert: the state of one rule on one plate and feature.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AlertItem {
    /// Its `seq`: names it.
    pub seq: i64,
    /// The plate's handle.
    pub plate: String,
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Which rule spoke, by its stable name.
    pub rule: String,
    /// What it found, in a few words.
    pub title: String,
    /// The screen that shows it: `plate`, `images`, `live`, `sessions` or `connect`.
    pub opens: String,
    /// Which headline feature; empty for a rule that is about none.
    pub feature: String,
    /// Of which wells or sites it speaks, in words; empty for one about a whole plate or a run.
    pub place: String,
    /// The first of them: its name, and its site.
    pub well: Option<String>,
    /// The first of them: its site, from 1.
    pub site: Option<u16>,
    /// `ok` when it is over.
    pub level: Level,
    /// The statistic, `null` where it became undefined.
    pub value: Option<f64>,
    /// The card's limit that it was compared with.
    pub limit: Option<f64>,
    /// Positive and negative wells that counted.
    pub counts: (u32, u32),
    /// When its cause was received.
    pub at_ms: i64,
    /// What to do, in the rule's words.
    pub guidance: String,
    /// A later alert of the same rule replaced it, or it is over.
    pub open: bool,
    /// Somebody acknowledged it.
    pub acknowledged: bool,
    /// It is listed until it is over and somebody has acknowledged it.
    pub listed: bool,
    /// It calls beyond the screen: it was raised by a rule that may, and its cause was not old when it came.
    pub calls: bool,
    /// When it was over; `null` while it holds.
    pub over_at_ms: Option<i64>,
    /// Alerts of the same rule raised within ten seconds of each other, itself included: one line.
    pub burst: u32,
    /// Z' of the run's last plates in order of their barcodes, for the small chart: barcode and value.
    pub neighbours: Vec<(String, Option<f64>)>,
}

/// What the desk shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing is open.
    None,
    /// The live edge of what this window records.
    Live,
    /// A moment of a session: paused, playing or at its end.
    Replay,
    /// The live edge of a session that another process records.
    Following,
}

/// The top strip, the timeline's head and the topic table.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Strip {
    /// What the desk shows.
    pub mode: Mode,
    /// The session on the desk.
    pub session: Option<SessionHead>,
    /// The broker, while this window records.
    pub source: Option<SourceHead>,
    /// The recording, which goes on while something else is looked at.
    pub recording: Option<Recording>,
    /// Where the desk stands in time, in replay and while following.
    pub position: Option<Position>,
    /// Messages that could not be decoded, of this session up to here.
    pub undecoded: u64,
    /// Decisions that wait for the broker.
    pub outbox: u32,
    /// What is done about them: `empty`, `offline`, `reading`, `sending`, `failing`, `held`.
    pub outbox_state: String,
    /// Flags that wait for a reviewer.
    pub to_review: u32,
    /// The bundle that is being written or opened.
    pub bundling: Option<BundleWork>,
    /// The disk.
    pub disk: Disk,
    /// A problem that nobody asked about, as a session that the command line named and that cannot be opened.
    pub problem: Option<Failure>,
    /// Remarks that came with the messages, by run.
    pub notes: Vec<RunNote>,
    /// The clock of this machine.
    pub now_ms: i64,
}

/// Which session.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SessionHead {
    /// Its folder's name.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// The demo lab's.
    pub demo: bool,
}

/// How the broker is.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SourceHead {
    /// `connecting`, `live`, `catching_up`, `offline`, `ended`.
    pub state: SourceState,
    /// Its address.
    pub brokers: String,
    /// Messages delivered a second.
    pub messages_per_s: f64,
    /// Messages behind; `null` while unknown (offline).
    pub lag: Option<u64>,
    /// When the last message was received.
    pub last_message_ms: Option<i64>,
    /// Offline since.
    pub offline_since_ms: Option<i64>,
    /// The broker's or the worker's own words about what is wrong.
    pub words: Option<String>,
    /// How often the worker was started again.
    pub restarts: u64,
    /// Topics that are not to be seen.
    pub missing_topics: Vec<String>,
    /// Each topic.
    pub topics: Vec<TopicRow>,
}

/// What the source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// No broker has answered yet.
    Connecting,
    /// Messages are read as they come.
    Live,
    /// Older messages are read first.
    CatchingUp,
    /// The broker or the worker is gone; it is tried again.
    Offline,
    /// Nothing more will come.
    Ended,
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TopicRow {
    /// Its name.
    pub topic: String,
    /// What it carries.
    pub kind: String,
    /// Messages a second.
    pub messages_per_s: f64,
    /// Messages behind, `null` while unknown.
    pub lag: Option<u64>,
}

/// A recording under way.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Recording {
    /// Its folder's name.
    pub name: String,
    /// Since.
    pub since_ms: i64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Messages committed.
    pub messages: u64,
    /// Why nothing is stored at the moment.
    pub waiting: Option<String>,
}

/// A moment of a session.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Position {
    /// `seq`.
    pub seq: i64,
    /// When it was received.
    pub at_ms: i64,
    /// The session's first receipt.
    pub first_ms: i64,
    /// Its last.
    pub last_ms: i64,
    /// It moves by itself.
    pub playing: bool,
    /// How fast.
    pub speed: f64,
    /// At the last record.
    pub at_end: bool,
}

/// Room on the session's disk.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Disk {
    /// `ok`, `attention` below the first limit, `fail` below the last (the source waits).
    pub level: Level,
    /// Bytes left, `null` where nothing is recorded.
    pub free_bytes: Option<u64>,
}

/// A remark about a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RunNote {
    /// The run.
    pub run: String,
    /// The remark.
    pub text: String,
}
