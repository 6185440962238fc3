//! The first table of `QC.md` against figures that were computed elsewhere: from tables and from a recorded session.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plate::{Format, Layout, LayoutWell, PlateKey, Role, Well};
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::clone_folder;
use plateside_tests::command::Plateside;
use plateside_tests::lab::Lab;
use plateside_tests::left_out::shared;
use plateside_tests::producer::Producer;
use serde_json::Value;
use wire::Kind;

/// Columns of a table by name, a row each.
type Rows = Vec<BTreeMap<String, String>>;

pub(super) fn read(path: &Path, separator: u8) -> Rows {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn fixture(name: &str) -> std::path::PathBuf {
    clone_folder().join("tests/fixtures/lincs").join(name)
}

/// 1e-9 relative or 1e-12 absolute.
pub(super) fn assert_close(ours: &Value, theirs: f64, what: &str) {
    let ours = ours.as_f64().unwrap_or_else(|| panic!("{what}: {ours} is no number"));
    let distance = (ours - theirs).abs();
    assert!(distance <= 1e-12 || distance <= 1e-9 * theirs.abs(), "{what}: {ours} is not {theirs}");
}

fn of_plate<'a>(objects: &'a Value, plate: &str) -> &'a Value {
    let found = objects.as_array().unwrap().iter().find(|object| object["plate"] == plate);
    found.unwrap_or_else(|| panic!("no statistics of {plate}: {objects}"))
}

/// Figures of base R on six plates; some in other conventions (`SOURCE.md` beside them).
fn assert_as_r_says(objects: &Value, reference: &Rows) {
    assert_eq!(reference.len(), 6, "six plates");
    for row in reference {
        let (plate, object) = (&row["plate"], of_plate(objects, &row["plate"]));
        let theirs = |name: &str| row[name].parse::<f64>().unwrap();
        for (name, column) in [
            ("z_prime", "zprime"),
            ("robust_z_prime", "zprime_robust"),
            ("ssmd", "ssmd"),
            ("robust_ssmd", "ssmd_robust"),
        ] {
            assert_close(&object[name], theirs(column), &format!("{plate} {name}"));
        }
        assert_close(&object["cv_percent"]["negative"], 100.0 * theirs("neg_cv"), &format!("{plate} CV of negatives"));
        let inverse = 1.0 / object["signal_to_background"].as_f64().unwrap();
        assert_close(&inverse.into(), theirs("signal_to_background"), &format!("{plate} inverse of S/B"));
        for (name, column) in [("negative", "n_neg"), ("positive", "n_pos"), ("sample", "n_sample")] {
            assert_eq!(object["n"][name].to_string(), row[column], "{plate} {name} wells");
        }
    }
}

/// Every statistic of the first table, computed apart from Plateside in exact fractions.
fn assert_first_table(objects: &Value) {
    for row in read(&fixture("first_table.csv"), b',') {
        let object = of_plate(objects, &row["plate"]);
        for (column, theirs) in row.iter().filter(|(column, _)| *column != "plate") {
            let ours = match column.strip_prefix("cv_") {
                Some(role) => &object["cv_percent"][role],
                None => &object[column],
            };
            assert_close(ours, theirs.parse().unwrap(), &format!("{} {column}", row["plate"]));
        }
        let undefined = &object["undefined"];
        assert!(undefined.as_object().is_none_or(serde_json::Map::is_empty), "all can be had: {object}");
    }
}

fn qc(wells: &Path, layout: &Path) -> Value {
    Plateside::new("qc").arg(wells).arg("--layout").arg(layout).json()
}

#[test]
fn tables_give_the_figures_of_r() {
    let objects = qc(&fixture("wells.csv"), &fixture("layout.csv"));
    assert_as_r_says(&objects, &read(&fixture("reference_qc.csv"), b','));
    assert_first_table(&objects);
}

