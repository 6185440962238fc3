//! Pixels for the page: several channels of a site in one picture, only the part and the size that is shown.
//!
//! A picture is 32 bytes of little-endian u32 (width and height of the part, width and height of the whole plane, the level,
//! a bit for each asked channel that is not in it, a bit for each that is a preview, a bit for each that would be the ninth or a
//! later one), then red, green, blue and 255 of each pixel, row by row. Of previews there is no finer level than their own: the
//! picture is then of that level, and its part begins where the asked one does, halved as often. Nothing is enlarged here;
//! whoever draws it does that.

use std::sync::Arc;

use session::StoredPlane;
use vision::{Channel, Grey, MOST_CHANNELS, compose};

use super::Desk;
use super::failure::{Answer, Failure};
use super::images::wanted;
use super::pictured::PlaneArgs;
use super::showing::Showing;
use crate::pixels::{DecodedPlane, MOST_LEVELS, PlaneProblem, PlaneWanted};

/// Pixels of one picture: a window of 8,192 x 4,096 is larger than any.
const MOST_PIXELS: u64 = 1 << 25;
/// Channels of one question: those that are there are shown, at most [`MOST_CHANNELS`] of them.
const MOST_ASKED: usize = 32;
/// Views that are told apart; more are all one.
const MOST_VIEWS: usize = 256;
const THREADS: usize = 2;

/// A part of a site's picture.
#[derive(Debug, Clone, PartialEq)]
pub struct CompositeAsked {
    /// Which site; its `channel` is not looked at.
    pub site: PlaneArgs,
    /// How often the plane is shrunk by 2.
    pub level: u8,
    /// Left, top, width and height in pixels of that level; what lies outside the plane is cut off.
    pub part: (u32, u32, u32, u32),
    /// Who asks: a newer question of the same view takes the place of an older one.
    pub view: String,
    /// The channels, at most 32; the first 8 that are there are shown.
    pub channels: Vec<(String, Channel)>,
}

/// The newest question of each view.
#[derive(Debug, Default)]
pub(super) struct Views(std::sync::Mutex<std::collections::HashMap<String, u64>>);

impl Views {
    fn ask(&self, view: &str) -> u64 {
        let mut newest = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let view = if newest.len() >= MOST_VIEWS && !newest.contains_key(view) { "" } else { view };
        let number = newest.entry(view.to_owned()).or_default();
        *number += 1;
        *number
    }

    fn is_newest(&self, view: &str, number: u64) -> bool {
        let newest = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        newest.get(view).is_none_or(|newest| *newest == number)
    }
}

impl Desk {
    /// Bytes of a picture.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `too_large`, `bad_question`, `superseded`, and where no channel can be
    /// shown the reason of the first: `missing_plane`, `reference_only`, `incomplete`, `undecodable`.
    pub async fn composite(self: &Arc<Desk>, asked: CompositeAsked) -> Answer<Vec<u8>> {
        if asked.channels.is_empty() || asked.channels.len() > MOST_ASKED {
            let message = format!("{} channels were asked for; 1 to {MOST_ASKED} can be.", asked.channels.len());
            return Err(Failure::new("bad_question", message));
        }
        let showing = self.showing()?;
        let number = showing.views.ask(&asked.view);
        let is_wanted = || showing.views.is_newest(&asked.view, number);
        let mut of_site = wanted(&showing, &asked.site).await?;
        let stored = showing.pixels.planes(&of_site.plate, of_site.well, of_site.upto).await?;
        let mut planes: Vec<Asked> = Vec::new();
        let (mut absent, mut beyond, mut first_problem) = (0_u32, 0_u32, None);
        for (at, (name, channel)) in asked.channels.iter().enumerate() {
            if planes.len() == MOST_CHANNELS {
                beyond |= 1 << at;
                continue;
            }
            of_site.channel = name.as_str().into();
            match showing.pixels.plane_of(&stored, &of_site, is_wanted).await {
                Ok(plane) => planes.push((1 << at, plane, *channel)),
                Err(PlaneProblem::Superseded) => return Err(PlaneProblem::Superseded.into()),
                Err(problem) => {
                    absent |= 1 << at;
                    first_problem.get_or_insert(problem);
                }
            }
        }
        if planes.is_empty() {
            return Err(first_problem.map_or_else(|| PlaneProblem::Missing.into(), Failure::from));
        }
        if !is_wanted() {
            return Err(PlaneProblem::Superseded.into());
        }
        let whole = planes.first().map_or((0, 0), |(_, plane, _)| plane.size);
        let level = there(&planes, whole, asked.level);
        let part = coarser(asked.part, level - asked.level);
        let (width, height) = shrunk(whole, level);
        let pixels = u64::from(part.2.min(width)) * u64::from(part.3.min(height));
        if pixels > MOST_PIXELS {
            let message = format!("{pixels} pixels were asked for at once; ask for a part, or a higher level.");
            return Err(Failure::new("too_large", message));
        }
        let drawn = tokio::task::spawn_blocking(move || draw(&planes, level, part, (absent, beyond))).await;
        if asked.view == MAIN_VIEW {
            drop(tokio::spawn(look_ahead(showing, stored, of_site, asked.channels)));
        }
        drawn.map_err(|error| Failure::new("undecodable", error.to_string()))
    }
}

