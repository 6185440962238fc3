//! Watching leaves no trace: a broker that denies every group is watched, and nothing on it has changed afterwards.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use plateside_tests::broker::{Broker, Topics};
use plateside_tests::clone_folder;
use plateside_tests::command::Plateside;
use plateside_tests::exactly_once::assert_exactly_once;
use plateside_tests::lab::{self, Lab};
use plateside_tests::left_out::skipped;
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use wire::Kind;

/// `xtask` of this target folder, which knows the broker that it started.
fn xtask(arguments: &[&str]) -> Result<String, String> {
    let own = std::env::current_exe().unwrap();
    let program: Option<PathBuf> =
        own.ancestors().skip(1).take(3).map(|folder| folder.join("xtask")).find(|p| p.is_file());
    let mut command = match program {
        Some(program) => Command::new(program),
        None => {
            let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            cargo.arg("xtask");
            cargo
        }
    };
    let output = command.args(arguments).current_dir(clone_folder()).output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// Every right on every group is denied to everyone until this is dropped.
struct GroupsDenied;

impl GroupsDenied {
    fn now() -> GroupsDenied {
        xtask(&["kafka", "acl", "deny-groups"]).unwrap();
        GroupsDenied
    }
}

impl Drop for GroupsDenied {
    fn drop(&mut self) {
        let restored = xtask(&["kafka", "acl", "allow-groups"]);
        if let Err(error) = restored {
            eprintln!("groups stay denied on the test broker: {error}");
        }
    }
}

/// What others may see of us; topics of the broker's own and of tests beside this one are left aside.
fn standing(broker: &Broker, mine: &str) -> BTreeMap<String, usize> {
    let all = broker.topics().into_iter();
    all.filter(|(name, _)| name == mine || !(name.starts_with("test-") || name.starts_with("__"))).collect()
}

#[test]
fn a_broker_that_denies_groups_is_watched_and_unchanged() {
    let what = "watching a broker that denies every group";
    let Some(broker) = Broker::for_test(what) else { return };
    if xtask(&["kafka", "status"]).as_deref() != Ok(broker.address()) {
        return skipped(what, "PLATESIDE_KAFKA is not the broker of cargo xtask kafka, whose rights this test changes");
    }
    let topics = Topics::create(&broker, "trace", &[(Kind::Results, 2)]);
    let topic = topics.of(Kind::Results);
    let (mut lab, mut seed) = (Lab::new(&topics, 2), Seed::new(9));
    let producer = Producer::new(&broker);
    producer.send_all(&lab.full_plate(&lab::plate(1), &mut seed));
    let ledger = producer.ledger();
    let pipeline = format!("{topic}-pipeline");
    let partition = ledger[0].partition;
    broker.commit_as(&pipeline, topic, partition, 17);
    let before = (broker.groups(), broker.committed(&pipeline, topic, 2), standing(&broker, topic));
    assert!(before.0.contains(&pipeline), "the lab's own group is there, or the comparison says nothing: {before:?}");
    let ends: Vec<_> = (0..2).map(|partition| broker.watermarks(topic, partition)).collect();

    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("session");
    {
        let _denied = GroupsDenied::now();
        // Default topics are not there: asking for them must not make them.
        let command = Plateside::record(&broker, &topics, &dir).args(["--topic", "layouts=not-there-and-never-made"]);
        let ended = command.args(["--until-idle", "1s"]).run();
        assert_eq!(ended.code(), Some(0), "denied group rights are no error: {}", ended.stderr);
        assert!(!ended.stderr.to_lowercase().contains("denied"), "nor a word of it: {}", ended.stderr);
        // A name for the group, where rights ask for one, joins nothing either.
        let named =
            Plateside::record(&broker, &topics, &dir).args(["--group", &pipeline, "--until-idle", "500ms"]).run();
        assert_eq!(named.code(), Some(0), "{}", named.stderr);
    }
    assert_exactly_once(&dir, &ledger);
    let after = (broker.groups(), broker.committed(&pipeline, topic, 2), standing(&broker, topic));
    assert_eq!(after.0, before.0, "no group was made");
    assert_eq!(after.1, before.1, "no offset was committed");
    assert_eq!(after.2, before.2, "no topic was made");
    let now: Vec<_> = (0..2).map(|partition| broker.watermarks(topic, partition)).collect();
    assert_eq!(now, ends, "nothing was produced");
}
