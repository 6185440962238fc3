//! Replay of a session with rules, through decoder, board, rules and a scratch session, as fast as it goes.

use engine::Pace;
use plate::Format;
use serde_json::{Value, json};

use crate::bench::figures::{median, quantile};
use crate::made::Run;
use crate::runtime;

/// Features of a message; the first three are the card's.
const FEATURES: usize = 10;
/// Records a second.
const MUST: f64 = 100_000.0;

/// Finds or makes the session, and replays it so many times.
pub(super) fn run(messages: u32, rounds: u32) -> Value {
    let plates = messages.div_ceil(Format::F384.wells().into());
    let run = Run { plates, format: Format::F384, features: FEATURES, bodies: true };
    let (dir, messages) = (run.session(), run.results());
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
