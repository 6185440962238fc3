//! A session in short, for lists: what it is, its span, how much it holds, how busy it was when.

use std::collections::HashSet;

use plate::review::ReviewBody;
use plate::{AlertLevel, LocalBody, Record, ReviewRecord};

use crate::bundle::BundlePixels;
use crate::fault::Fault;
use crate::raw::Raw;
use crate::reader::Reader;
use crate::table::{self, batch, session};
use crate::{Error, images, previews};

/// A session in short. Reading it takes milliseconds, and some tenths of a second for millions of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionSummary {
    /// The session's UUID.
    pub id: String,
    /// When it was made, microseconds since 1970 UTC.
    pub created_at_us: i64,
    /// The broker's cluster id.
    pub cluster: String,
    /// The profile's name when it was made.
    pub profile_name: String,
    /// The id of the session that this one's decisions are about.
    pub overlay_of: Option<String>,
    /// What of pixels the bundle held that it came out of; `None` for a recording.
    pub bundle: Option<BundlePixels>,
    /// When its first commit was received, microseconds since 1970 UTC.
    pub first_us: Option<i64>,
    /// And its last.
    pub last_us: Option<i64>,
    /// Its last `seq`.
    pub last_seq: i64,
    /// Messages, undecoded ones too.
    pub messages: u64,
    /// Messages from which nothing could be read.
    pub undecoded: u64,
    /// Planes, or pieces of them.
    pub images: u64,
    /// What people and Plateside did.
    pub locals: u64,
    /// Decisions of people, made here or read from the reviews' topic, each once.
    pub decisions: u64,
    /// Events made here that the broker does not have; 0 for a bundle, whose events are never sent.
    pub unsent: u64,
    /// Alerts raised at level attention, over its whole length.
    pub attention: u64,
    /// Alerts raised at level fail.
    pub fail: u64,
    /// Bytes of the database and its log.
    pub database_bytes: u64,
    /// Bytes under `images/` and `previews/`.
    pub images_bytes: u64,
    /// Messages received in each of [`ACTIVITY_BINS`] equal parts of the span.
    pub activity: Vec<u32>,
    /// Run and barcode of every plate, sorted.
    pub plates: Vec<(String, String)>,
}

/// Parts of a session's span that activity is counted in.
pub const ACTIVITY_BINS: usize = 48;

impl Reader {
    /// The session in short, as it stands now.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`], [`Error::Io`].
    pub async fn summary(&mut self) -> Result<SessionSummary, Error> {
        let mut summary = self.look(|raw, _, _| summary(raw))?;
        let timeline = self.timeline(ACTIVITY_BINS).await?;
        if timeline.last_seq > 0 {
            (summary.first_us, summary.last_us) = (Some(timeline.first_us), Some(timeline.last_us));
        }
        summary.activity = timeline.counts.into_iter().map(|count| u32::try_from(count).unwrap_or(u32::MAX)).collect();
        for name in ["session.db", "session.db-wal"] {
            summary.database_bytes += std::fs::metadata(self.folder.join(name)).map_or(0, |m| m.len());
        }
        for file in images::list(&self.folder)? {
            summary.images_bytes += std::fs::metadata(&file.path).map_or(0, |m| m.len());
        }
        summary.images_bytes += previews::bytes(&self.folder)?;
        Ok(summary)
    }
}

fn summary(raw: &Raw) -> Result<SessionSummary, Fault> {
    let (meta, _) = session::load(raw)?;
    let last_seq = batch::last_seq(raw)?;
    let count = |sql: &str| -> Result<u64, Fault> {
        let mut statement = raw.prepare(sql)?;
        let mut rows = statement.rows(&[])?;
        Ok(rows.next()?.map_or(0, |row| row.int(0).cast_unsigned()))
    };
    let locals = count("SELECT count(*) FROM local")?;
    let (mut attention, mut fail, mut alerts) = (0, 0, 0);
    {
        let mut statement = raw.prepare("SELECT level, count(*) FROM alert GROUP BY level")?;
        let mut rows = statement.rows(&[])?;
        while let Some(row) = rows.next()? {
            let number = row.int(1).cast_unsigned();
            alerts += number;
            match row.text(0).and_then(AlertLevel::from_name) {
                Some(AlertLevel::Attention) => attention += number,
                Some(AlertLevel::Fail) => fail += number,
                Some(AlertLevel::Cleared | AlertLevel::Info) | None => {}
            }
        }
    }
    let plates = table::plate::page(raw, None, -1)?;
    let waiting = "SELECT count(*) FROM outbox WHERE delivered_seq IS NULL AND NOT EXISTS (SELECT 1 FROM bundle)";
    Ok(SessionSummary {
        id: meta.id,
        created_at_us: meta.created_at_us,
        cluster: meta.cluster,
        profile_name: meta.profile_name,
        overlay_of: meta.overlay_of,
        bundle: table::bundle::load(raw)?.map(|mark| mark.pixels),
        first_us: None,
        last_us: None,
        last_seq,
        // Every seq is a message, an alert or a local record: no need to walk two million bodies.
        messages: last_seq.cast_unsigned().saturating_sub(alerts + locals),
        undecoded: count("SELECT count(*) FROM undecoded")?,
        images: count("SELECT count(*) FROM image")?,
        locals,
        decisions: decisions(raw)?,
        unsent: count(waiting)?,
        attention,
        fail,
        database_bytes: 0,
        images_bytes: 0,
        activity: Vec::new(),
        plates: plates.into_iter().map(|(_, key)| (key.run.to_string(), key.barcode.to_string())).collect(),
    })
}

/// Decisions by their events' ids: one that was made here is read back from the topic too.
fn decisions(raw: &Raw) -> Result<u64, Fault> {
    let mut ids: HashSet<Box<str>> = HashSet::new();
    let mut of = |record: &ReviewRecord| {
        if matches!(record.body, ReviewBody::Decision(_)) {
            ids.insert(record.id.clone());
        }
    };
    let mut statement = raw.prepare("SELECT id, kind, body FROM said WHERE kind = 'reviews'")?;
    let mut rows = statement.rows(&[])?;
    while let Some(row) = rows.next()? {
        if let (_, Record::Review(review)) = table::said::read(&row)? {
            of(&review);
        }
    }
    let mut statement =
        raw.prepare("SELECT seq, at_ms, by, kind, body, prev_hash, hash FROM local WHERE kind = 'event'")?;
    let mut rows = statement.rows(&[])?;
    while let Some(row) = rows.next()? {
        if let LocalBody::Event(event) = table::local::read(&row)?.record.body {
            of(&event);
        }
    }
    Ok(ids.len() as u64)
}
