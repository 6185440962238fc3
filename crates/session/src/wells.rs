//! The wells of a plate as they stand in the end: winning values with their messages.

use std::sync::Arc;

use plate::{FeatureList, Format, Origin, PlateKey, Value, Well};

use crate::Error;
use crate::fault::Fault;
use crate::reader::Reader;
use crate::table;
use crate::winners::{self, NameOrders};

/// A page of wells ends once it holds about this many values.
const PAGE_VALUES: usize = 1 << 18;

/// One well, or one site of it.
#[derive(Debug, Clone)]
pub struct WellRow {
    /// The plate's format, as the messages said.
    pub format: Format,
    /// Which well.
    pub well: Well,
    /// Which site; `None` for the whole well.
    pub site: Option<u16>,
    /// When the instrument read it, as the latest message says.
    pub read_at_ms: Option<i64>,
    /// The latest message's place in the session.
    pub seq: i64,
    /// The latest message's place in its stream.
    pub origin: Origin,
    /// By name. Cleared and missing values stand here too.
    pub values: Vec<WinningValue>,
}

/// A feature's winning value.
#[derive(Debug, Clone)]
pub struct WinningValue {
    list: Arc<FeatureList>,
    position: u32,
    /// What it is.
    pub value: Value,
    /// The `seq` of the message that said it.
    pub seq: i64,
}

impl WinningValue {
    /// The feature's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.list.names().get(self.position as usize).map_or("", |name| name)
    }
}

/// Some wells of a plate.
#[derive(Debug, Clone)]
pub struct WellsPage {
    /// Row-major, sites ascending, the whole well first.
    pub rows: Vec<WellRow>,
    /// Ask for the wells after this one next; `None` at the end of the plate.
    pub next_after: Option<Well>,
}

impl Reader {
    /// The wells of a plate after `after`, as they stand by `DATA.md` 8.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub async fn wells(&mut self, plate: &PlateKey, after: Option<Well>) -> Result<WellsPage, Error> {
        self.look(|raw, names, _| {
            let mut page = WellsPage { rows: Vec::new(), next_after: None };
            let Some(id) = table::plate::find(raw, plate)? else { return Ok(page) };
            let sources = table::source::load(raw)?;
            let mut orders = NameOrders::default();
            let mut of_well = raw.prepare(table::result::OF_WELL)?;
            let (mut values, mut last) = (0, None);
            let after = after.map_or(-1, |well| i64::from(well.packed()));
            for packed in table::result::wells_of(raw, id)?.into_iter().filter(|well| *well > after) {
                if values >= PAGE_VALUES {
                    page.next_after = last;
                    return Ok(page);
                }
                let well = table::well(packed, "result", id)?;
                for (key, candidates) in winners::of_well(raw, names, &sources, &mut of_well, id, packed)? {
                    let row = well_row(well, key, &candidates, &mut orders)?;
                    values += row.values.len() + 8;
                    page.rows.push(row);
                }
                last = Some(well);
            }
            Ok(page)
        })
        .await
    }
}

fn well_row(
    well: Well,
    key: winners::SiteKey,
    candidates: &winners::Candidates,
    orders: &mut NameOrders,
) -> Result<WellRow, Fault> {
    let latest = candidates.latest().ok_or_else(|| Fault::Damaged(format!("well {well} has no result")))?;
    let mut values = Vec::new();
    candidates.in_name_order(orders, |position, bits, candidate| {
        values.push(WinningValue {
            list: Arc::clone(&candidate.list),
            position,
            value: Value::from_bits(bits),
            seq: candidate.seq,
        });
    });
    Ok(WellRow {
        format: table::format(key.format.into(), "result", latest.seq)?,
        well,
        site: key.site,
        read_at_ms: latest.read_at_ms,
        seq: latest.seq,
        origin: latest.origin.clone(),
        values,
    })
}
