//! The Python side of benches (`tests/bench`): a script that runs once, or one that is kept running.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::load::Load;
use crate::broker::Broker;
use crate::clone_folder;

/// A script that is kept running, so that only the work is timed: a line of JSON in, a line of JSON out.
pub struct Python {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a script of `tests/bench`.
    #[must_use]
    pub fn start(script: &str, arguments: &[&OsStr]) -> Python {
        let mut command = interpreter();
        command.arg(clone_folder().join("tests/bench").join(script)).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Python { child, to, from }
    }

    /// Its answer.
    pub fn ask(&mut self, asked: &Value) -> Value {
        writeln!(self.to, "{asked}").unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{asked}: {error}: {line:?}"))
    }

    /// The seconds that it took.
    pub fn seconds(&mut self, asked: &Value) -> f64 {
        self.ask(asked)["seconds"].as_f64().unwrap()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn interpreter() -> Command {
    Command::new(std::env::var_os("PLATESIDE_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// The Python stack on the same load (`tests/bench/python_road.py`). Seconds from the script's first work to its last commit. `template` is a session whose schema it copies.
#[must_use]
pub fn record(broker: &Broker, load: &Load, template: &Path, out: &Path) -> f64 {
    let topics: Vec<Value> = load
        .streams()
        .into_iter()
        .map(|(kind, topic, partitions)| json!({ "kind": kind.as_str(), "topic": topic, "partitions": partitions }))
        .collect();
    let mut command = interpreter();
    command.arg(clone_folder().join("tests/bench/python_road.py")).arg(broker.address());
    command.arg(template.join("session.db")).arg(out);
    command.arg(Value::from(topics).to_string()).arg(load.messages.to_string());
    let output = command.output().unwrap();
    assert!(output.status.success(), "the Python road: {}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["messages"], load.messages, "the Python road stored every message: {told}");
    told["seconds"].as_f64().unwrap()
}
