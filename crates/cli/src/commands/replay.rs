//! `replay`: a recorded session through the same road again.

use std::time::Duration;

use engine::Pace;
use engine::session::Reader;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::summary;
use crate::arguments::Replay;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::output::print_one;
use crate::report::Node;

pub(crate) async fn run(arguments: Replay) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen().map_err(|error| Failure::io(format!("signals: {error}")))?;
    let total = Reader::open(&arguments.dir).await?.counts().await?.messages;
    // Up to and including the millisecond that was named.
    let until_us = arguments.until.map(|ms| ms.saturating_mul(1000).saturating_add(999));
    let replay = engine::replay(&arguments.dir, Pace { speed: arguments.speed.0, until_us }).await?;
    let bar = bar(total);
    let progress = replay.road.progress();
    let watching = async {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            look.tick().await;
            bar.set_position(progress.borrow().messages);
        }
    };
    let replayed = tokio::select! {
        replayed = replay.finish() => replayed?,
        () = watching => return Ok(()),
        () = interrupts.next() => {
            bar.finish_and_clear();
            return Err(Failure::io("the replay was ended before its end; the session is untouched"));
        }
    };
    bar.finish_and_clear();
    let result = Node::object([
        ("messages", Node::count(replayed.messages)),
        ("records", Node::count(replayed.records)),
        ("seconds", Node::from(replayed.seconds)),
        ("digest", summary::digests(&replayed.digests)),
    ]);
    print_one(arguments.format.get(), &result)
}

/// A bar on a terminal, nothing in a pipe.
fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("replaying {wide_bar} {pos}/{len} messages {eta}");
    ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
