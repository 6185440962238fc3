//! `result`: features of wells and sites.

use plate::{Features, ResultRecord};

use super::{format, number, well};
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::names::Names;
use crate::raw::{Bound, Raw, Row, Statement};

pub(crate) const INSERT: &str = "INSERT INTO result (id, plate, format, well, site, read_at_ms, feature_list, bits) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/// Columns for [`read`], by record numbers.
pub(crate) const IN_RANGE: &str = "SELECT id, plate, format, well, site, read_at_ms, feature_list, bits FROM result \
     WHERE id BETWEEN ? AND ? ORDER BY id";

/// Where results stand and who said them, by record numbers: `id, plate, format, well, site, feature_list` and the
/// message's place.
pub(crate) const PLACES: &str = "SELECT r.id, r.plate, r.format, r.well, r.site, r.feature_list, \
     m.source, m.partition, m.offset, m.timestamp_ms \
     FROM result r CROSS JOIN message m ON m.seq = r.id >> 16 WHERE r.id BETWEEN ? AND ? ORDER BY r.id";

/// As [`PLACES`], of one plate.
pub(crate) const PLACES_OF_PLATE: &str = "SELECT r.id, r.plate, r.format, r.well, r.site, r.feature_list, \
     m.source, m.partition, m.offset, m.timestamp_ms \
     FROM result r CROSS JOIN message m ON m.seq = r.id >> 16 \
     WHERE r.id BETWEEN ? AND ? AND r.plate = ? ORDER BY r.id";

/// As [`PLACES_OF_PLATE`], of one well up to a record.
pub(crate) const PLACES_OF_WELL: &str = "SELECT r.id, r.plate, r.format, r.well, r.site, r.feature_list, \
     m.source, m.partition, m.offset, m.timestamp_ms \
     FROM result r CROSS JOIN message m ON m.seq = r.id >> 16 \
     WHERE r.id BETWEEN ? AND ? AND r.plate = ? AND r.well = ? AND r.id <= ? ORDER BY r.id";

/// What one result says.
pub(crate) const VALUES: &str = "SELECT id, read_at_ms, feature_list, bits FROM result WHERE id = ?";

/// Inserts one; `scratch` is room for its bytes.
pub(crate) fn insert(
    inserts: &mut Inserts<'_>,
    (id, plate, feature_list): (i64, i64, i64),
    record: &ResultRecord,
    scratch: &mut Vec<u8>,
) -> Result<(), Fault> {
    scratch.clear();
    scratch.extend(record.features.bits().iter().flat_map(|bits| bits.to_le_bytes()));
    inserts.run(
        Insert::Result,
        &[
            Bound::Int(id),
            Bound::Int(plate),
            Bound::Int(record.format.wells().into()),
            Bound::Int(record.well.packed().into()),
            Bound::optional_int(record.site.map(i64::from)),
            Bound::optional_int(record.read_at_ms),
            Bound::Int(feature_list),
            Bound::Blob(scratch),
        ],
    )?;
    Ok(())
}

pub(crate) fn read(raw: &Raw, names: &mut Names, row: &Row<'_>) -> Result<(i64, ResultRecord), Fault> {
    let id = row.int(0);
    let features = features(raw, names, id, row.int(6), row.blob(7))?;
    let record = ResultRecord {
        plate: names.plate(raw, row.int(1))?,
        format: format(row.int(2), "result", id)?,
        well: well(row.int(3), "result", id)?,
        site: row.optional_int(4).map(|site| number(site, "result", id, "site")).transpose()?,
        read_at_ms: row.optional_int(5),
        features,
    };
    Ok((id, record))
}

/// The names and values of one result, and when it was read ([`VALUES`]).
pub(crate) fn values(
    raw: &Raw,
    names: &mut Names,
    statement: &mut Statement<'_>,
    id: i64,
) -> Result<(Option<i64>, Features), Fault> {
    let mut rows = statement.rows(&[Bound::Int(id)])?;
    let row = rows.next()?.ok_or_else(|| Fault::Damaged(format!("row {id} of table result is gone")))?;
    Ok((row.optional_int(1), features(raw, names, id, row.int(2), row.blob(3))?))
}

fn features(raw: &Raw, names: &mut Names, id: i64, list: i64, bits: &[u8]) -> Result<Features, Fault> {
    let list = names.feature_list(raw, list)?;
    match bits.as_chunks::<8>() {
        (bits, []) => Features::from_bits(list, bits.iter().map(|bits| u64::from_le_bytes(*bits)).collect())
            .map_err(|_| Fault::field("result", id, "bits")),
        _ => Err(Fault::field("result", id, "bits")),
    }
}
