//! Files of layouts that a person chose, read with what stands beside them: tables of barcodes and compounds, rules, a unit.
//! Nothing is set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plate::{Board, Format, Layout, PlateKey, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use wire::layout_file::{
    ControlRule, ImportError, Imported, LayoutImport, PlateLayout, Problem, Reason, Source, Style, sheets_of,
};

use super::{named, rows};
use crate::desk::Desk;
use crate::desk::failure::{Answer, Failure};
use crate::desk::shown::LayoutEntry;

/// Layouts of a file that are told.
const LAYOUTS: usize = 500;
/// Named wells of one answer: the layouts of 500 large plates are more than a window wants at once.
const WELLS: usize = 100_000;
/// Problems of a file that are told.
const PROBLEMS: usize = 100;
/// Sentences about how it was taken.
const NOTES: usize = 50;
/// Names of columns in a sentence, and the characters of each.
const NAMES: usize = 8;
const NAME_CHARS: usize = 40;
/// Control rules of one reading.
const RULES: usize = 100;

/// A file of layouts that a person chose, and what they said about it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReadLayoutsArgs {
    /// The plate for which it is read: a file that names no plate is for it.
    pub plate: String,
    /// The file's name, for messages.
    pub name: String,
    /// Its bytes, base64; at most 32 MiB of them.
    pub base64: String,
    /// A table with a barcode and a platemap a line.
    pub barcodes: Option<ChosenFile>,
    /// A table with a compound a line: its id, its name, and which control it is.
    pub compounds: Option<ChosenFile>,
    /// Which compounds are controls, at most 100; they win over what the file says.
    pub rules: Vec<LayoutRule>,
    /// The unit of doses for which the file says none.
    pub unit: Option<String>,
    /// The sheet of a workbook; `null` for the first that reads as a layout.
    pub sheet: Option<String>,
    /// What a well without a compound and a role is for; `null` for what the file says.
    pub blank: Option<String>,
    /// Of a file with more wells than one answer has: the first layout whose wells are told. `null` for this plate's.
    pub from: Option<u32>,
}

/// A file that stands beside a file of layouts.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChosenFile {
    /// Its name, for messages.
    pub name: String,
    /// Its bytes, base64; at most 32 MiB of them.
    pub base64: String,
}

/// A compound that is a control.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LayoutRule {
    /// Its id, with or without its batch, or its name.
    pub compound: String,
    /// Only where the dose is greater than this, in the file's unit.
    pub above: Option<f64>,
    /// Only where the dose is at most this, in the file's unit.
    pub at_most: Option<f64>,
    /// `negative`, `positive`, `reference`, `sample`, `empty`.
    pub role: String,
}

/// What was found in a file of layouts; nothing is set yet.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LayoutsRead {
    /// `long`, `lincs`, `jump` or `matrix`; `null` where nothing of the file can be taken.
    pub style: Option<String>,
    /// Why nothing of it can be taken.
    pub refused: Option<String>,
    /// What would help, besides another file: `barcodes`, `compounds`, `rules`, `unit`, `sheet`, `blank`.
    pub asks: Vec<String>,
    /// The sheets of a workbook, in order.
    pub sheets: Vec<String>,
    /// The one that was read.
    pub sheet: Option<String>,
    /// What was taken how, a sentence each.
    pub notes: Vec<String>,
    /// What cannot be taken, a sentence each with its place, the first hundred.
    pub problems: Vec<String>,
    /// How many there are.
    pub problem_count: u32,
    /// The layouts, at most 500.
    pub layouts: Vec<LayoutRead>,
    /// How many there are.
    pub layout_count: u32,
    /// What the wells of all of them are for.
    pub roles: RolesCounted,
}

/// One layout of a file.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LayoutRead {
    /// The barcode; empty for a layout that names no plate.
    pub barcode: String,
    /// The plate's handle, where the session has this plate in the same run.
    pub plate: Option<String>,
    /// It cannot be set for that plate, with the reason.
    pub problem: Option<String>,
    /// Wells of the plates that it is for.
    pub format: u16,
    /// The assay.
    pub assay: Option<String>,
    /// The cells' name.
    pub cells: Option<String>,
    /// What its wells are for.
    pub roles: RolesCounted,
    /// The named wells, row-major; `null` where the answer had no room for them (see `from`).
    pub wells: Option<Vec<LayoutEntry>>,
}

