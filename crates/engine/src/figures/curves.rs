//! Doses and curves of a plate's compounds, over the plate and its replicates.

use figure::{Compound, Curve, DoseCurves, DoseMean, Fit, Interval, Levels, MOST_COMPOUNDS, Replicate};
use plate::{PlateStanding, Role};

use super::opened::{Opened, Scaled};
use super::pair::sentence_within;
use super::{FigureQuestion, FiguresError};
use crate::across::doses::{self, Fitted, Reading, Readings, dosed};
use crate::across::replicates::replicates;
use crate::nearest::nearest;

impl Opened {
    /// The compounds that are asked for, in that order, else those that a curve describes best.
    pub(super) async fn curves(
        &mut self,
        question: &FigureQuestion,
        compounds: &[String],
    ) -> Result<DoseCurves, FiguresError> {
        let key = self.find(&question.plate)?;
        let name = || key.barcode.to_string();
        let no_doses = |why: &str| FiguresError::NoDoses {
            plate: name(),
            feature: question.feature.clone(),
            why: sentence_within(why),
        };
        let layout = self.board.plate(&key).and_then(PlateStanding::layout).cloned();
        let layout = layout.ok_or_else(|| no_doses("No layout has been received for it."))?;
        let all = dosed(&layout, |_| true);
        if all.is_empty() {
            return Err(no_doses("Its layout gives no compound doses."));
        }
        for asked in compounds {
            if all.iter().all(|well| *well.series.compound != **asked) {
                let mut names: Vec<String> = all.iter().map(|well| well.series.compound.to_string()).collect();
                names.sort_unstable();
                names.dedup();
                let found = nearest(asked, names.into_iter());
                return Err(FiguresError::NoCompound { plate: name(), asked: asked.clone(), found });
            }
        }
        let wanted = dosed(&layout, |name| compounds.is_empty() || compounds.iter().any(|asked| asked == name));
        let others = self.board.plate(&key).map(|plate| replicates(&self.board, plate).plates).unwrap_or_default();
        let (mut plates, mut readings) = (Vec::new(), Readings::new());
        let mut controls = [(Role::Negative, 0.0, 0_u32), (Role::Positive, 0.0, 0)];
        for other in std::iter::once(key.clone()).chain(others) {
            let scaled = match self.scaled(&other, &question.feature, question.scale).await {
                Ok(scaled) => scaled,
                // A replicate without values on this scale is left out; the plate itself says why.
                Err(FiguresError::Unscaled { .. } | FiguresError::NoFeature { .. } | FiguresError::NoFormat(_))
                    if other != key =>
                {
                    continue;
                }
                Err(error) => return Err(error),
            };
            doses::take(&mut readings, &wanted, plates.len(), &scaled.shown(), |at| scaled.is_excluded(at));
            controls.iter_mut().for_each(|group| add_controls(group, &scaled));
            plates.push((*other).clone());
        }
        let is_asked = !compounds.is_empty();
        // Fits of a whole library take a while: not on a thread that others wait for.
        let fitting = tokio::task::spawn_blocking(move || doses::fit_all(readings, is_asked, MOST_COMPOUNDS));
        let doses::Curves { mut fitted, left_out } = fitting.await?;
        let place = |fitted: &Fitted| compounds.iter().position(|asked| **asked == *fitted.series.compound);
        fitted.sort_by_key(place);
        let Some(unit) = usual_unit(&fitted) else {
            return Err(no_doses(&doses::no_series()));
        };
        let [negative, positive] = controls.map(|(_, sum, n)| (n > 0).then(|| sum / f64::from(n)));
        Ok(DoseCurves {
            quantity: self.quantity(&key, question),
            plates,
            compounds: fitted.iter().map(|fitted| compound(fitted, &unit)).collect(),
            unit: if &*unit == "uM" { "µM".to_owned() } else { unit.into() },
            left_out,
            levels: Levels { negative, positive },
            provenance: self.provenance(question).await?,
        })
    }
}