/// Decodes what is likely to be looked at next: the sites beside this one.
async fn look_ahead(
    showing: Arc<Showing>,
    stored: Vec<StoredPlane>,
    of_site: PlaneWanted,
    channels: Vec<(String, Channel)>,
) {
    let site = of_site.site;
    for near in [site.saturating_add(1), site.saturating_sub(1)] {
        for (name, _) in &channels {
            let wanted = PlaneWanted { site: near, channel: name.as_str().into(), ..of_site.clone() };
            // What is not there is not looked at; what cannot be read is said when it is asked for.
            let _ = showing.pixels.plane_of(&stored, &wanted, || true).await;
        }
    }
}

/// The view whose neighbours are decoded ahead.
const MAIN_VIEW: &str = "main";

/// The bit of a channel that was asked for, its plane, and how it is shown.
type Asked = (u32, Arc<DecodedPlane>, Channel);

fn draw(planes: &[Asked], level: u8, part: (u32, u32, u32, u32), (mut absent, beyond): (u32, u32)) -> Vec<u8> {
    let whole = planes.first().map_or((0, 0), |(_, plane, _)| plane.size);
    let mut previews = 0;
    let mut parts: Vec<(Grey, Channel)> = Vec::new();
    for (bit, plane, channel) in planes {
        if plane.size == whole {
            previews |= if plane.is_preview { *bit } else { 0 };
            parts.push((cut(&plane.level(level), part), *channel));
        } else {
            absent |= bit;
        }
    }
    let shown: Vec<(&Grey, Channel)> = parts.iter().map(|(grey, channel)| (grey, *channel)).collect();
    let (width, height) = parts.first().map_or((0, 0), |(grey, _)| size(grey));
    let pixels = compose(&shown, THREADS);
    let mut bytes = Vec::with_capacity(32 + pixels.len());
    for number in [width, height, whole.0, whole.1, level.into(), absent, previews, beyond] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(pixels);
    bytes
}

/// The level that every plane of the picture has: the one that was asked for, or the coarsest of their previews.
fn there(planes: &[Asked], whole: (u32, u32), asked: u8) -> u8 {
    let finest = planes.iter().filter(|(_, plane, _)| plane.size == whole).map(|(_, plane, _)| plane.finest_level());
    finest.fold(asked, u8::max)
}

/// A part in pixels of a level that is shrunk `by` times more; all of it is in there.
fn coarser((x, y, width, height): (u32, u32, u32, u32), by: u8) -> (u32, u32, u32, u32) {
    let along = |from: u32, long: u32| {
        let (start, end) = (from >> by, (u64::from(from) + u64::from(long)).div_ceil(1 << by));
        (start, u32::try_from(end - u64::from(start)).unwrap_or(u32::MAX))
    };
    let ((left, wide), (top, high)) = (along(x, width), along(y, height));
    (left, top, wide, high)
}

/// Width and height of a plane after so many halvings.
fn shrunk((width, height): (u32, u32), level: u8) -> (u32, u32) {
    let halved = |side: u32| (0..level.min(MOST_LEVELS)).fold(side, |side, _| side.div_ceil(2));
    (halved(width), halved(height))
}

