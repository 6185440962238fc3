//! Reading messages frames: the parent's side.

use std::sync::Arc;

use bytes::Bytes;
use plate::{Origin, Source};
use wire::envelope::{Envelope, Headers, Kind};

use super::{FIXED, Place, TAIL, Tail};

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
        if known.as_ref().is_none_or(|known| (known.0, known.1) != (place.topic, place.incarnation)) {
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

/// A message in its parts, as slices of the frame.
pub(super) struct Parts<'a> {
    pub(super) place: Place,
    pub(super) key: Option<&'a [u8]>,
    pub(super) headers: &'a [u8],
    pub(super) body: Option<&'a [u8]>,
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

/// The first message and what follows it.
pub(super) fn split_message(mut bytes: &[u8]) -> Option<(Parts<'_>, &[u8])> {
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

fn split_tail(rest: &mut &[u8]) -> Option<Tail> {
    Some(Tail {
        topic: u16::from_le_bytes(number(rest)?),
        partition: i32::from_le_bytes(number(rest)?),
        offset: i64::from_le_bytes(number(rest)?),
        timestamp_ms: i64::from_le_bytes(number(rest)?),
        digest: number(rest)?,
    })
}
