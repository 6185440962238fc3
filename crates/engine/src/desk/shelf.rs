//! Sessions as the window lists, opens and verifies them.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::Desk;
use super::chosen::{
    Mark, NoArgs, SessionArgs, SessionDetail, SessionPlate, SessionRow, SessionState, Sessions, VerifyCheck,
};
use super::failure::{Answer, Failure};
use super::handles::fresh;
use super::showing::{Showing, Stage};
use super::told::Level;
use crate::clock::rfc3339;
use crate::disk::free_bytes;
use crate::library::{self, Library, SessionFilter};
use crate::player::{Player, PlayerStart, SeekTo};
use crate::verify::{Judged, Verified};

/// Runs that are named in a row.
const RUNS: usize = 8;
/// Plates in a session's detail.
const PLATES: usize = 200;
/// Alerts on a session's small timeline.
const MARKS: usize = 200;

impl Desk {
    /// The library, opened when it is first asked for.
    pub(crate) async fn library(&self) -> Answer<Library> {
        let open = || Library::open(&self.options.folders.sessions);
        Ok(self.library.get_or_try_init(open).await?.clone())
    }

    /// The sessions, newest first.
    ///
    /// # Errors
    /// `library`.
    pub async fn sessions(&self, _: NoArgs) -> Answer<Sessions> {
        let library = self.library().await?;
        let rows = library.list(SessionFilter::default()).await?;
        let listed: Vec<SessionRow> = rows.iter().map(|row| self.session_row(row)).collect();
        let is_counting = self.count_sessions(&library, &rows);
        self.note_unsent(&rows);
        Ok(Sessions {
            is_counting,
            used_bytes: listed.iter().map(|row| row.bytes).sum(),
            rows: listed,
            folder: library.folder().display().to_string(),
            free_bytes: free_bytes(library.folder()).ok(),
        })
    }

    /// Keeps which sessions have events that the broker does not have. The demo lab's broker ends with it: nobody waits for
    /// what was made in a demo.
    fn note_unsent(&self, rows: &[library::SessionRow]) {
        let waiting = rows.iter().filter_map(|row| {
            let summary = row.summary.as_ref().filter(|summary| summary.unsent > 0)?;
            let is_demo = !row.runs.is_empty() && row.runs.iter().all(|run| feed::demo::is_demo_run(run));
            let unsent = u32::try_from(summary.unsent).unwrap_or(u32::MAX);
            (!is_demo).then(|| (row.path.clone(), row.name.clone(), unsent))
        });
        *self.unsent.lock().unwrap_or_else(PoisonError::into_inner) = waiting.collect();
    }

    /// Sessions beside the one that is recorded with events that the broker does not have: name, how many.
    pub(super) fn unsent_elsewhere(&self, recording: Option<&Path>) -> Vec<(String, u32)> {
        let known = self.unsent.lock().unwrap_or_else(PoisonError::into_inner);
        let others = known.iter().filter(|(path, ..)| Some(path.as_path()) != recording);
        others.map(|(_, name, unsent)| (name.clone(), *unsent)).collect()
    }

    /// Counts complete plates and wells of sessions that have changed, in the background; whether it does so now.
    fn count_sessions(&self, library: &Library, rows: &[library::SessionRow]) -> bool {
        if rows.iter().any(|row| row.is_due) && !self.counts_sessions.swap(true, Ordering::AcqRel) {
            let (library, counts) = (library.clone(), Arc::clone(&self.counts_sessions));
            tokio::spawn(async move {
                // A folder that cannot be looked at says so in the list.
                let _ = library.catch_up().await;
                counts.store(false, Ordering::Release);
            });
        }
        self.counts_sessions.load(Ordering::Acquire)
    }

    /// One session with its plates.
    ///
    /// # Errors
    /// `no_such_session`, `library`.
    pub async fn session(&self, args: SessionArgs) -> Answer<SessionDetail> {
        let path = self.session_path(&args.session)?;
        self.session_detail(&path, None).await
    }

    /// Verifies a session; minutes for millions of messages.
    ///
    /// # Errors
    /// `no_such_session`, `library`; what is wrong in the session is in the answer.
    pub async fn verify_session(&self, args: SessionArgs) -> Answer<SessionDetail> {
        let path = self.session_path(&args.session)?;
        let verified = self.library().await?.verify(&path, |_| {}).await?;
        self.session_detail(&path, Some(&verified)).await
    }

