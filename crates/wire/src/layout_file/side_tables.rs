//! Tables that stand beside a platemap: which plates have it, and what is known of its compounds.

use std::collections::{BTreeMap, BTreeSet};

use plate::Role;

use super::columns::{Columns, Property, plain};
use super::problem::{Problem, Problems, Reason, Source};
use super::role_word::role_of_word;
use super::{ImportError, MOST_PLATES, side_grid};
use crate::limits::{NAME_BYTES, TEXT_BYTES};
use crate::text::says_missing;

/// Barcodes by platemap.
#[derive(Debug, Default)]
pub(crate) struct Barcodes {
    by_map: BTreeMap<String, Vec<String>>,
}

impl Barcodes {
    /// Reads a table with a barcode and a platemap a line.
    pub(crate) fn read(bytes: &[u8], problems: &mut Problems) -> Result<Barcodes, ImportError> {
        let grid = side_grid(bytes, Source::Barcodes)?;
        let columns = Columns::of(grid.cells(0), &[]);
        let (Some(plate), Some(map)) = (columns.at(Property::Plate), columns.at(Property::Platemap)) else {
            return Err(ImportError::SideTable {
                file: Source::Barcodes,
                reason: "it needs a column `plate` (or Assay_Plate_Barcode) and a column `plate_map_name`".to_owned(),
            });
        };
        let mut barcodes = Barcodes::default();
        let mut lines: BTreeMap<String, u32> = BTreeMap::new();
        for line in 1..grid.lines() {
            let (barcode, name) = (grid.cell(line, plate), grid.cell(line, map));
            let mut add = |value: &str, reason| {
                let (line, value) = (grid.number(line), value.to_owned());
                problems.add(Problem { file: Source::Barcodes, line, column: None, value, reason });
            };
            if barcode.is_empty() || name.is_empty() {
                add(if barcode.is_empty() { name } else { barcode }, Reason::NoPlate);
            } else if barcode.len() > NAME_BYTES {
                add(barcode, Reason::TooLong(NAME_BYTES));
            } else if let Some(first) = lines.get(barcode) {
                add(barcode, Reason::SecondLayout { what: "platemap", line: *first });
            } else if lines.len() >= MOST_PLATES {
                return Err(ImportError::TooManyPlates);
            } else {
                lines.insert(barcode.to_owned(), grid.number(line));
                barcodes.by_map.entry(name.to_owned()).or_default().push(barcode.to_owned());
            }
        }
        Ok(barcodes)
    }

    /// The plates with this platemap, in the table's order.
    pub(crate) fn of_map(&self, map: &str) -> &[String] {
        self.by_map.get(map).map_or(&[], Vec::as_slice)
    }

    /// Platemaps that the table names and the file does not have.
    pub(crate) fn others(&self, maps: &BTreeSet<String>) -> usize {
        self.by_map.keys().filter(|map| !maps.contains(*map)).count()
    }
}

/// What the table of compounds says of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Compound {
    pub(crate) name: Option<String>,
    pub(crate) role: Option<Role>,
    line: u32,
}

/// Compounds by id; what stands without an id, or as `NA`, is said of wells without a compound.
#[derive(Debug, Default)]
pub(crate) struct Compounds {
    by_id: BTreeMap<String, Compound>,
    pub(crate) blank: Option<Compound>,
    /// Words for roles, and how many compounds have each.
    pub(crate) words: BTreeMap<String, (Role, usize)>,
}

const IDS: &[&str] = &["broadsample", "compound", "compoundid", "id", "substance"];
const NAMES: &[&str] = &["pertiname", "compoundname", "name", "gene"];
/// The first says which control, where there is one; the second only whether it is one.
const ROLES: &[&str] = &["role", "controltype"];
const KINDS: &[&str] = &["perttype", "kind"];

impl Compounds {
    /// Reads a table with a compound a line.
    pub(crate) fn read(bytes: &[u8], problems: &mut Problems) -> Result<Compounds, ImportError> {
        let grid = side_grid(bytes, Source::Compounds)?;
        let header: Vec<String> = grid.cells(0).map(|name| plain(name).0).collect();
        let find = |names: &[&str]| names.iter().find_map(|known| header.iter().position(|name| name == known));
        let Some(id_at) = find(IDS) else {
            return Err(ImportError::SideTable {
                file: Source::Compounds,
                reason: "it needs a column `broad_sample` or `compound`".to_owned(),
            });
        };
        let (name_at, role_at, kind_at) = (find(NAMES), find(ROLES), find(KINDS));
        let mut compounds = Compounds::default();
        for line in 1..grid.lines() {
            let text = |at: Option<usize>| at.map(|at| grid.cell(line, at)).filter(|text| !says_missing(text));
            let number = grid.number(line);
            let mut add = |value: &str, reason| {
                let value = value.to_owned();
                problems.add(Problem { file: Source::Compounds, line: number, column: None, value, reason });
            };
            let word = text(role_at).or_else(|| text(kind_at));
            let role = word.map(role_of_word);
            if let (Some(word), Some(None)) = (word, role) {
                add(word, Reason::NotARole);
                continue;
            }
            let id = grid.cell(line, id_at);
            let name = text(name_at).map(str::to_owned);
            if id.len() > TEXT_BYTES || name.as_ref().is_some_and(|name| name.len() > TEXT_BYTES) {
                add(id, Reason::TooLong(TEXT_BYTES));
                continue;
            }
            let found = Compound { name, role: role.flatten(), line: number };
            let known = if says_missing(id) { compounds.blank.as_ref() } else { compounds.by_id.get(id) };
            match known {
                Some(first) if first.name == found.name && first.role == found.role => continue,
                Some(first) => {
                    add(id, Reason::CompoundDiffers(first.line));
                    continue;
                }
                None => {}
            }
            if let (Some(word), Some(role)) = (word, found.role) {
                compounds.words.entry(word.to_owned()).or_insert((role, 0)).1 += 1;
            }
            if says_missing(id) {
                compounds.blank = Some(found);
            } else {
                compounds.by_id.insert(id.to_owned(), found);
            }
        }
        Ok(compounds)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Compound> {
        self.by_id.get(id)
    }
}
