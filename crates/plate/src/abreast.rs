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

/// Room for many wells, used again and again. It begins where a line of the processor's cache does: a well that lay across
/// two would be fetched twice.
#[derive(Debug, Default)]
pub(crate) struct Room<T = f64>(Vec<T>);

impl<T: Copy + Default> Room<T> {
    /// `n` wells of L features, with whatever was there before.
    pub(crate) fn wells<const L: usize>(&mut self, n: usize) -> &mut [[T; L]] {
        const LINE: usize = 64;
        let spare = LINE / size_of::<T>().max(1);
        if self.0.len() < n * L + spare {
            self.0.resize(n * L + spare, T::default());
        }
        let start = self.0.as_ptr().align_offset(LINE).min(spare);
        self.0.get_mut(start..start + n * L).unwrap_or_default().as_chunks_mut().0
    }
}

/// `wide!(simd => work)` does some work with the widest instructions that this processor has, which `simd` stands for. They
/// do the same operations in the same order: what comes out does not depend on the processor.
macro_rules! wide {
    ($simd:ident => $work:expr) => {
        fearless_simd::dispatch!(fearless_simd::Level::new(), $simd => $work)
    };
}
pub(crate) use wide;
