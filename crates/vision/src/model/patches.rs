//! A plane as patches for a model that judges each of them, and one value for the plane.

use super::tiles::{Normalised, reflect};

/// How patches are cut and which of them show enough; the numbers stand in the model's card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatchRules {
    /// Side of a patch, in pixels.
    pub size: usize,
    /// Patches that go through the model together.
    pub batch: usize,
    /// A patch is usable from this range between its 1st and 99th percentile on,
    pub min_range: f32,
    /// and from so many times its noise on.
    pub min_range_to_noise: f32,
}

/// Whole patches on a grid from the top left, rows first, `size * size` values each. What is left over at the right and
/// below is not used; an axis shorter than a patch is mirrored up to one.
#[must_use]
pub fn patches(plane: &Normalised, size: usize) -> Vec<Vec<f32>> {
    if size == 0 || plane.width == 0 || plane.height == 0 {
        return Vec::new();
    }
    let (across, down) = ((plane.width / size).max(1), (plane.height / size).max(1));
    let value = |row: usize, column: usize| {
        let (row, column) = (reflect(row.cast_signed(), plane.height), reflect(column.cast_signed(), plane.width));
        plane.values.get(row * plane.width + column).copied().unwrap_or(0.0)
    };
    let mut cut = Vec::with_capacity(across * down);
    for top in (0..down).map(|at| at * size) {
        for left in (0..across).map(|at| at * size) {
            let rows = (top..top + size).flat_map(|row| (left..left + size).map(move |column| (row, column)));
            cut.push(rows.map(|(row, column)| value(row, column)).collect());
        }
    }
    cut
}

impl PatchRules {
    /// Whether a patch shows enough to be judged: its range between the 1st and 99th percentile (nearest rank), and that
    /// against its noise, the lower median of the differences between a pixel and the one to its right.
    #[must_use]
    pub fn has_content(&self, patch: &[f32]) -> bool {
        let mut sorted = patch.to_vec();
        sorted.sort_by(f32::total_cmp);
        let rank = |share: f64| {
            let at = ((share * sorted.len() as f64).ceil() as usize).max(1) - 1;
            sorted.get(at).copied().unwrap_or(0.0)
        };
        let span = rank(0.99) - rank(0.01);
        let pairs = patch.chunks_exact(self.size.max(1)).flat_map(|row| row.windows(2));
        let mut steps: Vec<f32> = pairs.filter_map(|pair| Some((pair.get(1)? - pair.first()?).abs())).collect();
        steps.sort_by(f32::total_cmp);
        let noise = steps.get(steps.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
        span >= self.min_range && span >= self.min_range_to_noise * noise
    }
}

/// Runs a model over patches, a batch at a time: `run` gets `batch * size * size` values, unused slots zero, and gives a
/// probability a slot.
///
/// # Errors
/// Those of `run`.
pub fn run_patches<E>(
    patches: &[Vec<f32>],
    rules: &PatchRules,
    mut run: impl FnMut(&[f32]) -> Result<Vec<f32>, E>,
) -> Result<Vec<f32>, E> {
    let mut found = Vec::with_capacity(patches.len());
    for some in patches.chunks(rules.batch.max(1)) {
        let mut input: Vec<f32> = some.concat();
        input.resize(rules.batch.max(1) * rules.size * rules.size, 0.0);
        found.extend(run(&input)?.into_iter().take(some.len()));
    }
    Ok(found)
}

/// The plane's value: the median of its usable patches, the mean of the two middle ones of an even number; `None` without
/// any: it shows too little.
#[must_use]
pub fn focus_value(probabilities: &[f32]) -> Option<f64> {
    let mut sorted = probabilities.to_vec();
    sorted.sort_by(f32::total_cmp);
    let upper = f64::from(*sorted.get(sorted.len() / 2)?);
    let lower = f64::from(*sorted.get(sorted.len().saturating_sub(1) / 2)?);
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: PatchRules = PatchRules { size: 4, batch: 3, min_range: 0.2, min_range_to_noise: 4.0 };

    #[test]
    fn patches_lie_on_a_grid_and_short_axes_are_mirrored() {
        let values: Vec<f32> = (0..9 * 3).map(|at| at as f32).collect();
        let cut = patches(&Normalised { width: 9, height: 3, values }, 4);
        assert_eq!(cut.len(), 2, "the ninth column is left over");
        assert_eq!(cut[1][..4], [4.0, 5.0, 6.0, 7.0]);
        assert_eq!(cut[0][12..], [9.0, 10.0, 11.0, 12.0], "the fourth row is the second again");
        assert!(patches(&Normalised { width: 0, height: 0, values: Vec::new() }, 4).is_empty());
    }

    #[test]
    fn what_shows_too_little_is_not_judged() {
        let edge: Vec<f32> = (0..16).map(|at| if at % 4 < 2 { 0.0 } else { 1.0 }).collect();
        assert!(RULES.has_content(&edge));
        assert!(!RULES.has_content(&[0.5; 16]));
        let noise: Vec<f32> = (0..16).map(|at| (at % 2) as f32).collect();
        assert!(!RULES.has_content(&noise), "its range is its noise");
    }

    #[test]
    fn batches_are_filled_up_and_the_median_is_the_value() {
        let cut: Vec<Vec<f32>> = (0..5).map(|n| vec![n as f32; 16]).collect();
        let mut sizes = Vec::new();
        let found = run_patches(&cut, &RULES, |input| {
            sizes.push(input.len());
            Ok::<_, ()>(input.chunks(16).map(|patch| patch[0] / 10.0).collect())
        });
        assert_eq!((found.as_deref(), sizes), (Ok(&[0.0, 0.1, 0.2, 0.3, 0.4][..]), vec![48, 48]));
        assert_eq!(
            (focus_value(&[0.5, 0.25, 1.0]), focus_value(&[0.25, 0.5]), focus_value(&[])),
            (Some(0.5), Some(0.375), None)
        );
    }
}
