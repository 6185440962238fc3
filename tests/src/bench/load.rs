//! What the benches read: results of about 250 bytes with three features, their layouts, and images.

use plate::{Format, Well};
use wire::Kind;

use crate::broker::{Broker, Topics};
use crate::lab::{self, Lab, values};
use crate::malformed::malformed;
use crate::producer::Producer;
use crate::seed::Seed;

/// Partitions of the results' topic.
pub const PARTITIONS: i32 = 4;

/// Topics filled once and read by every run.
pub struct Load {
    /// The topics.
    pub topics: Topics,
    /// Messages in them.
    pub messages: u64,
    /// Bytes of their values.
    pub bytes: u64,
}

/// What to fill them with.
#[derive(Debug, Clone, Copy)]
pub struct Filling {
    /// Result messages, good and bad.
    pub results: u32,
    /// Every second result is malformed.
    pub half_bad: bool,
    /// Image messages of 100 KB.
    pub images: u32,
}

impl Load {
    /// Makes topics and fills them.
    #[must_use]
    pub fn fill(broker: &Broker, name: &str, filling: Filling) -> Load {
        let kinds = [(Kind::Results, PARTITIONS), (Kind::Layouts, 1), (Kind::Images, 2)];
        let topics = Topics::create(broker, name, &kinds);
        let mut lab = Lab::new(&topics, 1).spreading(Kind::Results, PARTITIONS).spreading(Kind::Images, 2);
        let (mut seed, producer) = (Seed::new(250), Producer::new(broker));
        let (mut messages, mut bytes) = (0, 0);
        let mut send = |message: crate::producer::Message| {
            messages += 1;
            bytes += message.body.as_ref().map_or(0, Vec::len) as u64;
            producer.send(&message);
        };
        let every = filling.results.checked_div(filling.images).map_or(u32::MAX, |every| every.max(1));
        for number in 0..filling.results {
            let plate = lab::plate(number / 384);
            let well = Well::at_index(number as usize % 384, Format::F384).unwrap();
            if number % 384 == 0 {
                send(lab.layout(&plate));
            }
            if filling.half_bad && number % 2 == 1 {
                send(malformed(&mut lab, &plate, number / 2, false, &mut seed));
            } else {
                send(lab.result(&plate, well, values(&mut seed, well)));
            }
            if number % every == 0 && number / every < filling.images {
                send(lab.image(&plate, well, 1, 100_000, &mut seed));
            }
        }
        let acknowledged = producer.ledger().len() as u64;
        assert_eq!(acknowledged, messages, "every message of the load lies on the broker");
        Load { topics, messages, bytes }
    }

    /// Topic, kind and number of partitions, as the Python road is told.
    #[must_use]
    pub fn streams(&self) -> Vec<(Kind, String, i32)> {
        let partitions = |kind: Kind| match kind {
            Kind::Results => PARTITIONS,
            Kind::Images => 2,
            _ => 1,
        };
        self.topics.all().iter().map(|(kind, topic)| (*kind, topic.clone(), partitions(*kind))).collect()
    }
}
