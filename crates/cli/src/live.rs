//! The live view on a terminal: a head line, and one line a plate, most recently changed first. In a pipe: plain lines.

use std::sync::Arc;

use engine::feed::{FeedState, FeedStatus};
use engine::plate::{AlertLevel, PlateKey};
use engine::rules::words;
use engine::{PlateSummary, Progress, Tick};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::notices;
use crate::terminal::{Colour, Paint, plain, say, stderr_is_terminal};

/// Plates that are kept for the view; the terminal shows as many of them as it has lines.
const MOST_PLATES: usize = 100;
/// Cells of a plate's bar.
const BAR: u32 = 16;
/// Redraws a second.
const REDRAWS: u8 = 10;

/// Speaks about a recording, as the place where it is heard allows.
pub(crate) enum Voice {
    /// A view that is redrawn.
    Live(Live),
    /// Lines.
    Plain,
}

impl Voice {
    /// A live view where people watch stderr.
    pub(crate) fn on_stderr() -> Voice {
        if stderr_is_terminal() { Voice::Live(Live::new()) } else { Voice::Plain }
    }

    /// Says one line.
    pub(crate) fn say(&self, line: &str) {
        match self {
            // Nobody can see the terminal any more: no fault of the recording.
            Voice::Live(live) => drop(live.screen.println(line)),
            Voice::Plain => say(line),
        }
    }

    /// What changed: alerts in words, plates in the view.
    pub(crate) fn tick(&mut self, tick: &Tick) {
        for alert in &tick.alerts {
            self.say(&notices::alert(&alert.alert));
        }
        if tick.alerts_left_out > 0 {
            self.say(&format!("{} more alerts, all of them in the session", tick.alerts_left_out));
        }
        if let Voice::Live(live) = self {
            live.plates(tick);
        }
    }

    /// How far it is.
    pub(crate) fn head(&mut self, where_to: &str, progress: &Progress, feed: Option<&FeedStatus>) {
        if let Voice::Live(live) = self {
            live.head.set_message(head_line(where_to, progress, feed));
        }
    }

    /// A note on a run stays in sight.
    pub(crate) fn note(&mut self, text: &str) {
        if let Voice::Live(live) = self {
            live.note.set_message(live.paint.text(Colour::Dim, &plain(text, 300)));
        }
    }

    /// Takes the view away.
    pub(crate) fn end(&mut self) {
        if let Voice::Live(live) = self {
            drop(live.screen.clear());
            live.screen.set_draw_target(ProgressDrawTarget::hidden());
        }
    }
}

/// The view: lines are places on the screen, filled anew with every tick.
pub(crate) struct Live {
    screen: MultiProgress,
    head: ProgressBar,
    note: ProgressBar,
    lines: Vec<ProgressBar>,
    /// Most recently changed first.
    plates: Vec<PlateSummary>,
    paint: Paint,
}

impl Live {
    fn new() -> Live {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(REDRAWS));
        let (head, note) = (screen.add(text_line()), screen.add(text_line()));
        Live { screen, head, note, lines: Vec::new(), plates: Vec::new(), paint: Paint::on_stderr() }
    }

    fn plates(&mut self, tick: &Tick) {
        for changed in &tick.plates {
            let key: &Arc<PlateKey> = &changed.summary.plate;
            self.plates.retain(|plate| plate.plate != *key);
            self.plates.insert(0, changed.summary.clone());
        }
        self.plates.truncate(MOST_PLATES);
        while self.lines.len() < self.plates.len() {
            self.lines.push(self.screen.add(text_line()));
        }
        for (line, plate) in self.lines.iter().zip(&self.plates) {
            line.set_message(plate_line(plate, self.paint));
        }
    }
}

/// A line of text that is cut at the terminal's edge.
fn text_line() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new_spinner().with_style(style)
}

