//! One file a command: arguments in, the engine's answer out.

mod bundle;
mod completions;
mod demo_lab;
mod export;
mod export_records;
mod figure;
mod image;
mod normalise;
mod open;
mod qc;
mod record;
mod replay;
mod rules;
mod score;
mod summary;
mod verify;

use crate::arguments::Command;
use crate::failure::Failure;

/// Runs a command to its end.
pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Record(record) => record::run(record).await,
        Command::Replay(replay) => replay::run(replay).await,
        Command::Verify(verify) => verify::run(verify).await,
        Command::Qc(qc) => qc::run(qc).await,
        Command::Normalise(normalise) => normalise::run(normalise).await,
        Command::Rules(rules) => rules::run(rules).await,
        Command::Export(export) => export::run(export).await,
        Command::Image(image) => image::run(&image),
        Command::Score(score) => score::run(score).await,
        Command::Figure(figure) => figure::run(figure).await,
        Command::Bundle(bundle) => bundle::run(bundle).await,
        Command::Open(open) => open::run(open).await,
        Command::DemoLab(demo) => demo_lab::run(demo).await,
        Command::Completions(completions) => completions::run(completions),
        // Handled before there is a runtime.
        Command::Worker { .. } => Ok(()),
    }
}
