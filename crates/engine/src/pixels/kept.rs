//! Which decoded planes are kept: those used last, as many as fit the budget.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::DecodedPlane;

/// Messages and pages that a plane is made of.
pub(super) type Key = Vec<(i64, u16)>;

#[derive(Debug)]
struct Entry {
    cell: Arc<OnceCell<Arc<DecodedPlane>>>,
    bytes: usize,
    used: u64,
}

/// The planes and their weights.
#[derive(Debug)]
pub(super) struct Kept {
    entries: HashMap<Key, Entry>,
    budget: usize,
    bytes: usize,
    uses: u64,
}

impl Kept {
    pub(super) fn new(budget: usize) -> Kept {
        Kept { entries: HashMap::new(), budget, bytes: 0, uses: 0 }
    }

    /// The place of a plane, empty until somebody decodes it.
    pub(super) fn cell(&mut self, key: Key) -> Arc<OnceCell<Arc<DecodedPlane>>> {
        self.uses += 1;
        let used = self.uses;
        let entry = self.entries.entry(key).or_insert_with(|| Entry { cell: Arc::default(), bytes: 0, used });
        entry.used = used;
        Arc::clone(&entry.cell)
    }

    /// A plane was decoded: what was used longest ago makes room for it. One that is larger than the budget is kept until the
    /// next one comes.
    pub(super) fn weigh(&mut self, key: &Key, bytes: usize) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        self.bytes = self.bytes + bytes - entry.bytes;
        entry.bytes = bytes;
        while self.bytes > self.budget {
            let others = self.entries.iter().filter(|(other, entry)| *other != key && entry.bytes > 0);
            let Some(oldest) = others.min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone()) else { return };
            if let Some(gone) = self.entries.remove(&oldest) {
                self.bytes -= gone.bytes;
            }
        }
        // Places of planes that could not be decoded.
        if self.entries.len() > 4096 {
            self.entries.retain(|_, entry| entry.bytes > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let mut kept = Kept::new(100);
        let key = |seq| vec![(seq, 0)];
        for seq in 1..=3 {
            drop(kept.cell(key(seq)));
            kept.weigh(&key(seq), 40);
        }
        assert_eq!((kept.entries.len(), kept.bytes), (2, 80), "the first is gone");
        drop(kept.cell(key(2)));
        drop(kept.cell(key(4)));
        kept.weigh(&key(4), 40);
        assert!(kept.entries.contains_key(&key(2)) && !kept.entries.contains_key(&key(3)));
        drop(kept.cell(key(5)));
        kept.weigh(&key(5), 1000);
        assert_eq!((kept.entries.len(), kept.bytes), (1, 1000), "one that is too large stays alone");
        kept.weigh(&key(9), 7);
        assert_eq!(kept.bytes, 1000, "a plane that nobody asked for weighs nothing");
    }
}
