//! Judging by rules: every rule of a plate's scope at its deterministic points (`DATA.md` 14 and 15), latched.
//!
//! A plate is compared with the run's other plates as they were when *they* were judged complete, by `seq`: so what it is
//! compared with does not depend on how far the others have gone on meanwhile, and a board that was put together from
//! snapshots judges as one that went through all records.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alert::{Alert, AlertLevel};
use crate::card::{AssayCard, Pair};
use crate::flag::Severity;
use crate::layout::Role;
use crate::measures::{Distances, MEASURES, Measures};
use crate::rules::{
    CompiledRule, Evidence, FactValue, Facts, Latch, LatchEvent, LatchEventKind, LimitFacts, PlateFacts, Rules, Scope,
};
use crate::standing::PlateStanding;

/// Names how plates are judged by rules; it changes whenever that does, and with it the `judgement` digest.
pub(crate) const VERSION: &str = "plateside-judge/2";

/// How often the measures of a complete plate may change before its earliest ones are forgotten.
const MOST_SETTLED: usize = 32;

/// Which rule, of which headline feature and pair of roles: places in the plate's card, 0 for a rule without a feature.
pub(crate) type Place = (u16, u16, Box<str>);

/// Where a rule stands on a plate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Latched {
    pub(crate) latch: Latch,
    /// What it is about, whatever card is in force: empty for a rule without a feature.
    pub(crate) feature: Box<str>,
    pub(crate) pair: Pair,
    /// The alert that a person acknowledges.
    pub(crate) raised_seq: i64,
    pub(crate) level: Option<AlertLevel>,
}

impl Latched {
    pub(crate) fn quiet(feature: &str, pair: Pair) -> Latched {
        Latched { latch: Latch::default(), feature: feature.into(), pair, raised_seq: 0, level: None }
    }
}

/// The place of a headline feature that the plate's card does not have any more: no outcome has it, so that it is over.
const GONE: u16 = 1 << 15;

/// What a complete plate measured when it was judged: one entry a headline feature and pair, in the card's order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settled {
    pub(crate) seq: i64,
    pub(crate) measures: Vec<Measures>,
}

/// The rules of a session, ready.
#[derive(Debug, Clone)]
pub(crate) struct RuleSet {
    pub(crate) rules: Arc<Rules>,
    /// Any of them holds a plate against others.
    pub(crate) compares: bool,
}

impl RuleSet {
    pub(crate) fn new(rules: Arc<Rules>) -> RuleSet {
        RuleSet { compares: crate::measures::compares_plates(&rules), rules }
    }
}

/// What is judged with: the same for all plates of a board.
pub(crate) struct Bench<'b> {
    pub(crate) set: &'b RuleSet,
    pub(crate) cards: &'b [AssayCard],
    pub(crate) tracked: &'b [Box<str>],
    /// The digest of cards and rules.
    pub(crate) stamp: &'b str,
    /// The last moment that was committed without a message.
    pub(crate) clock_ms: Option<i64>,
}

/// A plate that nothing came of for longer than this is not being read any more.
const GIVEN_UP_MS: i64 = 3_600_000;

impl Bench<'_> {
    /// What time it is for a plate: the newest of its messages' and the clock's.
    fn now(&self, plate: &PlateStanding) -> i64 {
        plate.last_ms.max(self.clock_ms).unwrap_or(0)
    }
}

