//! The task that owns the worker: takes its frames, remembers what was delivered, starts it again when it dies.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::process::ChildStdout;
use tokio::sync::{mpsc, watch};
use wire::envelope::{Batch, Envelope};

use super::Delivery;
use super::beside::{give_orders, keep_time, listen};
use super::child::{self, Child};
use super::event::FeedEvent;
use super::gauge::Gauge;
use super::ledger::Ledger;
use super::room::{Held, Room};
use super::settings::KafkaSettings;
use super::status::FeedStatus;
use crate::control::{Configuration, Report};
use crate::error::FeedError;
use crate::frame::FrameKind;
use crate::messages;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A worker that lived this long was well: the next pause is short again.
const HEALTHY: Duration = Duration::from_secs(60);
/// Deaths without a delivery between them, after which the place is named.
const STUCK_AFTER: u32 = 3;
/// An engine that makes no room for this long is spoken of.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a dead worker's last words are waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Why a worker's life ended.
enum End {
    /// The source was stopped, or nobody takes its deliveries.
    Stopped,
    /// Starting it again would not help.
    Refused,
    /// It died.
    Died(String),
}

pub(super) struct Supervisor {
    settings: KafkaSettings,
    group_id: String,
    ledger: Ledger,
    room: Room,
    gauge: Gauge,
    deliver: mpsc::Sender<Delivery>,
    paused: watch::Receiver<Option<String>>,
    introduced: bool,
}

