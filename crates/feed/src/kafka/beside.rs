//! What goes on beside the frames of one life: orders to the worker, ticks of the meter, the worker's stderr.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::process::{ChildStderr, ChildStdin};
use tokio::sync::{mpsc, watch};

use super::Delivery;
use super::child;
use super::event::FeedEvent;
use super::gauge::Gauge;
use crate::control::{Configuration, Order};
use crate::frame::FrameKind;

const TICK: Duration = Duration::from_millis(500);

/// Gives the worker its configuration, and then each change of the pause. A pipe that breaks is noticed by its reader.
pub(super) async fn give_orders(
    mut stdin: ChildStdin,
    configuration: Configuration,
    mut paused: watch::Receiver<Option<String>>,
    gauge: &Gauge,
    deliver: &mpsc::Sender<Delivery>,
) -> std::convert::Infallible {
    let mut was_paused = false;
    let orders = async {
        let payload = serde_json::to_vec(&configuration).map_err(std::io::Error::other)?;
        child::write(&mut stdin, FrameKind::Configuration, &payload).await?;
        loop {
            let reason = paused.borrow_and_update().clone();
            if reason.is_some() != was_paused {
                was_paused = reason.is_some();
                let order = if was_paused { Order::Pause } else { Order::Resume };
                let payload = serde_json::to_vec(&order).map_err(std::io::Error::other)?;
                child::write(&mut stdin, FrameKind::Order, &payload).await?;
                let event = match &reason {
                    Some(reason) => FeedEvent::Paused { reason: reason.clone() },
                    None => FeedEvent::Resumed,
                };
                gauge.change(|meter| meter.paused = reason);
                deliver.send(Delivery::Event(event)).await.map_err(std::io::Error::other)?;
            } else if reason.is_some() {
                gauge.change(|meter| meter.paused = reason);
            }
            paused.changed().await.map_err(std::io::Error::other)?;
        }
    };
    let _: std::io::Result<std::convert::Infallible> = orders.await;
    // Closing stdin would end the worker: it is kept until the life is over.
    std::future::pending().await
}

/// Publishes the meter a few times a second while anything moves.
pub(super) async fn keep_time(gauge: &Gauge) -> std::convert::Infallible {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let moved = gauge.meter().tick(Instant::now());
        if moved {
            gauge.change(|_| {});
        }
    }
}

/// Turns what the worker writes to stderr into events, and keeps the last of it.
pub(super) async fn listen(stderr: ChildStderr, last_words: &Mutex<String>, deliver: &mpsc::Sender<Delivery>) {
    let mut lines = child::Lines::new(stderr);
    while let Some(text) = lines.next().await {
        last_words.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&text);
        // Nobody listening ends the life elsewhere.
        let _ = deliver.send(Delivery::Event(FeedEvent::Log { level: 4, text })).await;
    }
}