/// Judges one of the plates after the record `cause_seq`, which may be a clock's; alerts go behind those that are there,
/// which take the places after it.
pub(crate) fn judge(
    plates: &mut [PlateStanding],
    index: usize,
    bench: &Bench<'_>,
    (cause_seq, by_clock): (i64, bool),
    alerts: &mut Vec<Alert>,
) {
    let Some(plate) = plates.get(index) else { return };
    let card = plate.card().and_then(|card| bench.cards.get(card));
    let measures = card.map_or_else(Vec::new, |card| measures(plate, card, bench.tracked));
    let distances: Vec<(Distances, usize)> = if bench.set.compares {
        (0..measures.len()).map(|at| compare(plates, index, at, measures[at].as_ref(), cause_seq)).collect()
    } else {
        vec![([None; MEASURES], 0); measures.len()]
    };
    let outcomes = outcomes(&plates[index], card, bench, &measures, &distances);
    let plate = &mut plates[index];
    let now = bench.now(plate);
    let mut left: BTreeMap<Place, Latched> = std::mem::take(&mut plate.latches);
    for outcome in outcomes {
        let known = left.remove(&outcome.place);
        let mut standing = known.unwrap_or_else(|| Latched::quiet(&outcome.feature, outcome.pair));
        let event = observe(&mut standing.latch, outcome.rule, outcome.holds, now, by_clock);
        let level = match event.map(|event| event.kind) {
            Some(LatchEventKind::Raised) => Some(level_of(outcome.rule.entry().severity)),
            Some(LatchEventKind::Cleared) => Some(AlertLevel::Cleared),
            Some(LatchEventKind::Acknowledged) | None => None,
        };
        if let Some(level) = level {
            if level != AlertLevel::Cleared {
                standing.raised_seq = cause_seq + 1 + alerts.len() as i64;
            }
            standing.level = Some(level);
            alerts.push(outcome.alert(plate, level, cause_seq, bench.stamp));
        }
        if !standing.latch.is_idle() {
            plate.latches.insert(outcome.place, standing);
        }
    }
    // Rules that are no more are over.
    for ((_, _, rule), standing) in left {
        if standing.level.is_some_and(|level| level != AlertLevel::Cleared) {
            alerts.push(over(plate, &rule, &standing, cause_seq, bench.stamp));
        }
    }
    settle(plate, measures, cause_seq);
}

/// Takes what a judgement said. That time passed is no new observation for a rule that does not ask for it.
fn observe(latch: &mut Latch, rule: &CompiledRule, holds: bool, now: i64, by_clock: bool) -> Option<LatchEvent> {
    if by_clock && !asks_for_time(rule) {
        latch.tick(&rule.timing(), now)
    } else {
        latch.observe(&rule.timing(), holds, now)
    }
}

fn asks_for_time(rule: &CompiledRule) -> bool {
    rule.asks_for().any(|path| path == "plate.silent_s")
}

/// Whether a plate that is judged at the bench's time would raise or clear an alert that it would not at its last message's.
pub(crate) fn is_time_due(plate: &PlateStanding, bench: &Bench<'_>) -> bool {
    let now = bench.now(plate);
    let waits = |(place, standing): (&Place, &Latched)| {
        let rule = bench.set.rules.rule(&place.2).filter(|rule| !asks_for_time(rule));
        rule.is_some_and(|rule| standing.latch.clone().tick(&rule.timing(), now).is_some())
    };
    if plate.latches.iter().any(waits) {
        return true;
    }
    let limits = plate.card().and_then(|card| bench.cards.get(card)).map(LimitFacts::of);
    let plate_facts = plate_facts(plate, bench);
    let facts = Facts { plate: Some(&plate_facts), limits: limits.as_ref(), ..Facts::default() };
    bench.set.rules.of_scope(Scope::Plate).any(|(_, rule)| {
        if rule.entry().per_feature || !asks_for_time(rule) {
            return false;
        }
        let known = plate.latches.get(&place_of((0, 0), rule));
        let mut latch = known.map_or_else(Latch::default, |standing| standing.latch.clone());
        let before = latch.state();
        // That a delay begins is worth a record too: it is counted from there.
        latch.observe(&rule.timing(), rule.holds(&facts).unwrap_or(false), now).is_some() || latch.state() != before
    })
}

/// What a rule said of a plate.
struct Outcome<'b> {
    rule: &'b CompiledRule,
    place: Place,
    holds: bool,
    /// The number that it asks for first, and the limit of the card that it asks for first.
    value: Option<f64>,
    limit: Option<f64>,
    feature: Box<str>,
    pair: Pair,
    counts: (u32, u32),
}

impl Outcome<'_> {
    fn alert(&self, plate: &PlateStanding, level: AlertLevel, cause_seq: i64, stamp: &str) -> Alert {
        Alert {
            plate: Arc::clone(plate.key()),
            feature: self.feature.clone(),
            rule: self.place.2.clone(),
            positive: self.pair.positive,
            negative: self.pair.negative,
            level,
            value: self.value,
            limit: self.limit,
            counts: self.counts,
            cause_seq,
            rules: stamp.into(),
        }
    }
}

