//! The text that a session keeps of flags, tasks and reviews, read back.

use plate::Record;

use crate::envelope::Kind;
use crate::intern::Plates;
use crate::limits::Limits;
use crate::{flag, review};

/// The text is none that [`crate::said_to_json`] wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kept record that this version of Plateside knows: {reason}")]
pub struct SaidJsonError {
    /// What is wrong with it.
    pub reason: String,
}

/// A flag, task or review as text; `None` for other records, which have tables of their own.
///
/// # Errors
/// [`crate::EncodeError`] for what no message could have brought.
pub fn said_to_json(record: &Record) -> Result<Option<String>, crate::EncodeError> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    Ok(match record {
        Record::Flag(record) => text(crate::encode_flag(record)?),
        Record::Task(record) => text(crate::encode_task(record)?),
        Record::Review(record) => Some(crate::review_to_json(record)?),
        _ => None,
    })
}

/// Reads what [`said_to_json`] wrote of a record of this kind.
///
/// # Errors
/// [`SaidJsonError`].
pub fn said_from_json(kind: Kind, text: &str) -> Result<Record, SaidJsonError> {
    let (limits, mut plates) = (Limits::default(), Plates::few());
    match kind {
        Kind::Flags => flag::read(text, &limits, &mut plates),
        Kind::Tasks => flag::read_task(text, &limits, &mut plates),
        Kind::Reviews => review::read_structured(text, &limits, &mut plates),
        other => Err(format!("{} are not kept as text", other.as_str())),
    }
    .map_err(|reason| SaidJsonError { reason })
}
