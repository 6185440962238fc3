//! Plates drawn as grids, a block for each property, several plates one under another.

use std::collections::BTreeMap;

use plate::{Concentration, Format, LayoutWell, Well};

use super::block::{Block, Title, of, title};
use super::columns::{Property, UsedColumn};
use super::doses::{decimals, dose};
use super::plates::{Gathered, Plates};
use super::problem::{Problem, Problems, Reason, Source};
use super::role_word::role_of_word;
use super::{ImportError, Imported, LayoutImport, ReadAs, Style, listed};
use crate::grid::{Grid, Odd};
use crate::limits::{NAME_BYTES, TEXT_BYTES};

/// The blocks of a table, from top to bottom.
pub(crate) fn blocks(grid: &Grid) -> Vec<Block> {
    let mut found = Vec::new();
    let mut line = 0;
    while line < grid.lines() {
        match Block::at(grid, line) {
            Some(block) => {
                line = block.last() + 1;
                found.push(block);
            }
            None => line += 1,
        }
    }
    found
}

/// What is known of a plate while its blocks are read.
#[derive(Default)]
struct Drawn {
    format: Option<(Format, u32)>,
    blocks: BTreeMap<Property, u32>,
    wells: BTreeMap<Well, Parts>,
}

#[derive(Default)]
struct Parts {
    line: u32,
    role: Option<plate::Role>,
    compound: Option<String>,
    dose: Option<(f64, Option<String>)>,
    unit: Option<String>,
    replicate: Option<u32>,
}

/// Reads such blocks.
pub(crate) fn read(grid: &Grid, blocks: &[Block], import: &LayoutImport<'_>) -> Result<Imported, ImportError> {
    let mut reader = Reader {
        grid,
        problems: Problems::default(),
        plates: Plates::default(),
        drawn: BTreeMap::new(),
        name: import.plate.unwrap_or_default().to_owned(),
        titles: Vec::new(),
        others: Vec::new(),
    };
    let mut line = 0;
    for block in blocks {
        let titled = reader.titles_between(line, block.line)?;
        reader.block(block, titled)?;
        line = block.last() + 1;
    }
    reader.titles_between(line, grid.lines())?;
    let Reader { mut plates, mut problems, drawn, titles, others, .. } = reader;
    let mut without_unit = 0;
    for (name, drawn) in drawn {
        let line = drawn.format.map_or(0, |(_, line)| line);
        without_unit += finish(plates.get(&name, line)?, drawn, import, &mut problems);
    }
    let mut notes = Vec::new();
    if without_unit > 0 {
        notes.push(format!("{without_unit} doses have no unit"));
    }
    if !others.is_empty() {
        notes.push(format!("lines between the blocks that are not used: {}", listed(&others)));
    }
    if import.barcodes.is_some() || import.compounds.is_some() || !import.rules.is_empty() {
        notes.push("tables of barcodes and compounds, and rules, are not used with drawn plates".to_owned());
    }
    let layouts = plates.layouts(import, None, &mut problems, &mut notes)?;
    let read_as = ReadAs {
        style: Style::Matrix,
        sheet: None,
        sheets: Vec::new(),
        separator: None,
        columns: titles,
        unused: Vec::new(),
        notes,
    };
    Ok(Imported { read_as, layouts, problem_count: problems.count, problems: problems.kept })
}

struct Reader<'a> {
    grid: &'a Grid,
    problems: Problems,
    plates: Plates,
    drawn: BTreeMap<String, Drawn>,
    /// The plate that was named last.
    name: String,
    titles: Vec<UsedColumn>,
    others: Vec<String>,
}

