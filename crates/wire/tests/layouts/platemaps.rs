//! Platemaps as of LINCS and JUMP: roles out of compounds, doses and tables beside them.

use plate::{Format, Role, Well};
use wire::layout_file::{ControlRule, FormatFrom, Imported, LayoutImport, Property, Style};

use crate::{count, fixture, read, sentences};

/// The rules of `controls.csv` of the LINCS data set.
pub(crate) fn lincs_rules() -> Vec<ControlRule> {
    let above =
        |compound: &str, role| ControlRule { compound: compound.to_owned(), above: Some(15.0), at_most: None, role };
    vec![above("BRD-K60230970", Role::Positive), above("BRD-K50691590", Role::Reference)]
}

#[test]
fn a_lincs_platemap_is_for_every_plate_that_the_table_names() {
    let barcodes = fixture("lincs_barcodes.csv");
    let import = LayoutImport { barcodes: Some(&barcodes), rules: lincs_rules(), ..LayoutImport::default() };
    let found = import.read(&fixture("lincs_platemap.txt")).unwrap();
    assert_eq!(sentences(&found), [""; 0]);
    assert_eq!(found.read_as.style, Style::Lincs);
    let plates: Vec<&str> = found.layouts.iter().map(|layout| &*layout.plate).collect();
    assert_eq!(plates, ["SQ00015207", "SQ00014819", "SQ00014817", "SQ00014816", "SQ00014818"]);
    let layout = &found.layouts[0].layout;
    // Counted with awk: A01 to A06 are blank; K07 to K12 and C19 to C24 are above 15.
    assert_eq!(Role::ALL.map(|role| count(layout, role)), [6, 6, 6, 54, 0]);
    let entry = |well: &str| layout.wells.iter().find(|e| e.well == well.parse::<Well>().unwrap()).unwrap();
    assert_eq!((entry("A01").role, entry("A01").compound.as_deref()), (Role::Negative, Some("DMSO")));
    assert_eq!(entry("K07").role, Role::Positive);
    let dose = entry("K07").concentration.as_ref().unwrap();
    assert!(dose.value > 19.9 && dose.value < 20.1 && &*dose.unit == "mmol/L", "{dose:?}");
    let notes = found.read_as.notes.join("\n");
    for part in [
        "6 wells have a solvent and no compound: read as negative",
        "54 wells have a compound that nothing calls a control: read as sample",
        "1 platemaps of the table of barcodes are not in this file",
    ] {
        assert!(notes.contains(part), "{part}\n{notes}");
    }
}

#[test]
fn what_the_rules_say_twice_or_of_nothing_is_said() {
    let read = |rules| LayoutImport { rules, ..LayoutImport::default() }.read(&fixture("lincs_platemap.txt")).unwrap();
    let rule = |compound: &str, above, role| ControlRule { compound: compound.to_owned(), above, at_most: None, role };
    let twice = read(vec![
        rule("BRD-K60230970", Some(15.0), Role::Positive),
        rule("BRD-K60230970-001-10-0", None, Role::Reference),
    ]);
    assert!(sentences(&twice)[0].contains("one rule makes this well positive, another reference"), "{twice:?}");
    assert_eq!((twice.problem_count, twice.layouts.len()), (6, 0), "the plate of K07 to K12 gets no layout");
    let nothing = read(vec![rule("BRD-K00000000", None, Role::Positive)]);
    assert!(nothing.read_as.notes.iter().any(|note| note.contains("applies to no well")));
}

fn jump(compounds: Option<&[u8]>) -> Imported {
    LayoutImport { compounds, plate: Some("BR1"), ..LayoutImport::default() }
        .read(&fixture("jump_platemap.tsv"))
        .unwrap()
}

