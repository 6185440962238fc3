//! Pictures of every screen, for people to look at: both themes, two sizes, always the same recorded session.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use plate::Format;

use super::{Launch, Window, css, test_id};
use crate::clone_folder;
use crate::command::Plateside;
use crate::made::Run;

/// How long the demo lab may take to play to its end, and a screen to stand.
const PATIENCE: Duration = Duration::from_secs(60);
/// The session's name in the list of sessions.
const SESSION: &str = "demo-day";
const SIZES: [(u32, u32); 2] = [(1440, 900), (1920, 1080)];

/// Takes all pictures into a folder; returns their files.
///
/// # Panics
/// Where the window does not show what it should.
#[must_use]
pub fn take(folder: &Path) -> Vec<PathBuf> {
    fs::create_dir_all(folder).unwrap();
    let session = folder.join("session");
    if !session.join("session.db").is_file() {
        record(&session);
    }
    let mut taken = Vec::new();
    for size in SIZES {
        // A copy: the window keeps its cache beside a session, and the recorded one stays as it is.
        let home = tempfile::tempdir().unwrap();
        let sessions = home.path().join("data/plateside/sessions");
        let own = sessions.join(SESSION);
        fs::create_dir_all(&own).unwrap();
        super::launch::copy(&session, &own);
        let open = own.to_string_lossy().into_owned();
        let window = Launch::new("look").home(home.path()).size(size.0, size.1).args(["--open", &open]).start();
        for theme in ["dark", "light"] {
            if window.js("return document.documentElement.dataset.theme", vec![]) != theme {
                window.click(&test_id("theme"));
            }
            for screen in ["live", "plate", "images", "review", "sessions", "connect", "present"] {
                show(&window, screen);
                let file = folder.join(format!("{screen}-{theme}-{}x{}.png", size.0, size.1));
                window.keep(&file);
                taken.push(file);
                if screen == "plate" {
                    taken.extend(plate_desk(&window, &|name| {
                        folder.join(format!("{name}-{theme}-{}x{}.png", size.0, size.1))
                    }));
                }
                if screen == "present" {
                    window.keys("Escape");
                    window.await_sight(&test_id("rail-live"));
                }
            }
        }
        window.assert_quiet();
        window.close();
        taken.extend(wall(folder, size));
    }
    taken
}

/// The wall of 200 plates, near and as it is read from afar, in both themes.
fn wall(folder: &Path, size: (u32, u32)) -> Vec<PathBuf> {
    let run = Run { plates: 200, format: Format::F384, features: 3, bodies: true };
    let home = tempfile::tempdir().unwrap();
    let own = home.path().join("data/plateside/sessions").join("wall");
    fs::create_dir_all(&own).unwrap();
    super::launch::copy(&run.session(), &own);
    let open = own.to_string_lossy().into_owned();
    let window = Launch::new("look-wall").home(home.path()).size(size.0, size.1).args(["--open", &open]).start();
    let mut taken = Vec::new();
    window.await_sight(&css("[data-testid=tile] canvas"));
    for theme in ["dark", "light"] {
        if window.js("return document.documentElement.dataset.theme", vec![]) != theme {
            window.click(&test_id("theme"));
        }
        for (name, seen) in [("wall", "[data-testid=tile]"), ("wall-mode", "[data-testid=far-tile]")] {
            window.await_sight(&css(seen));
            settle(&window);
            let file = folder.join(format!("{name}-{theme}-{}x{}.png", size.0, size.1));
            window.keep(&file);
            taken.push(file);
            window.js("document.activeElement?.blur()", vec![]);
            window.keys("w");
        }
    }
    window.close();
    taken
}

