//! Whatever is wrong with a file: its place, the value and the reason; and its plate gets no layout.

use plate::Format;
use wire::layout_file::{LayoutImport, Reason};

use crate::{fixture, read, sentences};

#[test]
fn every_problem_has_its_place_value_and_reason() {
    for (text, expected) in [
        ("well,role\nA01,neg\nA1,pos\n", "line 3, \"A01\": this well stands on line 2 already"),
        ("well,role\nQQQ,neg\n", "line 2, column \"well\", \"QQQ\": this is no well address (as A01, P24, AF48)"),
        ("well,role\n,neg\n", "line 2, column \"well\": this is no well address (as A01, P24, AF48)"),
        ("well,role\nA01,control\n", "line 2, column \"role\", \"control\": this is no word for a role (negative: "),
        ("well,role,compound\nA01,,x\n", "line 2, column \"role\": this well has no role"),
        ("well,role,dose\nA01,neg,1..2\n", "line 2, column \"dose\", \"1..2\": this is not a number"),
        ("well;role;dose\nA01;neg;1,000\n", "line 2, column \"dose\", \"1,000\": the comma may separate"),
        ("well,role,replicate\nA01,neg,1.5\n", "line 2, column \"replicate\", \"1.5\": this is not a whole number"),
        ("well,role,x\nA01,neg\n", "line 2: 2 cells where the header has 3"),
        ("well,role\nA01,neg,x\n", "line 2: 3 cells where the header has 2"),
        ("plate,well,role\nP1,A01,neg\n,A02,pos\n", "line 3, column \"plate\": this line names no plate"),
        ("well,role,format\nA01,neg,95\n", "line 2, column \"format\", \"95\": this is no plate format"),
        ("well,role,format\nA01,neg,96\nA02,neg,384\n", "this plate's format is 96 on line 2"),
        (
            "well,role,assay\nA01,neg,x\nA02,neg,y\n",
            "line 3, column \"assay\", \"y\": this plate's assay is \"x\" on line 2",
        ),
        ("well,role,format\nH13,neg,96\n", "line 2, \"H13\": a 96-well plate has no such well"),
    ] {
        let found = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let said = sentences(&found);
        assert!(said.iter().any(|said| said.contains(expected)), "{text:?}: {said:?}");
        let bad = found.layouts.iter().filter(|layout| layout.line == found.problems[0].line).count();
        assert_eq!(bad, 0, "{text:?}");
    }
}

#[test]
fn a_problem_costs_its_own_plate_alone() {
    let found = read("plate,well,role\nP1,A01,neg\nP2,A01,nég\nP2,A02,?\nP3,A01,pos\n").unwrap();
    let plates: Vec<&str> = found.layouts.iter().map(|layout| &*layout.plate).collect();
    assert_eq!((plates, found.problem_count), (vec!["P1", "P3"], 2));
}

#[test]
fn wells_outside_the_given_format_are_refused_one_by_one() {
    let import = LayoutImport { format: Some(Format::F96), ..LayoutImport::default() };
    let found = import.read(b"well,role\nH12,neg\nI01,pos\nP24,pos\n").unwrap();
    let said = sentences(&found);
    assert_eq!(
        said,
        ["line 3, \"I01\": a 96-well plate has no such well", "line 4, \"P24\": a 96-well plate has no such well"]
    );
    let drawn = import.read(&fixture("matrix.csv")).unwrap();
    assert!(matches!(drawn.problems[0].reason, Reason::OtherFormat(Format::F24, Format::F96)), "{:?}", drawn.problems);
    assert!(drawn.layouts.is_empty());
}

/// A drawn plate of 6 wells.
fn block(title: &str, cells: &str) -> String {
    let rows = cells.split('/').zip(["A", "B"]).map(|(row, letter)| format!("{letter},{row}\n")).collect::<String>();
    format!("{title}\n,1,2,3\n{rows}\n")
}

#[test]
fn drawn_plates_say_what_is_wrong_with_them() {
    let role = block("role", "neg,pos,trt/neg,pos,");
    for (text, expected) in [
        (role.clone() + &block("role", "neg,,/,,"), "line 7: this plate has a block of roles on line 2 already"),
        (block("role", "neg,x y,/,,"), "line 3, column \"2\", \"x y\": this is no word for a role"),
        (block("compound", "a,b,c/d,e,f"), "line 2: this plate has no block of roles"),
        (role.clone() + &block("compound", "a,b,c/d,e,f"), "\"B03\": this well has no role"),
        (role.clone() + &block("replicate", "1,2,x/,,"), "column \"3\", \"x\": this is not a whole number"),
        (block("what", "neg,pos,/,,"), "line 2: nothing above this block says what it holds"),
        (block("role", "neg,pos,,9/,,"), "line 3, \"9\": this stands beside the block"),
        ("role\n,1,2,3,4\nA,neg,,,\nB,,,,\n".to_owned(), "line 2: the block has 2 rows and 4 columns, as no plate has"),
    ] {
        let found = read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let said = sentences(&found);
        assert!(said.iter().any(|said| said.contains(expected)), "{text}\n{said:?}");
        assert_eq!(found.layouts, [], "{text}");
    }
    let two = format!("plate,P1\n{role}Plate: P2\n{role}");
    assert_eq!(read(&two).unwrap().layouts.len(), 2);
    let corner = "plate,P1\n\nrole,1,2,3\nA,neg,,\nB,,,buffer\n";
    assert_eq!(read(corner).unwrap().layouts[0].layout.wells.len(), 2, "a title in the corner");
}

#[test]
fn odd_cells_of_a_workbook_are_never_values() {
    let found = read(fixture("odd.xlsx")).unwrap();
    let said = sentences(&found);
    for expected in [
        "line 3, column \"compound\", \"46267\": the workbook has a date here",
        "line 4, column \"concentration\": the formula here was never computed",
        "line 5, column \"concentration\", \"#REF!\": the workbook has an error here",
        "line 6, column \"role\", \"trt\": this cell is merged with others",
        "line 7, column \"role\": this cell is merged with others",
    ] {
        assert!(said.iter().any(|said| said.starts_with(expected)), "{expected}\n{said:?}");
    }
    assert_eq!((found.problem_count, found.layouts.len()), (5, 0));
}

#[test]
fn what_is_no_layout_says_what_it_is() {
    for (bytes, expected) in [
        (&b""[..], "its first row is: (nothing)"),
        (b"\n\n", "its first row is: (nothing)"),
        (b"well,role\n", "a header and no line below it"),
        (b"name,role\nx,neg\n", "its first row is: \"name\", \"role\""),
        (b"well,note\nA01,neg\n", "a column `well` and a column `role`"),
        (b"a\0b", "neither text nor a workbook"),
        (b"PK\x03\x04rubbish", "the workbook's zip cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "compound file cannot be read: its header is cut"),
    ] {
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{bytes:?}: {error}");
    }
    let long = vec![b' '; wire::LONGEST_LAYOUT_BYTES + 1];
    assert!(read(&long).unwrap_err().to_string().contains("at most 33554432 are read"));
    let plates: String = (0..10_001).map(|plate| format!("{plate},A01,neg\n")).collect();
    let error = read(format!("plate,well,role\n{plates}")).unwrap_err();
    assert_eq!(error, wire::layout_file::ImportError::TooManyPlates);
}
