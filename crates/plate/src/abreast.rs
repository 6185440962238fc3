//! Several features abreast: the same wells of L features side by side, so that one step serves them all.
//!
//! Each feature has a lane of its own and no step mixes lanes, so that a feature's numbers are the same bits whoever
//! goes beside it, alone too.

mod network;
mod pattern;

pub(crate) use network::{Line, Networks};
pub(crate) use pattern::{Pattern, by_pattern};

/// One well of L features.
pub(crate) type Abreast<const L: usize> = [f64; L];

/// Runs `work` with the widest instructions that this processor has. They do the same operations in the same order:
/// what comes out does not depend on the processor.
#[inline(always)]
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    fearless_simd::dispatch!(fearless_simd::Level::new(), _simd => work())
}