impl Reader<'_> {
    fn add(&mut self, line: usize, column: Option<String>, value: &str, reason: Reason) {
        let (line, value) = (self.grid.number(line), value.to_owned());
        self.problems.add(Problem { file: Source::Layout, line, column, value, reason });
    }

    /// Reads the lines from one block to the next: the plate's properties, and the next block's title.
    fn titles_between(&mut self, from: usize, to: usize) -> Result<Option<(Property, Option<String>)>, ImportError> {
        let mut titled = None;
        for line in from..to {
            match title(self.grid.cells(line)) {
                Title::Of(property, unit) => titled = Some((property, unit)),
                Title::Plate(Property::Plate, name) if name.len() > NAME_BYTES => {
                    self.add(line, None, &name, Reason::TooLong(NAME_BYTES));
                }
                Title::Plate(Property::Plate, name) => self.name = name,
                Title::Plate(property, value) => {
                    let number = self.grid.number(line);
                    let plate = self.plates.get(&self.name, number)?;
                    let outcome = match property {
                        Property::Assay => Gathered::once(&mut plate.assay, "assay", &value, number),
                        Property::Cells => Gathered::once(&mut plate.cells, "cells", &value, number),
                        _ => match value.parse().ok().and_then(|wells| Format::from_wells(wells).ok()) {
                            Some(format) => {
                                plate.format.get_or_insert((format, number));
                                Ok(())
                            }
                            None => Err(Reason::NotAFormat),
                        },
                    };
                    if let Err(reason) = outcome {
                        plate.is_bad = true;
                        self.add(line, None, &value, reason);
                    }
                }
                Title::Other if self.others.len() < 16 => {
                    self.others.extend(self.grid.cells(line).find(|cell| !cell.is_empty()).map(str::to_owned));
                }
                Title::Other => {}
            }
        }
        Ok(titled)
    }

    fn block(&mut self, block: &Block, titled: Option<(Property, Option<String>)>) -> Result<(), ImportError> {
        let number = self.grid.number(block.line);
        let before = self.problems.count;
        let corner = self.grid.cell(block.line, block.corner);
        let name = self.name.clone();
        let of_corner = of(corner);
        let plate = self.plates.get(&name, number)?;
        let Some((property, unit)) = of_corner.or(titled) else {
            plate.is_bad = true;
            self.add(block.line, None, corner, Reason::Untitled);
            return Ok(());
        };
        let Some(format) = block.format() else {
            plate.is_bad = true;
            let (rows, columns) = (block.rows, block.columns);
            self.add(block.line, None, corner, Reason::NotAPlate { rows, columns });
            return Ok(());
        };
        let first = plate.format.get_or_insert((format, number)).0;
        if !self.titles.iter().any(|column| column.property == property) {
            let name = property.names().first().copied().unwrap_or_default().to_owned();
            self.titles.push(UsedColumn { property, name, unit: unit.clone(), at: block.corner });
        }
        let drawn = self.drawn.entry(name.clone()).or_default();
        drawn.format.get_or_insert((format, number));
        let second = drawn.blocks.get(&property).copied();
        drawn.blocks.entry(property).or_insert(number);
        if let Some(line) = second {
            let what = match property {
                Property::Role => "block of roles",
                Property::Compound => "block of compounds",
                Property::Concentration => "block of concentrations",
                Property::Unit => "block of units",
                _ => "block of replicates",
            };
            self.add(block.line, None, &name, Reason::SecondLayout { what, line });
        } else if first != format {
            self.add(block.line, None, &name, Reason::OtherSize(format, first));
        } else {
            self.outside(block);
            self.values(block, property, unit.as_deref(), &name);
        }
        if self.problems.count > before {
            self.plates.get(&name, number)?.is_bad = true;
        }
        Ok(())
    }

    /// Finds what stands left and right of a block.
    fn outside(&mut self, block: &Block) {
        for line in block.line..=block.last() {
            for at in (0..block.corner).chain(block.corner + 1 + block.columns..self.grid.width(line)) {
                let text = self.grid.cell(line, at);
                if !text.is_empty() {
                    self.add(line, None, text, Reason::BesideBlock);
                }
            }
        }
    }

    fn values(&mut self, block: &Block, property: Property, unit: Option<&str>, name: &str) {
        let grid = self.grid;
        let decimals = decimals(block.cells(grid).map(|(line, at, _)| grid.cell(line, at)));
        let mut faults = Vec::new();
        let Some(drawn) = self.drawn.get_mut(name) else { return };
        for (line, at, well) in block.cells(grid) {
            let text = grid.cell(line, at);
            let odd = match grid.odd(line, at) {
                Some(Odd::Date) => Some(Reason::Date),
                Some(Odd::Error) => Some(Reason::ErrorValue),
                Some(Odd::NotComputed) => Some(Reason::NotComputed),
                None if grid.is_merged(line, at) => Some(Reason::Merged),
                None if text.len() > TEXT_BYTES => Some(Reason::TooLong(TEXT_BYTES)),
                None => None,
            };
            let parts = drawn.wells.entry(well).or_default();
            if parts.line == 0 {
                parts.line = grid.number(line);
            }
            let outcome = match (odd, property) {
                (Some(reason), _) => Err(reason),
                (None, Property::Role) => {
                    role_of_word(text).ok_or(Reason::NotARole).map(|role| parts.role = Some(role))
                }
                (None, Property::Concentration) => {
                    dose(text, decimals).map(|value| parts.dose = value.map(|value| (value, unit.map(str::to_owned))))
                }
                (None, Property::Replicate) => {
                    text.parse().map_err(|_| Reason::NotWhole).map(|replicate| parts.replicate = Some(replicate))
                }
                (None, Property::Unit) => {
                    parts.unit = Some(text.to_owned());
                    Ok(())
                }
                (None, _) => {
                    parts.compound = Some(text.to_owned());
                    Ok(())
                }
            };
            if let Err(reason) = outcome {
                faults.push((line, grid.cell(block.line, at), text, reason));
            }
        }
        for (line, column, text, reason) in faults {
            self.add(line, Some(column.to_owned()), text, reason);
        }
    }
}

/// Makes wells of what the blocks said of one plate; how many doses have no unit.
fn finish(plate: &mut Gathered, drawn: Drawn, import: &LayoutImport<'_>, problems: &mut Problems) -> usize {
    let mut add = |line, value: String, reason| {
        problems.add(Problem { file: Source::Layout, line, column: None, value, reason });
    };
    if !drawn.blocks.contains_key(&Property::Role) {
        plate.is_bad = true;
        add(plate.line, plate.name.clone(), Reason::NoRoles);
        return 0;
    }
    // A plate that is bad has said why: a role that was no word is not also none.
    let was_bad = plate.is_bad;
    let mut without_unit = 0;
    for (well, parts) in drawn.wells {
        let concentration = parts.dose.map(|(value, titled)| {
            let unit = import.unit.map(str::to_owned).or(parts.unit).or(titled);
            let unit = unit.or_else(|| import.unit_of_rest.map(str::to_owned));
            without_unit += usize::from(unit.is_none());
            Concentration { value, unit: unit.unwrap_or_default().into() }
        });
        match parts.role {
            None if was_bad => {}
            None => {
                plate.is_bad = true;
                add(parts.line, well.to_string(), Reason::NoRole);
            }
            Some(role) => {
                let compound = parts.compound.map(Into::into);
                let entry = LayoutWell { well, role, compound, concentration, replicate: parts.replicate };
                plate.wells.push((entry, parts.line));
            }
        }
    }
    without_unit
}
