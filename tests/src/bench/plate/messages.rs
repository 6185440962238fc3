//! What one well's message costs on the board: apply and judge by the shipped rules, after so many plates of the run.

use std::sync::Arc;
use std::time::Instant;

use plate::{
    Board, FeatureList, Features, Format, Layout, LayoutRecord, LayoutWell, LocalBody, LocalRecord, Origin, PlateKey,
    Record, ResultRecord, Role, Source, Value as Number, Well,
};
use serde_json::{Value, json};

use crate::bench::figures::{median, quantile};
use crate::made::{card, name};
use crate::seed::Seed;
use crate::written::shipped_rules;

/// Features of the assay card.
const HEADLINES: usize = 3;
/// The last plate is played so often; of each message the quickest counts, so that what else runs here does not.
const ROUNDS: usize = 5;
/// What one message must not take, ms.
const MUST_MS: f64 = 1.0;

/// Plays plates of a run onto a board and times every message of the last one.
pub(super) fn run() -> Value {
    let mut all = Vec::new();
    for format in [Format::F384, Format::F1536] {
        for features in [10, 1_500] {
            for plates in [1_u32, 200] {
                all.push(measure(format, features, plates));
            }
        }
    }
    Value::Array(all)
}

fn measure(format: Format, features: usize, plates: u32) -> Value {
    let mut lab = Lab::new(format, features);
    let mut board = Board::new();
    board.apply_local(&profile(), &mut Vec::new());
    for number in 1..plates {
        for record in lab.plate(number) {
            lab.play(&mut board, &record);
        }
    }
    let last = lab.plate(plates);
    let mut quickest = vec![f64::INFINITY; last.len()];
    for _ in 0..ROUNDS {
        let mut board = board.clone();
        for (record, best) in last.iter().zip(&mut quickest) {
            *best = best.min(lab.play(&mut board, record));
        }
        let plate = board.plate(last[0].plate()).unwrap();
        assert!(plate.is_complete(), "{} of {} wells", plate.wells_in(), plate.wells_expected());
    }
    // The layout is not a well's message.
    let wells = &quickest[1..];
    let ms = |seconds: f64| seconds * 1e3;
    let mean = wells.iter().sum::<f64>() / wells.len() as f64;
    let most = wells.iter().copied().fold(0.0, f64::max);
    let over = wells.iter().filter(|seconds| ms(**seconds) > MUST_MS).count();
    println!(
        "a well's message onto the board, plate {plates} of its run, {} wells, {features} features: mean {:.4} ms, \
         p50 {:.4}, p99 {:.4}, the dearest {:.3} ms; {over} above {MUST_MS} ms (must 0)",
        format.wells(),
        ms(mean),
        ms(median(wells)),
        ms(quantile(wells, 0.99)),
        ms(most)
    );
    json!({
        "wells": format.wells(), "features": features, "plates": plates, "mean_ms": ms(mean), "p50_ms": ms(median(wells)),
        "p99_ms": ms(quantile(wells, 0.99)), "most_ms": ms(most), "above_must": over,
    })
}

/// A card of [`HEADLINES`] features, and the shipped rules.
fn profile() -> LocalRecord {
    let card = card("bench", (0..HEADLINES).map(name));
    let body =
        LocalBody::Profile { name: "bench".into(), cards: vec![card].into(), rules: Some(Arc::new(shipped_rules())) };
    LocalRecord { at_ms: 0, by: "bench".into(), body }
}

/// Plates of one run as records.
struct Lab {
    format: Format,
    names: Arc<FeatureList>,
    layout: Arc<Layout>,
    source: Arc<Source>,
    seed: Seed,
    offset: i64,
}

impl Lab {
    fn new(format: Format, features: usize) -> Lab {
        let role = |well: Well| match well.column() {
            0 => Role::Negative,
            column if column + 1 == format.columns() => Role::Positive,
            _ => Role::Sample,
        };
        let well =
            |well: Well| LayoutWell { well, role: role(well), compound: None, concentration: None, replicate: None };
        let wells = Well::all_of(format).map(well).collect();
        Lab {
            format,
            names: Arc::new(FeatureList::new((0..features).map(name).collect())),
            layout: Arc::new(Layout::new(format, Some("bench".into()), None, wells).unwrap()),
            source: Arc::new(Source { cluster: "bench".into(), topic: "bench".into(), incarnation: 0 }),
            seed: Seed::new(1536),
            offset: 0,
        }
    }

    /// A layout, then every well in row order.
    fn plate(&mut self, number: u32) -> Vec<Record> {
        let plate = Arc::new(PlateKey::new("RUN-1", &format!("PL{number:05}")));
        let layout = LayoutRecord { plate: Arc::clone(&plate), layout: Arc::clone(&self.layout) };
        let columns = f64::from(self.format.columns());
        let mut records = vec![Record::Layout(layout)];
        for well in Well::all_of(self.format) {
            let column = f64::from(well.column());
            let middle = if column + 1.0 == columns { 40.0 } else { 600.0 };
            let values: Vec<Number> = (0..self.names.names().len())
                .map(|_| Number::Number(middle * (0.95 + 0.1 * self.seed.unit())))
                .collect();
            records.push(Record::Result(ResultRecord {
                plate: Arc::clone(&plate),
                format: self.format,
                well,
                site: None,
                read_at_ms: None,
                features: Features::new(Arc::clone(&self.names), values).unwrap(),
            }));
        }
        records
    }

    /// Applies and judges; the seconds that it took.
    fn play(&mut self, board: &mut Board, record: &Record) -> f64 {
        self.offset += 1;
        let (source, offset) = (Arc::clone(&self.source), self.offset);
        let origin = Origin { source, partition: 0, offset, timestamp_ms: 1_760_000_000_000 + offset };
        let mut changes = Vec::with_capacity(4);
        let began = Instant::now();
        board.apply(&origin, record, &mut changes).unwrap();
        let alerts = board.judge(offset);
        let seconds = began.elapsed().as_secs_f64();
        std::hint::black_box((alerts, changes));
        seconds
    }
}
