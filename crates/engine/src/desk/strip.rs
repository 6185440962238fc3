//! The strip's values: source, recording, position, disk.

use std::sync::{Arc, PoisonError};

use feed::{FeedState, FeedStatus};
use wire::Kind;

use super::Desk;
use super::recording::{Opening, Recording as Ours};
use super::showing::{Showing, Stage, name_of};
use super::told::{Disk, Level, Mode, Position, Recording, SessionHead, SourceHead, SourceState, Strip, TopicRow};
use crate::clock::now_us;
use crate::disk::Room;
use crate::player::PlayerMode;

impl Desk {
    /// Messages with results that the broker has and we have not. `None` where that is not known: of any session but the one
    /// that is recorded here (our broker says nothing about another's plates), and where not every partition is read.
    pub(super) async fn results_lag(&self, showing: &Showing) -> Option<u64> {
        let recording = self.recording.lock().await.clone()?;
        if !showing.at_live_edge() || showing.dir != recording.dir {
            return None;
        }
        results_lag(&recording.topics, &status_of(&recording))
    }

    /// The strip as it is now.
    pub(crate) async fn strip(&self) -> Strip {
        let showing = self.shown.borrow().clone();
        let opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let recording = self.recording.lock().await.clone();
        let now_ms = now_us() / 1000;
        let (mode, position) = showing.as_deref().map_or((Mode::None, None), mode_and_position);
        let disk_and_bytes = recording.as_ref().map(|ours| ours.disk.look(&ours.dir));
        let undecoded = match (&showing, &recording) {
            (Some(showing), Some(ours)) if matches!(showing.stage, Stage::Live(_)) => {
                ours.undecoded_before + ours.road.progress().borrow().undecoded
            }
            _ => showing.as_ref().map_or(0, |showing| showing.undecoded),
        };
        let source = match (&recording, &opening) {
            (Some(ours), _) => Some(source_of(ours, now_ms)),
            (None, Some(opening)) => Some(source_of_opening(opening)),
            (None, None) => None,
        };
        let limits = self.options.settings.disk();
        let disk = disk_and_bytes.map_or(Disk { level: Level::Ok, free_bytes: None }, |(_, free)| Disk {
            level: match limits.judge(free) {
                Room::Enough => Level::Ok,
                Room::Little(_) => Level::Attention,
                Room::TooLittle(_) => Level::Fail,
            },
            free_bytes: Some(free),
        });
        let (outbox, outbox_state) = self.outbox_now(recording.as_deref());
        let to_review = match &showing {
            // What cannot be read now is counted with the next look.
            Some(showing) => showing.flags().await.map_or(0, |book| u32::try_from(book.waiting()).unwrap_or(u32::MAX)),
            None => 0,
        };
        let notes = match &showing {
            Some(showing) => showing.notes().await,
            None => Vec::new(),
        };
        Strip {
            mode,
            session: showing.as_ref().map(|showing| SessionHead {
                name: showing.name(),
                folder: showing.dir.display().to_string(),
                demo: showing.demo,
            }),
            source,
            recording: recording.as_ref().map(|ours| {
                let progress = ours.road.progress().borrow().clone();
                Recording {
                    name: name_of(&ours.dir),
                    since_ms: ours.since_ms,
                    bytes: disk_and_bytes.map_or(0, |(used, _)| used),
                    messages: progress.messages,
                    waiting: progress.waiting,
                }
            }),
            position,
            undecoded,
            outbox,
            outbox_state,
            to_review,
            bundling: self.bundling.work(),
            disk,
            problem: self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            notes,
            now_ms,
        }
    }
}

fn mode_and_position(showing: &Showing) -> (Mode, Option<Position>) {
    let Stage::Player(player) = &showing.stage else { return (Mode::Live, None) };
    let position = player.position().borrow().clone();
    let following = position.mode == PlayerMode::Following;
    let mode = if following { Mode::Following } else { Mode::Replay };
    let position = Position {
        seq: position.seq,
        at_ms: position.at_ms,
        first_ms: position.first_ms,
        last_ms: position.last_ms,
        playing: matches!(position.mode, PlayerMode::Playing | PlayerMode::Following),
        speed: position.speed,
        at_end: position.seq >= position.last_seq,
    };
    (mode, Some(position))
}

fn source_of_opening(opening: &Opening) -> SourceHead {
    SourceHead {
        state: if opening.failed { SourceState::Ended } else { SourceState::Connecting },
        brokers: opening.brokers.clone(),
        messages_per_s: 0.0,
        lag: None,
        last_message_ms: None,
        offline_since_ms: Some(opening.since_ms),
        words: opening.words.clone(),
        restarts: 0,
        missing_topics: Vec::new(),
        topics: Vec::new(),
    }
}

/// A lag above this is catching up rather than keeping up.
const BEHIND: u64 = 1000;

