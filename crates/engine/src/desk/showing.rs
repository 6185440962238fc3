//! What is on the desk: the road of a recording, or a player; both answer the same questions.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plate::{Board, PlateKey};
use session::Reader;

use super::alerts::Ledger;
use super::composite::Views;
use super::failure::{Answer, Failure};
use super::gaps::Known;
use super::handles::Handles;
use super::told::RunNote;
use crate::columns::Columns;
use crate::notes::RunNotes;
use crate::pixels::PlaneStore;
use crate::player::{Player, PlayerMode};
use crate::review::FlagBook;
use crate::road::Road;
use crate::ticks::Ticks;

/// Where the board is.
#[derive(Clone)]
pub(crate) enum Stage {
    /// The live edge of our own recording.
    Live(Arc<Road>),
    /// A moment of a session, or the live edge of another's.
    Player(Player),
}

/// One session on the desk. Replaced whole when another one is opened, so that nothing of the old one lives on.
pub(crate) struct Showing {
    pub(crate) dir: PathBuf,
    pub(crate) stage: Stage,
    /// Rewound from our own recording: the live edge is one step away.
    pub(crate) rewound: bool,
    pub(crate) demo: bool,
    /// Messages of it that could not be decoded, when it was put here.
    pub(crate) undecoded: u64,
    /// Remarks that came with its messages.
    pub(crate) notes: tokio::sync::Mutex<RunNotes>,
    pub(crate) handles: Mutex<Handles>,
    pub(crate) ledger: tokio::sync::Mutex<Ledger>,
    /// For short questions.
    pub(crate) reader: tokio::sync::Mutex<Reader>,
    /// Features that the board does not hold; may take a second.
    pub(crate) columns: Columns,
    /// Flags and what was decided about them.
    pub(super) flag_book: tokio::sync::Mutex<FlagBook>,
    /// What was read for the ledger of gaps.
    pub(super) gaps: tokio::sync::Mutex<Known>,
    /// Decoded images.
    pub(crate) pixels: PlaneStore,
    /// Who asks for which picture.
    pub(super) views: Views,
}

impl Showing {
    pub(crate) async fn new(dir: &Path, stage: Stage, rewound: bool, demo: bool) -> Answer<Showing> {
        let mut reader = Reader::open(dir).await?;
        Ok(Showing {
            undecoded: reader.counts().await?.undecoded,
            notes: tokio::sync::Mutex::default(),
            dir: dir.to_owned(),
            stage,
            rewound,
            demo,
            handles: Mutex::default(),
            ledger: tokio::sync::Mutex::default(),
            reader: tokio::sync::Mutex::new(reader),
            columns: Columns::open(dir).await?,
            flag_book: tokio::sync::Mutex::default(),
            gaps: tokio::sync::Mutex::default(),
            pixels: PlaneStore::open(dir).await?,
            views: Views::default(),
        })
    }

    pub(crate) async fn ticks(&self) -> Answer<Ticks> {
        match &self.stage {
            Stage::Live(road) => Ok(road.ticks().await?),
            Stage::Player(player) => Ok(player.ticks().await?),
        }
    }

    /// Asks the board something.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Board) -> T + Send + 'static,
    ) -> Answer<T> {
        match &self.stage {
            Stage::Live(road) => Ok(road.look(question).await?),
            Stage::Player(player) => Ok(player.look(question).await?),
        }
    }

    /// The last `seq` that may be seen: everything at a live edge.
    pub(crate) fn upto(&self) -> i64 {
        match &self.stage {
            Stage::Live(road) => road.progress().borrow().seq.max(0),
            Stage::Player(player) => player.position().borrow().seq,
        }
    }

    /// Whether the board stands at the newest entry, so that "now" is what is seen.
    pub(crate) fn at_live_edge(&self) -> bool {
        match &self.stage {
            Stage::Live(_) => true,
            Stage::Player(player) => player.position().borrow().mode == PlayerMode::Following,
        }
    }

    pub(crate) fn handle(&self, plate: &Arc<PlateKey>) -> String {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner).of(plate).to_string()
    }

    pub(crate) fn plate(&self, handle: &str) -> Answer<Arc<PlateKey>> {
        let handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        handles.plate(handle).ok_or_else(Failure::no_such_plate)
    }

    /// Our own recording's road, where people may add records.
    pub(crate) fn road(&self) -> Answer<&Arc<Road>> {
        match &self.stage {
            Stage::Live(road) => Ok(road),
            Stage::Player(_) if self.rewound => Err(Failure::new(
                "rewound",
                "This is an earlier moment. Go back to the live edge (End) to change anything.",
            )),
            Stage::Player(_) => Err(Failure::new(
                "read_only",
                "This session is open read-only: it can be looked at and replayed, not changed.",
            )),
        }
    }

    /// Remarks that came with its messages up to here. Reads on a little where nobody else is reading.
    pub(crate) async fn notes(&self) -> Vec<RunNote> {
        let mut notes = self.notes.lock().await;
        let upto = self.upto();
        if let Ok(mut reader) = self.reader.try_lock() {
            // What cannot be read now is read with the next look.
            let _ = notes.step(&mut reader, upto).await;
        }
        notes.at(upto).map(|note| RunNote { run: note.run.to_string(), text: note.text.to_string() }).collect()
    }

    pub(crate) fn name(&self) -> String {
        name_of(&self.dir)
    }
}

/// A folder's last name, for people.
pub(crate) fn name_of(dir: &Path) -> String {
    dir.file_name().map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned())
}
