//! CSV that a spreadsheet may open without obeying what strangers wrote into it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::report::Node;

/// A header and one line an object. Columns are those of all objects, in the order in which they are first met; without
/// objects `columns`, which a reader that looks for names finds all the same.
pub(crate) fn write(out: &mut impl Write, columns: &[&str], objects: &[Node]) -> io::Result<()> {
    let rows: Vec<Vec<(String, Node)>> = objects.iter().map(Node::cells).collect();
    let mut names: Vec<&str> = Vec::new();
    let mut places = BTreeMap::new();
    for (name, _) in rows.iter().flatten() {
        places.entry(name.as_str()).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
    }
    if rows.is_empty() {
        names.extend_from_slice(columns);
    }
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(names.iter().map(|name| harmless(name).into_owned()))?;
    for row in &rows {
        let mut cells = vec![String::new(); names.len()];
        for (name, node) in row {
            if let Some(place) = places.get(name.as_str()) {
                cells[*place] = cell(node);
            }
        }
        csv.write_record(cells)?;
    }
    csv.flush()
}

fn cell(node: &Node) -> String {
    match node {
        Node::Integer(_) | Node::Number(_) => node.cell(),
        _ => harmless(&node.cell()).into_owned(),
    }
}

/// A text that begins like a formula (`= + - @`, tab, return) gets an apostrophe in front, so that it stays a text.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_stays_a_text_and_a_number_stays_a_number() {
        for text in ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "BR001", "-1.5", "+2", "-1e300", "a=b", "1-2"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn columns_are_those_of_all_objects_and_quotes_are_doubled() {
        let first = Node::object([("plate", "A,\"1\"".into()), ("n", Node::object([("p", Node::Integer(3))]))]);
        let second = Node::object([("plate", "B".into()), ("z", Node::Number(-0.5)), ("why", Node::Null)]);
        let mut out = Vec::new();
        write(&mut out, &["ignored"], &[first, second]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "plate,n.p,z,why\n\"A,\"\"1\"\"\",3,,\nB,,-0.5,\n");
    }

    #[test]
    fn without_rows_there_is_still_a_header() {
        let mut out = Vec::new();
        write(&mut out, &["run", "n.positive", "=odd"], &[]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "run,n.positive,'=odd\n");
    }
}