/// What the feed says of itself; `Stopped` once its source has ended, whatever it said last.
fn status_of(ours: &Ours) -> FeedStatus {
    let status = ours.road.feed_status().map(|status| status.borrow().clone()).unwrap_or_default();
    let ended = ours.road.source_ended() && !matches!(status.state, FeedState::Refused { .. });
    if ended { FeedStatus { state: FeedState::Stopped, ..status } } else { status }
}

/// The lag of all results; `None` without a topic of them, and where one of them is not known.
fn results_lag(topics: &[(Kind, String)], status: &FeedStatus) -> Option<u64> {
    let mut lags = topics.iter().filter(|(kind, _)| *kind == Kind::Results).peekable();
    lags.peek()?;
    lags.map(|(_, topic)| status.known_lag(topic)).sum()
}

/// The lag of the topics that are to be seen (one that a lab does not have is listed as missing); `None` where one of theirs
/// is not known.
fn lag_of(topics: &[TopicRow]) -> Option<u64> {
    topics.first()?;
    topics.iter().map(|topic| topic.lag).sum()
}

fn source_of(ours: &Arc<Ours>, now_ms: i64) -> SourceHead {
    let status = status_of(ours);
    let (state, words) = match &status.state {
        FeedState::Connecting => (SourceState::Connecting, None),
        FeedState::Reading if status.caught_up || status.lag_total < BEHIND => (SourceState::Live, None),
        FeedState::Reading => (SourceState::CatchingUp, None),
        FeedState::BrokerDown { reason } => (SourceState::Offline, Some(reason.clone())),
        FeedState::Paused { reason } => (SourceState::Offline, Some(reason.clone())),
        FeedState::Restarting { exit } => {
            (SourceState::Offline, Some(format!("the reader ended ({exit}) and is started again")))
        }
        FeedState::Refused { reason } => (SourceState::Ended, Some(reason.clone())),
        FeedState::Stopped => (SourceState::Ended, None),
    };
    let offline = matches!(state, SourceState::Offline);
    let topics = topics(&ours.topics, &status, offline);
    SourceHead {
        state,
        brokers: ours.brokers.clone(),
        messages_per_s: if offline { 0.0 } else { status.messages_per_s },
        lag: lag_of(&topics),
        last_message_ms: status.last_message_at_us.map(|us| us / 1000),
        offline_since_ms: ours.offline_since(offline, now_ms),
        words,
        restarts: status.worker_restarts,
        missing_topics: status.missing_topics.clone(),
        topics,
    }
}

fn topics(topics: &[(Kind, String)], status: &FeedStatus, offline: bool) -> Vec<TopicRow> {
    topics
        .iter()
        .filter(|(_, topic)| !status.missing_topics.contains(topic))
        .map(|(kind, topic)| {
            let rate = status.topics.iter().find(|row| *row.topic == **topic).map_or(0.0, |row| row.messages_per_s);
            TopicRow {
                topic: topic.clone(),
                kind: kind.as_str().to_owned(),
                messages_per_s: if offline { 0.0 } else { rate },
                lag: status.known_lag(topic),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use feed::PartitionLag;

    use super::*;

    fn partition(topic: &str, lag: u64, is_known: bool) -> PartitionLag {
        PartitionLag { topic: topic.into(), partition: 0, next: 0, end: 0, lag, is_known }
    }

    #[test]
    fn a_lag_that_is_not_known_is_no_zero() {
        let asked =
            [(Kind::Results, "wells".to_owned()), (Kind::Results, "sites".to_owned()), (Kind::Tasks, "t".into())];
        let mut status =
            FeedStatus { state: FeedState::Reading, missing_topics: vec!["t".into()], ..Default::default() };
        assert_eq!(results_lag(&asked, &status), None, "no partition was looked at");
        status.lag = vec![partition("wells", 7, true), partition("sites", 0, false)];
        assert_eq!(results_lag(&asked, &status), None, "one of two topics is not known");
        assert_eq!(lag_of(&topics(&asked, &status, false)), None);
        status.lag = vec![partition("wells", 7, true), partition("sites", 2, true)];
        assert_eq!(results_lag(&asked, &status), Some(9));
        assert_eq!(
            lag_of(&topics(&asked, &status, false)),
            Some(9),
            "a topic that the lab does not have is not waited for"
        );
        let states = [
            FeedState::Connecting,
            FeedState::Stopped,
            FeedState::Refused { reason: "another cluster".into() },
            FeedState::BrokerDown { reason: "no route".into() },
        ];
        for state in states {
            let status = FeedStatus { state, ..status.clone() };
            assert_eq!((results_lag(&asked, &status), lag_of(&topics(&asked, &status, false))), (None, None));
        }
        status.missing_topics.push("sites".into());
        assert_eq!(results_lag(&asked, &status), None, "results that are not to be seen are not there");
        assert_eq!(results_lag(&[], &status), None);
        assert_eq!(lag_of(&[]), None);
    }
}
