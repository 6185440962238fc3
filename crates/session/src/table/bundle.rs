//! `bundle` and `left_out`: whether a session came out of a bundle, and which bodies were left out of it.

use super::digest;
use crate::bundle::{BundleMark, BundlePixels};
use crate::fault::Fault;
use crate::raw::{Bound, Raw};

/// Puts the mark, in place of one that is there.
pub(crate) fn put(raw: &Raw, mark: &BundleMark) -> Result<(), Fault> {
    raw.prepare("INSERT OR REPLACE INTO bundle (one, made_at_us, made_by, pixels) VALUES (1, ?, ?, ?)")?.run(&[
        Bound::Int(mark.made_at_us),
        Bound::Text(&mark.made_by),
        Bound::Text(mark.pixels.as_str()),
    ])?;
    Ok(())
}

/// The mark; `None` where the session is no bundle's.
pub(crate) fn load(raw: &Raw) -> Result<Option<BundleMark>, Fault> {
    let mut statement = raw.prepare("SELECT made_at_us, made_by, pixels FROM bundle")?;
    let mut rows = statement.rows(&[])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let pixels = row.text(2).and_then(BundlePixels::from_name);
    Ok(Some(BundleMark {
        made_at_us: row.int(0),
        made_by: row.text(1).unwrap_or_default().to_owned(),
        pixels: pixels.ok_or_else(|| Fault::field("bundle", 1, "pixels"))?,
    }))
}

/// Whether the mark is there, in a database of any format.
pub(crate) fn is_marked(raw: &Raw) -> Result<bool, Fault> {
    let is_there = |sql: &str| -> Result<bool, Fault> {
        let mut statement = raw.prepare(sql)?;
        let mut rows = statement.rows(&[])?;
        Ok(rows.next()?.is_some_and(|row| row.int(0) > 0))
    };
    Ok(is_there("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'bundle'")?
        && is_there("SELECT count(*) FROM bundle")?)
}

/// Notes bodies that are left out, with their bytes.
pub(crate) fn leave_out(raw: &Raw, bodies: &[([u8; 32], u64)]) -> Result<(), Fault> {
    let mut statement = raw.prepare("INSERT OR IGNORE INTO left_out (sha256, bytes) VALUES (?, ?)")?;
    for (sha256, bytes) in bodies {
        statement.run(&[Bound::Blob(sha256), Bound::Int(i64::try_from(*bytes).unwrap_or(i64::MAX))])?;
    }
    Ok(())
}

/// Bytes of a body that was left out; `None` where it was not.
pub(crate) fn left_out(raw: &Raw, sha256: &[u8; 32]) -> Result<Option<u64>, Fault> {
    let mut statement = raw.prepare("SELECT bytes FROM left_out WHERE sha256 = ?")?;
    let mut rows = statement.rows(&[Bound::Blob(sha256)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let bytes =
        u64::try_from(row.int(0)).map_err(|_| Fault::Damaged("table left_out has impossible bytes".to_owned()))?;
    Ok(Some(bytes))
}

/// Bodies in files that messages name, sorted by digest, and whether each is nothing but pixels: all of its messages were
/// read as planes.
pub(crate) fn body_files(raw: &Raw) -> Result<Vec<([u8; 32], bool)>, Fault> {
    let mut statement = raw.prepare(
        "SELECT body_sha, min(EXISTS (SELECT 1 FROM image WHERE id BETWEEN seq << 16 AND (seq << 16) | 65535)) \
         FROM message WHERE body_sha IS NOT NULL GROUP BY body_sha ORDER BY body_sha",
    )?;
    let mut rows = statement.rows(&[])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        files.push((digest(row.blob(0), "message", 0, "body_sha")?, row.int(1) != 0));
    }
    Ok(files)
}

/// Links of planes that have a query string, which may be a signature, as good as a password while it lasts, or a password.
pub(crate) fn links_with_queries(raw: &Raw) -> Result<u64, Fault> {
    let mut statement = raw.prepare(
        "SELECT count(*) FROM image WHERE instr(link, '?') > 0 OR instr(substr(link, instr(link, '://') + 3, \
         instr(substr(link, instr(link, '://') + 3) || '/', '/')), '@') > 0",
    )?;
    let mut rows = statement.rows(&[])?;
    Ok(rows.next()?.map_or(0, |row| row.int(0).cast_unsigned()))
}
