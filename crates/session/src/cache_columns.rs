//! Features of plates in `cache.db`, as far as they were read.

use plate::PlateKey;

use crate::cache::Cache;
use crate::raw::Bound;
use crate::reader::Reader;
use crate::table;

/// Moments of one column that are kept: looking back and forth finds one of them.
const MOMENTS: i64 = 3;
/// Columns that are kept in all; those that were kept longest ago are let go. Some 30 KB to 400 KB each.
const COLUMNS: i64 = 2000;

impl Cache {
    /// A column as it was read furthest, but not past `seq`: how far, and the bytes.
    pub fn column(&mut self, plate: &PlateKey, feature: &str, seq: i64) -> Option<(i64, Vec<u8>)> {
        self.reading(|raw| {
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(None) };
            let mut statement = raw.prepare(
                "SELECT upto_seq, bytes FROM feature_column WHERE plate = ? AND feature = ? AND upto_seq <= ? \
                 ORDER BY upto_seq DESC LIMIT 1",
            )?;
            let mut rows = statement.rows(&[Bound::Int(id), Bound::Text(feature), Bound::Int(seq)])?;
            Ok(rows.next()?.map(|row| (row.int(0), row.blob(1).to_vec())))
        })?
    }

    /// Keeps columns of a plate as they stand after `upto_seq`; whether it worked.
    pub fn keep_columns(
        &mut self,
        reader: &mut Reader,
        plate: &PlateKey,
        upto_seq: i64,
        columns: &[(&str, Vec<u8>)],
    ) -> bool {
        self.writing(reader, upto_seq, |raw| {
            let id = table::plate::number_of(raw, plate)?;
            let mut insert = raw.prepare(
                "INSERT OR REPLACE INTO feature_column (plate, feature, upto_seq, bytes) VALUES (?, ?, ?, ?)",
            )?;
            let mut thin = raw.prepare(
                "DELETE FROM feature_column WHERE plate = ?1 AND feature = ?2 AND id NOT IN \
                 (SELECT id FROM feature_column WHERE plate = ?1 AND feature = ?2 ORDER BY id DESC LIMIT ?3)",
            )?;
            for (feature, bytes) in columns {
                insert.run(&[Bound::Int(id), Bound::Text(feature), Bound::Int(upto_seq), Bound::Blob(bytes)])?;
                thin.run(&[Bound::Int(id), Bound::Text(feature), Bound::Int(MOMENTS)])?;
            }
            raw.prepare("DELETE FROM feature_column WHERE id <= (SELECT max(id) FROM feature_column) - ?")?
                .run(&[Bound::Int(COLUMNS)])?;
            Ok(())
        })
    }
}
