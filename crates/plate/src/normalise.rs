//! Scales of a plate's values for looking at them (`QC.md`, second table): percent of control, robust z, B-score.
//!
//! All take values in row-major well order, `None` where there is none, and give the same shape back.

use crate::statistics::{median, median_and_mad_of};

/// How values are scaled for looking at them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    /// As received.
    #[default]
    Raw,
    /// 100 x / mean of the negatives.
    Percent,
    /// (x - median) / MAD of the negatives.
    RobustZ,
    /// B-score fitted to the samples.
    BScore,
}

impl Scale {
    /// By its name in the window.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Scale> {
        Some(match name {
            "raw" => Scale::Raw,
            "percent" => Scale::Percent,
            "robust_z" => Scale::RobustZ,
            "b_score" => Scale::BScore,
            _ => return None,
        })
    }
}

/// Why a scale cannot be had for a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unscaled {
    /// No reference well has a value.
    #[error("no reference well has a value")]
    NoReference,
    /// The reference's mean is 0.
    #[error("the mean of the reference wells is 0")]
    ZeroMean,
    /// The reference does not scatter.
    #[error("the reference wells do not scatter")]
    NoScatter,
}

/// Scaled values, `None` where a well has none.
pub type Scaled = Result<Vec<Option<f64>>, Unscaled>;

/// Values on a scale. `negatives` and `samples` say which wells count as such (none that are excluded); `columns` is the
/// plate's.
///
/// # Errors
/// [`Unscaled`].
pub fn scaled(scale: Scale, values: &[Option<f64>], negatives: &[bool], samples: &[bool], columns: usize) -> Scaled {
    let reference =
        || -> Vec<f64> { negatives.iter().zip(values).filter_map(|(is, value)| value.filter(|_| *is)).collect() };
    match scale {
        Scale::Raw => Ok(values.to_vec()),
        Scale::Percent => percent_of_control(values, &reference()),
        Scale::RobustZ => robust_z(values, &reference()),
        Scale::BScore => b_score(values, samples, columns),
    }
}

/// 100 x / mean of the reference.
///
/// # Errors
/// [`Unscaled`].
pub fn percent_of_control(values: &[Option<f64>], reference: &[f64]) -> Scaled {
    if reference.is_empty() {
        return Err(Unscaled::NoReference);
    }
    let mean = reference.iter().sum::<f64>() / reference.len() as f64;
    if mean == 0.0 {
        return Err(Unscaled::ZeroMean);
    }
    Ok(values.iter().map(|value| finite(100.0 * (*value)? / mean)).collect())
}

/// (x - median) / MAD of the reference.
///
/// # Errors
/// [`Unscaled`].
pub fn robust_z(values: &[Option<f64>], reference: &[f64]) -> Scaled {
    let (centre, scatter) = median_and_mad_of(reference).ok_or(Unscaled::NoReference)?;
    if scatter == 0.0 {
        return Err(Unscaled::NoScatter);
    }
    Ok(values.iter().map(|value| finite(((*value)? - centre) / scatter)).collect())
}

/// When median polish stops: cellHTS2's settings.
const POLISH_EPSILON: f64 = 1e-5;
/// At most this often over rows and columns.
const POLISH_SWEEPS: usize = 200;

/// B-score: residual of a two-way median polish fitted to the wells of `fit` (rows first, as R's `medpolish`), over the
/// MAD of the fitted residuals. `columns` is the plate's. Wells outside `fit` get the residual of their row and column,
/// where these have a fit.
///
/// # Errors
/// [`Unscaled`].
pub fn b_score(values: &[Option<f64>], fit: &[bool], columns: usize) -> Scaled {
    let rows = values.len().checked_div(columns).unwrap_or(0);
    let fitted = |index: usize| values[index].filter(|_| fit.get(index).copied().unwrap_or(false));
    let polished = polish((0..rows * columns).map(fitted).collect(), rows, columns);
    let residuals: Vec<f64> = polished.residuals.iter().flatten().copied().collect();
    let (_, scatter) = median_and_mad_of(&residuals).ok_or(Unscaled::NoReference)?;
    if scatter == 0.0 {
        return Err(Unscaled::NoScatter);
    }
    let score = |index: usize| {
        let residual = match polished.residuals[index] {
            Some(residual) => residual,
            None => {
                let (row, column) = (polished.rows.of(index / columns)?, polished.columns.of(index % columns)?);
                values[index]? - polished.overall - row - column
            }
        };
        finite(residual / scatter)
    };
    Ok((0..rows * columns).map(score).collect())
}

/// A table taken apart: overall + row + column + residual.
struct Polished {
    overall: f64,
    rows: Effects,
    columns: Effects,
    residuals: Vec<Option<f64>>,
}

fn polish(mut residuals: Vec<Option<f64>>, rows: usize, columns: usize) -> Polished {
    let mut row_effects = Effects::new((0..rows).map(|r| (0..columns).any(|c| residuals[r * columns + c].is_some())));
    let mut column_effects =
        Effects::new((0..columns).map(|c| (0..rows).any(|r| residuals[r * columns + c].is_some())));
    let (mut overall, mut before) = (0.0, 0.0);
    for _ in 0..POLISH_SWEEPS {
        for row in 0..rows {
            row_effects.sweep(row, (0..columns).map(|column| row * columns + column), &mut residuals);
        }
        overall += column_effects.centre();
        for column in 0..columns {
            column_effects.sweep(column, (0..rows).map(|row| row * columns + column), &mut residuals);
        }
        overall += row_effects.centre();
        let now: f64 = residuals.iter().flatten().map(|residual| residual.abs()).sum();
        if now == 0.0 || (now - before).abs() < POLISH_EPSILON * now {
            break;
        }
        before = now;
    }
    Polished { overall, rows: row_effects, columns: column_effects, residuals }
}

