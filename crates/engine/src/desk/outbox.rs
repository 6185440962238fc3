//! The outbox as the window sees it, and what goes into it beside decisions: exclusions.

use std::sync::Arc;

use plate::review::{Person, ReviewBody};
use plate::{ExclusionEvent, LocalBody, PlateKey, ReviewRecord, Spot, Well};
use uuid::Uuid;
use wire::Kind;

use super::Desk;
use super::chosen::NoArgs;
use super::failure::Answer;
use super::recording::Recording;
use super::reviewed::{OutboxDetail, OutboxRow};
use super::showing::Showing;
use crate::clock::now_us;
use crate::outbox::{OutboxSender, OutboxSettings, OutboxState};
use crate::record::RecordSettings;
use crate::road::Road;

/// Events in one answer.
const MOST_ROWS: usize = 200;

impl Desk {
    /// Events that wait for the broker.
    ///
    /// # Errors
    /// `session`.
    pub async fn outbox(&self, _: NoArgs) -> Answer<OutboxDetail> {
        let recording = self.recording.lock().await.clone();
        let elsewhere = self.unsent_elsewhere(recording.as_ref().map(|ours| &*ours.dir));
        let Some(sender) = recording.as_ref().and_then(|ours| ours.outbox.as_ref()) else {
            let state = word(OutboxState::Empty);
            return Ok(OutboxDetail { waiting: 0, state, says: None, rows: Vec::new(), elsewhere });
        };
        let standing = sender.standing();
        let dir = recording.as_ref().map(|ours| ours.dir.clone()).unwrap_or_default();
        let waiting = session::Reader::open(&dir).await?.outbox(0, MOST_ROWS).await?;
        let rows = waiting.into_iter().map(|row| {
            let refused =
                standing.refused.iter().find(|(event, _)| *event == row.event).map(|(_, words)| words.clone());
            let header = |name: &str| {
                row.headers.last(name).map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default()
            };
            let kind = header("ce_type");
            let kind = kind.trim_start_matches("plateside.").trim_end_matches(".v1");
            OutboxRow {
                says: format!("{kind} {}", header("ce_subject")),
                by: by_of(&row.body),
                at_ms: crate::clock::parse_time_ms(&header("ce_time")).unwrap_or_default(),
                event: row.event.to_string(),
                refused,
            }
        });
        Ok(OutboxDetail {
            waiting: u32::try_from(standing.waiting).unwrap_or(u32::MAX),
            state: word(standing.state),
            says: standing.says.clone(),
            rows: rows.collect(),
            elsewhere,
        })
    }

    /// Tries the outbox again now.
    ///
    /// # Errors
    /// None.
    pub async fn send_outbox(&self, _: NoArgs) -> Answer<()> {
        self.nudge_outbox().await;
        Ok(())
    }

    /// There is something to send.
    pub(super) async fn nudge_outbox(&self) {
        if let Some(sender) = self.recording.lock().await.as_ref().and_then(|ours| ours.outbox.as_ref()) {
            sender.nudge();
        }
    }

    /// How many events of all sessions wait, and what is done about them.
    pub(super) fn outbox_now(&self, recording: Option<&Recording>) -> (u32, String) {
        let standing = recording.and_then(|ours| ours.outbox.as_ref()).map(OutboxSender::standing).unwrap_or_default();
        let elsewhere = self.unsent_elsewhere(recording.map(|ours| &*ours.dir));
        let elsewhere = elsewhere.iter().fold(0, |sum: u32, (_, unsent)| sum.saturating_add(*unsent));
        let state = match standing.state {
            OutboxState::Empty if elsewhere > 0 => OutboxState::Held,
            state => state,
        };
        (u32::try_from(standing.waiting).unwrap_or(u32::MAX).saturating_add(elsewhere), word(state))
    }

    /// The sender of a recording; none where this installation cannot say who it is.
    pub(super) fn outbox_sender(&self, road: &Arc<Road>, settings: &RecordSettings) -> Option<OutboxSender> {
        let installation = self.installation.id().ok()?;
        let topic = settings.topics.iter().find(|(kind, _)| *kind == Kind::Reviews).map(|(_, topic)| topic.clone());
        let (dir, brokers) = (road.dir().to_owned(), settings.brokers.clone());
        Some(OutboxSender::start(road, OutboxSettings { dir, brokers, topic, installation }))
    }

    /// What others are told of wells that were excluded or restored here.
    pub(super) async fn exclusion_event(
        &self,
        showing: &Showing,
        plate: &Arc<PlateKey>,
        wells: &[Well],
        event: ExclusionEvent,
        reason: &str,
    ) -> Answer<LocalBody> {
        Ok(LocalBody::Event(Arc::new(ReviewRecord {
            plate: Arc::clone(plate),
            spot: Spot::default(),
            id: Uuid::now_v7().to_string().into(),
            source: self.event_source(showing).await?,
            at_ms: now_us() / 1000,
            sequence: Some(self.installation.next_sequence(1)?),
            correlation: None,
            supersedes: None,
            by: Some(Person { user: self.options.user.as_str().into(), name: None }),
            body: ReviewBody::Exclusion { wells: wells.into(), event, reason: reason.into() },
        })))
    }
}

fn word(state: OutboxState) -> String {
    match state {
        OutboxState::Empty => "empty",
        OutboxState::Offline => "offline",
        OutboxState::Reading => "reading",
        OutboxState::Sending => "sending",
        OutboxState::Failing => "failing",
        OutboxState::Held => "held",
    }
    .to_owned()
}

/// Who signed an event, out of its body.
fn by_of(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Signed {
        by: Option<By>,
    }
    #[derive(serde::Deserialize)]
    struct By {
        user: String,
        name: Option<String>,
    }
    let signed: Option<Signed> = serde_json::from_slice(body).ok();
    signed.and_then(|signed| signed.by).map(|by| by.name.unwrap_or(by.user)).unwrap_or_default()
}