fn size(grey: &Grey) -> (u32, u32) {
    (grey.width, grey.height)
}

/// The part of a plane that lies inside it.
fn cut(grey: &Grey, (x, y, width, height): (u32, u32, u32, u32)) -> Grey {
    let (left, top) = (x.min(grey.width), y.min(grey.height));
    let (wide, high) = (width.min(grey.width - left), height.min(grey.height - top));
    let mut values = Vec::with_capacity(wide as usize * high as usize);
    let rows = grey.values.chunks(grey.width.max(1) as usize).skip(top as usize).take(high as usize);
    for row in rows {
        values.extend_from_slice(row.get(left as usize..(left + wide) as usize).unwrap_or_default());
    }
    Grey { width: wide, height: high, values, span: grey.span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_at_the_edges() {
        let grey = Grey { width: 4, height: 3, values: (0..12).collect(), span: (0.0, 65_535.0) };
        assert_eq!(cut(&grey, (1, 1, 2, 2)).values, [5, 6, 9, 10]);
        let corner = cut(&grey, (3, 2, 9, 9));
        assert_eq!((corner.width, corner.height, corner.values), (1, 1, vec![11]));
        assert_eq!(size(&cut(&grey, (9, 0, 5, 5))), (0, 3), "beside the plane");
    }

    #[test]
    fn of_a_preview_there_is_no_finer_picture_and_nothing_is_enlarged() {
        let values = (0..1030_u32 * 520).map(|at| (at.wrapping_mul(2_654_435_761) >> 16) as u16).collect();
        let file = Grey { width: 1030, height: 520, values, span: (0.0, 65_535.0) }.to_png().unwrap();
        let whole = DecodedPlane::of(&file, 0, None, 1, 1).unwrap();
        let (preview, png) = crate::pixels::preview::made(&file, whole.sha256, 0).unwrap();
        let found = session::PreviewFile { preview, body_bytes: file.len() as u64, file: png.into() };
        let small = DecodedPlane::of_preview(&found, Some(whole.sha256), 1).unwrap();
        assert_eq!((small.size, small.finest_level(), small.is_preview), ((1030, 520), 2, true));
        assert!(DecodedPlane::of_preview(&found, Some([0; 32]), 1).is_err(), "another image than its message states");
        for level in 0..=MOST_LEVELS + 1 {
            assert_eq!(
                small.level(level),
                whole.level(level.max(2)),
                "level {level} is that of the image, from its own on"
            );
        }
        let channel = Channel { rgb: [255, 0, 0], low: 0, high: 65_535, gamma: 1.0 };
        let planes = [(1, Arc::new(whole), channel), (2, Arc::new(small), Channel { rgb: [0, 255, 0], ..channel })];
        assert_eq!((there(&planes, (1030, 520), 0), there(&planes, (1030, 520), 3)), (2, 3));
        assert_eq!(there(&planes[..1], (1030, 520), 0), 0, "an image is as fine as it was asked for");
        let bytes = draw(&planes, 2, coarser((64, 0, 128, 1 << 20), 2), (0b100, 0b1000));
        let head: Vec<u32> = bytes[..32].chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        assert_eq!(head, [32, 130, 1030, 520, 2, 0b100, 0b10, 0b1000]);
        assert!(bytes[32..].chunks(4).all(|pixel| pixel[0] == pixel[1]), "both are the same pixels");
        assert_eq!(bytes.len(), 32 + 32 * 130 * 4);
    }

    #[test]
    fn a_coarser_part_has_all_of_the_asked_one() {
        assert_eq!(coarser((3, 0, 5, 7), 0), (3, 0, 5, 7));
        assert_eq!(coarser((64, 65, 64, 64), 3), (8, 8, 8, 9));
        assert_eq!(coarser((0, u32::MAX, 1 << 20, u32::MAX), 6), (0, u32::MAX >> 6, 1 << 14, (1 << 26) + 1));
    }

    #[test]
    fn only_the_newest_question_of_a_view_counts() {
        let views = Views::default();
        let (first, other) = (views.ask("main"), views.ask("strip-1"));
        let second = views.ask("main");
        assert!(
            !views.is_newest("main", first) && views.is_newest("main", second) && views.is_newest("strip-1", other)
        );
    }
}
