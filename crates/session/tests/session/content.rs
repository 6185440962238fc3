//! The content digest does not know the order of arrival.

use plate::{Format, Pixels, Record, Value, Well};
use proptest::prelude::*;
use session::Writer;
use wire::{Decoded, Kind};

use crate::support::*;

/// One message of a partition, before it is known when it arrives.
#[derive(Debug, Clone)]
struct Said {
    timestamp_ms: i64,
    record: SaidRecord,
}

#[derive(Debug, Clone)]
enum SaidRecord {
    Result { plate: u8, well: u8, site: Option<u16>, values: Vec<(u8, Option<i8>)> },
    Layout { plate: u8, compound: u8 },
    Image { plate: u8, channel: u8, sha256: u8 },
}

impl SaidRecord {
    fn record(&self) -> Record {
        match self {
            SaidRecord::Result { plate, well, site, values } => {
                let mut values: Vec<_> = values
                    .iter()
                    .map(|(name, value)| {
                        let value = value.map_or(Value::Cleared, |number| Value::Number(number.into()));
                        (["a", "b", "c"][usize::from(*name % 3)], value)
                    })
                    .collect();
                values.dedup_by_key(|(name, _)| *name);
                let well = Well::at_index((*well).into(), Format::F384).unwrap().to_string();
                result(&format!("P{plate}"), &well, *site, &values)
            }
            SaidRecord::Layout { plate, compound } => {
                let Record::Layout(mut record) = layout(&format!("P{plate}")) else { unreachable!() };
                let mut layout = (*record.layout).clone();
                layout.wells[0].compound = Some(format!("C{compound}").into());
                record.layout = std::sync::Arc::new(layout);
                Record::Layout(record)
            }
            SaidRecord::Image { plate, channel, sha256 } => {
                let pixels = Pixels::Linked { link: "https://lab/image".into() };
                Record::Image(image(
                    &format!("P{plate}"),
                    ["DNA", "ER"][usize::from(*channel % 2)],
                    pixels,
                    Some([*sha256; 32]),
                ))
            }
        }
    }
}

fn said() -> impl Strategy<Value = Said> {
    let values = prop::collection::vec((any::<u8>(), any::<Option<i8>>()), 0..3);
    let record = prop_oneof![
        6 => (0..2_u8, 0..2_u8, prop::option::of(1..3_u16), values)
            .prop_map(|(plate, well, site, values)| SaidRecord::Result { plate, well, site, values }),
        1 => (0..2_u8, 0..3_u8).prop_map(|(plate, compound)| SaidRecord::Layout { plate, compound }),
        2 => (0..2_u8, 0..2_u8, 0..3_u8).prop_map(|(plate, channel, sha256)| SaidRecord::Image { plate, channel, sha256 }),
    ];
    // Few different timestamps: ties are the hard part.
    (0..4_i64, record).prop_map(|(timestamp_ms, record)| Said { timestamp_ms, record })
}

/// Records the partitions' messages, each partition in its order, interleaved as `turns` says.
async fn digest_of(partitions: &[Vec<Said>], turns: &[u8], batch: usize) -> [u8; 32] {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::scratch(folder.path(), &meta()).await.unwrap();
    let mut next = vec![0; partitions.len()];
    let mut turns = turns.iter().cycle();
    let total: usize = partitions.iter().map(Vec::len).sum();
    let mut draft = Draft::after(&writer);
    for n in 1..=total {
        let first = usize::from(*turns.next().unwrap());
        let partition = (first..first + partitions.len())
            .map(|p| p % partitions.len())
            .find(|p| next[*p] < partitions[*p].len())
            .unwrap();
        let said = &partitions[partition][next[partition]];
        // One topic for all kinds, so that kinds share the partitions' order.
        let mut origin = origin("all", i32::try_from(partition).unwrap(), i64::try_from(next[partition]).unwrap());
        origin.timestamp_ms = said.timestamp_ms;
        draft.message(envelope(Kind::Results, origin), Decoded::Records(vec![said.record.record()]));
        next[partition] += 1;
        if n % batch == 0 || n == total {
            writer.commit(&std::mem::replace(&mut draft, Draft::after(&writer)).at(NOW_US)).await.unwrap();
            draft = Draft::after(&writer);
        }
    }
    writer.content_digest().await.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_arrival_across_partitions_has_the_same_content(
        partitions in prop::collection::vec(prop::collection::vec(said(), 0..12), 1..4),
        turns in prop::collection::vec(any::<u8>(), 1..40),
        batch in 1..6_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let in_order = digest_of(&partitions, &[0], 100).await;
            prop_assert_eq!(digest_of(&partitions, &turns, batch).await, in_order);
            Ok(())
        })?;
    }
}

