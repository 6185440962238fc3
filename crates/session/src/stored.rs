//! What a session gives back: entries, undecoded messages, counts.

use plate::{Alert, LocalRecord, Origin, Record};
use wire::Envelope;

use crate::fault::Fault;
use crate::raw::Raw;

/// How much a session holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages, undecoded ones too.
    pub messages: u64,
    /// Records decoded from them.
    pub records: u64,
    /// Of these: results,
    pub results: u64,
    /// images (planes, or pieces of them),
    pub images: u64,
    /// layouts,
    pub layouts: u64,
    /// stages,
    pub stages: u64,
    /// and flags, tasks and reviews.
    pub said: u64,
    /// Messages from which nothing could be read.
    pub undecoded: u64,
    /// What people and Plateside did.
    pub locals: u64,
    /// Rules' changes of state.
    pub alerts: u64,
    /// Bytes on disk: the database, its log, `images/` and `previews/`.
    pub bytes: u64,
}

/// One entry, read back: a record of a message, that a message could not be read, an alert or a local record.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEntry {
    /// Its place in the session, or its message's.
    pub seq: i64,
    /// A record's place in its message; 0 otherwise.
    pub index: u16,
    /// What it says.
    pub body: StoredBody,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly every entry is a record; boxing it would cost an allocation each")]
pub enum StoredBody {
    /// A record of a message.
    Stream {
        /// The message's place in its stream.
        origin: Origin,
        /// The record.
        record: Record,
    },
    /// A message from which nothing could be read.
    Undecoded,
    /// A rule's state changed.
    Alert(Alert),
    /// A person or Plateside did something.
    Local(LocalRecord),
}

/// A message from which nothing could be read.
#[derive(Debug, Clone)]
pub struct UndecodedMessage {
    /// Its place in the session.
    pub seq: i64,
    /// The message, with its bytes as received.
    pub envelope: Envelope,
    /// Why nothing could be read.
    pub reason: String,
}

/// Rows of each table.
pub(crate) fn counts(raw: &Raw) -> Result<Counts, Fault> {
    let mut statement = raw.prepare(
        "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM result), (SELECT count(*) FROM image), \
         (SELECT count(*) FROM layout), (SELECT count(*) FROM stage), (SELECT count(*) FROM undecoded), \
         (SELECT count(*) FROM local), (SELECT count(*) FROM alert), (SELECT count(*) FROM said)",
    )?;
    let mut rows = statement.rows(&[])?;
    let Some(row) = rows.next()? else { return Ok(Counts::default()) };
    let count = |column| row.int(column).cast_unsigned();
    let (results, images, layouts, stages, said) = (count(1), count(2), count(3), count(4), count(8));
    Ok(Counts {
        messages: count(0),
        records: results + images + layouts + stages + said,
        results,
        images,
        layouts,
        stages,
        said,
        undecoded: count(5),
        locals: count(6),
        alerts: count(7),
        bytes: 0,
    })
}
