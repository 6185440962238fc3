//! What the library holds in memory: each session as it was last read, mirrored in `library.db`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use session::{LibraryEntry, LibraryStore, PlateSums, Reader, SessionSummary};

use super::found::Found;
use super::{SessionRow, SessionState, block_on};

/// A session that is being recorded is read again at most this often.
const RECORDING_EVERY: Duration = Duration::from_secs(2);

/// What is known.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) store: LibraryStore,
    pub(super) books: BTreeMap<PathBuf, Book>,
}

#[derive(Debug)]
pub(super) struct Book {
    pub(super) entry: LibraryEntry,
    pub(super) sums: PlateSums,
    pub(super) runs: Vec<String>,
    pub(super) read_at: Option<Instant>,
    pub(super) plates_at: Option<Instant>,
    /// The last entry with which it could not be judged.
    pub(super) unjudged_seq: Option<i64>,
}

impl Shelf {
    pub(super) fn open(path: &Path) -> Result<Shelf, session::Error> {
        let mut store = match LibraryStore::open(path) {
            Ok(store) => store,
            // A folder that may only be read is listed all the same.
            Err(_) => LibraryStore::in_memory()?,
        };
        let loaded = store.load().and_then(|entries| Ok((entries, store.sums()?)));
        let (entries, sums) = match loaded {
            Ok(loaded) => loaded,
            Err(_) => {
                store = LibraryStore::anew(path).or_else(|_| LibraryStore::in_memory())?;
                (Vec::new(), Vec::new())
            }
        };
        let mut sums: BTreeMap<PathBuf, (PlateSums, Vec<String>)> =
            sums.into_iter().map(|(path, sums, runs)| (path, (sums, runs))).collect();
        let books = entries.into_iter().map(|entry| {
            let (sums, runs) = sums.remove(&entry.path).unwrap_or_default();
            (entry.path.clone(), Book { entry, sums, runs, read_at: None, plates_at: None, unjudged_seq: None })
        });
        Ok(Shelf { books: books.collect(), store })
    }

    pub(super) fn is_due(&self, path: &Path, found: &Found) -> bool {
        self.books.get(path).is_none_or(|book| {
            let recently = book.read_at.is_some_and(|at| at.elapsed() < RECORDING_EVERY);
            book.entry.stamp != found.stamp && !(found.pid.is_some() && recently)
        })
    }

    /// Reads a session in short. What cannot be read is kept with its reason, beside what was known.
    pub(super) fn read(&mut self, path: &Path, found: &Found) {
        let read = block_on(async { Reader::open(path).await?.summary().await });
        let outcome = match read {
            Ok(Ok(summary)) => Ok(summary),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let old = self.books.remove(path);
        let is_same = |old: &Book, id: &str| old.entry.summary.id == id || old.entry.summary.id.is_empty();
        let (summary, unreadable) = match outcome {
            Ok(summary) => (summary, None),
            Err(reason) => (old.as_ref().map(|old| old.entry.summary.clone()).unwrap_or_default(), Some(reason)),
        };
        if old.as_ref().is_some_and(|old| !is_same(old, &summary.id)) {
            // Another session lies under this name: nothing that was known is about it.
            self.kept(|store| store.forget(path));
        }
        let old = old.filter(|old| is_same(old, &summary.id));
        let entry = LibraryEntry {
            path: path.to_owned(),
            stamp: found.stamp,
            unreadable,
            plates_seq: old.as_ref().map_or(0, |old| old.entry.plates_seq),
            verified: old.as_ref().and_then(|old| old.entry.verified.clone()),
            summary,
        };
        self.keep(&entry);
        let mut sums = old.as_ref().map(|old| old.sums).unwrap_or_default();
        let mut runs: Vec<String> = entry.summary.plates.iter().map(|(run, _)| run.clone()).collect();
        runs.dedup();
        sums.plates = entry.summary.plates.len() as u64;
        if entry.unreadable.is_some() {
            (sums, runs) = old.as_ref().map(|old| (old.sums, old.runs.clone())).unwrap_or_default();
        }
        // Their names are in the store; ten thousand of them are not held for each session.
        let summary = SessionSummary { plates: Vec::new(), ..entry.summary };
        let entry = LibraryEntry { summary, ..entry };
        let (plates_at, unjudged_seq) = old.map(|old| (old.plates_at, old.unjudged_seq)).unwrap_or_default();
        let read_at = Some(Instant::now());
        self.books.insert(path.to_owned(), Book { entry, sums, runs, read_at, plates_at, unjudged_seq });
    }

    pub(super) fn keep(&mut self, entry: &LibraryEntry) {
        self.kept(|store| store.put(entry));
    }

    /// Writes to the store. A library that cannot be written costs time, never a session: what is in memory goes on.
    pub(super) fn kept(&mut self, write: impl FnOnce(&mut LibraryStore) -> Result<(), session::Error>) {
        drop(write(&mut self.store));
    }
}

impl Book {
    pub(super) fn state(&self, found: &Found) -> SessionState {
        if let Some(pid) = found.pid {
            return SessionState::Recording { pid };
        }
        if let Some(reason) = &self.entry.unreadable {
            return SessionState::Unreadable { reason: reason.clone() };
        }
        match &self.entry.verified {
            Some(verified) if verified.stamp == found.stamp => match &verified.finding {
                None => SessionState::Verified { at_us: verified.at_us },
                Some(finding) => SessionState::Broken {
                    at_us: verified.at_us,
                    problems: verified.problems,
                    finding: finding.clone(),
                    first_bad: verified.first_bad,
                },
            },
            _ => SessionState::NotVerified,
        }
    }

    pub(super) fn row(&self, state: SessionState) -> SessionRow {
        let known = !self.entry.summary.id.is_empty();
        let last_seq = self.entry.summary.last_seq;
        let sums_are_current = known && self.entry.plates_seq == last_seq;
        let can_be_judged = matches!(state, SessionState::NotVerified | SessionState::Verified { .. });
        SessionRow {
            path: self.entry.path.clone(),
            name: name_of(&self.entry.path),
            summary: known.then(|| self.entry.summary.clone()),
            runs: self.runs.clone(),
            sums: self.sums,
            sums_are_current,
            is_due: !sums_are_current && can_be_judged && self.unjudged_seq != Some(last_seq),
            state,
        }
    }
}

pub(super) fn unread(path: &Path, found: &Found) -> SessionRow {
    SessionRow {
        path: path.to_owned(),
        name: name_of(path),
        summary: None,
        runs: Vec::new(),
        sums: PlateSums::default(),
        sums_are_current: false,
        is_due: found.pid.is_none(),
        state: found.pid.map_or(SessionState::NotRead, |pid| SessionState::Recording { pid }),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