/// What is done on the Plate screen: its run at once, doses, what if, figures, the layout, and what is judged by.
fn plate_desk(window: &Window, file: &dyn Fn(&str) -> PathBuf) -> Vec<PathBuf> {
    let keys = |keys: &str| {
        window.js("document.activeElement?.blur()", vec![]);
        window.keys(keys);
    };
    let mut taken = Vec::new();
    let mut take = |name: &str| {
        settle(window);
        window.keep(&file(name));
        taken.push(file(name));
    };
    window.click(&test_id("tab-replicates"));
    window.await_sight(&test_id("dose-plot"));
    take("doses");
    window.click(&test_id("tab-order"));
    take("run-order");
    keys("g");
    window.await_sight(&test_id("multiples"));
    window.wait_until("plates of the run", PATIENCE, || window.count(&test_id("small")) >= 5);
    take("multiples");
    keys("g");
    window.await_sight(&test_id("plate-canvas"));
    keys("q");
    window.await_sight(&test_id("what-if"));
    window.click(&test_id("what-edge-1"));
    window.await_sight(&test_id("what-table"));
    take("what-if");
    keys("q");
    keys("ctrl+s");
    window.await_sight(&test_id("figure-menu"));
    take("figure");
    window.keys("Escape");
    keys("l");
    window.await_sight(&test_id("layout-canvas"));
    take("layout");
    keys("Escape");
    keys("j");
    window.await_sight(&test_id("judging"));
    for tab in ["limits", "rules", "calls"] {
        window.click(&test_id(&format!("tab-{tab}")));
        take(&format!("judging-{tab}"));
    }
    keys("Escape");
    window.await_sight(&test_id("plate-canvas"));
    taken
}

/// Plays the demo lab once, to its end, into a session.
fn record(session: &Path) {
    let mut lab = Plateside::new("demo-lab").args(["--speed", "60"]).start();
    let brokers = lab.first_line();
    let profile = clone_folder().join("demo/profile.toml");
    let record = Plateside::record_from(&brokers, session).arg("--profile").arg(profile);
    let ended = record.args(["--until-idle", "5s"]).run();
    assert_eq!(ended.code(), Some(0), "the session is recorded; it said:\n{}", ended.stderr);
    let _ended = lab.interrupt();
}

/// Goes to a screen and waits until it stands.
fn show(window: &Window, screen: &str) {
    window.click(&test_id(&format!("rail-{screen}")));
    match screen {
        "live" => {
            window.await_sight(&css("[data-testid=tile] canvas"));
            drawn(window, "[data-testid=tile] canvas");
        }
        "plate" => {
            if !window.sees(&test_id("plate-canvas")) {
                // The plate that is chosen on the wall is the one that opens.
                window.click(&test_id("rail-live"));
                window.await_sight(&test_id("tile"));
                let _focused = window.js("document.querySelector('[data-testid=wall]').focus()", vec![]);
                window.keys("ArrowRight");
                window.keys("Enter");
            }
            window.await_sight(&test_id("plate-canvas"));
            drawn(window, "[data-testid=plate-canvas]");
            if !window.sees(&test_id("well-name")) {
                let plate = window.rect(&test_id("plate-canvas"));
                window.click_at(plate.x + plate.width * 0.38, plate.y + plate.height * 0.3);
                window.await_sight(&test_id("well-name"));
            }
        }
        "images" => {
            // The well that is chosen has none: the nearest that has, and on to the one with three channels.
            let stands = || window.sees(&test_id("pane")) || window.sees(&test_id("nearest"));
            window.wait_until("a well's images, or that it has none", PATIENCE, stands);
            if window.sees(&test_id("nearest")) {
                window.click(&test_id("nearest"));
                window.await_sight(&test_id("pane"));
                for _ in 0..2 {
                    window.click(&test_id("well-before"));
                }
            }
            window.await_sight(&test_id("pane"));
            drawn(window, "[data-testid=pane]");
        }
        "review" => {
            window.await_sight(&test_id("flag"));
            let site = "const rows = [...document.querySelectorAll('[data-testid=flag]')];
                rows.find(row => row.textContent.includes('B10'))?.click()";
            let _clicked = window.js(site, vec![]);
            window.await_sight(&test_id("pane"));
            drawn(window, "[data-testid=pane]");
        }
        "sessions" => window.click(&test_id("sessions-row")),
        "present" => window.await_sight(&test_id("present")),
        _ => window.await_sight(&test_id("connect-brokers")),
    }
    settle(window);
}

/// Fonts and fades.
fn settle(window: &Window) {
    let _settled = window.js_async("await document.fonts.ready; await new Promise(r => setTimeout(r, 1200));", vec![]);
}

/// Waits until a canvas shows data.
fn drawn(window: &Window, canvas: &str) {
    let within = window.rect(&css(canvas));
    window.wait_until(&format!("{canvas} shows data"), PATIENCE, || window.screenshot("now").saturated(within) > 100);
}
