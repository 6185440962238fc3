//! Doses of a plate's compounds and the curves through them, over the plate and its replicates.

use std::collections::BTreeMap;

use plate::Layout;
use plate::dose::{DoseCurve, DosePoint, MINIMUM_DOSES, NoCurve};

/// A compound with the unit of its doses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    pub(crate) compound: Box<str>,
    /// As the layout writes it.
    pub(crate) unit: Box<str>,
}

/// A well that has a dose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dosed {
    /// Its row-major number.
    pub(crate) well: u16,
    pub(crate) dose: f64,
    pub(crate) series: Series,
}

/// A well with a dose and a value, on one of several plates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    /// The plate's place among those that were taken.
    pub(crate) plate: usize,
    /// Its row-major number.
    pub(crate) well: u16,
    pub(crate) dose: f64,
    pub(crate) value: f64,
    /// Whether a person excluded it: it is in no fit.
    pub(crate) is_excluded: bool,
}

/// Readings by series.
pub(crate) type Readings = BTreeMap<Series, Vec<Reading>>;

/// A series with its curve.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    pub(crate) series: Series,
    pub(crate) readings: Vec<Reading>,
    pub(crate) fit: Result<DoseCurve, NoCurve>,
}

/// Curves, those that are best described by them first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curves {
    pub(crate) fitted: Vec<Fitted>,
    /// Series for which there was no room.
    pub(crate) left_out: u32,
}

/// Wells with a dose, of the compounds that are wanted.
pub(crate) fn dosed(layout: &Layout, is_wanted: impl Fn(&str) -> bool) -> Vec<Dosed> {
    let of = |entry: &plate::LayoutWell| {
        let compound = entry.compound.as_deref().filter(|compound| is_wanted(compound))?;
        let dose = entry.concentration.as_ref()?;
        let well = u16::try_from(entry.well.index_in(layout.format)?).ok()?;
        Some(Dosed { well, dose: dose.value, series: Series { compound: compound.into(), unit: dose.unit.clone() } })
    };
    layout.wells.iter().filter_map(of).collect()
}

/// Takes what one more plate reads at the wells with a dose: values on the scale, and who is excluded, row-major.
pub(crate) fn take(
    into: &mut Readings,
    wells: &[Dosed],
    plate: usize,
    values: &[Option<f64>],
    is_excluded: impl Fn(usize) -> bool,
) {
    for Dosed { well, dose, series } in wells {
        let at = usize::from(*well);
        let Some(value) = values.get(at).copied().flatten() else { continue };
        let reading = Reading { plate, well: *well, dose: *dose, value, is_excluded: is_excluded(at) };
        match into.get_mut(series) {
            Some(readings) => readings.push(reading),
            None => drop(into.insert(series.clone(), vec![reading])),
        }
    }
}

/// Fits every series, at most so many. Those with too few doses are left out unless they were asked for.
pub(crate) fn fit_all(readings: Readings, are_asked_for: bool, most: usize) -> Curves {
    let counts = |readings: &[Reading]| readings.iter().any(|reading| !reading.is_excluded);
    // Controls at one dose are no series.
    let is_series = |readings: &[Reading]| are_asked_for || distinct(readings) >= MINIMUM_DOSES as usize;
    let mut fitted: Vec<Fitted> = readings
        .into_iter()
        .filter(|(_, readings)| counts(readings) && is_series(readings))
        .map(|(series, readings)| Fitted { fit: fit(&readings), series, readings })
        .collect();
    let quality = |fitted: &Fitted| fitted.fit.as_ref().map_or(-1.0, |curve| curve.r_squared);
    fitted.sort_by(|a, b| quality(b).total_cmp(&quality(a)).then_with(|| a.series.compound.cmp(&b.series.compound)));
    let left_out = u32::try_from(fitted.len().saturating_sub(most)).unwrap_or(u32::MAX);
    fitted.truncate(most);
    Curves { fitted, left_out }
}

/// Why no series is left.
pub(crate) fn no_series() -> String {
    format!("No compound has values at {MINIMUM_DOSES} or more different doses.")
}

fn fit(readings: &[Reading]) -> Result<DoseCurve, NoCurve> {
    let counted = readings.iter().filter(|reading| !reading.is_excluded);
    let points: Vec<DosePoint> =
        counted.map(|reading| DosePoint { dose: reading.dose, response: reading.value }).collect();
    DoseCurve::fit(&points)
}

fn distinct(readings: &[Reading]) -> usize {
    let counted = readings.iter().filter(|reading| !reading.is_excluded);
    let mut doses: Vec<f64> = counted.map(|reading| reading.dose).filter(|dose| *dose > 0.0).collect();
    doses.sort_unstable_by(f64::total_cmp);
    doses.dedup();
    doses.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(series: &[(&str, u32)]) -> Readings {
        let reading = |i: u32| Reading {
            plate: 0,
            well: 0,
            dose: 10_f64.powi(i as i32 - 3),
            value: f64::from(i * i),
            is_excluded: false,
        };
        let of = |(name, n): &(&str, u32)| {
            (Series { compound: (*name).into(), unit: "uM".into() }, (0..*n).map(reading).collect())
        };
        series.iter().map(of).collect()
    }

    #[test]
    fn series_with_too_few_doses_are_left_out_unless_they_are_asked_for() {
        let names =
            |curves: &Curves| curves.fitted.iter().map(|fitted| fitted.series.compound.to_string()).collect::<Vec<_>>();
        let all = fit_all(readings(&[("short", 3), ("long", 8)]), false, 48);
        assert_eq!(names(&all), ["long"]);
        let one = fit_all(readings(&[("short", 3)]), true, 48);
        let reason = one.fitted[0].fit.as_ref().unwrap_err().to_string();
        assert!(reason.contains("3 of at least 5 different doses"), "{reason}");
        assert!(fit_all(readings(&[("short", 3)]), false, 48).fitted.is_empty());
        let some = fit_all(readings(&[("a", 8), ("b", 8), ("c", 8)]), false, 2);
        assert_eq!((names(&some), some.left_out), (vec!["a".to_owned(), "b".to_owned()], 1));
    }

    #[test]
    fn excluded_wells_are_kept_and_count_in_no_fit() {
        let mut all = readings(&[("long", 8)]);
        let whole = fit_all(all.clone(), false, 1).fitted[0].fit.unwrap();
        let series = all.values_mut().next().unwrap();
        series.push(Reading { value: 1e6, is_excluded: true, ..series[2] });
        let fitted = fit_all(all.clone(), false, 1).fitted.remove(0);
        assert_eq!((fitted.fit.unwrap(), fitted.readings.len()), (whole, 9));
        all.values_mut().flatten().for_each(|reading| reading.is_excluded = true);
        assert!(fit_all(all, true, 1).fitted.is_empty(), "nothing of it counts");
    }
}
