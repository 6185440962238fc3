//! The worker's way out: frames wait here, bounded in bytes, until the parent takes them from the pipe.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::messages::FULL;

/// Bytes that may wait beside the frame being written. A frame that is larger waits alone.
const WAITING_BYTES: usize = 4 << 20;
/// Frames whose memory is kept.
const SPARE: usize = 4;
/// Frames of reports do not count as bytes; this many may wait.
const WAITING_REPORTS: usize = 4096;

#[derive(Default)]
struct Queue {
    frames: VecDeque<(Vec<u8>, bool)>,
    bytes: usize,
    reports: usize,
    /// Memory of frames that were written, for frames to come: fresh pages cost more than the copy into them.
    spare: Vec<Vec<u8>>,
}

/// A queue of frames, and a thread that writes them to stdout.
pub(super) struct Outlet {
    shared: Arc<(Mutex<Queue>, Condvar)>,
    pipe: File,
}

fn locked(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    // A poisoned lock means that a thread panicked between two consistent states: none does.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outlet {
    /// Starts the writer. When the parent closes its end, the process ends.
    pub(super) fn to_stdout() -> io::Result<Outlet> {
        let fd: OwnedFd = io::stdout().as_fd().try_clone_to_owned()?;
        #[cfg(target_os = "linux")]
        // A refusal (an unprivileged user's pipe quota) only costs speed.
        let _ = rustix::pipe::fcntl_setpipe_size(&fd, 1 << 20);
        let shared = Arc::new((Mutex::new(Queue::default()), Condvar::new()));
        let outlet = Outlet { shared: shared.clone(), pipe: File::from(fd.try_clone()?) };
        std::thread::Builder::new().name("outlet".to_owned()).spawn(move || write_frames(&shared, File::from(fd)))?;
        Ok(outlet)
    }

    /// Queues a frame of messages, waiting up to `patience` for room; gives it back where none came free.
    pub(super) fn offer(&self, frame: Vec<u8>, patience: Duration) -> Result<(), Vec<u8>> {
        let deadline = Instant::now() + patience;
        let (queue, changed) = &*self.shared;
        let mut waiting = locked(queue);
        while waiting.bytes > 0 && waiting.bytes + frame.len() > WAITING_BYTES {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(frame);
            }
            waiting = changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        waiting.bytes += frame.len();
        waiting.frames.push_back((frame, true));
        changed.notify_all();
        Ok(())
    }

    /// Memory to fill next.
    pub(super) fn spare(&self) -> Vec<u8> {
        locked(&self.shared.0).spare.pop().unwrap_or_default()
    }

    /// Queues a report behind the frames before it. Waits only where thousands are waiting.
    pub(super) fn report(&self, frame: Vec<u8>) {
        let (queue, changed) = &*self.shared;
        let mut waiting = locked(queue);
        while waiting.reports >= WAITING_REPORTS {
            waiting = changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.reports += 1;
        waiting.frames.push_back((frame, false));
        changed.notify_all();
    }

    /// Writes a frame from where its parts lie, behind the frames before it. There is one caller for all frames, so that
    /// nothing is queued meanwhile. It waits as long as the parent does: what is fetched is bounded by librdkafka.
    pub(super) fn write_through(&self, parts: &[&[u8]]) {
        while !self.drain(Duration::from_secs(1)) {}
        for part in parts {
            write_or_end(&self.pipe, part);
        }
    }

    /// Waits until everything has been written; false where `patience` was over first.
    pub(super) fn drain(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let (queue, changed) = &*self.shared;
        let mut waiting = locked(queue);
        while waiting.bytes > 0 || waiting.reports > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            waiting = changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

#[expect(clippy::disallowed_methods, reason = "the parent is gone; there is nobody left to return an exit code to")]
fn write_or_end(mut pipe: &File, bytes: &[u8]) {
    if pipe.write_all(bytes).is_err() {
        // The parent is gone, and with it the reason to live.
        std::process::exit(0);
    }
}

fn write_frames(shared: &(Mutex<Queue>, Condvar), pipe: File) {
    let (queue, changed) = shared;
    loop {
        let mut waiting = locked(queue);
        let (frame, counts) = loop {
            match waiting.frames.pop_front() {
                Some(next) => break next,
                None => waiting = changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(waiting);
        write_or_end(&pipe, &frame);
        let mut waiting = locked(queue);
        if counts {
            waiting.bytes -= frame.len();
            if waiting.spare.len() < SPARE && frame.capacity() <= 2 * FULL {
                waiting.spare.push(frame);
            }
        } else {
            waiting.reports -= 1;
        }
        changed.notify_all();
    }
}
