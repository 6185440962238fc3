//! The connection test: step by step from names to the first message, each with its time, the broker's own words, and what
//! to try where it fails. It leaves no trace and keeps nothing.

mod step;
mod topics;
mod words;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use feed::reach::{Unreached, connect, resolve};
use feed::{BrokerAddress, BrokerCheck, CheckFinding, CheckNews, CheckSettings, TopicStanding, WorkerCommand};
use wire::{Envelope, Kind};

use crate::connections::{Connection, ConnectionError, StartAt, addresses};
pub use step::{CheckStep, CheckStepName, CheckStepState};
pub use topics::{CheckedTopic, TopicCheck};

/// No step waits longer than this for a network.
const PATIENCE: Duration = Duration::from_secs(5);
/// A broker's own address is tried this long.
const PATIENCE_OF_AN_ADDRESS: Duration = Duration::from_secs(2);
/// What the check's worker may use.
const WORKER_MEMORY_BYTES: u64 = 256 << 20;

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Every step, in order, as it ended.
    pub steps: Vec<CheckStep>,
    /// The topics of the connection.
    pub topics: Vec<CheckedTopic>,
    /// Every topic that is to be seen there, with its partitions, sorted.
    pub visible: Vec<(String, u32)>,
    /// The first message as it came, for a preview: at most [`PREVIEW_BYTES`] of it.
    pub preview: Option<Preview>,
}

/// The first message as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What its topic carries.
    pub kind: Kind,
    /// Its topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its Kafka timestamp, milliseconds since 1970 UTC; -1 for none.
    pub timestamp_ms: i64,
    /// The beginning of its body, where that is text.
    pub text: Option<String>,
    /// Bytes of its whole body.
    pub bytes: usize,
}

/// A preview shows no more of a body.
pub const PREVIEW_BYTES: usize = 4096;

impl Checked {
    /// Whether recording would work.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.steps.iter().all(|step| step.state != CheckStepState::Failed)
    }

    /// The whole in one sentence.
    #[must_use]
    pub fn verdict(&self) -> String {
        if let Some(failed) = self.steps.iter().find(|step| step.state == CheckStepState::Failed) {
            return format!("Not ready: {}", failed.says);
        }
        match self.steps.iter().filter(|step| step.state == CheckStepState::Warn).count() {
            0 => "Ready: live view and recording will work".to_owned(),
            1 => "Ready, with 1 warning".to_owned(),
            n => format!("Ready, with {n} warnings"),
        }
    }
}

/// Tests a connection; `tell` hears each step as it begins and as it ends. Every step ends within 6 s, whatever a network
/// does.
///
/// # Errors
/// The first fault of the form: nothing was tried.
pub async fn check(
    connection: &Connection,
    worker: WorkerCommand,
    mut tell: impl FnMut(&CheckStep) + Send,
) -> Result<Checked, ConnectionError> {
    if let Some(fault) = connection.faults_but_name().into_iter().next() {
        return Err(fault);
    }
    let profile = connection
        .profile()
        .map_err(|error| ConnectionError::Invalid { field: "profile".to_owned(), reason: error.to_string() })?;
    let mut topics: Vec<TopicCheck> = profile
        .topics()
        .into_iter()
        .map(|(kind, name)| TopicCheck { kind, name, is_named: !profile.topics.is_empty(), standing: None })
        .collect();
    topics.sort_by_key(|topic| topic.kind);
    let mut account = Account { tell: &mut tell, steps: Vec::new(), begun: Instant::now() };
    let mut checked = Checked { steps: Vec::new(), topics: Vec::new(), visible: Vec::new(), preview: None };
    walk(connection, worker, &mut topics, &mut account, &mut checked).await;
    account.skip_the_rest();
    checked.steps = account.steps;
    checked.topics = topics.iter().map(|topic| topic.checked(&checked.visible)).collect();
    Ok(checked)
}

/// Who hears of steps, and those that ended.
struct Account<'a> {
    tell: &'a mut (dyn FnMut(&CheckStep) + Send),
    steps: Vec<CheckStep>,
    begun: Instant,
}

impl Account<'_> {
    fn begin(&mut self, name: CheckStepName) {
        self.begun = Instant::now();
        (self.tell)(&CheckStep::new(name, CheckStepState::Running, ""));
    }

    /// Ends the step; whether the next one makes sense.
    fn end(&mut self, step: CheckStep) -> bool {
        let took_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let step = CheckStep { took_ms, ..step };
        (self.tell)(&step);
        let goes_on = step.state != CheckStepState::Failed;
        self.steps.push(step);
        goes_on
    }

    fn skip_the_rest(&mut self) {
        let Some(last) = self.steps.last().map(|step| step.name) else { return };
        for name in CheckStepName::ALL.into_iter().filter(|name| *name > last) {
            let step = CheckStep::new(name, CheckStepState::Skipped, "Not tried: a step before it failed");
            (self.tell)(&step);
            self.steps.push(step);
        }
    }
}

