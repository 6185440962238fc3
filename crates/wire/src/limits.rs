//! How large the parts of a message may be. Beyond them a message is undecoded; its bytes are kept all the same.

/// Bounds that hold before anything is allocated for the part that they bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a message's value.
    pub body_bytes: usize,
    /// Bytes of a run and of a barcode, each.
    pub name_bytes: usize,
    /// Bytes of a feature's name.
    pub feature_name_bytes: usize,
    /// Features of one message.
    pub features: usize,
    /// Bytes of every other text.
    pub text_bytes: usize,
    /// Pieces of one chunked file.
    pub chunks: u32,
}

/// 64 MiB: an uncompressed 16-bit plane of 4,096 x 4,096 pixels is 32 MiB; the worker passes no more than this either.
pub const BODY_BYTES: usize = 64 << 20;
/// Barcodes are 10 to 40 characters; 1 KiB leaves room for every habit and keeps a hostile one out of every index.
pub const NAME_BYTES: usize = 1024;
/// Feature names of image analysis are 20 to 120 bytes.
pub const FEATURE_NAME_BYTES: usize = 1024;
/// Profiles have 1,000 to 7,000 features; 65,536 is the next order of magnitude.
pub const FEATURES: usize = 65_536;
/// The largest format is 3456: a layout names each well at most once.
pub const LAYOUT_WELLS: usize = 3456;
/// Notes are sentences; a page of text is 4 KiB. Links are shorter than this everywhere that serves them.
pub const TEXT_BYTES: usize = 4096;
/// 65,536 pieces of 64 KiB are a file of 4 GiB.
pub const CHUNKS: u32 = 65_536;
/// A reason is a sentence for one line of a table.
pub(crate) const REASON_BYTES: usize = 400;
/// A reason quotes this much of its message.
pub(crate) const QUOTED_CHARS: usize = 40;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes: BODY_BYTES,
            name_bytes: NAME_BYTES,
            feature_name_bytes: FEATURE_NAME_BYTES,
            features: FEATURES,
            text_bytes: TEXT_BYTES,
            chunks: CHUNKS,
        }
    }
}
