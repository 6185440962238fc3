//! The demo lab's thread: the broker, its topics, and the producer that plays the script.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};
use wire::envelope::Kind;

use super::DemoProgress;
use super::script::{Cue, IMAGE_PARTITIONS};

/// What every message of the demo says about itself.
const NOTE: &str = "Demonstration: real LINCS plates (CC0) played by Plateside itself. No robot is running.";
/// What its pictures say.
const PICTURES: &str = "Demonstration: the pictures are real cells of other experiments, placed in wells that they do not \
    come from: nuclei (Data Science Bowl 2018, CC0), HT29 cells (Broad Institute, CC0), NF1 cells (Way lab, BSD-3). Site 3 \
    of well B10 was blurred by us: Gaussian, sigma 5 pixels.";

/// Plays until the end, and stays up until `stopped` closes.
pub(super) fn play(
    cues: &[Cue],
    progress: &Mutex<DemoProgress>,
    opened: &SyncSender<Result<String, String>>,
    stopped: &Receiver<()>,
) {
    let (mock, producer) = match open() {
        Ok(open) => open,
        Err(error) => {
            // Whoever asked waits for the answer.
            let _ = opened.send(Err(error.to_string()));
            return;
        }
    };
    let _ = opened.send(Ok(mock.bootstrap_servers()));
    match feed(cues, &producer, stopped, progress) {
        Ok(true) => locked(progress).finished = true,
        Ok(false) => return,
        Err(error) => locked(progress).failed = Some(error.to_string()),
    }
    // Until it closes; nothing is ever sent.
    let _ = stopped.recv();
}

fn locked(progress: &Mutex<DemoProgress>) -> MutexGuard<'_, DemoProgress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open() -> KafkaResult<(MockCluster<'static, DefaultProducerContext>, BaseProducer)> {
    let mock = MockCluster::new(1)?;
    for kind in Kind::ALL {
        // A plate's messages share a key, and so a partition.
        let partitions = match kind {
            Kind::Results => 3,
            Kind::Images => IMAGE_PARTITIONS,
            _ => 1,
        };
        mock.create_topic(&kind.default_topic(), partitions, 1)?;
    }
    let producer = ClientConfig::new()
        .set("bootstrap.servers", mock.bootstrap_servers())
        .set("client.id", "plateside-demo-lab")
        .set("acks", "all")
        .set("linger.ms", "5")
        .create()?;
    Ok((mock, producer))
}

/// Sends each cue at its time; false where it was stopped before the end.
fn feed(
    cues: &[Cue],
    producer: &BaseProducer,
    stopped: &Receiver<()>,
    progress: &Mutex<DemoProgress>,
) -> KafkaResult<bool> {
    let begun = Instant::now();
    for cue in cues {
        let due = begun + Duration::from_millis(u64::try_from(cue.after_ms).unwrap_or(0));
        loop {
            let left = due.saturating_duration_since(Instant::now());
            let gone = match left.is_zero() {
                true => stopped.try_recv() == Err(TryRecvError::Disconnected),
                // Woken now and then, to let librdkafka forget what was acknowledged.
                false => {
                    stopped.recv_timeout(left.min(Duration::from_millis(200))) == Err(RecvTimeoutError::Disconnected)
                }
            };
            if gone {
                return Ok(false);
            }
            producer.poll(Duration::ZERO);
            if left.is_zero() {
                break;
            }
        }
        send(producer, cue)?;
        let mut progress = locked(progress);
        progress.sent += 1;
        if let Some(plate) = cue.well_of.and_then(|index| progress.plates.get_mut(index)) {
            plate.1 += 1;
        }
    }
    producer.flush(Duration::from_secs(30))?;
    Ok(true)
}

fn send(producer: &BaseProducer, cue: &Cue) -> KafkaResult<()> {
    let topic = cue.kind.default_topic();
    let note = if cue.kind == Kind::Images { PICTURES } else { NOTE };
    let mut headers = OwnedHeaders::new().insert(Header { key: "plateside-note", value: Some(note) });
    for (key, value) in cue.headers.iter() {
        headers = headers.insert(Header { key, value });
    }
    let mut record = BaseRecord::to(&topic).key(&cue.key).payload(&*cue.body).headers(headers).timestamp(cue.at_ms);
    record.partition = cue.partition;
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                producer.poll(Duration::from_millis(20));
                record = back;
            }
            Err((error, _)) => return Err(error),
        }
    }
}
