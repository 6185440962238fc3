//! `cargo xtask run`: the window on the demo lab; `--headless`: a recorder that watches it, in the terminal.
use crate::leash::Leash;
use crate::process::{self, Outcome};
use crate::{needs, onnxruntime, places, window};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// So many times a real lab's pace, unless told: a plate a few seconds.
const SPEED: &str = "60";

/// Opens the window on the demo lab, or plays the demo in the terminal.
pub(crate) fn command(args: &[String]) -> Outcome<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let (headless, rest) = match words.as_slice() {
        ["--headless", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let speed = match rest {
        [] => SPEED.to_owned(),
        ["--speed", speed] => (*speed).to_owned(),
        _ => return Err("usage: cargo xtask run [--headless] [--speed N]".to_owned()),
    };
    needs::compilers()?;
    if headless { in_the_terminal(&speed) } else { in_a_window(&speed) }
}

/// Installs what is missing, builds pages and app, and opens the window.
fn in_a_window(speed: &str) -> Outcome<()> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err("there is no display for a window here (neither DISPLAY nor WAYLAND_DISPLAY is set); \
                    cargo xtask run --headless plays the demo in this terminal"
            .to_owned());
    }
    window::libraries()?;
    window::pages()?;
    let mut build = Command::new(needs::cargo());
    build.args(["build", "--locked", "--package", "plateside-app"]).current_dir(places::clone());
    let mut leash = Leash::new()?;
    leash.run(&mut build)?;
    let app = places::built("debug", "plateside-app");
    eprintln!("xtask: opening {} --demo --speed {speed}", app.display());
    leash.run(Command::new(app).args(["--demo", "--speed", speed]).envs(onnxruntime::variable()))
}

/// Builds the command line, plays the demo and says what to try next.
fn in_the_terminal(speed: &str) -> Outcome<()> {
    let mut build = Command::new(needs::cargo());
    build.args(["build", "--locked", "--package", "plateside-cli"]).current_dir(places::clone());
    let mut leash = Leash::new()?;
    leash.run(&mut build)?;

    let plateside = places::built("debug", "plateside");
    let brokers = demo_lab(&mut leash, &plateside, speed)?;
    let session = fresh_folder();
    let mut record = Command::new(&plateside);
    record.args(["record", "--brokers", &brokers, "--profile", "demo/profile.toml", "--until-idle", "5s", "--out"]);
    record.arg(&session).current_dir(places::clone());
    eprintln!("xtask: a demo lab plays at {speed} times its pace; recording to {}", session.display());
    leash.run(&mut record)?;
    // The demo lab ends here.
    drop(leash);
    eprintln!("\nThe session is a folder. Try next:\n");
    for (words, what) in [
        ("verify", "checks every byte, row and digest"),
        ("qc", "statistics of each plate"),
        ("replay", "plays it again; the digests stay the same"),
        ("export --what wells --format csv", "a table for other tools"),
    ] {
        let (name, options) = words.split_once(' ').unwrap_or((words, ""));
        let line = format!("{} {name} {} {options}", plateside.display(), session.display());
        eprintln!("  {}   # {what}", line.trim_end());
    }
    Ok(())
}

/// Starts the demo lab and returns the address that it prints first.
fn demo_lab(leash: &mut Leash, plateside: &Path, speed: &str) -> Outcome<String> {
    let mut lab = Command::new(plateside);
    lab.args(["demo-lab", "--speed", speed]).current_dir(places::clone());
    let mut child = leash.start(lab.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let stdout = child.stdout.take().ok_or("the demo lab has no stdout")?;
    let mut lines = BufReader::new(stdout);
    let mut first = String::new();
    lines.read_line(&mut first).map_err(|error| format!("the demo lab: {error}"))?;
    if first.trim().is_empty() {
        return Err(format!("{} ended before it said where it serves", process::shown(&lab)));
    }
    // Whatever else it prints is read away, so that it never waits for us.
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    Ok(first.trim().to_owned())
}

/// A folder that is not there yet: process ids come again, so a number follows.
fn fresh_folder() -> PathBuf {
    let folder = |number: u32| std::env::temp_dir().join(format!("plateside-demo-{}-{number}", std::process::id()));
    (1..u32::MAX).map(folder).find(|folder| !folder.exists()).unwrap_or_else(|| folder(0))
}
