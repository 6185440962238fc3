//! The Images screen's questions: what was imaged of a well, one plane, the values under a pixel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plate::{FlagEvent, Pixels, PlateKey, PlateStanding, Record, Well};
use session::{Preview, StoredPlane};

use super::Desk;
use super::failure::{Answer, Failure};
use super::pictured::*;
use super::plates::{layout_entry, no_such_well};
use super::showing::Showing;
use super::shown::WellArgs;
use crate::digests::hex;
use crate::pixels::{DecodedPlane, PlaneProblem, PlaneWanted, preview, shown_link};

/// Stretches of a histogram.
const BINS: usize = 256;
/// Planes whose notes are looked up.
const MOST_NOTED: usize = 64;
/// Red, green, blue.
type Rgb = (u8, u8, u8);

/// Colours to begin with, by a part of a channel's name; the first that fits.
const COLOURS: [(&[&str], Rgb); 6] = [
    (&["dna", "dapi", "hoechst", "nucle"], (91, 143, 249)),
    (&["mito", "ph3"], (214, 90, 205)),
    (&["rna", "syto"], (236, 190, 90)),
    (&["agp", "actin", "phalloidin", "rfp", "cells"], (238, 106, 80)),
    (&["er", "cona", "gfp", "fitc"], (70, 200, 130)),
    (&["brightfield", "bf", "phase", "trans"], (225, 225, 225)),
];
/// Colours of channels whose names say nothing, in turn.
const OTHERS: [Rgb; 6] =
    [(91, 143, 249), (70, 200, 130), (238, 106, 80), (236, 190, 90), (214, 90, 205), (80, 200, 220)];

impl Desk {
    /// Everything imaged of one well.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `session`.
    pub async fn images(&self, args: WellArgs) -> Answer<WellImages> {
        let showing = self.showing()?;
        let (key, upto) = (showing.plate(&args.plate)?, showing.upto());
        let asked = Arc::clone(&key);
        let about = showing.look(move |board| {
            let plate = board.plate(&asked)?;
            let format = plate.format()?;
            let well = Well::at_index(usize::from(args.well), format)?;
            let entry = plate.layout().and_then(|layout| layout.wells.iter().find(|entry| entry.well == well));
            Some((format, well, entry.map(|entry| layout_entry(args.well, entry))))
        });
        let (format, well, layout) = about.await?.ok_or_else(no_such_well)?;
        let stored = showing.pixels.planes(&key, well, upto).await?;
        let imaged = showing.pixels.imaged_wells(&key, format, upto).await?;
        let names = channels_of(&showing, &key, upto, &stored, imaged.len()).await?;
        let flags = flags(&showing, &key, well, upto).await?;
        let number = |name: &str| names.iter().position(|known| **known == *name).unwrap_or(usize::MAX);
        let mut sites: BTreeMap<u16, SiteImages> = BTreeMap::new();
        let previews = showing.pixels.previews_of(&stored).await?;
        for (plane, preview) in stored.iter().zip(&previews) {
            let site = plane.image.site;
            let entry = sites.entry(site).or_insert_with(|| {
                let flags = flags.get(&site).cloned().unwrap_or_default();
                SiteImages { site, planes: Vec::new(), flags }
            });
            let channel = u16::try_from(number(&plane.image.channel)).unwrap_or(u16::MAX);
            entry.planes.push(plane_info(plane, preview.as_ref(), channel));
        }
        let notes = {
            let seqs: Vec<i64> = stored.iter().take(MOST_NOTED).map(|plane| plane.seq).collect();
            showing.reader.lock().await.notes_on(&seqs).await?
        };
        let index = |well: &Well| well.index_in(format).and_then(|index| u16::try_from(index).ok());
        Ok(WellImages {
            plate: args.plate,
            well: args.well,
            name: well.to_string(),
            layout,
            sites: sites.into_values().collect(),
            channels: channels(&names),
            z: stored.iter().map(|plane| plane.image.z).collect::<BTreeSet<_>>().into_iter().collect(),
            t: stored.iter().map(|plane| plane.image.t).collect::<BTreeSet<_>>().into_iter().collect(),
            imaged: imaged.iter().filter_map(index).collect(),
            pixel_um: one_size(&stored),
            notes: notes.into_iter().map(String::from).collect(),
        })
    }

    /// One plane, decoded.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `missing_plane`, `reference_only`, `incomplete`, `undecodable`.
    pub async fn plane(&self, args: PlaneArgs) -> Answer<PlaneDetail> {
        let showing = self.showing()?;
        let wanted = wanted(&showing, &args).await?;
        let plane = showing.pixels.plane(&wanted, || true).await?;
        let detail = tokio::task::spawn_blocking(move || plane_detail(&plane)).await;
        detail.map_err(|error| Failure::new("undecodable", error.to_string()))
    }

