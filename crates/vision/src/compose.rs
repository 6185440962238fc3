//! Several channels as one picture: each stretched over its range, bent by its gamma, tinted, and added, in one pass.
//!
//! What a count contributes is looked up: a table of each channel holds red, green and blue side by side in one 64-bit
//! word, 13 bits each in a lane of 16, so that eight channels add up without a carry and one addition does three colours.
//! The tables are the definition; [`compose_scalar`] adds colour by colour and gives the same pixels to the bit.

use crate::{Grey, threads};

/// Channels in one picture.
pub const MOST_CHANNELS: usize = 8;

/// Steps of one level of the picture within a table: sums are rounded once, at the end.
const STEPS: u32 = 32;
/// Rows that a thread takes at a time.
const ROWS: usize = 32;

/// How one channel is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// Red, green and blue of what is as bright as it gets.
    pub rgb: [u8; 3],
    /// The intensity that is black, and so is all below it.
    pub low: u16,
    /// The intensity that has the full colour, and so has all above it. Not above `low`: everything from `low` on is full.
    pub high: u16,
    /// The exponent's inverse: above 1 lifts what is dark. Not a positive number: 1.
    pub gamma: f32,
}

/// Contributions of the intensities `low ..= high` of a channel.
struct Table {
    low: u16,
    high: u16,
    words: Vec<u64>,
}

impl Table {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 1 of at most 8,160")]
    fn of(channel: &Channel) -> Table {
        let (low, high) = (channel.low, channel.high.max(channel.low));
        let gamma = if channel.gamma.is_finite() && channel.gamma > 0.0 { f64::from(channel.gamma) } else { 1.0 };
        let span = f64::from(high - low);
        let words = (low..=high).map(|value| {
            let share = if span == 0.0 { 1.0 } else { f64::from(value - low) / span };
            let bent = if gamma == 1.0 { share } else { libm::pow(share, 1.0 / gamma) };
            channel.rgb.iter().rev().fold(0, |word, &colour| {
                let steps = (bent * f64::from(u32::from(colour) * STEPS)).round() as u64;
                (word << 16) | steps
            })
        });
        // Nothing is brighter than black below the range, also where the range has no width.
        let black = usize::from(span == 0.0);
        let words = std::iter::repeat_n(0, black).chain(words).collect();
        Table { low: low.saturating_sub(u16::from(span == 0.0)), high, words }
    }

    fn word(&self, value: u16) -> u64 {
        let at = value.clamp(self.low, self.high) - self.low;
        self.words.get(usize::from(at)).copied().unwrap_or(0)
    }
}

/// The picture of planes of one size: 4 bytes a pixel, red, green, blue and 255, row by row from the top. Planes of another
/// size than the first, and those beyond [`MOST_CHANNELS`], are left out; without planes it is empty.
#[must_use]
pub fn compose(planes: &[(&Grey, Channel)], most_threads: usize) -> Vec<u8> {
    let Some((first, _)) = planes.first() else { return Vec::new() };
    let shown: Vec<(&[u16], Table)> =
        shown(planes).map(|(grey, channel)| (&*grey.values, Table::of(channel))).collect();
    let mut out = vec![255; first.values.len() * 4];
    let row = first.width.max(1) as usize;
    let threads = threads::useful(most_threads, out.len());
    let done = threads::each(threads, out.chunks_mut(row * ROWS * 4), |part, pixels, sums: &mut Vec<u64>| {
        let count = pixels.len() / 4;
        sums.clear();
        sums.resize(count, 0);
        for (values, table) in &shown {
            let from = part * row * ROWS;
            let values = values.get(from..from + count).unwrap_or_default();
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum += table.word(value);
            }
        }
        for (pixel, sum) in pixels.chunks_exact_mut(4).zip(&*sums) {
            if let [red, green, blue, _] = pixel {
                [*red, *green, *blue] = [0, 16, 32].map(|lane| level((sum >> lane) as u16));
            }
        }
        Ok::<(), std::convert::Infallible>(())
    });
    let Ok(()) = done;
    out
}

