//! `preview`: what the originals of previews are, and the digests of the previews' files.

use super::{digest, number};
use crate::fault::Fault;
use crate::previews::{MOST_SIDE, PREVIEW_BYTES, Preview};
use crate::raw::{Bound, Raw, Row};

const COLUMNS: &str = "sha256, page, file_sha256, file_bytes, level, width, height, format, sample, bits, low, high";
/// Bytes of the names of a format and of a type of sample.
const MOST_NAME: usize = 16;

/// Puts previews, in place of those that are there.
pub(crate) fn put(raw: &Raw, previews: &[Preview]) -> Result<(), Fault> {
    let mut statement = raw
        .prepare(&format!("INSERT OR REPLACE INTO preview ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))?;
    for preview in previews {
        statement.run(&[
            Bound::Blob(&preview.body),
            Bound::Int(preview.page.into()),
            Bound::Blob(&preview.sha256),
            Bound::Int(i64::try_from(preview.bytes).unwrap_or(i64::MAX)),
            Bound::Int(preview.level().into()),
            Bound::Int(preview.width.into()),
            Bound::Int(preview.height.into()),
            Bound::Text(&preview.format),
            Bound::Text(&preview.sample),
            Bound::Int(preview.bits.into()),
            Bound::Real(preview.span.0),
            Bound::Real(preview.span.1),
        ])?;
    }
    Ok(())
}

/// Forgets all of them.
pub(crate) fn clear(raw: &Raw) -> Result<(), Fault> {
    Ok(raw.execute("DELETE FROM preview")?)
}

/// Whether there is any.
pub(crate) fn has_any(raw: &Raw) -> Result<bool, Fault> {
    let mut statement = raw.prepare("SELECT EXISTS (SELECT 1 FROM preview)")?;
    let mut rows = statement.rows(&[])?;
    Ok(rows.next()?.is_some_and(|row| row.int(0) != 0))
}

/// All of them, by body and page.
pub(crate) fn load(raw: &Raw) -> Result<Vec<Preview>, Fault> {
    let mut statement = raw.prepare(&format!("SELECT {COLUMNS} FROM preview ORDER BY sha256, page"))?;
    let mut rows = statement.rows(&[])?;
    let mut previews = Vec::new();
    while let Some(row) = rows.next()? {
        previews.push(read(&row)?);
    }
    Ok(previews)
}

/// The one of a page.
pub(crate) fn find(raw: &Raw, body: &[u8; 32], page: u16) -> Result<Option<Preview>, Fault> {
    let mut statement = raw.prepare(&format!("SELECT {COLUMNS} FROM preview WHERE sha256 = ? AND page = ?"))?;
    let mut rows = statement.rows(&[Bound::Blob(body), Bound::Int(page.into())])?;
    rows.next()?.map(|row| read(&row)).transpose()
}

/// A stranger's bundle may hold any row: no number of it is believed before it is looked at.
fn read(row: &Row<'_>) -> Result<Preview, Fault> {
    let impossible = |field: &str| Fault::Damaged(format!("a row of table preview has an impossible {field}"));
    let side = |column, field| {
        let side: u32 = number(row.int(column), "preview", 0, field)?;
        if (1..=MOST_SIDE).contains(&side) { Ok(side) } else { Err(impossible(field)) }
    };
    let name = |column, field| match row.text(column) {
        Some(name) if (1..=MOST_NAME).contains(&name.len()) => Ok(name.into()),
        _ => Err(impossible(field)),
    };
    let end = |column, field| row.optional_real(column).filter(|end| end.is_finite()).ok_or_else(|| impossible(field));
    let preview = Preview {
        body: digest(row.blob(0), "preview", 0, "sha256")?,
        page: number(row.int(1), "preview", 0, "page")?,
        sha256: digest(row.blob(2), "preview", 0, "file_sha256")?,
        bytes: number(row.int(3), "preview", 0, "file_bytes")?,
        width: side(5, "width")?,
        height: side(6, "height")?,
        format: name(7, "format")?,
        sample: name(8, "sample")?,
        bits: number(row.int(9), "preview", 0, "bits")?,
        span: (end(10, "low")?, end(11, "high")?),
    };
    if row.int(4) != i64::from(preview.level()) {
        return Err(impossible("level"));
    }
    if !(1..=PREVIEW_BYTES).contains(&preview.bytes) {
        return Err(impossible("file_bytes"));
    }
    if preview.span.0 >= preview.span.1 {
        return Err(impossible("range"));
    }
    if !(1..=64).contains(&preview.bits) {
        return Err(impossible("bits"));
    }
    Ok(preview)
}
