//! Doses of a plate's compounds and the curves through them, over the plate and its replicates.

use std::collections::BTreeMap;

use plate::Layout;
use plate::dose::{DoseCurve, DosePoint, MINIMUM_DOSES, NoCurve};

/// Molar units as layouts write them, the usual ones first, with the power of ten of each in moles a litre.
const MOLAR: [(&str, i32); 7] = [("M", 0), ("mM", -3), ("uM", -6), ("µM", -6), ("μM", -6), ("nM", -9), ("pM", -12)];

/// A compound with the unit of its doses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    pub(crate) compound: Box<str>,
    /// As the layout writes it; of molar ones that which most of the compound's wells have.
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

/// Wells with a dose, of the compounds that are wanted; each compound's molar doses in one unit.
pub(crate) fn dosed(layout: &Layout, is_wanted: impl Fn(&str) -> bool) -> Vec<Dosed> {
    let of = |entry: &plate::LayoutWell| {
        let compound = entry.compound.as_deref().filter(|compound| is_wanted(compound))?;
        let dose = entry.concentration.as_ref()?;
        let well = u16::try_from(entry.well.index_in(layout.format)?).ok()?;
        Some(Dosed { well, dose: dose.value, series: Series { compound: compound.into(), unit: dose.unit.clone() } })
    };
    let mut wells: Vec<Dosed> = layout.wells.iter().filter_map(of).collect();
    in_one_unit(&mut wells);
    wells
}

/// Where a unit stands in [`MOLAR`].
fn place(unit: &str) -> Option<usize> {
    MOLAR.iter().position(|(name, _)| *name == unit)
}

/// What a dose in one unit is multiplied by to be in another; `None` where they are of different kinds.
pub(crate) fn factor(from: &str, to: &str) -> Option<f64> {
    match from == to {
        true => Some(1.0),
        false => Some(converted(1.0, place(from)?, place(to)?)),
    }
}

/// A dose in another molar unit. What a layout writes in either is the same number then: 1005 nM are 1.005 uM.
fn converted(dose: f64, from: usize, to: usize) -> f64 {
    let tens = MOLAR[from].1 - MOLAR[to].1;
    if tens == 0 {
        return dose;
    }
    let dose = if tens > 0 { dose * 10_f64.powi(tens) } else { dose / 10_f64.powi(-tens) };
    // The last of 16 digits is the product's, not the layout's.
    format!("{dose:.14e}").parse().unwrap_or(dose)
}

/// Puts each compound's molar doses into the unit that most of its wells have: however they are written they are one series.
fn in_one_unit(wells: &mut [Dosed]) {
    let mut written: BTreeMap<Box<str>, [usize; MOLAR.len()]> = BTreeMap::new();
    for Dosed { series, .. } in wells.iter() {
        if let Some(at) = place(&series.unit) {
            written.entry(series.compound.clone()).or_default()[at] += 1;
        }
    }
    let usual = |wells: &[usize; MOLAR.len()]| {
        let alike = |at: usize| (0..MOLAR.len()).filter(move |other| MOLAR[*other].1 == MOLAR[at].1);
        let of_unit = |at: usize| alike(at).map(|other| wells[other]).sum::<usize>();
        // Of as many the first.
        (0..MOLAR.len()).rev().max_by_key(|at| (of_unit(*at), wells[*at])).unwrap_or(0)
    };
    let usual: BTreeMap<Box<str>, usize> =
        written.into_iter().map(|(compound, wells)| (compound, usual(&wells))).collect();
    for Dosed { dose, series, .. } in wells {
        if let (Some(from), Some(to)) = (place(&series.unit), usual.get(&series.compound)) {
            *dose = converted(*dose, from, *to);
            series.unit = MOLAR[*to].0.into();
        }
    }
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
    use plate::{Concentration, Format, LayoutWell, Role, Well};

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
    fn molar_units_become_each_other_and_others_do_not() {
        assert_eq!(factor("uM", "uM"), Some(1.0));
        assert_eq!(factor("nM", "uM"), Some(1e-3));
        assert_eq!(factor("M", "pM"), Some(1e12));
        assert_eq!(factor("µM", "uM"), Some(1.0));
        assert_eq!(factor("%", "%"), Some(1.0));
        assert_eq!(factor("ug/mL", "uM"), None);
    }

    /// A layout's wells of one compound, from A01 on.
    fn layout(doses: &[(f64, &str)]) -> Layout {
        let wells = Well::all_of(Format::F96).zip(doses).map(|(well, (value, unit))| LayoutWell {
            well,
            role: Role::Sample,
            compound: Some("c".into()),
            concentration: Some(Concentration { value: *value, unit: (*unit).into() }),
            replicate: None,
        });
        Layout::new(Format::F96, None, None, wells.collect()).unwrap()
    }

    #[test]
    fn one_compound_is_one_series_however_its_molar_doses_are_written() {
        let doses = [
            (10.0, "nM"),
            (30.0, "nM"),
            (100.0, "nM"),
            (1005.0, "nM"),
            (1.005, "uM"),
            (3.0, "µM"),
            (10.0, "uM"),
            (30.0, "uM"),
            (0.0, "μM"),
            (5.0, "%"),
        ];
        let wells = dosed(&layout(&doses), |_| true);
        let of = |unit: &str| -> Vec<f64> {
            wells.iter().filter(|well| &*well.series.unit == unit).map(|well| well.dose).collect()
        };
        assert_eq!(of("uM"), [0.01, 0.03, 0.1, 1.005, 1.005, 3.0, 10.0, 30.0, 0.0], "five wells of nine are in it");
        assert_eq!((of("%").len(), wells.len()), (1, 10), "what is not molar stays");
        let mut readings = Readings::new();
        let values: Vec<Option<f64>> = (0..96).map(|n| Some(f64::from(n))).collect();
        take(&mut readings, &wells, 0, &values, |_| false);
        let curves = fit_all(readings, false, 48);
        assert_eq!(curves.fitted.len(), 1, "four of its doses in one unit, four in the other: seven of one series");
        assert_eq!(curves.fitted[0].readings.len(), 9);
        let nanomolar = dosed(&layout(&[(10.0, "nM"), (30.0, "nM"), (0.1, "uM")]), |_| true);
        assert_eq!(nanomolar.iter().map(|well| well.dose).collect::<Vec<_>>(), [10.0, 30.0, 100.0]);
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
