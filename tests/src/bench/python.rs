//! The Python stack on the same load (`tests/bench/python_road.py`).

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::load::Load;
use crate::broker::Broker;
use crate::clone_folder;

/// Seconds from the script's first work to its last commit. `template` is a session whose schema it copies.
#[must_use]
pub fn record(broker: &Broker, load: &Load, template: &Path, out: &Path) -> f64 {
    let python = std::env::var_os("PLATESIDE_PYTHON").unwrap_or_else(|| "python3".into());
    let topics: Vec<Value> = load
        .streams()
        .into_iter()
        .map(|(kind, topic, partitions)| json!({ "kind": kind.as_str(), "topic": topic, "partitions": partitions }))
        .collect();
    let mut command = Command::new(python);
    command.arg(clone_folder().join("tests/bench/python_road.py")).arg(broker.address());
    command.arg(template.join("session.db")).arg(out);
    command.arg(Value::from(topics).to_string()).arg(load.messages.to_string());
    let output = command.output().unwrap();
    assert!(output.status.success(), "the Python road: {}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["messages"], load.messages, "the Python road stored every message: {told}");
    told["seconds"].as_f64().unwrap()
}
