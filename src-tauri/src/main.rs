//! `plateside-app`: the window. Wiring only: what happens is in the engine.

mod arguments;
mod commands;
mod display;
mod scheme;
mod start;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    // The same binary is each worker (`DATA.md` 20): a hostile batch or model kills that child and not the window.
    let is = |worker: [&str; 2]| std::env::args_os().skip(1).take(2).eq(worker);
    if is(["worker", "consume"]) {
        return engine::feed::worker::consume();
    }
    if is(["worker", "infer"]) {
        return engine::infer::serve();
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
