//! What the machine can do: copying memory and syncing a file, measured beside every bench.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

/// Bytes a second that `memcpy` moves between two blocks larger than the caches.
#[must_use]
pub fn memcpy_bytes_per_s() -> f64 {
    let from = vec![1_u8; 128 << 20];
    let mut to = vec![0_u8; 128 << 20];
    let rounds = 8;
    to.copy_from_slice(&from);
    let began = Instant::now();
    for _ in 0..rounds {
        to.copy_from_slice(std::hint::black_box(&from));
        std::hint::black_box(&to);
    }
    (rounds * from.len()) as f64 / began.elapsed().as_secs_f64()
}

/// Syncs a second of 8 KiB each at the end of a file in `folder`.
#[must_use]
pub fn syncs_per_s(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("sync-rate")).unwrap();
    let (began, mut rounds) = (Instant::now(), 0);
    while began.elapsed().as_secs_f64() < 1.0 {
        file.write_all(&[0; 8192]).unwrap();
        file.sync_data().unwrap();
        rounds += 1;
    }
    f64::from(rounds) / began.elapsed().as_secs_f64()
}

/// Both, and the processors.
#[must_use]
pub fn describe(folder: &Path) -> Value {
    let cpus = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    json!({
        "cpus": cpus,
        "cpu": model.unwrap_or("unknown"),
        "memcpy_gb_per_s": memcpy_bytes_per_s() / 1e9,
        "syncs_per_s": syncs_per_s(folder),
    })
}
