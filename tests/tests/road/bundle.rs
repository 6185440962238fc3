//! Bundles by the program itself: recorded from a broker, opened by somebody else who has no network.

use std::path::Path;
use std::process::{Command, Output};

use plate::StageEvent;
use plateside_tests::broker::{Broker, Topics};
use plateside_tests::clone_folder;
use plateside_tests::command::{Plateside, program};
use plateside_tests::lab::{self, Lab};
use plateside_tests::producer::Producer;
use plateside_tests::seed::Seed;
use serde_json::Value;
use wire::Kind;

const KINDS: [(Kind, i32); 4] = [(Kind::Results, 2), (Kind::Layouts, 1), (Kind::Stages, 1), (Kind::Images, 1)];

/// Whether this user may become another one without a network.
fn may_isolate() -> bool {
    let tried = Command::new("unshare").args(["-n", "setpriv", "--reuid", "nobody", "--clear-groups", "true"]).output();
    tried.is_ok_and(|output| output.status.success())
}

/// The program, run as `nobody` in a network namespace of its own, where not even 127.0.0.1 is up.
fn elsewhere(home: &Path, program: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("unshare");
    command.args(["-n", "setpriv", "--reuid", "nobody", "--clear-groups"]).arg(program).args(arguments);
    command.current_dir(home).env_clear().env("HOME", home).env("TMPDIR", home).env("NO_COLOR", "1").output().unwrap()
}

