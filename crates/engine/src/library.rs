//! The library: all sessions of a folder in short, without opening those that have not changed.
//!
//! What is known lies in `library.db` beside the session folders; it can be deleted at any time. Looking never takes a
//! session's lock and writes nothing but that file.

mod found;
mod lines;
mod shelf;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use plate::Board;
use session::{LibraryVerification, PlateSums, Reader, SessionSummary};

use crate::clock::now_us;
use crate::verify::{self, Verified, VerifyProgress};
pub use session::PlateLine;
use shelf::{Shelf, unread};

/// What a person looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Part of a folder's name, a run, a profile's name, or a plate's barcode, whatever its capitals. Empty: all.
    pub text: String,
    /// Only sessions with this run; `""` is "no run".
    pub run: Option<String>,
}

/// A session in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// The session's folder: what the other functions are asked by.
    pub path: PathBuf,
    /// The folder's name.
    pub name: String,
    /// The session in short; `None` where it was never read.
    pub summary: Option<SessionSummary>,
    /// Its runs, sorted; `""` is "no run".
    pub runs: Vec<String>,
    /// Plates, those of them complete, and their wells.
    pub sums: PlateSums,
    /// Whether `sums.complete` and `sums.wells` are of the session as it stands; else they are of before, or 0.
    pub sums_are_current: bool,
    /// Whether [`Library::catch_up`] would read it, or judge it again.
    pub is_due: bool,
    /// What state it is in.
    pub state: SessionState,
}

/// What state a session is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// It is new or has changed, and will be read with one of the next lists.
    NotRead,
    /// A live process of this machine records into it.
    Recording {
        /// Its process id.
        pid: u32,
    },
    /// Closed, and not verified as it stands.
    NotVerified,
    /// Whole and unchanged.
    Verified {
        /// When that was found, microseconds since 1970 UTC.
        at_us: i64,
    },
    /// Something in it is wrong.
    Broken {
        /// When that was found, microseconds since 1970 UTC.
        at_us: i64,
        /// How much is wrong.
        problems: u64,
        /// The first of it.
        finding: String,
        /// The first entry with which something is wrong, where it has a place among them.
        first_bad: Option<i64>,
    },
    /// It cannot be opened.
    Unreadable {
        /// Why, and the way out.
        reason: String,
    },
}

/// A session with its plates.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionDetail {
    /// As in the list.
    pub row: SessionRow,
    /// Its plates, by run and barcode.
    pub plates: Vec<PlateLine>,
    /// The last verification, also one of before the session changed.
    pub verified: Option<LibraryVerification>,
}

/// Why the library cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The folder of the sessions cannot be looked at.
    #[error("the sessions folder {path} cannot be read: {source}; check its rights, or choose another folder")]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no session in that folder (any more).
    #[error("{path} holds no session any more: it was moved or deleted; look at the list again")]
    Gone {
        /// Which folder.
        path: PathBuf,
    },
    /// The session itself.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// The work was broken off.
    #[error("looking at the sessions was broken off: try again")]
    BrokenOff,
}

/// Reading new or changed sessions takes a list no longer than this; the rest comes with the next lists.
const PATIENCE: Duration = Duration::from_millis(120);
/// The plates of a session that another process records are judged again at most this often.
const PLATES_EVERY: Duration = Duration::from_secs(20);

/// All sessions of one folder. Cheap to clone; all clones are one library.
#[derive(Debug, Clone)]
pub struct Library {
    folder: Arc<Path>,
    shelf: Arc<Mutex<Shelf>>,
}

impl Library {
    /// Opens the library of a folder of sessions (made if it is not there); a damaged `library.db` is made anew, and where
    /// none can be written what is read is forgotten at the end.
    ///
    /// # Errors
    /// [`LibraryError::Folder`], [`LibraryError::Session`].
    pub async fn open(sessions: &Path) -> Result<Library, LibraryError> {
        let folder: Arc<Path> = sessions.into();
        let for_thread = Arc::clone(&folder);
        let shelf = on_a_thread(move || {
            if let Err(source) = std::fs::create_dir_all(&for_thread) {
                return Err(LibraryError::Folder { path: for_thread.to_path_buf(), source });
            }
            Ok(Shelf::open(&for_thread.join("library.db"))?)
        });
        Ok(Library { folder, shelf: Arc::new(Mutex::new(shelf.await?)) })
    }

    /// The folder of the sessions.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The sessions, newest first. What has not changed is not opened; what has is read for at most a tenth of a second,
    /// so that a list of many new sessions fills over several calls (see [`SessionState::NotRead`]).
    ///
    /// # Errors
    /// [`LibraryError::Folder`].
    pub async fn list(&self, filter: SessionFilter) -> Result<Vec<SessionRow>, LibraryError> {
        let library = self.clone();
        on_a_thread(move || library.list_here(&filter, PATIENCE)).await
    }

