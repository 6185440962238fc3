//! `layout`: what the wells of plates are for.

use std::sync::Arc;

use plate::LayoutRecord;

use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::names::Names;
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str = "INSERT INTO layout (id, plate, format, body) VALUES (?, ?, ?, ?)";

/// Columns for [`read`], by record numbers.
pub(crate) const IN_RANGE: &str = "SELECT id, plate, body FROM layout WHERE id BETWEEN ? AND ? ORDER BY id";

/// Columns for [`read`] and the message's place, of one plate, in the order of arrival.
pub(crate) const OF_PLATE: &str = "SELECT l.id, l.plate, l.body, m.source, m.partition, m.offset, m.timestamp_ms \
     FROM layout l CROSS JOIN message m ON m.seq = l.id >> 16 WHERE l.plate = ? ORDER BY l.id";

pub(crate) fn insert(inserts: &mut Inserts<'_>, id: i64, plate: i64, record: &LayoutRecord) -> Result<(), Fault> {
    let body = wire::layout_to_json(&record.layout).map_err(|e| crate::Error::Unwritable {
        what: format!("the layout of plate {}", record.plate),
        reason: e.to_string(),
    })?;
    let wells = record.layout.format.wells();
    inserts.run(Insert::Layout, &[Bound::Int(id), Bound::Int(plate), Bound::Int(wells.into()), Bound::Text(&body)])?;
    Ok(())
}

pub(crate) fn read(raw: &Raw, names: &mut Names, row: &Row<'_>) -> Result<(i64, LayoutRecord), Fault> {
    let id = row.int(0);
    let body = row.text(2).ok_or_else(|| Fault::field("layout", id, "body"))?;
    let layout = wire::layout_from_json(body)
        .map_err(|e| Fault::Damaged(format!("row {id} of table layout cannot be read: {e}")))?;
    Ok((id, LayoutRecord { plate: names.plate(raw, row.int(1))?, layout: Arc::new(layout) }))
}