fn head_line(where_to: &str, progress: &Progress, feed: Option<&FeedStatus>) -> String {
    let mut parts = vec![where_to.to_owned()];
    if let Some(feed) = feed {
        parts.push(match &feed.state {
            FeedState::Connecting => "waiting for the broker".to_owned(),
            FeedState::Reading => format!("cluster {}", plain(feed.cluster.as_deref().unwrap_or("?"), 40)),
            FeedState::BrokerDown { reason } => format!("no broker: {}", plain(reason, 80)),
            FeedState::Paused { reason } => format!("paused: {}", plain(reason, 80)),
            FeedState::Restarting { exit } => format!("worker restarts: {}", plain(exit, 80)),
            FeedState::Refused { reason } => format!("refused: {}", plain(reason, 80)),
            FeedState::Stopped => "stopped".to_owned(),
        });
        parts.push(format!("{:.0} messages/s", feed.messages_per_s));
        parts.push(format!("lag {}", feed.lag_total));
    }
    parts.push(format!("{} messages", progress.messages));
    parts.push(format!("{} undecoded", progress.undecoded));
    parts.extend(progress.waiting.as_deref().map(|reason| format!("waiting: {}", plain(reason, 120))));
    parts.join(" · ")
}

/// "BR00117010  ████████░░░░  192/384  Z' 0.52 (14 of 32 controls)  attention: Z' is low".
fn plate_line(plate: &PlateSummary, paint: Paint) -> String {
    let filled = (plate.wells_in * BAR).checked_div(plate.wells_expected).unwrap_or(0).min(BAR);
    let bar: String = (0..BAR).map(|cell| if cell < filled { '█' } else { '░' }).collect();
    let worst = plate.alerts.iter().map(|(_, level)| *level).max();
    let is_complete = plate.wells_expected > 0 && plate.wells_in >= plate.wells_expected;
    let mut line =
        format!("{:<24} {bar} {:>4}/{:<4}", plain(&plate.plate.to_string(), 32), plate.wells_in, plate.wells_expected);
    if let Some(headline) = &plate.headline {
        line.push_str(&format!("  {}", notices::headline(headline)));
    }
    let found: Vec<String> = plate.alerts.iter().map(|(rule, _)| words(None, rule).title).collect();
    if let Some(worst) = worst {
        line.push_str(&format!("  {}: {}", worst.as_str(), found.join(", ")));
    }
    if let Some(stage) = &plate.stage {
        line.push_str(&format!("  {}", plain(stage, 30)));
    }
    match worst {
        Some(AlertLevel::Fail) => paint.text(Colour::Red, &line),
        Some(AlertLevel::Attention) => paint.text(Colour::Yellow, &line),
        _ if is_complete && plate.headline.as_ref().is_some_and(|h| h.z_prime.is_ok()) => {
            paint.text(Colour::Green, &line)
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::HeadlineSummary;

    fn plate() -> PlateSummary {
        PlateSummary {
            plate: Arc::new(PlateKey::new("", "BR00117010")),
            revision: 3,
            format: Some(384),
            wells_in: 192,
            wells_expected: 384,
            headline: Some(HeadlineSummary {
                feature: "Cells_Count".to_owned(),
                z_prime: Ok(0.423),
                limits: (0.5, 0.4),
                controls_in: 14,
                controls_expected: 32,
            }),
            alerts: vec![("z_prime".into(), AlertLevel::Attention), ("cv_negative".into(), AlertLevel::Attention)],
            images: 0,
            stage: Some("entered imaging".to_owned()),
            instrument: None,
            layout: None,
            last_ms: None,
        }
    }

    #[test]
    fn a_plate_in_one_line() {
        // In a test stderr may be a terminal or not: the words are the same.
        let line = plate_line(&plate(), Paint::on_stderr());
        for part in [
            "BR00117010",
            "████████░░░░░░░░  192/384",
            "Z' 0.42 (14 of 32 controls)",
            "attention: Z' is low, negatives scatter (CV)",
            "entered imaging",
        ] {
            assert!(line.contains(part), "{part:?} in {line}");
        }
    }

    #[test]
    fn a_plate_of_which_nothing_is_expected_does_not_divide_by_zero() {
        let empty =
            PlateSummary { wells_in: 0, wells_expected: 0, headline: None, alerts: vec![], stage: None, ..plate() };
        assert!(plate_line(&empty, Paint::on_stderr()).contains("0/0"));
    }
}
