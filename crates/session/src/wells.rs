//! The wells of a plate as they stand in the end: winning values with their messages.

use std::sync::Arc;

use plate::{FeatureList, Format, Origin, PlateKey, Value, Well};

use crate::Error;
use crate::fault::Fault;
use crate::names::Names;
use crate::reader::Reader;
use crate::sweep;
use crate::table;
use crate::table::source::SourceRow;
use crate::winners::{Candidates, SiteKey, Winners};

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
            let mut winners = Winners::new(raw)?;
            let (mut values, mut last) = (0, None);
            let after = after.map_or(-1, |well| i64::from(well.packed()));
            for (key, candidates) in sweep::plate_sites(raw, id)?.iter().filter(|(key, _)| key.well > after) {
                let well = table::well(key.well, "result", id)?;
                if values >= PAGE_VALUES && last != Some(well) {
                    page.next_after = last;
                    return Ok(page);
                }
                let row = well_row(well, *key, candidates, &mut winners, names, &sources)?;
                values += row.values.len() + 8;
                page.rows.push(row);
                last = Some(well);
            }
            Ok(page)
        })
    }
}

pub(crate) fn well_row(
    well: Well,
    key: SiteKey,
    candidates: &Candidates,
    winners: &mut Winners<'_>,
    names: &mut Names,
    sources: &[SourceRow],
) -> Result<WellRow, Fault> {
    let latest = candidates.latest(sources);
    let mut values = Vec::new();
    winners.of_site(names, sources, candidates, |winning| {
        values.push(WinningValue {
            list: Arc::clone(winning.features.list()),
            position: winning.position,
            value: Value::from_bits(winning.bits),
            seq: winning.seq,
        });
    })?;
    let site = key.site.map(|site| table::number(site, "result", latest.seq(), "site")).transpose()?;
    Ok(WellRow {
        format: table::format(key.format, "result", latest.seq())?,
        well,
        site,
        read_at_ms: winners.read_at_ms(names, latest)?,
        seq: latest.seq(),
        origin: latest.origin(sources)?,
        values,
    })
}
