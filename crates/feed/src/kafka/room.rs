//! Bounded by bytes: a batch is read from the pipe when there is room for it, and its room comes back when it is committed.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of a permit: a semaphore counts to less than the bytes of a large queue.
const UNIT: usize = 1024;

/// Room in the queue, held by one batch until it is dropped.
#[derive(Debug)]
pub struct Held {
    _permit: Option<OwnedSemaphorePermit>,
}

/// The queue's room.
#[derive(Debug)]
pub(super) struct Room {
    semaphore: Arc<Semaphore>,
    units: u32,
}

impl Room {
    pub(super) fn new(bytes: usize) -> Room {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, Semaphore::MAX_PERMITS as u32);
        Room { semaphore: Arc::new(Semaphore::new(units as usize)), units }
    }

    /// Waits for room for `bytes`. A batch larger than all of it waits for all of it, and so travels alone.
    pub(super) async fn take(&self, bytes: usize) -> Held {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, self.units);
        // The semaphore is never closed.
        Held { _permit: self.semaphore.clone().acquire_many_owned(units).await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn room_comes_back_when_it_is_dropped_and_a_giant_travels_alone() {
        let room = Room::new(10 * UNIT);
        let first = room.take(8 * UNIT).await;
        let soon = Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, room.take(3 * UNIT)).await.is_err(), "2 units are left");
        assert!(tokio::time::timeout(soon, room.take(usize::MAX)).await.is_err(), "a giant waits for all of it");
        drop(first);
        let giant = room.take(usize::MAX).await;
        assert!(tokio::time::timeout(soon, room.take(1)).await.is_err(), "nothing beside a giant");
        drop(giant);
        room.take(1).await;
    }
}
