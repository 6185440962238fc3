//! A statistic of a run's plates in order, against the run's first complete plates.

use figure::{Baseline, Breach, ChartPlate, Charted, ControlChart, MOST_CHARTED, Measured};
use plate::control_chart;
use plate::westgard::violations;
use plate::{Pair, PlateKey, Role};

use super::opened::Opened;
use super::{FigureQuestion, FiguresError};
use crate::across::statistic::{self, MIDDLES, Named, STATISTICS};
use crate::nearest::nearest;
use crate::qc::FeatureOfPlate;

/// What the baseline is called.
const BASELINE: &str = "of the run's first complete plates";
/// So many of them are it, and are not judged by it: a plate within its own baseline can never lie far from it.
const OF_BASELINE: usize = control_chart::MINIMUM_PLATES as usize;

/// A plate's value, and from how many wells.
type Charting = (Measured, u32);

impl Opened {
    /// Plates that are not complete are gaps. The first [`OF_BASELINE`] complete ones with a value make the baseline, which
    /// stays as it is whatever comes; later plates are judged by it.
    pub(super) async fn chart(
        &mut self,
        question: &FigureQuestion,
        statistic: &str,
    ) -> Result<ControlChart, FiguresError> {
        let asked = if statistic.is_empty() { "z_prime" } else { statistic };
        let what = What::named(asked)?;
        let (key, feature) = (self.find(&question.plate)?, question.feature.as_str());
        // The plate that is asked for says what is wrong with the feature.
        self.column(&key, feature).await?;
        let mut of_run = self.of_run(&key.run);
        of_run.drain(..of_run.len().saturating_sub(MOST_CHARTED));
        let mut plates = Vec::with_capacity(of_run.len());
        for plate in of_run {
            let (value, n) = self.charting(&plate, feature, what).await?;
            plates.push(ChartPlate { key: (*plate).clone(), value, n, breaches: Vec::new() });
        }
        let baseline = self.baseline(&plates);
        let no_chart = |why: String| FiguresError::NoChart {
            plate: key.barcode.to_string(),
            feature: feature.to_owned(),
            statistic: asked.to_owned(),
            why,
        };
        let baseline = match baseline {
            Err(control_chart::NoBaseline::TooFewPlates { n, minimum }) => {
                let why = plates.iter().find_map(|plate| plate.value.as_ref().err());
                let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
                return Err(no_chart(format!("{n} of at least {minimum} complete plates have it{why}")));
            }
            other => other.map_err(|why| why.to_string()),
        };
        if let Ok(baseline) = &baseline {
            let position = |plate: &ChartPlate| {
                let is_judged = !baseline.plates().contains(&plate.key);
                baseline.position_sd(*plate.value.as_ref().ok().filter(|_| is_judged)?)
            };
            for broken in violations(&plates.iter().map(position).collect::<Vec<_>>()) {
                let judged = broken.points.last().and_then(|at| plates.get_mut(*at));
                let breach = Breach { rule: broken.rule.as_str().to_owned(), is_warning: !broken.rule.rejects() };
                judged.into_iter().for_each(|plate| plate.breaches.push(breach.clone()));
            }
        }
        Ok(ControlChart {
            quantity: self.quantity_of_statistics(&key, feature),
            charted: what.charted(self.pair_of(&key)),
            plates,
            baseline: baseline.map(|baseline| Baseline {
                name: BASELINE.to_owned(),
                mean: baseline.mean(),
                deviation: baseline.sd(),
                plates: baseline.n(),
            }),
            provenance: self.provenance(question).await?,
        })
    }

    fn baseline(&self, plates: &[ChartPlate]) -> Result<control_chart::Baseline, control_chart::NoBaseline> {
        let with_value = plates.iter().filter_map(|plate| Some((plate.key.clone(), *plate.value.as_ref().ok()?)));
        let with_value: Vec<(PlateKey, f64)> = with_value.take(OF_BASELINE).collect();
        let last = with_value.iter().filter_map(|(key, _)| self.board.plate(key)?.last_ms()).max();
        control_chart::Baseline::freeze(BASELINE, last.unwrap_or_default(), &with_value)
    }

    async fn charting(&mut self, key: &PlateKey, feature: &str, what: What) -> Result<Charting, FiguresError> {
        if !self.board.plate(key).is_some_and(|plate| plate.is_complete()) {
            let (read, expected) = self.wells_in(key);
            return Ok((Err(format!("{read} of {expected} wells are read")), 0));
        }
        let column = match self.column(key, feature).await {
            Ok(column) => column,
            Err(FiguresError::NoFeature { .. }) => return Ok((Err("it has no such feature".to_owned()), 0)),
            Err(FiguresError::NoFormat(_)) => return Ok((Err("no message says its format yet".to_owned()), 0)),
            Err(error) => return Err(error),
        };
        Ok(match self.of_statistics(key, feature, &column.values) {
            Some(of) => what.of(&of),
            None => (Err("its assay card has no pair of controls".to_owned()), 0),
        })
    }
}

/// What is charted.
#[derive(Debug, Clone, Copy)]
enum What {
    Middle(&'static str),
    Statistic(Named),
}

impl What {
    fn named(asked: &str) -> Result<What, FiguresError> {
        if let Some(middle) = MIDDLES.into_iter().find(|name| *name == asked) {
            return Ok(What::Middle(middle));
        }
        let names = || MIDDLES.into_iter().chain(STATISTICS.iter().map(|named| named.name)).map(str::to_owned);
        let unknown = || FiguresError::NoStatistic { asked: asked.to_owned(), found: nearest(asked, names()) };
        statistic::named(asked).map(What::Statistic).ok_or_else(unknown)
    }

    const fn charted(self, pair: Pair) -> Charted {
        match self {
            What::Middle(name) => match name.as_bytes() {
                b"median_sample" => Charted::MedianOf(Role::Sample),
                b"mean_positive" => Charted::MeanOf(pair.positive),
                _ => Charted::MeanOf(pair.negative),
            },
            What::Statistic(named) => match named.name.as_bytes() {
                b"z_prime" => Charted::ZPrime,
                _ => Charted::Statistic { label: named.label, says: named.says },
            },
        }
    }

    fn of(self, of: &FeatureOfPlate) -> Charting {
        let told = |value: plate::Statistic| value.map_err(|why| why.to_string());
        match self {
            What::Middle(name) => {
                let middle = statistic::middle(name, &of.values, &of.wells, of.pair, of.terms.minimum_n);
                middle.map_or_else(|| (Err("it is no statistic".to_owned()), 0), |(value, n)| (told(value), n))
            }
            What::Statistic(named) => {
                // Moran's I is left out without a permutation; its p takes most of the time and is not drawn.
                let quality = of.quality(usize::from(named.name == "morans_i"));
                let counts = quality.table.counts;
                let n = if named.is_of_controls { counts.positive + counts.negative } else { counts.sample };
                (told(statistic::value(&named, &quality)), n)
            }
        }
    }
}
