//! `plate`: plates by number.

use std::sync::Arc;

use plate::PlateKey;

use crate::fault::Fault;
use crate::raw::{Bound, Raw, Row};

/// The number of a plate, made if it has none.
pub(crate) fn number_of(raw: &Raw, plate: &PlateKey) -> Result<i64, Fault> {
    let names = [Bound::Text(&plate.run), Bound::Text(&plate.barcode)];
    {
        let mut statement = raw.prepare("SELECT id FROM plate WHERE run = ? AND barcode = ?")?;
        let mut rows = statement.rows(&names)?;
        if let Some(row) = rows.next()? {
            return Ok(row.int(0));
        }
    }
    raw.prepare("INSERT INTO plate (run, barcode) VALUES (?, ?)")?.run(&names)?;
    Ok(raw.last_rowid())
}

/// A plate by its number.
pub(crate) fn load(raw: &Raw, id: i64) -> Result<Arc<PlateKey>, Fault> {
    let mut statement = raw.prepare("SELECT id, run, barcode FROM plate WHERE id = ?")?;
    let mut rows = statement.rows(&[Bound::Int(id)])?;
    match rows.next()? {
        Some(row) => Ok(read(&row)?.1),
        None => Err(Fault::Damaged(format!("plate {id} is not in table plate"))),
    }
}

/// The number of a plate that may not be there.
pub(crate) fn find(raw: &Raw, plate: &PlateKey) -> Result<Option<i64>, Fault> {
    let mut statement = raw.prepare("SELECT id FROM plate WHERE run = ? AND barcode = ?")?;
    let mut rows = statement.rows(&[Bound::Text(&plate.run), Bound::Text(&plate.barcode)])?;
    Ok(rows.next()?.map(|row| row.int(0)))
}

/// The next plates in the order of (run, barcode), at most `limit`, after `after`.
pub(crate) fn page(raw: &Raw, after: Option<&PlateKey>, limit: i64) -> Result<Vec<(i64, Arc<PlateKey>)>, Fault> {
    let sql = match after {
        Some(_) => "SELECT id, run, barcode FROM plate WHERE (run, barcode) > (?2, ?3) ORDER BY run, barcode LIMIT ?1",
        None => "SELECT id, run, barcode FROM plate ORDER BY run, barcode LIMIT ?1",
    };
    let mut statement = raw.prepare(sql)?;
    let mut rows = match after {
        Some(key) => statement.rows(&[Bound::Int(limit), Bound::Text(&key.run), Bound::Text(&key.barcode)])?,
        None => statement.rows(&[Bound::Int(limit)])?,
    };
    let mut plates = Vec::new();
    while let Some(row) = rows.next()? {
        plates.push(read(&row)?);
    }
    Ok(plates)
}

fn read(row: &Row<'_>) -> Result<(i64, Arc<PlateKey>), Fault> {
    let id = row.int(0);
    match (row.text(1), row.text(2)) {
        (Some(run), Some(barcode)) => Ok((id, Arc::new(PlateKey::new(run, barcode)))),
        _ => Err(Fault::field("plate", id, "name")),
    }
}
