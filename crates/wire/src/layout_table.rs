//! Layouts beside a table of wells: a table with a role a well, or any other file that people have layouts in.

use std::collections::BTreeMap;

use plate::{Concentration, LayoutWell};

use crate::layout_file::{ImportError, Imported, LayoutImport, Property, plain, role_of_word};
use crate::table::{Table, TableError, is_named, read_well};
use crate::text::{decode_text, header_separator, read_number};
use crate::workbook::Workbook;

/// Layouts: one for all plates, or one a plate.
#[derive(Debug, Clone)]
pub struct LayoutTable {
    by_plate: BTreeMap<String, Vec<LayoutWell>>,
    has_plates: bool,
    notes: Vec<String>,
}

impl LayoutTable {
    /// Reads a table with `well` and `role`, optionally `plate, compound, concentration, unit, replicate`; else whatever else
    /// people have layouts in ([`LayoutImport`]): other names of columns, platemaps, drawn plates, workbooks.
    ///
    /// # Errors
    /// [`TableError`] naming the line.
    pub fn read(bytes: &[u8]) -> Result<LayoutTable, TableError> {
        if has_our_header(bytes) {
            return LayoutTable::read_table(bytes);
        }
        match LayoutImport::default().read(bytes) {
            // What a table lacks is said best by who looked for a table.
            Err(ImportError::NotALayout { .. }) if Workbook::open(bytes).is_none() => LayoutTable::read_table(bytes),
            imported => LayoutTable::from_file(imported?),
        }
    }

    fn from_file(file: Imported) -> Result<LayoutTable, TableError> {
        let is_platemap = file.read_as.columns.iter().any(|column| column.property == Property::Platemap);
        if let Some(problem) = file.problems.first() {
            let more = match file.problem_count - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            return Err(ImportError::Broken(format!("{problem}{more}")).into());
        }
        let mut notes = file.read_as.notes;
        let mut has_plates = file.layouts.iter().any(|one| !one.plate.is_empty());
        let mut layouts = file.layouts;
        // A platemap names itself and not the plates that have it.
        if is_platemap {
            if let [first, .., last] = layouts.as_slice() {
                return Err(ImportError::Broken(format!(
                    "it holds {} platemaps ({:?} to {:?}) and not which plate has which: give one of them, or read it in the \
                     window beside its table of barcodes",
                    layouts.len(),
                    first.plate,
                    last.plate
                ))
                .into());
            }
            for only in &mut layouts {
                notes.push(format!("platemap {:?} is taken as the layout of every plate", only.plate));
                (only.plate, has_plates) = ("".into(), false);
            }
        }
        let by_plate = layouts.into_iter().map(|one| (one.plate.into(), one.layout.wells.to_vec())).collect();
        Ok(LayoutTable { by_plate, has_plates, notes })
    }

    fn read_table(bytes: &[u8]) -> Result<LayoutTable, TableError> {
        let table = Table::read(bytes)?;
        let (well_at, role_at) = (table.column("well")?, table.column("role")?);
        let plate_at = table.find("plate");
        let (compound_at, unit_at) = (table.find("compound"), table.find("unit"));
        let (concentration_at, replicate_at) = (table.find("concentration"), table.find("replicate"));
        let mut by_plate: BTreeMap<String, Vec<LayoutWell>> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for (line, cells) in &table.lines {
            let failed = |reason: String| TableError::Line { line: *line, reason };
            let text = |at: Option<usize>| at.map(|at| cells[at].trim()).filter(|text| !text.is_empty());
            let well = read_well(*line, &cells[well_at])?;
            let role = cells[role_at].trim();
            let role = role_of_word(role).ok_or_else(|| {
                failed(format!(
                    "{role:?} is not a role (negative, positive, reference, sample, empty, or a common word for one)"
                ))
            })?;
            let concentration = match text(concentration_at) {
                None => None,
                Some(number) => read_number(number, table.decimal_comma)
                    .map_err(|number| failed(format!("concentration {number:?} is not a number")))?
                    .map(|value| Concentration { value, unit: text(unit_at).unwrap_or_default().into() }),
            };
            let replicate = match text(replicate_at) {
                None => None,
                Some(n) => Some(n.parse().map_err(|_| failed(format!("replicate {n:?} is not a whole number")))?),
            };
            let plate = text(plate_at).unwrap_or_default().to_owned();
            if !seen.insert((plate.clone(), well)) {
                return Err(failed(format!("well {well} stands twice")));
            }
            let compound = text(compound_at).map(Into::into);
            by_plate.entry(plate).or_default().push(LayoutWell { well, role, compound, concentration, replicate });
        }
        for wells in by_plate.values_mut() {
            wells.sort_by_key(|entry| entry.well);
        }
        Ok(LayoutTable { by_plate, has_plates: plate_at.is_some(), notes: Vec::new() })
    }

    /// What was taken how, where the file leaves it open: a sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The plates that have a layout of their own, sorted; none where the table has no column `plate`.
    pub fn plates(&self) -> impl Iterator<Item = &str> {
        self.by_plate.keys().map(String::as_str).filter(|_| self.has_plates)
    }

