//! A lab's messages: plates, results, layouts, stages and images as the native contract writes them.

use std::sync::Arc;

use engine::now_us;
use plate::{
    Concentration, FeatureList, Features, FlagEvent, FlagRecord, Format, ImageRecord, Layout, LayoutRecord, LayoutWell,
    Pixels, PlateKey, ResultRecord, Role, Severity, Spot, StageEvent, StageRecord, Value, Well,
};
use sha2::{Digest, Sha256};
use wire::{
    Kind, encode_flag, encode_image, encode_image_headers, encode_layout, encode_result, encode_stage, message_key,
};

use crate::broker::Topics;
use crate::producer::Message;
use crate::seed::Seed;

/// The features of every result.
pub const FEATURES: [&str; 3] = ["Cells_Count", "Nuclei_AreaShape_Area_mean", "Morphology_Distance"];

/// Milliseconds since 1970 UTC, now: broker and retention look at timestamps, so messages are of today.
#[must_use]
pub fn now_ms() -> i64 {
    now_us() / 1000
}

/// Writes messages to one test's topics; a plate's messages of one kind share a partition.
pub struct Lab {
    topics: Vec<(Kind, Arc<str>, i32)>,
    names: Arc<FeatureList>,
    /// The timestamp of the next message; one millisecond more after each.
    pub clock_ms: i64,
}

/// One plate of a run.
#[must_use]
pub fn plate(number: u32) -> Arc<PlateKey> {
    Arc::new(PlateKey::new("RUN-1", &format!("PL{number:05}")))
}

/// A 384-well layout: columns 1 and 2 negative, 23 and 24 positive, all others samples.
#[must_use]
pub fn layout_384(assay: &str) -> Arc<Layout> {
    let wells = (0..384).map(|index| {
        let well = Well::at_index(index, Format::F384).unwrap();
        let (role, compound) = match well.column() {
            0 | 1 => (Role::Negative, "DMSO"),
            22 | 23 => (Role::Positive, "MG-132"),
            _ => (Role::Sample, "CMP-0048390"),
        };
        let dose = Concentration { value: 5.0, unit: "uM".into() };
        let concentration = (role == Role::Sample).then_some(dose);
        LayoutWell { well, role, compound: Some(compound.into()), concentration, replicate: None }
    });
    Arc::new(Layout::new(Format::F384, Some(assay.into()), Some("A549".into()), wells.collect()).unwrap())
}

/// Values of one well: negatives near 600, positives near 40, samples between.
#[must_use]
pub fn values(seed: &mut Seed, well: Well) -> [f64; 3] {
    let middle = match well.column() {
        0 | 1 => 600.0,
        22 | 23 => 40.0,
        _ => 450.0,
    };
    [(middle * (0.95 + 0.1 * seed.unit())).round(), 200.0 + 100.0 * seed.unit(), 20.0 * seed.unit()]
}

impl Lab {
    /// A lab on `topics`, each with so many partitions.
    #[must_use]
    pub fn new(topics: &Topics, partitions: i32) -> Lab {
        Lab::on(topics.all(), partitions)
    }

    /// A lab on topics of these names.
    #[must_use]
    pub fn on(topics: &[(Kind, String)], partitions: i32) -> Lab {
        let topics = topics.iter().map(|(kind, name)| (*kind, name.as_str().into(), partitions)).collect();
        let names = Arc::new(FeatureList::new(FEATURES.iter().map(|name| (*name).into()).collect()));
        Lab { topics, names, clock_ms: now_ms() - 60_000 }
    }

    /// Sets how many partitions the lab spreads a kind over.
    #[must_use]
    pub fn spreading(mut self, kind: Kind, partitions: i32) -> Lab {
        self.topics.iter_mut().filter(|(other, ..)| *other == kind).for_each(|topic| topic.2 = partitions);
        self
    }

    /// A message with any body, as the lab would address it.
    pub fn message(&mut self, kind: Kind, plate: &PlateKey, body: Option<Vec<u8>>) -> Message {
        let (_, topic, partitions) = self.topics.iter().find(|(other, ..)| *other == kind).unwrap();
        let key = message_key(plate).into_bytes();
        let mixed = key.iter().fold(0_u32, |mixed, byte| mixed.wrapping_mul(31).wrapping_add(u32::from(*byte)));
        self.clock_ms += 1;
        Message {
            topic: Arc::clone(topic),
            partition: (mixed % u32::try_from(*partitions).unwrap()) as i32,
            key: Some(key),
            headers: Vec::new(),
            body,
            timestamp_ms: self.clock_ms,
        }
    }

    /// Features of one well.
    pub fn result(&mut self, plate: &Arc<PlateKey>, well: Well, values: [f64; 3]) -> Message {
        let values = values.map(Value::Number);
        let record = ResultRecord {
            plate: Arc::clone(plate),
            format: Format::F384,
            well,
            site: None,
            read_at_ms: Some(self.clock_ms),
            features: Features::new(Arc::clone(&self.names), values).unwrap(),
        };
        let body = encode_result(&record).unwrap();
        self.message(Kind::Results, plate, Some(body))
    }

