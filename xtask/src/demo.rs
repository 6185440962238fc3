//! `cargo xtask run`: the demo lab beside a recorder that watches it, in the terminal.
use crate::leash::Leash;
use crate::process::{self, Outcome};
use crate::{needs, places};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// So many times a real lab's pace, unless told: a plate a few seconds.
const SPEED: &str = "60";

/// Builds the command line, plays the demo and says what to try next.
pub(crate) fn command(args: &[String]) -> Outcome<()> {
    let speed = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => SPEED.to_owned(),
        ["--speed", speed] => (*speed).to_owned(),
        _ => return Err("usage: cargo xtask run [--speed N]".to_owned()),
    };
    needs::compilers()?;
    let mut build = Command::new(needs::cargo());
    build.args(["build", "--locked", "--package", "plateside-cli"]).current_dir(places::clone());
    let mut leash = Leash::new()?;
    leash.run(&mut build)?;

    let plateside = places::built("debug", "plateside");
    let brokers = demo_lab(&mut leash, &plateside, &speed)?;
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
