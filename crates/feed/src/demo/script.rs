//! The play as a list: which message goes out when. Pure: the same plates, start and speed give the same list.

use std::borrow::Cow;
use std::sync::Arc;

use plate::{
    FeatureList, Features, FlagEvent, FlagRecord, ImageRecord, LayoutRecord, Pixels, PlateKey, ResultRecord, Severity,
    Spot, StageEvent, StageRecord, Value,
};
use wire::Headers;
use wire::envelope::Kind;

use super::DemoOptions;
use super::data::{DemoPlate, FORMAT};
use super::pictures::Picture;

/// One message of the play.
#[derive(Debug, PartialEq)]
pub(super) struct Cue {
    /// Milliseconds after the start, at the play's speed.
    pub(super) after_ms: i64,
    /// When it says that it happened: the start and the above, milliseconds since 1970 UTC.
    pub(super) at_ms: i64,
    /// Which topic.
    pub(super) kind: Kind,
    /// Which plate, by its place in the play, if it is one of its wells.
    pub(super) well_of: Option<usize>,
    /// Its partition, where not the key decides.
    pub(super) partition: Option<i32>,
    pub(super) key: String,
    pub(super) headers: Headers,
    pub(super) body: Cow<'static, [u8]>,
}

/// Plates of the play: each has a partition for its pictures.
pub(super) const IMAGE_PARTITIONS: i32 = 8;
/// What the pipeline counted in a picture, per site: the nuclei of the mask that came with it.
const NUCLEI: &str = "Nuclei_Count";

/// Plates that are imaged side by side.
const IMAGERS: usize = 3;
// Milliseconds at speed 1.
const MINUTE: i64 = 60_000;
/// From one imager's begin to the next one's.
const STAGGER: i64 = 10 * MINUTE;
/// Imaging a plate.
const IMAGING: i64 = 30 * MINUTE;
/// The robot's time between two plates on one imager.
const EXCHANGE: i64 = 2 * MINUTE;
/// In the incubator's queue before imaging.
const AHEAD: i64 = MINUTE;
/// Analysis behind the last well.
const ANALYSIS: i64 = MINUTE;

struct Writer<'a> {
    options: &'a DemoOptions,
    cues: Vec<Cue>,
}