    /// The wells of one plate, row-major; the same for every plate where the table has no column `plate`.
    #[must_use]
    pub fn wells(&self, plate: &str) -> Option<&[LayoutWell]> {
        self.by_plate.get(if self.has_plates { plate } else { "" }).map(Vec::as_slice)
    }
}

/// Whether the first line names the columns `well` and `role`, and calls nothing else that a layout says by another name than
/// ours.
fn has_our_header(bytes: &[u8]) -> bool {
    const OURS: [&str; 7] = ["well", "role", "plate", "compound", "concentration", "unit", "replicate"];
    let text = decode_text(bytes);
    let header = text.lines().next().unwrap_or_default();
    let separator = char::from(header_separator(header));
    let names = || header.split(separator).map(|cell| cell.trim().trim_matches('"'));
    let is_ours = |cell: &str| OURS.iter().any(|name| is_named(cell, name));
    let is_known = |cell: &str| {
        let (name, _) = plain(cell);
        Property::ALL.iter().any(|property| property.names().contains(&name.as_str()))
    };
    OURS[..2].iter().all(|name| names().any(|cell| is_named(cell, name)))
        && names().all(|cell| is_ours(cell) || !is_known(cell))
}

#[cfg(test)]
mod tests {
    use plate::Role;

    use super::*;

    #[test]
    fn errors_name_the_line_and_the_reason() {
        let layout = LayoutTable::read(b"well,role\nA01,control\n").unwrap_err().to_string();
        assert!(layout.contains("line 2: \"control\" is not a role"), "{layout}");
        let neither = LayoutTable::read(b"a,b\nc,d\n").unwrap_err().to_string();
        assert!(neither.contains("no column `well` (it has: a, b)"), "{neither}");
        let other =
            LayoutTable::read(b"Well Position,Control Type\nA01,negcon\nA02,control\nA02,poscon\n").unwrap_err();
        assert!(other.to_string().starts_with("line 3, column \"Control Type\", \"control\""), "{other}");
    }

    #[test]
    fn layouts_are_for_one_plate_or_for_all() {
        let all = LayoutTable::read(b"well,role,concentration,unit\nA02,positive,20,uM\nA01,negative,,\n").unwrap();
        assert_eq!(all.wells("anything").unwrap()[1].role, Role::Positive);
        assert_eq!(
            all.wells("anything").unwrap()[1].concentration,
            Some(Concentration { value: 20.0, unit: "uM".into() })
        );
        let one = LayoutTable::read(b"plate,well,role\nP1,A01,negative\n").unwrap();
        assert!(one.wells("P1").is_some() && one.wells("P2").is_none());
    }

    #[test]
    fn other_files_that_people_have_are_layouts_too() {
        let roles = |bytes: &[u8], plate: &str| -> Vec<(String, Role)> {
            let table = LayoutTable::read(bytes).unwrap();
            let wells = table.wells(plate).unwrap().iter();
            wells.filter(|entry| entry.role != Role::Empty).map(|entry| (entry.well.to_string(), entry.role)).collect()
        };
        let expected = vec![("A01".to_owned(), Role::Negative), ("A02".to_owned(), Role::Positive)];
        assert_eq!(roles(b"Plate Barcode,Well Position,Control Type\nP1,A01,negcon\nP1,A02,poscon\n", "P1"), expected);
        // A name of a column that is ours beside one that is not: all of them are read.
        let mixed = b"well,role,Plate Barcode\nA01,negcon,P1\nA02,poscon,P1\nA01,trt,P2\n";
        assert_eq!(roles(mixed, "P1"), expected);
        assert_eq!(roles(mixed, "P2"), [("A01".to_owned(), Role::Sample)]);
        // A platemap of LINCS names itself: it is every plate's, and of several nobody knows whose they are.
        let map = "plate_map_name,well_position,broad_sample,mg_per_ml,mmoles_per_liter,solvent\nM1,A01,,,,DMSO\n\
                   M1,A02,BRD-1,0.1,10,DMSO\n";
        let table = LayoutTable::read(map.as_bytes()).unwrap();
        assert_eq!(table.plates().count(), 0);
        assert!(table.wells("BR1").is_some_and(|wells| wells[0].role == Role::Negative), "{table:?}");
        assert!(table.notes().iter().any(|note| note.contains("\"M1\" is taken as the layout of every plate")));
        let two = LayoutTable::read(format!("{map}M2,A01,,,,DMSO\n").as_bytes()).unwrap_err().to_string();
        assert!(two.contains("2 platemaps"), "{two}");
        let mut drawn = String::from("Role\n,1,2,3,4,5,6,7,8,9,10,11,12\nA,DMSO,poscon,,,,,,,,,,\n");
        ('B'..='H').for_each(|row| drawn.push_str(&format!("{row},,,,,,,,,,,,\n")));
        assert_eq!(roles(drawn.as_bytes(), "any"), expected);
    }
}
