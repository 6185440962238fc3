//! Plates as tiles of the wall.

use plate::{AlertLevel, Format};

use super::told::{HeadlineTile, Level, PlateTile};
use crate::ticks::{PlateSummary, PlateTick};

/// Wells that are named as fresh.
const FRESH: usize = 64;

/// A changed plate as a tile. `first` says that the watcher sees it for the first time: nothing of it is fresh.
/// `review_flags` are those that wait for a reviewer.
pub(crate) fn tile(tick: &PlateTick, handle: String, first: bool, review_flags: u32) -> PlateTile {
    let PlateSummary { plate, revision, format, wells_in, wells_expected, headline, alerts, images, .. } =
        &tick.summary;
    let known = format.and_then(|wells| Format::from_wells(wells.into()).ok());
    let skip = tick.wells.len().saturating_sub(FRESH);
    let fresh = tick.wells.iter().skip(skip).filter_map(|well| u16::try_from(well.index_in(known?)?).ok());
    PlateTile {
        plate: handle,
        run: plate.run.to_string(),
        barcode: plate.barcode.to_string(),
        revision: *revision,
        format: *format,
        rows: known.map_or(0, |format| u16::from(format.rows())),
        columns: known.map_or(0, |format| u16::from(format.columns())),
        wells_in: *wells_in,
        wells_expected: *wells_expected,
        complete: *wells_expected > 0 && wells_in >= wells_expected,
        headline: headline.as_ref().map(|headline| HeadlineTile {
            feature: headline.feature.clone(),
            z_prime: headline.z_prime.ok(),
            undefined: headline.z_prime.err().map(|reason| reason.to_string()),
            level: z_prime_level(headline.z_prime.ok(), headline.limits),
            controls_in: headline.controls_in,
            controls_expected: headline.controls_expected,
        }),
        flags: u32::try_from(alerts.len()).unwrap_or(u32::MAX),
        level: worst(alerts),
        review_flags,
        images: *images,
        stage: tick.summary.stage.clone(),
        instrument: tick.summary.instrument.as_deref().map(str::to_owned),
        assay: tick.summary.layout.as_ref().and_then(|layout| layout.assay.as_deref().map(str::to_owned)),
        cells: tick.summary.layout.as_ref().and_then(|layout| layout.cells.as_deref().map(str::to_owned)),
        last_ms: tick.summary.last_ms,
        fresh: if first { Vec::new() } else { fresh.collect() },
    }
}

/// Z' by its limits: good, attention, fail.
pub(crate) fn z_prime_level(z_prime: Option<f64>, (good, attention): (f64, f64)) -> Level {
    match z_prime {
        None => Level::Unknown,
        Some(z) if z >= good => Level::Ok,
        Some(z) if z >= attention => Level::Attention,
        Some(_) => Level::Fail,
    }
}

fn worst(alerts: &[(Box<str>, AlertLevel)]) -> Level {
    alerts.iter().map(|(_, level)| super::alerts::level(*level)).max().unwrap_or(Level::Ok)
}
