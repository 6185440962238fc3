//! Plates with known figures: files of this clone, and of `../shared` where it is there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plate::{CountedWells, Format, Pair, Role, Well};

pub(crate) const PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// One row of a table by its header.
pub(crate) type Row = BTreeMap<String, String>;

/// A plain comma-separated table (no quotes).
pub(crate) fn read(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row =
        |line: &str| header.iter().zip(line.split(',')).map(|(name, cell)| ((*name).into(), cell.into())).collect();
    lines.map(row).collect()
}

/// The clone's own fixtures of six LINCS plates.
pub(crate) fn lincs(file: &str) -> PathBuf {
    clone_folder().join("tests/fixtures/lincs").join(file)
}

/// A reference example; where no `shared` lies beside this clone that is said (and is a failure under `CI=true`).
pub(crate) fn shared_example(file: &str) -> Option<PathBuf> {
    let beside = |folder: &Path| folder.join("shared/data/plates/reference_examples").join(file);
    let found = clone_folder().ancestors().skip(1).map(beside).find(|path| path.is_file());
    if found.is_none() {
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        assert!(!in_ci, "{file} would be left out, and in CI nothing may be");
        println!("LEFT OUT: {file}: no ../shared beside this clone");
    }
    found
}

fn clone_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Rows of a table by plate.
pub(crate) fn by_plate(rows: Vec<Row>) -> BTreeMap<String, Vec<Row>> {
    let mut plates: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        plates.entry(row["plate"].clone()).or_default().push(row);
    }
    plates
}

/// A column of a 384-well plate in row-major order.
pub(crate) fn column(rows: &[Row], name: &str) -> Vec<Option<f64>> {
    let mut values = vec![None; 384];
    for row in rows {
        values[index(row)] = row[name].parse().ok();
    }
    values
}

/// The wells that count; roles as the examples name them.
pub(crate) fn wells(rows: &[Row], role_column: &str) -> CountedWells {
    let mut roles = vec![Role::Empty; 384];
    for row in rows {
        roles[index(row)] = match row[role_column].as_str() {
            "neg" | "negative" => Role::Negative,
            "pos" | "positive" => Role::Positive,
            "pos2" | "reference" => Role::Reference,
            "sample" => Role::Sample,
            _ => Role::Empty,
        };
    }
    CountedWells::new(Format::F384, &roles, &[], PAIR)
}

fn index(row: &Row) -> usize {
    row["well"].parse::<Well>().unwrap().index_in(Format::F384).unwrap()
}

/// Equal to 1e-9 relative or 1e-12 absolute.
pub(crate) fn assert_close(ours: f64, theirs: f64, what: &str) {
    let difference = (ours - theirs).abs();
    assert!(difference <= 1e-12_f64.max(1e-9 * theirs.abs()), "{what}: ours {ours}, theirs {theirs}");
}

/// Every well of a column, near enough.
pub(crate) fn assert_column(ours: &[Option<f64>], theirs: &[Option<f64>], what: &str) {
    let mut compared = 0;
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours.is_some(), theirs.is_some(), "{what}, well {index}: {ours:?} and {theirs:?}");
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            assert_close(*ours, *theirs, &format!("{what}, well {index}"));
            compared += 1;
        }
    }
    assert!(compared > 300, "{what}: only {compared} wells were compared");
}
