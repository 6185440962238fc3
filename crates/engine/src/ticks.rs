//! Ticks: what a watcher is told, coalesced, with one in flight.
//!
//! A watcher that is slow gets fewer ticks, never more memory: changes of the same plate fall together, and a tick is
//! made only when it is asked for: it holds all that changed until then, and nothing in it has waited.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::task::{Context, Poll};

use plate::{Alert, AlertLevel, Board, Change, Layout, PlateKey, PlateStanding, Statistic, Well};
use tokio::sync::mpsc;

/// Everything that changed since the watcher's last tick.
#[derive(Debug, Clone, Default)]
pub struct Tick {
    /// The session's last committed `seq`: all of this is on disk.
    pub seq: i64,
    /// The plates that changed, in the order of their keys.
    pub plates: Vec<PlateTick>,
    /// `plates` holds all that there are: whatever else the watcher knows of plates, alerts and acknowledgements is gone.
    /// So is the first tick, and the one after a jump in time.
    pub reset: bool,
    /// Alerts since the last tick, at most [`MOST_ALERTS`], newest last; `alerts_left_out` counts the rest.
    pub alerts: Vec<AlertTick>,
    /// Alerts that are in the session but not in this tick.
    pub alerts_left_out: u64,
    /// When the oldest of what it tells was received, microseconds since 1970 UTC; 0 where it tells of no messages.
    pub received_us: i64,
    /// Alerts were acknowledged since the last tick: [`Board::acknowledged`] says which.
    pub acknowledged: bool,
    /// Something was said of some of `plates` since the last tick: flags, tasks, decisions.
    pub said: bool,
}

/// One alert with its place in the session, by which it is acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertTick {
    /// Its `seq`.
    pub seq: i64,
    /// What it says.
    pub alert: Alert,
}

/// One changed plate.
#[derive(Debug, Clone)]
pub struct PlateTick {
    /// As it stands now.
    pub summary: PlateSummary,
    /// The wells that changed since the last tick.
    pub wells: BTreeSet<Well>,
}

/// What one sees of a plate from across the room.
#[derive(Debug, Clone)]
pub struct PlateSummary {
    /// Who it is.
    pub plate: Arc<PlateKey>,
    /// Grows with every change.
    pub revision: u64,
    /// Wells of its format, if known.
    pub format: Option<u16>,
    /// Wells with a result.
    pub wells_in: u32,
    /// Wells from which one is expected.
    pub wells_expected: u32,
    /// The first headline feature's name, with Z' and its counts; `None` without an assay card.
    pub headline: Option<HeadlineSummary>,
    /// The rules that have something to say.
    pub alerts: Vec<(Box<str>, AlertLevel)>,
    /// Planes so far.
    pub images: u64,
    /// The last stage that it entered or left.
    pub stage: Option<String>,
    /// The last instrument that a stage named.
    pub instrument: Option<Box<str>>,
    /// Its winning layout.
    pub layout: Option<Arc<Layout>>,
    /// Its newest Kafka timestamp, milliseconds since 1970 UTC.
    pub last_ms: Option<i64>,
}

/// The first headline feature of a plate.
#[derive(Debug, Clone)]
pub struct HeadlineSummary {
    /// The feature.
    pub feature: String,
    /// Z', or why there is none.
    pub z_prime: Statistic,
    /// Z' at or above is good, at or above wants attention.
    pub limits: (f64, f64),
    /// Control wells with a value.
    pub controls_in: u32,
    /// Control wells that the layout names.
    pub controls_expected: u32,
}

/// A tick holds no more alerts than this.
pub const MOST_ALERTS: usize = 256;

/// A watcher's end: asks for a tick and takes it.
#[derive(Debug)]
pub struct Ticks {
    ticks: mpsc::Receiver<Tick>,
    asks: mpsc::Sender<()>,
}

impl Ticks {
    /// The next tick, made when something has changed; `None` once nothing changes any more. Nothing is lost where the
    /// wait is given up.
    pub async fn recv(&mut self) -> Option<Tick> {
        match self.try_recv() {
            Some(tick) => Some(tick),
            None => self.ticks.recv().await,
        }
    }

