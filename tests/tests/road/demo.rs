//! The demo lab: real plates through the same road as any lab's, with the figures and alerts that are known of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plate::AlertLevel;
use plateside_tests::command::Plateside;
use plateside_tests::{clone_folder, runtime};
use serde_json::{Value, json};

fn rows(path: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(clone_folder().join(path)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_demo_plates_are_judged_as_their_source_says() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let mut lab = Plateside::new("demo-lab").args(["--speed", "2000"]).start();
    let brokers = lab.first_line();
    let profile = clone_folder().join("demo/profile.toml");
    let record = Plateside::record_from(&brokers, &dir).arg("--profile").arg(profile);
    let mut recorder = record.start();
    let plates = rows("demo/plates.csv");
    let expected = plates.iter().map(|plate| rows(&format!("demo/wells/{}.csv", plate["barcode"])).len());
    crate::record::await_messages(
        &mut recorder,
        &dir,
        expected.sum::<usize>() as u64 + plates.len() as u64 + rows("demo/images.csv").len() as u64,
    );
    // Stages come behind the last wells.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let summary = ended.json();
    assert_eq!(summary["undecoded"], 0, "the demo speaks the native contract: {summary}");
    assert!(ended.stderr.contains("note on run DEMO-"), "the run says that it is a demo: {}", ended.stderr);
    drop(lab);

    let wells = Plateside::new("export").arg(&dir).args(["--what", "wells", "--format", "csv"]).run();
    let qc = Plateside::new("qc").arg(&dir).args(["--feature", "Cells_Count"]).json();
    for plate in &plates {
        let barcode = plate["barcode"].as_str();
        let played = rows(&format!("demo/wells/{barcode}.csv"));
        // run, plate, well, site, …: sites with pictures have a count of their own.
        let of_plate = wells.stdout.lines().filter(|line| line.contains(&format!(",{barcode},")));
        let stored = of_plate.filter(|line| line.split(',').nth(3) == Some("")).count();
        assert_eq!(stored, played.len(), "{barcode} has every well of its source");
        let object = qc.as_array().unwrap().iter().find(|object| object["plate"] == barcode).unwrap();
        let (ours, theirs) = (object["z_prime"].as_f64().unwrap(), plate["z_prime"].parse::<f64>().unwrap());
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs(), "{barcode}: Z' {ours}, the source's is {theirs}");
        assert!(object["run"].as_str().unwrap().starts_with("DEMO-"), "the run's name says what it is: {object}");
    }

    let flags = runtime().block_on(flags(&dir));
    let path = clone_folder().join("demo/expected_flags.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&flags).unwrap() + "\n").unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(json!(flags), expected, "UPDATE=1 writes what came");
    // demo/SOURCE.md, "expected alerts".
    let of =
        |plate: &str| flags.iter().filter(|flag| flag["plate"] == plate && flag["stands"] == true).collect::<Vec<_>>();
    for healthy in ["SQ00015194", "SQ00015054", "SQ00015132", "SQ00015207", "SQ00015211"] {
        assert!(of(healthy).is_empty(), "{healthy} is a good plate: {:?}", of(healthy));
    }
    for (plate, rule) in [("SQ00015212", "z_prime_fail"), ("SQ00015106", "edge_effect")] {
        let flag = of(plate).into_iter().find(|flag| flag["rule"] == rule);
        assert!(flag.is_some_and(|flag| flag["before_complete"] == true), "{plate} calls while it is read: {flag:?}");
    }
    let replayed = Plateside::new("replay").arg(&dir).args(["--speed", "max"]).json();
    assert_eq!(replayed["digest"]["judgement"], summary["digest"]["judgement"], "a replay judges alike");
    let verified = Plateside::new("verify").arg(&dir).json();
    assert_eq!(verified["problems"], json!([]), "every alert follows from its records, at its place");
}

/// What each rule said of each plate: the worst, whether it was said before all wells were in, whether it still stands.
async fn flags(dir: &Path) -> Vec<Value> {
    let mut reader = session::Reader::open(dir).await.unwrap();
    let mut found: BTreeMap<(String, String, String), (AlertLevel, bool, bool)> = BTreeMap::new();
    for (_, alert) in reader.alerts().await.unwrap() {
        let key = (alert.plate.barcode.to_string(), alert.feature.to_string(), alert.rule.to_string());
        let mut wells = BTreeSet::new();
        let each = |result: session::ColumnResult<'_>| {
            wells.insert((result.well.row(), result.well.column()));
        };
        reader.results_of(&alert.plate, &["Cells_Count"], 0, alert.cause_seq, each).await.unwrap();
        let is_early = wells.len() < 384;
        let known = found.entry(key).or_insert((alert.level, is_early, false));
        known.0 = known.0.max(alert.level);
        known.2 = alert.level != AlertLevel::Cleared;
    }
    let flag = |((plate, feature, rule), (level, before_complete, stands)): ((String, String, String), _)| {
        let level: AlertLevel = level;
        json!({ "plate": plate, "feature": feature, "rule": rule, "level": level.as_str(),
            "before_complete": before_complete, "stands": stands })
    };
    found.into_iter().map(flag).collect()
}
