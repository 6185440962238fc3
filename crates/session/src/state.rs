//! What the writer knows of its session beside the rows: where the next entry goes, and the running digests.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use plate::digest::FieldHasher;
use plate::{Origin, Source};
use wire::Kind;

use crate::Error;
use crate::derive::{self, Derived};
use crate::fault::Fault;
use crate::history::{History, SEGMENT};
use crate::inserts::Inserts;
use crate::names::{Names, Numbers};
use crate::raw::Raw;
use crate::table::checkpoint::{self, CheckpointRow, RangeRow};
use crate::table::position::Position;
use crate::table::source::{SourceRow, StreamKey};
use crate::table::{self, batch, plate_segment};

/// A checkpoint is made after this many messages,
const CHECKPOINT_MESSAGES: i64 = 10_000;
/// or after this long with any.
const CHECKPOINT_US: i64 = 60_000_000;

/// The writer's knowledge. Rebuilt from rows at start and after a failed commit.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) keeps_bodies: bool,
    pub(crate) next_seq: i64,
    pub(crate) history: History,
    pub(crate) local_head: [u8; 32],
    pub(crate) positions: HashMap<StreamKey, Position>,
    pub(crate) sources: Vec<SourceRow>,
    pub(crate) numbers: Numbers,
    /// The plates that have results in the segment that results go to, as far as this process wrote them.
    segment_plates: (i64, HashSet<i64>),
    /// What the next checkpoint says.
    ranges: BTreeMap<StreamKey, OpenRange>,
    messages: i64,
    checkpoint: (i64, i64),
}

/// The messages of one partition since the last checkpoint.
#[derive(Debug, Clone)]
pub(crate) struct OpenRange {
    first_offset: i64,
    next_offset: i64,
    messages: i64,
    digests: FieldHasher,
}

impl OpenRange {
    pub(crate) fn new(first_offset: i64) -> OpenRange {
        OpenRange {
            first_offset,
            next_offset: first_offset,
            messages: 0,
            digests: FieldHasher::new("plateside range 1"),
        }
    }

    pub(crate) fn push(&mut self, offset: i64, message_digest: &[u8; 32]) {
        self.next_offset = offset + 1;
        self.messages += 1;
        self.digests.number(offset);
        self.digests.fixed(message_digest);
    }

    pub(crate) fn into_row(self, (source, partition): StreamKey) -> RangeRow {
        RangeRow {
            source,
            partition,
            first_offset: self.first_offset,
            next_offset: self.next_offset,
            messages: self.messages,
            digest: self.digests.finish(),
        }
    }
}

impl State {
    /// Reads it from the rows: a few thousand of them at most.
    pub(crate) fn load(raw: &Raw) -> Result<State, Fault> {
        let (meta, keeps_bodies) = table::session::load(raw)?;
        let last_seq = batch::last_seq(raw)?;
        let checkpoint =
            checkpoint::last(raw)?.map_or((0, meta.created_at_us), |CheckpointRow { seq, at_us, .. }| (seq, at_us));
        let segment = last_seq / SEGMENT;
        let mut state = State {
            keeps_bodies,
            next_seq: last_seq + 1,
            history: History::after(
                segment,
                table::history::head_after(raw, segment.checked_sub(1).filter(|s| *s >= 0))?,
            ),
            local_head: table::local::last_link(raw)?,
            positions: table::position::load(raw)?.into_iter().collect(),
            sources: table::source::load(raw)?,
            numbers: Numbers::default(),
            segment_plates: (-1, HashSet::new()),
            ranges: BTreeMap::new(),
            messages: 0,
            checkpoint,
        };
        let mut names = Names::default();
        let mut after = checkpoint.0.min(segment * SEGMENT);
        while after < last_seq {
            let upto = (after + derive::WINDOW).min(last_seq);
            for entry in derive::entries(raw, &mut names, &state.sources, after, upto)? {
                state.take(&entry);
            }
            after = upto;
        }
        Ok(state)
    }

    /// Takes an entry that is in the rows already.
    fn take(&mut self, entry: &Derived) {
        if let Some(message) = &entry.message
            && entry.seq > self.checkpoint.0
        {
            self.extend_range((message.source, message.partition), message.offset, &message.digest);
        }
        if entry.seq > self.history.last_seq() {
            self.history.push(entry.kind, &entry.digest);
        }
    }

    /// The number of a source, made if it has none.
    pub(crate) fn source(&mut self, raw: &Raw, source: &Arc<Source>, kind: Kind) -> Result<i64, Fault> {
        let same = |row: &&SourceRow| Arc::ptr_eq(&row.source, source) || row.source == *source;
        if let Some(row) = self.sources.iter().find(same) {
            if row.kind != kind {
                return Err(Fault::Told(Error::KindChanged {
                    topic: source.topic.to_string(),
                    stored: row.kind.as_str(),
                    now: kind.as_str(),
                }));
            }
            return Ok(row.id);
        }
        let id = table::source::insert(raw, source, kind)?;
        self.sources.push(SourceRow { id, source: Arc::clone(source), kind });
        Ok(id)
    }

    /// Notes that a plate has a result in the segment of `seq`.
    pub(crate) fn note_segment(&mut self, inserts: &mut Inserts<'_>, plate: i64, seq: i64) -> Result<(), Fault> {
        let segment = plate_segment::of_seq(seq);
        if self.segment_plates.0 != segment {
            self.segment_plates = (segment, HashSet::new());
        }
        if self.segment_plates.1.insert(plate) {
            plate_segment::insert(inserts, plate, segment)?;
        }
        Ok(())
    }

    /// Moves a partition's end past a message: this is what keeps (source, partition, offset) unique.
    pub(crate) fn advance(&mut self, stream: StreamKey, origin: &Origin, digest: &[u8; 32]) -> Result<(), Fault> {
        let next = self.positions.get(&stream).map_or(i64::MIN, |position| position.next);
        if origin.offset < next {
            return Err(Fault::Told(Error::AlreadyStored {
                topic: origin.source.topic.to_string(),
                partition: origin.partition,
                offset: origin.offset,
                next,
            }));
        }
        let position = Position {
            next: origin.offset + 1,
            last_offset: origin.offset,
            last_timestamp_ms: origin.timestamp_ms,
            last_digest: *digest,
        };
        self.positions.insert(stream, position);
        self.extend_range(stream, origin.offset, digest);
        Ok(())
    }

    fn extend_range(&mut self, stream: StreamKey, offset: i64, digest: &[u8; 32]) {
        self.ranges.entry(stream).or_insert_with(|| OpenRange::new(offset)).push(offset, digest);
        self.messages += 1;
    }

    /// Whether enough has come since the last checkpoint.
    pub(crate) fn checkpoint_is_due(&self, at_us: i64) -> bool {
        self.messages >= CHECKPOINT_MESSAGES
            || (self.next_seq - 1 > self.checkpoint.0 && at_us.saturating_sub(self.checkpoint.1) >= CHECKPOINT_US)
    }

    /// Writes a checkpoint, if anything has come since the last one.
    pub(crate) fn checkpoint(&mut self, inserts: &mut Inserts<'_>, at_us: i64) -> Result<(), Fault> {
        let seq = self.next_seq - 1;
        if seq == self.checkpoint.0 {
            return Ok(());
        }
        checkpoint::insert(inserts, &CheckpointRow { seq, at_us, history_head: self.history.head() })?;
        for (stream, range) in std::mem::take(&mut self.ranges) {
            checkpoint::insert_range(inserts, seq, &range.into_row(stream))?;
        }
        self.messages = 0;
        self.checkpoint = (seq, at_us);
        Ok(())
    }
}
