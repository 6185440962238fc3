//! The walk over all entries, in order, as they were committed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use plate::digest::message_digest;

use super::leftovers::beyond;
use super::{Findings, PartitionOffsets};
use crate::Error;
use crate::derive::{self, Derived, DerivedMessage};
use crate::fault::Fault;
use crate::history::{EntryKind, History, SEGMENT};
use crate::images;
use crate::messages::one_message;
use crate::names::Names;
use crate::raw::Raw;
use crate::state::OpenRange;
use crate::table;
use crate::table::batch::{self, BatchRow};
use crate::table::checkpoint::{self, CheckpointRow};
use crate::table::position::Position;
use crate::table::source::{SourceRow, StreamKey};

/// What is known of one partition so far.
struct Stream {
    first: i64,
    gaps: u64,
    position: Position,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) problems: Findings,
    pub(super) notes: Findings,
    /// The first entry with which something is wrong.
    pub(super) first_bad: Option<i64>,
    pub(super) offsets: Vec<PartitionOffsets>,
    /// The history digest of what is there.
    pub(super) history: [u8; 32],
}

/// The state of a verification.
pub(super) struct Verifier<'f> {
    pub(super) folder: &'f Path,
    sources: Vec<SourceRow>,
    pub(super) keeps_bodies: bool,
    pub(super) problems: Findings,
    pub(super) notes: Findings,
    /// The first entry with which something is wrong.
    first_bad: Option<i64>,
    /// Up to here digests were compared and agree.
    whole_upto: i64,
    history: History,
    local_head: [u8; 32],
    streams: HashMap<StreamKey, Stream>,
    ranges: BTreeMap<StreamKey, OpenRange>,
    next_checkpoint: Option<CheckpointRow>,
    batch: Option<BatchRow>,
    /// Bodies that messages name, with a message's seq.
    pub(super) files: HashSet<[u8; 32]>,
    /// Bodies that were left out of the bundle that the session came in, with their bytes.
    left_out: HashMap<[u8; 32], u64>,
}

