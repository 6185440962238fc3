//! Platemaps as of LINCS and JUMP: roles out of compounds, doses and tables beside them.

use plate::{Role, Well};
use wire::layout_file::{ControlRule, Imported, LayoutImport, Property, Style};

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
