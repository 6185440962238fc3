//! Events out to the lab: what people did here is sent when the broker is there, and noted when it has it (`DATA.md` 19).
//!
//! Nothing is sent before the reviews' topic has been read to its end: what a process that died had sent before is read back,
//! and counts as delivered. A broker that refuses one event keeps none of the others waiting.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use feed::FeedState;
use feed::outbox::{Guarantee, Outbox, Outgoing, Placed, SendError};
use plate::LocalBody;
use session::{OutboxRow, Reader};
use tokio::sync::{Notify, watch};

use crate::road::Road;

/// Events of one transaction.
const BATCH: usize = 100;
/// How often the outbox is looked at without being told.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// First and longest pause after a failure.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// How the outbox stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxStanding {
    /// Events that the broker does not have.
    pub waiting: u64,
    /// What is being done about it.
    pub state: OutboxState,
    /// More about the state, in words.
    pub says: Option<String>,
    /// Events that the broker refuses, with its words; they are tried again.
    pub refused: Vec<(Box<str>, String)>,
}

/// What the outbox is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutboxState {
    /// There is nothing to send.
    #[default]
    Empty,
    /// The broker is not there.
    Offline,
    /// The topic is read first.
    Reading,
    /// Events are on their way.
    Sending,
    /// Some cannot be sent; tried again later.
    Failing,
    /// It is not ours to send: a copy, a bundle, or no topic is named for reviews.
    Held,
}

/// What the sender is told once.
#[derive(Debug, Clone)]
pub struct OutboxSettings {
    /// The session's folder.
    pub dir: PathBuf,
    /// `HOST:PORT`, comma-separated.
    pub brokers: String,
    /// The topic for reviews; `None` where the connection names none.
    pub topic: Option<String>,
    /// This installation's id: only its own events are sent.
    pub installation: String,
}

/// A running sender. It ends when it is dropped.
#[derive(Debug)]
pub struct OutboxSender {
    standing: watch::Receiver<OutboxStanding>,
    nudge: Arc<Notify>,
    task: tokio::task::JoinHandle<()>,
}

