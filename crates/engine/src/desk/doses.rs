//! Dose-response curves of a plate's compounds, over the plate and its replicates.

use std::sync::Arc;

use plate::dose::DoseCurve as Curve;
use plate::{Board, PlateStanding};

use super::Desk;
use super::compared::{DoseArgs, DoseCurve, DoseCurves, DoseFit, DosePoint};
use super::failure::{Answer, Failure};
use super::replicates::scale;
use crate::across::doses::{self, Curves, Fitted, Reading, Readings, dosed};

/// Curves in one answer.
const MOST_CURVES: usize = 48;

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
        let wells = dosed(&layout, |compound| args.compound.as_deref().is_none_or(|only| only == compound));
        if wells.is_empty() {
            return Ok(nothing("The layout gives no compound of this plate doses."));
        }
        let (mut plates, mut readings) = (Vec::new(), Readings::new());
        for other in std::iter::once(&key).chain(&showing.replicates_of(&key).await?.plates) {
            let column = match showing.scaled_column(other, &args.feature, scale).await {
                Ok(column) => column,
                // A replicate on which this scale cannot be had is left out; the plate itself says why.
                Err(failure) if failure.code == "unscaled" && other != &key => continue,
                Err(failure) => return Err(failure),
            };
            let is_excluded = |at: usize| column.excluded.get(at) != Some(&false);
            doses::take(&mut readings, &wells, plates.len(), &column.shown, is_excluded);
            plates.push(showing.handle(other));
        }
        let only = args.compound.is_some();
        // Fits of a whole library take a while: not on a thread that others wait for.
        let fitted = tokio::task::spawn_blocking(move || doses::fit_all(readings, only, MOST_CURVES)).await;
        let broken = |error| Failure::new("internal", format!("The curves could not be fitted: {error}."));
        let Curves { fitted, left_out } = fitted.map_err(broken)?;
        let why = fitted.is_empty().then(doses::no_series);
        Ok(DoseCurves { curves: fitted.into_iter().map(|fitted| curve(fitted, &plates)).collect(), left_out, why })
    }
}

fn curve(fitted: Fitted, plates: &[String]) -> DoseCurve {
    let point = |reading: &Reading| DosePoint {
        dose: reading.dose,
        value: reading.value,
        plate: plates.get(reading.plate).cloned().unwrap_or_default(),
        well: reading.well,
    };
    let (fit, undefined) = match fitted.fit {
        Ok(curve) => (Some(told(&curve)), None),
        Err(reason) => (None, Some(reason.to_string())),
    };
    DoseCurve {
        compound: fitted.series.compound.into(),
        unit: fitted.series.unit.into(),
        points: fitted.readings.iter().filter(|reading| !reading.is_excluded).map(point).collect(),
        fit,
        undefined,
    }
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
