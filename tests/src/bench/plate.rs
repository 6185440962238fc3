//! `plateside-bench plate`: statistics of plates against numpy, what one well's message costs on the board, and replay.

mod messages;
mod replay;
mod statistics;

use serde_json::{Map, Value};

use super::machine;

/// The parts, in the order they run.
pub const PARTS: [&str; 3] = ["statistics", "messages", "replay"];

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which parts; all when empty.
    pub parts: Vec<String>,
    /// Interleaved pairs of each.
    pub pairs: u32,
    /// Results of the session that is replayed.
    pub messages: u32,
}

/// Runs the parts and prints a line for each result; returns everything as JSON.
#[must_use]
pub fn run(asked: &Asked) -> Value {
    let folder = tempfile::Builder::new().prefix("plateside-bench-").tempdir().unwrap();
    let mut result = Map::new();
    let machine = machine::describe(folder.path());
    println!("machine: {machine}");
    result.insert("machine".into(), machine);
    for part in PARTS.iter().filter(|part| asked.parts.is_empty() || asked.parts.iter().any(|name| name == *part)) {
        let figures = match *part {
            "statistics" => statistics::run(folder.path(), asked.pairs),
            "messages" => messages::run(),
            _ => replay::run(asked.messages, asked.pairs),
        };
        result.insert((*part).to_owned(), figures);
    }
    Value::Object(result)
}
