//! Hostile workbooks, made here: each claims or holds far more than it weighs.

use std::io::Write;

use zip::write::SimpleFileOptions;

/// Each bomb's name, its bytes, and a part of the reason that it is refused for.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = "x".repeat(30_000);
    let shared = format!("<sst uniqueCount=\"1000000000000000\"><si><t>{text}</t></si></sst>");
    let named = |count: usize| {
        let cells = (1..=count).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"));
        sheet(&cells.collect::<String>())
    };
    let many = "<c t=\"n\"><v>1</v></c>".repeat(16_000);
    let cells = (1..200).map(|row| format!("<row r=\"{row}\">{many}</row>")).collect::<String>();
    let far = (1..300).map(|row| format!("<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>")).collect::<String>();
    let repeated = "<table:table-row table:number-rows-repeated=\"4000000000\"><table:table-cell \
                    table:number-columns-repeated=\"4000000000\" office:value-type=\"string\"><text:p>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</text:p>\
                    </table:table-cell></table:table-row>";
    vec![
        (
            "a shared text named by 100,000 cells",
            xlsx(&[("xl/sharedStrings.xml", shared.as_bytes())], &named(100_000)),
            "16 MiB of text",
        ),
        (
            "a claim of 10^15 shared texts",
            xlsx(&[("xl/sharedStrings.xml", shared.as_bytes())], &sheet("")),
            "its first row is: (nothing)",
        ),
        ("two million shared texts", xlsx(&[("xl/sharedStrings.xml", &texts(2 << 20))], &named(1)), "shared texts"),
        ("a sheet of 257 MiB of spaces", xlsx(&[], &vec![b' '; 257 << 20]), "256 MiB"),
        (
            "one text of 100 MiB",
            xlsx(&[], &sheet(&format!("<row><c><v>{}", "1".repeat(100 << 20)))),
            "longer than 1 MiB",
        ),
        ("a million elements within each other", xlsx(&[], "<a>".repeat(1 << 20).as_bytes()), "within each other"),
        ("three million cells", xlsx(&[], &sheet(&cells)), "2,097,152 cells"),
        ("cells at the far end of 300 rows", xlsx(&[], &sheet(&far)), "2,097,152 cells"),
        ("rows and columns repeated four billion times", ods(repeated), "outside every sheet"),
        (
            "a row repeated four billion times",
            ods(&repeated.replacen("number-columns-repeated=\"4000000000\"", "x=\"\"", 1)),
            "16 MiB of text",
        ),
        ("a zip of 60,000 parts", parts(60_000), "4,096 parts"),
        ("an old workbook whose directory goes round", round(), "goes round"),
        ("an old workbook with a text named by 400,000 cells", xls(&text, 400_000), "16 MiB of text"),
    ]
}

fn sheet(rows: &str) -> Vec<u8> {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into_bytes()
}

fn texts(count: usize) -> Vec<u8> {
    format!("<sst>{}</sst>", "<si><t>x</t></si>".repeat(count)).into_bytes()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, body) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(body).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn xlsx(more: &[(&str, &[u8])], sheet: &[u8]) -> Vec<u8> {
    let book = "<workbook><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
    let relations = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"sheet.xml\"/>\
                     <Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
    let mut parts = vec![("xl/workbook.xml", book.as_bytes()), ("xl/_rels/workbook.xml.rels", relations.as_bytes())];
    parts.extend_from_slice(more);
    parts.push(("xl/sheet.xml", sheet));
    zipped(&parts)
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"a\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
}

fn parts(count: usize) -> Vec<u8> {
    let names: Vec<String> = (0..count).map(|part| format!("p{part}")).collect();
    zipped(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>())
}

/// A compound file (version 3) with one stream, `Workbook`.
fn compound(stream: &[u8]) -> Vec<u8> {
    let sectors = stream.len().div_ceil(512);
    // Each table of 128 entries: the stream, the directory, the tables themselves.
    let tables = (sectors + 1).div_ceil(127);
    assert!(tables <= 109, "the header lists so many");
    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let mut put = |at: usize, number: u32| header[at..at + 4].copy_from_slice(&number.to_le_bytes());
    put(24, 0x0003_003e);
    put(28, 0x0009_fffe);
    put(32, 6);
    put(44, tables as u32);
    put(48, tables as u32);
    put(56, 4096);
    put(60, 0xffff_fffe);
    put(68, 0xffff_fffe);
    (0..109).for_each(|table| put(76 + 4 * table, if table < tables { table as u32 } else { u32::MAX }));
    let mut next = vec![0xffff_fffd_u32; tables];
    next.push(0xffff_fffe);
    next.extend((1..sectors).map(|sector| (tables + 1 + sector) as u32));
    next.push(0xffff_fffe);
    next.resize(tables * 128, u32::MAX);
    let entry = |name: &str, kind: u8, start: u32, length: u32| {
        let mut entry = vec![0_u8; 128];
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..units.len()].copy_from_slice(&units);
        entry[64] = units.len() as u8 + 2;
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&length.to_le_bytes());
        entry
    };
    let mut file = header;
    file.extend(next.iter().flat_map(|number| number.to_le_bytes()));
    file.extend(entry("Root Entry", 5, 0xffff_fffe, 0));
    file.extend(entry("Workbook", 2, tables as u32 + 1, stream.len() as u32));
    file.extend([0; 256]);
    file.extend_from_slice(stream);
    file.resize(512 * (1 + tables + 1 + sectors), 0);
    file
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// One shared text, named by every cell.
fn xls(text: &str, cells: u32) -> Vec<u8> {
    let mut stream = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]);
    let mut shared = vec![1, 0, 0, 0, 1, 0, 0, 0];
    shared.extend((text.len() as u16).to_le_bytes());
    shared.push(0);
    shared.extend_from_slice(text.as_bytes());
    let name = [&[0; 4][..], &[0, 0, 1, 0, b'a']].concat();
    let place = stream.len() + record(0x85, &name).len() + record(0xfc, &shared).len() + record(0x0a, &[]).len();
    let sheet = [&(place as u32).to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat();
    stream.extend(record(0x85, &sheet));
    stream.extend(record(0xfc, &shared));
    stream.extend(record(0x0a, &[]));
    stream.extend(record(0x0809, &[0, 6, 0x10, 0, 0, 0, 0, 0]));
    for cell in 0..cells {
        let (row, column) = ((cell / 16) as u16, (cell % 16) as u16);
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        stream.extend(record(0xfd, &[&place[..], &[0; 4]].concat()));
    }
    stream.extend(record(0x0a, &[]));
    compound(&stream)
}

/// The directory's sector follows itself.
fn round() -> Vec<u8> {
    let mut file = compound(&vec![0; 5000]);
    // One table, in sector 0; its entry 1 is the directory's.
    file[512 + 4..512 + 8].copy_from_slice(&1_u32.to_le_bytes());
    file
}
