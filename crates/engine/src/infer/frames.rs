//! Frames between the child that runs a model and its parent, on stdin and stdout.
//!
//! ```text
//! u32  length of the payload, little-endian
//! u8   kind: 1 start, 2 look (parent to child); 3 ready, 4 seen, 5 failed (child to parent)
//! …    payload: JSON for 1, 3, 5 (see `messages`); binary for 2 (see `look`) and 4 (see `looked`)
//! ```
//! A length is checked against its kind's limit before anything is allocated.

use std::io::{self, Read, Write};

pub(super) use feed::frame::HEAD;
use feed::frame::read_head;
use vision::Grey;
use vision::model::MOST_PIXELS;

/// Bytes before the pixels of a plane: its width and height.
const PLANE_HEAD: usize = 8;

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// Which model, and with what: the first frame, once.
    Start,
    /// A plane.
    Look,
    /// The model is loaded and tested.
    Ready,
    /// What it saw.
    Seen,
    /// Why it is not run, or what it did wrong.
    Failed,
}

const KINDS: [FrameKind; 5] = [FrameKind::Start, FrameKind::Look, FrameKind::Ready, FrameKind::Seen, FrameKind::Failed];

impl FrameKind {
    const fn number(self) -> u8 {
        match self {
            FrameKind::Start => 1,
            FrameKind::Look => 2,
            FrameKind::Ready => 3,
            FrameKind::Seen => 4,
            FrameKind::Failed => 5,
        }
    }

    /// The longest payload in bytes.
    pub(super) const fn limit(self) -> usize {
        match self {
            FrameKind::Start | FrameKind::Ready | FrameKind::Failed => 64 << 10,
            FrameKind::Look => PLANE_HEAD + 2 * MOST_PIXELS,
            // Some million objects with their outlines.
            FrameKind::Seen => 256 << 20,
        }
    }
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    /// An unknown kind.
    #[error("a frame of unknown kind {0}")]
    Kind(u8),
    /// Longer than its kind may be.
    #[error("a frame of {length} bytes where at most {limit} are allowed")]
    Length { length: usize, limit: usize },
    /// A plane whose pixels are not as many as it says.
    #[error("a plane of {width} x {height} pixels in {length} bytes")]
    Plane { width: u32, height: u32, length: usize },
}

/// The head of a frame with `length` bytes of payload.
pub(super) fn head(kind: FrameKind, length: usize) -> Result<[u8; HEAD], FrameError> {
    match u32::try_from(length) {
        Ok(short) if length <= kind.limit() => {
            let [a, b, c, d] = short.to_le_bytes();
            Ok([a, b, c, d, kind.number()])
        }
        _ => Err(FrameError::Length { length, limit: kind.limit() }),
    }
}

/// Kind and payload length in bytes out of a head.
pub(super) fn parse_head(head: [u8; HEAD]) -> Result<(FrameKind, usize), FrameError> {
    let [a, b, c, d, number] = head;
    let kind = KINDS.into_iter().find(|kind| kind.number() == number).ok_or(FrameError::Kind(number))?;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > kind.limit() {
        return Err(FrameError::Length { length, limit: kind.limit() });
    }
    Ok((kind, length))
}

/// Reads one frame, blocking; `None` where the stream ends between frames.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<(FrameKind, Vec<u8>)>> {
    let Some(head) = read_head(stream)? else { return Ok(None) };
    let (kind, length) = parse_head(head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(Some((kind, payload)))
}

/// Writes one frame, blocking.
pub(super) fn write(stream: &mut impl Write, kind: FrameKind, payload: &[u8]) -> io::Result<()> {
    stream.write_all(&head(kind, payload.len()).map_err(io::Error::other)?)?;
    stream.write_all(payload)?;
    stream.flush()
}

/// A plane as a payload: `u32` width, `u32` height, `height * width` intensities as `u16`, rows from the top; all with the
/// least significant byte first.
pub(super) fn plane(grey: &Grey) -> Vec<u8> {
    let mut payload = Vec::with_capacity(PLANE_HEAD + 2 * grey.values.len());
    payload.extend(grey.width.to_le_bytes());
    payload.extend(grey.height.to_le_bytes());
    payload.extend(grey.values.iter().flat_map(|value| value.to_le_bytes()));
    payload
}

/// A payload as a plane.
pub(super) fn parse_plane(payload: &[u8]) -> Result<Grey, FrameError> {
    let length = payload.len();
    let wrong = FrameError::Plane { width: 0, height: 0, length };
    let (width, rest) = payload.split_first_chunk::<4>().ok_or(wrong)?;
    let (height, pixels) = rest.split_first_chunk::<4>().ok_or(wrong)?;
    let (width, height) = (u32::from_le_bytes(*width), u32::from_le_bytes(*height));
    let (values, left) = pixels.as_chunks::<2>();
    if !left.is_empty() || values.len() as u64 != u64::from(width) * u64::from(height) {
        return Err(FrameError::Plane { width, height, length });
    }
    let values = values.iter().map(|value| u16::from_le_bytes(*value)).collect();
    // Stretched between percentiles anyway: what an intensity stands for is nothing to a model.
    Ok(Grey { width, height, values, span: (0.0, 65_535.0) })
}

#[cfg(test)]
mod frame_tests {
    use super::*;

    #[test]
    fn frames_read_back() {
        let mut bytes = Vec::new();
        write(&mut bytes, FrameKind::Start, b"{}").unwrap();
        write(&mut bytes, FrameKind::Seen, b"").unwrap();
        let mut stream = bytes.as_slice();
        assert_eq!(read(&mut stream).unwrap(), Some((FrameKind::Start, b"{}".to_vec())));
        assert_eq!(read(&mut stream).unwrap(), Some((FrameKind::Seen, Vec::new())));
        assert_eq!(read(&mut stream).unwrap(), None, "the end between frames is no error");
        assert!(read(&mut &bytes[..6]).is_err(), "the end within one is");
    }

    #[test]
    fn a_hostile_length_is_refused_before_it_is_allocated() {
        for kind in 0..=u8::MAX {
            assert!(parse_head([0xff, 0xff, 0xff, 0xff, kind]).is_err(), "kind {kind}");
        }
        assert!(write(&mut Vec::new(), FrameKind::Failed, &vec![0; FrameKind::Failed.limit() + 1]).is_err());
    }

    #[test]
    fn a_plane_is_its_pixels_and_nothing_else() {
        let grey = Grey { width: 3, height: 2, values: vec![0, 1, 256, 65_535, 4, 5], span: (0.0, 65_535.0) };
        let payload = plane(&grey);
        assert_eq!(payload.len(), 20);
        assert_eq!(parse_plane(&payload).unwrap(), grey);
        for cut in 0..payload.len() {
            assert!(parse_plane(&payload[..cut]).is_err(), "{cut}");
        }
        let mut vast = payload;
        vast[..8].fill(0xff);
        assert!(parse_plane(&vast).is_err(), "no overflow");
    }
}
