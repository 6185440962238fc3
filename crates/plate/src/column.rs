//! One feature of a plate: what every stream offers for each well and site, and the values that win.

use std::collections::BTreeMap;

use crate::card::SiteAggregate;
use crate::feature::Value;
use crate::format::Format;
use crate::offers::{Offers, Streams};
use crate::origin::Origin;
use crate::snapshot_bytes::{In, Out, SnapshotError};
use crate::well::Well;

/// One tracked feature of a plate.
#[derive(Debug, Clone, Default)]
pub struct TrackedColumn {
    /// Well-level values as [`Value::to_bits`], by row-major position; empty until the first one.
    wells: Vec<Offers<u64>>,
    /// Site-level values by (row-major position, site).
    sites: BTreeMap<(u16, u16), Offers<u64>>,
}

/// The number that wins, if it is one.
fn number_of(offers: &Offers<u64>) -> Option<f64> {
    Value::from_bits(*offers.value()?).number()
}

impl TrackedColumn {
    /// The place for the offers of a well, or of one of its sites.
    pub(crate) fn offers_at(&mut self, format: Format, at: usize, site: Option<u16>) -> &mut Offers<u64> {
        match site {
            // A format has at most 3,456 wells.
            Some(site) => self.sites.entry((at as u16, site)).or_insert(Offers::none()),
            None => {
                if self.wells.is_empty() {
                    self.wells.resize_with(usize::from(format.wells()), Offers::none);
                }
                &mut self.wells[at]
            }
        }
    }

    /// The well's own number, else its sites' aggregate (`DATA.md` 12); `at` is the well's row-major position.
    #[must_use]
    pub fn value_at(&self, at: usize, aggregate: SiteAggregate) -> Option<f64> {
        if let Some(value) = self.wells.get(at).and_then(number_of) {
            return Some(value);
        }
        if self.sites.is_empty() {
            return None;
        }
        aggregate.apply(self.sites_of(at).filter_map(number_of)).filter(|number| number.is_finite())
    }

    /// Sites of a well that have a number; `at` is the well's row-major position.
    #[must_use]
    pub fn sites_in(&self, at: usize) -> u16 {
        self.sites_of(at).filter_map(number_of).count().try_into().unwrap_or(u16::MAX)
    }

    /// Most sites that any well speaks of: the second number of "7 of 9 sites". Goes through all of them.
    #[must_use]
    pub fn most_sites(&self) -> u16 {
        let (mut most, mut here) = (0, (u16::MAX, 0_u16));
        for (at, _) in self.sites.keys() {
            here = if here.0 == *at { (*at, here.1.saturating_add(1)) } else { (*at, 1) };
            most = most.max(here.1);
        }
        most
    }

    /// Whether any site spoke.
    pub(crate) fn has_sites(&self) -> bool {
        !self.sites.is_empty()
    }

    /// Every well and site that spoke, in order; the site is always there.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (u16, Option<u16>)> + '_ {
        self.sites.keys().map(|(at, site)| (*at, Some(*site)))
    }

    /// A site's number; `at` is its well's row-major position.
    pub(crate) fn site_value(&self, at: u16, site: u16) -> Option<f64> {
        self.sites.get(&(at, site)).and_then(number_of)
    }

    fn sites_of(&self, at: usize) -> impl Iterator<Item = &Offers<u64>> {
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        self.sites.range((at, 0)..=(at, u16::MAX)).map(|(_, offers)| offers)
    }

    pub(crate) fn write(&self, out: &mut Out) {
        out.number(self.wells.len() as u64);
        for offers in &self.wells {
            out.offers(offers, |out, bits| out.fixed(&bits.to_le_bytes()));
        }
        out.number(self.sites.len() as u64);
        for ((at, site), offers) in &self.sites {
            out.number((*at).into());
            out.number((*site).into());
            out.offers(offers, |out, bits| out.fixed(&bits.to_le_bytes()));
        }
    }

    pub(crate) fn read(bytes: &mut In<'_>, format: Option<Format>) -> Result<TrackedColumn, SnapshotError> {
        let bits = |bytes: &mut In<'_>| Ok(u64::from_le_bytes(bytes.fixed()?));
        let wells = format.map_or(0, |format| usize::from(format.wells()));
        let count = bytes.count(1, "wells of a feature")?;
        if count != 0 && count != wells {
            return Err(SnapshotError::Impossible("wells of a feature"));
        }
        let mut column = TrackedColumn::default();
        for _ in 0..count {
            column.wells.push(bytes.offers(bits)?);
        }
        for _ in 0..bytes.count(3, "sites of a feature")? {
            let (at, site): (u16, u16) = (bytes.small("a site's well")?, bytes.small("a site")?);
            if usize::from(at) >= wells {
                return Err(SnapshotError::Impossible("a site's well"));
            }
            column.sites.insert((at, site), bytes.offers(bits)?);
        }
        Ok(column)
    }
}

