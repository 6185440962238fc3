//! `feature_list`: the names of the features of a message, once for all messages alike.

use std::sync::Arc;

use plate::FeatureList;

use crate::fault::Fault;
use crate::raw::{Bound, Raw};

/// The number of a list, made if it has none.
pub(crate) fn number_of(raw: &Raw, list: &FeatureList) -> Result<i64, Fault> {
    {
        let mut statement = raw.prepare("SELECT id FROM feature_list WHERE digest = ?")?;
        let mut rows = statement.rows(&[Bound::Blob(list.digest())])?;
        if let Some(row) = rows.next()? {
            return Ok(row.int(0));
        }
    }
    let mut names = Vec::new();
    for name in list.names() {
        names.extend_from_slice(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
        names.extend_from_slice(name.as_bytes());
    }
    raw.prepare("INSERT INTO feature_list (digest, names) VALUES (?, ?)")?
        .run(&[Bound::Blob(list.digest()), Bound::Blob(&names)])?;
    Ok(raw.last_rowid())
}

/// A list by its number.
pub(crate) fn load(raw: &Raw, id: i64) -> Result<Arc<FeatureList>, Fault> {
    let mut statement = raw.prepare("SELECT digest, names FROM feature_list WHERE id = ?")?;
    let mut rows = statement.rows(&[Bound::Int(id)])?;
    let Some(row) = rows.next()? else {
        return Err(Fault::Damaged(format!("feature list {id} is not in table feature_list")));
    };
    let list = FeatureList::new(split(row.blob(1)).ok_or_else(|| Fault::field("feature_list", id, "names"))?);
    if list.digest().as_slice() != row.blob(0) {
        return Err(Fault::Damaged(format!(
            "the names of feature list {id} were changed: they do not give its digest"
        )));
    }
    Ok(Arc::new(list))
}

/// Numbers of all lists, ascending.
pub(crate) fn numbers(raw: &Raw) -> Result<Vec<i64>, Fault> {
    let mut statement = raw.prepare("SELECT id FROM feature_list ORDER BY id")?;
    let mut rows = statement.rows(&[])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        numbers.push(row.int(0));
    }
    Ok(numbers)
}

fn split(mut names: &[u8]) -> Option<Vec<Box<str>>> {
    let mut list = Vec::new();
    while !names.is_empty() {
        let (length, rest) = names.split_first_chunk::<4>()?;
        let (name, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        list.push(std::str::from_utf8(name).ok()?.into());
        names = rest;
    }
    Some(list)
}