impl Writer<'_> {
    /// A moment of the lab at the play's speed, milliseconds after the start.
    fn after(&self, lab_ms: i64) -> i64 {
        (lab_ms as f64 / self.options.speed) as i64
    }

    /// The same moment as a time, milliseconds since 1970 UTC.
    fn at(&self, lab_ms: i64) -> i64 {
        self.options.started_at_ms + self.after(lab_ms)
    }

    fn push(&mut self, lab_ms: i64, kind: Kind, well_of: Option<usize>, plate: &PlateKey, body: Vec<u8>) {
        let (after_ms, at_ms, key) = (self.after(lab_ms), self.at(lab_ms), wire::message_key(plate));
        let (headers, body) = (Headers::default(), Cow::Owned(body));
        self.cues.push(Cue { after_ms, at_ms, kind, well_of, partition: None, key, headers, body });
    }

    /// A picture, what the pipeline counted in it, and its flag where it is not sharp.
    fn picture(&mut self, lab_ms: i64, place: usize, plate: &Arc<PlateKey>, picture: &Picture) -> Result<(), String> {
        let (after_ms, at_ms, key) = (self.after(lab_ms), self.at(lab_ms), wire::message_key(plate));
        let content_type = Some(picture.content_type.into());
        let image = ImageRecord {
            plate: plate.clone(),
            format: FORMAT,
            well: picture.well,
            site: picture.site,
            z: 0,
            t: 0,
            channel: picture.channel.clone(),
            page: 0,
            pixels: Pixels::Inline { content_type, bytes: picture.file.len() as u64 },
            sha256: None,
            chunk: None,
            pixel_um: None,
            acquired_at_ms: Some(at_ms),
        };
        let headers = wire::encode_image_headers(&[image]).map_err(|error| error.to_string())?;
        let (kind, body) = (Kind::Images, Cow::Borrowed(picture.file));
        let partition = i32::try_from(place).ok().map(|place| place % IMAGE_PARTITIONS);
        self.cues.push(Cue { after_ms, at_ms, kind, well_of: None, partition, key, headers, body });
        if let Some(nuclei) = picture.nuclei {
            let list = Arc::new(FeatureList::new(vec![NUCLEI.into()]));
            let features = Features::new(list, [Value::from_received(nuclei.into())]).map_err(|e| e.to_string())?;
            let (plate, site, read_at_ms) = (plate.clone(), Some(picture.site), Some(at_ms));
            let record = ResultRecord { plate, format: FORMAT, well: picture.well, site, read_at_ms, features };
            let body = wire::encode_result(&record).map_err(|error| error.to_string())?;
            self.push(lab_ms, Kind::Results, None, &record.plate, body);
        }
        if let Some(sigma) = picture.blurred_px {
            let spot =
                Spot { well: Some(picture.well), site: Some(picture.site), channel: Some(picture.channel.clone()) };
            let flag = FlagRecord {
                id: format!("demo-{}-{}-{}", plate.barcode, picture.well, picture.site).into(),
                plate: plate.clone(),
                spot,
                event: FlagEvent::Raised,
                reason: "out_of_focus".into(),
                severity: Severity::Warning,
                score: Some(f64::from(sigma)),
                source: "pipeline".into(),
                at_ms,
                guidance: Some("Look whether the whole site is soft; take it again if it is.".into()),
            };
            let body = wire::encode_flag(&flag).map_err(|error| error.to_string())?;
            self.push(lab_ms, Kind::Flags, None, plate, body);
        }
        Ok(())
    }

    fn stage(
        &mut self,
        lab_ms: i64,
        plate: &Arc<PlateKey>,
        stage: &str,
        event: StageEvent,
        instrument: &str,
    ) -> Result<(), String> {
        let at_ms = self.at(lab_ms);
        let instrument = Some(instrument.into());
        let (plate, stage, by) = (plate.clone(), stage.into(), Some("demo lab".into()));
        let record = StageRecord { plate, stage, event, at_ms, instrument, by, note: None, correlation: None };
        let body = wire::encode_stage(&record).map_err(|error| error.to_string())?;
        self.push(lab_ms, Kind::Stages, None, &record.plate, body);
        Ok(())
    }
}

