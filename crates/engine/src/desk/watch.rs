//! What a page is told: ticks one at a time, the strip when it changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use plate::PlateKey;
use tokio::time::MissedTickBehavior;

use super::Desk;
use super::alerts::{Known, neighbours};
use super::ear::Ear;
use super::failure::Answer;
use super::showing::Showing;
use super::tiles::tile;
use super::told::{AlertItem, Strip, Told, WindowTick};
use crate::ticks::{Tick, Ticks};

/// How often the strip is looked at.
const STRIP_EVERY: Duration = Duration::from_millis(500);
/// Alerts in one tick: all that people have before them of a session with very many.
const ALERTS: usize = 2_000;

/// What one watcher has been told of what is on the desk.
#[derive(Default)]
struct ToldSoFar {
    z_primes: BTreeMap<Arc<PlateKey>, Option<f64>>,
    seen: HashSet<Arc<PlateKey>>,
    acknowledged: BTreeSet<i64>,
    /// Plates with flags that wait for a reviewer, as last read.
    review_flags: HashMap<Arc<PlateKey>, u32>,
    begun: bool,
}

impl Desk {
    /// A tick is on the screen: the next one may come. Late words are ignored.
    pub(super) fn drawn(&self, number: u32) {
        if let Some(measure) = &self.measure {
            measure.drawn(number);
        }
        self.drawn.send_if_modified(|known| {
            let newer = number > *known;
            *known = (*known).max(number);
            newer
        });
    }

