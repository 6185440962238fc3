//! Replay of a session with rules, through decoder, board, rules and a scratch session, as fast as it goes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::Pace;
use plate::{FeatureList, Features, Format, PlateKey, ResultRecord, Value as Number, Well};
use serde_json::{Value, json};
use session::Reader;
use wire::{Kind, encode_result};

use super::{card, name};
use crate::bench::figures::{median, quantile};
use crate::lab::{Lab, layout_384};
use crate::producer::Message;
use crate::runtime;
use crate::seed::Seed;
use crate::written::Written;

/// A raised number makes another session.
const GENERATION: u32 = 1;
/// Features of a message; the first three are the card's.
const FEATURES: usize = 10;
const HEADLINES: usize = 3;
/// Records a second.
const MUST: f64 = 100_000.0;

/// Finds or makes the session, and replays it so many times.
pub(super) fn run(messages: u32, rounds: u32) -> Value {
    let dir = found_or_made(messages);
    let mut rates = Vec::new();
    let mut last = None;
    for _ in 0..rounds {
        let replayed = runtime().block_on(async {
            let pace = Pace { speed: None, until_us: None };
            engine::replay(&dir, pace).await.unwrap().finish().await.unwrap()
        });
        rates.push(replayed.records as f64 / replayed.seconds);
        let digests = last.replace(replayed.digests);
        assert!(digests.is_none_or(|before| before == replayed.digests), "every replay gives the same digests");
    }
    println!(
        "replay of {messages} results of 384-well plates x {FEATURES} features with the shipped rules: {:.0} records/s \
         [{:.0}, {:.0}] (must {MUST:.0})",
        median(&rates),
        quantile(&rates, 0.0),
        quantile(&rates, 1.0)
    );
    json!({ "messages": messages, "features": FEATURES, "records_per_s": rates, "median": median(&rates) })
}

/// The session in the cache; without one, or with one that cannot be read any more, it is made anew.
fn found_or_made(messages: u32) -> PathBuf {
    let cache = std::env::var_os("PLATESIDE_CACHE").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = cache.join("bench-sessions");
    let dir = folder.join(format!("replay-{}-{GENERATION}-{messages}", env!("CARGO_PKG_VERSION")));
    let is_whole = |dir: &Path| {
        runtime().block_on(async { Reader::open(dir).await.ok()?.counts().await.ok().map(|counts| counts.messages) })
    };
    if is_whole(&dir).is_some_and(|found| found >= u64::from(messages)) {
        return dir;
    }
    println!("making a session of {messages} results (once)");
    let _was_there = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&folder).unwrap();
    let making = tempfile::Builder::new().prefix("making-").tempdir_in(&folder).unwrap();
    let made = making.path().join("session");
    runtime().block_on(make(&made, messages));
    std::fs::rename(&made, &dir).unwrap();
    dir
}

async fn make(dir: &Path, results: u32) {
    let names = Arc::new(FeatureList::new((0..FEATURES).map(name).collect()));
    let card = card("Cell Painting", (0..HEADLINES).map(name));
    let mut written = Written::create(dir).await;
    written.judge_by(vec![card]).await;
    let kinds = [Kind::Results, Kind::Layouts];
    let mut lab = Lab::on(&kinds.map(|kind| (kind, kind.default_topic())), 1);
    lab.clock_ms = 1_760_000_000_000;
    let (mut seed, layout) = (Seed::new(384), layout_384("Cell Painting"));
    let mut batch: Vec<(Kind, Message)> = Vec::new();
    for number in 0..results {
        let plate = Arc::new(PlateKey::new(&format!("RUN-{}", number / 384 / 200), &format!("PL{:05}", number / 384)));
        if number % 384 == 0 {
            batch.push((Kind::Layouts, lab.layout_of(&plate, Arc::clone(&layout))));
        }
        let well = Well::at_index(number as usize % 384, Format::F384).unwrap();
        let middle = match well.column() {
            0 | 1 => 600.0,
            22 | 23 => 40.0,
            _ => 450.0,
        };
        let values: Vec<Number> = (0..FEATURES).map(|_| Number::Number(middle * (0.95 + 0.1 * seed.unit()))).collect();
        let record = ResultRecord {
            plate: Arc::clone(&plate),
            format: Format::F384,
            well,
            site: None,
            read_at_ms: Some(lab.clock_ms),
            features: Features::new(Arc::clone(&names), values).unwrap(),
        };
        let body = encode_result(&record).unwrap();
        batch.push((Kind::Results, lab.message(Kind::Results, &plate, Some(body))));
        if batch.len() >= 4096 {
            written.messages(std::mem::take(&mut batch)).await;
        }
    }
    written.messages(batch).await;
    written.close().await;
}
