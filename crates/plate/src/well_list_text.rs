//! Lists of wells written compactly, in the syntax that [`crate::well_list`] reads.

use std::fmt::{self, Write};

use crate::format::Format;
use crate::well::Well;
use crate::well_list::{Block, choose_rings, mark, rings};

/// Writes wells compactly, so that [`crate::well_list::parse`] gives them back: rings where they are the whole list,
/// whole columns and rows, then the rectangles that are left. Wells outside the format are not written; no wells are
/// an empty text.
#[must_use]
pub fn write(wells: &[Well], format: Format) -> String {
    let mut left = vec![false; usize::from(format.wells())];
    for well in wells {
        if let Some(is) = well.index_in(format).and_then(|index| left.get_mut(index)) {
            *is = true;
        }
    }
    if let Some(text) = as_rings(&left, format) {
        return text;
    }
    let mut list = List { left, format, text: String::new() };
    list.take_lines(true);
    list.take_lines(false);
    for index in 0..list.left.len() {
        if let Some(corner) = Well::at_index(index, format).filter(|corner| list.has(corner.row(), corner.column())) {
            list.take_block(corner);
        }
    }
    list.text
}

fn as_rings(left: &[bool], format: Format) -> Option<String> {
    // All rings are the whole plate, which columns say better.
    let count = (1..rings(format)).find(|count| {
        let mut chosen = vec![false; left.len()];
        choose_rings(*count, format, &mut chosen);
        chosen == left
    })?;
    Some(if count == 1 { "edge".to_owned() } else { format!("edge:{count}") })
}

/// A list that is being written, and the wells that are not yet in it.
struct List {
    left: Vec<bool>,
    format: Format,
    text: String,
}

impl List {
    fn has(&self, row: u8, column: u8) -> bool {
        let index = Well::new(row, column).and_then(|well| well.index_in(self.format));
        index.is_some_and(|index| self.left.get(index).copied().unwrap_or(false))
    }

    fn has_all(&self, block: Block) -> bool {
        (block.rows.0..=block.rows.1).all(|row| (block.columns.0..=block.columns.1).all(|column| self.has(row, column)))
    }

    /// Writes a part and takes its wells from what is left.
    fn take(&mut self, block: Block, part: &dyn fmt::Display) {
        let separator = if self.text.is_empty() { "" } else { ", " };
        // Writing to a text cannot fail.
        let _ = write!(self.text, "{separator}{part}");
        mark(block, self.format, &mut self.left, false);
    }

    /// Runs of whole columns, or of whole rows.
    fn take_lines(&mut self, columns: bool) {
        let (rows, cols) = (self.format.rows(), self.format.columns());
        let lines = if columns { cols } else { rows };
        let block = |from: u8, to: u8| match columns {
            true => Block { rows: (0, rows - 1), columns: (from, to) },
            false => Block { rows: (from, to), columns: (0, cols - 1) },
        };
        let name = |line: u8| if columns { (line + 1).to_string() } else { row_name(line) };
        let kind = if columns { "col" } else { "row" };
        let mut line = 0;
        while line < lines {
            let Some(last) = (line..lines).take_while(|at| self.has_all(block(*at, *at))).last() else {
                line += 1;
                continue;
            };
            self.take(block(line, last), &format_args!("{kind}:{}", joined(&name(line), &name(last))));
            line = last + 1;
        }
    }

    /// The rectangle from its first well: as wide as it goes and then as deep, or the other way, whichever holds more.
    fn take_block(&mut self, corner: Well) {
        let (row, column) = (corner.row(), corner.column());
        let wide_to = |rows: (u8, u8)| {
            let full = |at: &u8| self.has_all(Block { rows, columns: (*at, *at) });
            (column..self.format.columns()).take_while(full).last().unwrap_or(column)
        };
        let deep_to = |columns: (u8, u8)| {
            let full = |at: &u8| self.has_all(Block { rows: (*at, *at), columns });
            (row..self.format.rows()).take_while(full).last().unwrap_or(row)
        };
        let (right, bottom) = (wide_to((row, row)), deep_to((column, column)));
        let wide = Block { rows: (row, deep_to((column, right))), columns: (column, right) };
        let deep = Block { rows: (row, bottom), columns: (column, wide_to((row, bottom))) };
        let size = |block: Block| {
            (u16::from(block.rows.1 - block.rows.0) + 1) * (u16::from(block.columns.1 - block.columns.0) + 1)
        };
        let block = if size(deep) > size(wide) { deep } else { wide };
        match (block.rows, block.columns) {
            ((top, bottom), (left, right)) if top == bottom => {
                let name = |column| Well::new(top, column).map(|well| well.to_string()).unwrap_or_default();
                self.take(block, &joined(&name(left), &name(right)));
            }
            ((top, bottom), (left, right)) => {
                let rows = joined(&row_name(top), &row_name(bottom));
                let columns = joined(&(left + 1).to_string(), &(right + 1).to_string());
                self.take(block, &format_args!("{rows}:{columns}"));
            }
        }
    }
}

fn joined(from: &str, to: &str) -> String {
    if from == to { from.to_owned() } else { format!("{from}-{to}") }
}

fn row_name(row: u8) -> String {
    let address = Well::new(row, 0).map(|well| well.to_string()).unwrap_or_default();
    address.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}
