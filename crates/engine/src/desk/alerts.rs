//! Alerts as the window lists them: which are open, which were acknowledged, with what stands beside them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use plate::rules::Rules;
use plate::{Alert, AlertLevel, Board, PlateKey};
use session::Reader;

use super::told::{AlertItem, Level};
use crate::calls::is_call;
use crate::rules::{State, state_of, words};

/// Alerts that are held; older ones stay in the session.
const HELD: usize = 20_000;
/// Alerts of one rule that were raised within so many milliseconds of each other are one burst …
const BURST_MS: u64 = 10_000;
/// … of which so many alerts before and after one are looked at.
const MOST_LOOKED_AT: usize = 500;
/// Neighbours in an alert's small chart.
const NEIGHBOURS: usize = 8;

/// One alert with its place and time.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
    /// How old its cause was when it came; `None` where that is no message.
    age_ms: Option<i64>,
    pub(crate) alert: Alert,
}

/// The session's alerts up to a `seq`, in order.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    upto: i64,
    entries: BTreeMap<i64, Entry>,
    /// Where a state was raised last, and those that are over, with when that was.
    raised: HashMap<State, i64>,
    over: HashMap<i64, i64>,
}

/// What the board knows of alerts: which were acknowledged, and the rules in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) acknowledged: BTreeSet<i64>,
    rules: Option<Arc<Rules>>,
}

impl Known {
    pub(crate) fn of(board: &Board) -> Known {
        Known { acknowledged: board.acknowledged().clone(), rules: board.rules_in_force().cloned() }
    }
}

impl Ledger {
    /// Reads what came since; begins anew where `upto` lies before what it has. Returns the `seq`s of alerts that are
    /// new or were replaced.
    pub(crate) async fn advance(&mut self, reader: &mut Reader, upto: i64) -> Result<Vec<i64>, session::Error> {
        if upto < self.upto {
            *self = Ledger::default();
        }
        let news = reader.alerts_between(self.upto, upto).await?;
        // One pass over the marks where there are many, else a look-up each.
        let times: HashMap<i64, i64> = match news.len() {
            0..=64 => HashMap::new(),
            _ => reader.alert_marks().await?.into_iter().map(|mark| (mark.seq, mark.at_us)).collect(),
        };
        let causes: Vec<i64> = news.iter().map(|(_, alert)| alert.cause_seq).collect();
        let ages = reader.ages_ms(&causes).await?;
        let mut changed = Vec::new();
        for ((seq, alert), age_ms) in news.into_iter().zip(ages) {
            let at_us = match times.get(&seq) {
                Some(at_us) => *at_us,
                None => reader.time_of_seq(seq).await?.unwrap_or(0),
            };
            let state = state_of(&alert);
            if alert.level == AlertLevel::Cleared {
                if let Some(raised) = self.raised.get(&state) {
                    self.over.insert(*raised, at_us / 1000);
                    changed.push(*raised);
                }
            } else {
                changed.extend(self.raised.insert(state, seq));
            }
            changed.push(seq);
            self.entries.insert(seq, Entry { seq, at_ms: at_us / 1000, age_ms, alert });
        }
        while self.entries.len() > HELD {
            if let Some((seq, _)) = self.entries.pop_first() {
                self.over.remove(&seq);
            }
        }
        self.upto = upto;
        Ok(changed)
    }

    /// Whether this is the state's last word, and it is not that all is well.
    fn is_open(&self, entry: &Entry) -> bool {
        self.is_last_raised(entry) && !self.over.contains_key(&entry.seq)
    }

    /// Whether it was raised, and nothing took its place.
    fn is_last_raised(&self, entry: &Entry) -> bool {
        entry.alert.level != AlertLevel::Cleared && self.raised.get(&state_of(&entry.alert)) == Some(&entry.seq)
    }

    /// Whether people have it before them: it was raised, nothing took its place, and it is not both over and acknowledged.
    fn is_listed(&self, entry: &Entry, known: &Known) -> bool {
        self.is_last_raised(entry) && (self.is_open(entry) || !known.acknowledged.contains(&entry.seq))
    }

