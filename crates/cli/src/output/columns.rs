//! Tables for people: aligned columns of plain text.

use crate::report::Node;
use crate::terminal::plain;

/// A cell is cut after so many characters.
const WIDEST: usize = 100;
/// A sentence is cut after so many.
const LONGEST: usize = 2000;

/// Aligned columns with a header (none if it is empty); columns of numbers stand to the right.
pub(crate) fn columns(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| plain(cell, WIDEST)).collect()).collect();
    let count = rows.iter().map(Vec::len).chain([header.len()]).max().unwrap_or(0);
    let at = |row: &[String], column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
    let lines = || rows.iter().chain(std::iter::once(&header));
    let widths: Vec<usize> = (0..count).map(|c| lines().map(|row| at(row, c)).max().unwrap_or(0)).collect();
    let is_number = |cell: &str| cell.is_empty() || cell == "n/a" || cell.parse::<f64>().is_ok();
    let right: Vec<bool> =
        (0..count).map(|c| rows.iter().all(|row| row.get(c).is_none_or(|cell| is_number(cell)))).collect();
    let mut text = String::new();
    for row in Some(&header).filter(|header| !header.is_empty()).into_iter().chain(&rows) {
        let mut line = String::new();
        for (c, width) in widths.iter().enumerate() {
            let cell = row.get(c).map_or("", String::as_str);
            let gap = " ".repeat(width - at(row, c));
            let (before, after) = if right[c] { (gap.as_str(), "") } else { ("", gap.as_str()) };
            line.push_str(if c == 0 { "" } else { "  " });
            line.extend([before, cell, after]);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Names beside what they are; each of a list's things has a line of its own, and is not cut like a column's cell.
pub(crate) fn facts(object: &Node) -> String {
    let cells: Vec<(String, Node)> =
        object.cells().into_iter().map(|(name, node)| (plain(&name, WIDEST), node)).collect();
    let width = cells.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, node) in &cells {
        let lines = match node {
            Node::List(nodes) if !nodes.is_empty() => nodes.iter().map(said).collect(),
            leaf => vec![rounded(leaf)],
        };
        for (n, line) in lines.iter().enumerate() {
            let name = if n == 0 { name.as_str() } else { "" };
            let gap = " ".repeat(width - name.chars().count());
            text.push_str(format!("{name}{gap}  {}", plain(line, LONGEST)).trim_end());
            text.push('\n');
        }
    }
    text
}

/// A thing of a list, in one line: an object's fields that are there.
fn said(node: &Node) -> String {
    match node {
        Node::Object(_) => {
            let cells = node.cells().into_iter().filter(|(_, leaf)| *leaf != Node::Null);
            cells.map(|(name, leaf)| format!("{name}: {}", rounded(&leaf))).collect::<Vec<_>>().join(", ")
        }
        leaf => rounded(leaf),
    }
}

/// A leaf for people: numbers with four significant digits, `n/a` where there is none.
pub(crate) fn rounded(node: &Node) -> String {
    match node {
        Node::Null => "n/a".to_owned(),
        Node::Number(number) => significant(*number),
        Node::List(nodes) if nodes.is_empty() => "none".to_owned(),
        leaf => leaf.cell(),
    }
}

fn significant(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let exponent = number.abs().log10().floor();
    if !(-4.0..6.0).contains(&exponent) {
        return format!("{number:.3e}");
    }
    format!("{number:.*}", (3.0 - exponent).max(0.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = [vec!["BR1".to_owned(), "0.5".to_owned()], vec!["BR00002".to_owned(), "n/a".to_owned()]];
        assert_eq!(columns(&["plate", "Z'"], &rows), "plate     Z'\nBR1      0.5\nBR00002  n/a\n");
    }

    #[test]
    fn each_thing_of_a_list_has_a_line_and_is_said_in_full() {
        let long = "x".repeat(150);
        let object = Node::object([
            ("ok", Node::Bool(false)),
            ("problems", Node::List(vec!["one".into(), long.as_str().into()])),
            ("notes", Node::List(Vec::new())),
            ("rules", Node::List(vec![Node::object([("rule", Node::Null), ("field", "when".into())])])),
        ]);
        let shown =
            format!("ok        false\nproblems  one\n          {long}\nnotes     none\nrules     field: when\n");
        assert_eq!(facts(&object), shown);
        let topics = Node::object([("lab\u{1b}[2J", Node::Integer(1))]);
        assert_eq!(facts(&topics), "lab\u{fffd}[2J  1\n", "a topic's name cannot steer the terminal");
    }

    #[test]
    fn four_significant_digits() {
        for (number, text) in [
            (0.719_655, "0.7197"),
            (-11.3526, "-11.35"),
            (2820.375, "2820"),
            (123_456.7, "123457"),
            (1e-7, "1.000e-7"),
            (0.0, "0"),
        ] {
            assert_eq!(rounded(&Node::Number(number)), text);
        }
    }
}
