//! Judge and commit: the narrow place of the road, the only one that writes.
//!
//! Each record is applied to the board and judged; messages, records, alerts and offsets go into ONE transaction;
//! only then does anyone hear of them (`DATA.md` 15). A commit that fails drops the board, which is rebuilt from
//! disk: what is shown is what is saved.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{Board, Change, LocalRecord, Record, Source};
use session::{Commit, Entry, Writer};
use wire::envelope::{Decoded, Kind, Undecoded};

use crate::prepared::Prepared;
use crate::rebuild;
use crate::ticks::AlertTick;

/// What one transaction brought.
#[derive(Debug, Default)]
pub(crate) struct Committed {
    /// The last `seq` of the transaction.
    pub(crate) seq: i64,
    /// What changed on the board, in order.
    pub(crate) changes: Vec<Change>,
    /// Alerts raised or cleared.
    pub(crate) alerts: Vec<AlertTick>,
    /// Messages committed.
    pub(crate) messages: u64,
    /// Those of them that could not be decoded.
    pub(crate) undecoded: u64,
    /// When they were received, microseconds since 1970 UTC; 0 for a person's record.
    pub(crate) received_at_us: i64,
}

/// A transaction that failed, with what it held: nothing of it is on disk or on the board.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Why.
    pub(crate) error: session::Error,
    /// To be tried again.
    pub(crate) prepared: Vec<Prepared>,
}

/// The board and the session's writer: one owner for both.
#[derive(Debug)]
pub(crate) struct Committer {
    dir: PathBuf,
    session: Writer,
    board: Board,
    changes: Vec<Change>,
    alerts: Vec<AlertTick>,
}

impl Committer {
    /// Takes over an open session; its board is rebuilt from disk.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub(crate) async fn new(dir: &Path, session: Writer) -> Result<Committer, session::Error> {
        let board = rebuild::board(dir).await?;
        Ok(Committer { dir: dir.to_owned(), session, board, changes: Vec::new(), alerts: Vec::new() })
    }

    /// The board as it stands on disk.
    #[must_use]
    pub(crate) fn board(&self) -> &Board {
        &self.board
    }

    /// The session.
    #[must_use]
    pub(crate) fn session(&self) -> &Writer {
        &self.session
    }

    /// Closes the session with a last checkpoint; the board stays for a last look.
    ///
    /// # Errors
    /// [`session::Error`].
    pub(crate) async fn close(self, at_us: i64) -> Result<Board, session::Error> {
        self.session.close(at_us).await?;
        Ok(self.board)
    }

    /// Notes where partitions begin to be read.
    ///
    /// # Errors
    /// [`session::Error`].
    pub(crate) async fn begin_at(
        &mut self,
        source: &Arc<Source>,
        kind: Kind,
        partitions: &[(i32, i64)],
    ) -> Result<(), session::Error> {
        self.session.begin_at(source, kind, partitions).await
    }

    /// Writes a checkpoint if one is due.
    ///
    /// # Errors
    /// [`session::Error`].
    pub(crate) async fn checkpoint(&mut self, at_us: i64) -> Result<(), session::Error> {
        self.session.checkpoint(at_us).await
    }

    /// Applies, judges and commits messages in one transaction.
    ///
    /// # Errors
    /// [`Refused`], with the messages to try again; the board stands where the disk stands.
    pub(crate) async fn commit(
        &mut self,
        received_at_us: i64,
        prepared: Vec<Prepared>,
    ) -> Result<Committed, Box<Refused>> {
        let (messages, mut undecoded) = (prepared.len() as u64, 0);
        let mut entries = Vec::with_capacity(prepared.len() + 8);
        let mut seq = self.session.next_seq();
        for prepared in prepared {
            let Prepared { envelope, mut outcome, digest, mut outcome_digest, left_out } = prepared;
            if let Decoded::Records(records) = &outcome
                && let Err(conflict) = self.apply_all(&envelope.origin, records)
            {
                outcome = Decoded::Undecoded(Undecoded { reason: conflict });
                outcome_digest = session::outcome_digest(&envelope.origin, &digest, &outcome);
            }
            if matches!(outcome, Decoded::Undecoded(_)) {
                undecoded += 1;
                self.board.hear_undecoded();
            }
            entries.push(Entry::Message { seq, envelope, digest, outcome, outcome_digest, left_out });
            seq = self.judge(seq, &mut entries);
        }
        match self.commit_entries(received_at_us, entries).await {
            Ok(committed) => Ok(Committed { messages, undecoded, received_at_us, ..committed }),
            Err((error, entries)) => {
                let prepared = entries.into_iter().filter_map(|entry| match entry {
                    Entry::Message { envelope, digest, outcome, outcome_digest, left_out, .. } => {
                        Some(Prepared { envelope, outcome, digest, outcome_digest, left_out })
                    }
                    Entry::Alert { .. } | Entry::Local { .. } => None,
                });
                Err(Box::new(Refused { error, prepared: prepared.collect() }))
            }
        }
    }

    /// Appends what a person did or the session decided, in a transaction of its own with `synchronous=FULL`: all of it, or
    /// nothing.
    ///
    /// # Errors
    /// [`session::Error`]: nothing was written and the board stands where the disk stands.
    pub(crate) async fn append(&mut self, at_us: i64, records: Vec<LocalRecord>) -> Result<Committed, session::Error> {
        let mut seq = self.session.next_seq();
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            self.board.apply_local(&record, &mut self.changes);
            entries.push(Entry::Local { seq, record });
            seq = self.judge(seq, &mut entries);
        }
        self.commit_entries(at_us, entries).await.map_err(|(error, _)| error)
    }

    /// Keeps what a person has begun, or lets it go.
    ///
    /// # Errors
    /// [`session::Error`].
    pub(crate) async fn keep_draft(
        &mut self,
        name: &str,
        at_ms: i64,
        body: Option<&str>,
    ) -> Result<(), session::Error> {
        self.session.keep_draft(name, at_ms, body).await
    }

    /// All records of one message, or none: a conflict leaves the board as it was.
    fn apply_all(&mut self, origin: &plate::Origin, records: &[Record]) -> Result<(), String> {
        for record in records {
            self.board.check(record).map_err(|conflict| conflict.to_string())?;
        }
        for record in records {
            self.board.apply(origin, record, &mut self.changes).map_err(|conflict| conflict.to_string())?;
        }
        Ok(())
    }

    /// Judges after the record `seq`; returns the next free one.
    fn judge(&mut self, seq: i64, entries: &mut Vec<Entry>) -> i64 {
        let mut next = seq + 1;
        for alert in self.board.judge(seq) {
            self.alerts.push(AlertTick { seq: next, alert: alert.clone() });
            entries.push(Entry::Alert { seq: next, alert });
            next += 1;
        }
        next
    }

    async fn commit_entries(
        &mut self,
        received_at_us: i64,
        entries: Vec<Entry>,
    ) -> Result<Committed, (session::Error, Vec<Entry>)> {
        let commit = Commit { received_at_us, entries };
        let (changes, alerts) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.alerts));
        match self.session.commit(&commit).await {
            Ok(()) => Ok(Committed { seq: self.session.next_seq() - 1, changes, alerts, ..Committed::default() }),
            Err(error) => {
                // If even reading fails, the error of the write is the one to tell; the next try rebuilds again.
                match rebuild::board(&self.dir).await {
                    Ok(board) => self.board = board,
                    Err(unreadable) => return Err((unreadable, commit.entries)),
                }
                Err((error, commit.entries))
            }
        }
    }
}
