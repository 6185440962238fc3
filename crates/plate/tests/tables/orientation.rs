//! The checks of orientation on the 107 LINCS plates (`../shared/data/plates/lincs_a549_b1`, CC0; Natoli et al. 2021,
//! doi:10.5281/zenodo.5008187): no false alarm, and every plate that is turned or exchanged by hand is found.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use plate::card::{Direction, Pair};
use plate::orientation::{LaidOut, rotated, swapped};
use plate::{Format, Role, Well};

const PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// The plates' folder, in the first `shared` above this crate; where there is none that is said, and in CI it is a failure.
fn source() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = own.ancestors().map(|above| above.join("shared/data/plates/lincs_a549_b1")).find(|path| path.is_dir());
    if found.is_none() {
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        assert!(!in_ci, "the LINCS plates are not beside this clone");
        println!("SKIPPED: orientation on the LINCS plates (no ../shared beside this clone)");
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
    let Some(source) = source() else { return };
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
