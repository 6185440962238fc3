//! A card as its text has it, and what must fit together in it.

use serde::Deserialize;

use super::card::{About, CardError, Task};
use super::self_test::SelfTest;
use super::{ObjectRules, PatchRules, Tiling};

/// A tile is at most so wide: 2,048² floats are 16 MiB.
const MOST_SIDE: usize = 2048;
/// Classes of an output, and patches of a batch.
const MOST: usize = 256;

#[derive(Deserialize)]
pub(super) struct Text {
    pub(super) format: u32,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) task: String,
    pub(super) file: String,
    pub(super) sha256: String,
    pub(super) input: InputText,
    pub(super) output: OutputText,
    pub(super) objects: Option<ObjectsText>,
    pub(super) patches: Option<PatchesText>,
    pub(super) test: Option<TestText>,
    #[serde(default)]
    pub(super) card: About,
}

#[derive(Deserialize)]
pub(super) struct InputText {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) channel: Option<String>,
    pub(super) tile: Option<usize>,
    #[serde(default)]
    pub(super) margin: usize,
    pub(super) normalise: NormaliseText,
}

#[derive(Deserialize)]
pub(super) struct NormaliseText {
    pub(super) kind: String,
    pub(super) low: f64,
    pub(super) high: f64,
}

#[derive(Deserialize)]
pub(super) struct OutputText {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    #[serde(default)]
    pub(super) classes: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct ObjectsText {
    pub(super) interior: usize,
    pub(super) background: usize,
    pub(super) interior_min: f32,
    pub(super) background_max: f32,
    pub(super) min_area_px: usize,
    pub(super) grow_rounds: usize,
}

#[derive(Deserialize)]
pub(super) struct PatchesText {
    pub(super) size: usize,
    pub(super) batch: usize,
    pub(super) min_range: f32,
    pub(super) min_range_to_noise: f32,
    pub(super) out_of_focus_min: f32,
}

#[derive(Deserialize)]
pub(super) struct TestText {
    pub(super) input: String,
    pub(super) output: String,
    pub(super) sample_shape: Vec<usize>,
    #[serde(default = "one")]
    pub(super) sample_step: usize,
    pub(super) atol: f32,
    pub(super) expected: f64,
    pub(super) expected_tolerance: f64,
}

const fn one() -> usize {
    1
}

impl Text {
    /// What the model does, as far as its numbers fit together.
    pub(super) fn task(&self) -> Result<Task, CardError> {
        let wrong = |reason: String| Err(CardError::Wrong { reason });
        match self.task.as_str() {
            "segment" => {
                let Some(objects) = &self.objects else {
                    return wrong("a model that segments has [objects]".to_owned());
                };
                let tile = self.input.tile.unwrap_or(0);
                let [1, classes, height, width] = self.output.shape[..] else {
                    return wrong(format!("output {:?} is not [1, classes, tile, tile]", self.output.shape));
                };
                let fits = self.input.shape == [1, 1, tile, tile] && (height, width) == (tile, tile);
                if !fits || tile == 0 || tile > MOST_SIDE || 2 * self.input.margin >= tile || classes > MOST {
                    return wrong(format!(
                        "input {:?}, tile {tile} and margin {} do not fit together",
                        self.input.shape, self.input.margin
                    ));
                }
                if objects.interior >= classes || objects.background >= classes {
                    return wrong(format!("[objects] names a class that the output of {classes} has not"));
                }
                Ok(Task::Segment {
                    tiling: Tiling { tile, margin: self.input.margin, classes },
                    rules: ObjectRules {
                        interior: objects.interior,
                        background: objects.background,
                        interior_min: objects.interior_min,
                        background_max: objects.background_max,
                        min_area_px: objects.min_area_px,
                        grow_rounds: objects.grow_rounds,
                    },
                })
            }
            "classify" => {
                let Some(patches) = &self.patches else {
                    return wrong("a model that classifies has [patches]".to_owned());
                };
                let PatchesText { size, batch, min_range, min_range_to_noise, out_of_focus_min } = *patches;
                let fits = self.input.shape == [batch, 1, size, size] && self.output.shape == [batch, 1];
                if !fits || size == 0 || size > MOST_SIDE || batch == 0 || batch > MOST {
                    return wrong(format!(
                        "input {:?}, size {size} and batch {batch} do not fit together",
                        self.input.shape
                    ));
                }
                let rules = PatchRules { size, batch, min_range, min_range_to_noise };
                Ok(Task::Classify { rules, from: out_of_focus_min })
            }
            other => wrong(format!("task {other:?} is none of segment, classify")),
        }
    }

    /// How it is tested, where the card says so.
    pub(super) fn self_test(&self) -> Result<Option<SelfTest>, CardError> {
        let Some(test) = &self.test else { return Ok(None) };
        let wrong = |reason: String| Err(CardError::Wrong { reason });
        for file in [&test.input, &test.output] {
            if !is_plain(file) {
                return wrong(format!("[test] {file:?} is no plain name of a file beside it"));
            }
        }
        let numbers = test.sample_shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side));
        let output: usize = self.output.shape.iter().product();
        let Some(numbers) = numbers.filter(|numbers| (1..=output).contains(numbers)) else {
            return wrong(format!("[test] sample_shape {:?} is more than the output", test.sample_shape));
        };
        let good = |limit: f64| limit.is_finite() && limit >= 0.0;
        if test.sample_step == 0 || !good(test.atol.into()) || !good(test.expected_tolerance) {
            return wrong("[test] step and tolerances are positive numbers".to_owned());
        }
        Ok(Some(SelfTest {
            input: test.input.clone(),
            output: test.output.clone(),
            numbers,
            step: test.sample_step,
            tolerance: test.atol,
            expected: test.expected,
            expected_tolerance: test.expected_tolerance,
        }))
    }
}

/// The bytes of 64 hexadecimal digits.
pub(super) fn digest(hex: &str) -> Option<[u8; 32]> {
    let mut digest = [0_u8; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(digest)
}

/// Whether a name is that of a file in the same folder, on every system.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.')
}
