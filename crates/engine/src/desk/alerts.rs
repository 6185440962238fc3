//! Alerts as the window lists them: which are open, which were acknowledged, with what stands beside them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use plate::rules::Rules;
use plate::{Alert, AlertLevel, Board, PlateKey, Role};
use session::Reader;

use super::told::{AlertItem, Level};
use crate::rules::words;

/// Alerts that are held; older ones stay in the session.
const HELD: usize = 20_000;
/// Neighbours in an alert's small chart.
const NEIGHBOURS: usize = 8;

/// What an alert's state belongs to.
type StateKey = (Arc<PlateKey>, Box<str>, Box<str>, Role, Role);

/// One alert with its place and time.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
    pub(crate) alert: Alert,
}

/// The session's alerts up to a `seq`, in order.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    upto: i64,
    entries: BTreeMap<i64, Entry>,
    /// The last alert of each state.
    latest: HashMap<StateKey, i64>,
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

fn key(alert: &Alert) -> StateKey {
    (Arc::clone(&alert.plate), alert.feature.clone(), alert.rule.clone(), alert.positive, alert.negative)
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
        let mut changed = Vec::new();
        for (seq, alert) in news {
            let at_us = match times.get(&seq) {
                Some(at_us) => *at_us,
                None => reader.time_of_seq(seq).await?.unwrap_or(0),
            };
            changed.extend(self.latest.insert(key(&alert), seq));
            changed.push(seq);
            self.entries.insert(seq, Entry { seq, at_ms: at_us / 1000, alert });
        }
        while self.entries.len() > HELD {
            self.entries.pop_first();
        }
        self.upto = upto;
        Ok(changed)
    }

    /// Whether this is the state's last word, and it is not that all is well.
    fn is_open(&self, entry: &Entry) -> bool {
        entry.alert.level != AlertLevel::Cleared && self.latest.get(&key(&entry.alert)) == Some(&entry.seq)
    }

    pub(crate) fn get(&self, seq: i64) -> Option<&Entry> {
        self.entries.get(&seq)
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().rev()
    }

    /// Open ones, oldest first.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(|entry| self.is_open(entry))
    }

    /// As the window shows it.
    pub(crate) fn item(
        &self,
        entry: &Entry,
        plate: String,
        known: &Known,
        neighbours: Vec<(String, Option<f64>)>,
    ) -> AlertItem {
        let Entry { seq, at_ms, alert } = entry;
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
            level: level(alert.level),
            value: alert.value,
            limit: alert.limit,
            counts: alert.counts,
            at_ms: *at_ms,
            guidance: words.guidance,
            open: self.is_open(entry),
            acknowledged: known.acknowledged.contains(seq),
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
