//! Bytes that nobody meant: every one ends in layouts or in a reason, whatever is cut or changed.

use plate::Format;
use proptest::collection::vec;
use proptest::prelude::*;
use wire::layout_file::{Imported, LayoutImport};

use crate::{fixture, read};

const FILES: [&str; 13] = [
    "long.csv",
    "long.xlsx",
    "long.xls",
    "long.ods",
    "matrix.csv",
    "matrix.xlsx",
    "matrix.xls",
    "matrix.ods",
    "odd.xlsx",
    "lincs_platemap.txt",
    "lincs_barcodes.csv",
    "jump_platemap.tsv",
    "jump_compounds.tsv",
];

/// Whatever it is, it says so in a sentence; layouts are within their format.
fn check(bytes: &[u8]) {
    let printable = |text: &str| {
        assert!(!text.is_empty() && text.len() < 2000, "{} bytes: {text}", text.len());
    };
    match read(bytes) {
        Ok(Imported { layouts, problems, problem_count, .. }) => {
            assert!(problems.len() <= problem_count);
            problems.iter().for_each(|problem| printable(&problem.to_string()));
            for found in layouts {
                assert!(found.layout.wells.windows(2).all(|pair| pair[0].well < pair[1].well));
                assert!(found.layout.wells.iter().all(|entry| entry.well.is_in(found.layout.format)));
            }
        }
        Err(error) => printable(&error.to_string()),
    }
}

#[test]
fn files_cut_at_many_bytes() {
    for name in FILES {
        let bytes = fixture(name);
        for end in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
            check(&bytes[..end]);
        }
    }
}

#[test]
fn files_with_bytes_changed() {
    for name in FILES {
        let bytes = fixture(name);
        for at in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
            let mut changed = bytes.clone();
            for value in [0, 0xff, b'"', b',', changed[at] ^ 0x40] {
                changed[at] = value;
                check(&changed);
            }
        }
    }
}

/// The parts of a workbook changed within their zip, so that the change is not only a wrong checksum.
#[test]
fn parts_of_workbooks_with_bytes_changed() {
    for (name, part) in [
        ("long.xlsx", "xl/worksheets/sheet2.xml"),
        ("long.xlsx", "xl/sharedStrings.xml"),
        ("long.xlsx", "xl/styles.xml"),
        ("long.xlsx", "xl/workbook.xml"),
        ("long.xlsx", "xl/_rels/workbook.xml.rels"),
        ("odd.xlsx", "xl/worksheets/sheet1.xml"),
        ("matrix.ods", "content.xml"),
    ] {
        let whole = fixture(name);
        let body = part_of(&whole, part);
        for at in (0..body.len()).step_by(body.len() / 60 + 1) {
            for value in [b'<', b'"', b'9', b'&', 0] {
                let mut changed = body.clone();
                changed[at] = value;
                check(&with_part(&whole, part, &changed));
            }
            check(&with_part(&whole, part, &body[..at]));
        }
    }
}

fn part_of(zip: &[u8], name: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut body = Vec::new();
    std::io::Read::read_to_end(&mut zip.by_name(name).unwrap(), &mut body).unwrap();
    body
}

fn with_part(whole: &[u8], name: &str, body: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let entry = from.by_index_raw(index).unwrap();
        if entry.name().is_ok_and(|found| found == name) {
            let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            to.start_file(name, options).unwrap();
            std::io::Write::write_all(&mut to, body).unwrap();
        } else {
            to.raw_copy_file(entry).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

proptest! {
    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..300)) {
        check(&bytes);
        for magic in [&b"PK\x03\x04"[..], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
            check(&[magic, &bytes[..]].concat());
        }
    }

    #[test]
    fn any_table(lines in vec("[A-H]?[0-9]{0,3}[,;\t]?(neg|pos|trt|x|1,5|0\\.1|\"|NA)?[,;\t\r\n]?", 0..30)) {
        let rows = lines.join("\n");
        check(format!("well,role,dose\n{rows}").as_bytes());
        check(format!("role\n,1,2,3\n{rows}").as_bytes());
        let import = LayoutImport {
            format: Some(Format::F96),
            barcodes: Some(rows.as_bytes()),
            compounds: Some(rows.as_bytes()),
            ..LayoutImport::default()
        };
        let _ = import.read(format!("well,broad_sample\n{rows}").as_bytes());
    }
}