    /// The tick that is there; where there is none, the next one is asked for.
    pub fn try_recv(&mut self) -> Option<Tick> {
        let tick = self.ticks.try_recv().ok();
        if tick.is_none() {
            // Asked already, or nobody is there to be asked: the wait shows which.
            let _ = self.asks.try_send(());
        }
        tick
    }
}

/// The writer's end of one watcher.
#[derive(Debug)]
pub(crate) struct Watcher {
    sender: mpsc::Sender<Tick>,
    asks: mpsc::Receiver<()>,
    asked: bool,
    changed: BTreeMap<Arc<PlateKey>, BTreeSet<Well>>,
    all: bool,
    reset: bool,
    alerts: Vec<AlertTick>,
    alerts_left_out: u64,
    acknowledged: bool,
    said: bool,
    received_us: i64,
}

impl Watcher {
    /// A watcher that first sees every plate as it stands.
    pub(crate) fn new() -> (Watcher, Ticks) {
        // One that was asked for, and the last one.
        let (sender, ticks) = mpsc::channel(2);
        let (ask, asks) = mpsc::channel(1);
        let watcher = Watcher {
            sender,
            asks,
            asked: false,
            changed: BTreeMap::new(),
            all: true,
            reset: true,
            alerts: Vec::new(),
            alerts_left_out: 0,
            acknowledged: false,
            said: false,
            received_us: 0,
        };
        (watcher, Ticks { ticks, asks: ask })
    }

    /// Remembers what a commit changed.
    pub(crate) fn note(&mut self, changes: &[Change], alerts: &[AlertTick]) {
        for change in changes {
            self.said |= matches!(change, Change::Said(_));
            match (change.plate(), change) {
                (Some(plate), Change::Well { well, .. }) => {
                    self.changed.entry(Arc::clone(plate)).or_default().insert(*well);
                }
                (Some(plate), _) => {
                    self.changed.entry(Arc::clone(plate)).or_default();
                }
                (None, Change::Acknowledgement(_)) => self.acknowledged = true,
                (None, _) => self.all = true,
            }
        }
        let room = MOST_ALERTS.saturating_sub(self.alerts.len()).min(alerts.len());
        self.alerts.extend_from_slice(&alerts[..room]);
        self.alerts_left_out += (alerts.len() - room) as u64;
    }

    /// Messages of this receipt are among what was noted.
    pub(crate) fn received(&mut self, at_us: i64) {
        if self.received_us == 0 {
            self.received_us = at_us;
        }
    }

    /// The board is another one: what was noted is void, the next tick holds every plate of it.
    pub(crate) fn reset(&mut self) {
        self.changed.clear();
        self.alerts.clear();
        (self.all, self.reset, self.alerts_left_out, self.acknowledged, self.said) = (true, true, 0, false, false);
    }

    /// Whether a tick is due: something changed, and it is asked for or the watcher is gone.
    pub(crate) fn is_due(&mut self) -> bool {
        self.asked |= !matches!(self.asks.try_recv(), Err(mpsc::error::TryRecvError::Empty));
        self.asked && self.has_something()
    }

    /// Whether there is something to be told.
    pub(crate) fn has_something(&self) -> bool {
        !self.changed.is_empty() || self.all || !self.alerts.is_empty() || self.acknowledged
    }

    /// Ready when a tick is due: something changed, and it is asked for or the watcher is gone.
    fn poll_due(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.has_something() {
            return Poll::Pending;
        }
        if !self.asked {
            std::task::ready!(self.asks.poll_recv(context));
            self.asked = true;
        }
        Poll::Ready(())
    }

    /// Sends a tick if something changed and one is asked for; `false` when the watcher is gone.
    pub(crate) fn flush(&mut self, seq: i64, board: &Board) -> bool {
        match self.is_due() && self.sender.capacity() == self.sender.max_capacity() {
            true => self.send(seq, board),
            false => !self.sender.is_closed(),
        }
    }

    /// Sends the last tick, asked for or not: no other will come.
    pub(crate) fn finish(mut self, seq: i64, board: &Board) {
        self.send(seq, board);
    }

