//! `plateside-bench road`: the parts of the bench, each on loads of its own, as interleaved pairs.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::drain::{bare, through_the_worker};
use super::figures::{Ratio, median};
use super::load::{Filling, Load};
use super::record::{Recorded, record};
use super::{latency, machine, memory, python};
use crate::broker::Broker;
use crate::command::Plateside;

/// The parts, in the order they run.
pub const PARTS: [&str; 5] = ["python", "drain", "malformed", "latency", "memory"];

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which parts; all when empty.
    pub parts: Vec<String>,
    /// Interleaved pairs of each.
    pub pairs: u32,
    /// Result messages of a load; the memory part takes two million unless told.
    pub messages: Option<u32>,
    /// Image messages of the memory part.
    pub images: u32,
}

/// Runs the parts and prints a line for each result; returns everything as JSON.
#[must_use]
pub fn run(broker: &Broker, asked: &Asked) -> Value {
    let folder = tempfile::Builder::new().prefix("plateside-bench-").tempdir().unwrap();
    let mut result = Map::new();
    let machine = machine::describe(folder.path());
    println!("machine: {machine}");
    result.insert("machine".into(), machine);
    for part in PARTS.iter().filter(|part| asked.parts.is_empty() || asked.parts.iter().any(|name| name == *part)) {
        let figures = match *part {
            "python" => python_part(broker, asked, folder.path()),
            "drain" => drain_part(broker, asked),
            "malformed" => malformed_part(broker, asked, folder.path()),
            "latency" => latency_part(broker, asked, folder.path()),
            _ => memory_part(broker, asked, folder.path()),
        };
        result.insert((*part).to_owned(), figures);
    }
    Value::Object(result)
}

fn good(results: u32) -> Filling {
    Filling { results, half_bad: false, images: 0 }
}

/// A fresh place for one run, emptied afterwards: 400,000 messages are 200 MB.
fn in_fresh<T>(folder: &Path, name: &str, run: impl FnOnce(&Path) -> T) -> T {
    let dir = folder.join(name);
    let result = run(&dir);
    let _best_effort = std::fs::remove_dir_all(&dir);
    result
}

fn python_part(broker: &Broker, asked: &Asked, folder: &Path) -> Value {
    let load = Load::fill(broker, "bench", good(asked.messages.unwrap_or(400_000)));
    let template = folder.join("template");
    let empty = Load::fill(broker, "template", good(0));
    let _made = Plateside::record(broker, &empty.topics, &template).args(["--until-idle", "200ms"]).json();
    let (mut ours, mut theirs, mut drained) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    for pair in 0..asked.pairs {
        let python = |theirs: &mut Vec<f64>| {
            let out = folder.join("python.db");
            theirs.push(python::record(broker, &load, &template, &out));
            for suffix in ["", "-wal", "-shm"] {
                let _best_effort = std::fs::remove_file(folder.join(format!("python.db{suffix}")));
            }
        };
        let mut plateside = || {
            let recorded = in_fresh(folder, "record", |dir| record(broker, &load, dir));
            ours.push(recorded.seconds);
            last = Some(recorded);
        };
        // Who goes first changes with each pair.
        if pair % 2 == 0 {
            plateside();
            python(&mut theirs);
        } else {
            python(&mut theirs);
            plateside();
        }
        drained.push(bare(broker, &load));
    }
    let ratio = |a: &[f64], b: &[f64]| Ratio::of(&a.iter().zip(b).map(|(a, b)| a / b).collect::<Vec<_>>());
    let whole: Vec<f64> = drained.iter().map(|drained| drained.whole_s).collect();
    let flow: Vec<f64> = drained.iter().map(|drained| drained.flow_s).collect();
    let (against_python, against_drain, against_flow) =
        (ratio(&theirs, &ours), ratio(&whole, &ours), ratio(&flow, &ours));
    let rate = |seconds: &[f64]| load.messages as f64 / median(seconds);
    println!(
        "record to committed rows: {:.0} messages/s; Python {:.0}/s; ratio {against_python} (must 2, aim 5)",
        rate(&ours),
        rate(&theirs)
    );
    println!(
        "record against a bare drain, both from their start ({:.0}/s): {against_drain} (aim 0.25); against its flow once it \
         has begun ({:.0}/s): {against_flow}",
        rate(&whole),
        rate(&flow)
    );
    let spent = last.map(|recorded| spent(&recorded));
    if let Some(spent) = &spent {
        println!("processor time of the last recording: {spent}");
    }
    json!({
        "messages": load.messages, "bytes": load.bytes, "pairs": asked.pairs,
        "record_per_s": rate(&ours), "python_per_s": rate(&theirs), "bare_drain_per_s": rate(&whole), "bare_flow_per_s": rate(&flow),
        "against_python": against_python.json(), "against_bare_drain": against_drain.json(), "against_bare_flow": against_flow.json(),
        "record_s": ours, "python_s": theirs, "bare_drain_s": whole, "bare_drain_flow_s": flow, "spent": spent,
    })
}

