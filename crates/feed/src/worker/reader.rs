//! The loop that reads: one consumer, borrowed messages copied once into frames, surveys and orders in between.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Message, Offset, TopicPartitionList};

use super::client::{self, Signals, Tap};
use super::copy::{push_headers, timestamp_ms};
use super::outlet::Outlet;
use super::survey::{self, Round, Survey};
use super::tell;
use super::topic::{Step, Topic};
use crate::control::{Configuration, Last, Report};
use crate::frame::FrameError;
use crate::messages::{self, FULL, FrameBuilder, Place, Tail};

/// A frame is handed over at the latest this long after its first message.
const LINGER: Duration = Duration::from_millis(5);
/// How long a poll waits when there is nothing to do.
const IDLE: Duration = Duration::from_millis(100);
/// A parent that takes nothing for this long pauses the fetching.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a client may take to learn of a topic before it reads it.
const ACQUAINTANCE: Duration = Duration::from_millis(500);
/// Least time between two surveys, whatever happens.
const SURVEY_REST: Duration = Duration::from_millis(250);
/// How often the last message of one partition a topic is compared with what was read.
const COMPARE_EVERY: Duration = Duration::from_secs(10);
/// Messages between two looks at the clock.
const CLOCK_EVERY: u32 = 64;

/// Why reading ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// No new attempt will do better: the parent is told in a report.
    Told(Report),
    /// Starting again may help.
    Failed(String),
}

impl From<KafkaError> for Ended {
    fn from(error: KafkaError) -> Ended {
        match &error {
            KafkaError::ClientConfig(_, reason, key, value) if value.is_empty() => {
                Ended::Told(Report::Refused { reason: format!("{key}: {reason}") })
            }
            // The value may be a secret.
            KafkaError::ClientConfig(_, reason, key, value) => {
                Ended::Told(Report::Refused { reason: format!("{key}: {}", reason.replace(value, "…")) })
            }
            KafkaError::ClientCreation(reason) => Ended::Told(Report::Refused { reason: reason.clone() }),
            _ => Ended::Failed(error.to_string()),
        }
    }
}

struct Reader<'a> {
    consumer: &'a BaseConsumer<Tap>,
    outlet: &'a Outlet,
    signals: Arc<Signals>,
    pause_wish: &'a AtomicBool,
    topics: Vec<Topic>,
    numbers: HashMap<String, usize>,
    /// The topic of the message before, as its number and as librdkafka's object (compared, never followed).
    recent: usize,
    recent_topic: *const rdkafka::types::RDKafkaTopic,
    frame: FrameBuilder,
    paused: bool,
    cluster: Option<String>,
    addresses: BTreeSet<String>,
    connected: bool,
    down: bool,
    down_at: Instant,
    /// librdkafka's latest words on a connection that failed.
    connection: Option<String>,
    brokers: &'a str,
    asked_at: Instant,
    caught_up: bool,
    questions: SyncSender<Round>,
    answers: Receiver<Result<Survey, String>>,
    asked: bool,
    survey_at: Instant,
    surveyed_at: Option<Instant>,
    compared_at: Instant,
    compare_now: bool,
    refresh: Duration,
}

/// Reads until something ends it; there is no other way out than [`Ended`] and the end of the process.
pub(super) fn read(from: &Configuration, outlet: &Outlet, pause_wish: &AtomicBool) -> Result<Infallible, Ended> {
    let signals = Arc::new(Signals::default());
    let surveyor = client::surveyor(from, signals.clone())?;
    let consumer = client::reader(from, signals.clone())?;
    let (questions, asked) = sync_channel(1);
    let (answering, answers) = sync_channel(1);
    std::thread::Builder::new()
        .name("survey".to_owned())
        .spawn(move || survey::answer_all(&surveyor, &asked, &answering))
        .map_err(|error| Ended::Failed(format!("no thread for surveys: {error}")))?;
    let plan = |(number, plan)| Topic::new(number as u16, plan);
    let now = Instant::now();
    let reader = Reader {
        consumer: &consumer,
        outlet,
        signals,
        pause_wish,
        topics: from.topics.iter().enumerate().map(plan).collect(),
        numbers: from.topics.iter().enumerate().map(|(number, plan)| (plan.name.clone(), number)).collect(),
        recent: 0,
        recent_topic: std::ptr::null(),
        frame: FrameBuilder::default(),
        paused: false,
        cluster: from.cluster.clone(),
        addresses: BTreeSet::new(),
        connected: false,
        down: false,
        down_at: now,
        connection: None,
        brokers: &from.brokers,
        asked_at: now,
        caught_up: false,
        questions,
        answers,
        asked: false,
        survey_at: now,
        surveyed_at: None,
        compared_at: now,
        compare_now: false,
        refresh: Duration::from_millis(from.metadata_refresh_ms.max(100)),
    };
    reader.run()
}

