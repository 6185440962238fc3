//! Blocks of a drawn plate: a corner, numbers to the right of it, letters below.

use plate::{Format, Well};

use super::columns::{Property, plain};
use crate::grid::Grid;

/// One drawn plate, or one property of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its row of numbers.
    pub(crate) line: usize,
    /// The column of its letters.
    pub(crate) corner: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Block {
    /// The block whose numbers stand in `line`: 1, 2, 3 at least, and A, B right below.
    pub(crate) fn at(grid: &Grid, line: usize) -> Option<Block> {
        let width = grid.width(line);
        let is = |at: usize, number: usize| grid.cell(line, at).parse() == Ok(number);
        let first = (1..width).find(|at| is(*at, 1) && is(at + 1, 2) && is(at + 2, 3))?;
        let columns = (first..width).zip(1..).take_while(|(at, number)| is(*at, *number)).count();
        let corner = first - 1;
        let rows = (0_u8..).take_while(|row| is_letter(grid.cell(line + 1 + usize::from(*row), corner), *row)).count();
        (rows >= 2).then_some(Block { line, corner, rows, columns })
    }

    /// The format with so many rows and columns.
    pub(crate) fn format(&self) -> Option<Format> {
        let same =
            |format: &Format| usize::from(format.rows()) == self.rows && usize::from(format.columns()) == self.columns;
        Format::ALL.into_iter().find(same)
    }

    /// The last of its lines.
    pub(crate) fn last(&self) -> usize {
        self.line + self.rows
    }

    /// Its cells with text: the line, the column and the well.
    pub(crate) fn cells<'a>(&'a self, grid: &'a Grid) -> impl Iterator<Item = (usize, usize, Well)> + 'a {
        (0..self.rows).flat_map(move |row| {
            (0..self.columns).filter_map(move |column| {
                let (line, at) = (self.line + 1 + row, self.corner + 1 + column);
                let is_there = !grid.cell(line, at).is_empty() || grid.odd(line, at).is_some();
                let well = Well::new(u8::try_from(row).ok()?, u8::try_from(column).ok()?)?;
                is_there.then_some((line, at, well))
            })
        })
    }
}

/// Whether a cell holds the letter or letters of a 0-based row.
fn is_letter(cell: &str, row: u8) -> bool {
    let Some(well) = Well::new(row, 0) else { return false };
    let address = well.to_string();
    address.strip_suffix("01").is_some_and(|letters| cell.eq_ignore_ascii_case(letters))
}

/// What a line between blocks says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Title {
    /// What the next block holds, and a unit in brackets.
    Of(Property, Option<String>),
    /// A property of the plate: its barcode, assay, cells or format.
    Plate(Property, String),
    /// Anything else.
    Other,
}

/// Reads a line between blocks: `role`, `Concentration (uM)`, `Plate: P1`, or `Plate` and `P1` in two cells.
pub(crate) fn title<'a>(cells: impl Iterator<Item = &'a str>) -> Title {
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).take(3).collect();
    match cells[..] {
        [one] => match (of(one), one.split_once([':', ' '])) {
            (Some((property, unit)), _) => Title::Of(property, unit),
            (None, Some((key, value))) if !value.trim_matches([':', ' ']).is_empty() => plate(key, value),
            _ => Title::Other,
        },
        [key, value] => plate(key, value),
        _ => Title::Other,
    }
}

/// A block's title.
pub(crate) fn of(text: &str) -> Option<(Property, Option<String>)> {
    let (name, unit) = plain(text);
    let properties = [Property::Role, Property::Compound, Property::Concentration, Property::Unit, Property::Replicate];
    let known = |property: &Property| property.names().contains(&name.as_str());
    properties.into_iter().find(known).map(|property| (property, unit.map(str::to_owned)))
}

fn plate(key: &str, value: &str) -> Title {
    let (name, _) = plain(key);
    let known = |property: &Property| property.names().contains(&name.as_str());
    let properties = [Property::Plate, Property::Assay, Property::Cells, Property::Format];
    match properties.into_iter().find(known) {
        Some(property) => Title::Plate(property, value.trim_matches([':', ' ']).to_owned()),
        None => Title::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_what_and_whose() {
        let read = |cells: &[&str]| title(cells.iter().copied());
        assert_eq!(read(&["Role"]), Title::Of(Property::Role, None));
        assert_eq!(read(&["Concentration (uM)", ""]), Title::Of(Property::Concentration, Some("uM".to_owned())));
        for cells in [&["Plate: P 1"][..], &["plate P 1"], &["Barcode:", "", "P 1"], &["Plate", "P 1"]] {
            assert_eq!(read(cells), Title::Plate(Property::Plate, "P 1".to_owned()), "{cells:?}");
        }
        for cells in [&["Plate"][..], &["Plate:"], &["Screen of May"], &["a", "b"], &[], &["a", "b", "c"]] {
            assert_eq!(read(cells), Title::Other, "{cells:?}");
        }
    }

    #[test]
    fn rows_beyond_z_have_two_letters() {
        assert!(is_letter("A", 0) && is_letter("z", 25) && is_letter("AF", 31) && is_letter("AV", 47));
        assert!(!is_letter("B", 0) && !is_letter("", 0) && !is_letter("AW", 48));
    }
}
