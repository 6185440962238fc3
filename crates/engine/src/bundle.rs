//! Bundles: a whole session in one file, for another desk without a broker and without a network (`docs/bundles.md`).
//!
//! [`bundle`] writes one, of a session that may be recording; [`open_bundle`] makes a session of one again, or says what is
//! wrong with it and leaves nothing behind. Both run on the calling thread for as long as the disk takes, and end early where
//! whoever hears how far they are has had enough ([`GoOn`]).

mod archive;
mod manifest;
mod open;
mod previews;
mod seal;
#[cfg(test)]
mod tests;
mod write;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use manifest::Previews;
pub use open::{BundleGlance, OpenLimits, Opened, glance_at_bundle, open_bundle};
pub use write::{BundleSettings, Bundled, bundle};

/// How far a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleProgress {
    /// What is being done.
    pub step: BundleStep,
    /// So much of it: entries of the session while it is verified, else bytes.
    pub done: u64,
    /// Of so much.
    pub total: u64,
}

/// The parts of writing and of opening a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleStep {
    /// Everything is read and judged again.
    Verifying,
    /// Previews are made of the images that are left out.
    Shrinking,
    /// Files go into the bundle.
    Packing,
    /// The bundle's digest is computed.
    Sealing,
    /// Files come out of the bundle.
    Unpacking,
}

/// What whoever hears of progress answers: whether to go on. Who answers nothing lets it go on.
pub trait GoOn {
    /// Whether to go on.
    fn goes_on(self) -> bool;
}

impl GoOn for () {
    fn goes_on(self) -> bool {
        true
    }
}

impl GoOn for ControlFlow<()> {
    fn goes_on(self) -> bool {
        self.is_continue()
    }
}

/// Hears of progress inside; what breaks off ends with an error, whichever.
type Tell<'a> = dyn FnMut(BundleProgress) -> ControlFlow<()> + Send + 'a;

/// Takes an answer, and notes where it was that it is enough.
fn heed(answer: impl GoOn, enough: &mut bool) -> ControlFlow<()> {
    if answer.goes_on() {
        return ControlFlow::Continue(());
    }
    *enough = true;
    ControlFlow::Break(())
}

/// Why there is no bundle, or no session out of one.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The session.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// There is a file already.
    #[error("{} is there already. Choose another name, or say --force to replace a file", path.display())]
    Exists {
        /// The bundle's file.
        path: PathBuf,
    },
    /// The bundle would lie in the session itself.
    #[error("{} lies in the session's own folder: name a place outside of {}", path.display(), dir.display())]
    Inside {
        /// The bundle's file.
        path: PathBuf,
        /// The session.
        dir: PathBuf,
    },
    /// The folder to open into is in use.
    #[error("{} is there already, and is no empty folder. Name a new or an empty folder", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Too little room.
    #[error("{} needs {needed} bytes and its disk has {free} left. Free some space, or choose another disk", path.display())]
    NoRoom {
        /// What was to be written.
        path: PathBuf,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// The session is broken: a bundle of it could not be opened.
    #[error("{} is not bundled: {problems} things are wrong with it, the first: {first}. See plateside verify", dir.display())]
    Broken {
        /// The session's folder.
        dir: PathBuf,
        /// How much is wrong.
        problems: usize,
        /// The first of it.
        first: String,
    },
    /// Links that may be signed would leave the house.
    #[error(
        "{} is not bundled: {links} links to images have a query string, which may be a signature that opens them to whoever \
         reads it, and messages are kept byte for byte. Say --keep-link-queries to bundle them as they are",
        dir.display()
    )]
    LinkQueries {
        /// The session's folder.
        dir: PathBuf,
        /// How many.
        links: u64,
    },
    /// The file is something else.
    #[error("{} is no bundle of Plateside: {reason}", path.display())]
    NotABundle {
        /// The file.
        path: PathBuf,
        /// What it is not.
        reason: String,
    },
    /// A newer Plateside wrote it.
    #[error("{} was made by Plateside {made_by} in a newer format ({found}, this one reads {known}). Update Plateside to open it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version that made it.
        made_by: String,
        /// Its format.
        found: u32,
        /// The newest format that is known.
        known: u32,
    },
    /// Bytes of it are not those that were written.
    #[error("{} was changed or damaged on its way: {place} Ask for it again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Where, as a sentence.
        place: String,
    },
    /// It asks for what no bundle does.
    #[error("{} is refused: its entry {entry:?} {reason}. Nothing of it was written", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Which entry.
        entry: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is larger than what was allowed.
    #[error("{} is refused: it holds {found} {what}, and at most {most} are allowed. See --max-bytes and --max-files", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// `files` or `bytes`.
        what: &'static str,
        /// How many.
        found: u64,
        /// How many are allowed.
        most: u64,
    },
    /// Whoever was told how far it is had enough.
    #[error("{} was broken off: nothing of it is kept", path.display())]
    BrokenOff {
        /// What was to be written.
        path: PathBuf,
    },
    /// What is in it is not the session that it says it is.
    #[error("{} is refused: {reason}. Nothing of it is kept", path.display())]
    Untrue {
        /// The file.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
}

impl BundleError {
    fn broken_off(path: &Path) -> BundleError {
        BundleError::BrokenOff { path: path.to_owned() }
    }

    fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> BundleError {
        move |source| BundleError::Unreadable { path: path.to_owned(), source }
    }

    fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> BundleError {
        move |source| BundleError::Unwritable { path: path.to_owned(), source }
    }
}

/// The folder that a file or folder is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Refuses where the disk has less room than is needed. One that does not say is tried.
fn refuse_without_room(path: &Path, needed: u64) -> Result<(), BundleError> {
    match crate::disk::free_bytes(folder_of(path)) {
        Ok(free) if free < needed => Err(BundleError::NoRoom { path: path.to_owned(), needed, free }),
        _ => Ok(()),
    }
}

/// Makes the names in a folder durable (nothing where folders cannot be opened).
fn sync_folder(folder: &Path) -> Result<(), BundleError> {
    if cfg!(unix) {
        std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(BundleError::unwritable(folder))?;
    }
    Ok(())
}
