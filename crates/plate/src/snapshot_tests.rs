//! Snapshots: a board that is put together from them at any moment goes on as the one that never stopped.

use std::sync::Arc;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::digest::FieldHasher;
use crate::rules::{RuleEntry, RuleFile, Rules, Scope, View};
use crate::snapshot::Layouts;
use crate::*;

/// One thing that happens to a board.
#[derive(Debug, Clone)]
enum Event {
    Stream(Box<(Origin, Record)>),
    /// A message that nobody could read.
    Undecoded,
    Local(LocalBody),
}

fn key(plate: u8) -> Arc<PlateKey> {
    Arc::new(PlateKey::new(if plate == 0 { "" } else { "run" }, &format!("P{plate} \u{1f9ea}")))
}

fn card(limit: f64, features: &[&str]) -> AssayCard {
    AssayCard {
        name: "Viability".into(),
        headline: features
            .iter()
            .map(|feature| Headline {
                feature: (*feature).into(),
                unit: None,
                direction: Some(Direction::Down),
                transform: Transform::None,
                aggregate: SiteAggregate::Sum,
            })
            .collect(),
        pair: vec![
            Pair { positive: Role::Positive, negative: Role::Negative },
            Pair { positive: Role::Reference, negative: Role::Negative },
        ],
        limits: Limits { z_prime_good: limit, z_prime_attention: limit - 0.1, minimum_n: 2, ..Limits::default() },
    }
}

fn layout(plate: u8, variant: u8) -> Record {
    Record::Layout(LayoutRecord { plate: key(plate), layout: a_layout(variant) })
}

fn a_layout(variant: u8) -> Arc<Layout> {
    let wells = (0..24).filter_map(|at| Well::at_index(at, Format::F24)).map(|well| LayoutWell {
        well,
        role: match (well.column() + variant) % 6 {
            0 => Role::Negative,
            1 => Role::Positive,
            2 => Role::Reference,
            3 if variant == 1 => Role::Empty,
            _ => Role::Sample,
        },
        compound: None,
        concentration: None,
        replicate: Some(variant.into()),
    });
    let assay = (variant != 2).then(|| "Viability".into());
    Arc::new(Layout::new(Format::F24, assay, None, wells.collect()).unwrap())
}

/// Rules that wait for silence, for a delay, for a count, one that compares plates, and some of wells and sites.
fn rules() -> Arc<Rules> {
    let rule = |id: &str, per_feature, when: &str, for_s, count| RuleEntry {
        id: id.to_owned(),
        title: id.to_owned(),
        scope: [("well", Scope::Well), ("site", Scope::Site), ("run", Scope::Run)]
            .into_iter()
            .find_map(|(part, scope)| id.starts_with(part).then_some(scope))
            .unwrap_or(Scope::Plate),
        per_feature,
        when: when.to_owned(),
        severity: Severity::Warning,
        for_s,
        count,
        within_s: (count > 1).then_some(60),
        guidance: "look".to_owned(),
        opens: View::Plate,
        notify: true,
        enabled: true,
    };
    let rules = vec![
        rule("silence", false, "plate.reading && plate.silent_s >= 30.0", 0, 1),
        rule("slow", false, "plate.reading", 20, 1),
        rule("scatter", true, "feature.cv_negative > 1.0", 0, 2),
        rule("drift", true, "abs(feature.mean_negative_mads) > 1.0", 0, 1),
        rule("well_bright", true, "well.value > 60.0 && !well.excluded", 0, 3),
        rule("well_named", false, "well.features['Extra'] >= 0.0 && well.flagged", 20, 1),
        rule("run_unread", false, "run.messages >= 4.0 && run.undecoded_percent > 10.0", 0, 1),
        rule("run_silent", false, "run.silent_s >= 20.0", 15, 1),
        rule("unread", false, "plate.reading && run.undecoded >= 3.0", 0, 1),
        rule("site_blurred", false, "site.focus_mads < -1.0 || (site.flagged && site.focus < 40.0)", 0, 1),
    ];
    Arc::new(Rules::compile(&RuleFile { rules }).unwrap())
}