    /// The layout of [`layout_384`].
    pub fn layout(&mut self, plate: &Arc<PlateKey>) -> Message {
        self.layout_of(plate, layout_384("Cell Painting"))
    }

    /// A layout.
    pub fn layout_of(&mut self, plate: &Arc<PlateKey>, layout: Arc<Layout>) -> Message {
        let body = encode_layout(&LayoutRecord { plate: Arc::clone(plate), layout }).unwrap();
        self.message(Kind::Layouts, plate, Some(body))
    }

    /// A stage.
    pub fn stage(&mut self, plate: &Arc<PlateKey>, stage: &str, event: StageEvent) -> Message {
        let record = StageRecord {
            plate: Arc::clone(plate),
            stage: stage.into(),
            event,
            at_ms: self.clock_ms,
            instrument: Some("imager-2".into()),
            by: Some("scheduler".into()),
            note: None,
            correlation: None,
        };
        let body = encode_stage(&record).unwrap();
        self.message(Kind::Stages, plate, Some(body))
    }

    /// An image in the message: so many bytes that begin as a TIFF does.
    pub fn image(&mut self, plate: &Arc<PlateKey>, well: Well, site: u16, bytes: usize, seed: &mut Seed) -> Message {
        let mut file = seed.bytes(bytes);
        file[..4].copy_from_slice(b"II*\0");
        self.image_file(plate, well, site, file)
    }

    /// A message with an image file.
    pub fn image_file(&mut self, plate: &Arc<PlateKey>, well: Well, site: u16, file: Vec<u8>) -> Message {
        let pixels = Pixels::Inline { content_type: Some("image/tiff".into()), bytes: file.len() as u64 };
        let plane = self.plane(plate, well, site, pixels, Sha256::digest(&file).into());
        self.inline(plate, plane, file)
    }

    /// An image file in the message, as it is.
    pub fn picture(&mut self, plate: &Arc<PlateKey>, well: Well, site: u16, channel: &str, file: &[u8]) -> Message {
        let content_type = if file.starts_with(b"\x89PNG") { "image/png" } else { "image/tiff" };
        let pixels = Pixels::Inline { content_type: Some(content_type.into()), bytes: file.len() as u64 };
        let plane = self.plane(plate, well, site, pixels, Sha256::digest(file).into());
        let plane = ImageRecord { channel: channel.into(), sha256: None, pixel_um: Some(0.65), ..plane };
        self.inline(plate, plane, file.to_vec())
    }

    fn inline(&mut self, plate: &PlateKey, plane: ImageRecord, file: Vec<u8>) -> Message {
        let headers = encode_image_headers(&[plane]).unwrap();
        let mut message = self.message(Kind::Images, plate, Some(file));
        let headers = headers.iter().map(|(name, value)| (name.to_owned(), value.map(<[u8]>::to_vec)));
        message.headers = headers.collect();
        message
    }

    /// The pipeline's flag on a site: it looks out of focus.
    pub fn flag(&mut self, plate: &Arc<PlateKey>, well: Well, site: u16) -> Message {
        let record = FlagRecord {
            plate: Arc::clone(plate),
            spot: Spot { well: Some(well), site: Some(site), channel: Some("DNA".into()) },
            id: format!("flag-{well}-{site}").into(),
            event: FlagEvent::Raised,
            reason: "out_of_focus".into(),
            severity: Severity::Warning,
            score: Some(0.9),
            source: "pipeline".into(),
            at_ms: self.clock_ms,
            guidance: None,
        };
        let body = encode_flag(&record).unwrap();
        self.message(Kind::Flags, plate, Some(body))
    }

    /// An image that lies elsewhere.
    pub fn linked_image(&mut self, plate: &Arc<PlateKey>, well: Well, site: u16) -> Message {
        let link = format!("s3://plates/{}/{well}/{site}.tiff", plate.barcode);
        let sha256 = Sha256::digest(link.as_bytes()).into();
        let plane = self.plane(plate, well, site, Pixels::Linked { link: link.into() }, sha256);
        let body = encode_image(&[plane]).unwrap();
        self.message(Kind::Images, plate, Some(body))
    }

    fn plane(&self, plate: &Arc<PlateKey>, well: Well, site: u16, pixels: Pixels, sha256: [u8; 32]) -> ImageRecord {
        ImageRecord {
            plate: Arc::clone(plate),
            format: Format::F384,
            well,
            site,
            z: 0,
            t: 0,
            channel: "DNA".into(),
            page: 0,
            pixels,
            sha256: Some(sha256),
            chunk: None,
            pixel_um: Some(0.656),
            acquired_at_ms: Some(self.clock_ms),
        }
    }

    /// All wells of a plate, in row order.
    pub fn full_plate(&mut self, plate: &Arc<PlateKey>, seed: &mut Seed) -> Vec<Message> {
        let wells = (0..384).map(|index| Well::at_index(index, Format::F384).unwrap());
        wells.map(|well| self.result(plate, well, values(seed, well))).collect()
    }
}