/// Adds the values of a plate's controls of a role.
fn add_controls((role, sum, n): &mut (Role, f64, u32), scaled: &Scaled) {
    for value in scaled.wells.iter().filter(|well| well.role == Some(*role) && !well.is_excluded) {
        if let Some(value) = value.value {
            *sum += value;
            *n += 1;
        }
    }
}

/// The unit that most wells have; of as many that of the first.
fn usual_unit(fitted: &[Fitted]) -> Option<Box<str>> {
    let wells = |unit: &str| -> usize {
        let alike = fitted.iter().filter(|other| *other.series.unit == *unit);
        alike.map(|other| other.readings.len()).sum()
    };
    fitted.iter().map(|fitted| &fitted.series.unit).rev().max_by_key(|unit| wells(unit)).cloned()
}

fn compound(fitted: &Fitted, unit: &str) -> Compound {
    let name = fitted.series.compound.to_string();
    let Some(factor) = doses::factor(&fitted.series.unit, unit) else {
        let why = format!("its doses are in {}, which is no part of {unit}", fitted.series.unit);
        return Compound { name, replicates: Vec::new(), means: Vec::new(), fit: Err(why) };
    };
    let replicate = |reading: &Reading| Replicate {
        dose: reading.dose * factor,
        value: Some(reading.value),
        is_excluded: reading.is_excluded,
    };
    Compound {
        name,
        replicates: fitted.readings.iter().map(replicate).collect(),
        means: means(&fitted.readings, factor),
        fit: fitted.fit.map_err(|why| why.to_string()).map(|curve| fit(&curve, factor.log10())),
    }
}

/// The mean of each dose's wells that count, in the order of doses.
fn means(readings: &[Reading], factor: f64) -> Vec<DoseMean> {
    let mut counted: Vec<&Reading> = readings.iter().filter(|reading| !reading.is_excluded).collect();
    counted.sort_by(|a, b| a.dose.total_cmp(&b.dose));
    let of_dose = |readings: &[&Reading]| {
        let sum: f64 = readings.iter().map(|reading| reading.value).sum();
        Some(DoseMean { dose: readings.first()?.dose * factor, value: sum / readings.len() as f64 })
    };
    counted.chunk_by(|a, b| a.dose == b.dose).filter_map(of_dose).collect()
}

fn fit(curve: &plate::dose::DoseCurve, shift: f64) -> Fit {
    let end = |dose: f64| Some(dose.log10() + shift).filter(|end| end.is_finite());
    Fit {
        curve: Curve::Hill {
            bottom: curve.bottom.value,
            top: curve.top.value,
            log10_ec50: curve.log10_ec50.value + shift,
            hill: curve.hill.value,
        },
        log10_ec50: Ok(curve.log10_ec50.value + shift),
        interval: curve.ec50_interval.ok().map(|(low, high)| Interval { low: end(low), high: end(high) }),
    }
}

#[cfg(test)]
mod tests {
    use plate::dose::NoCurve;

    use super::*;
    use crate::across::doses::Series;

    #[test]
    fn the_axis_has_the_unit_that_most_wells_have() {
        let of = |unit: &str, wells: u16| {
            let reading = |well| Reading { plate: 0, well, dose: 1.0, value: 1.0, is_excluded: false };
            let readings: Vec<Reading> = (0..wells).map(reading).collect();
            let series = Series { compound: "c".into(), unit: unit.into() };
            Fitted { series, readings, fit: Err(NoCurve::Flat) }
        };
        let unit = |fitted: &[Fitted]| usual_unit(fitted).map(String::from);
        assert_eq!(unit(&[of("nM", 8), of("uM", 6), of("uM", 6)]).as_deref(), Some("uM"));
        assert_eq!(unit(&[of("nM", 8), of("uM", 8)]).as_deref(), Some("nM"), "the first of as many");
        assert_eq!(unit(&[]), None);
    }
}
