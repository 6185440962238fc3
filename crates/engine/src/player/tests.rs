//! The player on sessions made here: wherever it goes, its board is the one that was never anywhere else.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plate::digest::FieldHasher;
use plate::{
    AssayCard, Board, ExclusionEvent, FeatureList, Features, Format, Headline, Layout, LayoutRecord, LayoutWell,
    LocalBody, LocalRecord, Origin, PlateKey, Record, ResultRecord, Role, SiteAggregate, Source, Transform, Value,
    Well,
};
use session::{Reader, SessionMeta, Writer, WriterOptions};
use wire::{Decoded, Envelope, Headers, Kind};

use super::*;
use crate::committer::Committer;
use crate::prepared::Prepared;

const SECOND_US: i64 = 1_000_000;
const BEGIN_US: i64 = 1_795_000_000 * SECOND_US;

/// A lab that records into a session.
pub(crate) struct Lab {
    committer: Committer,
    lists: Vec<Arc<FeatureList>>,
    offset: i64,
    now_us: i64,
    waiting: Vec<Prepared>,
}

fn card(limit: f64) -> AssayCard {
    AssayCard {
        name: "Viability".into(),
        headline: vec![Headline {
            feature: "Cells".into(),
            unit: None,
            direction: None,
            transform: Transform::None,
            aggregate: SiteAggregate::Sum,
        }],
        pair: vec![plate::Pair { positive: Role::Positive, negative: Role::Negative }],
        limits: plate::Limits { z_prime_good: limit, ..Default::default() },
    }
}

pub(crate) fn plate(number: usize) -> Arc<PlateKey> {
    Arc::new(PlateKey::new("run", &format!("P{number:05}")))
}

impl Lab {
    /// A new session; results carry `features` numbers, the first of which is tracked.
    pub(crate) async fn new(dir: &Path, features: usize) -> Lab {
        let meta = SessionMeta {
            id: "0199a0b2-0000-7000-8000-000000000001".to_owned(),
            created_at_us: BEGIN_US,
            cluster: "c".to_owned(),
            profile_name: "p".to_owned(),
            profile_toml: String::new(),
            overlay_of: None,
        };
        let writer = Writer::create(dir, &meta, &WriterOptions::default()).await.unwrap();
        let committer = Committer::new(dir, writer).await.unwrap();
        let names = |extra: &str| {
            let others = (1..features).map(|number| format!("Texture_{number}{extra}").into());
            Arc::new(FeatureList::new(std::iter::once("Cells".into()).chain(others).collect()))
        };
        let lists = vec![names(""), names("_late")];
        let mut lab = Lab { committer, lists, offset: 0, now_us: BEGIN_US, waiting: Vec::new() };
        lab.local(LocalBody::Profile { name: "p".into(), cards: vec![card(0.5)].into(), rules: None }).await;
        lab
    }

    pub(crate) async fn local(&mut self, body: LocalBody) -> i64 {
        self.commit().await;
        let record = LocalRecord { at_ms: self.now_us / 1000, by: "mara".into(), body };
        self.committer.append(self.now_us, vec![record]).await.unwrap().seq
    }

    async fn exclude(&mut self, number: usize, well: &str, event: ExclusionEvent) {
        let wells = [well.parse().unwrap()].into();
        self.local(LocalBody::Exclusion { plate: plate(number), wells, event, reason: "bubble".into() }).await;
    }

    async fn send(&mut self, partition: i32, record: Record) {
        let source = Arc::new(Source { cluster: "c".into(), topic: "t".into(), incarnation: 0 });
        self.offset += 1;
        let origin = Origin { source, partition, offset: self.offset, timestamp_ms: self.now_us / 1000 };
        let outcome = Decoded::Records(vec![record]);
        let outcome_digest = session::outcome_digest(&origin, &[0; 32], &outcome);
        let envelope = Envelope { origin, kind: Kind::Results, key: None, headers: Headers::default(), body: None };
        let digest = plate::digest::message_digest(envelope.origin.timestamp_ms, None, &[], None);
        self.waiting.push(Prepared { envelope, outcome, digest, outcome_digest, left_out: None });
        if self.waiting.len() == 100 {
            self.commit().await;
        }
    }

