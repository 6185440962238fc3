//! The axes that all panels share: doses by powers of ten, values over every point and curve.

use super::{Compound, Curve, DoseCurves, DoseMean, Replicate};
use crate::axis::Scale;
use crate::colour::Range;
use crate::number::value;
use crate::ticks::Tick;

/// Free on both sides of the outer doses, in powers of ten, and as a share of their span.
const AIR: (f64, f64) = (0.15, 0.05);
/// How far a curve may leave the points, as a share of half their span.
const BEYOND: f64 = 0.3;
/// At how many places of the dose axis a curve is looked at for its range.
const LOOKS: u32 = 64;

/// The doses of all compounds, as log10.
pub(super) fn doses(figure: &DoseCurves) -> Scale {
    let places = figure.compounds.iter().flat_map(|compound| compound.places());
    let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), (dose, _)| (l.min(dose), h.max(dose)));
    let (low, high) = if low > high { (-1.0, 1.0) } else { (low, high) };
    let air = AIR.0.max((high - low) * AIR.1);
    let range = if high - low < 0.5 {
        Range::new(low.midpoint(high) - 0.5, low.midpoint(high) + 0.5)
    } else {
        Range::new(low - air, high + air)
    };
    Scale { range, ticks: ticks(range) }
}

/// Powers of ten; parts of them where there are few.
fn ticks(range: Range) -> Vec<Tick> {
    let (first, last) = (range.low.ceil() as i32, range.high.floor() as i32);
    let tens = (last - first).max(0);
    let every = (tens / 6 + 1).max(1);
    let mut ticks: Vec<Tick> = Vec::new();
    for power in (first - 1)..=(last + 1) {
        for digit in [1_u8, 2, 5] {
            let at = f64::from(power) + libm::log10(f64::from(digit));
            let is_wanted = if digit == 1 { (power - first) % every == 0 } else { tens <= 1 };
            if is_wanted && (range.low..=range.high).contains(&at) {
                ticks.push(Tick { at, label: dose(digit, power) });
            }
        }
    }
    ticks
}

/// A round dose: "0.1", "5", "10⁻⁷".
fn dose(digit: u8, power: i32) -> String {
    match power {
        0..=4 => value(f64::from(digit) * f64::from(10_u32.pow(power.unsigned_abs())))
            .trim_end_matches(".00")
            .trim_end_matches(".0")
            .to_owned(),
        -3..0 => format!("0.{}{digit}", "0".repeat(power.unsigned_abs() as usize - 1)),
        _ => crate::number::power_of_ten(digit, power),
    }
}

/// The values of all compounds: points, curves and the levels of controls.
pub(super) fn values(figure: &DoseCurves, doses: &Scale, most: u32) -> Scale {
    let curves = figure.compounds.iter().filter_map(|compound| compound.fit.as_ref().ok()).flat_map(|fit| {
        let span = doses.range.high - doses.range.low;
        let at = move |look: u32| doses.range.low + span * f64::from(look) / f64::from(LOOKS);
        (0..=LOOKS).filter_map(move |look| fit.curve.at(at(look)))
    });
    let points = figure.compounds.iter().flat_map(|compound| compound.places()).map(|(_, value)| value);
    let levels = [figure.levels.negative, figure.levels.positive].into_iter().flatten();
    // A curve that was fitted to few points may leave them far behind: it is cut off, and they are seen.
    let seen = Scale::over(points.chain(levels), most);
    let (low, high) = (seen.range.low, seen.range.high);
    let reach = ((high / 2.0 - low / 2.0) * BEYOND).clamp(0.0, f64::MAX / 4.0);
    let near = curves.map(|value| value.clamp((low - reach).max(-f64::MAX), (high + reach).min(f64::MAX)));
    let has_points = figure.compounds.iter().any(|compound| compound.places().next().is_some());
    if has_points { seen.with(near, most) } else { Scale::over(near, most) }
}

impl Compound {
    /// Everything that has a dose and a value and counts.
    pub(super) fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        let counts = self.replicates.iter().filter(|replicate| !replicate.is_excluded);
        counts.filter_map(Replicate::place).chain(self.means.iter().filter_map(DoseMean::place))
    }
}

impl Curve {
    /// Places along the curve so near to each other that it looks smooth; in runs, where it has gaps or leaves the panel.
    pub(super) fn runs(&self, doses: &Scale, values: &Scale, steps: u32) -> Vec<Vec<(f64, f64)>> {
        let mut runs = vec![Vec::new()];
        for step in 0..=steps {
            let at = doses.range.low + (doses.range.high - doses.range.low) * f64::from(step) / f64::from(steps.max(1));
            match (self.at(at).filter(|value| values.holds(*value)), runs.last_mut()) {
                (Some(value), Some(run)) => run.push((at, value)),
                (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
                _ => {}
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        ticks(Range::new(low, high)).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn doses_are_powers_of_ten_and_parts_of_them_where_these_are_few() {
        assert_eq!(labels(-2.1, 2.1), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(labels(-0.8, 0.5), ["0.2", "0.5", "1", "2"]);
        assert_eq!(labels(-9.5, -5.5), ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶"]);
        assert_eq!(labels(0.2, 0.8), ["2", "5"]);
        assert!(labels(-324.0, 309.0).len() <= 7);
    }

    #[test]
    fn four_parameters_are_half_way_at_the_ec50() {
        let hill = Curve::Hill { bottom: 10.0, top: 90.0, log10_ec50: -0.5, hill: 2.0 };
        assert_eq!(hill.at(-0.5), Some(50.0));
        // A power of ten away: 10 + 80 / (1 + 10^-2).
        assert!((hill.at(0.5).unwrap() - 89.207_920_792_079_2).abs() < 1e-9);
        assert!((hill.at(-300.0).unwrap() - 10.0).abs() < 1e-9);
        let nothing = Curve::Hill { bottom: f64::NAN, top: 1.0, log10_ec50: 0.0, hill: 1.0 };
        assert_eq!(nothing.at(0.0), None);
    }

    #[test]
    fn a_sampled_curve_is_there_where_it_was_sampled() {
        let sampled = Curve::Sampled(vec![(0.0, 0.0), (1.0, 10.0), (3.0, 20.0)]);
        assert_eq!(
            [-0.1, 0.0, 0.5, 2.0, 3.0, 3.1].map(|at| sampled.at(at)),
            [None, Some(0.0), Some(5.0), Some(15.0), Some(20.0), None]
        );
        assert_eq!(Curve::Sampled(Vec::new()).at(0.0), None);
    }
}
