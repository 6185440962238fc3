//! Inks of the page, colour maps as tables, and the range that the colours of a plate span.
//!
//! Map, place and range are those of the window (`ui/src/shared/colour/colour.ts`): a figure has the colours of the screen.

use crate::tables;

/// Red, green, blue; sRGB.
pub(crate) type Ink = [u8; 3];

/// The page.
pub(crate) const GROUND: Ink = [0xff, 0xff, 0xff];
/// Primary text, frames of controls.
pub(crate) const INK: Ink = [0x16, 0x18, 0x1a];
/// Secondary text.
pub(crate) const INK_2: Ink = [0x3f, 0x43, 0x47];
/// Captions, ticks: the lightest ink that is read.
pub(crate) const INK_3: Ink = [0x55, 0x5a, 0x60];
/// Hatching and dots.
pub(crate) const MARK: Ink = [0x9a, 0x9d, 0x9f];
/// Hairlines.
pub(crate) const LINE: Ink = [0xdc, 0xdc, 0xd8];
/// Axes and frames.
pub(crate) const LINE_2: Ink = [0xb4, 0xb5, 0xb1];
/// A well without a value.
pub(crate) const EMPTY: Ink = [0xe7, 0xe7, 0xe4];
/// Attention and failure, as the window has them.
pub(crate) const WARN: Ink = [0x74, 0x4c, 0x00];
pub(crate) const BAD: Ink = [0x97, 0x30, 0x19];
/// Negative and positive controls: of tide's two sides.
pub(crate) const NEGATIVE: Ink = tide(40);
pub(crate) const POSITIVE: Ink = tide(215);
/// Series, and what stands behind one; also the values of samples.
pub(crate) const SERIES: Ink = [0x33, 0x37, 0x3b];
pub(crate) const SERIES_2: Ink = [0x8b, 0x8f, 0x93];
/// Black and white, for marks on colours.
pub(crate) const BLACK: Ink = [0, 0, 0];

const fn tide(place: usize) -> Ink {
    let [_, red, green, blue] = tables::TIDE_LIGHT[place].to_be_bytes();
    [red, green, blue]
}

/// A colour map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Map {
    /// Magnitudes: dark to bright.
    Viridis,
    /// Signed values: blue, white, vermilion.
    TideLight,
}

impl Map {
    /// That of magnitudes, or that of values on both sides of 0.
    pub(crate) const fn for_values(are_signed: bool) -> Map {
        if are_signed { Map::TideLight } else { Map::Viridis }
    }

    /// Its name for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Map::Viridis => "viridis",
            Map::TideLight => "tide",
        }
    }

    /// Its colour at a place from 0 to 255.
    pub(crate) fn at(self, place: u8) -> Ink {
        let table = match self {
            Map::Viridis => &tables::VIRIDIS,
            Map::TideLight => &tables::TIDE_LIGHT,
        };
        let [_, red, green, blue] = table[usize::from(place)].to_be_bytes();
        [red, green, blue]
    }
}

/// The values that a map's ends stand for; the low one is never above the high one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The value of both percentiles, where they are one: the ends are no percentiles then, but lie on both sides of it.
    pub(crate) around: Option<f64>,
}

impl Range {
    pub(crate) const fn new(low: f64, high: f64) -> Range {
        Range { low, high, around: None }
    }

