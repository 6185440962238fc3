//! The payload of a messages frame: Kafka messages in a compact layout, read back as slices of the one frame.
//!
//! ```text
//! u32 messages, u32 tails
//! per message: u16 topic (its place in the configuration), u32 incarnation, i32 partition, i64 offset,
//!              i64 timestamp_ms (-1: none), i32 key length (-1: null), u32 headers length,
//!              i32 body length (-1: null); key; headers in their stored form; body
//! per tail:    u16 topic, i32 partition, then of this frame's last message of that partition:
//!              i64 offset, i64 timestamp_ms, 32 bytes: plate's digest
//! ```
//! All little-endian. A frame holds up to [`FULL`] bytes, or one larger message. The tails let the parent ask, after
//! a crash, whether the topic is still the one that was read (`DATA.md` 2).

use std::sync::Arc;

use bytes::Bytes;
use plate::digest::message_digest;
use plate::{Origin, Source};
use wire::envelope::{Envelope, Headers, Kind};

use crate::frame::{self, FrameError, FrameKind, HEAD};

/// A frame with this many bytes is handed over.
pub const FULL: usize = 1 << 20;

const COUNTS: usize = 8;
const FIXED: usize = 2 + 4 + 4 + 8 + 8 + 4 + 4 + 4;
const TAIL: usize = 2 + 4 + 8 + 8 + 32;

/// Where a message stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Place of the topic in the configuration.
    pub topic: u16,
    /// The topic's life.
    pub incarnation: u32,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// Kafka's timestamp in milliseconds, -1 for none.
    pub timestamp_ms: i64,
}

/// The last message of one partition in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// Place of the topic in the configuration.
    pub topic: u16,
    /// The partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its timestamp in milliseconds, -1 for none.
    pub timestamp_ms: i64,
    /// Its digest.
    pub digest: [u8; 32],
}

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

struct Parts<'a> {
    place: Place,
    key: Option<&'a [u8]>,
    headers: &'a [u8],
    body: Option<&'a [u8]>,
}

fn number<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

fn part<'a>(bytes: &mut &'a [u8], length: i32) -> Option<Option<&'a [u8]>> {
    if length == -1 {
        return Some(None);
    }
    let (part, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(Some(part))
}

fn split_message(mut bytes: &[u8]) -> Option<(Parts<'_>, &[u8])> {
    let place = Place {
        topic: u16::from_le_bytes(number(&mut bytes)?),
        incarnation: u32::from_le_bytes(number(&mut bytes)?),
        partition: i32::from_le_bytes(number(&mut bytes)?),
        offset: i64::from_le_bytes(number(&mut bytes)?),
        timestamp_ms: i64::from_le_bytes(number(&mut bytes)?),
    };
    let key_length = i32::from_le_bytes(number(&mut bytes)?);
    let headers_length = u32::from_le_bytes(number(&mut bytes)?);
    let body_length = i32::from_le_bytes(number(&mut bytes)?);
    let key = part(&mut bytes, key_length)?;
    let headers = part(&mut bytes, i32::try_from(headers_length).ok()?)??;
    let body = part(&mut bytes, body_length)?;
    Some((Parts { place, key, headers, body }, bytes))
}

/// Why a payload is not messages. It comes from a worker of ours, so this means that the worker is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedMessages {
    /// A length or a count lies.
    #[error("a messages frame ends in the middle, or goes on after its end")]
    Lengths,
    /// Headers that are none.
    #[error("a messages frame holds headers that do not read")]
    Headers,
    /// A topic that was never configured.
    #[error("a messages frame names topic number {0}, which was not asked for")]
    Topic(u16),
}

/// The envelopes and tails of a payload (without its head); every part is a slice of it.
/// `look_up` says what a topic's number and incarnation stand for.
///
/// # Errors
/// [`MalformedMessages`]; nothing is allocated on the word of a count.
pub fn read(
    payload: &Bytes,
    mut look_up: impl FnMut(u16, u32) -> Option<(Arc<Source>, Kind)>,
) -> Result<(Vec<Envelope>, Vec<Tail>), MalformedMessages> {
    let mut rest: &[u8] = payload;
    let counts = |rest: &mut &[u8]| Some((u32::from_le_bytes(number(rest)?), u32::from_le_bytes(number(rest)?)));
    let (count, tail_count) = counts(&mut rest).ok_or(MalformedMessages::Lengths)?;
    if (count as usize).saturating_mul(FIXED).saturating_add((tail_count as usize).saturating_mul(TAIL)) > rest.len() {
        return Err(MalformedMessages::Lengths);
    }
    let mut envelopes: Vec<Envelope> = Vec::with_capacity(count as usize);
    let mut known: Option<(u16, u32, Arc<Source>, Kind)> = None;
    for _ in 0..count {
        let (message, after) = split_message(rest).ok_or(MalformedMessages::Lengths)?;
        rest = after;
        let place = message.place;
        if !known.as_ref().is_some_and(|known| (known.0, known.1) == (place.topic, place.incarnation)) {
            let (source, kind) =
                look_up(place.topic, place.incarnation).ok_or(MalformedMessages::Topic(place.topic))?;
            known = Some((place.topic, place.incarnation, source, kind));
        }
        let Some((_, _, source, kind)) = &known else { continue };
        let headers = if message.headers.is_empty() {
            Headers::default()
        } else {
            Headers::from_bytes(payload.slice_ref(message.headers)).map_err(|_| MalformedMessages::Headers)?
        };
        envelopes.push(Envelope {
            origin: Origin {
                source: source.clone(),
                partition: place.partition,
                offset: place.offset,
                timestamp_ms: place.timestamp_ms,
            },
            kind: *kind,
            key: message.key.map(|key| payload.slice_ref(key)),
            headers,
            body: message.body.map(|body| payload.slice_ref(body)),
        });
    }
    let mut tails = Vec::with_capacity(tail_count as usize);
    for _ in 0..tail_count {
        tails.push(split_tail(&mut rest).ok_or(MalformedMessages::Lengths)?);
    }
    if rest.is_empty() { Ok((envelopes, tails)) } else { Err(MalformedMessages::Lengths) }
}

