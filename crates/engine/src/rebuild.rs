//! A board from disk: the session's records in `seq` order, applied as they were when they arrived.

use std::path::Path;

use plate::{Alert, Board, Change, Record};
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
        apply(&mut reader, &mut board, entries, &mut changes, |_, _| ()).await?;
        changes.clear();
    }
}

/// Tells a board of the results before `seq`, where it tracks features only since then: to be called after each local record
/// is applied, and before it is judged.
///
/// # Errors
/// [`session::Error`]: the board has heard of some of them; it is to be made anew.
pub(crate) async fn tell(reader: &mut Reader, board: &mut Board, seq: i64) -> Result<(), session::Error> {
    if !board.is_untold() {
        return Ok(());
    }
    let mut at = 0;
    while at < seq - 1 {
        let upto = (seq - 1).min(at + PAGE as i64);
        for entry in reader.entries_between(at, upto).await? {
            if let StoredBody::Stream { origin, record: Record::Result(result) } = &entry.body {
                board.tell(origin, result);
            }
        }
        at = upto;
    }
    board.end_telling();
    Ok(())
}

/// Applies stored entries that go on from where the board stands, and judges as the writer did; `alert` hears of the
/// stored alerts, which are those that the board's judging gives again.
///
/// # Errors
/// [`session::Error`]: the board stands somewhere between; it is to be made anew.
pub(crate) async fn apply(
    reader: &mut Reader,
    board: &mut Board,
    entries: Vec<StoredEntry>,
    changes: &mut Vec<Change>,
    mut alert: impl FnMut(i64, Alert),
) -> Result<(), session::Error> {
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        match entry.body {
            // A conflicting format was stored as undecoded, never as a record: this cannot refuse one.
            StoredBody::Stream { origin, record } => drop(board.apply(&origin, &record, changes)),
            StoredBody::Undecoded => board.hear_undecoded(),
            StoredBody::Local(record) => {
                board.apply_local(&record, changes);
                tell(reader, board, entry.seq).await?;
            }
            StoredBody::Alert(raised) => alert(entry.seq, raised),
        }
        // A message with several records is judged once, after its last.
        if entries.peek().is_none_or(|next| next.seq != entry.seq) {
            board.judge(entry.seq);
        }
    }
    Ok(())
}
