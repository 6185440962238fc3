//! `plate_segment`: in which stretches of the session a plate has results.

use std::collections::HashMap;

use crate::fault::Fault;
use crate::history::SEGMENT;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Raw, RawError};

pub(crate) const INSERT: &str = "INSERT OR IGNORE INTO plate_segment (plate, segment) VALUES (?, ?)";

/// The segment of a `seq`.
pub(crate) const fn of_seq(seq: i64) -> i64 {
    (seq - 1) / SEGMENT
}

pub(crate) fn insert(inserts: &mut Inserts<'_>, plate: i64, segment: i64) -> Result<(), RawError> {
    inserts.run(Insert::PlateSegment, &[Bound::Int(plate), Bound::Int(segment)])
}

/// The segments of a plate, ascending.
pub(crate) fn of_plate(raw: &Raw, plate: i64) -> Result<Vec<i64>, Fault> {
    let mut statement = raw.prepare("SELECT segment FROM plate_segment WHERE plate = ? ORDER BY segment")?;
    let mut rows = statement.rows(&[Bound::Int(plate)])?;
    let mut segments = Vec::new();
    while let Some(row) = rows.next()? {
        segments.push(row.int(0));
    }
    Ok(segments)
}

/// The last segment of every plate that has results.
pub(crate) fn last_of_all(raw: &Raw) -> Result<HashMap<i64, i64>, Fault> {
    let mut statement = raw.prepare("SELECT plate, max(segment) FROM plate_segment GROUP BY plate")?;
    let mut rows = statement.rows(&[])?;
    let mut last = HashMap::new();
    while let Some(row) = rows.next()? {
        last.insert(row.int(0), row.int(1));
    }
    Ok(last)
}

/// How many pairs of plate and segment the table has too many or too few.
pub(crate) fn count_wrong(raw: &Raw) -> Result<i64, Fault> {
    let mut statement = raw.prepare(
        "WITH derived AS (SELECT DISTINCT plate, ((id >> 16) - 1) / 4096 AS segment FROM result), \
         stored AS (SELECT plate, segment FROM plate_segment) \
         SELECT (SELECT count(*) FROM (SELECT * FROM derived EXCEPT SELECT * FROM stored)) \
         + (SELECT count(*) FROM (SELECT * FROM stored EXCEPT SELECT * FROM derived))",
    )?;
    let mut rows = statement.rows(&[])?;
    Ok(rows.next()?.map_or(0, |row| row.int(0)))
}
