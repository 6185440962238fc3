//! Nothing that xtask started outlives it: a small process of its own group waits for xtask's end and ends the rest.
//!
//! A signal handler would need a dependency or `unsafe`, and could not outlive a SIGKILL. Instead `xtask leash` reads a pipe
//! that only xtask writes to. When xtask ends, however it ends, the pipe ends, and what is still held is ended by its id.
use crate::kafka::{self, Running};
use crate::process::{self, Outcome};
use std::env;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// Holds processes, and perhaps the broker; dropping it ends whatever is still held, and waits for that.
pub(crate) struct Leash {
    guard: Child,
    pipe: Option<ChildStdin>,
}

impl Leash {
    pub(crate) fn new() -> Outcome<Self> {
        let failed = |error: io::Error| format!("cannot start the guard of child processes: {error}");
        let mut guard = Command::new(env::current_exe().map_err(failed)?);
        // A group of its own, so that Ctrl-C at the terminal does not end it before its work is done.
        guard.arg("leash").process_group(0).stdin(Stdio::piped());
        let mut guard = guard.spawn().map_err(failed)?;
        let pipe = guard.stdin.take();
        Ok(Leash { guard, pipe })
    }

    /// Starts the command; it and what it starts end with the leash unless `wait` saw it end.
    pub(crate) fn start(&mut self, command: &mut Command) -> Outcome<Child> {
        let child = command.spawn().map_err(|error| format!("{}: {error}", process::shown(command)))?;
        // One that ended at once has no start time any more, and needs no holding.
        if let Some(since) = process::born(child.id()) {
            self.tell(&format!("hold {} {since}", child.id()));
        }
        Ok(child)
    }

    /// Waits for the end of a child that `start` returned; `true` for exit code 0.
    pub(crate) fn wait(&mut self, mut child: Child) -> Outcome<bool> {
        let status = child.wait().map_err(|error| format!("cannot wait for process {}: {error}", child.id()))?;
        self.tell(&format!("free {}", child.id()));
        Ok(status.success())
    }

    /// Runs the command to its end with our terminal; an exit code other than 0 is an error that names it.
    pub(crate) fn run(&mut self, command: &mut Command) -> Outcome<()> {
        let child = self.start(command)?;
        if self.wait(child)? { Ok(()) } else { Err(format!("{} failed", process::shown(command))) }
    }

    /// A broker for the lifetime of the leash: the one that runs already and then stays, or one of our own.
    pub(crate) fn broker(&mut self) -> Outcome<Running> {
        let (running, fresh) = kafka::start()?;
        if fresh {
            self.tell("hold broker");
        }
        Ok(running)
    }

    fn tell(&mut self, line: &str) {
        if let Some(pipe) = &mut self.pipe {
            // A guard that someone ended cannot be told anything; the chore itself goes on.
            let _guard_is_gone = writeln!(pipe, "{line}").and_then(|()| pipe.flush());
        }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.pipe = None;
        let _ended = self.guard.wait();
    }
}

/// What the guard still holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    processes: Vec<(u32, u64)>,
    broker: bool,
}

impl Held {
    fn hear(&mut self, line: &str) {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["hold", "broker"] => self.broker = true,
            ["hold", pid, since] => {
                if let (Ok(pid), Ok(since)) = (pid.parse(), since.parse()) {
                    self.processes.push((pid, since));
                }
            }
            ["free", pid] => self.processes.retain(|(held, _)| pid.parse() != Ok(*held)),
            _ => {}
        }
    }
}

/// The guard's whole life: listen until the pipe ends, then end what is held.
pub(crate) fn guard() -> Outcome<()> {
    let mut held = Held::default();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        held.hear(&line);
    }
    for (pid, since) in held.processes {
        if process::born(pid) == Some(since) {
            process::end_family(pid, Duration::from_secs(5));
        }
    }
    if held.broker { kafka::stop().map(|_| ()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_holds_what_was_not_freed() {
        let mut held = Held::default();
        for line in ["hold 10 100", "hold 11 101", "hold broker", "free 10", "hold x 1", "", "sing"] {
            held.hear(line);
        }
        assert_eq!(held, Held { processes: vec![(11, 101)], broker: true });
    }
}