/// The effects of a polish's rows or columns; `None` for one without a fitted well.
struct Effects(Vec<Option<f64>>);

impl Effects {
    fn new(present: impl Iterator<Item = bool>) -> Effects {
        Effects(present.map(|present| present.then_some(0.0)).collect())
    }

    fn of(&self, index: usize) -> Option<f64> {
        self.0.get(index).copied().flatten()
    }

    /// Moves the median of `cells` from the residuals into the effect.
    fn sweep(&mut self, index: usize, cells: impl Iterator<Item = usize> + Clone, residuals: &mut [Option<f64>]) {
        let there: Vec<f64> = cells.clone().filter_map(|cell| residuals[cell]).collect();
        let Some(effect) = self.0[index].as_mut() else { return };
        let middle = median_or_zero(there);
        *effect += middle;
        for cell in cells {
            if let Some(residual) = residuals[cell].as_mut() {
                *residual -= middle;
            }
        }
    }

    /// Takes the effects' median out of them.
    fn centre(&mut self) -> f64 {
        let middle = median_or_zero(self.0.iter().flatten().copied().collect());
        for effect in self.0.iter_mut().flatten() {
            *effect -= middle;
        }
        middle
    }
}

fn median_or_zero(values: Vec<f64>) -> f64 {
    if values.is_empty() { 0.0 } else { median(values) }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn percent_and_robust_z_follow_their_definitions() {
        assert_eq!(percent_of_control(&[Some(5.0), None], &[1.0, 3.0]).unwrap(), [Some(250.0), None]);
        let z = robust_z(&some(&[4.0]), &[1.0, 2.0, 3.0]).unwrap();
        assert!((z[0].unwrap() - 2.0 / 1.4826).abs() < 1e-12);
        assert_eq!(robust_z(&some(&[4.0]), &[2.0, 2.0]), Err(Unscaled::NoScatter));
        assert_eq!(percent_of_control(&some(&[4.0]), &[]), Err(Unscaled::NoReference));
        assert_eq!(percent_of_control(&some(&[4.0]), &[1.0, -1.0]), Err(Unscaled::ZeroMean));
    }

    #[test]
    fn a_scale_takes_its_own_reference() {
        let values: Vec<Option<f64>> = (0..96).map(|i| Some(((i * i * 37 + i * 11) % 101) as f64 + 1.0)).collect();
        let negatives: Vec<bool> = (0..96).map(|i| i % 12 == 0).collect();
        let samples: Vec<bool> = negatives.iter().map(|is| !is).collect();
        let reference: Vec<f64> = values.iter().step_by(12).copied().flatten().collect();
        let of = |scale| scaled(scale, &values, &negatives, &samples, 12);
        assert_eq!(of(Scale::Raw).unwrap(), values);
        assert_eq!(of(Scale::Percent), percent_of_control(&values, &reference));
        assert_eq!(of(Scale::RobustZ), robust_z(&values, &reference));
        assert_eq!(of(Scale::BScore), b_score(&values, &samples, 12));
        let all = [Scale::Raw, Scale::Percent, Scale::RobustZ, Scale::BScore].map(|scale| of(scale).unwrap()[5]);
        assert!((1..4).all(|at| !all[..at].contains(&all[at])), "four scales are four numbers: {all:?}");
        assert_eq!(scaled(Scale::Percent, &values, &[false; 96], &samples, 12), Err(Unscaled::NoReference));
    }

    /// Tukey's table of infants' deaths, the example of R's `medpolish`: overall 8, sum of residuals 19.
    #[test]
    fn the_polish_is_that_of_r() {
        let deaths = [14., 15., 14., 7., 4., 7., 8., 2., 10., 15., 9., 10., 0., 2., 0.];
        let polished = polish(some(&deaths), 5, 3);
        assert_eq!(polished.overall, 8.0);
        assert_eq!(polished.rows.0, some(&[6.0, -1.0, 0.0, 2.0, -8.0]));
        assert_eq!(polished.residuals.iter().flatten().map(|r| r.abs()).sum::<f64>(), 19.0);
        assert_eq!(b_score(&some(&deaths), &[true; 15], 3), Err(Unscaled::NoScatter), "most residuals are 0");
    }

    #[test]
    fn wells_outside_the_fit_get_the_residual_of_their_row_and_column() {
        let noise = |i: usize| ((i * i * 37 + i * 11) % 101) as f64 / 101.0;
        let mut values: Vec<Option<f64>> = (0..96).map(|i| Some((i / 12 * 10 + i % 12) as f64 + noise(i))).collect();
        let mut fit = [true; 96];
        let plain = b_score(&values, &fit, 12).unwrap();
        assert!(plain.iter().flatten().all(|score| score.abs() < 6.0), "rows and columns are taken out: {plain:?}");
        fit[40] = false;
        values[40] = values[40].map(|value| value + 100.0);
        values[41] = None;
        let scores = b_score(&values, &fit, 12).unwrap();
        assert!(scores[40].unwrap() > 100.0, "a control far off stays far off");
        assert_eq!(scores[41], None);
        assert!((scores[50].unwrap() - plain[50].unwrap()).abs() < 1.0, "and moves nobody else");
        fit[..12].fill(false);
        assert_eq!(b_score(&values, &fit, 12).unwrap()[3], None, "a row without a fit has no score");
        assert_eq!(b_score(&[None; 24], &[true; 24], 6), Err(Unscaled::NoReference));
        assert_eq!(b_score(&[], &[], 0), Err(Unscaled::NoReference));
    }
}
