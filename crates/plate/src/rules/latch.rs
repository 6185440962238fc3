//! What becomes of a rule on one subject: it waits for its delay or count, is raised, and stays until the condition is
//! over and a person has acknowledged it.
//!
//! Time comes in with records, `clock` records included, in milliseconds since 1970 UTC; it never runs backwards here
//! (a running maximum). Of observations at one time each counts, in the order of their records. An undecided outcome
//! is one that does not hold: what proved the condition is gone.

use serde::{Deserialize, Serialize};

/// A rule's delay and count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long it must hold without a break.
    pub delay_ms: i64,
    /// How often it must hold within `within_ms`; 1 or less asks for no count.
    pub count: u32,
    /// The window of the count.
    pub within_ms: i64,
}

/// Where a rule stands on one subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LatchState {
    /// Nothing is wrong and nothing waits for a person.
    #[default]
    Quiet,
    /// It holds, and the delay has not passed.
    Pending {
        /// When it began to hold.
        since_ms: i64,
    },
    /// It holds and nobody has acknowledged it.
    Raised {
        /// When it began to hold.
        since_ms: i64,
    },
    /// It still holds; a person knows.
    Acknowledged {
        /// When it began to hold.
        since_ms: i64,
    },
    /// It is over; nobody has acknowledged it.
    Cleared {
        /// When it had begun to hold.
        since_ms: i64,
        /// When it began to hold again, while the delay has not passed again.
        again_ms: Option<i64>,
    },
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LatchEventKind {
    /// The rule calls.
    Raised,
    /// Its condition is over.
    Cleared,
    /// A person has taken note.
    Acknowledged,
}

/// One change that becomes a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatchEvent {
    /// What happened.
    pub kind: LatchEventKind,
    /// When the condition began that this is about.
    pub since_ms: i64,
    /// When this happened.
    pub at_ms: i64,
}

/// A rule on one subject. At most 64 times are kept, for counting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latch {
    state: LatchState,
    heard_ms: i64,
    times_ms: Vec<i64>,
}

impl Default for Latch {
    fn default() -> Latch {
        Latch { state: LatchState::Quiet, heard_ms: i64::MIN, times_ms: Vec::new() }
    }
}

impl Latch {
    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> LatchState {
        self.state
    }

    /// Whether a person should see it: it holds or held, and is not both over and acknowledged.
    #[must_use]
    pub fn is_lit(&self) -> bool {
        !matches!(self.state, LatchState::Quiet | LatchState::Pending { .. })
    }

