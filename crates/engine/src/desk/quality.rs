//! Quality of a plate as the QC card shows it: each statistic and artefact with its limit, its level and its reason.

use plate::artefacts::{Artefacts, Line};
use plate::interval::z_prime_interval;
use plate::quality::Terms;
use plate::{
    AssayCard, Board, CountedWells, Format, Headline, Limits, Pair, PlateQuality, PlateStanding, Role, Statistic,
    Undefined, Well,
};

use super::shown::{Qc, QcLine};
use super::told::Level;
use crate::across::statistic;

/// A plate with what it is judged by, taken out of the board: numbers that are only for looking at are computed beside it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) plate: PlateStanding,
    pub(super) card: AssayCard,
    /// The place of each headline feature among the tracked ones, in the card's order.
    columns: Vec<Option<usize>>,
}

impl Judged {
    /// `None` for a plate without a card.
    pub(super) fn of(board: &Board, plate: &PlateStanding) -> Option<Judged> {
        let card = board.cards().get(plate.card()?)?.clone();
        let place = |headline: &Headline| board.tracked().iter().position(|name| **name == *headline.feature);
        Some(Judged { plate: plate.clone(), columns: card.headline.iter().map(place).collect(), card })
    }

    /// The same plate without some wells.
    pub(super) fn without(&self, wells: &[Well]) -> Judged {
        Judged { plate: self.plate.without(wells), ..self.clone() }
    }

    /// Quality of every headline feature and pair of roles, with p of Moran's I from `permutations` of them.
    pub(super) fn quality(&self, permutations: usize) -> Vec<Qc> {
        self.card.headline.iter().flat_map(|headline| self.of_headline(headline, permutations)).collect()
    }

    /// Quality of one headline feature, for each pair of roles; nothing for another feature.
    pub(super) fn of_feature(&self, feature: &str, permutations: usize) -> Vec<Qc> {
        let headline = self.card.headline.iter().find(|headline| headline.feature == feature);
        headline.map_or_else(Vec::new, |headline| self.of_headline(headline, permutations))
    }

    fn of_headline(&self, headline: &Headline, permutations: usize) -> Vec<Qc> {
        let Some(format) = self.plate.format() else { return Vec::new() };
        let values = self.values(headline, format);
        let of_pair = |pair: &Pair| {
            let wells = self.plate.counted_wells(*pair)?;
            let Limits { minimum_n, replicates, .. } = self.card.limits;
            let quality = PlateQuality::of(&values, &wells, Terms { minimum_n, replicates, permutations });
            Some(qc(&self.plate, headline, *pair, &self.card.limits, &quality, interval(&values, &wells)))
        };
        self.card.pair.iter().filter_map(of_pair).collect()
    }

    /// The middle of a group of wells by its name (`median_sample`, `mean_negative`, `mean_positive`); `None` for another
    /// name.
    pub(super) fn middle(&self, headline: &Headline, name: &str) -> Option<Statistic> {
        let pair = self.card.pair.first().copied().unwrap_or(crate::qc::PLAIN_PAIR);
        let wells = self.plate.counted_wells(pair);
        let wells = wells.unwrap_or_else(|| CountedWells::new(Format::F96, &[], &[], pair));
        let values = self.plate.format().map(|format| self.values(headline, format)).unwrap_or_default();
        statistic::middle(name, &values, &wells, pair, self.card.limits.minimum_n).map(|(middle, _)| middle)
    }

    /// The headline's values after its transform, row-major.
    pub(super) fn values(&self, headline: &Headline, format: Format) -> Vec<Option<f64>> {
        let place = self.card.headline.iter().position(|known| known == headline);
        let column = place.and_then(|place| self.columns.get(place).copied().flatten());
        let value = |well: Well| headline.transform.apply(self.plate.value(column?, well, headline.aggregate)?);
        Well::all_of(format).map(value).collect()
    }
}

fn interval(values: &[Option<f64>], wells: &CountedWells) -> Option<(f64, f64)> {
    let of = |places: &[u16]| -> Vec<f64> {
        places.iter().filter_map(|at| values.get(usize::from(*at)).copied().flatten()).collect()
    };
    let found = z_prime_interval(&of(wells.positive()), &of(wells.negative())).ok()?;
    Some((found.low, found.high))
}

/// A line as it is filled in.
struct Shown<'a> {
    name: &'a str,
    value: Statistic,
    limit: Option<f64>,
    at_least: bool,
    level: Level,
}

