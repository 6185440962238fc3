//! The road, wired once: source → decode → judge and commit → publish → ticks, for Kafka and replay alike.
//!
//! Three owners, joined by bounded channels: the pump owns the source, a thread owns the decoder, the writer owns
//! board and session. A full channel stops the one before it; nothing is dropped and nothing grows.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use plate::{Board, LocalBody, LocalRecord, Source};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use wire::{Decoder, Kind};

use crate::clock::now_us;
use crate::committer::Committer;
use crate::disk::DiskLimits;
use crate::intake::{Incoming, Intake};
use crate::prepared::{Prepared, prepare, taken_over};
use crate::ticks::{Ticks, Watcher};
use crate::writer::{self, WriterSettings};

/// Batches that wait between two stages; their bytes are bounded by the source's own permits.
const WAITING_BATCHES: usize = 16;
/// Notices that a slow listener may lag behind before it misses some; they are also in the status.
const WAITING_NOTICES: usize = 256;

/// Something worth telling a person, once.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The source speaks: brokers, topics, the worker.
    Feed(feed::FeedEvent),
    /// A header `plateside-note` on messages of a run: shown wherever its plates are shown.
    Note {
        /// Which run.
        run: Box<str>,
        /// What it says.
        text: Box<str>,
    },
    /// Little room on the disk.
    DiskLow {
        /// Bytes left.
        free_bytes: u64,
    },
    /// Nothing can be stored at the moment; the source waits, and it is tried again.
    Waiting {
        /// Why, and what to do.
        reason: String,
    },
    /// It goes on.
    GoesOn,
}

/// How far the road has come.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The last committed `seq`.
    pub seq: i64,
    /// Messages committed since the road opened.
    pub messages: u64,
    /// Those of them that could not be decoded.
    pub undecoded: u64,
    /// Alerts since the road opened.
    pub alerts: u64,
    /// Bytes of keys, headers and bodies committed since the road opened.
    pub bytes: u64,
    /// When the last commit with messages ended, microseconds since 1970 UTC; 0 before the first.
    pub last_commit_us: i64,
    /// Why nothing is stored at the moment; `None` while all is well.
    pub waiting: Option<String>,
}

/// Why the road ended badly.
#[derive(Debug, thiserror::Error)]
pub enum RoadError {
    /// The session.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// The source.
    #[error(transparent)]
    Feed(#[from] feed::FeedError),
    /// Messages that could not be stored before the end was asked for: they are still on the broker.
    #[error(
        "{messages} messages were received and could not be stored: {reason}; recording again continues before them"
    )]
    Unstored {
        /// How many.
        messages: u64,
        /// Why.
        reason: String,
    },
    /// A part of the road stopped by itself.
    #[error("the {0} stopped unexpectedly; what was committed is safe")]
    Stopped(&'static str),
    /// The folder holds another lab's session.
    #[error("{dir} was recorded from cluster {has}, but these brokers are cluster {found}: choose another folder")]
    OtherCluster {
        /// Which folder.
        dir: PathBuf,
        /// The session's cluster.
        has: String,
        /// The brokers' cluster.
        found: String,
    },
    /// A temporary folder cannot be made.
    #[error("no temporary folder for the replay: {0}")]
    Scratch(std::io::Error),
}

/// What the writer is asked.
pub(crate) enum Command {
    /// Append local records, all or none; answers with the first one's `seq`.
    Append(Vec<LocalRecord>, oneshot::Sender<Result<i64, session::Error>>),
    /// Keep what a person has begun, or let it go.
    KeepDraft {
        /// Its name.
        name: String,
        /// As typed; `None` lets it go.
        body: Option<String>,
        /// Answers once it is on disk.
        reply: oneshot::Sender<Result<(), session::Error>>,
    },
    /// Run a question on the board between two commits.
    Look(Box<dyn FnOnce(&Board) + Send>),
    /// One more watcher.
    Watch(Watcher),
}

/// A road in use. Dropping it stops it without a last checkpoint; [`Road::finish`] ends it well.
pub struct Road {
    dir: PathBuf,
    started: Instant,
    commands: mpsc::Sender<Command>,
    progress: watch::Receiver<Progress>,
    notices: broadcast::Sender<Notice>,
    /// Holds what was told before anyone listened.
    first_listener: Mutex<Option<broadcast::Receiver<Notice>>>,
    delivered: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
    feed: Option<watch::Receiver<feed::FeedStatus>>,
    pump: tokio::task::JoinHandle<Result<(), RoadError>>,
    writer: tokio::task::JoinHandle<Result<Board, RoadError>>,
}

