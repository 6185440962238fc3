//! Looking at the topics from outside: which partitions there are, where they begin and end, what stands at an offset.
//! A thread with a client of its own answers one question at a time, so that the reader never waits for a broker.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};

use super::client::{Tap, words};
use super::copy::in_short;
use super::verdict::Found;

/// How long the broker may take over one request.
const PATIENCE: Duration = Duration::from_secs(5);

/// The same while no broker can be reached: librdkafka tries to connect as long as somebody waits.
const PATIENCE_WHEN_DOWN: Duration = Duration::from_millis(500);

/// One round of questions.
#[derive(Debug)]
pub(super) struct Round {
    /// One a topic.
    pub(super) questions: Vec<Question>,
    /// No broker could be reached the last time.
    pub(super) down: bool,
}

/// What is to be found out about one topic.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// Its number.
    pub(super) topic: u16,
    /// Its name.
    pub(super) name: String,
    /// Whether offsets for a time are wanted, and which, in milliseconds since 1970 UTC.
    pub(super) time_ms: Option<i64>,
    /// Partitions and the offsets whose messages are to be read again.
    pub(super) probes: Vec<(i32, i64)>,
}

/// The answers to a round of questions.
#[derive(Debug)]
pub(super) struct Survey {
    /// The cluster's id; empty where it has none.
    pub(super) cluster: String,
    /// The cluster's brokers, `HOST:PORT`, sorted.
    pub(super) brokers: BTreeSet<String>,
    /// One answer a question, in their order.
    pub(super) answers: Vec<(u16, Answer)>,
}

/// What was found out about one topic.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is not there, or not to be seen.
    Missing(String),
    /// The broker would not say now.
    Unavailable(String),
    /// Its partitions, by number.
    There(Vec<PartitionFacts>),
}

/// One partition.
#[derive(Debug)]
pub(super) struct PartitionFacts {
    pub(super) partition: i32,
    /// Oldest offset and the offset behind the newest readable message; `None` where no broker leads it now.
    pub(super) range: Option<(i64, i64)>,
    /// The first offset at or after the time asked for.
    pub(super) at_time: Option<i64>,
    pub(super) found: Found,
}

/// Answers questions until the asker is gone. An error means that no broker could be reached.
pub(super) fn answer_all(
    client: &BaseConsumer<Tap>,
    rounds: &Receiver<Round>,
    answers: &SyncSender<Result<Survey, String>>,
) {
    while let Ok(round) = rounds.recv() {
        if answers.send(survey(client, &round)).is_err() {
            return;
        }
    }
}

fn survey(client: &BaseConsumer<Tap>, round: &Round) -> Result<Survey, String> {
    // Serves logs and errors that nobody polled for since the last round.
    while client.poll(Duration::ZERO).is_some() {}
    let patience = if round.down { PATIENCE_WHEN_DOWN } else { PATIENCE };
    let mut answers = Vec::with_capacity(round.questions.len());
    let mut brokers = BTreeSet::new();
    for question in &round.questions {
        answers.push((question.topic, look_at(client, question, patience, &mut brokers)?));
    }
    let cluster = client.client().fetch_cluster_id(Duration::from_secs(2)).unwrap_or_default();
    Ok(Survey { cluster, brokers, answers })
}

pub(super) fn look_at(
    client: &BaseConsumer<Tap>,
    question: &Question,
    patience: Duration,
    brokers: &mut BTreeSet<String>,
) -> Result<Answer, String> {
    let metadata = client.fetch_metadata(Some(&question.name), patience);
    // Serves the log and error callbacks that the request caused.
    while client.poll(Duration::ZERO).is_some() {}
    let metadata = metadata.map_err(|error| match error.rdkafka_error_code() {
        Some(code) => words(code),
        None => error.to_string(),
    })?;
    brokers.extend(metadata.brokers().iter().map(|broker| format!("{}:{}", broker.host(), broker.port())));
    let Some(topic) = metadata.topics().iter().find(|topic| topic.name() == question.name) else {
        return Ok(Answer::Missing("the broker does not name it".to_owned()));
    };
    if let Some(error) = topic.error() {
        let code = RDKafkaErrorCode::from(error);
        return Ok(match code {
            RDKafkaErrorCode::LeaderNotAvailable => Answer::Unavailable(words(code)),
            _ => Answer::Missing(words(code)),
        });
    }
    if topic.partitions().is_empty() {
        return Ok(Answer::Missing("it has no partitions".to_owned()));
    }
    let mut facts: BTreeMap<i32, PartitionFacts> = topic
        .partitions()
        .iter()
        .map(|p| p.id())
        .map(|partition| (partition, PartitionFacts { partition, range: None, at_time: None, found: Found::NotAsked }))
        .collect();
    let led: Vec<i32> = topic.partitions().iter().filter(|p| p.leader() >= 0).map(|p| p.id()).collect();
    if led.is_empty() {
        return Ok(Answer::Unavailable("no broker leads any of its partitions".to_owned()));
    }
    match fill_offsets(client, question, &led, &mut facts) {
        Ok(()) => {}
        Err(error) => {
            let reason = error.rdkafka_error_code().map_or_else(|| error.to_string(), words);
            return Ok(Answer::Unavailable(reason));
        }
    }
    probe(client, question, &mut facts);
    Ok(Answer::There(facts.into_values().collect()))
}

