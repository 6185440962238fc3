//! `image info` and `image qc` on files, as anybody runs them.

use std::fs;
use std::path::{Path, PathBuf};

use plateside_tests::command::Plateside;

fn known(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/vision/tests/images").join(name)
}

#[test]
fn files_say_what_they_hold() {
    let text = fs::read_to_string(known("reference.json")).unwrap();
    let reference: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names =
        ["knowndev_u16_lzw_pred.tif", "knowndev_f32_raw.tif", "knowndev_ome_czyx_u16.tif", "imagetiff_rgb-3c-16b.tiff"];
    let found = Plateside::new("image").arg("info").args(names.map(known)).json();
    for (object, name) in found.as_array().unwrap().iter().zip(names) {
        assert_eq!(object["ok"], true, "{object}");
        assert_eq!(object["sha256_planes"][0], reference[name]["sha256_le"], "{name}");
        assert_eq!(object["planes"], reference[name]["pages"], "{name}");
        assert!(object["error"].is_null());
    }
    assert_eq!(
        (&found[0]["sample_type"], &found[0]["width"], &found[0]["height"]),
        (&"u16".into(), &160.into(), &128.into())
    );
    assert_eq!((&found[1]["sample_type"], &found[3]["channels"]), (&"f32".into(), &3.into()));
    assert_eq!(found[0]["sha256_samples"], found[0]["sha256_planes"][0], "of one plane they are the same");
}

#[test]
fn what_is_no_image_is_said_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (diary, gone) = (folder.path().join("diary.tif"), folder.path().join("gone.png"));
    fs::write(&diary, "Dear diary").unwrap();
    let cut = folder.path().join("cut.tif");
    fs::write(&cut, &fs::read(known("knowndev_u16_be.tif")).unwrap()[..9000]).unwrap();
    let run = Plateside::new("image")
        .args(["info", "--format", "json"])
        .args([&diary, &cut, &known("knowndev_u16_be.tif")])
        .run();
    assert_eq!(run.code(), Some(1), "a bad file is a bad thing looked at: {}", run.stderr);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(found[0]["error"].as_str().unwrap().contains("no image format"), "{found}");
    assert!(found[1]["ok"] == false && found[1]["width"].is_null(), "{found}");
    assert_eq!(found[2]["ok"], true);
    let run = Plateside::new("image").args(["info", "--format", "json"]).arg(&gone).run();
    assert_eq!(run.code(), Some(3), "a file that is not there: {}", run.stderr);
    assert!(run.stdout.contains("gone.png") && run.stdout.contains("cannot be read"), "{}", run.stdout);
}

#[test]
fn planes_are_measured() {
    let found = Plateside::new("image")
        .arg("qc")
        .args(["knowndev_u16_be.tif", "imagetiff_seq-1c-2b-58b25f76.tiff"].map(known))
        .json();
    assert!(found[0]["focus_slope"].as_f64().unwrap() < 0.0, "{found}");
    assert!(found[0]["laplacian_variance"].as_f64().unwrap() > 0.0, "{found}");
    assert_eq!(found[0]["saturated_percent"], 0.0);
    assert!(
        found[1]["focus_slope"].is_null() && found[1]["undefined"]["focus_slope"].is_string(),
        "16 x 16 is too small: {found}"
    );
    assert_eq!(found[1]["saturated_percent"], 25.0, "two bits: a quarter of 0, 1, 2, 3 is full");
}