fn spent(recorded: &Recorded) -> Value {
    let threads: Vec<Value> =
        recorded.threads.iter().take(5).map(|(name, s)| json!({ "thread": name, "s": s })).collect();
    json!({ "seconds": recorded.seconds, "worker_cpu_s": recorded.worker_cpu_s, "threads": threads })
}

fn drain_part(broker: &Broker, asked: &Asked) -> Value {
    let load = Load::fill(broker, "drain", good(asked.messages.unwrap_or(1_000_000)));
    let (mut worker, mut loops) = (Vec::new(), Vec::new());
    for pair in 0..asked.pairs {
        if pair % 2 == 0 {
            worker.push(through_the_worker(broker, &load));
            loops.push(bare(broker, &load));
        } else {
            loops.push(bare(broker, &load));
            worker.push(through_the_worker(broker, &load));
        }
    }
    let pairs = || worker.iter().zip(&loops);
    let flow = Ratio::of(&pairs().map(|(worker, bare)| bare.flow_s / worker.flow_s).collect::<Vec<_>>());
    let whole = Ratio::of(&pairs().map(|(worker, bare)| bare.whole_s / worker.whole_s).collect::<Vec<_>>());
    let rate = |drains: &[super::drain::Drained]| {
        load.messages as f64 / median(&drains.iter().map(|drain| drain.flow_s).collect::<Vec<_>>())
    };
    println!(
        "drain through the worker: {:.0} messages/s; bare loop {:.0}/s; ratio {flow} (must 0.7, aim 0.9); with start-up {whole}",
        rate(&worker),
        rate(&loops)
    );
    json!({
        "messages": load.messages, "pairs": asked.pairs, "worker_per_s": rate(&worker), "bare_per_s": rate(&loops),
        "ratio": flow.json(), "ratio_with_start": whole.json(),
    })
}

fn malformed_part(broker: &Broker, asked: &Asked, folder: &Path) -> Value {
    let results = asked.messages.unwrap_or(200_000);
    let clean = Load::fill(broker, "clean", good(results));
    let mixed = Load::fill(broker, "mixed", Filling { half_bad: true, ..good(results) });
    let mut times = [Vec::new(), Vec::new()];
    for pair in 0..asked.pairs as usize {
        for turn in 0..2 {
            let which = (pair + turn) % 2;
            let load = [&clean, &mixed][which];
            times[which].push(in_fresh(folder, "malformed", |dir| record(broker, load, dir)).seconds);
        }
    }
    let ratio = Ratio::of(&times[0].iter().zip(&times[1]).map(|(clean, mixed)| clean / mixed).collect::<Vec<_>>());
    println!(
        "half of {results} malformed: {:.2} s; clean {:.2} s; ratio {ratio} (must 0.7)",
        median(&times[1]),
        median(&times[0])
    );
    json!({ "messages": results, "pairs": asked.pairs, "clean_s": times[0], "mixed_s": times[1], "ratio": ratio.json() })
}

fn latency_part(broker: &Broker, asked: &Asked, folder: &Path) -> Value {
    let runs: Vec<Value> =
        (0..asked.pairs.min(3)).map(|_| in_fresh(folder, "latency", |dir| latency::run(broker, dir, 12))).collect();
    let of =
        |who: &str, what: &str| median(&runs.iter().map(|run| run[who][what].as_f64().unwrap()).collect::<Vec<_>>());
    let figures = [("committed", "p50_ms"), ("committed", "p99_ms"), ("bare", "p50_ms"), ("bare", "p99_ms")];
    let [p50, p99, bare_p50, bare_p99] = figures.map(|(who, what)| of(who, what));
    let bound = (3.0 * bare_p99).max(50.0);
    println!(
        "made to committed row at 5,000/s: p50 {p50:.1} ms, p99 {p99:.1} ms; bare receipt p50 {bare_p50:.1} ms, p99 {bare_p99:.1} ms (must p99 <= {bound:.0} ms, aim 15)"
    );
    json!({ "p50_ms": p50, "p99_ms": p99, "bare_p50_ms": bare_p50, "bare_p99_ms": bare_p99, "bound_ms": bound, "runs": runs })
}

fn memory_part(broker: &Broker, asked: &Asked, folder: &Path) -> Value {
    let filling = Filling { images: asked.images, ..good(asked.messages.unwrap_or(2_000_000)) };
    let load = Load::fill(broker, "memory", filling);
    let runs = [(false, 300), (true, 512)].map(|(overload, ceiling_mb)| {
        let run = in_fresh(folder, "memory", |dir| memory::run(broker, &load, dir, overload));
        let what = if overload { "10x overload" } else { "as fast as it goes" };
        println!(
            "memory, {} messages and {} images, {what}: peak {:.0} MB (recorder {:.0}, worker {:.0}) in {:.0} s; ceiling {ceiling_mb} MB",
            filling.results, filling.images, run["peak_mb"].as_f64().unwrap(), run["recorder_mb"].as_f64().unwrap(),
            run["worker_mb"].as_f64().unwrap(), run["seconds"].as_f64().unwrap()
        );
        run
    });
    json!({ "plain": runs[0], "overload": runs[1] })
}
