//! Processes of a running recorder, out of `/proc`: its worker, signals to it, and the memory of all of them together.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal; a process that is gone is no fault.
pub fn signal(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _gone = kill_process(pid, signal);
    }
}

/// The children of a process.
#[must_use]
pub fn children(id: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|child| parent(*child) == Some(id)).collect()
}

fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold anything; state and parent follow it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Bytes of memory that a process has to itself, shared pages in parts (PSS); 0 when it is gone.
#[must_use]
pub fn pss_bytes(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// A process and all below it, itself first.
#[must_use]
pub fn family(id: u32) -> Vec<u32> {
    let mut all = vec![id];
    let mut next = 0;
    while let Some(parent) = all.get(next).copied() {
        all.extend(children(parent));
        next += 1;
    }
    all
}

/// The memory of a process and all below it.
#[must_use]
pub fn family_pss_bytes(id: u32) -> u64 {
    family(id).into_iter().map(pss_bytes).sum::<u64>()
}

/// Clock ticks a second in `/proc`: 100 on every Linux that we know.
const TICKS_PER_S: f64 = 100.0;

fn cpu_of(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system) = (fields.next()?.parse::<f64>().ok()?, fields.next()?.parse::<f64>().ok()?);
    Some((user + system) / TICKS_PER_S)
}

/// Processor time that a process has used; 0 when it is gone.
#[must_use]
pub fn cpu_seconds(id: u32) -> f64 {
    fs::read_to_string(format!("/proc/{id}/stat")).ok().and_then(|stat| cpu_of(&stat)).unwrap_or(0.0)
}

/// Processor time that a process and all below it have used.
#[must_use]
pub fn family_cpu_seconds(id: u32) -> f64 {
    family(id).into_iter().map(cpu_seconds).sum()
}

/// This process's threads: id, name, and the processor time that each has used.
#[must_use]
pub fn thread_cpu_seconds() -> Vec<(String, String, f64)> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter_map(|task| {
            let stat = fs::read_to_string(task.path().join("stat")).ok()?;
            let name = stat.split_once('(')?.1.rsplit_once(')')?.0.to_owned();
            Some((task.file_name().to_string_lossy().into_owned(), name, cpu_of(&stat)?))
        })
        .collect()
}