fn result(plate: u8, at: usize, site: Option<u16>, value: Value, which: u8) -> Record {
    let names: &[&str] =
        if which == 0 { &["Cells", "Other", "ImageQuality_FocusScore_DNA"] } else { &["Extra", "Cells", "Cells"] };
    let list = FeatureList::new(names.iter().map(|name| (*name).into()).collect());
    let values = names
        .iter()
        .enumerate()
        .map(|(index, _)| if index > 0 && index < 3 { value } else { Value::Number(index as f64) });
    Record::Result(ResultRecord {
        plate: key(plate),
        format: Format::F24,
        well: Well::at_index(at, Format::F24).unwrap(),
        site,
        read_at_ms: None,
        features: Features::new(Arc::new(list), values).unwrap(),
    })
}

fn stage(plate: u8, at_ms: i64) -> Record {
    Record::Stage(StageRecord {
        plate: key(plate),
        stage: "imaged".into(),
        event: if at_ms % 2 == 0 { StageEvent::Entered } else { StageEvent::Left },
        at_ms,
        instrument: (at_ms > 3).then(|| "imager".into()),
        by: None,
        note: None,
        correlation: None,
    })
}

fn flag(plate: u8, at: usize, site: Option<u16>, event: FlagEvent) -> Record {
    Record::Flag(FlagRecord {
        plate: key(plate),
        spot: Spot { well: Well::at_index(at, Format::F24), site, channel: None },
        id: format!("flag {}", at % 3).into(),
        event,
        reason: "saturated".into(),
        severity: Severity::Info,
        score: None,
        source: "pipeline".into(),
        at_ms: 0,
        guidance: None,
    })
}

fn event() -> impl Strategy<Value = Event> {
    let value = prop_oneof![
        8 => (-50.0..150.0).prop_map(Value::Number),
        1 => Just(Value::Cleared),
        1 => Just(Value::NotANumber),
    ];
    let record = prop_oneof![
        12 => (0..3_u8, 0..24_usize, prop::option::of(1..4_u16), value, 0..2_u8)
            .prop_map(|(plate, at, site, value, which)| result(plate, at, site, value, which)),
        2 => (0..3_u8, 0..3_u8).prop_map(|(plate, variant)| layout(plate, variant)),
        1 => (0..3_u8, 0..9_i64).prop_map(|(plate, at_ms)| stage(plate, at_ms)),
        1 => (0..3_u8, 0..24_usize, prop::option::of(1..4_u16), any::<bool>()).prop_map(|(plate, at, site, raised)| {
            flag(plate, at, site, if raised { FlagEvent::Raised } else { FlagEvent::Cleared })
        }),
    ];
    let stream = (record, 0..3_i32, -1..50_i64, 0..2_u32).prop_map(|(record, partition, timestamp_ms, incarnation)| {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation });
        // Offsets rise within the test: see `numbered`.
        Event::Stream(Box::new((Origin { source, partition, offset: 0, timestamp_ms }, record)))
    });
    let wells = || prop::collection::vec((0..24_usize).prop_map(|at| Well::at_index(at, Format::F24).unwrap()), 0..4);
    let local = prop_oneof![
        4 => (0..3_u8, wells(), any::<bool>()).prop_map(|(plate, wells, out)| LocalBody::Exclusion {
            plate: key(plate),
            wells: wells.into(),
            event: if out { ExclusionEvent::Excluded } else { ExclusionEvent::Restored },
            reason: "bubble".into(),
        }),
        1 => (0..9_i64).prop_map(|alert_seq| LocalBody::Acknowledgement { alert_seq }),
        1 => (0.3..0.7, any::<bool>()).prop_map(|(limit, by_rules)| LocalBody::Profile {
            name: "lab".into(),
            cards: vec![card(limit, if limit < 0.5 { &["Cells"] } else { &["Other", "Cells"] })].into(),
            rules: by_rules.then(rules),
        }),
        1 => Just(LocalBody::Track { features: ["Extra".into()].into() }),
        1 => (0..3_u8, prop::option::of(0..3_u8)).prop_map(|(plate, variant)| LocalBody::Layout {
            plate: key(plate),
            layout: variant.map(a_layout),
            reason: "swapped".into(),
        }),
        1 => (any::<bool>(), prop::option::of(0..3_u8)).prop_map(|(named, variant)| LocalBody::RunLayout {
            run: if named { "run" } else { "" }.into(),
            layout: variant.map(a_layout),
            reason: "the library".into(),
        }),
        2 => (0..200_000_i64).prop_map(|stream_ms| LocalBody::Clock { stream_ms }),
    ];
    prop_oneof![20 => stream, 1 => Just(Event::Undecoded), 2 => local.prop_map(Event::Local)]
}

