//! `plateside` on the command line: record, replay, verify, qc, export, figure, score, and the demo lab for other processes.
//!
//! What stands here is the stable outside (`CLI.md`): arguments, output formats, exit codes, words for people. All
//! that happens happens in the engine.
#![allow(clippy::print_stdout, reason = "this is the one that speaks")]

mod arguments;
mod commands;
mod failure;
mod interrupt;
mod live;
mod notices;
mod output;
mod printed;
mod report;
mod terminal;
mod values;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command, WorkerCommand};
use crate::failure::Failure;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for and go to stdout; a closed pipe there is no fault.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(failure::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    // A worker is a process of its own: no runtime, no formats, only frames on stdin and stdout.
    match arguments.command {
        Command::Worker { command: WorkerCommand::Consume } => return engine::feed::worker::consume(),
        Command::Worker { command: WorkerCommand::Infer } => return engine::infer::serve(),
        _ => {}
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::io(format!("the program cannot start its threads: {error}")).tell(),
    };
    let ended = runtime.block_on(commands::run(arguments.command));
    // An end at once must not wait for threads that wait for a disk or a broker.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