/// Any feature of a plate, gathered from results in any order; it goes on from its own bytes.
#[derive(Debug, Clone)]
pub struct FeatureOffers {
    format: Format,
    streams: Streams,
    column: TrackedColumn,
    /// Wells of which any result came, row-major.
    read: Vec<bool>,
}

/// Begins the bytes of a feature: a name and a version.
const KIND: [u8; 4] = *b"PLF1";

impl FeatureOffers {
    /// Nothing of a plate of this format.
    #[must_use]
    pub fn new(format: Format) -> FeatureOffers {
        let read = vec![false; usize::from(format.wells())];
        FeatureOffers { format, streams: Streams::default(), column: TrackedColumn::default(), read }
    }

    /// The plate's format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Takes one result; `value` is `None` where it does not name the feature. A well outside the format is left out.
    pub fn take(&mut self, origin: &Origin, well: Well, site: Option<u16>, value: Option<Value>) {
        let Some(at) = well.index_in(self.format) else { return };
        self.read[at] = true;
        if let Some(value) = value {
            let stream = self.streams.number(origin);
            let offers = self.column.offers_at(self.format, at, site);
            offers.offer(&self.streams, stream, origin, value.to_bits());
        }
    }

    /// The well's own number, else its sites' aggregate; `None` outside the format too.
    #[must_use]
    pub fn value(&self, well: Well, aggregate: SiteAggregate) -> Option<f64> {
        self.column.value_at(well.index_in(self.format)?, aggregate)
    }

    /// Whether any result of the well came.
    #[must_use]
    pub fn has_result(&self, well: Well) -> bool {
        well.index_in(self.format).is_some_and(|at| self.read[at])
    }

    /// The values with their sites.
    #[must_use]
    pub fn column(&self) -> &TrackedColumn {
        &self.column
    }

    /// As bytes, for a cache.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.number(self.format.wells().into());
        out.flags(&self.read);
        self.column.write(&mut out);
        out.finish(KIND, &self.streams)
    }

    /// The reverse of [`FeatureOffers::to_bytes`].
    ///
    /// # Errors
    /// [`SnapshotError`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<FeatureOffers, SnapshotError> {
        let mut streams = Streams::default();
        let mut bytes = In::open(bytes, KIND, &mut streams)?;
        let format = Format::from_wells(bytes.number()?).map_err(|_| SnapshotError::Impossible("format"))?;
        let read = bytes.flags(usize::from(format.wells()))?;
        let column = TrackedColumn::read(&mut bytes, Some(format))?;
        bytes.end()?;
        Ok(FeatureOffers { format, streams, column, read })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::origin::Source;

    #[test]
    fn a_feature_goes_on_from_its_bytes() {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 1 });
        let origin = |partition, offset| Origin {
            source: Arc::clone(&source),
            partition,
            offset,
            timestamp_ms: 1_795_000_000_000 - offset,
        };
        let well = |text: &str| text.parse::<Well>().unwrap();
        let results = [
            ("A01", None, Some(Value::Number(1.0)), origin(0, 5)),
            ("A01", Some(1), Some(Value::Number(2.0)), origin(0, 6)),
            ("B02", Some(3), Some(Value::Number(4.0)), origin(1, 1)),
            ("B02", Some(1), Some(Value::Number(8.0)), origin(1, 2)),
            ("C03", None, Some(Value::Cleared), origin(0, 7)),
            ("D04", None, None, origin(0, 8)),
            ("A01", None, Some(Value::Number(3.0)), origin(2, 9)),
            ("P24", None, Some(Value::Number(9.0)), origin(0, 9)),
        ];
        let whole = results.iter().fold(FeatureOffers::new(Format::F96), |mut offers, (name, site, value, origin)| {
            offers.take(origin, well(name), *site, *value);
            offers
        });
        for cut in 0..results.len() {
            let mut offers = FeatureOffers::new(Format::F96);
            for (index, (name, site, value, origin)) in results.iter().enumerate() {
                if index == cut {
                    offers = FeatureOffers::from_bytes(&offers.to_bytes()).unwrap();
                }
                offers.take(origin, well(name), *site, *value);
            }
            assert_eq!(offers.to_bytes(), whole.to_bytes(), "cut at {cut}");
        }
        assert_eq!(whole.value(well("A01"), SiteAggregate::Mean), Some(1.0), "the later clock wins");
        assert_eq!(whole.value(well("B02"), SiteAggregate::Mean), Some(6.0));
        assert_eq!((whole.column().sites_in(13), whole.column().most_sites()), (2, 2));
        assert_eq!((whole.has_result(well("D04")), whole.has_result(well("D05"))), (true, false));
    }
}
