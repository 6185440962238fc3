//! `cargo xtask …`: set-up and chores. No dependencies, because this is what installs things.
#![allow(clippy::print_stdout, reason = "a command for the terminal")]

mod chores;
mod demo;
mod deny;
mod kafka;
mod leash;
mod libtest;
mod look;
mod needs;
mod onnxruntime;
mod package;
mod places;
mod process;
mod report;
mod stream;
mod suites;
mod window;

use std::env;
use std::process::ExitCode;

const HELP: &str = "\
Set-up and chores of Plateside. Every command installs what it needs, or says what to type where it may not.

cargo xtask COMMAND

  run [--speed N]             build the window and open it on the demo lab (60 times a lab's pace)
  run --headless [--speed N]  the same in this terminal, without a window
  test [--all] [FILTER]       every suite, with times; --all adds soaks; FILTER is a suite or part of tests' names
  look [--again] [--readme]   a picture of every screen in both themes, under target/look
  package --deb               a Debian package of window and command line, started once to prove it
  bench NAME [ARGS…]          measure against a real broker and a peer: road, window, pixels, plate
  soak NAME [--times N]       hours of abuse, for instance: soak kill --times 50
  kafka start|stop|status     a real broker on 127.0.0.1 that stays; `start` prints its address
  kafka acl deny-groups       deny consumer groups to everyone on that broker
  kafka acl allow-groups      and take that back

Downloads and tools are kept in $XDG_CACHE_HOME/plateside, else ~/.cache/plateside; delete it at any time.
CI=true makes every skipped test a failure. CARGO_TARGET_DIR and JAVA_HOME are honoured.
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let outcome = match args.split_first() {
        Some((command, rest)) => match command.as_str() {
            "run" => demo::command(rest),
            "test" => suites::command(rest),
            "look" => look::command(rest),
            "package" => package::command(rest),
            "bench" => chores::bench_command(rest),
            "soak" => chores::soak_command(rest),
            "kafka" => kafka::command(rest),
            // Not for people: see leash.rs.
            "leash" => leash::guard(),
            "help" | "--help" | "-h" => {
                print!("{HELP}");
                Ok(())
            }
            other => Err(format!("no command {other:?}\n\n{HELP}")),
        },
        None => Err(format!("no command\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The verdict on tests has been printed already, and must stay the last line.
            if !error.is_empty() {
                eprintln!("xtask: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
