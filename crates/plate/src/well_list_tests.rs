//! Lists of wells: what they mean, what is wrong with them, and that a written list reads back.

use proptest::prelude::*;

use super::*;

fn said(text: &str, format: Format) -> String {
    parse(text, format).unwrap().iter().map(Well::to_string).collect::<Vec<_>>().join(" ")
}

fn refused(text: &str, format: Format) -> String {
    parse(text, format).unwrap_err().to_string()
}

#[test]
fn every_form_means_what_it_says() {
    let f96 = Format::F96;
    assert_eq!(said("A-H:5", f96), "A05 B05 C05 D05 E05 F05 G05 H05");
    assert_eq!(said("b-c:5-7", f96), "B05 B06 B07 C05 C06 C07");
    assert_eq!(said("C:5", f96), "C05");
    assert_eq!(said("A01-A03", f96), "A01 A02 A03");
    assert_eq!(said("a1-B02", f96), "A01 A02 B01 B02", "the rectangle between two wells");
    assert_eq!(said("B01-A02", f96), "A01 A02 B01 B02", "whichever corners are named");
    assert_eq!(said("P24", Format::F384), "P24");
    assert_eq!(said("AF48", Format::F1536), "AF48");
    assert_eq!(said("Col:2-1", Format::F6), "A01 A02 B01 B02");
    assert_eq!(said("ROW:b", Format::F6), "B01 B02 B03");
    assert_eq!(said("row:AE-AF", Format::F1536).split(' ').count(), 96);
    assert_eq!(said("edge", Format::F12), "A01 A02 A03 A04 B01 B04 C01 C02 C03 C04");
    assert_eq!(said("edge:2", Format::F12), said("col:1-4", Format::F12));
    assert_eq!(parse("edge:2", f96).unwrap().len(), 96 - 4 * 8);
    assert_eq!(said("B02;a01,\tA01\nB02 A01–A02", f96), "A01 A02 B02", "sorted, each once, a printed dash too");
    assert_eq!(parse("A-H:5, col:1-2, A01-A09, row:C, H12", f96).unwrap().len(), 16 + 8 + 6 + 9 + 1);
}

#[test]
fn what_is_wrong_is_named_with_its_part() {
    let f96 = Format::F96;
    assert_eq!(refused("A01, A-Z:5", f96), "\"A-Z:5\": row Z is outside a 96-well plate");
    assert_eq!(refused("a-h:13", f96), "\"a-h:13\": column 13 is outside a 96-well plate");
    assert_eq!(refused("P24", f96), "\"P24\": well P24 is outside a 96-well plate");
    assert_eq!(refused("A01-H13", f96), "\"A01-H13\": well H13 is outside a 96-well plate");
    assert_eq!(refused("col:0", f96), "\"col:0\": \"0\" is not a column (as 1, 12, 48)");
    assert_eq!(refused("col:A", f96), "\"col:A\": \"A\" is not a column (as 1, 12, 48)");
    assert_eq!(refused("row:1", f96), "\"row:1\": \"1\" is not a row (as A, P, AF)");
    assert_eq!(refused("edge:5", f96), "\"edge:5\": a 96-well plate has rings 1 to 4");
    assert_eq!(refused("edge:0", f96), "\"edge:0\": a 96-well plate has rings 1 to 4");
    assert_eq!(refused("A01-A02-A03", f96), "\"A01-A02-A03\": \"A02-A03\" is not a well address (as A01, P24, AF48)");
    for part in ["A-:5", "A-H:", ":5", "A01-", "-A01", "col:", "row:", "edge:", "col:1-"] {
        let expected = format!("\"{part}\": something is missing beside \"-\" or \":\"");
        assert_eq!(refused(part, f96), expected);
    }
    for part in ["wells", "-", "A", "edges", "Ä"] {
        assert!(matches!(parse(part, f96), Err(WellListError::Part { reason: PartError::Unknown, .. })), "{part}");
    }
    for text in ["", "  ", ", ;"] {
        assert_eq!(parse(text, f96), Err(WellListError::Empty));
    }
    assert!(refused(&"9".repeat(5_000), f96).len() < 200, "a long part does not come back whole");
    assert_eq!(parse(&" ".repeat(MOST_BYTES + 1), f96), Err(WellListError::TooLong(MOST_BYTES + 1)));
}

#[test]
fn lists_are_written_as_a_person_would() {
    let again = |text: &str, format| write(&parse(text, format).unwrap(), format);
    for text in
        ["A01", "A01-A09", "A-H:5", "col:1-2", "row:C", "edge", "edge:2", "B-G:3-9", "col:1, D06", "A01, C03-C05, H12"]
    {
        let format = if text == "A-H:5" { Format::F384 } else { Format::F96 };
        assert_eq!(again(text, format), text);
    }
    assert_eq!(again("A-H:1-12", Format::F96), "col:1-12");
    assert_eq!(again("row:A, col:1", Format::F96), "col:1, A02-A12");
    assert_eq!(again("A-D:1, A02", Format::F96), "A-D:1, A02", "the larger rectangle first");
    assert_eq!(write(&[], Format::F96), "");
    assert_eq!(write(&[Well::new(20, 0).unwrap()], Format::F96), "", "not a well of this plate");
}

proptest! {
    #[test]
    fn a_written_list_reads_back(
        format in prop::sample::select(&Format::ALL[..]),
        places in prop::collection::vec(0_usize..3456, 1..200),
        blocks in prop::collection::vec((0_usize..3456, 0_u8..20, 0_u8..20), 0..4),
    ) {
        let wells = usize::from(format.wells());
        let mut chosen = vec![false; wells];
        for place in places {
            chosen[place % wells] = true;
        }
        for (place, deep, wide) in blocks {
            let corner = Well::at_index(place % wells, format).unwrap();
            let to = |from: u8, size: u8, end: u8| (from, from.saturating_add(size).min(end - 1));
            let rows = to(corner.row(), deep, format.rows());
            let columns = to(corner.column(), wide, format.columns());
            mark(Block { rows, columns }, format, &mut chosen, true);
        }
        let wells = wells_of(&chosen, format);
        let text = write(&wells, format);
        prop_assert_eq!(parse(&text, format).unwrap(), wells, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "[A-Za-z0-9:,; \\-–é]{0,40}",
        format in prop::sample::select(&Format::ALL[..]),
    ) {
        if let Ok(wells) = parse(&text, format) {
            prop_assert!(!wells.is_empty() && wells.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(wells.iter().all(|well| well.is_in(format)));
        }
    }
}
