//! Replay is live: a recorded session goes through the same road and gives the same digests.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use engine::{Pace, RecordSettings, digests};
use feed::{Start, WorkerCommand};
use plate::{ExclusionEvent, LocalBody, StageEvent};
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::{Plateside, program};
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use plateside_tests::{clone_folder, runtime};
use wire::Kind;

const KINDS: [(Kind, i32); 4] = [(Kind::Results, 3), (Kind::Layouts, 1), (Kind::Stages, 1), (Kind::Images, 1)];

fn record_profile() -> String {
    clone_folder().join("demo/profile.toml").to_string_lossy().into_owned()
}

/// Six plates, one of them bad, with images and something undecodable.
fn send_run(lab: &mut Lab, producer: &Producer) {
    let mut seed = Seed::new(11);
    for number in 0..6 {
        let plate = lab::plate(number);
        producer.send(&lab.layout(&plate));
        producer.send(&lab.stage(&plate, "imaged", StageEvent::Entered));
        for mut result in lab.full_plate(&plate, &mut seed) {
            result.partition = seed.below(3) as i32;
            producer.send(&result);
        }
        if number == 4 {
            for index in 0..16 {
                let well = plate::Well::new(index, 0).unwrap();
                producer.send(&lab.result(&plate, well, [20.0 * f64::from(index), 1.0, 1.0]));
            }
        }
        producer.send(&lab.image(&plate, "B02".parse().unwrap(), 1, 90_000, &mut seed));
        producer.send(&lab.message(Kind::Results, &plate, Some(b"{".to_vec())));
    }
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success(), "cp -r");
}

#[test]
fn every_replay_gives_the_digests_of_the_recording() {
    let Some(broker) = Broker::for_test("replay") else { return };
    let topics = Topics::create(&broker, "replay", &KINDS);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let producer = Producer::new(&broker);
    send_run(&mut Lab::new(&topics, 1), &producer);
    let sent = producer.ledger().len();
    let live = Plateside::record(&broker, &topics, &dir);
    let live = live.args(["--profile", &record_profile(), "--until-idle", "500ms"]).json();
    assert_eq!((&live["messages"], &live["undecoded"]), (&sent.into(), &6.into()), "all of it, the bad ones too");
    let hex = |digest: &str| live["digest"][digest].as_str().unwrap().to_owned();
    for digest in ["content", "history", "judgement"] {
        assert_eq!(hex(digest).len(), 64, "a digest is 32 bytes in hex: {live}");
    }
    assert_ne!(hex("content"), hex("history"), "three different things");

    copy(&dir, &folder.path().join("copy"));
    for (which, dir) in [("first", dir.clone()), ("second", dir.clone()), ("of a copy", folder.path().join("copy"))] {
        let replayed = Plateside::new("replay").arg(dir).args(["--speed", "max"]).json();
        assert_eq!(replayed["digest"], live["digest"], "the replay ({which}) is what was live");
        assert_eq!(replayed["messages"], live["messages"], "with every message ({which})");
        assert_eq!(replayed["records"], live["records"], "and every record ({which})");
    }

    // The alerts that the replay judged anew are those that were stored live.
    let verified = Plateside::new("verify").arg(&dir).json();
    assert_eq!(verified["ok"], true, "stored and recomputed alerts agree: {verified}");
    let alerts = runtime().block_on(async {
        let mut reader = session::Reader::open(&dir).await.unwrap();
        reader.alerts().await.unwrap()
    });
    let bad = alerts.iter().filter(|(_, alert)| *alert.plate.barcode == *"PL00004").count();
    assert!(bad > 0, "the bad plate made an alert, or the comparison says nothing");
}

#[test]
fn replay_stops_before_until_and_keeps_its_pace() {
    let Some(broker) = Broker::for_test("replay --until and --speed") else { return };
    let topics = Topics::create(&broker, "pace", &[(Kind::Results, 1)]);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let (mut lab, mut seed) = (Lab::new(&topics, 1), Seed::new(12));
    let producer = Producer::new(&broker);
    let mut recorder = Plateside::record(&broker, &topics, &dir).start();
    let first = lab.full_plate(&lab::plate(1), &mut seed);
    producer.send_all(&first);
    crate::record::await_messages(&mut recorder, &dir, 384);
    let between = lab::now_ms() + 1;
    // The second plate comes 2 s later.
    std::thread::sleep(std::time::Duration::from_secs(2));
    producer.send_all(&lab.full_plate(&lab::plate(2), &mut seed));
    crate::record::await_messages(&mut recorder, &dir, 768);
    let live = recorder.interrupt().json();

    let replay = |arguments: &[&str]| {
        let began = Instant::now();
        let replayed = Plateside::new("replay").arg(&dir).args(arguments).json();
        (replayed, began.elapsed().as_secs_f64())
    };
    let (until, _) = replay(&["--until", &engine::rfc3339(between)]);
    assert_eq!(until["messages"], 384, "what was received later is not played");
    let (fast, fast_s) = replay(&["--speed", "50"]);
    let (slow, slow_s) = replay(&["--speed", "2"]);
    assert_eq!((&fast["digest"], &slow["digest"]), (&live["digest"], &live["digest"]), "pace changes nothing");
    assert!(slow_s > fast_s + 0.5, "2 s at twice the speed take longer than at 50 times: {slow_s:.2} s, {fast_s:.2} s");
}

#[test]
fn what_a_person_did_is_replayed() {
    let Some(broker) = Broker::for_test("replay of local records") else { return };
    let topics = Topics::create(&broker, "local", &KINDS);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    let producer = Producer::new(&broker);
    send_run(&mut Lab::new(&topics, 1), &producer);
    let sent = producer.ledger().len() as u64;
    let worker = WorkerCommand { program: program(), args: vec!["worker".into(), "consume".into()] };
    let (profile, profile_text) = engine::Profile::read(record_profile().as_ref()).unwrap();
    let settings = RecordSettings {
        topics: topics.all().to_vec(),
        start: Start::Earliest,
        profile,
        profile_text,
        ..RecordSettings::new(broker.address(), &dir, worker)
    };
    runtime().block_on(async {
        let road = engine::record(settings, |_| ()).await.unwrap();
        let mut progress = road.progress();
        progress.wait_for(|progress| progress.messages == sent).await.unwrap();
        let plate = lab::plate(4);
        let before = headline(&road, &plate).await;
        let wells: Box<[plate::Well]> = (0..16).map(|row| plate::Well::new(row, 0).unwrap()).collect();
        let reason = "first column dispensed dry".into();
        let event = ExclusionEvent::Excluded;
        let body = LocalBody::Exclusion { plate: plate.clone(), wells, event, reason };
        road.append("a.reviewer", body).await.unwrap();
        let after = headline(&road, &plate).await;
        assert!(after > before, "without the dry column Z' is better: {before:?}, {after:?}");
        let finished = road.finish().await.unwrap();
        let live = digests(&dir, &finished.board).await.unwrap();

        let pace = Pace { speed: None, until_us: None };
        let replayed = engine::replay(&dir, pace).await.unwrap().finish().await.unwrap();
        assert_eq!(replayed.digests, live, "the exclusion is played at its place");
    });
    let replayed = Plateside::new("replay").arg(&dir).json();
    assert_eq!(replayed["messages"], sent, "the command line plays the same");
}

async fn headline(road: &engine::Road, plate: &plate::PlateKey) -> Option<f64> {
    let plate = plate.clone();
    let question = move |board: &plate::Board| {
        let standing = board.plate(&plate)?;
        board.first_tables(standing).into_iter().next()?.table.z_prime.ok()
    };
    road.look(question).await.unwrap()
}
