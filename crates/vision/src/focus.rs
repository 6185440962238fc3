//! Is a plane sharp? Two measures that need no model: the slope of its power spectrum, and the variance of its Laplacian.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use crate::{Grey, Histogram};

/// What a plane is like.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// The slope of log power over log frequency: a sharp plane of cells has about -2, a blurred one falls more steeply.
    /// `None` of a plane that is too small or of one intensity. After Bray and others, J. Biomol. Screen. 17 (2012), 266.
    pub focus_slope: Option<f64>,
    /// The variance of the 4-neighbour Laplacian, over the square of the mean intensity; `None` of a plane that is too
    /// small or black.
    pub laplacian_variance: Option<f64>,
    /// Pixels at the greatest intensity, in percent.
    pub saturated_percent: f64,
    /// The mean intensity.
    pub mean: f64,
}

/// The side of the square from the middle of the plane whose spectrum is taken.
const SIDE: usize = 512;
/// Frequencies that are looked at, in cycles over the square: the lowest are of uneven light, the highest of the camera.
const LOWEST: usize = 4;

/// Measures a plane whose samples have so many bits.
#[must_use]
pub fn quality(grey: &Grey, bits: u8) -> Quality {
    let count = grey.values.len().max(1) as f64;
    let mean = grey.values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    Quality {
        focus_slope: focus_slope(grey),
        laplacian_variance: laplacian_variance(grey, mean),
        saturated_percent: Histogram::of(grey).saturated_percent(bits),
        mean,
    }
}

fn laplacian_variance(grey: &Grey, mean: f64) -> Option<f64> {
    let (width, height) = (grey.width as usize, grey.height as usize);
    if width < 3 || height < 3 || mean <= 0.0 {
        return None;
    }
    let row = |y: usize| grey.values.get(y * width..(y + 1) * width).unwrap_or_default();
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0_u64);
    for y in 1..height - 1 {
        let (above, here, below) = (row(y - 1), row(y), row(y + 1));
        for ((three, up), down) in
            here.windows(3).zip(above.get(1..).unwrap_or_default()).zip(below.get(1..).unwrap_or_default())
        {
            if let [left, middle, right] = three {
                let around = [*left, *right, *up, *down].iter().map(|&value| f64::from(value)).sum::<f64>();
                let curve = around - 4.0 * f64::from(*middle);
                sum += curve;
                squares += curve * curve;
                count += 1;
            }
        }
    }
    let count = count as f64;
    Some((squares / count - (sum / count).powi(2)).max(0.0) / (mean * mean))
}

/// Fits a line to the radially averaged power spectrum of the square in the middle, under a Hann window.
fn focus_slope(grey: &Grey) -> Option<f64> {
    let (width, height) = (grey.width as usize, grey.height as usize);
    let side = SIDE.min(width).min(height);
    if side < 8 * LOWEST {
        return None;
    }
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let window: Vec<f64> =
        (0..side).map(|at| 0.5 - 0.5 * (std::f64::consts::TAU * (at as f64 + 0.5) / side as f64).cos()).collect();
    let rows = || {
        grey.values.chunks_exact(width).skip(top).take(side).map(|row| row.get(left..left + side).unwrap_or_default())
    };
    let mean = rows().flatten().map(|&value| f64::from(value)).sum::<f64>() / (side * side) as f64;
    let mut field: Vec<Complex<f64>> = rows()
        .zip(&window)
        .flat_map(|(row, y)| {
            row.iter().zip(&window).map(move |(&value, x)| Complex::new((f64::from(value) - mean) * x * y, 0.0))
        })
        .collect();
    let transform = FftPlanner::new().plan_fft_forward(side);
    transform.process(&mut field);
    let mut turned: Vec<Complex<f64>> =
        (0..side * side).map(|at| field.get(at % side * side + at / side).copied().unwrap_or_default()).collect();
    transform.process(&mut turned);
    let highest = side * 2 / 5;
    let mut power = vec![(0.0, 0_u32); highest + 1];
    for (at, value) in turned.iter().enumerate() {
        let fold = |place: usize| place.min(side - place) as f64;
        let radius = fold(at % side).hypot(fold(at / side)).round();
        if let Some((sum, count)) = power.get_mut(radius as usize) {
            *sum += value.norm_sqr();
            *count += 1;
        }
    }
    slope(
        power
            .iter()
            .enumerate()
            .skip(LOWEST)
            .filter(|(_, (sum, count))| *count > 0 && *sum > 0.0)
            .map(|(radius, (sum, count))| (libm::log(radius as f64), libm::log(sum / f64::from(*count)))),
    )
}

