//! `normalise` and `qc` against tables that R and cellHTS2 computed, by the command line.

use std::collections::BTreeMap;
use std::path::Path;

use plateside_tests::command::Plateside;
use plateside_tests::left_out::shared;

use super::qc::{assert_close, read};

type Rows = Vec<BTreeMap<String, String>>;

/// Roles as the source names them, in the words of a layout.
fn layout_of(rows: &Rows, role_column: &str) -> String {
    let mut layout = "plate,well,role\n".to_owned();
    for row in rows {
        let role = match row[role_column].as_str() {
            "neg" => "negative",
            "pos" => "positive",
            "pos2" => "reference",
            "sample" => "sample",
            _ => "empty",
        };
        layout += &format!("{},{},{role}\n", row["plate"], row["well"]);
    }
    layout
}

fn table_of(rows: &Rows, columns: &[&str]) -> String {
    let mut table = format!("plate,well,{}\n", columns.join(","));
    for row in rows {
        let values: Vec<&str> = columns.iter().map(|column| row[*column].as_str()).collect();
        table += &format!("{},{},{}\n", row["plate"], row["well"], values.join(","));
    }
    table
}

/// Every well of one method equals the source's column.
fn assert_column(folder: &Path, feature: &str, method: &[&str], rows: &Rows, theirs: &str) {
    let ours = Plateside::new("normalise").arg(folder.join("wells.csv")).arg("--layout").arg(folder.join("layout.csv"));
    let ours = ours.args(["--feature", feature, "--format", "json", "--method"]).args(method).json();
    let ours: BTreeMap<(String, String), &serde_json::Value> = ours
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            ((text("plate"), text("well")), &row["value"])
        })
        .collect();
    assert_eq!(ours.len(), rows.len(), "{theirs}: a row for every well");
    let mut compared = 0;
    for row in rows {
        let found = ours[&(row["plate"].clone(), row["well"].clone())];
        match row[theirs].parse::<f64>() {
            Ok(number) if number.is_finite() => {
                assert_close(found, number, &format!("{} {} {theirs}", row["plate"], row["well"]));
                compared += 1;
            }
            _ => assert!(found.is_null(), "{} {} {theirs}: {found}", row["plate"], row["well"]),
        }
    }
    assert!(compared > 1000, "{theirs}: {compared} wells were compared");
}

#[test]
fn the_scales_of_six_lincs_plates_are_those_of_r() {
    let what = "normalisations of the LINCS plates by the command line";
    let Some(path) = shared(what, "data/plates/reference_examples/lincs_well_scores_6.csv") else { return };
    let rows = read(&path, b',');
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("wells.csv"), table_of(&rows, &["cell_count"])).unwrap();
    std::fs::write(folder.path().join("layout.csv"), layout_of(&rows, "role")).unwrap();
    for (method, theirs) in [
        (&["percent_of_control"][..], "pct_of_neg_mean"),
        (&["percent_activity"], "npi"),
        (&["z", "--against", "negatives"], "z_neg"),
        (&["z", "--against", "samples"], "z_sample"),
        (&["robust_z", "--against", "negatives"], "robust_z_neg"),
        (&["robust_z", "--against", "samples"], "robust_z_sample"),
        (&["robust_z", "--against", "plate"], "robust_z_plate"),
        (&["b_score", "--fit", "all", "--eps", "1e-10", "--sweeps", "200"], "bscore"),
    ] {
        assert_column(folder.path(), "cell_count", method, &rows, theirs);
    }
}

#[test]
fn the_scales_of_three_kcviab_plates_are_those_of_cellhts2() {
    let what = "normalisations of the KcViab plates by the command line";
    let Some(path) = shared(what, "data/plates/reference_examples/kcviab_wells_1_3.csv") else { return };
    let Some(plates) = shared(what, "data/plates/reference_examples/kcviab_plate_qc_1_3.csv") else { return };
    let rows = read(&path, b',');
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("wells.csv"), table_of(&rows, &["raw_r1", "raw_r2"])).unwrap();
    std::fs::write(folder.path().join("layout.csv"), layout_of(&rows, "content")).unwrap();
    for replicate in ["r1", "r2"] {
        let of = |name: &str| format!("{name}_{replicate}");
        for (method, theirs) in [("plate_median", "ratio_median"), ("b_score", "bscore_raw_byplate")] {
            assert_column(folder.path(), &of("raw"), &[method], &rows, &of(theirs));
        }
    }
    // One plate and replicate a line; the sample's mean and deviation give its CV.
    let qc =
        Plateside::new("qc").arg(folder.path().join("wells.csv")).arg("--layout").arg(folder.path().join("layout.csv"));
    let objects = qc.args(["--format", "json"]).json();
    let mut compared = 0;
    for line in read(&plates, b',') {
        let feature = format!("raw_r{}", line["rep"]);
        let of_line = |object: &&serde_json::Value| object["plate"] == line["plate"] && object["feature"] == feature;
        let object = objects.as_array().unwrap().iter().find(of_line).unwrap();
        assert_eq!(object["n"]["sample"].to_string(), line["n_sample"]);
        let cv: f64 = line["cv"].parse().unwrap();
        assert_close(
            &object["cv_percent"]["sample"],
            100.0 * cv,
            &format!("{} {feature} CV of samples", line["plate"]),
        );
        compared += 1;
    }
    assert_eq!(compared, 6, "three plates, two replicates");
}

#[test]
fn a_device_is_no_table_an_idle_argument_is_named_and_zero_has_no_sign() {
    let folder = tempfile::tempdir().unwrap();
    let (wells, layout) = (folder.path().join("wells.csv"), folder.path().join("layout.csv"));
    std::fs::write(&wells, "well,f\nA01,-3\nA02,3\nA03,-5\nA04,5\nA05,-0\n").unwrap();
    std::fs::write(&layout, "well,role\nA01,sample\nA02,sample\nA03,sample\nA04,sample\nA05,sample\n").unwrap();
    let normalise = |source: &Path, more: &[&str]| {
        let asked = Plateside::new("normalise").arg(source).arg("--layout").arg(&layout);
        asked.args(["--feature", "f", "--method", "z", "--format", "csv"]).args(more).run()
    };
    let ended = normalise(&wells, &["--fit", "all", "--against", "samples"]);
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("--fit changes nothing about z") && !ended.stderr.contains("--against"));
    assert!(ended.stdout.contains(",A05,0.0\n") || ended.stdout.contains(",A05,0\n"), "{}", ended.stdout);
    let ended = normalise(Path::new("/dev/zero"), &[]);
    assert_eq!(ended.code(), Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("/dev/zero") && ended.stderr.contains("it is a device"), "{}", ended.stderr);
}
