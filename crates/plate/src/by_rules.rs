//! Judging by rules at the deterministic points of `DATA.md` 14 and 15, latched.
//!
//! Rules of a plate's scope are judged at each of its points; those of its wells and sites at its sixteenths, when layouts or
//! exclusions change, and site by site once it is complete; those of a run with its plates, and at each message of it that
//! nobody could read. Of wells and sites one alert a plate is made: it says how many they are and which is the first.
//!
//! A plate is compared with the run's other plates as they were when *they* were judged complete, by `seq`: so what it is
//! compared with does not depend on how far the others have gone on meanwhile, and a board that was put together from
//! snapshots judges as one that went through all records.

mod others;
mod outcome;
mod run;
mod subjects;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::alert::{Alert, AlertLevel};
use crate::card::{AssayCard, Pair};
use crate::flag::Severity;
use crate::judge;
use crate::layout::Role;
use crate::measures::{MEASURES, Measures, compared_by};
use crate::quality;
use crate::rules::{CompiledRule, Latch, LatchEvent, LatchEventKind, Rules, Scope};
use crate::spot::Spot;
use crate::standing::PlateStanding;

use outcome::numbers;
pub(crate) use run::{Heard, RunStanding, judge as judge_run};
pub(crate) use time::is_time_due;

/// Names how plates are judged by rules; it changes whenever that does, and with it the `judgement` digest.
pub(crate) const VERSION: &str = "plateside-judge/5";
/// What it was before: sessions that were judged so are told from changed ones.
pub(crate) const EARLIER: &[&str] = &["plateside-judge/2", "plateside-judge/3", "plateside-judge/4"];

/// How often the measures of a complete plate may change before its earliest ones are forgotten.
const MOST_SETTLED: usize = 32;

/// Which rule, of which headline feature and pair of roles: places in the plate's card, 0 for a rule without a feature.
pub(crate) type Place = (u16, u16, Box<str>);

/// A well by its row-major position, or a site of it.
pub(crate) type Subject = (u16, Option<u16>);

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
    /// The wells or sites of which it holds, for a rule of their scope.
    pub(crate) held: BTreeSet<Subject>,
}

impl Latched {
    pub(crate) fn quiet(feature: &str, pair: Pair) -> Latched {
        Latched {
            latch: Latch::default(),
            feature: feature.into(),
            pair,
            raised_seq: 0,
            level: None,
            held: BTreeSet::new(),
        }
    }

    /// Takes what an event means; the level of the alert that it makes.
    fn says(&mut self, event: Option<LatchEvent>, severity: Severity, alert_seq: i64) -> Option<AlertLevel> {
        let level = match event?.kind {
            LatchEventKind::Raised => level_of(severity),
            LatchEventKind::Cleared => AlertLevel::Cleared,
            LatchEventKind::Acknowledged => return None,
        };
        if level != AlertLevel::Cleared {
            self.raised_seq = alert_seq;
        }
        self.level = Some(level);
        Some(level)
    }

    fn is_called(&self) -> bool {
        self.level.is_some_and(|level| level != AlertLevel::Cleared)
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

/// What of a plate is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    /// The plate itself.
    pub(crate) plate: bool,
    /// Its wells and sites.
    pub(crate) subjects: Subjects,
}

/// Which wells and sites are to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subjects {
    None,
    One(u16, Option<u16>),
    All,
}

impl Point {
    pub(crate) const NONE: Point = Point { plate: false, subjects: Subjects::None };
    pub(crate) const PLATE: Point = Point { plate: true, subjects: Subjects::None };
    pub(crate) const ALL: Point = Point { plate: true, subjects: Subjects::All };

    /// Both.
    pub(crate) fn and(self, other: Point) -> Point {
        let subjects = match (self.subjects, other.subjects) {
            (Subjects::None, subjects) | (subjects, Subjects::None) => subjects,
            (one, same) if one == same => one,
            _ => Subjects::All,
        };
        Point { plate: self.plate || other.plate, subjects }
    }
}

/// The rules of a session, ready.
#[derive(Debug, Clone)]
pub(crate) struct RuleSet {
    pub(crate) rules: Arc<Rules>,
    /// Which measures are held against other plates.
    compared: [bool; MEASURES],
    /// Any of them holds a plate against others.
    compares: bool,
    /// Any is about wells or sites.
    pub(crate) has_subjects: bool,
    /// Any is about runs.
    pub(crate) has_runs: bool,
    /// Any that is about less than a run asks about it.
    asks_for_runs: bool,
    /// Any asks how many plates of a run are where.
    counts_plates: bool,
    /// Any asks what the pipeline says of focus.
    pub(crate) asks_for_focus: bool,
    /// Any asks for flags.
    pub(crate) asks_for_flags: bool,
}

