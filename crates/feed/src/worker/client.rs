//! librdkafka as this worker uses it: a viewer that leaves no trace and stays within bounds.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};

use crate::control::Configuration;

/// What librdkafka said on the side, until the worker looks.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Something below is new. Looked at after every poll, so that it costs one load.
    pub(super) raised: AtomicBool,
    said: Mutex<Said>,
}

/// See [`Signals`].
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Topics whose id changed under the consumer: deleted and made again.
    pub(super) made_again: BTreeSet<String>,
    /// All brokers are down.
    pub(super) all_down: bool,
    /// librdkafka's latest words on a connection that failed.
    pub(super) connection: Option<String>,
    /// Lines for people, with their syslog level.
    pub(super) lines: Vec<(u8, String)>,
    dropped_lines: usize,
}

/// Lines kept between two looks; more are counted.
const LINES: usize = 50;

impl Signals {
    fn say(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner));
        self.raised.store(true, Ordering::Release);
    }

    /// Takes what was said.
    pub(super) fn take(&self) -> Said {
        self.raised.store(false, Ordering::Release);
        let mut said = std::mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner));
        if said.dropped_lines > 0 {
            said.lines.push((4, format!("{} further lines of librdkafka were left out", said.dropped_lines)));
        }
        said
    }
}

/// librdkafka's callbacks.
#[derive(Clone)]
pub(super) struct Tap(pub(super) Arc<Signals>);

impl ClientContext for Tap {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if let Some(topic) = topic_made_again(line) {
            self.0.say(|said| _ = said.made_again.insert(topic.to_owned()));
            return;
        }
        if facility == "FAIL" {
            let words = line.split_once("]: ").map_or(line, |(_, words)| words);
            self.0.say(|said| said.connection = Some(words.to_owned()));
        }
        // Debug lines are switched on for the line above only; notices are about what events say better.
        if level as u8 <= RDKafkaLogLevel::Warning as u8 && facility != "CONFWARN" {
            self.0.say(|said| match said.lines.len() {
                0..LINES => said.lines.push((level as u8, format!("{facility}: {line}"))),
                _ => said.dropped_lines += 1,
            });
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AllBrokersDown) => self.0.say(|said| said.all_down = true),
            Some(
                RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::SSL,
            ) => self.0.say(|said| said.connection = Some(reason.to_owned())),
            // Consumer errors come out of `poll` as well, and are handled there.
            _ => {}
        }
    }
}

impl ConsumerContext for Tap {}

/// The topic of librdkafka's line `Topic T changed id from OLD to NEW`, unless OLD is "none yet". With Kafka 3.1 and
/// later the broker refuses to serve the old id, so that this line comes before any message of the new life. Where it
/// does not come (older brokers, another wording), the last message is read again every few seconds.
fn topic_made_again(line: &str) -> Option<&str> {
    const NO_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";
    let (before, ids) = line.rsplit_once(" changed id from ")?;
    let topic = &before[before.rfind("Topic ")? + "Topic ".len()..];
    let (old, new) = ids.split_once(" to ")?;
    (!old.trim_end_matches('=').eq(NO_ID) && old != new).then_some(topic)
}

/// librdkafka's words for an error, without the name of its code.
pub(super) fn words(code: RDKafkaErrorCode) -> String {
    let text = code.to_string();
    let inner = text.split_once(" (").and_then(|(_, rest)| rest.strip_suffix(')'));
    let words = inner.unwrap_or(&text);
    words.strip_prefix("Broker: ").or(words.strip_prefix("Local: ")).unwrap_or(words).to_owned()
}

/// Properties that this worker decides, whatever a profile says.
pub(crate) const RESERVED: &[&str] = &[
    "allow.auto.create.topics",
    "auto.commit.enable",
    "auto.commit.interval.ms",
    "auto.offset.reset",
    "bootstrap.servers",
    "check.crcs",
    "debug",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.metrics.push",
    "enable.partition.eof",
    "fetch.max.bytes",
    "fetch.message.max.bytes",
    "group.instance.id",
    "group.protocol",
    "log.queue",
    "log_level",
    "max.partition.fetch.bytes",
    "metadata.broker.list",
    "queued.max.messages.kbytes",
    "receive.message.max.bytes",
    "statistics.interval.ms",
];

fn config(from: &Configuration) -> ClientConfig {
    let mut config = ClientConfig::new();
    // First, so that what follows wins.
    for (name, value) in &from.client {
        config.set(name, value);
    }
    config
        .set("bootstrap.servers", &from.brokers)
        .set("client.id", from.client.get("client.id").map_or("plateside", String::as_str))
        // librdkafka will not assign without a group's name. It looks up the group's coordinator and never uses it:
        // nothing joins, nothing is committed, and a refusal of the look-up changes nothing.
        .set("group.id", &from.group_id)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "error")
        .set("allow.auto.create.topics", "false")
        .set("enable.partition.eof", "true")
        .set("check.crcs", "true")
        .set("statistics.interval.ms", "0")
        // Else librdkafka offers the broker its own metrics, and measures them with each message.
        .set("enable.metrics.push", "false")
        // A response holds up to `fetch.max.bytes`, or one larger batch: the limit lets a message of 64 MiB pass.
        .set("receive.message.max.bytes", (80u32 << 20).to_string())
        .set("reconnect.backoff.ms", "50")
        .set("reconnect.backoff.max.ms", "1000")
        .set_log_level(RDKafkaLogLevel::Debug);
    config
}

/// The consumer that reads. All partitions share one queue, so that its bound is the worker's and not a partition's.
pub(super) fn reader(from: &Configuration, signals: Arc<Signals>) -> KafkaResult<BaseConsumer<Tap>> {
    let mut config = config(from);
    config
        .set("debug", "metadata")
        // Counted after inflating. With 4 MiB the reader runs dry between two fetches: a million messages take 0.86 s
        // instead of 0.73 s.
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.message.max.bytes", (1u32 << 20).to_string())
        .set("fetch.max.bytes", (4u32 << 20).to_string())
        // The default of a second would be the pace at which a full queue is looked at again.
        .set("fetch.queue.backoff.ms", "1")
        // So long the broker holds a fetch for which there is nothing; a message ends the wait at once. Each one that
        // comes back empty is work in the worker and in the broker, and each that is held delays a partition that is new.
        .set("fetch.wait.max.ms", "250")
        .create_with_context(Tap(signals))
}

/// The consumer that asks: metadata, offsets, single messages read again.
pub(super) fn surveyor(from: &Configuration, signals: Arc<Signals>) -> KafkaResult<BaseConsumer<Tap>> {
    let mut config = config(from);
    config
        .set("queued.max.messages.kbytes", "1024")
        .set("fetch.message.max.bytes", (64u32 << 10).to_string())
        .set("fetch.max.bytes", (1u32 << 20).to_string())
        .set("fetch.queue.backoff.ms", "5")
        .set("fetch.wait.max.ms", "50")
        .create_with_context(Tap(signals))
}

#[cfg(test)]
mod tests {
    use super::topic_made_again;

    #[test]
    fn the_line_of_a_changed_id_names_its_topic() {
        let line = |old: &str| format!("[thrd:main]: Topic plateside.results changed id from {old} to 9k0Yq2zSS1mB0A");
        assert_eq!(topic_made_again(&line("rJk2VxY7RjW3oA")), Some("plateside.results"));
        assert_eq!(topic_made_again(&line("AAAAAAAAAAAAAAAAAAAAAA")), None, "the first id is no change");
        assert_eq!(topic_made_again("[thrd:main]: Topic a changed leader"), None);
    }
}
