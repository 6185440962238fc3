//! The program `plateside` as a person runs it: arguments in; exit code, standard output and error out.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::broker::{Broker, Topics};
use crate::clone_folder;

/// No command of a test takes longer than this.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program under test: `PLATESIDE_BIN`, or the one built beside this binary.
///
/// # Panics
/// Where it is not built.
#[must_use]
pub fn program() -> PathBuf {
    if let Some(program) = std::env::var_os("PLATESIDE_BIN") {
        return program.into();
    }
    let own = std::env::current_exe().unwrap();
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("plateside")).find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("plateside is not built beside {}: cargo build --bins", own.display()))
}

/// A command being put together.
pub struct Plateside(Command);

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A command that runs. Dropping it kills it.
pub struct Running {
    child: Child,
    stdout: Heard,
    stderr: Heard,
}

/// What a stream of a running command has said so far.
struct Heard {
    text: Arc<Mutex<String>>,
    reading: Option<JoinHandle<()>>,
}

impl Heard {
    fn listen(stream: impl Read + Send + 'static) -> Heard {
        let text = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&text);
        let reading = std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&String::from_utf8_lossy(&line));
                kept.push('\n');
            }
        });
        Heard { text, reading: Some(reading) }
    }

    fn so_far(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    fn whole(&mut self) -> String {
        self.reading.take().unwrap().join().unwrap();
        self.so_far()
    }
}

impl Plateside {
    /// `plateside SUBCOMMAND`.
    #[must_use]
    pub fn new(subcommand: &str) -> Plateside {
        let mut command = Command::new(program());
        command.arg(subcommand).env_remove("RUST_LOG").env("NO_COLOR", "1");
        // Nobody's own settings are part of a test.
        command.env("XDG_CONFIG_HOME", clone_folder().join("tests/fixtures/config"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Plateside(command)
    }

    /// `plateside record` of a test's topics into a folder.
    #[must_use]
    pub fn record(broker: &Broker, topics: &Topics, dir: &Path) -> Plateside {
        Plateside::record_from(broker.address(), dir).args(topics.arguments())
    }

    /// `plateside record` from any brokers.
    #[must_use]
    pub fn record_from(brokers: &str, dir: &Path) -> Plateside {
        Plateside::new("record").args(["--brokers", brokers, "--out"]).arg(dir)
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Plateside {
        self.0.arg(argument);
        self
    }

    /// More arguments.
    #[must_use]
    pub fn args<T: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = T>) -> Plateside {
        self.0.args(arguments);
        self
    }

    /// A variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Plateside {
        self.0.env(name, value);
        self
    }

    /// Starts it.
    #[must_use]
    pub fn start(mut self) -> Running {
        let mut child = self.0.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.0));
        let stdout = Heard::listen(child.stdout.take().unwrap());
        let stderr = Heard::listen(child.stderr.take().unwrap());
        Running { child, stdout, stderr }
    }

    /// Runs it to its end.
    #[must_use]
    pub fn run(self) -> Ended {
        self.start().wait()
    }

    /// Runs it to its end, which must be good, and reads the JSON that it prints.
    #[must_use]
    pub fn json(self) -> Value {
        let shown = format!("{:?}", self.0);
        let ended = self.run();
        assert_eq!(ended.code(), Some(0), "{shown} must end well; it said:\n{}\n{}", ended.stderr, ended.stdout);
        ended.json()
    }
}

impl Ended {
    /// The exit code; `None` after a signal.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Whether a signal ended it.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.status.signal()
    }

    /// Its standard output as JSON.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.stdout))
    }
}

impl Running {
    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it said on standard error so far.
    #[must_use]
    pub fn said(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until it has said something on standard error.
    ///
    /// # Panics
    /// Where it does not, within 30 s or before it ends.
    pub fn await_words(&mut self, words: &str) {
        let began = Instant::now();
        while !self.said().contains(words) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended ({ended:?}) before it said {words:?}; it said:\n{}", self.said());
            assert!(began.elapsed() < Duration::from_secs(30), "it never said {words:?}; it said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The first line of its standard output, once it is there.
    ///
    /// # Panics
    /// Where it does not come within 30 s.
    pub fn first_line(&mut self) -> String {
        let began = Instant::now();
        loop {
            if let Some((line, _)) = self.stdout.so_far().split_once('\n') {
                return line.to_owned();
            }
            assert!(began.elapsed() < Duration::from_secs(30), "it printed no line; it said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Asks it to end, as Ctrl-C does, and waits.
    #[must_use]
    pub fn interrupt(self) -> Ended {
        crate::processes::signal(self.id(), rustix::process::Signal::INT);
        self.wait()
    }

    /// Ends it with SIGKILL and waits.
    #[must_use]
    pub fn kill(mut self) -> Ended {
        // One that ended a moment ago is no fault.
        let _gone = self.child.kill();
        self.wait()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// After two minutes.
    #[must_use]
    pub fn wait(mut self) -> Ended {
        let began = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
            assert!(began.elapsed() < PATIENCE, "it does not end; it said:\n{}", self.said());
        };
        Ended { status, stdout: self.stdout.whole(), stderr: self.stderr.whole() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _gone = self.child.kill();
            let _reaped = self.child.wait();
        }
    }
}
