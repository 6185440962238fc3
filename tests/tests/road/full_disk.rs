//! A full disk: said in words, recording waits, and after space is freed it goes on by itself; nothing is lost.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use engine::disk::{DiskLimits, free_bytes};
use engine::{Notice, RecordSettings, Road};
use feed::{Start, WorkerCommand};
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::command::program;
use plateside_tests::exactly_once::assert_exactly_once;
use plateside_tests::lab::{self, Lab};
use plateside_tests::left_out::skipped;
use plateside_tests::producer::{Producer, Sent};
use plateside_tests::runtime;
use plateside_tests::seed::Seed;
use wire::Kind;

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this machine does not let the test mount one.
    fn mount(folder: &Path, size: &str) -> Option<SmallDisk> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"]).arg(folder);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then(|| SmallDisk(folder.to_owned()))
    }

    fn resize(&self, size: &str) {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,size={size}")]).arg(&self.0);
        assert!(mount.status().unwrap().success(), "remount to {size}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _best_effort = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// 4,000 results and 20 images of 90 KB: about 4 MB.
fn send(broker: &Broker, topics: &Topics) -> Vec<Sent> {
    let (mut lab, mut seed) = (Lab::new(topics, 1), Seed::new(41));
    let producer = Producer::new(broker);
    for number in 0..10 {
        let plate = lab::plate(number);
        producer.send_all(&lab.full_plate(&plate, &mut seed));
        producer.send(&lab.image(&plate, "B02".parse().unwrap(), 1, 90_000, &mut seed));
        producer.send(&lab.image(&plate, "B02".parse().unwrap(), 2, 90_000, &mut seed));
    }
    producer.ledger()
}

fn settings(broker: &Broker, topics: &Topics, dir: &Path, disk: DiskLimits) -> RecordSettings {
    let worker = WorkerCommand { program: program(), args: vec!["worker".into(), "consume".into()] };
    let topics = topics.all().to_vec();
    RecordSettings { topics, start: Start::Earliest, disk, ..RecordSettings::new(broker.address(), dir, worker) }
}

/// Records while the disk is too small, frees space when it says so, and waits until all is stored.
async fn waits_and_goes_on(road: Road, messages: u64, words: &str, free: impl FnOnce()) {
    let mut notices = road.notices();
    let reason = loop {
        let notice = tokio::time::timeout(Duration::from_secs(15), notices.recv()).await.unwrap().unwrap();
        if let Notice::Waiting { reason } = notice {
            break reason;
        }
    };
    assert!(reason.contains(words), "it says what to do ({words:?}): {reason}");
    let waiting = road.progress().borrow().waiting.clone();
    assert!(waiting.is_some(), "who looks later sees it too");
    let second = Duration::from_secs(1);
    let plates = tokio::time::timeout(second, road.look(|board| board.plates().count())).await.expect("it answers");
    let mut ticks = road.ticks().await.unwrap();
    let tick = tokio::time::timeout(second, ticks.recv()).await.expect("it shows").unwrap();
    assert!(tick.reset && tick.plates.len() >= plates.unwrap(), "what is on disk is shown while nothing can be stored");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(road.progress().borrow().messages < messages, "the disk is really too small");
    free();
    let mut progress = road.progress();
    let stored = progress.wait_for(|progress| progress.messages == messages);
    tokio::time::timeout(Duration::from_secs(20), stored).await.unwrap().unwrap();
    assert_eq!(road.progress().borrow().waiting, None, "it waits no longer");
    road.finish().await.unwrap();
}

#[test]
fn a_full_disk_is_waited_out() {
    let what = "a full disk";
    let Some(broker) = Broker::for_test(what) else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path(), "2m") else {
        return skipped(what, "a small file system cannot be mounted here: run as root");
    };
    let topics = Topics::create(&broker, "full", &[(Kind::Results, 1), (Kind::Images, 1)]);
    let ledger = send(&broker, &topics);
    let dir = folder.path().join("session");
    // No limit of ours: the file system itself says no.
    let settings = settings(&broker, &topics, &dir, DiskLimits { warn_bytes: 0, pause_bytes: 0 });
    runtime().block_on(async {
        let road = engine::record(settings, |_| ()).await.unwrap();
        waits_and_goes_on(road, ledger.len() as u64, "Free some space", || disk.resize("64m")).await;
    });
    assert_exactly_once(&dir, &ledger);
    let verified = runtime().block_on(engine::verify::verify(&dir)).unwrap();
    assert!(verified.problems.is_empty(), "what was stored before and after is whole: {:?}", verified.problems);
}

#[test]
fn a_full_database_is_refused_whole_and_readable() {
    let Some(broker) = Broker::for_test("a session's ceiling") else { return };
    let folder = tempfile::tempdir().unwrap();
    let topics = Topics::create(&broker, "ceiling", &[(Kind::Results, 1), (Kind::Images, 1)]);
    let ledger = send(&broker, &topics);
    let dir = folder.path().join("session");
    let mut settings = settings(&broker, &topics, &dir, DiskLimits { warn_bytes: 0, pause_bytes: 0 });
    settings.session.max_bytes = Some(600_000);
    let stored = runtime().block_on(async {
        let road = engine::record(settings.clone(), |_| ()).await.unwrap();
        let mut progress = road.progress();
        let waiting = progress.wait_for(|progress| progress.waiting.is_some());
        tokio::time::timeout(Duration::from_secs(15), waiting).await.unwrap().unwrap();
        let stored = road.progress().borrow().messages;
        // Ended while it waits: what could not be stored is named, and still on the broker.
        let error = road.finish().await.unwrap_err().to_string();
        assert!(error.contains("could not be stored"), "{error}");
        stored
    });
    assert!(stored < ledger.len() as u64, "the ceiling is really too low: {stored}");
    settings.session.max_bytes = None;
    runtime().block_on(async {
        let road = engine::record(settings, |_| ()).await.unwrap();
        let rest = ledger.len() as u64 - stored;
        let mut progress = road.progress();
        let all = progress.wait_for(|progress| progress.messages == rest);
        tokio::time::timeout(Duration::from_secs(20), all).await.unwrap().unwrap();
        road.finish().await.unwrap();
    });
    assert_exactly_once(&dir, &ledger);
}

#[test]
fn below_the_limit_the_source_pauses_before_the_disk_is_full() {
    let what = "the pause below a limit";
    let Some(broker) = Broker::for_test(what) else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path(), "8m") else {
        return skipped(what, "a small file system cannot be mounted here: run as root");
    };
    let topics = Topics::create(&broker, "pause", &[(Kind::Results, 1), (Kind::Images, 1)]);
    let dir = folder.path().join("session");
    let limits = DiskLimits { warn_bytes: 64 << 20, pause_bytes: 6 << 20 };
    let settings = settings(&broker, &topics, &dir, limits);
    runtime().block_on(async {
        let road = engine::record(settings, |_| ()).await.unwrap();
        // Something else fills the disk.
        std::fs::write(folder.path().join("film.mkv"), vec![7; 3 << 20]).unwrap();
        let mut progress = road.progress();
        let waiting = progress.wait_for(|progress| progress.waiting.is_some());
        tokio::time::timeout(Duration::from_secs(15), waiting).await.unwrap().unwrap();
        let ledger = send(&broker, &topics);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let reason = road.progress().borrow().waiting.clone().unwrap();
        assert!(reason.contains("goes on by itself"), "it says what to do: {reason}");
        assert!(free_bytes(folder.path()).unwrap() > 4 << 20, "it stops before the disk is full");
        disk.resize("64m");
        let all = progress.wait_for(|progress| progress.messages == ledger.len() as u64);
        tokio::time::timeout(Duration::from_secs(20), all).await.unwrap().unwrap();
        road.finish().await.unwrap();
        assert_exactly_once_later(&dir, ledger).await;
    });
}

/// The comparison has a runtime of its own and so must not run inside one.
async fn assert_exactly_once_later(dir: &Path, ledger: Vec<Sent>) {
    let dir = dir.to_owned();
    tokio::task::spawn_blocking(move || assert_exactly_once(&dir, &ledger)).await.unwrap();
}
