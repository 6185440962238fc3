//! `said`: flags, tasks and reviews.

use plate::{Record, Spot};
use wire::Kind;

use crate::Error;
use crate::fault::Fault;
use crate::inserts::{Insert, Inserts};
use crate::raw::{Bound, Row};

pub(crate) const INSERT: &str = "INSERT INTO said (id, plate, kind, well, site, body) VALUES (?, ?, ?, ?, ?, ?)";

/// Columns for [`read`], by record numbers.
pub(crate) const IN_RANGE: &str = "SELECT id, kind, body FROM said WHERE id BETWEEN ? AND ? ORDER BY id";

/// Columns for [`read`], of one plate up to a record number, in the order of arrival.
pub(crate) const OF_PLATE: &str = "SELECT id, kind, body FROM said WHERE plate = ? AND id <= ? ORDER BY id";

pub(crate) fn insert(inserts: &mut Inserts<'_>, id: i64, plate: i64, record: &Record) -> Result<(), Fault> {
    let Some((kind, spot)) = kind_and_spot(record) else {
        return Err(unwritable("a record", "it has a table of its own".to_owned()));
    };
    let text = wire::said_to_json(record).map_err(|error| unwritable(kind.as_str(), error.to_string()))?;
    inserts.run(
        Insert::Said,
        &[
            Bound::Int(id),
            Bound::Int(plate),
            Bound::Text(kind.as_str()),
            Bound::optional_int(spot.well.map(|well| well.packed().into())),
            Bound::optional_int(spot.site.map(i64::from)),
            Bound::Text(&text.unwrap_or_default()),
        ],
    )?;
    Ok(())
}

pub(crate) fn read(row: &Row<'_>) -> Result<(i64, Record), Fault> {
    let id = row.int(0);
    let kind = row.text(1).and_then(Kind::from_name).ok_or_else(|| Fault::field("said", id, "kind"))?;
    let body = row.text(2).ok_or_else(|| Fault::field("said", id, "body"))?;
    let record = wire::said_from_json(kind, body).map_err(|error| Fault::Damaged(format!("said {id}: {error}")))?;
    Ok((id, record))
}

fn unwritable(what: &str, reason: String) -> Fault {
    Fault::Told(Error::Unwritable { what: what.to_owned(), reason })
}

fn kind_and_spot(record: &Record) -> Option<(Kind, &Spot)> {
    match record {
        Record::Flag(flag) => Some((Kind::Flags, &flag.spot)),
        Record::Task(task) => Some((Kind::Tasks, &task.spot)),
        Record::Review(review) => Some((Kind::Reviews, &review.spot)),
        Record::Result(_) | Record::Layout(_) | Record::Image(_) | Record::Stage(_) => None,
    }
}