impl RuleSet {
    pub(crate) fn new(rules: Arc<Rules>) -> RuleSet {
        let (compared, compares) = compared_by(&rules);
        let any_of = |scope| rules.of_scope(scope).next().is_some();
        let asks = |paths: &[&str]| paths.iter().any(|path| rules.asks_for(path));
        RuleSet {
            compared,
            compares,
            has_subjects: any_of(Scope::Well) || any_of(Scope::Site),
            has_runs: any_of(Scope::Run),
            asks_for_runs: [Scope::Plate, Scope::Well, Scope::Site].into_iter().any(|scope| {
                rules.of_scope(scope).any(|(_, rule)| rule.asks_for().any(|path| path.starts_with("run.")))
            }),
            counts_plates: asks(&["run.plates", "run.complete_plates", "run.reading_plates"]),
            asks_for_focus: asks(&["site.focus", "site.focus_mads", "site.focus_feature"]),
            asks_for_flags: asks(&["plate.flags", "well.flagged", "site.flagged"]),
            rules,
        }
    }

    /// Rules of a scope, those that are judged once a headline feature or those that are not.
    fn of(&self, scope: Scope, per_feature: bool) -> impl Iterator<Item = &CompiledRule> {
        let rules = self.rules.of_scope(scope).map(|(_, rule)| rule);
        rules.filter(move |rule| rule.entry().per_feature == per_feature)
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
    /// Messages of the session so far.
    pub(crate) heard: Heard,
}

impl Bench<'_> {
    /// What time it is for a plate: the newest of its messages' and the clock's.
    fn now(&self, plate: &PlateStanding) -> i64 {
        plate.last_ms.max(self.clock_ms).unwrap_or(0)
    }
}

/// Why something is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    /// The record after which it is judged.
    pub(crate) seq: i64,
    /// It is a clock's.
    pub(crate) by_clock: bool,
}

impl Cause {
    /// The `seq` of an alert that comes after those that there are.
    fn next(self, alerts: &[Alert]) -> i64 {
        self.seq + 1 + alerts.len() as i64
    }
}

/// What a plate measures now, one entry a headline feature and pair of its card.
pub(crate) type Measured = Vec<Option<Measures>>;

/// Measures one of the plates, and keeps what a complete one measured. All that is judged after a record is measured before
/// any of it is judged: plates are compared with each other.
pub(crate) fn measure(
    plates: &mut [PlateStanding],
    runs: &mut [RunStanding],
    (index, point): (usize, Point),
    bench: &Bench<'_>,
    (statistics, cause): (&mut quality::Bench, Cause),
) -> Measured {
    let Some(plate) = plates.get_mut(index) else { return Vec::new() };
    let card = plate.card().and_then(|card| bench.cards.get(card));
    let measures = card.map_or_else(Vec::new, |card| measures(plate, card, bench.tracked, statistics));
    if point.plate && settle(plate, &measures, cause.seq) {
        let run = plate.run;
        if let Some(run) = runs.get_mut(run) {
            run.forget_compared();
        }
    }
    measures
}

/// Judges one of the plates by what it measured; alerts go behind those that are there, which take the places after the
/// cause.
pub(crate) fn judge(
    plates: &mut [PlateStanding],
    runs: &mut [RunStanding],
    (index, point): (usize, Point),
    bench: &Bench<'_>,
    (measures, cause): (&[Option<Measures>], Cause),
    alerts: &mut Vec<Alert>,
) {
    let Some(plate) = plates.get(index) else { return };
    let card = plate.card().and_then(|card| bench.cards.get(card));
    let distances = others::distances(plates, runs, index, measures, bench, cause.seq);
    if point.subjects == Subjects::All && bench.set.asks_for_focus {
        subjects::settle_sharpness(&mut plates[index]);
    }
    let run = runs.get(plates[index].run).filter(|_| bench.set.asks_for_runs).map(|run| run.facts(plates, bench));
    let outcomes = outcome::outcomes(&plates[index], card, (bench, run.as_ref()), measures, &distances, point);
    let plate = &mut plates[index];
    let now = bench.now(plate);
    alerts.extend(judge::over(plate, bench.stamp, cause.seq));
    let mut left: BTreeMap<Place, Latched> = std::mem::take(&mut plate.latches);
    for outcome in outcomes {
        let known = left.remove(&outcome.place);
        let mut standing = known.unwrap_or_else(|| Latched::quiet(&outcome.feature, outcome.pair));
        let event = match &outcome.held {
            Some(held) => subjects::observe(&mut standing, outcome.rule, held, now),
            None => observe(&mut standing.latch, outcome.rule, outcome.holds, now, cause.by_clock),
        };
        if let Some(level) = standing.says(event, outcome.rule.entry().severity, cause.next(alerts)) {
            alerts.push(outcome.alert(plate, level, cause.seq, bench.stamp));
        }
        if !standing.latch.is_idle() || !standing.held.is_empty() {
            plate.latches.insert(outcome.place, standing);
        }
    }
    let is_judged = |scope: Scope| match scope {
        Scope::Plate => point.plate,
        Scope::Well | Scope::Site => point.subjects == Subjects::All,
        Scope::Run => true,
    };
    for (place, mut standing) in left {
        let rule = bench.set.rules.rule(&place.2).filter(|rule| place.0 & GONE == 0 && !is_judged(rule.entry().scope));
        match rule {
            // Its turn comes at another point; time passes all the same.
            Some(rule) => {
                let event = if cause.by_clock { standing.latch.tick(&rule.timing(), now) } else { None };
                if let Some(level) = standing.says(event, rule.entry().severity, cause.next(alerts)) {
                    alerts.push(told(plate, &place.2, &standing, level, cause.seq, bench.stamp));
                }
                plate.latches.insert(place, standing);
            }
            // Rules that are no more are over.
            None if standing.is_called() => {
                alerts.push(told(plate, &place.2, &standing, AlertLevel::Cleared, cause.seq, bench.stamp));
            }
            None => {}
        }
    }
}

