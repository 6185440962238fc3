//! Plates, wells, layouts, features, statistics, the board and its rules: pure, synchronous, no I/O.
//!
//! Nothing here reads a clock, a file or a random number: time comes in as records, so that replay is live
//! (`ARCHITECTURE.md`, "Board"). Words are the lab's own (`PRODUCT.md`, "Words").

mod abreast;
pub mod agreement;
pub mod alert;
pub mod artefacts;
pub mod board;
#[cfg(test)]
mod board_tests;
mod by_rules;
pub mod card;
pub mod column;
pub mod control_chart;
pub mod counted;
pub mod digest;
pub mod dose;
mod dose_fit;
pub mod drift;
pub mod feature;
pub mod flag;
pub mod format;
mod generator;
pub mod hits;
pub mod interval;
pub mod judge;
pub mod key;
pub mod layout;
mod measures;
mod middle;
pub mod normalise;
pub mod offers;
pub mod orientation;
pub mod origin;
pub mod quality;
pub mod record;
pub mod review;
pub mod rules;
#[cfg(test)]
mod scopes_tests;
#[cfg(test)]
mod set_here_tests;
pub mod snapshot;
mod snapshot_bytes;
mod snapshot_runs;
#[cfg(test)]
mod snapshot_tests;
pub mod spot;
mod spot_check;
pub mod standing;
pub mod statistics;
#[cfg(test)]
mod statistics_tests;
mod student;
pub mod well;
pub mod well_list;
mod well_list_text;
pub mod westgard;

pub use alert::{Alert, AlertLevel, Rule};
pub use artefacts::{Artefacts, Line, Moran};
pub use board::{Board, Change, FormatConflict, HeadlineTable};
pub use card::{AssayCard, Direction, Headline, Limits, Pair, SiteAggregate, Transform};
pub use column::{FeatureOffers, TrackedColumn};
pub use counted::CountedWells;
pub use feature::{FeatureList, Features, Value};
pub use flag::{FlagEvent, FlagRecord, Severity, TaskRecord};
pub use format::Format;
pub use key::PlateKey;
pub use layout::{Concentration, Layout, LayoutWell, Role};
pub use measures::{is_compared_by_size, least_mad};
pub use origin::{Origin, Source};
pub use quality::{PlateQuality, quality_of_all};
pub use record::{
    Chunk, ExclusionEvent, ImageRecord, LayoutRecord, LocalBody, LocalRecord, Pixels, Record, ResultRecord, StageEvent,
    StageRecord,
};
pub use review::ReviewRecord;
pub use snapshot::PlateSnapshot;
pub use snapshot_bytes::SnapshotError;
pub use spot::Spot;
pub use spot_check::SpotCheckRecord;
pub use standing::{LayoutOrigin, PlateStanding, RulesStanding};
pub use statistics::{Counts, FirstTable, Groups, Lines, Part, Statistic, Undefined, larger_ratio};
pub use well::Well;