#[test]
fn a_jump_platemap_has_its_roles_from_the_table_of_compounds() {
    let compounds = fixture("jump_compounds.tsv");
    let found = jump(Some(&compounds));
    assert_eq!(sentences(&found), [""; 0]);
    assert_eq!((found.read_as.style, &*found.layouts[0].plate), (Style::Jump, "BR1"));
    let layout = &found.layouts[0].layout;
    // Rows H and N, counted with Python's csv: H has 5 negcon, 6 poscon_*, 13 others; N has 4, 9 and 11.
    assert_eq!(Role::ALL.map(|role| count(layout, role)), [9, 15, 0, 24, 0]);
    assert!(layout.wells.iter().all(|entry| entry.role != Role::Negative || entry.compound.as_deref() == Some("DMSO")));
    assert!(layout.wells.iter().all(|entry| !entry.compound.as_deref().unwrap().starts_with("BRD-")), "names, not ids");
    let notes = found.read_as.notes.join("\n");
    assert!(notes.contains("are \"poscon_cp\": positive"), "{notes}");
    assert!(notes.contains("9 wells have no compound: read as the table of compounds says of NA"), "{notes}");
    let alone = jump(None);
    let counts = Role::ALL.map(|role| count(&alone.layouts[0].layout, role));
    assert_eq!(counts, [9, 0, 0, 39, 0], "without the table no compound is a control, and that is said");
    assert!(
        alone.read_as.notes.iter().any(|note| note.contains("39 wells have a compound that nothing calls a control"))
    );
}

#[test]
fn tables_beside_a_platemap_are_held_to_account() {
    let map = "well_position\tbroad_sample\nA01\tx\nA02\ty\nA03\t\n";
    let with = |compounds: &str| {
        let import = LayoutImport { compounds: Some(compounds.as_bytes()), ..LayoutImport::default() };
        import.read(map.as_bytes()).map(|found| (sentences(&found), found))
    };
    let (said, found) = with("broad_sample\tcontrol_type\nx\tnegcon\n").unwrap();
    assert_eq!(said, ["line 3, column \"broad_sample\", \"y\": the table of compounds does not know it"]);
    assert!(found.layouts.is_empty());
    let (said, _) = with("broad_sample\tcontrol_type\nx\tnegcon\nx\tposcon\ny\tcontrol\n").unwrap();
    assert_eq!(said[0], "table of compounds, line 3, \"x\": line 2 says something else of this compound");
    assert!(said[1].starts_with("table of compounds, line 4, \"control\": this is no word for a role"), "{said:?}");
    let error = with("name\tcontrol_type\nx\tnegcon\n").unwrap_err().to_string();
    assert!(error.contains("needs a column `broad_sample`"), "{error}");
    let (said, found) = with("broad_sample\tcontrol_type\nx\tnegcon\ny\ttrt\ny\ttrt\n").unwrap();
    assert_eq!(said, [""; 0], "the same line twice says nothing new");
    assert_eq!(count(&found.layouts[0].layout, Role::Empty), 1, "no compound, no solvent");
    let barcodes = b"barcode,plate_map_name\nP1,m\nP2,m\nP1,n\n,m\n";
    let import = LayoutImport { barcodes: Some(barcodes), plate: Some("m"), ..LayoutImport::default() };
    let found = import.read(map.as_bytes()).unwrap();
    assert_eq!(sentences(&found)[0], "table of barcodes, line 4, \"P1\": this plate has a platemap on line 2 already");
    assert_eq!(found.problem_count, 2);
    assert_eq!(found.layouts.len(), 2);
    let other = LayoutImport { barcodes: Some(barcodes), plate: Some("q"), ..LayoutImport::default() };
    let found = other.read(map.as_bytes()).unwrap();
    assert!(sentences(&found).iter().any(|said| said.contains("no plate of the table of barcodes has this platemap")));
}

