//! `qc`: statistics and artefacts of each plate and feature.

use std::path::Path;

use engine::files::read_bounded;
use engine::plate::well::row_letters;
use engine::plate::{FirstTable, Line, Pair, Role, Statistic, Undefined};
use engine::qc::{FeatureQc, QcError, QcQuestion, of_session, of_table};
use engine::wire::layout_table::LayoutTable;
use engine::wire::table::{LONGEST_TABLE_BYTES, WellTable};

use crate::arguments::Qc;
use crate::failure::Failure;
use crate::output::{columns, print_several, rounded};
use crate::report::Node;
use crate::terminal::{plain, say};

/// Columns of plates and features; `run` only of a session.
const COLUMNS: [&str; 29] = [
    "plate",
    "run",
    "feature",
    "n.positive",
    "n.negative",
    "n.sample",
    "n.excluded",
    "z_prime",
    "robust_z_prime",
    "z",
    "ssmd",
    "robust_ssmd",
    "signal_to_background",
    "signal_to_noise",
    "signal_window",
    "cv_percent.positive",
    "cv_percent.negative",
    "cv_percent.sample",
    "edge_effect_percent",
    "edge_strength",
    "row_gradient_percent",
    "column_gradient_percent",
    "worst_row.at",
    "worst_row.percent",
    "worst_column.at",
    "worst_column.percent",
    "morans_i.i",
    "morans_i.p",
    "undefined",
];

pub(crate) async fn run(arguments: Qc) -> Result<(), Failure> {
    let Qc { source, layout, feature, plate, run, minimum_n, replicates, format } = arguments;
    let is_session = is_session(&source, layout.is_some(), run.is_some())?;
    let question = QcQuestion { run, plate, feature, minimum_n, replicates };
    let rows = if is_session {
        of_session(&source, &question).await?
    } else {
        let wells = WellTable::read(&read_table(&source)?).map_err(|error| bad_table(&source, &error))?;
        let layout = layout.as_deref().map(read_layout).transpose()?;
        let answer = of_table(&wells, layout.as_ref(), &question).map_err(|error| no_answer(&source, error))?;
        for note in &answer.notes {
            say(&plain(&format!("{}: {note}", source.display()), 400));
        }
        for reason in answer.left_out {
            say(&plain(&format!("left out: {}: {reason}", source.display()), 400));
        }
        answer.rows
    };
    let objects: Vec<Node> = rows.iter().map(object).collect();
    let names: Vec<&str> = COLUMNS.into_iter().filter(|name| is_session || *name != "run").collect();
    print_several(format.get(), &names, &objects, |_| table(&rows))
}

/// Whether a source is a session; an argument of the other kind of source is refused, not passed over.
pub(super) fn is_session(source: &Path, has_layout: bool, has_run: bool) -> Result<bool, Failure> {
    let is_session = source.is_dir();
    if is_session && has_layout {
        return Err(Failure::usage("--layout is for tables: a session brings its layouts with it"));
    }
    if !is_session && has_run {
        return Err(Failure::usage("--run is for sessions: a table knows no runs"));
    }
    Ok(is_session)
}

pub(super) fn read_layout(path: &Path) -> Result<LayoutTable, Failure> {
    let layout = LayoutTable::read(&read_table(path)?).map_err(|error| bad_table(path, &error))?;
    layout.notes().iter().for_each(|note| say(&plain(&format!("{}: {note}", path.display()), 400)));
    Ok(layout)
}

pub(super) fn read_table(path: &Path) -> Result<Vec<u8>, Failure> {
    let longest = LONGEST_TABLE_BYTES as u64;
    let bytes = read_bounded(path, longest)
        .map_err(|error| Failure::io(format!("{} cannot be read: {error}", path.display())))?;
    bytes
        .ok_or_else(|| Failure::bad(format!("{} has more than {longest} bytes: no table of wells has", path.display())))
}

pub(super) fn bad_table(path: &Path, error: &engine::wire::table::TableError) -> Failure {
    Failure::bad(format!("{}: {error}", path.display()))
}

/// Why a table has no answer, with its name where the reason is in it.
pub(super) fn no_answer(path: &Path, error: QcError) -> Failure {
    match error {
        QcError::Table(error) => bad_table(path, &error),
        nothing @ QcError::Nothing { .. } => Failure::bad(format!("{}: {nothing}", path.display())),
        other => other.into(),
    }
}

