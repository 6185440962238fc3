//! Text as spreadsheets and instruments export it: its encoding, the separator of its columns, its numbers.

use std::borrow::Cow;

/// Text of any encoding that spreadsheets write: a byte-order mark decides, else UTF-8 if it is, else Latin-1. Lines end
/// with LF afterwards where they all ended with CR LF, or with CR alone as old Macs and some instruments write.
pub(crate) fn decode_text(bytes: &[u8]) -> Cow<'_, str> {
    let text = decode(bytes);
    let (feeds, both) = (text.matches('\n').count(), text.matches("\r\n").count());
    match feeds {
        0 if text.contains('\r') => text.replace('\r', "\n").into(),
        1.. if feeds == both => text.replace("\r\n", "\n").into(),
        _ => text,
    }
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The line on which a record begins, from 1: the reader says where it began to look, blank lines before it included.
pub(crate) fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = text.as_bytes().get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\n' | b'\r'));
    position.line() + blank.filter(|b| **b == b'\n').count() as u64
}

/// The column separator of a table whose header is `header`.
pub(crate) fn header_separator(header: &str) -> u8 {
    SEPARATORS.into_iter().find(|b| header.as_bytes().contains(b)).unwrap_or(b',')
}

/// How many lines decide about the separator of a text that need not begin with a header.
const LOOKED_AT: usize = 64;
const SEPARATORS: [u8; 3] = [b'\t', b';', b','];

/// The column separator of a text: the one that most of its first lines have equally often; where they agree the one that
/// the first of them has most often, then a tab before a semicolon before a comma. Commas of numbers and lists within
/// cells vary from line to line, or stand in quotes.
pub(crate) fn likely_separator(text: &str) -> u8 {
    let lines = separators_by_line(text);
    let score = |at: usize| {
        let counts = || lines.iter().map(|counts| counts[at]).filter(|count| *count > 0);
        let agreeing = counts().map(|count| counts().filter(|other| *other == count).count()).max().unwrap_or(0);
        (agreeing, lines.first().map_or(0, |counts| counts[at]))
    };
    // `max_by_key` keeps the last of equals.
    let best = (0..SEPARATORS.len()).rev().max_by_key(|at| score(*at)).unwrap_or_default();
    if lines.is_empty() { b',' } else { SEPARATORS[best] }
}

/// How often each separator stands outside quotes, in the first lines that have any. A line may go on within quotes.
fn separators_by_line(text: &str) -> Vec<[usize; 3]> {
    let (mut lines, mut counts, mut quoted) = (Vec::new(), [0; 3], false);
    for byte in text.bytes().chain([b'\n']) {
        quoted ^= byte == b'"';
        if quoted {
            continue;
        }
        if let Some(at) = SEPARATORS.iter().position(|separator| *separator == byte) {
            counts[at] += 1;
        } else if matches!(byte, b'\n' | b'\r') && counts != [0; 3] {
            lines.push(std::mem::take(&mut counts));
            if lines.len() == LOOKED_AT {
                break;
            }
        }
    }
    lines
}

/// Whether a cell says that there is no value.
pub(crate) fn says_missing(cell: &str) -> bool {
    ["", "na", "n/a", "nan", "null", "none", "-"].iter().any(|missing| cell.eq_ignore_ascii_case(missing))
}

/// A number or nothing; the text itself where it is neither.
pub(crate) fn read_number(cell: &str, decimal_comma: bool) -> Result<Option<f64>, String> {
    let cell = cell.trim();
    if says_missing(cell) {
        return Ok(None);
    }
    let parsed = if decimal_comma && cell.contains(',') && !cell.contains('.') {
        cell.replacen(',', ".", 1).parse::<f64>()
    } else {
        cell.parse::<f64>()
    };
    parsed.ok().filter(|number| number.is_finite()).map(Some).ok_or_else(|| cell.chars().take(40).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_what_lines_agree_about() {
        for (text, expected) in [
            ("well\trole\nA01\tneg", b'\t'),
            ("id\tInChI\tname\nx\t1S/c1-11(2)14,12(3),4\ty\nz\t1S/c1,2\tw\n", b'\t'),
            (";1;2;3\nA;1,5;2,5;3,5\nB;1,5;2,5;3,5\n", b';'),
            ("well,targets,role\nA01,a;b,neg\nA02,a;b;c,neg\n", b','),
            ("well,targets,role\nA01,a;b,neg\nA02,a;b,neg\n", b','),
            ("well,compound\nA01,\"2;4;6\"\nA02,\"2;4;6\"\n", b','),
            ("well,compound\nA01,\"2;4\n2;4\n2;4\"\n", b','),
            ("role\r,1,2,3\rA,neg,,\rB,,,pos\r", b','),
            ("nothing", b','),
            ("", b','),
        ] {
            assert_eq!(char::from(likely_separator(text)), char::from(expected), "{text:?}");
        }
    }
}
