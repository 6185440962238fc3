//! A board at a place of a session, and the ways from there to another: on through the records, or back.

use plate::{Board, Change};
use session::Reader;

use crate::rebuild;
use crate::ticks::AlertTick;

/// Entries that are applied in one go: between two of them the player hears orders.
const STRIDE: i64 = 1024;

/// What a stride brought.
#[derive(Debug, Default)]
pub(super) struct Stride {
    /// What changed on the board, in order.
    pub(super) changes: Vec<Change>,
    /// Alerts of the recording.
    pub(super) alerts: Vec<AlertTick>,
}

/// The board and where it stands.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) reader: Reader,
    pub(super) board: Board,
    pub(super) at: i64,
}

impl Walk {
    /// Before the first entry.
    pub(super) fn new(reader: Reader) -> Walk {
        Walk { reader, board: Board::new(), at: 0 }
    }

    /// Stands at the nearest place at or before `goal` from which it can go on: here, if that lies before it. `true` if
    /// the board is another one now.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read; the board stands where it stood.
    pub(super) async fn leap(&mut self, goal: i64) -> Result<bool, session::Error> {
        if goal >= self.at {
            return Ok(false);
        }
        (self.board, self.at) = (Board::new(), 0);
        Ok(true)
    }

    /// Goes on towards `goal`, some way at most.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read; the board stands where it stood.
    pub(super) async fn stride(&mut self, goal: i64) -> Result<Stride, session::Error> {
        let upto = goal.min(self.at + STRIDE);
        let mut stride = Stride::default();
        if upto > self.at {
            let entries = self.reader.entries_between(self.at, upto).await?;
            rebuild::apply(&mut self.board, entries, &mut stride.changes, |seq, alert| {
                stride.alerts.push(AlertTick { seq, alert });
            });
            self.at = upto;
        }
        Ok(stride)
    }
}
