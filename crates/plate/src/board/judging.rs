//! When and what of a board is judged.

use std::collections::BTreeSet;

use super::Board;
use crate::alert::Alert;
use crate::by_rules::{self, Bench, Cause, Measured, Point};
use crate::digest::FieldHasher;
use crate::judge;
use crate::standing::PlateStanding;

impl Board {
    /// A message came of which nobody could read anything. Call [`Board::judge`] after it, too.
    pub fn hear_undecoded(&mut self) {
        self.heard.messages += 1;
        self.heard.undecoded += 1;
        self.last_message = None;
        if self.rule_set.as_ref().is_some_and(|set| set.has_runs) {
            self.due_runs.extend(self.last_run);
        }
    }

    /// Judges what reached a judging point (`DATA.md` 14) since the last call: after the record `cause_seq`.
    pub fn judge(&mut self, cause_seq: i64) -> Vec<Alert> {
        let cause = Cause { seq: cause_seq, by_clock: std::mem::take(&mut self.due_by_clock) };
        if self.due.is_empty() && self.due_runs.is_empty() {
            return Vec::new();
        }
        let (due, mut due_runs) = (std::mem::take(&mut self.due), std::mem::take(&mut self.due_runs));
        let Some(set) = self.rule_set.clone() else {
            let judged = due.into_iter().filter(|(_, point)| point.plate).flat_map(|(index, _)| {
                judge::judge(&mut self.plates[index], &self.cards, &self.tracked, &self.rules, cause_seq)
            });
            return judged.collect();
        };
        let bench = Bench {
            set: &set,
            cards: &self.cards,
            tracked: &self.tracked,
            stamp: &self.rules,
            clock_ms: self.clock_ms,
            heard: self.heard,
        };
        let mut alerts = Vec::new();
        let measure = |due: &(usize, Point)| {
            by_rules::measure(&mut self.plates, &mut self.runs, *due, &bench, (&mut self.statistics.0, cause))
        };
        let measured: Vec<Measured> = due.iter().map(measure).collect();
        for ((index, point), measured) in due.into_iter().zip(measured) {
            let why = (&*measured, cause);
            by_rules::judge(&mut self.plates, &mut self.runs, (index, point), &bench, why, &mut alerts);
            due_runs.extend(Some(self.plates[index].run).filter(|_| set.has_runs && point.plate));
        }
        let mut judged = BTreeSet::new();
        for run in due_runs.into_iter().filter(|run| judged.insert(*run)) {
            by_rules::judge_run(&self.plates, &mut self.runs[run], &bench, cause, &mut alerts);
        }
        alerts
    }

    /// Whether a clock record of this time would raise or clear an alert: something waits for silence or for a delay, and its
    /// time has come. Nothing changes.
    #[must_use]
    pub fn is_time_due(&self, now_ms: i64) -> bool {
        let Some(bench) = self.bench() else { return false };
        let bench = Bench { clock_ms: self.clock_ms.max(Some(now_ms)), ..bench };
        let plate_is_due = |plate: &PlateStanding| {
            let run = || self.runs.get(plate.run).map(|run| run.facts(&self.plates, &bench));
            plate.waits_for_time() && by_rules::is_time_due(plate, run, &bench)
        };
        self.plates.iter().any(plate_is_due) || self.runs.iter().any(|run| run.is_time_due(&self.plates, &bench))
    }

    /// What is judged with; `None` where the cards' plain limits are judged.
    pub(super) fn bench(&self) -> Option<Bench<'_>> {
        Some(Bench {
            set: self.rule_set.as_deref()?,
            cards: &self.cards,
            tracked: &self.tracked,
            stamp: &self.rules,
            clock_ms: self.clock_ms,
            heard: self.heard,
        })
    }

    /// A person has taken note of an alert: it may rest once it is over.
    pub fn acknowledge(&mut self, alert_seq: i64) {
        // An alert is of one plate or run only.
        let _ = self.plates.iter_mut().any(|plate| plate.acknowledge(alert_seq))
            || self.runs.iter_mut().any(|run| run.acknowledge(alert_seq));
    }

    /// Feeds the statistics of every plate, in the order of their keys: the first part of the `judgement` digest.
    pub fn feed_judgement(&self, hasher: &mut FieldHasher) {
        hasher.text(if self.rule_set.is_some() { by_rules::VERSION } else { judge::VERSION });
        hasher.text(&self.rules);
        let mut plates: Vec<&PlateStanding> = self.plates.iter().collect();
        plates.sort_by(|a, b| a.key().cmp(b.key()));
        for plate in plates {
            for judged in self.first_tables(plate) {
                hasher.text(&plate.key().run);
                hasher.text(&plate.key().barcode);
                hasher.text(&judged.headline.feature);
                let counts = judged.table.counts;
                for count in [counts.positive, counts.negative, counts.sample, counts.excluded] {
                    hasher.number(count.into());
                }
                for (_, statistic) in judged.table.named() {
                    hasher.bits(statistic.map_or(u64::MAX, f64::to_bits));
                }
            }
        }
    }
}