    /// Whether nothing would be lost by forgetting it.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.state == LatchState::Quiet && self.times_ms.is_empty()
    }

    /// Takes what a judgement said.
    pub fn observe(&mut self, timing: &Timing, holds: bool, at_ms: i64) -> Option<LatchEvent> {
        let now = self.hear(at_ms);
        if timing.count <= 1 {
            return self.step(timing, holds, now, now);
        }
        if holds {
            if self.times_ms.len() >= timing.count as usize {
                self.times_ms.remove(0);
            }
            self.times_ms.push(now);
        }
        self.count(timing, now)
    }

    /// Takes that time has passed and nothing was judged anew.
    pub fn tick(&mut self, timing: &Timing, at_ms: i64) -> Option<LatchEvent> {
        let now = self.hear(at_ms);
        if timing.count > 1 {
            return self.count(timing, now);
        }
        let is_waiting =
            matches!(self.state, LatchState::Pending { .. } | LatchState::Cleared { again_ms: Some(_), .. });
        if is_waiting { self.step(timing, true, now, now) } else { None }
    }

    /// Takes that a person has taken note; nothing happens where there is nothing to take note of.
    pub fn acknowledge(&mut self, at_ms: i64) -> Option<LatchEvent> {
        let at_ms = self.hear(at_ms);
        let (next, since_ms) = match self.state {
            LatchState::Raised { since_ms } => (LatchState::Acknowledged { since_ms }, since_ms),
            LatchState::Cleared { since_ms, again_ms: None } => (LatchState::Quiet, since_ms),
            LatchState::Cleared { since_ms, again_ms: Some(again) } => {
                (LatchState::Pending { since_ms: again }, since_ms)
            }
            LatchState::Quiet | LatchState::Pending { .. } | LatchState::Acknowledged { .. } => return None,
        };
        self.state = next;
        Some(LatchEvent { kind: LatchEventKind::Acknowledged, since_ms, at_ms })
    }

    /// As plain numbers, for a plate's snapshot; [`Latch::from_numbers`] reads them.
    #[must_use]
    pub fn to_numbers(&self) -> Vec<i64> {
        let (kind, since, again) = match self.state {
            LatchState::Quiet => (0, 0, 0),
            LatchState::Pending { since_ms } => (1, since_ms, 0),
            LatchState::Raised { since_ms } => (2, since_ms, 0),
            LatchState::Acknowledged { since_ms } => (3, since_ms, 0),
            LatchState::Cleared { since_ms, again_ms: None } => (4, since_ms, 0),
            LatchState::Cleared { since_ms, again_ms: Some(again) } => (5, since_ms, again),
        };
        let mut numbers = vec![kind, since, again, self.heard_ms];
        numbers.extend(&self.times_ms);
        numbers
    }

    /// The reverse of [`Latch::to_numbers`]; `None` for numbers that it does not write.
    #[must_use]
    pub fn from_numbers(numbers: &[i64]) -> Option<Latch> {
        let (&[kind, since_ms, again, heard_ms], times) = numbers.split_first_chunk::<4>()?;
        let state = match kind {
            0 => LatchState::Quiet,
            1 => LatchState::Pending { since_ms },
            2 => LatchState::Raised { since_ms },
            3 => LatchState::Acknowledged { since_ms },
            4 => LatchState::Cleared { since_ms, again_ms: None },
            5 => LatchState::Cleared { since_ms, again_ms: Some(again) },
            _ => return None,
        };
        let are_times = times.len() <= super::file::MAX_COUNT as usize && times.is_sorted();
        let latch = Latch { state, heard_ms, times_ms: times.to_vec() };
        (are_times && latch.to_numbers() == numbers).then_some(latch)
    }

    fn hear(&mut self, at_ms: i64) -> i64 {
        self.heard_ms = self.heard_ms.max(at_ms);
        self.heard_ms
    }

    /// Whether the count is reached now, and what follows.
    fn count(&mut self, timing: &Timing, now: i64) -> Option<LatchEvent> {
        let oldest = now.saturating_sub(timing.within_ms);
        self.times_ms.retain(|time| *time >= oldest);
        let is_reached = self.times_ms.len() >= timing.count as usize;
        let began = self.times_ms.first().copied().unwrap_or(now);
        self.step(timing, is_reached, began, now)
    }

    /// One step: whether the condition holds, when it began if it is new, and when this is.
    fn step(&mut self, timing: &Timing, holds: bool, began_ms: i64, at_ms: i64) -> Option<LatchEvent> {
        let waited = |since_ms: i64| at_ms.saturating_sub(since_ms) >= timing.delay_ms;
        // A condition that began anew waits from now on; one that waits goes on from where it began.
        let begins = |since_ms: Option<i64>| match since_ms {
            Some(since_ms) => (since_ms, waited(since_ms)),
            None => (began_ms, timing.delay_ms <= 0),
        };
        let (next, kind, since_ms) = match (self.state, holds) {
            (LatchState::Quiet | LatchState::Pending { .. }, false) => {
                self.state = LatchState::Quiet;
                return None;
            }
            (LatchState::Quiet, true) => match begins(None) {
                (since_ms, true) => (LatchState::Raised { since_ms }, LatchEventKind::Raised, since_ms),
                (since_ms, false) => {
                    self.state = LatchState::Pending { since_ms };
                    return None;
                }
            },
            (LatchState::Pending { since_ms }, true) if waited(since_ms) => {
                (LatchState::Raised { since_ms }, LatchEventKind::Raised, since_ms)
            }
            (LatchState::Raised { since_ms }, false) => {
                (LatchState::Cleared { since_ms, again_ms: None }, LatchEventKind::Cleared, since_ms)
            }
            (LatchState::Acknowledged { since_ms }, false) => (LatchState::Quiet, LatchEventKind::Cleared, since_ms),
            (LatchState::Cleared { since_ms, .. }, false) => {
                self.state = LatchState::Cleared { since_ms, again_ms: None };
                return None;
            }
            (LatchState::Cleared { since_ms: earlier, again_ms }, true) => match begins(again_ms) {
                (since_ms, true) => (LatchState::Raised { since_ms }, LatchEventKind::Raised, since_ms),
                (again, false) => {
                    self.state = LatchState::Cleared { since_ms: earlier, again_ms: Some(again) };
                    return None;
                }
            },
            (LatchState::Pending { .. } | LatchState::Raised { .. } | LatchState::Acknowledged { .. }, true) => {
                return None;
            }
        };
        self.state = next;
        Some(LatchEvent { kind, since_ms, at_ms })
    }
}
