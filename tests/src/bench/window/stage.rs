//! What the benches of the window share: a recorded wall, a lab that sends at a pace, an app connected to it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plate::Format;
use wire::Kind;

use crate::broker::{Broker, Topics};
use crate::clone_folder;
use crate::command::Plateside;
use crate::lab::{Lab, now_ms};
use crate::producer::Producer;
use crate::screening::Screening;
use crate::seed::Seed;
use crate::window::{Launch, Window};

/// Topics of one screen, filled at any pace.
pub struct Stage {
    /// Where it is sent.
    pub topics: Topics,
    /// What is sent.
    pub screening: Screening,
    broker: Broker,
}

impl Stage {
    /// Topics for a screen; nothing is in them.
    #[must_use]
    pub fn new(broker: &Broker, name: &str, plates: u32, format: Format, features: usize) -> Stage {
        let topics = Topics::create(broker, name, &[(Kind::Results, 2), (Kind::Layouts, 1)]);
        Stage { topics, screening: Screening::new(plates, format, features), broker: broker.clone() }
    }

    fn lab(&self) -> Lab {
        Lab::new(&self.topics, 1).spreading(Kind::Results, 2)
    }

    /// Sends the layouts and so many results, as fast as it goes.
    pub fn fill(&self, results: u64) {
        let (mut lab, mut seed, producer) = (self.lab(), Seed::new(1536), Producer::new(&self.broker));
        producer.send_all(&self.screening.layouts(&mut lab));
        for number in 0..results {
            producer.send(&self.screening.result(&mut lab, number, &mut seed));
        }
        let _all = producer.ledger();
    }

    /// Sends so many results a second at an even pace until told to stop; how many it sent.
    pub fn flow(&self, per_s: u32, from: u64, stop: &AtomicBool) -> u64 {
        let (mut lab, mut seed, producer) = (self.lab(), Seed::new(7), Producer::eager(&self.broker));
        let (began, mut sent) = (Instant::now(), 0_u64);
        while !stop.load(Ordering::Acquire) {
            let due = Duration::from_nanos(1_000_000_000 / u64::from(per_s)) * u32::try_from(sent).unwrap();
            std::thread::sleep(due.saturating_sub(began.elapsed()));
            lab.clock_ms = now_ms();
            producer.send(&self.screening.result(&mut lab, from + sent, &mut seed));
            sent += 1;
        }
        let _all = producer.ledger();
        sent
    }

    /// Records all of it into a folder.
    pub fn record(&self, folder: &Path) {
        let profile = clone_folder().join("demo/profile.toml");
        let record = Plateside::record(&self.broker, &self.topics, folder).arg("--profile").arg(profile);
        let _summary = record.args(["--until-idle", "2s"]).json();
    }

    /// Connects an open window to these topics from their beginning.
    pub fn connect(&self, window: &Window) {
        window.connect(self.broker.address(), &self.topics);
    }
}

/// A recorded wall: so many plates of a format, all wells read.
#[must_use]
pub fn wall(broker: &Broker, folder: &Path, plates: u32, format: Format) -> PathBuf {
    let stage = Stage::new(broker, "wall", plates, format, 3);
    stage.fill(stage.screening.results());
    let session = folder.join(format!("wall-{plates}-{}", format.wells()));
    stage.record(&session);
    session
}

/// An app about to open a recorded session.
#[must_use]
pub fn opening(name: &str, session: &Path) -> Launch {
    Launch::new(name).args(["--open".to_owned(), session.display().to_string()])
}

/// The release build of the bare window: `PLATESIDE_BARE`.
///
/// # Panics
/// Without it.
#[must_use]
pub fn bare() -> PathBuf {
    std::env::var_os("PLATESIDE_BARE").expect("PLATESIDE_BARE names the bare window: cargo xtask bench window").into()
}

/// A bare window that stands, with an empty page of this machine in it: what every window costs.
#[must_use]
pub fn bare_window(name: &str) -> crate::window::Plain {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    let launch = Launch::new(name).env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").args([address]);
    let window = launch.start_plain(&bare());
    window.await_that("the bare window is loaded", |window| window.log().contains("loaded"));
    window
}

/// An empty page, to whoever asks for one.
fn answer(mut asking: TcpStream) {
    let mut question = [0; 2048];
    let _read = asking.read(&mut question);
    let page = "<!doctype html><title>bare</title>";
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close", page.len());
    // A window that is gone needs no page.
    let _sent = asking.write_all(format!("{head}\r\n\r\n{page}").as_bytes());
}
