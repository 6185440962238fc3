//! One session on disk: all SQL, migrations, image files, the audit chain and replay (`DATA.md` 3 to 6, 18).
//!
//! A session is a folder: `session.db` holds the truth, `images/` bodies over 64 KiB, `lock` its one writer; `previews/`
//! stands for bodies that were left out of the bundle that it came in.
//! [`Writer`] records, [`Reader`] reads in any process meanwhile, [`ReplaySource`] gives a session back as it came.

mod audit;
mod behind;
mod bundle;
mod cache;
mod cache_columns;
mod cache_snapshots;
mod column;
mod commit;
mod connect;
mod content;
mod derive;
mod entries;
mod error;
mod fault;
mod filesystem;
mod folder;
mod history;
mod images;
mod inserts;
mod library;
mod library_rows;
mod messages;
mod names;
mod outbox;
mod planes;
mod previews;
mod raw;
mod reader;
mod replay;
mod run_notes;
mod said;
mod state;
mod stored;
mod summary;
mod sweep;
mod table;
mod timeline;
mod verify;
mod wells;
mod window;
mod winners;
mod writer;

pub use audit::AuditLine;
pub use behind::{Behind, MessageLine};
pub use bundle::{BodyFile, BundleMark, BundlePixels};
pub use cache::Cache;
pub use cache_snapshots::{CachedPlate, Pass, PlateToKeep};
pub use column::ColumnResult;
pub use commit::{Commit, Entry};
pub use connect::WriterOptions;
pub use error::Error;
pub use folder::exists;
pub use history::outcome_digest;
pub use images::INLINE_BYTES;
pub use library::{LibraryEntry, LibraryStore, LibraryVerification, PlateLine, PlateSums, Stamp};
pub use planes::{PlaneFile, StoredPlane};
pub use previews::{PREVIEW_BYTES, PREVIEW_SIDE, Preview, PreviewFile};
pub use reader::Reader;
pub use replay::{LeftOutMessage, ReplayItem, ReplaySource};
pub use run_notes::RunNote;
pub use stored::{Counts, StoredBody, StoredEntry, UndecodedMessage};
pub use summary::{ACTIVITY_BINS, SessionSummary};
pub use table::outbox::OutboxRow;
pub use table::session::SessionMeta;
pub use timeline::{AlertMark, Span, Timeline};
pub use verify::{PartitionOffsets, Verification};
pub use wells::{WellRow, WellsPage, WinningValue};
pub use window::What;
pub use writer::{StoredPosition, Writer};