#[test]
fn columns_blanks_and_units_may_be_chosen() {
    let text = b"well,substance,pert_iname,dose\nA01,s1,staurosporine,1\nA02,,,\n";
    let rule =
        ControlRule { compound: "staurosporine".to_owned(), above: None, at_most: Some(1.0), role: Role::Positive };
    let import = LayoutImport {
        columns: vec![(Property::Compound, "pert_iname".to_owned())],
        rules: vec![rule],
        blank: Some(Role::Negative),
        unit: Some("nM"),
        ..LayoutImport::default()
    };
    let found = import.read(text).unwrap();
    let wells = &found.layouts[0].layout.wells;
    assert_eq!((wells[0].role, wells[1].role), (Role::Positive, Role::Negative));
    assert_eq!(&*wells[0].concentration.as_ref().unwrap().unit, "nM");
    let wrong = LayoutImport { columns: vec![(Property::Unit, "x".to_owned())], ..import }.read(text).unwrap_err();
    assert!(wrong.to_string().contains("no column \"x\""), "{wrong}");
    let alone = read(text).unwrap_err().to_string();
    assert!(alone.contains("no column `role`"), "{alone}");
}

#[test]
fn plates_of_a_known_format_have_it_where_the_file_says_none() {
    let barcodes = b"barcode,plate_map_name\nP1,m\nP2,m\nP3,m\nP4,m\n";
    let formats = [("P1", Format::F384), ("P2", Format::F96), ("P3", Format::F6), ("P5", Format::F24)];
    let formats: std::collections::BTreeMap<Box<str>, Format> =
        formats.into_iter().map(|(plate, format)| (plate.into(), format)).collect();
    let import = LayoutImport { barcodes: Some(barcodes), formats, ..LayoutImport::default() };
    let found = import.read(b"plate_map_name,well_position,broad_sample\nm,A01,x\nm,D06,\n").unwrap();
    assert_eq!(sentences(&found), [""; 0], "a plate of another size is not the file's problem");
    let made: Vec<_> = found.layouts.iter().map(|one| (&*one.plate, one.layout.format, one.format_from)).collect();
    let (given, wells) = (FormatFrom::Given, FormatFrom::Wells);
    assert_eq!(
        made,
        [
            ("P1", Format::F384, given),
            ("P2", Format::F96, given),
            ("P3", Format::F24, wells),
            ("P4", Format::F24, wells)
        ]
    );
    assert!(std::sync::Arc::ptr_eq(&found.layouts[2].layout, &found.layouts[3].layout), "one layout for both");
    assert!(found.layouts[2].fits(Format::F6).is_err());
    assert!(found.read_as.notes.iter().any(|note| note.starts_with("1 layouts: 24 wells")), "{:?}", found.read_as);
    let own = import.read(b"barcode,well,role,format\nP1,A01,neg,96\n").unwrap();
    assert_eq!((own.layouts[0].layout.format, own.layouts[0].format_from), (Format::F96, FormatFrom::File));
    assert!(own.read_as.notes.iter().any(|note| note.contains("names its plates itself")), "{:?}", own.read_as);
}

#[test]
fn doses_without_a_unit_may_be_given_one_and_others_keep_theirs() {
    let import = LayoutImport { unit_of_rest: Some("nM"), ..LayoutImport::default() };
    let table = import.read(b"well,role,dose,unit\nA01,trt,1,uM\nA02,trt,2,\n").unwrap();
    let block = |title: &str, cells: &str| format!("{title}\n,1,2,3\nA,{cells}\nB,,,\n\n");
    let drawn = block("role", "trt,trt,") + &block("dose", "1,2,") + &block("unit", "uM,,");
    for found in [&table, &import.read(drawn.as_bytes()).unwrap()] {
        assert_eq!(sentences(found), [""; 0]);
        let units = found.layouts[0].layout.wells.iter().filter_map(|entry| Some(&*entry.concentration.as_ref()?.unit));
        assert_eq!(units.collect::<Vec<_>>(), ["uM", "nM"]);
    }
    assert!(table.read_as.notes.contains(&"1 doses have the unit that was given: the file says none".to_owned()));
}
