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

/// The same of a process and its children.
#[must_use]
pub fn family_pss_bytes(id: u32) -> u64 {
    pss_bytes(id) + children(id).into_iter().map(pss_bytes).sum::<u64>()
}
