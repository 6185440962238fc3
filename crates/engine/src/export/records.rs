//! Records of messages, and the audit chain, as they stand in a session, in the order of `seq`.

use std::collections::VecDeque;
use std::path::Path;

use session::{AuditLine, Reader, StoredEntry, What};

/// Entries that are read at a time.
const ENTRIES: usize = 512;

/// Which records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordsWanted {
    /// Planes.
    Images,
    /// Layouts.
    Layouts,
    /// Flags, tasks and reviews; the caller keeps what it wants of them.
    Said,
}

/// The records of a session.
#[derive(Debug)]
pub struct RecordsExport {
    reader: Reader,
    what: What,
    after_seq: i64,
    last_seq: i64,
    ready: VecDeque<StoredEntry>,
}

impl RecordsExport {
    /// Opens a session. What a running recording adds later is left out.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn open(dir: &Path, wanted: RecordsWanted) -> Result<RecordsExport, session::Error> {
        let mut reader = Reader::open(dir).await?;
        let last_seq = reader.last_seq().await?;
        let what = match wanted {
            RecordsWanted::Images => What { images: true, ..What::NONE },
            RecordsWanted::Layouts => What { layouts: true, ..What::NONE },
            RecordsWanted::Said => What { said: true, ..What::NONE },
        };
        Ok(RecordsExport { reader, what, after_seq: 0, last_seq, ready: VecDeque::new() })
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn next(&mut self) -> Result<Option<StoredEntry>, session::Error> {
        if self.ready.is_empty() && self.after_seq < self.last_seq {
            let entries = self.reader.entries_of(self.what, self.after_seq, ENTRIES).await?;
            // Without entries nothing more follows: the reader looks on until it has some, or the session ends.
            self.after_seq = entries.last().map_or(self.last_seq, |entry| entry.seq);
            self.ready.extend(entries.into_iter().filter(|entry| entry.seq <= self.last_seq));
        }
        Ok(self.ready.pop_front())
    }
}

/// The audit chain of a session.
#[derive(Debug)]
pub struct AuditExport {
    reader: Reader,
    after_seq: i64,
    ready: VecDeque<AuditLine>,
}

impl AuditExport {
    /// Opens a session.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn open(dir: &Path) -> Result<AuditExport, session::Error> {
        Ok(AuditExport { reader: Reader::open(dir).await?, after_seq: 0, ready: VecDeque::new() })
    }

    /// The next link; `None` at the end.
    ///
    /// # Errors
    /// [`session::Error`] where the session cannot be read.
    pub async fn next(&mut self) -> Result<Option<AuditLine>, session::Error> {
        if self.ready.is_empty() {
            self.ready.extend(self.reader.audit(self.after_seq, ENTRIES).await?);
        }
        let next = self.ready.pop_front();
        if let Some(line) = &next {
            self.after_seq = line.seq;
        }
        Ok(next)
    }
}
