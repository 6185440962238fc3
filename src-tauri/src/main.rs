//! `plateside-app`: the window. Wiring only: what happens is in the engine.

mod arguments;
mod commands;
mod display;
mod scheme;
mod start;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    // The same binary is the Kafka worker (`DATA.md` 20): a hostile batch kills that child and not the window.
    if std::env::args_os().skip(1).take(2).eq(["worker", "consume"]) {
        return engine::feed::worker::consume();
    }
    let arguments = arguments::Arguments::parse();
    if let Err(sentence) = display::prepare() {
        return failed(&sentence);
    }
    match start::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn failed(sentence: &str) -> ExitCode {
    eprintln!("plateside-app: {sentence}");
    ExitCode::FAILURE
}
