//! What happens around a model, held against `models/pipeline.py` on the same numbers: `probability.f32` is smoothed noise as
//! three classes of 37 x 48 pixels, `labels.u32` what the Python makes of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what broke by stopping there")]

use std::path::PathBuf;

use vision::model::{ObjectRules, Objects};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/models").join(name)).unwrap()
}

#[test]
fn objects_are_those_of_the_training_scripts() {
    let four = |bytes: Vec<u8>| bytes.chunks_exact(4).map(|four| four.try_into().unwrap()).collect::<Vec<[u8; 4]>>();
    let output: Vec<f32> = four(bytes("probability.f32")).into_iter().map(f32::from_le_bytes).collect();
    let labels: Vec<u32> = four(bytes("labels.u32")).into_iter().map(u32::from_le_bytes).collect();
    let rules = ObjectRules {
        interior: 1,
        background: 0,
        interior_min: 0.5,
        background_max: 0.4,
        min_area_px: 8,
        grow_rounds: 3,
    };
    let found = Objects::of(&output, 48, 37, &rules);
    assert_eq!(found.labels, labels);
    let last = found.seen.last().unwrap();
    assert_eq!((found.seen.len(), found.seen.iter().map(|object| object.area_px).sum::<u32>()), (11, 1110));
    assert_eq!((last.area_px, last.bounds), (21, (22, 33, 28, 37)));
}