/// A message of some values: partition, offset, timestamp, values.
type Message<V> = (i32, i64, i64, V);

/// The digest of results that arrive as given.
async fn of_results(messages: &[Message<&[(&str, Value)]>]) -> [u8; 32] {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = new_session(folder.path()).await;
    let mut draft = Draft::after(&writer);
    for (partition, offset, timestamp_ms, values) in messages {
        let mut origin = origin("results", *partition, *offset);
        origin.timestamp_ms = *timestamp_ms;
        let records = vec![result("P1", "A01", None, values)];
        draft.message(envelope(Kind::Results, origin), Decoded::Records(records));
    }
    writer.commit(&draft.at(NOW_US)).await.unwrap();
    writer.content_digest().await.unwrap()
}

#[tokio::test]
async fn the_digest_knows_values_and_not_their_history() {
    let (one, two) = (Value::Number(1.0), Value::Number(2.0));
    let settled = of_results(&[(0, 1, 9, &[("a", two)])]).await;
    assert_eq!(of_results(&[(0, 0, 1, &[("a", one)]), (0, 1, 9, &[("a", two)])]).await, settled, "replaced");
    assert_eq!(of_results(&[(0, 0, 1, &[("a", one)]), (1, 0, 9, &[("a", two)])]).await, settled, "later by its time");
    assert_ne!(of_results(&[(0, 0, 9, &[("a", one)]), (1, 0, 1, &[("a", two)])]).await, settled, "earlier by its time");
    assert_ne!(of_results(&[(0, 1, 9, &[("a", two), ("b", one)])]).await, settled, "one more feature");
    let split = of_results(&[(0, 0, 1, &[("b", one)]), (0, 1, 2, &[("a", two)])]).await;
    assert_eq!(of_results(&[(0, 0, 1, &[("a", two), ("b", one)])]).await, split, "absent leaves");
    let cleared = of_results(&[(0, 0, 1, &[("a", one)]), (0, 1, 2, &[("a", Value::Cleared)])]).await;
    assert_eq!(of_results(&[(0, 0, 1, &[("a", Value::Cleared)])]).await, cleared, "a null is an offer");
    assert_ne!(of_results(&[(0, 0, 1, &[])]).await, cleared, "and not the same as nothing");
}

#[tokio::test]
async fn a_well_that_is_read_over_and_over_keeps_only_what_can_win() {
    let mut messages: Vec<Message<Vec<(&str, Value)>>> = Vec::new();
    messages.push((0, 0, 5, vec![("rare", Value::Number(7.0))]));
    for offset in 1..500 {
        messages.push((0, offset, offset, vec![("a", Value::Number(offset as f64))]));
        messages.push((1, offset, 1_000 - offset, vec![("a", Value::Number(-offset as f64))]));
    }
    let borrowed: Vec<_> = messages.iter().map(|(p, o, t, v)| (*p, *o, *t, v.as_slice())).collect();
    // Partition 1's last offer is at 501, partition 0's at 499.
    let settled: &[(&str, Value)] = &[("a", Value::Number(-499.0)), ("rare", Value::Number(7.0))];
    assert_eq!(of_results(&borrowed).await, of_results(&[(0, 0, 0, settled)]).await);
}