    /// Reads everything that is new or has changed, plates too, sessions that are being recorded apart: for the
    /// background. Afterwards `list` has every number.
    ///
    /// # Errors
    /// [`LibraryError::Folder`].
    pub async fn catch_up(&self) -> Result<(), LibraryError> {
        let library = self.clone();
        on_a_thread(move || {
            let mut rows = library.list_here(&SessionFilter::default(), Duration::MAX)?;
            rows.retain(|row| row.is_due);
            rows.sort_by_key(|row| row.summary.as_ref().map(|summary| summary.messages));
            for row in rows {
                if library.read_plates(&row.path).is_err() {
                    library.note_unjudged(&row.path);
                }
            }
            Ok(())
        })
        .await
    }

    /// One session with its plates, judged again where they have changed: seconds a million messages, the first time.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub async fn detail(&self, path: &Path) -> Result<SessionDetail, LibraryError> {
        let (library, path) = (self.clone(), path.to_owned());
        on_a_thread(move || {
            let state = library.refresh(&path)?;
            let is_due = {
                let shelf = library.shelf();
                let book = shelf.books.get(&path).ok_or_else(|| LibraryError::Gone { path: path.clone() })?;
                let stale = book.entry.plates_seq != book.entry.summary.last_seq;
                let live = matches!(state, SessionState::Recording { .. });
                stale
                    && book.entry.unreadable.is_none()
                    && !(live && book.plates_at.is_some_and(|at| at.elapsed() < PLATES_EVERY))
            };
            if is_due {
                library.read_plates(&path)?;
            }
            let mut shelf = library.shelf();
            let plates = shelf.store.plates(&path)?;
            let book = shelf.books.get(&path).ok_or(LibraryError::Gone { path })?;
            Ok(SessionDetail { row: book.row(state), plates, verified: book.entry.verified.clone() })
        })
        .await
    }

    /// Verifies a session as `plateside verify` does, and remembers the outcome. `tell` hears how far it is.
    ///
    /// # Errors
    /// [`LibraryError`]: it could not be looked at. What is wrong in it is in the outcome.
    pub async fn verify(
        &self,
        path: &Path,
        tell: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Result<Verified, LibraryError> {
        let (library, path) = (self.clone(), path.to_owned());
        on_a_thread(move || {
            library.refresh(&path)?;
            // Of before the look: what changes meanwhile is not verified.
            let stamp = found::stamp(&path).ok_or_else(|| LibraryError::Gone { path: path.clone() })?;
            let verified = block_on(verify::verify_telling(&path, tell))??;
            let outcome = LibraryVerification {
                at_us: now_us(),
                stamp,
                problems: verified.problems.len() as u64,
                finding: verified.problems.first().cloned(),
                first_bad: verified.first_bad,
            };
            library.keep_outcome(&path, outcome);
            Ok(verified)
        })
        .await
    }

    /// Keeps that a session was verified a moment ago, as it lies there, and found whole: one that came out of a bundle is.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub async fn note_whole(&self, path: &Path) -> Result<(), LibraryError> {
        let (library, path) = (self.clone(), path.to_owned());
        on_a_thread(move || {
            library.refresh(&path)?;
            let stamp = found::stamp(&path).ok_or_else(|| LibraryError::Gone { path: path.clone() })?;
            library.keep_outcome(
                &path,
                LibraryVerification { at_us: now_us(), stamp, problems: 0, finding: None, first_bad: None },
            );
            Ok(())
        })
        .await
    }

    /// Keeps the plates of a session that this process records or has open, as its board shows them at `seq`: nothing has
    /// to be read again.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub async fn note_plates(&self, path: &Path, seq: i64, lines: Vec<PlateLine>) -> Result<(), LibraryError> {
        let (library, path) = (self.clone(), path.to_owned());
        on_a_thread(move || {
            library.refresh(&path)?;
            library.keep_plates(&path, seq, &lines);
            Ok(())
        })
        .await
    }

    /// The plates of a board, for [`Library::note_plates`].
    #[must_use]
    pub fn lines_of(board: &Board) -> Vec<PlateLine> {
        lines::of(board)
    }

    /// Lists a session that lies in another folder too, as one opened from elsewhere.
    ///
    /// # Errors
    /// [`LibraryError::Gone`] where there is no session.
    pub async fn add(&self, path: &Path) -> Result<(), LibraryError> {
        let (library, path) = (self.clone(), path.to_owned());
        on_a_thread(move || library.refresh(&path).map(drop)).await
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn list_here(&self, filter: &SessionFilter, patience: Duration) -> Result<Vec<SessionRow>, LibraryError> {
        let begun = Instant::now();
        let elsewhere: Vec<PathBuf> = {
            let shelf = self.shelf();
            shelf.books.keys().filter(|path| path.parent() != Some(&*self.folder)).cloned().collect()
        };
        let found = found::sessions(&self.folder, &elsewhere)
            .map_err(|source| LibraryError::Folder { path: self.folder.to_path_buf(), source })?;
        let mut shelf = self.shelf();
        let gone: Vec<PathBuf> = shelf.books.keys().filter(|path| !found.contains_key(*path)).cloned().collect();
        for path in gone {
            shelf.books.remove(&path);
            shelf.kept(|store| store.forget(&path));
        }
        let mut rows = Vec::with_capacity(found.len());
        for (path, found) in &found {
            if shelf.is_due(path, found) && begun.elapsed() < patience {
                shelf.read(path, found);
            }
            let row = match shelf.books.get(path) {
                Some(book) => book.row(book.state(found)),
                None => unread(path, found),
            };
            rows.push(row);
        }
        let text = filter.text.trim();
        let with_plate = if text.is_empty() { Vec::new() } else { shelf.store.with_barcode(text).unwrap_or_default() };
        drop(shelf);
        rows.retain(|row| {
            let named = text.is_empty() || row.says(&text.to_lowercase()) || with_plate.contains(&row.path);
            named && filter.run.as_ref().is_none_or(|run| row.runs.contains(run))
        });
        rows.sort_by(|a, b| b.when_us().cmp(&a.when_us()).then_with(|| a.path.cmp(&b.path)));
        Ok(rows)
    }

    fn keep_outcome(&self, path: &Path, outcome: LibraryVerification) {
        let mut shelf = self.shelf();
        if let Some(book) = shelf.books.get_mut(path) {
            book.entry.verified = Some(outcome);
            let entry = book.entry.clone();
            shelf.keep(&entry);
        }
    }

    /// Reads one session if it has changed; says what state it is in.
    fn refresh(&self, path: &Path) -> Result<SessionState, LibraryError> {
        let found = found::session(path).ok_or_else(|| LibraryError::Gone { path: path.to_owned() })?;
        let mut shelf = self.shelf();
        if shelf.is_due(path, &found) {
            shelf.read(path, &found);
        }
        let book = shelf.books.get(path).ok_or_else(|| LibraryError::Gone { path: path.to_owned() })?;
        Ok(book.state(&found))
    }

    /// Judges a session again for its plates; the shelf is free meanwhile.
    fn read_plates(&self, path: &Path) -> Result<(), LibraryError> {
        let seq = block_on(async { Reader::open(path).await?.last_seq().await })??;
        let board = block_on(crate::rebuild::board(path))??;
        self.keep_plates(path, seq, &lines::of(&board));
        Ok(())
    }

    /// One that cannot be judged says so when it is looked at, and is not tried again before it changes.
    fn note_unjudged(&self, path: &Path) {
        if let Some(book) = self.shelf().books.get_mut(path) {
            book.unjudged_seq = Some(book.entry.summary.last_seq);
        }
    }

    fn keep_plates(&self, path: &Path, seq: i64, lines: &[PlateLine]) {
        let mut shelf = self.shelf();
        shelf.kept(|store| store.put_plates(path, seq, lines));
        if let Some(book) = shelf.books.get_mut(path) {
            book.entry.plates_seq = seq;
            book.plates_at = Some(Instant::now());
            (book.sums, book.runs) = lines::sums(lines);
        }
    }
}

