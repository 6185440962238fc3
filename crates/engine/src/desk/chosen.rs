//! What Connect, Sessions and the timeline show and ask.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::failure::Failure;
use super::told::Level;

/// What the window needs to begin.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Boot {
    /// Plateside's version.
    pub version: String,
    /// Settings of the window.
    pub settings: WindowSettings,
    /// Where sessions lie.
    pub sessions_folder: String,
    /// A screen to open, by its name in the rail, if the command line named one.
    pub screen: Option<String>,
    /// A problem met while starting, in words; nothing is lost.
    pub problem: Option<Failure>,
}

/// Settings of the window, kept in `plateside.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WindowSettings {
    /// `system`, `dark` or `light`.
    pub theme: String,
    /// Single-letter keys work.
    pub letter_keys: bool,
    /// Colour map of magnitudes: `viridis`, `cividis`, `magma`.
    pub map: String,
    /// The connection that was used last.
    pub last_connection: Option<String>,
}

/// How to reach a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Its name, chosen by a person; names the file that keeps it.
    pub name: String,
    /// `HOST:PORT`, comma-separated.
    pub brokers: String,
    /// Kind (`results`, `images`, `layouts`, `stages`) and topic; empty topics are not read.
    pub topics: Vec<TopicChoice>,
    /// Where topics begin that were never read.
    pub start: StartChoice,
    /// The folder in which its sessions are kept; `null` for the usual one.
    pub folder: Option<String>,
    /// The profile's text (TOML) with assay cards; empty for none.
    pub profile: String,
}

/// One topic of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TopicChoice {
    /// What it carries.
    pub kind: String,
    /// Its name.
    pub topic: String,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "at", rename_all = "snake_case", deny_unknown_fields)]
pub enum StartChoice {
    /// At the oldest message.
    Earliest,
    /// Behind the newest.
    Latest,
    /// At this time.
    Time {
        /// Milliseconds since 1970 UTC.
        ms: i64,
    },
}

/// A connection to use, test or save.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConnectionArgs {
    /// The connection.
    pub connection: Connection,
}

/// A name.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NameArgs {
    /// The name.
    pub name: String,
}

/// What is known of connections.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Connections {
    /// The saved ones, by name.
    pub saved: Vec<Connection>,
    /// What a new one begins with: the native contract's topics.
    pub blank: Connection,
    /// Files that could not be read, with the reason.
    pub unreadable: Vec<Failure>,
}

/// One step of a connection test, told when it begins and again when it ends.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CheckStep {
    /// `resolve`, `reach`, `cluster`, `topics`, `positions`, `first_message`.
    pub step: String,
    /// `ok`, `attention` or `fail`; `unknown` while it runs; `info` where it was left out.
    pub level: Level,
    /// It is under way.
    pub running: bool,
    /// How long it took.
    pub took_ms: u32,
    /// What was found.
    pub says: String,
    /// The broker's own words.
    pub words: Option<String>,
    /// What to try.
    pub advice: Option<String>,
}

/// The newest message as it came, for a preview.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Preview {
    /// What its topic carries.
    pub kind: String,
    /// Its topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its Kafka timestamp.
    pub timestamp_ms: Option<i64>,
    /// The beginning of its body (at most 4 KiB), where that is text.
    pub text: Option<String>,
    /// Bytes of its whole body.
    pub bytes: u32,
}

/// A topic as the test found it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CheckedTopic {
    /// What it is to carry.
    pub kind: String,
    /// Its name.
    pub topic: String,
    /// Partitions, `null` where it is not to be seen.
    pub partitions: Option<u32>,
    /// Messages from the start position to the end, at most; `null` where unknown.
    pub messages: Option<u64>,
    /// Why it cannot be read.
    pub problem: Option<String>,
    /// Topics that are there and may have been meant.
    pub suggestions: Vec<String>,
}

/// How a connection test ended.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CheckOutcome {
    /// The worst step.
    pub level: Level,
    /// One sentence.
    pub says: String,
    /// How long all of it took.
    pub took_ms: u32,
    /// The topics of the connection.
    pub topics: Vec<CheckedTopic>,
    /// Every topic that is to be seen there, with its partitions, by name.
    pub visible: Vec<(String, u32)>,
    /// The first message that was read.
    pub preview: Option<Preview>,
}

/// How fast the demo robot reads.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DemoArgs {
    /// Times real time; 1 is the demo's usual speed.
    pub speed: f64,
}

