//! What a file is by its first bytes.

/// The content type of a TIFF (also BigTIFF), PNG or JPEG; `None` for anything else.
pub(crate) fn content_type(bytes: &[u8]) -> Option<&'static str> {
    const TIFFS: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    if TIFFS.iter().any(|magic| bytes.starts_with(magic)) {
        Some("image/tiff")
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else {
        None
    }
}
