//! Looking whether reading would work, once: who answers, which topics stand how, and the newest message of the first
//! topic that has one. Nothing is joined, committed or kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Message, Offset, TopicPartitionList};

use super::client::{self, Signals, Tap, words};
use super::copy::{push_headers, timestamp_ms};
use super::outlet::Outlet;
use super::survey::{Answer, PartitionFacts, Question, look_at};
use super::tell;
use crate::control::{Begin, BrokerAddress, CheckFinding, Configuration, PartitionRange, Report, TopicStanding};
use crate::messages::{self, Place};

/// How long the cluster may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long one topic may take to say whether it may be read.
const PATIENCE_OF_A_TOPIC: Duration = Duration::from_secs(2);
/// So many partitions are asked for their newest message.
const PARTITIONS: usize = 64;
/// Kafka's own markers fill offsets too: so far is looked back for a message.
const LOOK_BACK: [i64; 3] = [1, 16, 512];

/// Looks at everything and reports it. A problem of the broker's is a finding.
///
/// # Errors
/// What kept this worker from looking at all.
pub(super) fn check(from: &Configuration, outlet: &Outlet) -> Result<(), String> {
    let say = |finding| tell(outlet, &Report::Checked(finding));
    let signals = Arc::new(Signals::default());
    let client = match client::surveyor(from, signals.clone()) {
        Ok(client) => client,
        Err(error) => {
            say(CheckFinding::NoAnswer { reason: error.to_string() });
            return Ok(());
        }
    };
    match answered(&client, &signals) {
        Ok(finding) => say(finding),
        Err(reason) => {
            say(CheckFinding::NoAnswer { reason });
            return Ok(());
        }
    }
    let mut peek: Option<(u16, Vec<PartitionRange>)> = None;
    for (number, plan) in from.topics.iter().enumerate() {
        let topic = number as u16;
        let time_ms = match plan.begin {
            Begin::TimeMs(ms) => Some(ms),
            Begin::Earliest | Begin::Latest => None,
        };
        let question = Question { topic, name: plan.name.clone(), time_ms, probes: Vec::new() };
        let standing = standing(&client, &question, plan.begin);
        if let TopicStanding::There { partitions } = &standing
            && peek.is_none()
            && partitions.iter().any(|partition| partition.end > partition.low)
        {
            peek = Some((topic, partitions.clone()));
        }
        say(CheckFinding::Topic { topic, standing });
    }
    match peek {
        None => say(CheckFinding::NoMessage { reason: "the topics hold no message yet".to_owned() }),
        Some((topic, partitions)) => {
            if let Err(reason) = hand_newest(&client, &from.topics[usize::from(topic)].name, topic, &partitions, outlet)
            {
                say(CheckFinding::NoMessage { reason });
            }
        }
    }
    say(CheckFinding::Done);
    Ok(())
}

/// Who answers, and what is to be seen.
fn answered(client: &BaseConsumer<Tap>, signals: &Signals) -> Result<CheckFinding, String> {
    let metadata = client.fetch_metadata(None, PATIENCE);
    serve(client);
    let metadata = metadata.map_err(|error| {
        let own = error.rdkafka_error_code().map_or_else(|| error.to_string(), words);
        // What a connection said names the address and the reason; the request only that it had no answer.
        signals.take().connection.unwrap_or(own)
    })?;
    let mut brokers: Vec<BrokerAddress> = metadata
        .brokers()
        .iter()
        .map(|broker| BrokerAddress {
            id: broker.id(),
            host: broker.host().to_owned(),
            port: u16::try_from(broker.port()).unwrap_or(0),
        })
        .collect();
    brokers.sort();
    let mut topics: Vec<(String, u32)> = metadata
        .topics()
        .iter()
        .filter(|topic| !topic.name().starts_with("__") && topic.error().is_none())
        .map(|topic| (topic.name().to_owned(), topic.partitions().len() as u32))
        .collect();
    topics.sort();
    let cluster = client.client().fetch_cluster_id(Duration::from_secs(1)).unwrap_or_default();
    Ok(CheckFinding::Answered { cluster, brokers, topics })
}

fn standing(client: &BaseConsumer<Tap>, question: &Question, begin: Begin) -> TopicStanding {
    match look_at(client, question, PATIENCE, &mut BTreeSet::new()) {
        Err(reason) | Ok(Answer::Unavailable(reason)) => match may_look(client, &question.name) {
            Some(reason) => TopicStanding::Denied { reason },
            None => TopicStanding::Unavailable { reason },
        },
        Ok(Answer::Missing(reason)) => match may_look(client, &question.name) {
            Some(reason) => TopicStanding::Denied { reason },
            None => TopicStanding::Missing { reason },
        },
        Ok(Answer::There(facts)) => {
            let partitions: Vec<PartitionRange> = facts.iter().filter_map(|facts| range(facts, begin)).collect();
            match may_read(client, &question.name, &partitions) {
                Some(reason) => TopicStanding::Denied { reason },
                None => TopicStanding::There { partitions },
            }
        }
    }
}

