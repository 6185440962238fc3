//! The child process that reads Kafka. It knows the broker and a pipe, nothing else: no files, no SQLite, no state that
//! would be missed. It ends when its stdin closes, when its parent is gone, and whenever anything is amiss.

mod check;
pub(crate) mod client;
mod copy;
mod limits;
mod outlet;
mod reader;
mod survey;
mod topic;
#[cfg(test)]
mod topic_tests;
mod verdict;

use std::io::{self, Read};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::control::{Configuration, Order, Report};
use crate::frame::{self, FrameKind};
use outlet::Outlet;

/// Runs the worker on stdin and stdout until the parent closes them: the hidden command `worker consume`.
#[must_use]
pub fn consume() -> ExitCode {
    limits::small_stacks();
    copy::quiet_caught_panics();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut stdin = io::stdin().lock();
    let configuration = match frame::read(&mut stdin) {
        Ok(Some((FrameKind::Configuration, payload))) => serde_json::from_slice::<Configuration>(&payload)
            .map_err(|error| format!("the worker's configuration does not read: {error}"))?,
        Ok(None) => return Ok(()),
        Ok(Some((kind, _))) => return Err(format!("the worker's first frame is {kind:?}, not its configuration")),
        Err(error) => return Err(format!("the worker got no configuration: {error}")),
    };
    drop(stdin);
    limits::limit_data(configuration.memory_limit_bytes);
    let outlet = Outlet::to_stdout().map_err(|error| format!("the worker cannot write to its parent: {error}"))?;
    let paused = Arc::new(AtomicBool::new(false));
    let wish = paused.clone();
    let listen = move || listen_for_orders(&wish);
    std::thread::Builder::new()
        .name("orders".to_owned())
        .spawn(listen)
        .map_err(|error| format!("the worker cannot listen to its parent: {error}"))?;
    if configuration.check {
        check::check(&configuration, &outlet)?;
        // A parent that does not listen is told nothing.
        let _ = outlet.drain(std::time::Duration::from_secs(2));
        return Ok(());
    }
    match reader::read(&configuration, &outlet, &paused) {
        Ok(never) => match never {},
        Err(reader::Ended::Failed(reason)) => Err(reason),
        Err(reader::Ended::Told(report)) => {
            tell(&outlet, &report);
            // A parent that does not listen is told nothing.
            let _ = outlet.drain(std::time::Duration::from_secs(2));
            Err(format!("{report:?}"))
        }
    }
}

/// Writes a report behind the frames before it.
fn tell(outlet: &Outlet, report: &Report) {
    let frame = serde_json::to_vec(report).map(|payload| frame::whole(FrameKind::Report, &payload));
    match frame {
        Ok(Ok(frame)) => outlet.report(frame),
        // Longer than any report may be: the parent is told so, in a report that is not.
        Ok(Err(error)) => eprintln!("a report was left out: {error}"),
        Err(error) => eprintln!("a report was left out: {error}"),
    }
}

/// Obeys the parent, and ends the process with it: however the parent ends, its end of the pipe closes.
#[expect(clippy::disallowed_methods, reason = "the parent is gone; there is nobody left to return an exit code to")]
fn listen_for_orders(paused: &AtomicBool) {
    let mut stdin = io::stdin().lock();
    while let Some(order) = next_order(&mut stdin) {
        paused.store(order == Order::Pause, Ordering::Release);
    }
    std::process::exit(0);
}

fn next_order(stdin: &mut impl Read) -> Option<Order> {
    match frame::read(stdin) {
        Ok(Some((FrameKind::Order, payload))) => serde_json::from_slice(&payload).ok(),
        Ok(_) | Err(_) => None,
    }
}