    /// Alerts of the same rule that were raised with this one, itself included.
    fn burst(&self, entry: &Entry) -> u32 {
        let near = |other: &&Entry| other.at_ms.abs_diff(entry.at_ms) <= BURST_MS;
        let alike = |other: &&Entry| other.alert.rule == entry.alert.rule && other.alert.level != AlertLevel::Cleared;
        let (before, after) = (self.entries.range(..entry.seq).rev(), self.entries.range(entry.seq..));
        let count = |entries: &mut dyn Iterator<Item = (&i64, &Entry)>| {
            entries.map(|(_, other)| other).take(MOST_LOOKED_AT).take_while(near).filter(alike).count()
        };
        let (mut before, mut after) = (before, after);
        u32::try_from(count(&mut before) + count(&mut after)).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&self, seq: i64) -> Option<&Entry> {
        self.entries.get(&seq)
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().rev()
    }

    /// Those that people have before them, oldest first.
    pub(crate) fn listed(&self, known: &Known) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(|entry| self.is_listed(entry, known))
    }

    /// As the window shows it.
    pub(crate) fn item(
        &self,
        entry: &Entry,
        plate: String,
        known: &Known,
        neighbours: Vec<(String, Option<f64>)>,
    ) -> AlertItem {
        let Entry { seq, at_ms, age_ms, alert } = entry;
        let words = words(known.rules.as_deref(), &alert.rule);
        AlertItem {
            seq: *seq,
            plate,
            run: alert.plate.run.to_string(),
            barcode: alert.plate.barcode.to_string(),
            rule: alert.rule.to_string(),
            title: words.title,
            opens: words.opens.as_str().to_owned(),
            feature: alert.feature.to_string(),
            place: crate::rules::place(alert),
            well: alert.spot.well.map(|well| well.to_string()),
            site: alert.spot.site,
            level: level(alert.level),
            value: alert.value,
            limit: alert.limit,
            counts: alert.counts,
            at_ms: *at_ms,
            guidance: words.guidance,
            open: self.is_open(entry),
            acknowledged: known.acknowledged.contains(seq),
            listed: self.is_listed(entry, known),
            calls: is_call(known.rules.as_deref(), alert, *age_ms),
            over_at_ms: self.over.get(seq).copied(),
            burst: self.burst(entry),
            neighbours,
        }
    }
}

/// An alert's level in the window's words.
pub(crate) fn level(level: AlertLevel) -> Level {
    match level {
        AlertLevel::Cleared => Level::Ok,
        AlertLevel::Info => Level::Info,
        AlertLevel::Attention => Level::Attention,
        AlertLevel::Fail => Level::Fail,
    }
}

/// The barcodes and Z' of the plates around one in its run, by barcode.
pub(crate) fn neighbours(
    z_primes: &BTreeMap<Arc<PlateKey>, Option<f64>>,
    plate: &PlateKey,
) -> Vec<(String, Option<f64>)> {
    let of_run = |key: &PlateKey| key.run == plate.run;
    let before = z_primes.range::<PlateKey, _>(..plate).rev().take_while(|(key, _)| of_run(key)).take(NEIGHBOURS / 2);
    let mut around: Vec<_> = before.map(|(key, z)| (key.barcode.to_string(), *z)).collect();
    around.reverse();
    let after = z_primes.range::<PlateKey, _>(plate..).take_while(|(key, _)| of_run(key));
    let room = NEIGHBOURS - around.len();
    around.extend(after.take(room).map(|(key, z)| (key.barcode.to_string(), *z)));
    around
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::tests::alert;

    #[test]
    fn an_item_says_whether_it_calls() {
        let calls = |age_ms, level| {
            let entry = Entry { seq: 5, at_ms: 9_000_000, age_ms, alert: alert("P1", level) };
            Ledger::default().item(&entry, String::new(), &Known::default(), Vec::new()).calls
        };
        assert!(calls(Some(1_000), AlertLevel::Fail) && calls(None, AlertLevel::Attention));
        assert!(
            !calls(Some(130_000), AlertLevel::Fail),
            "it was committed now, and its cause is old: a recording catches up"
        );
        assert!(!calls(Some(0), AlertLevel::Cleared));
    }
}
