//! What people did here and others do not have yet, and what they have begun and not signed.

use crate::raw::Bound;
use crate::reader::Reader;
use crate::table::outbox;
use crate::{Error, OutboxRow};

impl Reader {
    /// Events after `after_seq` that the broker does not have, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn outbox(&mut self, after_seq: i64, limit: usize) -> Result<Vec<OutboxRow>, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare(outbox::WAITING)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.rows(&[Bound::Int(after_seq), Bound::Int(limit)])?;
            let mut waiting = Vec::new();
            while let Some(row) = rows.next()? {
                waiting.push(outbox::read(&row)?);
            }
            Ok(waiting)
        })
    }

    /// How many events the broker does not have.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outbox_len(&mut self) -> Result<u64, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare("SELECT count(*) FROM outbox WHERE delivered_seq IS NULL")?;
            let mut rows = statement.rows(&[])?;
            Ok(rows.next()?.map_or(0, |row| u64::try_from(row.int(0)).unwrap_or(0)))
        })
    }

    /// Drafts by name, each with when it was kept (milliseconds since 1970 UTC) and its text.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn drafts(&mut self) -> Result<Vec<(String, i64, String)>, Error> {
        self.look(|raw, _, _| {
            let mut statement = raw.prepare("SELECT name, at_ms, body FROM draft ORDER BY name")?;
            let mut rows = statement.rows(&[])?;
            let mut drafts = Vec::new();
            while let Some(row) = rows.next()? {
                let text = |at| row.text(at).unwrap_or_default().to_owned();
                drafts.push((text(0), row.int(1), text(2)));
            }
            Ok(drafts)
        })
    }
}
