//! What a person sees when something is wrong: nothing there, a worker that died, a full disk, sessions locked or broken.

use std::fs;
use std::time::Duration;

use plate::Format;
use plateside_tests::bench::window::stage::Stage;
use plateside_tests::broker::Broker;
use plateside_tests::command::Plateside;
use plateside_tests::processes::{family, signal};
use plateside_tests::window::{Launch, Window, css, is_ready, test_id};
use rustix::process::Signal;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(60);

fn says(window: &Window, what: &str) {
    let page = "return document.body.innerText";
    window.wait_until(&format!("the window says {what:?}"), PATIENCE, || {
        window.js(page, vec![]).as_str().is_some_and(|text| text.contains(what))
    });
}

#[test]
fn an_empty_window_says_what_to_do() {
    if !is_ready("an empty window says what to do") {
        return;
    }
    let window = Launch::new("empty").start();
    window.await_sight(&test_id("open-demo"));
    says(&window, "Not connected");
    let _kept = window.screenshot("live");
    window.click(&test_id("rail-plate"));
    says(&window, "Pick a plate");
    window.click(&test_id("rail-sessions"));
    says(&window, "Recordings appear here on their own");
    // A broker that nobody answers at: connecting does not hang, and the strip says how it stands.
    window.click(&test_id("rail-connect"));
    window.fill(&test_id("connect-name"), "Nobody");
    window.fill(&test_id("connect-brokers"), "127.0.0.1:1");
    window.click(&test_id("connect-go"));
    window.wait_until("it is told that nobody answers", PATIENCE, || {
        window.sees(&test_id("connect-problem"))
            || window.sees(&test_id("banner-offline"))
            || window.text(&test_id("strip-source")).contains("Connecting")
    });
    let _kept = window.screenshot("nobody");
    window.assert_quiet();
    window.close();
}

#[test]
fn a_worker_that_dies_is_started_again_and_nothing_is_missing() {
    if !is_ready("a worker that dies is started again and nothing is missing") {
        return;
    }
    let window = Launch::new("worker").args(["--demo", "--speed", "300"]).start();
    window.await_sight(&test_id("tile"));
    let worker = || {
        let of_app = family(window.app_id().unwrap()).into_iter();
        of_app
            .filter(|id| {
                fs::read(format!("/proc/{id}/cmdline"))
                    .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == b"consume"))
            })
            .max()
    };
    let first = worker().expect("the demo has a worker");
    signal(first, Signal::KILL);
    window.wait_until("another worker runs", PATIENCE, || worker().is_some_and(|id| id != first));
    let wells = "return [...document.querySelectorAll('[data-testid=tile]')].filter(t => / 38[34] of 384 wells/.test(t.textContent)).length";
    window.wait_until("all eight plates are read", PATIENCE, || window.js(wells, vec![]).as_u64() == Some(8));
    assert!(!window.sees(&test_id("banner-offline")), "it is live again");
    window.assert_quiet();
    window.close();
}

#[test]
fn a_full_disk_is_said_and_nothing_is_shown_that_is_not_saved() {
    if !is_ready("a full disk is said and nothing is shown that is not saved") {
        return;
    }
    // The limits are settings: no disk has as much room as this one asks for.
    let config = tempfile::tempdir().unwrap();
    fs::create_dir(config.path().join("plateside")).unwrap();
    fs::write(
        config.path().join("plateside/plateside.toml"),
        "disk_warn_mib = 900000000\ndisk_pause_mib = 800000000\n",
    )
    .unwrap();
    let window = Launch::new("full").config(config.path()).args(["--demo", "--speed", "60"]).start();
    says(&window, "the source pauses");
    std::thread::sleep(Duration::from_secs(3));
    let wells = "return [...document.querySelectorAll('[data-testid=tile-told]')].map(t => t.textContent).filter(t => !/ 0 of/.test(t)).length";
    assert_eq!(window.js(wells, vec![]), 0, "no well is shown that could not be saved");
    let _kept = window.screenshot("live");
    window.assert_quiet();
    window.close();
}

#[test]
fn a_session_that_another_process_records_is_followed_and_a_broken_one_is_refused() {
    let Some(broker) = Broker::for_test("a session that another process records is followed") else { return };
    if !is_ready("a session that another process records is followed") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let sessions = home.path().join("data/plateside/sessions");
    fs::create_dir_all(sessions.join("torn")).unwrap();
    fs::write(sessions.join("torn/session.db"), b"this is no database, however much one hopes").unwrap();
    let stage = Stage::new(&broker, "followed", 2, Format::F384, 3);
    stage.fill(300);
    let recorder = Plateside::record(&broker, &stage.topics, &sessions.join("followed"));
    let profile = plateside_tests::clone_folder().join("demo/profile.toml");
    let mut recorder = recorder.arg("--profile").arg(profile).start();
    let folder = sessions.join("followed");
    let began = std::time::Instant::now();
    while !folder.join("session.db").is_file() {
        assert!(began.elapsed() < PATIENCE && !recorder.has_ended(), "the recorder works: {}", recorder.said());
        std::thread::sleep(Duration::from_millis(20));
    }

    let open = folder.display().to_string();
    let window = Launch::new("followed").home(home.path()).args(["--open", &open]).start();
    window.await_text(&test_id("strip-source"), "follows", PATIENCE, |text| text.contains("Following"));
    window.await_text(&test_id("tile-told"), "shows what was read", PATIENCE, |text| text.contains("150 of 384"));
    stage.fill(400);
    window.await_text(&test_id("tile-told"), "shows what came since", PATIENCE, |text| text.contains("200 of 384"));
    let _kept = window.screenshot("live");

    // The broken one says why, and what is on the desk stays there.
    window.click(&test_id("rail-sessions"));
    let torn = css("[data-testid=sessions-row][data-name=torn]");
    window.await_text(&torn, "says that it cannot be read", PATIENCE, |text| text.contains("Cannot be read"));
    let _kept = window.screenshot("sessions");
    let answer = window.js_async(
        "try { await window.__TAURI_INTERNALS__.invoke('open_session', { args: { session: arguments[0] } }); return 'opened'; } catch (refused) { return refused; }",
        vec![json!("no such session")],
    );
    assert!(answer["code"].is_string() && answer["message"].is_string(), "a refusal has code and words: {answer}");
    window.assert_quiet();
    window.close();
    let ended = recorder.interrupt();
    assert_eq!(ended.code(), Some(0), "the recorder was not disturbed: {}", ended.stderr);

    // The broken one, named on the command line: the window opens and says so.
    let torn = sessions.join("torn").display().to_string();
    let window = Launch::new("torn").home(home.path()).args(["--open", &torn]).start();
    window.wait_until("a banner says why", PATIENCE, || window.sees(&css(".banner.bad")));
    let said = window.text(&css(".banner.bad"));
    assert!(said.contains("torn"), "it names the session: {said}");
    let _kept = window.screenshot("torn");
    window.close();
}
