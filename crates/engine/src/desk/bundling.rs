//! Bundles as the window writes and opens them: one at a time, on a thread of its own, its progress told with the strip.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use session::BundlePixels;

use super::Desk;
use super::chosen::{NoArgs, SessionArgs};
use super::failure::{Answer, Failure};
use super::packed::{
    BundleDoing, BundlePlace, BundleStep, BundleWork, BundlesFound, ExportBundleArgs, ExportedBundle, ImportBundleArgs,
    ImportedBundle,
};
use super::showing::name_of;
use super::usual;
use crate::bundle::{
    BundleError, BundleGlance, BundleProgress, BundleSettings, OpenLimits, bundle, glance_at_bundle, open_bundle,
};
use crate::clock::now_us;
use crate::disk::free_bytes;
use crate::library::{Library, SessionFilter, SessionRow, SessionState};

/// A list reads new sessions for a tenth of a second; after so many lists what was not read is not waited for.
const MOST_LISTS: usize = 50;
/// A window that closes waits so long for a bundle to clear away what it began.
const CLOSING: Duration = Duration::from_secs(5);

/// The one bundle that is written or opened at a time; none most of the time.
#[derive(Debug, Default)]
pub(super) struct Bundling(Arc<Mutex<Option<Arc<Job>>>>);

#[derive(Debug)]
struct Job {
    work: Mutex<BundleWork>,
    stops: AtomicBool,
}

/// The right to work on a bundle: given back when the thread that holds it ends, however it ends.
struct Turn {
    slot: Arc<Mutex<Option<Arc<Job>>>>,
    job: Arc<Job>,
}

impl Turn {
    fn hear(&self, at: BundleProgress) -> ControlFlow<()> {
        let mut work = lock(&self.job.work);
        (work.step, work.done, work.total) = (at.step.into(), at.done, at.total);
        drop(work);
        if self.job.stops.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *lock(&self.slot) = None;
    }
}

impl Bundling {
    /// What is worked on, and how far it is.
    pub(super) fn work(&self) -> Option<BundleWork> {
        let job = lock(&self.0).clone()?;
        let work = lock(&job.work).clone();
        Some(BundleWork { stopping: job.stops.load(Ordering::Relaxed), ..work })
    }

    fn stop(&self) {
        if let Some(job) = &*lock(&self.0) {
            job.stops.store(true, Ordering::Relaxed);
        }
    }

    fn begin(&self, doing: BundleDoing, name: String, path: &Path) -> Answer<Turn> {
        let mut slot = lock(&self.0);
        if slot.is_some() {
            let message = "Another bundle is being written or opened. Wait for it, or cancel it.";
            return Err(Failure::new("busy", message));
        }
        let path = path.display().to_string();
        let work = BundleWork { doing, name, path, step: BundleStep::Preparing, done: 0, total: 0, stopping: false };
        let job = Arc::new(Job { work: Mutex::new(work), stops: AtomicBool::new(false) });
        *slot = Some(Arc::clone(&job));
        Ok(Turn { slot: Arc::clone(&self.0), job })
    }

    /// Breaks off what is worked on, and waits until it has cleared away what it began.
    pub(super) async fn end(&self) {
        self.stop();
        let cleared = async {
            while self.work().is_some() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // One that does not end in time leaves a file or folder named `.unfinished-…`, and nothing under the name asked for.
        let _in_time = tokio::time::timeout(CLOSING, cleared).await;
    }
}

impl Desk {
    /// Where a bundle of a session would go, and what the session weighs.
    ///
    /// # Errors
    /// `no_such_session`, `library`, `too_many`.
    pub async fn bundle_place(&self, args: SessionArgs) -> Answer<BundlePlace> {
        let dir = self.session_path(&args.session)?;
        let row = rows_of(&self.library().await?).await?.into_iter().find(|row| row.path == dir);
        let summary = row.and_then(|row| row.summary).unwrap_or_default();
        let folder = self.options.folders.documents.clone();
        on_a_thread(move || {
            let path = usual::free(&folder, &usual::plain(&name_of(&dir)), usual::ENDING)?;
            // The folder may still have to be made: the disk is that of the first one that is there.
            let there = folder.ancestors().find(|folder| folder.is_dir());
            Ok(BundlePlace {
                path: path.display().to_string(),
                database_bytes: summary.database_bytes,
                images_bytes: summary.images_bytes,
                free_bytes: there.and_then(|folder| free_bytes(folder).ok()),
            })
        })
        .await
    }

    /// Bundles a session, also the one that is recorded; minutes for gigabytes, told with the strip.
    ///
    /// # Errors
    /// `no_such_session`, `invalid`, `busy`, `exists`, `link_queries` where links may be signed, `broken`, `cancelled`,
    /// `bundle` with the engine's words.
    pub async fn export_bundle(&self, args: ExportBundleArgs) -> Answer<ExportedBundle> {
        let dir = self.session_path(&args.session)?;
        let out = usual::whole(&args.path)?;
        let unknown = || Failure::new("invalid", format!("There is no choice of pixels \"{}\".", args.pixels));
        let settings = BundleSettings {
            pixels: BundlePixels::from_name(&args.pixels).ok_or_else(unknown)?,
            force: false,
            keep_link_queries: args.keep_link_queries,
            now_us: now_us(),
            version: self.options.version.clone(),
        };
        let documents = self.options.folders.documents.clone();
        let turn = self.bundling.begin(BundleDoing::Export, name_of(&dir), &out)?;
        on_a_thread(move || {
            // Our own folder is made; one that a person mistyped is not.
            if out.parent() == Some(&*documents) {
                std::fs::create_dir_all(&documents)?;
            }
            let made = block_on(bundle(&dir, &out, &settings, |at| turn.hear(at)))?.map_err(not_written)?;
            let path = made.path.display().to_string();
            Ok(ExportedBundle { path, bytes: made.bytes, left_out_bytes: made.left_out.1 })
        })
        .await
    }

