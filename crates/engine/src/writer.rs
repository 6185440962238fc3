//! The writer: merges what waits into one transaction, commits it, publishes it, and answers questions in between.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use plate::{LocalBody, LocalRecord, Origin, Source};
use tokio::sync::{broadcast, mpsc, watch};
use wire::envelope::Kind;

use crate::clock::now_us;
use crate::committer::{Committed, Committer};
use crate::disk::{self, DiskLimits, Room};
use crate::prepared::Prepared;
use crate::road::{Arrival, Command, Notice, Progress, RoadError};
use crate::ticks::{Watcher, due};

/// A transaction takes no more messages than this …
const MOST_MESSAGES: usize = 8192;
/// … and no more bytes; a single larger batch still goes into one.
const MOST_BYTES: usize = 16 << 20;
/// Ticks are not sent more often than this.
const TICK_EVERY: Duration = Duration::from_millis(40);
/// How often a due checkpoint and the room on the disk are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Clocks that differ by more are not two clocks: the messages are old.
const MOST_SKEW_MS: i64 = 600_000;
/// First and longest pause before a failed commit is tried again.
const RETRY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// What the writer is told once.
pub(crate) struct WriterSettings {
    /// The session's folder.
    pub(crate) dir: PathBuf,
    /// When to stop for want of room; `None` does not look.
    pub(crate) disk: Option<DiskLimits>,
    /// Pauses the source with a reason.
    pub(crate) hold: watch::Sender<Option<String>>,
    /// The end was asked for.
    pub(crate) stopped: watch::Receiver<bool>,
    /// How the source is, of a recording; a replay has no clock of its own (`DATA.md` 9).
    pub(crate) feed: Option<watch::Receiver<feed::FeedStatus>>,
}

struct Publisher {
    progress: watch::Sender<Progress>,
    notices: broadcast::Sender<Notice>,
    watchers: Vec<Watcher>,
    notes: BTreeSet<(Box<str>, Box<str>)>,
    /// The last warning about little room, so that it is said once.
    told_low: bool,
}

/// Notes of more runs than this are not remembered.
const MOST_NOTES: usize = 1024;