    /// Commits what waits, a second after the last commit.
    pub(crate) async fn commit(&mut self) -> i64 {
        self.now_us += SECOND_US;
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            self.committer.commit(self.now_us, waiting).await.unwrap();
        }
        self.committer.session().next_seq() - 1
    }

    /// Column 1 negative, the last one positive, the rest samples.
    pub(crate) async fn layout(&mut self, number: usize, format: Format) {
        let wells = (0..usize::from(format.wells())).filter_map(|at| Well::at_index(at, format)).map(|well| {
            let role = match well.column() {
                0 => Role::Negative,
                last if last + 1 == format.columns() => Role::Positive,
                _ => Role::Sample,
            };
            LayoutWell { well, role, compound: Some("CMP".into()), concentration: None, replicate: None }
        });
        let layout = Layout::new(format, Some("Viability".into()), None, wells.collect()).unwrap();
        self.send(0, Record::Layout(LayoutRecord { plate: plate(number), layout: Arc::new(layout) })).await;
    }

    pub(crate) async fn result(&mut self, number: usize, format: Format, at: usize, site: Option<u16>) {
        let well = Well::at_index(at, format).unwrap();
        let seed = (number * 7919 + at * 31 + usize::from(site.unwrap_or(0))) % 97;
        let base = if well.column() == 0 { 100.0 } else { 10.0 };
        let list = Arc::clone(&self.lists[usize::from(at % 50 == 49)]);
        let values = (0..list.names().len()).map(|name| match (seed, name) {
            (13, 1) => Value::Cleared,
            _ => Value::Number(base + (seed % 40) as f64 * if seed > 60 { 1.0 } else { 0.1 } + name as f64),
        });
        let record = ResultRecord {
            plate: plate(number),
            format,
            well,
            site,
            read_at_ms: None,
            features: Features::new(Arc::clone(&list), values.collect::<Vec<_>>()).unwrap(),
        };
        self.send((at % 3) as i32, Record::Result(record)).await;
    }

    /// Plates that run together, `sites` each well (0 is the whole well).
    pub(crate) async fn run(&mut self, plates: std::ops::Range<usize>, format: Format, sites: u16) {
        for number in plates.clone() {
            self.layout(number, format).await;
        }
        for at in 0..usize::from(format.wells()) {
            for number in plates.clone() {
                if sites == 0 {
                    self.result(number, format, at, None).await;
                }
                for site in 1..=sites {
                    self.result(number, format, at, Some(site)).await;
                }
            }
        }
        self.commit().await;
    }
}

/// All that a board is, and its judgement.
fn whole(board: &Board) -> (Vec<Vec<u8>>, [u8; 32], Vec<i64>) {
    let mut hasher = FieldHasher::new("test");
    board.feed_judgement(&mut hasher);
    let plates = board.plates().filter_map(|plate| Some(board.snapshot(plate.key())?.bytes)).collect();
    (plates, hasher.finish(), board.acknowledged().iter().copied().collect())
}

/// The board from the first message on.
async fn from_the_start(dir: &Path, upto: i64) -> Board {
    let mut reader = Reader::open(dir).await.unwrap();
    let entries = reader.entries_between(0, upto).await.unwrap();
    let mut board = Board::new();
    crate::rebuild::apply(&mut reader, &mut board, entries, &mut Vec::new(), |_, _| ()).await.unwrap();
    board
}

async fn until(player: &Player, what: impl Fn(&PlayerPosition) -> bool) -> PlayerPosition {
    let mut position = player.position();
    let found = tokio::time::timeout(Duration::from_secs(60), position.wait_for(|position| what(position))).await;
    found.expect("in time").expect("the player lives").clone()
}