impl<'f> Verifier<'f> {
    pub(super) fn start(raw: &Raw, folder: &'f Path) -> Result<Verifier<'f>, Fault> {
        Ok(Verifier {
            folder,
            sources: table::source::load(raw)?,
            keeps_bodies: table::session::load(raw)?.1,
            problems: Findings::default(),
            notes: Findings::default(),
            first_bad: None,
            whole_upto: 0,
            history: History::after(0, [0; 32]),
            local_head: [0; 32],
            streams: HashMap::new(),
            ranges: BTreeMap::new(),
            next_checkpoint: checkpoint::at_or_after(raw, 0)?,
            batch: None,
            files: HashSet::new(),
            left_out: HashMap::new(),
        })
    }

    pub(super) fn run(
        mut self,
        raw: &Raw,
        names: &mut Names,
        tell: &mut (dyn FnMut(i64, i64) -> ControlFlow<()> + Send),
    ) -> Result<Found, Fault> {
        self.quick_check(raw)?;
        let last_seq = batch::last_seq(raw)?;
        let beyond = beyond(raw, last_seq)?;
        if beyond > 0 {
            self.problems.add(|| format!("{beyond} entries stand after {last_seq}, the last that was committed"));
        }
        let mut after = 0;
        while after < last_seq {
            let upto = (after + derive::WINDOW).min(last_seq);
            match derive::entries(raw, names, &self.sources, after, upto) {
                Ok(entries) => self.walk(raw, after, upto, &entries)?,
                Err(Fault::Damaged(reason)) => {
                    // The rest of the window cannot be derived; the chain is broken from here on.
                    self.problems.add(|| format!("entries {} to {upto}: {reason}", after + 1));
                    self.bad_from(self.whole_upto + 1);
                    self.history = History::after(0, [0; 32]);
                    return self.finish(raw);
                }
                Err(fault) => return Err(fault),
            }
            after = upto;
            if tell(after, last_seq).is_break() {
                return Err(Error::Stopped.into());
            }
        }
        self.finish(raw)
    }

    fn walk(&mut self, raw: &Raw, after: i64, upto: i64, entries: &[Derived]) -> Result<(), Fault> {
        let mut entries = entries.iter().peekable();
        for seq in after + 1..=upto {
            let found = self.problems.count();
            let entry = entries.next_if(|entry| entry.seq == seq);
            match entry {
                // Goes on with a digest that nothing has, so that what follows is counted from its own seq.
                None => self.problems.add(|| format!("entry {seq} is missing")),
                Some(entry) => {
                    while let Some(twice) = entries.next_if(|entry| entry.seq == seq) {
                        let (kind, other) = (entry.kind, twice.kind);
                        self.problems.add(|| format!("entry {seq} stands twice, as {kind:?} and {other:?}"));
                    }
                }
            }
            self.step(raw, seq, entry)?;
            if self.problems.count() > found {
                self.bad_from(seq);
            }
        }
        Ok(())
    }

    /// What was found says of no entry before this one that it is bad.
    fn bad_from(&mut self, seq: i64) {
        self.first_bad = Some(self.first_bad.map_or(seq, |known| known.min(seq)));
    }

    /// One entry: batch, stream, chain, history and checkpoint.
    fn step(&mut self, raw: &Raw, seq: i64, entry: Option<&Derived>) -> Result<(), Fault> {
        if self.batch.is_none_or(|batch| seq > batch.last_seq) {
            let next = batch::at_or_after(raw, seq)?;
            if next.is_none_or(|batch| batch.first_seq != seq) {
                self.problems.add(|| format!("no commit begins at entry {seq}"));
            }
            self.batch = next;
        }
        if let Some(message) = entry.and_then(|entry| entry.message.as_ref()) {
            self.message(raw, seq, message)?;
        }
        if let Some(local) = entry.and_then(|entry| entry.local.as_ref()) {
            if local.prev_hash != self.local_head {
                self.problems
                    .add(|| format!("local record {seq} does not follow the one before it in the audit chain"));
            }
            if local.hash != local.derived {
                self.problems.add(|| format!("local record {seq} was changed: its contents do not give its hash"));
            }
            self.local_head = local.hash;
        }
        let (kind, digest) = entry.map_or((EntryKind::Message, [0; 32]), |entry| (entry.kind, entry.digest));
        if let Some((segment, head)) = self.history.push(kind, &digest) {
            match table::history::head_after(raw, Some(segment)) {
                Ok(stored) if stored == head => self.whole_upto = seq,
                Ok(stored) => {
                    let first = segment * SEGMENT + 1;
                    self.problems.add(|| {
                        format!("something in entries {first} to {seq} was changed: their history digest differs")
                    });
                    self.bad_from(self.whole_upto + 1);
                    // From the stored head on, so that each changed segment is named and no other.
                    self.history = History::after(segment + 1, stored);
                }
                Err(Fault::Damaged(reason)) => self.problems.add(|| reason),
                Err(fault) => return Err(fault),
            }
        }
        if self.next_checkpoint.is_some_and(|checkpoint| checkpoint.seq == seq) {
            self.compare_checkpoint(raw)?;
        }
        Ok(())
    }

    fn message(&mut self, raw: &Raw, seq: i64, message: &DerivedMessage) -> Result<(), Fault> {
        let DerivedMessage { source, partition, offset, .. } = *message;
        let place = || format!("message {seq} ({}[{partition}] offset {offset})", topic(&self.sources, source));
        if message.records == 0 && !message.is_undecoded {
            self.problems.add(|| format!("{} has neither records nor a reason why not", place()));
        }
        if message.records > 0 && message.is_undecoded {
            self.problems.add(|| format!("{} has records and a reason why it has none", place()));
        }
        let position = Position {
            next: offset + 1,
            last_offset: offset,
            last_timestamp_ms: message.timestamp_ms,
            last_digest: message.digest,
        };
        match self.streams.get_mut(&(source, partition)) {
            None => _ = self.streams.insert((source, partition), Stream { first: offset, gaps: 0, position }),
            Some(stream) if offset < stream.position.next => {
                let known = stream.position.last_offset;
                self.problems.add(|| format!("{} stands after offset {known}: twice, or out of order", place()));
            }
            Some(stream) => {
                stream.gaps += offset.abs_diff(stream.position.next);
                stream.position = position;
            }
        }
        let range = self.ranges.entry((source, partition)).or_insert_with(|| OpenRange::new(offset));
        range.push(offset, &message.digest);
        if let Some(sha256) = message.body_sha
            && self.keeps_bodies
        {
            self.files.insert(sha256);
            self.body(raw, seq, &sha256, &message.digest)?;
        }
        Ok(())
    }

    /// The file of a body has the bytes of its name, and with key and headers they give the message's digest.
    fn body(&mut self, raw: &Raw, seq: i64, sha256: &[u8; 32], digest: &[u8; 32]) -> Result<(), Fault> {
        let envelope = match one_message(raw, &self.sources, self.folder, seq) {
            Ok(Some(message)) => match message.left_out {
                Some(bytes) => {
                    self.left_out.insert(*sha256, bytes);
                    return Ok(());
                }
                None => message.envelope,
            },
            Ok(None) => return Ok(()),
            Err(Fault::Told(error)) => {
                self.problems.add(|| format!("message {seq}: {error}"));
                return Ok(());
            }
            Err(fault) => return Err(fault),
        };
        let (key, headers) = (envelope.key.as_deref(), envelope.headers.as_bytes());
        if images::sha256(envelope.body.as_deref().unwrap_or_default()) != *sha256 {
            let path = images::path_of(self.folder, sha256);
            self.problems
                .add(|| format!("{} was changed: its bytes do not give its name (message {seq})", path.display()));
        } else if message_digest(envelope.origin.timestamp_ms, key, headers, envelope.body.as_deref()) != *digest {
            self.problems
                .add(|| format!("message {seq} was changed: its key, headers and body do not give its digest"));
        }
        Ok(())
    }

    fn compare_checkpoint(&mut self, raw: &Raw) -> Result<(), Fault> {
        let Some(stored) = self.next_checkpoint.take() else { return Ok(()) };
        let found = self.problems.count();
        if stored.history_head != self.history.head() {
            self.problems.add(|| {
                format!("checkpoint {}: something before it was changed, its history digest differs", stored.seq)
            });
        }
        let mut derived: BTreeMap<StreamKey, _> = std::mem::take(&mut self.ranges)
            .into_iter()
            .map(|(stream, range)| (stream, range.into_row(stream)))
            .collect();
        for range in checkpoint::ranges(raw, stored.seq)? {
            if derived.remove(&(range.source, range.partition)) != Some(range) {
                self.problems.add(|| {
                    let topic = topic(&self.sources, range.source);
                    let (partition, first, next) = (range.partition, range.first_offset, range.next_offset);
                    format!("{topic}[{partition}] offsets {first} to {next} (before it) were changed: the digest of checkpoint {} differs", stored.seq)
                });
            }
        }
        for (source, partition) in derived.into_keys() {
            self.problems.add(|| {
                let topic = topic(&self.sources, source);
                format!("{topic}[{partition}] has messages that checkpoint {} does not know", stored.seq)
            });
        }
        match self.problems.count() == found {
            true => self.whole_upto = stored.seq,
            false => self.bad_from(self.whole_upto + 1),
        }
        self.next_checkpoint = checkpoint::at_or_after(raw, stored.seq + 1)?;
        Ok(())
    }

    fn finish(mut self, raw: &Raw) -> Result<Found, Fault> {
        for (stream, position) in table::position::load(raw)? {
            let derived = self.streams.get(&stream).map(|stream| stream.position);
            let is_untouched = derived.is_none() && position == Position::untouched(position.next);
            if derived != Some(position) && !is_untouched {
                let topic = topic(&self.sources, stream.0);
                self.problems
                    .add(|| format!("{topic}[{}]: its stored position is not that of its last message", stream.1));
            }
        }
        if table::local::last_link(raw)? != self.local_head {
            self.problems.add(|| "the audit chain does not end where its last record says".to_owned());
        }
        if let Some(checkpoint) = self.next_checkpoint {
            self.problems.add(|| format!("checkpoint {} covers entries that are not there", checkpoint.seq));
        }
        self.orphans(raw)?;
        self.segments(raw)?;
        self.pieces(raw)?;
        self.strange_files()?;
        let previews = self.previews(raw)?;
        if !self.left_out.is_empty() {
            for (sha256, is_pixels) in table::bundle::body_files(raw)? {
                if !is_pixels && self.left_out.contains_key(&sha256) {
                    let name = hex::encode(sha256);
                    self.problems.add(|| format!("body {name} was left out of a bundle and is no image: it is gone"));
                }
            }
            let (bodies, bytes) =
                (self.left_out.len(), self.left_out.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes)));
            let seen = if previews == 0 { String::new() } else { format!("; {previews} previews came along") };
            self.notes.add(|| {
                format!("{bodies} image bodies ({bytes} bytes) were left out of the bundle that this came in{seen}")
            });
        }
        let mut offsets: Vec<_> = self
            .streams
            .iter()
            .filter_map(|((source, partition), stream)| {
                let row = self.sources.iter().find(|row| row.id == *source)?;
                Some(PartitionOffsets {
                    source: Arc::clone(&row.source),
                    partition: *partition,
                    first: stream.first,
                    next: stream.position.next,
                    gaps: stream.gaps,
                })
            })
            .collect();
        offsets.sort_by(|a, b| (&a.source, a.partition).cmp(&(&b.source, b.partition)));
        let history = self.history.head();
        Ok(Found { problems: self.problems, notes: self.notes, first_bad: self.first_bad, offsets, history })
    }
}

fn topic(sources: &[SourceRow], id: i64) -> &str {
    sources.iter().find(|row| row.id == id).map_or("an unknown topic", |row| &row.source.topic)
}
