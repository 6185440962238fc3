//! Which result wins for each feature of a well (`DATA.md` 8).
//!
//! Results are gathered by their places alone, 64 bytes each; values are read one result at a time.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use plate::offers::{Offers, Streams};
use plate::{FeatureList, Features, Origin};

use crate::fault::Fault;
use crate::names::Names;
use crate::raw::{Raw, Row, Statement};
use crate::table::source::SourceRow;
use crate::table::{self, number, split_id};
use crate::window;

/// A well as one format and site speak of it, in the order of the digest: packed well, format, site (`None` is the whole
/// well).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SiteKey {
    pub(crate) well: i64,
    pub(crate) format: i64,
    pub(crate) site: Option<i64>,
}

/// One result's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    id: i64,
    source: i64,
    partition: i32,
    offset: i64,
    timestamp_ms: i64,
    list: i64,
}

impl Candidate {
    /// The message's place in the session.
    pub(crate) fn seq(&self) -> i64 {
        split_id(self.id).0
    }

    /// The message's place in its stream.
    pub(crate) fn origin(&self, sources: &[SourceRow]) -> Result<Origin, Fault> {
        Ok(Origin {
            source: Arc::clone(window::source(sources, self.source)?),
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: self.timestamp_ms,
        })
    }
}

/// Every result of a site that may still win: nearly always one.
#[derive(Debug)]
pub(crate) struct Candidates {
    first: Candidate,
    more: Vec<Candidate>,
    /// When there are this many, those that cannot win any more are let go.
    ceiling: usize,
}

/// What was said about the sites of a plate.
pub(crate) type PlateSites = BTreeMap<SiteKey, Candidates>;

/// Takes a row of `table::result::PLACES` into its plate's sites; returns whether memory grew by one candidate.
pub(crate) fn gather(sites: &mut PlateSites, row: &Row<'_>) -> Result<bool, Fault> {
    let id = row.int(0);
    let candidate = Candidate {
        id,
        list: row.int(5),
        source: row.int(6),
        partition: number(row.int(7), "message", split_id(id).0, "partition")?,
        offset: row.int(8),
        timestamp_ms: row.int(9),
    };
    let key = SiteKey { format: row.int(2), well: row.int(3), site: row.optional_int(4) };
    match sites.entry(key) {
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(Candidates { first: candidate, more: Vec::new(), ceiling: 16 });
            Ok(true)
        }
        std::collections::btree_map::Entry::Occupied(mut entry) => Ok(entry.get_mut().push(candidate)),
    }
}

impl Candidates {
    fn push(&mut self, candidate: Candidate) -> bool {
        self.more.push(candidate);
        if self.more.len() < self.ceiling {
            return true;
        }
        self.let_go();
        self.ceiling = self.more.len().max(8) * 2;
        false
    }

    /// Keeps, of each stream, the newest result with each list of names: older ones with the same names cannot win.
    fn let_go(&mut self) {
        let mut all: Vec<Candidate> = self.all().copied().collect();
        all.sort_by_key(|c| (c.source, c.partition, -c.offset, -c.id));
        let mut said = HashSet::new();
        all.retain(|c| said.insert((c.source, c.partition, c.list)));
        // Back in the order of arrival: within one message the later record wins.
        all.sort_by_key(|c| c.id);
        self.first = all.remove(0);
        self.more = all;
    }

    fn all(&self) -> impl Iterator<Item = &Candidate> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// The last to speak, by (timestamp, source, partition, offset).
    pub(crate) fn latest(&self, sources: &[SourceRow]) -> Candidate {
        let name = |id| sources.iter().find(|row| row.id == id).map(|row| &row.source);
        let rank = |c: &Candidate| (c.timestamp_ms, name(c.source), c.partition, c.offset, c.id);
        self.more.iter().fold(self.first, |best, c| if rank(c) > rank(&best) { *c } else { best })
    }
}

/// A winning value: in whose list, where in it, which bits.
pub(crate) struct Winning<'w> {
    pub(crate) features: &'w Features,
    pub(crate) position: u32,
    pub(crate) bits: u64,
    pub(crate) seq: i64,
}

/// Reads winners' values.
pub(crate) struct Winners<'r> {
    raw: &'r Raw,
    values: Statement<'r>,
    orders: NameOrders,
}

impl<'r> Winners<'r> {
    pub(crate) fn new(raw: &'r Raw) -> Result<Winners<'r>, Fault> {
        Ok(Winners { raw, values: raw.prepare(table::result::VALUES)?, orders: NameOrders::default() })
    }

    /// When a result was read.
    pub(crate) fn read_at_ms(&mut self, names: &mut Names, candidate: Candidate) -> Result<Option<i64>, Fault> {
        Ok(table::result::values(self.raw, names, &mut self.values, candidate.id)?.0)
    }

    /// The winning values of a site, in the order of their names.
    pub(crate) fn of_site(
        &mut self,
        names: &mut Names,
        sources: &[SourceRow],
        candidates: &Candidates,
        mut each: impl FnMut(Winning<'_>),
    ) -> Result<(), Fault> {
        let mut read = |candidate: &Candidate| -> Result<Features, Fault> {
            Ok(table::result::values(self.raw, names, &mut self.values, candidate.id)?.1)
        };
        if candidates.more.is_empty() {
            let features = read(&candidates.first)?;
            let seq = candidates.first.seq();
            for &position in self.orders.of(features.list()) {
                each(Winning { features: &features, position, bits: features.bits()[position as usize], seq });
            }
            return Ok(());
        }
        let mut all: Vec<(Features, Origin, i64)> = Vec::new();
        for candidate in candidates.all() {
            all.push((read(candidate)?, candidate.origin(sources)?, candidate.seq()));
        }
        let mut streams = Streams::default();
        let mut offers: BTreeMap<&str, Offers<(u32, usize)>> = BTreeMap::new();
        for (index, (features, origin, _)) in all.iter().enumerate() {
            let stream = streams.number(origin);
            for (position, name) in (0..).zip(features.list().names()) {
                let offers = offers.entry(name).or_insert_with(Offers::none);
                offers.offer(&streams, stream, origin, (position, index));
            }
        }
        for (position, index) in offers.values().filter_map(Offers::value) {
            let (features, _, seq) = &all[*index];
            let bits = features.bits()[*position as usize];
            each(Winning { features, position: *position, bits, seq: *seq });
        }
        Ok(())
    }
}

/// The order of a list's names, worked out once a list.
#[derive(Debug, Default)]
struct NameOrders {
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
