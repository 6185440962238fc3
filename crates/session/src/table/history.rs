//! `history`: the history digest after each closed segment.

use super::digest;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, RawError};

pub(crate) const INSERT: &str = "INSERT INTO history (segment, head) VALUES (?, ?)";

pub(crate) fn insert(inserts: &mut Inserts<'_>, segment: i64, head: &[u8; 32]) -> Result<(), RawError> {
    inserts.run(Insert::History, &[Bound::Int(segment), Bound::Blob(head)])
}

/// The head after `segment`; zeros before the first.
pub(crate) fn head_after(raw: &Raw, segment: Option<i64>) -> Result<[u8; 32], Fault> {
    let Some(segment) = segment else { return Ok([0; 32]) };
    let mut statement = raw.prepare("SELECT head FROM history WHERE segment = ?")?;
    let mut rows = statement.rows(&[Bound::Int(segment)])?;
    match rows.next()? {
        Some(row) => digest(row.blob(0), "history", segment, "head"),
        None => Err(Fault::Damaged(format!("segment {segment} is not in table history"))),
    }
}