    /// Shows a session read-only, at its end; a recording goes on. One that another process records is followed, a broken
    /// one is shown as it was before its first bad entry.
    ///
    /// # Errors
    /// `no_such_session`, `session`.
    pub async fn open_session(&self, args: SessionArgs) -> Answer<()> {
        let path = self.session_path(&args.session)?;
        if self.recording_dir().await.is_some_and(|dir| dir == path) {
            return self.show_recording().await;
        }
        self.open_folder(&path).await
    }

    /// Shows the session in a folder, wherever it lies.
    ///
    /// # Errors
    /// `session` with the way out.
    pub async fn open_folder(&self, path: &Path) -> Answer<()> {
        // What cannot be read is not listed for good.
        session::Reader::open(path).await?;
        if let Ok(library) = self.library().await {
            // Only so that the list knows it too.
            let _ = library.add(path).await;
        }
        let player = match self.state_of(path).await {
            Some(library::SessionState::Recording { .. }) => Player::open(path, PlayerStart::Follow).await?,
            // What stands before the first bad entry is whole; what follows is there for whoever goes on.
            Some(library::SessionState::Broken { first_bad: Some(seq), .. }) if seq > 1 => {
                let player = Player::open(path, PlayerStart::Start).await?;
                player.seek(SeekTo::Seq(seq - 1)).await?;
                player
            }
            _ => Player::open(path, PlayerStart::End).await?,
        };
        self.show(Some(Showing::new(path, Stage::Player(player), false, false).await?));
        Ok(())
    }

    /// Back to our recording, or to an empty desk.
    ///
    /// # Errors
    /// `session`.
    pub async fn close_session(&self, _: NoArgs) -> Answer<()> {
        self.show_recording().await
    }

    /// Puts our recording on the desk again; an empty desk without one.
    pub(crate) async fn show_recording(&self) -> Answer<()> {
        let recording = self.recording.lock().await.clone();
        let showing = match recording {
            Some(ours) => {
                let stage = Stage::Live(std::sync::Arc::clone(&ours.road));
                Some(Showing::new(&ours.dir, stage, false, ours.is_demo()).await?)
            }
            None => None,
        };
        self.show(showing);
        Ok(())
    }

    /// How the session in a folder stands, as far as the library knows.
    async fn state_of(&self, path: &Path) -> Option<library::SessionState> {
        let rows = self.library().await.ok()?.list(SessionFilter::default()).await.ok()?;
        rows.into_iter().find(|row| row.path == path).map(|row| row.state)
    }

    /// Whether a live process records into a folder.
    pub(crate) async fn is_recorded_elsewhere(&self, path: &Path) -> bool {
        matches!(self.state_of(path).await, Some(library::SessionState::Recording { .. }))
    }

    async fn session_detail(&self, path: &Path, now: Option<&Verified>) -> Answer<SessionDetail> {
        let library = self.library().await?;
        let detail = library.detail(path).await?;
        let summary = detail.row.summary.clone().unwrap_or_default();
        let marks = match session::Reader::open(path).await {
            Ok(mut reader) => marks(&mut reader).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        Ok(SessionDetail {
            row: self.session_row(&detail.row),
            id: summary.id,
            cluster: summary.cluster,
            undecoded: summary.undecoded,
            plates: detail.plates.iter().take(PLATES).map(plate).collect(),
            marks,
            checks: match (now, &detail.verified) {
                (Some(verified), _) => checks(verified),
                (None, Some(kept)) => vec![VerifyCheck {
                    name: "session".to_owned(),
                    level: if kept.problems == 0 { Level::Ok } else { Level::Fail },
                    says: kept.finding.clone().unwrap_or_else(|| "whole and unchanged".to_owned()),
                }],
                (None, None) => Vec::new(),
            },
        })
    }

    pub(super) fn session_path(&self, handle: &str) -> Answer<PathBuf> {
        let known = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|(_, known)| known.as_str() == handle).map(|(path, _)| path.clone());
        found.ok_or_else(|| Failure::new("no_such_session", "This session is not in the list any more. Look again."))
    }

    /// The handle of the session in a folder.
    pub(super) fn handle_of(&self, path: &Path) -> String {
        let mut known = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(path.to_owned()).or_insert_with(fresh).clone()
    }

