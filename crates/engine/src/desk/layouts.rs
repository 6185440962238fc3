//! Layouts as people edit them: what is in force on a plate, setting another one for it or its run, taking that back, and
//! reading them out of files.

mod files;

use std::sync::Arc;

use plate::{
    Board, Concentration, Format, Layout, LayoutOrigin, LayoutWell, LocalBody, LocalRecord, PlateKey, PlateStanding,
    Role, Well,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Desk;
use super::failure::{Answer, Failure};
use super::plates::{a_reason, layout_entry};
use super::shown::{LayoutEntry, PlateArgs, Written};

pub use files::{ChosenFile, LayoutRead, LayoutRule, LayoutsRead, ReadLayoutsArgs, RolesCounted};

/// Characters of a compound's, an assay's or a unit's name.
const LONGEST_NAME: usize = 500;

/// A plate's layout as it is in force, for the editor.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LayoutDetail {
    /// The plate's handle.
    pub plate: String,
    /// Its run.
    pub run: String,
    /// Its barcode.
    pub barcode: String,
    /// Wells of the plate; `null` where nothing has said it.
    pub format: Option<u16>,
    /// Where the layout in force comes from: `topic`, `plate` (set here for this plate), `run` (set here for the run), `none`.
    pub origin: String,
    /// The assay: it chooses the assay card.
    pub assay: Option<String>,
    /// The cells' name.
    pub cells: Option<String>,
    /// The named wells, row-major; all others are empty.
    pub wells: Vec<LayoutEntry>,
    /// Who set it here; `null` where it came by the topic.
    pub by: Option<String>,
    /// When it was set here.
    pub at_ms: Option<i64>,
    /// Why it was set here.
    pub reason: Option<String>,
    /// A layout of the topic is there, in force or behind the one that was set here.
    pub has_topic: bool,
    /// The run has a layout of its own, set here.
    pub has_run: bool,
    /// The assay cards' names.
    pub assays: Vec<String>,
}

/// A layout to set.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetLayoutArgs {
    /// The plate's handle.
    pub plate: String,
    /// For all plates of its run that have no layout of their own, by the topic or set here.
    pub whole_run: bool,
    /// Wells of the plates that it is for.
    pub format: u16,
    /// The assay.
    pub assay: Option<String>,
    /// The cells' name.
    pub cells: Option<String>,
    /// The named wells.
    pub wells: Vec<LayoutEntry>,
    /// Why.
    pub reason: String,
}

/// A layout that was set here, to take back.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WithdrawLayoutArgs {
    /// The plate's handle.
    pub plate: String,
    /// The one of its run.
    pub whole_run: bool,
    /// Why.
    pub reason: String,
}

/// What the board says of a plate's layout.
struct OfBoard {
    format: Option<Format>,
    layout: Option<Arc<Layout>>,
    origin: Option<LayoutOrigin>,
    has_topic: bool,
    has_run: bool,
    assays: Vec<String>,
}

