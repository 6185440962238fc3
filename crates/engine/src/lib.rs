//! The road itself: source → decode → judge and commit → publish → ticks. The façade of window, command line and tests.

pub mod bundle;
pub mod check;
mod clock;
pub mod columns;
mod committer;
pub mod connections;
pub mod desk;
pub mod digests;
pub mod disk;
pub mod dry_run;
pub mod export;
pub mod figures;
pub mod files;
pub mod image_files;
pub mod infer;
pub mod installation;
mod intake;
pub mod library;
mod nearest;
pub mod normalised;
pub mod notes;
pub mod outbox;
pub mod pixels;
mod plate_columns;
pub mod player;
mod prepared;
pub mod profile;
pub mod qc;
mod rebuild;
pub mod record;
pub mod replay;
pub mod review;
pub mod road;
pub mod rules;
pub mod settings;
pub mod ticks;
mod toml_words;
pub mod verify;
mod writer;

pub use check::{CheckStep, CheckStepName, CheckStepState, Checked, CheckedTopic, check};
pub use clock::{now_us, parse_time_ms, rfc3339};
pub use columns::{Columns, ColumnsError, FeatureColumn};
pub use connections::{Connection, ConnectionError, Connections, StartAt};
pub use digests::{Digests, digests};
pub use intake::Pace;
pub use library::{Library, LibraryError, PlateLine, SessionDetail, SessionFilter, SessionRow, SessionState};
pub use player::{Player, PlayerError, PlayerMode, PlayerPosition, PlayerStart, SeekTo};
pub use profile::{Profile, ProfileError, check_topic};
pub use record::{Opening, RecordSettings, record};
pub use replay::{Replay, Replayed, replay};
pub use road::{Finished, Notice, Progress, Road, RoadError};
pub use settings::{ColourMap, Folders, Settings, SettingsError, Theme, Times, WindowSettings};
// The rooms below, for those who may only knock here: the command line, the window.
pub use {feed, plate, session, vision, wire};

pub use ticks::{AlertTick, HeadlineSummary, PlateSummary, PlateTick, Tick, Ticks};