    /// From the 1st to the 98.5th percentile; 0 to 1 without values. A signed one is symmetric about 0.
    pub(crate) fn of(values: impl Iterator<Item = f64>, is_signed: bool) -> Range {
        let mut there: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        there.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (there.len().saturating_sub(1) as f64 * share).round();
            there.get(place as usize).copied().unwrap_or(0.0)
        };
        if there.is_empty() {
            return Range::new(if is_signed { -1.0 } else { 0.0 }, 1.0);
        }
        let (low, high) = (at(0.01), at(0.985));
        if is_signed {
            let most = low.abs().max(high.abs());
            return if most == 0.0 { Range::about(0.0, 1.0) } else { Range::new(-most, most) };
        }
        if low < high { Range::new(low, high) } else { Range::about(low, 0.5) }
    }

    /// Both percentiles are this value: the range goes as far below it as above.
    fn about(value: f64, far: f64) -> Range {
        Range { low: value - far, high: value + far, around: Some(value) }
    }

    /// How far a value lies from the low end, as a share of the range: outside 0 to 1 where it lies outside.
    pub(crate) fn share(self, value: f64) -> f64 {
        // Halves: the range of the largest numbers would overflow.
        let span = self.high / 2.0 - self.low / 2.0;
        if span > 0.0 { (value / 2.0 - self.low / 2.0) / span } else { 0.0 }
    }

    /// The place of a value in a map.
    pub(crate) fn place(self, value: f64) -> u8 {
        // Out of range and NaN saturate: 0 or 255.
        (self.share(value) * 255.0).round() as u8
    }
}

/// Whether black ink reads better than white on a colour: by WCAG's luminance, with squares for its powers of 2.4. Stricter
/// than the window, which writes no numbers into wells.
pub(crate) fn is_light(ground: Ink) -> bool {
    let [red, green, blue] = ground.map(|part| (f64::from(part) / 255.0) * (f64::from(part) / 255.0));
    0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2
}

/// The ink of marks on a colour.
pub(crate) fn mark_on(ground: Ink) -> Ink {
    if is_light(ground) { BLACK } else { GROUND }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_begin_and_end_as_published() {
        assert_eq!((Map::Viridis.at(0), Map::Viridis.at(255)), ([0x44, 0x01, 0x54], [0xfd, 0xe7, 0x25]));
        assert_eq!(Map::Viridis.at(128), [0x21, 0x91, 0x8c]);
        assert_eq!((Map::TideLight.at(0), Map::TideLight.at(255)), ([0x0b, 0x3c, 0x7c], [0x7d, 0x2c, 0x0a]));
    }

    /// The same cases as in the window's `paint.test.ts`.
    #[test]
    fn the_range_is_the_windows() {
        assert_eq!(Range::of([f64::NAN].into_iter(), false), Range::new(0.0, 1.0));
        assert_eq!(Range::of([5.0, 5.0].into_iter(), false), Range { low: 4.5, high: 5.5, around: Some(5.0) });
        let signed = Range::of((0..201).map(|i| f64::from(i) - 100.0), true);
        assert_eq!(signed, Range::new(-98.0, 98.0));
        assert_eq!(Range::of(std::iter::empty(), true), Range::new(-1.0, 1.0));
        assert_eq!(Range::of([0.0].into_iter(), true), Range { low: -1.0, high: 1.0, around: Some(0.0) });
        assert_eq!(Range::of([5.0].into_iter(), true), Range::new(-5.0, 5.0), "they are the ends, symmetric");
    }

    #[test]
    fn marks_are_read_on_every_colour() {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            low if low <= 0.04045 => low / 12.92,
            high => ((high + 0.055) / 1.055).powf(2.4),
        };
        let luminance = |[r, g, b]: Ink| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        for (map, place) in
            [Map::Viridis, Map::TideLight].into_iter().flat_map(|map| (0..=255).map(move |at| (map, at)))
        {
            let ground = map.at(place);
            let (a, b) = (luminance(ground), luminance(mark_on(ground)));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.4, "{map:?} {place}: {contrast}");
        }
    }

    #[test]
    fn any_number_has_a_place() {
        let range = Range::new(0.0, 255.0);
        assert_eq!([-1.0, 0.0, 127.4, 255.0, 1e9].map(|v| range.place(v)), [0, 0, 127, 255, 255]);
        let widest = Range::of([-f64::MAX, f64::MAX].into_iter(), false);
        assert_eq!([-f64::MAX, 0.0, f64::MAX].map(|v| widest.place(v)), [0, 128, 255]);
        let huge = Range::of([1e300; 3].into_iter(), false);
        assert_eq!(huge.place(1e300), 0, "where 0.5 more is the same number");
    }
}
