//! The words of an expression, cut where CEL's own lexer cuts them; what rules do not have is refused here.

use super::problem::Misplaced;

/// One word of an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'t> {
    Name(&'t str),
    Number,
    Text,
    Open(u8),
    Close(u8),
    Comma,
    Point,
    Question,
    Colon,
    Not,
    Minus,
    /// `+ * / %` and the relations: they chain and nest.
    Binary,
    /// `&&` and `||`: the parser balances them.
    Logic,
}

/// The token at or behind `at` with its bytes; `None` at the end.
pub(super) fn next(text: &str, at: usize) -> Result<Option<(Token<'_>, usize, usize)>, Misplaced> {
    let bytes = text.as_bytes();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = at + bytes.iter().skip(at).take_while(|byte| is_space(byte)).count();
    let Some(&first) = bytes.get(start) else { return Ok(None) };
    let second = bytes.get(start + 1).copied();
    let (token, length) = match (first, second) {
        (b'a'..=b'z' | b'A'..=b'Z' | b'_', _) => {
            let length = run(bytes, start, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if matches!(bytes.get(start + length), Some(b'"' | b'\'')) && text.get(start..start + length) != Some("in")
            {
                return Err(Misplaced::new(start, "texts have no letters before their quotation marks"));
            }
            (Token::Name(text.get(start..start + length).unwrap_or_default()), length)
        }
        (b'0'..=b'9', _) => (Token::Number, number(bytes, start)?),
        (b'"' | b'\'', _) => (Token::Text, quoted_text(bytes, start, first)?),
        (b'/', Some(b'/')) => {
            return Err(Misplaced::new(start, "an expression has no comments").hint("write them behind # in the file"));
        }
        (b'&', Some(b'&')) | (b'|', Some(b'|')) => (Token::Logic, 2),
        (b'=' | b'!' | b'<' | b'>', Some(b'=')) => (Token::Binary, 2),
        (b'<' | b'>' | b'+' | b'*' | b'/' | b'%', _) => (Token::Binary, 1),
        (b'!', _) => (Token::Not, 1),
        (b'-', _) => (Token::Minus, 1),
        (b'(' | b'[', _) => (Token::Open(first), 1),
        (b')' | b']', _) => (Token::Close(first), 1),
        (b',', _) => (Token::Comma, 1),
        (b'.', _) => (Token::Point, 1),
        (b'?', _) => (Token::Question, 1),
        (b':', _) => (Token::Colon, 1),
        (b'=' | b'&' | b'|', _) => {
            let meant = char::from(first);
            let reason = format!("\"{meant}\" alone means nothing");
            return Err(Misplaced::new(start, reason).hint(format!("did you mean {meant}{meant}?")));
        }
        _ => {
            let strange = text.get(start..).and_then(|rest| rest.chars().next()).unwrap_or_default();
            return Err(Misplaced::new(start, format!("{strange:?} has no place outside a text")));
        }
    };
    Ok(Some((token, start, start + length)))
}

fn run(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().skip(start).take_while(|byte| belongs(**byte)).count()
}

/// The length of a number: digits, perhaps a point with digits, perhaps an exponent.
fn number(bytes: &[u8], start: usize) -> Result<usize, Misplaced> {
    let digits = |from: usize| run(bytes, from, |byte| byte.is_ascii_digit());
    let mut end = start + digits(start);
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if digits(end + 1 + sign) > 0 {
            end += 1 + sign + digits(end + 1 + sign);
        }
    }
    match bytes.get(end) {
        Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') => {
            Err(Misplaced::new(start, "this number does not end like one").hint("write 20, 0.5 or 1e-3"))
        }
        _ => Ok(end - start),
    }
}

/// The length of a text with its quotation marks.
fn quoted_text(bytes: &[u8], start: usize, mark: u8) -> Result<usize, Misplaced> {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if matches!(bytes.get(at + 1), Some(b'\\' | b'"' | b'\'')) => at += 1,
            b'\\' => return Err(Misplaced::new(at, "after \\ in a text come only \\, \" and '")),
            0..0x20 | 0x7f => return Err(Misplaced::new(at, "a text has no line breaks or control characters")),
            _ if byte == mark => return Ok(at + 1 - start),
            _ => {}
        }
        at += 1;
    }
    Err(Misplaced::new(start, "this text does not end"))
}
