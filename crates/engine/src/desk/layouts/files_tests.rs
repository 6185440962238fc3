//! Files of layouts as the window asks for them: side tables, rules, units and sheets reach the reader, and answers are bounded.

use super::*;

const LINCS: &str = "plate_map_name\twell_position\tbroad_sample\tmmoles_per_liter\tsolvent\n\
    M1\tA01\t\t\tDMSO\nM1\tA02\tBRD-K1-001\t20\tDMSO\nM1\tB03\tBRD-K1-001\t2\tDMSO\n";
const JUMP: &str = "well_position\tbroad_sample\tsolvent\nA01\tc1\tDMSO\nA02\tc2\tDMSO\nA03\t\tDMSO\n";

fn args(text: impl AsRef<[u8]>) -> ReadLayoutsArgs {
    ReadLayoutsArgs {
        plate: "p".to_owned(),
        name: "map.txt".to_owned(),
        base64: STANDARD.encode(text),
        barcodes: None,
        compounds: None,
        rules: Vec::new(),
        unit: None,
        sheet: None,
        blank: None,
        from: None,
    }
}

fn file(name: &str, text: &str) -> Option<ChosenFile> {
    Some(ChosenFile { name: name.to_owned(), base64: STANDARD.encode(text) })
}

fn rule(compound: &str, above: Option<f64>, at_most: Option<f64>, role: &str) -> LayoutRule {
    LayoutRule { compound: compound.to_owned(), above, at_most, role: role.to_owned() }
}

/// A session with P1 of 384 wells, P2 of 96, and P3 of which nothing is known.
fn session() -> Known {
    let plates = [("P1", Some(Format::F384)), ("P2", Some(Format::F96)), ("P3", None)];
    plates.into_iter().map(|(code, format)| (code.into(), (Arc::new(PlateKey::new("r", code)), format))).collect()
}

fn read(args: ReadLayoutsArgs) -> LayoutsRead {
    Asked::of(args, "P1").unwrap().read(&session())
}

fn roles(read: &LayoutsRead) -> [u32; 5] {
    let RolesCounted { negative, positive, reference, sample, empty } = read.roles;
    [negative, positive, reference, sample, empty]
}

#[test]
fn a_lincs_platemap_has_its_plates_by_the_table_and_its_controls_by_rules() {
    let barcodes = file("codes.csv", "Assay_Plate_Barcode,Plate_Map_Name\nP1,M1\nP3,M1\n");
    let rules = vec![rule("BRD-K1", Some(15.0), None, "positive")];
    let found = read(ReadLayoutsArgs { barcodes, rules, ..args(LINCS) });
    assert_eq!((found.style.as_deref(), found.refused, found.problem_count), (Some("lincs"), None, 0));
    let made: Vec<_> = found.layouts.iter().map(|one| (one.barcode.as_str(), one.format)).collect();
    assert_eq!(made, [("P1", 384), ("P3", 6)], "the session's format where it is known, else the file's own");
    let first = found.layouts.first().unwrap();
    assert_eq!(
        first.roles,
        RolesCounted { negative: 1, positive: 1, reference: 0, sample: 1, empty: 381 },
        "wells that are not named are empty"
    );
    assert_eq!(first.problem, None);
    let alone = read(args(LINCS));
    assert_eq!(alone.layouts.first().unwrap().barcode, "M1", "without the table it has the platemap's name");
    assert_eq!(alone.roles.positive, 0);
}

#[test]
fn a_jump_platemap_has_its_controls_by_the_table_of_compounds() {
    let compounds = file("meta.tsv", "broad_sample\tpert_iname\tcontrol_type\nc1\tone\tposcon_cp\nc2\ttwo\t\n");
    let found = read(ReadLayoutsArgs { compounds, ..args(JUMP) });
    assert_eq!((found.style.as_deref(), roles(&found)), (Some("jump"), [1, 1, 0, 1, 381]));
    assert_eq!(found.layouts.first().unwrap().barcode, "P1", "a file without names is for the plate that is looked at");
    let blank = Some("empty".to_owned());
    let found = read(ReadLayoutsArgs { blank, ..args(JUMP) });
    assert_eq!(roles(&found), [0, 0, 0, 2, 382], "a blank well is what a person says");
    let found =
        read(ReadLayoutsArgs { compounds: file("meta.tsv", "broad_sample\tcontrol_type\nc1\tnegcon\n"), ..args(JUMP) });
    assert_eq!((found.problem_count, found.asks), (1, vec!["compounds".to_owned()]), "c2 is not in it");
}

#[test]
fn doses_without_a_unit_cannot_be_set_until_they_have_one() {
    let table = "plate,well,role,dose\nP1,A01,trt,1\nP1,A02,trt,2\n";
    let found = read(args(table));
    let first = found.layouts.first().unwrap();
    assert_eq!(first.problem.as_deref(), Some("2 doses have no unit"));
    assert_eq!(found.asks, ["unit"]);
    let found = read(ReadLayoutsArgs { unit: Some(" nM ".to_owned()), ..args(table) });
    let first = found.layouts.first().unwrap();
    assert_eq!((first.problem.as_ref(), found.asks.len()), (None, 0));
    let units = first.wells.iter().flatten().map(|well| well.unit.as_deref());
    assert_eq!(units.collect::<Vec<_>>(), [Some("nM"), Some("nM")]);
}

#[test]
fn a_layout_for_plates_of_another_size_says_so_and_others_are_not_held_up() {
    let found = read(args("plate,well,role\nP2,A01,neg\nP2,P24,pos\nP1,A01,neg\nP9,H12,neg\n"));
    let made: Vec<_> = found.layouts.iter().map(|one| (one.format, one.problem.as_deref())).collect();
    let unfit = "the layout is for 384 wells, and plate \"P2\" has 96";
    assert_eq!(made, [(384, Some(unfit)), (384, None), (96, None)]);
    assert_eq!(found.problem_count, 0);
}