/// Offsets of `partitions` for one wish: a time, or the begin or end.
fn offsets(
    client: &BaseConsumer<Tap>,
    name: &str,
    partitions: &[i32],
    wish: Offset,
) -> KafkaResult<BTreeMap<i32, i64>> {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for &partition in partitions {
        list.add_partition_offset(name, partition, wish)?;
    }
    let answered = client.offsets_for_times(list, PATIENCE)?;
    let mut offsets = BTreeMap::new();
    for element in answered.elements() {
        match (element.error(), element.offset()) {
            (Ok(()), Offset::Offset(offset)) => _ = offsets.insert(element.partition(), offset),
            // Nothing as late as the time asked for.
            (Ok(()), _) | (Err(_), _) => {}
        }
    }
    Ok(offsets)
}

fn fill_offsets(
    client: &BaseConsumer<Tap>,
    question: &Question,
    led: &[i32],
    facts: &mut BTreeMap<i32, PartitionFacts>,
) -> KafkaResult<()> {
    let times = match question.time_ms {
        // Kafka reads -1 and -2 as the end and the begin.
        Some(ms) => offsets(client, &question.name, led, Offset::Offset(ms.max(0)))?,
        None => BTreeMap::new(),
    };
    // The end is asked after the time: what comes in between is later than the time asked for, or found by it.
    let ends = offsets(client, &question.name, led, Offset::End)?;
    let lows = offsets(client, &question.name, led, Offset::Beginning)?;
    for (partition, fact) in facts {
        if let (Some(&low), Some(&end)) = (lows.get(partition), ends.get(partition)) {
            fact.range = Some((low, end.max(low)));
            fact.at_time =
                question.time_ms.map(|_| times.get(partition).copied().unwrap_or(end).clamp(low, end.max(low)));
        }
    }
    Ok(())
}

/// Reads the messages that the question names again.
fn probe(client: &BaseConsumer<Tap>, question: &Question, facts: &mut BTreeMap<i32, PartitionFacts>) {
    let mut open: BTreeMap<i32, i64> = question
        .probes
        .iter()
        .copied()
        // Outside its log there is nothing to read, and the range says enough.
        .filter(|(partition, offset)| {
            facts.get(partition).and_then(|fact| fact.range).is_some_and(|(low, end)| low <= *offset && *offset < end)
        })
        .collect();
    if open.is_empty() {
        return;
    }
    for partition in open.keys() {
        if let Some(fact) = facts.get_mut(partition) {
            fact.found = Found::Unclear;
        }
    }
    if read_again(client, &question.name, &mut open, facts).is_err() {
        // What stayed open is unclear, and will be asked again.
    }
    let _ = client.unassign();
    while client.poll(Duration::ZERO).is_some() {}
}

fn read_again(
    client: &BaseConsumer<Tap>,
    name: &str,
    open: &mut BTreeMap<i32, i64>,
    facts: &mut BTreeMap<i32, PartitionFacts>,
) -> KafkaResult<()> {
    let mut list = TopicPartitionList::with_capacity(open.len());
    for (partition, offset) in &*open {
        list.add_partition_offset(name, *partition, Offset::Offset(*offset))?;
    }
    client.assign(&list)?;
    let deadline = Instant::now() + PATIENCE;
    while !open.is_empty() && Instant::now() < deadline {
        let (partition, found) = match client.poll(Duration::from_millis(50)) {
            None => continue,
            Some(Ok(message)) => match open.get(&message.partition()) {
                Some(&offset) if message.topic() == name && message.offset() >= offset => {
                    (message.partition(), Found::Message(in_short(&message)))
                }
                _ => continue,
            },
            // Only this topic is assigned, so that the partition's number is enough.
            Some(Err(KafkaError::PartitionEOF(partition))) => (partition, Found::Nothing),
            Some(Err(error)) => match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => return Err(error),
                _ => continue,
            },
        };
        if open.remove(&partition).is_some() {
            if let Some(fact) = facts.get_mut(&partition) {
                fact.found = found;
            }
            // Else its later messages would fill the queue that the others wait behind.
            let mut done = TopicPartitionList::new();
            done.add_partition(name, partition);
            client.incremental_unassign(&done)?;
        }
    }
    Ok(())
}