    /// Tells a page what happens until nobody listens there.
    pub(super) async fn watch(self: Arc<Self>, ear: Arc<Ear>) {
        let hear = |told| ear.hear(told);
        let mut shown = self.shown.subscribe();
        shown.mark_changed();
        let mut drawn = self.drawn.subscribe();
        let mut strip_clock = tokio::time::interval(STRIP_EVERY);
        strip_clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_strip: Option<Strip> = None;
        let mut showing: Option<Arc<Showing>> = None;
        let mut ticks: Option<Ticks> = None;
        let mut so_far = ToldSoFar::default();
        let mut in_flight: Option<u32> = None;
        loop {
            if ear.is_over() {
                return;
            }
            tokio::select! {
                biased;
                changed = shown.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    ear.forget_tick();
                    showing = shown.borrow_and_update().clone();
                    so_far = ToldSoFar::default();
                    in_flight = None;
                    ticks = match &showing {
                        Some(showing) => showing.ticks().await.ok(),
                        None => None,
                    };
                    // Which session it is comes before its plates: a wall that appears is asked for once.
                    if !self.tell_strip(&hear, &mut last_strip).await {
                        return;
                    }
                    if ticks.is_none() && !hear(Told::Tick(self.empty_tick())) {
                        return;
                    }
                }
                changed = drawn.changed(), if in_flight.is_some() => {
                    if changed.is_err() {
                        return;
                    }
                    if in_flight.is_some_and(|number| number <= *drawn.borrow_and_update()) {
                        in_flight = None;
                    }
                }
                tick = next(&mut ticks), if in_flight.is_none() => match (tick, &showing) {
                    (Some(tick), Some(showing)) => {
                        let told = self.window_tick(showing, tick, &mut so_far).await;
                        in_flight = Some(told.number);
                        if let Some(measure) = &self.measure {
                            measure.told(&told);
                        }
                        if !hear(Told::Tick(told)) {
                            return;
                        }
                    }
                    _ => ticks = None,
                },
                _ = strip_clock.tick() => {
                    if !self.tell_strip(&hear, &mut last_strip).await {
                        return;
                    }
                }
            }
        }
    }

    /// Tells the strip where it changed; `false` when nobody hears.
    async fn tell_strip(&self, hear: &(impl Fn(Told) -> bool + Send + Sync), last: &mut Option<Strip>) -> bool {
        let strip = self.strip().await;
        let same = last.as_ref().is_some_and(|last| Strip { now_ms: last.now_ms, ..strip.clone() } == *last);
        if !same {
            if !hear(Told::Strip(Box::new(strip.clone()))) {
                return false;
            }
            *last = Some(strip);
        }
        true
    }

    /// The number of the last tick.
    pub(super) fn last_told(&self) -> u32 {
        self.ticks_told.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn next_number(&self) -> u32 {
        self.ticks_told.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
    }

    fn empty_tick(&self) -> WindowTick {
        WindowTick {
            number: self.next_number(),
            reset: true,
            seq: 0,
            plates: Vec::new(),
            alerts: Vec::new(),
            alerts_left_out: 0,
            received_us: 0,
        }
    }

    async fn window_tick(&self, showing: &Showing, tick: Tick, so_far: &mut ToldSoFar) -> WindowTick {
        let reset = tick.reset || !so_far.begun;
        if reset {
            *so_far = ToldSoFar { begun: true, ..ToldSoFar::default() };
        }
        for plate in &tick.plates {
            let z_prime = plate.summary.headline.as_ref().and_then(|headline| headline.z_prime.ok());
            so_far.z_primes.insert(Arc::clone(&plate.summary.plate), z_prime);
        }
        // What cannot be read now is counted when something is said again.
        if (reset || tick.said)
            && let Ok(book) = showing.flags_at(tick.seq, reset).await
        {
            let counted = tick.plates.iter().map(|plate| &plate.summary.plate);
            so_far.review_flags.extend(counted.map(|key| (Arc::clone(key), book.open_of(key))));
        }
        let plates = tick.plates.iter().map(|plate| {
            let key = &plate.summary.plate;
            let first = so_far.seen.insert(Arc::clone(key));
            tile(plate, showing.handle(key), first, so_far.review_flags.get(key).copied().unwrap_or(0))
        });
        let plates = plates.collect();
        let with_alerts = reset || tick.acknowledged || !tick.alerts.is_empty() || tick.alerts_left_out > 0;
        let (alerts, left_out) = match with_alerts {
            // An alert that cannot be read now is listed by the next question for all of them.
            true => changed_alerts(showing, tick.seq, reset, so_far).await.unwrap_or_default(),
            false => (Vec::new(), 0),
        };
        WindowTick {
            number: self.next_number(),
            reset,
            seq: tick.seq,
            plates,
            alerts,
            alerts_left_out: left_out,
            received_us: tick.received_us,
        }
    }
}

async fn next(ticks: &mut Option<Ticks>) -> Option<Tick> {
    match ticks {
        Some(ticks) => ticks.recv().await,
        None => std::future::pending().await,
    }
}

/// The alerts that are new, replaced or acknowledged; all that people have before them after a reset.
async fn changed_alerts(
    showing: &Showing,
    upto: i64,
    reset: bool,
    so_far: &mut ToldSoFar,
) -> Answer<(Vec<AlertItem>, u32)> {
    let known = showing.look(Known::of).await?;
    let mut reader = showing.reader.lock().await;
    let mut ledger = showing.ledger.lock().await;
    let mut changed: BTreeSet<i64> = ledger.advance(&mut reader, upto).await?.into_iter().collect();
    drop(reader);
    if reset {
        changed = ledger.listed(&known).map(|entry| entry.seq).collect();
    } else {
        changed.extend(known.acknowledged.symmetric_difference(&so_far.acknowledged));
    }
    let left_out = changed.len().saturating_sub(ALERTS);
    let items = changed.iter().skip(left_out).filter_map(|seq| ledger.get(*seq)).map(|entry| {
        let around = neighbours(&so_far.z_primes, &entry.alert.plate);
        ledger.item(entry, showing.handle(&entry.alert.plate), &known, around)
    });
    let items = items.collect();
    so_far.acknowledged = known.acknowledged;
    Ok((items, u32::try_from(left_out).unwrap_or(u32::MAX)))
}
