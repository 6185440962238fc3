//! Plates of a board as lines of the library.

use plate::{AlertLevel, Board};
use session::{PlateLine, PlateSums};

use crate::ticks::summarise;

/// A line a plate, by run and barcode.
pub(super) fn of(board: &Board) -> Vec<PlateLine> {
    let mut lines: Vec<PlateLine> = board
        .plates()
        .map(|plate| {
            let summary = summarise(board, plate);
            let z_prime = summary.headline.as_ref().map(|headline| headline.z_prime);
            let level = summary.alerts.iter().map(|(_, level)| *level).max().filter(|l| *l != AlertLevel::Cleared);
            PlateLine {
                run: plate.key().run.to_string(),
                barcode: plate.key().barcode.to_string(),
                format: summary.format,
                wells_in: summary.wells_in,
                wells_expected: summary.wells_expected,
                complete: plate.is_complete(),
                images: summary.images,
                z_prime: z_prime.and_then(Result::ok),
                undefined: z_prime.and_then(Result::err).map(|reason| reason.to_string()),
                feature: summary.headline.map(|headline| headline.feature),
                level: level.map(|level| level.as_str().to_owned()),
            }
        })
        .collect();
    lines.sort_by(|a, b| (&a.run, &a.barcode).cmp(&(&b.run, &b.barcode)));
    lines
}

/// Sums over lines, and their runs in order.
pub(super) fn sums(lines: &[PlateLine]) -> (PlateSums, Vec<String>) {
    let mut sums = PlateSums::default();
    let mut runs: Vec<String> = Vec::new();
    for line in lines {
        sums.plates += 1;
        sums.complete += u64::from(line.complete);
        sums.wells += u64::from(line.wells_in);
        if runs.last() != Some(&line.run) {
            runs.push(line.run.clone());
        }
    }
    (sums, runs)
}
