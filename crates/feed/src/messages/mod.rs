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

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{MalformedMessages, read};
pub use write::{Around, FrameBuilder, around};

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
