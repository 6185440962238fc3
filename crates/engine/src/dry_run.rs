//! What other rules would have said of a session: its records judged again, with nothing written.

use std::path::Path;
use std::sync::Arc;

use plate::rules::Rules;
use plate::{Alert, Board, LocalBody, LocalRecord};
use session::{Reader, StoredBody};

/// Records read at a time.
const PAGE: usize = 4096;

/// What came of it.
#[derive(Debug, Clone)]
pub struct DryRun {
    /// Alerts with the `seq` of their cause, in order.
    pub alerts: Vec<Alert>,
    /// Those that the session holds, for comparison.
    pub recorded: Vec<Alert>,
    /// Records that were judged.
    pub records: u64,
    /// The digest of rules and cards that judged at the end.
    pub judged_by: Box<str>,
}

/// Judges a session by `rules` from its first record on.
///
/// # Errors
/// [`session::Error`] where the session cannot be read.
pub async fn dry_run(dir: &Path, rules: &Arc<Rules>) -> Result<DryRun, session::Error> {
    let mut reader = Reader::open(dir).await?;
    let (mut board, mut changes, mut after) = (Board::new(), Vec::new(), 0);
    let mut run = DryRun { alerts: Vec::new(), recorded: Vec::new(), records: 0, judged_by: "".into() };
    loop {
        let entries = reader.entries(after, PAGE).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        let mut entries = entries.into_iter().peekable();
        while let Some(entry) = entries.next() {
            run.records += 1;
            match entry.body {
                StoredBody::Stream { origin, record } => drop(board.apply(&origin, &record, &mut changes)),
                StoredBody::Undecoded => board.hear_undecoded(),
                StoredBody::Local(record) => board.apply_local(&under(rules, record), &mut changes),
                StoredBody::Alert(alert) => run.recorded.push(alert),
            }
            if entries.peek().is_none_or(|next| next.seq != entry.seq) {
                run.alerts.extend(board.judge(entry.seq));
            }
            changes.clear();
        }
    }
    run.judged_by = board.judged_by().into();
    Ok(run)
}

/// A record as it would have been under other rules.
fn under(rules: &Arc<Rules>, record: LocalRecord) -> LocalRecord {
    match record.body {
        LocalBody::Profile { name, cards, .. } => {
            LocalRecord { body: LocalBody::Profile { name, cards, rules: Some(Arc::clone(rules)) }, ..record }
        }
        // The alerts that it speaks of are those of the session's own rules.
        LocalBody::Acknowledgement { .. } => LocalRecord { body: LocalBody::Note { text: "".into() }, ..record },
        _ => record,
    }
}
