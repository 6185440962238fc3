//! A board at a place of a session, and the ways from there to another: on through the records, or a leap to a place at
//! which the plates were kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use plate::snapshot::Layouts;
use plate::{Board, Change, LocalBody, PlateKey};
use session::{Cache, Pass, Reader, StoredEntry};

use super::passes::{self, EVERY, Passes};
use crate::disk::cache_has_room;
use crate::rebuild;
use crate::ticks::AlertTick;

/// A leap forward costs about as much as going on by so many entries.
const FAR: i64 = 16 << 10;
/// Layouts that are remembered from leap to leap.
const LAYOUTS: usize = 1024;

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
    dir: PathBuf,
    pub(super) reader: Reader,
    cache: Cache,
    pub(super) board: Board,
    pub(super) at: i64,
    passes: Passes,
    layouts: Layouts,
}

impl Walk {
    /// Before the first entry.
    pub(super) fn new(dir: PathBuf, mut reader: Reader) -> Walk {
        let cache = Cache::open(&mut reader);
        let (board, passes) = (Board::new(), Passes::default());
        Walk { dir, reader, cache, board, at: 0, passes, layouts: Layouts::new() }
    }

    /// Stands at the best place at or before `goal` to go on from, which may be here. `true` if it is another board now.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read; the board stands where it stood.
    pub(super) async fn leap(&mut self, goal: i64) -> Result<bool, session::Error> {
        let is_back = goal < self.at;
        if let Some(pass) = self.cache.pass_at(goal)
            && (is_back || pass.seq - self.at > FAR)
            && let Some((board, passes)) = self.restored(pass).await?
        {
            (self.board, self.at, self.passes) = (board, pass.seq, passes);
            return Ok(true);
        }
        if is_back {
            (self.board, self.at, self.passes) = (Board::new(), 0, Passes::default());
        }
        Ok(is_back)
    }

    /// The board of a pass; `None` where the cache is no good, which is then thrown away.
    async fn restored(&mut self, pass: Pass) -> Result<Option<(Board, Passes)>, session::Error> {
        let (mut board, mut passes) = (Board::new(), Passes::default());
        let mut taken_note_of = Vec::new();
        for (seq, record) in self.reader.locals(pass.seq).await? {
            match record.body {
                // What is the board's own; exclusions are the plates'.
                LocalBody::Profile { .. } | LocalBody::Track { .. } | LocalBody::RunLayout { .. } => {
                    board.apply_local(&record, &mut Vec::new());
                }
                // Later ones come with the records that are read again.
                LocalBody::Clock { .. } if seq <= pass.from_seq => board.apply_local(&record, &mut Vec::new()),
                LocalBody::Acknowledgement { alert_seq } => {
                    board.apply_local(&record, &mut Vec::new());
                    taken_note_of.extend((seq <= pass.from_seq).then_some(alert_seq));
                }
                _ => {}
            }
        }
        board.judge(pass.seq);
        if self.layouts.len() > LAYOUTS {
            self.layouts.clear();
        }
        let Some(plates) = self.cache.plates_at(pass.seq, &mut self.layouts) else { return Ok(None) };
        board.share_layouts(&self.layouts);
        let mut kept: HashMap<Arc<PlateKey>, i64> = HashMap::with_capacity(plates.len());
        for plate in plates {
            match board.restore(&plate.bytes, &self.layouts) {
                Ok(key) => {
                    kept.insert(key, plate.seq);
                }
                Err(_) => {
                    self.cache.discard();
                    return Ok(None);
                }
            }
        }
        let runs = self.cache.runs_at(pass);
        let put_runs = |board: &mut Board| runs.as_ref().is_some_and(|runs| board.restore_runs(runs).is_ok());
        if !put_runs(&mut board) {
            self.cache.discard();
            return Ok(None);
        }
        // A plate that was quiet may have been kept before a person took note of its alerts.
        taken_note_of.into_iter().for_each(|alert_seq| board.acknowledge(alert_seq));
        let (mut at, mut changes) = (pass.from_seq, Vec::new());
        while at < pass.seq {
            let upto = pass.seq.min(at + EVERY);
            let mut entries = self.reader.entries_between(at, upto).await?;
            let is_kept = |entry: &StoredEntry| {
                passes::plate_of(entry).and_then(|plate| kept.get(plate)).is_some_and(|seq| entry.seq <= *seq)
            };
            entries.retain(|entry| !is_kept(entry));
            passes.note(&board, &entries);
            rebuild::apply(&mut self.reader, &mut board, entries, &mut changes, |_, _| ()).await?;
            changes.clear();
            at = upto;
        }
        // What is read again is of some plates only: messages and runs were counted with all of them.
        put_runs(&mut board);
        Ok(Some((board, passes)))
    }

    /// Goes on towards `goal`, some way at most.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read; the board stands where it stood, or at the beginning.
    pub(super) async fn stride(&mut self, goal: i64) -> Result<Stride, session::Error> {
        let mut upto = goal.min((self.at / EVERY + 1) * EVERY);
        let mut stride = Stride::default();
        if upto <= self.at {
            return Ok(stride);
        }
        let mut entries = self.reader.entries_between(self.at, upto).await?;
        // Right after a change of cards or tracked features all plates are kept, and after a clock's those that it is news for.
        if let Some(change) = entries.iter().position(passes::changes_many) {
            upto = entries[change].seq;
            entries.truncate(change + 1);
        }
        self.passes.note(&self.board, &entries);
        let changed_many = entries.last().is_some_and(passes::changes_many);
        let heard = |seq, alert| stride.alerts.push(AlertTick { seq, alert });
        let applied = rebuild::apply(&mut self.reader, &mut self.board, entries, &mut stride.changes, heard).await;
        if let Err(error) = applied {
            // Half of it is on the board: it is made anew from where plates were kept.
            (self.board, self.at, self.passes) = (Board::new(), 0, Passes::default());
            return Err(error);
        }
        self.at = upto;
        if changed_many || upto % EVERY == 0 {
            self.keep();
        }
        Ok(stride)
    }

    /// Keeps what is due, unless someone did before or there is little room. What fails is tried again at the next look.
    fn keep(&mut self) {
        if self.cache.last_pass() >= self.at {
            return;
        }
        let (pass, plates) = self.passes.due(&self.board, self.at);
        if cache_has_room(&self.dir)
            && self.cache.keep_plates(&mut self.reader, pass, &plates, &self.board.snapshot_runs())
        {
            self.passes.kept(&plates);
        }
    }
}
