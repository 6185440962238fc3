//! Layouts as a table: what [`super::LayoutImport`] reads back to equal layouts, and a person edits in between.

use std::collections::BTreeSet;

use plate::{Layout, LayoutWell};

/// The columns, in order.
const COLUMNS: [&str; 10] =
    ["plate", "well", "role", "compound", "concentration", "unit", "replicate", "format", "assay", "cells"];

/// Why layouts cannot be written so that they read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A plate without a named well has no line.
    #[error("plate \"{0}\" has a layout that names no well: a table has no line for it")]
    NoWells(String),
    /// The same plate twice.
    #[error("plate \"{0}\" stands twice")]
    Twice(String),
    /// One layout for every plate beside layouts of named ones.
    #[error("a layout without a plate stands among those of named plates")]
    Unnamed,
    /// A text that a table cannot keep: empty, with spaces around it, or with a NUL.
    #[error("plate \"{plate}\": {what} {text:?} would not read back the same")]
    Text {
        /// The plate.
        plate: String,
        /// Which property.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// A dose that is no number.
    #[error("plate \"{plate}\", well {well}: the dose is not finite")]
    NotFinite {
        /// The plate.
        plate: String,
        /// The well.
        well: String,
    },
}

/// Layouts by plate as CSV, UTF-8, a well a line; `""` is the layout of a file that names no plate.
///
/// # Errors
/// [`WriteError`] for what would not read back equal.
pub fn write_layouts<'a>(layouts: impl IntoIterator<Item = (&'a str, &'a Layout)>) -> Result<String, WriteError> {
    let mut out = String::new();
    line(&mut out, &COLUMNS);
    let mut plates = BTreeSet::new();
    for (plate, layout) in layouts {
        if !plates.insert(plate) {
            return Err(WriteError::Twice(plate.to_owned()));
        }
        if plates.len() > 1 && plates.contains("") {
            return Err(WriteError::Unnamed);
        }
        if layout.wells.is_empty() {
            return Err(WriteError::NoWells(plate.to_owned()));
        }
        if !plate.is_empty() {
            kept(plate, "the barcode", plate)?;
        }
        for entry in &layout.wells {
            well(&mut out, plate, layout, entry)?;
        }
    }
    Ok(out)
}

fn well(out: &mut String, plate: &str, layout: &Layout, entry: &LayoutWell) -> Result<(), WriteError> {
    let text = |what: &'static str, text: Option<&str>| match text {
        None => Ok(String::new()),
        Some(text) => kept(plate, what, text),
    };
    let (concentration, unit) = match &entry.concentration {
        None => (String::new(), String::new()),
        Some(dose) if !dose.value.is_finite() => {
            return Err(WriteError::NotFinite { plate: plate.to_owned(), well: entry.well.to_string() });
        }
        // An empty unit reads back as it is.
        Some(dose) if dose.unit.is_empty() => (dose.value.to_string(), String::new()),
        Some(dose) => (dose.value.to_string(), kept(plate, "the unit", &dose.unit)?),
    };
    let cells = [
        plate.to_owned(),
        entry.well.to_string(),
        entry.role.to_string(),
        text("the compound", entry.compound.as_deref())?,
        concentration,
        unit,
        entry.replicate.map(|replicate| replicate.to_string()).unwrap_or_default(),
        layout.format.to_string(),
        text("the assay", layout.assay.as_deref())?,
        text("the cells", layout.cells.as_deref())?,
    ];
    line(out, &cells.each_ref().map(String::as_str));
    Ok(())
}

/// A text that reads back as it is.
fn kept(plate: &str, what: &'static str, text: &str) -> Result<String, WriteError> {
    if text.is_empty() || text.trim() != text || text.contains('\0') {
        return Err(WriteError::Text { plate: plate.to_owned(), what, text: text.to_owned() });
    }
    Ok(text.to_owned())
}

fn line(out: &mut String, cells: &[&str]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        // Semicolons and tabs too: whoever looks for the separator passes over what is quoted.
        if cell.contains([',', '"', '\n', '\r', ';', '\t']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}
