//! A model tested before it is run: what it gives here must be what it gave where it was made.

use super::{ModelError, Runner, Task, patches, run_patches};
use crate::{Grey, ImageFile, Limits};

/// Bytes of a test's image.
const MOST_IMAGE_BYTES: u64 = 64 << 20;

/// A model's test, as its card has it.
#[derive(Debug, Clone, PartialEq)]
pub struct SelfTest {
    /// An image beside the card.
    pub input: String,
    /// A file of float32 beside the card, least significant byte first: the first tile's output, each class, or the output of
    /// the first batch of all patches.
    pub output: String,
    /// How many numbers it holds.
    pub numbers: usize,
    /// Of a tile every so many rows and columns, from 0.
    pub step: usize,
    /// Each number may differ by this.
    pub tolerance: f32,
    /// The count of objects, or the plane's value,
    pub expected: f64,
    /// which may differ by this.
    pub expected_tolerance: f64,
}

impl Runner {
    /// Runs the card's test; a card without one passes.
    ///
    /// # Errors
    /// [`ModelError::SelfTest`] says what differs; else as [`Runner::look`].
    pub fn self_test(&mut self) -> Result<(), ModelError> {
        let Some(test) = self.card().test.clone() else { return Ok(()) };
        let name = self.card().name.clone();
        let failed = |reason: String| ModelError::SelfTest { name: name.clone(), reason };
        let grey = self.test_image(&test)?;
        let expected = self.expected_numbers(&test)?;
        let found = self.first_output(&grey, &test)?;
        if found.len() != expected.len() {
            return Err(failed(format!("{} numbers of output, and {} expected", found.len(), expected.len())));
        }
        let differences = found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs());
        // A difference that is no number is the greatest.
        let worst = differences.map(|by| if by.is_nan() { f32::INFINITY } else { by }).fold(0.0, f32::max);
        if worst > test.tolerance {
            return Err(failed(format!("its output differs by {worst}, and at most {} is allowed", test.tolerance)));
        }
        match self.look(&grey)?.measure() {
            Some(found) if (found - test.expected).abs() <= test.expected_tolerance => Ok(()),
            found => {
                let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
                let (expected, within) = (test.expected, test.expected_tolerance);
                Err(failed(format!("it finds {found}, and {expected} within {within} is expected")))
            }
        }
    }

    fn test_image(&self, test: &SelfTest) -> Result<Grey, ModelError> {
        let bytes = self.folder.beside(&test.input, MOST_IMAGE_BYTES)?;
        let failed = |reason: String| ModelError::SelfTest { name: self.card().name.clone(), reason };
        let decoded = ImageFile::open(&bytes, &Limits::default()).and_then(|file| file.decode(0, 1));
        let plane = decoded.map_err(|error| failed(format!("{}: {error}", test.input)))?;
        plane.grey(0).ok_or_else(|| failed(format!("{} has no channel", test.input)))
    }

    fn expected_numbers(&self, test: &SelfTest) -> Result<Vec<f32>, ModelError> {
        let bytes = self.folder.beside(&test.output, 4 * test.numbers as u64)?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        if numbers.len() != test.numbers || !rest.is_empty() {
            let reason = format!("{} holds {} bytes, not {} numbers", test.output, bytes.len(), test.numbers);
            return Err(ModelError::SelfTest { name: self.card().name.clone(), reason });
        }
        Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }

    /// The output that the card's numbers are of.
    fn first_output(&mut self, grey: &Grey, test: &SelfTest) -> Result<Vec<f32>, ModelError> {
        let plane = self.normalised(grey)?;
        match self.card().task {
            Task::Segment { tiling, .. } => {
                // Only the first: its output is brought out as if it were an error.
                let first = tiling.run(&plane, |tile| Err(self.run(tile)));
                let output = first.err().unwrap_or_else(|| Ok(Vec::new()))?;
                let rows = output.chunks_exact(tiling.tile).enumerate();
                let chosen = rows.filter(|(row, _)| (row % tiling.tile).is_multiple_of(test.step));
                Ok(chosen.flat_map(|(_, row)| row.iter().step_by(test.step).copied()).collect())
            }
            Task::Classify { rules, .. } => {
                let first: Vec<Vec<f32>> = patches(&plane, rules.size).into_iter().take(rules.batch).collect();
                let mut output = Vec::new();
                let _judged = run_patches(&first, &rules, |batch| {
                    output = self.run(batch)?;
                    Ok::<_, ModelError>(output.clone())
                })?;
                output.truncate(test.numbers);
                Ok(output)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// The shipped focus model with something changed in its card or its numbers.
    fn changed(card: impl Fn(String) -> String, numbers: impl Fn(&mut Vec<u8>)) -> Result<(), ModelError> {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/focus");
        let folder = tempfile::tempdir().unwrap();
        for file in ["model.onnx", "test-input.png"] {
            std::fs::copy(shipped.join(file), folder.path().join(file)).unwrap();
        }
        let text = std::fs::read_to_string(shipped.join("model.toml")).unwrap();
        std::fs::write(folder.path().join("model.toml"), card(text)).unwrap();
        let mut bytes = std::fs::read(shipped.join("test-output.f32")).unwrap();
        numbers(&mut bytes);
        std::fs::write(folder.path().join("test-output.f32"), bytes).unwrap();
        Runner::load(folder.path(), None, 1).unwrap().self_test()
    }

    #[test]
    fn a_test_fails_where_numbers_or_what_comes_of_them_differ() {
        let same = |text: String| text;
        changed(same, |_| ()).unwrap();
        let half = |bytes: &mut Vec<u8>| bytes[8..12].copy_from_slice(&0.5_f32.to_le_bytes());
        let nan = |bytes: &mut Vec<u8>| bytes[8..12].copy_from_slice(&f32::NAN.to_le_bytes());
        let short = |bytes: &mut Vec<u8>| bytes.truncate(60);
        let long = |bytes: &mut Vec<u8>| bytes.push(0);
        let value = |text: String| text.replace("expected = 0.0052", "expected = 0.9");
        for (error, part) in [
            (changed(same, half), "differs by 0.4"),
            (changed(same, nan), "differs by inf"),
            (changed(same, short), "60 bytes"),
            (changed(same, long), "longer than 64 bytes"),
            (changed(value, |_| ()), "and 0.9 within 0.01 is expected"),
        ] {
            let error = error.unwrap_err().to_string();
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
