//! The player's thread: orders in between, time passing, the recording growing.

use std::path::Path;
use std::time::{Duration, Instant};

use session::{Reader, Span};
use tokio::sync::{mpsc, oneshot, watch};

use super::walk::Walk;
use super::{Order, PlayerError, PlayerMode, PlayerPosition, PlayerStart, SeekTo};
use crate::ticks::{Watcher, due};

/// How often a playing player moves on, and how often ticks are sent at most.
const STEP: Duration = Duration::from_millis(40);
/// How often a followed session is looked at.
const FOLLOW: Duration = Duration::from_millis(60);
/// How often the end is looked for while standing still: another process may be recording.
const IDLE: Duration = Duration::from_secs(1);

/// Whom to tell that a place is reached.
type Reached = oneshot::Sender<Result<PlayerPosition, PlayerError>>;

/// What the player does when it is not on a way.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Doing {
    Paused,
    /// Since when it plays, and from which moment (microseconds since 1970 UTC).
    Playing {
        since: Instant,
        from_us: i64,
    },
    Following,
    Ended,
}

/// A way to a place.
struct Way {
    goal: i64,
    /// The moment that was asked for, where it was one.
    at_us: Option<i64>,
    reached: Option<Reached>,
}

/// The player's state, owned by its thread.
pub(super) struct Running {
    walk: Walk,
    span: Span,
    looked: Instant,
    doing: Doing,
    speed: f64,
    way: Option<Way>,
    /// The moment where it stands, microseconds since 1970 UTC.
    at_us: i64,
    /// The board goes on to here while playing or following.
    horizon: i64,
    watchers: Vec<Watcher>,
    flushed: Instant,
    fault: Option<String>,
    told: watch::Sender<PlayerPosition>,
}

impl Running {
    pub(super) fn new(
        dir: &Path,
        reader: Reader,
        span: Span,
        start: PlayerStart,
    ) -> (Running, watch::Receiver<PlayerPosition>) {
        let way = (start == PlayerStart::End).then_some(Way { goal: span.last_seq, at_us: None, reached: None });
        let now = Instant::now();
        let nowhere = PlayerPosition {
            seq: 0,
            at_ms: 0,
            first_ms: 0,
            last_ms: 0,
            last_seq: 0,
            mode: PlayerMode::Paused,
            speed: 1.0,
            fault: None,
        };
        let (told, position) = watch::channel(nowhere);
        let running = Running {
            walk: Walk::new(dir.to_owned(), reader),
            span,
            looked: now,
            doing: if start == PlayerStart::Follow { Doing::Following } else { Doing::Paused },
            speed: 1.0,
            way,
            at_us: span.first_us,
            horizon: if start == PlayerStart::Follow { span.last_seq } else { 0 },
            watchers: Vec::new(),
            flushed: now,
            fault: None,
            told,
        };
        running.tell();
        (running, position)
    }

    fn tell(&self) {
        self.told.send_if_modified(|known| {
            let now = self.position();
            let changed = *known != now;
            *known = now;
            changed
        });
    }

    fn position(&self) -> PlayerPosition {
        PlayerPosition {
            seq: self.walk.at,
            at_ms: self.at_us.div_euclid(1000),
            first_ms: self.span.first_us.div_euclid(1000),
            last_ms: self.span.last_us.div_euclid(1000),
            last_seq: self.span.last_seq,
            mode: match (&self.way, self.doing) {
                (Some(_), _) => PlayerMode::Seeking,
                (None, Doing::Paused) => PlayerMode::Paused,
                (None, Doing::Playing { .. }) => PlayerMode::Playing,
                (None, Doing::Following) => PlayerMode::Following,
                (None, Doing::Ended) => PlayerMode::Ended,
            },
            speed: self.speed,
            fault: self.fault.clone(),
        }
    }