/// How many wells are for what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct RolesCounted {
    /// Negative controls.
    pub negative: u32,
    /// Positive controls.
    pub positive: u32,
    /// References.
    pub reference: u32,
    /// Samples.
    pub sample: u32,
    /// Empty wells, those that are not named among them.
    pub empty: u32,
}

/// The plates of a run by barcode, each with its format where something has said it.
type Known = BTreeMap<Box<str>, (Arc<PlateKey>, Option<Format>)>;

impl Desk {
    /// Reads a file of layouts: tables, drawn plates, workbooks, platemaps. Nothing is set.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `layout_file` with the name of a file that did not arrive or is too large, `invalid`
    /// for what was said about it. What cannot be taken of a file that arrived is in the answer.
    pub async fn read_layouts(&self, args: ReadLayoutsArgs) -> Answer<LayoutsRead> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let run = key.run.clone();
        let known = Arc::new(showing.look(move |board| known_plates(board, &run)).await?);
        let of_run = Arc::clone(&known);
        // A workbook may take a second: not on a thread that answers others.
        let read = move || Asked::of(args, &key.barcode).map(|asked| asked.read(&of_run));
        let read = tokio::task::spawn_blocking(read).await;
        let mut read = read.map_err(|_| Failure::new("layout_file", "The file could not be read."))??;
        for one in &mut read.layouts {
            one.plate = known.get(one.barcode.as_str()).map(|(key, _)| showing.handle(key));
        }
        Ok(read)
    }
}

fn known_plates(board: &Board, run: &str) -> Known {
    let of_run = board.plates().filter(|plate| *plate.key().run == *run);
    of_run.map(|plate| (plate.key().barcode.clone(), (Arc::clone(plate.key()), plate.format()))).collect()
}

/// A file that has arrived.
struct Arrived {
    name: String,
    bytes: Vec<u8>,
}

impl Arrived {
    fn of(name: String, base64: &str) -> Answer<Arrived> {
        let refuse = |reason: String| Failure::new("layout_file", format!("{name}: {reason}"));
        // Before there is room made for it.
        if base64.len() / 4 * 3 > wire::LONGEST_LAYOUT_BYTES + 3 {
            return Err(refuse(format!("it is larger than {} MiB", wire::LONGEST_LAYOUT_BYTES >> 20)));
        }
        let bytes = STANDARD.decode(base64).map_err(|error| refuse(format!("its bytes did not arrive: {error}")))?;
        Ok(Arrived { name, bytes })
    }
}

/// What is asked of a file, checked.
struct Asked {
    layout: Arrived,
    barcodes: Option<Arrived>,
    compounds: Option<Arrived>,
    rules: Vec<ControlRule>,
    unit: Option<Box<str>>,
    sheet: Option<String>,
    blank: Option<Role>,
    /// The barcode of the plate for which it is read.
    plate: String,
    from: Option<usize>,
}

impl Asked {
    fn of(args: ReadLayoutsArgs, plate: &str) -> Answer<Asked> {
        let invalid = |reason: String| Failure::new("invalid", reason);
        if args.rules.len() > RULES {
            return Err(invalid(format!("There are at most {RULES} control rules.")));
        }
        let beside = |file: Option<ChosenFile>| file.map(|file| Arrived::of(file.name, &file.base64)).transpose();
        let blank = args.blank.map(|role| {
            role.parse::<Role>().map_err(|error| invalid(format!("What a blank well is: \"{role}\" is {error}.")))
        });
        Ok(Asked {
            rules: args.rules.iter().map(rule_of).collect::<Answer<Vec<ControlRule>>>()?,
            unit: named("The unit of doses", args.unit.as_deref())?,
            blank: blank.transpose()?,
            sheet: args.sheet,
            plate: plate.to_owned(),
            from: args.from.and_then(|from| usize::try_from(from).ok()),
            layout: Arrived::of(args.name, &args.base64)?,
            barcodes: beside(args.barcodes)?,
            compounds: beside(args.compounds)?,
        })
    }