/// The steps in order, until one fails.
async fn walk(
    connection: &Connection,
    worker: WorkerCommand,
    topics: &mut [TopicCheck],
    account: &mut Account<'_>,
    checked: &mut Checked,
) {
    account.begin(CheckStepName::ResolveNames);
    let hosts = look_up(&connection.brokers).await;
    if !account.end(words::names(&hosts)) {
        return;
    }
    account.begin(CheckStepName::Reach);
    let reached = reach(&hosts, PATIENCE).await;
    if !account.end(words::reached(&reached)) {
        return;
    }
    account.begin(CheckStepName::Cluster);
    let settings = CheckSettings {
        brokers: connection.addresses(),
        topics: topics.iter().map(|topic| (topic.kind, topic.name.clone())).collect(),
        start: connection.start.into(),
        worker,
        memory_limit_bytes: WORKER_MEMORY_BYTES,
    };
    let mut asking = match BrokerCheck::start(&settings).await {
        Ok(asking) => asking,
        Err(error) => {
            account.end(CheckStep::new(CheckStepName::Cluster, CheckStepState::Failed, &error.to_string()));
            return;
        }
    };
    match asking.next(PATIENCE).await {
        CheckNews::Found(CheckFinding::Answered { cluster, brokers, topics }) => {
            checked.visible = topics;
            let reached = reach_brokers(&brokers).await;
            if !account.end(words::cluster(&cluster, &reached)) {
                return;
            }
        }
        news => {
            account.end(words::no_answer(&connection.brokers, news));
            return;
        }
    }
    account.begin(CheckStepName::Topics);
    let mut next = asking.next(PATIENCE).await;
    while let CheckNews::Found(CheckFinding::Topic { topic, standing }) = next {
        if let Some(topic) = topics.get_mut(usize::from(topic)) {
            topic.standing = Some(standing);
        }
        let left = PATIENCE.saturating_sub(account.begun.elapsed());
        next = if left.is_zero() { CheckNews::Silent } else { asking.next(left).await };
    }
    if !account.end(words::topics(topics, &checked.visible)) {
        return;
    }
    account.begin(CheckStepName::Messages);
    account.end(words::messages(topics, connection.start));
    account.begin(CheckStepName::FirstMessage);
    let (step, preview) = words::first_message(next, crate::clock::now_us() / 1000);
    checked.preview = preview;
    account.end(step);
}

/// A host of the form and what came of looking it up.
struct Host {
    name: String,
    port: u16,
    found: Result<Vec<IpAddr>, String>,
}

/// Looks up all hosts at once.
async fn look_up(brokers: &str) -> Vec<Host> {
    let asked: Vec<(String, u16)> = addresses(brokers).map(words::host_and_port).collect();
    all_at_once(asked.into_iter().map(|(name, port)| async move {
        let found = resolve(&name, PATIENCE).await;
        Host { name, port, found }
    }))
    .await
}

/// What came of connecting to `HOST:PORT`.
struct Reached {
    address: String,
    outcome: Result<Duration, Unreached>,
}

/// Connects to all hosts that have addresses, at once.
async fn reach(hosts: &[Host], patience: Duration) -> Vec<Reached> {
    let found = hosts.iter().filter_map(|host| Some((host, host.found.clone().ok()?)));
    let tries = found.map(|(host, addresses)| {
        let (address, port) = (format!("{}:{}", host.name, host.port), host.port);
        async move { Reached { address, outcome: connect(&addresses, port, patience).await } }
    });
    all_at_once(tries).await
}

/// So many of a cluster's own addresses are tried.
const MOST_BROKERS: usize = 64;

/// Looks whether the addresses that brokers name themselves can be reached: that is where messages are fetched.
async fn reach_brokers(brokers: &[BrokerAddress]) -> Vec<Reached> {
    let tries = brokers.iter().take(MOST_BROKERS).map(|broker| {
        let (host, port) = (broker.host.clone(), broker.port);
        async move {
            let address = format!("{host}:{port}");
            let outcome = match resolve(&host, PATIENCE_OF_AN_ADDRESS).await {
                Ok(addresses) => connect(&addresses, port, PATIENCE_OF_AN_ADDRESS).await,
                Err(reason) => Err(Unreached::Other(reason)),
            };
            Reached { address, outcome }
        }
    });
    all_at_once(tries).await
}

/// Runs all of them at the same time; their outcomes in order.
async fn all_at_once<T: Send + 'static>(
    works: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = works.map(tokio::spawn).collect();
    let mut outcomes = Vec::with_capacity(running.len());
    for work in running {
        // A look-up that panicked has no outcome to tell.
        outcomes.extend(work.await.ok());
    }
    outcomes
}

/// The beginning of a message for the preview.
fn preview(envelope: &Envelope) -> Preview {
    let body = envelope.body.as_deref().unwrap_or_default();
    let head = &body[..body.len().min(PREVIEW_BYTES)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => Some(text.to_owned()),
        // Cut within a letter.
        Err(error) if error.error_len().is_none() && head.len() < body.len() => {
            Some(String::from_utf8_lossy(&head[..error.valid_up_to()]).into_owned())
        }
        Err(_) => None,
    };
    Preview {
        kind: envelope.kind,
        topic: envelope.origin.source.topic.to_string(),
        partition: envelope.origin.partition,
        offset: envelope.origin.offset,
        timestamp_ms: envelope.origin.timestamp_ms,
        text,
        bytes: body.len(),
    }
}

/// Whether messages of a kind are awaited from `start` on.
fn begins_at_end(kind: Kind, start: StartAt) -> bool {
    start == StartAt::Latest && !kind.always_from_earliest()
}

/// Whether a topic can be read.
fn is_there(topic: &TopicCheck) -> bool {
    matches!(topic.standing, Some(TopicStanding::There { .. }))
}
