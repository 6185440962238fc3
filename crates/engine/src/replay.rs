//! Replay: a recorded session through the same road into a scratch session, so that its digests come from the same code.

use std::path::Path;

use session::{Reader, ReplaySource, SessionMeta, Writer};
use tempfile::TempDir;

use crate::committer::Committer;
use crate::digests::{Digests, digests};
use crate::intake::{Intake, Pace};
use crate::road::{Road, RoadError};

/// A replay in progress; its scratch session is deleted when this is dropped.
pub struct Replay {
    /// The road, as for a live source.
    pub road: Road,
    scratch: TempDir,
}

/// What a replay found.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Messages played.
    pub messages: u64,
    /// Records decoded from them.
    pub records: u64,
    /// How long it took.
    pub seconds: f64,
    /// The three digests.
    pub digests: Digests,
}

/// Starts playing the session in `dir`, which is only read.
///
/// # Errors
/// [`RoadError`]: no session, or no room for the scratch session.
pub async fn replay(dir: &Path, pace: Pace) -> Result<Replay, RoadError> {
    let source = ReplaySource::open(dir).await?;
    let meta: SessionMeta = Reader::open(dir).await?.meta().clone();
    let scratch = tempfile::Builder::new().prefix("plateside-replay-").tempdir().map_err(RoadError::Scratch)?;
    let writer = Writer::scratch(scratch.path(), &meta).await?;
    let committer = Committer::new(scratch.path(), writer).await?;
    let road = Road::open(scratch.path(), Intake::Replay(Box::new(source), pace), committer, None, None);
    Ok(Replay { road, scratch })
}

impl Replay {
    /// Waits for the end of the recording and computes the digests.
    ///
    /// # Errors
    /// [`RoadError`].
    pub async fn finish(mut self) -> Result<Replayed, RoadError> {
        self.road.until_ended().await;
        let finished = self.road.finish().await?;
        let digests = digests(self.scratch.path(), &finished.board).await?;
        let counts = Reader::open(self.scratch.path()).await?.counts().await?;
        Ok(Replayed { messages: counts.messages, records: counts.records, seconds: finished.seconds, digests })
    }
}