impl Desk {
    /// A plate's layout as it is in force.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `session`.
    pub async fn layout(&self, args: PlateArgs) -> Answer<LayoutDetail> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let asked = Arc::clone(&key);
        let found = showing.look(move |board| of_board(board, &asked)).await?.ok_or_else(Failure::no_such_plate)?;
        let locals = match found.origin {
            Some(LayoutOrigin::Plate | LayoutOrigin::Run) => {
                let upto = showing.upto();
                showing.reader.lock().await.locals(upto).await?
            }
            Some(LayoutOrigin::Topic) | None => Vec::new(),
        };
        let set = locals.iter().rev().map(|(_, record)| record).find(|record| set_it(record, &key, found.origin));
        let reason = set.and_then(|record| match &record.body {
            LocalBody::Layout { reason, .. } | LocalBody::RunLayout { reason, .. } => Some(reason.to_string()),
            _ => None,
        });
        let layout = found.layout.as_deref();
        Ok(LayoutDetail {
            plate: args.plate,
            run: key.run.to_string(),
            barcode: key.barcode.to_string(),
            format: found.format.map(Format::wells),
            origin: match found.origin {
                Some(LayoutOrigin::Topic) => "topic",
                Some(LayoutOrigin::Plate) => "plate",
                Some(LayoutOrigin::Run) => "run",
                None => "none",
            }
            .to_owned(),
            assay: layout.and_then(|layout| layout.assay.as_deref().map(str::to_owned)),
            cells: layout.and_then(|layout| layout.cells.as_deref().map(str::to_owned)),
            wells: layout.map(rows).unwrap_or_default(),
            by: set.map(|record| record.by.to_string()),
            at_ms: set.map(|record| record.at_ms),
            reason,
            has_topic: found.has_topic,
            has_run: found.has_run,
            assays: found.assays,
        })
    }

    /// Sets a layout for a plate or its run; plates are judged again with the commit of the record.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_plate`, `no_reason`, `invalid` with the well and the reason.
    pub async fn set_layout(&self, args: SetLayoutArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let plate = showing.plate(&args.plate)?;
        let reason = a_reason(&args.reason, "layout")?;
        let layout = layout_of(&args)?;
        let asked = Arc::clone(&plate);
        let has = showing.look(move |board| board.plate(&asked).and_then(PlateStanding::format)).await?;
        // A run may have plates of several formats: the layout holds for those that it fits.
        if let Some(has) = has.filter(|has| !args.whole_run && *has != layout.format) {
            let message = format!("The layout is for {} wells, and this plate has {has}.", layout.format);
            return Err(Failure::new("invalid", message));
        }
        let layout = Some(Arc::new(layout));
        let body = match args.whole_run {
            true => LocalBody::RunLayout { run: plate.run.clone(), layout, reason },
            false => LocalBody::Layout { plate, layout, reason },
        };
        Ok(Written { seq: road.append(&self.options.user, body).await? })
    }

    /// Takes back a layout that was set here.
    ///
    /// # Errors
    /// `read_only`, `rewound`, `no_such_plate`, `no_reason`, `invalid` where none is set.
    pub async fn withdraw_layout(&self, args: WithdrawLayoutArgs) -> Answer<Written> {
        let showing = self.showing()?;
        let road = showing.road()?;
        let plate = showing.plate(&args.plate)?;
        let reason = a_reason(&args.reason, "layout")?;
        let (asked, whole_run) = (Arc::clone(&plate), args.whole_run);
        let is_set = move |board: &Board| match whole_run {
            true => board.layout_of_run(&asked.run).is_some(),
            false => board.plate(&asked).is_some_and(PlateStanding::has_own_layout),
        };
        if !showing.look(is_set).await? {
            let message = format!("No layout was set here for this {}.", if whole_run { "run" } else { "plate" });
            return Err(Failure::new("invalid", message));
        }
        let body = match whole_run {
            true => LocalBody::RunLayout { run: plate.run.clone(), layout: None, reason },
            false => LocalBody::Layout { plate, layout: None, reason },
        };
        Ok(Written { seq: road.append(&self.options.user, body).await? })
    }
}

fn of_board(board: &Board, key: &PlateKey) -> Option<OfBoard> {
    let plate = board.plate(key)?;
    Some(OfBoard {
        format: plate.format(),
        layout: plate.layout().cloned(),
        origin: plate.layout_origin(),
        has_topic: plate.layout_of_topic().is_some(),
        has_run: board.layout_of_run(&key.run).is_some(),
        assays: board.cards().iter().map(|card| card.name.clone()).collect(),
    })
}

/// Whether a record set the layout that is in force.
fn set_it(record: &LocalRecord, key: &PlateKey, origin: Option<LayoutOrigin>) -> bool {
    match &record.body {
        LocalBody::Layout { plate, .. } => origin == Some(LayoutOrigin::Plate) && **plate == *key,
        LocalBody::RunLayout { run, .. } => origin == Some(LayoutOrigin::Run) && *run == key.run,
        _ => false,
    }
}

