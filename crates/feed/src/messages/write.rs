//! Writing messages frames: the worker's side.

use plate::digest::message_digest;

use super::read::split_message;
use super::{COUNTS, FIXED, FULL, Place, TAIL, Tail};
use crate::frame::{self, FrameError, FrameKind, HEAD};

/// A frame being filled by the worker.
#[derive(Debug)]
pub struct FrameBuilder {
    bytes: Vec<u8>,
    count: u32,
    /// (topic, partition, where its last message begins).
    last: Vec<(u16, i32, usize)>,
    /// Which of `last` the message before this one belonged to: messages come in runs.
    recent: usize,
}

impl Default for FrameBuilder {
    fn default() -> FrameBuilder {
        FrameBuilder::reusing(Vec::new())
    }
}

impl FrameBuilder {
    /// An empty frame in the memory of an earlier one.
    #[must_use]
    pub fn reusing(mut bytes: Vec<u8>) -> FrameBuilder {
        bytes.clear();
        bytes.resize(HEAD + COUNTS, 0);
        FrameBuilder { bytes, count: 0, last: Vec::new(), recent: 0 }
    }

    /// Whether it holds no message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether it holds enough to be handed over.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Whether another message of this many bytes would make it longer than [`FULL`].
    #[must_use]
    pub fn overflows_with(&self, bytes: usize) -> bool {
        self.count > 0 && self.bytes.len() + FIXED + bytes > FULL
    }

    /// Appends a message. `headers` appends the stored form of its headers.
    pub fn push(&mut self, place: Place, key: Option<&[u8]>, headers: impl FnOnce(&mut Vec<u8>), body: Option<&[u8]>) {
        let start = self.bytes.len();
        push_all_but_body(&mut self.bytes, place, key, headers, body);
        self.bytes.extend_from_slice(body.unwrap_or_default());
        self.count += 1;

        let is_it = |&(topic, partition, _): &(u16, i32, usize)| topic == place.topic && partition == place.partition;
        if !self.last.get(self.recent).is_some_and(is_it) {
            self.recent = self.last.iter().position(is_it).unwrap_or(self.last.len());
            if self.recent == self.last.len() {
                self.last.push((place.topic, place.partition, start));
            }
        }
        self.last[self.recent].2 = start;
    }

    /// Takes the frame, head included, and its tails; the builder begins anew, in the memory of `spare`.
    ///
    /// # Errors
    /// [`FrameError::Length`] where one message is longer than a frame may be; the message is gone from the builder.
    pub fn take(&mut self, spare: Vec<u8>) -> Result<(Vec<u8>, Vec<Tail>), FrameError> {
        let FrameBuilder { mut bytes, count, last, .. } = std::mem::replace(self, FrameBuilder::reusing(spare));
        let mut tails = Vec::with_capacity(last.len());
        for (topic, partition, start) in last {
            // What was written here a moment ago reads back.
            let Some((message, _)) = split_message(&bytes[start..]) else { continue };
            let digest = message_digest(message.place.timestamp_ms, message.key, message.headers, message.body);
            let (offset, timestamp_ms) = (message.place.offset, message.place.timestamp_ms);
            tails.push(Tail { topic, partition, offset, timestamp_ms, digest });
        }
        for tail in &tails {
            push_tail(&mut bytes, tail);
        }
        let head = frame::head(FrameKind::Messages, bytes.len() - HEAD)?;
        bytes[..HEAD].copy_from_slice(&head);
        bytes[HEAD..HEAD + 4].copy_from_slice(&count.to_le_bytes());
        bytes[HEAD + 4..HEAD + 8].copy_from_slice(&(tails.len() as u32).to_le_bytes());
        Ok((bytes, tails))
    }
}

/// A frame around one message whose body is written from where it lies.
#[derive(Debug)]
pub struct Around {
    /// The frame up to the body, head included.
    pub before: Vec<u8>,
    /// The frame behind it.
    pub after: Vec<u8>,
    /// The message in short.
    pub tail: Tail,
}

/// The frame of one large message, without a copy of its body.
///
/// # Errors
/// [`FrameError::Length`] where it is longer than a frame may be.
pub fn around(
    place: Place,
    key: Option<&[u8]>,
    headers: impl FnOnce(&mut Vec<u8>),
    body: &[u8],
) -> Result<Around, FrameError> {
    let mut before = vec![0; HEAD];
    before.extend_from_slice(&1u32.to_le_bytes());
    before.extend_from_slice(&1u32.to_le_bytes());
    let headers_at = push_all_but_body(&mut before, place, key, headers, Some(body));
    let digest = message_digest(place.timestamp_ms, key, &before[headers_at..], Some(body));
    let Place { topic, partition, offset, timestamp_ms, .. } = place;
    let tail = Tail { topic, partition, offset, timestamp_ms, digest };
    let mut after = Vec::with_capacity(TAIL);
    push_tail(&mut after, &tail);
    let head = frame::head(FrameKind::Messages, before.len() - HEAD + body.len() + after.len())?;
    before[..HEAD].copy_from_slice(&head);
    Ok(Around { before, after, tail })
}

/// Appends everything of a message before its body; returns where its headers begin.
fn push_all_but_body(
    bytes: &mut Vec<u8>,
    place: Place,
    key: Option<&[u8]>,
    headers: impl FnOnce(&mut Vec<u8>),
    body: Option<&[u8]>,
) -> usize {
    // One append of a whole piece: eight small ones cost a tenth of the worker's time.
    let mut fixed = [0; FIXED];
    fixed[..2].copy_from_slice(&place.topic.to_le_bytes());
    fixed[2..6].copy_from_slice(&place.incarnation.to_le_bytes());
    fixed[6..10].copy_from_slice(&place.partition.to_le_bytes());
    fixed[10..18].copy_from_slice(&place.offset.to_le_bytes());
    fixed[18..26].copy_from_slice(&place.timestamp_ms.to_le_bytes());
    fixed[26..30].copy_from_slice(&length_of(key).to_le_bytes());
    fixed[34..].copy_from_slice(&length_of(body).to_le_bytes());
    let headers_length_at = bytes.len() + 30;
    bytes.extend_from_slice(&fixed);
    bytes.extend_from_slice(key.unwrap_or_default());
    let headers_at = bytes.len();
    headers(bytes);
    let headers_length = (bytes.len() - headers_at) as u32;
    if headers_length > 0 {
        bytes[headers_length_at..headers_length_at + 4].copy_from_slice(&headers_length.to_le_bytes());
    }
    headers_at
}

fn push_tail(bytes: &mut Vec<u8>, tail: &Tail) {
    bytes.extend_from_slice(&tail.topic.to_le_bytes());
    bytes.extend_from_slice(&tail.partition.to_le_bytes());
    bytes.extend_from_slice(&tail.offset.to_le_bytes());
    bytes.extend_from_slice(&tail.timestamp_ms.to_le_bytes());
    bytes.extend_from_slice(&tail.digest);
}

fn length_of(part: Option<&[u8]>) -> i32 {
    part.map_or(-1, |part| part.len() as i32)
}
