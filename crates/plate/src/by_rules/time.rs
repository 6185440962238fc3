//! Rules and time: a clock's record is made only where it would change what a rule says.

use super::{Bench, Latched, Place, outcome};
use crate::rules::{CompiledRule, Facts, LimitFacts, RunFacts, Scope};
use crate::standing::PlateStanding;

/// A plate, or a run, that nothing came of for longer than this is not being read any more.
const GIVEN_UP_MS: i64 = 3_600_000;

/// Seconds since something was heard of last; `None` where nothing ever was, and where nobody waits for it any more.
pub(super) fn silent_s(now_ms: i64, last_ms: Option<i64>) -> Option<f64> {
    let silent_ms = last_ms.map(|last| now_ms - last).filter(|silent_ms| *silent_ms <= GIVEN_UP_MS)?;
    Some(silent_ms as f64 / 1000.0)
}

pub(super) fn asks_for_time(rule: &CompiledRule) -> bool {
    rule.asks_for().any(|path| path == "plate.silent_s" || path == "run.silent_s")
}

/// Whether a plate that is judged at the bench's time would raise or clear an alert that it would not at its last message's.
/// Rules of a plate's scope that are not asked once a feature are the only ones, beside those of runs, that may ask for time.
pub(crate) fn is_time_due<'r>(
    plate: &PlateStanding,
    run: impl FnOnce() -> Option<RunFacts<'r>>,
    bench: &Bench<'_>,
) -> bool {
    let now = bench.now(plate);
    let waits = |(place, standing): (&Place, &Latched)| {
        let rule = bench.set.rules.rule(&place.2).filter(|rule| !asks_for_time(rule));
        rule.is_some_and(|rule| standing.latch.clone().tick(&rule.timing(), now).is_some())
    };
    if plate.latches.iter().any(waits) {
        return true;
    }
    let run = bench.set.asks_for_runs.then(run).flatten();
    let limits = plate.card().and_then(|card| bench.cards.get(card)).map(LimitFacts::of);
    let plate_facts = outcome::plate_facts(plate, bench);
    let facts = Facts { run: run.as_ref(), plate: Some(&plate_facts), limits: limits.as_ref(), ..Facts::default() };
    let changes = |rule: &CompiledRule| {
        let known = plate.latches.get(&outcome::place_of((0, 0), rule));
        would_change(rule, known, &facts, now)
    };
    bench.set.of(Scope::Plate, false).filter(|rule| asks_for_time(rule)).any(changes)
}

/// Whether a rule that asks for the time would say something else now. That a delay begins is worth a record too: it is counted
/// from there.
pub(super) fn would_change(rule: &CompiledRule, known: Option<&Latched>, facts: &Facts<'_>, now: i64) -> bool {
    let mut latch = known.map(|standing| standing.latch.clone()).unwrap_or_default();
    let before = latch.state();
    latch.observe(&rule.timing(), rule.holds(facts).unwrap_or(false), now).is_some() || latch.state() != before
}
