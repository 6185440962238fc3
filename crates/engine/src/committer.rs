//! Judge and commit: the narrow place of the road, the only one that writes.
//!
//! Each record is applied to the board and judged; messages, records, alerts and offsets go into ONE transaction;
//! only then does anyone hear of them (`DATA.md` 15). A commit that fails drops the board, which is rebuilt from
//! disk: what is shown is what is saved.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plate::{Board, Change, LocalRecord, Record, Source};
use session::{Commit, Entry, Reader, Writer};
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
    /// A commit failed and the board could not be rebuilt either: what it holds is not what the disk holds.
    is_stale: bool,
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
        let (changes, alerts) = (Vec::new(), Vec::new());
        Ok(Committer { dir: dir.to_owned(), session, board, is_stale: false, changes, alerts })
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
        if let Err(error) = self.freshen().await {
            return Err(Box::new(Refused { error, prepared }));
        }
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
        self.freshen().await?;
        let mut seq = self.session.next_seq();
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            self.board.apply_local(&record, &mut self.changes);
            if let Err(error) = self.tell(seq).await {
                (self.changes, self.alerts, self.is_stale) = (Vec::new(), Vec::new(), true);
                return Err(error);
            }
            entries.push(Entry::Local { seq, record });
            seq = self.judge(seq, &mut entries);
        }
        self.commit_entries(at_us, entries).await.map_err(|(error, _)| error)
    }

    /// Tells the board of earlier results, where the record `seq` made it track other features.
    async fn tell(&mut self, seq: i64) -> Result<(), session::Error> {
        if !self.board.is_untold() {
            return Ok(());
        }
        rebuild::tell(&mut Reader::open(&self.dir).await?, &mut self.board, seq).await
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
                self.is_stale = true;
                match self.freshen().await {
                    Ok(()) => Err((error, commit.entries)),
                    Err(unreadable) => Err((unreadable, commit.entries)),
                }
            }
        }
    }

    /// Rebuilds the board where it holds what was never committed: nothing may be applied to it before.
    async fn freshen(&mut self) -> Result<(), session::Error> {
        if self.is_stale {
            self.board = rebuild::board(&self.dir).await?;
            self.is_stale = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use plate::{ExclusionEvent, LocalBody, PlateKey, Well};
    use session::{SessionMeta, WriterOptions};

    use super::*;

    fn exclusion(well: Well) -> LocalRecord {
        let plate = Arc::new(PlateKey::new("run", "P1"));
        let (wells, event) = ([well].into(), ExclusionEvent::Excluded);
        let body = LocalBody::Exclusion { plate, wells, event, reason: "bubble".into() };
        LocalRecord { at_ms: 0, by: "mara".into(), body }
    }

    #[tokio::test]
    async fn a_board_that_could_not_be_rebuilt_is_rebuilt_before_anything_is_applied_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (dir, away) = (folder.path().join("session"), folder.path().join("away"));
        let meta = SessionMeta {
            id: "0199a0b2-0000-7000-8000-000000000001".to_owned(),
            created_at_us: 1,
            cluster: "c".to_owned(),
            profile_name: "p".to_owned(),
            profile_toml: String::new(),
            overlay_of: None,
        };
        let writer = Writer::create(&dir, &meta, &WriterOptions::default()).await.unwrap();
        let mut committer = Committer::new(&dir, writer).await.unwrap();
        let wells = ["A01", "A02", "A03", "A04"].map(|well| well.parse::<Well>().unwrap());
        committer.append(1, vec![exclusion(wells[0])]).await.unwrap();
        // As after a commit that failed while the folder could not be read either.
        committer.board.apply_local(&exclusion(wells[1]), &mut Vec::new());
        committer.is_stale = true;
        std::fs::rename(&dir, &away).unwrap();
        let refused = committer.append(2, vec![exclusion(wells[2])]).await;
        assert!(refused.is_err(), "the folder is away");
        std::fs::rename(&away, &dir).unwrap();
        committer.append(3, vec![exclusion(wells[3])]).await.unwrap();
        let plate = committer.board.plate(&PlateKey::new("run", "P1")).unwrap();
        assert_eq!(wells.map(|well| plate.is_excluded(well)), [true, false, false, true]);
    }
}
