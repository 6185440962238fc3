//! The sources of the road, and the pump that empties one into it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plate::{LocalRecord, Source};
use session::{ReplayItem, ReplaySource};
use tokio::sync::{broadcast, mpsc, watch};
use wire::envelope::{Batch, Kind};

use crate::road::{Notice, RoadError};

/// Where envelopes come from.
#[derive(Debug)]
pub(crate) enum Intake {
    /// A broker, through the worker.
    Kafka(Box<feed::KafkaSource>, Vec<(Kind, String)>),
    /// A recorded session.
    Replay(Box<ReplaySource>, Pace),
}

/// How fast a replay plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// 1 is as it was; `None` is as fast as it goes.
    pub speed: Option<f64>,
    /// Stop before the first batch received later than this, microseconds since 1970 UTC.
    pub until_us: Option<i64>,
}

/// What the pump hands on.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// Messages, with the permit for their bytes.
    Messages { batch: Batch, held: Option<feed::Held> },
    /// A message of a recording, without its body.
    LeftOut(Box<session::LeftOutMessage>),
    /// Partitions begin to be read.
    Begin { source: Arc<Source>, kind: Kind, partitions: Vec<(i32, i64)> },
    /// A local record of a recording.
    Local { received_at_us: i64, record: LocalRecord },
}

impl Intake {
    /// Empties the source into the road until it ends or `stopped` says so; `held` pauses it with a reason.
    pub(crate) async fn pump(
        self,
        incoming: mpsc::Sender<Incoming>,
        notices: broadcast::Sender<Notice>,
        delivered: Arc<AtomicU64>,
        stopped: watch::Receiver<bool>,
        held: watch::Receiver<Option<String>>,
    ) -> Result<(), RoadError> {
        match self {
            Intake::Kafka(source, topics) => {
                pump_kafka(*source, &topics, incoming, notices, &delivered, stopped, held).await
            }
            Intake::Replay(source, pace) => pump_replay(*source, pace, incoming, &delivered, stopped).await,
        }
    }
}

async fn pump_kafka(
    mut source: feed::KafkaSource,
    topics: &[(Kind, String)],
    incoming: mpsc::Sender<Incoming>,
    notices: broadcast::Sender<Notice>,
    delivered: &AtomicU64,
    mut stopped: watch::Receiver<bool>,
    mut held: watch::Receiver<Option<String>>,
) -> Result<(), RoadError> {
    loop {
        let delivery = tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Ok(()) = held.changed() => {
                match held.borrow_and_update().as_deref() {
                    Some(reason) => source.pause(reason),
                    None => source.resume(),
                }
                continue;
            }
            delivery = source.next() => delivery,
        };
        match delivery {
            None => break,
            Some(feed::Delivery::Batch { batch, held }) => {
                delivered.fetch_add(batch.envelopes.len() as u64, Ordering::AcqRel);
                if incoming.send(Incoming::Messages { batch, held: Some(held) }).await.is_err() {
                    break;
                }
            }
            Some(feed::Delivery::Event(event)) => {
                if let feed::FeedEvent::Started { source, partitions } = &event
                    && let Some((kind, _)) = topics.iter().find(|(_, topic)| **topic == *source.topic)
                {
                    let begin =
                        Incoming::Begin { source: Arc::clone(source), kind: *kind, partitions: partitions.clone() };
                    if incoming.send(begin).await.is_err() {
                        break;
                    }
                }
                // Nobody listening to notices is no fault: the status says the same.
                drop(notices.send(Notice::Feed(event)));
            }
            Some(feed::Delivery::Connected { .. }) => {}
        }
    }
    source.stop().await;
    Ok(())
}

async fn pump_replay(
    mut source: ReplaySource,
    pace: Pace,
    incoming: mpsc::Sender<Incoming>,
    delivered: &AtomicU64,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), RoadError> {
    let mut before: Option<i64> = None;
    while let Some(item) = source.next().await? {
        let (received_at_us, next) = match item {
            ReplayItem::Batch(batch) => (batch.received_at_us, Incoming::Messages { batch, held: None }),
            ReplayItem::LeftOut(message) => (message.received_at_us, Incoming::LeftOut(message)),
            ReplayItem::Local { received_at_us, record } => {
                (received_at_us, Incoming::Local { received_at_us, record })
            }
        };
        if pace.until_us.is_some_and(|until| received_at_us > until) {
            break;
        }
        if let (Some(speed), Some(before)) = (pace.speed, before) {
            let gap = Duration::from_micros(u64::try_from(received_at_us - before).unwrap_or(0)).div_f64(speed);
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => break,
                () = tokio::time::sleep(gap) => {}
            }
        }
        before = Some(received_at_us);
        let messages = match &next {
            Incoming::Messages { batch, .. } => batch.envelopes.len() as u64,
            Incoming::LeftOut(_) => 1,
            Incoming::Begin { .. } | Incoming::Local { .. } => 0,
        };
        delivered.fetch_add(messages, Ordering::AcqRel);
        if *stopped.borrow() || incoming.send(next).await.is_err() {
            break;
        }
    }
    Ok(())
}
