//! Tables with a well a line: layouts with a column for roles, and platemaps whose compounds say them.

use std::collections::{BTreeMap, BTreeSet};

use plate::{Concentration, Format, LayoutWell, Well};

use super::columns::{Columns, Property, UsedColumn};
use super::doses::{Decimals, decimals, dose};
use super::plates::{Gathered, Plates};
use super::problem::{Problem, Problems, Reason, Source};
use super::side_tables::{Barcodes, Compounds};
use super::{ImportError, Imported, LayoutImport, ReadAs, Style, listed};
use crate::grid::{Grid, Odd};
use crate::limits::{NAME_BYTES, TEXT_BYTES};

/// So many lines may stand above the header.
const LINES_ABOVE: usize = 20;

/// Where the header is, and its columns.
pub(crate) struct Header {
    line: usize,
    pub(super) columns: Columns,
}

/// The header of a table with wells and what they are for or hold.
pub(crate) fn header(grid: &Grid, import: &LayoutImport<'_>) -> Option<Header> {
    (0..grid.lines().min(LINES_ABOVE)).find_map(|line| {
        let columns = Columns::of(grid.cells(line), &import.columns);
        let has = |property| columns.at(property).is_some();
        (has(Property::Well) && (has(Property::Role) || has(Property::Compound))).then_some(Header { line, columns })
    })
}

/// Reads such a table.
pub(crate) fn read(grid: &Grid, header: &Header, import: &LayoutImport<'_>) -> Result<Imported, ImportError> {
    for (_, name) in &import.columns {
        if !grid.cells(header.line).any(|column| column.eq_ignore_ascii_case(name.trim())) {
            let found = listed(grid.cells(header.line));
            return Err(ImportError::NoColumn { name: name.clone(), found });
        }
    }
    if header.line + 1 >= grid.lines() {
        return Err(ImportError::HeaderOnly);
    }
    let mut problems = Problems::default();
    let columns = &header.columns;
    let names_plates = columns
        .at(Property::Plate)
        .is_some_and(|at| (header.line + 1..grid.lines()).any(|line| !grid.cell(line, at).is_empty()));
    // Plates that the file names itself, and no platemap: a table of barcodes has nothing to say, wherever it comes from.
    let is_idle = names_plates && columns.at(Property::Platemap).is_none();
    let barcodes = import.barcodes.filter(|_| !is_idle);
    let barcodes = barcodes.map(|bytes| Barcodes::read(bytes, &mut problems)).transpose()?;
    let compounds = import.compounds.map(|bytes| Compounds::read(bytes, &mut problems)).transpose()?;
    let is_platemap = columns.find(Property::Compound).is_some_and(|c| c.name.eq_ignore_ascii_case("broad_sample"))
        && columns.at(Property::Role).is_none();
    let style = match columns.at(Property::Platemap) {
        Some(_) if is_platemap => Style::Lincs,
        None if is_platemap => Style::Jump,
        _ => Style::Long,
    };
    if style == Style::Long && columns.at(Property::Role).is_none() && compounds.is_none() && import.rules.is_empty() {
        return Err(ImportError::NoRoles);
    }
    let doses = columns
        .at(Property::Concentration)
        .map_or(Decimals::Point, |at| decimals((header.line + 1..grid.lines()).map(|line| grid.cell(line, at))));
    let mut reader = Reader {
        grid,
        header,
        import,
        compounds: compounds.as_ref(),
        doses,
        by_map: barcodes.is_some() || !names_plates,
        tally: BTreeMap::new(),
        used_rules: BTreeSet::new(),
    };
    let mut plates = Plates::default();
    for line in header.line + 1..grid.lines() {
        reader.line(line, &mut plates, &mut problems)?;
    }
    let mut notes = reader.notes();
    if let Some(compounds) = &compounds {
        for (word, (role, count)) in &compounds.words {
            notes.push(format!("{count} compounds of the table are \"{word}\": {role}"));
        }
    }
    if barcodes.is_none() && !names_plates && columns.at(Property::Platemap).is_some() {
        notes.push("no table of barcodes is given: layouts have the names of platemaps".to_owned());
    }
    if is_idle && import.barcodes.is_some() {
        notes.push("the table of barcodes is not used: the file names its plates itself".to_owned());
    }
    if let Some(barcodes) = &barcodes {
        let others = barcodes.others(&plates.names());
        if others > 0 {
            notes.push(format!("{others} platemaps of the table of barcodes are not in this file"));
        }
    }
    let layouts = plates.layouts(import, barcodes.as_ref(), &mut problems, &mut notes)?;
    let read_as = ReadAs {
        style,
        sheet: None,
        sheets: Vec::new(),
        separator: None,
        columns: columns.used.clone(),
        unused: columns.unused.clone(),
        notes,
    };
    Ok(Imported { read_as, layouts, problem_count: problems.count, problems: problems.kept })
}