impl SessionRow {
    /// Plates, complete ones and wells as far as they are known: of the session as it stands, or, while it is recorded, of
    /// a moment ago.
    #[must_use]
    pub fn known_sums(&self) -> Option<PlateSums> {
        let recent = matches!(self.state, SessionState::Recording { .. }) && self.sums.wells > 0;
        (self.sums_are_current || recent).then_some(self.sums)
    }

    /// When the last thing came, or the session was made, microseconds since 1970 UTC.
    #[must_use]
    pub fn when_us(&self) -> i64 {
        self.summary.as_ref().map_or(i64::MAX, |summary| summary.last_us.unwrap_or(summary.created_at_us))
    }

    fn says(&self, lower: &str) -> bool {
        let says = |text: &str| text.to_lowercase().contains(lower);
        says(&self.name)
            || self.runs.iter().any(|run| says(run))
            || self.summary.as_ref().is_some_and(|summary| says(&summary.profile_name) || summary.id == lower)
    }
}

/// Runs what waits for SQLite and files on a thread that may wait.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LibraryError> + Send + 'static,
) -> Result<T, LibraryError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| LibraryError::BrokenOff)?
}

/// Runs a session's functions on the thread of [`on_a_thread`].
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, LibraryError> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| LibraryError::BrokenOff)?;
    Ok(runtime.block_on(work))
}

#[cfg(test)]
mod tests;
