//! Walks a session's results in the order they lie on disk and hands out each plate's once all of it was seen.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::fault::Fault;
use crate::history::SEGMENT;
use crate::raw::{Bound, Raw};
use crate::table::plate_segment;
use crate::table::{self, id_range};
use crate::winners::{PlateSites, gather};

/// Results whose places are held at a time, about 100 bytes each. Plates that begin while there are more wait for the
/// next walk.
pub(crate) const HELD: usize = 600_000;

/// The sites of one plate, ascending by well.
pub(crate) fn plate_sites(raw: &Raw, plate: i64) -> Result<PlateSites, Fault> {
    let mut sites = PlateSites::new();
    let mut statement = raw.prepare(table::result::PLACES_OF_PLATE)?;
    for segment in plate_segment::of_plate(raw, plate)? {
        let [first, last] = bounds(segment);
        let mut rows = statement.rows(&[first, last, Bound::Int(plate)])?;
        while let Some(row) = rows.next()? {
            gather(&mut sites, &row)?;
        }
    }
    Ok(sites)
}

/// Numbers of the feature lists of a plate's results.
pub(crate) fn plate_lists(raw: &Raw, plate: i64) -> Result<BTreeSet<i64>, Fault> {
    let mut lists = BTreeSet::new();
    let mut statement = raw.prepare(table::result::PLACES_OF_PLATE)?;
    for segment in plate_segment::of_plate(raw, plate)? {
        let [first, last] = bounds(segment);
        let mut rows = statement.rows(&[first, last, Bound::Int(plate)])?;
        while let Some(row) = rows.next()? {
            lists.insert(row.int(5));
        }
    }
    Ok(lists)
}

/// Calls `each` with every plate that has results, in no particular order. Holds about `held_at_most` places, or those of
/// one plate if it has more.
pub(crate) fn all_plates(
    raw: &Raw,
    held_at_most: usize,
    mut each: impl FnMut(i64, PlateSites) -> Result<(), Fault>,
) -> Result<(), Fault> {
    // What is left of this map at the end of a walk waits for the next.
    let mut last_segments = plate_segment::last_of_all(raw)?;
    let mut statement = raw.prepare(table::result::PLACES)?;
    let mut from = 0;
    while let Some(upto) = last_segments.values().copied().max() {
        let mut open: HashMap<i64, (PlateSites, usize)> = HashMap::new();
        let mut waiting = HashSet::new();
        let (mut held, mut next_from) = (0, None);
        for segment in from..=upto {
            let mut rows = statement.rows(&bounds(segment))?;
            while let Some(row) = rows.next()? {
                let plate = row.int(1);
                if !last_segments.contains_key(&plate) {
                    continue; // handed out in an earlier walk
                }
                if waiting.contains(&plate) {
                    continue;
                }
                if held >= held_at_most && !open.is_empty() && !open.contains_key(&plate) {
                    next_from.get_or_insert(segment);
                    waiting.insert(plate);
                    continue;
                }
                let (sites, count) = open.entry(plate).or_default();
                if gather(sites, &row)? {
                    *count += 1;
                    held += 1;
                }
            }
            drop(rows);
            let complete: Vec<i64> =
                open.keys().copied().filter(|plate| last_segments.get(plate) == Some(&segment)).collect();
            for plate in complete {
                if let Some((sites, count)) = open.remove(&plate) {
                    held -= count;
                    last_segments.remove(&plate);
                    each(plate, sites)?;
                }
            }
        }
        match next_from {
            Some(segment) => from = segment,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// The record numbers of a segment.
fn bounds(segment: i64) -> [Bound<'static>; 2] {
    id_range(segment * SEGMENT, (segment + 1) * SEGMENT)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plate::{FeatureList, Features, Format, Origin, PlateKey, Record, ResultRecord, Source, Value, Well};
    use wire::{Decoded, Envelope, Headers, Kind};

    use super::*;
    use crate::{Commit, Entry, SessionMeta, Writer, outcome_digest};

    /// Plate 0 in every message but those of the others, of which each has two in a row.
    fn barcode(offset: i64) -> String {
        if offset % 8 < 6 { "long".to_owned() } else { format!("short {}", offset / 8) }
    }

    #[tokio::test]
    async fn every_plate_is_handed_out_once_and_whole_however_little_may_be_held() {
        let folder = tempfile::tempdir().unwrap();
        let meta = SessionMeta {
            id: String::new(),
            created_at_us: 0,
            cluster: String::new(),
            profile_name: String::new(),
            profile_toml: String::new(),
            overlay_of: None,
        };
        let mut writer = Writer::scratch(folder.path(), &meta).await.unwrap();
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        let list = Arc::new(FeatureList::new(vec!["a".into()]));
        let n = SEGMENT * 3 + 100;
        let entry = |offset: i64| {
            let origin = Origin { source: Arc::clone(&source), partition: 0, offset, timestamp_ms: 0 };
            let well = Well::at_index(usize::try_from(offset % 384).unwrap(), Format::F384).unwrap();
            let outcome = Decoded::Records(vec![Record::Result(ResultRecord {
                plate: Arc::new(PlateKey::new("", &barcode(offset))),
                format: Format::F384,
                well,
                site: None,
                read_at_ms: None,
                features: Features::new(Arc::clone(&list), [Value::Number(1.0)]).unwrap(),
            })]);
            let outcome_digest = outcome_digest(&origin, &[0; 32], &outcome);
            let envelope = Envelope { origin, kind: Kind::Results, key: None, headers: Headers::default(), body: None };
            Entry::Message { seq: offset + 1, envelope, digest: [0; 32], outcome, outcome_digest, left_out: None }
        };
        writer.commit(&Commit { received_at_us: 1, entries: (0..n).map(entry).collect() }).await.unwrap();
        let mut reader = crate::Reader::open(folder.path()).await.unwrap();
        for held_at_most in [400, 2_000, HELD] {
            let found = reader.look(|raw, names, _| {
                let mut found = HashMap::new();
                all_plates(raw, held_at_most, |plate, sites| {
                    let before = found.insert(names.plate(raw, plate)?.barcode.to_string(), sites.len());
                    assert_eq!(before, None, "plate {plate} came twice");
                    assert_eq!(sites.len(), plate_sites(raw, plate)?.len());
                    Ok(())
                })?;
                Ok(found)
            });
            let found = found.unwrap();
            let barcodes: HashSet<String> = (0..n).map(barcode).collect();
            assert_eq!(found.len(), barcodes.len(), "with {held_at_most} held");
            assert_eq!(found["long"], 288, "three in four wells");
            assert_eq!(found["short 7"], 2);
        }
    }
}
