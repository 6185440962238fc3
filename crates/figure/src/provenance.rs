//! Where a figure's data come from, so that it can be traced without anything else.

use crate::names::clean;

/// Hex digits of the digest, as the window shows them.
const DIGEST_DIGITS: usize = 12;

/// The session behind a figure, and the program that drew it.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The session's content digest (`DATA.md` 17).
    pub content: [u8; 32],
    /// Whether the session grew while it was read: the digest may then be of a little more than is drawn.
    pub is_growing: bool,
    /// Plateside's version.
    pub version: String,
}

impl Provenance {
    /// "Session content 5a5a5a5a5a5a. Plateside 0.1.0."
    pub(crate) fn told(&self) -> String {
        let hex: String = self.content.iter().map(|byte| format!("{byte:02x}")).collect();
        let short: String = hex.chars().take(DIGEST_DIGITS).collect();
        let growing = if self.is_growing { " (recording went on meanwhile)" } else { "" };
        format!("Session content {short}{growing}. Plateside {}.", clean(&self.version))
    }
}