/// Runs until the stages before it have ended and everything they sent is committed. However it ends, watchers are told
/// everything that was.
pub(crate) async fn write_all(
    mut committer: Committer,
    arrivals: mpsc::Receiver<Arrival>,
    commands: mpsc::Receiver<Command>,
    progress: watch::Sender<Progress>,
    notices: broadcast::Sender<Notice>,
    settings: WriterSettings,
) -> Result<plate::Board, RoadError> {
    let mut publisher = Publisher { progress, notices, watchers: Vec::new(), notes: BTreeSet::new(), told_low: false };
    let mut tick = tokio::time::interval(TICK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut asked = Asked { commands, open: true, tick };
    let ended = write(&mut committer, &mut publisher, &mut asked, arrivals, &settings).await;
    let seq = committer.session().next_seq() - 1;
    for watcher in publisher.watchers {
        watcher.finish(seq, committer.board());
    }
    ended?;
    Ok(committer.close(now_us()).await?)
}

async fn write(
    committer: &mut Committer,
    publisher: &mut Publisher,
    asked: &mut Asked,
    mut arrivals: mpsc::Receiver<Arrival>,
    settings: &WriterSettings,
) -> Result<(), RoadError> {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The disk is too full: nothing arrives, questions are still answered.
    let mut held = false;
    let mut stopped = settings.stopped.clone();
    let mut clock = StreamClock::default();
    // A message that did not fit into the transaction before it.
    let mut left_over: Option<Arrival> = None;
    loop {
        let next = match left_over.take() {
            Some(arrival) => Some(arrival),
            None => {
                let next = async {
                    tokio::select! {
                        biased;
                        _ = look.tick() => Next::Look,
                        _ = stopped.wait_for(|stopped| *stopped), if held => Next::Look,
                        arrival = arrivals.recv(), if !held => Next::Arrival(arrival),
                    }
                };
                match asked.answer_until(committer, publisher, next).await {
                    Next::Arrival(arrival) => arrival,
                    Next::Look => {
                        committer.checkpoint(now_us()).await.or_else(|error| publisher.told(error))?;
                        held = watch_disk(settings, publisher, held);
                        let caught_up = settings.feed.as_ref().is_some_and(|feed| feed.borrow().caught_up);
                        if caught_up && !held && arrivals.is_empty() {
                            tell_time(committer, publisher, &clock).await?;
                        }
                        continue;
                    }
                }
            }
        };
        match next {
            None => break,
            Some(Arrival::Begin { source, kind, partitions }) => {
                // Not noted is no loss: the next recording begins where it is told to.
                committer.begin_at(&source, kind, &partitions).await.or_else(|error| publisher.told(error))?;
            }
            Some(Arrival::Local { received_at_us, record }) => {
                let committed = committer.append(received_at_us, vec![record]).await?;
                publisher.publish(&committed, 0);
            }
            Some(Arrival::Messages { received_at_us, mut prepared, mut weight, held }) => {
                let mut permits = vec![held];
                let mut last_received = received_at_us;
                while prepared.len() < MOST_MESSAGES && weight < MOST_BYTES {
                    match arrivals.try_recv() {
                        Ok(Arrival::Messages { received_at_us, prepared: more, weight: more_weight, held }) => {
                            prepared.extend(more);
                            weight += more_weight;
                            permits.push(held);
                            last_received = received_at_us;
                        }
                        Ok(other) => {
                            left_over = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                publisher.note_runs(&prepared);
                clock.hear_all(&prepared, last_received / 1000);
                let committed =
                    commit_until_stored(committer, last_received, prepared, settings, publisher, asked).await?;
                publisher.publish(&committed, weight as u64);
                drop(permits);
            }
        }
    }
    while let Ok(command) = asked.commands.try_recv() {
        answer(committer, publisher, command).await;
    }
    Ok(())
}

/// Writes that time has passed, where a rule waits for just that. What cannot be written is tried again at the next look.
async fn tell_time(committer: &mut Committer, publisher: &mut Publisher, clock: &StreamClock) -> Result<(), RoadError> {
    let at_ms = now_us() / 1000;
    let Some(stream_ms) = clock.at(at_ms).filter(|now| committer.board().is_time_due(*now)) else { return Ok(()) };
    let record = LocalRecord { at_ms, by: "plateside".into(), body: LocalBody::Clock { stream_ms } };
    match committer.append(at_ms * 1000, vec![record]).await {
        Ok(committed) => {
            publisher.publish(&committed, 0);
            Ok(())
        }
        Err(error) if may_pass(&error) => publisher.told(error),
        Err(error) => Err(error.into()),
    }
}

/// What time it is by the messages' timestamps. Each stream's clock may go ahead of ours or behind it: the earliest of them
/// counts, so that one that is ahead makes no plate of another silent.
#[derive(Debug, Default)]
struct StreamClock {
    streams: Vec<HeardStream>,
}

/// A partition, by its newest message whose timestamp can be a time of day.
#[derive(Debug)]
struct HeardStream {
    source: Arc<Source>,
    partition: i32,
    is_of_results: bool,
    newest_ms: i64,
    received_ms: i64,
}

impl StreamClock {
    fn hear_all(&mut self, prepared: &[Prepared], received_ms: i64) {
        for Prepared { envelope, .. } in prepared {
            self.hear(&envelope.origin, envelope.kind == Kind::Results, received_ms);
        }
    }

    /// A message was received then. One that was old when it came says nothing of the time, and neither does one of a far
    /// future.
    fn hear(&mut self, origin: &Origin, is_of_results: bool, received_ms: i64) {
        let (newest_ms, partition) = (origin.timestamp_ms, origin.partition);
        if received_ms.saturating_sub(newest_ms).saturating_abs() > MOST_SKEW_MS {
            return;
        }
        let is_it = |known: &&mut HeardStream| known.partition == partition && known.source == origin.source;
        match self.streams.iter_mut().find(is_it) {
            Some(known) if newest_ms <= known.newest_ms => {}
            Some(known) => (known.newest_ms, known.received_ms) = (newest_ms, received_ms),
            None => {
                let source = Arc::clone(&origin.source);
                self.streams.push(HeardStream { source, partition, is_of_results, newest_ms, received_ms });
            }
        }
    }

    /// The streams' time at a moment of ours, by those that bring results where any does; `None` where nothing came that says
    /// what time it is. A stream that ended long before the others no longer counts.
    fn at(&self, now_ms: i64) -> Option<i64> {
        let has_results = self.streams.iter().any(|stream| stream.is_of_results);
        let counting = || self.streams.iter().filter(move |stream| stream.is_of_results || !has_results);
        let last = counting().map(|stream| stream.received_ms).max()?;
        let lasting = counting().filter(|stream| stream.received_ms + MOST_SKEW_MS >= last);
        let behind = lasting.map(|stream| stream.received_ms - stream.newest_ms).max()?;
        Some(now_ms - behind)
    }
}

/// What the writer goes on with.
enum Next {
    /// `None` once the stages before it have ended.
    Arrival(Option<Arrival>),
    /// A look at checkpoint and disk is due.
    Look,
}

/// Questions and watchers: they are answered whatever the writer waits for.
struct Asked {
    commands: mpsc::Receiver<Command>,
    open: bool,
    tick: tokio::time::Interval,
}

impl Asked {
    /// Answers questions and sends ticks until `until` is done.
    async fn answer_until<T>(
        &mut self,
        committer: &mut Committer,
        publisher: &mut Publisher,
        until: impl Future<Output = T>,
    ) -> T {
        let mut until = std::pin::pin!(until);
        let Asked { commands, open, tick } = self;
        loop {
            // What a watcher asks for is made then, and not more often than is looked at.
            let due = async {
                due(&mut publisher.watchers).await;
                tick.tick().await;
            };
            tokio::select! {
                biased;
                command = commands.recv(), if *open => match command {
                    Some(command) => answer(committer, publisher, command).await,
                    None => *open = false,
                },
                () = due => publisher.flush(committer),
                done = &mut until => return done,
            }
        }
    }
}

/// Tries again until the messages are on disk, or the end is asked for while nothing can be stored.
async fn commit_until_stored(
    committer: &mut Committer,
    received_at_us: i64,
    mut prepared: Vec<Prepared>,
    settings: &WriterSettings,
    publisher: &mut Publisher,
    asked: &mut Asked,
) -> Result<Committed, RoadError> {
    let mut pause = RETRY.0;
    let mut waited = false;
    loop {
        match committer.commit(received_at_us, prepared).await {
            Ok(committed) => {
                if waited {
                    publisher.goes_on(&settings.hold);
                }
                return Ok(committed);
            }
            Err(refused) if !may_pass(&refused.error) => return Err(refused.error.into()),
            Err(refused) => {
                prepared = refused.prepared;
                let reason = refused.error.to_string();
                publisher.waits(&settings.hold, &reason);
                waited = true;
                let mut stopped = settings.stopped.clone();
                let unstored = RoadError::Unstored { messages: prepared.len() as u64, reason };
                if *stopped.borrow() {
                    return Err(unstored);
                }
                let is_stopped = async {
                    tokio::select! {
                        _ = stopped.wait_for(|stopped| *stopped) => true,
                        () = tokio::time::sleep(pause) => false,
                    }
                };
                if asked.answer_until(committer, publisher, is_stopped).await {
                    return Err(unstored);
                }
                pause = (pause * 2).min(RETRY.1);
            }
        }
    }
}

/// Whether trying again can help: room may come back, a lock may go. A message that contradicts the session stays one.
fn may_pass(error: &session::Error) -> bool {
    use session::Error::{Database, DiskFull, Io};
    matches!(error, DiskFull { .. } | Io { .. } | Database { .. })
}

/// Below the limit nothing more is read until there is room again or the end is asked for: whether that is so.
fn watch_disk(settings: &WriterSettings, publisher: &mut Publisher, held: bool) -> bool {
    let Some(limits) = settings.disk else { return false };
    if *settings.stopped.borrow() {
        return false;
    }
    // A file system that does not say how much is left is not a reason to stop.
    match disk::free_bytes(&settings.dir).map_or(Room::Enough, |free| limits.judge(free)) {
        Room::TooLittle(free) => {
            if !held || publisher.progress.borrow().waiting.is_none() {
                let reason = format!(
                    "{} has {} MB left and recording stops below {} MB: free some space, it goes on by itself",
                    settings.dir.display(),
                    free >> 20,
                    limits.pause_bytes >> 20
                );
                publisher.waits(&settings.hold, &reason);
            }
            return true;
        }
        Room::Little(free) if !held => publisher.disk_low(free),
        Room::Little(_) | Room::Enough => {
            if held {
                publisher.goes_on(&settings.hold);
            }
        }
    }
    false
}

async fn answer(committer: &mut Committer, publisher: &mut Publisher, command: Command) {
    match command {
        Command::KeepDraft { name, body, reply } => {
            let kept = committer.keep_draft(&name, now_us() / 1000, body.as_deref()).await;
            let _ = reply.send(kept);
        }
        Command::Append(records, reply) => {
            let appended = append(committer, publisher, records).await;
            // A caller that went away does not want to know.
            let _ = reply.send(appended);
        }
        Command::Look(question) => question(committer.board()),
        Command::Watch(watcher) => {
            publisher.watchers.push(watcher);
            publisher.flush(committer);
        }
    }
}

async fn append(
    committer: &mut Committer,
    publisher: &mut Publisher,
    records: Vec<LocalRecord>,
) -> Result<i64, session::Error> {
    let seq = committer.session().next_seq();
    let committed = committer.append(now_us(), records).await?;
    publisher.publish(&committed, 0);
    Ok(seq)
}

impl Publisher {
    fn publish(&mut self, committed: &Committed, bytes: u64) {
        for watcher in &mut self.watchers {
            watcher.note(&committed.changes, &committed.alerts);
            watcher.received(committed.received_at_us);
        }
        self.progress.send_modify(|progress| {
            progress.seq = committed.seq;
            progress.messages += committed.messages;
            progress.undecoded += committed.undecoded;
            progress.alerts += committed.alerts.len() as u64;
            progress.bytes += bytes;
            if committed.messages > 0 {
                progress.last_commit_us = now_us();
            }
        });
    }

    fn flush(&mut self, committer: &Committer) {
        let seq = committer.session().next_seq() - 1;
        self.watchers.retain_mut(|watcher| watcher.flush(seq, committer.board()));
    }

    fn waits(&mut self, hold: &watch::Sender<Option<String>>, reason: &str) {
        let known = self.progress.borrow().waiting.as_deref() == Some(reason);
        if !known {
            hold.send_replace(Some(reason.to_owned()));
            self.progress.send_modify(|progress| progress.waiting = Some(reason.to_owned()));
            // Nobody listening is no fault: the progress says the same.
            let _ = self.notices.send(Notice::Waiting { reason: reason.to_owned() });
        }
    }

    fn goes_on(&mut self, hold: &watch::Sender<Option<String>>) {
        hold.send_replace(None);
        self.progress.send_modify(|progress| progress.waiting = None);
        let _ = self.notices.send(Notice::GoesOn);
    }

    fn disk_low(&mut self, free_bytes: u64) {
        if !std::mem::replace(&mut self.told_low, true) {
            let _ = self.notices.send(Notice::DiskLow { free_bytes });
        }
    }

    /// A checkpoint that fails loses nothing: it is told and tried again.
    fn told(&mut self, error: session::Error) -> Result<(), RoadError> {
        let _ = self.notices.send(Notice::Waiting { reason: error.to_string() });
        Ok(())
    }

    fn note_runs(&mut self, prepared: &[Prepared]) {
        for prepared in prepared.iter().filter(|prepared| !prepared.envelope.headers.is_empty()) {
            let note = prepared.envelope.headers.last("plateside-note").and_then(|text| std::str::from_utf8(text).ok());
            let (Some(text), wire::Decoded::Records(records)) = (note, &prepared.outcome) else { continue };
            let Some(run) = records.first().map(|record| record.plate().run.clone()) else { continue };
            if self.notes.len() < MOST_NOTES && self.notes.insert((run.clone(), text.into())) {
                let _ = self.notices.send(Notice::Note { run, text: text.into() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_of_the_streams_clocks_counts() {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let heard = |clock: &mut StreamClock, partition, is_of_results, timestamp_ms, received_ms| {
            let origin = Origin { source: Arc::clone(&source), partition, offset: 0, timestamp_ms };
            clock.hear(&origin, is_of_results, received_ms);
        };
        let mut clock = StreamClock::default();
        assert_eq!(clock.at(1_000_000), None, "nothing came yet");
        heard(&mut clock, 0, true, 940_000, 1_000_000);
        heard(&mut clock, 0, true, 930_000, 1_010_000);
        assert_eq!(clock.at(1_030_000), Some(970_000), "a lab that is a minute behind");
        heard(&mut clock, 0, true, 1_100_000, 1_040_000);
        assert_eq!(clock.at(1_050_000), Some(1_110_000), "ahead");

        // One imager's clock is right, another's 45 s ahead: nobody is silent for that, and nobody for a scheduler's.
        let mut two = StreamClock::default();
        heard(&mut two, 0, true, 1_000_000, 1_000_100);
        heard(&mut two, 1, true, 1_045_000, 1_000_100);
        heard(&mut two, 2, false, 1_300_000, 1_000_100);
        assert_eq!(two.at(1_010_000), Some(1_009_900));
        // The slow one ended long ago.
        heard(&mut two, 1, true, 2_045_000, 2_000_000);
        assert_eq!(two.at(2_000_000), Some(2_045_000));
        // A wild timestamp neither is the time nor takes it away.
        heard(&mut two, 1, true, 4_070_908_800_000, 2_001_000);
        heard(&mut two, 1, true, 2_047_000, 2_002_000);
        assert_eq!(two.at(2_002_000), Some(2_047_000));

        let mut old = StreamClock::default();
        heard(&mut old, 0, true, 0, 1_000_000);
        assert_eq!(old.at(1_000_001), None, "messages of yesterday");
        heard(&mut old, 0, false, 1_000_000, 1_000_000);
        assert_eq!(old.at(1_000_001), Some(1_000_001), "a lab without results has other streams");
    }
}
