//! Who wins when several messages speak of the same thing (`DATA.md` 8).
//!
//! Each (source, partition) offers its message of highest offset; among these offers the greatest
//! (Kafka timestamp, source, partition) wins. So the final state does not depend on the order of arrival.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::origin::{Origin, Source};

/// Short numbers for (source, partition), so that an offer is small. Numbers depend on the order of arrival and
/// never leave memory; comparisons go by the names.
#[derive(Debug, Clone, Default)]
pub struct Streams(Vec<(Arc<Source>, i32)>);

/// A number out of [`Streams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamNumber(u32);

impl Streams {
    /// The number of an origin's stream.
    pub fn number(&mut self, origin: &Origin) -> StreamNumber {
        self.number_of(&origin.source, origin.partition)
    }

    /// The number of a partition of a source.
    pub(crate) fn number_of(&mut self, source: &Arc<Source>, partition: i32) -> StreamNumber {
        let found = self
            .0
            .iter()
            .position(|(known, number)| *number == partition && (Arc::ptr_eq(known, source) || known == source));
        let position = found.unwrap_or_else(|| {
            self.0.push((Arc::clone(source), partition));
            self.0.len() - 1
        });
        StreamNumber(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// The stream of a number.
    pub(crate) fn name(&self, number: StreamNumber) -> Option<(&Source, i32)> {
        self.0.get(number.0 as usize).map(|(source, partition)| (&**source, *partition))
    }

    fn compare(&self, a: StreamNumber, b: StreamNumber) -> Ordering {
        let name = |n: StreamNumber| self.0.get(n.0 as usize).map(|(source, partition)| (source, partition));
        if a == b { Ordering::Equal } else { name(a).cmp(&name(b)) }
    }
}

/// What one stream says.
#[derive(Debug, Clone, PartialEq)]
struct Offer<T> {
    value: T,
    offset: i64,
    timestamp_ms: i64,
    stream: StreamNumber,
    said: Said,
}

/// An offer laid open, to be written down and taken up again.
#[derive(Debug)]
pub(crate) struct Offered<T> {
    pub(crate) value: T,
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: i64,
    pub(crate) stream: StreamNumber,
}

/// One byte with one value: its other 255 tell the cases of [`Offers`] apart, which so needs no word for that.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
enum Said {
    Something = 0,
}

/// The offers for one thing: nearly always none or one. There are millions of these, 32 bytes each for a value.
#[derive(Debug, Clone, Default)]
pub struct Offers<T>(Cases<T>);

#[derive(Debug, Clone, Default)]
enum Cases<T> {
    #[default]
    None,
    One(Offer<T>),
    /// The winner first; the others win again if its stream says something older.
    #[allow(clippy::box_collection, reason = "one word: a vector's three would make every case larger")]
    Many(Box<Vec<Offer<T>>>),
}

impl<T> Offers<T> {
    /// Nobody has said anything.
    #[must_use]
    pub const fn none() -> Offers<T> {
        Offers(Cases::None)
    }

    /// The winning value.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match &self.0 {
            Cases::None => None,
            Cases::One(offer) => Some(&offer.value),
            Cases::Many(offers) => offers.first().map(|offer| &offer.value),
        }
    }

    /// The offers, the winner first.
    pub(crate) fn offered(&self) -> impl Iterator<Item = Offered<&T>> {
        let offers: &[Offer<T>] = match &self.0 {
            Cases::None => &[],
            Cases::One(offer) => std::slice::from_ref(offer),
            Cases::Many(offers) => offers,
        };
        offers.iter().map(|Offer { value, offset, timestamp_ms, stream, .. }| Offered {
            value,
            offset: *offset,
            timestamp_ms: *timestamp_ms,
            stream: *stream,
        })
    }

    /// The reverse of [`Offers::offered`].
    pub(crate) fn from_offered(offered: Vec<Offered<T>>) -> Offers<T> {
        let mut offers = offered.into_iter().map(|Offered { value, offset, timestamp_ms, stream }| Offer {
            value,
            offset,
            timestamp_ms,
            stream,
            said: Said::Something,
        });
        match (offers.len(), offers.next()) {
            (_, None) => Offers::none(),
            (1, Some(one)) => Offers(Cases::One(one)),
            (_, Some(first)) => Offers(Cases::Many(Box::new(std::iter::once(first).chain(offers).collect()))),
        }
    }

