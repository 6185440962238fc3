//! What is told across plates, on real ones (`../shared/data/plates`): the checks of orientation on the 107 LINCS plates
//! (CC0; Natoli et al. 2021, doi:10.5281/zenodo.5008187), replicate agreement on a screen of cellHTS2 (KcViab).

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use plate::agreement::replicates;
use plate::card::{Direction, Pair};
use plate::orientation::{LaidOut, rotated, swapped};
use plate::{Format, Role, Well};

const PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// A file or folder of the first `shared` above this crate; where there is none that is said, and in CI it is a failure.
fn source(what: &str, path: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = own.ancestors().map(|above| above.join("shared/data/plates").join(path)).find(|path| path.exists());
    if found.is_none() {
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        assert!(!in_ci, "{path} is not beside this clone");
        println!("LEFT OUT: {what}: no ../shared beside this clone");
    }
    found
}

fn index(well: &str) -> usize {
    Well::parse_in(well, Format::F384).unwrap().index_in(Format::F384).unwrap()
}

/// MG-132 and, as the second positive control of these plates, bortezomib (`bortezomib`); both above 15 uM only.
fn roles(map: &Path, bortezomib: Role) -> Vec<Role> {
    let text = fs::read_to_string(map).unwrap();
    let mut roles = vec![Role::Empty; 384];
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let dose: f64 = fields.get(4).and_then(|dose| dose.parse().ok()).unwrap_or(0.0);
        roles[index(fields[1])] = match fields.get(2).copied().unwrap_or_default() {
            "" => Role::Negative,
            sample if sample.starts_with("BRD-K60230970") && dose > 15.0 => Role::Positive,
            sample if sample.starts_with("BRD-K50691590") && dose > 15.0 => bortezomib,
            _ => Role::Sample,
        };
    }
    roles
}

fn values(file: &Path) -> Vec<Option<f64>> {
    let text = fs::read_to_string(file).unwrap();
    let mut values = vec![None; 384];
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        values[index(fields[1])] = Some(fields[2].parse().unwrap());
    }
    values
}

#[test]
fn no_false_alarm_and_every_turned_plate_found() {
    let Some(source) = source("orientation on the LINCS plates", "lincs_a549_b1") else { return };
    let barcodes = fs::read_to_string(source.join("barcode_platemap.csv")).unwrap();
    let maps: HashMap<&str, &str> = barcodes
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            Some((fields.next()?, fields.next()?))
        })
        .collect();
    let mut files: Vec<PathBuf> =
        fs::read_dir(source.join("cell_count")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 107);
    let mut least_gain = f64::INFINITY;
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let barcode = name.split('_').next().unwrap();
        let map = source.join("platemap").join(format!("{}.txt", maps[barcode]));
        let values = values(file);
        let turned: Vec<Option<f64>> = values.iter().rev().copied().collect();
        for bortezomib in [Role::Reference, Role::Positive] {
            let roles = roles(&map, bortezomib);
            for direction in [Some(Direction::Down), None] {
                let plate = LaidOut { values: &values, roles: &roles, format: Format::F384, pair: PAIR, direction };
                assert_eq!(rotated(&plate), Ok(None), "{barcode} was not turned");
                let found = rotated(&LaidOut { values: &turned, ..plate }).unwrap();
                let found = found.unwrap_or_else(|| panic!("{barcode} was turned, {bortezomib} {direction:?}"));
                assert!(!found.or_swapped, "turning this layout puts its controls on samples");
                let gain = found.as_turned.ssmd.unwrap().abs() - found.as_laid_out.ssmd.unwrap().abs();
                least_gain = least_gain.min(gain);
            }
            let down = Some(Direction::Down);
            let plate = LaidOut { values: &values, roles: &roles, format: Format::F384, pair: PAIR, direction: down };
            assert_eq!(swapped(&plate), Ok(None), "{barcode} is not exchanged");
            assert_eq!(swapped(&LaidOut { values: &turned, ..plate }), Ok(None), "{barcode}: turned is not exchanged");
            let pair = Pair { positive: Role::Negative, negative: Role::Positive };
            assert!(swapped(&LaidOut { pair, ..plate }).unwrap().is_some(), "{barcode} is exchanged");
            assert_eq!(rotated(&LaidOut { pair, ..plate }), Ok(None), "{barcode}: exchanged is not turned");
        }
    }
    println!("107 plates: turning them loses at least {least_gain:.2} SSMD");
}

/// Spearman of both replicates of the first three plates, samples only, as the reference file has it (R: `cor(method =
/// "spearman")` of log2 values centred at the plate's median; ranks do not change by that).
#[test]
fn replicates_agree_as_r_says() {
    let what = "replicate agreement on KcViab";
    let Some(wells) = source(what, "reference_examples/kcviab_wells_1_3.csv") else { return };
    let Some(plates) = source(what, "reference_examples/kcviab_plate_qc_1_3.csv") else { return };
    let (wells, plates) = (fs::read_to_string(wells).unwrap(), fs::read_to_string(plates).unwrap());
    let mut compared = 0;
    for line in plates.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (plate, expected): (&str, f64) = (fields[0], fields.last().unwrap().parse().unwrap());
        let of_plate = wells.lines().skip(1).map(|line| line.split(',').collect::<Vec<&str>>());
        let of_plate = of_plate.filter(|fields| fields[0] == plate && fields[2] == "sample");
        let (first, second): (Vec<Option<f64>>, Vec<Option<f64>>) =
            of_plate.map(|fields| (fields[3].parse().ok(), fields[4].parse().ok())).unzip();
        let group = replicates(&[&first, &second]);
        assert_eq!(group.pairs[0].agreement.n, 380, "plate {plate}");
        let found = group.spearman.unwrap();
        assert!((found.median - expected).abs() < 1e-12, "plate {plate}: {found:?}, R has {expected}");
        compared += 1;
    }
    assert_eq!(compared, 6, "three plates, each named by both replicates");
}