/// A road that has ended.
#[derive(Debug)]
pub struct Finished {
    /// The session's folder.
    pub dir: PathBuf,
    /// The last board.
    pub board: Board,
    /// From opening to the end of the road; waiting for silence is part of it.
    pub seconds: f64,
    /// What the road had done.
    pub progress: Progress,
}

impl Road {
    /// Joins the stages. `committer` holds the open session; `first` is appended before anything arrives.
    pub(crate) fn open(
        dir: &Path,
        intake: Intake,
        committer: Committer,
        disk: Option<DiskLimits>,
        feed: Option<watch::Receiver<feed::FeedStatus>>,
    ) -> Road {
        let (incoming_in, incoming) = mpsc::channel(WAITING_BATCHES);
        let (prepared_in, prepared) = mpsc::channel(WAITING_BATCHES);
        let (commands_in, commands) = mpsc::channel(WAITING_BATCHES);
        // What a session holds already may be seen before anything new comes.
        let seq = committer.session().next_seq() - 1;
        let (progress_in, progress) = watch::channel(Progress { seq, ..Progress::default() });
        let (notices, first_listener) = broadcast::channel(WAITING_NOTICES);
        let first_listener = Mutex::new(Some(first_listener));
        let (stop, stopped) = watch::channel(false);
        let (hold, held) = watch::channel(None);
        let delivered = Arc::new(AtomicU64::new(0));
        let pump =
            tokio::spawn(intake.pump(incoming_in, notices.clone(), Arc::clone(&delivered), stopped.clone(), held));
        let decoder = std::thread::Builder::new().name("decode".into());
        // Without a thread there is no road: the writer sees its channel closed and ends with what it has.
        let _decoding = decoder.spawn(move || decode_all(incoming, &prepared_in));
        let settings = WriterSettings { dir: dir.to_owned(), disk, hold, stopped, feed: feed.clone() };
        let writing = writer::write_all(committer, prepared, commands, progress_in, notices.clone(), settings);
        // SQLite runs on the thread that commits: one of its own, so that the pump never waits for a disk.
        let runtime = tokio::runtime::Handle::current();
        let writer = tokio::task::spawn_blocking(move || runtime.block_on(writing));
        let dir = dir.to_owned();
        let started = Instant::now();
        let commands = commands_in;
        Road { dir, started, commands, progress, notices, first_listener, delivered, stop, feed, pump, writer }
    }

    /// The session's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// How far it has come; changes with every commit.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// The source's measured values; `None` in replay.
    #[must_use]
    pub fn feed_status(&self) -> Option<watch::Receiver<feed::FeedStatus>> {
        self.feed.clone()
    }

