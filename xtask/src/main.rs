//! `cargo xtask …`: set-up and chores. No dependencies, because this is what installs things.
#![allow(clippy::print_stdout, reason = "a command for the terminal")]

mod kafka;
mod needs;
mod places;
mod process;

use std::env;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  kafka start|stop|status     a real broker on 127.0.0.1; `start` prints its address
  kafka acl deny-groups|allow-groups
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let outcome = match args.split_first() {
        Some((command, rest)) => match command.as_str() {
            "kafka" => kafka::command(rest),
            "help" | "--help" | "-h" => {
                print!("{HELP}");
                Ok(())
            }
            other => Err(format!("no command {other:?}\n\n{HELP}")),
        },
        None => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