/// Takes what a judgement said. That time passed is no new observation for a rule that does not ask for it.
fn observe(latch: &mut Latch, rule: &CompiledRule, holds: bool, now: i64, by_clock: bool) -> Option<LatchEvent> {
    if by_clock && !time::asks_for_time(rule) {
        latch.tick(&rule.timing(), now)
    } else {
        latch.observe(&rule.timing(), holds, now)
    }
}

/// The pair of an alert that is about no controls.
const NO_PAIR: Pair = Pair { positive: Role::Positive, negative: Role::Negative };

/// The alert of a rule that was not asked anew.
fn told(
    plate: &PlateStanding,
    rule: &str,
    standing: &Latched,
    level: AlertLevel,
    cause_seq: i64,
    stamp: &str,
) -> Alert {
    let held = u32::try_from(standing.held.len()).unwrap_or(u32::MAX);
    let first = standing.held.first().filter(|_| level != AlertLevel::Cleared);
    Alert {
        plate: Arc::clone(plate.key()),
        spot: first.map_or_else(Spot::default, |subject| subjects::spot(plate, *subject)),
        feature: standing.feature.clone(),
        rule: rule.into(),
        positive: standing.pair.positive,
        negative: standing.pair.negative,
        level,
        value: None,
        limit: None,
        counts: if level == AlertLevel::Cleared { (0, 0) } else { (held, 0) },
        cause_seq,
        rules: stamp.into(),
    }
}

/// The measures of every headline feature and pair of roles, in the card's order.
fn measures(
    plate: &mut PlateStanding,
    card: &AssayCard,
    tracked: &[Box<str>],
    statistics: &mut quality::Bench,
) -> Vec<Option<Measures>> {
    let mut all = Vec::with_capacity(card.headline.len() * card.pair.len());
    let mut known = std::mem::take(&mut plate.worked_out.samples);
    known.resize(card.headline.len(), None);
    for (headline, known) in card.headline.iter().zip(&mut known) {
        let column = tracked.iter().position(|name| **name == *headline.feature);
        for pair in &card.pair {
            let wells = plate.counted(*pair);
            all.push(column.zip(wells).map(|(column, wells)| {
                Measures::of(plate, (column, headline), &wells, &card.limits, known, statistics)
            }));
        }
    }
    plate.worked_out.samples = known;
    all
}

/// Keeps what a complete plate measured; `true` where that is new.
fn settle(plate: &mut PlateStanding, measures: &[Option<Measures>], seq: i64) -> bool {
    if !plate.is_complete() {
        return false;
    }
    let nothing = Measures { values: [None; MEASURES], counts: (0, 0, 0), is_complete: true };
    let measures: Vec<Measures> = measures.iter().map(|found| found.unwrap_or(nothing)).collect();
    if plate.settled.last().is_some_and(|last| last.measures == measures) {
        return false;
    }
    if plate.settled.len() == MOST_SETTLED {
        plate.settled.remove(0);
    }
    plate.settled.push(Settled { seq, measures });
    true
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
    fn settled_at(&self, seq: i64) -> Option<&Settled> {
        self.settled.iter().rev().find(|settled| settled.seq <= seq)
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
    #[must_use]
    pub fn waits_for_time(&self) -> bool {
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
        // Wells or sites of which it holds still are no new ones.
        if standing.latch.is_idle() && standing.held.is_empty() {
            self.latches.remove(&place);
        }
        true
    }
}
