//! Reports on stdout: JSON, JSON lines, CSV, or a table for people.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::failure::Failure;
use crate::printed::Printed;
use crate::report::Node;
use crate::terminal;

mod columns;
pub(crate) mod spreadsheet;

pub(crate) use columns::{columns, facts, rounded};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// A header and a line an object; nested names are joined by dots.
    Csv,
    /// For people.
    Table,
}

impl Format {
    /// As told, else a table on a terminal and JSON in a pipe.
    pub(crate) fn or_usual(told: Option<Format>) -> Format {
        match told {
            Some(format) => format,
            None if terminal::stdout_is_terminal() => Format::Table,
            None => Format::Json,
        }
    }
}

/// Prints one object.
pub(crate) fn print_one(format: Format, object: &Node) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(Printed::stdout());
    match format {
        Format::Json => pretty(&mut out, object)?,
        Format::Jsonl => line(&mut out, object)?,
        Format::Csv => spreadsheet::write(&mut out, &[], std::slice::from_ref(object))?,
        Format::Table => out.write_all(facts(object).as_bytes())?,
    }
    Ok(out.flush()?)
}

/// Prints several: one JSON array (of one too), or a line each; `table` is what people get. `names` are the columns of CSV
/// without any object.
pub(crate) fn print_several(
    format: Format,
    names: &[&str],
    objects: &[Node],
    table: impl FnOnce(&[Node]) -> String,
) -> Result<(), Failure> {
    if format == Format::Table {
        // It has colours of its own, and its cells are plain already.
        let mut out = io::stdout().lock();
        out.write_all(table(objects).as_bytes())?;
        return Ok(out.flush()?);
    }
    let mut out = io::BufWriter::new(Printed::stdout());
    match format {
        Format::Json => pretty(&mut out, &objects)?,
        Format::Jsonl => objects.iter().try_for_each(|object| line(&mut out, object))?,
        Format::Csv | Format::Table => spreadsheet::write(&mut out, names, objects)?,
    }
    Ok(out.flush()?)
}

/// One JSON object and a newline.
pub(crate) fn line(out: &mut impl Write, object: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}

fn pretty(out: &mut impl Write, object: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, object)?;
    out.write_all(b"\n")
}
