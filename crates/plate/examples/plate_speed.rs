//! How long the tables take of one plate with many features: the other side of `tests/src/bench/plate_numpy.py`.
//!
//! ```text
//! python plate_numpy.py make /tmp/plate.f64
//! cargo run --release --example plate_speed -- /tmp/plate.f64 1
//! python plate_numpy.py time /tmp/plate.f64 1
//! ```
//! The file holds f64 little-endian, features x wells, NaN where missing; the roles lie beside it as `FILE.roles`, a byte a
//! well (0 negative, 1 positive, 3 sample, anything else empty). Results go to `FILE.ours`, for the script to compare.
#![allow(clippy::print_stdout, reason = "it speaks on stdout")]

use std::io::Write;
use std::time::Instant;

use plate::normalise::{Options, b_scores_of_all};
use plate::quality::{Terms, quality_of_all};
use plate::{CountedWells, Format, Pair, Role};

/// Seconds on the wall, and of this thread on a processor where the system says them: the ones that count on a busy machine.
struct Clock(Instant, Option<f64>);

impl Clock {
    fn start() -> Clock {
        Clock(Instant::now(), busy())
    }
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} s", self.0.elapsed().as_secs_f64())?;
        match (self.1, busy()) {
            (Some(before), Some(now)) => write!(f, " (first thread on a processor: {:.3} s)", now - before),
            _ => Ok(()),
        }
    }
}

fn busy() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(|ns: f64| ns / 1e9)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let threads: usize = arguments.next().map_or(Ok(1), |threads| threads.parse())?;
    let bytes = std::fs::read(&path)?;
    let values: Vec<f64> = bytes.as_chunks::<8>().0.iter().copied().map(f64::from_le_bytes).collect();
    let of_byte = |byte| match byte {
        0 => Role::Negative,
        1 => Role::Positive,
        3 => Role::Sample,
        _ => Role::Empty,
    };
    let roles: Vec<Role> = std::fs::read(format!("{path}.roles"))?.into_iter().map(of_byte).collect();
    let format = Format::from_wells(roles.len() as u64)?;
    let pair = Pair { positive: Role::Positive, negative: Role::Negative };
    let wells = CountedWells::new(format, &roles, &[], pair);

    let start = Clock::start();
    let without = quality_of_all(&values, &wells, Terms { permutations: 0, ..Terms::default() }, threads);
    println!("without Moran's I: {start}, {} features", without.len());
    let start = Clock::start();
    let all = quality_of_all(&values, &wells, Terms::default(), threads);
    println!("all statistics and artefacts: {start}");
    let start = Clock::start();
    let scores = b_scores_of_all(&values, &wells, &Options::default(), threads);
    println!("B-scores: {start}");

    let mut out = std::io::BufWriter::new(std::fs::File::create(format!("{path}.ours"))?);
    for (feature, quality) in all.iter().enumerate() {
        let p = quality.artefacts.morans_i.map(|moran| moran.p);
        let polish = scores.polishes.get(feature).copied();
        let sweeps = polish.and_then(Result::ok).map_or(0.0, |polish| f64::from(polish.sweeps));
        let (row, column) = (quality.artefacts.worst_row, quality.artefacts.worst_column);
        let more = [p, row.map(|line| line.percent), column.map(|line| line.percent), Ok(sweeps)];
        for number in quality.named().into_iter().map(|(_, statistic)| statistic).chain(more) {
            out.write_all(&number.unwrap_or(f64::NAN).to_le_bytes())?;
        }
    }
    for score in &scores.scores {
        out.write_all(&score.to_le_bytes())?;
    }
    Ok(out.flush()?)
}
