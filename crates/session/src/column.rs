//! Some features of one plate, straight from its results: for whoever looks at a feature that the board does not track.

use std::collections::HashMap;
use std::sync::Arc;

use plate::{Format, Origin, PlateKey, Value, Well};

use crate::Error;
use crate::fault::Fault;
use crate::history::SEGMENT;
use crate::names::Names;
use crate::raw::{Bound, Raw};
use crate::reader::Reader;
use crate::table::{self, batch, id_range, plate_segment, split_id};
use crate::window;

/// What one result says of the features that were asked for.
#[derive(Debug)]
pub struct ColumnResult<'r> {
    /// Its message's place in the session.
    pub seq: i64,
    /// Its message's place in its stream.
    pub origin: Origin,
    /// The plate's format.
    pub format: Format,
    /// Which well.
    pub well: Well,
    /// Which site; `None` for the whole well.
    pub site: Option<u16>,
    /// A value a feature, in the order of the question; `None` where the result does not name it.
    pub values: &'r [Option<Value>],
}

const RESULTS: &str = "SELECT r.id, r.format, r.well, r.site, r.feature_list, r.bits, \
     m.source, m.partition, m.offset, m.timestamp_ms \
     FROM result r CROSS JOIN message m ON m.seq = r.id >> 16 \
     WHERE r.id BETWEEN ? AND ? AND r.plate = ? ORDER BY r.id";

const LISTS: &str = "SELECT DISTINCT feature_list FROM result WHERE id BETWEEN ? AND ? AND plate = ?";

impl Reader {
    /// Calls `each` with the results of a plate in the entries `after < seq <= upto` in their order; returns how far that
    /// was: `upto`, or the last `seq` there is. About a second a million entries that lie between the plate's.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn results_of(
        &mut self,
        plate: &PlateKey,
        features: &[&str],
        after: i64,
        upto: i64,
        mut each: impl FnMut(ColumnResult<'_>),
    ) -> Result<i64, Error> {
        self.look(|raw, names, _| {
            let upto = upto.min(batch::last_seq(raw)?);
            let Some(plate) = table::plate::find(raw, plate)? else { return Ok(upto) };
            let sources = table::source::load(raw)?;
            let mut places = Places { features, of_list: HashMap::new() };
            let mut values = vec![None; features.len()];
            let mut statement = raw.prepare(RESULTS)?;
            for [first, last] in stretches(raw, plate, after, upto)? {
                let mut rows = statement.rows(&[first, last, Bound::Int(plate)])?;
                while let Some(row) = rows.next()? {
                    let (id, list) = (row.int(0), row.int(4));
                    let (bits, rest) = row.blob(5).as_chunks::<8>();
                    let places = places.of(raw, names, list)?;
                    if !rest.is_empty() {
                        return Err(Fault::field("result", id, "bits"));
                    }
                    for (value, place) in values.iter_mut().zip(places) {
                        let bits = place.and_then(|at| bits.get(at));
                        *value = bits.map(|bits| Value::from_bits(u64::from_le_bytes(*bits)));
                    }
                    let site = row.optional_int(3);
                    each(ColumnResult {
                        seq: split_id(id).0,
                        origin: Origin {
                            source: Arc::clone(window::source(&sources, row.int(6))?),
                            partition: table::number(row.int(7), "message", split_id(id).0, "partition")?,
                            offset: row.int(8),
                            timestamp_ms: row.int(9),
                        },
                        format: table::format(row.int(1), "result", id)?,
                        well: table::well(row.int(2), "result", id)?,
                        site: site.map(|site| table::number(site, "result", id, "site")).transpose()?,
                        values: &values,
                    });
                }
            }
            Ok(upto)
        })
    }

    /// Names of the features that a plate's results in the entries `after < seq <= upto` carry, in no order, some twice;
    /// and how far that was.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn feature_names(
        &mut self,
        plate: &PlateKey,
        after: i64,
        upto: i64,
    ) -> Result<(Vec<Box<str>>, i64), Error> {
        self.look(|raw, names, _| {
            let upto = upto.min(batch::last_seq(raw)?);
            let Some(plate) = table::plate::find(raw, plate)? else { return Ok((Vec::new(), upto)) };
            let (mut found, mut known) = (Vec::new(), Vec::new());
            let mut statement = raw.prepare(LISTS)?;
            for [first, last] in stretches(raw, plate, after, upto)? {
                let mut rows = statement.rows(&[first, last, Bound::Int(plate)])?;
                while let Some(row) = rows.next()? {
                    let list = row.int(0);
                    if !known.contains(&list) {
                        known.push(list);
                        found.extend(names.feature_list(raw, list)?.names().iter().cloned());
                    }
                }
            }
            Ok((found, upto))
        })
    }
}

/// Where in the lists of names the asked features stand.
struct Places<'f> {
    features: &'f [&'f str],
    of_list: HashMap<i64, Vec<Option<usize>>>,
}

impl Places<'_> {
    /// A place a feature; of a name that stands twice the last.
    fn of(&mut self, raw: &Raw, names: &mut Names, list: i64) -> Result<&[Option<usize>], Fault> {
        let features = self.features;
        match self.of_list.entry(list) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(new) => {
                let list = names.feature_list(raw, list)?;
                let place = |feature: &&str| list.names().iter().rposition(|name| **name == **feature);
                Ok(new.insert(features.iter().map(place).collect()))
            }
        }
    }
}

/// The record numbers of the stretches in which a plate has results, within `after < seq <= upto`.
fn stretches(raw: &Raw, plate: i64, after: i64, upto: i64) -> Result<Vec<[Bound<'static>; 2]>, Fault> {
    let mut stretches = Vec::new();
    for segment in plate_segment::of_plate(raw, plate)? {
        let (from, to) = ((segment * SEGMENT).max(after), ((segment + 1) * SEGMENT).min(upto));
        if from < to {
            stretches.push(id_range(from, to));
        }
    }
    Ok(stretches)
}
