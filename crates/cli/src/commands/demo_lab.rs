//! `demo-lab`: serves the demo lab to other processes until interrupted.

use std::io::{self, Write as _};
use std::time::Duration;

use engine::feed::demo::{DemoLab as Lab, DemoOptions, DemoProgress, demo_run};
use engine::{now_us, rfc3339};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::arguments::DemoLab;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::terminal::say;

/// How often the play is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(crate) async fn run(arguments: DemoLab) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen().map_err(|error| Failure::io(format!("signals: {error}")))?;
    let started_at_ms = now_us() / 1000;
    let today = rfc3339(started_at_ms);
    let run = demo_run(today.split('T').next().unwrap_or_default());
    let options = DemoOptions { speed: arguments.speed, started_at_ms, run: run.clone() };
    // The broker starts on a thread of its own and is waited for.
    let lab = tokio::task::block_in_place(|| Lab::start(options))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", lab.bootstrap())?;
    out.flush()?;
    drop(out);
    say(&format!(
        "playing run {run} of real LINCS plates (CC0), {} messages; no robot is running; Ctrl-C ends it",
        lab.progress().total
    ));
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} messages  {msg}");
    let bar = ProgressBar::with_draw_target(Some(lab.progress().total as u64), ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut told_end = false;
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = interrupts.next() => {
                bar.finish_and_clear();
                return Ok(());
            }
            _ = look.tick() => {
                let progress = lab.progress();
                bar.set_position(progress.sent as u64);
                bar.set_message(in_play(&progress));
                if let Some(reason) = progress.failed {
                    bar.finish_and_clear();
                    return Err(Failure::io(format!("the demo lab broke off: {reason}")));
                }
                if progress.finished && !std::mem::replace(&mut told_end, true) {
                    bar.finish_and_clear();
                    say("every plate is played; the lab stays up until Ctrl-C");
                }
            }
        }
    }
}

/// "2 of 8 plates done, playing SQ00014816, SQ00014817".
fn in_play(progress: &DemoProgress) -> String {
    let done = progress.plates.iter().filter(|(_, sent, wells)| sent >= wells).count();
    let playing: Vec<&str> = progress
        .plates
        .iter()
        .filter(|(_, sent, wells)| *sent > 0 && sent < wells)
        .map(|(barcode, _, _)| barcode.as_str())
        .collect();
    format!("{done} of {} plates done, playing {}", progress.plates.len(), playing.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_play() {
        let plates = [("A", 9, 9), ("B", 3, 9), ("C", 0, 9)].map(|(name, sent, wells)| (name.to_owned(), sent, wells));
        let progress = DemoProgress { plates: plates.to_vec(), ..DemoProgress::default() };
        assert_eq!(in_play(&progress), "1 of 3 plates done, playing B");
    }
}