/// One object, keys as in `CLI.md`; `run` only of a session, `pair` only where a card names other roles.
fn object(row: &FeatureQc) -> Node {
    let FeatureQc { run, plate, feature, pair, quality } = row;
    let (table, artefacts) = (&quality.table, &quality.artefacts);
    let mut reasons = Vec::new();
    let mut value = |name: &str, statistic: Statistic| match statistic {
        Ok(number) => Node::from(number),
        Err(reason) => {
            reasons.push((name.to_owned(), reason.to_string()));
            Node::Null
        }
    };
    let mut fields: Vec<(String, Node)> = vec![("plate".to_owned(), (&**plate).into())];
    if let Some(run) = run {
        fields.push(("run".to_owned(), (&**run).into()));
    }
    fields.push(("feature".to_owned(), (&**feature).into()));
    if let Some(pair) = unusual(*pair) {
        fields.push(("pair".to_owned(), pair));
    }
    fields.push(("n".to_owned(), counts(table)));
    let statistics = [
        ("z_prime", table.z_prime),
        ("robust_z_prime", table.robust_z_prime),
        ("z", table.z),
        ("ssmd", table.ssmd),
        ("robust_ssmd", table.robust_ssmd),
        ("signal_to_background", table.signal_to_background),
        ("signal_to_noise", table.signal_to_noise),
        ("signal_window", table.signal_window),
    ];
    for (name, statistic) in statistics {
        fields.push((name.to_owned(), value(name, statistic)));
    }
    let variation = Node::object([
        ("positive", value("cv_percent.positive", table.cv_positive)),
        ("negative", value("cv_percent.negative", table.cv_negative)),
        ("sample", value("cv_percent.sample", table.cv_sample)),
    ]);
    fields.push(("cv_percent".to_owned(), variation));
    for (name, statistic) in [
        ("edge_effect_percent", artefacts.edge_effect_percent),
        ("edge_strength", artefacts.edge_strength),
        ("row_gradient_percent", artefacts.row_gradient_percent),
        ("column_gradient_percent", artefacts.column_gradient_percent),
    ] {
        fields.push((name.to_owned(), value(name, statistic)));
    }
    let line =
        |name: &str, found: Result<Line, Undefined>, called: String, value: &mut dyn FnMut(&str, Statistic) -> Node| {
            let at = found.map_or(Node::Null, |_| called.as_str().into());
            Node::object([("at", at), ("percent", value(name, found.map(|line| line.percent)))])
        };
    let row = artefacts.worst_row.map_or_else(|_| String::new(), |line| row_letters(line.line));
    let column = artefacts.worst_column.map_or_else(|_| String::new(), |line| (u16::from(line.line) + 1).to_string());
    fields.push(("worst_row".to_owned(), line("worst_row", artefacts.worst_row, row, &mut value)));
    fields.push(("worst_column".to_owned(), line("worst_column", artefacts.worst_column, column, &mut value)));
    let moran = Node::object([
        ("i", value("morans_i", artefacts.morans_i.map(|moran| moran.i))),
        ("p", artefacts.morans_i.map_or(Node::Null, |moran| moran.p.into())),
    ]);
    fields.push(("morans_i".to_owned(), moran));
    fields.push(("undefined".to_owned(), Node::Reasons(reasons)));
    Node::Object(fields)
}

fn counts(table: &FirstTable) -> Node {
    let count = |n: u32| Node::count(n.into());
    Node::object([
        ("positive", count(table.counts.positive)),
        ("negative", count(table.counts.negative)),
        ("sample", count(table.counts.sample)),
        ("excluded", count(table.counts.excluded)),
    ])
}

fn unusual(pair: Pair) -> Option<Node> {
    let usual = Pair { positive: Role::Positive, negative: Role::Negative };
    (pair != usual).then(|| {
        Node::object([("positive", pair.positive.as_str().into()), ("negative", pair.negative.as_str().into())])
    })
}