    /// Takes an offer; `true` if another offer wins now than before.
    pub fn offer(&mut self, streams: &Streams, stream: StreamNumber, origin: &Origin, value: T) -> bool {
        let said = Said::Something;
        let offer = Offer { value, offset: origin.offset, timestamp_ms: origin.timestamp_ms, stream, said };
        match &mut self.0 {
            Cases::None => {
                self.0 = Cases::One(offer);
                true
            }
            Cases::One(one) if one.stream == stream => {
                let is_newer = offer.offset >= one.offset;
                if is_newer {
                    *one = offer;
                }
                is_newer
            }
            Cases::One(_) => {
                if let Cases::One(one) = std::mem::take(&mut self.0) {
                    self.0 = Cases::Many(Box::new(vec![one]));
                }
                self.offer(streams, stream, origin, offer.value)
            }
            Cases::Many(offers) => take(offers, offer, streams),
        }
    }
}

/// Puts an offer among those of other streams and the greatest in front; `true` if that changed it.
fn take<T>(offers: &mut Vec<Offer<T>>, offer: Offer<T>, streams: &Streams) -> bool {
    let at = match offers.iter().position(|known| known.stream == offer.stream) {
        Some(at) if offer.offset < offers[at].offset => return false,
        Some(at) => {
            offers[at] = offer;
            at
        }
        None => {
            offers.push(offer);
            offers.len() - 1
        }
    };
    let rank = |a: &Offer<T>, b: &Offer<T>| {
        a.timestamp_ms.cmp(&b.timestamp_ms).then_with(|| streams.compare(a.stream, b.stream))
    };
    let best = (0..offers.len()).max_by(|&a, &b| rank(&offers[a], &offers[b])).unwrap_or(0);
    offers.swap(0, best);
    best != 0 || at == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(partition: i32, offset: i64, timestamp_ms: i64) -> Origin {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        Origin { source, partition, offset, timestamp_ms }
    }

    fn winner(arrivals: &[(i32, i64, i64)]) -> Option<(i32, i64)> {
        let (mut streams, mut offers) = (Streams::default(), Offers::none());
        for &(partition, offset, timestamp_ms) in arrivals {
            let origin = origin(partition, offset, timestamp_ms);
            let stream = streams.number(&origin);
            offers.offer(&streams, stream, &origin, (partition, offset));
        }
        offers.value().copied()
    }

    #[test]
    fn a_value_costs_32_bytes() {
        assert_eq!(size_of::<Offers<u64>>(), 32, "a session of two million results holds as many of these");
    }

    #[test]
    fn the_highest_offset_speaks_for_its_partition_even_if_its_clock_went_back() {
        // Partition 0 says at t=9 and then, later in the partition, at t=1: only the latter is its offer.
        assert_eq!(winner(&[(0, 0, 9), (1, 0, 5), (0, 1, 1)]), Some((1, 0)));
        assert_eq!(winner(&[(1, 0, 5), (0, 1, 1), (0, 0, 9)]), Some((1, 0)));
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_has_the_same_winner(
            mut messages in prop::collection::vec((0..4_i32, 0..6_i64), 1..24), seed in any::<u64>(),
        ) {
            messages.sort_unstable();
            messages.dedup();
            // One timestamp a message, whatever the order it arrives in; equal ones are common on purpose.
            let mut arrivals: Vec<_> = messages
                .iter()
                .map(|&(partition, offset)| (partition, offset, (seed >> ((partition as u64 * 6 + offset as u64) % 60) & 3) as i64))
                .collect();
            let expected = winner(&arrivals);
            let mut state = seed | 1;
            for i in (1..arrivals.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                arrivals.swap(i, (state >> 33) as usize % (i + 1));
            }
            prop_assert_eq!(winner(&arrivals), expected);
        }
    }
}
