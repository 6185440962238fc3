//! Handles: unguessable names by which the window speaks of plates and bodies, valid while a session is on the desk.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use plate::PlateKey;
use uuid::Uuid;

/// Bodies that may be asked for at a time; the oldest handle is forgotten first.
const BODIES: usize = 256;

/// The handles of what is on the desk.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    by_plate: HashMap<Arc<PlateKey>, Arc<str>>,
    plates: HashMap<Arc<str>, Arc<PlateKey>>,
    bodies: VecDeque<(String, i64)>,
}

impl Handles {
    /// The plate's handle.
    pub(crate) fn of(&mut self, plate: &Arc<PlateKey>) -> Arc<str> {
        if let Some(handle) = self.by_plate.get(plate) {
            return Arc::clone(handle);
        }
        let handle: Arc<str> = fresh().into();
        self.by_plate.insert(Arc::clone(plate), Arc::clone(&handle));
        self.plates.insert(Arc::clone(&handle), Arc::clone(plate));
        handle
    }

    /// The plate of a handle.
    pub(crate) fn plate(&self, handle: &str) -> Option<Arc<PlateKey>> {
        self.plates.get(handle).cloned()
    }

    /// A handle for the body of the message `seq`.
    pub(crate) fn body(&mut self, seq: i64) -> String {
        if let Some((handle, _)) = self.bodies.iter().find(|(_, of)| *of == seq) {
            return handle.clone();
        }
        if self.bodies.len() == BODIES {
            self.bodies.pop_front();
        }
        let handle = fresh();
        self.bodies.push_back((handle.clone(), seq));
        handle
    }

    /// The message of a body's handle.
    pub(crate) fn message(&self, handle: &str) -> Option<i64> {
        self.bodies.iter().find(|(known, _)| known == handle).map(|(_, seq)| *seq)
    }
}

/// 122 random bits from the operating system.
pub(crate) fn fresh() -> String {
    Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_stable_and_of_one_thing() {
        let mut handles = Handles::default();
        let (a, b) = (Arc::new(PlateKey::new("r", "a")), Arc::new(PlateKey::new("r", "b")));
        let handle = handles.of(&a);
        assert_eq!(handles.of(&a), handle);
        assert_ne!(handles.of(&b), handle);
        assert_eq!(handles.plate(&handle), Some(a));
        assert_eq!(handles.plate("../../etc/passwd"), None);
        let first = handles.body(1);
        for seq in 2..=BODIES as i64 {
            handles.body(seq);
        }
        assert_eq!(handles.message(&first), Some(1));
        handles.body(1_000_000);
        assert_eq!(handles.message(&first), None, "only so many are kept");
    }
}
