//! The plates of `demo/`, compiled in (`demo/SOURCE.md` says where they come from).

use std::sync::Arc;

use plate::{Concentration, FeatureList, Features, Format, Layout, LayoutWell, Role, Value, Well};

/// One plate to play.
#[derive(Debug)]
pub(super) struct DemoPlate {
    pub(super) barcode: String,
    pub(super) layout: Arc<Layout>,
    /// Wells that the source has, in acquisition order.
    pub(super) wells: Vec<(Well, Features)>,
}

/// All of them are 384-well plates.
pub(super) const FORMAT: Format = Format::F384;

const PLATES: &str = include_str!("../../../../demo/plates.csv");

macro_rules! embedded {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../demo/", $folder, "/", $name, ".csv")))),+]
    };
}

const WELLS: &[(&str, &str)] = embedded!("wells": "SQ00015053", "SQ00015054", "SQ00015106", "SQ00015132",
    "SQ00015194", "SQ00015207", "SQ00015211", "SQ00015212");

const LAYOUTS: &[(&str, &str)] = embedded!("layouts": "C-7161-01-LM6-008", "C-7161-01-LM6-010",
    "C-7161-01-LM6-023", "C-7161-01-LM6-027", "C-7161-01-LM6-028");

fn file(files: &[(&str, &'static str)], name: &str) -> Result<&'static str, String> {
    let found = files.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| format!("demo data: no file for {name}"))
}

/// Rows of a table with its header.
pub(super) fn rows(text: &'static str) -> impl Iterator<Item = Result<csv::StringRecord, String>> {
    csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(|row| row.map_err(|error| format!("demo data: {error}")))
}

/// The plates in their order of play.
pub(super) fn plates() -> Result<Vec<DemoPlate>, String> {
    let mut plates = Vec::new();
    for row in rows(PLATES) {
        let row = row?;
        let (Some(barcode), Some(map), Some(order)) = (row.get(0), row.get(1), row.get(2)) else {
            return Err("demo data: a short row in plates.csv".to_owned());
        };
        let order: u32 = order.parse().map_err(|_| format!("demo data: order {order} of {barcode}"))?;
        let layout = Arc::new(layout(file(LAYOUTS, map)?)?);
        let wells = wells(file(WELLS, barcode)?)?;
        plates.push((order, DemoPlate { barcode: barcode.to_owned(), layout, wells }));
    }
    plates.sort_by_key(|(order, _)| *order);
    Ok(plates.into_iter().map(|(_, plate)| plate).collect())
}

fn well(text: &str) -> Result<Well, String> {
    Well::parse_in(text, FORMAT).map_err(|error| format!("demo data: {error}"))
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("demo data: {text:?} is no number"))
}

fn layout(text: &'static str) -> Result<Layout, String> {
    let mut wells = Vec::new();
    for row in rows(text) {
        let row = row?;
        let cell = |index: usize| row.get(index).filter(|text| !text.is_empty());
        let (Some(address), Some(role)) = (cell(0), cell(1)) else {
            return Err("demo data: a layout's row without well or role".to_owned());
        };
        let role: Role = role.parse().map_err(|error| format!("demo data: {role:?} is {error}"))?;
        let concentration = match (cell(3), cell(4)) {
            (Some(value), Some(unit)) => Some(Concentration { value: number(value)?, unit: unit.into() }),
            _ => None,
        };
        let compound = cell(2).map(Into::into);
        wells.push(LayoutWell { well: well(address)?, role, compound, concentration, replicate: None });
    }
    Layout::new(FORMAT, Some("Cell Painting".into()), Some("A549".into()), wells)
        .map_err(|error| format!("demo data: {error}"))
}

fn wells(text: &'static str) -> Result<Vec<(Well, Features)>, String> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().map_err(|error| format!("demo data: {error}"))?;
    let name = |name: &str| if name == "cell_count" { "Cells_Count".into() } else { name.into() };
    let list = Arc::new(FeatureList::new(header.iter().skip(1).map(name).collect()));
    let mut wells = Vec::new();
    for row in rows(text) {
        let row = row?;
        let values = row.iter().skip(1).map(number).collect::<Result<Vec<_>, _>>()?;
        let features = Features::new(list.clone(), values.into_iter().map(Value::from_received))
            .map_err(|error| format!("demo data: {error}"))?;
        wells.push((well(row.get(0).unwrap_or_default())?, features));
    }
    // An imager moves along one row and back along the next.
    wells.sort_by_key(|(well, _)| {
        let column = i16::from(well.column());
        (well.row(), if well.row() % 2 == 0 { column } else { -column })
    });
    Ok(wells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_plates_are_whole() {
        let plates = plates().unwrap();
        let wells: Vec<(&str, usize)> = plates.iter().map(|plate| (&*plate.barcode, plate.wells.len())).collect();
        assert_eq!(wells.len(), 8);
        assert_eq!(wells[0], ("SQ00015194", 384));
        assert_eq!(wells[5], ("SQ00015207", 383), "the source lacks P01");
        assert_eq!(wells[7], ("SQ00015106", 384), "the edge effect is judged against plates before it");
        assert_eq!(plates[1].wells[0].1.list().names().len(), 21);
        for plate in &plates {
            let count = |role| plate.layout.wells.iter().filter(|well| well.role == role).count();
            assert_eq!((count(Role::Negative), count(Role::Positive), count(Role::Sample)), (24, 12, 336));
        }
        let snake: Vec<String> = plates[0].wells[22..27].iter().map(|(well, _)| well.to_string()).collect();
        assert_eq!(snake, ["A23", "A24", "B24", "B23", "B22"]);
    }
}