impl Shown<'_> {
    fn line(self) -> QcLine {
        QcLine {
            name: self.name.to_owned(),
            value: self.value.ok(),
            undefined: self.value.err().map(|reason| reason.to_string()),
            limit: self.limit,
            at_least: self.at_least,
            level: if self.value.is_err() { Level::Unknown } else { self.level },
            says: None,
            interval: None,
        }
    }
}

/// At least the limit is good.
fn at_least(name: &str, value: Statistic, limit: f64, good: bool) -> QcLine {
    let level = if good { Level::Ok } else { Level::Attention };
    Shown { name, value, limit: Some(limit), at_least: true, level }.line()
}

/// An artefact: at most its limit is good, by magnitude; without a limit it informs.
fn artefact(name: &str, value: Statistic, limit: Option<f64>) -> QcLine {
    let level = match (value, limit) {
        (Ok(value), Some(limit)) if value.abs() > limit => Level::Attention,
        (_, Some(_)) => Level::Ok,
        (_, None) => Level::Info,
    };
    Shown { name, value, limit, at_least: false, level }.line()
}

fn qc(
    plate: &PlateStanding,
    headline: &Headline,
    pair: Pair,
    limits: &Limits,
    quality: &PlateQuality,
    interval: Option<(f64, f64)>,
) -> Qc {
    let table = &quality.table;
    let expected = |role: Role| u32::try_from(plate.wells_of_role(role)).unwrap_or(u32::MAX);
    let ratio = table.signal_to_background.and_then(plate::larger_ratio);
    let z_line = |name, value: Statistic| {
        let level = super::tiles::z_prime_level(value.ok(), (limits.z_prime_good, limits.z_prime_attention));
        Shown { name, value, limit: Some(limits.z_prime_good), at_least: true, level }.line()
    };
    let is_far = |ssmd: f64| ssmd.abs() >= limits.ssmd_magnitude;
    let is_calm = |cv: f64| cv <= limits.cv_negative_percent;
    let mut lines = vec![
        QcLine { interval, ..z_line("z_prime", table.z_prime) },
        z_line("robust_z_prime", table.robust_z_prime),
        at_least("ssmd", table.ssmd, limits.ssmd_magnitude, table.ssmd.is_ok_and(is_far)),
        at_least("signal_ratio", ratio, limits.signal_ratio, ratio.is_ok_and(|r| r >= limits.signal_ratio)),
        QcLine {
            at_least: false,
            ..at_least(
                "cv_negative",
                table.cv_negative,
                limits.cv_negative_percent,
                table.cv_negative.is_ok_and(is_calm),
            )
        },
    ];
    lines.extend(geometry(&quality.artefacts, limits));
    Qc {
        feature: headline.feature.clone(),
        positive: pair.positive.as_str().to_owned(),
        negative: pair.negative.as_str().to_owned(),
        counts: (table.counts.positive, table.counts.negative, table.counts.sample),
        expected: (expected(pair.positive), expected(pair.negative)),
        lines,
    }
}

/// What the plate's geometry did.
fn geometry(found: &Artefacts, limits: &Limits) -> Vec<QcLine> {
    let percent = |line: Result<Line, Undefined>| line.map(|line| line.percent);
    let row = |line: Line| format!("row {}", plate::well::row_letters(line.line));
    let column = |line: Line| format!("column {}", u16::from(line.line) + 1);
    let moran = Shown {
        name: "morans_i",
        value: found.morans_i.map(|moran| moran.i),
        limit: None,
        at_least: false,
        level: Level::Info,
    };
    let p = found.morans_i.ok().map(|moran| format!("p {:.3}", moran.p));
    vec![
        artefact("edge_effect_percent", found.edge_effect_percent, limits.edge_effect_percent),
        artefact("edge_strength", found.edge_strength, limits.edge_strength),
        QcLine {
            says: found.worst_row.ok().map(row),
            ..artefact("row_line_percent", percent(found.worst_row), limits.line_percent)
        },
        QcLine {
            says: found.worst_column.ok().map(column),
            ..artefact("column_line_percent", percent(found.worst_column), limits.line_percent)
        },
        artefact("row_gradient_percent", found.row_gradient_percent, limits.gradient_percent),
        artefact("column_gradient_percent", found.column_gradient_percent, limits.gradient_percent),
        QcLine { says: p, ..moran.line() },
    ]
}