/// The same pixels, colour by colour and pixel by pixel: the definition that [`compose`] is held against.
#[must_use]
pub fn compose_scalar(planes: &[(&Grey, Channel)]) -> Vec<u8> {
    let Some((first, _)) = planes.first() else { return Vec::new() };
    let mut out = Vec::with_capacity(first.values.len() * 4);
    let tables: Vec<(&Grey, Table)> = shown(planes).map(|(grey, channel)| (*grey, Table::of(channel))).collect();
    for at in 0..first.values.len() {
        for lane in [0, 16, 32] {
            let of = |(grey, table): &(&Grey, Table)| {
                let value = grey.values.get(at).copied().unwrap_or(0);
                u32::from((table.word(value) >> lane) as u16)
            };
            let sum: u32 = tables.iter().map(of).sum();
            out.push(level(u16::try_from(sum).unwrap_or(u16::MAX)));
        }
        out.push(255);
    }
    out
}

fn shown<'p, 'g>(planes: &'p [(&'g Grey, Channel)]) -> impl Iterator<Item = (&'p &'g Grey, &'p Channel)> {
    let size = planes.first().map(|(grey, _)| (grey.width, grey.height));
    let same = move |grey: &Grey| Some((grey.width, grey.height)) == size;
    planes.iter().take(MOST_CHANNELS).filter(move |(grey, _)| same(grey)).map(|(grey, channel)| (grey, channel))
}

/// A sum of steps as a level.
fn level(steps: u16) -> u8 {
    u8::try_from((u32::from(steps) + STEPS / 2) / STEPS).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grey(width: u32, height: u32, values: Vec<u16>) -> Grey {
        Grey { width, height, values, span: (0.0, 65_535.0) }
    }

    #[test]
    fn a_range_is_stretched_tinted_and_added() {
        let dna = grey(4, 1, vec![0, 100, 200, 900]);
        let er = grey(4, 1, vec![5, 5, 6, 7]);
        let blue = Channel { rgb: [0, 0, 255], low: 100, high: 200, gamma: 1.0 };
        let green = Channel { rgb: [0, 100, 0], low: 5, high: 7, gamma: 1.0 };
        let pixels = compose(&[(&dna, blue), (&er, green)], 1);
        assert_eq!(pixels, [0, 0, 0, 255, 0, 0, 0, 255, 0, 50, 255, 255, 0, 100, 255, 255]);
        let bent = Channel { gamma: 2.0, low: 0, high: 200, ..blue };
        assert_eq!(compose(&[(&dna, bent)], 1)[6], 180, "the square root of one half, of 255");
        let flat = Channel { low: 200, high: 200, ..blue };
        let pixels = compose(&[(&dna, flat)], 1);
        assert_eq!([pixels[2], pixels[6], pixels[10], pixels[14]], [0, 0, 255, 255]);
        assert!(compose(&[], 1).is_empty());
        let other = grey(2, 2, vec![9; 4]);
        assert_eq!(compose(&[(&dna, blue), (&other, green)], 1), compose(&[(&dna, blue)], 1), "of another size");
    }

    #[test]
    fn eight_full_channels_do_not_run_over() {
        let plane = grey(1, 1, vec![65_535]);
        let white = Channel { rgb: [255; 3], low: 0, high: 65_535, gamma: 1.0 };
        assert_eq!(compose(&[(&plane, white); MOST_CHANNELS], 1), [255; 4]);
        assert_eq!(compose_scalar(&[(&plane, white); MOST_CHANNELS]), [255; 4]);
    }

    proptest! {
        #[test]
        fn one_pass_gives_the_pixels_of_the_scalar_one(
            channels in prop::collection::vec((any::<[u8; 3]>(), any::<(u16, u16)>(), 0.2_f32..5.0, any::<u64>()), 1..=8),
            width in 1_u32..40, height in 1_u32..80, threads in 1_usize..4,
        ) {
            let planes: Vec<(Grey, Channel)> = channels.iter().map(|&(rgb, (low, high), gamma, seed)| {
                let mut state = seed | 1;
                let values = (0..width * height).map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 48) as u16
                });
                (grey(width, height, values.collect()), Channel { rgb, low, high, gamma })
            }).collect();
            let planes: Vec<(&Grey, Channel)> = planes.iter().map(|(grey, channel)| (grey, *channel)).collect();
            prop_assert_eq!(compose(&planes, threads), compose_scalar(&planes));
        }
    }
}
