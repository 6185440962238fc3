//! Dose-response curves of a plate's compounds, over the plate and its replicates.

use std::collections::BTreeMap;
use std::sync::Arc;

use plate::dose::{DoseCurve as Curve, DosePoint as Reading};
use plate::{Board, Layout, PlateStanding};

use super::Desk;
use super::compared::{DoseArgs, DoseCurve, DoseCurves, DoseFit, DosePoint};
use super::failure::{Answer, Failure};
use super::replicates::scale;

/// Curves in one answer.
const MOST_CURVES: usize = 48;

/// A compound with the unit of its doses.
type Series = (Box<str>, Box<str>);

impl Desk {
    /// Dose-response curves: of one compound, or of those with enough doses, best described ones first.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `invalid`, `unscaled`, `session`.
    pub async fn doses(&self, args: DoseArgs) -> Answer<DoseCurves> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let scale = scale(&args.scale)?;
        let nothing = |why: &str| DoseCurves { curves: Vec::new(), left_out: 0, why: Some(why.to_owned()) };
        let asked = Arc::clone(&key);
        let layout = showing.look(move |board: &Board| board.plate(&asked).and_then(PlateStanding::layout).cloned());
        let Some(layout) = layout.await? else {
            return Ok(nothing("No layout has been received for this plate: its doses are not known."));
        };
        let wells = dosed(&layout, args.compound.as_deref());
        if wells.is_empty() {
            return Ok(nothing("The layout gives no compound of this plate doses."));
        }
        let (replicates, _, _) = showing.replicates_of(&key).await?;
        let mut points: BTreeMap<&Series, Vec<DosePoint>> = BTreeMap::new();
        for other in std::iter::once(&key).chain(&replicates) {
            let column = match showing.scaled_column(other, &args.feature, scale).await {
                Ok(column) => column,
                // A replicate on which this scale cannot be had is left out; the plate itself says why.
                Err(failure) if failure.code == "unscaled" && other != &key => continue,
                Err(failure) => return Err(failure),
            };
            let plate = showing.handle(other);
            for (well, dose, series) in &wells {
                let at = usize::from(*well);
                let counts = column.excluded.get(at) == Some(&false);
                let Some(value) = column.shown.get(at).copied().flatten().filter(|_| counts) else { continue };
                let point = DosePoint { dose: *dose, value, plate: plate.clone(), well: *well };
                points.entry(series).or_default().push(point);
            }
        }
        let only = args.compound.is_some();
        // Fits of a whole library take a while: not on a thread that others wait for.
        let points: Vec<(Series, Vec<DosePoint>)> =
            points.into_iter().map(|(series, points)| (series.clone(), points)).collect();
        let fitted = tokio::task::spawn_blocking(move || fit_all(points, only)).await;
        fitted.map_err(|error| Failure::new("internal", format!("The curves could not be fitted: {error}.")))
    }
}

/// Wells with a dose: place, dose, what series they belong to.
fn dosed(layout: &Layout, only: Option<&str>) -> Vec<(u16, f64, Series)> {
    let of = |entry: &plate::LayoutWell| {
        let compound = entry.compound.as_deref().filter(|compound| only.is_none_or(|only| only == *compound))?;
        let dose = entry.concentration.as_ref()?;
        let at = u16::try_from(entry.well.index_in(layout.format)?).ok()?;
        Some((at, dose.value, (compound.into(), dose.unit.clone())))
    };
    layout.wells.iter().filter_map(of).collect()
}

fn fit_all(series: Vec<(Series, Vec<DosePoint>)>, only: bool) -> DoseCurves {
    let mut curves: Vec<DoseCurve> = series.into_iter().map(|(series, points)| curve(series, points)).collect();
    if !only {
        // Controls at one dose are no series.
        curves.retain(|curve| distinct(&curve.points) >= plate::dose::MINIMUM_DOSES as usize);
    }
    let why = curves
        .is_empty()
        .then(|| format!("No compound has values at {} or more different doses.", plate::dose::MINIMUM_DOSES));
    let quality = |curve: &DoseCurve| curve.fit.as_ref().map_or(-1.0, |fit| fit.r_squared);
    curves.sort_by(|a, b| quality(b).total_cmp(&quality(a)).then_with(|| a.compound.cmp(&b.compound)));
    let left_out = u32::try_from(curves.len().saturating_sub(MOST_CURVES)).unwrap_or(u32::MAX);
    curves.truncate(MOST_CURVES);
    DoseCurves { curves, left_out, why }
}

fn distinct(points: &[DosePoint]) -> usize {
    let mut doses: Vec<f64> = points.iter().map(|point| point.dose).filter(|dose| *dose > 0.0).collect();
    doses.sort_unstable_by(f64::total_cmp);
    doses.dedup();
    doses.len()
}

fn curve((compound, unit): Series, points: Vec<DosePoint>) -> DoseCurve {
    let readings: Vec<Reading> =
        points.iter().map(|point| Reading { dose: point.dose, response: point.value }).collect();
    let (fit, undefined) = match Curve::fit(&readings) {
        Ok(curve) => (Some(told(&curve)), None),
        Err(reason) => (None, Some(reason.to_string())),
    };
    DoseCurve { compound: compound.into(), unit: unit.into(), points, fit, undefined }
}

fn told(curve: &Curve) -> DoseFit {
    let log10 = |(low, high): (f64, f64)| (low > 0.0).then(|| (low.log10(), high.log10()));
    DoseFit {
        bottom: curve.bottom.value,
        top: curve.top.value,
        log10_ec50: curve.log10_ec50.value,
        hill: curve.hill.value,
        r_squared: curve.r_squared,
        interval: curve.ec50_interval.ok().and_then(log10),
        extrapolated: curve.extrapolated,
        doses: curve.doses,
        n: curve.n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(dose: f64, value: f64) -> DosePoint {
        DosePoint { dose, value, plate: "p".to_owned(), well: 0 }
    }

    #[test]
    fn series_with_too_few_doses_are_left_out_unless_they_are_asked_for() {
        let rising = |n: u32| (0..n).map(|i| point(10_f64.powi(i as i32 - 3), f64::from(i * i))).collect::<Vec<_>>();
        let series = |name: &str, n| ((name.into(), "uM".into()), rising(n));
        let all = fit_all(vec![series("short", 3), series("long", 8)], false);
        assert_eq!(all.curves.iter().map(|curve| &*curve.compound).collect::<Vec<_>>(), ["long"]);
        let one = fit_all(vec![series("short", 3)], true);
        let reason = one.curves[0].undefined.as_deref().unwrap();
        assert!(reason.contains("3 of at least 5 different doses"), "{reason}");
        let none = fit_all(vec![series("short", 3)], false);
        assert!(none.curves.is_empty() && none.why.unwrap().contains("5 or more different doses"));
    }
}
