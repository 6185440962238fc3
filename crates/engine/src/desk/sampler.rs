//! Spot checks without being asked: now and then a site out of the stream, at a chosen rate and within a budget of time.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use plate::{Pixels, PlateKey, Record, Well};
use session::{Reader, StoredBody, What};

use super::Desk;
use super::showing::Stage;
use super::spot::Asked;
use crate::road::Road;

/// Images that are looked through at a time.
const PAGE: usize = 1024;
/// The models may work one part in so many of the time.
const SHARE: u32 = 5;

/// A sampler under way; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Sampler(tokio::task::JoinHandle<()>);

impl Drop for Sampler {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A site of which a plane came.
type Site = (Arc<PlateKey>, Well, u16, Option<u16>, u32);

impl Desk {
    /// Samples a recording; nothing where the settings say a rate of 0.
    pub(super) fn sampler(self: &Arc<Self>, road: &Arc<Road>) -> Option<Sampler> {
        let per_minute = self.options.settings.spot_checks_per_minute;
        if !(per_minute.is_finite() && per_minute > 0.0) {
            return None;
        }
        let pause = Duration::from_secs_f64((60.0 / per_minute).clamp(0.5, 86_400.0));
        Some(Sampler(tokio::spawn(sample(Arc::downgrade(self), Arc::downgrade(road), pause))))
    }
}

async fn sample(desk: Weak<Desk>, road: Weak<Road>, pause: Duration) {
    let Some(dir) = road.upgrade().map(|road| road.dir().to_owned()) else { return };
    let Ok(mut reader) = Reader::open(&dir).await else { return };
    let Ok(mut after) = reader.last_seq().await else { return };
    let mut rest = pause;
    loop {
        tokio::time::sleep(rest).await;
        rest = pause;
        let (Some(desk), Some(_)) = (desk.upgrade(), road.upgrade()) else { return };
        // Only what is on the desk is looked at: its decoded planes are there, and a person sees what comes of it.
        let Ok(showing) = desk.showing() else { continue };
        if showing.dir != dir || !matches!(showing.stage, Stage::Live(_)) {
            continue;
        }
        let Ok(sites) = news(&mut reader, &mut after).await else { continue };
        let Some((plate, well, site, z, t)) = pick(&sites) else { continue };
        let began = Instant::now();
        // What a model says of its own trouble is said where a person asks for it.
        let _ = desk.check_site(&showing, &Asked { plate, well, site, z, t }, None).await;
        rest = pause.max(began.elapsed() * SHARE);
    }
}

/// Sites with a plane that came since.
async fn news(reader: &mut Reader, after: &mut i64) -> Result<Vec<Site>, session::Error> {
    let mut sites = BTreeSet::new();
    loop {
        let entries = reader.entries_of(What { images: true, ..What::NONE }, *after, PAGE).await?;
        let Some(last) = entries.last() else { break };
        *after = last.seq;
        for entry in entries {
            let StoredBody::Stream { record: Record::Image(image), .. } = entry.body else { continue };
            if matches!(image.pixels, Pixels::Inline { .. }) && image.chunk.is_none() {
                sites.insert((image.plate, image.well, image.site, Some(image.z), image.t));
            }
        }
    }
    Ok(sites.into_iter().collect())
}

/// One of them, by chance.
fn pick(sites: &[Site]) -> Option<Site> {
    let chance = uuid::Uuid::new_v4().as_u64_pair().0;
    let at = usize::try_from(chance % u64::try_from(sites.len().max(1)).ok()?).ok()?;
    sites.get(at).cloned()
}