impl Reader<'_> {
    fn run(mut self) -> Result<Infallible, Ended> {
        loop {
            self.between_frames()?;
            let consumer = self.consumer;
            // A survey's answer does not wake a poll.
            let patience = if self.connected || !self.asked { IDLE } else { Duration::from_millis(2) };
            let Some(polled) = consumer.poll(patience) else {
                self.look_whether_caught_up();
                continue;
            };
            let begun = Instant::now();
            self.take(polled)?;
            let mut until_clock = CLOCK_EVERY;
            // Whatever is ready goes into the same frame; when nothing more is, it is handed over at once.
            while let Some(polled) = consumer.poll(Duration::ZERO) {
                self.take(polled)?;
                until_clock -= 1;
                if until_clock == 0 {
                    until_clock = CLOCK_EVERY;
                    if begun.elapsed() >= LINGER {
                        break;
                    }
                }
            }
            self.hand_over()?;
        }
    }

    /// Everything that is not a message.
    fn between_frames(&mut self) -> Result<(), Ended> {
        self.obey()?;
        if self.signals.raised.load(Ordering::Acquire) {
            self.heed()?;
        }
        match self.answers.try_recv() {
            Ok(survey) => self.learn(survey)?,
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => {
                return Err(Ended::Failed("the survey thread ended".to_owned()));
            }
        }
        let now = Instant::now();
        if !self.asked && now >= self.survey_at && self.surveyed_at.is_none_or(|at| now >= at + SURVEY_REST) {
            let compare = self.compare_now || now >= self.compared_at + COMPARE_EVERY;
            if compare {
                (self.compared_at, self.compare_now) = (now, false);
            }
            self.asked_at = now;
            let questions = self.topics.iter_mut().map(|topic| topic.question(compare)).collect();
            self.asked = self.questions.try_send(Round { questions, down: self.down }).is_ok();
        }
        Ok(())
    }

    fn take(&mut self, polled: KafkaResult<BorrowedMessage<'_>>) -> Result<(), Ended> {
        // Before the message itself: it may be the first of a topic's next life.
        if self.signals.raised.load(Ordering::Acquire) {
            self.heed()?;
        }
        match polled {
            Ok(message) => {
                if self.frame.overflows_with(message.key_len() + message.payload_len()) {
                    self.hand_over()?;
                }
                if message.payload_len() > FULL {
                    return self.hand_through(&message);
                }
                self.append(&message);
                if self.frame.is_full() { self.hand_over() } else { Ok(()) }
            }
            Err(KafkaError::PartitionEOF(partition)) => {
                self.topics.iter_mut().for_each(|topic| topic.saw_end(partition));
                Ok(())
            }
            Err(error) => self.heed_error(&error),
        }
    }

    /// Copies a message into the frame.
    fn append(&mut self, message: &BorrowedMessage<'_>) {
        if let Some(place) = self.place(message) {
            self.frame.push(place, message.key(), |bytes| push_headers(message, bytes), message.payload());
        }
    }

    /// Hands a large message over from where librdkafka holds it: a copy of each would be too much for the limit.
    fn hand_through(&mut self, message: &BorrowedMessage<'_>) -> Result<(), Ended> {
        self.hand_over()?;
        let (Some(place), Some(body)) = (self.place(message), message.payload()) else { return Ok(()) };
        let headers = |bytes: &mut Vec<u8>| push_headers(message, bytes);
        let around = messages::around(place, message.key(), headers, body)
            .map_err(|error| self.too_long(place.topic, place.partition, place.offset, &error))?;
        self.outlet.write_through(&[&around.before, body, &around.after]);
        self.remember(&[around.tail], false);
        Ok(())
    }

    /// Where a message stands, if it is one that is read.
    fn place(&mut self, message: &BorrowedMessage<'_>) -> Option<Place> {
        // librdkafka has one object for a topic while any partition of it is assigned.
        if message.topic_ptr().cast_const() != self.recent_topic {
            self.recent = *self.numbers.get(message.topic())?;
            self.recent_topic = message.topic_ptr();
        }
        let (partition, offset) = (message.partition(), message.offset());
        let incarnation = self.topics[self.recent].accept(partition, offset)?;
        Some(Place { topic: self.recent as u16, incarnation, partition, offset, timestamp_ms: timestamp_ms(message) })
    }

    fn remember(&mut self, tails: &[Tail], small: bool) {
        for tail in tails {
            let last = Last { offset: tail.offset, timestamp_ms: tail.timestamp_ms, digest: tail.digest };
            self.topics[usize::from(tail.topic)].handed_over(tail.partition, last, small);
        }
    }

    fn too_long(&self, topic: u16, partition: i32, offset: i64, error: &FrameError) -> Ended {
        let name = self.topics[usize::from(topic)].name();
        Ended::Failed(format!("the message at {name}/{partition}@{offset} does not fit: {error}"))
    }

    /// Hands the frame over, and remembers the last message of each partition in it.
    fn hand_over(&mut self) -> Result<(), Ended> {
        if self.frame.is_empty() {
            return Ok(());
        }
        // Only headers of hundreds of megabytes make a frame too long here.
        let (frame, tails) = self.frame.take(self.outlet.spare()).map_err(|error| Ended::Failed(error.to_string()))?;
        self.remember(&tails, true);
        let Err(mut frame) = self.outlet.offer(frame, PATIENCE) else { return Ok(()) };
        // The parent does not keep up: let go of what is fetched, and wait without fetching.
        let (was_paused, consumer) = (self.paused, self.consumer);
        self.pause(true)?;
        let mut errors = Vec::new();
        loop {
            match self.outlet.offer(frame, IDLE) {
                Ok(()) => break,
                Err(back) => frame = back,
            }
            // Serves librdkafka's callbacks. Nothing is fetched; a message that was on its way joins the next frame.
            match consumer.poll(Duration::ZERO) {
                Some(Ok(message)) => self.append(&message),
                // Heeding one may hand a frame over, and this one goes first.
                Some(Err(error)) if errors.len() < 16 => errors.push(error),
                Some(Err(_)) | None => {}
            }
        }
        self.pause(was_paused)?;
        errors.iter().try_for_each(|error| self.heed_error(error))
    }

    fn obey(&mut self) -> Result<(), Ended> {
        let wish = self.pause_wish.load(Ordering::Acquire);
        if wish == self.paused { Ok(()) } else { self.pause(wish) }
    }

    /// Pauses or resumes every partition. librdkafka drops what it fetched, and fetches it again on resuming.
    fn pause(&mut self, paused: bool) -> Result<(), Ended> {
        let assigned = self.consumer.assignment()?;
        if assigned.count() > 0 {
            if paused { self.consumer.pause(&assigned)? } else { self.consumer.resume(&assigned)? }
        }
        self.paused = paused;
        Ok(())
    }

    /// What librdkafka said on the side.
    fn heed(&mut self) -> Result<(), Ended> {
        let said = self.signals.take();
        for (level, text) in said.lines {
            tell(self.outlet, &Report::Log { level, text });
        }
        for name in said.made_again {
            if let Some(&number) = self.numbers.get(&name) {
                self.hand_over()?;
                let step = self.topics[number].id_changed();
                self.walk(vec![step])?;
                self.survey_at = Instant::now();
            }
        }
        if said.connection.is_some() {
            self.connection = said.connection;
        }
        if said.all_down {
            self.is_down();
        }
        Ok(())
    }

    fn heed_error(&mut self, error: &KafkaError) -> Result<(), Ended> {
        match error.rdkafka_error_code() {
            // Watching needs no rights on groups; connections are spoken of in `heed`.
            Some(
                RDKafkaErrorCode::GroupAuthorizationFailed
                | RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::Resolve,
            ) => {}
            // librdkafka stopped a partition and does not say which: all are verified as after a restart.
            Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                self.hand_over()?;
                let steps = self.topics.iter_mut().map(Topic::stop).collect();
                self.walk(steps)?;
                self.survey_at = Instant::now();
            }
            Some(
                RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::UnknownTopic
                | RDKafkaErrorCode::UnknownPartition
                | RDKafkaErrorCode::UnknownTopicId,
            ) => {
                self.compare_now = true;
                self.survey_at = Instant::now();
            }
            _ => {
                tell(self.outlet, &Report::Log { level: 3, text: error.to_string() });
                self.survey_at = self.survey_at.min(Instant::now() + Duration::from_secs(1));
            }
        }
        Ok(())
    }

    /// Says once that no broker can be reached, in librdkafka's words where it has spoken.
    fn is_down(&mut self) {
        if !std::mem::replace(&mut self.down, true) {
            let reason = self.connection.take().unwrap_or_else(|| format!("{} does not answer", self.brokers));
            tell(self.outlet, &Report::BrokerDown { reason });
        }
        // An answer to what was asked before says nothing about now.
        self.down_at = Instant::now();
    }

    fn learn(&mut self, survey: Result<Survey, String>) -> Result<(), Ended> {
        self.asked = false;
        let now = Instant::now();
        self.surveyed_at = Some(now);
        self.survey_at = now + self.refresh;
        let survey = match survey {
            Ok(survey) => survey,
            Err(reason) => {
                if self.connection.is_none() {
                    self.connection = Some(format!("{}: {reason}", self.brokers));
                }
                self.is_down();
                self.survey_at = now + Duration::from_secs(1);
                return Ok(());
            }
        };
        if !self.connected {
            if self.cluster.as_ref().is_some_and(|cluster| *cluster != survey.cluster) {
                return Err(Ended::Told(Report::OtherCluster { found: survey.cluster }));
            }
            self.connected = true;
            tell(self.outlet, &Report::Connected { cluster: survey.cluster });
        }
        if self.down && self.asked_at > self.down_at {
            self.down = false;
            tell(self.outlet, &Report::BrokerUp);
        }
        if self.addresses != survey.brokers {
            tell(self.outlet, &Report::Brokers { addresses: survey.brokers.iter().cloned().collect() });
            self.addresses = survey.brokers;
        }
        // What was read before the answer is handed over before what follows from it.
        self.hand_over()?;
        for (number, answer) in survey.answers {
            let steps = self.topics[usize::from(number)].learn(answer);
            self.walk(steps)?;
        }
        let partitions = self.topics.iter().flat_map(Topic::ends).collect();
        tell(self.outlet, &Report::Ends { partitions });
        if self.topics.iter().any(Topic::is_waiting) {
            self.survey_at = self.survey_at.min(now + Duration::from_millis(500));
        }
        self.look_whether_caught_up();
        Ok(())
    }

    fn walk(&mut self, steps: Vec<Step>) -> Result<(), Ended> {
        // What is assigned anew may be another object, or the same address for another topic.
        self.recent_topic = std::ptr::null();
        for step in steps {
            match step {
                Step::Tell(report) => tell(self.outlet, &report),
                Step::Stop { topic, partitions } if !partitions.is_empty() => {
                    let mut list = TopicPartitionList::with_capacity(partitions.len());
                    for partition in partitions {
                        list.add_partition(self.topics[usize::from(topic)].name(), partition);
                    }
                    self.consumer.incremental_unassign(&list)?;
                }
                Step::Stop { .. } => {}
                Step::Read { topic, partitions } => {
                    let name = self.topics[usize::from(topic)].name();
                    // A topic that this client does not know yet would wait for librdkafka's next full second. A broker
                    // that does not answer at once only costs that second.
                    let _ = self.consumer.fetch_metadata(Some(name), ACQUAINTANCE);
                    let mut list = TopicPartitionList::with_capacity(partitions.len());
                    for (partition, offset) in partitions {
                        list.add_partition_offset(name, partition, Offset::Offset(offset))?;
                    }
                    self.consumer.incremental_assign(&list)?;
                    if self.paused {
                        self.consumer.pause(&list)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn look_whether_caught_up(&mut self) {
        let caught_up = self.connected && !self.down && self.topics.iter().all(Topic::is_at_end);
        if std::mem::replace(&mut self.caught_up, caught_up) != caught_up && caught_up {
            tell(self.outlet, &Report::CaughtUp);
        }
    }
}
