//! What the window needs: system libraries, its pages built by Vite, and for its tests a display and a driver.
use crate::needs::{self, on_path};
use crate::places;
use crate::process::{self, Outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Drives the window in tests; goes with the Tauri that `Cargo.toml` names.
const DRIVER: &str = "2.1.0";
/// The oldest Node that Vite runs on.
const NODE: (u32, u32) = (20, 19);

/// What the app is compiled and linked with.
pub(crate) fn libraries() -> Outcome<()> {
    let known = |name: &str| process::works("pkg-config", &["--exists", name]);
    if ["webkit2gtk-4.1", "librsvg-2.0", "openssl"].into_iter().all(known) {
        return Ok(());
    }
    needs::install(&["libwebkit2gtk-4.1-dev", "librsvg2-dev", "libxdo-dev", "libssl-dev", "pkg-config"])
}

/// What shows a window to tests: a display that nobody sees, a bus, WebKit's driver and Tauri's; and `ip`, which pulls cables.
pub(crate) fn display() -> Outcome<PathBuf> {
    if ["Xvfb", "dbus-run-session", "WebKitWebDriver", "ip"].iter().any(|program| on_path(program).is_none()) {
        needs::install(&["xvfb", "dbus-x11", "dbus-daemon", "webkit2gtk-driver", "iproute2"])?;
    }
    if let Some(own) = on_path("tauri-driver") {
        return Ok(own);
    }
    let root = places::cache().join("tools").join(format!("tauri-driver-{DRIVER}"));
    let ours = root.join("bin/tauri-driver");
    if !ours.is_file() {
        needs::cargo_install("tauri-driver", DRIVER, &root)?;
    }
    Ok(ours)
}

/// The browser in which pages are tested without the app.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    let found = || ["chromium", "chromium-browser"].into_iter().find_map(on_path);
    if found().is_none() {
        needs::install(&["chromium"])?;
    }
    found().ok_or_else(|| "chromium was installed and is still not on PATH".to_owned())
}

/// The packages of the pages: installed anew when the lock file is another one.
pub(crate) fn packages() -> Outcome<()> {
    node()?;
    let ui = ui();
    let lock =
        fs::read_to_string(ui.join("package-lock.json")).map_err(|error| format!("ui/package-lock.json: {error}"))?;
    let stamp = ui.join("node_modules/.plateside-lock");
    if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(());
    }
    process::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&ui))?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// The pages, built anew when something of theirs is newer than what was built.
pub(crate) fn pages() -> Outcome<()> {
    packages()?;
    let ui = ui();
    let built = modified(&ui.join("dist/index.html"));
    let sources = ["src", "index.html", "package-lock.json", "vite.config.ts"].map(|name| newest(&ui.join(name)));
    if built.is_some() && built >= sources.into_iter().flatten().max() {
        return Ok(());
    }
    process::run(&mut npm(&["run", "--silent", "build"]))
}

/// The script with which the benches repaint plates in the window.
pub(crate) fn bench_pages() -> Outcome<()> {
    process::run(&mut npm(&["run", "--silent", "build:bench"]))
}

/// `npm` in `ui/`.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    // What it prints is counted: plain text.
    npm.args(args).current_dir(ui()).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    npm
}

fn ui() -> PathBuf {
    places::clone().join("ui")
}

fn node() -> Outcome<()> {
    let told = process::read(Command::new("node").arg("--version")).unwrap_or_default();
    let mut numbers = told.trim().trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version >= NODE {
        return Ok(());
    }
    let found = if told.trim().is_empty() { "none".to_owned() } else { told.trim().to_owned() };
    Err(format!("Node {}.{} or newer is needed for the window's pages, found: {found}; see nodejs.org", NODE.0, NODE.1))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// When the newest file below was written.
fn newest(path: &Path) -> Option<SystemTime> {
    let below = fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path())).max();
    below.max(modified(path))
}
