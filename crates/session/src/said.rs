//! What was said about a plate: flags, tasks and reviews that came with messages.

use plate::{PlateKey, Record};

use crate::Error;
use crate::raw::Bound;
use crate::reader::Reader;
use crate::table::{self, last_id, said};

impl Reader {
    /// Flags, tasks and reviews about a plate after the entry `upto` (`i64::MAX` for now), in the order of arrival, each with
    /// its message's `seq`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn said_about(&mut self, plate: &PlateKey, upto: i64) -> Result<Vec<(i64, Record)>, Error> {
        self.look(|raw, _, _| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(Vec::new()) };
            let mut statement = raw.prepare(said::OF_PLATE)?;
            let mut rows = statement.rows(&[Bound::Int(id), Bound::Int(last_id(upto))])?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, record) = said::read(&row)?;
                records.push((table::split_id(id).0, record));
            }
            Ok(records)
        })
    }
}
