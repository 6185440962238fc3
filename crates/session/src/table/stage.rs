//! `stage`: plates entering and leaving stages of the workflow.

use plate::{StageEvent, StageRecord};

use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::names::Names;
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str = "INSERT INTO stage (id, plate, stage, event, at_ms, instrument, by, note, correlation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Columns for [`read`], by record numbers.
pub(crate) const IN_RANGE: &str = "SELECT id, plate, stage, event, at_ms, instrument, by, note, correlation FROM stage \
     WHERE id BETWEEN ? AND ? ORDER BY id";

pub(crate) fn insert(inserts: &mut Inserts<'_>, id: i64, plate: i64, record: &StageRecord) -> Result<(), Fault> {
    inserts.run(
        Insert::Stage,
        &[
            Bound::Int(id),
            Bound::Int(plate),
            Bound::Text(&record.stage),
            Bound::Text(record.event.as_str()),
            Bound::Int(record.at_ms),
            Bound::optional_text(record.instrument.as_deref()),
            Bound::optional_text(record.by.as_deref()),
            Bound::optional_text(record.note.as_deref()),
            Bound::optional_text(record.correlation.as_deref()),
        ],
    )?;
    Ok(())
}

pub(crate) fn read(raw: &Raw, names: &mut Names, row: &Row<'_>) -> Result<(i64, StageRecord), Fault> {
    let id = row.int(0);
    let event = match row.text(3) {
        Some(word) if word == StageEvent::Entered.as_str() => StageEvent::Entered,
        Some(word) if word == StageEvent::Left.as_str() => StageEvent::Left,
        _ => return Err(Fault::field("stage", id, "event")),
    };
    let record = StageRecord {
        plate: names.plate(raw, row.int(1))?,
        stage: row.text(2).ok_or_else(|| Fault::field("stage", id, "stage"))?.into(),
        event,
        at_ms: row.int(4),
        instrument: row.optional_text(5).map(Into::into),
        by: row.optional_text(6).map(Into::into),
        note: row.optional_text(7).map(Into::into),
        correlation: row.optional_text(8).map(Into::into),
    };
    Ok((id, record))
}
