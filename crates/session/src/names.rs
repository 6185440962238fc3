//! Plates and feature lists have numbers in the database: both directions, remembered within bounds.

use std::collections::HashMap;
use std::sync::Arc;

use plate::{FeatureList, PlateKey};

use crate::fault::Fault;
use crate::raw::Raw;
use crate::table;

/// Names are remembered up to about this many bytes; a stream of ever new names costs look-ups, not memory.
const REMEMBERED_BYTES: usize = 16 << 20;

/// Names by number, for reading.
#[derive(Debug, Default)]
pub(crate) struct Names {
    plates: HashMap<i64, Arc<PlateKey>>,
    lists: HashMap<i64, Arc<FeatureList>>,
    last_list: Option<(i64, Arc<FeatureList>)>,
    bytes: usize,
}

impl Names {
    /// A plate by its number.
    pub(crate) fn plate(&mut self, raw: &Raw, id: i64) -> Result<Arc<PlateKey>, Fault> {
        if let Some(plate) = self.plates.get(&id) {
            return Ok(Arc::clone(plate));
        }
        let plate = table::plate::load(raw, id)?;
        self.remember(plate_bytes(&plate));
        self.plates.insert(id, Arc::clone(&plate));
        Ok(plate)
    }

    /// A feature list by its number.
    pub(crate) fn feature_list(&mut self, raw: &Raw, id: i64) -> Result<Arc<FeatureList>, Fault> {
        if let Some((last, list)) = &self.last_list
            && *last == id
        {
            return Ok(Arc::clone(list));
        }
        let list = match self.lists.get(&id) {
            Some(list) => Arc::clone(list),
            None => {
                let list = table::feature_list::load(raw, id)?;
                self.remember(list_bytes(&list));
                self.lists.insert(id, Arc::clone(&list));
                list
            }
        };
        self.last_list = Some((id, Arc::clone(&list)));
        Ok(list)
    }

    fn remember(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes > REMEMBERED_BYTES {
            *self = Names { bytes, ..Names::default() };
        }
    }
}

/// Numbers by name, for writing. Valid for committed rows and those of the open transaction: dropped if that fails.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    plates: HashMap<Arc<PlateKey>, i64>,
    lists: HashMap<[u8; 32], i64>,
    last_list: Option<(Arc<FeatureList>, i64)>,
    bytes: usize,
}

impl Numbers {
    /// The number of a plate, made if it has none.
    pub(crate) fn plate(&mut self, raw: &Raw, plate: &Arc<PlateKey>) -> Result<i64, Fault> {
        if let Some(id) = self.plates.get(plate) {
            return Ok(*id);
        }
        let id = table::plate::number_of(raw, plate)?;
        self.remember(plate_bytes(plate));
        self.plates.insert(Arc::clone(plate), id);
        Ok(id)
    }

    /// The number of a feature list, made if it has none.
    pub(crate) fn feature_list(&mut self, raw: &Raw, list: &Arc<FeatureList>) -> Result<i64, Fault> {
        if let Some((last, id)) = &self.last_list
            && Arc::ptr_eq(last, list)
        {
            return Ok(*id);
        }
        let id = match self.lists.get(list.digest()) {
            Some(id) => *id,
            None => {
                let id = table::feature_list::number_of(raw, list)?;
                self.remember(64);
                self.lists.insert(*list.digest(), id);
                id
            }
        };
        self.last_list = Some((Arc::clone(list), id));
        Ok(id)
    }

    fn remember(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes > REMEMBERED_BYTES {
            *self = Numbers { bytes, ..Numbers::default() };
        }
    }
}

/// About what a plate costs in a map.
fn plate_bytes(plate: &PlateKey) -> usize {
    plate.run.len() + plate.barcode.len() + 96
}

/// About what a list costs in a map.
fn list_bytes(list: &FeatureList) -> usize {
    list.names().iter().map(|name| name.len() + 16).sum::<usize>() + 128
}
