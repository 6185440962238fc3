//! Events out to a broker: each batch in a transaction where the broker grants one, else by an idempotent producer.
//!
//! Blocking: librdkafka waits for the broker's words. Call it on a thread that may wait.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer as _, ProducerContext};
use wire::Headers;

/// How long the broker may take for one batch.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to say whether it grants transactions.
const GREETING: Duration = Duration::from_secs(10);

/// One event to send.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The message's key.
    pub key: &'a [u8],
    /// Its headers.
    pub headers: &'a Headers,
    /// Its body.
    pub body: &'a [u8],
}

/// Where an event lies now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// What the broker promises about an event that is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarantee {
    /// Batches are transactions; a producer that died is fenced off.
    Transactions,
    /// At least once: readers know it by its id.
    AtLeastOnce,
}

/// Why an event was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The broker cannot be reached, or did not answer in time: nothing is known of the batch.
    #[error("the broker does not answer: {0}")]
    Unreachable(String),
    /// The broker does not take this event; others may go on.
    #[error("the broker refuses it: {0}")]
    Refused(String),
    /// Another producer of this installation has begun since: this one must not send any more.
    #[error("another Plateside of this installation sends now: {0}")]
    Fenced(String),
}

/// A producer of one installation.
pub struct Outbox {
    producer: BaseProducer<Reports>,
    guarantee: Guarantee,
}

/// What the broker said of each message of the batch under way.
#[derive(Default)]
struct Reports(Mutex<Vec<(usize, Result<Placed, KafkaError>)>>);

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, place: Box<usize>) {
        let told = match result {
            Ok(message) => Ok(Placed { partition: message.partition(), offset: message.offset() }),
            Err((error, _)) => Err(error.clone()),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((*place, told));
    }
}

impl Outbox {
    /// Greets the broker. `transactional_id` is the installation's: a second producer with it fences the first.
    ///
    /// # Errors
    /// [`SendError::Unreachable`].
    pub fn open(brokers: &str, transactional_id: &str) -> Result<Outbox, SendError> {
        let transactional = producer(brokers, Some(transactional_id))?;
        match transactional.init_transactions(GREETING) {
            Ok(()) => Ok(Outbox { producer: transactional, guarantee: Guarantee::Transactions }),
            Err(error) if is_denied(&error) => {
                drop(transactional);
                Ok(Outbox { producer: producer(brokers, None)?, guarantee: Guarantee::AtLeastOnce })
            }
            Err(error) => Err(told(&error)),
        }
    }

    /// What the broker promises.
    #[must_use]
    pub fn guarantee(&self) -> Guarantee {
        self.guarantee
    }

    /// Sends a batch: where each event lies, or why it does not. In a transaction one refused event takes the others along,
    /// which are then sent one by one.
    pub fn send(&mut self, topic: &str, batch: &[Outgoing<'_>]) -> Vec<Result<Placed, SendError>> {
        let together = self.send_once(topic, batch);
        let is_refused = |sent: &Result<Placed, SendError>| matches!(sent, Err(SendError::Refused(_)));
        if batch.len() < 2 || self.guarantee == Guarantee::AtLeastOnce || !together.iter().any(is_refused) {
            return together;
        }
        let mut alone = Vec::with_capacity(batch.len());
        for event in batch {
            alone.extend(self.send_once(topic, std::slice::from_ref(event)));
        }
        alone
    }

    fn send_once(&mut self, topic: &str, batch: &[Outgoing<'_>]) -> Vec<Result<Placed, SendError>> {
        let mut results: Vec<Result<Placed, SendError>> =
            batch.iter().map(|_| Err(SendError::Unreachable("no answer in time".to_owned()))).collect();
        let in_transaction = self.guarantee == Guarantee::Transactions;
        if in_transaction && let Err(error) = self.producer.begin_transaction() {
            return batch.iter().map(|_| Err(told(&error))).collect();
        }
        for (place, (event, result)) in batch.iter().zip(&mut results).enumerate() {
            if let Err(error) = self.enqueue(topic, event, place) {
                *result = Err(told(&error));
            }
        }
        // What was not taken by then is told as unreachable.
        let _ = self.producer.flush(PATIENCE);
        let reports = std::mem::take(&mut *self.producer.context().0.lock().unwrap_or_else(PoisonError::into_inner));
        for (place, report) in reports {
            if let Some(result) = results.get_mut(place) {
                *result = report.map_err(|error| told(&error));
            }
        }
        if !in_transaction {
            return results;
        }
        if results.iter().all(Result::is_ok) {
            return match self.producer.commit_transaction(PATIENCE) {
                Ok(()) => results,
                Err(error) => batch.iter().map(|_| Err(told(&error))).collect(),
            };
        }
        // Nothing of a transaction that is not committed is ever read; the next begin says if this went wrong.
        let _ = self.producer.abort_transaction(PATIENCE);
        let first = results.iter().find_map(|result| result.clone().err());
        let unsent = first.map_or_else(
            || SendError::Unreachable(String::new()),
            |error| match error {
                SendError::Refused(_) => {
                    SendError::Unreachable("its transaction was given up for another event".to_owned())
                }
                other => other,
            },
        );
        results.into_iter().map(|result| result.and(Err(unsent.clone()))).collect()
    }

    fn enqueue(&self, topic: &str, event: &Outgoing<'_>, place: usize) -> Result<(), KafkaError> {
        let mut headers = OwnedHeaders::new();
        for (key, value) in event.headers.iter() {
            headers = headers.insert(Header { key, value });
        }
        let mut record =
            BaseRecord::with_opaque_to(topic, Box::new(place)).key(event.key).payload(event.body).headers(headers);
        let begun = Instant::now();
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                    if begun.elapsed() < PATIENCE =>
                {
                    self.producer.poll(Duration::from_millis(20));
                    record = back;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }
}

fn producer(brokers: &str, transactional_id: Option<&str>) -> Result<BaseProducer<Reports>, SendError> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("client.id", "plateside-outbox")
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("message.timeout.ms", "15000")
        .set("socket.timeout.ms", "10000")
        .set("allow.auto.create.topics", "false");
    if let Some(id) = transactional_id {
        config.set("transactional.id", id).set("transaction.timeout.ms", "20000");
    }
    config.create_with_context(Reports::default()).map_err(|error| SendError::Unreachable(error.to_string()))
}

/// Rights deny transactions, or the broker does not know them.
fn is_denied(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::TransactionalIdAuthorizationFailed
                | RDKafkaErrorCode::ClusterAuthorizationFailed
                | RDKafkaErrorCode::UnsupportedFeature
                | RDKafkaErrorCode::UnsupportedVersion
        )
    )
}

fn told(error: &KafkaError) -> SendError {
    let words = error.to_string();
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::Fenced | RDKafkaErrorCode::ProducerFenced | RDKafkaErrorCode::InvalidProducerEpoch) => {
            SendError::Fenced(words)
        }
        Some(
            RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidMessageSize
            | RDKafkaErrorCode::InvalidMessage
            | RDKafkaErrorCode::InvalidRecord
            | RDKafkaErrorCode::PolicyViolation
            | RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::InvalidTopic
            | RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic,
        ) => SendError::Refused(words),
        _ => SendError::Unreachable(words),
    }
}
