//! When which plate is kept in the cache: every 512 of its records, and so that little has to be read again.
//!
//! Every 1,024 entries the board is looked over. A plate of many records is kept less often, so that its snapshots together
//! stay a few times its size; a quiet one is kept once its records lie far back; after a change of cards or tracked
//! features, all are.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use plate::{Board, LocalBody, PlateKey, PlateStanding, RulesStanding};
use session::{Pass, PlateToKeep, StoredBody, StoredEntry};

/// Entries between two looks.
pub(super) const EVERY: i64 = 1024;
/// Records after which a plate is kept.
const RECORDS: u64 = 512;
/// A plate that has more is kept so many times in all, roughly.
const TIMES: u64 = 32;
/// Plates that are under way together, at least: bounds how far a quiet plate's records may lie back.
const TOGETHER: usize = 32;

/// A plate's records since it was kept.
#[derive(Debug, Clone, Copy)]
struct Unkept {
    first_seq: i64,
    records: u64,
}

/// What is not kept yet.
#[derive(Debug, Default)]
pub(super) struct Passes {
    unkept: HashMap<Arc<PlateKey>, Unkept>,
    /// Plates that were never kept: in the order of the board they are the last.
    never: BTreeSet<Arc<PlateKey>>,
    /// Cards or tracked features changed: what was kept before is no use any more.
    all: bool,
    /// Plates for which time may have changed what rules say, and where those stood before it passed.
    by_clock: HashMap<Arc<PlateKey>, RulesStanding>,
}

/// The plate that an entry changes by itself.
pub(super) fn plate_of(entry: &StoredEntry) -> Option<&Arc<PlateKey>> {
    match &entry.body {
        StoredBody::Stream { record, .. } => Some(record.plate()),
        StoredBody::Local(local) => match &local.body {
            LocalBody::Exclusion { plate, .. } | LocalBody::Layout { plate, .. } => Some(plate),
            _ => None,
        },
        StoredBody::Undecoded | StoredBody::Alert(_) => None,
    }
}

/// Whether an entry is of no plate by itself and may change what is said of many.
pub(super) fn changes_many(entry: &StoredEntry) -> bool {
    changes_all(entry) || is_clock(entry)
}

/// Whether an entry changes how all plates are judged.
fn changes_all(entry: &StoredEntry) -> bool {
    matches!(&entry.body, StoredBody::Local(local)
        if matches!(local.body, LocalBody::Profile { .. } | LocalBody::Track { .. } | LocalBody::RunLayout { .. }))
}

fn is_clock(entry: &StoredEntry) -> bool {
    matches!(&entry.body, StoredBody::Local(local) if matches!(local.body, LocalBody::Clock { .. }))
}

impl Passes {
    /// Takes note of what is about to be applied; `board` does not have it yet.
    pub(super) fn note(&mut self, board: &Board, entries: &[StoredEntry]) {
        for entry in entries {
            self.all |= changes_all(entry);
            if is_clock(entry) {
                for plate in board.plates().filter(|plate| plate.waits_for_time()) {
                    self.by_clock.entry(Arc::clone(plate.key())).or_insert_with(|| plate.rules_standing());
                }
            }
            let Some(plate) = plate_of(entry) else { continue };
            match self.unkept.get_mut(plate) {
                Some(unkept) => unkept.records += 1,
                None => {
                    self.unkept.insert(Arc::clone(plate), Unkept { first_seq: entry.seq, records: 1 });
                    if board.plate(plate).is_none() {
                        self.never.insert(Arc::clone(plate));
                    }
                }
            }
        }
    }

    /// What to keep of the board as it stands after `seq`, if anything, and the pass that it makes.
    pub(super) fn due(&self, board: &Board, seq: i64) -> (Pass, Vec<PlateToKeep>) {
        let stale = seq - (RECORDS as i64) * self.unkept.len().max(TOGETHER) as i64;
        let mut keys: BTreeSet<&Arc<PlateKey>> = if self.all {
            board.plates().map(|plate| plate.key()).collect()
        } else {
            let is_due = |(plate, unkept): &(&Arc<PlateKey>, &Unkept)| {
                let records = board.plate(plate).map_or(0, |plate| plate.arrivals().0);
                unkept.records >= RECORDS.max(records / TIMES) || unkept.first_seq <= stale
            };
            let now = |plate: &PlateKey| board.plate(plate).map(PlateStanding::rules_standing);
            let says_other = |(plate, before): &(&Arc<PlateKey>, &RulesStanding)| now(plate).as_ref() != Some(*before);
            let by_clock = self.by_clock.iter().filter(says_other).map(|(plate, _)| plate);
            self.unkept.iter().filter(is_due).map(|(plate, _)| plate).chain(by_clock).collect()
        };
        if !keys.is_empty() {
            // So that the plates that are kept are always the first ones of the board.
            keys.extend(&self.never);
        }
        let left = self.unkept.iter().filter(|(plate, _)| !keys.contains(plate));
        let from_seq = left.map(|(_, unkept)| unkept.first_seq - 1).min().unwrap_or(seq);
        let keep =
            |plate: &Arc<PlateKey>| Some(PlateToKeep { plate: Arc::clone(plate), snapshot: board.snapshot(plate)? });
        (Pass { seq, from_seq }, keys.into_iter().filter_map(keep).collect())
    }

    /// These are kept.
    pub(super) fn kept(&mut self, plates: &[PlateToKeep]) {
        for PlateToKeep { plate, .. } in plates {
            self.unkept.remove(plate);
            self.never.remove(plate);
        }
        self.all &= plates.is_empty();
        self.by_clock.clear();
    }
}
