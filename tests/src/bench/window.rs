//! `plateside-bench window`: the real window on a display without a GPU, against a bare one and against ECharts.

mod latency;
mod memory;
mod repaint;
mod rest;
mod scroll;
pub mod stage;
mod start;

use serde_json::{Map, Value};

use super::machine;
use crate::broker::Broker;

/// The parts, in the order they run; `soak` takes half an hour and runs only when it is named.
pub const PARTS: [&str; 8] = ["start", "repaint", "scroll", "rest", "latency", "memory", "plates", "soak"];

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which parts; all but the soak when empty.
    pub parts: Vec<String>,
    /// Interleaved pairs of each comparison.
    pub pairs: u32,
    /// How long the soak lasts.
    pub minutes: u32,
}

/// Runs the parts and prints a line for each result; returns everything as JSON.
#[must_use]
pub fn run(broker: &Broker, asked: &Asked) -> Value {
    let folder = tempfile::Builder::new().prefix("plateside-bench-").tempdir().unwrap();
    let mut result = Map::new();
    let machine = machine::describe(folder.path());
    println!("machine: {machine}");
    result.insert("machine".into(), machine);
    let wanted = |part: &str| match asked.parts.is_empty() {
        true => part != "soak",
        false => asked.parts.iter().any(|name| name == part),
    };
    for part in PARTS.iter().filter(|part| wanted(part)) {
        let figures = match *part {
            "start" => start::run(broker, asked.pairs, folder.path()),
            "repaint" => repaint::run(asked.pairs),
            "scroll" => scroll::run(broker, folder.path()),
            "rest" => rest::run(broker, folder.path()),
            "latency" => latency::run(broker, folder.path()),
            "memory" => memory::run(broker, asked.pairs.min(3)),
            "plates" => memory::plates(asked.pairs.min(3)),
            _ => memory::soak(broker, asked.minutes),
        };
        result.insert((*part).to_owned(), figures);
    }
    Value::Object(result)
}
