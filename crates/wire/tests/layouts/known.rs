//! The same two plates in every format and from three writers of workbooks.

use plate::{Concentration, Format, Role};
use wire::layout_file::{FormatFrom, LayoutImport, Property, Style, sheets_of};
use wire::layout_table::LayoutTable;

use crate::{count, fixture, read};

#[test]
fn every_format_says_the_same_of_the_same_plates() {
    let long = read(fixture("long.csv")).unwrap();
    assert_eq!(long.problems, []);
    assert_eq!(long.layouts.iter().map(|found| &*found.plate).collect::<Vec<_>>(), ["P1", "P2"]);
    for name in ["long.xlsx", "long.xls", "long.ods", "matrix.csv", "matrix.xlsx", "matrix.xls", "matrix.ods"] {
        let other = read(fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(other.problems, [], "{name}");
        assert_eq!(other.layouts.len(), 2, "{name}");
        for (one, two) in long.layouts.iter().zip(&other.layouts) {
            assert_eq!((&one.plate, &one.layout), (&two.plate, &two.layout), "{name}");
        }
        let is_text = name.ends_with(".csv");
        assert_eq!(other.read_as.sheet.as_deref(), (!is_text).then_some("Layout"), "{name}: the first that reads");
        assert_eq!(other.read_as.style, if name.starts_with("long") { Style::Long } else { Style::Matrix });
    }
}

#[test]
fn the_plates_are_as_the_script_made_them() {
    let long = read(fixture("long.csv")).unwrap();
    let layout = &long.layouts[0].layout;
    assert_eq!((layout.format, long.layouts[0].format_from), (Format::F24, FormatFrom::Wells));
    let counts = Role::ALL.map(|role| count(layout, role));
    assert_eq!(counts, [4, 4, 0, 15, 0], "column 1 negative, column 6 positive, D05 not named");
    let entry = layout.wells.iter().find(|entry| entry.well.to_string() == "A04").unwrap();
    assert_eq!(entry.compound.as_deref(), Some("Größe-A, P1"));
    assert_eq!(entry.concentration, Some(Concentration { value: 0.3, unit: "uM".into() }));
    assert_eq!(entry.replicate, Some(1));
    assert_eq!(
        read(fixture("matrix.csv")).unwrap().layouts[0].format_from,
        FormatFrom::File,
        "a drawn plate has a size"
    );
}

#[test]
fn the_table_that_qc_reads_says_the_same() {
    let (import, table) = (read(fixture("long.csv")).unwrap(), LayoutTable::read(&fixture("long.csv")).unwrap());
    for found in &import.layouts {
        assert_eq!(table.wells(&found.plate).unwrap(), &*found.layout.wells);
    }
}

#[test]
fn what_was_found_is_said() {
    let long = read(fixture("long.xlsx")).unwrap().read_as;
    let columns: Vec<(Property, &str)> = long.columns.iter().map(|c| (c.property, c.name.as_str())).collect();
    assert_eq!(columns[..3], [(Property::Well, "well"), (Property::Role, "role"), (Property::Plate, "plate")]);
    assert!(long.notes.iter().any(|note| note.contains("other sheets were not read: \"About\"")), "{:?}", long.notes);
    assert!(long.notes.iter().any(|note| note.contains("2 layouts: 24 wells")), "{:?}", long.notes);
    let drawn = read(fixture("matrix.csv")).unwrap().read_as;
    assert_eq!(drawn.separator, Some(','));
    assert!(drawn.notes.iter().any(|note| note.contains("Layouts of May")), "{:?}", drawn.notes);
    assert!(drawn.columns.iter().any(|c| c.property == Property::Concentration && c.unit.as_deref() == Some("uM")));
}

#[test]
fn a_sheet_is_chosen_by_its_name() {
    for name in ["long.xlsx", "long.xls", "long.ods"] {
        let of = |sheet| LayoutImport { sheet: Some(sheet), ..LayoutImport::default() }.read(&fixture(name));
        let layout = of("Layout").unwrap();
        assert_eq!(layout.layouts.len(), 2, "{name}");
        assert_eq!(layout.read_as.sheets, ["About", "Layout"], "{name}");
        assert!(!layout.read_as.notes.iter().any(|note| note.contains("sheets")), "{name}: who chose knows of others");
        assert_eq!(sheets_of(&fixture(name)), ["About", "Layout"], "{name}: also where nothing of it can be taken");
        let other = of("About").unwrap_err().to_string();
        assert!(other.contains("Two plates, for tests"), "{name}: {other}");
        let missing = of("Sheet9").unwrap_err().to_string();
        assert_eq!(missing, "the workbook has no sheet \"Sheet9\" (it has: \"About\", \"Layout\")", "{name}");
    }
    assert_eq!((sheets_of(b"well,role\n"), sheets_of(b"PK\x03\x04rubbish")), (Vec::new(), Vec::new()));
}

#[test]
fn separators_decimals_line_ends_and_encodings() {
    let text = "Plate;Well;Rolle;Well Type;Compound;Conc. (µM)\nP1;A1;x;neg;DMSO;\nP1;B2;x;trt;Größe;1,5\n";
    let expected = read(text).unwrap();
    assert_eq!(expected.problems, []);
    let dose = expected.layouts[0].layout.wells[1].concentration.clone().unwrap();
    assert_eq!((dose.value, &*dose.unit), (1.5, "µM"));
    assert_eq!(expected.read_as.unused, ["Rolle"]);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        text.chars().map(|c| c as u8).collect(),
        utf16,
        text.replace(';', "\t").into_bytes(),
    ] {
        let found = read(&bytes).unwrap();
        assert_eq!(found.layouts, expected.layouts, "{bytes:?}");
    }
    let table = LayoutTable::read(b"well;role\rA1;negcon\rA2;pos\r").unwrap();
    assert_eq!(table.wells("").unwrap().len(), 2, "CR alone, and words for roles, in the table of qc");
}

#[test]
fn the_format_is_given_or_found_and_another_is_said() {
    let text = b"well,role\nA01,neg\nB02,pos\n";
    let found = read(text).unwrap();
    assert_eq!(found.layouts[0].layout.format, Format::F6, "the smallest that has B02");
    let given = LayoutImport { format: Some(Format::F384), ..LayoutImport::default() }.read(text).unwrap();
    assert_eq!((given.layouts[0].layout.format, given.layouts[0].format_from), (Format::F384, FormatFrom::Given));
    assert_eq!(given.layouts[0].fits(Format::F384), Ok(()));
    let error = given.layouts[0].fits(Format::F96).unwrap_err();
    assert_eq!((error.layout, error.format), (Format::F384, Format::F96));
    assert_eq!(error.to_string(), "the layout is for 384 wells, and plate \"\" has 96");
}