/// The moment of arrival, microseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "the edge where messages arrive: everything behind it is told the time")]
fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl Supervisor {
    pub(super) fn new(
        mut settings: KafkaSettings,
        deliver: mpsc::Sender<Delivery>,
        publish: Arc<watch::Sender<FeedStatus>>,
        paused: watch::Receiver<Option<String>>,
    ) -> Supervisor {
        let group_id = settings.client.remove("group.id");
        let topics = settings.topics.iter().map(|(kind, name)| (name.as_str().into(), *kind)).collect();
        Supervisor {
            group_id: group_id.unwrap_or_else(|| format!("plateside-{}", uuid::Uuid::new_v4())),
            ledger: Ledger::new(&settings),
            room: Room::new(settings.queue_bytes),
            gauge: Gauge::new(topics, publish),
            deliver,
            paused,
            introduced: false,
            settings,
        }
    }

    /// Keeps a worker alive until the source is stopped.
    pub(super) async fn run(mut self, first: Child, mut stopped: watch::Receiver<bool>) {
        let mut next: Result<Child, FeedError> = Ok(first);
        let (mut pause, mut deaths, mut delivered) = (FIRST_PAUSE, 0, 0);
        loop {
            let born = Instant::now();
            let end = match next {
                Ok(child) => self.live(child, &mut stopped).await,
                Err(error) => End::Died(error.to_string()),
            };
            let exit = match end {
                End::Stopped => break self.gauge.change(|meter| meter.stopped = true),
                End::Refused => break,
                End::Died(exit) => exit,
            };
            if born.elapsed() >= HEALTHY {
                pause = FIRST_PAUSE;
            }
            let messages = self.gauge.meter().messages();
            deaths = if messages == delivered { deaths + 1 } else { 1 };
            delivered = messages;
            self.gauge.change(|meter| {
                meter.restarts += 1;
                let now_us = now_us();
                meter.worker_is_gone(exit.clone(), now_us, now_us.saturating_add(pause.as_micros() as i64));
            });
            let mut events = vec![FeedEvent::WorkerRestarted { exit, pause_ms: pause.as_millis() as u64 }];
            if deaths >= STUCK_AFTER {
                let reading = self.stuck_at();
                self.gauge.change(|meter| meter.stuck_at.clone_from(&reading));
                events.extend((deaths == STUCK_AFTER).then_some(FeedEvent::WorkerStuck { reading }));
            }
            let tell_and_wait = async {
                for event in events {
                    self.tell(event).await?;
                }
                tokio::time::sleep(pause).await;
                Some(())
            };
            let went_on = tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => None,
                went_on = tell_and_wait => went_on,
            };
            if went_on.is_none() {
                break self.gauge.change(|meter| meter.stopped = true);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            next = Child::spawn(&self.settings.worker);
        }
    }

    /// What the worker was reading: the partitions that have more to come, or all where that is not known.
    fn stuck_at(&self) -> Vec<super::Reading> {
        let meter = self.gauge.meter();
        let number = |name: &str| self.gauge.topics.iter().position(|(known, _)| **known == *name);
        let has_more = |reading: &super::Reading| {
            number(&reading.topic).is_some_and(|topic| meter.has_more(topic as u16, reading.partition))
        };
        let all = self.ledger.reading();
        if all.iter().any(has_more) { all.into_iter().filter(has_more).collect() } else { all }
    }

    /// `None` where nobody listens any more.
    async fn tell(&self, event: FeedEvent) -> Option<()> {
        self.deliver.send(Delivery::Event(event)).await.ok()
    }

    /// One life of the worker.
    async fn live(&mut self, child: Child, stopped: &mut watch::Receiver<bool>) -> End {
        let pid = child.pid();
        self.gauge.change(|meter| meter.worker_runs(pid));
        let (process, stdin, mut stdout, stderr) = child.split();
        let configuration = Configuration {
            brokers: self.settings.brokers.clone(),
            client: self.settings.client.clone(),
            group_id: self.group_id.clone(),
            memory_limit_bytes: self.settings.memory_limit_bytes,
            metadata_refresh_ms: self.settings.metadata_refresh_ms,
            cluster: self.ledger.cluster().map(str::to_owned),
            topics: self.ledger.plans(),
            check: false,
        };
        let last_words = Mutex::new(String::new());
        let (gauge, deliver, paused) = (self.gauge.clone(), self.deliver.clone(), self.paused.clone());
        let mut listening = Box::pin(listen(stderr, &last_words, &deliver));
        let mut silent = false;
        let end = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => End::Stopped,
            end = self.take_frames(&mut stdout) => end,
            never = give_orders(stdin, configuration, paused, &gauge, &deliver) => match never {},
            never = keep_time(&gauge) => match never {},
            () = async { (&mut listening).await; silent = true; std::future::pending().await } => End::Stopped,
        };
        // Its stdin is closed by now, which is its sign to end.
        let exit = process.end().await;
        if !silent && matches!(end, End::Died(_)) {
            // What it wrote last is why it died. A grandchild could hold the pipe open: none is expected, or waited for.
            let _ = tokio::time::timeout(LAST_WORDS, &mut listening).await;
        }
        drop(listening);
        match end {
            End::Died(reason) => {
                let words = last_words.into_inner().unwrap_or_else(PoisonError::into_inner);
                let said = [exit, reason, words].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
                End::Died(said.join("; "))
            }
            end => end,
        }
    }

    /// Takes frames until the worker closes its end.
    async fn take_frames(&mut self, stdout: &mut ChildStdout) -> End {
        loop {
            match self.take_frame(stdout).await {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return End::Died(String::new()),
                Err(error) => return End::Died(error.to_string()),
            }
        }
    }

    async fn take_frame(&mut self, stdout: &mut ChildStdout) -> std::io::Result<Option<End>> {
        let Some((kind, length)) = child::read_head(stdout).await? else {
            return Ok(Some(End::Died(String::new())));
        };
        match kind {
            FrameKind::Messages => {
                let Some(held) = self.wait_for_room(length).await else { return Ok(Some(End::Stopped)) };
                let payload = child::read_payload(stdout, length).await?;
                let ledger = &mut self.ledger;
                let (envelopes, tails) =
                    messages::read(&payload, |topic, incarnation| ledger.source(topic, incarnation))
                        .map_err(std::io::Error::other)?;
                let batch = Batch { received_at_us: now_us(), envelopes };
                let counts = self.counts(&batch);
                self.gauge.meter().delivered(&counts, length, batch.received_at_us, &tails);
                self.ledger.delivered(&tails);
                Ok(self.deliver.send(Delivery::Batch { batch, held }).await.is_err().then_some(End::Stopped))
            }
            FrameKind::Report => {
                let payload = child::read_payload(stdout, length).await?;
                let report = serde_json::from_slice(&payload).map_err(std::io::Error::other)?;
                Ok(self.hear(report).await)
            }
            FrameKind::Configuration | FrameKind::Order => Err(std::io::Error::other("a frame the wrong way")),
        }
    }

    /// How many messages of a batch each topic has: they come in runs.
    fn counts(&self, batch: &Batch) -> Vec<(u16, usize)> {
        let of_one_topic = |a: &Envelope, b: &Envelope| Arc::ptr_eq(&a.origin.source, &b.origin.source);
        let runs = batch.envelopes.chunk_by(of_one_topic);
        let number = |run: &[Envelope]| {
            let topic = &*run.first()?.origin.source.topic;
            self.gauge.topics.iter().position(|(name, _)| **name == *topic)
        };
        runs.filter_map(|run| Some((number(run)? as u16, run.len()))).collect()
    }

    /// Waits until the engine has released enough; says so where that takes long.
    async fn wait_for_room(&self, bytes: usize) -> Option<Held> {
        let taking = self.room.take(bytes);
        tokio::pin!(taking);
        if let Ok(held) = tokio::time::timeout(PATIENCE, &mut taking).await {
            return Some(held);
        }
        let reason = "what arrived before is still being committed".to_owned();
        self.gauge.change(|meter| meter.behind = Some(reason.clone()));
        self.tell(FeedEvent::Paused { reason }).await?;
        let held = taking.await;
        self.gauge.change(|meter| meter.behind = None);
        self.tell(FeedEvent::Resumed).await?;
        Some(held)
    }

    /// Hears a report; says where the life ends with it.
    async fn hear(&mut self, report: Report) -> Option<End> {
        let name = |ledger: &Ledger, topic| ledger.name(topic).map(ToString::to_string).unwrap_or_default();
        let event = match report {
            Report::Connected { cluster } => {
                self.ledger.connected_to(&cluster);
                self.gauge.change(|meter| {
                    (meter.connected, meter.cluster) = (true, Some(cluster.clone()));
                    meter.online();
                });
                if std::mem::replace(&mut self.introduced, true) {
                    return None;
                }
                let introduced = self.deliver.send(Delivery::Connected { cluster }).await;
                return introduced.is_err().then_some(End::Stopped);
            }
            Report::OtherCluster { found } => return Some(self.refuse_cluster(found).await),
            Report::Refused { reason } => {
                self.gauge.change(|meter| meter.refused = Some(reason.clone()));
                let _ = self.tell(FeedEvent::Refused { reason }).await;
                return Some(End::Refused);
            }
            Report::Started { topic, incarnation, partitions } => {
                let source = self.ledger.started(topic, incarnation, &partitions)?;
                FeedEvent::Started { source, partitions }
            }
            Report::Missing { topic, reason } => {
                self.ledger.missing(topic);
                let name = self.ledger.name(topic)?.clone();
                self.gauge.change(|meter| _ = meter.missing.insert(name.clone()));
                FeedEvent::TopicMissing { topic: name.to_string(), reason }
            }
            Report::Appeared { topic } => {
                let name = self.ledger.name(topic)?.clone();
                self.gauge.change(|meter| _ = meter.missing.remove(&name));
                FeedEvent::TopicAppeared { topic: name.to_string() }
            }
            Report::NewPartitions { topic, partitions } => {
                FeedEvent::NewPartitions { topic: name(&self.ledger, topic), partitions }
            }
            Report::Incarnation { topic, incarnation, reason } => {
                let source = self.ledger.made_again(topic, incarnation)?;
                FeedEvent::Incarnation { source, reason }
            }
            Report::Doubt { topic, partition, from, to, reason } => {
                self.ledger.moved(topic, partition, to);
                FeedEvent::Doubt { topic: name(&self.ledger, topic), partition, from, to, reason }
            }
            Report::BrokerDown { reason } => {
                self.gauge.change(|meter| {
                    (meter.broker_down, meter.caught_up) = (Some(reason.clone()), false);
                    meter.offline(now_us());
                });
                FeedEvent::BrokerDown { reason }
            }
            Report::BrokerUp => {
                self.gauge.change(|meter| {
                    meter.broker_down = None;
                    meter.online();
                });
                FeedEvent::BrokerUp
            }
            Report::Ends { partitions } => {
                let ledger = &self.ledger;
                self.gauge.change(|meter| meter.ends(&partitions, |topic, partition| ledger.next(topic, partition)));
                return None;
            }
            Report::Brokers { addresses } => {
                self.gauge.change(|meter| meter.brokers = addresses);
                return None;
            }
            // A worker that reads checks nothing.
            Report::Checked(_) => return None,
            Report::CaughtUp => {
                self.gauge.change(|meter| meter.caught_up = true);
                FeedEvent::CaughtUp
            }
            Report::Log { level, text } => FeedEvent::Log { level, text },
        };
        self.tell(event).await.is_none().then_some(End::Stopped)
    }

    async fn refuse_cluster(&mut self, found: String) -> End {
        let expected = self.ledger.cluster().unwrap_or_default().to_owned();
        let reason = format!("the broker belongs to cluster {found:?}, and cluster {expected:?} is read");
        let first = !std::mem::replace(&mut self.introduced, true);
        if first {
            // Whoever holds the session says it better: it hears which cluster answered, and nothing else comes.
            let _ = self.deliver.send(Delivery::Connected { cluster: found.clone() }).await;
        }
        let told = self.tell(FeedEvent::OtherCluster { expected, found }).await;
        match (first, told) {
            (_, None) => End::Stopped,
            (true, Some(())) => {
                self.gauge.change(|meter| meter.refused = Some(reason));
                End::Refused
            }
            // An address that led elsewhere for a while may lead back.
            (false, Some(())) => End::Died(reason),
        }
    }
}
