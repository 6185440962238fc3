//! One file a table: how its rows are written and read.
//!
//! Records are numbered `id = seq * 65536 + index` (`DATA.md` 2).

pub(crate) mod alert;
pub(crate) mod batch;
pub(crate) mod bundle;
pub(crate) mod checkpoint;
pub(crate) mod feature_list;
pub(crate) mod history;
pub(crate) mod image;
pub(crate) mod layout;
pub(crate) mod local;
pub(crate) mod message;
pub(crate) mod outbox;
pub(crate) mod plate;
pub(crate) mod plate_segment;
pub(crate) mod position;
pub(crate) mod preview;
pub(crate) mod result;
pub(crate) mod said;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod stage;
pub(crate) mod undecoded;

use crate::fault::Fault;
use crate::raw::Bound;

/// Most records that one message can have.
pub(crate) const RECORDS_PER_MESSAGE: usize = 1 << 16;

/// A record's number.
pub(crate) const fn record_id(seq: i64, index: u16) -> i64 {
    (seq << 16) | index as i64
}

/// The last record number of the entries up to `upto`; of everything where that is `i64::MAX`.
pub(crate) const fn last_id(upto: i64) -> i64 {
    if upto >= i64::MAX >> 16 { i64::MAX } else { record_id(upto, u16::MAX) }
}

/// The `seq` and index in a record's number.
pub(crate) const fn split_id(id: i64) -> (i64, u16) {
    (id >> 16, (id & 0xffff) as u16)
}

/// The first and last record numbers of the messages `after < seq <= upto`.
pub(crate) const fn id_range(after: i64, upto: i64) -> [Bound<'static>; 2] {
    [Bound::Int(record_id(after + 1, 0)), Bound::Int(record_id(upto, u16::MAX))]
}

impl<'a> Bound<'a> {
    pub(crate) fn optional_int(number: Option<i64>) -> Bound<'a> {
        number.map_or(Bound::Null, Bound::Int)
    }

    pub(crate) fn optional_text(text: Option<&'a str>) -> Bound<'a> {
        text.map_or(Bound::Null, Bound::Text)
    }

    pub(crate) fn optional_blob(bytes: Option<&'a [u8]>) -> Bound<'a> {
        bytes.map_or(Bound::Null, Bound::Blob)
    }
}

/// A digest out of its column.
pub(crate) fn digest(bytes: &[u8], table: &str, id: i64, field: &str) -> Result<[u8; 32], Fault> {
    bytes.try_into().map_err(|_| Fault::field(table, id, field))
}

/// A number out of its column, in the range of its type.
pub(crate) fn number<T: TryFrom<i64>>(number: i64, table: &str, id: i64, field: &str) -> Result<T, Fault> {
    T::try_from(number).map_err(|_| Fault::field(table, id, field))
}

/// A format out of its column.
pub(crate) fn format(wells: i64, table: &str, id: i64) -> Result<::plate::Format, Fault> {
    let format = u64::try_from(wells).ok().and_then(|wells| ::plate::Format::from_wells(wells).ok());
    format.ok_or_else(|| Fault::field(table, id, "format"))
}

/// A well out of its column.
pub(crate) fn well(packed: i64, table: &str, id: i64) -> Result<::plate::Well, Fault> {
    let well = u16::try_from(packed).ok().and_then(::plate::Well::from_packed);
    well.ok_or_else(|| Fault::field(table, id, "well"))
}