    /// What there is to tell: since the opening for the first who asks, from now on for others.
    #[must_use]
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        let first = self.first_listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.unwrap_or_else(|| self.notices.subscribe())
    }

    /// A watcher's ticks: the first holds every plate, later ones what changed; each is made when it is asked for.
    ///
    /// # Errors
    /// [`RoadError::Stopped`].
    pub async fn ticks(&self) -> Result<Ticks, RoadError> {
        let (watcher, ticks) = Watcher::new();
        self.commands.send(Command::Watch(watcher)).await.map_err(|_| RoadError::Stopped("writer"))?;
        Ok(ticks)
    }

    /// Answers a question about the board as it stands on disk.
    ///
    /// # Errors
    /// [`RoadError::Stopped`].
    pub async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Board) -> T + Send + 'static,
    ) -> Result<T, RoadError> {
        let (answer_in, answer) = oneshot::channel();
        let ask = move |board: &Board| drop(answer_in.send(question(board)));
        self.commands.send(Command::Look(Box::new(ask))).await.map_err(|_| RoadError::Stopped("writer"))?;
        answer.await.map_err(|_| RoadError::Stopped("writer"))
    }

    /// Appends a local record and returns its `seq` once it is on disk (`synchronous=FULL`).
    ///
    /// # Errors
    /// [`RoadError`]: nothing was written.
    pub async fn append(&self, by: &str, body: LocalBody) -> Result<i64, RoadError> {
        self.append_all(by, vec![body]).await
    }

    /// Appends local records in one transaction, all or none, and returns the first one's `seq`.
    ///
    /// # Errors
    /// [`RoadError`]: nothing was written.
    pub async fn append_all(&self, by: &str, bodies: Vec<LocalBody>) -> Result<i64, RoadError> {
        let at_ms = now_us() / 1000;
        let records = bodies.into_iter().map(|body| LocalRecord { at_ms, by: by.into(), body }).collect();
        let (answer_in, answer) = oneshot::channel();
        self.commands.send(Command::Append(records, answer_in)).await.map_err(|_| RoadError::Stopped("writer"))?;
        Ok(answer.await.map_err(|_| RoadError::Stopped("writer"))??)
    }

    /// Keeps what a person has begun under a name (`None` lets it go); on disk when this returns.
    ///
    /// # Errors
    /// [`RoadError`].
    pub async fn keep_draft(&self, name: &str, body: Option<String>) -> Result<(), RoadError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::KeepDraft { name: name.to_owned(), body, reply };
        self.commands.send(command).await.map_err(|_| RoadError::Stopped("writer"))?;
        Ok(answer.await.map_err(|_| RoadError::Stopped("writer"))??)
    }

    /// Whether everything the source delivered is committed.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.progress.borrow().messages == self.delivered.load(Ordering::Acquire)
    }

    /// Whether the source has ended by itself (a replay at its end), or failed.
    #[must_use]
    pub fn source_ended(&self) -> bool {
        self.pump.is_finished()
    }

    /// Resolves once the source has been at its end and silent for `idle`, and all of it is committed.
    pub async fn until_idle(&self, idle: Duration) {
        let mut quiet_since: Option<(u64, Instant)> = None;
        loop {
            tokio::time::sleep(Duration::from_millis(20).min(idle)).await;
            let delivered = self.delivered.load(Ordering::Acquire);
            let caught_up = self.feed.as_ref().is_none_or(|status| status.borrow().caught_up);
            if !caught_up || !self.is_settled() {
                quiet_since = None;
                continue;
            }
            match quiet_since {
                Some((then, since)) if then == delivered => {
                    if since.elapsed() >= idle {
                        return;
                    }
                }
                _ => quiet_since = Some((delivered, Instant::now())),
            }
        }
    }

    /// Resolves when the source has ended by itself, as a replay does.
    pub async fn until_ended(&mut self) {
        while !self.pump.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends the road: the source stops, what it delivered is committed, the session is closed with a checkpoint.
    ///
    /// # Errors
    /// [`RoadError`]: what could not be stored is named; what was committed is safe.
    pub async fn finish(self) -> Result<Finished, RoadError> {
        let Road { dir, started, commands, progress, stop, pump, writer, .. } = self;
        // Nobody listening means that both ended already.
        let _ = stop.send(true);
        let pumped = pump.await.map_err(|_| RoadError::Stopped("source"))?;
        drop(commands);
        let board = writer.await.map_err(|_| RoadError::Stopped("writer"))??;
        pumped?;
        let progress = progress.borrow().clone();
        Ok(Finished { dir, board, seconds: started.elapsed().as_secs_f64(), progress })
    }
}

/// What the decode thread hands to the writer, in order.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// Messages, with what keeps their bytes counted until they are committed.
    Messages {
        /// When they were received.
        received_at_us: i64,
        /// In order.
        prepared: Vec<Prepared>,
        /// Bytes of their keys, headers and bodies.
        weight: usize,
        /// Released by dropping it after the commit.
        held: Option<feed::Held>,
    },
    /// Partitions begin to be read: noted, so that quiet ones go on there next time.
    Begin {
        /// The topic and its life.
        source: Arc<Source>,
        /// What it carries.
        kind: Kind,
        /// Partition and first offset.
        partitions: Vec<(i32, i64)>,
    },
    /// A local record of the recording, in replay.
    Local {
        /// When it was committed.
        received_at_us: i64,
        /// The record.
        record: LocalRecord,
    },
}

fn decode_all(mut incoming: mpsc::Receiver<Incoming>, prepared_in: &mpsc::Sender<Arrival>) {
    let mut decoder = Decoder::default();
    while let Some(next) = incoming.blocking_recv() {
        let arrival = match next {
            Incoming::Messages { batch, held } => Arrival::Messages {
                received_at_us: batch.received_at_us,
                weight: batch.weight(),
                prepared: prepare(&mut decoder, batch),
                held,
            },
            Incoming::LeftOut(message) => Arrival::Messages {
                received_at_us: message.received_at_us,
                weight: 0,
                prepared: vec![taken_over(*message)],
                held: None,
            },
            Incoming::Begin { source, kind, partitions } => Arrival::Begin { source, kind, partitions },
            Incoming::Local { received_at_us, record } => Arrival::Local { received_at_us, record },
        };
        if prepared_in.blocking_send(arrival).is_err() {
            return;
        }
    }
}