    fn session_row(&self, row: &library::SessionRow) -> SessionRow {
        let summary = row.summary.clone().unwrap_or_default();
        let mut broken_seq = None;
        let (state, state_says, verified_ms) = match &row.state {
            library::SessionState::NotRead => (SessionState::Reading, None, None),
            library::SessionState::Recording { pid } => {
                let own = std::process::id() == *pid;
                let says = if own { "by this window".to_owned() } else { format!("by process {pid}") };
                (SessionState::Recording, Some(says), None)
            }
            library::SessionState::NotVerified => (SessionState::NotVerified, None, None),
            library::SessionState::Verified { at_us } => (SessionState::Verified, None, Some(at_us / 1000)),
            library::SessionState::Broken { at_us, problems, finding, first_bad } => {
                broken_seq = *first_bad;
                let more = if *problems > 1 { format!(" (and {} more)", problems - 1) } else { String::new() };
                (SessionState::Broken, Some(format!("{finding}{more}")), Some(at_us / 1000))
            }
            library::SessionState::Unreadable { reason } => (SessionState::Unreadable, Some(reason.clone()), None),
        };
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let sums = row.known_sums();
        SessionRow {
            session: self.handle_of(&row.path),
            name: row.name.clone(),
            folder: row.path.display().to_string(),
            runs: row.runs.iter().take(RUNS).cloned().collect(),
            plates: small(row.sums.plates),
            plates_complete: sums.map(|sums| small(sums.complete)),
            wells: sums.map(|sums| sums.wells),
            images: summary.images,
            messages: summary.messages,
            alerts: (small(summary.fail), small(summary.attention)),
            bytes: summary.database_bytes + summary.images_bytes,
            first_ms: summary.first_us.map(|us| us / 1000),
            last_ms: summary.last_us.map(|us| us / 1000),
            activity: summary.activity,
            decisions: small(summary.decisions),
            unsent: small(summary.unsent),
            state,
            state_says,
            broken_seq,
            verified_ms,
            bundle: summary.bundle.map(|pixels| pixels.as_str().to_owned()),
        }
    }
}

fn plate(line: &library::PlateLine) -> SessionPlate {
    SessionPlate {
        run: line.run.clone(),
        barcode: line.barcode.clone(),
        format: line.format,
        wells_in: line.wells_in,
        wells_expected: line.wells_expected,
        z_prime: line.z_prime,
        level: match line.level.as_deref() {
            Some("fail") => Level::Fail,
            Some(_) => Level::Attention,
            None if line.z_prime.is_some() => Level::Ok,
            None => Level::Unknown,
        },
    }
}

async fn marks(reader: &mut session::Reader) -> Result<Vec<Mark>, session::Error> {
    let marks = reader.alert_marks().await?;
    let skip = marks.len().saturating_sub(MARKS);
    let newest = marks.into_iter().skip(skip).filter(|mark| mark.level != plate::AlertLevel::Cleared);
    Ok(newest
        .map(|mark| Mark {
            at_ms: mark.at_us / 1000,
            seq: mark.seq,
            level: super::alerts::level(mark.level),
            says: rfc3339(mark.at_us / 1000),
        })
        .collect())
}

fn checks(verified: &Verified) -> Vec<VerifyCheck> {
    let mut checks: Vec<VerifyCheck> = Vec::new();
    let mut check = |name: &str, level: Level, says: String| {
        checks.push(VerifyCheck { name: name.to_owned(), level, says });
    };
    let counts = &verified.counts;
    check(
        "rows",
        if verified.ok() { Level::Ok } else { Level::Fail },
        format!("{} messages, {} records, {} undecoded", counts.messages, counts.records, counts.undecoded),
    );
    let missing: u64 = verified.offsets.iter().map(|partition| partition.gaps).sum();
    check(
        "offsets",
        if missing == 0 { Level::Ok } else { Level::Info },
        format!("{} partitions, {missing} offsets that no message has", verified.offsets.len()),
    );
    if let Some(digests) = &verified.digests {
        // Made again from what is there: with a finding they say what it is now, and not that it is what it was.
        let level = if verified.ok() { Level::Ok } else { Level::Info };
        check("chain", level, format!("history {}", short(&digests.history)));
        check("content", level, format!("content {}", short(&digests.content)));
        let judged = if matches!(verified.judged, Judged::Earlier(_)) { Level::Info } else { level };
        check("judgement", judged, format!("judgement {}", short(&digests.judgement)));
    }
    for note in verified.notes.iter().take(20) {
        check("note", Level::Info, note.clone());
    }
    for problem in verified.problems.iter().take(20) {
        check("problem", Level::Fail, problem.clone());
    }
    checks
}

/// First and last digits of a digest.
fn short(digest: &[u8; 32]) -> String {
    let [a, b, c, d, .., y, z] = digest;
    format!("{a:02x}{b:02x}{c:02x}{d:02x}…{y:02x}{z:02x}")
}