#[test]
fn what_cannot_be_taken_is_told_with_what_would_help() {
    let bare = "well,compound\nA01,x\n";
    let refused = |args: ReadLayoutsArgs| {
        let found = read(args);
        assert_eq!((found.style, found.layouts.len()), (None, 0));
        (found.refused.unwrap(), found.asks)
    };
    let (why, asks) = refused(args(bare));
    assert!(why.starts_with("map.txt: the table has wells but no column `role`"), "{why}");
    assert_eq!(asks, ["compounds", "rules"]);
    let (why, asks) =
        refused(ReadLayoutsArgs { compounds: file("meta.tsv", "name\tcontrol_type\nx\tnegcon\n"), ..args(bare) });
    assert_eq!(
        (why.as_str(), asks),
        ("meta.tsv: it needs a column `broad_sample` or `compound`", vec!["compounds".to_owned()])
    );
    let (why, asks) = refused(ReadLayoutsArgs { barcodes: file("codes.csv", "a\0b"), ..args(bare) });
    assert!(why.starts_with("codes.csv: "), "{why}");
    assert_eq!(asks, ["barcodes"]);
    let (why, asks) = refused(args("name,role\nx,neg\n"));
    assert!(why.starts_with("map.txt: this reads neither"), "{why}");
    assert_eq!(asks, [""; 0]);
}

#[test]
fn a_workbooks_sheet_can_be_chosen_also_where_one_was_wrong() {
    let book = include_bytes!("../../../../wire/tests/fixtures/layouts/long.xlsx");
    let of = |sheet: Option<&str>| read(ReadLayoutsArgs { sheet: sheet.map(str::to_owned), ..args(book) });
    let found = of(None);
    assert_eq!((found.sheets.join(" "), found.sheet.as_deref()), ("About Layout".to_owned(), Some("Layout")));
    let wrong = of(Some("About"));
    assert!(wrong.refused.is_some());
    assert_eq!((wrong.sheets.join(" "), wrong.asks), ("About Layout".to_owned(), vec!["sheet".to_owned()]));
}

#[test]
fn what_is_said_about_a_file_is_checked() {
    let whole = || args(LINCS);
    let rules = |rules| ReadLayoutsArgs { rules, ..whole() };
    for (asked, says) in [
        (rules(vec![rule(" ", None, None, "positive")]), "names its compound"),
        (rules(vec![rule("x", None, None, "control")]), "\"control\" is not a role"),
        (rules(vec![rule("x", Some(5.0), Some(5.0), "positive")]), "no dose is above 5 and at most 5"),
        (rules(vec![rule("x", Some(f64::NAN), None, "positive")]), "are numbers"),
        (rules(vec![rule("x", None, None, "positive"); 101]), "at most 100 control rules"),
        (ReadLayoutsArgs { blank: Some("nothing".to_owned()), ..whole() }, "What a blank well is: \"nothing\""),
        (ReadLayoutsArgs { unit: Some("u\nM".to_owned()), ..whole() }, "The unit of doses has at most"),
        (ReadLayoutsArgs { base64: "?".to_owned(), ..whole() }, "map.txt: its bytes did not arrive"),
    ] {
        let failure = Asked::of(asked, "P1").err().unwrap();
        assert!(failure.message.contains(says), "{says}: {}", failure.message);
    }
    let longest = (wire::LONGEST_LAYOUT_BYTES + 6) / 3 * 4;
    let compounds = Some(ChosenFile { name: "meta.tsv".to_owned(), base64: "A".repeat(longest) });
    let failure = Asked::of(ReadLayoutsArgs { compounds, ..whole() }, "P1").err().unwrap();
    assert_eq!(failure.message, "meta.tsv: it is larger than 32 MiB", "side tables are held to the same size");
}

#[test]
fn one_answer_is_bounded() {
    let many: Vec<String> = (0..30).map(|n| format!("column-{n:03}-{}", "x".repeat(50))).collect();
    let found = read(args(format!("well,role,{}\nA01,neg,{}\n", many.join(","), ",".repeat(29))));
    let note = found.notes.iter().find(|note| note.starts_with("columns that were not used")).unwrap();
    assert!(note.len() < 500 && note.ends_with("… and 22 more"), "{note}");
    // 40 plates of 3,456 wells, all named, of which one answer has 28.
    let wells: Vec<String> =
        (0..3456).map(|at| plate::Well::at_index(at, Format::F3456).unwrap().to_string()).collect();
    let text: String = std::iter::once("plate,well,role\n".to_owned())
        .chain((0..40).flat_map(|n| wells.iter().map(move |well| format!("L{n},{well},trt\n"))))
        .collect();
    let whole = |from: Option<u32>| {
        let found = read(ReadLayoutsArgs { from, ..args(&text) });
        assert_eq!((found.layouts.len(), found.layout_count, found.roles.sample), (40, 40, 40 * 3456));
        assert!(found.layouts.iter().all(|one| one.roles.sample == 3456), "all are counted");
        let whole = found.layouts.iter().enumerate().filter(|(_, one)| one.wells.is_some()).map(|(at, _)| at);
        whole.collect::<Vec<usize>>()
    };
    assert_eq!(whole(None), (0..28).collect::<Vec<_>>());
    assert_eq!(whole(Some(10)), (10..38).collect::<Vec<_>>());
    assert_eq!(whole(Some(39)), [39]);
    assert_eq!(whole(Some(40)), [0_usize; 0]);
}
