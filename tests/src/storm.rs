//! A recording under fire: results and images arrive from a real broker while recorder and worker are killed.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use plate::{Format, Well};
use rustix::process::Signal;
use wire::Kind;

use crate::broker::{Broker, Topics};
use crate::command::{Plateside, Running};
use crate::exactly_once::assert_exactly_once;
use crate::lab::{self, Lab, values};
use crate::processes::{children, signal};
use crate::producer::{Producer, Sent};
use crate::runtime;
use crate::seed::Seed;

const KINDS: [(Kind, i32); 3] = [(Kind::Results, 4), (Kind::Layouts, 1), (Kind::Images, 2)];
/// Messages that are sent between two looks at the clock.
const PORTION: u32 = 500;

/// How hard it blows.
#[derive(Debug, Clone, Copy)]
pub struct Storm {
    /// Result messages.
    pub results: u32,
    /// Image messages, spread among them; half of them are larger than 64 KiB.
    pub images: u32,
    /// How often recorder or worker is killed.
    pub kills: u32,
    /// How long the messages take to arrive at least; they also wait for the kills, so that each comes among them.
    pub arriving: Duration,
    /// Decides every moment.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Weathered {
    /// Kills of the recorder.
    pub recorder_kills: u32,
    /// Kills of the worker alone.
    pub worker_kills: u32,
    /// Kills while messages were still arriving.
    pub while_arriving: u32,
    /// Messages in the ledger.
    pub messages: usize,
    /// Whole time.
    pub seconds: f64,
}

impl Storm {
    /// Blows, and asserts what must hold afterwards.
    ///
    /// # Panics
    /// Where a message is lost or doubled, the session is not whole, or its content differs from a calm recording.
    #[must_use]
    pub fn blow(self, broker: &Broker, folder: &Path) -> Weathered {
        let began = Instant::now();
        let topics = Topics::create(broker, "storm", &KINDS);
        let dir = folder.join("storm");
        let mut weathered =
            Weathered { recorder_kills: 0, worker_kills: 0, while_arriving: 0, messages: 0, seconds: 0.0 };
        let killed = AtomicU32::new(0);
        let ledger = std::thread::scope(|scope| {
            let sending = scope.spawn(|| self.send(broker, &topics, &killed));
            // Whatever happens below, the sender must not wait for kills that never come.
            let _released = Released(&killed);
            let mut seed = Seed::new(self.seed);
            let mut recorder = Plateside::record(broker, &topics, &dir).start();
            for _ in 0..self.kills {
                let early = seed.below(4) == 0;
                if !early {
                    await_progress(&mut recorder, &dir);
                }
                std::thread::sleep(Duration::from_millis(seed.below(300)));
                weathered.while_arriving += u32::from(!sending.is_finished());
                killed.fetch_add(1, Ordering::Release);
                let worker = children(recorder.id()).first().copied().filter(|_| seed.below(2) == 0);
                match worker {
                    Some(worker) => {
                        signal(worker, Signal::KILL);
                        weathered.worker_kills += 1;
                    }
                    None => {
                        let ended = recorder.kill();
                        assert_eq!(ended.signal(), Some(9), "only the kill ended it; it said:\n{}", ended.stderr);
                        weathered.recorder_kills += 1;
                        recorder = Plateside::record(broker, &topics, &dir).start();
                    }
                }
            }
            let ledger = sending.join().unwrap();
            let _killed = recorder.kill();
            ledger
        });
        self.judge(broker, &topics, folder, &ledger);
        Weathered { messages: ledger.len(), seconds: began.elapsed().as_secs_f64(), ..weathered }
    }

    fn judge(self, broker: &Broker, topics: &Topics, folder: &Path, ledger: &[Sent]) {
        let (dir, calm) = (folder.join("storm"), folder.join("calm"));
        let until_idle = ["--until-idle", "1s"];
        let summary = Plateside::record(broker, topics, &dir).args(until_idle).json();
        assert_eq!(summary["results"], self.results, "every result once");
        assert_eq!(summary["images"], self.images, "every image once");
        assert_exactly_once(&dir, ledger);
        let verified = Plateside::new("verify").arg(&dir).json();
        assert_eq!(verified["ok"], true, "killed at any moment, a session is whole: {}", verified["problems"]);
        let undisturbed = Plateside::record(broker, topics, &calm).args(until_idle).json();
        let content = &summary["digest"]["content"];
        assert_eq!(*content, undisturbed["digest"]["content"], "an undisturbed recording has the same content");
    }

    fn send(self, broker: &Broker, topics: &Topics, killed: &AtomicU32) -> Vec<Sent> {
        let producer = Producer::new(broker);
        let mut lab = Lab::new(topics, 1).spreading(Kind::Results, 4).spreading(Kind::Images, 2);
        let mut seed = Seed::new(self.seed ^ 0x5eed);
        let began = Instant::now();
        let every = (self.results / self.images.max(1)).max(1);
        let mut images = 0;
        for number in 0..self.results {
            let (plate, well) =
                (lab::plate(number / 384), Well::at_index(number as usize % 384, Format::F384).unwrap());
            if number % 384 == 0 {
                producer.send(&lab.layout(&plate));
            }
            producer.send(&lab.result(&plate, well, values(&mut seed, well)));
            if number % every == 0 && images < self.images {
                let bytes = if images % 2 == 0 { 20_000 } else { 100_000 };
                producer.send(&lab.image(&plate, well, 1, bytes, &mut seed));
                images += 1;
            }
            if number % PORTION == 0 {
                let due = self.arriving.mul_f64(f64::from(number) / f64::from(self.results));
                std::thread::sleep(due.saturating_sub(began.elapsed()));
                // Of n kills the k-th comes before the k-th of n + 1 parts is sent.
                let may_send = || u64::from(killed.load(Ordering::Acquire)) + 1;
                while u64::from(number) * u64::from(self.kills + 1) > may_send().saturating_mul(self.results.into()) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
        producer.ledger()
    }
}

/// Lets the sender go on without kills when dropped.
struct Released<'a>(&'a AtomicU32);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.store(u32::MAX, Ordering::Release);
    }
}

/// Waits until the recorder has stored something since now, or for two seconds: then there is nothing to store.
fn await_progress(recorder: &mut Running, dir: &Path) {
    let runtime = runtime();
    let last_seq = || {
        runtime.block_on(async {
            let Ok(mut reader) = session::Reader::open(dir).await else { return 0 };
            reader.last_seq().await.unwrap_or(0)
        })
    };
    let (began, before) = (Instant::now(), last_seq());
    while began.elapsed() < Duration::from_secs(2) && last_seq() == before {
        assert!(!recorder.has_ended(), "the recorder ended by itself; it said:\n{}", recorder.said());
        std::thread::sleep(Duration::from_millis(10));
    }
}
