//! An image file from outside: what it is by its first bytes, and its digest.

use sha2::{Digest, Sha256};

use crate::reason::quoted;

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

/// 32 bytes from 64 hexadecimal digits.
pub(crate) fn digest(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let read = pairs.len() == 32
        && rest.is_empty()
        && pairs.iter().zip(&mut bytes).all(|([high, low], byte)| match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => {
                *byte = (high * 16 + low) as u8;
                true
            }
            _ => false,
        });
    read.then_some(bytes).ok_or_else(|| format!("{} is not 64 hexadecimal digits", quoted(text)))
}

/// The digest of a whole file, which must be the stated one.
pub(crate) fn verified(bytes: &[u8], stated: Option<[u8; 32]>) -> Result<[u8; 32], String> {
    let actual: [u8; 32] = Sha256::digest(bytes).into();
    let begin = |digest: &[u8; 32]| digest[..4].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match stated {
        Some(stated) if stated != actual => {
            Err(format!("the message states {}…, its bytes have {}…", begin(&stated), begin(&actual)))
        }
        _ => Ok(actual),
    }
}
