//! What runs around one window, found and ended by process ids: display, bus, driver, the program itself and its children.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::processes::{family, signal};

/// A program with a window and no driver, as a person starts it. Dropping it ends it.
pub struct Plain {
    running: Running,
    began: Instant,
}

impl Plain {
    pub(super) fn new(running: Running) -> Plain {
        Plain { running, began: Instant::now() }
    }

    /// Time since it was started.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// What it said so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.log()
    }

    /// The id of its own process.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.running.app_id()
    }

    /// Waits until something is so, looking every millisecond; when it was, since the start.
    ///
    /// # Panics
    /// After a minute.
    pub fn await_that(&self, what: &str, mut is_so: impl FnMut(&Plain) -> bool) -> Duration {
        while !is_so(self) {
            assert!(self.age() < Duration::from_secs(60), "{what}: not within a minute; it said:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(1));
        }
        self.age()
    }
}

/// What runs around one window.
pub(super) struct Running {
    pub(super) own: tempfile::TempDir,
    pub(super) home: PathBuf,
    pub(super) log: PathBuf,
    pub(super) bus: Child,
    pub(super) display: Child,
    /// The program whose window it is.
    pub(super) program: PathBuf,
}

impl Running {
    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    pub(super) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    pub(super) fn app_id(&self) -> Option<u32> {
        let app = fs::canonicalize(&self.program).ok()?;
        let is_app = |id: &u32| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == app);
        family(self.bus.id()).into_iter().find(is_app)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The app first, so that it can end its recording; then all around it; the display last.
        let known = family(self.bus.id());
        for id in known.iter().rev() {
            signal(*id, Signal::TERM);
        }
        let began = Instant::now();
        while known.iter().any(|id| is_alive(*id)) && began.elapsed() < Duration::from_secs(5) {
            let _reaped = self.bus.try_wait();
            std::thread::sleep(Duration::from_millis(20));
        }
        for id in known.iter().filter(|id| is_alive(**id)) {
            signal(*id, Signal::KILL);
        }
        let _reaped = self.bus.wait();
        signal(self.display.id(), Signal::TERM);
        let _reaped = self.display.wait();
        let _folder = &self.own;
    }
}

/// Whether a process runs; a zombie does not.
pub(super) fn is_alive(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// A program that ends when the test that started it does, even if that is killed.
pub(super) fn with_us(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", program]);
    command
}

/// A display that the server itself found free.
pub(super) fn display(width: u32, height: u32, log: &Path) -> (Child, String) {
    let mut server = with_us("Xvfb");
    server.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", &format!("{width}x{height}x24")]);
    server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(opened(log)).process_group(0);
    let mut child = server.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.trim().is_empty(), "Xvfb ended before it had a display; see {}", log.display());
    (child, format!(":{}", line.trim()))
}

pub(super) fn opened(log: &Path) -> File {
    fs::OpenOptions::new().create(true).append(true).open(log).unwrap()
}
