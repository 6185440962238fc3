//! The three digests of a session (`DATA.md` 17): what two recordings of the same stream, or a replay, agree on.

use std::path::Path;

use plate::Board;
use plate::digest::{FieldHasher, feed_alert};
use session::Reader;

/// `content`, `history` and `judgement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// Order-free: winning values, layouts, image hashes.
    pub content: [u8; 32],
    /// Over `seq`, local records included.
    pub history: [u8; 32],
    /// Statistics and alerts, stamped with the versions of formulas and rules.
    pub judgement: [u8; 32],
}

/// A digest as people write it.
pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Computes all three from a closed or running session and its board.
///
/// # Errors
/// [`session::Error`] where the session cannot be read.
pub async fn digests(dir: &Path, board: &Board) -> Result<Digests, session::Error> {
    let mut reader = Reader::open(dir).await?;
    let mut hasher = FieldHasher::new("plateside-judgement/1");
    board.feed_judgement(&mut hasher);
    for (seq, alert) in reader.alerts().await? {
        hasher.number(seq);
        feed_alert(&mut hasher, &alert);
    }
    Ok(Digests {
        content: reader.content_digest().await?,
        history: reader.history_digest().await?,
        judgement: hasher.finish(),
    })
}