    /// The values under a pixel, of every channel of the site.
    ///
    /// # Errors
    /// `nothing_open`, `no_such_plate`, `no_such_well`, `session`.
    pub async fn readout(&self, args: ReadoutArgs) -> Answer<Readout> {
        let showing = self.showing()?;
        let ReadoutArgs { plate, well, site, z, t, x, y } = args;
        let of_site = PlaneArgs { plate, well, site, channel: String::new(), z, t };
        let mut wanted = wanted(&showing, &of_site).await?;
        let stored = showing.pixels.planes(&wanted.plate, wanted.well, wanted.upto).await?;
        // Asked with every move of the pointer: the plate's other wells are not looked through.
        let mut by_arrival: Vec<&StoredPlane> = stored.iter().collect();
        by_arrival.sort_by_key(|plane| plane.seq);
        let mut names: Vec<Box<str>> = Vec::new();
        for plane in by_arrival {
            if !names.contains(&plane.image.channel) {
                names.push(plane.image.channel.clone());
            }
        }
        let (mut values, mut says) = (Vec::new(), None);
        for name in names {
            wanted.channel = name;
            let value = match showing.pixels.plane_of(&stored, &wanted, || true).await {
                Ok(plane) if plane.is_preview => {
                    says = Some("No values: these pixels are a preview, not the image.".to_owned());
                    None
                }
                Ok(plane) => value_at(&plane, x, y),
                Err(_) => None,
            };
            values.push((wanted.channel.to_string(), value));
        }
        Ok(Readout { values, says })
    }
}

/// A question as the store of planes takes it.
pub(super) async fn wanted(showing: &Showing, args: &PlaneArgs) -> Answer<PlaneWanted> {
    let plate = showing.plate(&args.plate)?;
    let (asked, index) = (Arc::clone(&plate), usize::from(args.well));
    let format = showing.look(move |board| board.plate(&asked).and_then(PlateStanding::format)).await?;
    let well = format.and_then(|format| Well::at_index(index, format)).ok_or_else(no_such_well)?;
    let (site, channel, z, t) = (args.site, args.channel.as_str().into(), args.z, args.t);
    Ok(PlaneWanted { plate, well, site, channel, z, t, upto: showing.upto() })
}

impl From<PlaneProblem> for Failure {
    fn from(problem: PlaneProblem) -> Failure {
        let code = match &problem {
            PlaneProblem::Missing => "missing_plane",
            PlaneProblem::Reference { .. } | PlaneProblem::LeftOut => "reference_only",
            PlaneProblem::Incomplete { .. } => "incomplete",
            PlaneProblem::Undecodable { .. } => "undecodable",
            PlaneProblem::Session { .. } => "session",
            PlaneProblem::Superseded => "superseded",
        };
        Failure::new(code, problem.to_string())
    }
}

/// Reasons of the flags that stand on the sites of a well.
async fn flags(showing: &Showing, key: &PlateKey, well: Well, upto: i64) -> Answer<BTreeMap<u16, Vec<String>>> {
    let mut reader = showing.reader.lock().await;
    let said = reader.said_about(key, upto).await?;
    let mut raised: BTreeMap<Box<str>, (u16, String)> = BTreeMap::new();
    for (_, record) in said {
        let Record::Flag(flag) = record else { continue };
        let (true, Some(site)) = (flag.spot.well == Some(well), flag.spot.site) else { continue };
        match flag.event {
            FlagEvent::Raised => raised.insert(flag.id, (site, flag.reason.into())),
            FlagEvent::Cleared => raised.remove(&flag.id),
        };
    }
    let mut of_site: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for (site, reason) in raised.into_values() {
        of_site.entry(site).or_default().push(reason);
    }
    Ok(of_site)
}

/// The channels of a well, and those that most wells of its plate have: one that is missing here is not passed over.
async fn channels_of(
    showing: &Showing,
    plate: &PlateKey,
    upto: i64,
    stored: &[StoredPlane],
    imaged_wells: usize,
) -> Answer<Vec<Box<str>>> {
    let all = showing.pixels.channels(plate, upto).await?;
    let is_here = |name: &str| stored.iter().any(|plane| *plane.image.channel == *name);
    let is_usual = |wells: u32| wells as usize * 2 >= imaged_wells.max(1);
    Ok(all.into_iter().filter(|(name, wells)| is_here(name) || is_usual(*wells)).map(|(name, _)| name).collect())
}

