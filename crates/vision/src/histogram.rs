//! How often each intensity occurs in a plane, and the ranges that follow from it.

use crate::Grey;

/// Counts of all 65,536 intensities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    counts: Vec<u32>,
    pixels: u64,
}

impl Histogram {
    /// Counts a plane.
    #[must_use]
    pub fn of(grey: &Grey) -> Histogram {
        let mut counts = vec![0_u32; 1 << 16];
        for &value in &grey.values {
            if let Some(count) = counts.get_mut(usize::from(value)) {
                *count += 1;
            }
        }
        Histogram { counts, pixels: grey.values.len() as u64 }
    }

    /// Adds another plane's counts: for a range that several sites or wells share.
    pub fn add(&mut self, other: &Histogram) {
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own = own.saturating_add(*more);
        }
        self.pixels += other.pixels;
    }

    /// How many pixels were counted.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        self.pixels
    }

    /// The intensity below or at which at least `percent` of the pixels lie, by nearest rank: with `percent` 0 the least
    /// that occurs, with 100 the greatest. 0 of no pixels.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is at most the pixels")]
    pub fn percentile(&self, percent: f64) -> u16 {
        let rank = ((percent.clamp(0.0, 100.0) / 100.0 * self.pixels as f64).ceil() as u64).max(1);
        let mut below = 0;
        for (value, &count) in self.counts.iter().enumerate() {
            below += u64::from(count);
            if below >= rank {
                return u16::try_from(value).unwrap_or(u16::MAX);
            }
        }
        0
    }

    /// Sums of `bins` equal parts of `low ..= high`; what lies outside counts nowhere.
    #[must_use]
    pub fn bins(&self, low: u16, high: u16, bins: usize) -> Vec<u32> {
        let (low, high) = (usize::from(low), usize::from(high.max(low)));
        let wide = high - low + 1;
        let mut sums = vec![0_u32; bins];
        for (at, &count) in self.counts.get(low..=high).unwrap_or_default().iter().enumerate() {
            if let Some(sum) = sums.get_mut(at * bins / wide) {
                *sum = sum.saturating_add(count);
            }
        }
        sums
    }

    /// A range for the eye: from the 1st percentile to the 99.8th, at least one step wide.
    #[must_use]
    pub fn auto_range(&self) -> (u16, u16) {
        let (low, high) = (self.percentile(1.0), self.percentile(99.8));
        if high > low { (low, high) } else { (low.min(u16::MAX - 1), low.min(u16::MAX - 1) + 1) }
    }

    /// The share of pixels at the greatest intensity of a sample of so many bits, in percent: a camera's full well.
    #[must_use]
    pub fn saturated_percent(&self, bits: u8) -> f64 {
        let full = u16::try_from((1_u32 << bits.min(16)) - 1).unwrap_or(u16::MAX);
        let count = self.counts.get(usize::from(full)..).unwrap_or_default().iter().map(|&count| u64::from(count));
        if self.pixels == 0 { 0.0 } else { 100.0 * count.sum::<u64>() as f64 / self.pixels as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_nearest_rank() {
        let values: Vec<u16> = (1..=200).collect();
        let histogram = Histogram::of(&Grey { width: 20, height: 10, values, span: (0.0, 65_535.0) });
        let found = [0.0, 0.5, 1.0, 50.0, 99.8, 100.0].map(|percent| histogram.percentile(percent));
        assert_eq!(found, [1, 1, 2, 100, 200, 200]);
        assert_eq!(histogram.bins(1, 200, 4), [50; 4]);
        assert_eq!(histogram.bins(101, 200, 3).iter().sum::<u32>(), 100);
        assert_eq!((histogram.auto_range(), histogram.pixels()), ((2, 200), 200));
        let none = Histogram::of(&Grey { width: 0, height: 0, values: Vec::new(), span: (0.0, 65_535.0) });
        assert_eq!((none.percentile(50.0), none.auto_range(), none.saturated_percent(8)), (0, (0, 1), 0.0));
        let full = Histogram::of(&Grey { width: 2, height: 2, values: vec![4095, 4094, 0, 0], span: (0.0, 65_535.0) });
        assert_eq!((full.saturated_percent(12), full.saturated_percent(16)), (25.0, 0.0));
    }
}
