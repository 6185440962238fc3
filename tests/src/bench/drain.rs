//! Taking messages from the broker and dropping them: through the worker, and by a bare loop over librdkafka.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use feed::{Delivery, KafkaSettings, KafkaSource, Start, WorkerCommand};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use super::load::Load;
use crate::broker::{Broker, config};
use crate::command::program;
use crate::runtime;

/// How long a drain took.
#[derive(Debug, Clone, Copy)]
pub struct Drained {
    /// From before the consumer was made to the last message.
    pub whole_s: f64,
    /// From the first message to the last.
    pub flow_s: f64,
}

/// The worker, as the product starts it.
#[must_use]
pub fn worker() -> WorkerCommand {
    WorkerCommand { program: program(), args: vec!["worker".into(), "consume".into()] }
}

/// A consumer of all partitions from the beginning, with librdkafka's own settings.
#[must_use]
pub fn bare_consumer(broker: &Broker, load: &Load) -> BaseConsumer {
    let mut config = config(broker.address());
    config.set("group.id", "bare").set("enable.auto.commit", "false").set("check.crcs", "true");
    let consumer: BaseConsumer = config.create().unwrap();
    let mut list = TopicPartitionList::new();
    for (_, topic, partitions) in load.streams() {
        for partition in 0..partitions {
            list.add_partition_offset(&topic, partition, Offset::Beginning).unwrap();
        }
    }
    consumer.assign(&list).unwrap();
    consumer
}

/// A loop of `poll` that drops what it gets.
#[must_use]
pub fn bare(broker: &Broker, load: &Load) -> Drained {
    let began = Instant::now();
    let consumer = bare_consumer(broker, load);
    let (mut first, mut messages) = (None, 0);
    while messages < load.messages {
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            std::hint::black_box(message.unwrap());
            first.get_or_insert_with(Instant::now);
            messages += 1;
        }
    }
    Drained { whole_s: began.elapsed().as_secs_f64(), flow_s: first.map_or(0.0, |first| first.elapsed().as_secs_f64()) }
}

/// Batches through the worker's pipe, dropped.
#[must_use]
pub fn through_the_worker(broker: &Broker, load: &Load) -> Drained {
    let began = Instant::now();
    let settings = KafkaSettings {
        brokers: broker.address().to_owned(),
        topics: load.topics.all().to_vec(),
        start: Start::Earliest,
        stored: Vec::new(),
        worker: worker(),
        memory_limit_bytes: 256 << 20,
        queue_bytes: 32 << 20,
        metadata_refresh_ms: 3000,
        client: BTreeMap::new(),
    };
    runtime().block_on(async {
        let mut source = KafkaSource::start(settings).unwrap();
        let (mut first, mut messages) = (None, 0);
        while messages < load.messages {
            if let Delivery::Batch { batch, held } = source.next().await.unwrap() {
                first.get_or_insert_with(Instant::now);
                messages += batch.envelopes.len() as u64;
                drop((batch, held));
            }
        }
        let whole_s = began.elapsed().as_secs_f64();
        let flow_s = first.map_or(0.0, |first| first.elapsed().as_secs_f64());
        source.stop().await;
        Drained { whole_s, flow_s }
    })
}