/// A session of all kinds: together and one after the other, exclusions, another profile half way.
async fn some_session(dir: &Path) -> Lab {
    let mut lab = Lab::new(dir, 3).await;
    lab.run(0..6, Format::F384, 2).await;
    lab.exclude(2, "A01", ExclusionEvent::Excluded).await;
    for number in 6..26 {
        lab.run(number..number + 1, Format::F96, 0).await;
    }
    lab.local(LocalBody::Acknowledgement { alert_seq: 40 }).await;
    lab.local(LocalBody::Profile { name: "p".into(), cards: vec![card(0.9)].into(), rules: None }).await;
    lab.exclude(2, "A01", ExclusionEvent::Restored).await;
    lab.run(26..29, Format::F384, 0).await;
    lab.result(3, Format::F384, 0, None).await;
    lab.local(LocalBody::Track { features: ["Texture_1".into()].into() }).await;
    lab.run(29..31, Format::F384, 3).await;
    lab
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_goes_the_board_is_the_one_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = some_session(folder.path()).await;
    let last = lab.commit().await;
    let player = Player::open(folder.path(), PlayerStart::End).await.unwrap();
    let at_end = until(&player, |position| position.mode == PlayerMode::Paused).await;
    assert_eq!((at_end.seq, at_end.last_seq), (last, last));
    assert!(folder.path().join("cache.db").exists(), "plates were kept on the way");
    let mut places: Vec<i64> = (0..12).map(|index| (index * 7919 + 131) % last).collect();
    places.extend([0, 1, 2, last, last / 2, 1024, 1025]);
    for seq in places {
        let position = player.seek(SeekTo::Seq(seq)).await.unwrap();
        assert_eq!((position.seq, position.mode), (seq, PlayerMode::Paused));
        let expected = whole(&from_the_start(folder.path(), seq).await);
        assert_eq!(player.look(whole).await.unwrap(), expected, "at {seq}");
    }
    // The same out of the kept plates alone, and by a player that never walked.
    let other = Player::open(folder.path(), PlayerStart::Start).await.unwrap();
    other.seek(SeekTo::Seq(last - 10)).await.unwrap();
    let expected = whole(&from_the_start(folder.path(), last - 10).await);
    assert_eq!(other.look(whole).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_in_time_shows_every_plate_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = some_session(folder.path()).await;
    lab.commit().await;
    let player = Player::open(folder.path(), PlayerStart::Start).await.unwrap();
    let mut ticks = player.ticks().await.unwrap();
    let first = ticks.recv().await.unwrap();
    assert!(first.reset && first.plates.is_empty(), "nothing yet");
    player.seek(SeekTo::End).await.unwrap();
    let all = ticks.recv().await.unwrap();
    assert!(all.reset);
    assert_eq!(all.plates.len(), 31);
    // 3 s in: the profile, and 200 messages of six plates.
    let position = player.seek(SeekTo::TimeMs((BEGIN_US + 3 * SECOND_US) / 1000)).await.unwrap();
    assert_eq!(position.at_ms, (BEGIN_US + 3 * SECOND_US) / 1000);
    let early = ticks.recv().await.unwrap();
    assert!(early.reset);
    assert_eq!((early.plates.len(), early.seq), (6, position.seq), "plates that do not exist then vanish");
    assert!(early.alerts.is_empty(), "alerts of a place are asked of the session, not told again");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_plays_at_the_pace_of_the_recording_and_stops_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), 2).await;
    lab.run(0..2, Format::F384, 0).await;
    let last = lab.commit().await;
    let player = Player::open(folder.path(), PlayerStart::Start).await.unwrap();
    player.speed(0.0).await.unwrap_err();
    player.speed(f64::NAN).await.unwrap_err();
    player.speed(16.0).await.unwrap();
    let mut ticks = player.ticks().await.unwrap();
    let began = Instant::now();
    player.play().await.unwrap();
    let ended = until(&player, |position| position.mode == PlayerMode::Ended).await;
    // 9 commits of 100 or fewer messages, a second apart.
    let took = began.elapsed().as_secs_f64();
    assert!((0.4..8.0).contains(&took), "some 8 s at 16 times the pace took {took} s");
    assert_eq!((ended.seq, ended.at_ms), (last, ended.last_ms));
    let mut alerts = 0;
    while let Ok(Some(tick)) = tokio::time::timeout(Duration::from_millis(200), ticks.recv()).await {
        alerts += tick.alerts.len();
    }
    let in_session = Reader::open(folder.path()).await.unwrap().alerts().await.unwrap();
    assert_eq!(alerts, in_session.len(), "every alert is told while it plays");
    player.seek(SeekTo::Start).await.unwrap();
    player.speed(0.05).await.unwrap();
    player.play().await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    player.pause().await.unwrap();
    let paused = until(&player, |position| position.mode == PlayerMode::Paused).await;
    assert!(paused.at_ms - paused.first_ms < 1000 && paused.seq <= 1, "slowly: {paused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_what_another_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), 2).await;
    lab.run(0..2, Format::F96, 0).await;
    let player = Player::open(folder.path(), PlayerStart::Follow).await.unwrap();
    let mut ticks = player.ticks().await.unwrap();
    for number in 2..6 {
        lab.run(number..number + 1, Format::F96, 0).await;
        let last = lab.commit().await;
        let position = until(&player, |position| position.seq == last).await;
        assert_eq!((position.mode, position.last_seq), (PlayerMode::Following, last));
    }
    let last = lab.commit().await;
    let expected = whole(&from_the_start(folder.path(), last).await);
    assert_eq!(player.look(whole).await.unwrap(), expected);
    let mut seen = std::collections::BTreeSet::new();
    while let Ok(Some(tick)) = tokio::time::timeout(Duration::from_millis(200), ticks.recv()).await {
        seen.extend(tick.plates.into_iter().map(|plate| plate.summary.plate));
    }
    assert_eq!(seen.len(), 6);
    // Into the past while the recording goes on, and back to it.
    let past = player.seek(SeekTo::Seq(50)).await.unwrap();
    assert_eq!(past.mode, PlayerMode::Paused);
    lab.run(6..7, Format::F96, 0).await;
    let last = lab.commit().await;
    let known = until(&player, |position| position.last_seq == last).await;
    assert_eq!(known.seq, 50, "it stays where it was sent, and knows that there is more");
    player.follow().await.unwrap();
    until(&player, |position| position.seq == last && position.mode == PlayerMode::Following).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_that_is_gone_damaged_or_another_session_s_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, cache) = (folder.path().join("s"), folder.path().join("s/cache.db"));
    let mut lab = Lab::new(&dir, 2).await;
    lab.run(0..8, Format::F384, 0).await;
    lab.commit().await;
    let walk = |seq| {
        let (dir, log) = (dir.clone(), folder.path().join("s/cache.db-wal"));
        async move {
            let player = Player::open(&dir, PlayerStart::End).await.unwrap();
            until(&player, |position| position.mode == PlayerMode::Paused).await;
            player.seek(SeekTo::Seq(seq)).await.unwrap();
            assert_eq!(player.look(whole).await.unwrap(), whole(&from_the_start(&dir, seq).await));
            drop(player);
            while log.exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    walk(2000).await;
    let good = std::fs::metadata(&cache).unwrap().len();
    std::fs::remove_file(&cache).unwrap();
    walk(2000).await;
    assert!(cache.exists(), "made again");
    for bad in [b"no database at all".to_vec(), Vec::new(), vec![0; 100_000]] {
        std::fs::write(&cache, &bad).unwrap();
        walk(2000).await;
    }
    // Flipped bytes in the middle: whatever is hit, the board is right.
    walk(2000).await;
    for place in 1..12 {
        if !cache.exists() {
            walk(1400).await;
        }
        let mut bytes = std::fs::read(&cache).unwrap();
        let at = bytes.len() * place / 12;
        for byte in &mut bytes[at..at + 64] {
            *byte ^= 0x5a;
        }
        std::fs::write(&cache, &bytes).unwrap();
        walk(1500 + place as i64).await;
    }
    walk(3000).await;
    // A file that cannot be made, as in a folder that may not be written to: the cache is in memory, and it does.
    let kept = std::fs::read(&cache).unwrap();
    std::fs::remove_file(&cache).unwrap();
    std::fs::create_dir(&cache).unwrap();
    walk(1700).await;
    assert!(cache.is_dir());
    // A cache of a longer recording of the same name: this session has other commits there.
    let other = folder.path().join("other");
    let mut lab = Lab::new(&other, 2).await;
    lab.now_us += 17;
    lab.run(0..9, Format::F384, 0).await;
    lab.commit().await;
    std::fs::write(other.join("cache.db"), &kept).unwrap();
    let player = Player::open(&other, PlayerStart::Start).await.unwrap();
    player.seek(SeekTo::Seq(3000)).await.unwrap();
    player.seek(SeekTo::Seq(2500)).await.unwrap();
    assert_eq!(player.look(whole).await.unwrap(), whole(&from_the_start(&other, 2500).await));
    assert!(good > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_session_says_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let none = Player::open(&folder.path().join("none"), PlayerStart::End).await.unwrap_err();
    assert!(none.to_string().contains("check its name"), "{none}");
    let dir = folder.path().join("s");
    let mut lab = Lab::new(&dir, 2).await;
    lab.run(0..2, Format::F384, 0).await;
    let last = lab.commit().await;
    drop(lab);
    let player = Player::open(&dir, PlayerStart::Start).await.unwrap();
    // Half of the database is gone under it.
    let database = dir.join("session.db");
    let file = std::fs::OpenOptions::new().write(true).open(&database).unwrap();
    drop(std::fs::remove_file(dir.join("session.db-wal")));
    file.set_len(std::fs::metadata(&database).unwrap().len() / 2).unwrap();
    match player.seek(SeekTo::Seq(last)).await {
        Err(PlayerError::Session(error)) => assert!(error.to_string().contains("session.db"), "{error}"),
        other => panic!("half a session was played: {other:?}"),
    }
    let position = player.position().borrow().clone();
    assert_eq!(position.mode, PlayerMode::Paused);
    assert!(position.fault.is_some(), "who looks later sees it too");
    player.look(|_| ()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_plates_are_sought_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), 1).await;
    for number in 0..10_000 {
        lab.result(number, Format::F6, number % 6, None).await;
        if number % 3 == 0 {
            lab.result(number / 2, Format::F6, 1, None).await;
        }
    }
    let last = lab.commit().await;
    let player = Player::open(folder.path(), PlayerStart::End).await.unwrap();
    until(&player, |position| position.mode == PlayerMode::Paused && position.seq == last).await;
    let began = Instant::now();
    player.seek(SeekTo::Seq(last - 5000)).await.unwrap();
    println!("10,000 plates: a backward seek took {:?}", began.elapsed());
    let expected = whole(&from_the_start(folder.path(), last - 5000).await);
    assert_eq!(player.look(whole).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn back_in_a_wall_of_plates_is_quick() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), 6).await;
    lab.run(0..24, Format::F1536, 0).await;
    let last = lab.commit().await;
    let began = Instant::now();
    let player = Player::open(folder.path(), PlayerStart::End).await.unwrap();
    until(&player, |position| position.mode == PlayerMode::Paused && position.seq == last).await;
    println!("{last} entries: to the end for the first time took {:?}", began.elapsed());
    let mut slowest = Duration::ZERO;
    for part in [9, 5, 7, 2, 8, 1, 6] {
        let began = Instant::now();
        player.seek(SeekTo::Seq(last * part / 10)).await.unwrap();
        slowest = slowest.max(began.elapsed());
        println!("24 plates x 1,536 wells: a seek to {part}/10 took {:?}", began.elapsed());
    }
    let cache = std::fs::metadata(folder.path().join("cache.db")).unwrap().len();
    println!("cache.db has {} MB", cache >> 20);
    // 300 ms on a machine of its own; others build here meanwhile.
    assert!(slowest < Duration::from_millis(1500), "{slowest:?}");
}
