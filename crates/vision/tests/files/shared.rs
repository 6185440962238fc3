//! More files than the repository may carry, where `../shared` lies beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

fn shared(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/images").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("LEFT OUT: {folder} is not there (../shared/data/images)");
    None
}

fn reference(folder: &Path) -> BTreeMap<String, Value> {
    serde_json::from_str(&std::fs::read_to_string(folder.join("reference.json")).unwrap()).unwrap()
}

#[test]
fn formats_of_the_world_equal_their_reference() {
    let Some(folder) = shared("formats") else { return };
    let reference = reference(&folder);
    let (equal, different) = crate::known::differences(&folder, &reference);
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert_eq!(equal, reference.len());
}

#[test]
fn malformed_files_are_refused_or_decoded_in_time() {
    let Some(folder) = shared("malformed") else { return };
    let mut refused = 0;
    for name in reference(&folder).keys() {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let began = Instant::now();
        match crate::decode_all(&bytes, 1) {
            Ok(()) => {}
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
        assert!(began.elapsed() < Duration::from_secs(2), "{name}");
    }
    assert!(refused > 30, "{refused}");
}
