//! One statistic over the plates of a run, in the order in which they came: drift.

use std::sync::Arc;

use plate::drift::{NoDrift, Others, trend};
use plate::{Board, PlateKey, is_compared_by_size, least_mad};

use super::Desk;
use super::compared::{RunOrder, RunOrderArgs, RunPoint};
use super::failure::{Answer, Failure};
use super::quality::Judged;
use super::showing::Showing;
use super::told::Level;

/// Plates of a run that are looked at, the last ones.
const MOST_PLATES: usize = 400;

/// A plate's place in the list, before it is compared.
struct Found {
    key: Arc<PlateKey>,
    complete: bool,
    value: Result<f64, String>,
    level: Level,
}

impl Desk {
    /// One statistic of every plate of a run.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `invalid`.
    pub async fn run_order(&self, args: RunOrderArgs) -> Answer<RunOrder> {
        let showing = self.showing()?;
        let key = showing.plate(&args.plate)?;
        let run = key.run.clone();
        let question = move |board: &Board| {
            let of_run = board.plates().filter(|plate| plate.key().run == run);
            of_run.map(|plate| (Arc::clone(plate.key()), plate.is_complete(), Judged::of(board, plate))).collect()
        };
        let mut plates: Vec<(Arc<PlateKey>, bool, Option<Judged>)> = showing.look(question).await?;
        plates.drain(..plates.len().saturating_sub(MOST_PLATES));
        let found: Vec<Found> = plates
            .into_iter()
            .map(|(key, complete, judged)| {
                let (value, level) = match judged {
                    Some(judged) => judged.statistic(&args.feature, &args.statistic),
                    None => (Err("No assay card applies to this plate.".to_owned()), Level::Unknown),
                };
                // As rules hold it against other plates.
                let value = if is_compared_by_size(&args.statistic) { value.map(f64::abs) } else { value };
                Found { key, complete, value, level }
            })
            .collect();
        if found.iter().all(|found| found.value.as_ref().is_err_and(|why| why == UNKNOWN)) {
            return Err(Failure::new("invalid", format!("{:?} is no statistic of a plate.", args.statistic)));
        }
        Ok(told(&showing, &found, least_mad(&args.statistic)))
    }
}

/// A statistic that nobody knows.
const UNKNOWN: &str = "there is no such statistic";

impl Judged {
    /// A line of the QC card, or a group's middle, of one headline feature.
    fn statistic(&self, feature: &str, name: &str) -> (Result<f64, String>, Level) {
        let Some(headline) = self.card.headline.iter().find(|headline| headline.feature == feature) else {
            return (Err("It is no headline feature of this plate's assay card.".to_owned()), Level::Unknown);
        };
        if let Some(middle) = self.middle(headline, name) {
            return (middle.map_err(|reason| reason.to_string()), Level::Info);
        }
        let lines = self.of_feature(feature, 0).into_iter().next().map(|qc| qc.lines).unwrap_or_default();
        let Some(line) = lines.into_iter().find(|line| line.name == name) else {
            return (Err(UNKNOWN.to_owned()), Level::Unknown);
        };
        (line.value.ok_or_else(|| line.undefined.unwrap_or_default()), line.level)
    }
}

fn told(showing: &Showing, found: &[Found], least_mad: f64) -> RunOrder {
    let complete = |found: &&Found| found.complete;
    let of_complete: Vec<f64> = found.iter().filter(complete).filter_map(|found| found.value.clone().ok()).collect();
    // The middle and scatter of all complete plates: what a chart's lines are drawn from.
    let middle = Others::of(of_complete.iter().copied()).and_then(|others| others.distance(0.0, least_mad)).ok();
    let in_order: Vec<Option<f64>> =
        found.iter().map(|found| found.value.clone().ok().filter(|_| found.complete)).collect();
    let far = |at: usize, value: f64| {
        let but = |(place, _): &(usize, &Option<f64>)| *place != at;
        let others = Others::of(in_order.iter().enumerate().filter(but).filter_map(|(_, value)| *value));
        others.and_then(|others| others.distance(value, least_mad)).ok().map(|far| far.mads)
    };
    let points = found.iter().enumerate().map(|(at, plate)| RunPoint {
        plate: showing.handle(&plate.key),
        barcode: plate.key.barcode.to_string(),
        value: plate.value.clone().ok(),
        undefined: plate.value.clone().err(),
        mads: plate.value.as_ref().ok().and_then(|value| far(at, *value)),
        complete: plate.complete,
        level: plate.level,
    });
    let why = match trend(&in_order) {
        Err(NoDrift::TooFewPlates { n, minimum }) => {
            Some(format!("{n} of at least {minimum} complete plates have this statistic: nothing to compare with yet."))
        }
        _ => None,
    };
    RunOrder {
        points: points.collect(),
        centre: middle.map(|middle| middle.median),
        scatter: middle.map(|middle| middle.mad),
        slope: trend(&in_order).ok().map(|trend| trend.slope_per_plate),
        why,
    }
}
