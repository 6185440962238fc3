//! Columns: the same numbers as the whole-plate reading, at every moment, however they were come by.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use plate::{Board, Format, PlateKey, SiteAggregate, Well};
use session::Reader;

use super::*;
use crate::player::tests::{Lab, plate};

/// What the results say, straight: the last one of a well or site wins here, for the lab's offsets and times rise.
async fn expected(dir: &Path, plate: &PlateKey, feature: &str, upto: i64) -> (Vec<f64>, Vec<u8>) {
    let mut reader = Reader::open(dir).await.unwrap();
    let (mut format, mut sites, mut read) = (None, BTreeMap::new(), BTreeMap::new());
    for entry in reader.entries_between(0, upto).await.unwrap() {
        let session::StoredBody::Stream { record: plate::Record::Result(result), .. } = entry.body else { continue };
        if *result.plate != *plate {
            continue;
        }
        format = Some(result.format);
        read.insert(result.well, ());
        if let Some((_, value)) = result.features.iter().find(|(name, _)| *name == feature) {
            sites.insert((result.well, result.site), value);
        }
    }
    let Some(format) = format else { return (Vec::new(), Vec::new()) };
    let wells = (0..usize::from(format.wells())).filter_map(|at| Well::at_index(at, format));
    wells
        .map(|well| {
            let whole = sites.get(&(well, None)).and_then(|value| value.number());
            let of_sites =
                sites.range((well, Some(0))..=(well, Some(u16::MAX))).filter_map(|(_, value)| value.number());
            let value = whole.or_else(|| SiteAggregate::Mean.apply(of_sites));
            let state = match (value, read.contains_key(&well)) {
                (Some(_), _) => VALUE,
                (None, true) => NO_VALUE,
                (None, false) => NOT_YET,
            };
            (value.unwrap_or(f64::NAN), state)
        })
        .unzip()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

async fn assert_right(columns: &Columns, dir: &Path, plate: &Arc<PlateKey>, at: Option<i64>, upto: i64) {
    let features: Vec<Box<str>> = ["Texture_1", "Cells", "Texture_2_late", "not one of them"].map(Into::into).into();
    let found = columns.read(plate, &features, SiteAggregate::Mean, at).await.unwrap();
    for (feature, column) in features.iter().zip(found) {
        let (values, states) = expected(dir, plate, feature, upto).await;
        assert_eq!((&column.feature, column.upto_seq), (feature, upto));
        assert_eq!(bits(&column.values), bits(&values), "{feature} of {plate} at {at:?}");
        assert_eq!(column.states, states, "{feature} of {plate} at {at:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_feature_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let mut lab = Lab::new(dir, 3).await;
    lab.run(0..3, Format::F384, 3).await;
    let columns = Columns::open(dir).await.unwrap();
    let mut last = lab.commit().await;
    assert_right(&columns, dir, &plate(1), None, last).await;
    // More of it comes: only that is read.
    for at in 0..90 {
        lab.result(1, Format::F384, at, Some(4)).await;
        lab.result(1, Format::F384, at, None).await;
        last = lab.commit().await;
        if at % 30 == 29 {
            assert_right(&columns, dir, &plate(1), None, last).await;
        }
    }
    for at in [700, 2000, 300, last - 20, 1] {
        assert_right(&columns, dir, &plate(1), Some(at), at).await;
    }
    // Another reader begins from what was kept.
    let again = Columns::open(dir).await.unwrap();
    assert_right(&again, dir, &plate(1), None, last).await;
    assert_right(&again, dir, &plate(7), None, last).await;
    let names = again.features(&plate(1), None).await.unwrap();
    assert_eq!(names.iter().map(|name| &**name).collect::<Vec<_>>(), {
        ["Cells", "Texture_1", "Texture_1_late", "Texture_2", "Texture_2_late"]
    });
    let early = again.features(&plate(1), Some(100)).await.unwrap();
    assert_eq!(early.len(), 3, "no late ones yet");
    assert!(again.features(&plate(7), None).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracked_feature_is_on_the_board() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), 3).await;
    lab.run(0..2, Format::F96, 2).await;
    lab.result(2, Format::F96, 5, None).await;
    let last = lab.commit().await;
    let board: Board = crate::rebuild::board(folder.path()).await.unwrap();
    let columns = Columns::open(folder.path()).await.unwrap();
    for number in 0..3 {
        let live = tracked(&board, &plate(number), "Cells", last).unwrap();
        let sum = aggregate(&board, &plate(number), "Cells");
        let expected = if number == 2 { SiteAggregate::Mean } else { SiteAggregate::Sum };
        assert_eq!(sum, expected, "the card says it where a layout names the assay");
        let read = columns.read(&plate(number), &["Cells".into()], sum, None).await.unwrap().remove(0);
        assert_eq!((bits(&live.values), &live.states), (bits(&read.values), &read.states));
        assert_eq!((&live.sites_in, live.sites_of, live.upto_seq), (&read.sites_in, read.sites_of, read.upto_seq));
    }
    assert_eq!(tracked(&board, &plate(0), "Cells", last).unwrap().sites_of, 2);
    assert_eq!(tracked(&board, &plate(0), "Texture_1", last), None);
    assert_eq!(tracked(&board, &plate(9), "Cells", last), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plate_of_many_wells_and_features_is_quick_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), 1500).await;
    lab.run(0..3, Format::F1536, 0).await;
    lab.commit().await;
    let columns = Columns::open(folder.path()).await.unwrap();
    let timed = async |what: &str, feature: &str| {
        let began = Instant::now();
        let column = columns.read(&plate(1), &[feature.into()], SiteAggregate::Mean, None).await.unwrap().remove(0);
        println!("1,536 wells x 1,500 features, {what}: {:?}", began.elapsed());
        assert_eq!(column.values.len(), 1536);
        began.elapsed().as_secs_f64()
    };
    let first = timed("first look at a feature", "Texture_700").await;
    timed("another feature", "Texture_1400").await;
    timed("the first again", "Texture_700").await;
    let began = Instant::now();
    let names = columns.features(&plate(1), None).await.unwrap();
    println!("{} names: {:?}", names.len(), began.elapsed());
    assert!(first < 5.0, "a second on a machine of its own; others build here meanwhile: {first} s");
}