fn range(facts: &PartitionFacts, begin: Begin) -> Option<PartitionRange> {
    let (low, end) = facts.range?;
    let begin = match begin {
        Begin::Earliest => low,
        Begin::Latest => end,
        Begin::TimeMs(_) => facts.at_time.unwrap_or(end),
    };
    Some(PartitionRange { partition: facts.partition, low, begin, end })
}

/// The broker's words where it denies a look at the topic.
fn may_look(client: &BaseConsumer<Tap>, name: &str) -> Option<String> {
    let metadata = client.fetch_metadata(Some(name), PATIENCE_OF_A_TOPIC).ok()?;
    let error = metadata.topics().iter().find(|topic| topic.name() == name)?.error()?;
    let code = RDKafkaErrorCode::from(error);
    (code == RDKafkaErrorCode::TopicAuthorizationFailed).then(|| words(code))
}

/// The broker's words where it denies reading: a partition is read at its end, where nothing comes.
fn may_read(client: &BaseConsumer<Tap>, name: &str, partitions: &[PartitionRange]) -> Option<String> {
    let first = partitions.first()?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(name, first.partition, Offset::Offset(first.end)).ok()?;
    client.assign(&list).ok()?;
    let deadline = Instant::now() + PATIENCE_OF_A_TOPIC;
    let mut denied = None;
    while Instant::now() < deadline {
        match client.poll(Duration::from_millis(50)) {
            None => continue,
            // The end was reached, or a message came: it may be read.
            Some(Ok(_)) | Some(Err(KafkaError::PartitionEOF(_))) => break,
            Some(Err(error)) => {
                if let Some(code @ RDKafkaErrorCode::TopicAuthorizationFailed) = error.rdkafka_error_code() {
                    denied = Some(words(code));
                    break;
                }
            }
        }
    }
    // An assignment that stays is replaced by the next one.
    let _ = client.unassign();
    serve(client);
    denied
}

/// Hands over the newest message of a topic, by its timestamp.
fn hand_newest(
    client: &BaseConsumer<Tap>,
    name: &str,
    topic: u16,
    partitions: &[PartitionRange],
    outlet: &Outlet,
) -> Result<(), String> {
    let told = |error: KafkaError| error.rdkafka_error_code().map_or_else(|| error.to_string(), words);
    let held: Vec<&PartitionRange> = partitions.iter().filter(|p| p.end > p.low).take(PARTITIONS).collect();
    for back in LOOK_BACK {
        let mut list = TopicPartitionList::with_capacity(held.len());
        let mut ends: BTreeMap<i32, i64> = BTreeMap::new();
        for partition in &held {
            let from = (partition.end - back).max(partition.low);
            list.add_partition_offset(name, partition.partition, Offset::Offset(from)).map_err(told)?;
            ends.insert(partition.partition, partition.end);
        }
        client.assign(&list).map_err(told)?;
        let deadline = Instant::now() + PATIENCE;
        let mut newest: Option<BorrowedMessage<'_>> = None;
        while !ends.is_empty() && Instant::now() < deadline {
            match client.poll(Duration::from_millis(50)) {
                None => {}
                Some(Ok(message)) => {
                    if ends.get(&message.partition()).is_some_and(|end| message.offset() + 1 >= *end) {
                        ends.remove(&message.partition());
                    }
                    if newest.as_ref().is_none_or(|newest| timestamp_ms(newest) <= timestamp_ms(&message)) {
                        newest = Some(message);
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => _ = ends.remove(&partition),
                Some(Err(error)) => match error.rdkafka_error_code() {
                    Some(
                        RDKafkaErrorCode::GroupAuthorizationFailed
                        | RDKafkaErrorCode::AllBrokersDown
                        | RDKafkaErrorCode::BrokerTransportFailure,
                    ) => {}
                    _ => return Err(told(error)),
                },
            }
        }
        if let Some(message) = &newest {
            return hand_over(message, topic, outlet);
        }
        if Instant::now() >= deadline {
            return Err(format!("no message came within {} s", PATIENCE.as_secs()));
        }
    }
    Err("the newest offsets hold Kafka's own markers only".to_owned())
}

fn hand_over(message: &BorrowedMessage<'_>, topic: u16, outlet: &Outlet) -> Result<(), String> {
    let (partition, offset, timestamp_ms) = (message.partition(), message.offset(), timestamp_ms(message));
    let place = Place { topic, incarnation: 0, partition, offset, timestamp_ms };
    let Some(body) = message.payload() else {
        let mut frame = messages::FrameBuilder::default();
        frame.push(place, message.key(), |bytes| push_headers(message, bytes), None);
        let (frame, _) = frame.take(Vec::new()).map_err(|error| error.to_string())?;
        return outlet.offer(frame, PATIENCE).map_err(|_| "the window does not take it".to_owned());
    };
    let headers = |bytes: &mut Vec<u8>| push_headers(message, bytes);
    let around = messages::around(place, message.key(), headers, body).map_err(|error| error.to_string())?;
    outlet.write_through(&[&around.before, body, &around.after]);
    Ok(())
}

/// Serves the log and error callbacks that requests caused.
fn serve(client: &BaseConsumer<Tap>) {
    while client.poll(Duration::ZERO).is_some() {}
}
