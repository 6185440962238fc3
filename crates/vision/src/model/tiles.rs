//! Intensities stretched to 0..1, cut into overlapping tiles, and put together again.

use crate::{Grey, Histogram};

/// A plane stretched between two percentiles, row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalised {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `height * width` values from 0 to 1.
    pub values: Vec<f32>,
}

/// Stretches the whole plane between two percentiles of its intensities (nearest rank) and cuts off what lies outside; all
/// zero where both are the same.
#[must_use]
pub fn normalise(grey: &Grey, low_percent: f64, high_percent: f64) -> Normalised {
    let histogram = Histogram::of(grey);
    let (low, high) = (histogram.percentile(low_percent), histogram.percentile(high_percent));
    let span = f32::from(high.saturating_sub(low));
    let values = if high <= low {
        vec![0.0; grey.values.len()]
    } else {
        grey.values.iter().map(|&value| ((f32::from(value) - f32::from(low)) / span).clamp(0.0, 1.0)).collect()
    };
    Normalised { width: grey.width as usize, height: grey.height as usize, values }
}

/// The place on an axis of `n` that stands for `at`: outside it is mirrored at the first and last pixel, which are not
/// repeated, as often as needed; an axis of one pixel repeats it.
pub(super) fn reflect(at: isize, n: usize) -> usize {
    let Some(last) = n.checked_sub(1).filter(|last| *last > 0) else { return 0 };
    let period = 2 * last;
    let place = at.rem_euclid(isize::try_from(period).unwrap_or(isize::MAX)).unsigned_abs();
    if place > last { period - place } else { place }
}

/// How a model sees a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    /// Side of the model's input, in pixels.
    pub tile: usize,
    /// Pixels at each side of a tile whose output is not kept; less than half of `tile`.
    pub margin: usize,
    /// Channels of the model's output.
    pub classes: usize,
}

impl Tiling {
    /// Runs a model over the whole plane: `run` gets `tile * tile` values and gives `classes * tile * tile`. The result is
    /// `classes * height * width`. Tiles lie on a grid of `tile - 2 margin` from the top left, rows first; each reaches
    /// `margin` beyond its part on all sides, and only the middle of its output is kept.
    ///
    /// # Errors
    /// Those of `run`.
    pub fn run<E>(
        &self,
        plane: &Normalised,
        mut run: impl FnMut(&[f32]) -> Result<Vec<f32>, E>,
    ) -> Result<Vec<f32>, E> {
        let Tiling { tile, margin, classes } = *self;
        let (width, height) = (plane.width, plane.height);
        let step = tile.saturating_sub(2 * margin).max(1);
        let mut out = vec![0.0; classes * width * height];
        let mut input = vec![0.0; tile * tile];
        for top in (0..height).step_by(step) {
            for left in (0..width).step_by(step) {
                self.fill(plane, top, left, &mut input);
                let found = run(&input)?;
                let (rows, columns) = (step.min(height - top), step.min(width - left));
                for class in 0..classes {
                    for row in 0..rows {
                        let from = (class * tile + margin + row) * tile + margin;
                        let to = (class * height + top + row) * width + left;
                        if let (Some(kept), Some(place)) =
                            (found.get(from..from + columns), out.get_mut(to..to + columns))
                        {
                            place.copy_from_slice(kept);
                        }
                    }
                }
            }
        }
        Ok(out)
    }

    fn fill(&self, plane: &Normalised, top: usize, left: usize, input: &mut [f32]) {
        let outside = |from: usize, at: usize| (from + at).cast_signed() - self.margin.cast_signed();
        let columns: Vec<usize> = (0..self.tile).map(|at| reflect(outside(left, at), plane.width)).collect();
        for (at, line) in input.chunks_exact_mut(self.tile).enumerate() {
            let row = reflect(outside(top, at), plane.height) * plane.width;
            for (value, column) in line.iter_mut().zip(&columns) {
                *value = plane.values.get(row + column).copied().unwrap_or(0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_mirrored_as_often_as_needed() {
        let found: Vec<usize> = (-5..9).map(|at| reflect(at, 4)).collect();
        assert_eq!(found, [1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]);
        assert_eq!([reflect(-3, 1), reflect(0, 1), reflect(7, 1), reflect(3, 2), reflect(-1, 2)], [0, 0, 0, 1, 1]);
    }

    #[test]
    fn tiles_put_together_are_the_plane() {
        for (width, height) in [(1, 1), (5, 3), (16, 16), (17, 40), (33, 9)] {
            let values: Vec<f32> = (0..width * height).map(|at| at as f32).collect();
            let plane = Normalised { width, height, values: values.clone() };
            let tiling = Tiling { tile: 16, margin: 4, classes: 2 };
            let twice = |input: &[f32]| Ok::<_, ()>([input.to_vec(), input.iter().map(|v| -v).collect()].concat());
            let found = tiling.run(&plane, twice).unwrap();
            assert_eq!(found[..width * height], values, "{width} x {height}");
            assert!(found[width * height..].iter().zip(&values).all(|(found, value)| *found == -value));
            assert_eq!(tiling.run(&plane, |_| Err("crashed")), Err("crashed"));
        }
    }

    #[test]
    fn a_plane_is_stretched_between_its_percentiles() {
        let values = (0..1000).map(|at| 100 + at).collect();
        let grey = Grey { width: 100, height: 10, values, span: (0.0, 65_535.0) };
        let found = normalise(&grey, 1.0, 99.8);
        assert_eq!((found.values[0], found.values[9], found.values[997], found.values[999]), (0.0, 0.0, 1.0, 1.0));
        assert_eq!(found.values[500], 491.0 / 988.0);
        let flat = Grey { width: 2, height: 1, values: vec![7, 7], span: (0.0, 65_535.0) };
        assert_eq!(normalise(&flat, 1.0, 99.8).values, [0.0, 0.0]);
    }
}
