//! Pixels of a screenshot, addressed as the page addresses them: in CSS pixels.

use serde_json::Value;

/// A box in CSS pixels of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    pub(super) fn of(four: &Value) -> Rect {
        let at = |index: usize| four[index].as_f64().unwrap_or(f64::NAN);
        Rect { x: at(0), y: at(1), width: at(2), height: at(3) }
    }

    /// Its middle.
    #[must_use]
    pub fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

/// A decoded screenshot, 8 bits a channel.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Device pixels.
    pub width: u32,
    /// Device pixels.
    pub height: u32,
    /// Device pixels to a CSS pixel.
    pub scale: f64,
    rgb: Vec<[u8; 3]>,
}

impl Picture {
    /// Decodes a PNG that shows a page `css_width` wide.
    ///
    /// # Panics
    /// Where it is no PNG of 8 bits a channel.
    #[must_use]
    pub fn decode(bytes: &[u8], css_width: f64) -> Picture {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut buffer).unwrap();
        assert_eq!(info.bit_depth, png::BitDepth::Eight, "a screenshot has 8 bits a channel");
        let channels = info.color_type.samples();
        let rgb = buffer[..info.buffer_size()].chunks_exact(channels).map(|pixel| match pixel {
            [grey] | [grey, _] => [*grey; 3],
            [r, g, b, ..] => [*r, *g, *b],
            [] => [0; 3],
        });
        let rgb: Vec<[u8; 3]> = rgb.collect();
        let scale = if css_width > 0.0 { f64::from(info.width) / css_width } else { 1.0 };
        Picture { width: info.width, height: info.height, scale, rgb }
    }

    /// Red, green and blue at a point in CSS pixels.
    ///
    /// # Panics
    /// Where the point lies outside.
    #[must_use]
    pub fn at(&self, x: f64, y: f64) -> [u8; 3] {
        let device = |css: f64, limit: u32| {
            let at = (css * self.scale).floor();
            assert!(at >= 0.0 && at < f64::from(limit), "({x}, {y}) lies outside of the picture");
            at as usize
        };
        self.rgb[device(y, self.height) * self.width as usize + device(x, self.width)]
    }

    /// How many different colours a box shows; a heatmap has many, an empty page few.
    #[must_use]
    pub fn colours(&self, within: Rect) -> usize {
        self.pixels(within).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// How many pixels of a box are no grey: only data is saturated.
    #[must_use]
    pub fn saturated(&self, within: Rect) -> usize {
        let spread = |[r, g, b]: [u8; 3]| r.max(g).max(b) - r.min(g).min(b);
        self.pixels(within).filter(|pixel| spread(*pixel) > 60).count()
    }

    /// How many pixels of the whole picture have a colour, to within `tolerance` in each channel.
    #[must_use]
    pub fn count_near(&self, colour: [u8; 3], tolerance: u8) -> usize {
        self.rgb.iter().filter(|pixel| Picture::near(**pixel, colour, tolerance)).count()
    }

    fn pixels(&self, within: Rect) -> impl Iterator<Item = [u8; 3]> + '_ {
        let range = |from: f64, length: f64, limit: u32| {
            let end = ((from + length) * self.scale).min(f64::from(limit)).max(0.0);
            ((from * self.scale).max(0.0) as usize)..(end as usize)
        };
        let (columns, width) = (range(within.x, within.width, self.width), self.width as usize);
        let rows = range(within.y, within.height, self.height);
        rows.flat_map(move |y| columns.clone().map(move |x| self.rgb[y * width + x]))
    }

    /// Whether two colours are the same to within `tolerance` in each channel.
    #[must_use]
    pub fn near(one: [u8; 3], other: [u8; 3], tolerance: u8) -> bool {
        one.iter().zip(other).all(|(a, b)| a.abs_diff(b) <= tolerance)
    }
}
