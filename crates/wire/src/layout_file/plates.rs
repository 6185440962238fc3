//! Wells gathered plate by plate, and the layouts that they make.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plate::{Format, Layout, LayoutWell};

use super::problem::{Problem, Problems, Reason, Source};
use super::side_tables::Barcodes;
use super::{FormatFrom, ImportError, LayoutImport, MOST_PLATES, PlateLayout};
use crate::limits::TEXT_BYTES;
use crate::reason::quoted;

/// What is gathered for one plate or platemap.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) name: String,
    pub(crate) line: u32,
    /// Wells and their lines, as they came.
    pub(crate) wells: Vec<(LayoutWell, u32)>,
    pub(crate) format: Option<(Format, u32)>,
    pub(crate) assay: Option<(String, u32)>,
    pub(crate) cells: Option<(String, u32)>,
    pub(crate) is_bad: bool,
}

/// Plates in the order in which they appear.
#[derive(Debug, Default)]
pub(crate) struct Plates {
    all: Vec<Gathered>,
    by_name: BTreeMap<String, usize>,
}

impl Plates {
    /// The plate of this name, which begins on `line` if it is new.
    pub(crate) fn get(&mut self, name: &str, line: u32) -> Result<&mut Gathered, ImportError> {
        let index = match self.by_name.get(name) {
            Some(index) => *index,
            None if self.all.len() >= MOST_PLATES => return Err(ImportError::TooManyPlates),
            None => {
                self.all.push(Gathered { name: name.to_owned(), line, ..Gathered::default() });
                self.by_name.insert(name.to_owned(), self.all.len() - 1);
                self.all.len() - 1
            }
        };
        // Indexes are of plates that were pushed.
        self.all.get_mut(index).ok_or(ImportError::TooManyPlates)
    }

    /// The names of all, sorted.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.by_name.keys().cloned().collect()
    }

    /// Layouts of the plates without a problem; with a table of barcodes the names are those of platemaps.
    pub(crate) fn layouts(
        self,
        import: &LayoutImport<'_>,
        barcodes: Option<&Barcodes>,
        problems: &mut Problems,
        notes: &mut Vec<String>,
    ) -> Result<Vec<PlateLayout>, ImportError> {
        let mut layouts = Vec::new();
        let mut by_wells = BTreeMap::new();
        for gathered in self.all {
            let (name, line) = (gathered.name.clone(), gathered.line);
            let Some(sound) = gathered.sound(import.format, problems) else { continue };
            let plates = match barcodes {
                None => std::slice::from_ref(&name),
                Some(barcodes) => barcodes.of_map(&name),
            };
            if plates.is_empty() {
                let (value, reason) = (name.clone(), Reason::UnusedPlatemap);
                problems.add(Problem { file: Source::Layout, line, column: None, value, reason });
            }
            // Plates of one platemap share its layout, those of another format apart.
            let mut made: BTreeMap<Format, Arc<Layout>> = BTreeMap::new();
            let mut smallest = None;
            for plate in plates {
                if layouts.len() >= MOST_PLATES {
                    return Err(ImportError::TooManyPlates);
                }
                let (format, format_from) = sound.format_on(import.formats.get(plate.as_str()).copied());
                let layout = match made.get(&format) {
                    Some(layout) => Arc::clone(layout),
                    None => {
                        // What it could refuse was looked for before.
                        let Some(layout) = sound.layout(format) else { continue };
                        Arc::clone(made.entry(format).or_insert(Arc::new(layout)))
                    }
                };
                if format_from == FormatFrom::Wells {
                    smallest = Some(format);
                }
                layouts.push(PlateLayout { plate: plate.as_str().into(), layout, format_from, line });
            }
            if let Some(format) = smallest {
                *by_wells.entry(format).or_insert(0) += 1;
            }
        }
        for (format, count) in by_wells {
            notes.push(format!("{count} layouts: {format} wells, the smallest format that has all wells named"));
        }
        Ok(layouts)
    }
}

impl Gathered {
    /// Notes a property that a plate has once; `false` where it had another.
    pub(crate) fn once(
        slot: &mut Option<(String, u32)>,
        what: &'static str,
        value: &str,
        line: u32,
    ) -> Result<(), Reason> {
        match slot {
            None if value.len() > TEXT_BYTES => Err(Reason::TooLong(TEXT_BYTES)),
            None => {
                *slot = Some((value.to_owned(), line));
                Ok(())
            }
            Some((first, _)) if first == value => Ok(()),
            Some((first, line)) => Err(Reason::Differs { what, first: quoted(first), line: *line }),
        }
    }

    /// What is left when nothing is wrong with it; `given` is the format that all plates have.
    fn sound(mut self, given: Option<Format>, problems: &mut Problems) -> Option<Sound> {
        let before = problems.count;
        let mut add = |line, well: String, reason| {
            problems.add(Problem { file: Source::Layout, line, column: None, value: well, reason });
        };
        // Stable: of two lines for one well the earlier stays the first.
        self.wells.sort_by_key(|(entry, _)| entry.well);
        for pair in self.wells.windows(2) {
            if let [(first, line), (second, again)] = pair
                && first.well == second.well
            {
                add(*again, second.well.to_string(), Reason::Twice(*line));
            }
        }
        let smallest = || Format::ALL.into_iter().find(|format| self.wells.iter().all(|(e, _)| e.well.is_in(*format)));
        let (format, from) = match (given, self.format) {
            (Some(format), _) => (format, FormatFrom::Given),
            (None, Some((format, _))) => (format, FormatFrom::File),
            (None, None) => (smallest()?, FormatFrom::Wells),
        };
        if let (Some(given), Some((own, line))) = (given, self.format)
            && given != own
        {
            add(line, own.to_string(), Reason::OtherFormat(own, given));
        }
        for (entry, line) in self.wells.iter().filter(|(entry, _)| !entry.well.is_in(format)) {
            add(*line, entry.well.to_string(), Reason::Outside(format));
        }
        if self.is_bad || problems.count > before {
            return None;
        }
        let text = |slot: Option<(String, u32)>| slot.map(|(text, _)| text.into());
        let wells = self.wells.into_iter().map(|(entry, _)| entry).collect();
        Some(Sound { wells, format, from, assay: text(self.assay), cells: text(self.cells) })
    }
}

/// A plate or platemap without a problem.
struct Sound {
    wells: Vec<LayoutWell>,
    format: Format,
    from: FormatFrom,
    assay: Option<Box<str>>,
    cells: Option<Box<str>>,
}

impl Sound {
    /// Its format on a plate whose format may be known. Formats lie within one another: all wells are in a larger one.
    fn format_on(&self, known: Option<Format>) -> (Format, FormatFrom) {
        match known {
            Some(known) if self.from == FormatFrom::Wells && known >= self.format => (known, FormatFrom::Given),
            _ => (self.format, self.from),
        }
    }

    fn layout(&self, format: Format) -> Option<Layout> {
        Layout::new(format, self.assay.clone(), self.cells.clone(), self.wells.clone()).ok()
    }
}
