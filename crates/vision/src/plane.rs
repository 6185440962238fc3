//! One decoded plane, and one of its channels as intensities to look at.

use crate::png_file;
use crate::samples::Samples;

/// A decoded plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Samples a pixel.
    pub channels: u16,
    /// Bits of a sample that are used: 12 for packed 12-bit samples in 16.
    pub bits: u8,
    /// `height * width * channels` samples, row by row from the top, channels interleaved.
    pub samples: Samples,
}

/// One channel's intensities, row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Grey {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `height * width` intensities.
    pub values: Vec<u16>,
    /// What an intensity of 0 and of 65,535 stand for in the file's own unit; `(0, 65535)` where intensities are the
    /// stored counts.
    pub span: (f64, f64),
}

impl Plane {
    /// Pixels of one channel as intensities: stored counts of 8 and 16 bits as they are, everything else spread over
    /// 0 to 65,535 between its least and greatest finite value (see [`Grey::span`]); what is not finite becomes 0.
    ///
    /// `None` where there is no such channel.
    #[must_use]
    pub fn grey(&self, channel: u16) -> Option<Grey> {
        if channel >= self.channels {
            return None;
        }
        let counts = (0.0, 65_535.0);
        let (values, span) = match &self.samples {
            Samples::U8(all) => (self.of(all, channel).map(u16::from).collect(), counts),
            Samples::U16(all) if self.channels == 1 => (all.clone(), counts),
            Samples::U16(all) => (self.of(all, channel).collect(), counts),
            Samples::U32(all) => spread(self.of(all, channel).map(f64::from)),
            Samples::U64(all) => spread(self.of(all, channel).map(|v| v as f64)),
            Samples::I8(all) => spread(self.of(all, channel).map(f64::from)),
            Samples::I16(all) => spread(self.of(all, channel).map(f64::from)),
            Samples::I32(all) => spread(self.of(all, channel).map(f64::from)),
            Samples::I64(all) => spread(self.of(all, channel).map(|v| v as f64)),
            Samples::F16(all) => spread(self.of(all, channel).map(half)),
            Samples::F32(all) => spread(self.of(all, channel).map(f64::from)),
            Samples::F64(all) => spread(self.of(all, channel)),
        };
        Some(Grey { width: self.width, height: self.height, values, span })
    }

    /// The same, without a copy where samples are intensities already.
    #[must_use]
    pub fn into_grey(self, channel: u16) -> Option<Grey> {
        match self {
            Plane { width, height, channels: 1, samples: Samples::U16(values), .. } if channel == 0 => {
                Some(Grey { width, height, values, span: (0.0, 65_535.0) })
            }
            other => other.grey(channel),
        }
    }

    fn of<'a, T: Copy>(&self, all: &'a [T], channel: u16) -> impl Iterator<Item = T> + Clone + 'a {
        all.iter().skip(usize::from(channel)).step_by(usize::from(self.channels.max(1))).copied()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 65,535")]
fn spread(values: impl Iterator<Item = f64> + Clone) -> (Vec<u16>, (f64, f64)) {
    let finite = values.clone().filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (values.map(|_| 0).collect(), (0.0, 0.0));
    }
    let scale = if high > low { 65_535.0 / (high - low) } else { 0.0 };
    let place = |value: f64| if value.is_finite() { ((value - low) * scale).round() as u16 } else { 0 };
    (values.map(place).collect(), (low, high))
}

/// Half precision bits as a number.
fn half(bits: u16) -> f64 {
    let (sign, exponent, fraction) = (bits >> 15, (bits >> 10) & 31, f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction / 1024.0 / 16_384.0,
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if sign == 1 { -size } else { size }
}

impl Grey {
    /// The intensities of every `by`-th block of `by` x `by` pixels, averaged and rounded; blocks at the right and lower
    /// edge are of what is left. `by` 0 and 1 give the plane itself.
    #[must_use]
    pub fn smaller(&self, by: u32) -> Grey {
        if by <= 1 {
            return self.clone();
        }
        let (width, height) = (self.width.div_ceil(by), self.height.div_ceil(by));
        let mut values = Vec::with_capacity(width as usize * height as usize);
        let mut sums = vec![0_u64; width as usize];
        for rows in self.values.chunks(self.width.max(1) as usize * by as usize) {
            sums.fill(0);
            for row in rows.chunks(self.width.max(1) as usize) {
                for (sum, block) in sums.iter_mut().zip(row.chunks(by as usize)) {
                    *sum += block.iter().map(|&value| u64::from(value)).sum::<u64>();
                }
            }
            let high = (rows.len() / self.width.max(1) as usize) as u64;
            for (column, sum) in sums.iter().enumerate() {
                let wide = u64::from(by).min(u64::from(self.width) - column as u64 * u64::from(by));
                let pixels = (wide * high).max(1);
                values.push(u16::try_from((sum + pixels / 2) / pixels).unwrap_or(u16::MAX));
            }
        }
        Grey { width, height, values, span: self.span }
    }

    /// A PNG of 16 bits grey: every intensity as it is, the same bytes for the same plane. [`Grey::span`] is not in it.
    ///
    /// `None` where a side is 0, or there are not as many values as pixels.
    #[must_use]
    pub fn to_png(&self) -> Option<Vec<u8>> {
        png_file::encode(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_read_as_ieee_754_says() {
        for (bits, number) in [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65_504.0), (0x0001, 2_f64.powi(-24)), (0, 0.0)] {
            assert!((half(bits) - number).abs() < 1e-30, "{bits:04x}");
        }
        assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan());
    }

    #[test]
    fn floats_are_spread_and_say_between_what() {
        let samples = Samples::F32(vec![-1.0, 0.0, 1.0, f32::NAN]);
        let plane = Plane { width: 2, height: 2, channels: 1, bits: 32, samples };
        let grey = plane.grey(0).unwrap();
        assert_eq!((grey.values, grey.span), (vec![0, 32_768, 65_535, 0], (-1.0, 1.0)));
        assert!(plane.grey(1).is_none());
    }

    #[test]
    fn a_png_gives_every_intensity_back() {
        let grey = Grey { width: 3, height: 2, values: vec![0, 1, 255, 256, 40_000, 65_535], span: (0.0, 65_535.0) };
        let png = grey.to_png().unwrap();
        let read = crate::ImageFile::open(&png, &crate::Limits::default()).unwrap().decode(0, 1).unwrap();
        assert_eq!((read.bits, read.into_grey(0)), (16, Some(grey.clone())));
        assert_eq!(Grey { width: 0, values: Vec::new(), ..grey.clone() }.to_png(), None);
        assert_eq!(Grey { height: 3, ..grey }.to_png(), None);
    }

    #[test]
    fn smaller_is_the_mean_of_blocks() {
        let grey = Grey { width: 3, height: 3, values: vec![1, 3, 10, 1, 3, 20, 5, 7, 9], span: (0.0, 65_535.0) };
        let small = grey.smaller(2);
        assert_eq!((small.width, small.height, small.values), (2, 2, vec![2, 15, 6, 9]));
    }
}