    /// Bundles in the usual places: not in folders below them, and at most 200.
    ///
    /// # Errors
    /// `stopped`; a place that cannot be read is not among those that were looked through.
    pub async fn bundles(&self, _: NoArgs) -> Answer<BundlesFound> {
        let places = self.options.folders.bundles.clone();
        on_a_thread(move || Ok(usual::bundles(&places))).await
    }

    /// Makes a session of a bundle, in a new folder beside the others, verified; minutes for gigabytes, told with the
    /// strip. One that the library has already is named instead.
    ///
    /// # Errors
    /// `invalid`, `busy`, `library`, `cancelled`, `bundle` with the engine's words: nothing is left then.
    pub async fn import_bundle(&self, args: ImportBundleArgs) -> Answer<ImportedBundle> {
        let file = usual::whole(&args.path)?;
        let library = self.library().await?;
        let turn = self.bundling.begin(BundleDoing::Import, name_of(&file), &file)?;
        let (named, limits) = (file.clone(), OpenLimits::default());
        let glanced = on_a_thread(move || {
            usual::refuse_no_file(&named)?;
            // What is wrong with it is found, and said, by whoever opens it.
            Ok(glance_at_bundle(&named, &limits).ok())
        });
        if let Some(glance) = glanced.await?
            && let Some(there) = rows_of(&library).await?.into_iter().find(|row| has_all_of(row, &glance))
        {
            let session = self.handle_of(&there.path);
            return Ok(ImportedBundle { session, name: there.name, already: true });
        }
        let folder = self.options.folders.sessions.clone();
        let dir = on_a_thread(move || {
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let out = usual::free(&folder, &usual::plain(&stem), "")?;
            let opened = block_on(open_bundle(&file, &out, &limits, |at| turn.hear(at)))?;
            Ok(opened.map_err(not_opened)?.dir)
        })
        .await?;
        // It has just been verified. A library that cannot note that lists it as one that nobody verified.
        let _ = library.note_whole(&dir).await;
        Ok(ImportedBundle { session: self.handle_of(&dir), name: name_of(&dir), already: false })
    }

    /// Breaks off the bundle that is written or opened, if there is one; its command then ends with `cancelled`.
    ///
    /// # Errors
    /// None.
    pub async fn stop_bundle(&self, _: NoArgs) -> Answer<()> {
        self.bundling.stop();
        Ok(())
    }
}

/// The library's sessions, all of them read.
async fn rows_of(library: &Library) -> Answer<Vec<SessionRow>> {
    let mut rows = library.list(SessionFilter::default()).await?;
    for _ in 1..MOST_LISTS {
        if !rows.iter().any(|row| row.state == SessionState::NotRead) {
            break;
        }
        rows = library.list(SessionFilter::default()).await?;
    }
    Ok(rows)
}

/// Whether a session of the library has everything that a bundle says it holds: the same session, no shorter, with no fewer
/// pixels. One that is damaged has not.
fn has_all_of(row: &SessionRow, glance: &BundleGlance) -> bool {
    let Some(summary) = &row.summary else { return false };
    let is_well = !matches!(row.state, SessionState::Broken { .. } | SessionState::Unreadable { .. });
    let is_it = (&summary.id, &summary.cluster) == (&glance.session, &glance.cluster);
    let own = summary.bundle.unwrap_or(BundlePixels::Full);
    let has_pixels = own == BundlePixels::Full || glance.pixels.is_some_and(|theirs| own <= theirs);
    is_well && is_it && has_pixels && summary.last_seq >= glance.last_seq
}

/// Words for the window: it has no flags to name.
fn not_written(error: BundleError) -> Failure {
    let (code, message) = match &error {
        BundleError::Exists { path } => {
            ("exists", format!("{} is there already, and nothing is replaced. Choose another name.", path.display()))
        }
        BundleError::LinkQueries { links, .. } => (
            "link_queries",
            format!(
                "{} a query string. It may be a signature, which opens the image to whoever reads the bundle, and \
                 messages are kept byte for byte.",
                if *links == 1 { "1 link to an image has".to_owned() } else { format!("{links} links to images have") }
            ),
        ),
        BundleError::Broken { problems, first, .. } => (
            "broken",
            format!(
                "It is not bundled: {problems} things are wrong with it, the first: {first}. Verify it to see all."
            ),
        ),
        _ => return not_opened(error),
    };
    Failure::new(code, message)
}

fn not_opened(error: BundleError) -> Failure {
    match &error {
        BundleError::BrokenOff { .. } => Failure::new("cancelled", "Cancelled: nothing of the bundle is kept."),
        _ => Failure::new("bundle", error.to_string()),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn broken_off() -> Failure {
    Failure::new("stopped", "The work was broken off: try again.")
}

/// Runs what waits for disks on a thread that may wait.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| broken_off())?
}

/// Runs the engine's functions on the thread of [`on_a_thread`].
fn block_on<T>(work: impl Future<Output = T>) -> Answer<T> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| broken_off())?;
    Ok(runtime.block_on(work))
}