fn numbered(events: Vec<Event>) -> Vec<Event> {
    let number = |(index, event): (usize, Event)| match event {
        Event::Stream(mut stream) => {
            stream.0.offset = index as i64;
            Event::Stream(stream)
        }
        local => local,
    };
    events.into_iter().enumerate().map(number).collect()
}

fn apply(board: &mut Board, seq: usize, event: &Event) -> Vec<Alert> {
    match event {
        Event::Stream(stream) => board.apply(&stream.0, &stream.1, &mut Vec::new()).unwrap(),
        Event::Undecoded => board.hear_undecoded(),
        Event::Local(body) => local(board, body),
    }
    board.judge(seq as i64)
}

fn local(board: &mut Board, body: &LocalBody) {
    board.apply_local(&LocalRecord { at_ms: 0, by: "test".into(), body: body.clone() }, &mut Vec::new());
}

fn judgement(board: &Board) -> [u8; 32] {
    let mut hasher = FieldHasher::new("test");
    board.feed_judgement(&mut hasher);
    hasher.finish()
}

fn snapshots(board: &Board) -> (Vec<Vec<u8>>, Layouts) {
    let all: Vec<PlateSnapshot> = board.plates().filter_map(|plate| board.snapshot(plate.key())).collect();
    let layouts = all.iter().flat_map(|plate| plate.layouts.clone()).collect();
    (all.into_iter().map(|plate| plate.bytes).collect(), layouts)
}

/// The board's own records up to `cut`, then every plate from its bytes.
fn put_together(before: &Board, events: &[Event]) -> Board {
    let mut board = Board::new();
    for event in events {
        let Event::Local(body) = event else { continue };
        if matches!(
            body,
            LocalBody::Profile { .. }
                | LocalBody::Track { .. }
                | LocalBody::Acknowledgement { .. }
                | LocalBody::RunLayout { .. }
                | LocalBody::Clock { .. }
        ) {
            local(&mut board, body);
        }
    }
    let (bytes, layouts) = snapshots(before);
    board.share_layouts(&layouts);
    for bytes in bytes {
        board.restore(&bytes, &layouts).unwrap();
    }
    board.restore_runs(&before.snapshot_runs()).unwrap();
    board
}

