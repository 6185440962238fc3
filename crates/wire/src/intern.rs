//! What many messages share is made once: plates and feature lists. Both caches are bounded; a miss costs an allocation.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use plate::{FeatureList, PlateKey};

/// A slot a plate; two plates on one slot take turns. 1,024 slots hold 2 MiB of the longest names.
const PLATE_SLOTS: usize = 1024;
/// Pipelines that write into one topic at the same time.
const LISTS: usize = 8;
/// Names of all cached lists together; a longer list is not cached.
const LIST_BYTES: usize = 8 << 20;

/// Plates by their name.
#[derive(Debug)]
pub(crate) struct Plates {
    slots: Box<[Option<Arc<PlateKey>>]>,
}

impl Plates {
    pub(crate) fn new() -> Plates {
        Plates { slots: vec![None; PLATE_SLOTS].into() }
    }

    /// For one message: nothing to share.
    pub(crate) fn few() -> Plates {
        Plates { slots: vec![None; 1].into() }
    }

    /// The plate of this name, shared with earlier messages.
    pub(crate) fn get(&mut self, run: &str, barcode: &str) -> Arc<PlateKey> {
        let mut hasher = DefaultHasher::new();
        (run, barcode).hash(&mut hasher);
        let slots = self.slots.len();
        let slot = &mut self.slots[hasher.finish() as usize % slots];
        match slot {
            Some(plate) if *plate.run == *run && *plate.barcode == *barcode => Arc::clone(plate),
            _ => Arc::clone(slot.insert(Arc::new(PlateKey::new(run, barcode)))),
        }
    }
}

/// Feature lists, the latest first.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    latest: Vec<Arc<FeatureList>>,
}

impl Lists {
    /// Begins with a message's names.
    pub(crate) fn begin(&mut self) -> ListReading<'_> {
        let like = (!self.latest.is_empty()).then_some(0);
        ListReading { lists: self, like, count: 0, names: Vec::new() }
    }

    fn keep(&mut self, list: &Arc<FeatureList>) {
        let weight = |list: &FeatureList| -> usize {
            list.names().iter().map(|name| name.len() + std::mem::size_of::<Box<str>>()).sum()
        };
        let mut room = LIST_BYTES;
        self.latest.insert(0, Arc::clone(list));
        self.latest.truncate(LISTS);
        self.latest.retain(|list| match room.checked_sub(weight(list)) {
            Some(rest) => {
                room = rest;
                true
            }
            None => false,
        });
    }
}

/// The names of one message as they come. While they are those of a known list, nothing is allocated.
pub(crate) struct ListReading<'a> {
    lists: &'a mut Lists,
    /// The known list that the names so far begin.
    like: Option<usize>,
    count: usize,
    /// All names, once no known list begins with them.
    names: Vec<Box<str>>,
}

impl ListReading<'_> {
    /// How many names there are so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The next name.
    pub(crate) fn push(&mut self, name: &str) {
        if let Some(like) = self.like {
            let names = self.lists.latest[like].names();
            if names.get(self.count).is_none_or(|known| **known != *name) {
                // Each list is left at most once a message, so a message costs at most LISTS comparisons of its length.
                let begun = &names[..self.count];
                let other = self.lists.latest.iter().position(|list| {
                    let known = list.names();
                    known.get(self.count).is_some_and(|known| **known == *name) && known[..self.count] == *begun
                });
                if other.is_none() {
                    self.names = begun.to_vec();
                }
                self.like = other;
            }
        }
        if self.like.is_none() {
            self.names.push(name.into());
        }
        self.count += 1;
    }

    /// The list of all names.
    ///
    /// # Errors
    /// The first name that stands twice.
    pub(crate) fn finish(self) -> Result<Arc<FeatureList>, Box<str>> {
        let names = match self.like {
            None => self.names,
            Some(like) => {
                let begun = &self.lists.latest[like].names()[..self.count];
                if let Some(whole) = self.lists.latest.iter().position(|list| *list.names() == *begun) {
                    self.lists.latest[..=whole].rotate_right(1);
                    return Ok(Arc::clone(&self.lists.latest[0]));
                }
                begun.to_vec()
            }
        };
        let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(twice[0].into());
        }
        let list = Arc::new(FeatureList::new(names));
        self.lists.keep(&list);
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lists: &mut Lists, names: &[&str]) -> Result<Arc<FeatureList>, Box<str>> {
        let mut reading = lists.begin();
        for name in names {
            reading.push(name);
        }
        assert_eq!(reading.count(), names.len());
        reading.finish()
    }

    #[test]
    fn lists_are_shared_whatever_came_between() {
        let mut lists = Lists::default();
        let cases: [&[&str]; 6] = [&["a", "b", "c"], &["a", "b"], &["a", "x", "c"], &[], &["a", "x"], &["a", "b", "d"]];
        let first: Vec<_> = cases.iter().map(|names| read(&mut lists, names).unwrap()).collect();
        for round in 0..3 {
            for (names, list) in cases.iter().zip(&first) {
                let again = read(&mut lists, names).unwrap();
                assert!(Arc::ptr_eq(list, &again), "round {round}: {names:?}");
                let texts: Vec<&str> = again.names().iter().map(|name| &**name).collect();
                assert_eq!(texts, *names);
            }
        }
        assert_eq!(read(&mut lists, &["a", "b", "a"]).unwrap_err(), "a".into());
    }

    #[test]
    fn the_caches_stay_small() {
        let mut lists = Lists::default();
        for i in 0..100 {
            read(&mut lists, &[&format!("{i}"), &"x".repeat(LIST_BYTES / 3)]).unwrap();
            assert!(lists.latest.len() <= 3);
        }
        read(&mut lists, &[&"x".repeat(LIST_BYTES + 1)]).unwrap();
        assert_eq!(lists.latest.len(), 2, "one over the bound is used and not kept");

        let mut plates = Plates::new();
        let first = plates.get("run", "plate");
        assert!(Arc::ptr_eq(&first, &plates.get("run", "plate")));
        for i in 0..10_000 {
            assert_eq!(*plates.get("r", &i.to_string()), PlateKey::new("r", &i.to_string()));
        }
        assert_ne!(*plates.get("ru", "nplate"), *first);
    }
}
