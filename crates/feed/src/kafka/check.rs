//! The parent's side of a check: a worker that looks at brokers and topics once, and what it finds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plate::Source;
use tokio::process::{ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use wire::envelope::{Envelope, Kind};

use super::child::{self, Child, Lines, Process};
use super::settings::{KafkaSettings, Start, WorkerCommand};
use crate::control::{Begin, CheckFinding, Configuration, Report, TopicPlan};
use crate::error::FeedError;
use crate::frame::FrameKind;
use crate::messages;

/// What is to be looked at.
#[derive(Debug, Clone)]
pub struct CheckSettings {
    /// `HOST:PORT`, comma-separated.
    pub brokers: String,
    /// Kinds and topics; the newest message of the first that has any is looked at.
    pub topics: Vec<(Kind, String)>,
    /// Where reading would begin.
    pub start: Start,
    /// The program that becomes the worker.
    pub worker: WorkerCommand,
    /// The worker's limit for its data, in bytes.
    pub memory_limit_bytes: u64,
}

/// What a check has to say next.
#[derive(Debug)]
pub enum CheckNews {
    /// It found something.
    Found(CheckFinding),
    /// The newest message. Nothing of it is kept anywhere else.
    Message(Box<Envelope>),
    /// The worker ended before it was done: its exit and its last words.
    Died(String),
    /// Nothing came in time.
    Silent,
}

/// A check in progress. Dropping it ends its worker.
#[derive(Debug)]
pub struct BrokerCheck {
    process: Option<Process>,
    // Closing it would end the worker.
    _stdin: ChildStdin,
    stdout: ChildStdout,
    listening: JoinHandle<()>,
    last_words: Arc<Mutex<String>>,
    cluster: Box<str>,
    topics: Vec<(Kind, String)>,
}

impl BrokerCheck {
    /// Starts the worker.
    ///
    /// # Errors
    /// [`FeedError`]: settings that cannot work, or a worker that does not start.
    pub async fn start(settings: &CheckSettings) -> Result<BrokerCheck, FeedError> {
        KafkaSettings {
            brokers: settings.brokers.clone(),
            topics: settings.topics.clone(),
            start: settings.start,
            stored: Vec::new(),
            worker: settings.worker.clone(),
            memory_limit_bytes: settings.memory_limit_bytes,
            queue_bytes: 0,
            metadata_refresh_ms: 0,
            client: BTreeMap::new(),
        }
        .check()?;
        let plan = |(kind, name): &(Kind, String)| TopicPlan {
            name: name.clone(),
            begin: match settings.start {
                _ if kind.always_from_earliest() => Begin::Earliest,
                Start::Earliest | Start::Stored => Begin::Earliest,
                Start::Latest => Begin::Latest,
                Start::TimeMs(ms) => Begin::TimeMs(ms),
            },
            incarnation: 0,
            known: false,
            positions: Vec::new(),
        };
        let configuration = Configuration {
            brokers: settings.brokers.clone(),
            client: BTreeMap::new(),
            group_id: format!("plateside-{}", uuid::Uuid::new_v4()),
            memory_limit_bytes: settings.memory_limit_bytes,
            metadata_refresh_ms: 3000,
            cluster: None,
            topics: settings.topics.iter().map(plan).collect(),
            check: true,
        };
        let failed = |reason| FeedError::Worker { program: settings.worker.program.display().to_string(), reason };
        let (process, mut stdin, stdout, stderr) = Child::spawn(&settings.worker)?.split();
        let payload = serde_json::to_vec(&configuration).map_err(|error| failed(std::io::Error::other(error)))?;
        child::write(&mut stdin, FrameKind::Configuration, &payload).await.map_err(failed)?;
        let last_words = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&last_words);
        let listening = tokio::spawn(async move {
            let mut lines = Lines::new(stderr);
            while let Some(line) = lines.next().await {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = line;
            }
        });
        let topics = settings.topics.clone();
        let cluster = Box::default();
        Ok(BrokerCheck { process: Some(process), _stdin: stdin, stdout, listening, last_words, cluster, topics })
    }

    /// The next finding, within `patience`. After [`CheckFinding::Done`], [`CheckNews::Died`] and [`CheckNews::Silent`]
    /// nothing else comes.
    pub async fn next(&mut self, patience: Duration) -> CheckNews {
        match tokio::time::timeout(patience, self.take()).await {
            Ok(Ok(news)) => news,
            Ok(Err(error)) => self.died(Some(error)).await,
            Err(_) => CheckNews::Silent,
        }
    }

    async fn take(&mut self) -> std::io::Result<CheckNews> {
        loop {
            let Some((kind, length)) = child::read_head(&mut self.stdout).await? else {
                return Ok(self.died(None).await);
            };
            let payload = child::read_payload(&mut self.stdout, length).await?;
            match kind {
                FrameKind::Report => {
                    let report = serde_json::from_slice(&payload).map_err(std::io::Error::other)?;
                    // What librdkafka says beside it is in the findings.
                    let Report::Checked(finding) = report else { continue };
                    if let CheckFinding::Answered { cluster, .. } = &finding {
                        self.cluster = cluster.as_str().into();
                    }
                    return Ok(CheckNews::Found(finding));
                }
                FrameKind::Messages => {
                    let source = |topic: u16, incarnation| {
                        let (kind, name) = self.topics.get(usize::from(topic))?;
                        let cluster = self.cluster.clone();
                        Some((Arc::new(Source { cluster, topic: name.as_str().into(), incarnation }), *kind))
                    };
                    let (envelopes, _) = messages::read(&payload, source).map_err(std::io::Error::other)?;
                    if let Some(envelope) = envelopes.into_iter().next() {
                        return Ok(CheckNews::Message(Box::new(envelope)));
                    }
                }
                FrameKind::Configuration | FrameKind::Order => {
                    return Err(std::io::Error::other("a frame the wrong way"));
                }
            }
        }
    }

    async fn died(&mut self, error: Option<std::io::Error>) -> CheckNews {
        let exit = match self.process.take() {
            Some(process) => process.end().await,
            None => String::new(),
        };
        // What it wrote last is why it died; its pipe is closed by now.
        let _ = tokio::time::timeout(Duration::from_millis(200), &mut self.listening).await;
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        let said = [exit, error, words].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        CheckNews::Died(said.join("; "))
    }
}

impl Drop for BrokerCheck {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