fn plane_info(plane: &StoredPlane, preview: Option<&Preview>, channel: u16) -> PlaneInfo {
    let (state, says) = match &plane.image.pixels {
        Pixels::Linked { link } => {
            let place = shown_link(link);
            (PlaneState::Reference, Some(format!("Its pixels lie at {place} and are not fetched by this version.")))
        }
        Pixels::Inline { .. } if plane.is_whole() => match preview {
            Some(preview) => (PlaneState::Preview, Some(preview::says(preview.size()))),
            None => (PlaneState::Stored, None),
        },
        Pixels::Inline { .. } => {
            let (have, wanted) = (plane.pieces.len(), plane.wanted);
            (PlaneState::Incomplete, Some(format!("{have} of {wanted} pieces of its file have arrived.")))
        }
    };
    let (z, t, seq, acquired_ms) = (plane.image.z, plane.image.t, plane.seq, plane.image.acquired_at_ms);
    PlaneInfo { channel, z, t, state, says, seq, acquired_ms }
}

fn channels(names: &[Box<str>]) -> Vec<ChannelInfo> {
    let mut others = OTHERS.iter().cycle();
    let mut found: Vec<ChannelInfo> = Vec::new();
    for name in names {
        let small = name.to_lowercase();
        let is_named = |part: &str| if part.len() <= 2 { small == part } else { small.contains(part) };
        let known = COLOURS.iter().find(|(parts, _)| parts.iter().any(|part| is_named(part))).map(|(_, rgb)| *rgb);
        let is_free = |rgb: &Rgb| found.iter().all(|channel| channel.rgb != *rgb);
        let rgb =
            known.filter(is_free).or_else(|| others.by_ref().take(OTHERS.len()).find(|rgb| is_free(rgb)).copied());
        found.push(ChannelInfo { name: name.to_string(), rgb: rgb.unwrap_or((225, 225, 225)) });
    }
    found
}

fn one_size(stored: &[StoredPlane]) -> Option<f64> {
    let mut sizes = stored.iter().filter_map(|plane| plane.image.pixel_um);
    let first = sizes.next()?;
    sizes.all(|size| size == first).then_some(first)
}

/// The upper end of the histogram: 255, 511, 1,023, … the first that the greatest intensity does not exceed.
fn top(greatest: u16) -> u16 {
    let above = (u32::from(greatest) + 1).next_power_of_two().max(256);
    u16::try_from(above - 1).unwrap_or(u16::MAX)
}

fn plane_detail(plane: &DecodedPlane) -> PlaneDetail {
    let (grey, histogram) = (plane.level(0), plane.histogram());
    let range = (histogram.percentile(0.0), histogram.percentile(100.0));
    // Blur and saturation are of the pixels that were taken; a preview has none of them.
    let quality = (!plane.is_preview).then(|| vision::quality(&grey, plane.bits));
    PlaneDetail {
        width: plane.size.0,
        height: plane.size.1,
        sample: plane.sample.to_owned(),
        bits: plane.bits,
        span: grey.span,
        range,
        auto: histogram.auto_range(),
        top: top(range.1),
        counts: histogram.bins(0, top(range.1), BINS),
        saturated_percent: quality.as_ref().map(|quality| quality.saturated_percent),
        focus_slope: quality.and_then(|quality| quality.focus_slope),
        sha256: hex(&plane.sha256),
        bytes: plane.file_bytes,
        format: plane.format.to_owned(),
        preview: plane.is_preview.then(|| preview::says((grey.width, grey.height))),
        seq: plane.seq,
    }
}

fn value_at(plane: &DecodedPlane, x: u32, y: u32) -> Option<f64> {
    let grey = plane.level(0);
    if x >= grey.width || y >= grey.height {
        return None;
    }
    let value = *grey.values.get(y as usize * grey.width as usize + x as usize)?;
    let (low, high) = grey.span;
    let is_count = (low, high) == (0.0, 65_535.0);
    Some(if is_count { f64::from(value) } else { low + f64::from(value) / 65_535.0 * (high - low) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_colours_of_their_own() {
        let of = |names: &[&str]| channels(&names.iter().map(|name| (*name).into()).collect::<Vec<_>>());
        let painting = of(&["DNA", "ER", "RNA", "AGP", "Mito"]);
        for (at, channel) in painting.iter().enumerate() {
            assert!(painting.iter().skip(at + 1).all(|other| other.rgb != channel.rgb), "{painting:?}");
        }
        assert_eq!(painting[0].rgb, (91, 143, 249));
        assert_eq!(of(&["w1", "w2"])[1].rgb, OTHERS[1]);
        assert_eq!(of(&["Water"])[0].rgb, OTHERS[0], "no endoplasmic reticulum");
        assert_eq!(of(&["x"; 9]).len(), 9);
    }

    #[test]
    fn the_histogram_ends_at_a_power_of_two() {
        assert_eq!([0, 255, 256, 4_095, 40_000].map(top), [255, 255, 511, 4_095, 65_535]);
    }
}