    fn read(&self, known: &Known) -> LayoutsRead {
        let import = LayoutImport {
            formats: known.iter().filter_map(|(barcode, (_, format))| Some((barcode.clone(), (*format)?))).collect(),
            sheet: self.sheet.as_deref(),
            plate: Some(&self.plate),
            unit_of_rest: self.unit.as_deref(),
            barcodes: self.barcodes.as_ref().map(|file| file.bytes.as_slice()),
            compounds: self.compounds.as_ref().map(|file| file.bytes.as_slice()),
            rules: self.rules.clone(),
            blank: self.blank,
            ..LayoutImport::default()
        };
        match import.read(&self.layout.bytes) {
            Ok(imported) => self.told(&imported, known),
            Err(error) => self.refused(&error),
        }
    }

    /// Nothing of it can be taken; a workbook's sheets are told nevertheless: another may do.
    fn refused(&self, error: &ImportError) -> LayoutsRead {
        let sheets = sheets_of(&self.layout.bytes);
        let name = |file: &Option<Arrived>| file.as_ref().map(|file| file.name.clone()).unwrap_or_default();
        let (name, reason) = match error {
            ImportError::SideTable { file: Source::Barcodes, reason } => (name(&self.barcodes), reason.clone()),
            ImportError::SideTable { file: Source::Compounds, reason } => (name(&self.compounds), reason.clone()),
            other => (self.layout.name.clone(), other.to_string()),
        };
        let asks: &[&str] = match error {
            ImportError::SideTable { file: Source::Barcodes, .. } => &["barcodes"],
            ImportError::SideTable { .. } => &["compounds"],
            ImportError::NoRoles if sheets.len() > 1 => &["compounds", "rules", "sheet"],
            ImportError::NoRoles => &["compounds", "rules"],
            ImportError::Workbook(_) | ImportError::NotALayout { .. } | ImportError::HeaderOnly if sheets.len() > 1 => {
                &["sheet"]
            }
            _ => &[],
        };
        LayoutsRead {
            style: None,
            refused: Some(format!("{name}: {reason}")),
            asks: asks.iter().map(|ask| (*ask).to_owned()).collect(),
            sheets,
            sheet: None,
            notes: Vec::new(),
            problems: Vec::new(),
            problem_count: 0,
            layouts: Vec::new(),
            layout_count: 0,
            roles: RolesCounted::default(),
        }
    }

    fn told(&self, imported: &Imported, known: &Known) -> LayoutsRead {
        let Imported { read_as, layouts, problems, problem_count } = imported;
        let mut asks: BTreeSet<&'static str> = problems.iter().flat_map(asks_of).copied().collect();
        if read_as.style == Style::Matrix {
            // None of these is used with drawn plates.
            asks.clear();
        }
        let mut roles = RolesCounted::default();
        for one in layouts {
            roles.add(&one.layout);
            if without_unit(&one.layout) > 0 {
                asks.insert("unit");
            }
        }
        let mut notes = read_as.notes.clone();
        if !read_as.unused.is_empty() {
            notes.push(format!("columns that were not used: {}", few(&read_as.unused)));
        }
        if layouts.len() > LAYOUTS {
            notes.push(format!("of {} layouts the first {LAYOUTS} are listed", layouts.len()));
        }
        notes.truncate(NOTES);
        LayoutsRead {
            style: Some(
                match read_as.style {
                    Style::Long => "long",
                    Style::Lincs => "lincs",
                    Style::Jump => "jump",
                    Style::Matrix => "matrix",
                }
                .to_owned(),
            ),
            refused: None,
            asks: asks.into_iter().map(str::to_owned).collect(),
            sheets: read_as.sheets.clone(),
            sheet: read_as.sheet.clone(),
            notes,
            problems: problems.iter().take(PROBLEMS).map(ToString::to_string).collect(),
            problem_count: u32::try_from(*problem_count).unwrap_or(u32::MAX),
            layouts: self.listed(layouts.get(..LAYOUTS).unwrap_or(layouts), known),
            layout_count: u32::try_from(layouts.len()).unwrap_or(u32::MAX),
            roles,
        }
    }