/// What fits a screen, and below it why numbers are missing; JSON and CSV have all of it.
fn table(rows: &[FeatureQc]) -> String {
    let header =
        ["plate", "feature", "p/n/s", "Z'", "robust Z'", "Z", "SSMD", "S/B", "CV neg %", "edge %", "row %", "column %"];
    let shown = |statistic: Statistic| rounded(&statistic.ok().into());
    let mut reasons: Vec<String> = Vec::new();
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|FeatureQc { run, plate, feature, quality, .. }| {
            let (table, artefacts) = (&quality.table, &quality.artefacts);
            let counts = table.counts;
            for (_, statistic) in quality.named() {
                let reason = statistic.err().map(|reason| reason.to_string());
                reasons.extend(reason.filter(|reason| !reasons.contains(reason)));
            }
            vec![
                run.as_deref()
                    .filter(|run| !run.is_empty())
                    .map_or_else(|| plate.to_string(), |run| format!("{run}/{plate}")),
                feature.to_string(),
                format!("{}/{}/{}", counts.positive, counts.negative, counts.sample),
                shown(table.z_prime),
                shown(table.robust_z_prime),
                shown(table.z),
                shown(table.ssmd),
                shown(table.signal_to_background),
                shown(table.cv_negative),
                shown(artefacts.edge_effect_percent),
                shown(artefacts.row_gradient_percent),
                shown(artefacts.column_gradient_percent),
            ]
        })
        .collect();
    let mut text = columns(&header, &lines);
    for reason in reasons {
        text.push_str(&format!("n/a: {reason}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELLS: &[u8] = include_bytes!("../../../../tests/fixtures/lincs/wells.csv");
    const LAYOUT: &[u8] = include_bytes!("../../../../tests/fixtures/lincs/layout.csv");
    const EXPECTED: &[u8] = include_bytes!("../../../../tests/fixtures/lincs/first_table.csv");

    fn everything() -> QcQuestion {
        QcQuestion { run: None, plate: None, feature: None, minimum_n: None, replicates: None }
    }

    fn at<'a>(node: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
        match name.strip_prefix("cv_") {
            Some(role) => &node["cv_percent"][role],
            None => &node[name],
        }
    }

    #[test]
    fn real_plates_agree_with_figures_computed_elsewhere() {
        let (wells, layout) = (WellTable::read(WELLS).unwrap(), LayoutTable::read(LAYOUT).unwrap());
        let rows = of_table(&wells, Some(&layout), &everything()).unwrap().rows;
        let mut expected = csv::Reader::from_reader(EXPECTED);
        let names = expected.headers().unwrap().clone();
        let mut compared = 0;
        for line in expected.records() {
            let line = line.unwrap();
            let row = rows.iter().find(|row| *row.plate == line[0]).unwrap();
            let json = serde_json::to_value(object(row)).unwrap();
            for (name, cell) in names.iter().zip(&line).skip(1) {
                let (want, got): (f64, f64) = (cell.parse().unwrap(), at(&json, name).as_f64().unwrap());
                let (off, bound) = ((got - want).abs(), (1e-9 * want.abs()).max(1e-12));
                assert!(off <= bound, "{} {name}: {got} is not {want}", row.plate);
                compared += 1;
            }
            assert_eq!(json["n"], serde_json::json!({"positive": 12, "negative": 24, "sample": 336, "excluded": 0}));
            assert_eq!(json["undefined"], serde_json::json!({}));
        }
        assert_eq!((rows.len(), compared), (6, 66), "6 plates, 11 statistics each");
    }

    #[test]
    fn without_a_layout_every_well_is_a_sample_and_the_rest_says_why() {
        let wells = WellTable::read(b"well,f\nA01,1\nA02,2\nA03,3\nA04,\n").unwrap();
        let rows = of_table(&wells, None, &everything()).unwrap().rows;
        let json = serde_json::to_value(object(&rows[0])).unwrap();
        assert_eq!(json["n"]["sample"], 3, "a missing value counts nowhere");
        assert_eq!(json["cv_percent"]["sample"], 50.0);
        assert!(json["z_prime"].is_null());
        assert_eq!(json["undefined"]["z_prime"], "0 of at least 3 positive wells have a value");
        assert_eq!(json["undefined"]["cv_percent.negative"], "0 of at least 3 negative wells have a value");
        assert!(json.get("run").is_none() && json.get("pair").is_none());
    }

    #[test]
    fn a_header_without_plates_is_that_of_plates() {
        let wells = WellTable::read(b"well,f\nA01,1\n").unwrap();
        let mut row = of_table(&wells, None, &everything()).unwrap().rows.remove(0);
        row.run = Some("R".into());
        let names: Vec<String> = object(&row).cells().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, COLUMNS);
    }

    #[test]
    fn what_does_not_go_together_is_said() {
        let notes = |table: &str, layout: &str| {
            let (table, layout) =
                (WellTable::read(table.as_bytes()).unwrap(), LayoutTable::read(layout.as_bytes()).unwrap());
            of_table(&table, Some(&layout), &everything()).unwrap().notes.join("; ")
        };
        let other = notes("plate,well,f\nP9,A01,1\n", "plate,well,role\nP1,A01,sample\n");
        assert!(other.contains("the layout says nothing of plate \"P9\"") && other.contains("it has: P1"), "{other}");
        let larger = notes("well,f\nA01,1\nH12,2\n", "well,role\nA01,sample\nH12,sample\nP24,sample\n");
        assert!(larger.contains("fit 96 wells, those of the layout 384; it is taken as a plate of 384"), "{larger}");
        let unnamed = notes("well,f\nA01,1\nA02,2\nH12,2\n", "well,role\nA01,sample\nH12,sample\n");
        assert!(unnamed.contains("1 of its 3 wells are not in the layout"), "{unnamed}");
        assert_eq!(notes("well,f\nA01,1\n", "well,role\nA01,sample\n"), "");
    }

    #[test]
    fn a_table_with_nothing_in_it_says_so() {
        for (text, part) in [("well,f\n", "a header and no wells"), ("well\nA01\n", "no column of values")] {
            let wells = WellTable::read(text.as_bytes()).unwrap();
            let error = of_table(&wells, None, &everything()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_table_for_people_names_each_reason_once() {
        let wells = WellTable::read(b"plate,well,f\nP1,A01,1\nP2,A01,2\n").unwrap();
        let text = table(&of_table(&wells, None, &everything()).unwrap().rows);
        assert_eq!(text.matches("n/a: 0 of at least 3 positive").count(), 1, "{text}");
        assert!(text.starts_with("plate  feature  p/n/s"), "{text}");
    }

    #[test]
    fn what_is_not_there_is_named_with_what_is() {
        let wells = WellTable::read(b"plate,well,f,g\nP1,A01,1,2\n").unwrap();
        let asked = |plate: Option<&str>, feature: Option<&str>| {
            let question =
                QcQuestion { plate: plate.map(Into::into), feature: feature.map(Into::into), ..everything() };
            of_table(&wells, None, &question).unwrap_err().to_string()
        };
        assert_eq!(asked(Some("P9"), None), "there is no plate \"P9\" here (there is: P1)");
        assert_eq!(asked(None, Some("x")), "there is no feature \"x\" here (there is: f, g)");
    }

    #[test]
    fn a_column_of_names_is_left_out_and_said_unless_it_was_asked_for() {
        let wells = WellTable::read(b"plate,well,f,compound\nP1,A01,1,NA\nP2,A01,2,DMSO\n").unwrap();
        let answer = of_table(&wells, None, &everything()).unwrap();
        assert_eq!(answer.rows.iter().map(|row| &*row.feature).collect::<Vec<_>>(), ["f", "f"]);
        let reason = "line 3: column \"compound\": \"DMSO\" is not a number (empty, NA and NaN mean missing)";
        assert_eq!(answer.left_out.iter().map(ToString::to_string).collect::<Vec<_>>(), [reason]);
        let asked = QcQuestion { feature: Some("compound".to_owned()), ..everything() };
        assert_eq!(of_table(&wells, None, &asked).unwrap_err().to_string(), reason);
    }

    #[test]
    fn a_table_without_plates_is_the_plate_that_was_asked_for() {
        let wells = WellTable::read(b"well,f\nA01,1\nA02,2\n").unwrap();
        let layout = LayoutTable::read(b"plate,well,role\nP1,A01,negative\nP1,A02,positive\n").unwrap();
        let of = |question: &QcQuestion| of_table(&wells, Some(&layout), question).unwrap().rows.remove(0);
        let named = of(&QcQuestion { plate: Some("P1".into()), ..everything() });
        assert_eq!((&*named.plate, named.quality.table.counts.negative), ("P1", 1));
        assert_eq!(&*of(&everything()).plate, "P1", "the layout's only plate");
    }
}
