//! From a message's receipt to changed pixels, at 5,000 results a second on 24 plates.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plate::Format;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::bench::figures::quantile;
use crate::broker::Broker;
use crate::window::{Launch, test_id};

/// Results a second.
const RATE: u32 = 5000;
/// How long is measured, after as long a start.
const LOOK: Duration = Duration::from_secs(30);

/// p50, p95 and p99 of the oldest message of every tick, from its receipt to the moment when its plates were painted
/// into their canvases; the screen itself follows with the frame that is then presented, at most 17 ms later.
#[must_use]
pub(super) fn run(broker: &Broker, folder: &Path) -> Value {
    let figures: Vec<Value> = [Format::F384, Format::F1536].map(|format| one(broker, folder, format)).into();
    json!(figures)
}

fn one(broker: &Broker, folder: &Path, format: Format) -> Value {
    let stage = Stage::new(broker, "pixels", 24, format, 3);
    stage.fill(0);
    let measure = folder.join(format!("latency-{}.ticks", format.wells()));
    let window = Launch::new("bench-latency").args(["--measure".to_owned(), measure.display().to_string()]).start();
    stage.connect(&window);
    let stop = AtomicBool::new(false);
    let (from_us, to_us) = std::thread::scope(|scope| {
        let sending = scope.spawn(|| stage.flow(RATE, 0, &stop));
        window.await_sight(&test_id("tile"));
        std::thread::sleep(Duration::from_secs(5));
        let from_us = engine::now_us();
        std::thread::sleep(LOOK);
        let to_us = engine::now_us();
        stop.store(true, Ordering::Release);
        let sent = sending.join().unwrap();
        println!("sent {sent} results");
        (from_us, to_us)
    });
    window.close();
    let text = fs::read_to_string(&measure).unwrap();
    let ages: Vec<f64> = text.lines().filter_map(|line| age_ms(line, from_us..to_us)).collect();
    assert!(ages.len() > 50, "ticks were drawn: {}", ages.len());
    let of = |part: f64| quantile(&ages, part);
    let ticks_per_s = ages.len() as f64 / LOOK.as_secs_f64();
    println!(
        "receipt to painted pixels at {RATE}/s on 24 plates x {} wells: p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, {ticks_per_s:.1} ticks/s (must p95 <= 250, aim 100)",
        format.wells(),
        of(0.5),
        of(0.95),
        of(0.99)
    );
    json!({ "wells": format.wells(), "per_s": RATE, "p50_ms": of(0.5), "p95_ms": of(0.95), "p99_ms": of(0.99), "ticks_per_s": ticks_per_s })
}

/// A line: tick, receipt of its oldest message, drawn, plates; all in microseconds.
fn age_ms(line: &str, within: std::ops::Range<i64>) -> Option<f64> {
    let mut fields = line.split(' ').skip(1).map(|field| field.parse::<i64>().ok());
    let (received, drawn) = (fields.next()??, fields.next()??);
    (received > 0 && within.contains(&drawn)).then(|| (drawn - received) as f64 / 1000.0)
}
