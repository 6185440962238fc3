//! `cargo xtask kafka start|stop|status|acl`: a real broker for tests, benches and soaks.
mod broker;
mod jars;
mod state;

use crate::process::{self, Outcome};
use crate::{needs, places};
pub(crate) use state::Running;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The sub-command as typed.
pub(crate) fn command(args: &[String]) -> Outcome<()> {
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["start"] => {
            let (running, fresh) = start()?;
            let how = if fresh { "started" } else { "runs already" };
            eprintln!("xtask: Apache Kafka {how}, process {}, data and log in {}", running.pid, running.data.display());
            println!("{}", running.bootstrap());
            Ok(())
        }
        ["stop"] => {
            let what = if stop()? { "stopped" } else { "did not run" };
            eprintln!("xtask: Apache Kafka {what}");
            Ok(())
        }
        ["status"] => {
            let running = running().ok_or("Apache Kafka does not run; start it: cargo xtask kafka start")?;
            eprintln!("xtask: Apache Kafka runs, process {}, data and log in {}", running.pid, running.data.display());
            println!("{}", running.bootstrap());
            Ok(())
        }
        ["acl", "deny-groups"] => deny_groups(true),
        ["acl", "allow-groups"] => deny_groups(false),
        _ => Err("usage: cargo xtask kafka start | stop | status | acl deny-groups | acl allow-groups".to_owned()),
    }
}

/// Fetches the broker's jars unless the cache has them.
pub(crate) fn fetch() -> Outcome<()> {
    jars::class_path().map(|_| ())
}

/// The broker of this clone, started unless it runs; `true` when this call started it.
pub(crate) fn start() -> Outcome<(Running, bool)> {
    let _turn = turn()?;
    if let Some(running) = running() {
        return Ok((running, false));
    }
    clear()?;
    let running = broker::start(&needs::java()?, &jars::class_path()?)?;
    state::save(&state_file(), &running).inspect_err(|_| end(&running))?;
    Ok((running, true))
}

/// Stops the broker and removes its data; `false` when none ran.
pub(crate) fn stop() -> Outcome<bool> {
    let _turn = turn()?;
    let was_running = running().is_some();
    clear()?;
    Ok(was_running)
}

/// The broker that runs now.
fn running() -> Option<Running> {
    state::load(&state_file()).filter(Running::is_alive)
}

/// Ends what the state file speaks of, and removes what a broker left that ended on its own.
fn clear() -> Outcome<()> {
    if let Some(left) = state::load(&state_file()) {
        end(&left);
    }
    state::forget(&state_file())
}

fn end(running: &Running) {
    process::end(&[(running.pid, running.since)], Duration::from_secs(10));
    // Only a folder that broker.rs named is removed, whatever the state file says.
    let ours = running.data.file_name().is_some_and(|name| name.to_string_lossy().starts_with("plateside-kafka-"));
    if ours {
        let _best_effort = fs::remove_dir_all(&running.data);
    }
}

fn state_file() -> PathBuf {
    places::target().join("kafka-bed").join("running")
}

/// Two calls at once take turns: the second finds what the first started.
fn turn() -> Outcome<File> {
    let file = state_file().with_extension("lock");
    let failed = |error| format!("cannot lock {}: {error}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let lock = File::create(&file).map_err(failed)?;
    lock.lock().map_err(failed)?;
    Ok(lock)
}

/// Denies every right on every consumer group to everyone, or takes that back.
fn deny_groups(deny: bool) -> Outcome<()> {
    let running = running().ok_or("Apache Kafka does not run; start it: cargo xtask kafka start")?;
    let mut acl: Command = broker::java(&needs::java()?, &jars::class_path()?);
    acl.args(["org.apache.kafka.tools.AclCommand", "--bootstrap-server", &running.bootstrap()]);
    acl.args(["--deny-principal", "User:ANONYMOUS", "--operation", "All", "--group", "*"]);
    acl.args(if deny { ["--add", "--force"] } else { ["--remove", "--force"] });
    process::read(&mut acl)?;
    eprintln!("xtask: consumer groups are {}", if deny { "denied to everyone" } else { "open to everyone" });
    Ok(())
}