    /// Layouts as they are told: all with their wells where there is room, else those from one on until it is used up.
    fn listed(&self, layouts: &[PlateLayout], known: &Known) -> Vec<LayoutRead> {
        let all: usize = layouts.iter().map(|one| one.layout.wells.len()).sum();
        let own = || layouts.iter().position(|one| *one.plate == *self.plate);
        let first = if all <= WELLS { 0 } else { self.from.or_else(own).unwrap_or(0) };
        let mut room = WELLS;
        let each = |(at, one): (usize, &PlateLayout)| {
            let wells = one.layout.wells.len();
            let is_whole = at >= first && wells <= room;
            if at >= first {
                room = if is_whole { room - wells } else { 0 };
            }
            let mut roles = RolesCounted::default();
            roles.add(&one.layout);
            LayoutRead {
                barcode: one.plate.to_string(),
                plate: None,
                problem: problem_of(one, known),
                format: one.layout.format.wells(),
                assay: one.layout.assay.as_deref().map(str::to_owned),
                cells: one.layout.cells.as_deref().map(str::to_owned),
                roles,
                wells: is_whole.then(|| rows(&one.layout)),
            }
        };
        layouts.iter().enumerate().map(each).collect()
    }
}

impl RolesCounted {
    fn add(&mut self, layout: &Layout) {
        let mut unnamed = u32::from(layout.format.wells());
        for entry in layout.wells.iter() {
            unnamed = unnamed.saturating_sub(1);
            let many = match entry.role {
                Role::Negative => &mut self.negative,
                Role::Positive => &mut self.positive,
                Role::Reference => &mut self.reference,
                Role::Sample => &mut self.sample,
                Role::Empty => &mut self.empty,
            };
            *many += 1;
        }
        self.empty += unnamed;
    }
}

/// Doses that nobody has given a unit.
fn without_unit(layout: &Layout) -> usize {
    layout.wells.iter().filter(|entry| entry.concentration.as_ref().is_some_and(|dose| dose.unit.is_empty())).count()
}

/// Why a layout cannot be set as it is.
fn problem_of(one: &PlateLayout, known: &Known) -> Option<String> {
    let format = known.get(&one.plate).and_then(|(_, format)| *format);
    if let Some(unfit) = format.and_then(|format| one.fits(format).err()) {
        return Some(unfit.to_string());
    }
    match without_unit(&one.layout) {
        0 => None,
        1 => Some("a dose has no unit".to_owned()),
        many => Some(format!("{many} doses have no unit")),
    }
}

/// What would help with a problem.
fn asks_of(problem: &Problem) -> &'static [&'static str] {
    match (problem.file, &problem.reason) {
        (Source::Barcodes, _) | (_, Reason::UnusedPlatemap) => &["barcodes"],
        (Source::Compounds, _) | (_, Reason::UnknownCompound) => &["compounds"],
        (_, Reason::NoDose | Reason::RulesDiffer(..)) => &["rules"],
        (_, Reason::NoRole) => &["blank", "rules"],
        _ => &[],
    }
}

fn rule_of(rule: &LayoutRule) -> Answer<ControlRule> {
    let invalid = |reason: String| Failure::new("invalid", reason);
    let compound = named("The compound of a rule", Some(rule.compound.as_str()))?;
    let compound = compound.ok_or_else(|| invalid("A control rule names its compound.".to_owned()))?;
    let is_dose = |dose: Option<f64>| dose.is_none_or(f64::is_finite);
    if !is_dose(rule.above) || !is_dose(rule.at_most) {
        return Err(invalid(format!("The doses of the rule for {compound} are numbers.")));
    }
    if let (Some(above), Some(at_most)) = (rule.above, rule.at_most)
        && above >= at_most
    {
        return Err(invalid(format!("The rule for {compound}: no dose is above {above} and at most {at_most}.")));
    }
    let role = rule.role.parse::<Role>();
    let role = role.map_err(|error| invalid(format!("The rule for {compound}: \"{}\" is {error}.", rule.role)))?;
    Ok(ControlRule { compound: compound.into(), above: rule.above, at_most: rule.at_most, role })
}

/// The first names and the number of the others: a hostile header has thousands.
fn few(names: &[String]) -> String {
    let short = |name: &String| match name.char_indices().nth(NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.clone(),
    };
    let text = names.iter().take(NAMES).map(short).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