    fn send(&mut self, seq: i64, board: &Board) -> bool {
        if !self.has_something() {
            return !self.sender.is_closed();
        }
        let permit = match self.sender.try_reserve() {
            Ok(permit) => permit,
            Err(mpsc::error::TrySendError::Full(())) => return true,
            Err(mpsc::error::TrySendError::Closed(())) => return false,
        };
        self.asked = false;
        let mut changed = std::mem::take(&mut self.changed);
        if std::mem::take(&mut self.all) {
            for plate in board.plates() {
                changed.entry(Arc::clone(plate.key())).or_default();
            }
        }
        let plates = changed.into_iter().filter_map(|(key, wells)| {
            let summary = summarise(board, board.plate(&key)?);
            Some(PlateTick { summary, wells })
        });
        permit.send(Tick {
            seq,
            plates: plates.collect(),
            reset: std::mem::take(&mut self.reset),
            alerts: std::mem::take(&mut self.alerts),
            alerts_left_out: std::mem::take(&mut self.alerts_left_out),
            acknowledged: std::mem::take(&mut self.acknowledged),
            said: std::mem::take(&mut self.said),
            received_us: std::mem::take(&mut self.received_us),
        });
        true
    }
}

/// Waits until one of them is due; nothing that was asked is lost where the wait is given up.
pub(crate) async fn due(watchers: &mut [Watcher]) {
    std::future::poll_fn(|context| match watchers.iter_mut().any(|watcher| watcher.poll_due(context).is_ready()) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// One plate in short.
#[must_use]
pub fn summarise(board: &Board, plate: &PlateStanding) -> PlateSummary {
    let limits = plate.card().and_then(|card| board.cards().get(card)).map(|card| &card.limits);
    let limits = limits.map_or((0.0, 0.0), |limits| (limits.z_prime_good, limits.z_prime_attention));
    let headline = board.first_tables(plate).into_iter().next().map(|judged| HeadlineSummary {
        feature: judged.headline.feature.clone(),
        z_prime: judged.table.z_prime,
        limits,
        controls_in: judged.table.counts.positive + judged.table.counts.negative,
        controls_expected: (plate.wells_of_role(judged.pair.positive) + plate.wells_of_role(judged.pair.negative))
            as u32,
    });
    let mut alerts: Vec<(Box<str>, AlertLevel)> =
        plate.alerts().filter(|(_, l)| *l != AlertLevel::Cleared).map(|(rule, level)| (rule.into(), level)).collect();
    alerts.sort_unstable();
    alerts.dedup();
    let (_, images) = plate.arrivals();
    PlateSummary {
        plate: Arc::clone(plate.key()),
        revision: plate.revision(),
        format: plate.format().map(|format| format.wells()),
        wells_in: plate.wells_in(),
        wells_expected: plate.wells_expected(),
        headline,
        alerts,
        images,
        stage: plate.stages().last().map(|visit| format!("{} {}", visit.event.as_str(), visit.stage)),
        instrument: plate.stages().iter().rev().find_map(|visit| visit.instrument.clone()),
        layout: plate.layout().cloned(),
        last_ms: plate.last_ms(),
    }
}

#[cfg(test)]
mod tests {
    use plate::{FeatureList, Features, Format, Origin, Record, ResultRecord, Source, Value};

    use super::*;

    fn apply(board: &mut Board, plate: &str, well: &str) -> Vec<Change> {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let origin = Origin { source, partition: 0, offset: 0, timestamp_ms: 0 };
        let list = Arc::new(FeatureList::new(vec!["f".into()]));
        let record = Record::Result(ResultRecord {
            plate: Arc::new(PlateKey::new("run", plate)),
            format: Format::F96,
            well: well.parse().unwrap(),
            site: None,
            read_at_ms: None,
            features: Features::new(list, [Value::Number(1.0)]).unwrap(),
        });
        let mut changes = Vec::new();
        board.apply(&origin, &record, &mut changes).unwrap();
        changes
    }

    #[test]
    fn changes_fall_together_until_a_tick_is_asked_for() {
        let mut board = Board::new();
        let (mut watcher, mut ticks) = Watcher::new();
        watcher.note(&apply(&mut board, "P1", "A01"), &[]);
        assert!(watcher.flush(0, &board));
        assert!(ticks.try_recv().is_none(), "nothing is made that nobody asked for");
        assert!(watcher.flush(1, &board));
        for seq in 2..=500 {
            let well = Well::at_index(seq % 96, Format::F96).unwrap().to_string();
            watcher.note(&apply(&mut board, if seq % 2 == 0 { "P1" } else { "P2" }, &well), &[]);
            assert!(watcher.flush(seq as i64, &board), "a slow watcher is kept");
        }
        let first = ticks.try_recv().unwrap();
        assert_eq!((first.seq, first.plates.len()), (1, 1), "one that was made is not changed");
        assert!(ticks.try_recv().is_none(), "one at a time");
        assert!(watcher.flush(500, &board));
        let second = ticks.try_recv().unwrap();
        assert_eq!((second.seq, second.plates.len()), (500, 2));
        assert_eq!(second.plates.iter().map(|plate| plate.wells.len()).sum::<usize>(), 96, "each well once");
        assert!(watcher.flush(501, &board) && ticks.try_recv().is_none(), "silent while nothing changes");
        drop(ticks);
        assert!(!watcher.flush(502, &board), "a watcher that went away is forgotten");
    }

    #[test]
    fn the_first_tick_shows_everything_and_alerts_are_bounded() {
        let mut board = Board::new();
        apply(&mut board, "P1", "A01");
        apply(&mut board, "P2", "A01");
        let (mut watcher, mut ticks) = Watcher::new();
        let alert = Alert {
            plate: Arc::new(PlateKey::new("run", "P1")),
            spot: plate::Spot::default(),
            feature: "f".into(),
            rule: "z_prime".into(),
            positive: plate::Role::Positive,
            negative: plate::Role::Negative,
            level: AlertLevel::Fail,
            value: None,
            limit: Some(0.4),
            counts: (0, 0),
            cause_seq: 1,
            rules: "".into(),
        };
        watcher.note(&[], &vec![AlertTick { seq: 3, alert }; MOST_ALERTS + 3]);
        watcher.finish(2, &board);
        let tick = ticks.try_recv().expect("the last one comes unasked");
        assert_eq!(tick.plates.len(), 2);
        assert!(tick.reset, "a first tick begins anew");
        assert_eq!((tick.alerts.len(), tick.alerts_left_out), (MOST_ALERTS, 3));
        assert!(ticks.try_recv().is_none());
    }

    #[test]
    fn a_tick_says_that_something_was_said() {
        let mut board = Board::new();
        let (mut watcher, mut ticks) = Watcher::new();
        let mut changes = apply(&mut board, "P1", "A01");
        changes.push(Change::Said(Arc::new(PlateKey::new("run", "P1"))));
        assert!(ticks.try_recv().is_none(), "asked for");
        watcher.note(&changes, &[]);
        assert!(watcher.flush(1, &board));
        assert!(ticks.try_recv().unwrap().said);
        assert!(ticks.try_recv().is_none(), "asked for");
        watcher.note(&apply(&mut board, "P1", "A02"), &[]);
        assert!(watcher.flush(2, &board));
        assert!(!ticks.try_recv().unwrap().said, "a well says nothing");
    }

    #[tokio::test]
    async fn a_tick_is_due_when_there_is_news_and_it_is_asked_for() {
        let mut board = Board::new();
        let (watcher, mut ticks) = Watcher::new();
        let mut watchers = vec![watcher];
        let is_due = async |watchers: &mut [Watcher]| {
            tokio::time::timeout(std::time::Duration::from_millis(20), due(watchers)).await.is_ok()
        };
        assert!(!is_due(&mut watchers).await, "nobody asked");
        let (_, tick) = tokio::join!(
            async {
                due(&mut watchers).await;
                watchers[0].flush(1, &board)
            },
            ticks.recv()
        );
        assert_eq!(tick.unwrap().seq, 1, "asking wakes whoever waits");
        assert!(ticks.try_recv().is_none());
        assert!(!is_due(&mut watchers).await, "nothing changed");
        watchers[0].note(&apply(&mut board, "P1", "A01"), &[]);
        assert!(is_due(&mut watchers).await, "asked before there was news");
        assert!(is_due(&mut watchers).await, "and still, where the wait was given up");
        assert!(watchers[0].flush(2, &board));
        assert_eq!(ticks.recv().await.unwrap().plates.len(), 1);
        watchers[0].note(&apply(&mut board, "P1", "A02"), &[]);
        drop(ticks);
        assert!(is_due(&mut watchers).await && !watchers[0].flush(3, &board), "one that went away is forgotten");
    }
}
