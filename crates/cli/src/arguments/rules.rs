//! Arguments of `rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{EXIT_CODES, FormatChoice};

/// Check a file of rules, or try rules on a session
///
/// A rule is a CEL expression over what is known of a plate and its headline features, with a severity, a delay or a count,
/// and what to do. `rules shipped` prints those that Plateside starts with; a profile's own [[rule]] entries stand in place
/// of shipped ones of the same id, and behind them.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside rules shipped > rules.toml
  plateside rules check rules.toml
  plateside rules run monday --rules rules.toml --format csv

{EXIT_CODES}"))]
pub(crate) struct RulesArguments {
    #[command(subcommand)]
    pub(crate) what: RulesCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Check a file of rules: prints ok, rules, digest, problems
    Check {
        /// The rules, as TOML
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        format: FormatChoice,
    },
    /// Judge a session by rules from its first record on, writing nothing: prints its alerts
    Run {
        /// A session's folder
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The rules, as TOML [default: those that Plateside starts with]
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
        #[command(flatten)]
        format: FormatChoice,
    },
    /// Print the rules that Plateside starts with
    Shipped,
}