/// The slope of the least-squares line; `None` of fewer than 8 points.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<f64> {
    let count = points.clone().count();
    if count < 8 {
        return None;
    }
    let n = count as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x, sy + y));
    let (x, y) = (x / n, y / n);
    let (over, under) =
        points.fold((0.0, 0.0), |(over, under), (px, py)| (over + (px - x) * (py - y), under + (px - x) * (px - x)));
    Some(over / under)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Discs at fixed places, each pixel the mean of a square of `blur` pixels.
    fn cells(side: u32, blur: i64) -> Grey {
        let sharp = |x: i64, y: i64| {
            let inside = (0..40_i64).any(|n| {
                let (cx, cy, r) = (n * 7919 % i64::from(side), n * 104_729 % i64::from(side), 6 + n % 7);
                (x - cx).pow(2) + (y - cy).pow(2) < r * r
            });
            if inside { 3000.0 } else { 200.0 }
        };
        let mut values = Vec::new();
        for y in 0..i64::from(side) {
            for x in 0..i64::from(side) {
                let around = (-blur..=blur).flat_map(|dy| (-blur..=blur).map(move |dx| (x + dx, y + dy)));
                let sum: f64 = around.map(|(x, y)| sharp(x, y)).sum();
                // A camera's noise, the same every time.
                let noise = ((x * 37 + y * 101) * 7919 % 41) as f64 - 20.0;
                values.push((sum / ((2 * blur + 1) as f64).powi(2) + noise) as u16);
            }
        }
        Grey { width: side, height: side, values, span: (0.0, 65_535.0) }
    }

    #[test]
    fn a_blurred_plane_falls_more_steeply_and_curves_less() {
        let (sharp, soft) = (quality(&cells(160, 0), 12), quality(&cells(160, 4), 12));
        assert!(sharp.laplacian_variance.unwrap() > 4.0 * soft.laplacian_variance.unwrap(), "{sharp:?} {soft:?}");
        assert!(sharp.focus_slope.unwrap() < -1.0, "{sharp:?}");
        assert!((sharp.mean - soft.mean).abs() < 30.0 && sharp.saturated_percent == 0.0);
    }

    #[test]
    fn what_is_too_small_or_even_has_no_measure() {
        let flat = Grey { width: 64, height: 64, values: vec![7; 64 * 64], span: (0.0, 65_535.0) };
        assert_eq!(quality(&flat, 16).focus_slope, None);
        let tiny = Grey { width: 2, height: 2, values: vec![1, 2, 3, 4], span: (0.0, 65_535.0) };
        let found = quality(&tiny, 16);
        assert_eq!((found.focus_slope, found.laplacian_variance), (None, None));
    }

    #[test]
    fn a_spectrum_of_a_known_slope_is_measured() {
        // Every frequency with the amplitude 1/f and a phase of its own: the power falls with the square.
        let side = 256_usize;
        let mut state = 7_u64;
        let mut phase = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / 16_777_216.0 * std::f64::consts::TAU
        };
        let fold = |place: usize| place.min(side - place) as f64;
        let mut field: Vec<Complex<f64>> = (0..side * side)
            .map(|at| fold(at % side).hypot(fold(at / side)))
            .map(|f| if f == 0.0 { Complex::default() } else { Complex::from_polar(1.0 / f, phase()) })
            .collect();
        let transform = FftPlanner::new().plan_fft_inverse(side);
        transform.process(&mut field);
        let mut turned: Vec<Complex<f64>> = (0..side * side).map(|at| field[at % side * side + at / side]).collect();
        transform.process(&mut turned);
        let most = turned.iter().map(|value| value.re.abs()).fold(0.0, f64::max);
        let values = turned.iter().map(|value| (30_000.0 + 29_000.0 * value.re / most) as u16).collect();
        let found = quality(&Grey { width: 256, height: 256, values, span: (0.0, 65_535.0) }, 16).focus_slope.unwrap();
        assert!((found + 2.0).abs() < 0.15, "{found}");
    }
}
