//! `image`: planes; their pixels are bodies or links.

use plate::{Chunk, ImageRecord, Pixels};

use super::{digest, format, number, well};
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::names::Names;
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str = "INSERT INTO image (id, plate, format, well, site, z, t, channel, page, content_type, \
     bytes, link, sha256, chunk_id, chunk_index, chunk_count, piece_sha256, pixel_um, acquired_at_ms) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Columns for [`read`], by record numbers.
pub(crate) const IN_RANGE: &str = "SELECT id, plate, format, well, site, z, t, channel, page, content_type, bytes, link, \
     sha256, chunk_id, chunk_index, chunk_count, pixel_um, acquired_at_ms, piece_sha256 FROM image \
     WHERE id BETWEEN ? AND ? ORDER BY id";

/// Columns for [`read`] and the message's place, of one well of a plate, in the order of arrival.
pub(crate) const OF_WELL: &str = "SELECT i.id, plate, format, well, site, z, t, channel, page, content_type, bytes, link, \
     sha256, chunk_id, chunk_index, chunk_count, pixel_um, acquired_at_ms, piece_sha256, \
     m.source, m.partition, m.offset, m.timestamp_ms \
     FROM image i CROSS JOIN message m ON m.seq = i.id >> 16 WHERE plate = ? AND well = ? ORDER BY i.id";

/// Sites and channels of the wells of a plate, with how many planes each has, by record numbers.
pub(crate) const SITES: &str = "SELECT well, site, channel, count(*) FROM image WHERE plate = ? AND id <= ? \
     GROUP BY well, site, channel ORDER BY well, site, channel";

/// Inserts one; `piece` is the body's digest where the body is a piece of a file.
pub(crate) fn insert(
    inserts: &mut Inserts<'_>,
    (id, plate): (i64, i64),
    record: &ImageRecord,
    piece: Option<&[u8; 32]>,
) -> Result<(), Fault> {
    let (content_type, bytes, link) = match &record.pixels {
        Pixels::Inline { content_type, bytes } => (content_type.as_deref(), Some(*bytes as i64), None),
        Pixels::Linked { link } => (None, None, Some(&**link)),
    };
    let chunk = record.chunk.as_ref();
    inserts.run(
        Insert::Image,
        &[
            Bound::Int(id),
            Bound::Int(plate),
            Bound::Int(record.format.wells().into()),
            Bound::Int(record.well.packed().into()),
            Bound::Int(record.site.into()),
            Bound::Int(record.z.into()),
            Bound::Int(record.t.into()),
            Bound::Text(&record.channel),
            Bound::Int(record.page.into()),
            Bound::optional_text(content_type),
            Bound::optional_int(bytes),
            Bound::optional_text(link),
            Bound::optional_blob(record.sha256.as_ref().map(|sha| sha.as_slice())),
            Bound::optional_text(chunk.map(|chunk| &*chunk.id)),
            Bound::optional_int(chunk.map(|chunk| chunk.index.into())),
            Bound::optional_int(chunk.map(|chunk| chunk.count.into())),
            Bound::optional_blob(piece.map(|sha| sha.as_slice())),
            record.pixel_um.map_or(Bound::Null, Bound::Real),
            Bound::optional_int(record.acquired_at_ms),
        ],
    )?;
    Ok(())
}

pub(crate) fn read(raw: &Raw, names: &mut Names, row: &Row<'_>) -> Result<(i64, ImageRecord), Fault> {
    let id = row.int(0);
    let chunk = match row.optional_text(13) {
        None => None,
        Some(name) => Some(Chunk {
            id: name.into(),
            index: number(row.int(14), "image", id, "chunk_index")?,
            count: number(row.int(15), "image", id, "chunk_count")?,
        }),
    };
    let record = ImageRecord {
        plate: names.plate(raw, row.int(1))?,
        format: format(row.int(2), "image", id)?,
        well: well(row.int(3), "image", id)?,
        site: number(row.int(4), "image", id, "site")?,
        z: number(row.int(5), "image", id, "z")?,
        t: number(row.int(6), "image", id, "t")?,
        channel: row.text(7).ok_or_else(|| Fault::field("image", id, "channel"))?.into(),
        page: number(row.int(8), "image", id, "page")?,
        pixels: match row.optional_text(11) {
            Some(link) => Pixels::Linked { link: link.into() },
            None => Pixels::Inline {
                content_type: row.optional_text(9).map(Into::into),
                bytes: number(row.int(10), "image", id, "bytes")?,
            },
        },
        sha256: row.optional_blob(12).map(|sha| digest(sha, "image", id, "sha256")).transpose()?,
        chunk,
        pixel_um: row.optional_real(16),
        acquired_at_ms: row.optional_int(17),
    };
    Ok((id, record))
}

/// The body's digest where the body is a piece of a file (column 18 of both selects).
pub(crate) fn read_piece(row: &Row<'_>) -> Result<Option<[u8; 32]>, Fault> {
    row.optional_blob(18).map(|sha| digest(sha, "image", row.int(0), "piece_sha256")).transpose()
}

/// The wells of a plate that have images, packed, ascending.
pub(crate) fn wells_of(raw: &Raw, plate: i64) -> Result<Vec<i64>, Fault> {
    let mut statement = raw.prepare("SELECT DISTINCT well FROM image WHERE plate = ? ORDER BY well")?;
    let mut rows = statement.rows(&[Bound::Int(plate)])?;
    let mut wells = Vec::new();
    while let Some(row) = rows.next()? {
        wells.push(row.int(0));
    }
    Ok(wells)
}