    /// Runs until the last handle is dropped.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        // To where it was opened, by the shortest way.
        let goal = self.way.as_ref().map_or(self.horizon, |way| way.goal);
        if let Err(error) = self.walk.leap(goal).await {
            self.fail(error);
        }
        loop {
            let order = if self.is_busy() {
                match orders.try_recv() {
                    Ok(order) => Some(order),
                    Err(mpsc::error::TryRecvError::Empty) => None,
                    Err(mpsc::error::TryRecvError::Disconnected) => return,
                }
            } else {
                let (pause, may_tell) = (self.pause(), self.flushed.elapsed() >= STEP);
                tokio::select! {
                    biased;
                    order = orders.recv() => match order {
                        Some(order) => Some(order),
                        None => return,
                    },
                    () = due(&mut self.watchers), if may_tell => None,
                    () = tokio::time::sleep(pause) => None,
                }
            };
            let done = match order {
                Some(order) => self.obey(order).await,
                None => self.go_on().await,
            };
            if let Err(error) = done {
                self.fail(error);
            }
            self.flush();
            self.tell();
        }
    }

    fn is_busy(&self) -> bool {
        self.way.is_some() || self.walk.at < self.horizon
    }

    fn pause(&self) -> Duration {
        match self.doing {
            Doing::Playing { .. } => STEP,
            Doing::Following => FOLLOW,
            Doing::Paused | Doing::Ended => {
                // What is asked for sooner than it may be told is told then.
                if self.flushed.elapsed() < STEP && self.watchers.iter().any(Watcher::has_something) {
                    STEP
                } else {
                    IDLE
                }
            }
        }
    }

    async fn obey(&mut self, order: Order) -> Result<(), session::Error> {
        match order {
            Order::Look(question) => question(&self.walk.board),
            Order::Watch(watcher) => {
                self.watchers.push(watcher);
                self.flushed -= STEP;
            }
            Order::Speed(speed) => {
                self.speed = speed;
                self.anchor();
            }
            Order::Play => {
                self.fault = None;
                self.horizon = self.walk.at;
                self.doing = Doing::Playing { since: Instant::now(), from_us: self.at_us };
            }
            Order::Pause => {
                self.horizon = self.walk.at;
                self.doing = Doing::Paused;
            }
            Order::Follow => {
                self.fault = None;
                self.arrive();
                self.doing = Doing::Following;
                self.look_at_end().await?;
                if self.walk.leap(self.horizon).await? {
                    self.watchers.iter_mut().for_each(Watcher::reset);
                }
            }
            Order::Seek(to, reached) => {
                self.fault = None;
                self.arrive();
                self.seek(to, reached).await?;
            }
        }
        Ok(())
    }

    async fn seek(&mut self, to: SeekTo, reached: Reached) -> Result<(), session::Error> {
        if !matches!(self.doing, Doing::Playing { .. }) {
            self.doing = Doing::Paused;
        }
        self.way = Some(Way { goal: self.walk.at, at_us: None, reached: Some(reached) });
        self.span = self.walk.reader.span().await?;
        let (goal, at_us) = match to {
            SeekTo::Start => (0, None),
            SeekTo::End => (self.span.last_seq, None),
            SeekTo::Seq(seq) => (seq.clamp(0, self.span.last_seq), None),
            SeekTo::TimeMs(ms) => {
                // All that was committed in that millisecond.
                let us = ms.saturating_mul(1000).saturating_add(999);
                let at_us = ms.saturating_mul(1000).clamp(self.span.first_us, self.span.last_us);
                (self.walk.reader.seq_at_time(us).await?, Some(at_us))
            }
        };
        let is_other = self.walk.leap(goal).await?;
        if is_other {
            self.watchers.iter_mut().for_each(Watcher::reset);
        }
        self.horizon = self.walk.at;
        if let Some(way) = &mut self.way {
            (way.goal, way.at_us) = (goal, at_us);
        }
        Ok(())
    }

    /// Ends the way that it is on, wherever that is.
    fn arrive(&mut self) {
        self.horizon = self.walk.at;
        if let Some(Way { reached, .. }) = self.way.take() {
            self.watchers.iter_mut().for_each(Watcher::reset);
            self.anchor();
            if let Some(reached) = reached {
                self.tell();
                // Whoever asked may have gone.
                let _ = reached.send(Ok(self.position()));
            }
        }
    }

    /// Plays on from here and now.
    fn anchor(&mut self) {
        if let Doing::Playing { .. } = self.doing {
            self.doing = Doing::Playing { since: Instant::now(), from_us: self.at_us };
        }
    }

    async fn go_on(&mut self) -> Result<(), session::Error> {
        if let Some(Way { goal, at_us, .. }) = self.way {
            self.stride(goal).await?;
            if self.walk.at >= goal {
                self.at_us = match at_us {
                    Some(at_us) => at_us,
                    None => self.time_here().await?,
                };
                self.arrive();
            }
            return Ok(());
        }
        if self.walk.at < self.horizon {
            self.stride(self.horizon).await?;
        }
        match self.doing {
            Doing::Playing { since, from_us } => {
                self.look_at_end().await?;
                let played_us = (since.elapsed().as_secs_f64() * self.speed * 1e6) as i64;
                let target_us = from_us.saturating_add(played_us);
                if self.walk.at >= self.horizon {
                    self.at_us = target_us.clamp(self.span.first_us, self.span.last_us);
                    self.horizon = self.walk.reader.seq_at_time(target_us).await?.max(self.walk.at);
                }
                if target_us >= self.span.last_us && self.walk.at >= self.span.last_seq {
                    self.doing = Doing::Ended;
                }
            }
            Doing::Following if self.walk.at >= self.horizon => {
                self.look_at_end().await?;
                self.at_us = self.time_here().await?;
            }
            Doing::Paused | Doing::Ended if self.looked.elapsed() >= IDLE => self.look_at_end().await?,
            Doing::Following | Doing::Paused | Doing::Ended => {}
        }
        Ok(())
    }

    async fn stride(&mut self, goal: i64) -> Result<(), session::Error> {
        let stride = self.walk.stride(goal).await?;
        // On a way nobody is told of every step: at its end all plates are shown.
        if self.way.is_none() {
            for watcher in &mut self.watchers {
                watcher.note(&stride.changes, &stride.alerts);
            }
        }
        Ok(())
    }

    async fn look_at_end(&mut self) -> Result<(), session::Error> {
        self.looked = Instant::now();
        self.span = self.walk.reader.span().await?;
        if self.doing == Doing::Following {
            self.horizon = self.span.last_seq;
        }
        Ok(())
    }

    async fn time_here(&mut self) -> Result<i64, session::Error> {
        if self.walk.at == 0 {
            return Ok(self.span.first_us);
        }
        Ok(self.walk.reader.time_of_seq(self.walk.at).await?.unwrap_or(self.span.last_us))
    }

    /// Stands still and says why.
    fn fail(&mut self, error: session::Error) {
        self.fault = Some(error.to_string());
        self.doing = Doing::Paused;
        self.horizon = self.walk.at;
        if let Some(Way { reached: Some(reached), .. }) = self.way.take() {
            self.tell();
            let _ = reached.send(Err(error.into()));
        }
    }

    fn flush(&mut self) {
        if self.way.is_none() && self.flushed.elapsed() >= STEP && self.watchers.iter_mut().any(Watcher::is_due) {
            self.flushed = Instant::now();
            let Walk { board, at, .. } = &self.walk;
            self.watchers.retain_mut(|watcher| watcher.flush(*at, board));
        }
    }
}
