//! What the rules say of a plate at one of its points.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::subjects::{self, Ground};
use super::{Bench, NO_PAIR, Place, Point, Subject, Subjects, time};
use crate::alert::{Alert, AlertLevel};
use crate::card::{AssayCard, Headline, Pair};
use crate::layout::Role;
use crate::measures::{Distances, Measures};
use crate::rules::{CompiledRule, Evidence, FactValue, Facts, FeatureFacts, LimitFacts, PlateFacts, RunFacts, Scope};
use crate::spot::Spot;
use crate::standing::PlateStanding;

/// What a rule said of a plate.
pub(super) struct Outcome<'b> {
    pub(super) rule: &'b CompiledRule,
    pub(super) place: Place,
    pub(super) holds: bool,
    /// Of which wells or sites, for a rule of their scope.
    pub(super) held: Option<BTreeSet<Subject>>,
    /// The number that it asks for first, and the limit of the card that it asks for first.
    numbers: (Option<f64>, Option<f64>),
    pub(super) feature: Box<str>,
    pub(super) pair: Pair,
    counts: (u32, u32),
}

impl Outcome<'_> {
    pub(super) fn alert(&self, plate: &PlateStanding, level: AlertLevel, cause_seq: i64, stamp: &str) -> Alert {
        let first = self.held.as_ref().and_then(BTreeSet::first);
        Alert {
            plate: Arc::clone(plate.key()),
            spot: first.map_or_else(Spot::default, |subject| subjects::spot(plate, *subject)),
            feature: self.feature.clone(),
            rule: self.place.2.clone(),
            positive: self.pair.positive,
            negative: self.pair.negative,
            level,
            value: self.numbers.0,
            limit: self.numbers.1,
            counts: self.counts,
            cause_seq,
            rules: stamp.into(),
        }
    }
}

/// A headline feature of the card with one of its pairs, and what a rule may ask of it.
struct Asked<'f> {
    place: (usize, usize),
    headline: &'f Headline,
    pair: Pair,
    counts: (u32, u32),
    facts: FeatureFacts<'f>,
}

/// What rules say at a point; rules that do not hold and never did are left out.
pub(super) fn outcomes<'b>(
    plate: &PlateStanding,
    card: Option<&AssayCard>,
    (bench, run): (&'b Bench<'_>, Option<&RunFacts<'_>>),
    measures: &[Option<Measures>],
    distances: &[(Distances, usize)],
    point: Point,
) -> Vec<Outcome<'b>> {
    let facts_of_plate = plate_facts(plate, bench);
    let limits = card.map(LimitFacts::of);
    let of_plate = Facts { run, plate: Some(&facts_of_plate), limits: limits.as_ref(), ..Facts::default() };
    let features: Vec<Asked<'_>> = card.map_or_else(Vec::new, |card| asked_of(card, measures, distances));
    let mut outcomes = Vec::new();
    if point.plate {
        for asked in &features {
            let facts = Facts { feature: Some(&asked.facts), ..of_plate };
            for rule in bench.set.of(Scope::Plate, true) {
                let about = (&*asked.headline.feature, asked.pair, asked.counts);
                outcomes.extend(of_a_plate(plate, rule, asked.place, &facts, about));
            }
        }
        for rule in bench.set.of(Scope::Plate, false) {
            outcomes.extend(of_a_plate(plate, rule, (0, 0), &of_plate, ("", NO_PAIR, (0, 0))));
        }
    }
    if bench.set.has_subjects && point.subjects != Subjects::None {
        let ground = Ground::of(plate, bench, point.subjects);
        for scope in [Scope::Well, Scope::Site] {
            for rule in bench.set.of(scope, false) {
                outcomes.extend(of_subjects(&ground, rule, (0, 0), &of_plate, None));
            }
            // A well has one value of a feature, whatever pair of controls stands for it.
            for asked in features.iter().filter(|asked| asked.place.1 == 0) {
                let facts = Facts { feature: Some(&asked.facts), ..of_plate };
                for rule in bench.set.of(scope, true) {
                    outcomes.extend(of_subjects(&ground, rule, asked.place, &facts, Some(asked)));
                }
            }
        }
    }
    outcomes
}