impl OutboxSender {
    /// Starts sending what a session's outbox holds.
    #[must_use]
    pub fn start(road: &Arc<Road>, settings: OutboxSettings) -> OutboxSender {
        let (publish, standing) = watch::channel(OutboxStanding::default());
        let nudge = Arc::new(Notify::new());
        let sender = Sender {
            // Not kept alive: a road that ends takes its sender along.
            road: Arc::downgrade(road),
            settings,
            publish,
            nudge: Arc::clone(&nudge),
            producer: None,
            refused: HashMap::new(),
            has_read: false,
        };
        OutboxSender { standing, nudge, task: tokio::spawn(sender.run()) }
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> OutboxStanding {
        self.standing.borrow().clone()
    }

    /// There is something new, or a person wants it tried again now.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }
}

impl Drop for OutboxSender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Sender {
    road: std::sync::Weak<Road>,
    settings: OutboxSettings,
    publish: watch::Sender<OutboxStanding>,
    nudge: Arc<Notify>,
    producer: Option<Outbox>,
    /// Events that were refused: words, when they are tried again, and the pause after that.
    refused: HashMap<Box<str>, (String, Instant, Duration)>,
    /// The topic was read to its end since this process began.
    has_read: bool,
}

impl Sender {
    async fn run(mut self) {
        let mut pause = PAUSE.0;
        let Ok(mut reader) = Reader::open(&self.settings.dir).await else { return };
        loop {
            let failed = match self.step(&mut reader).await {
                Step::Gone => return,
                Step::Done => false,
                Step::Failed => true,
            };
            let wait = if failed { pause } else { LOOK_EVERY };
            pause = if failed { (pause * 2).min(PAUSE.1) } else { PAUSE.0 };
            tokio::select! {
                () = self.nudge.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn tell(&self, waiting: u64, state: OutboxState, says: Option<String>) {
        let refused = self.refused.iter().map(|(event, (words, ..))| (event.clone(), words.clone()));
        let mut refused: Vec<(Box<str>, String)> = refused.collect();
        refused.sort();
        let standing = OutboxStanding { waiting, state, says, refused };
        self.publish.send_if_modified(|known| {
            let is_new = *known != standing;
            *known = standing;
            is_new
        });
    }

    /// Looks once, and sends what is due.
    async fn step(&mut self, reader: &mut Reader) -> Step {
        let Some(road) = self.road.upgrade() else { return Step::Gone };
        let Ok(waiting) = reader.outbox_len().await else { return Step::Failed };
        if waiting == 0 {
            self.refused.clear();
            self.tell(0, OutboxState::Empty, None);
            return Step::Done;
        }
        let Some(topic) = self.settings.topic.clone() else {
            let says = "This connection names no topic for reviews: name one in Connect.".to_owned();
            self.tell(waiting, OutboxState::Held, Some(says));
            return Step::Done;
        };
        let status = road.feed_status().map(|status| status.borrow().clone()).unwrap_or_default();
        if !matches!(status.state, FeedState::Reading) {
            self.has_read = false;
            self.producer = None;
            self.tell(waiting, OutboxState::Offline, None);
            return Step::Done;
        }
        let is_at_end = status.caught_up || status.lag.iter().all(|part| *part.topic != *topic || part.lag == 0);
        let is_read = self.has_read || (is_at_end && road.is_settled());
        if !is_read {
            self.tell(waiting, OutboxState::Reading, None);
            self.nudge_soon();
            return Step::Done;
        }
        self.has_read = true;
        let rows = match self.due(reader).await {
            Ok(rows) => rows,
            Err(_) => return Step::Failed,
        };
        if rows.is_empty() {
            let state = if self.refused.is_empty() { OutboxState::Held } else { OutboxState::Failing };
            let says = self.refused.is_empty().then(|| "These events were made on another machine.".to_owned());
            self.tell(waiting, state, says);
            return Step::Done;
        }
        self.tell(waiting, OutboxState::Sending, None);
        self.send(&road, &topic, waiting, rows).await
    }

    /// A topic that is read to its end soon is not waited for as long as usual.
    fn nudge_soon(&self) {
        let nudge = Arc::clone(&self.nudge);
        drop(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            nudge.notify_one();
        }));
    }

    /// Our own events that wait, without those whose pause is not over.
    async fn due(&self, reader: &mut Reader) -> Result<Vec<OutboxRow>, session::Error> {
        let ours = format!("plateside/{}/", self.settings.installation);
        let (mut after, mut due) = (0, Vec::new());
        loop {
            let rows = reader.outbox(after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(due) };
            after = last.seq;
            let now = Instant::now();
            let is_due = |row: &OutboxRow| {
                row.source.starts_with(&ours) && self.refused.get(&row.event).is_none_or(|(_, at, _)| *at <= now)
            };
            due.extend(rows.into_iter().filter(is_due));
            if due.len() >= BATCH {
                due.truncate(BATCH);
                return Ok(due);
            }
        }
    }

    async fn send(&mut self, road: &Arc<Road>, topic: &str, waiting: u64, rows: Vec<OutboxRow>) -> Step {
        let (brokers, id) = (self.settings.brokers.clone(), format!("plateside-{}", self.settings.installation));
        let (known, name) = (self.producer.take(), topic.to_owned());
        let sent = tokio::task::spawn_blocking(move || {
            let mut producer = match known {
                Some(producer) => producer,
                None => Outbox::open(&brokers, &id)?,
            };
            let batch: Vec<Outgoing<'_>> =
                rows.iter().map(|row| Outgoing { key: &row.key, headers: &row.headers, body: &row.body }).collect();
            let results = producer.send(&name, &batch);
            Ok::<_, SendError>((producer, rows, results))
        });
        let (producer, rows, results) = match sent.await {
            Ok(Ok(sent)) => sent,
            Ok(Err(error)) => return self.failed(waiting, &error),
            Err(_) => return Step::Failed,
        };
        let guarantee = producer.guarantee();
        self.producer = Some(producer);
        let mut trouble = None;
        let mut delivered = Vec::new();
        for (row, result) in rows.iter().zip(results) {
            match result {
                Ok(Placed { partition, offset }) => {
                    self.refused.remove(&row.event);
                    let (event, topic) = (row.event.clone(), topic.into());
                    delivered.push(LocalBody::Delivered { event, topic, partition, offset });
                }
                Err(SendError::Refused(words)) => {
                    let pause = self.refused.get(&row.event).map_or(PAUSE.0, |(_, _, pause)| (*pause * 2).min(PAUSE.1));
                    self.refused.insert(row.event.clone(), (words, Instant::now() + pause, pause));
                }
                Err(error) => trouble = Some(error),
            }
        }
        let count = delivered.len() as u64;
        if count > 0 && road.append_all("plateside", delivered).await.is_err() {
            // The broker has them and the session does not know: they are read back from the topic.
            return Step::Failed;
        }
        if let Some(error) = trouble {
            return self.failed(waiting - count, &error);
        }
        let says = (guarantee == Guarantee::AtLeastOnce).then(|| {
            "The broker grants no transactions: events are delivered at least once, dedupe by ce_id.".to_owned()
        });
        let state = match (waiting - count, self.refused.is_empty()) {
            (0, _) => OutboxState::Empty,
            (_, true) => OutboxState::Sending,
            (_, false) => OutboxState::Failing,
        };
        self.tell(waiting - count, state, says);
        if count > 0 {
            self.nudge.notify_one();
        }
        Step::Done
    }

    fn failed(&mut self, waiting: u64, error: &SendError) -> Step {
        self.producer = None;
        self.has_read = false;
        self.tell(waiting, OutboxState::Failing, Some(error.to_string()));
        Step::Failed
    }
}

enum Step {
    /// The road has ended.
    Gone,
    Done,
    Failed,
}
