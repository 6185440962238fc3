//! Frames between the worker and its parent, on stdin and stdout.
//!
//! ```text
//! u32  length of the payload, little-endian
//! u8   kind: 1 configuration, 2 order (parent to worker); 3 report, 4 messages (worker to parent)
//! …    payload: JSON for 1, 2, 3 (see `control`), binary for 4 (see `messages`)
//! ```
//! A length is checked against its kind's limit before anything is allocated.

use std::io::{self, Read};

/// Bytes of a frame's head.
pub const HEAD: usize = 5;

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// The worker's configuration: first frame, once.
    Configuration,
    /// Pause or resume.
    Order,
    /// What the worker saw.
    Report,
    /// Kafka messages.
    Messages,
}

impl FrameKind {
    const fn number(self) -> u8 {
        match self {
            FrameKind::Configuration => 1,
            FrameKind::Order => 2,
            FrameKind::Report => 3,
            FrameKind::Messages => 4,
        }
    }

    /// The longest payload in bytes.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            // Positions of some 50,000 partitions.
            FrameKind::Configuration | FrameKind::Report => 16 << 20,
            FrameKind::Order => 4 << 10,
            // Kafka's own limit is far lower; a frame holds up to 1 MiB, or one larger message.
            FrameKind::Messages => 256 << 20,
        }
    }
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// An unknown kind.
    #[error("a frame of unknown kind {0}")]
    Kind(u8),
    /// Longer than its kind may be.
    #[error("a frame of {length} bytes where at most {limit} are allowed")]
    Length {
        /// The length that the head states, in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
}

/// The head of a frame with `length` bytes of payload.
///
/// # Errors
/// [`FrameError::Length`] where the payload is too long.
pub fn head(kind: FrameKind, length: usize) -> Result<[u8; HEAD], FrameError> {
    match u32::try_from(length) {
        Ok(short) if length <= kind.limit() => {
            let [a, b, c, d] = short.to_le_bytes();
            Ok([a, b, c, d, kind.number()])
        }
        _ => Err(FrameError::Length { length, limit: kind.limit() }),
    }
}

/// Kind and payload length in bytes out of a head.
///
/// # Errors
/// [`FrameError`] for an unknown kind or a length over its limit.
pub fn parse_head(head: [u8; HEAD]) -> Result<(FrameKind, usize), FrameError> {
    let [a, b, c, d, number] = head;
    let kind = [FrameKind::Configuration, FrameKind::Order, FrameKind::Report, FrameKind::Messages]
        .into_iter()
        .find(|kind| kind.number() == number)
        .ok_or(FrameError::Kind(number))?;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > kind.limit() {
        return Err(FrameError::Length { length, limit: kind.limit() });
    }
    Ok((kind, length))
}

/// Head and payload in one piece.
///
/// # Errors
/// [`FrameError::Length`] where the payload is too long.
pub fn whole(kind: FrameKind, payload: &[u8]) -> Result<Vec<u8>, FrameError> {
    let mut bytes = Vec::with_capacity(HEAD + payload.len());
    bytes.extend_from_slice(&head(kind, payload.len())?);
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// Reads a frame's head, blocking; `None` where the stream ends before it.
///
/// # Errors
/// The stream's own; `UnexpectedEof` in the middle of the head.
pub fn read_head(stream: &mut impl Read) -> io::Result<Option<[u8; HEAD]>> {
    let mut head = [0; HEAD];
    let mut filled = 0;
    while filled < HEAD {
        match stream.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(head))
}

/// Reads one frame, blocking; `None` where the stream ends between frames.
///
/// # Errors
/// The stream's own; `InvalidData` for what is no frame; `UnexpectedEof` in the middle of one.
pub fn read(stream: &mut impl Read) -> io::Result<Option<(FrameKind, Vec<u8>)>> {
    let Some(head) = read_head(stream)? else { return Ok(None) };
    let (kind, length) = parse_head(head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(Some((kind, payload)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_read_back() {
        let mut bytes = whole(FrameKind::Order, b"one").unwrap();
        bytes.extend(whole(FrameKind::Report, b"").unwrap());
        let mut stream = bytes.as_slice();
        assert_eq!(read(&mut stream).unwrap(), Some((FrameKind::Order, b"one".to_vec())));
        assert_eq!(read(&mut stream).unwrap(), Some((FrameKind::Report, Vec::new())));
        assert_eq!(read(&mut stream).unwrap(), None, "the end between frames is no error");
    }

    #[test]
    fn a_hostile_length_is_refused_before_it_is_allocated() {
        for kind in 0..=u8::MAX {
            assert!(parse_head([0xff, 0xff, 0xff, 0xff, kind]).is_err(), "kind {kind}");
        }
        assert!(whole(FrameKind::Order, &vec![0; FrameKind::Order.limit() + 1]).is_err());
    }

    proptest! {
        #[test]
        fn any_truncation_is_an_error_or_the_end(payload in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..205) {
            let bytes = whole(FrameKind::Report, &payload).unwrap();
            let cut = cut.min(bytes.len());
            match read(&mut &bytes[..cut]) {
                Ok(None) => prop_assert_eq!(cut, 0),
                Ok(Some((_, read))) => { prop_assert_eq!(cut, bytes.len()); prop_assert_eq!(read, payload); }
                Err(_) => prop_assert!(cut > 0 && cut < bytes.len()),
            }
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&mut bytes.as_slice());
        }
    }
}