fn asked_of<'f>(
    card: &'f AssayCard,
    measures: &[Option<Measures>],
    distances: &[(Distances, usize)],
) -> Vec<Asked<'f>> {
    let pairs = card.pair.len().max(1);
    let each = card.headline.iter().flat_map(|headline| card.pair.iter().map(move |pair| (headline, *pair)));
    let asked = |(at, (headline, pair)): (usize, (&'f Headline, Pair))| {
        let (measures, (mads, compared)) = (measures.get(at)?.as_ref()?, distances.get(at)?);
        Some(Asked {
            place: (at / pairs, at % pairs),
            headline,
            pair,
            counts: (measures.counts.0, measures.counts.1),
            facts: measures.facts(headline, pair, mads, *compared),
        })
    };
    each.enumerate().filter_map(asked).collect()
}

fn of_a_plate<'b>(
    plate: &PlateStanding,
    rule: &'b CompiledRule,
    place: (usize, usize),
    facts: &Facts<'_>,
    (feature, pair, counts): (&str, Pair, (u32, u32)),
) -> Option<Outcome<'b>> {
    let holds = rule.holds(facts).unwrap_or(false);
    if !holds && (plate.latches.is_empty() || !plate.latches.contains_key(&place_of(place, rule))) {
        return None;
    }
    let numbers = numbers(&rule.evidence(facts));
    let place = place_of(place, rule);
    Some(Outcome { rule, place, holds, held: None, numbers, feature: feature.into(), pair, counts })
}

fn of_subjects<'b>(
    ground: &Ground<'_>,
    rule: &'b CompiledRule,
    place: (usize, usize),
    facts: &Facts<'_>,
    asked: Option<&Asked<'_>>,
) -> Option<Outcome<'b>> {
    let place = place_of(place, rule);
    let known = ground.plate.latches.get(&place);
    let found = ground.holders(rule, facts, asked.map(|asked| asked.headline), known.map(|standing| &standing.held));
    if found.held.is_empty() && known.is_none() {
        return None;
    }
    let held = u32::try_from(found.held.len()).unwrap_or(u32::MAX);
    Some(Outcome {
        rule,
        place,
        holds: !found.held.is_empty(),
        held: Some(found.held),
        numbers: found.numbers,
        feature: asked.map_or_else(Box::default, |asked| asked.headline.feature.as_str().into()),
        pair: asked.map_or(NO_PAIR, |asked| asked.pair),
        counts: (held, found.judged),
    })
}

pub(super) fn place_of((headline, pair): (usize, usize), rule: &CompiledRule) -> Place {
    let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    (small(headline), small(pair), rule.entry().id.as_str().into())
}

/// The first number that a rule asked for, and the first of the card's limits.
pub(super) fn numbers(evidence: &[Evidence<'_>]) -> (Option<f64>, Option<f64>) {
    let number = |of_limits: bool| {
        evidence.iter().find_map(|known| match known.value {
            FactValue::Number(number) if known.name.starts_with("limits.") == of_limits => Some(number),
            _ => None,
        })
    };
    (number(false), number(true))
}

pub(super) fn plate_facts<'p>(plate: &'p PlateStanding, bench: &Bench<'_>) -> PlateFacts<'p> {
    let controls = [Role::Negative, Role::Positive, Role::Reference];
    let stage = plate.stages().last();
    let count = |n: u64| Some(n as f64);
    PlateFacts {
        barcode: Some(&plate.key().barcode),
        assay: plate.layout().and_then(|layout| layout.assay.as_deref()),
        stage: stage.map(|visit| &*visit.stage),
        instrument: stage.and_then(|visit| visit.instrument.as_deref()),
        format: plate.format().map(|format| f64::from(format.wells())),
        wells_expected: count(plate.wells_expected().into()),
        wells_in: count(plate.wells_in().into()),
        controls_expected: count(controls.iter().map(|role| plate.wells_of_role(*role) as u64).sum()),
        controls_in: count(controls.iter().map(|role| plate.wells_in_of(*role)).sum()),
        excluded: count(plate.excluded_wells().into()),
        images: count(plate.arrivals().1),
        flags: count(plate.flags.len() as u64),
        reading: Some(plate.wells_in() > 0 && !plate.is_complete()),
        complete: Some(plate.is_complete()),
        silent_s: time::silent_s(bench.now(plate), plate.last_ms),
    }
}
