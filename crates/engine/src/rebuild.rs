//! A board from disk: the session's records in `seq` order, applied as they were when they arrived.

use std::path::Path;

use plate::{Alert, Board, Change};
use session::{Reader, StoredBody, StoredEntry};

/// Records read at a time: bounds the memory of a rebuild.
const PAGE: usize = 4096;

/// Rebuilds the board of a session; alerts are not read, they are judged again, so that rule states are the same.
///
/// # Errors
/// [`session::Error`] where the session cannot be read.
pub(crate) async fn board(dir: &Path) -> Result<Board, session::Error> {
    let mut reader = Reader::open(dir).await?;
    let mut board = Board::new();
    let (mut after, mut changes) = (0, Vec::new());
    loop {
        let entries = reader.entries(after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(board) };
        after = last.seq;
        apply(&mut board, entries, &mut changes, |_, _| ());
        changes.clear();
    }
}

/// Applies stored entries that go on from where the board stands, and judges as the writer did; `alert` hears of the
/// stored alerts, which are those that the board's judging gives again.
pub(crate) fn apply(
    board: &mut Board,
    entries: Vec<StoredEntry>,
    changes: &mut Vec<Change>,
    mut alert: impl FnMut(i64, Alert),
) {
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        match entry.body {
            // A conflicting format was stored as undecoded, never as a record: this cannot refuse one.
            StoredBody::Stream { origin, record } => drop(board.apply(&origin, &record, changes)),
            StoredBody::Undecoded => board.hear_undecoded(),
            StoredBody::Local(record) => board.apply_local(&record, changes),
            StoredBody::Alert(raised) => alert(entry.seq, raised),
        }
        // A message with several records is judged once, after its last.
        if entries.peek().is_none_or(|next| next.seq != entry.seq) {
            board.judge(entry.seq);
        }
    }
}