/// A session of the library.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SessionRow {
    /// Handle.
    pub session: String,
    /// Its folder's name.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// Its runs, at most 8.
    pub runs: Vec<String>,
    /// Plates, and those of them that are complete.
    pub plates: u32,
    /// Complete ones; not known before they are counted.
    pub plates_complete: Option<u32>,
    /// Wells with a result; not known before they are counted.
    pub wells: Option<u64>,
    /// Planes.
    pub images: u64,
    /// Messages.
    pub messages: u64,
    /// Alerts that fail, and that want attention.
    pub alerts: (u32, u32),
    /// Bytes on disk.
    pub bytes: u64,
    /// First receipt, `null` while empty.
    pub first_ms: Option<i64>,
    /// Last receipt.
    pub last_ms: Option<i64>,
    /// Messages in 48 equal stretches of its span.
    pub activity: Vec<u32>,
    /// Decisions of people, made here or received.
    pub decisions: u32,
    /// Events made here that the broker does not have.
    pub unsent: u32,
    /// How it stands.
    pub state: SessionState,
    /// More about the state: when it was verified, the first finding, why it cannot be read.
    pub state_says: Option<String>,
    /// Where it is broken: the first entry with which something is wrong, if it has a place among them.
    #[ts(type = "number | null")]
    pub broken_seq: Option<i64>,
    /// When it was last verified.
    pub verified_ms: Option<i64>,
    /// What of pixels the bundle held that it came out of, as `full` or `none`: it is read-only. `null` for a recording.
    pub bundle: Option<String>,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// A process records it.
    Recording,
    /// It was verified as it is now.
    Verified,
    /// What it holds is being looked at: the row is not whole yet.
    Reading,
    /// Nobody verified it as it is now.
    NotVerified,
    /// A check failed.
    Broken,
    /// It cannot be read.
    Unreadable,
}

/// Names a session.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SessionArgs {
    /// Handle.
    pub session: String,
}

/// The library.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Sessions {
    /// Newest first.
    pub rows: Vec<SessionRow>,
    /// Where they lie.
    pub folder: String,
    /// Bytes that they use together.
    pub used_bytes: u64,
    /// Bytes left there.
    pub free_bytes: Option<u64>,
    /// While complete plates and wells of sessions that have changed are counted.
    pub is_counting: bool,
}

/// One session with its plates.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SessionDetail {
    /// In short.
    pub row: SessionRow,
    /// Its id.
    pub id: String,
    /// The cluster it was recorded from.
    pub cluster: String,
    /// Messages that could not be decoded.
    pub undecoded: u64,
    /// Its plates, at most 200.
    pub plates: Vec<SessionPlate>,
    /// Alerts on the timeline, at most 200: time and level.
    pub marks: Vec<Mark>,
    /// The checks of the last verification, in order; empty before.
    pub checks: Vec<VerifyCheck>,
}

/// A plate of a session.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SessionPlate {
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Wells of its format.
    pub format: Option<u16>,
    /// Wells in.
    pub wells_in: u32,
    /// Wells expected.
    pub wells_expected: u32,
    /// Z' of the first headline.
    pub z_prime: Option<f64>,
    /// By the card's limits.
    pub level: Level,
}

/// One check of a verification.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct VerifyCheck {
    /// What was checked, as `sqlite`, `chain`, `digests`, `images`.
    pub name: String,
    /// Passed or failed.
    pub level: Level,
    /// What was found.
    pub says: String,
}

/// How wide the timeline is.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TimelineArgs {
    /// Stretches wanted, 1 to 4,096.
    pub bins: u16,
}

/// The session's time from its first receipt to its last.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Timeline {
    /// First receipt; `null` while empty.
    pub first_ms: Option<i64>,
    /// Last receipt.
    pub last_ms: Option<i64>,
    /// Messages in each stretch.
    pub counts: Vec<u32>,
    /// Alerts, at most 500, oldest first.
    pub marks: Vec<Mark>,
}

/// An alert on the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Mark {
    /// When.
    pub at_ms: i64,
    /// Its `seq`.
    pub seq: i64,
    /// How bad.
    pub level: Level,
    /// In words, for the tooltip.
    pub says: String,
}

/// Where to go in a session.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum SeekArgs {
    /// A moment.
    Time {
        /// Milliseconds since 1970 UTC.
        ms: i64,
    },
    /// A record.
    Seq {
        /// `seq`.
        seq: i64,
    },
    /// The first record.
    Start,
    /// The last.
    End,
}

/// How fast to play.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SpeedArgs {
    /// Times real time, above 0, at most 10,000.
    pub speed: f64,
}

/// New settings.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SettingsArgs {
    /// All of them.
    pub settings: WindowSettings,
}

/// Nothing is asked beside the command itself.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoArgs {}
