//! Time on the desk: the timeline, playing, seeking, and the way back to the live edge.

use std::sync::Arc;

use super::Desk;
use super::chosen::{Mark, NoArgs, SeekArgs, SpeedArgs, Timeline, TimelineArgs};
use super::failure::Answer;
use super::showing::{Showing, Stage};
use super::told::Level;
use crate::player::{Player, PlayerMode, PlayerStart, SeekTo};

/// Marks on the timeline: the newest.
const MARKS: usize = 500;

impl Desk {
    /// The session's time from its first receipt to its last.
    ///
    /// # Errors
    /// `nothing_open`, `session`.
    pub async fn timeline(&self, args: TimelineArgs) -> Answer<Timeline> {
        let showing = self.showing()?;
        let bins = usize::from(args.bins.clamp(1, 4096));
        let mut reader = showing.reader.lock().await;
        let timeline = reader.timeline(bins).await?;
        let is_empty = timeline.last_seq == 0;
        let last_seq = timeline.last_seq;
        let marks = if is_empty { Vec::new() } else { reader.alert_marks().await? };
        let skip = marks.len().saturating_sub(MARKS);
        let alerts = match marks.get(skip) {
            Some(first) => reader.alerts_between(first.seq - 1, last_seq).await?,
            None => Vec::new(),
        };
        drop(reader);
        let marks = marks.iter().skip(skip).zip(&alerts).map(|(mark, (_, alert))| Mark {
            at_ms: mark.at_us / 1000,
            seq: mark.seq,
            level: super::alerts::level(mark.level),
            says: says(alert),
        });
        Ok(Timeline {
            first_ms: (!is_empty).then_some(timeline.first_us / 1000),
            last_ms: (!is_empty).then_some(timeline.last_us / 1000),
            counts: timeline.counts.iter().map(|count| u32::try_from(*count).unwrap_or(u32::MAX)).collect(),
            marks: marks.filter(|mark| mark.level != Level::Ok).collect(),
        })
    }

    /// Plays on from where the desk stands; at the end, from the beginning.
    ///
    /// # Errors
    /// `nothing_open`, `replay`.
    pub async fn play(&self, _: NoArgs) -> Answer<()> {
        let player = self.player(SeekTo::End).await?;
        let position = player.position().borrow().clone();
        if position.mode == PlayerMode::Ended || position.seq >= position.last_seq {
            player.seek(SeekTo::Start).await?;
        }
        Ok(player.play().await?)
    }

    /// Holds. At the live edge this rewinds to now; the recording goes on.
    ///
    /// # Errors
    /// `nothing_open`, `replay`.
    pub async fn pause(&self, _: NoArgs) -> Answer<()> {
        Ok(self.player(SeekTo::End).await?.pause().await?)
    }

    /// How fast to play.
    ///
    /// # Errors
    /// `nothing_open`, `replay`.
    pub async fn speed(&self, args: SpeedArgs) -> Answer<()> {
        Ok(self.player(SeekTo::End).await?.speed(args.speed).await?)
    }

    /// Goes to a moment.
    ///
    /// # Errors
    /// `nothing_open`, `replay`.
    pub async fn seek(&self, args: SeekArgs) -> Answer<()> {
        let to = match args {
            SeekArgs::Time { ms } => SeekTo::TimeMs(ms),
            SeekArgs::Seq { seq } => SeekTo::Seq(seq),
            SeekArgs::Start => SeekTo::Start,
            SeekArgs::End => SeekTo::End,
        };
        let player = self.player(to).await?;
        player.seek(to).await?;
        Ok(())
    }

    /// Back to the live edge: of our recording, of a session that another process records, else to the end.
    ///
    /// # Errors
    /// `nothing_open`, `replay`.
    pub async fn live_edge(&self, _: NoArgs) -> Answer<()> {
        let showing = self.showing()?;
        let Stage::Player(player) = &showing.stage else { return Ok(()) };
        if showing.rewound {
            return self.show_recording().await;
        }
        match self.is_recorded_elsewhere(&showing.dir).await {
            true => player.follow().await?,
            false => drop(player.seek(SeekTo::End).await?),
        }
        Ok(())
    }

    /// The player on the desk; from the live edge of our recording one is put there, at `to`.
    async fn player(&self, to: SeekTo) -> Answer<Player> {
        let showing = self.showing()?;
        let road = match &showing.stage {
            Stage::Player(player) => return Ok(player.clone()),
            Stage::Live(road) => Arc::clone(road),
        };
        let player = Player::open(road.dir(), PlayerStart::Start).await?;
        player.seek(to).await?;
        let rewound = Showing::new(road.dir(), Stage::Player(player.clone()), true, showing.demo).await?;
        self.show(Some(rewound));
        Ok(player)
    }
}

/// An alert for a tooltip.
fn says(alert: &plate::Alert) -> String {
    let (barcode, title) = (&alert.plate.barcode, crate::rules::words(None, &alert.rule).title);
    if alert.spot.well.is_some() {
        return format!("{barcode}: {title}, {}", crate::rules::place(alert));
    }
    match (alert.value, alert.limit) {
        (Some(value), Some(limit)) => format!("{barcode}: {title}, {value:.2}, limit {limit:.2}"),
        (Some(value), None) => format!("{barcode}: {title}, {value:.2}"),
        (None, _) => format!("{barcode}: {title}"),
    }
}
