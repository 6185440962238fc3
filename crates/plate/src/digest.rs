//! Canonical bytes and their SHA-256: the same on every machine (`DATA.md`, "Links and digests").
//!
//! Every field is length-prefixed or of fixed width, little-endian, so that no two different inputs share bytes.

use sha2::{Digest, Sha256};

use crate::alert::Alert;
use crate::flag::FlagRecord;
use crate::origin::Origin;
use crate::record::{Pixels, Record};
use crate::review::{ReviewBody, ReviewRecord};
use crate::spot::Spot;

/// A SHA-256 that is fed fields.
#[derive(Debug, Clone, Default)]
pub struct FieldHasher(Sha256);

impl FieldHasher {
    /// A hasher that begins with a domain's name, so that digests of different things never agree.
    #[must_use]
    pub fn new(domain: &str) -> FieldHasher {
        let mut hasher = FieldHasher(Sha256::new());
        hasher.text(domain);
        hasher
    }

    /// A byte string with its length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// A text with its length.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// An optional byte string: absent differs from empty.
    pub fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            None => self.0.update([0]),
            Some(bytes) => {
                self.0.update([1]);
                self.bytes(bytes);
            }
        }
    }

    /// A number of fixed width.
    pub fn number(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    /// A 64-bit pattern, as of an `f64`.
    pub fn bits(&mut self, bits: u64) {
        self.0.update(bits.to_le_bytes());
    }

    /// Bytes of fixed length, without a prefix.
    pub fn fixed(&mut self, bytes: &[u8; 32]) {
        self.0.update(bytes);
    }

    /// The digest.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The digest of one message as received: its timestamp, key, headers (in their stored form) and body.
#[must_use]
pub fn message_digest(timestamp_ms: i64, key: Option<&[u8]>, headers: &[u8], body: Option<&[u8]>) -> [u8; 32] {
    let mut hasher = FieldHasher::default();
    hasher.number(timestamp_ms);
    hasher.optional(key);
    hasher.bytes(headers);
    hasher.optional(body);
    hasher.finish()
}

/// Feeds a place in a stream.
pub fn feed_origin(hasher: &mut FieldHasher, origin: &Origin) {
    hasher.text(&origin.source.cluster);
    hasher.text(&origin.source.topic);
    hasher.number(i64::from(origin.source.incarnation));
    hasher.number(i64::from(origin.partition));
    hasher.number(origin.offset);
    hasher.number(origin.timestamp_ms);
}

/// Feeds what was decoded.
pub fn feed_record(hasher: &mut FieldHasher, record: &Record) {
    let plate = record.plate();
    hasher.text(&plate.run);
    hasher.text(&plate.barcode);
    hasher.number(record.format().map_or(0, |format| i64::from(format.wells())));
    match record {
        Record::Result(result) => {
            hasher.number(1);
            hasher.number(i64::from(result.well.packed()));
            hasher.number(result.site.map_or(-1, i64::from));
            hasher.number(result.read_at_ms.unwrap_or(i64::MIN));
            hasher.fixed(result.features.list().digest());
            for bits in result.features.bits() {
                hasher.bits(*bits);
            }
        }
        Record::Layout(layout) => {
            hasher.number(2);
            feed_layout(hasher, &layout.layout);
        }
        Record::Image(image) => {
            hasher.number(3);
            for number in [i64::from(image.well.packed()), image.site.into(), image.z.into(), image.t.into()] {
                hasher.number(number);
            }
            hasher.text(&image.channel);
            hasher.number(image.page.into());
            hasher.optional(image.sha256.as_ref().map(|sha| sha.as_slice()));
            hasher.optional(match &image.pixels {
                Pixels::Linked { link } => Some(link.as_bytes()),
                Pixels::Inline { .. } => None,
            });
            hasher.optional(image.chunk.as_ref().map(|chunk| chunk.id.as_bytes()));
            hasher.number(image.chunk.as_ref().map_or(-1, |chunk| chunk.index.into()));
        }
        Record::Stage(stage) => {
            hasher.number(4);
            hasher.text(&stage.stage);
            hasher.text(stage.event.as_str());
            hasher.number(stage.at_ms);
            for text in [&stage.instrument, &stage.by, &stage.note, &stage.correlation] {
                hasher.optional(text.as_ref().map(|text| text.as_bytes()));
            }
        }
        Record::Flag(flag) => {
            hasher.number(5);
            feed_flag(hasher, flag);
        }
        Record::Task(task) => {
            hasher.number(6);
            feed_spot(hasher, &task.spot);
            hasher.text(&task.task);
            hasher.text(&task.kind);
            hasher.number(task.due_ms.unwrap_or(i64::MIN));
            for text in [&task.asked_of, &task.correlation] {
                hasher.optional(text.as_ref().map(|text| text.as_bytes()));
            }
        }
        Record::Review(review) => {
            hasher.number(7);
            feed_review(hasher, review);
        }
    }
}

fn feed_spot(hasher: &mut FieldHasher, spot: &Spot) {
    hasher.number(spot.well.map_or(-1, |well| well.packed().into()));
    hasher.number(spot.site.map_or(-1, i64::from));
    hasher.optional(spot.channel.as_ref().map(|channel| channel.as_bytes()));
}

fn feed_flag(hasher: &mut FieldHasher, flag: &FlagRecord) {
    feed_spot(hasher, &flag.spot);
    for text in [&*flag.id, flag.event.as_str(), &flag.reason, flag.severity.as_str(), &flag.source] {
        hasher.text(text);
    }
    hasher.bits(flag.score.map_or(u64::MAX, f64::to_bits));
    hasher.number(flag.at_ms);
    hasher.optional(flag.guidance.as_ref().map(|text| text.as_bytes()));
}

fn feed_review(hasher: &mut FieldHasher, review: &ReviewRecord) {
    feed_spot(hasher, &review.spot);
    hasher.text(&review.id);
    hasher.text(&review.source);
    hasher.number(review.at_ms);
    hasher.number(review.sequence.map_or(-1, |number| i64::try_from(number).unwrap_or(i64::MAX)));
    for text in [&review.correlation, &review.supersedes] {
        hasher.optional(text.as_ref().map(|text| text.as_bytes()));
    }
    hasher.optional(review.by.as_ref().map(|by| by.user.as_bytes()));
    hasher.optional(review.by.as_ref().and_then(|by| by.name.as_ref()).map(|name| name.as_bytes()));
    match &review.body {
        ReviewBody::Decision(decision) => {
            hasher.text(decision.verdict.as_str());
            hasher.number(decision.reasons.len() as i64);
            decision.reasons.iter().for_each(|reason| hasher.text(reason));
            for text in [&decision.comment, &decision.task] {
                hasher.optional(text.as_ref().map(|text| text.as_bytes()));
            }
            hasher.bits(decision.confidence.map_or(u64::MAX, f64::to_bits));
            hasher.number(decision.seen_seq.unwrap_or(-1));
        }
        ReviewBody::Annotation(annotation) => {
            hasher.text(&annotation.annotation);
            hasher.text(annotation.shape.kind());
            let numbers = annotation.shape.numbers();
            hasher.number(numbers.len() as i64);
            numbers.iter().for_each(|number| hasher.bits(number.to_bits()));
            hasher.text(&annotation.label);
            hasher.number(annotation.is_deleted.into());
        }
        ReviewBody::Exclusion { wells, event, reason } => {
            hasher.number(wells.len() as i64);
            wells.iter().for_each(|well| hasher.number(well.packed().into()));
            hasher.text(event.as_str());
            hasher.text(reason);
        }
        ReviewBody::Other { kind } => hasher.text(kind),
    }
}

/// The digest of a layout alone.
#[must_use]
pub fn layout_digest(layout: &crate::layout::Layout) -> [u8; 32] {
    let mut hasher = FieldHasher::new("layout");
    feed_layout(&mut hasher, layout);
    hasher.finish()
}

/// Feeds a layout, well by well in row-major order.
pub fn feed_layout(hasher: &mut FieldHasher, layout: &crate::layout::Layout) {
    hasher.number(i64::from(layout.format.wells()));
    hasher.optional(layout.assay.as_ref().map(|text| text.as_bytes()));
    hasher.optional(layout.cells.as_ref().map(|text| text.as_bytes()));
    hasher.number(layout.wells.len() as i64);
    for entry in &layout.wells {
        hasher.number(i64::from(entry.well.packed()));
        hasher.text(entry.role.as_str());
        hasher.optional(entry.compound.as_ref().map(|text| text.as_bytes()));
        match &entry.concentration {
            None => hasher.number(0),
            Some(concentration) => {
                hasher.number(1);
                hasher.bits(concentration.value.to_bits());
                hasher.text(&concentration.unit);
            }
        }
        hasher.number(entry.replicate.map_or(-1, i64::from));
    }
}

/// Feeds an alert; its cause is named by `seq`.
pub fn feed_alert(hasher: &mut FieldHasher, alert: &Alert) {
    hasher.text(&alert.plate.run);
    hasher.text(&alert.plate.barcode);
    hasher.text(&alert.feature);
    hasher.text(&alert.rule);
    hasher.text(alert.positive.as_str());
    hasher.text(alert.negative.as_str());
    hasher.text(alert.level.as_str());
    hasher.bits(alert.value.map_or(u64::MAX, f64::to_bits));
    hasher.bits(alert.limit.map_or(u64::MAX, f64::to_bits));
    hasher.number(alert.counts.0.into());
    hasher.number(alert.counts.1.into());
    hasher.number(alert.cause_seq);
    hasher.text(&alert.rules);
    // Alerts of whole plates are as they were before there were others.
    if let Some(well) = alert.spot.well {
        hasher.number(well.packed().into());
        hasher.number(alert.spot.site.map_or(0, i64::from));
    }
}
