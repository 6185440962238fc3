//! A lab in a test: a mock cluster, a producer, and a source with its worker.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use feed::{Delivery, FeedEvent, KafkaSettings, KafkaSource, Start, WorkerCommand};
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use wire::envelope::{Envelope, Kind};

/// The mock's sockets are inherited by whatever worker is started meanwhile, and live on in it: who takes a broker down is
/// alone, everybody else is beside others.
static WORKERS: RwLock<()> = RwLock::new(());

/// Held by a test that starts workers.
pub(crate) enum Company {
    Beside { _others: RwLockReadGuard<'static, ()> },
    Alone { _with_it: RwLockWriteGuard<'static, ()> },
}

/// For a test without a lab.
pub(crate) fn beside() -> Company {
    Company::Beside { _others: WORKERS.read().unwrap_or_else(PoisonError::into_inner) }
}

pub(crate) struct Lab {
    pub(crate) mock: MockCluster<'static, DefaultProducerContext>,
    producer: ThreadedProducer<DefaultProducerContext>,
    _company: Company,
}

/// How long anything may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(60);

impl Lab {
    pub(crate) fn new() -> Lab {
        Lab::in_company(beside())
    }

    /// For a test whose broker goes down: no other test starts a worker meanwhile.
    pub(crate) fn alone() -> Lab {
        Lab::in_company(Company::Alone { _with_it: WORKERS.write().unwrap_or_else(PoisonError::into_inner) })
    }

    fn in_company(company: Company) -> Lab {
        let mock = MockCluster::new(1).unwrap();
        let producer = ClientConfig::new()
            .set("bootstrap.servers", mock.bootstrap_servers())
            .set("linger.ms", "1")
            .set("queue.buffering.max.messages", "1000000")
            .create()
            .unwrap();
        Lab { mock, producer, _company: company }
    }

    pub(crate) fn topic(&self, name: &str, partitions: i32) {
        self.mock.create_topic(name, partitions, 1).unwrap();
    }

    /// Sends one message; `flush` waits for all of them.
    pub(crate) fn send(&self, topic: &str, partition: i32, body: &str) {
        let headers = OwnedHeaders::new().insert(Header { key: "n", value: Some(body) });
        let mut record = BaseRecord::to(topic).partition(partition).key("run/plate").payload(body).headers(headers);
        while let Err((error, back)) = self.producer.send(record) {
            assert_eq!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
            std::thread::sleep(Duration::from_millis(10));
            record = back;
        }
    }

    pub(crate) fn flush(&self) {
        self.producer.flush(SOON).unwrap();
    }

    pub(crate) fn settings(&self, topics: &[&str]) -> KafkaSettings {
        settings(&self.mock.bootstrap_servers(), topics)
    }
}

pub(crate) fn worker() -> WorkerCommand {
    WorkerCommand { program: PathBuf::from(env!("CARGO_BIN_EXE_feed-worker")), args: Vec::new() }
}

pub(crate) fn settings(brokers: &str, topics: &[&str]) -> KafkaSettings {
    KafkaSettings {
        brokers: brokers.to_owned(),
        topics: topics.iter().map(|topic| (Kind::Results, (*topic).to_owned())).collect(),
        start: Start::Earliest,
        stored: Vec::new(),
        worker: worker(),
        memory_limit_bytes: 256 << 20,
        queue_bytes: 8 << 20,
        metadata_refresh_ms: 300,
        client: BTreeMap::new(),
    }
}

/// Everything that came, in order.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) envelopes: Vec<Envelope>,
    pub(crate) events: Vec<FeedEvent>,
    pub(crate) cluster: Option<String>,
}

impl Seen {
    /// Takes deliveries until `enough` says so; fails with everything that was seen where it never does.
    pub(crate) async fn until(&mut self, source: &mut KafkaSource, what: &str, enough: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + SOON;
        while !enough(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, source.next()).await {
                Ok(Some(Delivery::Connected { cluster })) => self.cluster = Some(cluster),
                Ok(Some(Delivery::Batch { batch, held })) => {
                    self.envelopes.extend(batch.envelopes);
                    drop(held);
                }
                Ok(Some(Delivery::Event(event))) => self.events.push(event),
                Ok(None) => panic!("{what}: the source ended; {} messages, {:?}", self.envelopes.len(), self.events),
                Err(_) => panic!(
                    "{what}: not in time; {} messages, {:?}, {:?}",
                    self.envelopes.len(),
                    self.events,
                    source.status().borrow()
                ),
            }
        }
    }

    pub(crate) async fn until_messages(&mut self, source: &mut KafkaSource, count: usize) {
        self.until(source, &format!("{count} messages"), |seen| seen.envelopes.len() >= count).await;
    }

    pub(crate) async fn until_event(&mut self, source: &mut KafkaSource, what: &str, is: impl Fn(&FeedEvent) -> bool) {
        self.until(source, what, |seen| seen.events.iter().any(&is)).await;
    }

    /// Deliveries of the next while, for what must not come.
    pub(crate) async fn for_a_while(&mut self, source: &mut KafkaSource, while_: Duration) {
        let deadline = tokio::time::Instant::now() + while_;
        while let Ok(Some(delivery)) = tokio::time::timeout_at(deadline, source.next()).await {
            match delivery {
                Delivery::Connected { cluster } => self.cluster = Some(cluster),
                Delivery::Batch { batch, .. } => self.envelopes.extend(batch.envelopes),
                Delivery::Event(event) => self.events.push(event),
            }
        }
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.envelopes.iter().map(body).collect()
    }

    /// Every message once: offsets of each (source, partition) are consecutive from `first`.
    pub(crate) fn assert_no_gap_and_no_double(&self, first: i64) {
        let mut next = BTreeMap::new();
        for envelope in &self.envelopes {
            let origin = &envelope.origin;
            let next = next.entry((origin.source.clone(), origin.partition)).or_insert(first);
            assert_eq!(origin.offset, *next, "{}/{}", origin.source.topic, origin.partition);
            *next += 1;
        }
    }
}

pub(crate) fn body(envelope: &Envelope) -> String {
    String::from_utf8(envelope.body.as_ref().unwrap().to_vec()).unwrap()
}