#[test]
fn a_recorded_session_gives_the_same_figures() {
    let Some(broker) = Broker::for_test("qc of a session") else { return };
    let topics = Topics::create(&broker, "qc", &[(Kind::Results, 2), (Kind::Layouts, 1)]);
    let mut lab = Lab::new(&topics, 1).spreading(Kind::Results, 2);
    let producer = Producer::new(&broker);
    let mut layouts: BTreeMap<String, Vec<LayoutWell>> = BTreeMap::new();
    for row in read(&fixture("layout.csv"), b',') {
        let (well, role): (Well, Role) = (row["well"].parse().unwrap(), row["role"].parse().unwrap());
        let entry = LayoutWell { well, role, compound: None, concentration: None, replicate: None };
        layouts.entry(row["plate"].clone()).or_default().push(entry);
    }
    let key = |plate: &str| Arc::new(PlateKey::new("LINCS", plate));
    for row in read(&fixture("wells.csv"), b',') {
        let cells = row["Cells_Count"].parse().unwrap();
        producer.send(&lab.result(&key(&row["plate"]), row["well"].parse().unwrap(), [cells, 1.0, 2.0]));
    }
    for (plate, wells) in layouts {
        let layout = Layout::new(Format::F384, Some("Cell Painting".into()), None, wells).unwrap();
        producer.send(&lab.layout_of(&key(&plate), Arc::new(layout)));
    }
    assert_eq!(producer.ledger().len(), 6 * 385, "six plates of 384 wells, and their layouts");
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let _summary = Plateside::record(&broker, &topics, &dir).args(["--until-idle", "500ms"]).json();
    let objects = Plateside::new("qc").arg(&dir).args(["--feature", "Cells_Count"]).json();
    assert_as_r_says(&objects, &read(&fixture("reference_qc.csv"), b','));
    assert_first_table(&objects);
    // A feature that is the same in every well has no scatter: the reasons are said.
    let flat = Plateside::new("qc").arg(&dir).args(["--feature", "Nuclei_AreaShape_Area_mean"]).json();
    for object in flat.as_array().unwrap() {
        assert!(object["z_prime"].is_null(), "equal controls have no Z': {object}");
        let reason = object["undefined"]["z_prime"].as_str().unwrap();
        assert!(reason.contains("same centre"), "it says why: {reason}");
    }
}

#[test]
fn what_cannot_be_had_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (wells, layout) = (folder.path().join("wells.csv"), folder.path().join("layout.csv"));
    std::fs::write(&wells, "well,Cells_Count\nA01,5\nA02,7\nA03,9\nB01,5\nB02,6\nC01,1\n").unwrap();
    std::fs::write(
        &layout,
        "well,role\nA01,negative\nA02,negative\nA03,negative\nB01,positive\nB02,positive\nC01,sample\n",
    )
    .unwrap();
    let objects = qc(&wells, &layout);
    let object = &objects[0];
    assert_eq!(object["n"]["positive"], 2, "two positives: {object}");
    for name in ["z_prime", "robust_z_prime", "ssmd", "robust_ssmd"] {
        assert!(object[name].is_null(), "{name} needs three of each: {object}");
        let reason = object["undefined"][name].as_str().unwrap_or_else(|| panic!("{name} says why: {object}"));
        assert!(reason.contains("2 of at least 3 positive"), "{name} says how many there are: {reason}");
    }
    let cv = &object["cv_percent"]["negative"];
    assert_close(cv, 100.0 * 2.0 / 7.0, "three negatives have a CV");
    let no_layout = Plateside::new("qc").arg(&wells).json();
    let reason = no_layout[0]["undefined"]["z_prime"].as_str().unwrap();
    assert!(reason.contains("0 of at least 3"), "without a layout there are no controls: {reason}");
}

/// Builds table and layout from the source's own files, as anyone would.
#[test]
fn the_source_files_give_the_figures_of_r() {
    let what = "the reference plates from their source files";
    let Some(source) = shared(what, "data/plates/lincs_a549_b1") else { return };
    let Some(examples) = shared(what, "data/plates/reference_examples/lincs_plate_qc_6.csv") else { return };
    let reference = read(&examples, b',');
    let (mut wells, mut layout) = ("plate,well,Cells_Count\n".to_owned(), "plate,well,role\n".to_owned());
    for row in &reference {
        let plate = &row["plate"];
        for cell in read(&source.join(format!("cell_count/{plate}_cell_count.csv")), b',') {
            wells += &format!("{plate},{},{}\n", cell["Image_Metadata_Well"], cell["cell_count"]);
        }
        for well in read(&source.join(format!("platemap/{}.txt", row["map"])), b'\t') {
            let dose: f64 = well["mmoles_per_liter"].parse().unwrap_or(0.0);
            let role = match well["broad_sample"].as_str() {
                "" => "negative",
                sample if sample.starts_with("BRD-K60230970") && dose > 15.0 => "positive",
                sample if sample.starts_with("BRD-K50691590") && dose > 15.0 => "reference",
                _ => "sample",
            };
            layout += &format!("{plate},{},{role}\n", well["well_position"]);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (wells_file, layout_file) = (folder.path().join("wells.csv"), folder.path().join("layout.csv"));
    std::fs::write(&wells_file, wells).unwrap();
    std::fs::write(&layout_file, layout).unwrap();
    assert_as_r_says(&qc(&wells_file, &layout_file), &reference);
}
