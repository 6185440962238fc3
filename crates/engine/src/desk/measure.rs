//! For benches: how old the pixels are, written down tick by tick.
//!
//! A line: number of the tick, receipt of the oldest message in it, when the window said that it is drawn (both
//! microseconds since 1970 UTC), plates in it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::told::WindowTick;
use crate::clock::now_us;

/// Ticks that may be told and not drawn: one is in flight, others were overtaken.
const WAITING: usize = 16;

/// A tick that was told: its number, receipt of the oldest message, plates.
type Told = (u32, i64, usize);

/// The file and what waits to be drawn.
pub(crate) struct Measure {
    inner: Mutex<(File, VecDeque<Told>)>,
}

impl Measure {
    /// `None` where the file cannot be made: the window works without.
    pub(crate) fn new(path: &Path) -> Option<Measure> {
        Some(Measure { inner: Mutex::new((File::create(path).ok()?, VecDeque::new())) })
    }

    pub(crate) fn told(&self, tick: &WindowTick) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.1.len() == WAITING {
            inner.1.pop_front();
        }
        inner.1.push_back((tick.number, tick.received_us, tick.plates.len()));
    }

    pub(crate) fn drawn(&self, number: u32) {
        let now = now_us();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((told, received_us, plates)) = inner.1.pop_front_if(|(told, ..)| *told <= number) {
            // A full disk spoils the bench, not the window.
            let _ = writeln!(inner.0, "{told} {received_us} {now} {plates}");
        }
    }
}