fn split_tail(rest: &mut &[u8]) -> Option<Tail> {
    Some(Tail {
        topic: u16::from_le_bytes(number(rest)?),
        partition: i32::from_le_bytes(number(rest)?),
        offset: i64::from_le_bytes(number(rest)?),
        timestamp_ms: i64::from_le_bytes(number(rest)?),
        digest: number(rest)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
    use super::*;
    use proptest::prelude::*;

    type Sent = (u16, i32, i64, Option<Vec<u8>>, Vec<u8>, Option<Vec<u8>>);

    fn look_up(topic: u16, incarnation: u32) -> Option<(Arc<Source>, Kind)> {
        let source = Source { cluster: "c".into(), topic: format!("t{topic}").into(), incarnation };
        (topic < 3).then(|| (Arc::new(source), Kind::Results))
    }

    fn frame_of(sent: &[Sent]) -> (Bytes, Vec<Tail>) {
        let mut builder = FrameBuilder::default();
        for (index, (topic, partition, timestamp_ms, key, header, body)) in sent.iter().enumerate() {
            let (topic, partition, timestamp_ms) = (*topic, *partition, *timestamp_ms);
            let place = Place { topic, incarnation: 7, partition, offset: index as i64, timestamp_ms };
            let push = |bytes: &mut Vec<u8>| {
                if !header.is_empty() {
                    wire::envelope::push_header(bytes, "h", Some(header));
                }
            };
            builder.push(place, key.as_deref(), push, body.as_deref());
        }
        let (frame, tails) = builder.take(Vec::new()).unwrap();
        assert!(builder.is_empty(), "the builder begins anew");
        (Bytes::from(frame).slice(HEAD..), tails)
    }

    fn messages() -> impl Strategy<Value = Vec<Sent>> {
        let bytes = || proptest::collection::vec(any::<u8>(), 0..20);
        let optional = move || proptest::option::of(bytes());
        proptest::collection::vec((0u16..3, -1i32..4, -1i64..9, optional(), bytes(), optional()), 0..30)
    }

    proptest! {
        #[test]
        fn messages_read_back_and_tails_name_the_last_of_each_partition(sent in messages()) {
            let (payload, written) = frame_of(&sent);
            let (envelopes, tails) = read(&payload, look_up).unwrap();
            prop_assert_eq!(envelopes.len(), sent.len());
            for (index, (envelope, (topic, partition, timestamp_ms, key, header, body))) in envelopes.iter().zip(&sent).enumerate() {
                prop_assert_eq!(&*envelope.origin.source.topic, format!("t{topic}"));
                prop_assert_eq!(envelope.origin.source.incarnation, 7);
                prop_assert_eq!((envelope.origin.partition, envelope.origin.offset), (*partition, index as i64));
                prop_assert_eq!(envelope.origin.timestamp_ms, *timestamp_ms);
                prop_assert_eq!(envelope.key.as_deref(), key.as_deref());
                prop_assert_eq!(envelope.body.as_deref(), body.as_deref());
                prop_assert_eq!(envelope.headers.last("h").unwrap_or_default(), header.as_slice());
            }
            prop_assert_eq!(&tails, &written);
            for tail in &tails {
                let last = envelopes.iter().rfind(|e| (e.origin.partition, &*e.origin.source.topic) == (tail.partition, &*format!("t{}", tail.topic))).unwrap();
                prop_assert_eq!(last.origin.offset, tail.offset);
                prop_assert_eq!(tail.digest, message_digest(last.origin.timestamp_ms, last.key.as_deref(), last.headers.as_bytes(), last.body.as_deref()));
            }
        }

        #[test]
        fn no_truncation_reads(sent in messages(), cut in 1usize..400) {
            let (payload, _) = frame_of(&sent);
            let cut = cut.min(payload.len());
            prop_assert!(read(&payload.slice(..payload.len() - cut), look_up).is_err());
        }

        #[test]
        fn any_damage_is_survived(sent in messages(), at in any::<prop::sample::Index>(), with in any::<u8>()) {
            let mut bytes = frame_of(&sent).0.to_vec();
            let at = at.index(bytes.len());
            bytes[at] = with;
            let _ = read(&Bytes::from(bytes), look_up);
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&Bytes::from(bytes), look_up);
        }
    }

    #[test]
    fn a_frame_around_a_message_is_the_frame_with_it() {
        let place = Place { topic: 1, incarnation: 7, partition: 2, offset: 3, timestamp_ms: 4 };
        let headers = |bytes: &mut Vec<u8>| wire::envelope::push_header(bytes, "h", Some(b"v"));
        let mut builder = FrameBuilder::default();
        builder.push(place, Some(b"key"), headers, Some(b"body"));
        let (frame, tails) = builder.take(Vec::new()).unwrap();
        let around = around(place, Some(b"key"), headers, b"body").unwrap();
        assert_eq!([around.before.as_slice(), b"body", &around.after].concat(), frame);
        assert_eq!([around.tail].as_slice(), tails);
    }

    #[test]
    fn a_count_of_four_billion_allocates_nothing() {
        let error = read(&Bytes::from_static(&[0xff; 64]), look_up).unwrap_err();
        assert_eq!(error, MalformedMessages::Lengths);
    }
}