/// The pair of an alert that is about no controls.
const NO_PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

fn over(plate: &PlateStanding, rule: &str, standing: &Latched, cause_seq: i64, stamp: &str) -> Alert {
    Alert {
        plate: Arc::clone(plate.key()),
        feature: standing.feature.clone(),
        rule: rule.into(),
        positive: standing.pair.positive,
        negative: standing.pair.negative,
        level: AlertLevel::Cleared,
        value: None,
        limit: None,
        counts: (0, 0),
        cause_seq,
        rules: stamp.into(),
    }
}

/// The measures of every headline feature and pair of roles, in the card's order.
fn measures(plate: &PlateStanding, card: &AssayCard, tracked: &[Box<str>]) -> Vec<Option<Measures>> {
    let mut all = Vec::with_capacity(card.headline.len() * card.pair.len());
    for headline in &card.headline {
        let column = tracked.iter().position(|name| **name == *headline.feature);
        for pair in &card.pair {
            all.push(column.and_then(|column| Measures::of(plate, column, headline, *pair, &card.limits)));
        }
    }
    all
}

/// How far a measure's plate lies from the run's other complete plates, and how many those are.
fn compare(plates: &[PlateStanding], index: usize, at: usize, own: Option<&Measures>, seq: i64) -> (Distances, usize) {
    let (Some(plate), Some(own)) = (plates.get(index), own) else { return ([None; MEASURES], 0) };
    let is_other = |(place, other): &(usize, &PlateStanding)| {
        *place != index && other.card() == plate.card() && other.key().run == plate.key().run
    };
    let others = plates.iter().enumerate().filter(is_other).filter_map(|(_, other)| other.settled_at(seq)?.get(at));
    let others: Vec<&Measures> = others.collect();
    (own.distances(others.iter().copied()), others.len())
}

fn outcomes<'b>(
    plate: &PlateStanding,
    card: Option<&AssayCard>,
    bench: &'b Bench<'_>,
    measures: &[Option<Measures>],
    distances: &[(Distances, usize)],
) -> Vec<Outcome<'b>> {
    let facts_of_plate = plate_facts(plate, bench);
    let limits = card.map(LimitFacts::of);
    let mut outcomes = Vec::new();
    let mut each = |place: (usize, usize), per_feature: bool, facts: &Facts<'_>, of: (&str, Pair, (u32, u32))| {
        for (_, rule) in
            bench.set.rules.of_scope(Scope::Plate).filter(|(_, rule)| rule.entry().per_feature == per_feature)
        {
            let holds = rule.holds(facts).unwrap_or(false);
            let is_known = plate.latches.contains_key(&place_of(place, rule));
            if !holds && !is_known {
                continue;
            }
            let (value, limit) = numbers(&rule.evidence(facts));
            let (feature, pair, counts) = of;
            outcomes.push(Outcome {
                rule,
                place: place_of(place, rule),
                holds,
                value,
                limit,
                feature: feature.into(),
                pair,
                counts,
            });
        }
    };
    if let Some(card) = card {
        for (at, (headline, pair)) in
            card.headline.iter().flat_map(|h| card.pair.iter().map(move |p| (h, *p))).enumerate()
        {
            let (Some(Some(measures)), Some((mads, compared))) = (measures.get(at), distances.get(at)) else {
                continue;
            };
            let feature = measures.facts(headline, pair, mads, *compared);
            let facts = Facts {
                plate: Some(&facts_of_plate),
                feature: Some(&feature),
                limits: limits.as_ref(),
                ..Facts::default()
            };
            let place = (at / card.pair.len().max(1), at % card.pair.len().max(1));
            each(place, true, &facts, (&headline.feature, pair, (measures.counts.0, measures.counts.1)));
        }
    }
    let facts = Facts { plate: Some(&facts_of_plate), limits: limits.as_ref(), ..Facts::default() };
    each((0, 0), false, &facts, ("", NO_PAIR, (0, 0)));
    outcomes
}

