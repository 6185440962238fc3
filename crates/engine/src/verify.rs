//! Verification: the session's own (rows, files, chains, gaps) and the road's (the board and its alerts made again).

use std::collections::VecDeque;
use std::path::Path;

use plate::{Alert, Board};
use session::{Counts, Error, PartitionOffsets, Reader, StoredBody, StoredEntry};

use crate::digests::{Digests, digests};

/// What a verification found.
#[derive(Debug, Clone)]
pub struct Verified {
    /// How much there is.
    pub counts: Counts,
    /// The three digests, computed from what is on disk; `None` where it is too damaged for that.
    pub digests: Option<Digests>,
    /// Where each partition begins and ends, and how many offsets are missing between.
    pub offsets: Vec<PartitionOffsets>,
    /// What is wrong; without any the session is whole and unchanged.
    pub problems: Vec<String>,
    /// What is worth knowing and harmless.
    pub notes: Vec<String>,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Entries read at a time.
const PAGE: usize = 4096;
/// So many alerts that differ are named.
const NAMED_ALERTS: usize = 20;

/// Reads everything in `dir` again and judges it again.
///
/// # Errors
/// [`Error`] where the session cannot be looked at; what is wrong inside is in the result.
pub async fn verify(dir: &Path) -> Result<Verified, Error> {
    let mut reader = Reader::open(dir).await?;
    let verification = reader.verify().await?;
    let mut problems = verification.problems;
    let again = async {
        let (board, wrong) = judge_again(&mut reader).await?;
        Ok((digests(dir, &board).await?, wrong))
    };
    let digests = match again.await {
        Ok((digests, wrong)) => {
            let more = wrong.len().saturating_sub(NAMED_ALERTS);
            problems.extend(wrong.into_iter().take(NAMED_ALERTS));
            if more > 0 {
                problems.push(format!("{more} more alerts differ"));
            }
            Some(digests)
        }
        // Damage is a finding, and nearly always one that the session has named already.
        Err(damaged @ Error::Damaged { .. }) => {
            let sentence = damaged.to_string();
            if !problems.contains(&sentence) {
                problems.push(sentence);
            }
            None
        }
        Err(error) => return Err(error),
    };
    let (counts, offsets, notes) = (verification.counts, verification.offsets, verification.notes);
    Ok(Verified { counts, digests, offsets, problems, notes })
}

/// The board from disk, and where the alerts in the session are not those that its records give (`DATA.md` 15).
async fn judge_again(reader: &mut Reader) -> Result<(Board, Vec<String>), Error> {
    let mut again = Again::default();
    let mut after = 0;
    loop {
        let entries = reader.entries(after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(again.end()) };
        after = last.seq;
        entries.into_iter().for_each(|entry| again.take(entry));
    }
}

/// The road's part of a session, made again beside the stored one.
#[derive(Debug, Default)]
struct Again {
    board: Board,
    /// The message that is being applied: it is judged after its last record.
    open: Option<i64>,
    /// Alerts that should come next.
    due: VecDeque<Alert>,
    wrong: Vec<String>,
}

impl Again {
    fn take(&mut self, entry: StoredEntry) {
        let (seq, mut changes) = (entry.seq, Vec::new());
        if self.open.is_some_and(|open| open != seq) {
            self.judge();
        }
        match entry.body {
            StoredBody::Stream { origin, record } => {
                self.nothing_is_due();
                if let Err(conflict) = self.board.apply(&origin, &record, &mut changes) {
                    self.wrong.push(format!("entry {seq}: {conflict}, yet it was stored as a record"));
                }
                self.open = Some(seq);
            }
            StoredBody::Local(record) => {
                self.nothing_is_due();
                self.board.apply_local(&record, &mut changes);
                self.open = Some(seq);
            }
            StoredBody::Alert(alert) => match self.due.pop_front() {
                Some(due) if due == alert => {}
                Some(due) => {
                    let (says, gives) = (described(&alert), described(&due));
                    self.wrong.push(format!("alert {seq} says {says}, the records give {gives}"));
                }
                None => {
                    self.wrong.push(format!("alert {seq} ({}) does not follow from the records", described(&alert)))
                }
            },
        }
    }

    fn judge(&mut self) {
        if let Some(seq) = self.open.take() {
            self.due.extend(self.board.judge(seq));
        }
    }

    fn nothing_is_due(&mut self) {
        if self.open.is_none() {
            let missing = self.due.drain(..);
            self.wrong.extend(missing.map(|alert| format!("an alert is missing: {}", described(&alert))));
        }
    }

    fn end(mut self) -> (Board, Vec<String>) {
        self.judge();
        self.nothing_is_due();
        (self.board, self.wrong)
    }
}

fn described(alert: &Alert) -> String {
    let value = alert.value.map_or_else(|| "undefined".to_owned(), |value| value.to_string());
    format!(
        "{} {} of {} on {} (value {value}, caused by entry {}, rules {})",
        alert.level.as_str(),
        alert.rule.as_str(),
        alert.feature,
        alert.plate,
        alert.cause_seq,
        alert.rules
    )
}
