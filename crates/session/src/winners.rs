//! Which result wins for each feature of a well (`DATA.md` 8).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use plate::offers::{Offers, Streams};
use plate::{FeatureList, Origin};

use crate::content::read_origin;
use crate::fault::Fault;
use crate::names::Names;
use crate::raw::{Bound, Raw, Statement};
use crate::table;
use crate::table::source::SourceRow;

/// A well as one format and site speak of it; `None` is the whole well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SiteKey {
    /// Wells of the plate, as the messages said.
    pub(crate) format: u16,
    pub(crate) site: Option<u16>,
}

/// One message's say about a site.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) seq: i64,
    pub(crate) origin: Origin,
    pub(crate) read_at_ms: Option<i64>,
    pub(crate) list: Arc<FeatureList>,
    pub(crate) bits: Box<[u64]>,
}

/// Everything that was said about a site and may still win: nearly always one.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    candidates: Vec<Candidate>,
    /// When there are this many, those that cannot win any more are let go.
    ceiling: usize,
}

/// The order of a list's names, worked out once a list.
#[derive(Debug, Default)]
pub(crate) struct NameOrders {
    known: Vec<(Arc<FeatureList>, Vec<u32>)>,
}

/// Lists whose order is remembered.
const ORDERS: usize = 16;

impl NameOrders {
    /// Positions in `list` by name; of a name that stands twice the last.
    fn of(&mut self, list: &Arc<FeatureList>) -> &[u32] {
        let found = self.known.iter().position(|(known, _)| Arc::ptr_eq(known, list));
        let index = found.unwrap_or_else(|| {
            if self.known.len() == ORDERS {
                self.known.clear();
            }
            let names = list.names();
            let mut order: Vec<u32> = (0..).take(names.len()).collect();
            order.sort_by(|a, b| names[*a as usize].cmp(&names[*b as usize]).then(b.cmp(a)));
            order.dedup_by(|b, a| names[*a as usize] == names[*b as usize]);
            self.known.push((Arc::clone(list), order));
            self.known.len() - 1
        });
        &self.known[index].1
    }
}

impl Candidates {
    fn push(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
        if self.candidates.len() > self.ceiling.max(16) {
            self.let_go();
            self.ceiling = self.candidates.len() * 2;
        }
    }

    /// Keeps what is the newest of its stream for at least one name.
    fn let_go(&mut self) {
        self.candidates.sort_by(|a, b| {
            let stream = |c: &Candidate| (Arc::clone(&c.origin.source), c.origin.partition);
            stream(a).cmp(&stream(b)).then((b.origin.offset, b.seq).cmp(&(a.origin.offset, a.seq)))
        });
        let mut kept: Vec<Candidate> = Vec::new();
        let mut said: HashSet<Box<str>> = HashSet::new();
        for candidate in std::mem::take(&mut self.candidates) {
            let same_stream = kept.last().is_some_and(|last| {
                last.origin.source == candidate.origin.source && last.origin.partition == candidate.origin.partition
            });
            if !same_stream {
                said.clear();
            }
            let mut says_more = !same_stream;
            for name in candidate.list.names() {
                if !said.contains(name) {
                    said.insert(name.clone());
                    says_more = true;
                }
            }
            if says_more {
                kept.push(candidate);
            }
        }
        // Back in the order of arrival: within one message the later record wins.
        kept.sort_by_key(|candidate| candidate.seq);
        self.candidates = kept;
    }

    /// Winning values in the order of their names: position in the winner's list, bits, winner.
    pub(crate) fn in_name_order(&self, orders: &mut NameOrders, mut each: impl FnMut(u32, u64, &Candidate)) {
        if let [only] = self.candidates.as_slice() {
            for position in orders.of(&only.list) {
                each(*position, only.bits[*position as usize], only);
            }
            return;
        }
        let mut streams = Streams::default();
        let mut offers: BTreeMap<&str, Offers<(u32, u64, &Candidate)>> = BTreeMap::new();
        for candidate in &self.candidates {
            let stream = streams.number(&candidate.origin);
            for (position, (name, bits)) in (0..).zip(candidate.list.names().iter().zip(&candidate.bits)) {
                let offer = (position, *bits, candidate);
                offers.entry(name).or_insert_with(Offers::none).offer(&streams, stream, &candidate.origin, offer);
            }
        }
        for (position, bits, candidate) in offers.values().filter_map(Offers::value) {
            each(*position, *bits, candidate);
        }
    }

    /// The last to speak, by (timestamp, source, partition, offset).
    pub(crate) fn latest(&self) -> Option<&Candidate> {
        let rank =
            |c: &Candidate| (c.origin.timestamp_ms, Arc::clone(&c.origin.source), c.origin.partition, c.origin.offset);
        self.candidates.iter().max_by_key(|candidate| rank(candidate))
    }
}

/// What was said about the sites of a well. `of_well` is `table::result::OF_WELL`.
pub(crate) fn of_well(
    raw: &Raw<'_>,
    names: &mut Names,
    sources: &[SourceRow],
    of_well: &mut Statement<'_>,
    plate: i64,
    well: i64,
) -> Result<BTreeMap<SiteKey, Candidates>, Fault> {
    let mut sites: BTreeMap<SiteKey, Candidates> = BTreeMap::new();
    let mut rows = of_well.rows(&[Bound::Int(plate), Bound::Int(well)])?;
    while let Some(row) = rows.next()? {
        let (id, record) = table::result::read(raw, names, &row)?;
        let key = SiteKey { format: record.format.wells(), site: record.site };
        sites.entry(key).or_default().push(Candidate {
            seq: table::split_id(id).0,
            origin: read_origin(&row, 8, sources)?,
            read_at_ms: record.read_at_ms,
            list: Arc::clone(record.features.list()),
            bits: record.features.bits().into(),
        });
    }
    Ok(sites)
}