fn place_of((headline, pair): (usize, usize), rule: &CompiledRule) -> Place {
    let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    (small(headline), small(pair), rule.entry().id.as_str().into())
}

/// The first number that a rule asked for, and the first of the card's limits.
fn numbers(evidence: &[Evidence<'_>]) -> (Option<f64>, Option<f64>) {
    let number = |of_limits: bool| {
        evidence.iter().find_map(|known| match known.value {
            FactValue::Number(number) if known.name.starts_with("limits.") == of_limits => Some(number),
            _ => None,
        })
    };
    (number(false), number(true))
}

fn plate_facts<'p>(plate: &'p PlateStanding, bench: &Bench<'_>) -> PlateFacts<'p> {
    let silent_ms = plate.last_ms.map(|last| bench.now(plate) - last).filter(|silent_ms| *silent_ms <= GIVEN_UP_MS);
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
        excluded: count(plate.excluded_wells().into()),
        images: count(plate.arrivals().1),
        reading: Some(plate.wells_in() > 0 && !plate.is_complete()),
        complete: Some(plate.is_complete()),
        silent_s: silent_ms.map(|silent_ms| silent_ms as f64 / 1000.0),
        ..PlateFacts::default()
    }
}

/// Keeps what a complete plate measured, where that is new.
fn settle(plate: &mut PlateStanding, measures: Vec<Option<Measures>>, seq: i64) {
    if !plate.is_complete() {
        return;
    }
    let nothing = Measures { values: [None; MEASURES], counts: (0, 0, 0), is_complete: true };
    let measures: Vec<Measures> = measures.into_iter().map(|found| found.unwrap_or(nothing)).collect();
    if plate.settled.last().is_some_and(|last| last.measures == measures) {
        return;
    }
    if plate.settled.len() == MOST_SETTLED {
        plate.settled.remove(0);
    }
    plate.settled.push(Settled { seq, measures });
}

/// A rule's severity as the level of its alert.
const fn level_of(severity: Severity) -> AlertLevel {
    match severity {
        Severity::Info => AlertLevel::Info,
        Severity::Warning => AlertLevel::Attention,
        Severity::Error => AlertLevel::Fail,
    }
}

impl PlateStanding {
    /// What it measured when it was last judged complete, before the record `seq` was judged.
    fn settled_at(&self, seq: i64) -> Option<&[Measures]> {
        let known = self.settled.iter().rev().find(|settled| settled.seq <= seq)?;
        Some(&known.measures)
    }

    /// Puts what rules stand at to the places that their features have on this card.
    pub(crate) fn place_latches(&mut self, card: Option<&AssayCard>) {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let place = |((headline, pair, rule), standing): (Place, Latched)| {
            if standing.feature.is_empty() {
                return ((headline, pair, rule), standing);
            }
            let found = card.and_then(|card| {
                let headline = card.headline.iter().position(|known| *known.feature == *standing.feature)?;
                Some((headline, card.pair.iter().position(|known| *known == standing.pair)?))
            });
            let place = match found {
                Some((headline, pair)) => (small(headline), small(pair), rule),
                None => (headline | GONE, pair, rule),
            };
            (place, standing)
        };
        self.latches = std::mem::take(&mut self.latches).into_iter().map(place).collect();
    }

    /// Whether any rule stands other than quiet on it.
    pub(crate) fn has_latches(&self) -> bool {
        !self.latches.is_empty()
    }

    /// Whether time alone may change what rules say of it: it is being read, or a rule waits.
    pub(crate) fn waits_for_time(&self) -> bool {
        (self.wells_in() > 0 && !self.is_complete()) || !self.latches.is_empty()
    }

    /// A person has taken note of an alert; whether it was one of this plate's.
    pub(crate) fn acknowledge(&mut self, alert_seq: i64) -> bool {
        let now = self.last_ms.unwrap_or(0);
        let mut found = self.latches.iter_mut().filter(|(_, standing)| standing.raised_seq == alert_seq);
        let Some((place, standing)) = found.next() else { return false };
        let place = place.clone();
        // That nothing happened is no news: it had been taken note of before.
        let _ = standing.latch.acknowledge(now);
        if standing.latch.is_idle() {
            self.latches.remove(&place);
        }
        true
    }
}
