//! The player: one session read-only, a board at a moment of it; replayed, sought in, or followed while it grows.
//!
//! The same code as live stands behind it (`Board::apply`, `apply_local`, `judge`), on a thread of its own. It never takes
//! the session's lock and writes nothing but `cache.db`, which may be deleted at any time.

mod passes;
mod run;
#[cfg(test)]
pub(crate) mod tests;
mod walk;

use std::path::Path;

use plate::Board;
use session::Reader;
use tokio::sync::{mpsc, oneshot, watch};

use crate::ticks::{Ticks, Watcher};

/// Questions and orders that wait for the player.
const WAITING: usize = 16;

/// Where a player begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayerStart {
    /// Before the first message, paused.
    Start,
    /// At the last one, paused.
    End,
    /// At the last one, and with every one that is recorded from now on.
    Follow,
}

/// Where to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeekTo {
    /// After the entry with this `seq`; 0 is before the first.
    Seq(i64),
    /// After everything that was committed by this moment, milliseconds since 1970 UTC.
    TimeMs(i64),
    /// Before the first message.
    Start,
    /// After the last one there is now.
    End,
}

/// What a player is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayerMode {
    /// On the way to where it was sent; a long way shows in the position.
    Seeking,
    /// Standing still.
    Paused,
    /// Going on at its speed.
    Playing,
    /// Going along with the recording.
    Following,
    /// Played to the end.
    Ended,
}

/// Where a player stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerPosition {
    /// The board holds everything up to here.
    pub seq: i64,
    /// The moment it stands at, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When the session's first commit was received; 0 for an empty session.
    pub first_ms: i64,
    /// When its last one was.
    pub last_ms: i64,
    /// Its last `seq`.
    pub last_seq: i64,
    /// What it does.
    pub mode: PlayerMode,
    /// How fast it plays: 1 is as it was.
    pub speed: f64,
    /// Why it stopped by itself, and what to do; `None` while all is well.
    pub fault: Option<String>,
}

/// Why a player cannot.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// The session.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// Its thread ended.
    #[error("the replay stopped unexpectedly; open the session again")]
    Stopped,
    /// No speed to play at.
    #[error("{0} is no speed to replay at: choose a number from 0.01 to 10,000 (1 is as it was)")]
    Speed(f64),
}

/// What the player's thread is told.
enum Order {
    Play,
    Pause,
    Follow,
    Speed(f64),
    Seek(SeekTo, oneshot::Sender<Result<PlayerPosition, PlayerError>>),
    Look(Box<dyn FnOnce(&Board) + Send>),
    Watch(Watcher),
}

/// A session being looked at. Clones steer the same player; it ends when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Player {
    orders: mpsc::Sender<Order>,
    position: watch::Receiver<PlayerPosition>,
}

impl Player {
    /// Opens the session in `dir`, which another process may be recording. Returns at once: a way to the end shows in
    /// [`Player::position`] as [`PlayerMode::Seeking`] ([`PlayerMode::Following`] at once for [`PlayerStart::Follow`]).
    ///
    /// # Errors
    /// [`PlayerError::Session`]: no session, one of a newer version, or a broken one; each says the way out.
    pub async fn open(dir: &Path, start: PlayerStart) -> Result<Player, PlayerError> {
        let mut reader = Reader::open(dir).await?;
        let span = reader.span().await?;
        let (orders, waiting) = mpsc::channel(WAITING);
        let (player, position) = run::Running::new(dir, reader, span, start);
        let runtime = tokio::runtime::Handle::current();
        // SQLite runs on the calling thread: one of its own. It ends when the last handle is dropped.
        drop(tokio::task::spawn_blocking(move || runtime.block_on(player.run(waiting))));
        Ok(Player { orders, position })
    }

    /// Goes on from where it stands, at its speed.
    ///
    /// # Errors
    /// [`PlayerError::Stopped`].
    pub async fn play(&self) -> Result<(), PlayerError> {
        self.order(Order::Play).await
    }

    /// Stands still.
    ///
    /// # Errors
    /// [`PlayerError::Stopped`].
    pub async fn pause(&self) -> Result<(), PlayerError> {
        self.order(Order::Pause).await
    }

    /// Goes to the end and along with the recording, if there is one.
    ///
    /// # Errors
    /// [`PlayerError::Stopped`].
    pub async fn follow(&self) -> Result<(), PlayerError> {
        self.order(Order::Follow).await
    }

    /// Plays `speed` times as fast as it was, from now on.
    ///
    /// # Errors
    /// [`PlayerError::Speed`] outside 0.01 to 10,000; [`PlayerError::Stopped`].
    pub async fn speed(&self, speed: f64) -> Result<(), PlayerError> {
        if !(0.01..=10_000.0).contains(&speed) {
            return Err(PlayerError::Speed(speed));
        }
        self.order(Order::Speed(speed)).await
    }

    /// Goes to another place and returns once it is there, or once it was sent elsewhere on the way. A player that was
    /// playing plays on from there, one that was following or at the end stands still.
    ///
    /// # Errors
    /// [`PlayerError`]: the session cannot be read there.
    pub async fn seek(&self, to: SeekTo) -> Result<PlayerPosition, PlayerError> {
        let (answer_in, answer) = oneshot::channel();
        self.order(Order::Seek(to, answer_in)).await?;
        answer.await.map_err(|_| PlayerError::Stopped)?
    }

    /// Where it stands; changes as it goes.
    #[must_use]
    pub fn position(&self) -> watch::Receiver<PlayerPosition> {
        self.position.clone()
    }

    /// A watcher's ticks, as on a road: the first holds every plate, later ones what changed; after a jump in time all of
    /// them again ([`crate::Tick::reset`]).
    ///
    /// # Errors
    /// [`PlayerError::Stopped`].
    pub async fn ticks(&self) -> Result<Ticks, PlayerError> {
        let (watcher, ticks) = Watcher::new();
        self.order(Order::Watch(watcher)).await?;
        Ok(ticks)
    }

    /// Answers a question about the board where it stands.
    ///
    /// # Errors
    /// [`PlayerError::Stopped`].
    pub async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Board) -> T + Send + 'static,
    ) -> Result<T, PlayerError> {
        let (answer_in, answer) = oneshot::channel();
        self.order(Order::Look(Box::new(move |board| drop(answer_in.send(question(board)))))).await?;
        answer.await.map_err(|_| PlayerError::Stopped)
    }

    async fn order(&self, order: Order) -> Result<(), PlayerError> {
        self.orders.send(order).await.map_err(|_| PlayerError::Stopped)
    }
}