fn rows(layout: &Layout) -> Vec<LayoutEntry> {
    let row = |entry: &LayoutWell| Some(layout_entry(u16::try_from(entry.well.index_in(layout.format)?).ok()?, entry));
    layout.wells.iter().filter_map(row).collect()
}

/// A name that a person gave; `None` where it says nothing.
fn named(what: &str, text: Option<&str>) -> Answer<Option<Box<str>>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        let message = format!("{what} has at most {LONGEST_NAME} characters, in one line.");
        return Err(Failure::new("invalid", message));
    }
    Ok(Some(text.into()))
}

/// The layout that a person asks for.
fn layout_of(args: &SetLayoutArgs) -> Answer<Layout> {
    let invalid = |reason: String| Failure::new("invalid", reason);
    let format = Format::from_wells(args.format.into())
        .map_err(|_| invalid(format!("There is no plate of {} wells.", args.format)))?;
    let mut wells = Vec::with_capacity(args.wells.len().min(usize::from(format.wells())));
    for row in &args.wells {
        let well = Well::at_index(usize::from(row.well), format)
            .ok_or_else(|| invalid(format!("Well {} is outside a {format}-well plate.", row.well)))?;
        let role: Role = row.role.parse().map_err(|error| invalid(format!("{well}: \"{}\" is {error}.", row.role)))?;
        let unit = named(&format!("The unit of {well}"), row.unit.as_deref())?;
        let concentration = match row.concentration {
            Some(value) if !value.is_finite() || value < 0.0 => {
                return Err(invalid(format!("{well}: a concentration is a number from 0 on.")));
            }
            Some(value) => {
                let unit = unit.ok_or_else(|| invalid(format!("{well}: {value} of which unit?")))?;
                Some(Concentration { value, unit })
            }
            None => None,
        };
        let compound = named(&format!("The compound of {well}"), row.compound.as_deref())?;
        wells.push(LayoutWell { well, role, compound, concentration, replicate: row.replicate });
    }
    let assay = named("The assay", args.assay.as_deref())?;
    let cells = named("The cells' name", args.cells.as_deref())?;
    Layout::new(format, assay, cells, wells).map_err(|error| invalid(format!("{error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(well: u16, role: &str) -> LayoutEntry {
        LayoutEntry { well, role: role.to_owned(), compound: None, concentration: None, unit: None, replicate: None }
    }

    fn asked(format: u16, wells: Vec<LayoutEntry>) -> SetLayoutArgs {
        SetLayoutArgs {
            plate: "p".to_owned(),
            whole_run: false,
            format,
            assay: Some(" Viability ".to_owned()),
            cells: Some(String::new()),
            wells,
            reason: "swapped".to_owned(),
        }
    }

    #[test]
    fn a_layout_that_cannot_be_is_refused_with_its_well() {
        let dose = |value, unit: Option<&str>| LayoutEntry {
            concentration: Some(value),
            unit: unit.map(str::to_owned),
            ..row(1, "sample")
        };
        for (format, rows, says) in [
            (97, vec![], "97 wells"),
            (96, vec![row(96, "sample")], "Well 96 is outside a 96-well plate"),
            (96, vec![row(0, "control")], "A01: \"control\" is not a role"),
            (96, vec![row(3, "sample"), row(3, "empty")], "A04 stands twice"),
            (96, vec![dose(f64::NAN, Some("uM"))], "A02: a concentration"),
            (96, vec![dose(5.0, None)], "A02: 5 of which unit?"),
            (96, vec![LayoutEntry { compound: Some("x".repeat(501)), ..row(0, "sample") }], "The compound of A01"),
        ] {
            let failure = layout_of(&asked(format, rows)).unwrap_err();
            assert!(failure.message.contains(says), "{}", failure.message);
        }
        let layout = layout_of(&asked(96, vec![dose(5.0, Some("uM")), row(0, "negative")])).unwrap();
        assert_eq!((layout.assay.as_deref(), layout.cells.as_deref()), (Some("Viability"), None));
        assert_eq!(rows(&layout), [row(0, "negative"), dose(5.0, Some("uM"))], "row-major, as it was");
    }
}
