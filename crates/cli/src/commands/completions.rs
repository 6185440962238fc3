//! `completions`: what a shell needs to complete this command line.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::arguments::{Arguments, Completions, ShellName};
use crate::failure::Failure;

pub(crate) fn run(arguments: Completions) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    // Whole, so that a pipe that closes ends quietly as everywhere.
    out.write_all(&script(arguments.shell))?;
    Ok(out.flush()?)
}

fn script(shell: ShellName) -> Vec<u8> {
    let shell = match shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
        ShellName::Powershell => Shell::PowerShell,
    };
    let mut script = Vec::new();
    generate(shell, &mut shown(), "plateside", &mut script);
    script
}

/// The command line without what Plateside starts by itself.
fn shown() -> clap::Command {
    let whole = Arguments::command();
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect::<Vec<_>>();
    clap::Command::new("plateside").version(env!("CARGO_PKG_VERSION")).args(whole.get_arguments()).subcommands(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_every_command_and_no_worker() {
        for shell in [ShellName::Bash, ShellName::Zsh, ShellName::Fish, ShellName::Powershell] {
            let script = String::from_utf8(script(shell)).unwrap();
            for word in ["record", "until-idle", "demo-lab", "completions", "version"] {
                assert!(script.contains(word), "{shell:?} knows {word}");
            }
            assert!(!script.contains("worker"), "{shell:?} offers what nobody starts");
        }
    }
}
