//! Stdout for what messages said: on a terminal no byte of theirs may steer it.

use std::io::{self, StdoutLock, Write};

use crate::terminal;

/// What stands in for a character that a terminal would obey: U+FFFD.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Passes text on; on a terminal without control characters (but newline and tab) and without bidirectional overrides.
/// A pipe gets every byte as it is.
pub(crate) struct Printed<W: Write> {
    inner: W,
    is_cleaned: bool,
    /// The beginning of a character that may be one of those.
    pending: Vec<u8>,
}

impl Printed<StdoutLock<'static>> {
    /// Stdout.
    pub(crate) fn stdout() -> Printed<StdoutLock<'static>> {
        Printed::new(io::stdout().lock(), terminal::stdout_is_terminal())
    }
}

impl<W: Write> Printed<W> {
    fn new(inner: W, is_cleaned: bool) -> Printed<W> {
        Printed { inner, is_cleaned, pending: Vec::new() }
    }

    fn take(&mut self, byte: u8, clean: &mut Vec<u8>) {
        match (self.pending.as_slice(), byte) {
            // C1 controls, direction marks and overrides, isolates.
            ([0xc2], 0x80..=0x9f) | ([0xe2, 0x80], 0x8e | 0x8f | 0xaa..=0xae) | ([0xe2, 0x81], 0xa6..=0xa9) => {
                self.pending.clear();
                clean.extend_from_slice(REPLACEMENT);
            }
            ([0xe2], 0x80 | 0x81) => self.pending.push(byte),
            _ => {
                clean.append(&mut self.pending);
                match byte {
                    b'\n' | b'\t' => clean.push(byte),
                    0..=0x1f | 0x7f => clean.extend_from_slice(REPLACEMENT),
                    0xc2 | 0xe2 => self.pending.push(byte),
                    _ => clean.push(byte),
                }
            }
        }
    }
}

impl<W: Write> Write for Printed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_cleaned {
            return self.inner.write(bytes);
        }
        let mut clean = Vec::with_capacity(bytes.len());
        for byte in bytes {
            self.take(*byte, &mut clean);
        }
        self.inner.write_all(&clean)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.inner.write_all(&pending)?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(parts: &[&[u8]], is_cleaned: bool) -> String {
        let mut out = Vec::new();
        let mut printed = Printed::new(&mut out, is_cleaned);
        parts.iter().for_each(|part| printed.write_all(part).unwrap());
        printed.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_gets_nothing_to_obey() {
        let hostile = "a\u{1b}[2J\u{7}\r\u{9b}31m\u{202e}\u{2066}b\n\t".as_bytes();
        let expected = "a\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}31m\u{fffd}\u{fffd}b\n\t";
        assert_eq!(printed(&[hostile], true), expected);
        let bytes: Vec<&[u8]> = hostile.chunks(1).collect();
        assert_eq!(printed(&bytes, true), expected, "a character in two pieces is the same character");
        assert_eq!(printed(&[hostile], false).as_bytes(), hostile, "a pipe gets it as it is");
        assert_eq!(printed(&["Größe “µM” 細胞 â …".as_bytes()], true), "Größe “µM” 細胞 â …");
    }
}
