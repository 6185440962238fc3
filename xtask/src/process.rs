//! Other programs: run one to its end, look at one by its id, end one.
//!
//! A process is known by its id and its start time together: ids are given out again, and xtask must not end a stranger.
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What went wrong, in words for the person at the terminal.
pub(crate) type Outcome<T> = Result<T, String>;

/// Runs to the end with our terminal; an exit code other than 0 is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

/// Runs to the end and returns stdout and stderr; only a program that cannot be started, or that fails, is an error.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{}: {error}", shown(command)))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("{} ended with {}\n{}", shown(command), output.status, text.trim_end()))
    }
}

/// Whether the program can be started and ends well.
pub(crate) fn works(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The command as one would type it: its program without the folder.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

/// When a process began, in ticks since the machine started; `None` once it is gone or a zombie.
pub(crate) fn born(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = after_name(&stat)?;
    let state = *fields.first()?;
    if state == "Z" { None } else { fields.get(19)?.parse().ok() }
}

/// The fields of a `/proc/…/stat` line after the program's name, which may itself hold spaces and brackets.
fn after_name(stat: &str) -> Option<Vec<&str>> {
    stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect())
}

/// A process and everything it started, itself first.
fn family(pid: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let parent = after_name(&stat).and_then(|fields| fields.get(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (child, parent)));
    }
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        next += 1;
    }
    found
}

/// Ends a process and everything it started.
pub(crate) fn end_family(pid: u32, patience: Duration) {
    let known = family(pid).into_iter().filter_map(|pid| Some((pid, born(pid)?)));
    end(&known.collect::<Vec<_>>(), patience);
}

/// Asks the processes to end, waits, and then makes those end that still run. Each is (id, start time); strangers stay.
pub(crate) fn end(processes: &[(u32, u64)], patience: Duration) {
    let alive = || processes.iter().filter(|(pid, since)| born(*pid) == Some(*since)).map(|(pid, _)| *pid);
    signal("TERM", &alive().collect::<Vec<_>>());
    let asked = Instant::now();
    while alive().next().is_some() {
        if asked.elapsed() > patience {
            signal("KILL", &alive().collect::<Vec<_>>());
            return;
        }
        sleep(Duration::from_millis(20));
    }
}

fn signal(name: &str, pids: &[u32]) {
    if pids.is_empty() {
        return;
    }
    // The shell's own `kill`: a minimal system has no separate program of that name.
    let list = pids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("kill -{name} {list}")]).stderr(Stdio::null());
    // A process that ended on its own in between is what we wanted.
    let _ended_already = shell.status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_past_a_name_with_brackets() {
        let fields = after_name("42 (a) b (c) S 1 42 42 0").expect("the line has a name");
        assert_eq!(fields, ["S", "1", "42", "42", "0"], "the name ends at the last bracket");
    }

    #[test]
    fn a_process_that_runs_has_a_start_and_one_that_ended_has_none() {
        let mut child = Command::new("sleep").arg("30").spawn().expect("sleep starts");
        let since = born(child.id()).expect("it runs");
        assert!(family(std::process::id()).contains(&child.id()), "we started it");
        end(&[(child.id(), since + 1)], Duration::from_millis(50));
        assert_eq!(born(child.id()), Some(since), "another start time is another process: left alone");
        end(&[(child.id(), since)], Duration::from_secs(5));
        assert_eq!(born(child.id()), None, "ended");
        child.wait().expect("it is our child");
    }
}
