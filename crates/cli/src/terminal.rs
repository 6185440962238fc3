//! What the streams are connected to, and colour where it is welcome.

use std::io::{self, IsTerminal as _, Write as _};

/// Whether people read stdout.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether people watch stderr.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Says a line on stderr; nobody listening is no fault.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The colours that states have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// All is well.
    Green,
    /// Wants attention.
    Yellow,
    /// Fails.
    Red,
    /// Beside the point.
    Dim,
}

/// Paints or not: decided once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// Colours only on a terminal, and not where `NO_COLOR` is set to anything (<https://no-color.org>).
    pub(crate) fn on_stderr() -> Paint {
        Paint { on: stderr_is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    /// The text, in a colour where colours are welcome.
    pub(crate) fn text(self, colour: Colour, text: &str) -> String {
        if !self.on {
            return text.to_owned();
        }
        let code = match colour {
            Colour::Green => 32,
            Colour::Yellow => 33,
            Colour::Red => 31,
            Colour::Dim => 2,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// A stranger's text without anything that a terminal would obey, cut after `longest` characters.
pub(crate) fn plain(text: &str, longest: usize) -> String {
    let clean = |c: char| if c.is_control() || is_direction(c) { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(longest).map(clean).collect();
    if text.chars().nth(longest).is_some() {
        shown.push('…');
    }
    shown
}

/// Marks that turn the direction of writing: they could make one barcode look like another.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_cannot_steer_the_terminal() {
        assert_eq!(plain("BR\x1b[2J\r\n01", 40), "BR\u{fffd}[2J\u{fffd}\u{fffd}01");
        assert_eq!(plain("abcdef", 3), "abc…");
        assert_eq!(plain("a\u{202e}b", 9), "a\u{fffd}b");
    }
}
