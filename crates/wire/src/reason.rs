//! Words for what could not be read: short, safe to show, naming the place.

use crate::limits::{QUOTED_CHARS, REASON_BYTES};

/// At most 40 characters of a text from a message, in quotes, what is not printable escaped.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(QUOTED_CHARS) + 2);
    out.push('"');
    let mut chars = 0;
    for (at, c) in text.char_indices() {
        let mark = out.len();
        match c {
            '\'' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
        chars += out[mark..].chars().count();
        if chars > QUOTED_CHARS || (chars == QUOTED_CHARS && at + c.len_utf8() < text.len()) {
            out.truncate(mark);
            out.push('…');
            break;
        }
    }
    out.push('"');
    out
}

/// A reason cut to its greatest length, at a character's end.
pub(crate) fn capped(mut reason: String) -> String {
    if reason.len() > REASON_BYTES {
        let mut end = REASON_BYTES - '…'.len_utf8();
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        reason.truncate(end);
        reason.push('…');
    }
    reason
}

/// What `serde_json` says of malformed text, in the words of someone who sends messages; `within` names the field that
/// was being read.
pub(crate) fn not_json(error: &serde_json::Error, within: Option<&str>) -> String {
    let text = error.to_string();
    let found = text.split(" at line ").next().unwrap_or_default();
    let words = match found {
        "expected value" => "a value must stand here (a bare NaN or Infinity is none)",
        "expected ident" => "this is none of true, false and null",
        "expected `:`" => "a colon is missing",
        "expected `,` or `]`" => "a comma or ] is missing",
        "expected `,` or `}`" => "a comma or } is missing",
        "trailing comma" => "a comma stands before the end",
        "trailing characters" => "more follows after the message's end",
        "invalid number" => "this is not a number (NaN and Infinity are none either)",
        "number out of range" => "this number is too large for 64-bit floating point",
        "key must be a string" => "a field's name must stand in quotes",
        "invalid escape" => "a backslash escape that JSON does not have",
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" | "invalid unicode code point" => {
            "an escaped character is incomplete"
        }
        "recursion limit exceeded" => "it is nested too deeply",
        _ if found.starts_with("EOF") => "the message ends too early",
        _ if found.starts_with("control character") => "a text holds a bare control character",
        _ => "it cannot be read",
    };
    let within = within.map(|name| format!(", in {name}")).unwrap_or_default();
    format!("not JSON: {words} (line {}, column {}{within})", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_printable() {
        assert_eq!(quoted("P24"), "\"P24\"");
        assert_eq!(quoted("it's\n\"x\"\u{1b}[31m\u{202e}"), r#""it's\n\"x\"\u{1b}[31m\u{202e}""#);
        assert_eq!(quoted(&"x".repeat(40)).chars().count(), 42, "40 characters stand whole");
        assert_eq!(quoted(&"x".repeat(41)), format!("\"{}…\"", "x".repeat(39)));
        for hostile in ["\u{0}".repeat(1 << 20), "𝒳".repeat(1 << 20)] {
            assert!(quoted(&hostile).chars().count() <= QUOTED_CHARS + 3, "quotes and dots beside");
        }
        assert!(capped("ü".repeat(1000)).len() <= REASON_BYTES);
    }
}