fn json(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A recorded session of three plates with images: its folder, and what `record` printed.
fn recorded(broker: &Broker, dir: &Path) -> Value {
    let topics = Topics::create(broker, "bundle", &KINDS);
    let (mut lab, producer, mut seed) = (Lab::new(&topics, 1), Producer::new(broker), Seed::new(31));
    for (number, cells) in (0..).zip(["ht29-0.tif", "ht29-1.tif", "nf1-B7-1.tif"]) {
        let plate = lab::plate(number);
        producer.send(&lab.layout(&plate));
        producer.send(&lab.stage(&plate, "imaged", StageEvent::Entered));
        lab.full_plate(&plate, &mut seed).iter().for_each(|message| producer.send(message));
        for site in 1..=3 {
            producer.send(&lab.image(&plate, "B02".parse().unwrap(), site, 90_000 + usize::from(site), &mut seed));
        }
        // One that can be looked at: an image of cells.
        let cells = std::fs::read(clone_folder().join("demo/images").join(cells)).unwrap();
        producer.send(&lab.image_file(&plate, "B04".parse().unwrap(), 1, cells));
        producer.send(&lab.linked_image(&plate, "B03".parse().unwrap(), 1));
        producer.send(&lab.message(Kind::Results, &plate, Some(b"{".to_vec())));
    }
    let profile = clone_folder().join("demo/profile.toml").to_string_lossy().into_owned();
    Plateside::record(broker, &topics, dir).args(["--profile", &profile, "--until-idle", "500ms"]).json()
}

#[test]
fn a_bundle_is_opened_by_another_user_without_a_network() {
    let Some(broker) = Broker::for_test("bundles") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let dir = path("session");
    let live = recorded(&broker, &dir);
    let shown = |name: &str| path(name).to_str().unwrap().to_owned();
    for pixels in ["full", "previews", "none"] {
        let name = format!("{pixels}.plateside");
        let name = name.as_str();
        let made = Plateside::new("bundle").arg(&dir).args(["--out", &shown(name), "--pixels", pixels]).json();
        assert_eq!((&made["digest"], made["pixels"].as_str()), (&live["digest"], Some(pixels)), "{made}");
        assert_eq!(made["bundle"].as_str(), path(name).to_str());
        assert_eq!(made["bytes"].as_u64(), Some(std::fs::metadata(path(name)).unwrap().len()));
        assert_eq!(made["left_out"]["files"], if pixels == "full" { 0 } else { 12 }, "{made}");
        assert_eq!(made["previews"]["files"], if pixels == "previews" { 3 } else { 0 }, "{made}");
        let without = match pixels {
            "full" => 0,
            "previews" => 9,
            _ => 12,
        };
        assert_eq!(made["previews"]["without"], without, "noise is no image: {made}");
    }
    let bytes = |pixels: &str| std::fs::metadata(path(&format!("{pixels}.plateside"))).unwrap().len();
    let [full, previews, none] = ["full", "previews", "none"].map(bytes);
    assert!(full > previews + 9 * 90_000 && previews > none, "{full}, {previews} and {none} bytes");

    // Here, and then as another user would, on a machine without the broker.
    let opened = Plateside::new("open").args([&shown("full.plateside"), "--out", &shown("here")]).json();
    assert_eq!((&opened["digest"], &opened["messages"]), (&live["digest"], &live["messages"]), "{opened}");
    assert_eq!((&opened["records"], &opened["images"]), (&live["records"], &live["images"]), "{opened}");
    assert_eq!(opened["session"].as_str(), path("here").to_str());
    assert_eq!(Plateside::new("replay").arg(path("here")).json()["digest"], live["digest"]);
    if may_isolate() {
        by_nobody(folder.path(), &live);
    } else {
        println!("LEFT OUT: another user without a network: unshare and setpriv are not allowed here");
    }

    what_is_bad_says_so(folder.path(), &broker);
}

fn by_nobody(folder: &Path, live: &Value) {
    // Their home: a folder that anybody may write to, with the program and the bundles in it.
    let home = folder.join("home");
    std::fs::create_dir(&home).unwrap();
    let open_to_all =
        |path: &Path, mode| std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    open_to_all(folder, 0o755);
    open_to_all(&home, 0o777);
    let copied = home.join("plateside");
    std::fs::copy(program(), &copied).unwrap();
    open_to_all(&copied, 0o755);
    for name in ["full", "previews", "none"] {
        let file = format!("{name}.plateside");
        std::fs::copy(folder.join(&file), home.join(&file)).unwrap();
        open_to_all(&home.join(&file), 0o644);
        let opened = json(&elsewhere(&home, &copied, &["open", &file, "--out", name]));
        assert_eq!((&opened["digest"], &opened["messages"]), (&live["digest"], &live["messages"]), "{opened}");
        let replayed = json(&elsewhere(&home, &copied, &["replay", name]));
        assert_eq!(replayed["digest"], live["digest"], "{name}: the replay is what was live");
        let verified = json(&elsewhere(&home, &copied, &["verify", name]));
        assert_eq!((&verified["ok"], &verified["digest"]), (&Value::Bool(true), &live["digest"]), "{verified}");
    }
}

fn what_is_bad_says_so(folder: &Path, broker: &Broker) {
    let path = |name: &str| folder.join(name);
    let whole = std::fs::read(path("full.plateside")).unwrap();
    let mut seed = Seed::new(32);
    let places = [0, 17, whole.len() - 1, whole.len() - 100];
    for at in places.into_iter().chain((0..20).map(|_| seed.below(whole.len() as u64) as usize)) {
        let mut changed = whole.clone();
        changed[at] ^= 4;
        std::fs::write(path("changed.plateside"), changed).unwrap();
        let ended = Plateside::new("open").arg(path("changed.plateside")).arg("--out").arg(path("bad")).run();
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(1), ""), "byte {at}: {}", ended.stderr);
        assert!(ended.stderr.contains("changed.plateside"), "{}", ended.stderr);
        assert!(!path("bad").exists(), "byte {at}: nothing is left");
    }
    let refused = |command: Plateside, code: i32, part: &str| {
        let ended = command.run();
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(code), ""), "{part}: {}", ended.stderr);
        assert!(ended.stderr.contains(part), "{part} in: {}", ended.stderr);
    };
    let open = |file: &str, out: &str| Plateside::new("open").arg(path(file)).arg("--out").arg(path(out));
    let bundle = |dir: &str, out: &str| Plateside::new("bundle").arg(path(dir)).arg("--out").arg(path(out));
    refused(open("full.plateside", "here"), 2, "no empty folder");
    refused(open("nowhere.plateside", "bad"), 3, "nowhere.plateside");
    refused(open("full.plateside", "bad").args(["--max-files", "2"]), 1, "--max-files");
    refused(bundle("session", "full.plateside"), 2, "--force");
    refused(bundle("nowhere", "x.plateside"), 1, "nowhere");
    refused(bundle("session", "session/session.db").arg("--force"), 2, "the session's own folder");
    assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    refused(open("pipe", "bad"), 3, "it is a pipe");
    std::os::unix::fs::symlink(path("here"), path("link")).unwrap();
    refused(open("full.plateside", "link"), 2, "no empty folder");
    let again = bundle("session", "full.plateside").arg("--force").json();
    assert_eq!(again["pixels"], "full");
    // What came out of a bundle is looked at, and not recorded into.
    let topics = Topics::create(broker, "bundle-again", &[(Kind::Results, 1)]);
    let ended = Plateside::record(broker, &topics, &path("here")).args(["--until-idle", "500ms"]).run();
    assert_eq!(ended.code(), Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("A bundle is read-only"), "{}", ended.stderr);
    let twice = bundle("here", "twice.plateside").json();
    assert_eq!(twice["digest"], again["digest"], "a bundle of the opened one is the same session");
}