/// The whole play, in the order of time.
pub(super) fn script(plates: &[DemoPlate], pictures: &[Picture], options: &DemoOptions) -> Result<Vec<Cue>, String> {
    let mut writer = Writer { options, cues: Vec::new() };
    for (index, plate) in plates.iter().enumerate() {
        let (imager, turn) = (index % IMAGERS, (index / IMAGERS) as i64);
        let begin = AHEAD + imager as i64 * STAGGER + turn * (IMAGING + EXCHANGE);
        let end = begin + IMAGING;
        let key = Arc::new(PlateKey::new(&options.run, &plate.barcode));
        let imager = format!("imager-{}", imager + 1);
        writer.stage(begin - AHEAD, &key, "incubated", StageEvent::Entered, "incubator-1")?;
        let layout = LayoutRecord { plate: key.clone(), layout: plate.layout.clone() };
        let body = wire::encode_layout(&layout).map_err(|error| error.to_string())?;
        writer.push(begin - AHEAD, Kind::Layouts, None, &key, body);
        writer.stage(begin, &key, "incubated", StageEvent::Left, "incubator-1")?;
        writer.stage(begin, &key, "imaged", StageEvent::Entered, &imager)?;
        let wells = plate.wells.len().max(1) as i64;
        for (place, (well, features)) in plate.wells.iter().enumerate() {
            let lab_ms = begin + (place as i64 + 1) * IMAGING / wells;
            let read_at_ms = Some(writer.at(lab_ms));
            let (plate, features) = (key.clone(), features.clone());
            let record = ResultRecord { plate, format: FORMAT, well: *well, site: None, read_at_ms, features };
            let body = wire::encode_result(&record).map_err(|error| error.to_string())?;
            writer.push(lab_ms, Kind::Results, Some(index), &key, body);
            let of_well = |picture: &&Picture| picture.well == *well && *picture.barcode == *key.barcode;
            for picture in pictures.iter().filter(of_well) {
                writer.picture(lab_ms, index, &key, picture)?;
            }
        }
        writer.stage(end, &key, "imaged", StageEvent::Left, &imager)?;
        writer.stage(end, &key, "analysed", StageEvent::Entered, "cluster")?;
        writer.stage(end + ANALYSIS, &key, "analysed", StageEvent::Left, "cluster")?;
    }
    // Stable: what happens at one moment keeps its order.
    writer.cues.sort_by_key(|cue| cue.after_ms);
    Ok(writer.cues)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(speed: f64) -> Vec<Cue> {
        let options =
            DemoOptions { speed, started_at_ms: 1_800_000_000_000, run: super::super::demo_run("2026-11-22") };
        script(&super::super::data::plates().unwrap(), &super::super::pictures::pictures().unwrap(), &options).unwrap()
    }

    #[test]
    fn the_play_fits_into_the_mock_and_into_a_coffee_break() {
        let cues = at(60.0);
        let count = |kind| cues.iter().filter(|cue| cue.kind == kind).count();
        let counted = 8 * 20 + 4 + 2;
        assert_eq!((count(Kind::Results), count(Kind::Layouts), count(Kind::Stages)), (8 * 384 - 1 + counted, 8, 48));
        assert_eq!((count(Kind::Images), count(Kind::Flags)), (8 * (20 + 3) + 4 * 3 + 2, 8));
        let size = |cue: &Cue| cue.body.len() + cue.key.len() + 400;
        let bytes: usize = cues.iter().filter(|cue| cue.kind != Kind::Images).map(size).sum();
        assert!(bytes < 3 << 20, "{bytes} bytes are more than the mock's 5 MiB a partition should be trusted with");
        for plate in 0..8 {
            let key = &cues.iter().find(|cue| cue.well_of == Some(plate)).unwrap().key;
            let images: usize = cues.iter().filter(|c| c.kind == Kind::Images && c.key == *key).map(size).sum();
            assert!(images < 9 << 19, "{images} bytes of images of plate {plate} in one partition");
        }
        assert!(cues.iter().all(|cue| cue.body.len() < 2 << 20), "what the mock can give back");
        let first: Vec<i64> = cues.iter().filter(|cue| cue.well_of == Some(0)).map(|cue| cue.after_ms).collect();
        let seconds = (first[383] - first[0]) / 1000;
        assert!((28..=31).contains(&seconds), "a plate takes {seconds} s at speed 60");
        assert!(cues.windows(2).all(|pair| pair[0].after_ms <= pair[1].after_ms));
        assert_eq!(cues[0].key, "DEMO-LINCS-2026-11-22/SQ00015194");
    }

    #[test]
    fn layouts_come_before_results_and_several_plates_are_in_flight() {
        let cues = at(1.0);
        for plate in 0..8 {
            let key = &cues.iter().find(|cue| cue.well_of == Some(plate)).unwrap().key;
            let layout = cues.iter().position(|cue| cue.kind == Kind::Layouts && cue.key == *key).unwrap();
            assert!(layout < cues.iter().position(|cue| cue.well_of == Some(plate)).unwrap());
        }
        let span = |plate| {
            let mut times = cues.iter().filter(|cue| cue.well_of == Some(plate)).map(|cue| cue.after_ms);
            (times.next().unwrap(), times.next_back().unwrap())
        };
        assert!((0..3).all(|plate| span(plate).0 < 25 * MINUTE && span(plate).1 > 25 * MINUTE));
    }
}