pub(super) struct Reader<'a> {
    grid: &'a Grid,
    pub(super) header: &'a Header,
    pub(super) import: &'a LayoutImport<'a>,
    pub(super) compounds: Option<&'a Compounds>,
    doses: Decimals,
    /// Lines are told apart by their platemap, not by their plate.
    by_map: bool,
    /// What was taken without the file saying it, and how often.
    tally: BTreeMap<&'static str, usize>,
    pub(super) used_rules: BTreeSet<usize>,
}

/// Where a problem lies, and what it is.
pub(super) type Fault<'a> = (Option<&'a UsedColumn>, String, Reason);

impl<'a> Reader<'a> {
    fn line(&mut self, line: usize, plates: &mut Plates, problems: &mut Problems) -> Result<(), ImportError> {
        let number = self.grid.number(line);
        let add = |problems: &mut Problems, (column, value, reason): Fault<'_>| {
            let column = column.map(|column| column.name.clone());
            problems.add(Problem { file: Source::Layout, line: number, column, value, reason });
        };
        let plate = match self.plate(line) {
            Ok(plate) => plate,
            Err(fault) => {
                add(problems, fault);
                return Ok(());
            }
        };
        let gathered = plates.get(plate, number)?;
        match self.well(line) {
            Ok(well) => gathered.wells.push((well, number)),
            Err(fault) => {
                gathered.is_bad = true;
                add(problems, fault);
            }
        }
        if let Err(fault) = self.once(line, gathered) {
            gathered.is_bad = true;
            add(problems, fault);
        }
        Ok(())
    }

    /// A cell by its property; `None` where there is no column or nothing in it.
    pub(super) fn text(&self, line: usize, property: Property) -> Result<Option<(&'a str, &'a UsedColumn)>, Fault<'a>> {
        let Some(column) = self.header.columns.find(property) else { return Ok(None) };
        let text = self.grid.cell(line, column.at);
        let reason = match self.grid.odd(line, column.at) {
            Some(Odd::Date) => Some(Reason::Date),
            Some(Odd::Error) => Some(Reason::ErrorValue),
            Some(Odd::NotComputed) => Some(Reason::NotComputed),
            None if self.grid.is_merged(line, column.at) => Some(Reason::Merged),
            None if text.len() > TEXT_BYTES => Some(Reason::TooLong(TEXT_BYTES)),
            None => None,
        };
        match reason {
            Some(reason) => Err((Some(column), text.to_owned(), reason)),
            None => Ok(Some((text, column)).filter(|(text, _)| !text.is_empty())),
        }
    }

    fn plate(&self, line: usize) -> Result<&'a str, Fault<'a>> {
        let fallback = self.import.plate.unwrap_or_default();
        let property = if self.by_map { Property::Platemap } else { Property::Plate };
        match self.text(line, property)? {
            Some((name, column)) if name.len() > NAME_BYTES => {
                Err((Some(column), name.to_owned(), Reason::TooLong(NAME_BYTES)))
            }
            Some((name, _)) => Ok(name),
            None if self.header.columns.at(property).is_some() => {
                Err((self.header.columns.find(property), String::new(), Reason::NoPlate))
            }
            None => Ok(fallback),
        }
    }

    fn once(&self, line: usize, gathered: &mut Gathered) -> Result<(), Fault<'a>> {
        let number = self.grid.number(line);
        if let Some((text, column)) = self.text(line, Property::Format)? {
            let fault = |reason| (Some(column), text.to_owned(), reason);
            let format = text.parse().ok().and_then(|wells| Format::from_wells(wells).ok());
            let format = format.ok_or_else(|| fault(Reason::NotAFormat))?;
            match gathered.format {
                None => gathered.format = Some((format, number)),
                Some((first, _)) if first == format => {}
                Some((first, line)) => {
                    return Err(fault(Reason::Differs { what: "format", first: first.to_string(), line }));
                }
            }
        }
        for (property, what) in [(Property::Assay, "assay"), (Property::Cells, "cells")] {
            if let Some((text, column)) = self.text(line, property)? {
                let slot = if property == Property::Assay { &mut gathered.assay } else { &mut gathered.cells };
                Gathered::once(slot, what, text, number).map_err(|reason| (Some(column), text.to_owned(), reason))?;
            }
        }
        Ok(())
    }

    fn well(&mut self, line: usize) -> Result<LayoutWell, Fault<'a>> {
        let (found, expected) = (self.grid.width(line), self.grid.width(self.header.line));
        // A workbook's rows end with their last cell; a text's lines are as long as its header.
        let is_short = self.grid.separator.is_some() && found != expected;
        if is_short || (found > expected && (expected..found).any(|at| !self.grid.cell(line, at).is_empty())) {
            return Err((None, String::new(), Reason::CellCount { found, expected }));
        }
        let well = match self.text(line, Property::Well)? {
            Some((text, column)) => {
                text.parse::<Well>().map_err(|_| (Some(column), text.to_owned(), Reason::NotAWell))?
            }
            None => return Err((self.header.columns.find(Property::Well), String::new(), Reason::NotAWell)),
        };
        let concentration = self.concentration(line)?;
        let replicate = match self.text(line, Property::Replicate)? {
            Some((text, column)) => Some(text.parse().map_err(|_| (Some(column), text.to_owned(), Reason::NotWhole))?),
            None => None,
        };
        let id = self.text(line, Property::Compound)?;
        let (role, compound) = self.role(line, id, concentration.as_ref(), replicate.is_some())?;
        Ok(LayoutWell { well, role, compound: compound.map(Into::into), concentration, replicate })
    }

    fn concentration(&mut self, line: usize) -> Result<Option<Concentration>, Fault<'a>> {
        let Some((text, column)) = self.text(line, Property::Concentration)? else { return Ok(None) };
        let value = dose(text, self.doses).map_err(|reason| (Some(column), text.to_owned(), reason))?;
        let Some(value) = value else { return Ok(None) };
        let own = self.text(line, Property::Unit)?.map(|(unit, _)| unit);
        let unit = self.import.unit.or(own).or(column.unit.as_deref());
        match (unit, self.import.unit_of_rest) {
            (Some(_), _) => {}
            (None, Some(_)) => self.count("doses have the unit that was given: the file says none"),
            (None, None) => self.count("doses have no unit"),
        }
        Ok(Some(Concentration { value, unit: unit.or(self.import.unit_of_rest).unwrap_or_default().into() }))
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_insert(0) += 1;
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.tally.iter().map(|(what, count)| format!("{count} {what}")).collect();
        for (at, rule) in self.import.rules.iter().enumerate() {
            if !self.used_rules.contains(&at) {
                notes.push(format!("the rule for {} applies to no well", crate::reason::quoted(&rule.compound)));
            }
        }
        if self.header.line > 0 {
            notes.push(format!(
                "the header is line {}; what stands above is not used",
                self.grid.number(self.header.line)
            ));
        }
        if self.import.unit.is_some() && self.header.columns.at(Property::Concentration).is_some() {
            notes.push("doses have the unit that was given, whatever the file says".to_owned());
        }
        notes
    }
}