proptest! {
    #[test]
    fn a_board_out_of_snapshots_goes_on_as_the_one_that_never_stopped(
        events in prop::collection::vec(event(), 1..160), cut in any::<prop::sample::Index>(),
    ) {
        let events = numbered(events);
        let cut = cut.index(events.len());
        let mut whole = Board::new();
        for (seq, event) in events[..cut].iter().enumerate() {
            apply(&mut whole, seq, event);
        }
        let mut restored = put_together(&whole, &events[..cut]);
        prop_assert_eq!(snapshots(&restored).0, snapshots(&whole).0, "the same bytes again");
        prop_assert_eq!(restored.snapshot_runs(), whole.snapshot_runs());
        for (seq, event) in events.iter().enumerate().skip(cut) {
            let (one, other) = (apply(&mut whole, seq, event), apply(&mut restored, seq, event));
            prop_assert_eq!(one, other, "the same alerts after {}", seq);
        }
        prop_assert_eq!(judgement(&restored), judgement(&whole));
        prop_assert_eq!(restored.acknowledged(), whole.acknowledged());
        prop_assert_eq!(snapshots(&restored).0, snapshots(&whole).0);
        let order = |board: &Board| board.plates().map(|plate| Arc::clone(plate.key())).collect::<Vec<_>>();
        prop_assert_eq!(order(&restored), order(&whole));
    }

    #[test]
    fn changed_bytes_are_refused_and_never_panic(
        events in prop::collection::vec(event(), 1..60),
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let events = numbered(events);
        let mut whole = Board::new();
        for (seq, event) in events.iter().enumerate() {
            apply(&mut whole, seq, event);
        }
        let (all, layouts) = snapshots(&whole);
        let Some(first) = all.first() else { return Ok(()) };
        let mut board = put_together(&Board::new(), &events);
        let mut changed = first.clone();
        let place = at.index(changed.len());
        changed[place] ^= byte;
        if byte != 0 {
            prop_assert!(board.restore(&changed, &layouts).is_err(), "the checksum sees it");
        }
        // Past the checksum too: whatever the bytes say, they make a plate or an error.
        let content = &changed[..changed.len() - 8];
        let content = &content[..cut.map_or(content.len(), |cut| cut.index(content.len() + 1))];
        let mut forged = content.to_vec();
        forged.extend_from_slice(&Sha256::digest(content)[..8]);
        if let Ok(key) = board.restore(&forged, &layouts) {
            if let Some(plate) = board.plate(&key) {
                drop(board.first_tables(plate));
            }
            board.snapshot(&key).unwrap();
        }
        prop_assert!(FeatureOffers::from_bytes(&forged).is_err());
        prop_assert!(board.restore_runs(&forged).is_err());
        let mut runs = whole.snapshot_runs();
        let place = at.index(runs.len() - 8);
        runs[place] ^= byte;
        let content = runs.len() - 8;
        let check = Sha256::digest(&runs[..content]);
        runs[content..].copy_from_slice(&check[..8]);
        let _sense_or_error = board.restore_runs(&runs);
    }
}

#[test]
fn a_snapshot_of_another_profile_is_refused() {
    let mut board = Board::new();
    local(
        &mut board,
        &LocalBody::Profile { name: "lab".into(), cards: vec![card(0.5, &["Cells"])].into(), rules: None },
    );
    let origin = Origin {
        source: Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 }),
        partition: 0,
        offset: 0,
        timestamp_ms: 0,
    };
    board.apply(&origin, &layout(1, 0), &mut Vec::new()).unwrap();
    let snapshot = board.snapshot(&key(1)).unwrap();
    let layouts: Layouts = snapshot.layouts.into_iter().collect();
    assert_eq!(Board::new().restore(&snapshot.bytes, &layouts), Err(SnapshotError::OtherProfile));
    assert!(board.restore(&snapshot.bytes, &layouts).is_err(), "it is there already");
    let mut other = Board::new();
    local(
        &mut other,
        &LocalBody::Profile { name: "lab".into(), cards: vec![card(0.6, &["Cells"])].into(), rules: None },
    );
    assert_eq!(other.restore(&snapshot.bytes, &layouts), Err(SnapshotError::OtherProfile));
    let mut same = Board::new();
    local(
        &mut same,
        &LocalBody::Profile { name: "lab".into(), cards: vec![card(0.5, &["Cells"])].into(), rules: None },
    );
    assert_eq!(same.restore(&snapshot.bytes, &Layouts::new()), Err(SnapshotError::NoLayout));
    assert_eq!(same.restore(b"", &layouts), Err(SnapshotError::Foreign));
    assert_eq!(same.restore(&snapshot.bytes, &layouts).unwrap(), key(1));
}
