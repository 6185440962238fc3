//! `result`: features of wells and sites.

use plate::{Features, ResultRecord};

use super::{format, number, well};
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::names::Names;
use crate::raw::{Bound, Raw, Row};

pub(crate) const INSERT: &str = "INSERT INTO result (id, plate, format, well, site, read_at_ms, feature_list, bits) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/// Columns for [`read`], by record numbers.
pub(crate) const IN_RANGE: &str = "SELECT id, plate, format, well, site, read_at_ms, feature_list, bits FROM result \
     WHERE id BETWEEN ? AND ? ORDER BY id";

/// Columns for [`read`] and the message's place, of one well of a plate, in the order of arrival.
pub(crate) const OF_WELL: &str = "SELECT r.id, r.plate, r.format, r.well, r.site, r.read_at_ms, r.feature_list, r.bits, \
     m.source, m.partition, m.offset, m.timestamp_ms \
     FROM result r CROSS JOIN message m ON m.seq = r.id >> 16 WHERE r.plate = ? AND r.well = ? ORDER BY r.id";

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

pub(crate) fn read(raw: &Raw<'_>, names: &mut Names, row: &Row<'_>) -> Result<(i64, ResultRecord), Fault> {
    let id = row.int(0);
    let list = names.feature_list(raw, row.int(6))?;
    let bits = row.blob(7).as_chunks::<8>();
    let features = match bits {
        (bits, []) => Features::from_bits(list, bits.iter().map(|bits| u64::from_le_bytes(*bits)).collect()),
        _ => return Err(Fault::field("result", id, "bits")),
    };
    let record = ResultRecord {
        plate: names.plate(raw, row.int(1))?,
        format: format(row.int(2), "result", id)?,
        well: well(row.int(3), "result", id)?,
        site: row.optional_int(4).map(|site| number(site, "result", id, "site")).transpose()?,
        read_at_ms: row.optional_int(5),
        features: features.map_err(|_| Fault::field("result", id, "bits"))?,
    };
    Ok((id, record))
}

/// The wells of a plate that have results, packed, ascending.
pub(crate) fn wells_of(raw: &Raw<'_>, plate: i64) -> Result<Vec<i64>, Fault> {
    let mut statement = raw.prepare("SELECT DISTINCT well FROM result WHERE plate = ? ORDER BY well")?;
    let mut rows = statement.rows(&[Bound::Int(plate)])?;
    let mut wells = Vec::new();
    while let Some(row) = rows.next()? {
        wells.push(row.int(0));
    }
    Ok(wells)
}

/// The feature lists of a plate's results, ascending.
pub(crate) fn feature_lists_of(raw: &Raw<'_>, plate: i64) -> Result<Vec<i64>, Fault> {
    let mut statement =
        raw.prepare("SELECT DISTINCT feature_list FROM result WHERE plate = ? ORDER BY feature_list")?;
    let mut rows = statement.rows(&[Bound::Int(plate)])?;
    let mut lists = Vec::new();
    while let Some(row) = rows.next()? {
        lists.push(row.int(0));
    }
    Ok(lists)
}
