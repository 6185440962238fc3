//! A producer that remembers where everything it sent came to lie: the ledger that recordings are held against.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use plate::digest::message_digest;
use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use wire::Headers;

use crate::broker::{Broker, config};

/// One message to send.
#[derive(Debug, Clone)]
pub struct Message {
    /// Where to.
    pub topic: Arc<str>,
    /// Which partition.
    pub partition: i32,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// Names and values, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The value; `None` is a tombstone.
    pub body: Option<Vec<u8>>,
    /// Its Kafka timestamp.
    pub timestamp_ms: i64,
}

impl Message {
    /// What the session knows the message by.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let pairs = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
        let headers = Headers::from_pairs(pairs);
        message_digest(self.timestamp_ms, self.key.as_deref(), headers.as_bytes(), self.body.as_deref())
    }
}

/// Where one message came to lie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// Which topic.
    pub topic: Arc<str>,
    /// Which of its lives, 0 for the first.
    pub incarnation: u32,
    /// Which partition.
    pub partition: i32,
    /// At which offset.
    pub offset: i64,
    /// SHA-256 of the message.
    pub digest: [u8; 32],
}

#[derive(Default)]
struct Ledger {
    sent: Mutex<Vec<Sent>>,
    lost: Mutex<Vec<String>>,
}

/// What travels with a message until its place is known.
struct Traveller {
    topic: Arc<str>,
    digest: [u8; 32],
}

#[derive(Clone)]
struct Context(Arc<Ledger>);

impl ClientContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<Traveller>;

    fn delivery(&self, result: &DeliveryResult<'_>, traveller: Box<Traveller>) {
        match result {
            Ok(message) => self.0.sent.lock().unwrap().push(Sent {
                topic: traveller.topic,
                incarnation: 0,
                partition: message.partition(),
                offset: message.offset(),
                digest: traveller.digest,
            }),
            Err((error, _)) => self.0.lost.lock().unwrap().push(error.to_string()),
        }
    }
}

/// A producer with a ledger.
pub struct Producer {
    inner: ThreadedProducer<Context>,
    ledger: Arc<Ledger>,
}

impl Producer {
    /// A producer for many messages: acknowledged by the leader, batched for 5 ms, lz4.
    #[must_use]
    pub fn new(broker: &Broker) -> Producer {
        Producer::lingering(broker, "5")
    }

    /// The same, batched for 1 ms: thousands of messages a second, one a request, would wait for one another.
    #[must_use]
    pub fn eager(broker: &Broker) -> Producer {
        Producer::lingering(broker, "1")
    }

    fn lingering(broker: &Broker, linger_ms: &str) -> Producer {
        let ledger = Arc::new(Ledger::default());
        let mut config = config(broker.address());
        config.set("acks", "1").set("linger.ms", linger_ms).set("compression.type", "lz4");
        config.set("queue.buffering.max.messages", "200000").set("message.max.bytes", "67000000");
        let inner = config.create_with_context(Context(Arc::clone(&ledger))).unwrap();
        Producer { inner, ledger }
    }

    /// Hands a message over; waits while the queue is full.
    pub fn send(&self, message: &Message) {
        let headers = message
            .headers
            .iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: value.as_deref() }));
        let traveller = Box::new(Traveller { topic: Arc::clone(&message.topic), digest: message.digest() });
        let mut record: BaseRecord<'_, [u8], [u8], Box<Traveller>> =
            BaseRecord::with_opaque_to(&message.topic, traveller)
                .partition(message.partition)
                .timestamp(message.timestamp_ms);
        if !message.headers.is_empty() {
            record = record.headers(headers);
        }
        if let Some(key) = &message.key {
            record = record.key(key.as_slice());
        }
        if let Some(body) = &message.body {
            record = record.payload(body.as_slice());
        }
        loop {
            match self.inner.send(record) {
                Ok(()) => return,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again)) => {
                    record = again;
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err((error, _)) => panic!("{}: {error}", message.topic),
            }
        }
    }

    /// Sends all of them.
    pub fn send_all<'a>(&self, messages: impl IntoIterator<Item = &'a Message>) {
        messages.into_iter().for_each(|message| self.send(message));
    }

    /// Waits until everything sent so far lies on the broker, and says where; sorted.
    ///
    /// # Panics
    /// Where a message was not acknowledged: the ledger would lie.
    #[must_use]
    pub fn ledger(&self) -> Vec<Sent> {
        self.inner.flush(Duration::from_secs(120)).unwrap();
        let lost = self.ledger.lost.lock().unwrap();
        assert!(lost.is_empty(), "{} messages were not acknowledged: {}", lost.len(), lost[0]);
        let mut sent = self.ledger.sent.lock().unwrap().clone();
        sent.sort_unstable();
        sent
    }
}
