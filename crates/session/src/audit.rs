//! The audit chain, line by line: what people did and Plateside decided, each with its link.

use crate::raw::Bound;
use crate::table::local;
use crate::{Error, Reader};

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its place in the session.
    pub seq: i64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who: a user's name, or `plateside`.
    pub by: String,
    /// What kind of record, as `exclusion`.
    pub kind: String,
    /// What it says, as JSON.
    pub body: String,
    /// The link before it, as stored; zeros for the first.
    pub prev_hash: [u8; 32],
    /// Its own link, as stored.
    pub hash: [u8; 32],
    /// Whether its link follows from the line and the link before it.
    pub holds: bool,
}

impl Reader {
    /// Links after `after_seq`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn audit(&mut self, after_seq: i64, limit: usize) -> Result<Vec<AuditLine>, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare(local::AFTER)?;
            let most = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.rows(&[Bound::Int(after_seq), Bound::Int(most)])?;
            let mut lines = Vec::new();
            while let Some(row) = rows.next()? {
                lines.push(local::line(&row)?);
            }
            Ok(lines)
        })
    }
}
