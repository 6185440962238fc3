//! Runs: rules about many plates at once, and what a plate's run is.

use std::collections::BTreeMap;

use super::others::Compared;
use super::{Bench, Cause, Latched, NO_PAIR, numbers, observe, time, told};
use crate::alert::{Alert, AlertLevel};
use crate::rules::{Facts, RunFacts, Scope};
use crate::standing::PlateStanding;

/// Messages of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// All.
    pub(crate) messages: u64,
    /// Those of them that nobody could read: they name no run.
    pub(crate) undecoded: u64,
}

/// One run as it stands.
#[derive(Debug, Clone)]
pub(crate) struct RunStanding {
    pub(crate) name: Box<str>,
    /// Its plates, by their place on the board.
    pub(crate) plates: Vec<usize>,
    /// What had been heard before it began.
    pub(crate) began: Heard,
    /// The plate that was heard of last.
    pub(crate) last_plate: usize,
    pub(crate) last_ms: Option<i64>,
    /// Where rules of its scope stand, and the plate that an alert of theirs names.
    pub(crate) latches: BTreeMap<Box<str>, (Latched, usize)>,
    pub(super) compared: Option<Compared>,
}

impl RunStanding {
    pub(crate) fn new(name: &str, heard: Heard) -> RunStanding {
        RunStanding {
            name: name.into(),
            plates: Vec::new(),
            began: heard,
            last_plate: 0,
            last_ms: None,
            latches: BTreeMap::new(),
            compared: None,
        }
    }

    /// A message of one of its plates came; `true` where that may end a silence that rules speak of.
    pub(crate) fn heard(&mut self, plate: usize, timestamp_ms: i64, clock_ms: Option<i64>) -> bool {
        let was_silent = self.last_ms < clock_ms && !self.latches.is_empty();
        self.last_plate = plate;
        if timestamp_ms >= 0 {
            self.last_ms = self.last_ms.max(Some(timestamp_ms));
        }
        was_silent
    }

    /// Its plates measured something else, or are judged by something else.
    pub(crate) fn forget_compared(&mut self) {
        self.compared = None;
    }

    /// Whether time alone may change what rules say of it.
    pub(crate) fn waits_for_time(&self, bench: &Bench<'_>) -> bool {
        let asks = |scope| bench.set.of(scope, false).any(time::asks_for_time);
        !self.latches.is_empty() || (self.last_ms.is_some() && asks(Scope::Run))
    }

    /// Whether a clock's record of the bench's time would change what a rule says of it.
    pub(crate) fn is_time_due(&self, plates: &[PlateStanding], bench: &Bench<'_>) -> bool {
        if !self.waits_for_time(bench) {
            return false;
        }
        let (now, run) = (self.now(bench), self.facts(plates, bench));
        let facts = Facts { run: Some(&run), ..Facts::default() };
        bench.set.of(Scope::Run, false).any(|rule| {
            let known = self.latches.get(rule.entry().id.as_str()).map(|(standing, _)| standing);
            if time::asks_for_time(rule) {
                return time::would_change(rule, known, &facts, now);
            }
            known.is_some_and(|standing| standing.latch.clone().tick(&rule.timing(), now).is_some())
        })
    }

    /// A person has taken note of an alert; whether it was one of this run's.
    pub(crate) fn acknowledge(&mut self, alert_seq: i64) -> bool {
        let now = self.last_ms.unwrap_or(0);
        let mut found = self.latches.iter_mut().filter(|(_, (standing, _))| standing.raised_seq == alert_seq);
        let Some((rule, (standing, _))) = found.next() else { return false };
        let rule = rule.clone();
        // That nothing happened is no news: it had been taken note of before.
        let _ = standing.latch.acknowledge(now);
        if standing.latch.is_idle() {
            self.latches.remove(&rule);
        }
        true
    }

    fn now(&self, bench: &Bench<'_>) -> i64 {
        self.last_ms.max(bench.clock_ms).unwrap_or(0)
    }

    /// What a rule may ask of it.
    pub(crate) fn facts(&self, plates: &[PlateStanding], bench: &Bench<'_>) -> RunFacts<'_> {
        let asked = if bench.set.counts_plates { &*self.plates } else { &[] };
        let plates = || asked.iter().filter_map(|at| plates.get(*at)).filter(|plate| plate.last_ms.is_some());
        let count = |n: usize| bench.set.counts_plates.then_some(n as f64);
        let since = |now: u64, began: u64| now.saturating_sub(began) as f64;
        let messages = since(bench.heard.messages, self.began.messages);
        let undecoded = since(bench.heard.undecoded, self.began.undecoded);
        RunFacts {
            name: Some(&self.name),
            plates: count(plates().count()),
            complete_plates: count(plates().filter(|plate| plate.is_complete()).count()),
            reading_plates: count(plates().filter(|plate| plate.wells_in() > 0 && !plate.is_complete()).count()),
            messages: Some(messages),
            undecoded: Some(undecoded),
            undecoded_percent: (messages > 0.0).then(|| 100.0 * undecoded / messages),
            silent_s: time::silent_s(self.now(bench), self.last_ms),
        }
    }
}

/// Judges one of the runs; alerts go behind those that are there, and name the plate that was heard of last.
pub(crate) fn judge(
    plates: &[PlateStanding],
    run: &mut RunStanding,
    bench: &Bench<'_>,
    cause: Cause,
    alerts: &mut Vec<Alert>,
) {
    let (now, last_plate) = (run.now(bench), run.last_plate);
    let mut left = std::mem::take(&mut run.latches);
    let mut kept = BTreeMap::new();
    {
        let run_facts = run.facts(plates, bench);
        let facts = Facts { run: Some(&run_facts), ..Facts::default() };
        for rule in bench.set.of(Scope::Run, false) {
            let holds = rule.holds(&facts).unwrap_or(false);
            let known = left.remove(rule.entry().id.as_str());
            if !holds && known.is_none() {
                continue;
            }
            let (mut standing, named) = known.unwrap_or_else(|| (Latched::quiet("", NO_PAIR), last_plate));
            let event = observe(&mut standing.latch, rule, holds, now, cause.by_clock);
            let level = standing.says(event, rule.entry().severity, cause.next(alerts));
            // What is over is said of the plate that it was raised with.
            let named = if level.is_some_and(|level| level != AlertLevel::Cleared) { last_plate } else { named };
            if let (Some(level), Some(plate)) = (level, plates.get(named)) {
                let (value, limit) = numbers(&rule.evidence(&facts));
                let said = told(plate, &rule.entry().id, &standing, level, cause.seq, bench.stamp);
                alerts.push(Alert { value, limit, ..said });
            }
            if !standing.latch.is_idle() {
                kept.insert(Box::from(rule.entry().id.as_str()), (standing, named));
            }
        }
    }
    for (rule, (standing, named)) in left {
        if let (true, Some(plate)) = (standing.is_called(), plates.get(named)) {
            alerts.push(told(plate, &rule, &standing, AlertLevel::Cleared, cause.seq, bench.stamp));
        }
    }
    run.latches = kept;
}
