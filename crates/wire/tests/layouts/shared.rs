//! The whole LINCS and JUMP platemaps, where `../shared` lies beside the repository.

use std::path::PathBuf;

use plate::Role;
use wire::layout_file::LayoutImport;
use wire::layout_table::LayoutTable;

use crate::platemaps::lincs_rules;
use crate::{count, sentences};

fn shared(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/plates").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    assert!(!in_ci, "{folder} would be left out, and in CI nothing may be");
    println!("LEFT OUT: {folder} is not there (../shared/data/plates)");
    None
}

#[test]
fn all_platemaps_of_lincs_give_every_plate_its_roles() {
    let Some(folder) = shared("lincs_a549_b1") else { return };
    let barcodes = std::fs::read(folder.join("barcode_platemap.csv")).unwrap();
    let import =
        LayoutImport { barcodes: Some(&barcodes), rules: lincs_rules(), unit: Some("uM"), ..LayoutImport::default() };
    let known = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/lincs/layout.csv");
    let known = LayoutTable::read(&std::fs::read(known).unwrap()).unwrap();
    let (mut plates, mut compared) = (0, 0);
    for entry in std::fs::read_dir(folder.join("platemap")).unwrap() {
        let path = entry.unwrap().path();
        let found = import.read(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(sentences(&found), [""; 0], "{}", path.display());
        plates += found.layouts.len();
        for layout in &found.layouts {
            assert_eq!(Role::ALL.map(|role| count(&layout.layout, role)), [24, 12, 12, 336, 0], "{}", layout.plate);
            if let Some(wells) = known.wells(&layout.plate) {
                compared += 1;
                let roles = |wells: &[plate::LayoutWell]| wells.iter().map(|e| (e.well, e.role)).collect::<Vec<_>>();
                assert_eq!(roles(&layout.layout.wells), roles(wells), "{}", layout.plate);
            }
        }
    }
    let lines = barcodes.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"SQ")).count();
    assert!(plates > 100 && plates <= lines, "{plates} plates of {lines}");
    assert_eq!(compared, 6, "the plates whose statistics are held against R");
}

#[test]
fn all_platemaps_of_jump_have_the_controls_that_their_readme_counts() {
    let Some(folder) = shared("jump_target") else { return };
    // negative, positive, reference, sample, empty; counted from the files with Python's csv module.
    for (name, metadata, expected) in [
        ("JUMP-Target-1_compound", "JUMP-Target-1_compound", None),
        ("JUMP-Target-2_compound", "JUMP-Target-2_compound", None),
        ("JUMP-Target-1_crispr", "JUMP-Target-1_crispr", Some(4)),
        ("JUMP-Target-1_orf", "JUMP-Target-1_orf", Some(4)),
    ] {
        let compounds = std::fs::read(folder.join(format!("{metadata}_metadata.tsv"))).unwrap();
        let import = LayoutImport { compounds: Some(&compounds), ..LayoutImport::default() };
        let found = import.read(&std::fs::read(folder.join(format!("{name}_platemap.tsv"))).unwrap()).unwrap();
        assert_eq!(sentences(&found), [""; 0], "{name}");
        let layout = &found.layouts[0].layout;
        assert_eq!(layout.wells.len(), 384, "{name}");
        let counts = Role::ALL.map(|role| count(layout, role));
        match expected {
            // "n=4 empty wells" of the README.
            Some(empty) => assert_eq!(counts[4], empty, "{name}: {counts:?}"),
            // "n=64 DMSO wells", 14 poscon_diverse twice, 26 poscon_cp and 6 poscon_orf once.
            None => assert_eq!(counts, [64, 60, 0, 260, 0], "{name}"),
        }
        println!("{name}: {counts:?}");
    }
}
